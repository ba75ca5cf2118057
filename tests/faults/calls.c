/* SPDX-License-Identifier: BSD-2-Clause */
/*
 *     calls SEED COUNT [REAL]
 *
 * COUNT random systems are booted again and again: each time another kernel call fails, with each error there is. The
 * initialiser must say so, with phase, object and error, leave its record, and stop with no thread ready to run. Every
 * REAL-th time, the real binary on the emulated processor must say the same and leave the same record.
 */
#include <stdlib.h>
#include <string.h>

#include "blob/blob.h"
#include "machine/kernel.h"
#include "system.h"

static unsigned systems, boots, by_phase[CAPDL_PHASE_COUNT], real_boots[CAPDL_ARCH_COUNT];
static uint64_t real;

static struct native_result boot_with(struct system *s, uint64_t refuse, unsigned error)
{
    struct native_options options = {
        .profile = s->sample.profile, .untypeds = s->untypeds, .refuse = refuse, .error = error};
    struct native_result result;
    if (!native_boot(s->bytes, s->size, &options, &result, &s->diags)) {
        fprintf(stderr, "calls.c: no machine\n");
        exit(99);
    }
    return result;
}

/* What the message has to call the object: its name, or its number in an image without names. */
static void object_name(const struct system *s, uint64_t slot, char *name, size_t size)
{
    static struct capdl_blob blob;
    struct capdl_blob_error error;
    static struct capdl_blob_names names;
    struct capdl_blob_name found = {NULL};
    if (capdl_blob_open(&blob, s->image.blob, s->image.header.blob_size, &error)) {
        found = capdl_blob_name_of(&blob, CAPDL_BLOB_NAMED_SLOTS, slot, &names);
    }
    if (!found.text) {
        snprintf(name, size, "slot %llu", (unsigned long long)slot);
    } else if (found.is_element) {
        snprintf(name, size, "%.*s[%llu]", (int)found.length, found.text, (unsigned long long)found.index);
    } else if (found.digits) {
        snprintf(name, size, "%.*s%0*llu", (int)found.length, found.text, (int)found.digits,
                 (unsigned long long)found.index);
    } else {
        snprintf(name, size, "%.*s", (int)found.length, found.text);
    }
}

static const char *fault_in(const struct system *s, const struct native_result *r, uint64_t refused, unsigned error)
{
    static char start[100], end[100], name[100];
    /* When the first thread is started, all else has been done and said. */
    const char *first = r->header.phase == CAPDL_PHASE_START ? strchr(r->said, '\n') : NULL;
    const char *said = first ? first + 1 : r->said, *newline = strchr(said, '\n');
    snprintf(start, sizeof(start), "capdl: %s: ", phase_name(r->header.phase));
    snprintf(end, sizeof(end), " failed: %s (%u)\n", error_name(error), error);
    if (r->invocations < refused) {
        return "the call was not made";
    }
    if (r->outcome != MACHINE_BOOT_FAILED || r->gave_way) {
        return "did not stop";
    }
    if (r->runnable) {
        return "left a thread that can run";
    }
    if (r->header.kernel_error != error || r->header.method != r->refused_label) {
        return "left another record";
    }
    if (first && strncmp(r->said, "capdl: booted: ", 15) != 0) {
        return "did not say what was done before";
    }
    if (strncmp(said, start, strlen(start)) != 0) {
        return "did not name the phase";
    }
    if (!strstr(said, end) || !newline || newline[1] != 0) {
        return "did not name the error in one line";
    }
    if (r->header.object != UINT64_MAX) {
        object_name(s, r->header.object, name, sizeof(name));
        if (!strstr(said, name)) {
            return "did not name the object";
        }
    }
    return NULL;
}

/* ---- The real binary ---- */

static void look(void *context, const struct machine_stop *stop)
{
    struct native_result *r = context;
    const struct kernel *k = stop->kernel;
    r->outcome = stop->outcome;
    r->header = *stop->header;
    for (const struct tcb *t = k->threads; t; t = t->all_next) {
        r->runnable =
            r->runnable || (t != k->initial && t != k->idle && (thread_is_schedulable(k, t) || t->instructions));
    }
}

static struct native_result boot_real(struct system *s, uint64_t refuse, unsigned error)
{
    struct native_result r = {.invocations = 0};
    struct machine_result result;
    FILE *console = fmemopen(r.said, sizeof(r.said), "w");
    struct machine_options options = {.profile = s->sample.profile,
                                      .untypeds = s->untypeds,
                                      .console = console,
                                      .timeout_seconds = 60,
                                      .refuse = refuse,
                                      .refusal = error,
                                      .stopped = look,
                                      .context = &r};
    if (!console || !machine_run(&s->image, &options, &result, &s->diags)) {
        fprintf(stderr, "calls.c: no machine\n");
        exit(99);
    }
    fclose(console);
    return r;
}

