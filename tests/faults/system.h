/* SPDX-License-Identifier: BSD-2-Clause */
/* Random systems that fit their memory, as images, for something to be broken in them. */
#ifndef TESTS_FAULTS_SYSTEM_H
#define TESTS_FAULTS_SYSTEM_H

#include "image/image.h"
#include "native.h"
#include "random.h"
#include "verify/verify.h"

struct system {
    struct sample sample;
    struct capdl_diags diags;
    uint8_t *bytes;
    size_t size;
    struct image image;
    char untypeds[80]; /* path of its list */
};

/* False: this seed's system is refused. */
bool system_build(struct system *, uint64_t seed);
void system_free(struct system *);

/* Ends the program when what follows takes longer, with a message that names it. 0: it came to its end. */
void watch(unsigned seconds, const char *format, ...) CAPDL_PRINTF(2, 3);

/* Adds one to failures and prints. */
extern unsigned failures;
void failed(const char *format, ...) CAPDL_PRINTF(1, 2);

const char *phase_name(uint64_t phase);
const char *error_name(uint64_t error);

#endif
