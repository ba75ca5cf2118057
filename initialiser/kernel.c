/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel.h"

#include "arch.h"
#include "message.h"

static struct capdl_call own;

struct capdl_call *call_start(enum capdl_boot_key method, unsigned target_kind, uint64_t target)
{
    own.method = METHOD_OWN + (unsigned)method;
    own.label = (unsigned)self.blob.boot[method];
    own.count = 1;
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
static inline uint64_t add_word(uint64_t digest, uint64_t value, uint64_t multiplier)
{
    digest = (digest ^ value) * multiplier;
    return digest ^ digest >> 32;
}

/* And of those before `end`, from so many bytes before it on: a negative number, which ends the loop when it is 0. */
static inline uint64_t add_words(uint64_t digest, const word *end, intptr_t from, uint64_t multiplier)
{
    if (from) {
        __asm__("" : "+r"(end)); /* addresses are worked out before the loop, which is most of what we do */
        do {
            digest = add_word(digest, *(const word *)((uintptr_t)end + (uintptr_t)from), multiplier);
            from += (intptr_t)sizeof(*end);
        } while (from);
    }
    return digest;
}

/* Steps whose messages follow from each other. */
struct run {
    uint64_t steps;
    struct varying {
        word *at;
        word stride;
    } varying[1 + CAPDL_CALL_MAX_OPERANDS], *end; /* what differs between them */
};

/* From one step to the next. */
static inline void add_strides(const struct varying *from, const struct varying *end)
{
    if (from != end) {
        do {
            *from->at += from->stride;
        } while (++from != end);
    }
}

/* Puts operands into the message. One initial capability does not follow from the other. */
__attribute__((noinline)) static void put(struct run *run, word *to, const struct capdl_operand *operand,
                                          unsigned count)
{
    for (const struct capdl_operand *end = operand + count; operand != end; operand++, to++) {
        *to = operand->kind == CAPDL_OPERAND_LITERAL ? (word)operand->value : resolve(operand);
        if (operand->stride) {
            *run->end++ = (struct varying){to, (word)operand->stride};
            if (operand->kind == CAPDL_REF_INITIAL) {
                run->steps = 1;
            }
        }
    }
}

/*
 * The message is in the IPC buffer, which the kernel leaves alone: none of its answers has words. So a step changes
 * what differs, and reads the rest for the digest only. Returns the answer to the last step, which is the first that
 * fails.
 */
__attribute__((flatten)) static unsigned make_steps(struct capdl_call *call)
{
    struct ipc_buffer *buffer = self.ipc_buffer;
    const unsigned num_words = call->num_operands - call->num_caps;
    const word info = (word)call->label << INFO_LABEL | call->num_caps << INFO_CAPS | num_words;
    const word *caps_end = buffer->caps + call->num_caps, *words_end = buffer->words + num_words;
    intptr_t caps = -(intptr_t)(call->num_caps * sizeof(word)), words = -(intptr_t)(num_words * sizeof(word));
    uint64_t digest = header.digest, multiplier = UINT64_C(0x9e3779b97f4a7c15), left;
    word target, error;
    const struct varying *end;
    const word *registers;
    struct run run;

    run.steps = call->phase == CAPDL_PHASE_DOMAINS ? 1 : call->count; /* there, arch_complete changes words */
    run.end = run.varying;
    put(&run, &target, &call->target, 1);
    put(&run, buffer->caps, call->operands, call->num_caps);
    put(&run, buffer->words, call->operands + call->num_caps, num_words);
    registers = arch_complete(call, buffer->words);
    left = run.steps;
    header.num_calls += left; /* at once: should one of them never return, the record is of the whole run */
    end = run.end;
    __asm__("" : "+r"(multiplier), "+r"(caps), "+r"(words)); /* known now, not again at each step */
    do {
        uint64_t sum = add_word(add_word(digest, info, multiplier), target, multiplier);
        __asm__("" : "+r"(sum)); /* in a register, too, where the kernel leaves few for what outlives the call */
        sum = add_words(sum, caps_end, caps, multiplier);
        sum = add_words(sum, words_end, words, multiplier);
        __asm__("" : "=r"(digest) : "0"(sum));
        error = arch_call(self.blob.boot[CAPDL_BOOT_SYS_CALL], target, info, registers) >> INFO_LABEL;
        digest = add_word(digest, error, multiplier);
        if (error) {
            break;
        }
        add_strides(run.varying, end);
    } while (--left);
    header.digest = digest;
    header.num_calls -= left - (left != 0); /* the one that failed was made */
    for (call->count += left - run.steps; call->count && run.steps != left; left++) {
        capdl_call_step(call);
    }
    return (unsigned)error;
}

unsigned call_run(struct capdl_call *call)
{
    unsigned error;

    do {
        error = make_steps(call);
    } while (!error && call->count);
    return error;
}

void call_make(void)
{
    unsigned error = call_run(&own);

    if (error) {
        die_call(&own, error);
    }
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
