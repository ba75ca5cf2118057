/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel.h"

#include "arch.h"
#include "message.h"

struct capdl_call *call_start(enum capdl_boot_key method, unsigned target_kind, uint64_t target)
{
    static struct capdl_call call;

    call.method = METHOD_OWN + (unsigned)method;
    call.label = (unsigned)self.blob.boot[method];
    call.num_caps = 0;
    call.num_operands = 0;
    call.target.kind = target_kind;
    call.target.value = target;
    return &call;
}

void call_reference(struct capdl_call *call, unsigned kind, uint64_t value)
{
    struct capdl_operand *operand = &call->operands[call->num_operands++];

    operand->kind = kind;
    operand->value = value;
}

void call_cap(struct capdl_call *call, unsigned kind, uint64_t value)
{
    call->num_caps++;
    call_reference(call, kind, value);
}

void call_word(struct capdl_call *call, uint64_t value)
{
    call_reference(call, CAPDL_OPERAND_LITERAL, value);
}

static uint64_t resolve_sched_control(uint64_t core)
{
    const uint64_t cores = self.sched_control.end - self.sched_control.start;

    if (core >= cores)
        die("no SchedControl of core %, the kernel has % cores", core, cores);
    return self.sched_control.start + core;
}

/* The word that goes into the message: the capability pointer for what is a reference. */
static uint64_t resolve(const struct capdl_operand *operand)
{
    switch (operand->kind) {
    case CAPDL_REF_SLOT:
        return self.first_slot + operand->value;
    case CAPDL_REF_PAGE:
        return self.first_page + operand->value;
    case CAPDL_REF_INITIAL:
        return operand->value == CAPDL_INITIAL_CNODE ? self.cnode : operand->value;
    case CAPDL_REF_SCHED_CONTROL:
        return resolve_sched_control(operand->value);
    default:
        return operand->value;
    }
}

/* seL4_MessageInfo: label, capabilities, words. A reply has the error in place of the label. */
enum { INFO_CAPS = 7, INFO_LABEL = 12 };

unsigned call_try(const struct capdl_call *call)
{
    unsigned num_words = call->num_operands - call->num_caps;
    uint64_t registers[MESSAGE_REGISTERS] = { 0 };
    uint64_t info = (uint64_t)call->label << INFO_LABEL | call->num_caps << INFO_CAPS | num_words;

    for (unsigned i = 0; i < call->num_caps; i++)
        self.ipc_buffer->caps[i] = resolve(&call->operands[i]);
    for (unsigned i = 0; i < num_words; i++) {
        uint64_t word = resolve(&call->operands[call->num_caps + i]);
        if (i < MESSAGE_REGISTERS)
            registers[i] = word;
        else
            self.ipc_buffer->words[i] = word;
    }
    header.num_calls++;
    info = arch_call(self.blob.boot[CAPDL_BOOT_SYS_CALL], resolve(&call->target), info, registers);
    return (unsigned)(info >> INFO_LABEL);
}

void call_make(const struct capdl_call *call)
{
    unsigned error = call_try(call);

    if (error)
        die_call(call, error);
}

void kernel_putchar(char c)
{
    static const uint64_t registers[MESSAGE_REGISTERS];

    if (self.blob.boot[CAPDL_BOOT_SYS_PUTCHAR])
        arch_call(self.blob.boot[CAPDL_BOOT_SYS_PUTCHAR], (uint64_t)c, 0, registers);
}
