/* SPDX-License-Identifier: BSD-2-Clause */
#include "random.h"

/* The seed is scrambled (splitmix64), so that neighbouring seeds have nothing in common. */
struct rng rng_seeded(uint64_t seed)
{
    uint64_t z = seed + UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    z ^= z >> 31;
    return (struct rng){z ? z : 1};
}

uint64_t rng_next(struct rng *r)
{
    r->state ^= r->state >> 12;
    r->state ^= r->state << 25;
    r->state ^= r->state >> 27;
    return r->state * UINT64_C(2685821657736338717);
}

uint64_t rng_below(struct rng *r, uint64_t n)
{
    return n ? (rng_next(r) >> 16) % n : 0;
}

uint64_t rng_between(struct rng *r, uint64_t first, uint64_t last)
{
    return first + rng_below(r, last - first + 1);
}

bool rng_chance(struct rng *r, unsigned one_in)
{
    return rng_below(r, one_in) == 0;
}
