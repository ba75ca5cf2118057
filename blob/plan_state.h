/* SPDX-License-Identifier: BSD-2-Clause */
/* What a plan is: what was asked for, what of it is left to be made, where the planner is, why it failed. */
#ifndef CAPDL_BLOB_PLAN_STATE_H
#define CAPDL_BLOB_PLAN_STATE_H

#include "blob.h"

/*
 * When the initial CNode cannot hold all slots, a larger CSpace is made of a 1-bit CNode, the root, and leaves,
 * whose capabilities are in the initial CNode. Slots of a leaf, and log2 of it:
 */
enum { CAPDL_LEAF_BITS = 12, CAPDL_LEAF_SLOTS = 1 << CAPDL_LEAF_BITS };

/* Laid out like seL4_UntypedDesc; the planner keeps its state in what is padding there. Zero at first. */
struct capdl_untyped {
    uint64_t address;
    uint64_t size_bits : 8; /* 4 to 47; one that is larger, or RAM that is not aligned to its size, is empty */
    uint64_t is_device : 8;
    uint64_t state : 4;
    uint64_t used : 44; /* from the start, in units of 16 bytes */
};

struct capdl_plan_request {
    const struct capdl_blob *blob;
    struct capdl_untyped *untypeds; /* disjoint, each aligned to its size; in any order */
    size_t num_untypeds;
    void *scratch;        /* capdl_plan_scratch_size bytes, aligned to 8, kept as long as the plan is used */
    uint64_t empty_slots; /* free slots in the initial CNode */
};

enum capdl_plan_status {
    CAPDL_PLAN_OK,
    CAPDL_PLAN_NO_MEMORY,  /* too little RAM for objects that may be anywhere */
    CAPDL_PLAN_NO_ADDRESS, /* no untyped holds the address that an object must have */
    CAPDL_PLAN_NO_SLOTS,   /* the initial CNode is too full even for a larger CSpace's root and leaves */
};

struct capdl_plan_failure {
    enum capdl_plan_status status;
    uint64_t slot;         /* of the object; all ones: our own CSpace */
    uint64_t address;      /* NO_ADDRESS */
    uint64_t size_bits;    /* of the object */
    uint64_t missing;      /* NO_MEMORY: bytes that objects of this size and larger lack; NO_SLOTS: slots that lack */
    unsigned largest_free; /* NO_MEMORY: log2 of the largest piece of RAM that is free then, 0 if none */
    uint64_t total_free;   /* NO_MEMORY: bytes of RAM that are free then */
};

/* Objects of one type and size still to be made. */
struct capdl_plan_group {
    uint64_t left;
    uint64_t first; /* direct: slot of the next in its CNode */
    uint32_t slot;  /* of the next */
    uint32_t cnode; /* direct: slot of the CNode */
    uint16_t type;
    uint8_t argument;
    uint8_t size_bits;
    uint8_t kind; /* enum capdl_retype_kind */
};

enum capdl_retype_kind {
    CAPDL_RETYPE_OBJECTS,     /* slot: first of ours */
    CAPDL_RETYPE_DIRECT,      /* into a CNode of the spec; slot: number of the first */
    CAPDL_RETYPE_PADDING,     /* untypeds to reach an address; slot: one of ours, after those the blob asks for */
    CAPDL_RETYPE_CSPACE_LEAF, /* slot: number of the first leaf */
    CAPDL_RETYPE_CSPACE_ROOT, /* the 1-bit CNode */
};

struct capdl_retype {
    enum capdl_retype_kind kind;
    size_t untyped; /* index in the list */
    uint64_t type;
    uint64_t argument;
    uint64_t slot;
    uint64_t count;
    uint64_t cnode, first; /* direct: slot of the CNode, and the first of its slots */
    uint64_t address;      /* where the first will be */
    unsigned size_bits;
};

enum { CAPDL_PLAN_CSPACE_GROUPS = 2 };

struct capdl_plan {
    struct capdl_plan_request request;
    struct capdl_plan_failure failure;

    /* Known after capdl_plan_make. */
    uint64_t num_padding;        /* padding untypeds */
    uint64_t num_leaves;         /* of the larger CSpace; 0: the initial CNode will do */
    uint64_t num_cspace_retypes; /* these come first */
    uint64_t ram_touched;        /* bytes of RAM untypeds from which something is made: what the kernel will clear */

    /* Where the iteration is. */
    uint64_t touched; /* ram_touched so far */
    bool is_tried;    /* not only by sums */
    unsigned stage;
    struct capdl_untyped *first_ram; /* those before it are devices */
    struct capdl_plan_group *groups; /* in the scratch memory, size descending */
    size_t num_groups;
    struct capdl_plan_group cspace[CAPDL_PLAN_CSPACE_GROUPS];
    struct capdl_blob_table fixed;
    struct capdl_blob_objects run; /* of fixed objects: what is left of it */
    uint64_t padding;              /* made so far */
    size_t untyped;                /* the current one; num_untypeds: none */
    uint64_t order;                /* its rank in the order in which they are taken */
    uint64_t mark, limit;          /* addresses: the kernel's watermark in it, and where the current gap ends */
};

#endif
