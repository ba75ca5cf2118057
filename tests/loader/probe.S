/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stands in for a kernel: every core prints, in turn, with what it was entered: its number, exception level (AArch64)
 * or hart, the six arguments, and what lies at the start of the initialiser and of the device tree. Runs wherever it is
 * mapped. The test writes the console's address where the bytes "CONSOLE!" stand.
 */
    .text
    .globl _start
#if defined(__aarch64__)
_start:
    mov x19, x0
    mov x20, x1
    mov x21, x2
    mov x22, x3
    mov x23, x4
    mov x24, x5
    mrs x25, tpidr_el1
    adr x26, turn
1:  ldr x9, [x26]
    cmp x9, x25
    b.ne 1b
    ldr x27, console
    adr x10, begin
    bl string
    mov x11, x25
    bl number
    mrs x11, CurrentEL
    lsr x11, x11, #2
    bl number
    mov x11, x19
    bl number
    mov x11, x20
    bl number
    mov x11, x21
    bl number
    mov x11, x22
    bl number
    mov x11, x23
    bl number
    mov x11, x24
    bl number
    ldr x11, [x19]
    bl number
    ldr w11, [x23]
    rev w11, w11
    bl number
    adr x10, end
    bl string
    add x25, x25, #1
    str x25, [x26]
    dsb sy
2:  wfe
    b 2b

/* x10: text */
string:
    ldrb w9, [x10], #1
    cbz w9, 3f
    str w9, [x27]
    b string
3:  ret

/* x11: value, printed with a blank before it */
number:
    mov w9, #' '
    str w9, [x27]
    mov x12, #60
4:  lsr x9, x11, x12
    and x9, x9, #15
    cmp x9, #10
    add x13, x9, #'0'
    add x14, x9, #('a' - 10)
    csel x9, x13, x14, lo
    str w9, [x27]
    subs x12, x12, #4
    b.ge 4b
    ret
#else
_start:
    mv s0, a0
    mv s1, a1
    mv s2, a2
    mv s3, a3
    mv s4, a4
    mv s5, a5
    mv s6, a6
    mv s7, a7
    lla s8, turn
1:  ld t0, 0(s8)
    bne t0, s7, 1b
    lla s9, begin
    call string
    mv s9, s7
    call number
    mv s9, s6
    call number
    mv s9, s0
    call number
    mv s9, s1
    call number
    mv s9, s2
    call number
    mv s9, s3
    call number
    mv s9, s4
    call number
    mv s9, s5
    call number
    ld s9, 0(s0)
    call number
    lbu s9, 0(s4)
    lbu t0, 1(s4)
    slli s9, s9, 8
    or s9, s9, t0
    lbu t0, 2(s4)
    slli s9, s9, 8
    or s9, s9, t0
    lbu t0, 3(s4)
    slli s9, s9, 8
    or s9, s9, t0
    call number
    lla s9, end
    call string
    fence rw, rw
    addi s7, s7, 1
    sd s7, 0(s8)
2:  wfi
    j 2b

/* a0: character, by the legacy SBI call */
.macro putchar
    li a7, 1
    li a6, 0
    ecall
.endm

/* s9: text */
string:
    lbu a0, 0(s9)
    beqz a0, 3f
    putchar
    addi s9, s9, 1
    j string
3:  ret

/* s9: value, printed with a blank before it */
number:
    li a0, ' '
    putchar
    li s10, 60
4:  srl a0, s9, s10
    andi a0, a0, 15
    li t0, 10
    bltu a0, t0, 5f
    addi a0, a0, 'a' - 10 - '0'
5:  addi a0, a0, '0'
    putchar
    addi s10, s10, -4
    bgez s10, 4b
    ret
#endif

    .balign 8
console:
    .ascii "CONSOLE!"
turn:
    .quad 0
begin:
    .asciz "probe"
end:
    .asciz " end\n"

    .section .note.GNU-stack, "", %progbits
