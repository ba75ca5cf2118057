/* SPDX-License-Identifier: BSD-2-Clause */
/* Executes one instruction that the machine lacks or has otherwise than processors, and first prints what it should
   report. Each thread has its own; those that are left over have none. */
#include "pd.h"

struct snippet {
    void (*run)(void);
    const char *at; /* the instruction */
    const char *name;
};

/* BEFORE is executed first; what follows the instruction comes back. */
#define DEFINE(id, before, code) \
    void run_##id(void);         \
    extern const char at_##id[]; \
    __asm__(".text\n.balign 16\nrun_" #id ":\n" before "\nat_" #id ":\n" code "\nret\n");
#define ROW(id, name)           \
    {                           \
        run_##id, at_##id, name \
    }

#if defined(__x86_64__)
DEFINE(sgdt, "", "sgdt -16(%rsp)")
DEFINE(sidt, "", "sidt -16(%rsp)")
DEFINE(str, "xor %eax, %eax", "str %ax")
DEFINE(lar, "mov $0x2b, %eax", "lar %eax, %ecx")
DEFINE(lsl, "mov $0x2b, %eax", "lsl %eax, %ecx")
DEFINE(verr, "mov $0x2b, %eax", "verr %ax")
DEFINE(verw, "mov $0x2b, %eax", "verw %ax")
DEFINE(far, "push $0x13; push $0", "lretq")
DEFINE(to_segment, "xor %eax, %eax", "mov %eax, %ds")
DEFINE(from_segment, "nop", "mov %ds, %eax")
DEFINE(pop_segment, "push $0", "pop %fs")
DEFINE(far_pointer, "movq $0, -16(%rsp)", "lfs -16(%rsp), %eax")
DEFINE(xsave, "lea -0x800(%rsp), %rdi; and $-64, %rdi; mov $3, %eax; xor %edx, %edx", "xsave (%rdi)")
DEFINE(xrstor, "lea -0x800(%rsp), %rdi; and $-64, %rdi; mov $3, %eax; xor %edx, %edx", "xrstor (%rdi)")
DEFINE(popcnt, "nop", "popcnt %rdi, %rax")
DEFINE(lzcnt, "nop", "lzcnt %rdi, %rax")
DEFINE(short_branch, "or $1, %eax", ".byte 0x66, 0x74, 0")
DEFINE(rex_sahf, "mov $2, %ah", ".byte 0x48, 0x9e")
DEFINE(several, "nop", "str %ax; mov %ds, %eax; jmp 1f; 1: str %ax; mov %ds, %eax") /* only the first is told of */
static const struct snippet snippets[] = {
    ROW(sgdt, "SGDT"),
    ROW(sidt, "SIDT"),
    ROW(str, "STR"),
    ROW(lar, "LAR"),
    ROW(lsl, "LSL"),
    ROW(verr, "VERR"),
    ROW(verw, "VERW"),
    ROW(far, "a far transfer"),
    ROW(to_segment, "MOV to a segment register"),
    ROW(from_segment, "MOV from a segment register"),
    ROW(pop_segment, "POP of a segment register"),
    ROW(far_pointer, "a load of a far pointer"),
    ROW(xsave, "XSAVE"),
    ROW(xrstor, "XRSTOR"),
    ROW(popcnt, "POPCNT"),
    ROW(lzcnt, "LZCNT"),
    ROW(short_branch, "a branch with an operand-size prefix"),
    ROW(rex_sahf, "SAHF or LAHF with a REX prefix"),
    ROW(several, "STR"),
    {0},
};
/* POPCNT and STR behind a jump and in constants; CLWB and BSR, which look like XSAVE and LZCNT. */
DEFINE(none, "jmp 1f; .byte 0xf3, 0x0f, 0xb8, 0xc0, 0x0f, 0, 0xc8; 1: mov $0xc0b80ff3, %eax; mov $0xc8000f, %ecx",
       "movabs $0xf0380ff2c0b80ff3, %rax; bsr %rdi, %rax; add $0xc0bd0ff3, %eax; jmp 1f; .byte 0x8e, 0xd8; 1:")
DEFINE(other, "nop", ".byte 0x66, 0x0f, 0xae, 0x74, 0x24, 0xf0")
#elif defined(__riscv)
DEFINE(zba, "nop", ".word 0x20b52533")
DEFINE(zba_immediate, "nop", ".word 0x0805151b")
DEFINE(zbb, "c.nop", ".word 0x60151513")
DEFINE(zbb_byte, "nop", ".word 0x6b855513")
DEFINE(zbc, "nop", ".word 0x0ab51533")
DEFINE(zbs, "nop", ".word 0x28b51533")
DEFINE(several, "nop", ".word 0x40b57533; .word 0x28b51533") /* only the first is told of */
static const struct snippet snippets[] = {
    ROW(zba, "an instruction of Zba"),     ROW(zba_immediate, "an instruction of Zba"),
    ROW(zbb, "an instruction of Zbb"),     ROW(zbb_byte, "an instruction of Zbb"),
    ROW(zbc, "an instruction of Zbc"),     ROW(zbs, "an instruction of Zbs"),
    ROW(several, "an instruction of Zbb"), {0},
};
/* Behind a jump and in immediates; SRA and SUB; then one that no extension here has. */
DEFINE(none, "j 1f; .word 0x60151513; 1: lui a0, 0x28b51; lui a0, 0x40b57; sra a0, a0, a1; sub a0, a0, a1",
       "lui a0, 0x60151; j 1f; .word 0x20b52533; 1:")
DEFINE(other, "nop", ".word 0x20003033")
#else
static const struct snippet snippets[] = {{0}};
DEFINE(none, "b 1f; .word 0xc8dffc00; 1: movz x0, #0xfc00", "nop")
DEFINE(other, "add x0, sp, #-15", "ldar x1, [x0]")
#endif

/* Written, so that the machine has mapped what lies 64 KiB behind the code. */
static volatile uint8_t far_data[128 * 1024];

static const uint8_t data[] = {0xf3, 0x0f, 0xb8, 0xc0, 0x33, 0x25, 0xb5, 0x20};

static void run_clean(void)
{
    volatile uint8_t sum = 0;
    for (unsigned i = 0; i < sizeof(data); i++) {
        sum = (uint8_t)(sum + ((const volatile uint8_t *)data)[i]);
    }
    run_none();
    pd_print("console: none\n");
    run_other();
}

void pd_main(const uint64_t *args)
{
    for (unsigned i = 0; args[0] % 2 == 0 && i < sizeof(far_data); i += 4096) {
        far_data[i] = 1;
    }
    const struct snippet *s = snippets;
    for (uint64_t n = args[0]; n > 0 && s->run; n--) {
        s++;
    }
    if (!s->run) {
        run_clean();
        return;
    }
    pd_print("machine: tcb_does%u: the code at pc 0x%x has %s, which this machine does not execute as processors do\n",
             args[0], (uint64_t)s->at, s->name);
    s->run();
}
