/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A profile as a C header for programs that run on the kernel: everything a system call library needs that is a
 * number. Usable from assembly too but for what lies below `#ifndef __ASSEMBLER__`. What the kernel does not have
 * is not defined.
 */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "profile/names.h"
#include "profile/profile.h"

/* Words of a fault handler's message, from 0; architectures as initials of arch.def's first three: A, R, X. */
static const struct {
    const char *arches;
    const char *fault;
    const char *words; /* space separated; a name behind `=` stands for the same word */
} messages[] = {
    {"ARX", "CAP_FAULT",
     "IP ADDR IN_RECV_PHASE LOOKUP_FAILURE BITS_LEFT GUARD_FOUND=DEPTH_BITS_FOUND GUARD_BITS_FOUND"},
    {"ARX", "VM_FAULT", "IP ADDR INSTRUCTION FSR"},
    {"A", "UNKNOWN_SYSCALL", "X0 X1 X2 X3 X4 X5 X6 X7 IP SP LR SPSR SYSCALL"},
    {"R", "UNKNOWN_SYSCALL", "IP SP RA A0 A1 A2 A3 A4 A5 A6 SYSCALL"},
    {"X", "UNKNOWN_SYSCALL", "RAX RBX RCX RDX RSI RDI RBP R8 R9 R10 R11 R12 R13 R14 R15 IP SP FLAGS SYSCALL"},
    {"A", "USER_EXCEPTION", "IP SP SPSR NUMBER CODE"},
    {"R", "USER_EXCEPTION", "IP SP NUMBER CODE"},
    {"X", "USER_EXCEPTION", "IP SP FLAGS NUMBER CODE"},
};

/* Numbers that are the same in every kernel since 13.0.0. */
static const struct {
    const char *arches;
    const char *name;
    unsigned value;
} constants[] = {
    {"ARX", "LOOKUP_INVALID_ROOT", 1},
    {"ARX", "LOOKUP_MISSING_CAPABILITY", 2},
    {"ARX", "LOOKUP_DEPTH_MISMATCH", 3},
    {"ARX", "LOOKUP_GUARD_MISMATCH", 4},
    {"ARX", "MESSAGE_REGISTERS", 4},
    {"ARX", "MESSAGE_MAX_LENGTH", 120},
    {"ARX", "MESSAGE_MAX_EXTRA_CAPS", 3},
    {"ARX", "IPC_BUFFER_BITS", 10},
    {"ARX", "IPC_BUFFER_WORD_TAG", 0},
    {"ARX", "IPC_BUFFER_WORD_MESSAGE", 1},
    {"ARX", "IPC_BUFFER_WORD_USER_DATA", 121},
    {"ARX", "IPC_BUFFER_WORD_CAPS", 122},
    {"ARX", "IPC_BUFFER_WORD_RECEIVE_CNODE", 125},
    {"ARX", "IPC_BUFFER_WORD_RECEIVE_INDEX", 126},
    {"ARX", "IPC_BUFFER_WORD_RECEIVE_DEPTH", 127},
    {"ARX", "TCB_FLAG_FPU_DISABLED", 1},
    {"ARX", "SCHED_CONTEXT_SPORADIC", 1},
    {"A", "VM_CACHEABLE", 1},
    {"A", "VM_PARITY", 2},
    {"A", "VM_EXECUTE_NEVER", 4},
    {"R", "VM_EXECUTE_NEVER", 1},
    {"X", "VM_WRITE_THROUGH", 1},
    {"X", "VM_CACHE_DISABLED", 2},
    {"X", "VM_UNCACHEABLE", 3},
    {"X", "VM_WRITE_COMBINING", 4},
};

static bool is_for(const char *arches, const struct capdl_profile *p)
{
    return strchr(arches, "ARX"[p->arch]) != NULL;
}

static void define(FILE *out, const char *prefix, const char *name, int64_t value)
{
    fprintf(out, value < 0 ? "#define SEL4_%s%s (%" PRId64 ")\n" : "#define SEL4_%s%s %" PRId64 "\n", prefix, name,
            value);
}

static void define_address(FILE *out, const char *name, uint64_t value)
{
    fprintf(out, "#define SEL4_%s 0x%" PRIx64 "\n", name, value);
}

