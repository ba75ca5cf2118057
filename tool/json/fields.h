/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of our own form share. */
#ifndef TOOL_JSON_FIELDS_H
#define TOOL_JSON_FIELDS_H

#include "base/memory.h"
#include "json.h"

#define SPEC_JSON_FORMAT "capdl-spec"
enum { SPEC_JSON_VERSION = 1 };

enum field_action {
    FIELD_SIZE_BITS,
    FIELD_PADDR,
    FIELD_FILL,
    FIELD_CONTIGUOUS,
    FIELD_TCB_NUMBER, /* bit: enum capdl_tcb_field; of the other two as well */
    FIELD_TCB_BOOL,
    FIELD_TCB_LIST,
    FIELD_SC_NUMBER, /* offset: in capdl_sc */
    FIELD_NUMBER,    /* bit: enum capdl_number */
    FIELD_TRIGGER,
};

/* A member of an object of this kind; reader and writer expand the same table. */
struct field {
    uint8_t kind;
    uint8_t action;
    bool needed;
    uint16_t offset, bit;
    const char *name;
};

extern const struct field own_fields[];
extern const size_t num_own_fields;

struct own_reader {
    struct json *json;
    struct capdl_spec *spec;
};

/* own_objects.c: an object's parameters; own_refs.c: what refers to other objects. */
void own_params_read(struct own_reader *, const char *value, uint32_t object);
uint32_t own_object_read(struct own_reader *, const char *value);
void own_refs_read(struct own_reader *, const char *value, uint32_t object);
void own_fill_read(struct own_reader *, const char *value, struct capdl_fill *);
void own_irqs_read(struct own_reader *, const char *value);
void own_derivations_read(struct own_reader *, const char *value);
void own_domains_read(struct own_reader *, const char *value);

/* own.c */
bool own_read(struct json *);
/* rust.c: rust-sel4's form and Microkit's */
bool rust_read(struct json *, const struct capdl_text_options *);

/* Caps of one container, in any order; finish.c puts them in order, reports slots filled twice, and adds them. */
struct cap_list {
    struct capdl_cap *list;
    size_t count, capacity;
};
void cap_list_add(struct cap_list *, const struct capdl_cap *);
void cap_list_finish(struct json *, struct cap_list *, uint32_t container);
void cap_list_free(struct cap_list *);
void irq_add(struct json *, uint64_t irq, uint32_t object, struct capdl_pos);
/* Puts interrupts in order and reports those mapped twice. */
void irqs_finish(struct json *);
bool name_is_valid(const char *name);

#endif
