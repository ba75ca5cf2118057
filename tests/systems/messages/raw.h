/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls with all that they can have: capabilities to send, a slot to receive them in, any reply object. */
#ifndef TESTS_SYSTEMS_RAW_H
#define TESTS_SYSTEMS_RAW_H

#include "pd.h"
#include "syscall.h"

struct answer {
    uint64_t badge, label, length, caps, unwrapped;
};

static inline struct answer enter_kernel(int64_t number, uint64_t cap, uint64_t label, uint64_t caps, uint64_t length)
{
    struct syscall_registers r = {
        .cap = cap,
        .info = SEL4_MESSAGE(label, caps, length),
        .word = {pd_words[0], pd_words[1], pd_words[2], pd_words[3]},
        .reply = PD_SLOT_REPLY,
    };
    syscall_enter(number, &r);
    for (unsigned i = 0; i < 4; i++) {
        pd_words[i] = r.word[i];
    }
    return (struct answer){r.cap, SEL4_MESSAGE_LABEL(r.info), SEL4_MESSAGE_LENGTH(r.info),
                           SEL4_MESSAGE_EXTRA_CAPS(r.info), SEL4_MESSAGE_CAPS_UNWRAPPED(r.info)};
}

/* A word of the IPC buffer. */
static inline uint64_t *buffer_word(unsigned word)
{
    return pd_words - SEL4_IPC_BUFFER_WORD_MESSAGE + word;
}

static inline void send_caps(uint64_t first, uint64_t second, uint64_t third)
{
    *buffer_word(SEL4_IPC_BUFFER_WORD_CAPS) = first;
    *buffer_word(SEL4_IPC_BUFFER_WORD_CAPS + 1) = second;
    *buffer_word(SEL4_IPC_BUFFER_WORD_CAPS + 2) = third;
}

static inline void receive_cap_in(uint64_t cnode, uint64_t slot)
{
    *buffer_word(SEL4_IPC_BUFFER_WORD_RECEIVE_CNODE) = cnode;
    *buffer_word(SEL4_IPC_BUFFER_WORD_RECEIVE_INDEX) = slot;
    *buffer_word(SEL4_IPC_BUFFER_WORD_RECEIVE_DEPTH) = 64;
}

static inline uint64_t sum_of_words(uint64_t length)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < length; i++) {
        sum += pd_words[i];
    }
    return sum;
}

#endif