/* Strings of a profile are printable ASCII. */
static void define_string(FILE *out, const char *name, const char *text)
{
    fprintf(out, "#define SEL4_%s \"", name);
    for (; *text != 0; text++) {
        fprintf(out, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
    }
    fputs("\"\n", out);
}

static void put_configuration(const struct capdl_profile *p, FILE *out)
{
    static const char *const arches[] = {"ARCH_AARCH64", "ARCH_RISCV64", "ARCH_X86_64"};

    define_string(out, "PROFILE", p->name);
    define_string(out, "VERSION", p->version);
    define_string(out, "PLATFORM", p->platform);
    define(out, "", arches[p->arch], 1);
    define(out, "", "MCS", p->mcs);
    define(out, "", "HYPERVISOR", p->hypervisor);
    define(out, "", "SMP", p->smp);
    define(out, "", "PRINTING", p->printing);
    define(out, "", "DEBUG", p->debug);
    define(out, "", "SYSENTER", p->sysenter);
    define(out, "", "FPU", p->fpu);
    define(out, "", "SMC", p->smc);
    define(out, "", "MAX_NODES", p->max_nodes);
    define(out, "", "NUM_DOMAINS", p->num_domains);
    define(out, "", "NUM_PRIORITIES", p->num_priorities);
    define(out, "", "RETYPE_FAN_OUT", p->fan_out);
    if (p->timer_frequency != 0) {
        define(out, "", "TIMER_FREQUENCY", (int64_t)p->timer_frequency);
    }
    define_address(out, "USER_TOP", p->user_top);
    define(out, "", "VSPACE_LEVELS", p->vspace_levels);
}

static void put_tables(const struct capdl_profile *p, FILE *out)
{
    fputs("\n/* System calls. */\n", out);
    for (size_t i = 0; i < CAPDL_SYSCALL_COUNT; i++) {
        if (p->syscalls[i] != 0) {
            define(out, "SYS_", syscall_ids[i], p->syscalls[i]);
        }
    }
    fputs("\n/* Invocation labels. */\n", out);
    for (size_t i = 0; i < CAPDL_METHOD_COUNT; i++) {
        if (p->labels[i] != CAPDL_PROFILE_ABSENT) {
            define(out, "LABEL_", method_ids[i], p->labels[i]);
        }
    }
    fputs("\n/* Object types; log2 of their sizes (CNODE: a slot's; UNTYPED, SCHED_CONTEXT: the least). */\n", out);
    for (size_t i = 0; i < CAPDL_TYPE_COUNT; i++) {
        if (p->types[i] != CAPDL_PROFILE_ABSENT) {
            define(out, "TYPE_", type_ids[i], p->types[i]);
        }
    }
    for (size_t i = 0; i < CAPDL_TYPE_COUNT; i++) {
        if (p->types[i] != CAPDL_PROFILE_ABSENT) {
            define(out, "BITS_", type_ids[i], p->size_bits[i]);
        }
    }
    define(out, "BITS_", "MAX_UNTYPED", p->max_untyped_bits);
    fputs("\n/* Faults: labels of a handler's messages. */\n", out);
    for (size_t i = 0; i < CAPDL_FAULT_COUNT; i++) {
        if (p->faults[i] != 0) {
            define(out, "FAULT_", fault_ids[i], p->faults[i]);
        }
    }
}

/* Numbers the words of a message; returns how many there are. */
static unsigned put_words(FILE *out, const char *fault, const char *words)
{
    unsigned number = 0;

    while (*words != 0) {
        size_t size = strcspn(words, " =");

        fprintf(out, "#define SEL4_%s_%.*s %u\n", fault, (int)size, words, number);
        words += size;
        if (*words != '=') {
            number++;
        }
        if (*words != 0) {
            words++;
        }
    }
    return number;
}

static void put_fault_messages(const struct capdl_profile *p, FILE *out)
{
    fputs("\n/* Words of fault messages. */\n", out);
    for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
        if (is_for(messages[i].arches, p)) {
            fprintf(out, "#define SEL4_%s_LENGTH %u\n", messages[i].fault,
                    put_words(out, messages[i].fault, messages[i].words));
        }
    }
    if (p->mcs) {
        fprintf(out, "#define SEL4_TIMEOUT_LENGTH %u\n", put_words(out, "TIMEOUT", "DATA CONSUMED"));
    }
}

