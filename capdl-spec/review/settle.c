/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a spec and an image of it say in different words becomes one.
 *
 * Start-up arguments that do not fit in registers are words on the stack, below which the stack then begins. A frame's
 * X is a choice of whoever maps it, so that it means nothing where the capability is only held. To bind a notification
 * takes R, and the kernel keeps no rights of what is bound.
 */
#include "settle.h"

#include <stdlib.h>
#include <string.h>

#include <capdl/architecture.h>

#include "uses.h"

enum { MOST_LEVELS = 8 };

const struct capdl_cap *capdl_review_page_at(const struct capdl_spec *spec, uint32_t root, uint64_t address,
                                             uint64_t *offset)
{
    uint32_t table = root;
    for (unsigned depth = 0; depth < MOST_LEVELS && capdl_kind_is_table(capdl_object_kind(spec, table)); depth++) {
        unsigned shift = capdl_review_table_shift(spec, table, depth);
        uint64_t slot = depth ? address >> shift & 511 : address >> shift;
        const struct capdl_cap *cap = capdl_spec_cap_at(spec, table, slot);
        if (!cap || cap->object == CAPDL_NO_OBJECT) {
            return NULL;
        }
        if (cap->kind == CAPDL_KIND_FRAME) {
            *offset = address & ((UINT64_C(1) << shift) - 1);
            return cap;
        }
        table = cap->object;
    }
    return NULL;
}

static void add_word(struct capdl_spec *spec, uint32_t frame, uint64_t offset, uint64_t value, struct capdl_pos pos)
{
    struct capdl_object object = capdl_object_view(spec, frame);
    size_t count = object.u.fills.count, bytes = capdl_word_bytes(spec->arch);
    struct capdl_fill *list = capdl_spec_alloc(spec, (count + 1) * sizeof(*list));
    char digits[2 * sizeof(value) + 1];
    if (count) {
        memcpy(list, object.u.fills.list, count * sizeof(*list));
    }
    for (size_t i = 0; i < bytes; i++) {
        snprintf(digits + 2 * i, 3, "%02x", (unsigned)(value >> 8 * i & 0xff));
    }
    list[count] = (struct capdl_fill){.offset = offset, .length = bytes, .pos = pos};
    capdl_fill_set_bytes(spec, &list[count], digits, 2 * bytes);
    object.u.fills = (struct capdl_fills){list, count + 1};
    object.flags |= CAPDL_OBJECT_HAS_FILL;
    capdl_object_set(spec, frame, &object);
}

/* The address space whose stack holds arguments of a thread, or NULL. */
static const struct capdl_cap *stack_of_arguments(const struct capdl_spec *spec, uint32_t thread)
{
    const struct capdl_tcb *tcb = capdl_tcb_values(spec, thread);
    const struct capdl_cap *vspace = capdl_spec_cap_at(spec, thread, CAPDL_TCB_SLOT_VSPACE);
    size_t in_registers = capdl_architecture(spec->arch)->num_arguments;
    return tcb && in_registers && tcb->num_init > in_registers && vspace && vspace->object != CAPDL_NO_OBJECT ? vspace
                                                                                                              : NULL;
}

static void settle_arguments(struct capdl_spec *spec, uint32_t thread)
{
    const struct capdl_architecture *arch = capdl_architecture(spec->arch);
    const struct capdl_cap *vspace = stack_of_arguments(spec, thread);
    struct capdl_object object = capdl_object_view(spec, thread);
    size_t word = capdl_word_bytes(spec->arch), in_registers = arch->num_arguments;
    struct capdl_tcb *tcb;
    uint64_t first, offset;
    if (!vspace) {
        return;
    }
    tcb = capdl_spec_alloc(spec, sizeof(*tcb));
    *tcb = *object.u.tcb;
    first = (tcb->sp - word * (tcb->num_init - in_registers)) / arch->stack_alignment * arch->stack_alignment;
    for (size_t i = in_registers; i < tcb->num_init; i++) {
        if (!capdl_review_page_at(spec, vspace->object, first + word * (i - in_registers), &offset)) {
            return; /* cannot be compiled either */
        }
    }
    for (size_t i = in_registers; i < tcb->num_init; i++) {
        const struct capdl_cap *page =
            capdl_review_page_at(spec, vspace->object, first + word * (i - in_registers), &offset);
        add_word(spec, page->object, offset, tcb->init[i], object.pos);
    }
    tcb->sp = first - (arch->return_on_stack ? word : 0);
    tcb->num_init = in_registers;
    object.u.tcb = tcb;
    capdl_object_set(spec, thread, &object);
}

static uint8_t settled_rights(enum capdl_kind holder, const struct capdl_cap *cap)
{
    if (holder == CAPDL_KIND_TCB && cap->slot == CAPDL_TCB_SLOT_BOUND_NOTIFICATION) {
        return CAPDL_RIGHT_READ;
    }
    if (cap->kind == CAPDL_KIND_FRAME && !capdl_kind_is_table(holder)) {
        return cap->rights & (uint8_t)~CAPDL_RIGHT_EXECUTE;
    }
    return cap->rights;
}

bool capdl_review_is_settled(const struct capdl_spec *spec)
{
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        enum capdl_kind kind = capdl_object_kind(spec, i);
        struct capdl_caps caps = capdl_object_caps(spec, i);
        for (uint32_t j = 0; j < caps.count; j++) {
            if (caps.list[j].rights != settled_rights(kind, &caps.list[j])) {
                return false;
            }
        }
        if (kind == CAPDL_KIND_TCB && stack_of_arguments(spec, i)) {
            return false;
        }
    }
    return true;
}

void capdl_review_settle(struct capdl_spec *spec)
{
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        enum capdl_kind kind = capdl_object_kind(spec, i);
        struct capdl_caps caps = capdl_object_caps(spec, i);
        for (uint32_t j = 0; j < caps.count; j++) {
            caps.list[j].rights = settled_rights(kind, &caps.list[j]);
        }
        if (kind == CAPDL_KIND_TCB) {
            settle_arguments(spec, i);
        }
    }
}
