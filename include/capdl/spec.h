/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The model of a capDL spec: objects and the capabilities they hold. Front ends fill it, everything else reads it;
 * nothing past the model may know which front end was used.
 *
 * Ownership: a spec owns all memory reachable from it (one arena, released by capdl_spec_free). Strings are interned:
 * two equal names are the same pointer. Objects are referred to by number, which never changes; capdl_object_kind and
 * its like say what one is, capdl_object_set changes it. Pointers to caps are valid until the next cap is added.
 */
#ifndef CAPDL_SPEC_H
#define CAPDL_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <capdl/diag.h>
#include <capdl/facts.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CAPDL_NO_OBJECT UINT32_MAX
#define CAPDL_NO_INDEX UINT32_MAX

enum capdl_cap_flag {
    CAPDL_CAP_UNCACHED = 1,     /* frame */
    CAPDL_CAP_REPLY = 2,        /* tcb: reply */
    CAPDL_CAP_MASTER_REPLY = 4, /* tcb: master_reply */
    CAPDL_CAP_HAS_ASID = 8,
    CAPDL_CAP_HAS_MAPPING = 16, /* frame: extra->mapping_* say which page-table slot this very cap maps */
    CAPDL_CAP_HAS_BADGE = 32,   /* ep, notification, smc: written out (also when 0) */
    CAPDL_CAP_HAS_GUARD = 64,   /* cnode: guard or guard_size written out */
    CAPDL_CAP_GENERATED = 128,  /* made by a front end as a default: a cap written in the caps section replaces it */
};

/* What few capabilities have. */
struct capdl_cap_extra {
    uint64_t asid_high, asid_low;
    uint32_t mapping_container; /* object index */
    uint64_t mapping_slot;
};

struct capdl_cap {
    uint64_t slot;   /* in its container */
    uint64_t data;   /* badge (ep, notification, smc), guard value (cnode), core (sched_control); else 0 */
    uint32_t object; /* index; CAPDL_NO_OBJECT for control capabilities (kind from IRQ_CONTROL on) */
    uint8_t kind;    /* enum capdl_kind of what it refers to */
    uint8_t rights;  /* enum capdl_right; of frames READ, WRITE and EXECUTE */
    uint8_t flags;   /* enum capdl_cap_flag */
    uint8_t guard_size;
    uint32_t at;    /* where it is written: see capdl_spec_at */
    uint32_t extra; /* see capdl_cap_extra; 0: none of it */
};

enum capdl_tcb_field {
#define CAPDL_TCB_FIELD(id, member, type, otherwise, written, rust, in_rust, rank, name) CAPDL_TCB_FIELD_##id,
#include <capdl/tcbfields.def>
#undef CAPDL_TCB_FIELD
    CAPDL_TCB_FIELD_COUNT,
    CAPDL_TCB_FIELD_NONE = CAPDL_TCB_FIELD_COUNT
};

enum capdl_tcb_has { /* bits of capdl_tcb.has */
#define CAPDL_TCB_FIELD(id, member, type, otherwise, written, rust, in_rust, rank, name) \
    CAPDL_TCB_HAS_##id = 1 << CAPDL_TCB_FIELD_##id,
#include <capdl/tcbfields.def>
#undef CAPDL_TCB_FIELD
};

/*
 * A member for each row of tcbfields.def: uint64_t, bool, or a pointer to uint64_t with a count, num_MEMBER. Those not
 * in `has` hold the row's default. Large specs have many: the bools fill the gap after `has`.
 */
struct capdl_tcb {
    uint32_t has;
#define CAPDL_TCB_FIRST_NUMBER(member)
#define CAPDL_TCB_FIRST_BOOL(member) bool member;
#define CAPDL_TCB_FIRST_LIST(member)
#define CAPDL_TCB_FIELD(id, member, type, otherwise, written, rust, in_rust, rank, name) CAPDL_TCB_FIRST_##type(member)
#include <capdl/tcbfields.def>
#undef CAPDL_TCB_FIELD
#define CAPDL_TCB_MEMBER_NUMBER(member) uint64_t member;
#define CAPDL_TCB_MEMBER_BOOL(member)
#define CAPDL_TCB_MEMBER_LIST(member) \
    uint64_t *member;                 \
    size_t num_##member;
#define CAPDL_TCB_FIELD(id, member, type, otherwise, written, rust, in_rust, rank, name) CAPDL_TCB_MEMBER_##type(member)
#include <capdl/tcbfields.def>
#undef CAPDL_TCB_FIELD
};

