/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The digest of the initial thread's calls, as docs/evidence.md has it, from what arrives at the kernel: registers
 * and IPC buffer before a call, the reply after it. A call counts once the thread makes its next one: only then has
 * it seen the answer.
 */
#include "kernel.h"

#include <capdl/blob.h>

/* Where words are in an IPC buffer, the message info and the target where the kernel reads nothing. */
enum { PLACE_INFO = 0, PLACE_WORDS = 1, PLACE_TARGET = MESSAGE_CAPS_OFFSET - 1, PLACE_CAPS = MESSAGE_CAPS_OFFSET };

void digest_start(struct kernel *k, uint64_t value)
{
    k->calls = (struct call_digest){.value = value, .is_old = value == 0};
}

/* Initialisers of earlier versions. */
static void take_old(struct call_digest *digest, uint64_t word)
{
    uint64_t mixed = (digest->pending ^ word) * CAPDL_DIGEST_MULTIPLIER;
    digest->pending = mixed ^ (mixed >> 32);
}

static void take(struct call_digest *digest, uint64_t place, uint64_t word)
{
    if (digest->is_old) {
        take_old(digest, word);
    } else if (place == PLACE_INFO || word != digest->last[place]) {
        uint64_t mixed = (digest->pending + (place << CAPDL_DIGEST_PLACE_SHIFT) + word) * CAPDL_DIGEST_MULTIPLIER;
        digest->pending = mixed ^ (mixed >> 32);
    }
    digest->last[place] = word;
}

/* A duration that the initialiser computes from bootinfo is in the digest as in the blob: 0, then microseconds. */
static bool is_open_duration(const struct kernel *k, uint64_t info)
{
    return k->facts->pc && k->profile->mcs &&
           info >> 12 == k->profile->labels[CAPDL_METHOD_DOMAIN_SET_SCHEDULE_CONFIGURE] &&
           message_info_length(info) == CAPDL_DURATION_OPERANDS;
}

/* Whether the call lets another thread run: it starts a thread or the domain schedule, or suspends the initial
 * thread. */
static bool is_start(const struct kernel *k, uint64_t info, uint64_t cptr)
{
    const uint16_t *labels = k->profile->labels;
    uint64_t label = info >> 12, first = k->current->regs[k->registers->message[0]];
    return (label == labels[CAPDL_METHOD_TCB_WRITE_REGISTERS] && (first & 1)) ||
           label == labels[CAPDL_METHOD_DOMAIN_SET_SCHEDULE_SET_START] ||
           (label == labels[CAPDL_METHOD_TCB_SUSPEND] && cptr == CAPDL_INITIAL_TCB);
}

void digest_call(struct kernel *k, uint64_t cptr, const uint8_t *buffer)
{
    const uint64_t *regs = k->current->regs;
    uint64_t info = regs[k->registers->message_info];
    struct call_digest *digest = &k->calls;
    if (digest->answered) {
        digest->value = digest->pending;
        digest->count++;
    }
    if (!digest->starts && is_start(k, info, cptr)) {
        digest->starts = true;
        digest->start_value = digest->value;
        digest->start_count = digest->count;
    }
    digest->answered = false;
    digest->pending = digest->value;
    take(digest, PLACE_INFO, info);
    take(digest, PLACE_TARGET, cptr);
    for (unsigned i = 0; buffer && i < message_info_caps(info); i++) {
        take(digest, PLACE_CAPS + i, buffer_word(k, buffer, MESSAGE_CAPS_OFFSET + i));
    }
    for (unsigned i = 0; i < message_info_length(info); i++) {
        if (i == CAPDL_DURATION_OPERANDS - 2 && is_open_duration(k, info)) {
            take(digest, PLACE_WORDS + i, 0);
        } else if (i < k->facts->message_registers) {
            take(digest, PLACE_WORDS + i, regs[k->registers->message[i]]);
        } else if (buffer) {
            take(digest, PLACE_WORDS + i, buffer_word(k, buffer, 1 + i));
        }
    }
}

void digest_answer(struct kernel *k, const struct tcb *caller)
{
    uint64_t result = caller->regs[k->registers->message_info] >> 12;
    k->calls.answered = true;
    if (result || k->calls.is_old) {
        take(&k->calls, PLACE_INFO, result);
    }
}
