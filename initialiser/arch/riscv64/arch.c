/* SPDX-License-Identifier: BSD-2-Clause */
#include "arch.h"

void arch_configure(uint64_t flags)
{
    (void)flags;
}

word arch_call(int64_t number, word target, word info, const word registers[MESSAGE_REGISTERS])
{
    register word a0 __asm__("a0") = target;
    register word a1 __asm__("a1") = info;
    register word a2 __asm__("a2") = registers[0];
    register word a3 __asm__("a3") = registers[1];
    register word a4 __asm__("a4") = registers[2];
    register word a5 __asm__("a5") = registers[3];
    register int64_t a7 __asm__("a7") = number;

    __asm__ volatile("ecall" : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4), "+r"(a5) : "r"(a7) : "memory");
    return a1;
}

const word *arch_complete(const struct capdl_call *call, const word *words)
{
    (void)call;
    return words;
}

/* 64 bytes a turn, 8 with each pair of instructions. */
void arch_copy(void *to, const void *from, uint64_t bytes)
{
    const uint64_t *source = from;
    for (uint64_t *target = to, *end = target + bytes / sizeof(*target); target != end; target += 8, source += 8) {
#pragma GCC unroll 8 /* a loop of its own would cost more than the copy */
        for (unsigned i = 0; i < 8; i++) {
            target[i] = source[i];
        }
    }
}

/* The kernel has no call for it: this hart only. */
void arch_code_written(void)
{
    __asm__ volatile("fence rw, rw\n\tfence.i" ::: "memory");
}

void arch_stop(void)
{
    for (;;) {
        __asm__ volatile("unimp");
    }
}
