/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The seal of an image: its last bytes, which show whether the file was damaged, cut short or changed by another
 * tool. It protects from accidents, not from people. *     "capdl seal 1\n" and three zeros, then the SHA-256
 * digest of everything before the seal
 */
#ifndef TOOL_IMAGE_SEAL_H
#define TOOL_IMAGE_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "blob/sha256.h"

enum { SEAL_MARK = 16, SEAL_BYTES = SEAL_MARK + SHA256_BYTES };

/* Ends the digest of all that precedes the seal, and makes the seal of it. */
void seal_make(struct sha256 *, uint8_t seal[SEAL_BYTES]);
/* Renews the seal of an image that was changed. */
void seal_renew(uint8_t *bytes, size_t size);

enum seal_state { SEAL_GOOD, SEAL_MISSING, SEAL_BROKEN };
enum seal_state seal_check(const uint8_t *bytes, size_t size);

#endif
