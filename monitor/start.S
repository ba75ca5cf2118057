/* SPDX-License-Identifier: BSD-2-Clause */
/* The monitor starts with a stack and two arguments, which are passed on unchanged. */
    .section .text.start, "ax"
    .global _start
_start:
#if defined(__x86_64__)
    call monitor
    ud2
#elif defined(__aarch64__)
    mov x29, xzr
    mov x30, xzr
    b monitor
#else
    j monitor
#endif
    .section .note.GNU-stack, "", %progbits
