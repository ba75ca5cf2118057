/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bounded cursor over deterministic CBOR (RFC 8949 section 4.2.1): shortest integers, definite lengths. No
 * allocation, no recursion, no libc. Floats, tags, byte strings and simple values other than null are not CBOR
 * to it.
 *
 * After the first mistake the cursor stays where it is, which is the end from then on, `wrong` says what was expected
 * there, and all further reads give zero.
 */
#ifndef CAPDL_BLOB_CBOR_H
#define CAPDL_BLOB_CBOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct capdl_cbor {
    const uint8_t *at;
    const uint8_t *end;
    const char *wrong; /* 0: no mistake yet */
};

/* What a mistake is called. Without texts, in the initialiser, all are called the same. */
#ifdef CAPDL_CBOR_NO_TEXTS
extern const char capdl_cbor_wrong[];
#define EXPECTED(text) ((void)(text), capdl_cbor_wrong)
#else
#define EXPECTED(text) text
#endif

/* Major types of RFC 8949 section 3.1. */
enum capdl_cbor_major {
    CAPDL_CBOR_UINT = 0,
    CAPDL_CBOR_NINT = 1,
    CAPDL_CBOR_TEXT = 3,
    CAPDL_CBOR_ARRAY = 4,
    CAPDL_CBOR_MAP = 5,
    CAPDL_CBOR_SIMPLE = 7,
};

/* The argument follows the initial byte from here on, section 3. */
enum { CAPDL_CBOR_MORE = 24 };

/* Records the first mistake. */
void capdl_cbor_fail(struct capdl_cbor *, const char *expected);
/* An item's head whose argument is not in the initial byte itself: `info`, its lower five bits, says how many bytes it
   has. Above 31 it is no item of the expected kind. */
uint64_t capdl_cbor_argument(struct capdl_cbor *, unsigned info, const char *expected);
uint64_t capdl_cbor_uint(struct capdl_cbor *);
/* So many of them, one after the other. */
void capdl_cbor_uints(struct capdl_cbor *, uint64_t *values, uint64_t count);
/* An integer of either sign: n, or for -1 - n also n and `negative`. */
uint64_t capdl_cbor_int(struct capdl_cbor *, bool *negative);
/* Number of elements. Never more than bytes are left, so that a loop over them ends soon even when it ignores
   mistakes. */
uint64_t capdl_cbor_array(struct capdl_cbor *);
/* The same, also where that many elements cannot follow, which whoever reads a few of them finds out. */
uint64_t capdl_cbor_short_array(struct capdl_cbor *);
/* The same for an array that must have this many elements. */
void capdl_cbor_array_of(struct capdl_cbor *, uint64_t elements);
/* Number of pairs. */
uint64_t capdl_cbor_map(struct capdl_cbor *);
/* A text string within the input; not ended by a zero. */
const char *capdl_cbor_text(struct capdl_cbor *, size_t *length);
/* Whether the next item is null; reads it if so. */
bool capdl_cbor_null(struct capdl_cbor *);

#endif
