/* SPDX-License-Identifier: BSD-2-Clause */
/* Private to the expansion of protection domains. Names and contract of the result: docs/pd.md. */
#ifndef TOOL_PD_EXPAND_H
#define TOOL_PD_EXPAND_H

#include "base/table_list.h"
#include "elf_file.h"
#include "pd.h"
#include "profile/vspace.h"

enum pd_param {
#define PARAM(id, name, type, least, most, bound, unit, otherwise, field) PARAM_##id,
#include "params.def"
#undef PARAM
    PARAM_COUNT
};

/* `map: frame (RW), at: address` */
struct pd_map {
    const struct capdl_param *frame;
    uint64_t at;
    bool wrong; /* its address was reported */
};

struct pd_params {
    const struct capdl_param *elf;
    bool incomplete;                              /* parameters are missing that could not be read */
    bool elf_wrong;                               /* it was reported */
    const struct capdl_param *given[PARAM_COUNT]; /* 0: not given; MAP and AT: in maps */
    struct pd_map *maps;
    size_t num_maps;
};

/* Numbers of the next object of each generated array; elements of an array of PDs share them. */
struct pd_counters {
    uint32_t tables[CAPDL_KIND_COUNT];
    uint32_t stack, bss, large, room;
};

/* A declaration, which may stand for an array of PDs. */
struct pd_program {
    const char *name;
    uint32_t object;   /* of its first element */
    uint32_t elements; /* 0: not an array */
    struct capdl_pos pos;
    struct pd_params params;
    struct pd_counters counters;
    struct pd *pds; /* max(elements, 1) */
    bool module;    /* only a file: frames with its bytes */
    uint64_t bytes; /* of a module */
    uint32_t frames;
    bool broken; /* its objects could not be made */
};

/* A piece of an address space that is taken: [start, end). */
struct region {
    uint64_t start, end;
    const char *what;
};

struct space {
    struct table_list levels[CAPDL_MAX_VSPACE_LEVELS]; /* [0] holds the root */
    struct region *regions;                            /* ascending, disjoint */
    size_t num_regions, capacity_regions;
    uint64_t program_end; /* end of what the ELF file takes: the rest is placed above */
};

/* One protection domain. */
struct pd {
    struct pd_program *program;
    uint32_t element; /* or CAPDL_NO_INDEX */
    uint32_t object;  /* the PROGRAM */
    uint32_t tcb, cnode, vspace, ipc, sc, reply;
    uint32_t num_elf, num_tls; /* frames with content, so far */
    struct space *space;       /* 0: an address space the author makes */
    bool own_space;
    uint64_t program_start; /* its first page */
    uint64_t entry, ipc_address, stack_top, thread_pointer;
    bool has_thread_pointer;
    uint32_t bootinfo, asid_pool; /* of a PD like the initial task */
    uint64_t bootinfo_address, extra_bytes;
};

struct expansion {
    struct capdl_spec *spec;
    struct capdl_diags *diags;
    const struct pd_context *context;
    const struct capdl_profile *profile;
    struct pd_program *programs;
    size_t num_programs;
};

/* params.c: sorts out what was written; what is wrong is an error and counts as not given. */
void params_read(struct expansion *, struct pd_program *);
/* The number given, or else the default of params.def. */
uint64_t params_number(const struct pd_params *, enum pd_param);
uint64_t params_number_or(const struct pd_params *, enum pd_param, uint64_t if_absent);
/* The most that a number may be on this kernel. */
uint64_t params_largest(const struct expansion *, enum pd_param);
/* Sets the fields of a TCB that parameters are for; those it has already remain. */
void params_set_tcb(const struct pd_params *, struct capdl_tcb *);

/* object.c: each finds or makes an object named after the PD; an author's own object of that name is taken if it
   is of the right kind and size, else it is an error and CAPDL_NO_OBJECT is returned. */
