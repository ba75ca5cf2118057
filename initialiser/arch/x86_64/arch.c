/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>

#include <capdl/blob.h>

#include "arch.h"
#include "duration.h"

static bool use_sysenter;

void arch_configure(uint64_t flags)
{
    use_sysenter = flags & CAPDL_BOOT_FLAG_SYSENTER;
}

/* The kernel comes back with our stack pointer in rbx (SYSCALL) or rcx (SYSENTER), which it got from us. */
word arch_call(int64_t number, word target, word info, const word registers[MESSAGE_REGISTERS])
{
    register word r10 __asm__("r10") = registers[0];
    register word r8 __asm__("r8") = registers[1];
    register word r9 __asm__("r9") = registers[2];
    register word r15 __asm__("r15") = registers[3];

    if (use_sysenter) {
        __asm__ volatile("mov %%rsp, %%rcx\n\t"
                         "lea 1f(%%rip), %%rdx\n"
                         "1:\tsysenter"
                         : "+D"(target), "+S"(info), "+r"(r10), "+r"(r8), "+r"(r9), "+r"(r15)
                         : "a"(number)
                         : "rcx", "rdx", "memory");
    } else {
        __asm__ volatile("mov %%rsp, %%rbx\n\t"
                         "syscall\n\t"
                         "mov %%rbx, %%rsp"
                         : "+D"(target), "+S"(info), "+r"(r10), "+r"(r8), "+r"(r9), "+r"(r15)
                         : "d"(number)
                         : "rcx", "rbx", "r11", "memory");
    }
    return info;
}

const word *arch_complete(const struct capdl_call *call, const word *words)
{
    return convert_duration(call, words);
}

/* One instruction, for which processors have a fast path. */
void arch_copy(void *to, const void *from, uint64_t bytes)
{
    uint64_t words = bytes / sizeof(uint64_t);
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
}

/* Caches are coherent. */
void arch_code_written(void)
{
}

void arch_stop(void)
{
    for (;;) {
        __asm__ volatile("ud2");
    }
}