enum capdl_tcb_default {
#define CAPDL_TCB_FIELD(id, member, type, otherwise, written, rust, in_rust, rank, name) \
    CAPDL_TCB_DEFAULT_##id = (otherwise),
#include <capdl/tcbfields.def>
#undef CAPDL_TCB_FIELD
};

/* The defaults of tcbfields.def. */
extern const struct capdl_tcb capdl_tcb_defaults;

/* With which others the text writer prints a field: other tools accept some parameters in certain combinations only. */
enum capdl_tcb_written {
    CAPDL_TCB_BASIC,      /* when one of BASIC, WITH_BASIC or FULL is given */
    CAPDL_TCB_FULL,       /* when one of FULL is given */
    CAPDL_TCB_WITH_BASIC, /* when it is given itself, like the others */
    CAPDL_TCB_ALONE,      /* when it is given */
    CAPDL_TCB_EXTENSION,  /* when it is given; other tools do not have it: `expand --strict` refuses it */
};

enum capdl_tcb_type { CAPDL_TCB_NUMBER, CAPDL_TCB_BOOL, CAPDL_TCB_LIST };
enum capdl_tcb_type capdl_tcb_field_type(enum capdl_tcb_field);
/* Reads or sets a field that is a number or a bool (0 or 1), not a list; capdl_tcb_set also marks it as given. */
uint64_t capdl_tcb_get(const struct capdl_tcb *, enum capdl_tcb_field);
void capdl_tcb_set(struct capdl_tcb *, enum capdl_tcb_field, uint64_t value);
/* Whether both have the same values and give the same fields. NULL, a TCB without parameters, equals only NULL. */
bool capdl_tcb_same(const struct capdl_tcb *, const struct capdl_tcb *);
/* The field's name in text and JSON, and its name in messages. Both are static. */
const char *capdl_tcb_field_keyword(enum capdl_tcb_field);
const char *capdl_tcb_field_name(enum capdl_tcb_field);

/* period and budget in microseconds. */
struct capdl_sc {
    bool has_times, has_data;
    uint64_t period, budget, data; /* data: badge of timeout faults */
    uint64_t refills;              /* extra refills; extension */
    uint64_t flags;                /* of SchedControl_ConfigureFlags: 1 is sporadic; extension */
};

enum capdl_fill_kind { CAPDL_FILL_FILE, CAPDL_FILL_BOOTINFO, CAPDL_FILL_BYTES, CAPDL_FILL_OTHER };

/* `length` bytes at `offset` in a frame. */
struct capdl_fill {
    enum capdl_fill_kind kind;
    uint64_t offset, length;
    /* FILE: path as written; BOOTINFO: its type as written; BYTES: two hexadecimal digits a byte; OTHER: all words as
       written */
    const char *text;
    uint64_t source_offset; /* of the first byte: in the file, or in the bootinfo chunk */
    struct capdl_pos pos;
};

struct capdl_fills {
    struct capdl_fill *list;
    size_t count;
};

/* Value of a parameter of an extension declaration such as pd(...). */
enum capdl_value_kind {
    CAPDL_VALUE_NUMBER,
    CAPDL_VALUE_BOOL,
    CAPDL_VALUE_STRING,
    CAPDL_VALUE_LIST,
    CAPDL_VALUE_CAP,
    CAPDL_VALUE_PAIRS
};

struct capdl_param {
    const char *name; /* NULL: positional */
    enum capdl_value_kind kind;
    uint64_t number;  /* NUMBER (suffixes k, M, G applied), BOOL */
    const char *text; /* STRING; CAP: name of the object */
    uint32_t index;   /* CAP: array index or CAPDL_NO_INDEX */
    uint64_t *list;   /* LIST */
    size_t num_list;
    struct capdl_cap cap; /* CAP: rights, badge and so on as written; object not resolved */
    /* PAIRS: what is in ("name", value), where a value may also be `word: object`; of [a, b] only values: CAPs */
    struct capdl_param *pairs;
    size_t num_pairs;
    const char *word; /* of a pair's CAP; NULL: none */
    struct capdl_pos pos;
};

