/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes CBOR for tests, by RFC 8949 appendix B and nothing else of the project. */
#ifndef TESTS_BLOB_ENCODE_H
#define TESTS_BLOB_ENCODE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct encoder {
    uint8_t bytes[1 << 16];
    size_t size;
};

static inline void put_head(struct encoder *e, unsigned major, uint64_t value)
{
    unsigned bytes = value < 24 ? 0 : value < 0x100 ? 1 : value < 0x10000 ? 2 : value < 0x100000000 ? 4 : 8;
    unsigned info = bytes == 0 ? (unsigned)value : bytes == 1 ? 24 : bytes == 2 ? 25 : bytes == 4 ? 26 : 27;
    if (e->size + 9 > sizeof(e->bytes)) {
        abort();
    }
    e->bytes[e->size++] = (uint8_t)(major << 5 | info);
    while (bytes--) {
        e->bytes[e->size++] = (uint8_t)(value >> bytes * 8);
    }
}

static inline void put_uint(struct encoder *e, uint64_t value)
{
    put_head(e, 0, value);
}

static inline void put_int(struct encoder *e, int64_t value)
{
    if (value < 0) {
        put_head(e, 1, (uint64_t)(-1 - value));
    } else {
        put_head(e, 0, (uint64_t)value);
    }
}

static inline void put_array(struct encoder *e, uint64_t count)
{
    put_head(e, 4, count);
}

static inline void put_text(struct encoder *e, const char *text)
{
    put_head(e, 3, strlen(text));
    memcpy(e->bytes + e->size, text, strlen(text));
    e->size += strlen(text);
}

static inline void put_null(struct encoder *e)
{
    e->bytes[e->size++] = 0xf6;
}

/* An array of unsigned integers. */
static inline void put_tuple(struct encoder *e, unsigned count, const uint64_t *values)
{
    put_array(e, count);
    for (unsigned i = 0; i < count; i++) {
        put_uint(e, values[i]);
    }
}

#define PUT_TUPLE(e, ...) put_tuple(e, sizeof((uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t), (uint64_t[]){__VA_ARGS__})

#endif
