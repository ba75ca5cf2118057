/* SPDX-License-Identifier: BSD-2-Clause */
/* What tcbfields.def says of the fields of a TCB. */
#include <string.h>

#include "model.h"

const struct capdl_tcb capdl_tcb_defaults = {
#define CAPDL_TCB_FIELD(id, member, type, otherwise, written, rust, in_rust, rank, name) .member = otherwise,
#include <capdl/tcbfields.def>
#undef CAPDL_TCB_FIELD
};

struct capdl_tcb *capdl_tcb_make(struct capdl_spec *spec, struct capdl_object *object)
{
    if (!object->u.tcb) {
        object->u.tcb = capdl_spec_alloc(spec, sizeof(*object->u.tcb));
        *object->u.tcb = capdl_tcb_defaults;
    }
    return object->u.tcb;
}

static const struct {
    const char *keyword, *name;
    uint8_t type;
    uint16_t offset;
} fields[] = {
#define CAPDL_TCB_FIELD(id, member, type, otherwise, written, rust, in_rust, rank, name) \
    {#member, name, CAPDL_TCB_##type, offsetof(struct capdl_tcb, member)},
#include <capdl/tcbfields.def>
#undef CAPDL_TCB_FIELD
};

const char *capdl_tcb_field_keyword(enum capdl_tcb_field field)
{
    return fields[field].keyword;
}

const char *capdl_tcb_field_name(enum capdl_tcb_field field)
{
    return fields[field].name;
}

enum capdl_tcb_type capdl_tcb_field_type(enum capdl_tcb_field field)
{
    return (enum capdl_tcb_type)fields[field].type;
}

uint64_t capdl_tcb_get(const struct capdl_tcb *tcb, enum capdl_tcb_field field)
{
    const char *at = (const char *)tcb + fields[field].offset;
    return fields[field].type == CAPDL_TCB_BOOL ? *(const bool *)at : *(const uint64_t *)(const void *)at;
}

void capdl_tcb_set(struct capdl_tcb *tcb, enum capdl_tcb_field field, uint64_t value)
{
    char *at = (char *)tcb + fields[field].offset;
    if (fields[field].type == CAPDL_TCB_BOOL) {
        *(bool *)at = value;
    } else {
        *(uint64_t *)(void *)at = value;
    }
    tcb->has |= 1u << field;
}

bool capdl_tcb_same(const struct capdl_tcb *a, const struct capdl_tcb *b)
{
    if (a == b || !a || !b) {
        return a == b;
    }
    for (unsigned i = 0; i < CAPDL_TCB_FIELD_COUNT; i++) {
        enum capdl_tcb_field field = (enum capdl_tcb_field)i;
        if (fields[i].type != CAPDL_TCB_LIST && capdl_tcb_get(a, field) != capdl_tcb_get(b, field)) {
            return false;
        }
    }
    return a->has == b->has && a->num_init == b->num_init &&
           (!a->num_init || !memcmp(a->init, b->init, a->num_init * sizeof(*a->init)));
}
