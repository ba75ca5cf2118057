/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of capabilities: whether they may be where they are. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "checker.h"
#include "checks.h"
#include "facts.h"
#include "per_object.h"
#include "report.h"

/* Slots of a container; 0: it is none. */
static uint64_t num_slots(const struct checker *c, uint32_t id)
{
    switch (capdl_kind_holds(capdl_object_kind(c->spec, id))) {
    case CAPDL_HOLDS_NOTHING:
        return 0;
    case CAPDL_HOLDS_ANYTHING:
        return capdl_check_knows_size(c, id) ? UINT64_C(1) << capdl_object_size_bits(c->spec, id) : UINT64_MAX;
    case CAPDL_HOLDS_THREAD:
        return capdl_check_facts(c)->guest_tables ? CAPDL_TCB_SLOT_COUNT : CAPDL_TCB_SLOT_EPT_ROOT;
    case CAPDL_HOLDS_PAGES:
        return capdl_check_table_entries(c, id);
    case CAPDL_HOLDS_SPACES:
        return capdl_check_facts(c)->asid_pool_entries;
    case CAPDL_HOLDS_IO_TABLE:
        return capdl_object_kind(c->spec, id) == CAPDL_KIND_ARM_IO_DEVICE ? UINT64_MAX : 1;
    case CAPDL_HOLDS_IO_PAGES:
        return 512;
    case CAPDL_HOLDS_VSPACE:
    case CAPDL_HOLDS_CONTEXT_BANK:
    case CAPDL_HOLDS_NOTIFICATION:
        return 1;
    case CAPDL_HOLDS_FRAME:
        return CAPDL_LEFTOVER_SLOT_COUNT;
    }
    return 0;
}

void capdl_check_container(struct checker *c)
{
    char label[CHECK_LABEL];
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        struct capdl_caps caps = capdl_object_caps(c->spec, i);
        if (caps.count && capdl_object_kind(c->spec, i) != CAPDL_KIND_PROGRAM &&
            capdl_check_exists(c, capdl_object_kind(c->spec, i)) && !num_slots(c, i)) {
            capdl_check_report_cap(c, CAPDL_ERROR, &caps.list[0], "%s '%s' cannot hold capabilities",
                                   capdl_kind_name(capdl_object_kind(c->spec, i)), capdl_check_label(c, i, label));
        }
    }
}

void capdl_check_slot_range(struct checker *c)
{
    char label[CHECK_LABEL];
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        struct capdl_caps caps = capdl_object_caps(c->spec, i);
        const struct capdl_cap *last = caps.count ? &caps.list[caps.count - 1] : NULL;
        uint64_t slots = last ? num_slots(c, i) : 0;
        for (uint32_t j = 0; slots && last->slot >= slots && j < caps.count; j++) {
            if (caps.list[j].slot >= slots) {
                capdl_check_report_cap(c, CAPDL_ERROR, &caps.list[j],
                                       "slot %" PRIu64 " is outside %s '%s', whose slots are 0 to %" PRIu64,
                                       caps.list[j].slot, capdl_kind_name(capdl_object_kind(c->spec, i)),
                                       capdl_check_label(c, i, label), slots - 1);
            }
        }
    }
}

static bool fits_tcb(const struct checker *c, const struct capdl_cap *cap, const char **expected)
{
    switch (cap->slot) {
    case CAPDL_TCB_SLOT_CSPACE:
        *expected = "a CNode";
        return cap->kind == CAPDL_KIND_CNODE;
    case CAPDL_TCB_SLOT_VSPACE:
        *expected = capdl_check_facts(c)->root_words;
        return capdl_check_is_vspace_root(c, cap->kind);
    case CAPDL_TCB_SLOT_REPLY:
        *expected = "a TCB (master_reply)";
        return cap->kind == CAPDL_KIND_TCB && cap->flags & CAPDL_CAP_MASTER_REPLY;
    case CAPDL_TCB_SLOT_CALLER:
        *expected = "a TCB (reply)";
        return cap->kind == CAPDL_KIND_TCB && cap->flags & CAPDL_CAP_REPLY;
    case CAPDL_TCB_SLOT_IPC_BUFFER:
        *expected = "a frame";
        return cap->kind == CAPDL_KIND_FRAME;
    case CAPDL_TCB_SLOT_FAULT_EP:
    case CAPDL_TCB_SLOT_TEMP_FAULT_EP:
        *expected = "an endpoint";
        return cap->kind == CAPDL_KIND_EP;
    case CAPDL_TCB_SLOT_SC:
        *expected = "a scheduling context";
        return cap->kind == CAPDL_KIND_SC;
    case CAPDL_TCB_SLOT_BOUND_NOTIFICATION:
        *expected = "a notification";
        return cap->kind == CAPDL_KIND_NOTIFICATION;
    case CAPDL_TCB_SLOT_BOUND_VCPU:
        *expected = "a virtual CPU";
        return cap->kind == CAPDL_KIND_VCPU;
    case CAPDL_TCB_SLOT_EPT_ROOT:
        *expected = "the root of a guest's memory: ept_pml4";
        return cap->kind == CAPDL_KIND_EPT_PML4;
    default:
        return true;
    }
}

