/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Wrong constants in a kernel's profile that is otherwise right: each is set to 0, 1, a neighbour, what another
 * architecture has, the least and the most that fits, and more. What no kernel can have is refused, by name. The rest
 * is a kernel, if a strange one: a system for it is compiled, planned, booted and compared, or refused with an error.
 * constants_test [SEED [COUNT]]: how many of the strange kernels to try, of each architecture; all: 0.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "image/forecast.h"
#include "profile/fields.h"

static const char spec_text[] =
    "arch %s\n"
    "objects {\n"
    "  t = tcb (addr: 0x205000, ip: 0x200010, sp: 0x203000, prio: 100, max_prio: 90, init: [7, 8])  c = cnode (4 "
    "bits)\n"
    "  %s  code = frame (4k, fill: [{0 100 CDL_FrameFill_FileData \"data.bin\" 8}])  big = frame (2M)\n"
    "  stack = frame (4k)  buffer = frame (4k)  e = ep  n = notification  memory = ut (14 bits) { leaf = ep }\n"
    "  r = rtreply  s = sc (period: 2000, budget: 1000, data: 5)\n"
    "}\n"
    "caps {\n"
    "  %s  bottom { 0: code (RX)  2: stack (RWX)  5: buffer (RWX) }  middle { 1: bottom  2: big (RWX) }\n"
    "  c { 1: e (RWG, badge: 42)  2: t  3: n (R)  4: memory  5: r  6: s }\n"
    "  t { cspace: c (guard: 0, guard_size: 60)  vspace: top  ipc_buffer_slot: buffer (RWX)  sc_slot: s\n"
    "      fault_ep_slot: e (RWP, badge: 9) }\n"
    "}\n";

/* A kernel, another whose constants are tried in it, and the tables of an address space. */
static const struct kernel_case {
    const char *name, *other, *arch, *tables, *root;
} kernels[] = {
    {"aarch64-mcs", "riscv64", "aarch64", "top = pud  middle = pd  bottom = pt", "top { 0: middle }"},
    {"riscv64-mcs", "x86_64-mcs", "riscv", "top = pt  middle = pt  bottom = pt", "top { 0: middle }"},
    {"x86_64-mcs", "aarch64-mcs", "x86_64", "top = pml4  third = pdpt  middle = pd  bottom = pt",
     "top { 0: third }  third { 0: middle }"},
};

/* ---- One strange kernel ---- */

enum { SECONDS = 30, MOST_INSTRUCTIONS = 2000000 };

static void need(bool good, const struct system *s, const char *what)
{
    if (!good && s->diags.num_errors == 0) {
        printf("%s failed without an error\n", what);
        fflush(stdout);
        _exit(2);
    }
    if (!good) {
        _exit(0);
    }
}

static void try_system(struct system *s, const struct capdl_profile *profile)
{
    struct image_options options = {.profile = profile, .spec_path = s->path};
    FILE *out = open_memstream((char **)&s->bytes, &s->size), *nowhere = fopen("/dev/null", "w");
    bool good = image_compile(&s->spec, &options, &s->diags, out);
    fclose(out);
    need(good, s, "compile");
    need(image_open(&s->image, "image", s->bytes, s->size, &s->diags), s, "open");
    struct fit_options fit = {.profile = profile, .name = "image"};
    good = fit_tell(&s->image, &fit, &s->diags, NULL);
    if (profile->num_memory) { /* else firmware decides, and only a boot can tell */
        need(good, s, "fit");
    }
    struct verify_options verify = {.profile = profile};
    struct verify_spec with = {.spec = &s->spec, .name = "test.cdl", .path = s->path};
    struct verify_result result = {.num_differences = 0};
    need(verify_image(&s->image, &verify, &with, &result, 1, &s->diags), s, "verify");
    for (size_t i = 0; i < result.num_differences; i++) {
        if (!strstr(result.differences[i], "the boot failed")) {
            printf("a difference: %s\n", result.differences[i]);
            fflush(stdout);
            _exit(3);
        }
    }
    struct machine_options run = {.console = nowhere, .report = nowhere, .max_instructions = MOST_INSTRUCTIONS};
    struct machine_result ran;
    need(machine_run(&s->image, &run, &ran, &s->diags), s, "run");
    _exit(0);
}

