/* SPDX-License-Identifier: BSD-2-Clause */
/* Included by syscall.h alone. */
#ifndef MONITOR_ARCH_H
#define MONITOR_ARCH_H

static inline void enter(int64_t number, struct registers *r)
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
                     : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4), "+r"(a5), "+r"(a6)
                     : "r"(a7)
                     : "memory");
    *r = (struct registers){a0, a1, {a2, a3, a4, a5}, r->reply};
}

#endif
