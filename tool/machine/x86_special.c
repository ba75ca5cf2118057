/* SPDX-License-Identifier: BSD-2-Clause */
/* Instructions that the emulator would execute, but not as the processor does. */
#include "x86.h"

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

enum { MODRM_VMCALL = 0xc1, MODRM_SVM = 0xd8 };

/* VMCALL, and the instructions of AMD's SVM. */
static bool is_virtualization(const struct x86_instruction *i)
{
    return i->map == 1 && i->opcode == 0x01 && (i->modrm == MODRM_VMCALL || (i->modrm & 0xf8) == MODRM_SVM);
}

/* What the emulator executes although the processor that it claims to be lacks it, or lacks it with this operand:
 * FEMMS, 3DNow!, ADCX, ADOX, AES, and some of SSE4A. */
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
    case 0x0f:
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

/* SYSRET, RDPMC, SYSEXIT, CPUID */
static bool is_special_two(uint8_t opcode)
{
    return opcode == X86_SYSRET || opcode == 0x33 || opcode == 0x35 || opcode == X86_CPUID;
}

bool x86_is_invalid(const struct x86_instruction *i)
{
    return is_undefined(i) || is_virtualization(i) || (i->map == 0 && i->opcode == 0xf1) || /* INT1 */
           (i->map == 1 && i->opcode == X86_CPUID);                                         /* with LOCK */
}

static bool is_special(const struct x86_instruction *i)
{
    return is_undefined(i) || (i->map == 0 && is_special_one(i->opcode)) ||
           (i->map == 1 && (is_special_two(i->opcode) || is_virtualization(i)));
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
