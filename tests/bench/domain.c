/* SPDX-License-Identifier: BSD-2-Clause */
/* A protection domain with what Microkit's contract asks for, and nothing to do. */
char microkit_name[64] = "?";
unsigned char microkit_passive;
unsigned long microkit_irqs, microkit_notifications, microkit_pps, microkit_ioports;
char stack[4096];

_Noreturn void _start(void)
{
    for (;;) {
        __asm__ volatile("" : : : "memory");
    }
}
