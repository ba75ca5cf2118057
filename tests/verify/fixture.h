/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of verification share: specs from text, and real images of them in memory. */
#ifndef TESTS_VERIFY_FIXTURE_H
#define TESTS_VERIFY_FIXTURE_H

#include "../check.h"
#include "verify/verify.h"

/* Removes the test's files; what main returns. */
int fixture_result(void);

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
