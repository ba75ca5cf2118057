/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The seal of an image: its last bytes, which show whether the file was damaged, cut short or changed by another
 * tool. It protects from accidents, not from people.
 *     "capdl seal 2\n" and three zeros, then the SHA-256 digest of the digests of the parts of everything before the
 *     seal: 4 KiB each, the last one what is left
 */
#ifndef TOOL_IMAGE_SEAL_H
#define TOOL_IMAGE_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sha256/sha256.h"

enum { SEAL_MARK = 16, SEAL_BYTES = SEAL_MARK + SHA256_BYTES, SEAL_PART = 4096 };

/* A seal in the making. */
struct seal {
    struct sha256 part, all;
    size_t used; /* bytes of the part */
};

void seal_start(struct seal *);
void seal_add(struct seal *, const void *bytes, size_t size);
void seal_end(struct seal *, uint8_t out[SEAL_BYTES]);

/* An image whose seal is good, and the digests of its parts: what an image made from it need not compute again. */
struct sealed {
    const uint8_t *bytes;
    size_t size;
    uint8_t (*parts)[SHA256_BYTES];
};

/* Renews the seal of an image that was changed; before: what it was made from, or 0. */
void seal_renew(uint8_t *bytes, size_t size, const struct sealed *before);

enum seal_state { SEAL_GOOD, SEAL_MISSING, SEAL_BROKEN };
/* sealed: filled if the seal is good, may be 0; its parts are the caller's to free. */
enum seal_state seal_check(const uint8_t *bytes, size_t size, struct sealed *sealed);

#endif