/* The initial value of a symbol of a program. */
struct capdl_setting {
    const char *symbol;
    bool is_number;
    uint64_t number;
    unsigned width;       /* a number: bytes that the symbol must have; 0: 1, 2, 4 or 8, as it has */
    const uint8_t *bytes; /* others: at the symbol's start */
    size_t size;
    bool zeros; /* others: the rest of the symbol becomes zero; else it stays as the program has it */
    struct capdl_pos pos;
};

struct capdl_program {
    struct capdl_param *params;
    size_t num_params;
    bool broken;                    /* others could not be read, which was reported */
    struct capdl_setting *settings; /* as far as they are known: an image keeps them for a later program */
    size_t num_settings;
    uint64_t room; /* bytes that a later program may take; 0: those of this one */
    bool module;   /* `module ("file")`: a file to map, no program to run */
};

/* Parameters of devices and interrupts, per kind. */
enum capdl_number {
    CAPDL_NUMBER_PORTS_FIRST = 0, /* io_ports, both inclusive */
    CAPDL_NUMBER_PORTS_LAST = 1,
    CAPDL_NUMBER_IO_DOMAIN = 0, /* io_device */
    CAPDL_NUMBER_IO_BUS = 1,
    CAPDL_NUMBER_IO_DEV = 2,
    CAPDL_NUMBER_IO_FUN = 3,
    CAPDL_NUMBER_IO_PT_LEVEL = 0, /* io_pt */
    CAPDL_NUMBER_IOAPIC_NUM = 0,  /* ioapic_irq */
    CAPDL_NUMBER_IOAPIC_PIN = 1,
    CAPDL_NUMBER_IOAPIC_LEVEL = 2,
    CAPDL_NUMBER_IOAPIC_POLARITY = 3,
    CAPDL_NUMBER_MSI_HANDLE = 0, /* msi_irq */
    CAPDL_NUMBER_MSI_BUS = 1,
    CAPDL_NUMBER_MSI_DEV = 2,
    CAPDL_NUMBER_MSI_FUN = 3,
    CAPDL_NUMBER_IOSPACE = 0,          /* arm_io_device */
    CAPDL_NUMBER_TRIGGER = 0,          /* arm_irq, riscv_irq: 0 level, 1 edge */
    CAPDL_NUMBER_TARGET = 1,           /* arm_irq, arm_sgi_signal */
    CAPDL_NUMBER_SGI_IRQ = 0,          /* arm_sgi_signal */
    CAPDL_NUMBER_LEFTOVER_SLOTS = 0,   /* leftover */
    CAPDL_NUMBER_LEFTOVER_DEVICES = 1, /* enum capdl_leftover_devices */
    CAPDL_NUMBER_LEFTOVER_SIZE = 2,    /* bytes */
    CAPDL_NUMBER_LEFTOVER_SHARE = 3,   /* per cent of the RAM that is left */
    CAPDL_NUMBER_BANK = 0,             /* contextbank */
    CAPDL_NUMBER_STREAM = 0,           /* streamid; extension `id: n` */
    CAPDL_NUMBER_ASID_HIGH = 0,        /* asid_pool */
    CAPDL_NUMBER_COUNT = 4
};

struct capdl_numbers {
    uint8_t has; /* bit per number: written in the spec */
    uint64_t value[CAPDL_NUMBER_COUNT];
};

enum capdl_object_flag {
    CAPDL_OBJECT_HAS_SIZE = 1,
    CAPDL_OBJECT_HAS_PADDR = 2,
    CAPDL_OBJECT_HAS_FILL = 4,    /* frame: a fill list was written, perhaps an empty one */
    CAPDL_OBJECT_GENERATED = 8,   /* made by a front end, not written by the author */
    CAPDL_OBJECT_EXECUTABLE = 16, /* frame: some mapping of it is executable (set by the compiler) */
    CAPDL_OBJECT_CONTIGUOUS = 32, /* frame: the elements of its array are contiguous in physical memory */
};

struct capdl_object {
    const char *name;  /* interned */
    uint32_t index;    /* array element, or CAPDL_NO_INDEX */
    uint32_t parent;   /* untyped that covers it, or CAPDL_NO_OBJECT */
    uint8_t kind;      /* enum capdl_kind */
    uint8_t flags;     /* enum capdl_object_flag */
    uint8_t size_bits; /* log2: bytes of ut, frame and sc; slots of a cnode */
    uint64_t paddr;
    struct capdl_cap *caps; /* ascending by slot once the spec is complete */
    uint32_t num_caps;
    uint32_t program; /* the PROGRAM it was generated for, or CAPDL_NO_OBJECT */
    struct capdl_pos pos;
    union { /* elements of an array may share lists of fills and numbers: they are not to be changed in place */
        struct capdl_tcb *tcb;            /* TCB; NULL: all defaults */
        struct capdl_sc *sc;              /* SC; may be NULL */
        struct capdl_numbers *numbers;    /* devices and interrupts; may be NULL */
        struct capdl_program *program_of; /* PROGRAM */
        struct capdl_fills fills;         /* FRAME */
    } u;
};

