/* SPDX-License-Identifier: BSD-2-Clause */
/* Boots a program and runs the machine until it is idle or reaches a limit. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "cpu.h"
#include "report.h"
#include "watch.h"

/* Instructions between two looks at the clock. Those that rewrite the code around them take a thousand times longer. */
enum { LEAST_SLICE = 20000, MOST_SLICE = 5000000, PLACED = 64 };
#define LONG_SLICE 0.1 /* seconds */

/* Of the host's memory: code that rewrites itself makes translations pile up, which new engines do not have. */
#define MORE_THAN_TRANSLATIONS (UINT64_C(512) << 20)
#define MOST_MEMORY (UINT64_C(8) << 30)

/* Where characters go, and the end of the current line, in which the awaited text may be. */
struct printer {
    FILE *out;
    const char *until;
    char *said;
    size_t length, size; /* room for twice the text, and more */
    bool seen, ended;    /* the text; the line it is in */
};

/* What note_progress reports of a thread, and from what it was derived. */
struct placed {
    const struct tcb *thread;
    uint64_t object; /* its address */
    bool booted;
    char given[NAME_LENGTH];
    char name[NAME_SIZE];
};

struct machine {
    const struct machine_options *options;
    struct kernel *kernel;
    struct cpu cpu;
    struct printer printer;
    struct boot_info boot;
    struct capdl_blob blob;
    struct names names;
    struct watch watch;
    struct placed placed[PLACED];
    uint64_t memory;             /* in use when the engines were new */
    const uint8_t *header_bytes; /* the initialiser's header in the machine's memory, 0 if it has none */
    bool booted;                 /* it came to its end */
    struct timespec start;
    uint64_t looked; /* instructions when the clock was read last */
    double looked_at;
    uint64_t slice;
};

static void watch_text(struct printer *p, char c)
{
    size_t wanted = strlen(p->until);
    if (c == '\n') {
        p->ended = p->seen;
        p->length = 0;
        return;
    }
    if (p->length == p->size) {
        memmove(p->said, p->said + p->length / 2, p->length / 2);
        p->length /= 2;
    }
    p->said[p->length++] = c;
    p->seen = p->seen || (p->length >= wanted && memcmp(p->said + p->length - wanted, p->until, wanted) == 0);
}

static void put_char(void *context, char c)
{
    struct cpu *cpu = context;
    struct printer *printer = cpu->console;
    if (printer->out) {
        fputc(c, printer->out);
    }
    if (printer->until) {
        watch_text(printer, c);
    }
}

static struct capdl_image_header read_header(const struct machine *m)
{
    struct capdl_image_header header;
    memcpy(&header, m->header_bytes, sizeof(header));
    return header;
}

/* The header is at an 8-byte boundary of the image, somewhere before the blob; its second number tells version
 * and machine. */
static void find_header(struct machine *m)
{
    const struct boot_info *b = &m->boot;
    uint64_t version = CAPDL_BLOB_VERSION | (uint64_t)m->kernel->profile->arch << 32;
    const uint64_t numbers[] = {CAPDL_IMAGE_MAGIC, version, b->image_start};
    uint64_t size = b->image_end - b->image_start;
    const uint8_t *image = memory_at(&m->kernel->memory, b->image_paddr, NULL);
    for (uint64_t at = 0; at + sizeof(struct capdl_image_header) <= size; at += sizeof(*numbers)) {
        if (memcmp(image + at, numbers, sizeof(numbers)) == 0) {
            m->header_bytes = image + at;
            digest_start(m->kernel, read_header(m).digest);
            return;
        }
    }
}

/* Its last call may start a domain schedule that does not include it: then it never gets to say that it is done. */
static bool boot_is_complete(const struct machine *m)
{
    if (!m->header_bytes) {
        return false;
    }
    uint64_t phase = read_header(m).phase;
    return phase == CAPDL_PHASE_DONE || (phase == CAPDL_PHASE_START && m->kernel->domain != m->kernel->initial->domain);
}

/* Names are for what is printed from here on, which is nothing where the machine stops. */
static void collect_names(struct machine *m)
{
    if (m->options->report || !m->options->stopped) {
        names_collect(&m->names);
    }
}

static void watch_boot(struct machine *m, struct machine_result *result)
{
    if (m->booted) {
        return;
    }
    result->kernel_calls = m->kernel->num_invocations;
    result->boot_instructions = m->cpu.instructions;
    m->booted = boot_is_complete(m);
    if (m->booted) {
        collect_names(m);
    }
}

/* A thread with its name, kept because finding names is slow and threads take turns often. */
static const struct placed *place_of(struct machine *m, const struct tcb *thread)
{
    struct placed *p = &m->placed[(uintptr_t)thread / sizeof(*thread) % PLACED];
    bool same = p->thread == thread && p->object == thread->header.paddr && p->booted == m->booted &&
                memcmp(p->given, thread->name, sizeof(p->given)) == 0;
    if (!same) {
        *p = (struct placed){.thread = thread, .object = thread->header.paddr, .booted = m->booted};
        memcpy(p->given, thread->name, sizeof(p->given));
        names_thread(&m->names, thread, p->name);
    }
    return p;
}

