/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel.h"

#include "arch.h"
#include "message.h"

static struct capdl_call own;

const struct capdl_call *call_start(enum capdl_boot_key method, unsigned target_kind, uint64_t target)
{
    own.method = METHOD_OWN + (unsigned)method;
    own.label = (unsigned)self.blob.boot[method];
    own.num_caps = 0;
    own.num_operands = 0;
    own.target.kind = target_kind;
    own.target.value = target;
    return &own;
}

static void call_operand(unsigned kind, uint64_t value)
{
    struct capdl_operand *operand = &own.operands[own.num_operands++];

    operand->kind = kind;
    operand->value = value;
}

void call_cap(unsigned kind, uint64_t value)
{
    own.num_caps++;
    call_operand(kind, value);
}

void call_word(uint64_t value)
{
    call_operand(CAPDL_OPERAND_LITERAL, value);
}

/* The word that goes into the message: the capability pointer for what is a reference. */
static word resolve(const struct capdl_operand *operand)
{
    switch (operand->kind) {
    case CAPDL_REF_SLOT:
        return (word)(self.first_slot + operand->value);
    case CAPDL_REF_PAGE:
        return (word)(self.first_page + operand->value);
    case CAPDL_REF_INITIAL:
        return (word)(operand->value == CAPDL_INITIAL_CNODE ? self.cnode : operand->value);
    case CAPDL_REF_SCHED_CONTROL:
        return (word)(self.sched_control.start + operand->value);
    default:
        return (word)operand->value;
    }
}

/* seL4_MessageInfo: label, capabilities, words. A reply has the error in place of the label. */
enum { INFO_CAPS = 7, INFO_LABEL = 12 };

/* A digest of one word more: docs/evidence.md. */
static uint64_t add_word(uint64_t digest, uint64_t value)
{
    digest = (digest ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return digest ^ digest >> 32;
}

unsigned call_try(const struct capdl_call *call)
{
    struct ipc_buffer *buffer = self.ipc_buffer;
    unsigned num_words = call->num_operands - call->num_caps;
    word info = (word)call->label << INFO_LABEL | call->num_caps << INFO_CAPS | num_words;
    word target = resolve(&call->target);
    uint64_t digest = add_word(add_word(header.digest, info), target), error;
    word *to = buffer->caps;

    for (unsigned i = 0; i < call->num_operands; i++) {
        if (i == call->num_caps) {
            to = buffer->words;
        }
        *to = resolve(&call->operands[i]);
        digest = add_word(digest, *to++);
    }
    arch_complete(call, buffer->words);
    header.num_calls++;
    error = arch_call(self.blob.boot[CAPDL_BOOT_SYS_CALL], target, info, buffer->words) >> INFO_LABEL;
    header.digest = add_word(digest, error);
    return (unsigned)error;
}

void call_make(void)
{
    unsigned error = call_try(&own);

    if (error) {
        die_call(&own, error);
    }
}

/* The words of messages that have none. */
static const word nothing[MESSAGE_REGISTERS];

void kernel_leave(void)
{
    const word suspend = (word)self.blob.boot[CAPDL_BOOT_TCB_SUSPEND];

    if (suspend) {
        header.num_calls++;
        arch_call(self.blob.boot[CAPDL_BOOT_SYS_CALL], CAPDL_INITIAL_TCB, suspend << INFO_LABEL, nothing);
    }
    arch_stop();
}

void kernel_putchar(char c)
{
    if (self.blob.boot[CAPDL_BOOT_SYS_PUTCHAR]) {
        arch_call(self.blob.boot[CAPDL_BOOT_SYS_PUTCHAR], (word)c, 0, nothing);
    }
}