struct capdl_irq_map {
    uint64_t irq;
    uint32_t object;
    struct capdl_pos pos;
};

/* A slot: container and number. */
struct capdl_slot_ref {
    uint32_t container;
    uint64_t slot;
} __attribute__((packed, aligned(4))); /* there may be very many */

/* Derivation: the cap in `child` is derived from the one in `parent`. */
struct capdl_derivation {
    struct capdl_slot_ref parent, child;
    struct capdl_pos pos;
};

enum capdl_duration_unit { CAPDL_TICKS, CAPDL_MICROSECONDS };

struct capdl_domain_entry {
    uint64_t domain, duration;
    enum capdl_duration_unit unit;
    bool end_marker;
    struct capdl_pos pos;
};

enum capdl_domain_start { CAPDL_DOMAIN_START_DEFAULT, CAPDL_DOMAIN_START_INDEX, CAPDL_DOMAIN_START_NONE };

struct capdl_domains {
    bool has_schedule, has_index_shift;
    struct capdl_domain_entry *schedule;
    size_t num_schedule;
    enum capdl_domain_start start_kind;
    uint64_t start_index, index_shift;
    struct capdl_pos pos;
};

struct capdl_objects;
struct capdl_arena;
struct capdl_names;
struct spec_caps_pool;
struct spec_positions;

struct capdl_spec {
    enum capdl_arch arch;
    bool has_arch; /* an `arch` line was read or the caller set arch */
    uint32_t num_objects;
    struct capdl_irq_map *irqs;
    size_t num_irqs, capacity_irqs;
    struct capdl_derivation *derivations;
    size_t num_derivations, capacity_derivations;
    struct capdl_domains domains;
    struct capdl_objects *objects; /* private, and so are the following */
    struct spec_positions *places;
    struct capdl_cap_extra *extras;
    size_t num_extras, capacity_extras;
    struct spec_caps_pool *caps;
    struct capdl_arena *arena;
    struct capdl_names *names; /* interned names, and objects by name and index */
};

/*
 * Calls run(data) so that running out of memory returns here. Returns NULL, or why run could not finish ("out of
 * memory", or a spec beyond 2^30 objects or 4 GiB of names), as a static string. After a failure, the objects that run
 * was changing can only be freed, and temporary memory of the interrupted call leaks. Calls may nest; each thread has
 * its own. Outside capdl_try, a call of this library that runs out of memory prints a message on standard error and
 * exits with status 2.
 */
const char *capdl_try(void (*run)(void *data), void *data);
/* Reports that memory ran out, as described above; also for your own code that capdl_try runs. */
void capdl_spec_out_of_memory(void) __attribute__((noreturn));

void capdl_spec_init(struct capdl_spec *); /* makes an empty spec */
void capdl_spec_free(struct capdl_spec *); /* releases a spec and all that belongs to it, also after a failure */
/* A copy whose objects can be changed independently; it shares the rest with the original, which must outlive it.
   Adding caps is not allowed. Release it with capdl_spec_free_copy. */
struct capdl_spec capdl_spec_copy(const struct capdl_spec *);
void capdl_spec_free_copy(struct capdl_spec *);

/* Zeroed memory that is released with the spec. Never NULL: see capdl_try. */
void *capdl_spec_alloc(struct capdl_spec *, size_t size);
/* The spec's one copy of this name (`length` bytes, copied, ended by a 0): equal names are equal pointers. */
const char *capdl_spec_intern(struct capdl_spec *, const char *text, size_t length);

/* Gives a fill, whose length is set, these bytes: `count` hexadecimal digits, two a byte. False if there are none, not
   twice the length, or other characters; the fill is then of kind OTHER. */
bool capdl_fill_set_bytes(struct capdl_spec *, struct capdl_fill *, const char *digits, size_t count);
/* Copies bytes [from, from + count) of a fill of kind BYTES; the range must lie in the fill. */
void capdl_fill_get_bytes(const struct capdl_fill *, uint64_t from, uint64_t count, uint8_t *bytes);

