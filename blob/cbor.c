/* SPDX-License-Identifier: BSD-2-Clause */
#include "cbor.h"

#ifdef CAPDL_CBOR_NO_TEXTS
const char capdl_cbor_wrong[] = "";
#endif

void capdl_cbor_fail(struct capdl_cbor *c, const char *expected)
{
    if (c->wrong) {
        return;
    }
    c->wrong = EXPECTED(expected);
    c->end = c->at;
}

/* A big-endian number of `count` bytes, at least one. */
static uint64_t read_bytes(const uint8_t *at, unsigned bytes)
{
    const uint8_t *end = at + bytes;
    uint64_t value = 0;
    do {
        value = value << 8 | *at++;
    } while (at != end);
    return value;
}

__attribute__((noinline)) uint64_t capdl_cbor_argument(struct capdl_cbor *c, unsigned info, const char *expected)
{
    unsigned bytes;
    uint64_t value;
    if (info > 27) {
        capdl_cbor_fail(c, info > 31 ? expected : EXPECTED("a definite length"));
        return 0;
    }
    bytes = 1u << (info - 24);
    if ((size_t)(c->end - c->at) <= bytes) {
        capdl_cbor_fail(c, EXPECTED("more bytes"));
        return 0;
    }
    value = read_bytes(c->at + 1, bytes);
    /* The shortest form is mandatory: one byte only from 24 on, more only if half as many are too few. */
    if (bytes == 1 ? value < 24 : value >> (bytes * 4) == 0) {
        capdl_cbor_fail(c, EXPECTED("the shortest form of a number"));
        return 0;
    }
    c->at += 1 + bytes;
    return value;
}

/* An item's head: its argument, when it is of the major type. Advances only without an error. */
static uint64_t read_head(struct capdl_cbor *c, unsigned major, const char *expected)
{
    unsigned info = c->at != c->end ? *c->at ^ major << 5 : UINT8_MAX;
    if (info < CAPDL_CBOR_MORE) {
        c->at++;
        return info;
    }
    return capdl_cbor_argument(c, info, expected);
}

uint64_t capdl_cbor_uint(struct capdl_cbor *c)
{
    return read_head(c, CAPDL_CBOR_UINT, EXPECTED("an unsigned integer"));
}

void capdl_cbor_uints(struct capdl_cbor *c, uint64_t *values, uint64_t count)
{
    for (const uint64_t *end = values + count; values != end; values++) {
        *values = capdl_cbor_uint(c);
    }
}

uint64_t capdl_cbor_int(struct capdl_cbor *c, bool *negative)
{
    *negative = c->at != c->end && *c->at >> 5 == CAPDL_CBOR_NINT;
    return read_head(c, *negative ? CAPDL_CBOR_NINT : CAPDL_CBOR_UINT, EXPECTED("an integer"));
}

/* Each of its items has at least one byte. */
static uint64_t read_container(struct capdl_cbor *c, unsigned major, const char *expected)
{
    const uint8_t *start = c->at;
    uint64_t count = read_head(c, major, expected);
    if (count > (uint64_t)(c->end - c->at)) {
        c->at = start;
        capdl_cbor_fail(c, EXPECTED("as many items as its length"));
        return 0;
    }
    return count;
}

uint64_t capdl_cbor_array(struct capdl_cbor *c)
{
    return read_container(c, CAPDL_CBOR_ARRAY, EXPECTED("an array"));
}

uint64_t capdl_cbor_short_array(struct capdl_cbor *c)
{
    return read_head(c, CAPDL_CBOR_ARRAY, EXPECTED("an array"));
}

void capdl_cbor_array_of(struct capdl_cbor *c, uint64_t elements)
{
    const uint8_t *start = c->at;
    if (capdl_cbor_short_array(c) != elements && !c->wrong) {
        c->at = start;
        capdl_cbor_fail(c, EXPECTED("an array of the right length"));
    }
}

uint64_t capdl_cbor_map(struct capdl_cbor *c)
{
    return read_container(c, CAPDL_CBOR_MAP, EXPECTED("a map"));
}

const char *capdl_cbor_text(struct capdl_cbor *c, size_t *length)
{
    uint64_t size = read_container(c, CAPDL_CBOR_TEXT, EXPECTED("a text string"));
    const uint8_t *text = c->at;
    *length = (size_t)size;
    c->at += size;
    return (const char *)text;
}

bool capdl_cbor_null(struct capdl_cbor *c)
{
    if (c->at == c->end || *c->at != 0xf6) {
        return false;
    }
    c->at++;
    return true;
}
