/* SPDX-License-Identifier: BSD-2-Clause */
/* The thread begins in a C function of twelve parameters, as if it had been called. */
    .section .text.start, "ax"
    .global _start
_start:
#if defined(__x86_64__)
    jmp entry
#elif defined(__aarch64__)
    b entry
#else
    j entry
#endif
    .section .note.GNU-stack, "", %progbits
