/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Single-precision numbers of RISC-V in registers of 64 bits. Processors keep them NaN-boxed: the upper half is all
 * ones, and what is not boxed is read as a NaN. The emulator reads the lower half, whatever the upper one is, and
 * leaves zeros there. So this looks for operands that a processor would not find boxed, as far as that can be told:
 * those that the same block has made by double-precision instructions or loads, and any that have another upper half
 * than both when the block is translated.
 */
#include "riscv_singles.h"

#include "riscv.h"

enum { LOAD_FP = 0x07, FMADD = 0x43, FNMADD = 0x4f, OP_FP = 0x53 };
enum { FMT_SINGLE, FMT_DOUBLE };
enum { SINGLE_FROM_OTHER = 0x08, FMIN_FMAX = 0x05, FMV_TO_X = 0x1c, FMV_FROM_X = 0x1e, FROM_INTEGER = 0x1a };

#define NOT_BOXED "a single-precision operand that is not NaN-boxed"

static bool is_compressed(uint32_t instruction)
{
    return (instruction & 3) != 3;
}

static unsigned opcode(uint32_t instruction)
{
    return is_compressed(instruction) ? 0 : instruction & 0x7f;
}

static unsigned format(uint32_t instruction)
{
    return instruction >> 25 & 3;
}

/* Floating-point registers that it reads as single-precision numbers, a bit each. */
static uint32_t singles_read(uint32_t instruction)
{
    uint32_t rs1 = UINT32_C(1) << (instruction >> 15 & 31), rs2 = UINT32_C(1) << (instruction >> 20 & 31);
    unsigned operation = instruction >> 27;
    if (opcode(instruction) >= FMADD && opcode(instruction) <= FNMADD) {
        return format(instruction) == FMT_SINGLE ? rs1 | rs2 | UINT32_C(1) << operation : 0;
    }
    if (opcode(instruction) != OP_FP) {
        return 0;
    }
    if (operation == SINGLE_FROM_OTHER) { /* FCVT.D.S */
        return format(instruction) == FMT_DOUBLE ? rs1 : 0;
    }
    bool moves = (operation == FMV_TO_X && (instruction >> 12 & 7) == 0) || operation == FMV_FROM_X;
    if (format(instruction) != FMT_SINGLE || moves || operation == FROM_INTEGER) {
        return 0;
    }
    return operation < 8 || operation == 0x14 ? rs1 | rs2 : rs1; /* two operands: arithmetic, comparisons */
}

/* The register that it writes, a bit: as a double-precision number, as a single-precision one, or one of 64 bits. */
static void written(uint32_t instruction, uint32_t *doubles, uint32_t *singles, uint32_t *loaded)
{
    uint32_t rd = UINT32_C(1) << (instruction >> 7 & 31);
    unsigned code = opcode(instruction), operation = instruction >> 27;
    bool single = format(instruction) == FMT_SINGLE;
    *doubles = *singles = *loaded = 0;
    if (is_compressed(instruction)) {
        bool load = (instruction & 0xe003) == 0x2000, of_stack = (instruction & 0xe003) == 0x2002;
        *loaded = of_stack ? rd : load ? UINT32_C(256) << (instruction >> 2 & 7) : 0;
    } else if (code == LOAD_FP) {
        unsigned width = instruction >> 12 & 7;
        *(width == 2 ? singles : loaded) = width == 2 || width == 3 ? rd : 0;
    } else if (code >= FMADD && code <= FNMADD) {
        *(single ? singles : doubles) = rd;
    } else if (code == OP_FP && (operation < 0x14 || operation == FROM_INTEGER || operation == FMV_FROM_X)) {
        *(single ? singles : doubles) = rd;
    }
}

/* What is known of registers behind instructions of a block. */
struct fp_registers {
    uint32_t doubles; /* written by double-precision instructions */
    uint32_t loaded;  /* by loads of 64 bits, which may restore what the emulator does not box */
    uint32_t singles;
};

static void execute(struct fp_registers *r, uint32_t instruction)
{
    uint32_t doubles, singles, loaded, all;
    written(instruction, &doubles, &singles, &loaded);
    all = doubles | singles | loaded;
    r->doubles = (r->doubles & ~all) | doubles;
    r->loaded = (r->loaded & ~all) | loaded;
    r->singles = (r->singles & ~all) | singles;
}

