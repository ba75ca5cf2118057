/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A profile as a C header for programs that run on the kernel: everything a system call library needs that is a
 * number. Usable from assembly too but for what is below `#ifndef __ASSEMBLER__`. What the kernel does not have
 * is not defined.
 */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include <capdl/architecture.h>
#include <capdl/flags.h>

#include "profile/arch.h"
#include "profile/names.h"
#include "profile/note.h"
#include "profile/profile.h"

/* Numbers that are the same in every kernel since 13.0.0. */
static const struct profile_constant constants[] = {
    {"LOOKUP_INVALID_ROOT", 1},
    {"LOOKUP_MISSING_CAPABILITY", 2},
    {"LOOKUP_DEPTH_MISMATCH", 3},
    {"LOOKUP_GUARD_MISMATCH", 4},
};
static const struct profile_constant message_constants[] = {
    {"MESSAGE_MAX_LENGTH", 120},
    {"MESSAGE_MAX_EXTRA_CAPS", 3},
};
static const struct profile_constant buffer_constants[] = {
    {"IPC_BUFFER_WORD_TAG", 0},
    {"IPC_BUFFER_WORD_MESSAGE", 1},
    {"IPC_BUFFER_WORD_USER_DATA", 121},
    {"IPC_BUFFER_WORD_CAPS", 122},
    {"IPC_BUFFER_WORD_RECEIVE_CNODE", 125},
    {"IPC_BUFFER_WORD_RECEIVE_INDEX", 126},
    {"IPC_BUFFER_WORD_RECEIVE_DEPTH", 127},
    {"TCB_FLAG_FPU_DISABLED", CAPDL_TCB_FLAG_FPU_DISABLED},
    {"SCHED_CONTEXT_SPORADIC", CAPDL_SC_FLAG_SPORADIC},
};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

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

static const char *in_capitals(const char *text, char *capitals, size_t size)
{
    size_t i = 0;
    for (; text[i] && i + 1 < size; i++) {
        capitals[i] = (char)toupper((unsigned char)text[i]);
    }
    capitals[i] = 0;
    return capitals;
}