static void put_constants(const struct capdl_profile *p, FILE *out)
{
    fputs("\n/* Rights. */\n", out);
#define CAPDL_RIGHT(id, letter, frame_letter, bit, name) define(out, "RIGHT_", #id, 1 << (bit));
#include <capdl/rights.def>
#undef CAPDL_RIGHT
    define(out, "RIGHT_", "ALL", CAPDL_RIGHTS_ALL);
    fputs("\n/* Errors: labels of an invocation's answer. */\n", out);
#define CAPDL_KERNEL_ERROR(id, number, name) define(out, "ERROR_", #id, number);
#include <capdl/errors.def>
#undef CAPDL_KERNEL_ERROR
    fputs("\n/* Lookup failures, messages, the IPC buffer (in words), flags, mapping attributes. */\n", out);
    for (size_t i = 0; i < sizeof(constants) / sizeof(constants[0]); i++) {
        if (is_for(constants[i].arches, p)) {
            define(out, "", constants[i].name, constants[i].value);
        }
    }
}

static void put_registers(const struct capdl_profile *p, FILE *out)
{
    static const char *const aliases[][3] = {{"pc", "pc", "rip"}, {"sp", "sp", "rsp"}, {"x0", "a0", "rdi"}};
    static const char *const names[] = {"PROGRAM_COUNTER", "STACK_POINTER", "ARGUMENT"};
    const char *const *registers;
    size_t count = register_names(p->arch, &registers);

    fputs("\n/* Registers: words of TCB_ReadRegisters and TCB_WriteRegisters. */\n", out);
    for (size_t i = 0; i < count; i++) {
        char name[16];
        size_t length = strlen(registers[i]);

        for (size_t j = 0; j <= length; j++) {
            name[j] = (char)toupper((unsigned char)registers[i][j]);
        }
        define(out, "REGISTER_", name, (int64_t)i);
        for (size_t j = 0; j < sizeof(names) / sizeof(names[0]); j++) {
            if (strcmp(registers[i], aliases[j][p->arch]) == 0) {
                define(out, "REGISTER_", names[j], (int64_t)i);
            }
        }
    }
    define(out, "", "REGISTERS", (int64_t)count);
}

static const char encodings[] =
    "\n#ifndef __ASSEMBLER__\n"
    "/* Message information: label in 52 bits, capabilities unwrapped in 3, extra capabilities in 2, length in 7. */\n"
    "#define SEL4_MESSAGE(label, extra_caps, length) \\\n"
    "    ((unsigned long)(label) << 12 | (unsigned long)(extra_caps) << 7 | (unsigned long)(length))\n"
    "#define SEL4_MESSAGE_LABEL(message) ((unsigned long)(message) >> 12)\n"
    "#define SEL4_MESSAGE_CAPS_UNWRAPPED(message) ((unsigned long)(message) >> 9 & 7)\n"
    "#define SEL4_MESSAGE_EXTRA_CAPS(message) ((unsigned long)(message) >> 7 & 3)\n"
    "#define SEL4_MESSAGE_LENGTH(message) ((unsigned long)(message) & 127)\n"
    "/* The badge of a CNode capability: its guard and how many bits of it count. */\n"
    "#define SEL4_GUARD(guard, bits) ((unsigned long)(guard) << 6 | (unsigned long)(bits))\n"
    "#endif\n";

void profile_print_header(const struct capdl_profile *p, FILE *out)
{
    fputs("/* Facts of one configuration of the seL4 kernel, printed by 'capdl profile --header'. */\n"
          "#ifndef SEL4_PROFILE_H\n"
          "#define SEL4_PROFILE_H\n\n",
          out);
    put_configuration(p, out);
    put_tables(p, out);
    put_fault_messages(p, out);
    put_constants(p, out);
    put_registers(p, out);
    fputs(encodings, out);
    fputs("\n#endif\n", out);
}
