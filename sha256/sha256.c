/* SPDX-License-Identifier: BSD-2-Clause */
#include "sha256.h"

#include "sha256_fast.h"

void sha256_init(struct sha256 *s)
{
    *s = (struct sha256){
        .state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void sha256_add(struct sha256 *s, const void *bytes, size_t size)
{
    sha256_compress *compress = sha256_compress_fast() ? sha256_compress_fast() : sha256_compress_plain;
    const uint8_t *at = bytes;
    size_t used = s->length % SHA256_BLOCK;
    s->length += size;
    if (used > 0) {
        size_t room = SHA256_BLOCK - used, part = size < room ? size : room;
        __builtin_memcpy(s->block + used, at, part);
        if (used + part < SHA256_BLOCK) {
            return;
        }
        compress(s->state, s->block, 1);
        at += part;
        size -= part;
    }
    compress(s->state, at, size / SHA256_BLOCK);
    __builtin_memcpy(s->block, at + size / SHA256_BLOCK * SHA256_BLOCK, size % SHA256_BLOCK);
}

void sha256_end(struct sha256 *s, uint8_t digest[SHA256_BYTES])
{
    static const uint8_t padding[SHA256_BLOCK] = {0x80};
    uint64_t bits = s->length * 8;
    uint8_t length[8];
    for (unsigned i = 0; i < 8; i++) {
        length[i] = (uint8_t)(bits >> (56 - 8 * i));
    }
    size_t used = s->length % SHA256_BLOCK;
    sha256_add(s, padding, used < 56 ? 56 - used : 120 - used);
    sha256_add(s, length, sizeof(length));
    for (unsigned i = 0; i < SHA256_BYTES; i++) {
        digest[i] = (uint8_t)(s->state[i / 4] >> (24 - 8 * (i % 4)));
    }
}

void sha256_text(const uint8_t digest[SHA256_BYTES], char *text)
{
    static const char digits[] = "0123456789abcdef";
    for (unsigned i = 0; i < SHA256_BYTES; i++) {
        text[2 * i] = digits[digest[i] >> 4];
        text[2 * i + 1] = digits[digest[i] & 15];
    }
    text[2 * SHA256_BYTES] = 0;
}
