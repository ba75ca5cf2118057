/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel starts us here, without a stack and with the address of bootinfo in a0. Linked without gp-relative
   accesses. */
    .section .start, "ax"
    .globl _start
_start:
    la sp, stack_top
    mv s0, zero
    mv ra, zero
    j initialise