/* In case this thread crashes the emulator. */
static void note_progress(struct machine *m)
{
    struct machine_progress *progress = m->options->guard.progress;
    const struct tcb *thread = m->kernel->current;
    if (!progress) {
        return;
    }
    _Static_assert(sizeof(progress->thread) == NAME_SIZE, "the name fits");
    memcpy(progress->thread, place_of(m, thread)->name, NAME_SIZE);
    progress->pc = thread->regs[m->kernel->registers->next_ip];
}

/* Closes the engines, whose translations of code have grown; new ones are made when needed. */
static void renew_engines(struct cpu *cpu)
{
    for (size_t i = 0; i < cpu->num_engines; i++) {
        engine_save_fp(&cpu->engines[i]);
    }
    cpu_free(cpu);
}

/* Whether the host's memory in use stays bounded. */
static bool memory_is_enough(struct machine *m)
{
    const struct machine_guard *guard = &m->options->guard;
    uint64_t used = guard->memory ? guard->memory(guard->context) : 0;
    if (used > m->memory && used - m->memory > MORE_THAN_TRANSLATIONS) {
        renew_engines(&m->cpu);
        m->memory = used = guard->memory(guard->context);
    }
    return used <= MOST_MEMORY;
}

static double seconds_passed(const struct machine *m)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - m->start.tv_sec) + (double)(now.tv_nsec - m->start.tv_nsec) * 1e-9;
}

/* Chooses when to look again. Stopping a thread for that does not affect what it does. */
static bool time_is_up(struct machine *m)
{
    const struct machine_options *o = m->options;
    double now = seconds_passed(m), took = now - m->looked_at;
    m->looked = m->cpu.instructions;
    m->looked_at = now;
    if (took > LONG_SLICE && m->slice > LEAST_SLICE) {
        m->slice /= 4;
    } else if (took < LONG_SLICE / 4 && m->slice < MOST_SLICE) {
        m->slice *= 2;
    }
    return (o->max_instructions && m->cpu.instructions >= o->max_instructions) ||
           (o->timeout_seconds > 0 && now >= o->timeout_seconds);
}

static enum machine_outcome at_rest(const struct machine *m)
{
    if (m->header_bytes && !m->booted) {
        return MACHINE_BOOT_FAILED;
    }
    for (const struct tcb *thread = m->kernel->threads; thread; thread = thread->all_next) {
        if (thread->unhandled.kind != FAULT_NONE) {
            return MACHINE_FAULTED;
        }
    }
    return MACHINE_IDLE;
}

static bool step(struct machine *m, uint64_t most)
{
    const struct tcb *thread = m->kernel->current;
    uint64_t instructions = m->cpu.instructions, time = m->cpu.time;
    note_progress(m);
    bool good = cpu_step(&m->cpu, most);
    watch_ran(&m->watch, thread, m->cpu.instructions - instructions, m->cpu.time - time);
    return good;
}

static enum machine_outcome run(struct machine *m, struct machine_result *result)
{
    struct kernel *k = m->kernel;
    for (uint64_t steps = 0;; steps++) {
        watch_boot(m, result);
        if (m->printer.ended) {
            return MACHINE_UNTIL;
        }
        if (k->halted) {
            return m->header_bytes && !m->booted ? MACHINE_BOOT_FAILED : MACHINE_HALTED;
        }
        if (steps % 1024 == 0 || m->cpu.instructions - m->looked >= m->slice) {
            if (time_is_up(m)) {
                return MACHINE_TIMEOUT;
            }
            if (!memory_is_enough(m)) {
                return MACHINE_MEMORY;
            }
        }
        if (m->options->stopped && k->current != k->initial && k->current != k->idle) {
            return MACHINE_BOOTED;
        }
        if (k->current == k->idle) {
            if (!cpu_idle(&m->cpu)) {
                return at_rest(m);
            }
            continue;
        }
        uint64_t most = m->slice;
        uint64_t limit = m->options->max_instructions;
        if (limit && limit - m->cpu.instructions < most) {
            most = limit - m->cpu.instructions;
        }
        if (limit && m->cpu.instructions >= limit) {
            return MACHINE_TIMEOUT;
        }
        if (!step(m, most)) {
            return MACHINE_TIMEOUT;
        }
    }
}

static void report(struct machine *m, const struct machine_result *result)
{
    struct capdl_image_header header = {0};
    if (m->header_bytes) {
        header = read_header(m);
    }
    collect_names(m);
    struct report r = {.out = m->options->report,
                       .kernel = m->kernel,
                       .names = &m->names,
                       .symbols = m->options->symbols,
                       .header = m->header_bytes ? &header : NULL,
                       .outcome = result->outcome,
                       .instructions = result->instructions};
    report_print(&r);
    watch_finish(&m->watch);
}

static void report_stopped(struct machine *m, const struct machine_result *result)
{
    struct capdl_image_header header;
    if (!m->options->stopped) {
        return;
    }
    if (m->header_bytes) {
        header = read_header(m);
    }
    struct machine_stop stop = {
        .kernel = m->kernel, .boot = &m->boot, .header = m->header_bytes ? &header : NULL, .outcome = result->outcome};
    m->options->stopped(m->options->context, &stop);
}

