/* SPDX-License-Identifier: BSD-2-Clause */
/*
 *     mutants SEED SECONDS|COUNT [KERNEL...]
 *
 * Changes random systems and compiles what comes of it, COUNT times, or for so many seconds (10s). What compiles must
 * boot, natively, and be equal to its spec. KERNELs are install prefixes, besides the built-in kernels. What is wrong
 * is shrunk and printed; what went through without a word counts.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mutate.h"
#include "profile/profile.h"

enum { MUTANTS_PER_BASE = 64, SHRINK_SECONDS = 20, MOST_WRONG = 10 };

struct tally {
    unsigned long long tried, booted, refused, wrong;
};

static volatile sig_atomic_t stopped; /* by the user, who still wants the count */

static void stop(int number)
{
    (void)number;
    stopped = 1;
}

static bool said_before(const struct outcome *o)
{
    static char kinds[MOST_WRONG][256];
    static unsigned count;
    char kind[256];
    outcome_kind(o->reason, kind, sizeof(kind));
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(kinds[i], kind) == 0) {
            return true;
        }
    }
    if (count < MOST_WRONG) {
        strcpy(kinds[count++], kind);
    }
    return false;
}

static void explain(struct sample *s, unsigned number)
{
    struct outcome o;
    sample_shrink(s, false, SHRINK_SECONDS);
    sample_check(s, false, &o);
    printf("seed %llu, mutant %u, on %s: %s\n", (unsigned long long)s->seed, number, s->profile->name, o.reason);
    printf("-- spec, shrunk:\n");
    sample_write(s, stdout);
    printf("-- untypeds:\n");
    sample_write_untypeds(s, stdout);
    fflush(stdout);
}

static void try_one(struct tally *t, const struct sample *base, unsigned number, struct rng *r)
{
    struct sample s = sample_copy(base);
    struct outcome o;
    sample_mutate(&s, r);
    sample_check(&s, false, &o);
    t->tried++;
    t->booted += o.verdict == VERDICT_VERIFIED;
    t->refused += o.verdict == VERDICT_REFUSED;
    if (o.verdict == VERDICT_WRONG && !said_before(&o)) {
        t->wrong++;
        explain(&s, number);
    }
    sample_free(&s);
}

/* Every fourth is two systems in one. */
static struct sample make_base(uint64_t seed, const struct capdl_profile *kernel)
{
    struct sample s = sample_generate_base(seed, kernel);
    if (seed % 4 == 0) {
        struct sample other = sample_generate_base(~seed, s.profile);
        sample_merge(&s, &other);
        sample_free(&other);
    }
    return s;
}

static void run(struct tally *t, uint64_t seed, const struct capdl_profile *kernel)
{
    struct rng r = rng_seeded(seed);
    struct sample base = make_base(seed, kernel);
    for (unsigned i = 0; i < MUTANTS_PER_BASE && t->wrong < MOST_WRONG && !stopped; i++) {
        try_one(t, &base, i, &r);
    }
    sample_free(&base);
}

static struct capdl_profile *read_kernels(char **names, size_t count)
{
    struct capdl_profile *kernels = calloc(count + 1, sizeof(*kernels));
    struct capdl_diags diags = {NULL};
    for (size_t i = 0; kernels && i < count; i++) {
        if (!profile_find(names[i], &kernels[i], &diags)) {
            capdl_diags_print(&diags, stderr, 0);
            exit(2);
        }
    }
    capdl_diags_free(&diags);
    return kernels;
}

int main(int argc, char **argv)
{
    struct tally t = {0};
    char *unit;
    if (argc < 3) {
        fprintf(stderr, "usage: mutants SEED COUNT|SECONDSs [KERNEL...]\n");
        return 2;
    }
    size_t num_kernels = (size_t)argc - 3;
    struct capdl_profile *kernels = read_kernels(argv + 3, num_kernels);
    unsigned long long seed = strtoull(argv[1], NULL, 0), number = strtoull(argv[2], &unit, 0);
    time_t end = time(NULL) + (time_t)number;
    signal(SIGINT, stop);
    signal(SIGTERM, stop);
    while (t.wrong < MOST_WRONG && !stopped && (*unit == 's' ? time(NULL) < end : t.tried < number)) {
        run(&t, seed, num_kernels && seed % 2 ? &kernels[seed / 2 % num_kernels] : NULL);
        seed++;
    }
    scratch_free();
    free(kernels);
    printf("%llu changed systems: %llu compile, boot and are equal to their specs, %llu are refused when compiling, "
           "%llu kinds of "
           "wrong; next seed %llu\n",
           t.tried, t.booted, t.refused, t.wrong, seed);
    return t.wrong != 0;
}
