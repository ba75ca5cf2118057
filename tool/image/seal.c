/* SPDX-License-Identifier: BSD-2-Clause */
#include "image/seal.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static const struct sealed nothing;
static const char mark[SEAL_MARK] = "capdl seal 2\n", earlier_mark[SEAL_MARK] = "capdl seal 1\n";

void seal_start(struct seal *seal)
{
    sha256_init(&seal->part);
    sha256_init(&seal->all);
    seal->used = 0;
}

static void end_part(struct seal *seal)
{
    uint8_t digest[SHA256_BYTES];
    sha256_end(&seal->part, digest);
    sha256_add(&seal->all, digest, sizeof(digest));
    sha256_init(&seal->part);
    seal->used = 0;
}

void seal_add(struct seal *seal, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    while (size > 0) {
        size_t now = size < SEAL_PART - seal->used ? size : SEAL_PART - seal->used;
        sha256_add(&seal->part, at, now);
        seal->used += now;
        at += now;
        size -= now;
        if (seal->used == SEAL_PART) {
            end_part(seal);
        }
    }
}

void seal_end(struct seal *seal, uint8_t out[SEAL_BYTES])
{
    if (seal->used > 0) {
        end_part(seal);
    }
    memcpy(out, mark, SEAL_MARK);
    sha256_end(&seal->all, out + SEAL_MARK);
}

static size_t num_parts(size_t size)
{
    return (size + SEAL_PART - 1) / SEAL_PART;
}

static void part_digest(const uint8_t *bytes, size_t size, const struct sealed *before, size_t part,
                        uint8_t digest[SHA256_BYTES])
{
    size_t at = part * SEAL_PART, length = size - at < SEAL_PART ? size - at : SEAL_PART;
    size_t old = before->size > at ? before->size - at : 0;
    if ((old < SEAL_PART ? old : SEAL_PART) == length && memcmp(bytes + at, before->bytes + at, length) == 0) {
        memcpy(digest, before->parts[part], SHA256_BYTES);
        return;
    }
    struct sha256 sha;
    sha256_init(&sha);
    sha256_add(&sha, bytes + at, length);
    sha256_end(&sha, digest);
}

/* The seal of so many bytes; parts: where the digests go, may be 0. */
static void compute(const uint8_t *bytes, size_t size, const struct sealed *before, uint8_t (*parts)[SHA256_BYTES],
                    uint8_t seal[SEAL_BYTES])
{
    struct seal now;
    seal_start(&now);
    for (size_t part = 0; part < num_parts(size); part++) {
        uint8_t digest[SHA256_BYTES];
        part_digest(bytes, size, before, part, digest);
        sha256_add(&now.all, digest, sizeof(digest));
        if (parts) {
            memcpy(parts[part], digest, sizeof(digest));
        }
    }
    seal_end(&now, seal);
}

void seal_renew(uint8_t *bytes, size_t size, const struct sealed *before)
{
    compute(bytes, size - SEAL_BYTES, before ? before : &nothing, NULL, bytes + size - SEAL_BYTES);
}

/* Images of earlier versions: the digest of all bytes at once. */
static void compute_earlier(const uint8_t *bytes, size_t size, uint8_t seal[SEAL_BYTES])
{
    struct sha256 sha;
    sha256_init(&sha);
    sha256_add(&sha, bytes, size);
    memcpy(seal, earlier_mark, SEAL_MARK);
    sha256_end(&sha, seal + SEAL_MARK);
}

enum seal_state seal_check(const uint8_t *bytes, size_t size, struct sealed *sealed)
{
    uint8_t seal[SEAL_BYTES];
    bool earlier = size >= SEAL_BYTES && memcmp(bytes + size - SEAL_BYTES, earlier_mark, SEAL_MARK) == 0;
    if (size < SEAL_BYTES || (!earlier && memcmp(bytes + size - SEAL_BYTES, mark, SEAL_MARK) != 0)) {
        return SEAL_MISSING;
    }
    size -= SEAL_BYTES;
    uint8_t(*parts)[SHA256_BYTES] = sealed ? memory_zeroed(num_parts(size) + 1, sizeof(*parts)) : NULL;
    if (sealed || !earlier) {
        compute(bytes, size, &nothing, parts, seal);
    }
    if (earlier) {
        compute_earlier(bytes, size, seal);
    }
    if (memcmp(seal, bytes + size, SEAL_BYTES) != 0) {
        free(parts);
        return SEAL_BROKEN;
    }
    if (sealed) {
        *sealed = (struct sealed){.bytes = bytes, .size = size, .parts = parts};
    }
    return SEAL_GOOD;
}
