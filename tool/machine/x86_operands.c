/* SPDX-License-Identifier: BSD-2-Clause */
/* Operands of instructions of x86-64 that are about to be executed, or that have raised an exception. */
#include "x86.h"

/* Registers in the order of instructions. */
const int x86_registers[16] = {
    UC_X86_REG_RAX, UC_X86_REG_RCX, UC_X86_REG_RDX, UC_X86_REG_RBX, UC_X86_REG_RSP, UC_X86_REG_RBP,
    UC_X86_REG_RSI, UC_X86_REG_RDI, UC_X86_REG_R8,  UC_X86_REG_R9,  UC_X86_REG_R10, UC_X86_REG_R11,
    UC_X86_REG_R12, UC_X86_REG_R13, UC_X86_REG_R14, UC_X86_REG_R15,
};

static uint64_t register_value(uc_engine *uc, uint32_t number)
{
    uint64_t value = 0;
    if (number != X86_NO_REGISTER) {
        uc_reg_read(uc, x86_registers[number], &value);
    }
    return value;
}

static uint64_t operand_address(uc_engine *uc, const struct x86_instruction *i, const uint8_t *code, uint64_t pc)
{
    struct x86_operand operand = x86_memory_operand(i, code);
    uint64_t address = operand.displacement + register_value(uc, operand.base) +
                       (register_value(uc, operand.index) << operand.scale) + (operand.rip ? pc + i->length : 0);
    uint64_t segment = 0;
    if (i->segment) {
        uc_reg_read(uc, i->segment == 0x64 ? UC_X86_REG_FS_BASE : UC_X86_REG_GS_BASE, &segment);
    }
    return (i->address32 ? (uint32_t)address : address) + segment;
}

/* CMPXCHG of 32 bits: if it stores, the emulator clears the upper half of RAX. */
static bool is_exchange(const struct x86_instruction *i)
{
    return i->map == 1 && i->opcode == 0xb1 && !i->vex && !i->operand16 && !(i->rex & 8);
}

/* Which control words it loads from its operand, and at which offsets: FLDCW, FLDENV, FRSTOR; LDMXCSR; FXRSTOR. */
enum { NO_CONTROL = -1, FXRSTOR_MXCSR = 24, X87_MASKS = 0x3f, SSE_MASKS = 0x1f80 };

static bool loads_control(const struct x86_instruction *i, int *x87, int *sse)
{
    unsigned reg = i->modrm >> 3 & 7;
    *x87 = *sse = NO_CONTROL;
    if (i->modrm >= 0xc0 || i->vex) {
        return false;
    }
    if (i->map == 0) {
        *x87 = (i->opcode == 0xd9 && (reg == 4 || reg == 5)) || (i->opcode == 0xdd && reg == 4) ? 0 : NO_CONTROL;
    } else if (i->map == 1 && i->opcode == 0xae && (reg == 1 || reg == 2)) {
        *x87 = reg == 1 ? 0 : NO_CONTROL;
        *sse = reg == 1 ? FXRSTOR_MXCSR : 0;
    }
    return *x87 != NO_CONTROL || *sse != NO_CONTROL;
}

bool x86_next_checked(const uint8_t *code, size_t size, size_t *at, size_t *length)
{
    while (*at < size) {
        struct x86_instruction i = x86_decode(code + *at, size - *at);
        int x87, sse;
        *length = i.length;
        if (i.length == 0 || x86_needs_alignment(&i) || is_exchange(&i) || loads_control(&i, &x87, &sse)) {
            return i.length != 0;
        }
        *at += i.length;
    }
    return false;
}

static void tell_unmasked(struct engine *e, const struct x86_instruction *i, const uint8_t *code, uint64_t pc)
{
    uint64_t address = operand_address(e->uc, i, code, pc);
    uint16_t control = X87_MASKS, mxcsr = SSE_MASKS;
    int x87, sse;
    loads_control(i, &x87, &sse);
    if (x87 != NO_CONTROL) {
        engine_read(e, address + (unsigned)x87, (uint8_t *)&control, sizeof(control));
    }
    if (sse != NO_CONTROL) {
        engine_read(e, address + (unsigned)sse, (uint8_t *)&mxcsr, sizeof(mxcsr));
    }
    if ((control & X87_MASKS) != X87_MASKS) {
        engine_tell(e, pc, "x87 exceptions that are not masked");
    }
    if ((mxcsr & SSE_MASKS) != SSE_MASKS) {
        engine_tell(e, pc, "SSE exceptions that are not masked");
    }
}

/* Whether it is a CMPXCHG that stores what the emulator does not do right; where to. */
static bool exchanges(struct engine *e, const struct x86_instruction *i, const uint8_t *code, uint64_t pc,
                      uint64_t *address)
{
    uint64_t rax = register_value(e->uc, 0), failed;
    uint32_t value = (uint32_t)register_value(e->uc, (i->modrm & 7) | (i->rex & 1 ? 8u : 0u));
    *address = 0;
    if (!is_exchange(i) || rax >> 32 == 0 || (i->lock && i->modrm >= 0xc0)) {
        return false;
    }
    if (i->modrm < 0xc0) {
        *address = operand_address(e->uc, i, code, pc);
        if (engine_read(e, *address, (uint8_t *)&value, sizeof(value)) != sizeof(value)) {
            return false;
        }
    }
    return value == (uint32_t)rax && (i->modrm >= 0xc0 || engine_fault_in(e, *address, sizeof(value), PAGE_W, &failed));
}

