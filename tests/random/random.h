/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random systems on random machines.
 *
 *     generate    seed -> a valid spec, line by line, and a list of untypeds
 *     fit         whether its objects can lie in that memory at all, independent of the planner
 *     check       compiles, boots, verifies; or sees to it that what does not fit is refused for that reason
 *     shrink      leaves out lines as long as the check still fails
 */
#ifndef TESTS_RANDOM_RANDOM_H
#define TESTS_RANDOM_RANDOM_H

#include <capdl/profile.h>
#include <capdl/spec.h>

#include "machine/boot.h"

/* ---- generate.c ---- */

enum section { SECTION_OBJECTS, SECTION_CAPS, SECTION_IRQS, SECTION_DOMAINS, SECTION_COUNT };

struct line {
    enum section section;
    char *text;
    bool dropped;
};

enum { MOST_UNTYPEDS = 64 };

/* An untyped of the kernel. */
struct block {
    uint64_t paddr;
    uint8_t bits;
    bool device;
};

struct sample {
    uint64_t seed;
    struct capdl_profile *profile;
    bool strip;       /* an image without names */
    bool fit_at_boot; /* the list of untypeds is not known before */
    bool mutant;      /* perhaps no system: the compiler may refuse it, the boot may not fail */
    struct line *lines;
    size_t num_lines, capacity;
    struct block untypeds[MOST_UNTYPEDS];
    bool untyped_dropped[MOST_UNTYPEDS];
    size_t num_untypeds;
};

struct sample sample_generate(uint64_t seed);
/* One to be booted on a kernel that is at hand, whose memory is its own: without addresses; and such that the
   initialiser comes to its last line before anything else does. */
struct sample sample_generate_for(uint64_t seed, const struct capdl_profile *);
/* A small one for sample_mutate, with memory enough; kernel 0: some kernel. */
struct sample sample_generate_base(uint64_t seed, const struct capdl_profile *);
void sample_free(struct sample *);
void sample_write(const struct sample *, FILE *spec);
void sample_write_untypeds(const struct sample *, FILE *);

/* rng.c: xorshift64*, below n, in [a, b], one in n */
struct rng {
    uint64_t state;
};

struct rng rng_seeded(uint64_t seed);
uint64_t rng_next(struct rng *);
uint64_t rng_below(struct rng *, uint64_t n);
uint64_t rng_between(struct rng *, uint64_t first, uint64_t last);
bool rng_chance(struct rng *, unsigned one_in);

/* kernels.c: a copy; a built-in kernel, or one like it with domains, cores or SMC calls; malloc'd */
struct capdl_profile *kernel_copy(const struct capdl_profile *);
struct capdl_profile *kernel_pick(struct rng *);
/* layout.c: fills in the sample's untypeds */
void layout_generate(struct sample *, struct rng *);
void layout_ample(struct sample *, struct rng *);

/* ---- fit.c ---- */

enum fit {
    FIT_GOOD,
    FIT_NO_ADDRESS, /* an object cannot have its address */
    FIT_NO_MEMORY,
    FIT_NEITHER,  /* both */
    FIT_NO_COVER, /* children do not fit into their untyped */
    FIT_UNKNOWN,  /* it depends on what the initialiser needs itself, or on what may lie between objects with addresses
                   */
};

/* num_untypeds entries of which `dropped` does not hold */
enum fit fit_judge(const struct capdl_spec *, const struct sample *);
const char *fit_name(enum fit);
/* Memory as numbers of free blocks by size, objects by size: whether they fit, by counting and by trying everything
   (-1: too much to try). */
enum { FIT_SIZES = 64 };
bool fit_count(const uint64_t free[FIT_SIZES], const uint64_t need[FIT_SIZES]);
int fit_try(const uint64_t free[FIT_SIZES], const uint64_t need[FIT_SIZES]);

/* ---- check.c ---- */

enum verdict { VERDICT_VERIFIED, VERDICT_REFUSED, VERDICT_WRONG };

struct outcome {
    enum verdict verdict;
    char reason[2048]; /* WRONG: what is */
    bool at_boot;      /* REFUSED: not by the compiler */
    enum fit fit;
    uint64_t objects, kernel_calls, compared, pages;
};

/* real: with the real binary, emulated; else natively */
void sample_check(const struct sample *, bool real, struct outcome *);
/* The directory where samples find data.bin; made at the first call, removed by scratch_free. */
const char *scratch_directory(void);
void scratch_free(void);
/* What is in it: no byte is zero. */
void data_write(FILE *);

/* ---- shrink.c ---- */

/* A reason without names and numbers: what has to stay the same. */
void outcome_kind(const char *reason, char *kind, size_t size);
void sample_shrink(struct sample *, bool real, unsigned seconds);

#endif
