/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a program is told about the memory that was left when its system had been set up (docs/objects.md, leftovers).
 * It fills the frame of 4 KiB that the spec names for it. Freestanding: usable by any program. The layout is the same
 * on all architectures, little-endian.
 *
 * The capabilities are in consecutive slots of the CNode that the spec names: untypeds from `first_untyped` on, RAM
 * before device memory, each by size, the largest first; then frames of 4 KiB from `first_frame` on, which are zero and
 * mapped nowhere. Nothing was made of any of the untypeds: the program may use, revoke and delete them as it likes.
 */
#ifndef CAPDL_LEFTOVERS_H
#define CAPDL_LEFTOVERS_H

#include <stdint.h>

enum {
    CAPDL_LEFTOVERS_VERSION = 1,
    CAPDL_LEFTOVERS_MAX_UNTYPEDS = 252, /* in one description */
    CAPDL_MAX_LEFTOVERS = 8,            /* in one system */
};

struct capdl_leftover_untyped {
    uint64_t address;  /* physical, of its first byte */
    uint8_t size_bits; /* log2 of its size in bytes */
    uint8_t is_device; /* 1: device memory, or RAM the kernel does not know: for frames and untypeds, not cleared */
    uint16_t source;   /* 0; while the list is made: where it comes from */
    uint32_t number;   /* likewise */
};

struct capdl_leftovers {
    uint64_t version;           /* offset 0: CAPDL_LEFTOVERS_VERSION */
    uint64_t first_untyped;     /* 8: slot */
    uint64_t num_untypeds;      /* 16: that many slots, and entries below */
    uint64_t untypeds_left_out; /* 24: for which there was no slot or no entry: the smallest ones */
    uint64_t first_frame;       /* 32: slot */
    uint64_t num_frames;        /* 40: that many slots */
    uint64_t frames_left_out;   /* 48: for which there was no slot */
    uint64_t unused;            /* 56: 0 */
    struct capdl_leftover_untyped untypeds[CAPDL_LEFTOVERS_MAX_UNTYPEDS]; /* 64: 16 bytes each */
};

#endif
