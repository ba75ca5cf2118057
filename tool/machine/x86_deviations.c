/* SPDX-License-Identifier: BSD-2-Clause */
/* Instructions of x86-64 that the emulator lacks or executes otherwise than processors, as far as code shows it. */
#include "x86.h"

enum { LACKS_COUNTS = UC_API_MINOR == 0 }; /* POPCNT and LZCNT come with Unicorn 2.1 */

#define BRANCH_CUT "a branch with an operand-size prefix"

/* JCC, LOOP, JCXZ, CALL, JMP, RET; with an operand-size prefix the emulator cuts the program counter. */
static bool is_branch(const struct x86_instruction *i)
{
    uint8_t op = i->opcode, reg = i->modrm >> 3 & 7;
    if (i->map != 0) {
        return i->map == 1 && (op & 0xf0) == 0x80;
    }
    return (op & 0xf0) == 0x70 || (op & 0xfc) == 0xe0 || op == 0xe8 || op == 0xe9 || op == 0xeb ||
           (op & 0xfe) == 0xc2 || (op == 0xff && (reg == 2 || reg == 4));
}

/* x87: the emulator neither sets all flags of exceptions nor computes these with 64 bits of precision. */
static const char *x87_deviation(const struct x86_instruction *i)
{
    unsigned reg = i->modrm >> 3 & 7;
    bool memory = i->modrm < 0xc0;
    if (i->opcode == 0xd9 && !memory) {
        return i->modrm == 0xf0   ? "F2XM1"
               : i->modrm == 0xf1 ? "FYL2X"
               : i->modrm == 0xf5 ? "FPREM1"
               : i->modrm == 0xf8 ? "FPREM"
               : i->modrm == 0xf9 ? "FYL2XP1"
                                  : NULL;
    }
    if ((i->opcode == 0xd9 && reg == 6) || (i->opcode == 0xdd && memory && reg >= 6) ||
        (i->opcode == 0xdf && i->modrm == 0xe0)) {
        return "a store of the x87 status";
    }
    return NULL;
}

static const char *deviation_of(const struct x86_instruction *i)
{
    unsigned reg = i->modrm >> 3 & 7;
    bool memory = i->modrm < 0xc0;
    if (i->operand16 && is_branch(i)) {
        return BRANCH_CUT;
    }
    if (i->map == 1 && i->opcode == 0x01 && memory && reg <= 1) {
        return reg == 0 ? "SGDT" : "SIDT";
    }
    if (i->map == 1 && i->opcode == 0xbd && i->prefix == 0xf3) {
        return LACKS_COUNTS ? "LZCNT" : NULL;
    }
    if (i->map == 1 && i->opcode == 0xae && memory && (reg == 0 || reg == 3)) {
        return reg == 0 ? "FXSAVE" : "STMXCSR"; /* flags of exceptions are never set */
    }
    if (i->map == 0 && (i->opcode & 0xf8) == 0xd8) {
        return x87_deviation(i);
    }
    return i->map == 0 && i->rex && (i->opcode & 0xfe) == 0x9e ? "SAHF or LAHF with a REX prefix" : NULL;
}

const char *x86_next_deviation(const uint8_t *code, size_t size, size_t *at, size_t *length)
{
    for (; *at < size; *at += *length) {
        struct x86_instruction i = x86_decode(code + *at, size - *at);
        const char *what = i.length && !i.vex ? deviation_of(&i) : NULL;
        *length = i.length;
        if (what || i.length == 0) {
            return what;
        }
    }
    return NULL;
}

const char *x86_lacking(const uint8_t *code, size_t size)
{
    struct x86_instruction i = x86_decode(code, size);
    unsigned reg = i.modrm >> 3 & 7;
    if (i.length == 0 || i.vex || i.lock) {
        return NULL;
    }
    if (i.map == 2) {
        return i.prefix == 0xf2 && (i.opcode == 0xf0 || i.opcode == 0xf1) ? "CRC32" : NULL;
    }
    if (i.map == 1 && i.opcode == 0xae && i.modrm < 0xc0 && !i.prefix && !i.operand16) {
        return reg == 4 ? "XSAVE" : reg == 5 ? "XRSTOR" : reg == 6 ? "XSAVEOPT" : NULL;
    }
    if (i.map == 1 && i.opcode == 0xc2) {
        return "a comparison of floating-point numbers by a reserved predicate";
    }
    return LACKS_COUNTS && i.map == 1 && i.opcode == 0xb8 && i.prefix == 0xf3 ? "POPCNT" : NULL;
}
