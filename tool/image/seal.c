/* SPDX-License-Identifier: BSD-2-Clause */
#include "image/seal.h"

#include <string.h>

static const char mark[SEAL_MARK] = "capdl seal 1\n";

void seal_make(struct sha256 *sha, uint8_t seal[SEAL_BYTES])
{
    memcpy(seal, mark, SEAL_MARK);
    sha256_end(sha, seal + SEAL_MARK);
}

void seal_renew(uint8_t *bytes, size_t size)
{
    struct sha256 sha;
    sha256_init(&sha);
    sha256_add(&sha, bytes, size - SEAL_BYTES);
    seal_make(&sha, bytes + size - SEAL_BYTES);
}

enum seal_state seal_check(const uint8_t *bytes, size_t size)
{
    struct sha256 sha;
    uint8_t seal[SEAL_BYTES];
    if (size < SEAL_BYTES || memcmp(bytes + size - SEAL_BYTES, mark, SEAL_MARK) != 0) {
        return SEAL_MISSING;
    }
    sha256_init(&sha);
    sha256_add(&sha, bytes, size - SEAL_BYTES);
    seal_make(&sha, seal);
    return memcmp(seal, bytes + size - SEAL_BYTES, SEAL_BYTES) == 0 ? SEAL_GOOD : SEAL_BROKEN;
}