/* In a process of its own, whose end tells. */
static void check_strange(struct system *s, const struct capdl_profile *profile, const char *what)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        const struct rlimit limit = {SECONDS, SECONDS};
        setrlimit(RLIMIT_CPU, &limit);
        try_system(s, profile);
    }
    int status = 0;
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0, "%s: status 0x%x", what, status);
}

/* ---- Every constant ---- */

/* The i-th value tried for an element; INT64_MIN: no more. */
static int64_t wrong_value(const struct field *field, size_t i, int64_t now, int64_t other)
{
    const int64_t values[] = {
        0, 1, -1, now - 1, now + 1, now + 8, now / 2, now * 2, other, field->least, field->most, 12, 4096, INT32_MAX,
    };
    return field->kind == FIELD_BOOL ? (i == 0 ? !now : INT64_MIN)
                                     : (i < sizeof(values) / sizeof(values[0]) ? values[i] : INT64_MIN);
}

static size_t elements(const struct capdl_profile *p, const struct field *field)
{
    const struct capdl_region *regions;
    switch (field->kind) {
    case FIELD_STRING:
    case FIELD_ARCH:
        return 0;
    case FIELD_BOOL:
    case FIELD_NUMBER:
        return 1;
    case FIELD_LEVELS:
        return p->vspace_levels;
    case FIELD_NAMED:
        return field->count;
    case FIELD_REGION:
    case FIELD_REGIONS:
        return 2 * field_regions(p, field, &regions); /* starts and ends */
    }
    return 0;
}

static uint64_t *region_word(struct capdl_profile *p, const struct field *field, size_t i)
{
    const struct capdl_region *regions;
    field_regions(p, field, &regions);
    return (uint64_t *)(uintptr_t)regions + i;
}

static int64_t get(struct capdl_profile *p, const struct field *field, size_t i)
{
    bool region = field->kind == FIELD_REGION || field->kind == FIELD_REGIONS;
    return region ? (int64_t)*region_word(p, field, i) : field_get(p, field, i);
}

/* Whether the number is another one now: some do not fit. */
static bool set(struct capdl_profile *p, const struct field *field, size_t i, int64_t value)
{
    int64_t now = get(p, field, i);
    if (field->kind == FIELD_REGION || field->kind == FIELD_REGIONS) {
        *region_word(p, field, i) = (uint64_t)value;
    } else {
        field_set(p, field, i, value);
    }
    return value != now && get(p, field, i) == value;
}

/* A refusal names the number that is wrong, or another that does not go with it, and what was expected. */
static void check_refusal(const char *flaw, const char *what)
{
    bool expects =
        strstr(flaw, ", expected ") || strncmp(flaw, "it has no ", 10) == 0 || strstr(flaw, "of another arch");
    CHECK(expects && strlen(flaw) + 1 < PROFILE_FLAW, "%s: '%s'", what, flaw);
}

struct sample {
    unsigned seed, count, strange, refused; /* count: of the strange ones to try; 0: all */
};

/* Some 400 of an architecture are strange. */
static bool is_sampled(struct sample *sample)
{
    enum { STRANGE = 400 };
    sample->seed = sample->seed * 1103515245 + 12345;
    return sample->count == 0 || (sample->seed >> 8) % STRANGE < sample->count;
}

