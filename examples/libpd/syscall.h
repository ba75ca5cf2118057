/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel entry of each architecture, as one function: what goes in registers and what comes back in them. */
#ifndef LIBPD_SYSCALL_H
#define LIBPD_SYSCALL_H

#include <stdint.h>

struct syscall_registers {
    uint64_t cap;     /* in: capability; out: badge */
    uint64_t info;    /* message info */
    uint64_t word[4]; /* first words of the message */
    uint64_t reply;   /* in, MCS kernels: where a receive leaves the right to answer */
};

#if defined(__aarch64__)

static inline void syscall_enter(int64_t number, struct syscall_registers *r)
{
    register uint64_t x0 __asm__("x0") = r->cap;
    register uint64_t x1 __asm__("x1") = r->info;
    register uint64_t x2 __asm__("x2") = r->word[0];
    register uint64_t x3 __asm__("x3") = r->word[1];
    register uint64_t x4 __asm__("x4") = r->word[2];
    register uint64_t x5 __asm__("x5") = r->word[3];
    register uint64_t x6 __asm__("x6") = r->reply;
    register int64_t x7 __asm__("x7") = number;
    __asm__ volatile("svc #0"
                     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5)
                     : "r"(x6), "r"(x7)
                     : "memory");
    *r = (struct syscall_registers){x0, x1, {x2, x3, x4, x5}, r->reply};
}

#elif defined(__riscv)

static inline void syscall_enter(int64_t number, struct syscall_registers *r)
{
    register uint64_t a0 __asm__("a0") = r->cap;
    register uint64_t a1 __asm__("a1") = r->info;
    register uint64_t a2 __asm__("a2") = r->word[0];
    register uint64_t a3 __asm__("a3") = r->word[1];
    register uint64_t a4 __asm__("a4") = r->word[2];
    register uint64_t a5 __asm__("a5") = r->word[3];
    register uint64_t a6 __asm__("a6") = r->reply;
    register int64_t a7 __asm__("a7") = number;
    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4), "+r"(a5)
                     : "r"(a6), "r"(a7)
                     : "memory");
    *r = (struct syscall_registers){a0, a1, {a2, a3, a4, a5}, r->reply};
}

#elif defined(__x86_64__)

#if SEL4_SYSENTER
#error "this kernel is entered by SYSENTER, which libpd does not do"
#endif

/* SYSCALL overwrites rcx and r11, and the kernel does not keep rsp. */
static inline void syscall_enter(int64_t number, struct syscall_registers *r)
{
    register uint64_t word0 __asm__("r10") = r->word[0];
    register uint64_t word1 __asm__("r8") = r->word[1];
    register uint64_t word2 __asm__("r9") = r->word[2];
    register uint64_t word3 __asm__("r15") = r->word[3];
    register uint64_t reply __asm__("r12") = r->reply;
    uint64_t cap = r->cap, info = r->info;
    __asm__ volatile("movq %%rsp, %%rbx\n\tsyscall\n\tmovq %%rbx, %%rsp"
                     : "+D"(cap), "+S"(info), "+r"(word0), "+r"(word1), "+r"(word2), "+r"(word3)
                     : "d"(number), "r"(reply)
                     : "rbx", "rcx", "r11", "memory");
    *r = (struct syscall_registers){cap, info, {word0, word1, word2, word3}, r->reply};
}

#endif

#endif
