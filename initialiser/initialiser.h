/* SPDX-License-Identifier: BSD-2-Clause */
/* What the phases know, and what the kernel tells them. */
#ifndef INITIALISER_INITIALISER_H
#define INITIALISER_INITIALISER_H

#include "blob/plan.h"
#include "word.h"

struct slot_region {
    word start, end;
};

/* The part of seL4_BootInfo that is the same in every kernel; the rest is found by offsets in the profile. */
struct bootinfo {
    word extra_len;
    word node_id;
    word num_nodes;
    word num_iopt_levels;
    word ipc_buffer; /* address of struct ipc_buffer, which is also the end of our image */
    struct slot_region empty;
    struct slot_region shared_frames;
    struct slot_region image_frames;
    struct slot_region image_paging;
    struct slot_region io_space_caps;
    struct slot_region extra_pages;
    word cnode_bits; /* log2 of the slots of the initial CNode */
};
_Static_assert(sizeof(struct bootinfo) == sizeof(word[CAPDL_BOOTINFO_WORDS]), "the profile's offsets are after it");

/* seL4_UntypedDesc */
struct untyped_desc {
    word address;
    uint8_t size_bits;
    uint8_t is_device;
    uint8_t padding[sizeof(word) - 2];
};

/* seL4_IPCBuffer */
struct ipc_buffer {
    word tag;
    word words[MESSAGE_WORDS];
    word target; /* the user's: we keep there for whom the last call was */
    word caps[CAPDL_CALL_MAX_CAPS];
};

/* As much as our pages have room for, enough for all calls of a small system. */
enum { KEPT_BYTES = 7152 };

/* What the phases know, in the order in which they learn it. */
struct initialiser {
    const struct bootinfo *bootinfo;
    struct ipc_buffer *ipc_buffer;
    struct capdl_blob blob;
    struct capdl_kept_calls kept; /* calls of the blob that need not be read again */
    struct slot_region untyped;
    uint64_t first[CAPDL_OPERAND_LITERAL]; /* capability pointers of index 0, by enum capdl_ref_kind */
    uint64_t cnode;                        /* CNode through which all slots resolve, at the depth of a word */
    struct capdl_plan plan;
    uint64_t root;       /* slots in the initial CNode of the larger CSpace's root ... */
    uint64_t first_leaf; /* ... and first leaf, when there is one */
    bool window_is_open; /* the page that gives way to small frames is unmapped */
    uint64_t slot;       /* for which a call of our own is made; all ones: for none */

    union {
        struct capdl_call first;
        uint8_t bytes[KEPT_BYTES];
    } calls; /* those that are kept, one after the other; then, in the place of the first, each of the others */
};

extern struct initialiser self;
extern struct capdl_image_header header;

/* Capability of the page of our image at an address. */
uint64_t page_cap(uint64_t address);

/* Sets the phase (enum capdl_phase) for the record and for messages. */
void enter_phase(unsigned phase);

#endif
