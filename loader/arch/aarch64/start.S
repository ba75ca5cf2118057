/* SPDX-License-Identifier: BSD-2-Clause */
#include "limits.h"

/* The host tool lays boot headers over this half of a page; a raw image begins with this branch. */
    .section .head, "ax"
    .globl head
head:
    b start

    .section .workspace, "aw", %nobits
    .space WORKSPACE_SIZE

    .text
/* Every address is taken relative to where we run. */
.macro address register, symbol
    adrp \register, \symbol
    add \register, \register, :lo12:\symbol
.endm

/* Sets SCTLR_ELx of the current level: translation and data cache off, instruction cache on. Clobbers x0, x1. */
.macro translation_off
    mrs x0, CurrentEL
    cmp x0, #(2 << 2)
    b.hi 3f
    b.eq 2f
    ldr x1, =0x30d01800
    msr sctlr_el1, x1
    b 4f
2:  ldr x1, =0x30c51830
    msr sctlr_el2, x1
    b 4f
3:  ldr x1, =0x30c51830
    msr sctlr_el3, x1
4:  isb
    ic iallu
    dsb sy
    isb
.endm

/* Writes back and drops cache lines of [from, to), and up to three more: that loses nothing. Clobbers x0 to x2. */
.macro clean_and_drop from, to
    mrs x0, ctr_el0
    ubfx x0, x0, #16, #4
    mov x1, #4
    lsl x1, x1, x0
    sub x2, x1, #1
    bic x2, \from, x2
5:  dc civac, x2
    add x2, x2, x1
    dc civac, x2
    add x2, x2, x1
    dc civac, x2
    add x2, x2, x1
    dc civac, x2
    add x2, x2, x1
    cmp x2, \to
    b.lo 5b
    dsb sy
.endm

/*
 * Entered at EL3, EL2 or EL1, translation on (one-to-one) or off. x0: device tree or 0.
 * What is in caches for our memory is either ours (the image) or stale (the workspace); either way it has to go.
 */
    .globl start
start:
    b start_plain
    nop
/* The entry as a UEFI application, 8 bytes after the other: the host tool relies on it. The stack is the firmware's
   until it is gone. */
    stp x29, x30, [sp, #-32]!
    add x2, sp, #16
    bl efi_leave
    mov x1, x0
    ldr x0, [sp, #16]
    cbz x1, start_plain
    mov x0, x1
    ldp x29, x30, [sp], #32
    ret

start_plain:
    msr daifset, #15
    msr spsel, #1
    mov x19, x0
    address x20, head
    address x21, payload
    ldr x0, [x21]
    ldr x1, =0x64616f6c64706163
    cmp x0, x1
    b.ne hang
    ldr x22, [x21, #8]
    add x22, x21, x22
    add x22, x22, #4095
    and x22, x22, #-4096
    ldr x23, =WORKSPACE_SIZE
    add x23, x22, x23
    clean_and_drop x20, x23
    translation_off
    add sp, x22, #STACK_SIZE
    bl vectors_set
    mov x0, x19
    mrs x1, mpidr_el1
    and x1, x1, #0xffffff
    mrs x2, mpidr_el1
    and x2, x2, #(0xff << 32)
    orr x1, x1, x2
    bl loader_main

hang:
    wfe
    b hang

/* Cores woken through a spin table arrive without arguments. */
    .globl start_spinning
start_spinning:
    address x0, spinning_core
    ldr x0, [x0]

/* x0: struct core */
    .globl start_secondary
start_secondary:
    msr daifset, #15
    msr spsel, #1
    mov x19, x0
    translation_off
    ldr x0, [x19]
    mov sp, x0
    bl vectors_set
    mov x0, x19
    bl secondary_main

vectors_set:
    address x0, vectors
    mrs x1, CurrentEL
    cmp x1, #(2 << 2)
    b.hi 3f
    b.eq 2f
    msr vbar_el1, x0
    ret
2:  msr vbar_el2, x0
    ret
3:  msr vbar_el3, x0
    ret

/* void arch_move(to, from, size, tree, hardware): copies from the end, without a stack, and starts over there. Where
   the two overlap we go up by more than our code is long (see move_to_run_address), so this loop is never overwritten
   while it runs. */
    .globl arch_move
arch_move:
    mov x10, x0
    mov x19, x3
    mov x20, x0
    add x21, x0, x2
    mov x22, x1
    mov x23, x2
    clean_and_drop x20, x21
    add x1, x22, x23
6:  ldp x2, x3, [x1, #-16]
    ldp x4, x5, [x1, #-32]
    ldp x6, x7, [x1, #-48]
    ldp x8, x9, [x1, #-64]!
    stp x2, x3, [x21, #-16]
    stp x4, x5, [x21, #-32]
    stp x6, x7, [x21, #-48]
    stp x8, x9, [x21, #-64]!
    cmp x21, x20
    b.ne 6b
    dsb sy
    ic iallu
    dsb sy
    isb
    mov x0, x19
    address x1, head
    address x2, start
    sub x2, x2, x1
    add x2, x2, x10
    br x2

/* void drop_to_el2(void), drop_to_el1(void), drop_past_el2(void): return at the lower level with the same stack, the
   last from EL3 to EL1. */
    .globl drop_to_el2
drop_to_el2:
    mov x0, sp
    msr sp_el2, x0
    msr elr_el3, x30
    mov x0, #0x3c9
    msr spsr_el3, x0
    isb
    eret

    .globl drop_to_el1
drop_to_el1:
    mov x0, sp
    msr sp_el1, x0
    msr elr_el2, x30
    mov x0, #0x3c5
    msr spsr_el2, x0
    isb
    eret

    .globl drop_past_el2
drop_past_el2:
    mov x0, sp
    msr sp_el1, x0
    msr elr_el3, x30
    mov x0, #0x3c5
    msr spsr_el3, x0
    isb
    eret

/* void arch_vectors_set(void) */
    .globl arch_vectors_set
arch_vectors_set:
    b vectors_set

/* void arch_enter_kernel(const struct kernel_call *): what the kernel wants in x0 to x5, and the core's number. */
    .globl arch_enter_kernel
arch_enter_kernel:
    mov x9, x0
    ldr x10, [x9, #56]
    msr tpidr_el1, x10
    ldp x0, x1, [x9]
    ldp x2, x3, [x9, #16]
    ldp x4, x5, [x9, #32]
    ldr x11, [x9, #48]
    dsb sy
    isb
    br x11

/* In the second half of the first page. */
    .section .vectors, "ax"
    .balign 2048
vectors:
    .rept 16
    b exception
    .balign 128
    .endr
    .text
exception:
    mov x0, sp
    bl exception_report
    b hang
