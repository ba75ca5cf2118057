/* SPDX-License-Identifier: BSD-2-Clause */
/* Capabilities that the initialiser holds while it makes its calls. */
#include "image/decompile_held.h"

#include "image/decompile_add.h"
#include "image/program.h"

struct held *reverse_held(struct reverse *r, const struct capdl_operand *operand)
{
    r->control = (struct held){.object = CAPDL_NO_OBJECT, .kind = CAPDL_KIND_COUNT, .rights = CAPDL_RIGHTS_ALL};
    switch (operand->kind) {
    case CAPDL_REF_SLOT:
        return &r->slots[operand->value];
    case CAPDL_REF_PAGE:
        return &r->pages[operand->value];
    case CAPDL_REF_SCHED_CONTROL:
        r->control.kind = CAPDL_KIND_SCHED_CONTROL;
        r->control.data = operand->value;
        return &r->control;
    case CAPDL_REF_INITIAL:
        r->control.kind = caps_initial_kind(operand->value);
        return &r->control;
    default:
        reverse_fail(r, "a call has a number in place of a capability");
        return &r->control;
    }
}

uint32_t reverse_object(struct reverse *r, const struct capdl_operand *operand, enum capdl_kind kind)
{
    const struct held *held = reverse_held(r, operand);
    if (held->object == CAPDL_NO_OBJECT || held->kind != kind) {
        reverse_fail(r, "a call is made on an object of the wrong kind");
        return CAPDL_NO_OBJECT;
    }
    return held->object;
}

struct held *reverse_fill_slot(struct reverse *r, const struct capdl_operand *operand)
{
    bool derived = operand->kind == CAPDL_REF_SLOT && operand->value >= r->blob.sizes[CAPDL_SIZE_OBJECTS];
    if (!derived || r->slots[operand->value].kind != CAPDL_KIND_COUNT) {
        reverse_fail(r, "a capability is made in a slot that is not free");
        return NULL;
    }
    return &r->slots[operand->value];
}

uint32_t reverse_add_derived(struct reverse *r, const struct capdl_operand *slot, enum capdl_kind kind)
{
    struct held *held = reverse_fill_slot(r, slot);
    if (!held) {
        return CAPDL_NO_OBJECT;
    }
    uint32_t object = reverse_add(r, &r->slot_names[slot->value], kind);
    *held = (struct held){.object = object, .kind = (uint8_t)kind};
    return object;
}
