/* SPDX-License-Identifier: BSD-2-Clause */
/* Executes what is known to end or to crash some releases of the processor emulator: HARM names it. */
#include "pd.h"

#if defined(__x86_64__)
#define CALL_OF_A_REGISTER ".byte 0xff, 0xd8"
#define JUMP_TO_A_REGISTER ".byte 0xff, 0xe8"
#define LOCKED_COMPARE ".byte 0xf0, 0xa6"
#define LOCKED_BIT_TEST ".byte 0xf0, 0x0f, 0xba, 0xe7, 0x25"
#define BREAKPOINT "mov $0x403, %%eax; mov %%rax, %%dr7"
#define CLOBBERED "rax"
#elif defined(__aarch64__)
#define BREAKPOINT "adr x0, .; msr dbgbvr0_el1, x0; mov x0, #0x1e5; msr dbgbcr0_el1, x0"
#define CLOBBERED "x0"
#endif

void pd_main(const uint64_t *args)
{
    (void)args;
    pd_print("a line\nand a half");
    __asm__ volatile(HARM ::: "memory", CLOBBERED);
    pd_print(", and more\n");
}
