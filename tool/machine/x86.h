/* SPDX-License-Identifier: BSD-2-Clause */
/* Instructions of x86-64, as far as the machine must know them. */
#ifndef MACHINE_X86_H
#define MACHINE_X86_H

#include "cpu.h"

enum { X86_USER_CS = 0x2b, X86_USER_SS = 0x33 };
enum { X86_PROTECTION = 13 };                 /* vector of the general protection fault */
enum { X86_SYSRET = 0x07, X86_CPUID = 0xa2 }; /* in map 1 */

/* x86_length.c */
struct x86_instruction {
    uint8_t length; /* 0: not one that can be told */
    bool vex;
    uint8_t map; /* 0, or 1 after 0F, 2 after 0F 38, 3 after 0F 3A */
    uint8_t opcode, modrm;
    uint8_t rex, prefix; /* prefix: F2 or F3 */
    bool operand16, address32, lock;
    uint8_t segment; /* prefix: 64 or 65; those of other segments mean nothing */
    uint8_t operand; /* offset of the ModRM byte, if it has one */
};
struct x86_instruction x86_decode(const uint8_t *code, size_t size);

/* x86_aligned.c */
#define X86_NO_REGISTER UINT32_MAX
/* An address: base + (index << scale) + displacement, relative to the next instruction if `rip`; registers numbered as
 * in instructions. */
struct x86_operand {
    uint32_t base, index;
    unsigned scale;
    uint64_t displacement;
    bool rip;
};
/* Whether it raises a general protection fault when its operand in memory is not aligned to 16 bytes. */
bool x86_needs_alignment(const struct x86_instruction *);
/* Of an instruction with such an operand, whose bytes are at `code`. */
struct x86_operand x86_memory_operand(const struct x86_instruction *, const uint8_t *code);

/* x86_special.c: as the member of struct cpu_arch */
uint32_t x86_find_special(const struct kernel *, const uint8_t *code, size_t size, bool fpu);
/* Whether a special instruction ends in the exception of an invalid opcode. */
bool x86_is_invalid(const struct x86_instruction *);

/* x86_deviations.c: as the members of struct cpu_arch */
const char *x86_next_deviation(const uint8_t *code, size_t size, size_t *at, size_t *length);
const char *x86_lacking(const uint8_t *code, size_t size);

/* x86_operands.c */
/* Registers numbered as in instructions. */
extern const int x86_registers[16];
bool x86_next_checked(const uint8_t *code, size_t size, size_t *at, size_t *length);
bool x86_check(struct engine *, uint64_t pc, struct cpu_exit *);
/* Whether it is a CMPXCHG that x86_check has ended the run for; if so, does what it does. */
bool x86_exchange(struct engine *, const struct x86_instruction *, const uint8_t *code, uint64_t pc);
/* The code of the general protection fault that the instruction has raised: its selector, or 0. */
uint64_t x86_selector_code(struct engine *, const struct x86_instruction *, const uint8_t *code, uint64_t pc);

#endif
