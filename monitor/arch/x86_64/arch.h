/* SPDX-License-Identifier: BSD-2-Clause */
/* Included by syscall.h alone. */
#ifndef MONITOR_ARCH_H
#define MONITOR_ARCH_H

static inline void enter(int64_t number, struct registers *r)
{
    register uint64_t word0 __asm__("r10") = r->word[0];
    register uint64_t word1 __asm__("r8") = r->word[1];
    register uint64_t word2 __asm__("r9") = r->word[2];
    register uint64_t word3 __asm__("r15") = r->word[3];
    register uint64_t reply __asm__("r12") = r->reply;
    uint64_t cap = r->cap, info = r->info;
    __asm__ volatile("movq %%rsp, %%rbx\n\tsyscall\n\tmovq %%rbx, %%rsp"
                     : "+D"(cap), "+S"(info), "+r"(word0), "+r"(word1), "+r"(word2), "+r"(word3), "+r"(reply)
                     : "d"(number)
                     : "rbx", "rcx", "r11", "memory");
    *r = (struct registers){cap, info, {word0, word1, word2, word3}, r->reply};
}

#endif
