/* SPDX-License-Identifier: BSD-2-Clause */
/* Executes one instruction that the machine lacks or has otherwise than processors, and first prints what it should
   report. Each thread has its own; those that are left over have none. */
#include "pd.h"

struct snippet {
    void (*run)(void);
    const char *at; /* the instruction */
    const char *name;
    const char *also_at, *also; /* another kind */
};

/* BEFORE is executed first; what follows the instruction comes back. */
#define DEFINE(id, before, code) \
    void run_##id(void);         \
    extern const char at_##id[]; \
    __asm__(".text\n.balign 16\nrun_" #id ":\n" before "\nat_" #id ":\n" code "\nret\n");
#define ROW(id, name)                  \
    {                                  \
        run_##id, at_##id, name, 0, "" \
    }
/* With another instruction at the label also_ID. */
#define ROW_TWO(id, name, also)                  \
    {                                            \
        run_##id, at_##id, name, also_##id, also \
    }

#if defined(__x86_64__)
DEFINE(sgdt, "", "sgdt -16(%rsp)")
DEFINE(sidt, "", "sidt -16(%rsp)")
DEFINE(xsave, "lea -0x800(%rsp), %rdi; and $-64, %rdi; mov $3, %eax; xor %edx, %edx", "xsave (%rdi)")
DEFINE(xrstor, "lea -0x800(%rsp), %rdi; and $-64, %rdi; mov $3, %eax; xor %edx, %edx", "xrstor (%rdi)")
DEFINE(popcnt, "nop", "popcnt %rdi, %rax")
DEFINE(lzcnt, "nop", "lzcnt %rdi, %rax")
DEFINE(short_branch, "or $1, %eax", ".byte 0x66, 0x74, 0")
DEFINE(rex_sahf, "mov $2, %ah", ".byte 0x48, 0x9e")
DEFINE(x87_unmasked, "movw $0x37b, -8(%rsp)", "fldcw -8(%rsp)")
DEFINE(x87_masked, "fldcw 1f(%rip); jmp 2f; 1: .short 0x27f; 2: movw $0x35f, -8(%rsp); nop", "fldcw -8(%rsp)")
DEFINE(sse_unmasked, "movl $0x1f00, -8(%rsp)", "ldmxcsr -8(%rsp); movl $0x9f80, -8(%rsp); ldmxcsr -8(%rsp)")
DEFINE(x87_status, "fninit", "fnstsw %ax")
DEFINE(x87_environment, "fninit", "fnstenv -64(%rsp)")
DEFINE(sse_flags, "nop", "stmxcsr -8(%rsp)")
DEFINE(x87_remainder, "fldpi; fldpi", "fprem")
extern const char also_several[];
DEFINE(several, "nop", "sidt -16(%rsp); jmp 1f; 1: sidt -16(%rsp)\nalso_several: fyl2xp1") /* each kind once */
static const struct snippet snippets[] = {
    ROW(sgdt, "SGDT"),
    ROW(sidt, "SIDT"),
    ROW(xsave, "XSAVE"),
    ROW(xrstor, "XRSTOR"),
    ROW(popcnt, "POPCNT"),
    ROW(lzcnt, "LZCNT"),
    ROW(short_branch, "a branch with an operand-size prefix"),
    ROW(rex_sahf, "SAHF or LAHF with a REX prefix"),
    ROW(x87_unmasked, "x87 exceptions that are not masked"),
    ROW(x87_masked, "x87 exceptions that are not masked"),
    ROW(sse_unmasked, "SSE exceptions that are not masked"),
    ROW(x87_status, "a store of the x87 status"),
    ROW(x87_environment, "a store of the x87 status"),
    ROW(sse_flags, "STMXCSR"),
    ROW(x87_remainder, "FPREM"),
    ROW_TWO(several, "SIDT", "FYL2XP1"),
    {0},
};
/* POPCNT and SGDT behind a jump and in constants; CLWB and BSR, which look like XSAVE and LZCNT; exceptions that stay
   masked. */
DEFINE(none,
       "jmp 1f; .byte 0xf3, 0x0f, 0xb8, 0xc0, 0x0f, 1, 0; 1: mov $0xc0b80ff3, %eax; mov $0x00010f, %ecx; fninit;"
       "fnstcw -8(%rsp); fldcw -8(%rsp); movl $0x7f80, -8(%rsp); ldmxcsr -8(%rsp)",
       "movabs $0xf0380ff2c0b80ff3, %rax; bsr %rdi, %rax; add $0xc0bd0ff3, %eax; jmp 1f; .byte 0xd9, 0xf8; 1:")
DEFINE(other, "nop", ".byte 0x66, 0x0f, 0xae, 0x74, 0x24, 0xf0")
#elif defined(__riscv)
#define NOT_BOXED "a single-precision operand that is not NaN-boxed"
DEFINE(zba, "nop", ".word 0x20b52533")
DEFINE(zba_immediate, "nop", ".word 0x0805151b")
DEFINE(zbb, "c.nop", ".word 0x60151513")
DEFINE(zbb_byte, "nop", ".word 0x6b855513")
DEFINE(zbc, "nop", ".word 0x0ab51533")
DEFINE(zbs, "nop", ".word 0x28b51533")
DEFINE(not_boxed, ".option arch, +f, +d\n li a0, 0x3f800000; fmv.d.x fa0, a0", "fadd.s fa1, fa0, fa0")
DEFINE(loaded, "li a0, 0x55; slli a0, a0, 40; sd a0, -8(sp); fld fa0, -8(sp)", "fmadd.s fa1, fa2, fa2, fa0")
DEFINE(entering, "li a0, 0x55; slli a0, a0, 40; fmv.d.x fa4, a0; j 1f; 1: nop", "fsqrt.s fa1, fa4")
DEFINE(whole, "fadd.s fa1, fa1, fa1", "fmv.x.d a0, fa1")
DEFINE(signalling, "li a0, 0x7f800001; fmv.w.x fa0, a0", "fmin.s fa1, fa0, fa2")
static const struct snippet snippets[] = {
    ROW(zba, "an instruction of Zba"),
    ROW(zba_immediate, "an instruction of Zba"),
    ROW(zbb, "an instruction of Zbb"),
    ROW(zbb_byte, "an instruction of Zbb"),
    ROW(zbc, "an instruction of Zbc"),
    ROW(zbs, "an instruction of Zbs"),
    ROW(not_boxed, NOT_BOXED),
    ROW(loaded, NOT_BOXED),
    ROW(entering, NOT_BOXED),
    ROW(whole, "a move of all of a register with a single-precision number"),
    ROW(signalling, "a minimum or maximum of a signalling NaN"),
    {0},
};
/* Behind a jump and in immediates; SRA and SUB; numbers that are boxed, and saved and restored; then one that no
   extension here has. */
DEFINE(none,
       "j 1f; .word 0x60151513; 1: lui a0, 0x28b51; lui a0, 0x40b57; sra a0, a0, a1; sub a0, a0, a1;"
       "li a0, 0x3f800000; fmv.w.x fa0, a0; fadd.s fa1, fa0, fa0; fsd fa1, -8(sp); fld fa2, -8(sp);"
       "fmul.s fa1, fa2, fa2; fmin.s fa1, fa1, fa0; fmv.x.w a0, fa1; li a0, -1; fmv.d.x fa0, a0; fadd.s fa0, fa0, fa0",
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

#define SAYS "machine: tcb_does%u: the code at pc 0x%x has %s, which this machine does not execute as processors do\n"

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
    pd_print(SAYS, args[0], (uint64_t)s->at, s->name);
    if (s->also_at) {
        pd_print(SAYS, args[0], (uint64_t)s->also_at, s->also);
    }
    s->run();
}
