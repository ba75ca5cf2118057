/* SPDX-License-Identifier: BSD-2-Clause */
#include "pd.h"
#include "registers.h"

enum { MY_TURN = 4, NEXT = 5, ROUNDS = 20 };

static __thread uint64_t number; /* found by way of the thread pointer */
static volatile uint64_t word;   /* at the same address in all address spaces */

static void fill(struct registers *r, uint64_t id, uint64_t round)
{
    for (unsigned i = 0; i < sizeof(*r); i++) {
        ((volatile uint8_t *)r)[i] = 0;
    }
    for (unsigned i = 0; i < BYTES; i++) {
        r->bytes[i] = (uint8_t)(id * 64 + round * 3 + i + i / 16);
    }
#if defined(__x86_64__)
    r->x87_control = (uint16_t)(0x37f | (id & 3) << 10);
    r->x87_tags = 0xff;
    r->mxcsr = (uint32_t)(0x1f80 | (id & 3) << 13);
    for (unsigned i = 0; i < X87_REGISTERS; i++) { /* of sixteen bytes each has ten */
        for (unsigned byte = 10; byte < 16; byte++) {
            r->bytes[16 * i + byte] = 0;
        }
    }
#else
    r->control = ROUNDING(id & 3);
#endif
}

static int control_is_same(const struct registers *a, const struct registers *b)
{
#if defined(__x86_64__)
    return a->x87_control == b->x87_control && a->x87_tags == b->x87_tags && a->mxcsr == b->mxcsr;
#else
    return a->control == b->control;
#endif
}

static int bytes_are_same(const struct registers *a, const struct registers *b)
{
    for (unsigned i = 0; i < BYTES; i++) {
        if (a->bytes[i] != b->bytes[i]) {
            return 0;
        }
    }
    return 1;
}

/* x86-64 has no reservations: what is said of them is true there. */
static void reserve(void)
{
#if defined(__aarch64__)
    uint64_t value;
    __asm__ volatile("ldxr %0, [%1]" : "=r"(value) : "r"(&word) : "memory");
#elif defined(__riscv)
    uint64_t value;
    __asm__ volatile("lr.d %0, (%1)" : "=r"(value) : "r"(&word) : "memory");
#endif
}

static int is_reserved(void)
{
    uint64_t failed = 1;
#if defined(__aarch64__)
    __asm__ volatile("stxr %w0, %1, [%2]" : "=&r"(failed) : "r"(UINT64_C(1)), "r"(&word) : "memory");
#elif defined(__riscv)
    __asm__ volatile("sc.d %0, %1, (%2)" : "=&r"(failed) : "r"(UINT64_C(1)), "r"(&word) : "memory");
#endif
    return !failed;
}

void pd_main(const uint64_t *args)
{
    uint64_t id = args[0], same = 1, control = 1, own = 1, reserved = 0;
    number = id;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        struct registers wanted, seen;
        fill(&wanted, id, round);
        registers_load(&wanted);
        reserve();
        if (id == 1 && round == 0) {
            pd_signal(NEXT);
        }
        pd_wait(MY_TURN);
        reserved |= (uint64_t)is_reserved();
        registers_store(&seen);
        same &= (uint64_t)bytes_are_same(&wanted, &seen);
        control &= (uint64_t)control_is_same(&wanted, &seen);
        own &= number == id;
        if (round < ROUNDS - 1) {
            pd_signal(NEXT);
        }
    }
    pd_print("holder %u %s its vector registers, %s its rounding, %s its thread pointer; its reservation %s\n", id,
             same ? "keeps" : "loses", control ? "keeps" : "loses", own ? "keeps" : "loses",
             reserved ? "holds" : "is lost");
    pd_signal(NEXT);
}
