/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a protection domain starts. The stack pointer is set and 16-byte aligned, the first argument register holds
 * the address of the IPC buffer, the others the numbers of `args` in the spec. They are passed on to pd_start.
 */
    .section .text.start, "ax"
    .global _start
    .type _start, %function
_start:
#if defined(__x86_64__)
    call pd_start /* makes the stack what the ABI wants at a function's first instruction */
    ud2
#elif defined(__aarch64__)
    mov x29, xzr
    mov x30, xzr
    b pd_start
#elif defined(__riscv)
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    j pd_start
#else
#error "no start code for this architecture"
#endif
    .size _start, . - _start
    .section .note.GNU-stack, "", %progbits