static void try_element(struct system *s, const struct kernel_case *kernel, const struct field *field, size_t element,
                        struct sample *sample)
{
    static struct capdl_profile profile, others;
    char flaw[PROFILE_FLAW], what[300];
    others = *profile_builtin(kernel->other);
    bool there = element < elements(&others, field);
    int64_t now, other = there ? get(&others, field, element) : 0x12345;
    for (size_t i = 0;; i++) {
        profile = *profile_builtin(kernel->name);
        now = get(&profile, field, element);
        int64_t value = wrong_value(field, i, now, other);
        if (value == INT64_MIN) {
            break;
        }
        if (!set(&profile, field, element, value)) {
            continue;
        }
        snprintf(what, sizeof(what), "%s with %s %s %zu from %lld to %lld", kernel->name, field->key,
                 field->kind == FIELD_NAMED ? field->names[element] : "", element, (long long)now, (long long)value);
        if (!profile_good(&profile, flaw)) {
            sample->refused++;
            check_refusal(flaw, what);
        } else if (is_sampled(sample)) {
            sample->strange++;
            check_strange(s, &profile, what);
        }
    }
}

static void try_kernel(const struct kernel_case *kernel, struct sample sample)
{
    struct system s;
    char *text;
    if (asprintf(&text, spec_text, kernel->arch, kernel->tables, kernel->root) < 0) {
        exit(99);
    }
    system_read(&s, kernel->name, text);
    for (size_t f = 0; f < num_profile_fields; f++) {
        static struct capdl_profile profile;
        profile = *profile_builtin(kernel->name);
        size_t count = elements(&profile, &profile_fields[f]);
        for (size_t i = 0; i < count; i++) {
            try_element(&s, kernel, &profile_fields[f], i, &sample);
        }
    }
    printf("%s: %u refused by name, %u others tried\n", kernel->name, sample.refused, sample.strange);
    CHECK(sample.refused > 800 && sample.strange > 0, "%s: %u", kernel->name, sample.refused);
    system_free(&s);
    free(text);
}

/* ---- What must be refused, and how ---- */

