/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Private to this room. A comparison has three parts, made in this order:
 *
 *     state      every kernel object that some capability names, as a list of nodes
 *     match      which node each object of the spec is: by name, by address, along capabilities, by neighbours
 *     compare    every field of every object, every slot, entry, byte; then what the spec does not speak of
 *
 * Matching only guesses. What counts is the comparison: when every object's node has what the spec says, the two
 * are the same up to names, however the guess was made.
 */
#ifndef TOOL_VERIFY_PRIVATE_H
#define TOOL_VERIFY_PRIVATE_H

#include "verify/arch.h"

#include <capdl/leftovers.h>

#include "base/fill_files.h"
#include "base/memory.h"
#include "blob/blob.h"
#include "machine/boot.h"
#include "machine/machine.h"
#include "profile/vspace.h"
#include "verify/verify.h"

#define NO_NODE UINT32_MAX

enum { LABEL_SIZE = 192 };

enum node_flag {
    NODE_CANDIDATE = 1, /* may be an object of the spec */
    NODE_OWN = 2,       /* CNode of the initialiser */
    NODE_SCANNED = 4,
    NODE_HELD = 8, /* some capability names it */
};

/* A kernel object, frame or untyped that some capability names. */
struct node {
    uint64_t paddr;
    void *object;               /* 0: frame or untyped */
    const struct slot *untyped; /* the one capability of an untyped */
    uint32_t match;             /* object of the spec, or CAPDL_NO_OBJECT */
    uint16_t asid;              /* of a root of an address space, or the device of a root of I/O page tables; 0: none */
    uint8_t type;               /* enum cap_type */
    uint8_t bits;               /* frame, untyped, SC: log2 of bytes; CNode: of slots */
    uint8_t flags;              /* enum node_flag */
    bool device;
};

/* How capabilities of the spec refer to an object: at all; from a page table, as code, uncached. */
enum use { USED = 1, USED_BY_TABLE = 2, USED_AS_CODE = 4, USED_UNCACHED = 8 };

/* A start-up argument that is not in a register but in a frame of the thread's stack. */
struct argument {
    uint32_t frame;
    uint64_t offset, value;
};

/* What is left, by the spec. */
struct left {
    uint32_t object, cnode, frame; /* CAPDL_NO_OBJECT: nobody gets it */
    uint64_t first, slots;
    uint64_t size;  /* bytes, if the spec says how many */
    bool bootinfo;  /* the frame is that of an initial task */
    uint8_t kinds;  /* enum capdl_left_kind: what nobody else asks for */
    uint8_t pieces; /* log2 of the size of each untyped, if the spec says how many bytes */
};

/* The place of a page table of the spec. */
struct table_position {
    uint32_t root; /* object; CAPDL_NO_OBJECT: in no address space */
    uint8_t level;
    uint64_t base;
};

struct verify {
    const struct verify_spec *given;
    const struct capdl_spec *spec;
    struct kernel *kernel;
    const struct capdl_profile *profile;
    const struct boot_info *boot;
    const struct image *image;
    const struct machine_stop *stop;
    const char *said; /* the initialiser's last line, "" if it said nothing */
    struct verify_result *result;

    struct node *nodes;
    size_t num_nodes, capacity_nodes;
    uint32_t *hash; /* index + 1; open addressing */
    size_t hash_size;

    uint32_t *match; /* per object of the spec: node, or NO_NODE */
    uint32_t *queue; /* matched objects whose capabilities have not been followed yet */
    size_t num_queue;
    uint64_t *irqs;                         /* per object: number in the kernel, or UINT64_MAX */
    struct table_position *table_positions; /* per object */
    bool sizes_of_sc;                       /* the spec gives the size of every scheduling context */
    uint8_t *uses;                          /* per object: enum use */

    struct argument *arguments; /* by frame and offset */
    size_t num_arguments, capacity_arguments;

    struct left left[CAPDL_MAX_LEFTOVERS]; /* in the order of the blob */

    struct fill_files *files;
};

/* Adds a difference about an object of the spec; the message continues after its name. */
void differ(struct verify *, uint32_t object, const char *format, ...) CAPDL_PRINTF(3, 4);
/* Adds a difference that is not about an object of the spec. */
void differ_world(struct verify *, const char *format, ...) CAPDL_PRINTF(2, 3);
/* Names for messages: of an object of the spec, a node, a capability. Return the buffer. */
const char *object_label(const struct verify *, uint32_t object, char buffer[LABEL_SIZE]);
const char *node_label(const struct verify *, uint32_t node, char buffer[LABEL_SIZE]);
const char *cap_label(const struct verify *, const struct slot *, char buffer[LABEL_SIZE]);

