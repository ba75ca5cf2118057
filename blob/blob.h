/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reader of the blob (docs/blob.md, docs/blob.cddl). Freestanding: the caller's memory, no heap, no libc.
 *
 *     struct capdl_blob blob;
 *     struct capdl_blob_error error;
 *     if (!capdl_blob_open(&blob, bytes, size, &error)) ...
 *     struct capdl_blob_table table = capdl_blob_table(&blob, CAPDL_BLOB_ITEM_GROUPS);
 *     struct capdl_blob_objects group;
 *     while (capdl_blob_next_objects(&table, &group)) ...
 *
 * capdl_blob_open proves the whole blob. After that no accessor can fail, every slot, page and method number is
 * in range, and the blob only has to stay where it is.
 */
#ifndef CAPDL_BLOB_BLOB_H
#define CAPDL_BLOB_BLOB_H

#include <capdl/blob.h>

#include "cbor.h"

struct capdl_blob_method {
    uint16_t label;
    uint16_t num_caps; /* this many of the first operands are capabilities of the message */
};

struct capdl_blob {
    const uint8_t *bytes;
    size_t size;
    int64_t boot[CAPDL_BOOT_KEY_COUNT]; /* absent: 0 */
    uint64_t sizes[CAPDL_SIZE_KEY_COUNT];
    size_t items[CAPDL_BLOB_ITEM_COUNT];         /* offset of each item of the outermost array */
    uint64_t counts[CAPDL_BLOB_ITEM_COUNT];      /* elements of each table */
    uint64_t first_slots[CAPDL_BLOB_ITEM_COUNT]; /* of GROUPS, FIXED and COVERS */
    uint64_t num_direct;                         /* objects made straight into CNodes: they have no slots */
    uint64_t num_cores;                          /* calls refer to SchedControl of cores below this */
    struct capdl_blob_method methods[CAPDL_BLOB_MAX_METHODS]; /* last: opening leaves those that are not there alone */
};

struct capdl_blob_error {
    size_t offset;        /* in the blob */
    unsigned items;       /* started items of the outermost array: the last, or what follows it, is damaged */
    const char *expected; /* what should have been there */
};

/* False: the bytes are not a blob of this version; error says where and what was expected. Then `boot` is
   proved, or all zero. */
bool capdl_blob_open(struct capdl_blob *, const uint8_t *bytes, size_t size, struct capdl_blob_error *);

/*
 * The same without checking the names and what follows them: boot needs names only for error messages. A lookup of a
 * damaged name returns whatever is there, or no name. Calls that are read on the way are kept, as long as there is
 * room.
 */
struct capdl_kept_calls;
bool capdl_blob_open_for_boot(struct capdl_blob *, const uint8_t *bytes, size_t size, struct capdl_blob_error *,
                              struct capdl_kept_calls *kept);

/* A cursor over one of the tables GROUPS, FIXED, COVERS, FILLS. */
struct capdl_blob_table {
    struct capdl_cbor cbor;
    uint64_t left;   /* elements */
    uint64_t slot;   /* of the next element's first object ... */
    uint64_t direct; /* ... or its number, if it is direct */
    enum capdl_blob_item item;
};

struct capdl_blob_table capdl_blob_table(const struct capdl_blob *, enum capdl_blob_item);

/*
 * Objects of one type and size in consecutive slots: an element of GROUPS, FIXED or COVERS. Direct ones of GROUPS are
 * made into consecutive slots of a CNode, which comes before them. In place of slots they have numbers, from
 * CAPDL_SIZE_SLOTS on, by which they have names.
 */
struct capdl_blob_objects {
    uint64_t slot; /* of the first */

    union {
        uint64_t items[CAPDL_DIRECT_ITEMS]; /* as in the element; 0 behind its last */
        struct {
            uint64_t type;     /* number for Retype */
            uint64_t argument; /* size argument of Retype */
            uint64_t size_bits;
            uint64_t count; /* at least 1 */
            uint64_t place; /* FIXED: physical address of the first; COVERS: slot of the parent; direct: of the CNode */
            uint64_t first; /* direct: slot in the CNode */
            uint64_t rights; /* direct: as in the spec; the kernel gives all that mean something */
        };
    };

    bool is_direct;
};

/* False after the last element. */
bool capdl_blob_next_objects(struct capdl_blob_table *, struct capdl_blob_objects *);

struct capdl_blob_fill {
    union {
        uint64_t items[CAPDL_FILL_ITEMS]; /* as in the element */
        struct {
            uint64_t slot;
            uint64_t size_bits; /* of this frame and of those after it that the fill reaches */
            uint64_t offset;    /* in the frame, a multiple of what `pages` counts */
            uint64_t page;
            uint64_t pages;
            uint64_t flags; /* CAPDL_FILL_* */
        };
    };
};

