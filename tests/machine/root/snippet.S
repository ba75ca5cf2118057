/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a table of snippets is written. Each snippet is a string, which is both assembled and printed, and ends in an
 * undefined instruction: a thread that faults there has executed it. Its argument is in the first argument register.
 *
 *      heading "Registers"
 *      try "mrs x0, midr_el1"               what happens
 *      get "mrs x0, cntfrq_el0"             and what the registers are afterwards
 *      try_at page + 1, "ldr x1, [x0]"      with an argument
 *      without_fpu "fmov d0, x0"            by a thread whose floating-point unit is disabled
 */
#include "instructions.h"

    .equ page, ARENA
    .equ second, ARENA_SECOND
    .equ hole, ARENA_HOLE
    .equ third, ARENA_THIRD
    .equ read_only, ARENA_READ_ONLY
    .equ no_rights, ARENA_NO_RIGHTS
    .equ fourth, ARENA_FOURTH
    .equ code, ARENA_CODE
    .equ no_code, ARENA_NO_CODE
    .equ device, ARENA_DEVICE
    .equ write_only, ARENA_WRITE_ONLY
    .equ top, SEL4_USER_TOP
    .equ no_argument, 0xa0

    .macro record name, text, argument, flags
    .text
    .balign 4
771:
    \text
772:
    END
    .section .rodata
773:
    .asciz "\name"
    .section .data.snippets, "aw"
    .quad 771b, 772b, 773b, \argument, \flags
    .endm

    .macro heading text
    .section .rodata
773:
    .asciz "\text"
    .section .data.snippets, "aw"
    .quad 0, 0, 773b, 0, 0
    .endm

    .macro try text
    record "\text", "\text", no_argument, 0
    .endm

    .macro get text
    record "\text", "\text", no_argument, SHOW
    .endm

    .macro try_at argument, text
    record "\argument: \text", "\text", \argument, 0
    .endm

    .macro get_at argument, text
    record "\argument: \text", "\text", \argument, SHOW
    .endm

    .macro without_fpu text
    record "without FPU: \text", "\text", no_argument, WITHOUT_FPU | SHOW
    .endm

    .section .data.snippets, "aw"
    .balign 8
    .global snippets
snippets:
