/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Private to this room: a program is what a spec becomes before it is bytes. Its parts are made in this order:
 *
 *     kernel_types     which kernel object each object of the spec is, or why it cannot be one
 *     arguments        which words go on threads' stacks
 *     frame_contents   which frames have contents, which of them become pages of the image
 *     direct           which objects are made straight into CNodes of the spec
 *     object_order     slots: groups, fixed, children of untypeds
 *     asids, interrupts: capabilities made by kernel calls
 *     derive           which capabilities are copied from which others of the spec
 *     vspace           page tables and pages, with their final addresses
 *     iospace, smmu: the same for devices
 *     sched_contexts, threads, caps, leftovers, domains
 *     distribute_runs  one run of calls for what is done for many alike domains
 *     encode           the blob
 *
 * Calls are made in the order of slots, not of the spec, so that a spec read back from an image compiles to the same
 * image.
 */
#ifndef TOOL_IMAGE_PROGRAM_H
#define TOOL_IMAGE_PROGRAM_H

#include "base/fill_files.h"
#include "base/memory.h"
#include "blob/plan.h"
#include "image/arch.h"
#include "image/image.h"
#include "profile/methods.h"
#include "profile/vspace.h"

/* A word of a call: a literal, or a capability by reference. */
struct operand {
    uint64_t value;
    uint8_t kind; /* enum capdl_ref_kind or CAPDL_OPERAND_LITERAL */
};

/* One call, or a run of them. */
struct call {
    uint16_t method;
    uint16_t num_operands; /* with the target, which is the first */
    uint32_t object;       /* first object this is done for, for messages */
    uint64_t count;
    size_t first; /* in call_list.operands; a run's strides follow its operands */
};

struct call_list {
    struct call *list;
    size_t count, capacity;
    struct operand *operands;
    size_t num_operands, capacity_operands;
};

enum kobj_kind {
    KOBJ_NONE,
    KOBJ_SLOT,
    KOBJ_PAGE,
    KOBJ_DIRECT, /* made straight into a CNode of the spec: no call can name it */
};

enum kobj_flag {
    KOBJ_ROOT = 1,        /* top of an address space */
    KOBJ_MAPPED = 2,      /* page table: mapped, or root with an ASID */
    KOBJ_TAKEN = 4,       /* frame: the original capability is mapped, or reserved for one mapping */
    KOBJ_MOVED = 8,       /* the original capability goes to a CNode of the spec */
    KOBJ_EXECUTABLE = 16, /* frame: some mapping is */
    KOBJ_UNCACHED = 32,
    KOBJ_CONTENT = 64,   /* frame: not all zero */
    KOBJ_USED = 128,     /* page table: below another */
    KOBJ_SORTED = 256,   /* frame: its fills are ascending */
    KOBJ_RESERVED = 512, /* frame: the loader fills it */
    KOBJ_TOLD = 1024,    /* frame: the initialiser writes to it which leftovers there are */
    KOBJ_SPARED = 2048,  /* frame: copied, because there is no slot for a page of its own */
};

/* Where an object of the spec is, and what it is to the kernel. */
struct kernel_object {
    uint32_t number;  /* slot, or page of the page segment */
    uint32_t derived; /* slot of what is derived from it (interrupt handler, ports, ASID pool), or CAPDL_NO_OBJECT */
    uint32_t late;    /* slot of a copy for calls after the original has moved to a CNode, or CAPDL_NO_OBJECT */
    uint16_t flags;   /* enum kobj_flag */
    uint8_t kind;     /* enum kobj_kind */
    uint8_t type;     /* enum capdl_type; CAPDL_TYPE_COUNT: not a kernel object */
    uint8_t size_bits;
    uint8_t argument;
};

struct group {
    uint64_t address; /* fixed ones only */
    uint64_t parent;  /* covers: its slot; direct ones: the CNode's */
    uint64_t first;   /* direct ones: slot in it */
    uint64_t count;
    uint8_t type, argument, size_bits, rights;
    bool direct;
};

struct group_list {
    struct group *list;
    size_t count, capacity;
};

struct fill {
    uint64_t slot, offset, page, pages; /* with CAPDL_FILL_CHUNK: offset in the chunk, bytes; with _PACKED: units */
    uint16_t flags;
    uint8_t size_bits;
};

/* A page of the page segment: 4 KiB of a frame or, if object is CAPDL_NO_OBJECT, of what is packed. */
struct page {
    uint64_t offset;
    uint32_t object;
};

/* Contents of partly filled pages, contiguous, in units of CAPDL_FILL_UNIT_BITS. */
struct packed {
    uint8_t *bytes;
    size_t size, capacity;
};

/* The units of a page from the first to the last that is not all zero. */
struct extent {
    unsigned first, count;
};

/* A word that the compiler itself puts into a frame. */
struct content_word {
    uint32_t frame;
    uint64_t offset, value;
};

/* The capability in a CNode which is to be the one that maps a page-table slot. */
struct mapping {
    uint32_t container, cnode, cap;
    uint64_t slot;
    struct operand source; /* kind CAPDL_OPERAND_LITERAL: not mapped (yet) */
};

/* Who gets what is left when all objects are made: object of the spec, and its place in the blob (CAPDL_LEFT_KEYS). */
struct leftovers {
    uint32_t object; /* CAPDL_NO_OBJECT: none */
    uint32_t cnode, frame;
    uint64_t slots; /* 0: goes to nobody, yet */
    uint64_t first; /* slot */
    uint64_t name;  /* derived slot */
    uint8_t kinds;  /* enum capdl_left_kind: what nobody else asks for */
    uint8_t share;  /* per cent, CAPDL_LEFT_EQUAL; 0: it does not depend on how much is left */
    uint8_t bits;   /* of a share, once it is known; 0: it is not */
};

/* An array of frames that are contiguous. */
struct contiguous {
    const char *name;
    uint32_t *elements; /* ascending by index */
    size_t count, capacity;
    uint8_t size_bits, parent_bits; /* of a frame; of the untyped they are made from */
    uint64_t slot;                  /* of that untyped */
    uint64_t address;               /* chosen, when no untyped is large enough */
};

struct program {
    const struct capdl_spec *spec;
    const struct capdl_profile *profile;
    const struct image_options *options;
    struct capdl_diags *diags;

    struct kernel_object *kernel_objects; /* per object of the spec */
    uint32_t *objects;                    /* per slot: object, or CAPDL_NO_OBJECT (padding, ASID pools of our own) */
    size_t num_objects, capacity_objects;
    uint32_t *derived; /* per derived slot: object it is named after, or CAPDL_NO_OBJECT */
    size_t num_derived, capacity_derived;
    struct group_list groups, fixed, covers;
    struct capdl_originals originals_in_cnodes;
    uint32_t *direct; /* per number after those of derived slots: object without a slot, in the order of its groups */
    size_t num_direct, capacity_direct;

    struct content_word *words; /* by frame and offset */
    size_t num_words, capacity_words;
    struct contiguous *contiguous;
    size_t num_contiguous, capacity_contiguous;
    size_t copies;     /* pages to be spared, for slots of the root CNode: their frames are copied */
    size_t num_copied; /* as many were spared by copying from equal ones */
    size_t num_packed; /* frames copied from packed pages */
    size_t num_spared; /* pages, by both */
    struct packed packed;
    size_t missing; /* slots: the spec is then compiled again, with more copies */
    bool chosen;    /* addresses for them: the spec is then compiled again with these */

    struct fill_files files;
    struct page *pages;
    size_t num_pages, capacity_pages;
    size_t num_embedded; /* pages that are frames; the pages after them are copied */
    struct fill *fills;
    size_t num_fills, capacity_fills;

    struct mapping *mappings; /* by container and slot */
    size_t num_mappings, capacity_mappings;

    uint8_t io_levels; /* of I/O page tables; 0: none are mapped */

    uint32_t num_roots, num_own_pools;
    uint32_t *pool_of; /* per object: ASID pool of the spec it is in, or CAPDL_NO_OBJECT */

    struct capdl_slot_ref *originals;     /* per object: where its first capability goes, container CAPDL_NO_OBJECT:
                                             nowhere; NULL: nothing is derived */
    struct capdl_derivation *derivations; /* by child: those that are made by copying from a CNode of the spec */
    size_t num_derivations, capacity_derivations;

    struct leftovers leftovers[CAPDL_MAX_LEFTOVERS];
    bool shared; /* shares of leftovers are known now: the spec is then compiled again with these */
    struct call_list phases[CAPDL_PHASE_COUNT];
    struct method_params methods[CAPDL_METHOD_COUNT]; /* of those that are called */
    bool method_refused[CAPDL_METHOD_COUNT];
    bool warned_exec, warned_uncached;
};

/* An error or warning about an object of the spec, at its place. The message begins with what the object is and its
 * name. */
void program_error(struct program *, uint32_t object, const char *format, ...) CAPDL_PRINTF(3, 4);
/* An object's name for messages: "t", "t[3]". A very long one is cut off. Returns text. */
enum { PROGRAM_LABEL = 256 };
const char *program_label(const struct program *, uint32_t object, char text[PROGRAM_LABEL]);
/* "core 0", "cores 0 to 3": all of which a kernel has `count`. Returns text. */
const char *program_numbers(char text[40], const char *what, unsigned count);
void program_warning(struct program *, enum capdl_check, uint32_t object, const char *format, ...) CAPDL_PRINTF(4, 5);
/* The same about an interrupt's number, where it is given. */
void program_irq_error(struct program *, const struct capdl_irq_map *, const char *format, ...) CAPDL_PRINTF(3, 4);
/* The same about a capability: its place, and which slot of which container it is in. */
void program_cap_error(struct program *, uint32_t container, const struct capdl_cap *, const char *format, ...)
    CAPDL_PRINTF(4, 5);

/* A warning about the object of a capability, where that is written. */
void program_cap_warning(struct program *, enum capdl_check, const struct capdl_cap *, const char *format, ...)
    CAPDL_PRINTF(4, 5);

/* The objects of a kind, as many as *count, in the order of their slots; to be freed. */
uint32_t *objects_of_kind(const struct program *, enum capdl_kind, size_t *count);

/* calls.c */
static inline struct operand operand_word(uint64_t value)
{
    return (struct operand){value, CAPDL_OPERAND_LITERAL};
}
static inline struct operand operand_slot(uint64_t slot)
{
    return (struct operand){slot, CAPDL_REF_SLOT};
}
static inline struct operand operand_page(uint64_t page)
{
    return (struct operand){page, CAPDL_REF_PAGE};
}
static inline struct operand operand_initial(enum capdl_initial_cap cap)
{
    return (struct operand){(uint64_t)cap, CAPDL_REF_INITIAL};
}
static inline struct operand operand_sched_control(uint64_t core)
{
    return (struct operand){core, CAPDL_REF_SCHED_CONTROL};
}
/* The depth at which every slot of ours resolves. */
static inline struct operand operand_depth(const struct program *program)
{
    return operand_word(capdl_architecture(program->profile->arch)->word_bits);
}
/* The capability the kernel made for an object. */
struct operand operand_object(const struct program *, uint32_t object);
/* The same once CNodes are being filled, when that one may have moved. */
struct operand operand_late(const struct program *, uint32_t object);

/* Adds a call for `object`. operands: the target, then the method's capabilities and words. An absent method is an
   error, once. */
void calls_add(struct program *, enum capdl_phase, enum capdl_method, uint32_t object, const struct operand *operands,
               unsigned count);
/* Adds a derived slot, named after the object. */
uint64_t calls_derive(struct program *, uint32_t object);
/* Copies `source` to a new derived slot with these rights and, unless 0, badge. */
struct operand calls_copy(struct program *, uint32_t object, struct operand source, unsigned rights, uint64_t badge);
/* Whether two references, or words, are the same. */
bool operand_equal(struct operand, struct operand);

#define CALL(program, phase, method, object, ...)                                                                 \
    calls_add(program, CAPDL_PHASE_##phase, CAPDL_METHOD_##method, object, (const struct operand[]){__VA_ARGS__}, \
              sizeof((const struct operand[]){__VA_ARGS__}) / sizeof(struct operand))

/* twins.c: makes pages that equal others, and partly filled ones, frames to be copied, until `copies` are spared. */
void twins_copy(struct program *);
struct extent page_extent(const uint8_t page[CAPDL_PAGE_SIZE]);

/* The passes, each in the file of its name. Errors go to diags; a pass does what it can so that one run reports every
 * mistake. */
void kernel_types_objects(struct program *);
void arguments_place(struct program *);
void reserved_find(struct program *);
void content_find(struct program *);
/* elf_warnings.c: warns of a file that is a thread's program. */
void programs_check_file(struct program *, const struct capdl_fill *, const struct fill_file *);
void direct_find(struct program *);
void order_objects(struct program *);
void cover_objects(struct program *);
void asids_count(struct program *);
void asids_assign(struct program *);
void interrupts_derive(struct program *);
void ports_derive(struct program *);
void io_spaces_derive(struct program *);
void io_spaces_map(struct program *);
void streams_derive(struct program *);
void streams_bind(struct program *);
void derivations_collect(struct program *);
void mappings_collect(struct program *);
void vspace_map(struct program *);
void content_fill(struct program *);
void sched_configure(struct program *);
void threads_configure(struct program *);
void caps_distribute(struct program *);
void leftovers_assign(struct program *);
/* What each asks for; those of which the amount is known become untypeds. `known`: shares of an earlier attempt, may be
   NULL. */
void leftovers_ask(struct program *, const struct program *known);
bool leftovers_any(const struct program *);
/* How many objects are made for one of the spec: untypeds of leftovers, else 1. */
uint64_t leftovers_pieces(const struct program *, uint32_t object);
/* leftover_shares.c: once the plan without them is known. */
void leftovers_share(struct program *, struct capdl_plan *);
void domains_configure(struct program *);
void calls_distribute(struct program *);

/* direct.c: adds the groups of direct objects of this size, after all others of it. */
void direct_order(struct program *, unsigned size_bits);

/* kernel_types.c: level of a page table's kind below the root, -1 if the kernel's address spaces have no such level. */
int table_level(const struct program *, enum capdl_kind);

/* vspace.c: attribute words of the mapping of a page, and of tables, of threads or of guests. */
uint64_t vspace_page_attributes(const struct capdl_profile *, const struct capdl_cap *, bool guest);
uint64_t vspace_table_attributes(const struct capdl_profile *, bool guest);

/* mapping.c: keeps originals for the CNodes that want them; which capability maps a page-table slot; the CNode
   capability that is to map a slot, or 0. */
void mappings_reserve(struct program *);
struct operand mapping_source(struct program *, uint32_t table, const struct capdl_cap *);
struct mapping *mapping_find(const struct program *, uint32_t container, uint64_t slot);

/* derive.c: the slot that a capability is to be copied from, or 0; how many are above it; whether it is the object's
   original because others are copied from it. */
const struct capdl_slot_ref *derivation_parent(const struct program *, uint32_t container, uint64_t slot);
unsigned derivation_depth(const struct program *, uint32_t container, uint64_t slot);
bool derivation_is_original(const struct program *, uint32_t container, const struct capdl_cap *);
enum { DERIVATION_DEEPEST = 2 };

/* Of what a spec calls a capability of the initial task; COUNT: nothing. */
enum capdl_kind caps_initial_kind(uint64_t slot);
/* Word of capability data for a CNode capability: 0 for no guard. */
uint64_t caps_guard_word(const struct program *, const struct capdl_cap *);
/* Rights word of a copy. */
uint64_t caps_rights(const struct capdl_cap *);

/* arguments.c: where a thread's stack begins, below the arguments on it; the first word at or after `offset` of a
   frame, or 0: the frame's others follow it. */
uint64_t arguments_sp(const struct program *, const struct capdl_tcb *);
const struct content_word *arguments_in(const struct program *, uint32_t frame, uint64_t offset);

/* chunks.c: the id of a chunk of bootinfo by its name in a fill, 0 if there is none, and back; whether a fill from
   it is valid: an error is in diags; whether a frame has any. */
unsigned chunk_id(const char *name);
const char *chunk_name(unsigned id);
bool chunk_good(struct program *, const struct capdl_fill *);
bool chunk_in(const struct capdl_spec *, uint32_t frame);

/* reserved.c: the section with what the loader puts into reserved memory, malloc'd; its size is 0 if nothing is
 * reserved. */
uint8_t *reserved_encode(const struct program *, size_t *size);

/* contiguous.c: finds the arrays; makes their untypeds of a size, then their frames; the first frame of the array whose
   untyped a slot is. When they do not fit: chooses addresses, an error if there are none; the spec with these, its
   objects to be freed. */
struct forecast;
void contiguous_find(struct program *);
void contiguous_free(struct program *);
void contiguous_parents(struct program *, unsigned size_bits);
void contiguous_cover(struct program *);
uint32_t contiguous_owner(const struct program *, uint64_t slot);
bool contiguous_choose(struct program *, const struct forecast *);
struct capdl_spec contiguous_spec(const struct program *);

/* leftovers.c: what the blob says of them, nothing if nobody gets them. */
void leftovers_sizes(const struct program *, uint64_t sizes[CAPDL_SIZE_KEY_COUNT]);

/* encode.c: the blob, malloc'd. */
uint8_t *encode_program(const struct program *, size_t *size);

/* fit.c: false if the objects cannot fit the memory of the kernel's platform; an error is in diags. */
struct forecast;
/* Errors and warnings about what is asked of device memory. */
void device_memory_check(struct program *, const struct forecast *);
bool fit_check(struct program *, const uint8_t *blob, size_t size);
/* The same exactly, where the kernel's memory is known, for an image of this size. */
bool fit_image(struct program *, const uint8_t *blob, size_t size, const struct capdl_image_header *);
/* Slots of the root CNode that the kernel fills before the initialiser runs: exactly where that is known. */
uint64_t fit_root_slots(const struct program *, const struct capdl_image_header *);

/* layout.c: writes the image. False: an error is in diags. */
bool layout_write(struct program *, const uint8_t *blob, size_t blob_size, FILE *out);

/* initialiser.c: the prebuilt initialiser's bytes, to be released; false: an error is in diags. */
struct file_bytes;
bool initialiser_read(struct program *, struct file_bytes *, char **path);

#endif
