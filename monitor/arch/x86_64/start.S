/* SPDX-License-Identifier: BSD-2-Clause */
/* The monitor starts with a stack and two arguments, which are passed on unchanged. */
    .section .text.start, "ax"
    .global _start
_start:
    call monitor
    ud2
    .section .note.GNU-stack, "", %progbits
