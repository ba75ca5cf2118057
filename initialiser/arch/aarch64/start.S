/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel starts us here, without a stack and with the address of bootinfo in x0. */
    .section .start, "ax"
    .globl _start
_start:
    adrp x1, stack_top
    add x1, x1, :lo12:stack_top
    mov sp, x1
    mov x29, xzr
    mov x30, xzr
    b initialise
