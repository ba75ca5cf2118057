/* SPDX-License-Identifier: BSD-2-Clause */
#include "arch.h"

void arch_configure(uint64_t flags)
{
    (void)flags;
}

word arch_call(int64_t number, word target, word info, const word registers[MESSAGE_REGISTERS])
{
    register word x0 __asm__("x0") = target;
    register word x1 __asm__("x1") = info;
    register word x2 __asm__("x2") = registers[0];
    register word x3 __asm__("x3") = registers[1];
    register word x4 __asm__("x4") = registers[2];
    register word x5 __asm__("x5") = registers[3];
    register int64_t x7 __asm__("x7") = number;

    __asm__ volatile("svc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5) : "r"(x7) : "memory");
    return x1;
}

const word *arch_complete(const struct capdl_call *call, const word *words)
{
    (void)call;
    return words;
}

/* 128 bytes a turn, 16 with each pair of instructions. */
void arch_copy(void *to, const void *from, uint64_t bytes)
{
    __asm__ volatile("1:\n\t"
                     ".rept 4\n\t"
                     "ldp x4, x5, [%1], #32\n\t"
                     "ldp x6, x7, [%1, #-16]\n\t"
                     "stp x4, x5, [%0], #32\n\t"
                     "stp x6, x7, [%0, #-16]\n\t"
                     ".endr\n\t"
                     "subs %2, %2, #128\n\t"
                     "b.ne 1b"
                     : "+r"(to), "+r"(from), "+r"(bytes)
                     :
                     : "x4", "x5", "x6", "x7", "cc", "memory");
}

/* Frames are unified one by one, by the kernel. */
void arch_code_written(void)
{
}

void arch_stop(void)
{
    for (;;) {
        __asm__ volatile("udf #0");
    }
}
