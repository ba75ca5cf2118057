/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory that a boot loader before us filled from files of their own: each must have the SHA-256 (FIPS 180-4) that the
 * image was made with. */
#include "loader.h"

enum { BLOCK = 64, ROUNDS = 64 };

struct sha {
    uint32_t state[8];
};

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t constants[ROUNDS] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t word, unsigned by)
{
    return word >> by | word << (32 - by);
}

static uint32_t big_endian(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void sha_block(struct sha *sha, const uint8_t *block)
{
    uint32_t w[ROUNDS], s[8];
    for (unsigned i = 0; i < 16; i++) {
        w[i] = big_endian(block + i * 4);
    }
    for (unsigned i = 16; i < ROUNDS; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] =
            w[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 7] + (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
    memcpy(s, sha->state, sizeof(s));
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint32_t e = s[4], a = s[0];
        uint32_t one =
            s[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & s[5]) ^ (~e & s[6])) + constants[i] + w[i];
        uint32_t two = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
        for (unsigned k = 7; k > 0; k--) {
            s[k] = s[k - 1];
        }
        s[4] += one;
        s[0] = one + two;
    }
    for (unsigned i = 0; i < 8; i++) {
        sha->state[i] += s[i];
    }
}

/* Of whole blocks, as memory is whole pages; the padding is then a block of its own. */
static struct sha sha_of(const uint8_t *bytes, uint64_t size)
{
    struct sha sha = {{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
    uint8_t padding[BLOCK];
    memset(padding, 0, sizeof(padding));
    padding[0] = 0x80;
    for (unsigned i = 0; i < 8; i++) {
        padding[BLOCK - 1 - i] = (uint8_t)(size * 8 >> 8 * i);
    }
    for (uint64_t at = 0; at < size; at += BLOCK) {
        sha_block(&sha, bytes + at);
    }
    sha_block(&sha, padding);
    return sha;
}

void externals_check(void)
{
    const struct capdl_payload_external *list = (const void *)(payload + loader.payload->externals);
    for (uint32_t i = 0; i < loader.payload->num_externals; i++) {
        const struct capdl_payload_external *external = &list[i];
        struct sha sha = sha_of((const uint8_t *)(uintptr_t)external->start, external->size);
        for (unsigned k = 0; k < 8; k++) {
            if (sha.state[k] != big_endian(external->hash + k * 4)) {
                die("%s: the %lu bytes at %lx are not those that the image was made with: load its file there",
                    external->name, external->size, external->start);
            }
        }
        arch_publish(external->start, external->size);
    }
}
