/* SPDX-License-Identifier: BSD-2-Clause */
/* Goes wrong in the way that args[0] says. */
#include "pd.h"

enum { NOWHERE = 0x7000, EMPTY = 55 };

void pd_main(const uint64_t *args)
{
    switch (args[0]) {
    case 0:
        *(volatile uint64_t *)NOWHERE = 1;
        break;
    case 1:
        *(volatile uint64_t *)(uintptr_t)pd_main = 1; /* which can be read and executed */
        break;
    case 2:
        ((void (*)(void))NOWHERE)();
        break;
    case 3:
#if defined(__aarch64__)
        __asm__ volatile("brk #77");
#elif defined(__riscv)
        __asm__ volatile("ebreak");
#else
        __asm__ volatile("int3");
#endif
        break;
    case 4:
#if defined(__aarch64__)
        __asm__ volatile("udf #0");
#elif defined(__riscv)
        __asm__ volatile(".4byte 0");
#else
        __asm__ volatile("ud2");
#endif
        break;
    case 5:
        pd_recv(EMPTY);
        break;
    case 6:
        pd_send(EMPTY, 0, 0); /* no fault: a send that finds no capability is not heard */
        break;
    }
    pd_print("faulty %u: goes on\n", args[0]);
}
