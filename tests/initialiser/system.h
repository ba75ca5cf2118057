/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small system for the fake kernel: slot 0 a 2 MiB frame, 1 and 2 frames, 3 a TCB, 4 a frame at an address, 5 an
 * untyped, 6 and 7 its children, 8 and 9 derived. Five pages.
 */
#ifndef TESTS_INITIALISER_SYSTEM_H
#define TESTS_INITIALISER_SYSTEM_H

#include <stdio.h>

#include "../blob/encode.h"
#include "fake.h"

struct system {
    const int64_t *profile; /* 0: system_profile */
    unsigned core;          /* of the scheduling context */
    bool core_again;        /* a second call for a scheduling context, by core 0 */
    unsigned
        chunk; /* of the extra bootinfo, 24 bytes from its 8th go to byte 16 of slot 1; 0: pages fill slots 1 and 2 */
    bool nameless;
    bool direct; /* slot 3 is a CNode, into which 300 objects are made, from its slot 2 on */
    bool starts_none;
    bool starts_often;                   /* slot 3, and again slots 3, 4 and 5 */
    bool odd_runs;                       /* of initial capabilities, of equal calls, and in the phase of domains */
    uint64_t left[CAPDL_SIZE_KEY_COUNT]; /* sizes from LEFT_PAGE on; without any LEFT_SLOTS: none */
};

extern const int64_t system_profile[CAPDL_BOOT_KEY_COUNT]; /* MCS, all methods */

void encode_system(struct encoder *, const struct system *);

/* A kernel with an untyped of 64 KiB at 2 GiB, which holds the fixed objects, one of 4 MiB and one of 2 MiB, and a
 * device. */
struct fake system_on(const struct encoder *);

extern unsigned failures;
#define CHECK(condition)                                                                  \
    do {                                                                                  \
        if (!(condition)) {                                                               \
            fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition); \
            failures++;                                                                   \
        }                                                                                 \
    } while (0)
void check_text(const char *what, const char *got, const char *expected);
/* Boots, with the refuse-th call failing, and compares what is printed. */
void check_message(struct fake *, uint64_t refuse, unsigned error, const char *expected);

#endif
