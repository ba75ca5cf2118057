/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A root task for any kernel with a console: prints "root task up, N nodes". The number of DebugPutChar is the kernel's
 * own; the test writes it where the eight bytes "PUTCHAR!" stand. Nothing here needs a stack.
 */
#define NUM_NODES 16 /* of struct seL4_BootInfo: extraLen, nodeID, numNodes */

    .text
    .globl _start
#if defined(__aarch64__)
_start:
    ldr x19, [x0, #NUM_NODES]
    adr x20, text
1:  ldrb w0, [x20], #1
    cbz w0, 3f
    cmp w0, #'#'
    b.ne 2f
    add w0, w19, #'0'
2:  ldr x7, number
    svc #0
    b 1b
3:  b 3b
#elif defined(__riscv)
_start:
    ld s1, NUM_NODES(a0)
    lla s2, text
1:  lbu a0, 0(s2)
    addi s2, s2, 1
    beqz a0, 3f
    li t0, '#'
    bne a0, t0, 2f
    addi a0, s1, '0'
2:  ld a7, number
    ecall
    j 1b
3:  j 3b
#else
_start:
    mov NUM_NODES(%rdi), %r14
    lea text(%rip), %r15
1:  movzbl (%r15), %edi
    inc %r15
    test %edi, %edi
    jz 3f
    cmp $'#', %edi
    jne 2f
    lea '0'(%r14), %edi
2:  mov number(%rip), %rdx
    syscall
    jmp 1b
3:  jmp 3b
#endif

    .balign 8
number:
    .ascii "PUTCHAR!"
text:
    .asciz "root task up, # nodes\n"

    .section .note.GNU-stack, "", %progbits
