/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel.h"

#include "arch.h"

/* The capability pointer for a reference. */
static word resolve(const struct capdl_operand *operand)
{
    if (operand->kind == CAPDL_REF_INITIAL && operand->value == CAPDL_INITIAL_CNODE) {
        return (word)self.cnode;
    }
    return (word)(self.first[operand->kind] + operand->value);
}

/* seL4_MessageInfo: label, capabilities, words. A reply has the error in place of the label. */
enum { INFO_CAPS = 7, INFO_LABEL = 12 };

/* Adds a word to the digest: docs/evidence.md. */
static inline uint64_t add_word(uint64_t digest, uint64_t value)
{
    digest = (digest + value) * CAPDL_DIGEST_MULTIPLIER;
    return digest ^ digest >> 32;
}

/* Steps whose messages follow from each other. */
struct run {
    uint64_t steps;
    struct varying {
        word *at;
        word stride;
        uint64_t place;                           /* as in the digest */
    } varying[1 + CAPDL_CALL_MAX_OPERANDS], *end; /* what differs between them */
};

/* Where a word is in the message, as a part of the digest. */
static inline uint64_t place_of(const struct ipc_buffer *buffer, const word *at)
{
    return ((uintptr_t)at - (uintptr_t)buffer) * ((UINT64_C(1) << CAPDL_DIGEST_PLACE_SHIFT) / sizeof(*at));
}

/* Puts a call into the message: its target, capabilities and words. They are in the digest where they differ from those
   of the call before. One initial capability does not follow from the other. */
static inline uint64_t put(struct run *run, struct ipc_buffer *buffer, const struct capdl_call *call, uint64_t digest)
{
    const struct capdl_operand *operand = &call->target, *end = call->operands + call->num_operands;
    const struct capdl_operand *part = call->operands + call->num_caps;
    word *to = &buffer->target;

    for (;;) {
        do {
            word value = operand->kind == CAPDL_OPERAND_LITERAL ? (word)operand->value : resolve(operand);
            if (value != *to) {
                *to = value;
                digest = add_word(digest + place_of(buffer, to), value);
            }
            if (operand->stride) {
                *run->end++ = (struct varying){to, (word)operand->stride, place_of(buffer, to)};
                if (operand->kind == CAPDL_REF_INITIAL) {
                    run->steps = 1;
                }
            }
            to++;
        } while (++operand != part);
        if (part == end) {
            return digest;
        }
        part = end;
        to = buffer->words;
    }
}

/* From one step to the next. */
static inline uint64_t add_strides(const struct varying *from, const struct varying *end, uint64_t digest)
{
    if (from != end) {
        do {
            word value = *from->at + from->stride;
            *from->at = value;
            digest = add_word(digest + from->place, value);
        } while (++from != end);
    }
    return digest;
}

/*
 * The message is in the IPC buffer, which the kernel leaves alone: none of its answers has words. So a step changes
 * what differs only. Returns the answer to the last step, which is the first that fails.
 */
static inline unsigned make_steps(struct capdl_call *call)
{
    struct ipc_buffer *buffer = self.ipc_buffer;
    const int64_t number = self.blob.boot[CAPDL_BOOT_SYS_CALL];
    const unsigned num_words = call->num_operands - call->num_caps;
    const word info = (word)call->label << INFO_LABEL | call->num_caps << INFO_CAPS | num_words;
    const struct varying *end;
    const word *registers;
    uint64_t digest, left;
    struct run run;
    word error;

    run.steps = call->phase == CAPDL_PHASE_DOMAINS ? 1 : call->count; /* there, arch_complete changes words */
    run.end = run.varying;
    digest = put(&run, buffer, call, add_word(header.digest, info));
    registers = arch_complete(call, buffer->words);
    left = run.steps;
    end = run.end;
    header.num_calls += left; /* at once: should one of them never return, the record is of the whole run */
    for (;;) {
        error = arch_call(number, buffer->target, info, registers) >> INFO_LABEL;
        if (error) {
            digest = add_word(digest, error);
            header.num_calls -= left - 1; /* the one that failed was made */
            break;
        }
        if (!--left) {
            break;
        }
        digest = add_strides(run.varying, end, add_word(digest, info));
    }
    header.digest = digest;
    call->count -= run.steps - left;
    if (call->count) {
        capdl_call_step(call, run.steps - left);
    }
    return (unsigned)error;
}

__attribute__((flatten)) unsigned call_run(struct capdl_call *call)
{
    unsigned error;
    do {
        error = make_steps(call);
    } while (!error && call->count);
    return error;
}

/* For messages without words. */
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
