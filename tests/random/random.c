/* SPDX-License-Identifier: BSD-2-Clause */
/*
 *     random SEED COUNT [REAL]
 *
 * Makes COUNT random systems, one a seed from SEED on, and verifies each: with the initialiser linked natively, and
 * every REAL-th also with the real binary on the emulated processor. What is wrong is shrunk and printed.
 */
#include <stdlib.h>
#include <string.h>

#include "random.h"

enum { SHRINK_SECONDS = 20, MOST_WRONG = 3 };

struct tally {
    unsigned verified, at_boot, by_compiler, real, wrong, by_reason[FIT_UNKNOWN + 1];
    unsigned long long objects, calls, compared, pages;
};

static void count(struct tally *t, const struct outcome *o, bool real)
{
    t->real += real;
    t->wrong += o->verdict == VERDICT_WRONG;
    t->objects += o->objects;
    t->calls += o->kernel_calls;
    t->compared += o->compared;
    t->pages += o->pages;
    if (o->verdict == VERDICT_VERIFIED) {
        t->verified++;
    }
    if (o->verdict == VERDICT_REFUSED) {
        t->by_reason[o->fit]++;
        *(o->at_boot ? &t->at_boot : &t->by_compiler) += 1;
    }
}

static void explain(struct sample *s, bool real)
{
    struct outcome o;
    sample_shrink(s, real, SHRINK_SECONDS);
    sample_check(s, real, &o);
    printf("seed %llu on %s%s%s: %s\n", (unsigned long long)s->seed, s->profile->name, s->strip ? ", stripped" : "",
           real ? ", real binary" : "", o.reason);
    printf("-- spec, shrunk:\n");
    sample_write(s, stdout);
    printf("-- untypeds:\n");
    sample_write_untypeds(s, stdout);
    fflush(stdout);
}

static void run(struct tally *t, uint64_t seed, bool real)
{
    struct sample s = sample_generate(seed);
    struct outcome o;
    sample_check(&s, real, &o);
    count(t, &o, real);
    if (o.verdict == VERDICT_WRONG) {
        explain(&s, real);
    }
    sample_free(&s);
}

int main(int argc, char **argv)
{
    struct tally t = {0};
    if (argc < 3 || argc > 4) {
        fprintf(stderr, "usage: random SEED COUNT [REAL]\n");
        return 2;
    }
    uint64_t first = strtoull(argv[1], NULL, 0), number = strtoull(argv[2], NULL, 0);
    uint64_t real = argc > 3 ? strtoull(argv[3], NULL, 0) : 0;
    for (uint64_t i = 0; i < number && t.wrong < MOST_WRONG; i++) {
        run(&t, first + i, false);
        if (real && i % real == 0) {
            run(&t, first + i, true);
        }
    }
    scratch_free();
    printf(
        "%u systems verified (%llu objects, %llu kernel calls, %llu capabilities and mappings, %llu pages compared), "
        "%u of all with the real binary\n",
        t.verified, t.objects, t.calls, t.compared, t.pages, t.real);
    printf("%u refused by the compiler, %u at boot: %u for an address, %u for memory, %u for both, %u for children, "
           "%u for the CSpace\n",
           t.by_compiler, t.at_boot, t.by_reason[FIT_NO_ADDRESS], t.by_reason[FIT_NO_MEMORY], t.by_reason[FIT_NEITHER],
           t.by_reason[FIT_NO_COVER], t.by_reason[FIT_UNKNOWN]);
    printf("%u wrong\n", t.wrong);
    return t.wrong != 0;
}
