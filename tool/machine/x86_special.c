/* SPDX-License-Identifier: BSD-2-Clause */
/* Instructions that the emulator would execute, but not as the processor does. */
#include "cpu.h"

enum { LACKS_COUNTS = UC_API_MINOR == 0 }; /* POPCNT and LZCNT come with Unicorn 2.1 */

/* Opcodes that the emulator executes although user level must not, or for which it raises another exception. */
static bool is_special_one(uint8_t opcode)
{
    switch (opcode) {
    case 0x6c: /* INS, OUTS, IN, OUT */
    case 0x6d:
    case 0x6e:
    case 0x6f:
    case 0xe4:
    case 0xe5:
    case 0xe6:
    case 0xe7:
    case 0xec:
    case 0xed:
    case 0xee:
    case 0xef:
    case 0xcc: /* INT3, INT, INT1 */
    case 0xcd:
    case 0xf1:
        return true;
    default:
        return false;
    }
}

enum { MODRM_VMCALL = 0xc1, MODRM_VMMCALL = 0xd9 };

static bool is_vmcall(const struct x86_instruction *i)
{
    return i->map == 1 && i->opcode == 0x01 && (i->modrm == MODRM_VMCALL || i->modrm == MODRM_VMMCALL);
}

/* What the emulator executes although the processor that it claims to be lacks it, or lacks it with this operand:
 * FEMMS, ADCX, ADOX, AES, and some of SSE4A. */
static bool is_undefined(const struct x86_instruction *i)
{
    bool memory = i->modrm < 0xc0;
    if (i->vex || i->map == 0) {
        return i->vex;
    }
    if (i->map > 1) {
        return i->map == 3 ? i->opcode == 0xdf : (i->opcode >= 0xdb && i->opcode <= 0xdf) || i->opcode == 0xf6;
    }
    switch (i->opcode) {
    case 0x0e:
    case 0x78:
    case 0x79:
        return true;
    case 0x2b:
        return i->prefix;
    case 0x50:
    case 0x71:
    case 0x72:
    case 0x73:
        return memory;
    case 0xd6:
        return i->prefix && memory;
    default:
        return false;
    }
}

/* SYSRET, RDPMC, SYSEXIT */
static bool is_special_two(uint8_t opcode)
{
    return opcode == 0x07 || opcode == 0x33 || opcode == 0x35;
}

bool x86_is_invalid(const struct x86_instruction *i)
{
    return is_undefined(i) || is_vmcall(i) || (i->map == 0 && i->opcode == 0xf1); /* INT1 */
}

static bool is_special(const struct x86_instruction *i)
{
    return is_undefined(i) || (i->map == 0 && is_special_one(i->opcode)) ||
           (i->map == 1 && (is_special_two(i->opcode) || is_vmcall(i)));
}

uint32_t x86_find_special(const struct kernel *k, const uint8_t *code, size_t size, bool fpu)
{
    (void)k, (void)fpu;
    uint32_t index = 0;
    for (size_t at = 0; at < size; index++) {
        struct x86_instruction i = x86_decode(code + at, size - at);
        if (i.length == 0) {
            break;
        }
        if (is_special(&i)) {
            return index;
        }
        at += i.length;
    }
    return CPU_NO_SPECIAL;
}

static const char *system_deviation(const struct x86_instruction *i)
{
    unsigned reg = i->modrm >> 3 & 7;
    bool memory = i->modrm < 0xc0;
    switch (i->opcode) {
    case 0x00:
        return reg == 1 ? "STR" : reg == 4 ? "VERR" : reg == 5 ? "VERW" : NULL;
    case 0x01:
        return memory && reg == 0 ? "SGDT" : memory && reg == 1 ? "SIDT" : NULL;
    case 0x02:
        return "LAR";
    case 0x03:
        return "LSL";
    case 0xa1: /* FS, GS */
    case 0xa9:
        return "POP of a segment register";
    case 0xb2: /* LSS, LFS, LGS */
    case 0xb4:
    case 0xb5:
        return memory ? "a load of a far pointer" : NULL;
    case 0xbd:
        return LACKS_COUNTS && i->prefix == 0xf3 ? "LZCNT" : NULL;
    default:
        return NULL;
    }
}

#define BRANCH_CUT "a branch with an operand-size prefix"

/* JCC, LOOP, JCXZ, CALL, JMP, RET; with an operand-size prefix the emulator cuts the program counter. */
static bool is_branch(const struct x86_instruction *i)
{
    uint8_t op = i->opcode, reg = i->modrm >> 3 & 7;
    if (i->map == 1) {
        return (op & 0xf0) == 0x80;
    }
    return (op & 0xf0) == 0x70 || (op & 0xfc) == 0xe0 || op == 0xe8 || op == 0xe9 || op == 0xeb ||
           (op & 0xfe) == 0xc2 || (op == 0xff && (reg == 2 || reg == 4));
}

static const char *deviation_of(const struct x86_instruction *i)
{
    unsigned reg = i->modrm >> 3 & 7;
    if (i->map == 1) {
        return i->operand16 && is_branch(i) ? BRANCH_CUT : system_deviation(i);
    }
    bool far = i->opcode == 0xff && (reg == 3 || reg == 5);
    bool far_return = i->opcode == 0xca || i->opcode == 0xcb || i->opcode == 0xcf;
    return i->map != 0                            ? NULL
           : far || far_return                    ? "a far transfer"
           : i->rex && (i->opcode & 0xfe) == 0x9e ? "SAHF or LAHF with a REX prefix"
           : i->operand16 && is_branch(i)         ? BRANCH_CUT
           : i->opcode == 0x8e                    ? "MOV to a segment register"
           : i->opcode == 0x8c                    ? "MOV from a segment register"
                                                  : NULL;
}

const char *x86_deviation(const uint8_t *code, size_t size, size_t *offset)
{
    for (size_t at = 0; at < size;) {
        struct x86_instruction i = x86_decode(code + at, size - at);
        const char *what = i.length && !i.vex ? deviation_of(&i) : NULL;
        if (what || i.length == 0) {
            *offset = at;
            return what;
        }
        at += i.length;
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
