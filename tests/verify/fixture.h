/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of verification share: specs from text, real images of them in memory, and checks that count. */
#ifndef TESTS_VERIFY_FIXTURE_H
#define TESTS_VERIFY_FIXTURE_H

#include "verify/verify.h"

extern unsigned checks_made, checks_failed;

#define CHECK(condition, ...)                                               \
    do {                                                                    \
        checks_made++;                                                      \
        if (!(condition)) {                                                 \
            checks_failed++;                                                \
            fprintf(stderr, "%s:%d: %s: ", __FILE__, __LINE__, #condition); \
            fprintf(stderr, __VA_ARGS__);                                   \
            putc('\n', stderr);                                             \
        }                                                                   \
    } while (0)

/* Prints the numbers, removes the test's files; what main returns. */
int check_result(void);

struct system {
    struct capdl_spec spec;
    struct capdl_diags diags;
    const struct capdl_profile *profile;
    char *path; /* of the spec, for what it is filled from */
    uint8_t *bytes;
    size_t size;
    struct image image;
};

/* A copy of text in which the one occurrence of `from` is `to`; to be freed. Anything but one occurrence ends
   the test. */
char *replaced(const char *text, const char *from, const char *to);
/* Reads a spec, for a kernel as complete_profile knows it; one that is wrong ends the test. `system_build` makes an
   image of it, with the real initialiser. */
void system_read(struct system *, const char *profile, const char *text);
void system_build(struct system *, bool strip);
void system_free(struct system *);
/* Opens the image again after its bytes were changed. */
void system_reopen(struct system *);
/* The `number`-th page of the image's page segment. */
uint8_t *system_page(struct system *, uint64_t number);

/* Boots the image of one system and compares it with the spec of another. */
void system_verify(struct system *, const struct system *spec, struct verify_result *);
/* Whether some difference has this text in it. */
bool says(const struct verify_result *, const char *text);
/* All differences, one a line; to be freed. */
char *differences(const struct verify_result *);

#endif