/*
 * Storage of objects: a column for each group of fields. Fields that most objects lack have a column of their own, read
 * only for objects that have it. The layout is public for the accessors below, whose `id` is below num_objects.
 */
struct capdl_object_basic {
    uint32_t name;
    uint32_t at;
    uint8_t kind, flags, size_bits;
    uint8_t has; /* enum capdl_object_column: the columns that have an entry for this object */
};

/* The target of `u` of struct capdl_object. */
struct capdl_object_content {
    void *pointer;
    size_t count; /* of fills */
};

/* Capabilities of one container. capacity 0: they are in a chunk, and only the last container of the chunk can grow
   there. */
struct capdl_object_caps {
    struct capdl_cap *list;
    uint32_t count, capacity;
};

enum capdl_object_column {
    CAPDL_COLUMN_INDEX = 1,
    CAPDL_COLUMN_PARENT = 2,
    CAPDL_COLUMN_PROGRAM = 4,
    CAPDL_COLUMN_PADDR = 8,
    CAPDL_COLUMN_CONTENT = 16,
    CAPDL_COLUMN_CAPS = 32,
};

struct capdl_objects {
    struct capdl_object_basic *basic;
    uint32_t *index, *parent, *program; /* stored plus 1; 0: none */
    uint64_t *paddr;
    struct capdl_object_content *content;
    struct capdl_object_caps *caps;
    size_t capacity;
};

static inline enum capdl_kind capdl_object_kind(const struct capdl_spec *spec, uint32_t id)
{
    return (enum capdl_kind)spec->objects->basic[id].kind;
}

/* Bits of enum capdl_object_flag. */
static inline unsigned capdl_object_flags(const struct capdl_spec *spec, uint32_t id)
{
    return spec->objects->basic[id].flags;
}

static inline uint8_t capdl_object_size_bits(const struct capdl_spec *spec, uint32_t id) /* see struct capdl_object */
{
    return spec->objects->basic[id].size_bits;
}

static inline bool capdl_object_has(const struct capdl_spec *spec, uint32_t id, enum capdl_object_column column)
{
    return spec->objects->basic[id].has & column;
}

/* Its index in its array, or CAPDL_NO_INDEX. */
static inline uint32_t capdl_object_index(const struct capdl_spec *spec, uint32_t id)
{
    return capdl_object_has(spec, id, CAPDL_COLUMN_INDEX) ? spec->objects->index[id] - 1 : CAPDL_NO_INDEX;
}

/* The untyped that covers it, or CAPDL_NO_OBJECT. */
static inline uint32_t capdl_object_parent(const struct capdl_spec *spec, uint32_t id)
{
    return capdl_object_has(spec, id, CAPDL_COLUMN_PARENT) ? spec->objects->parent[id] - 1 : CAPDL_NO_OBJECT;
}

/* The PROGRAM it was generated for, or CAPDL_NO_OBJECT. */
static inline uint32_t capdl_object_program(const struct capdl_spec *spec, uint32_t id)
{
    return capdl_object_has(spec, id, CAPDL_COLUMN_PROGRAM) ? spec->objects->program[id] - 1 : CAPDL_NO_OBJECT;
}

static inline uint64_t capdl_object_paddr(const struct capdl_spec *spec, uint32_t id) /* 0: also if not given */
{
    return capdl_object_has(spec, id, CAPDL_COLUMN_PADDR) ? spec->objects->paddr[id] : 0;
}

struct capdl_caps {
    struct capdl_cap *list; /* ascending by slot once the spec is complete */
    uint32_t count;
};

static inline struct capdl_caps capdl_object_caps(const struct capdl_spec *spec, uint32_t id)
{
    struct capdl_caps caps = {NULL, 0};
    if (capdl_object_has(spec, id, CAPDL_COLUMN_CAPS)) {
        caps.list = spec->objects->caps[id].list;
        caps.count = spec->objects->caps[id].count;
    }
    return caps;
}

/* The parameters of an object, typed by the accessors below; NULL: none. Read only: elements of an array share them. */
static inline void *capdl_object_content(const struct capdl_spec *spec, uint32_t id)
{
    return capdl_object_has(spec, id, CAPDL_COLUMN_CONTENT) ? spec->objects->content[id].pointer : NULL;
}