/* When frames are filled, but for numbers: where the window for that is, native and real image differ. */
static bool says_the_same(const struct native_result *r, const struct native_result *native)
{
    static const char digits[] = "0123456789abcdefx";
    const char *said = r->said, *other = native->said;
    while (*said && *other) {
        if (r->header.phase == CAPDL_PHASE_FILLS && *said >= '0' && *said <= '9' && *other >= '0' && *other <= '9') {
            said += strspn(said, digits);
            other += strspn(other, digits);
        } else if (*said++ != *other++) {
            return false;
        }
    }
    return *said == *other;
}

static const char *difference(const struct native_result *native, const struct native_result *r)
{
    if (r->outcome != MACHINE_BOOT_FAILED) {
        return "did not stop";
    }
    if (r->runnable) {
        return "left a thread that can run, or has run";
    }
    if (!says_the_same(r, native)) {
        return "said something else";
    }
    if (r->header.kernel_error != native->header.kernel_error || r->header.method != native->header.method ||
        r->header.object != native->header.object || r->header.phase != native->header.phase ||
        r->header.num_calls != native->header.num_calls) {
        return "left another record";
    }
    return NULL;
}

static void refuse_really(struct system *s, const struct native_result *native, uint64_t refused, unsigned error)
{
    struct native_result r = boot_real(s, refused, error);
    const char *fault = difference(native, &r);
    real_boots[s->sample.profile->arch]++;
    if (fault) {
        failed("seed %llu on %s, call %llu failing with %s: the real binary %s: %s", (unsigned long long)s->sample.seed,
               s->sample.profile->name, (unsigned long long)refused, error_name(error), fault, r.said);
    }
}

static void refuse_one(struct system *s, uint64_t refused, unsigned error)
{
    watch(30, "seed %llu, call %llu failing with %s", (unsigned long long)s->sample.seed, (unsigned long long)refused,
          error_name(error));
    struct native_result r = boot_with(s, refused, error);
    const char *fault = fault_in(s, &r, refused, error);
    boots++;
    by_phase[r.header.phase]++;
    if (fault) {
        failed("seed %llu on %s, call %llu failing with %s: %s; said: %s", (unsigned long long)s->sample.seed,
               s->sample.profile->name, (unsigned long long)refused, error_name(error), fault, r.said);
    } else if (real && boots % real == 0) {
        refuse_really(s, &r, refused, error);
    }
}

/* The last call suspends the initialiser: by then all is in place. But where the domain schedule is started, the call
   for that is the last one to be seen. */
static void refuse_each(struct system *s)
{
    struct native_result good = boot_with(s, 0, 0);
    bool switched = good.outcome == MACHINE_BOOTED && good.header.phase == CAPDL_PHASE_START;
    if (!switched && good.header.phase != CAPDL_PHASE_DONE) {
        failed("seed %llu does not boot: %s", (unsigned long long)s->sample.seed, good.said);
        return;
    }
    systems++;
    for (uint64_t n = 1; n < good.invocations + switched && failures < 5; n++) {
        for (unsigned error = 1; error < CAPDL_ERROR_COUNT && failures < 5; error++) {
            refuse_one(s, n, error);
        }
    }
    if (switched) {
        return;
    }
    struct native_result last = boot_with(s, good.invocations, CAPDL_ERROR_ILLEGAL_OPERATION);
    if (last.outcome == MACHINE_BOOT_FAILED || last.header.phase != CAPDL_PHASE_DONE) {
        failed("seed %llu: the initialiser does not end when it cannot be suspended",
               (unsigned long long)s->sample.seed);
    }
}

int main(int argc, char **argv)
{
    if (argc < 3 || argc > 4) {
        fprintf(stderr, "usage: calls SEED COUNT [REAL]\n");
        return 2;
    }
    uint64_t seed = strtoull(argv[1], NULL, 0), count = strtoull(argv[2], NULL, 0);
    real = argc > 3 ? strtoull(argv[3], NULL, 0) : 0;
    while (systems < count && failures < 5) {
        struct system s;
        if (system_build(&s, seed++) && s.sample.num_lines < 120) {
            refuse_each(&s);
        }
        system_free(&s);
    }
    scratch_free();
    printf("%u systems, %u boots with a failing call\n", systems, boots);
    for (unsigned phase = 0; phase < CAPDL_PHASE_COUNT; phase++) {
        if (by_phase[phase]) {
            printf("%8u while %s\n", by_phase[phase], phase_name(phase));
        }
    }
    printf("with the real binary, too: %u on AArch64, %u on RISC-V, %u on x86-64\n", real_boots[CAPDL_ARCH_AARCH64],
           real_boots[CAPDL_ARCH_RISCV], real_boots[CAPDL_ARCH_X86_64]);
    return failures != 0;
}