/* expected_types.c: facts about kinds, from the language and seL4's manual. */
bool kind_is_any_table(enum capdl_kind);
/* Whether it stands for a device, which the kernel knows by a number. */
bool kind_is_device(enum capdl_kind);
/* Whether objects of this kind are distinct kernel objects. */
bool kind_has_node(enum capdl_kind);
/* Type of a capability to an object of this kind; CAP_NULL: there is none. */
enum cap_type kind_cap_type(const struct verify *, enum capdl_kind);
/* log2 of the bytes that an entry of a table covers, once table_positions_find has found its level. */
unsigned table_shift(const struct verify *, uint32_t table);
/* Finds roots, levels and addresses of the spec's tables, and interrupts' numbers. */
void table_positions_find(struct verify *);

/* fill_files.c */
/* Reads all that fill frames of the spec. */
struct fill_files *fill_files_load(const struct verify_spec *);
/* The file of a fill; reports once that it cannot be read. */
const struct fill_file *fill_file_of(struct verify *, const struct capdl_fill *);
void fill_files_unload(struct fill_files *);

/* state.c */
void state_collect(struct verify *);
/* The node of a capability; NO_NODE: it names nothing that has one. */
uint32_t state_node(const struct verify *, const struct slot *);
uint32_t state_object_node(const struct verify *, const void *object);
uint32_t state_frame_node(const struct verify *, uint64_t paddr, unsigned bits);
/* The kernel's slot for slot `slot` of a TCB in the spec; 0: it is not one that holds a capability. */
const struct slot *state_tcb_slot(const struct verify *, const struct tcb *, uint64_t slot);
/* What is in a slot of an object of the spec: for TCBs also what is bound. `ordinal`: which of the object's
   capabilities it is. */
uint32_t state_target(const struct verify *, uint32_t object, const struct capdl_cap *, uint32_t ordinal);
/* What a device of the spec sees: the root of its tables, or what it is bound to. */
uint32_t state_device_target(const struct verify *, uint32_t object);
/* Bytes of memory that a node takes. */
uint64_t node_bytes(const struct verify *, const struct node *);
/* As the kernel names a PCI device. */
uint16_t device_request(const struct verify *, uint32_t object);
/* Calls `see` for everything a node holds, with the slot as the spec would number it. */
void state_each(const struct verify *, uint32_t node, void (*see)(void *context, uint64_t slot, uint32_t node),
                void *context);

/* match.c, colours.c */
void match_by_colour(struct verify *);
void match_all(struct verify *);

/* stack.c: which start-up arguments are on the stack, and the stack pointer above which they are. */
void stack_collect(struct verify *);
uint64_t stack_pointer_of(const struct verify *, const struct capdl_tcb *);
/* The first in a frame at or after an offset; those after it follow. */
const struct argument *stack_argument_from(const struct verify *, uint32_t frame, uint64_t offset);

/* bootinfo.c: copies what a chunk of the kernel's extra bootinfo has from an offset on, as far as there is any. */
void bootinfo_copy(struct verify *, const char *chunk, uint64_t offset, uint8_t *to, uint64_t size);
/* From the bootinfo itself. */
bool bootinfo_words(struct verify *, uint64_t offset, void *to, uint64_t size);

/* frame_contents.c */
void contents_compare(struct verify *, uint32_t object);
/* What the spec says is in the first page of a frame. */
void contents_expected(struct verify *, uint32_t object, uint8_t page[CAPDL_PAGE_SIZE]);
/* A number that depends on every byte; the same for a frame of the spec and one of the kernel with the same bytes. */
uint64_t contents_expected_hash(struct verify *, uint32_t object);
uint64_t contents_actual_hash(struct verify *, uint32_t node);
/* The machine's memory at an address: a page, or 0. */
const uint8_t *contents_page(struct verify *, uint64_t paddr);
bool contents_is_zero(const uint8_t *page);

/* The comparisons, each in the file of its name. */
void compare_objects(struct verify *);
void compare_cap(struct verify *, uint32_t container, const struct capdl_cap *, const struct slot *);
void compare_cnode(struct verify *, uint32_t object);
void compare_irq(struct verify *, uint32_t object);
void compare_device(struct verify *, uint32_t object);
void compare_other_devices(struct verify *);
void compare_thread(struct verify *, uint32_t object);
void compare_table(struct verify *, uint32_t object);
void compare_asid_pool(struct verify *, uint32_t object);
void compare_sched_context(struct verify *, uint32_t object);
void compare_derivations(struct verify *);
void compare_originals(struct verify *);
void compare_domains(struct verify *);
void compare_world(struct verify *);
void list_remains(struct verify *);

/* compare_leftovers.c: finds who gets what is left; whether a slot is for that; compares it with its description, and
   that with what there is. */
void leftovers_find(struct verify *);
bool leftovers_slot(const struct verify *, uint32_t cnode, uint64_t slot);
bool leftovers_frame(const struct verify *, uint32_t object);
/* NULL if these go to nobody. */
const struct left *leftovers_of(const struct verify *, uint32_t object);
void compare_leftovers(struct verify *, uint32_t object);

/* describe.c: the digest. */
void describe_state(struct verify *);

#endif