/* Whether a cap may be in its container. Page tables have checks of their own. */
static bool fits(const struct checker *c, uint32_t object, const struct capdl_cap *cap, const char **expected)
{
    switch (capdl_kind_holds(capdl_object_kind(c->spec, object))) {
    case CAPDL_HOLDS_NOTHING: /* another check says so */
    case CAPDL_HOLDS_ANYTHING:
    case CAPDL_HOLDS_PAGES:
        return true;
    case CAPDL_HOLDS_THREAD:
        return fits_tcb(c, cap, expected);
    case CAPDL_HOLDS_SPACES:
        *expected = "the root of an address space";
        return capdl_check_is_vspace_root(c, cap->kind) || cap->kind == CAPDL_KIND_EPT_PML4;
    case CAPDL_HOLDS_VSPACE:
        *expected = "the root of an address space";
        return capdl_check_is_vspace_root(c, cap->kind);
    case CAPDL_HOLDS_IO_TABLE:
        *expected = "an I/O page table";
        return cap->kind == CAPDL_KIND_IO_PT;
    case CAPDL_HOLDS_IO_PAGES:
        *expected = "an I/O page table or a frame";
        return cap->kind == CAPDL_KIND_IO_PT || cap->kind == CAPDL_KIND_FRAME;
    case CAPDL_HOLDS_CONTEXT_BANK:
        *expected = "a context bank";
        return cap->kind == CAPDL_KIND_CONTEXTBANK;
    case CAPDL_HOLDS_NOTIFICATION:
        *expected = "a notification";
        return cap->kind == CAPDL_KIND_NOTIFICATION;
    case CAPDL_HOLDS_FRAME:
        *expected = "the frame that describes the leftovers";
        return cap->kind == CAPDL_KIND_FRAME;
    }
    return true;
}

void capdl_check_cap_slot(struct checker *c)
{
    char label[CHECK_LABEL];
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        struct capdl_caps caps = capdl_object_caps(c->spec, i);
        if (capdl_object_kind(c->spec, i) == CAPDL_KIND_CNODE || capdl_kind_is_table(capdl_object_kind(c->spec, i))) {
            continue;
        }
        for (uint32_t j = 0; j < caps.count; j++) {
            const struct capdl_cap *cap = &caps.list[j];
            const char *expected = "";
            if (capdl_check_exists(c, cap->kind) && !fits(c, i, cap, &expected)) {
                capdl_check_report_cap(c, CAPDL_ERROR, cap, "slot %" PRIu64 " of %s '%s' holds %s: expected %s",
                                       cap->slot, capdl_kind_name(capdl_object_kind(c->spec, i)),
                                       capdl_check_label(c, i, label), capdl_spec_kind_phrase(cap->kind), expected);
            }
        }
    }
}

static void check_one_guard(struct checker *c, const struct capdl_cap *cap)
{
    unsigned word_bits = capdl_check_facts(c)->word_bits, guard_bits = capdl_check_facts(c)->guard_bits;
    char label[CHECK_LABEL];
    capdl_check_label(c, cap->object, label);
    if (capdl_check_knows_size(c, cap->object) &&
        cap->guard_size + capdl_object_size_bits(c->spec, cap->object) > word_bits) {
        capdl_check_report_cap(c, CAPDL_ERROR, cap,
                               "a guard of %u bits and the %u bits of CNode '%s' exceed the %u bits of an address",
                               cap->guard_size, capdl_object_size_bits(c->spec, cap->object), label, word_bits);
    } else if (cap->guard_size < 64 && cap->data >> cap->guard_size) {
        capdl_check_report_cap(c, CAPDL_ERROR, cap,
                               "the guard 0x%" PRIx64 " of CNode '%s' does not fit in its %u bits: add guard_size",
                               cap->data, label, cap->guard_size);
    } else if (cap->data >> guard_bits) {
        capdl_check_report_cap(c, CAPDL_ERROR, cap,
                               "the guard 0x%" PRIx64
                               " of CNode '%s' does not fit in the %u bits that the kernel allows",
                               cap->data, label, guard_bits);
    }
}

/* Calls visit for each cap of the spec that has this flag. */
static void each_flagged(struct checker *c, unsigned flag, void (*visit)(struct checker *, const struct capdl_cap *))
{
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        struct capdl_caps caps = capdl_object_caps(c->spec, i);
        for (uint32_t j = 0; j < caps.count; j++) {
            if (caps.list[j].flags & flag) {
                visit(c, &caps.list[j]);
            }
        }
    }
}

