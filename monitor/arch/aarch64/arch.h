/* SPDX-License-Identifier: BSD-2-Clause */
/* Included by syscall.h alone. */
#ifndef MONITOR_ARCH_H
#define MONITOR_ARCH_H

static inline void enter(int64_t number, struct registers *r)
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
                     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5), "+r"(x6)
                     : "r"(x7)
                     : "memory");
    *r = (struct registers){x0, x1, {x2, x3, x4, x5}, r->reply};
}

#endif
