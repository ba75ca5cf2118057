/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of `leftover`: who gets the memory that is left, in which slots, and where that is written down. */
#include <inttypes.h>

#include "check.h"

static void check_description(struct checker *c, uint32_t id)
{
    const struct capdl_cap *cap = capdl_spec_cap_at(c->spec, id, 0);
    char label[CHECK_LABEL], frame[CHECK_LABEL];

    capdl_check_label(c, id, label);
    if (!cap) {
        capdl_check_report(
            c, CAPDL_ERROR, capdl_object_pos(c->spec, id),
            "leftovers '%s' have no frame that describes them: put a 4k frame in slot 0, as in %s { 0: info }", label,
            label);
        return;
    }
    if (cap->kind != CAPDL_KIND_FRAME || cap->object == CAPDL_NO_OBJECT) {
        return; /* cap-slot says so */
    }
    capdl_check_label(c, cap->object, frame);
    if (capdl_object_size_bits(c->spec, cap->object) != 12) {
        capdl_check_report_cap(c, CAPDL_ERROR, cap, "frame '%s', which describes leftovers '%s', must have 4k", frame,
                               label);
    }
    if (capdl_object_fills(c->spec, cap->object).count) {
        capdl_check_report_cap(c, CAPDL_ERROR, cap,
                               "frame '%s' has a fill, but the description of leftovers '%s' overwrites all of it",
                               frame, label);
    }
}

static void check_declaration(struct checker *c, uint32_t id)
{
    char label[CHECK_LABEL];

    capdl_check_label(c, id, label);
    if (!capdl_object_number(c->spec, id, CAPDL_NUMBER_LEFTOVER_SLOTS)) {
        capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, id), "leftovers '%s' need at least one slot",
                           label);
    }
    if (capdl_object_number(c->spec, id, CAPDL_NUMBER_LEFTOVER_DEVICES) > 1) {
        capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, id),
                           "leftovers '%s' have devices: %" PRIu64 ": expected 0 or 1", label,
                           capdl_object_number(c->spec, id, CAPDL_NUMBER_LEFTOVER_DEVICES));
    }
    if (capdl_object_parent(c->spec, id) != CAPDL_NO_OBJECT) {
        capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, id),
                           "leftovers '%s' cannot be made from an untyped", label);
    }
    check_description(c, id);
}

/* The slots belong to what is handed over: from the one named on, as many as the object says. */
static void check_slots(struct checker *c, uint32_t id, const struct capdl_cap *cap)
{
    struct capdl_caps caps = capdl_object_caps(c->spec, id);
    uint64_t slots = capdl_object_number(c->spec, cap->object, CAPDL_NUMBER_LEFTOVER_SLOTS);
    uint64_t size =
        capdl_object_size_bits(c->spec, id) < 64 ? UINT64_C(1) << capdl_object_size_bits(c->spec, id) : UINT64_MAX;
    char label[CHECK_LABEL], holder[CHECK_LABEL];

    capdl_check_label(c, cap->object, label);
    capdl_check_label(c, id, holder);
    if (cap->slot < size && slots > size - cap->slot) {
        capdl_check_report_cap(c, CAPDL_ERROR, cap,
                               "leftovers '%s' take %" PRIu64 " slots from slot %" PRIu64
                               " on, but CNode '%s' has only %" PRIu64,
                               label, slots, cap->slot, holder, size);
    }
    for (const struct capdl_cap *next = cap + 1; next < caps.list + caps.count; next++) {
        if (next->slot - cap->slot < slots) {
            capdl_check_report_cap(c, CAPDL_ERROR, next,
                                   "slot %" PRIu64 " of CNode '%s' belongs to leftovers '%s', which take slots %" PRIu64
                                   " to %" PRIu64,
                                   next->slot, holder, label, cap->slot, cap->slot + slots - 1);
        }
    }
}

static const struct capdl_cap *check_holders(struct checker *c)
{
    const struct capdl_cap *first = NULL;
    char label[CHECK_LABEL];

    for (uint32_t i = 0; i < c->spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(c->spec, i);

        for (uint32_t j = 0; capdl_object_kind(c->spec, i) == CAPDL_KIND_CNODE && j < caps.count; j++) {
            const struct capdl_cap *cap = &caps.list[j];

            if (cap->kind != CAPDL_KIND_LEFTOVER || cap->object == CAPDL_NO_OBJECT) {
                continue;
            }
            if (first) {
                capdl_check_report_cap(c, CAPDL_ERROR, cap, "leftovers '%s' can go to only one CNode, once",
                                       capdl_check_label(c, cap->object, label));
            }
            first = first ? first : cap;
            check_slots(c, i, cap);
        }
    }
    return first;
}

static void check_derived(struct checker *c, const struct capdl_slot_ref *slot, struct capdl_pos pos)
{
    const struct capdl_cap *cap = capdl_spec_cap_at(c->spec, slot->container, slot->slot);

    if (cap && cap->kind == CAPDL_KIND_LEFTOVER) {
        capdl_check_report(c, CAPDL_ERROR, pos,
                           "slot %" PRIu64 " holds leftovers, which cannot be part of a derivation", slot->slot);
    }
}

void capdl_check_leftover(struct checker *c)
{
    const struct capdl_spec *spec = c->spec;
    const struct capdl_cap *holder = check_holders(c);
    char label[CHECK_LABEL], first[CHECK_LABEL];
    uint32_t declared = CAPDL_NO_OBJECT;

    for (uint32_t i = 0; i < spec->num_objects; i++) {
        if (capdl_object_kind(spec, i) != CAPDL_KIND_LEFTOVER) {
            continue;
        }
        if (declared != CAPDL_NO_OBJECT) {
            capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(spec, i),
                               "'%s' and '%s' are both leftovers: a spec can have only one",
                               capdl_check_label(c, i, label), capdl_check_label(c, declared, first));
        }
        declared = declared == CAPDL_NO_OBJECT ? i : declared;
        check_declaration(c, i);
    }
    if (declared != CAPDL_NO_OBJECT && !holder) {
        capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(spec, declared),
                           "leftovers '%s' go to nobody: put them in a CNode", capdl_check_label(c, declared, label));
    }
    for (size_t i = 0; holder && i < spec->num_derivations; i++) {
        check_derived(c, &spec->derivations[i].parent, spec->derivations[i].pos);
        check_derived(c, &spec->derivations[i].child, spec->derivations[i].pos);
    }
}
