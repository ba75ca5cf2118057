/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a program is told about the memory that was left when its system had been set up (docs/language.md, leftovers). It lies at
 * the start of the frame that the spec names for it, all of which it takes. Freestanding: usable by any program; the layout is the
 * same on all architectures, little-endian.
 *
 * The capabilities are in consecutive slots of the CNode of the spec: untypeds from `first_untyped` on, RAM before device memory,
 * each by size, the largest first; then frames of 4 KiB from `first_frame` on, which are zero and mapped nowhere. Nothing is made
 * of any of the untypeds, and none is the parent of anything that was there before the program: it may use, revoke and delete them
 * as it likes.
 */
#ifndef CAPDL_LEFTOVERS_H
#define CAPDL_LEFTOVERS_H

#include <stdint.h>

enum { CAPDL_LEFTOVERS_VERSION = 1, CAPDL_LEFTOVERS_MAX_UNTYPEDS = 252 };

struct capdl_leftover_untyped {
    uint64_t address;  /* physical, of its first byte */
    uint8_t size_bits; /* log2 of its size in bytes */
    uint8_t is_device; /* 1: device memory, or RAM that the kernel does not know: frames can be made of it, and untypeds */
    uint16_t source;   /* 0, and so is number: they are used while the list is made */
    uint32_t number;
};

struct capdl_leftovers {
    uint64_t version;               /* offset 0: CAPDL_LEFTOVERS_VERSION */
    uint64_t first_untyped;         /* 8: slot */
    uint64_t num_untypeds;          /* 16: that many slots, and entries below */
    uint64_t untypeds_left_out;     /* 24: for which there was no slot or no entry: the smallest ones */
    uint64_t first_frame;           /* 32: slot */
    uint64_t num_frames;            /* 40: that many slots */
    uint64_t frames_left_out;       /* 48: for which there was no slot */
    uint64_t unused;                /* 56: 0 */
    struct capdl_leftover_untyped untypeds[CAPDL_LEFTOVERS_MAX_UNTYPEDS]; /* 64: 16 bytes each */
};

#endif