static const struct refusal {
    const char *kernel, *key;
    const char *name; /* of an element; a number: its place */
    int64_t value;
    const char *flaw;
} refusals[] = {
    {"riscv64-mcs", "size_bits", "FRAME_4K", 13, "object type FRAME_4K has 2^13 bytes, expected 2^12"},
    {"x86_64", "size_bits", "FRAME_2M", 22, "object type FRAME_2M has 2^22 bytes, expected 2^21"},
    {"x86_64-mcs", "size_bits", "CNODE", 4, "object type CNODE has 2^4 bytes, expected 2^5"},
    {"riscv64", "size_bits", "TCB", 63, "object type TCB has 2^63 bytes, expected 2^10 to 2^16"},
    {"riscv64-mcs", "size_bits", "SCHED_CONTEXT", 6, "object type SCHED_CONTEXT has 2^6 bytes, expected 2^7 to 2^16"},
    {"riscv64-mcs", "size_bits", "PAGE_TABLE", 11, "object type PAGE_TABLE has 2^11 bytes, expected 2^12"},
    {"aarch64-mcs", "size_bits", "VSPACE", 12, "object type VSPACE has 2^12 bytes, expected 2^13"},
    {"riscv64", "size_bits", "VCPU", 12, "object type VCPU has a size and no number, expected both or neither"},
    {"riscv64", "types", "TCB", 2, "object types TCB and ENDPOINT are both 2, expected different numbers"},
    {"riscv64", "types", "VSPACE", 6, "object types FRAME_4K and VSPACE are both 6, expected different numbers"},
    {"x86_64", "types", "TCB", 0xffff, "it has no object type TCB, which every boot needs"},
    {"aarch64", "labels", "TCB_RESUME", 1,
     "labels UNTYPED_RETYPE and TCB_RESUME are both 1, expected different numbers"},
    {"aarch64", "labels", "TCB_CONFIGURE", 0, "label TCB_CONFIGURE is 0, expected 1 to 65534"},
    {"aarch64", "labels", "TCB_CONFIGURE", 0xffff, "it has no label TCB_CONFIGURE, which every boot needs"},
    {"riscv64", "labels", "PDPT_MAP", 99, "label PDPT_MAP is of another architecture than riscv"},
    {"x86_64-mcs", "syscalls", "CALL", 0, "system call CALL is 0, expected a number with MCS"},
    {"x86_64-mcs", "syscalls", "REPLY", -60, "system call REPLY is -60, expected none with MCS"},
    {"x86_64", "syscalls", "SEND", 5, "system call SEND is 5, expected -32768 to -1"},
    {"x86_64", "syscalls", "DEBUG_PUTCHAR", 0,
     "system call DEBUG_PUTCHAR is 0, expected a number if the kernel has a console, and only then"},
    {"x86_64-mcs", "faults", "VM", 1, "faults CAP and VM are both 1, expected different numbers"},
    {"x86_64-mcs", "faults", "VM", 0, "it has no number for fault VM"},
    {"riscv64", "vspace_index_bits", "1", 10, "level 1 of VSpaces has 2^10 entries, expected 2^9"},
    {"riscv64", "user_top", "0", 0x3fffffffff,
     "end of user addresses is 0x3fffffffff, expected the end of a page up to 2^39, which needs 3 levels of page "
     "tables"},
    {"riscv64", "user_top", "0", 0x800000000000,
     "end of user addresses is 0x800000000000, expected the end of a page up to 2^39, which needs 3 levels of page "
     "tables"},
    {"x86_64", "user_top", "0", 0x8000000000,
     "end of user addresses is 0x8000000000, expected the end of a page up to 2^48, which needs 4 levels of page "
     "tables"},
    {"riscv64-mcs", "timer_frequency", "0", 1, "timer frequency is 1 Hz, expected at least 1000000"},
    {"riscv64-mcs", "timer_tick_ms", "0", 2, "timer tick is 2 ms, expected none with MCS"},
    {"riscv64", "timer_tick_ms", "0", 0, "timer tick is 0 ms, expected at least 1"},
    {"riscv64", "max_nodes", "0", 2, "it has 2 cores without SMP, expected more than one with SMP, and only then"},
    {"riscv64", "max_nodes", "0", 257, "cores is 257, expected 1 to 256"},
    {"riscv64", "root_cnode_bits", "0", 6, "root CNode, log2 of slots is 6, expected 7 to 26"},
    {"riscv64-mcs", "bootinfo_untyped_offset", "0", 160,
     "offsets in bootinfo are 160 of untypeds and 152 of SchedControl, expected multiples of 8, 16 bytes apart"},
    {"riscv64", "max_untypeds", "0", 65535,
     "untypeds in bootinfo are 65535, expected at most 245: behind byte 152 of a page"},
    {"riscv64", "max_untyped_bits", "0", 29,
     "largest untyped has 2^29 bytes, expected at least the 2^30 of object type FRAME_1G"},
    {"x86_64", "max_untyped_bits", "0", 48, "largest untyped has 2^48 bytes, expected at most 2^47"},
    {"riscv64", "asid_pool_bits", "0", 8, "an ASID pool has 2^8 entries, expected 512"},
    {"riscv64", "pa_bits", "0", 31,
     "memory from 0x80200000 to 0x100000000, expected ascending ranges from a page on up to 2^31"},
    {"riscv64", "memory", "0", 0x80200001,
     "memory from 0x80200001 to 0x100000000, expected ascending ranges from a page on up to 2^39"},
    {"riscv64", "memory", "0", 0x80000000, "devices from 0xc600000 to 0x80200000, expected no memory there"},
    {"riscv64", "kernel", "0", 0, "kernel image from 0x0 to 0x80221000, expected within memory"},
    {"riscv64", "kernel_boot_end", "0", 0x80300000,
     "end of the kernel's boot part is 0x80300000, expected within the kernel image"},
    {"riscv64", "sysenter", "0", 1, "SYSENTER: of another architecture than riscv"},
    {"x86_64", "dtb_bytes", "0", 1, "device tree: of another architecture than x86_64"},
};

