/* SPDX-License-Identifier: BSD-2-Clause */
/* What whole blocks do to the state, in plain C. */
#include "sha256_blocks.h"

const uint32_t sha256_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t x, unsigned bits)
{
    return x >> bits | x << (32 - bits);
}

static void expand(uint32_t words[64], const uint8_t *block)
{
    for (unsigned i = 0; i < 16; i++) {
        words[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 |
                   block[4 * i + 3];
    }
    for (unsigned i = 16; i < 64; i++) {
        uint32_t a = words[i - 15], b = words[i - 2];
        uint32_t sigma0 = rotate(a, 7) ^ rotate(a, 18) ^ a >> 3, sigma1 = rotate(b, 17) ^ rotate(b, 19) ^ b >> 10;
        words[i] = words[i - 16] + sigma0 + words[i - 7] + sigma1;
    }
}

/* One round: v[0] to v[7] are a to h, whose roles the caller moves on. */
static inline void mix(uint32_t *d, uint32_t *h, uint32_t a, uint32_t b, uint32_t c, uint32_t e, uint32_t f, uint32_t g,
                       uint32_t word)
{
    uint32_t sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25), choose = g ^ (e & (f ^ g));
    uint32_t sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22), majority = (a & b) | (c & (a | b));
    uint32_t t1 = *h + sum1 + choose + word;
    *d += t1;
    *h = t1 + sum0 + majority;
}

void sha256_compress_plain(uint32_t state[8], const uint8_t *block, size_t count)
{
    for (; count > 0; count--, block += SHA256_BLOCK) {
        uint32_t words[64], a = state[0], b = state[1], c = state[2], d = state[3];
        uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
        expand(words, block);
        for (unsigned i = 0; i < 64; i += 8) {
            mix(&d, &h, a, b, c, e, f, g, words[i] + sha256_constants[i]);
            mix(&c, &g, h, a, b, d, e, f, words[i + 1] + sha256_constants[i + 1]);
            mix(&b, &f, g, h, a, c, d, e, words[i + 2] + sha256_constants[i + 2]);
            mix(&a, &e, f, g, h, b, c, d, words[i + 3] + sha256_constants[i + 3]);
            mix(&h, &d, e, f, g, a, b, c, words[i + 4] + sha256_constants[i + 4]);
            mix(&g, &c, d, e, f, h, a, b, words[i + 5] + sha256_constants[i + 5]);
            mix(&f, &b, c, d, e, g, h, a, words[i + 6] + sha256_constants[i + 6]);
            mix(&e, &a, b, c, d, f, g, h, words[i + 7] + sha256_constants[i + 7]);
        }
        uint32_t v[8] = {a, b, c, d, e, f, g, h};
        for (unsigned i = 0; i < 8; i++) {
            state[i] += v[i];
        }
    }
}