/* Minimum and maximum with a signalling NaN are the other operand by today's specification. */
static bool is_extreme(uint32_t instruction)
{
    return opcode(instruction) == OP_FP && instruction >> 27 == FMIN_FMAX;
}

static size_t length_of(uint32_t instruction)
{
    return is_compressed(instruction) ? 2 : 4;
}

bool riscv_next_checked(const uint8_t *code, size_t size, size_t *at, size_t *length)
{
    struct fp_registers r = {0};
    for (size_t i = 0; i + 2 <= size; i += *length) {
        uint32_t instruction = riscv_instruction_at(code + i, size - i);
        *length = length_of(instruction);
        if (i >= *at && (is_extreme(instruction) || singles_read(instruction) & (r.doubles | r.loaded))) {
            *at = i;
            return true;
        }
        execute(&r, instruction);
    }
    return false;
}

static uint64_t fp_register(struct engine *e, unsigned number)
{
    uint64_t value = 0;
    uc_reg_read(e->uc, UC_RISCV_REG_F0 + (int)number, &value);
    return value;
}

static bool is_boxed(uint64_t value)
{
    return value >> 32 == UINT32_MAX;
}

/* Boxed, or what the emulator makes of a boxed number. */
static bool may_be_boxed(uint64_t value)
{
    return is_boxed(value) || value >> 32 == 0;
}

static bool is_signalling(uint64_t value, bool single)
{
    uint64_t quiet = single ? UINT64_C(1) << 22 : UINT64_C(1) << 51;
    uint64_t magnitude = single ? value & 0x7fffffff : value & (UINT64_MAX >> 1);
    return magnitude > (single ? UINT64_C(0x7f800000) : UINT64_C(0x7ff0000000000000)) && !(value & quiet);
}

bool riscv_check(struct engine *e, uint64_t pc, struct cpu_exit *exit)
{
    (void)exit;
    uint8_t code[4096 + 4];
    uint64_t start = e->block->pc;
    size_t offset = pc - start, got = offset < sizeof(code) - 4 ? engine_read(e, start, code, offset + 4) : 0;
    struct fp_registers r = {0};
    if (!e->fpu || got < offset + 4) {
        return false;
    }
    for (size_t i = 0; i < offset; i += length_of(riscv_instruction_at(code + i, got - i))) {
        execute(&r, riscv_instruction_at(code + i, got - i));
    }
    uint32_t instruction = riscv_instruction_at(code + offset, 4), reads = singles_read(instruction);
    bool single = format(instruction) == FMT_SINGLE;
    for (unsigned i = 0; i < 32; i++) {
        uint64_t value = (reads & (r.doubles | r.loaded)) >> i & 1 ? fp_register(e, i) : UINT64_MAX;
        if (!(r.doubles >> i & 1 ? is_boxed(value) : may_be_boxed(value))) {
            engine_tell(e, pc, NOT_BOXED);
        }
    }
    if (is_extreme(instruction) && (is_signalling(fp_register(e, instruction >> 15 & 31), single) ||
                                    is_signalling(fp_register(e, instruction >> 20 & 31), single))) {
        engine_tell(e, pc, "a minimum or maximum of a signalling NaN");
    }
    return false;
}

void riscv_translated(struct engine *e, uint64_t pc, const uint8_t *code, size_t size)
{
    struct fp_registers r = {0};
    for (size_t i = 0; i + 2 <= size; i += length_of(riscv_instruction_at(code + i, size - i))) {
        uint32_t instruction = riscv_instruction_at(code + i, size - i);
        uint32_t entering = singles_read(instruction) & ~(r.doubles | r.loaded | r.singles);
        for (unsigned number = 0; number < 32; number++) {
            if (entering >> number & 1 && !may_be_boxed(fp_register(e, number))) {
                engine_tell(e, pc + i, NOT_BOXED);
            }
        }
        bool whole = opcode(instruction) == OP_FP && instruction >> 27 == FMV_TO_X &&
                     format(instruction) == FMT_DOUBLE && (instruction >> 12 & 7) == 0;
        if (whole && r.singles >> (instruction >> 15 & 31) & 1) { /* FMV.X.D */
            engine_tell(e, pc + i, "a move of all of a register with a single-precision number");
        }
        execute(&r, instruction);
    }
}
