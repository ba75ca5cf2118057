/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SHA256_SHA256_BLOCKS_H
#define SHA256_SHA256_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BLOCK = 64 };

/* Takes whole blocks into a state. */
typedef void sha256_compress(uint32_t state[8], const uint8_t *blocks, size_t count);
/* On any processor. Hidden, as the loader's code must find it without relocations. */
__attribute__((visibility("hidden"))) sha256_compress sha256_compress_plain;
extern const uint32_t sha256_constants[64];

#endif