void capdl_check_guard(struct checker *c)
{
    each_flagged(c, CAPDL_CAP_HAS_GUARD, check_one_guard);
}

static void check_one_badge(struct checker *c, const struct capdl_cap *cap)
{
    unsigned bits = capdl_check_facts(c)->badge_bits;
    char label[CHECK_LABEL];
    if (bits < 64 && cap->data >> bits) {
        capdl_check_report_cap(c, CAPDL_ERROR, cap,
                               "the badge 0x%" PRIx64 " of '%s' does not fit in the %u bits of a badge", cap->data,
                               capdl_check_label(c, cap->object, label), bits);
    }
}

void capdl_check_badge(struct checker *c)
{
    each_flagged(c, CAPDL_CAP_HAS_BADGE, check_one_badge);
}

static void check_one_handler(struct checker *c, uint32_t id, uint64_t slot)
{
    const struct capdl_cap *cap = capdl_spec_cap_at(c->spec, id, slot);
    char label[CHECK_LABEL];
    if (!cap || cap->kind != CAPDL_KIND_EP || capdl_cap_can_call(cap)) {
        return;
    }
    capdl_check_report_cap(
        c, CAPDL_ERROR, cap,
        "the fault handler of TCB '%s' needs the rights W and G or P: the kernel sends faults through it and "
        "expects replies",
        capdl_check_label(c, id, label));
}

void capdl_check_fault_handler(struct checker *c)
{
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        if (capdl_object_kind(c->spec, i) != CAPDL_KIND_TCB) {
            continue;
        }
        check_one_handler(c, i, CAPDL_TCB_SLOT_FAULT_EP);
        check_one_handler(c, i, CAPDL_TCB_SLOT_TEMP_FAULT_EP);
    }
}

/* What can be bound to one thread only: scheduling contexts, bound notifications, virtual CPUs. */
static bool binds(const struct capdl_cap *cap)
{
    return (cap->slot == CAPDL_TCB_SLOT_SC && cap->kind == CAPDL_KIND_SC) ||
           (cap->slot == CAPDL_TCB_SLOT_BOUND_NOTIFICATION && cap->kind == CAPDL_KIND_NOTIFICATION) ||
           (cap->slot == CAPDL_TCB_SLOT_BOUND_VCPU && cap->kind == CAPDL_KIND_VCPU);
}

void capdl_check_bound_twice(struct checker *c)
{
    uint32_t *owner = capdl_check_zeros(c, sizeof(*owner)); /* 1 + its number */
    char label[CHECK_LABEL], first[CHECK_LABEL], second[CHECK_LABEL];
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        struct capdl_caps caps = capdl_object_caps(c->spec, i);
        for (uint32_t j = 0; capdl_object_kind(c->spec, i) == CAPDL_KIND_TCB && j < caps.count; j++) {
            const struct capdl_cap *cap = &caps.list[j];
            if (!binds(cap) || cap->object == CAPDL_NO_OBJECT) {
                continue;
            }
            if (owner[cap->object]) {
                capdl_check_report_cap(
                    c, CAPDL_ERROR, cap, "%s '%s' is bound to both '%s' and '%s': it can serve only one thread",
                    capdl_kind_name(cap->kind), capdl_check_label(c, cap->object, label),
                    capdl_check_label(c, owner[cap->object] - 1, first), capdl_check_label(c, i, second));
            }
            owner[cap->object] = i + 1;
        }
    }
    capdl_check_zeros_free(c, owner, sizeof(*owner));
}

/* Rights the kernel ignores, and capabilities with which nothing can be done. */
static void check_one_rights(struct checker *c, const struct capdl_cap *cap)
{
    unsigned passing = CAPDL_RIGHT_GRANT | CAPDL_RIGHT_GRANT_REPLY, using = CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE;
    char label[CHECK_LABEL];
    capdl_check_label(c, cap->object, label);
    if (cap->kind == CAPDL_KIND_NOTIFICATION && cap->rights & passing) {
        capdl_check_report_cap(c, CAPDL_WARNING, cap,
                               "the rights G and P have no meaning on notification '%s': it transfers nothing", label);
    } else if (!(cap->rights & using)) {
        capdl_check_report_cap(c, CAPDL_WARNING, cap,
                               "%s '%s' can neither be sent to nor received from: add R, W or both",
                               capdl_kind_name(cap->kind), label);
    }
}

void capdl_check_rights(struct checker *c)
{
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        struct capdl_caps caps = capdl_object_caps(c->spec, i);
        for (uint32_t j = 0; capdl_object_kind(c->spec, i) == CAPDL_KIND_CNODE && j < caps.count; j++) {
            if (caps.list[j].kind == CAPDL_KIND_EP || caps.list[j].kind == CAPDL_KIND_NOTIFICATION) {
                check_one_rights(c, &caps.list[j]);
            }
        }
    }
}