static enum capdl_kernel_error refuse(void *context, struct kernel *k, const struct invocation *invocation)
{
    const struct machine_options *options = context;
    (void)invocation;
    return k->num_invocations == options->refuse ? options->refusal : CAPDL_ERROR_NO_ERROR;
}

static void init_names(struct machine *m, const struct image *image)
{
    m->names = (struct names){.kernel = m->kernel, .boot = &m->boot, .has_initialiser = m->header_bytes != NULL};
    if (image && image_blob(image, &m->blob)) {
        m->names.blob = &m->blob;
        slot_names_init(&m->names.slots, &m->blob);
    }
}

/* Runs from the start of the initial task to the report. */
static bool run_booted(struct machine *m, const struct machine_program *program, const struct image *image,
                       struct machine_result *result, struct capdl_diags *diags)
{
    const struct machine_options *options = m->options;
    find_header(m);
    init_names(m, image);
    m->watch = (struct watch){.kernel = m->kernel,
                              .names = &m->names,
                              .time = &m->cpu.time,
                              .report = options->report,
                              .trace = options->trace,
                              .filter = options->filter,
                              .stats = options->stats,
                              .reserved = image ? &image->contents : NULL};
    watch_start(&m->watch, m->kernel);
    if (options->guard.seal) {
        options->guard.seal(options->guard.context);
        m->memory = options->guard.memory(options->guard.context);
    }
    result->outcome = run(m, result);
    if (m->printer.seen) {
        result->outcome = MACHINE_UNTIL;
    }
    result->instructions = m->cpu.instructions;
    if (options->console) {
        fflush(options->console);
    }
    if (m->cpu.broken) {
        capdl_error(diags, CAPDL_NOWHERE, "%s: the processor emulator failed: %s", program->name, m->cpu.broken);
        return false;
    }
    report(m, result);
    report_stopped(m, result);
    return true;
}

static bool run_with(struct machine *m, const struct machine_program *program, const struct image *image,
                     struct machine_result *result, struct capdl_diags *diags)
{
    const struct machine_options *options = m->options;
    *result = (struct machine_result){0};
    const char *missing = unicorn_load();
    if (missing) {
        capdl_error(diags, CAPDL_NOWHERE, "%s: cannot load the processor emulator Unicorn (package libunicorn2): %s",
                    program->name, missing);
        return false;
    }
    m->kernel = kernel_create(options->profile, NULL);
    if (!m->kernel) {
        capdl_error(diags, CAPDL_NOWHERE, "%s: out of memory", program->name);
        return false;
    }
    cpu_init(&m->cpu, m->kernel);
    m->printer = (struct printer){.out = options->console, .until = options->until};
    if (options->until) {
        m->printer.size = 2 * (strlen(options->until) + 1);
        m->printer.said = memory_zeroed(m->printer.size, 1);
    }
    m->cpu.console = &m->printer;
    m->kernel->host.put_char = put_char;
    m->kernel->inject = refuse;
    m->kernel->inject_context = (void *)options;
    clock_gettime(CLOCK_MONOTONIC, &m->start);
    m->slice = LEAST_SLICE;
    struct boot_options boot_options = {.name = program->name,
                                        .elf = program->elf,
                                        .elf_size = program->size,
                                        .untypeds = options->untypeds,
                                        .contents = image ? &image->contents : NULL};
    bool good = boot(m->kernel, &boot_options, &m->boot, diags) && run_booted(m, program, image, result, diags);
    m->kernel->watch = (struct kernel_watch){.context = NULL};
    watch_free(&m->watch);
    names_free(&m->names);
    cpu_free(&m->cpu);
    kernel_free(m->kernel);
    free(m->printer.said);
    return good;
}

static bool run_machine(const struct machine_program *program, const struct image *image,
                        const struct machine_options *options, struct machine_result *result, struct capdl_diags *diags)
{
    struct machine *m = memory_zeroed(1, sizeof(*m));
    m->options = options;
    bool good = run_with(m, program, image, result, diags);
    free(m);
    return good;
}

bool machine_run_program(const struct machine_program *program, const struct machine_options *options,
                         struct machine_result *result, struct capdl_diags *diags)
{
    return run_machine(program, NULL, options, result, diags);
}

bool machine_run(const struct image *image, const struct machine_options *options, struct machine_result *result,
                 struct capdl_diags *diags)
{
    struct machine_options used = *options;
    if (!used.profile) {
        used.profile = &image->profile;
    }
    struct capdl_profile with_iommu = *used.profile;
    if (capdl_architecture(with_iommu.arch)->pc && !with_iommu.num_memory && image_needs_iommu(image)) {
        with_iommu.num_iommus = 1; /* no particular PC is asked for, so it is one that the image can run on */
        used.profile = &with_iommu;
    }
    struct machine_program program = {.name = "image", .elf = image->bytes, .size = image->size};
    return run_machine(&program, image, &used, result, diags);
}