static inline struct capdl_tcb *capdl_object_tcb(const struct capdl_spec *spec, uint32_t id)
{
    return (struct capdl_tcb *)capdl_object_content(spec, id);
}

/* The same, but never NULL: a TCB without parameters has the defaults. */
static inline const struct capdl_tcb *capdl_tcb_values(const struct capdl_spec *spec, uint32_t id)
{
    const struct capdl_tcb *tcb = capdl_object_tcb(spec, id);
    return tcb ? tcb : &capdl_tcb_defaults;
}

/* The parameters of a TCB that is being described, to be written to. New ones have the defaults. */
struct capdl_tcb *capdl_tcb_make(struct capdl_spec *, struct capdl_object *);

static inline struct capdl_sc *capdl_object_sc(const struct capdl_spec *spec, uint32_t id)
{
    return (struct capdl_sc *)capdl_object_content(spec, id);
}

/* Devices and interrupts. */
static inline struct capdl_numbers *capdl_object_numbers(const struct capdl_spec *spec, uint32_t id)
{
    return (struct capdl_numbers *)capdl_object_content(spec, id);
}

/* A PROGRAM, as written. */
static inline struct capdl_program *capdl_object_declaration(const struct capdl_spec *spec, uint32_t id)
{
    return (struct capdl_program *)capdl_object_content(spec, id);
}

/* Frames. */
static inline struct capdl_fills capdl_object_fills(const struct capdl_spec *spec, uint32_t id)
{
    struct capdl_fills fills = {NULL, 0};
    if (capdl_object_has(spec, id, CAPDL_COLUMN_CONTENT)) {
        fills.list = (struct capdl_fill *)spec->objects->content[id].pointer;
        fills.count = spec->objects->content[id].count;
    }
    return fills;
}

/* A parameter of a device or interrupt; 0 if not given. */
static inline uint64_t capdl_object_number(const struct capdl_spec *spec, uint32_t id, enum capdl_number number)
{
    const struct capdl_numbers *numbers = capdl_object_numbers(spec, id);

    return numbers ? numbers->value[number] : 0;
}

/* Leftovers with a size consist of equal untypeds, as large as size and address allow: log2 of the bytes of one. 0: no
   size is given. */
static inline unsigned capdl_leftover_bits(const struct capdl_spec *spec, uint32_t id)
{
    uint64_t size = capdl_object_number(spec, id, CAPDL_NUMBER_LEFTOVER_SIZE);

    return size ? (unsigned)__builtin_ctzll(size | capdl_object_paddr(spec, id)) : 0;
}

/* Slots of leftovers: the slot says in which form the frame in it describes them. */
enum capdl_leftover_slot {
    CAPDL_LEFTOVER_SLOT_DESCRIPTION = 0, /* struct capdl_leftovers */
    CAPDL_LEFTOVER_SLOT_BOOTINFO = 1,    /* struct seL4_BootInfo, of a PD that is written as an initial task */
    CAPDL_LEFTOVER_SLOT_COUNT
};

/* The capability to the frame that describes leftovers; NULL if there is none, or more than one. */
static inline const struct capdl_cap *capdl_leftover_frame(const struct capdl_spec *spec, uint32_t id)
{
    struct capdl_caps caps = capdl_object_caps(spec, id);

    return caps.count == 1 && caps.list->slot < CAPDL_LEFTOVER_SLOT_COUNT && caps.list->kind == CAPDL_KIND_FRAME &&
                   caps.list->object != CAPDL_NO_OBJECT
               ? caps.list
               : NULL;
}

const char *capdl_object_name(const struct capdl_spec *, uint32_t id); /* interned, without the index */
/* Where it is declared. */
struct capdl_pos capdl_object_pos(const struct capdl_spec *, uint32_t id);
/* A copy of all its fields: to compare, or to change and pass to capdl_object_set. Pointers in it stay the spec's. */
struct capdl_object capdl_object_view(const struct capdl_spec *, uint32_t id);
/* Replaces all fields of an object but its capabilities. capdl_spec_find keeps finding it by its old name and index. */
void capdl_object_set(struct capdl_spec *, uint32_t id, const struct capdl_object *);
/* A position as one word, and back. Those in the spec's first text are compact; others take more memory. */
uint32_t capdl_spec_at(struct capdl_spec *, struct capdl_pos);
struct capdl_pos capdl_spec_pos(const struct capdl_spec *, uint32_t at);
/* Whether positions in this text fit; reports an error if it has 4 GiB or more. Front ends call this first. */
bool capdl_text_fits(struct capdl_diags *, uint16_t source);
/* Where a capability is written. */
struct capdl_pos capdl_cap_pos(const struct capdl_spec *, const struct capdl_cap *);
/* Rare fields of a capability, or NULL; good until the next capdl_spec_add_extra, which returns capdl_cap.extra. */
const struct capdl_cap_extra *capdl_cap_extra(const struct capdl_spec *, const struct capdl_cap *);
uint32_t capdl_spec_add_extra(struct capdl_spec *, const struct capdl_cap_extra *);

