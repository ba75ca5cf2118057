/* SPDX-License-Identifier: BSD-2-Clause */
/* Deterministic CBOR (RFC 8949 section 4.2.1), item by item, without a tree in memory: integers in their shortest form,
 * definite lengths. Keys in ascending order are up to the caller. */
#ifndef TOOL_BASE_CBOR_WRITER_H
#define TOOL_BASE_CBOR_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Begins as zeros; `bytes` are to be freed by the caller. */
struct cbor_writer {
    uint8_t *bytes;
    size_t size, capacity;
};

void cbor_put_uint(struct cbor_writer *, uint64_t value);
/* -1 - value */
void cbor_put_negative(struct cbor_writer *, uint64_t value);
void cbor_put_int(struct cbor_writer *, int64_t value);
void cbor_put_bool(struct cbor_writer *, bool value);
void cbor_put_null(struct cbor_writer *);
/* The head of an array: `count` items follow. */
void cbor_put_array(struct cbor_writer *, uint64_t count);
/* The head of a map: `count` pairs follow. */
void cbor_put_map(struct cbor_writer *, uint64_t count);
/* A text string of these bytes, which are valid UTF-8. */
void cbor_put_bytes(struct cbor_writer *, const char *text, size_t length);
void cbor_put_text(struct cbor_writer *, const char *text);

#endif
