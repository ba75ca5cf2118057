/* SPDX-License-Identifier: BSD-2-Clause */
/* Where an initial task starts: no stack pointer is set; the first argument register has the bootinfo address. */
    .section .text.start, "ax"
    .global _start
    .type _start, %function
_start:
#if defined(__x86_64__)
    leaq stack_top(%rip), %rsp
    call root_start
    ud2
#elif defined(__aarch64__)
    adrp x9, stack_top
    add x9, x9, :lo12:stack_top
    mov sp, x9
    bl root_start
    brk #0
#elif defined(__riscv)
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    la sp, stack_top
    call root_start
    ebreak
#endif
    .size _start, . - _start
    .section .bss
    .balign 16
    .space 8192
stack_top:
    .section .note.GNU-stack, "", %progbits