/* Finds an object by its name and index (CAPDL_NO_INDEX for one that is not an array element). CAPDL_NO_OBJECT if none.
 */
uint32_t capdl_spec_find(const struct capdl_spec *, const char *name, uint32_t index);
/* All objects but programs, sorted by the bytes of their names and then by index; for the caller to free. */
uint32_t *capdl_spec_by_name(const struct capdl_spec *, uint32_t *count);
/* Number of elements of the array `name`, 0 if there is none. */
uint32_t capdl_spec_array_length(const struct capdl_spec *, const char *name);
enum { CAPDL_NEAREST_LENGTH = 64, CAPDL_NEAREST_HINT = CAPDL_NEAREST_LENGTH + 24 };
/* What an author may have meant by a word that is not known: the nearest of those tried (edit distance). Begins as {0}.
 */
struct capdl_nearest {
    const char *word; /* NULL: none is near */
    unsigned distance;
    char hint[CAPDL_NEAREST_HINT];
};
void capdl_nearest_try(struct capdl_nearest *, const char *written, size_t length, const char *word);
/* " (did you mean 'x'?)" for a message, or "" if there is no word; good as long as the structure. */
const char *capdl_nearest_hint(struct capdl_nearest *);
/* The name in the spec that is nearest to this one. */
struct capdl_nearest capdl_spec_nearest(const struct capdl_spec *, const char *name);

/* capDL's word for a word of other tools or of the field (synonyms.def), where that may be written; NULL if unknown. */
enum capdl_synonym_place {
    CAPDL_SYNONYM_TYPE,
    CAPDL_SYNONYM_PARAMETER,
    CAPDL_SYNONYM_PD,
    CAPDL_SYNONYM_RIGHTS,
    CAPDL_SYNONYM_ARCH
};
const char *capdl_synonym(enum capdl_synonym_place, const char *word, size_t length);

/* Adds an object and returns its number. name and index must be new; set other fields with capdl_object_set. */
uint32_t capdl_spec_add(struct capdl_spec *, const char *name, uint32_t index, enum capdl_kind, struct capdl_pos);
/* Adds a cap to a container, keeping slots in order. Replaces a GENERATED cap in that slot. Returns false, changing
   nothing, when the slot holds a cap that is not GENERATED; a GENERATED cap given for a slot that is taken is dropped,
   which is not an error. */
bool capdl_spec_add_cap(struct capdl_spec *, uint32_t container, const struct capdl_cap *);
/* The cap in a slot, NULL if empty; good until a cap is added to the container. */
struct capdl_cap *capdl_spec_cap_at(const struct capdl_spec *, uint32_t container, uint64_t slot);

/*
 * Slots of a CNode whose holder has the originals of equal objects: the kernel makes them there. So it does with at
 * least CAPDL_ORIGINALS_LEAST objects whose only capabilities stand in consecutive slots, as docs/objects.md says under
 * "Capabilities in CNodes".
 */
enum { CAPDL_ORIGINALS_LEAST = 8 };

struct capdl_original_run {
    uint32_t cnode;
    uint32_t first, count; /* of its list of capabilities */
};

struct capdl_originals {
    struct capdl_original_run *list; /* CNodes ascending, slots ascending */
    size_t count;
};

/* Of a complete spec; to be released. */
struct capdl_originals capdl_originals_find(const struct capdl_spec *, enum capdl_arch);
void capdl_originals_free(struct capdl_originals *);

/* Whether its holder can call: send to an endpoint and be answered. The kernel sends faults through no other cap
   (validFaultHandler in its tcb.c). */
