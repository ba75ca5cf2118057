/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For protection domains that make objects of their own: the calls for that, and where the memory for them is
 * (capdl/leftovers.h). All return the kernel's error, 0 if none. `cnode` is a capability to the CNode that is the
 * caller's CSpace, with the guard that it has there.
 */
#ifndef LIBPD_OBJECTS_H
#define LIBPD_OBJECTS_H

#include <capdl/leftovers.h>

#include "pd.h"

/* The smallest untyped of RAM with 2^bits bytes or more: its slot, 0 if there is none. */
static inline uint64_t pd_leftover_ram(const struct capdl_leftovers *left, unsigned bits)
{
    for (uint64_t i = left->num_untypeds; i-- > 0;) {
        if (!left->untypeds[i].is_device && left->untypeds[i].size_bits >= bits) {
            return left->first_untyped + i;
        }
    }
    return 0;
}

/* A call with one to three capabilities and some words, which stand in pd_words. */
static inline uint64_t pd_invoke(uint64_t cap, uint64_t label, unsigned num_caps, const uint64_t *caps, uint64_t words)
{
    for (unsigned i = 0; i < num_caps; i++) {
        pd_words[SEL4_IPC_BUFFER_WORD_CAPS - SEL4_IPC_BUFFER_WORD_MESSAGE + i] = caps[i];
    }
    return pd_call(cap, label, SEL4_MESSAGE(0, num_caps, words)).label;
}

/* One object into a slot. size: log2, for CNodes of slots, for untypeds and scheduling contexts of bytes. */
static inline uint64_t pd_retype(uint64_t untyped, uint64_t type, uint64_t size, uint64_t cnode, uint64_t slot)
{
    pd_words[0] = type;
    pd_words[1] = size;
    pd_words[2] = 0; /* index and depth: the CNode itself */
    pd_words[3] = 0;
    pd_words[4] = slot;
    pd_words[5] = 1;
    return pd_invoke(untyped, SEL4_LABEL_UNTYPED_RETYPE, 1, &cnode, 6);
}

/* SEL4_LABEL_CNODE_REVOKE or SEL4_LABEL_CNODE_DELETE. */
static inline uint64_t pd_cnode(uint64_t cnode, uint64_t label, uint64_t slot)
{
    pd_words[0] = slot;
    pd_words[1] = 64;
    return pd_call(cnode, label, 2).label;
}

/* Data that can be read and written, where there is a page table for it already. */
static inline uint64_t pd_map(uint64_t frame, uint64_t vspace, uint64_t address)
{
    pd_words[0] = address;
    pd_words[1] = SEL4_RIGHT_READ | SEL4_RIGHT_WRITE;
#if defined(__aarch64__)
    pd_words[2] = SEL4_VM_CACHEABLE | SEL4_VM_EXECUTE_NEVER;
#elif defined(__riscv)
    pd_words[2] = SEL4_VM_EXECUTE_NEVER;
#else
    pd_words[2] = 0;
#endif
    return pd_invoke(frame, SEL4_LABEL_PAGE_MAP, 1, &vspace, 3);
}

#endif
