/* SPDX-License-Identifier: BSD-2-Clause */
#include "limits.h"

/* The host tool lays boot headers over this page; a raw image begins with this jump. */
    .section .head, "ax"
    .globl head
head:
    j start

    .section .workspace, "aw", @nobits
    .space WORKSPACE_SIZE

    .text
/* Entered in S-mode by SBI firmware. a0: hart, a1: device tree. */
    .globl start
start:
    csrw sie, zero
    csrw satp, zero
    sfence.vma
    lla t0, exception
    csrw stvec, t0
    /* OpenSBI before 1.3 may let a hart go before it has noted where to: then it comes here, as the first one did. */
    lla t0, core_starting
    ld t1, 0(t0)
    beqz t1, first
    ld t2, 16(t1)
    bne t2, a0, first
    mv a1, t1
    j start_secondary
first:
    lla t0, payload
    ld t1, 0(t0)
    li t2, 0x64616f6c64706163
    bne t1, t2, hang
    ld t1, 8(t0)
    add t0, t0, t1
    li t1, 4095 + STACK_SIZE
    add t0, t0, t1
    srli sp, t0, 12
    slli sp, sp, 12
    mv t0, a0
    mv a0, a1
    mv a1, t0
    call loader_main

hang:
    wfi
    j hang

/* a1: struct core */
    .globl start_secondary
start_secondary:
    csrw sie, zero
    csrw satp, zero
    sfence.vma
    lla t0, exception
    csrw stvec, t0
    ld sp, 0(a1)
    mv a0, a1
    call secondary_main

/* void arch_move(to, from, size, tree, hardware): copies from the end, without a stack, and starts over there. Where
   the two overlap we go up by more than our code is long (see move_to_run_address), so this loop is never overwritten
   while it runs. */
    .globl arch_move
arch_move:
    add a1, a1, a2
    add a2, a0, a2
1:  addi a1, a1, -64
    ld t0, 56(a1)
    ld t1, 48(a1)
    ld t2, 40(a1)
    ld t3, 32(a1)
    ld t4, 24(a1)
    ld t5, 16(a1)
    ld t6, 8(a1)
    ld a5, 0(a1)
    addi a2, a2, -64
    sd t0, 56(a2)
    sd t1, 48(a2)
    sd t2, 40(a2)
    sd t3, 32(a2)
    sd t4, 24(a2)
    sd t5, 16(a2)
    sd t6, 8(a2)
    sd a5, 0(a2)
    bne a2, a0, 1b
    fence.i
    lla t1, head
    lla t2, start
    sub t2, t2, t1
    add t2, t2, a0
    mv a0, a4
    mv a1, a3
    jr t2

/* void arch_enter_kernel(const struct kernel_call *): what the kernel's head.S wants in a0 to a7. */
    .globl arch_enter_kernel
arch_enter_kernel:
    mv t0, a0
    ld a0, 0(t0)
    ld a1, 8(t0)
    ld a2, 16(t0)
    ld a3, 24(t0)
    ld a4, 32(t0)
    ld a5, 40(t0)
    ld t1, 48(t0)
    ld a7, 56(t0)
    ld a6, 64(t0)
    fence rw, rw
    fence.i
    jr t1

    .balign 4
exception:
    csrr a0, scause
    csrr a1, sepc
    csrr a2, stval
    call exception_report
    j hang
