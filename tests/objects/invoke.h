/* SPDX-License-Identifier: BSD-2-Clause */
/* Invocations that the programs of this directory make with the capabilities they were given. All return the kernel's
 * error. */
#ifndef OBJECTS_INVOKE_H
#define OBJECTS_INVOKE_H

#include "pd.h"
#include "syscall.h"

/* With the words in pd_words, and what comes back there, too. */
static inline uint64_t invoke(uint64_t cap, uint64_t label, uint64_t num_caps, const uint64_t *caps, uint64_t length)
{
    uint64_t *buffer_caps = pd_words - SEL4_IPC_BUFFER_WORD_MESSAGE + SEL4_IPC_BUFFER_WORD_CAPS;
    for (uint64_t i = 0; i < num_caps; i++) {
        buffer_caps[i] = caps[i];
    }
    struct syscall_registers r = {
        .cap = cap,
        .info = SEL4_MESSAGE(label, num_caps, length),
        .word = {pd_words[0], pd_words[1], pd_words[2], pd_words[3]},
    };
    syscall_enter(SEL4_SYS_CALL, &r);
    for (unsigned i = 0; i < 4; i++) {
        pd_words[i] = r.word[i];
    }
    return SEL4_MESSAGE_LABEL(r.info);
}

static inline uint64_t invoke_words(uint64_t cap, uint64_t label, uint64_t length, uint64_t a, uint64_t b, uint64_t c)
{
    pd_words[0] = a;
    pd_words[1] = b;
    pd_words[2] = c;
    return invoke(cap, label, 0, 0, length);
}

/* CNodes given without a guard: slots are addressed by as many bits as they have. */
enum { CNODE_BITS = 6 };

static inline uint64_t cnode_revoke(uint64_t cnode, uint64_t slot)
{
    return invoke_words(cnode, SEL4_LABEL_CNODE_REVOKE, 2, slot, CNODE_BITS, 0);
}

static inline uint64_t cnode_delete(uint64_t cnode, uint64_t slot)
{
    return invoke_words(cnode, SEL4_LABEL_CNODE_DELETE, 2, slot, CNODE_BITS, 0);
}

static inline uint64_t cnode_copy(uint64_t to, uint64_t slot, uint64_t from, uint64_t source)
{
    const uint64_t words[] = {slot, CNODE_BITS, source, CNODE_BITS, 15};
    for (unsigned i = 0; i < 5; i++) {
        pd_words[i] = words[i];
    }
    return invoke(to, SEL4_LABEL_CNODE_COPY, 1, &from, 5);
}

static inline uint64_t untyped_retype(uint64_t untyped, uint64_t type, uint64_t bits, uint64_t cnode, uint64_t slot)
{
    const uint64_t words[] = {type, bits, 0, 0, slot, 1};
    for (unsigned i = 0; i < 6; i++) {
        pd_words[i] = words[i];
    }
    return invoke(untyped, SEL4_LABEL_UNTYPED_RETYPE, 1, &cnode, 6);
}

#endif