static void put_configuration(const struct capdl_profile *p, FILE *out)
{
    char name[32];
    define_string(out, "PROFILE", p->name);
    define_string(out, "VERSION", p->version);
    define_string(out, "PLATFORM", p->platform);
    define(out, "ARCH_", in_capitals(capdl_architecture(p->arch)->kernel, name, sizeof(name)), 1);
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

static void put_message(FILE *out, const char *fault, const char *words)
{
    fprintf(out, "#define SEL4_%s_LENGTH %u\n", fault, put_words(out, fault, words));
}

/* Words of a fault handler's message, from 0, separated by spaces; a name after `=` stands for the same word. */
static void put_fault_messages(const struct capdl_profile *p, FILE *out)
{
    fputs("\n/* Words of fault messages. */\n", out);
    put_message(out, "CAP_FAULT",
                "IP ADDR IN_RECV_PHASE LOOKUP_FAILURE BITS_LEFT GUARD_FOUND=DEPTH_BITS_FOUND GUARD_BITS_FOUND");
    put_message(out, "VM_FAULT", "IP ADDR INSTRUCTION FSR");
    put_message(out, "UNKNOWN_SYSCALL", profile_arch(p->arch)->unknown_syscall);
    put_message(out, "USER_EXCEPTION", profile_arch(p->arch)->user_exception);
    if (p->mcs) {
        put_message(out, "TIMEOUT",
                    capdl_architecture(p->arch)->word_bits == 64 ? "DATA CONSUMED" : "DATA CONSUMED_LOW CONSUMED_HIGH");
    }
}

static void put_list(FILE *out, const struct profile_constant *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        define(out, "", list[i].name, list[i].value);
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
    put_list(out, constants, LENGTH(constants));
    define(out, "", "MESSAGE_REGISTERS", capdl_architecture(p->arch)->message_registers);
    put_list(out, message_constants, LENGTH(message_constants));
    define(out, "", "IPC_BUFFER_BITS", capdl_architecture(p->arch)->ipc_buffer_bits);
    put_list(out, buffer_constants, LENGTH(buffer_constants));
    for (const struct profile_constant *c = profile_arch(p->arch)->attributes; c->name; c++) {
        put_list(out, c, 1);
    }
}

static void put_registers(const struct capdl_profile *p, FILE *out)
{
    const struct capdl_architecture *facts = capdl_architecture(p->arch);
    const struct {
        const char *name, *register_name;
    } aliases[] = {{"PROGRAM_COUNTER", facts->ip}, {"STACK_POINTER", facts->sp}, {"ARGUMENT", facts->arguments[0]}};
    const char *const *registers;
    size_t count = register_names(p->arch, &registers);

    fputs("\n/* Registers: words of TCB_ReadRegisters and TCB_WriteRegisters. */\n", out);
    for (size_t i = 0; i < count; i++) {
        char name[16];
        define(out, "REGISTER_", in_capitals(registers[i], name, sizeof(name)), (int64_t)i);
        for (size_t j = 0; j < LENGTH(aliases); j++) {
            if (aliases[j].register_name && strcmp(registers[i], aliases[j].register_name) == 0) {
                define(out, "REGISTER_", aliases[j].name, (int64_t)i);
            }
        }
    }
    define(out, "", "REGISTERS", (int64_t)count);
}

static void put_guard(FILE *out, const struct capdl_architecture *facts)
{
    fprintf(out, "#define SEL4_GUARD(guard, bits) ((unsigned long)(guard) << %u | (unsigned long)(bits)",
            facts->guard_shift);
    if (facts->guard_size_shift) {
        fprintf(out, " << %u", facts->guard_size_shift);
    }
    fputs(")\n", out);
}

static void put_encodings(const struct capdl_profile *p, FILE *out)
{
    const struct capdl_architecture *facts = capdl_architecture(p->arch);
    fprintf(out,
            "\n#ifndef __ASSEMBLER__\n"
            "/* Message information: label in %u bits, capabilities unwrapped in 3, extra capabilities in 2, length in "
            "7. */\n"
            "#define SEL4_MESSAGE(label, extra_caps, length) \\\n"
            "    ((unsigned long)(label) << 12 | (unsigned long)(extra_caps) << 7 | (unsigned long)(length))\n"
            "#define SEL4_MESSAGE_LABEL(message) ((unsigned long)(message) >> 12)\n"
            "#define SEL4_MESSAGE_CAPS_UNWRAPPED(message) ((unsigned long)(message) >> 9 & 7)\n"
            "#define SEL4_MESSAGE_EXTRA_CAPS(message) ((unsigned long)(message) >> 7 & 3)\n"
            "#define SEL4_MESSAGE_LENGTH(message) ((unsigned long)(message) & 127)\n"
            "/* The badge of a CNode capability: its guard and how many bits of it count. */\n",
            facts->word_bits - 12u);
    put_guard(out, facts);
    fputs("#endif\n", out);
}

/* The same lines in assembly and as strings in C. */
static void put_note(const struct capdl_profile *p, FILE *out)
{
    uint32_t word[PROFILE_NOTE_WORDS];
    char numbers[160];
    size_t length;
    profile_note(p, word);
    length = (size_t)snprintf(numbers, sizeof(numbers), "%zu, %d, %d, 0x%x, 0x%x", sizeof(PROFILE_NOTE_NAME),
                              PROFILE_NOTE_WORDS * 4, PROFILE_NOTE_TYPE, PROFILE_NOTE_NAME_0, PROFILE_NOTE_NAME_1);
    for (size_t i = 0; i < PROFILE_NOTE_WORDS; i++) {
        length += (size_t)snprintf(numbers + length, sizeof(numbers) - length, ", 0x%" PRIx32, word[i]);
    }
    fprintf(out,
            "\n/* Leaves a note in the program's file, which is not loaded: the kernel that it is for. */\n"
            "#if !defined(__ELF__) || defined(SEL4_NO_NOTE)\n"
            "#elif defined(__ASSEMBLER__)\n"
            ".pushsection " PROFILE_NOTE_SECTION ", \"M\", %%note, %d\n.balign 4\n.long %s\n.popsection\n"
            "#elif defined(__GNUC__)\n"
            "__asm__(\".pushsection " PROFILE_NOTE_SECTION ", \\\"M\\\", %%note, %d\\n.balign 4\\n\"\n"
            "        \".long %s\\n\"\n"
            "        \".popsection\");\n"
            "#endif\n",
            PROFILE_NOTE_SIZE, numbers, PROFILE_NOTE_SIZE, numbers);
}

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
    put_encodings(p, out);
    put_note(p, out);
    fputs("\n#endif\n", out);
}