static void check_refused(const struct refusal *r)
{
    static struct capdl_profile profile;
    const struct field *field = profile_fields;
    char flaw[PROFILE_FLAW];
    size_t element = 0;
    while (strcmp(field->key, r->key) != 0) {
        field++;
    }
    if (field->kind == FIELD_NAMED) {
        while (strcmp(field->names[element], r->name) != 0) {
            element++;
        }
    } else {
        element = (size_t)atoi(r->name);
    }
    profile = *profile_builtin(r->kernel);
    CHECK(profile_good(&profile, flaw), "%s: %s", r->kernel, flaw);
    set(&profile, field, element, r->value);
    CHECK(!profile_good(&profile, flaw) && strcmp(flaw, r->flaw) == 0, "%s %s %s: '%s', not '%s'", r->kernel, r->key,
          r->name, flaw, r->flaw);
}

/* Memory of quartz64 ends at 0xefffffff, that of devices of PCs at 0xfffffff8: what kernels have is not refused. */
static void check_ends(void)
{
    static struct capdl_profile profile;
    char flaw[PROFILE_FLAW] = "";
    profile = *profile_builtin("aarch64");
    profile.memory[profile.num_memory - 1].end -= 1;
    CHECK(profile_good(&profile, flaw), "memory that ends within a page: %s", flaw);
    profile = *profile_builtin("aarch64");
    profile.devices[0].end -= 8;
    profile.devices[0].start += 16;
    CHECK(profile_good(&profile, flaw), "devices that begin and end within a page: %s", flaw);
}

/* 4096 - 160 - 16 bytes are just enough for 245 descriptions of untypeds. */
static void check_room(void)
{
    static struct capdl_profile profile;
    char flaw[PROFILE_FLAW] = "";
    profile = *profile_builtin("riscv64");
    profile.bootinfo_untyped_offset = 160;
    profile.max_untypeds = 245;
    CHECK(profile_good(&profile, flaw), "a page full of untypeds: %s", flaw);
    profile.max_untypeds = 246;
    CHECK(!profile_good(&profile, flaw), "more untypeds than fit in a page");
}

/* ---- Root CNodes of few slots ---- */

/* Kernels of 2^7 slots, the fewest that are built, boot this. */
static void check_slots(const struct kernel_case *kernel, const char *error)
{
    static struct capdl_profile profile;
    struct system s;
    char *text;
    if (asprintf(&text, spec_text, kernel->arch, kernel->tables, kernel->root) < 0) {
        exit(99);
    }
    system_read(&s, kernel->name, text);
    profile = *profile_builtin(kernel->name);
    strcpy(profile.prefix, "/"); /* as if it had been read: what the kernel reports is then known */
    profile.root_cnode_bits = 7;
    struct image_options options = {.profile = &profile, .spec_path = s.path};
    FILE *out = open_memstream((char **)&s.bytes, &s.size);
    bool good = image_compile(&s.spec, &options, &s.diags, out);
    fclose(out);
    const char *said = s.diags.count ? s.diags.list[s.diags.count - 1].message : "";
    CHECK(good == !error && (good || strstr(said, error)), "%s: %s", kernel->name, said);
    system_free(&s);
    free(text);
}

int main(int argc, char **argv)
{
    struct sample sample = {.seed = argc > 1 ? (unsigned)atoi(argv[1]) : 1,
                            .count = argc > 2 ? (unsigned)atoi(argv[2]) : 12};
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        check_refused(&refusals[i]);
    }
    check_ends();
    check_room();
    for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
        try_kernel(&kernels[i], sample);
    }
    check_slots(&kernels[0], NULL);
    check_slots(&kernels[1], NULL);
    check_slots(&kernels[2], "slots of its root CNode, which has 128"); /* firmware decides: an estimate */
    return fixture_result();
}
