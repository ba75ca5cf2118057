/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A stand-in for kernel and architecture below the initialiser's phases, which run natively. It writes down
 * every call, keeps what is written into frames, and refuses the call that a test tells it to.
 */
#ifndef TESTS_INITIALISER_FAKE_H
#define TESTS_INITIALISER_FAKE_H

#include "initialiser.h"

/* A word's bits, as the log and messages have it. */
#ifdef INITIALISER_WORD
#define FAKE_DEPTH "0x20"
#define FAKE_DEPTH_IN_MESSAGES "32"
#else
#define FAKE_DEPTH "0x40"
#define FAKE_DEPTH_IN_MESSAGES "64"
#endif

enum { FAKE_SLOTS = 64, FAKE_PAGES = 16 };

struct fake {
    /* Set by the test. */
    const uint8_t *blob;
    size_t blob_size;
    uint64_t num_pages; /* page i is filled with bytes i + 1 */
    word empty_slots;   /* from slot 100 of the initial CNode on */
    struct capdl_untyped untypeds[4];
    word num_untypeds;
    word cores;
    word iopt_levels;   /* of I/O page tables */
    uint64_t refuse;    /* number of the call that fails, from 1; 0: none */
    bool refuse_rest;   /* and all calls after it */
    unsigned error;     /* with this error */
    uint8_t extra[128]; /* the extra bootinfo ... */
    word extra_size;
    void (*tamper)(void); /* changes the header before the boot; may be 0 */

    /* Found afterwards. */
    char log[16384]; /* a line a call */
    char console[4096];
    uint64_t calls;                                              /* made, the refused one too */
    uint64_t calls_when_said;                                    /* made when the first character was printed */
    int64_t putchar;                                             /* number of the system call that printed */
    bool stopped;                                                /* the initialiser has come to its end, good or bad */
    _Alignas(8) uint8_t frames[FAKE_SLOTS][4 * CAPDL_PAGE_SIZE]; /* first bytes of frames mapped for filling, by slot */
    bool code_written;
};

/* Boots and returns when the initialiser stops itself. */
void fake_boot(struct fake *);

/* Numbers that a test's blob has to give for its kernel. */
enum {
    FAKE_CALL = -1,
    FAKE_PUTCHAR = -9,
    FAKE_OTHER_PUTCHAR = -12, /* of the kernels that are MCS where this one is not, or the reverse */
    FAKE_UNTYPED_OFFSET = 168,
    FAKE_SCHEDCONTROL_OFFSET = 152,
    FAKE_TYPE_UNTYPED = 0,
    FAKE_TYPE_CNODE = 4,
    FAKE_RETYPE = 1,
    FAKE_MINT = 21,
    FAKE_SET_SPACE = 10,
    FAKE_SUSPEND = 11,
    FAKE_MAP = 41,
    FAKE_UNMAP = 42,
    FAKE_UNIFY = 43,
    FAKE_CLEAN_INVALIDATE = 44,
    FAKE_MOVE = 22,
};

#endif
