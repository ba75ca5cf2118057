/* SPDX-License-Identifier: BSD-2-Clause */
/* SSE instructions whose operand in memory must be aligned to 16 bytes, and where that operand is. */
#include "x86.h"

/* By the last byte of the opcode, which prefixes make an instruction of it that needs alignment. Processors without
   AVX, so far as SSE4.2: Intel, Software Developer's Manual, volume 2. */
enum { NONE = 1, P66 = 2, PF3 = 4, PF2 = 8 };

static unsigned prefix_of(const struct x86_instruction *i)
{
    return i->prefix == 0xf3 ? PF3 : i->prefix == 0xf2 ? PF2 : i->operand16 ? P66 : NONE;
}

static unsigned aligned_two(uint8_t op)
{
    switch (op) {
    case 0x12: /* MOVSLDUP, MOVSHDUP */
    case 0x16:
        return PF3;
    case 0x14: /* UNPCKL, UNPCKH */
    case 0x15:
    case 0x28: /* MOVAPS, MOVNTPS and for doubles */
    case 0x29:
    case 0x2b:
    case 0x51: /* SQRT; AND, ANDN, OR, XOR, ADD, MUL; SUB, MIN, DIV, MAX */
    case 0x54:
    case 0x55:
    case 0x56:
    case 0x57:
    case 0x58:
    case 0x59:
    case 0x5c:
    case 0x5d:
    case 0x5e:
    case 0x5f:
    case 0xc2: /* CMP, SHUF */
    case 0xc6:
        return NONE | P66;
    case 0x52: /* RSQRT, RCP */
    case 0x53:
        return NONE;
    case 0x5b: /* CVTDQ2PS, CVTPS2DQ, CVTTPS2DQ */
        return NONE | P66 | PF3;
    case 0x2c: /* CVTTPD2PI, CVTPD2PI, CVTPD2PS, MOVDQA */
    case 0x2d:
    case 0x5a:
    case 0x6f:
    case 0x7f:
        return P66;
    case 0x70: /* PSHUFD, PSHUFHW, PSHUFLW */
        return P66 | PF3 | PF2;
    case 0x7c: /* HADD, HSUB, ADDSUB, CVTTPD2DQ, CVTPD2DQ */
    case 0x7d:
    case 0xd0:
    case 0xe6:
        return P66 | PF2;
    case 0x6e: /* MOVD, MOVQ; PMOVMSKB and MASKMOVDQU, which take no memory operand; LDDQU; UD0 */
    case 0xd6:
    case 0xd7:
    case 0xf0:
    case 0xf7:
    case 0xff:
        return 0;
    default: /* integers, packed */
        return (op >= 0x60 && op <= 0x6f) || (op >= 0x74 && op <= 0x76) || op >= 0xd1 ? P66 : 0;
    }
}

/* SSSE3, SSE4.1 and SSE4.2, but what extends packed integers, which reads less. */
static unsigned aligned_three_38(uint8_t op)
{
    bool extends = (op & 0xef) >= 0x20 && (op & 0xef) <= 0x25;
    bool known = op <= 0x0b || op == 0x10 || op == 0x14 || op == 0x15 || op == 0x17 || (op >= 0x1c && op <= 0x1e) ||
                 (op >= 0x28 && op <= 0x2b) || (op >= 0x37 && op <= 0x41);
    return known && !extends ? P66 : 0;
}

/* Not PCMPESTRM and its kin, which need no alignment. */
static unsigned aligned_three_3a(uint8_t op)
{
    bool known = op == 0x08 || op == 0x09 || (op >= 0x0c && op <= 0x0f) || (op >= 0x40 && op <= 0x42);
    return known ? P66 : 0;
}

bool x86_needs_alignment(const struct x86_instruction *i)
{
    if (i->length == 0 || i->vex || i->lock || i->modrm >= 0xc0) {
        return false;
    }
    unsigned prefixes = i->map == 1   ? aligned_two(i->opcode)
                        : i->map == 2 ? aligned_three_38(i->opcode)
                        : i->map == 3 ? aligned_three_3a(i->opcode)
                                      : 0;
    return prefixes & prefix_of(i);
}

static uint64_t displacement(const uint8_t *code, unsigned bytes)
{
    if (bytes == 1) {
        return (uint64_t)(int8_t)code[0];
    }
    uint32_t value =
        bytes == 0 ? 0 : code[0] | (uint32_t)code[1] << 8 | (uint32_t)code[2] << 16 | (uint32_t)code[3] << 24;
    return (uint64_t)(int32_t)value;
}

struct x86_operand x86_memory_operand(const struct x86_instruction *i, const uint8_t *code)
{
    uint8_t mode = i->modrm >> 6, base = i->modrm & 7;
    const uint8_t *next = code + i->operand + 1;
    struct x86_operand operand = {.base = X86_NO_REGISTER, .index = X86_NO_REGISTER};
    bool rip = mode == 0 && base == 5, absolute = false;
    if (base == 4) {
        uint8_t sib = *next++;
        unsigned index = (sib >> 3 & 7) | (i->rex & 2 ? 8 : 0);
        base = sib & 7;
        absolute = mode == 0 && base == 5;
        operand.index = index == 4 ? X86_NO_REGISTER : index;
        operand.scale = sib >> 6;
    }
    if (!rip && !absolute) {
        operand.base = base | (i->rex & 1 ? 8u : 0u);
    }
    operand.displacement = displacement(next, mode == 1 ? 1 : mode == 2 || rip || absolute ? 4 : 0);
    operand.rip = rip;
    return operand;
}
