/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a protection domain computes while its speed is measured: `speed NAME WORK` stands before each kind of work, and
 * the next such line behind it. WORK counts rounds, of which each is the same everywhere. The last kind is messages to
 * the other domain, counted in kernel calls.
 */
#include "pd.h"

enum { OTHER = 4, CELLS = 1 << 14, CALLER = 1 };

static uint64_t cells[CELLS];
static volatile uint64_t result;

#define NOT_INLINE __attribute__((noinline))

/* A long block: arithmetic without a branch in it. */
static NOT_INLINE uint64_t arithmetic(uint64_t rounds)
{
    uint64_t a = 1, b = 2, c = 3, d = 4;
    for (uint64_t i = 0; i < rounds; i++) {
        a = (a ^ b) * 0x9e3779b97f4a7c15 + i;
        b += a >> 7;
        c = (c << 3) - (b & a);
        d ^= c + (d >> 11);
        a += d;
        __asm__ volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d));
    }
    return a + b + c + d;
}

/* Short blocks: a branch every few instructions. */
static NOT_INLINE uint64_t branches(uint64_t rounds)
{
    uint64_t steps = 0;
    for (uint64_t i = 1; steps < rounds; i++) {
        for (uint64_t n = i; n != 1; steps++) {
            n = n & 1 ? 3 * n + 1 : n >> 1;
            __asm__ volatile("" : "+r"(n));
        }
    }
    return steps;
}

static NOT_INLINE uint64_t leaf(uint64_t n)
{
    __asm__ volatile("" : "+r"(n));
    return n * 3 + 1;
}

/* Calls and returns. */
static NOT_INLINE uint64_t calls(uint64_t rounds)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < rounds; i++) {
        sum += leaf(sum ^ i);
    }
    return sum;
}

static NOT_INLINE uint64_t loads(uint64_t rounds)
{
    uint64_t sum = 0, at = 0;
    for (uint64_t i = 0; i < rounds; i++) {
        sum += cells[at] ^ cells[at + 1];
        at = (at * 5 + 3) & (CELLS - 2);
        __asm__ volatile("" : "+r"(sum), "+r"(at));
    }
    return sum;
}

static NOT_INLINE uint64_t stores(uint64_t rounds)
{
    uint64_t at = 0;
    for (uint64_t i = 0; i < rounds; i++) {
        cells[at] = i;
        at = (at * 5 + 3) & (CELLS - 1);
        __asm__ volatile("" : "+r"(at)::"memory");
    }
    return at;
}

static uint64_t messages(uint64_t rounds)
{
    for (uint64_t i = 0; i < rounds; i++) {
        pd_call(OTHER, 0, 1);
    }
    return rounds;
}

static void answer(void)
{
    pd_recv(OTHER);
    for (;;) {
        pd_reply_recv(OTHER, 0, 1);
    }
}

static const struct {
    const char *name;
    uint64_t (*work)(uint64_t rounds);
    uint64_t share;  /* it does one in so many of the rounds asked for */
    uint64_t counts; /* a round is so much work */
} kinds[] = {
    {"arithmetic", arithmetic, 2, 1}, {"branches", branches, 2, 1}, {"calls", calls, 2, 1},
    {"loads", loads, 2, 1},           {"stores", stores, 16, 1},    {"messages", messages, 4096, 2},
};

void pd_main(const uint64_t *args)
{
    if (args[0] != CALLER) {
        answer();
    }
    for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        uint64_t rounds = args[1] / kinds[i].share;
        kinds[i].work(16);
        pd_print("speed %s %u\n", kinds[i].name, rounds * kinds[i].counts);
        result = kinds[i].work(rounds);
    }
    pd_print("speed end 0\n");
}
