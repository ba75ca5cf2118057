/* SPDX-License-Identifier: BSD-2-Clause */
/* A booted kernel model without a processor: tests are its initial task. */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include <stdio.h>

#include "machine/boot.h"

struct world {
    struct kernel *k;
    struct boot_info info;
    uint64_t base;    /* first empty slot; S(n) is the n-th */
    uint64_t untyped; /* RAM, at least 8 MiB */
    uint64_t device;
    struct kernel_message reply; /* of the last call */
};

/* Boots a kernel of a built-in profile. Ends the test program when that fails. */
struct world *world_new(const char *profile);
struct world *world_new_profile(const struct capdl_profile *);
void world_free(struct world *);
/* Whether a kernel boots with an initial task of this size. */
bool world_boots(const char *profile, uint64_t image_size);

/* An invocation of the current thread. Words and capabilities are followed by their counts' worth of arguments. */
enum capdl_kernel_error world_call(struct world *, uint64_t cptr, enum capdl_method, unsigned words,
                                   const uint64_t *word, unsigned caps, const uint64_t *cap);
#define WORDS(...)                                                  \
    (unsigned)(sizeof((uint64_t[]){__VA_ARGS__}) / 8), (uint64_t[]) \
    {                                                               \
        __VA_ARGS__                                                 \
    }
#define NONE 0, (uint64_t *)0

uint64_t slot_at(const struct world *, unsigned n);
struct slot *slot_of(const struct world *, unsigned n);
enum capdl_kernel_error world_retype(struct world *, uint64_t from, enum capdl_type, uint64_t size, unsigned slot,
                                     uint64_t count);
enum capdl_kernel_error world_copy(struct world *, unsigned dest, uint64_t source, uint64_t rights);
enum capdl_kernel_error world_mint(struct world *, unsigned dest, uint64_t source, uint64_t rights, uint64_t badge);
enum capdl_kernel_error world_delete(struct world *, uint64_t slot);
enum capdl_kernel_error world_revoke(struct world *, uint64_t slot);

/* Every link of the derivation list and of the queues is as it should be. Says what is not. */
bool world_is_sound(const struct world *);

/* Counts and reports failures; main returns failures(). */
#define EXPECT(actual, expected) expect(__FILE__, __LINE__, #actual, (int64_t)(actual), (int64_t)(expected))
void expect(const char *file, int line, const char *text, int64_t actual, int64_t expected);
int failures(void);

#endif