static inline bool capdl_cap_can_call(const struct capdl_cap *cap)
{
    return cap->kind == CAPDL_KIND_EP && cap->rights & CAPDL_RIGHT_WRITE &&
           cap->rights & (CAPDL_RIGHT_GRANT | CAPDL_RIGHT_GRANT_REPLY);
}
/* What a capability pointer names in a CSpace, as the kernel resolves it (resolveAddressBits in its cspace.c): from the
   highest bits on, each CNode takes those of its guard and those of a slot, as long as bits are left; what is left over
   at a cap that is no CNode is ignored. `root`: the cap of the CSpace root, may be NULL. `cnode`: set to the CNode
   that holds the cap, unchanged if no CNode is entered; may be NULL. Returns NULL if the pointer names nothing: a
   guard that differs or more bits than are left, an empty slot, or a CNode that takes no bits. */
const struct capdl_cap *capdl_spec_lookup(const struct capdl_spec *, const struct capdl_cap *root, uint64_t pointer,
                                          uint32_t *cnode);

/* Whether two objects are declared alike, apart from their names, untypeds and capabilities. */
bool capdl_object_same(const struct capdl_spec *, uint32_t a, uint32_t b);
/* Writes "name" or "name[3]", cut off after size - 1 bytes. Returns buffer. */
char *capdl_object_label(const struct capdl_spec *, uint32_t id, char *buffer, size_t size);
const char *capdl_kind_keyword(enum capdl_kind); /* in text: "tcb"; static, as all these names are */
const char *capdl_kind_name(enum capdl_kind);    /* in messages: "TCB" */
/* The right that a letter stands for, on a frame or on anything else; 0 if it is no letter of a right. */
uint8_t capdl_right_of(char letter);
/* Rights by their letters, as "RW"; "" if there are none. Returns text. */
enum { CAPDL_RIGHTS_TEXT = 8 };
char *capdl_rights_text(enum capdl_kind, uint64_t rights, char text[CAPDL_RIGHTS_TEXT]);
bool capdl_kind_on_arch(enum capdl_kind, enum capdl_arch); /* whether the architecture has the kind */
/* The columns of kinds.def. */
enum capdl_class capdl_kind_class(enum capdl_kind);
unsigned capdl_kind_height(enum capdl_kind);
enum capdl_type capdl_kind_type(enum capdl_kind);
enum capdl_holds capdl_kind_holds(enum capdl_kind);
bool capdl_kind_has(enum capdl_kind, enum capdl_trait);
/* Whether capabilities of the kind come out of that control capability: who revokes it takes them from all. */
bool capdl_kind_issues(enum capdl_kind control, enum capdl_kind);
/* A page table of a thread or a guest. */
bool capdl_kind_is_table(enum capdl_kind);
const char *capdl_arch_name(enum capdl_arch); /* the word after `arch` */

/*
 * Reads capDL text (docs/language.md) into an initialised spec. Adds everything wrong to diags; returns false if there
 * was an error. Calls `expand` (may be NULL) after all objects sections and before the caps sections: a front end
 * replaces declarations such as pd(...) by the objects they stand for, so that the caps section can name these. It
 * reports its own errors to diags and returns false to stop.
 */
struct capdl_text_options {
    bool (*expand)(struct capdl_spec *, struct capdl_diags *, void *context);
    void *context;
    bool has_arch; /* `arch` below wins over the arch line */
    enum capdl_arch arch;
    /* May be NULL. Called with pieces of the text that have been read: memory that can be read again, such as a mapped
       file's, may be released. They are still accessed now and then. */
    void (*release)(void *context, const char *from, const char *to);
    /* May be NULL. Finds the architecture of a spec without an arch line, from its programs; false if it cannot. */
    bool (*find_arch)(const struct capdl_spec *, void *context, enum capdl_arch *);
};
bool capdl_spec_read_text(struct capdl_spec *, struct capdl_diags *, uint16_t source,
                          const struct capdl_text_options *);

/* Makes the checks that need no files and no kernel (docs/checks.md), except those disabled in diags. Adds findings;
   returns false if one is an error. */
bool capdl_spec_check(const struct capdl_spec *, struct capdl_diags *);
/* Whether a thread can have the capability that changes domains of threads and the domain schedule. */
bool capdl_domains_can_change(const struct capdl_spec *);

/* Prints the spec as capDL text: the objects that PROGRAMs stand for, not the PROGRAMs. Reading the output gives the
   same model, and printing that gives the same bytes. folded: fold arrays and runs of equal things; else spell out
   everything. */
void capdl_spec_write_text(const struct capdl_spec *, FILE *, bool folded);

#ifdef __cplusplus
}
#endif

#endif
