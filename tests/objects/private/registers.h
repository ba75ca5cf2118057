/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The registers that a thread has to itself and that compiled code, which is told to keep to general registers, never
 * touches: vector and floating-point registers and their control register. In memory they have the layout below.
 */
#ifndef REGISTERS_H
#define REGISTERS_H

#include <stdint.h>

#if defined(__aarch64__)

enum { BYTES = 32 * 16 };

struct registers {
    uint8_t bytes[BYTES]; /* q0 to q31 */
    uint64_t control;     /* FPCR: rounding */
};

#define ROUNDING(way) ((uint64_t)(way) << 22)
#define EACH_PAIR(op)                                                                                                  \
    op " q0, q1, [%0]\n" op " q2, q3, [%0, 32]\n" op " q4, q5, [%0, 64]\n" op " q6, q7, [%0, 96]\n" op                 \
       " q8, q9, [%0, 128]\n" op " q10, q11, [%0, 160]\n" op " q12, q13, [%0, 192]\n" op " q14, q15, [%0, 224]\n" op   \
       " q16, q17, [%0, 256]\n" op " q18, q19, [%0, 288]\n" op " q20, q21, [%0, 320]\n" op " q22, q23, [%0, 352]\n" op \
       " q24, q25, [%0, 384]\n" op " q26, q27, [%0, 416]\n" op " q28, q29, [%0, 448]\n" op " q30, q31, [%0, 480]\n"

static inline void registers_load(const struct registers *r)
{
    __asm__ volatile(".arch armv8-a\n" EACH_PAIR("ldp") "msr fpcr, %1" ::"r"(r->bytes), "r"(r->control) : "memory");
}

static inline void registers_store(struct registers *r)
{
    __asm__ volatile(".arch armv8-a\n" EACH_PAIR("stp") "mrs %1, fpcr" : "+r"(r), "=&r"(r->control)::"memory");
}

#elif defined(__riscv)

enum { BYTES = 32 * 8 };

struct registers {
    uint8_t bytes[BYTES]; /* f0 to f31 */
    uint64_t control;     /* FCSR: rounding */
};

#define ROUNDING(way) ((uint64_t)(way) << 5)
#define EACH(op)                                                                                                       \
    op " f0, 0(%0)\n" op " f1, 8(%0)\n" op " f2, 16(%0)\n" op " f3, 24(%0)\n" op " f4, 32(%0)\n" op " f5, 40(%0)\n" op \
       " f6, 48(%0)\n" op " f7, 56(%0)\n" op " f8, 64(%0)\n" op " f9, 72(%0)\n" op " f10, 80(%0)\n" op                 \
       " f11, 88(%0)\n" op " f12, 96(%0)\n" op " f13, 104(%0)\n" op " f14, 112(%0)\n" op " f15, 120(%0)\n" op          \
       " f16, 128(%0)\n" op " f17, 136(%0)\n" op " f18, 144(%0)\n" op " f19, 152(%0)\n" op " f20, 160(%0)\n" op        \
       " f21, 168(%0)\n" op " f22, 176(%0)\n" op " f23, 184(%0)\n" op " f24, 192(%0)\n" op " f25, 200(%0)\n" op        \
       " f26, 208(%0)\n" op " f27, 216(%0)\n" op " f28, 224(%0)\n" op " f29, 232(%0)\n" op " f30, 240(%0)\n" op        \
       " f31, 248(%0)\n"

static inline void registers_load(const struct registers *r)
{
    __asm__ volatile(".option push\n.option arch, +f, +d\n" EACH("fld") "fscsr %1\n.option pop" ::"r"(r->bytes),
                     "r"(r->control)
                     : "memory");
}

static inline void registers_store(struct registers *r)
{
    __asm__ volatile(".option push\n.option arch, +f, +d\n" EACH("fsd") "frcsr %1\n.option pop"
                     : "+r"(r), "=&r"(r->control)::"memory");
}

#else

/* The area of FXSAVE: control words in front, eight x87 registers from byte 32, sixteen XMM registers from 160. */
enum { BYTES = 416 - 32, X87_REGISTERS = 8 };

struct registers {
    uint16_t x87_control, x87_status, x87_tags, x87_opcode;
    uint64_t x87_ip, x87_dp;
    uint32_t mxcsr, mxcsr_mask;
    uint8_t bytes[BYTES];
    uint8_t unused[512 - 416];
} __attribute__((aligned(16)));

static inline void registers_load(const struct registers *r)
{
    __asm__ volatile("fxrstor64 %0" ::"m"(*r));
}

static inline void registers_store(struct registers *r)
{
    __asm__ volatile("fxsave64 %0" : "=m"(*r));
}

#endif

#endif
