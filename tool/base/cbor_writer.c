/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/cbor_writer.h"

#include <string.h>

#include <cbor.h>

#include "base/memory.h"

enum { LONGEST_HEAD = 9 };

/* Room for one item's head. */
static uint8_t *head(struct cbor_writer *w)
{
    w->bytes = memory_grow(w->bytes, &w->capacity, w->size + LONGEST_HEAD, 1);
    return w->bytes + w->size;
}

void cbor_put_uint(struct cbor_writer *w, uint64_t value)
{
    uint8_t *at = head(w);
    w->size += cbor_encode_uint(value, at, LONGEST_HEAD);
}

void cbor_put_negative(struct cbor_writer *w, uint64_t value)
{
    uint8_t *at = head(w);
    w->size += cbor_encode_negint(value, at, LONGEST_HEAD);
}

void cbor_put_int(struct cbor_writer *w, int64_t value)
{
    if (value < 0) {
        cbor_put_negative(w, (uint64_t)(-1 - value));
    } else {
        cbor_put_uint(w, (uint64_t)value);
    }
}

void cbor_put_bool(struct cbor_writer *w, bool value)
{
    uint8_t *at = head(w);
    w->size += cbor_encode_bool(value, at, LONGEST_HEAD);
}

void cbor_put_null(struct cbor_writer *w)
{
    uint8_t *at = head(w);
    w->size += cbor_encode_null(at, LONGEST_HEAD);
}

void cbor_put_array(struct cbor_writer *w, uint64_t count)
{
    uint8_t *at = head(w);
    w->size += cbor_encode_array_start(count, at, LONGEST_HEAD);
}

void cbor_put_map(struct cbor_writer *w, uint64_t count)
{
    uint8_t *at = head(w);
    w->size += cbor_encode_map_start(count, at, LONGEST_HEAD);
}

void cbor_put_bytes(struct cbor_writer *w, const char *text, size_t length)
{
    uint8_t *at = head(w);
    w->size += cbor_encode_string_start(length, at, LONGEST_HEAD);
    w->bytes = memory_grow(w->bytes, &w->capacity, w->size + length, 1);
    memcpy(w->bytes + w->size, text, length);
    w->size += length;
}

void cbor_put_text(struct cbor_writer *w, const char *text)
{
    cbor_put_bytes(w, text, strlen(text));
}
