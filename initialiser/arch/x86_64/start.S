/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel starts us here, without a stack and with the address of bootinfo in rdi. */
    .section .start, "ax"
    .globl _start
_start:
    lea stack_top(%rip), %rsp
    xor %ebp, %ebp
    call initialise
