/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of rust-sel4's form share: objects are told by their place in the list, kinds are the one member of
 * an object. */
#ifndef TOOL_JSON_RUST_READER_H
#define TOOL_JSON_RUST_READER_H

#include "fields.h"

enum { RUST_NO_LEVEL = 255 };

/* An object of the list. */
struct rust_object {
    const char *value;  /* of the element */
    const char *name;   /* value of the name, or 0 */
    const char *fields; /* what the kind's name leads to; 0: nothing */
    uint32_t object;    /* in the spec, or CAPDL_NO_OBJECT */
    uint8_t kind;       /* enum capdl_kind; CAPDL_KIND_PT stands for page tables of all levels */
    uint8_t level;
    bool is_root, is_ept;
};

struct rust_reader {
    struct json *json;
    struct capdl_spec *spec;
    struct rust_object *objects;
    size_t num_objects, capacity_objects;
    bool io_levels_from_0; /* the root of I/O page tables is level 0, not 1 */
    bool microkit;         /* contents are given as Microkit does */
};

/* Where the numbers of devices and interrupts are: in a member called `inside`, or (0) in the object itself. */
struct rust_number {
    uint8_t kind, number;
    const char *inside, *name;
};
extern const struct rust_number rust_numbers[];
extern const unsigned num_rust_numbers;

/* Fields of a TCB, in the order of tcbfields.def: names inside of `extra`. */
enum rust_there { RUST_NEVER, RUST_OPTIONAL, RUST_ALWAYS };
struct rust_tcb_field {
    const char *name;
    uint8_t there; /* enum rust_there */
};
extern const struct rust_tcb_field rust_tcb_fields[];

/* A type of bootinfo that capDL text calls so. */
const char *rust_bootinfo_name(const char *text);

void rust_objects_read(struct rust_reader *, const char *value); /* rust_objects.c */
bool rust_arch_find(struct rust_reader *);                       /* rust_tables.c */
void rust_levels_find(struct rust_reader *);
enum capdl_kind rust_table_kind(struct rust_reader *, const struct rust_object *);
void rust_params_read(struct rust_reader *, const struct rust_object *);              /* rust_params.c */
void rust_fills_read(struct rust_reader *, const char *value, struct capdl_object *); /* rust_fill.c */
void rust_caps_read(struct rust_reader *, const struct rust_object *);                /* rust_caps.c */

#endif