bool capdl_blob_next_fill(struct capdl_blob_table *, struct capdl_blob_fill *);
/* What `page` and `pages` count, log2 of bytes: pages, units of packed ones, or bytes of a chunk. */
static inline unsigned capdl_blob_fill_bits(const struct capdl_blob_fill *fill)
{
    return fill->flags & CAPDL_FILL_CHUNK    ? 0
           : fill->flags & CAPDL_FILL_PACKED ? CAPDL_FILL_UNIT_BITS
                                             : CAPDL_PAGE_BITS;
}

enum { CAPDL_OPERAND_LITERAL = 4 }; /* beside enum capdl_ref_kind */

struct capdl_operand {
    uint64_t value;  /* the word itself, or the index of what it refers to */
    uint64_t kind;   /* enum capdl_ref_kind or CAPDL_OPERAND_LITERAL */
    uint64_t stride; /* what a step of a run adds to the value */
};

struct capdl_call {
    unsigned phase; /* enum capdl_phase */
    unsigned method;
    unsigned label;
    unsigned num_caps;
    unsigned num_operands;
    uint64_t count; /* steps; 1 if it is not a run */
    struct capdl_operand target;
    struct capdl_operand operands[CAPDL_CALL_MAX_OPERANDS];
};

/* A cursor over all calls of all phases, in order. */
struct capdl_blob_calls {
    const struct capdl_blob *blob;
    struct capdl_cbor cbor;
    uint64_t phases_left;
    uint64_t calls_left;                    /* in this phase */
    uint64_t phase;                         /* enum capdl_phase */
    uint64_t num_cores;                     /* calls so far refer to SchedControl of cores below this */
    uint64_t limits[CAPDL_OPERAND_LITERAL]; /* references to indices below these are good, by enum capdl_ref_kind */
};

struct capdl_blob_calls capdl_blob_calls(const struct capdl_blob *);
/* Enters the next phase; all calls of this one must have been read. False: there is none. */
bool capdl_blob_next_phase(struct capdl_blob_calls *);
/* Next call, of this phase or of the next that has any. False after the last call of the last phase. */
bool capdl_blob_next_call(struct capdl_blob_calls *, struct capdl_call *);
/* Advances the operands of a run by so many steps. */
void capdl_call_step(struct capdl_call *, uint64_t steps);

/*
 * The first calls of a blob, one after the other, without the operands that they do not have, in the caller's memory.
 * All is zero at first, which keeps none, or but for `end`, where the first is to be, and the limit.
 */
struct capdl_kept_calls {
    struct capdl_call *end;         /* after the last */
    const struct capdl_call *limit; /* all begin before it; there must be room for a whole one */
    struct capdl_blob_calls rest;   /* reads those that follow */
};

/* Where the call after one that is kept begins. */
static inline struct capdl_call *capdl_call_after(struct capdl_call *call)
{
    return (struct capdl_call *)(void *)&call->operands[call->num_operands];
}

/* A name: "text", or "text[index]" for an element of an array, or "text" and at least `digits` digits of the index. */
struct capdl_blob_name {
    const char *text; /* NULL: no name */
    size_t length;
    uint64_t index;
    unsigned digits; /* fewer than CAPDL_NAME_MOST_DIGITS; 0: there are none */
    bool is_element;
};

/* Who has names, in the order of their tables. */
enum capdl_blob_named { CAPDL_BLOB_NAMED_SLOTS, CAPDL_BLOB_NAMED_PAGES, CAPDL_BLOB_NAMED_METHODS };

/* A cursor over the names of slots or of pages, in order. It has the text of a name that begins like the one before. */
struct capdl_blob_names {
    struct capdl_cbor cbor;
    uint64_t left;       /* entries of the table */
    uint64_t first;      /* slot or page that the next entry begins with */
    const char *outside; /* the last text, of this length; NULL: it is here */
    size_t length;
    char text[CAPDL_NAME_MOST_SHARED];
};

void capdl_blob_names_start(struct capdl_blob_names *, const struct capdl_blob *, enum capdl_blob_named);
/* The name of the first slot of the next entry, and how many consecutive slots have it: as elements of an array, with
 * ascending numbers, or without a name. It is good until the next is read. False: there are no more. */
bool capdl_blob_next_name(struct capdl_blob_names *, struct capdl_blob_name *, uint64_t *count);
/* The name of a slot or page that is not before the cursor, which moves past it. */
struct capdl_blob_name capdl_blob_find_name(struct capdl_blob_names *, uint64_t number);

/* The name of a slot or of a page, found by walking the table of names with this cursor. Any number may be asked for.
 */
struct capdl_blob_name capdl_blob_name_of(const struct capdl_blob *, enum capdl_blob_named, uint64_t number,
                                          struct capdl_blob_names *);
/* The name of a method. */
struct capdl_blob_name capdl_blob_method_name(const struct capdl_blob *, uint64_t method);

#endif