bool x86_check(struct engine *e, uint64_t pc, struct cpu_exit *exit)
{
    uint8_t code[15] = {0};
    struct x86_instruction i = x86_decode(code, engine_read(e, pc, code, sizeof(code)));
    uint64_t address;
    int x87, sse;
    if (exchanges(e, &i, code, pc, &address)) {
        *exit = (struct cpu_exit){.kind = EXIT_SPECIAL, .pc = pc};
        return true;
    }
    if (!e->fpu) { /* another exception, which the emulator raises */
        return false;
    }
    if (loads_control(&i, &x87, &sse)) {
        tell_unmasked(e, &i, code, pc);
    }
    *exit = (struct cpu_exit){.kind = EXIT_TRAP, .trap = X86_PROTECTION, .pc = pc};
    return x86_needs_alignment(&i) && operand_address(e->uc, &i, code, pc) % 16 != 0;
}

/* RAX stays as it is; the flags are those of comparing two equal numbers. */
enum { CARRY = 1, PARITY = 4, ADJUST = 0x10, ZERO = 0x40, SIGN = 0x80, OVERFLOW = 0x800 };

bool x86_exchange(struct engine *e, const struct x86_instruction *i, const uint8_t *code, uint64_t pc)
{
    uint64_t address, flags = 0;
    if (!exchanges(e, i, code, pc, &address)) {
        return false;
    }
    uint32_t value = (uint32_t)register_value(e->uc, (i->modrm >> 3 & 7) | (i->rex & 4 ? 8u : 0u));
    if (i->modrm >= 0xc0) {
        uint64_t whole = value;
        uc_reg_write(e->uc, x86_registers[(i->modrm & 7) | (i->rex & 1 ? 8 : 0)], &whole);
    } else {
        engine_write(e, address, (const uint8_t *)&value, sizeof(value));
    }
    uc_reg_read(e->uc, UC_X86_REG_RFLAGS, &flags);
    flags = (flags & ~(uint64_t)(CARRY | ADJUST | SIGN | OVERFLOW)) | ZERO | PARITY;
    uc_reg_write(e->uc, UC_X86_REG_RFLAGS, &flags);
    return true;
}

/* Bytes of an offset or address. LSS, LFS and LGS ignore REX.W. */
static unsigned pointer_width(const struct x86_instruction *i)
{
    return i->rex & 8 && i->map == 0 ? 8 : i->operand16 ? 2 : 4;
}

/* Where the instruction has a selector in memory: after an offset on the stack or behind a pointer. False: it has none
 * there. */
static bool selector_address(struct engine *e, const struct x86_instruction *i, const uint8_t *code, uint64_t pc,
                             uint64_t *address)
{
    unsigned reg = i->modrm >> 3 & 7;
    bool far_return = i->map == 0 && (i->opcode == 0xca || i->opcode == 0xcb || i->opcode == 0xcf);
    bool pop = i->map == 1 && (i->opcode == 0xa1 || i->opcode == 0xa9);
    bool pointer = (i->map == 1 && (i->opcode == 0xb2 || (i->opcode & 0xfe) == 0xb4)) ||
                   (i->map == 0 && i->opcode == 0xff && (reg == 3 || reg == 5));
    bool move = i->map == 0 && i->opcode == 0x8e;
    if (far_return || pop) {
        uc_reg_read(e->uc, UC_X86_REG_RSP, address);
        *address += far_return ? pointer_width(i) : 0;
        return true;
    }
    if ((!pointer && !move) || i->modrm >= 0xc0) {
        return false;
    }
    *address = operand_address(e->uc, i, code, pc) + (pointer ? pointer_width(i) : 0);
    return true;
}

enum { ANY_SELECTOR = 0xfffc };

/* The selector that a general protection fault is about. */
uint64_t x86_selector_code(struct engine *e, const struct x86_instruction *i, const uint8_t *code, uint64_t pc)
{
    uint64_t address;
    uint16_t selector = 0, stack = 0;
    if (i->map == 0 && i->opcode == 0x8e && i->modrm >= 0xc0) {
        return register_value(e->uc, (i->modrm & 7) | (i->rex & 1 ? 8 : 0)) & ANY_SELECTOR;
    }
    if (!selector_address(e, i, code, pc, &address)) {
        return 0;
    }
    engine_read(e, address, (uint8_t *)&selector, sizeof(selector));
    if (i->opcode == 0xcf && selector == X86_USER_CS) { /* IRET also has a stack segment */
        engine_read(e, address + 3 * pointer_width(i), (uint8_t *)&stack, sizeof(stack));
        return stack & ANY_SELECTOR;
    }
    return selector & ANY_SELECTOR;
}
