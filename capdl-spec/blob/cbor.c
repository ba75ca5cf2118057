/* SPDX-License-Identifier: BSD-2-Clause */
#include "cbor.h"

void capdl_cbor_fail(struct capdl_cbor *c, const char *expected)
{
    if (!c->wrong)
        c->wrong = expected;
}

int capdl_cbor_peek(const struct capdl_cbor *c)
{
    return c->wrong || c->at == c->end ? -1 : *c->at >> 5;
}

/* The big-endian argument of so many bytes behind an initial byte. */
static uint64_t read_bytes(const uint8_t *at, unsigned bytes)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < bytes; i++)
        value = value << 8 | at[i];
    return value;
}

/* The rest of an item's head, whose argument is not in the initial byte itself. */
static uint64_t read_argument(struct capdl_cbor *c)
{
    unsigned info = *c->at & 31, bytes;
    uint64_t value;

    if (info > 27) {
        capdl_cbor_fail(c, "a definite length");
        return 0;
    }
    bytes = 1u << (info - 24);
    if ((size_t)(c->end - c->at) <= bytes) {
        capdl_cbor_fail(c, "more bytes");
        return 0;
    }
    value = read_bytes(c->at + 1, bytes);
    /* What fits a shorter form must use it: below 24 for one byte, else into half as many bytes. */
    if (bytes == 1 ? value < 24 : value >> (bytes * 4) == 0) {
        capdl_cbor_fail(c, "the shortest form of a number");
        return 0;
    }
    c->at += 1 + bytes;
    return value;
}

/* An item's head: its argument, when it is of the major type. Moves on only when all is well. */
static uint64_t read_head(struct capdl_cbor *c, int major, const char *expected)
{
    if (capdl_cbor_peek(c) != major) {
        capdl_cbor_fail(c, expected);
        return 0;
    }
    if ((*c->at & 31) < 24)
        return *c->at++ & 31;
    return read_argument(c);
}

uint64_t capdl_cbor_uint(struct capdl_cbor *c)
{
    return read_head(c, CAPDL_CBOR_UINT, "an unsigned integer");
}

uint64_t capdl_cbor_nint(struct capdl_cbor *c)
{
    return read_head(c, CAPDL_CBOR_NINT, "a negative integer");
}

static uint64_t read_container(struct capdl_cbor *c, int major, unsigned each, const char *expected)
{
    const uint8_t *start = c->at;
    uint64_t count = read_head(c, major, expected);

    if (count > (uint64_t)(c->end - c->at) / each) {
        c->at = start;
        capdl_cbor_fail(c, "as many items as the length says");
        return 0;
    }
    return count;
}

uint64_t capdl_cbor_array(struct capdl_cbor *c)
{
    return read_container(c, CAPDL_CBOR_ARRAY, 1, "an array");
}

void capdl_cbor_array_of(struct capdl_cbor *c, uint64_t elements)
{
    const uint8_t *start = c->at;

    if (capdl_cbor_array(c) != elements && !c->wrong) {
        c->at = start;
        capdl_cbor_fail(c, "an array of another length");
    }
}

uint64_t capdl_cbor_map(struct capdl_cbor *c)
{
    return read_container(c, CAPDL_CBOR_MAP, 2, "a map");
}

const char *capdl_cbor_text(struct capdl_cbor *c, size_t *length)
{
    uint64_t size = read_container(c, CAPDL_CBOR_TEXT, 1, "a text string");
    const uint8_t *text = c->at;

    *length = (size_t)size;
    c->at += size;
    return (const char *)text;
}

bool capdl_cbor_null(struct capdl_cbor *c)
{
    if (capdl_cbor_peek(c) != CAPDL_CBOR_SIMPLE || *c->at != 0xf6)
        return false;
    c->at++;
    return true;
}