uint32_t object_one(struct expansion *, struct pd *, const char *prefix, enum capdl_kind, unsigned size_bits);
/* The next of the array prefix_NAME[]. */
uint32_t object_next(struct expansion *, struct pd *, const char *prefix, uint32_t *counter, enum capdl_kind,
                     unsigned size_bits);
/* A frame with content of its own: prefix_NAME_number, as elements of an array are alike. */
uint32_t object_numbered(struct expansion *, struct pd *, const char *prefix, uint32_t number, unsigned size_bits);
/* The object that a parameter names, of this kind; else an error and CAPDL_NO_OBJECT. */
uint32_t object_named(struct expansion *, struct pd *, const struct capdl_param *, enum capdl_kind);
/* Says why there is no object that a parameter or a pair of one names. */
void object_report_missing(struct expansion *, const struct capdl_param *);
/* Puts a default capability into a slot. */
void object_hold(struct expansion *, struct pd *, uint32_t container, struct capdl_cap cap);

/* space.c */
void space_init(struct space *, uint32_t root);
void space_free(struct space *);
/* Takes [start, start + size) for `what`; on a clash or beyond the user's addresses adds an error at pos and
   returns false. */
bool space_take(struct expansion *, struct pd *, uint64_t start, uint64_t size, const char *what, struct capdl_pos pos);
/* The first place at or above `from` and the program for `size` bytes, with a free page below them. 0: no room. */
uint64_t space_find(const struct expansion *, const struct pd *, uint64_t from, uint64_t size, uint64_t align);
/* Finds and takes `size` bytes, page aligned. 0: no room (an error). */
uint64_t space_place(struct expansion *, struct pd *, uint64_t size, const char *what);
/* Maps a frame, making the tables it needs; false after an error. */
bool space_map(struct expansion *, struct pd *, uint64_t address, struct capdl_cap frame);
/* The lowest table for an address, which is there, and the slot in it. */
uint32_t space_slot(const struct expansion *, const struct pd *, uint64_t address, uint64_t *slot);
/* log2 of the bytes that one entry maps, `up` levels above the lowest. */
unsigned space_entry_bits(const struct capdl_profile *, unsigned up);
enum capdl_kind space_root_kind(const struct capdl_profile *);

/* load.c: the program's frames, mapped; sets entry. tls.c: thread-local data; sets the thread pointer. */
bool load_program(struct expansion *, struct pd *, const struct elf_program *);
bool load_tls(struct expansion *, struct pd *, const struct elf_program *);

static inline void put_le64(uint8_t *to, uint64_t value)
{
    for (unsigned i = 0; i < sizeof(value); i++) {
        to[i] = (uint8_t)(value >> 8 * i);
    }
}

/* set.c: what the author sets, found in the program; it is kept in the declaration, too. */
bool set_symbols(struct expansion *, struct pd_program *, struct elf_program *);

/* thread.c: stack, IPC buffer, TCB, CNode contents and scheduling context. */
bool thread_memory(struct expansion *, struct pd *);
bool thread_objects(struct expansion *, struct pd *);
bool thread_finish(struct expansion *, struct pd *);

/* root.c: a PD that is given what the kernel gives its initial task: its own memory, at the end of the program; what
   speaks against it; all capabilities and the bootinfo that lists them. */
bool root_check(struct expansion *, struct pd *);
bool root_memory(struct expansion *, struct pd *);
bool root_finish(struct expansion *, struct pd *);
static inline bool root_is(const struct pd *pd)
{
    return pd->program->params.given[PARAM_BOOTINFO] != NULL;
}

/* modules.c: the frames of a module; the module that a parameter names, NULL if none; the table of those that a PD
 * maps. */
void module_expand(struct expansion *, struct pd_program *);
const struct pd_program *module_named(const struct expansion *, const struct capdl_param *);
uint32_t module_frame(const struct expansion *, const struct pd_program *, uint32_t number);
bool modules_table(struct expansion *, struct pd *);

#endif
