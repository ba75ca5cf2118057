/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of `leftover`: who gets the memory that is left, in which slots, and where that is written down. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/leftovers.h>

#include "checker.h"
#include "checks.h"
#include "report.h"

/* Others that are described in the same frame: only a bootinfo lists several. */
static void check_shared_frame(struct checker *c, uint32_t id, const struct capdl_cap *cap)
{
    char label[CHECK_LABEL], other[CHECK_LABEL], frame[CHECK_LABEL];
    for (uint32_t i = 0; i < id; i++) {
        const struct capdl_cap *first =
            capdl_object_kind(c->spec, i) == CAPDL_KIND_LEFTOVER ? capdl_leftover_frame(c->spec, i) : NULL;
        if (first && first->object == cap->object &&
            (first->slot != CAPDL_LEFTOVER_SLOT_BOOTINFO || cap->slot != CAPDL_LEFTOVER_SLOT_BOOTINFO)) {
            capdl_check_report_cap(c, CAPDL_ERROR, cap,
                                   "frame '%s' describes leftovers '%s' already: give '%s' a frame of its own",
                                   capdl_check_label(c, cap->object, frame), capdl_check_label(c, i, other),
                                   capdl_check_label(c, id, label));
            return;
        }
    }
}

static void check_description(struct checker *c, uint32_t id)
{
    struct capdl_caps caps = capdl_object_caps(c->spec, id);
    const struct capdl_cap *cap = caps.count ? caps.list : NULL;
    char label[CHECK_LABEL], frame[CHECK_LABEL];
    capdl_check_label(c, id, label);
    if (!cap) {
        capdl_check_report(
            c, CAPDL_ERROR, capdl_object_pos(c->spec, id),
            "leftovers '%s' have no frame that describes them: put a 4k frame in slot 0, as in %s { 0: info }", label,
            label);
        return;
    }
    if (caps.count > 1) {
        capdl_check_report_cap(
            c, CAPDL_ERROR, &caps.list[1],
            "leftovers '%s' have two frames that describe them: keep the one in slot 0, for a program "
            "that knows leftovers, or the one in slot 1, the bootinfo of a root task",
            label);
    }
    if (cap->kind != CAPDL_KIND_FRAME || cap->object == CAPDL_NO_OBJECT) {
        return; /* cap-slot says so */
    }
    capdl_check_label(c, cap->object, frame);
    if (capdl_object_size_bits(c->spec, cap->object) != 12) {
        capdl_check_report_cap(c, CAPDL_ERROR, cap, "frame '%s', which describes leftovers '%s', must be one of 4k",
                               frame, label);
    }
    if (capdl_object_fills(c->spec, cap->object).count && cap->slot == CAPDL_LEFTOVER_SLOT_DESCRIPTION) {
        capdl_check_report_cap(c, CAPDL_ERROR, cap,
                               "frame '%s' has a fill, but the description of leftovers '%s' overwrites all of it",
                               frame, label);
    }
    check_shared_frame(c, id, cap);
}

/* Numbers that are out of range, whatever else is asked for. */
static void check_numbers(struct checker *c, uint32_t id, const char *label)
{
    struct capdl_pos pos = capdl_object_pos(c->spec, id);
    const struct capdl_numbers *numbers = capdl_object_numbers(c->spec, id);
    uint64_t devices = capdl_object_number(c->spec, id, CAPDL_NUMBER_LEFTOVER_DEVICES);
    uint64_t share = capdl_object_number(c->spec, id, CAPDL_NUMBER_LEFTOVER_SHARE);
    uint64_t size = capdl_object_number(c->spec, id, CAPDL_NUMBER_LEFTOVER_SIZE);
    if (!capdl_object_number(c->spec, id, CAPDL_NUMBER_LEFTOVER_SLOTS)) {
        capdl_check_report(c, CAPDL_ERROR, pos, "leftovers '%s' need at least one slot", label);
    }
    if (devices > 2) {
        capdl_check_report(c, CAPDL_ERROR, pos,
                           "leftovers '%s' have devices: %" PRIu64
                           ": expected 0 (RAM), 1 (RAM and device memory) or 2 (device memory only)",
                           label, devices);
    }
    if (numbers && numbers->has >> CAPDL_NUMBER_LEFTOVER_SHARE & 1 && (!share || share > 100)) {
        capdl_check_report(c, CAPDL_ERROR, pos,
                           "leftovers '%s' have share: %" PRIu64
                           ": expected 1 to 100, per cent of the RAM that is left",
                           label, share);
    }
    if (numbers && numbers->has >> CAPDL_NUMBER_LEFTOVER_SIZE & 1 && (!size || size % 4096)) {
        capdl_check_report(c, CAPDL_ERROR, pos,
                           "leftovers '%s' have size: 0x%" PRIx64 ": expected whole pages of 4k, at least one", label,
                           size);
    }
}

/* Whether an amount fits the slots that it comes in. */
static void check_pieces(struct checker *c, uint32_t id, const char *label)
{
    uint64_t slots = capdl_object_number(c->spec, id, CAPDL_NUMBER_LEFTOVER_SLOTS);
    uint64_t size = capdl_object_number(c->spec, id, CAPDL_NUMBER_LEFTOVER_SIZE);
    uint64_t most = slots < CAPDL_LEFTOVERS_MAX_UNTYPEDS ? slots : CAPDL_LEFTOVERS_MAX_UNTYPEDS;
    unsigned bits = capdl_leftover_bits(c->spec, id);
    if (size >> bits > most && size % 4096 == 0) {
        capdl_check_report(
            c, CAPDL_ERROR, capdl_object_pos(c->spec, id),
            "leftovers '%s' of 0x%" PRIx64 " bytes come as %" PRIu64 " untypeds of 0x%" PRIx64
            " bytes, the largest power of two that divides their size and address, but there is room for "
            "%" PRIu64,
            label, size, size >> bits, UINT64_C(1) << bits, most);
    }
}

static void check_declaration(struct checker *c, uint32_t id)
{
    struct capdl_pos pos = capdl_object_pos(c->spec, id);
    bool has_address = capdl_object_flags(c->spec, id) & CAPDL_OBJECT_HAS_PADDR;
    uint64_t share = capdl_object_number(c->spec, id, CAPDL_NUMBER_LEFTOVER_SHARE);
    uint64_t size = capdl_object_number(c->spec, id, CAPDL_NUMBER_LEFTOVER_SIZE);
    char label[CHECK_LABEL];
    capdl_check_label(c, id, label);
    check_numbers(c, id, label);
    if ((share && (size || has_address)) || (has_address && !size) ||
        ((share || size) && capdl_object_number(c->spec, id, CAPDL_NUMBER_LEFTOVER_DEVICES))) {
        capdl_check_report(
            c, CAPDL_ERROR, pos,
            "leftovers '%s': expected one of share: n, size: n, and paddr: n with size: n; or none of them "
            "and devices: n",
            label);
    } else if (has_address &&
               (capdl_object_paddr(c->spec, id) % 4096 || capdl_object_paddr(c->spec, id) > UINT64_MAX - (size - 1))) {
        capdl_check_report(c, CAPDL_ERROR, pos,
                           "leftovers '%s' are at 0x%" PRIx64 ": expected a multiple of 4k, and an end below 2^64",
                           label, capdl_object_paddr(c->spec, id));
    } else if (size) {
        check_pieces(c, id, label);
    }
    if (capdl_object_parent(c->spec, id) != CAPDL_NO_OBJECT) {
        capdl_check_report(c, CAPDL_ERROR, pos, "leftovers '%s' cannot be made from an untyped", label);
    }
    check_description(c, id);
}

/* The slots are reserved for the leftovers: as many as the object says, from the named one on. */
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

/* Every CNode that gets something. */
static void check_holders(struct checker *c, const struct capdl_cap **holders)
{
    char label[CHECK_LABEL];
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        struct capdl_caps caps = capdl_object_caps(c->spec, i);
        for (uint32_t j = 0; capdl_object_kind(c->spec, i) == CAPDL_KIND_CNODE && j < caps.count; j++) {
            const struct capdl_cap *cap = &caps.list[j];
            if (cap->kind != CAPDL_KIND_LEFTOVER || cap->object == CAPDL_NO_OBJECT) {
                continue;
            }
            if (holders[cap->object]) {
                capdl_check_report_cap(c, CAPDL_ERROR, cap, "leftovers '%s' can go to only one CNode, once",
                                       capdl_check_label(c, cap->object, label));
            }
            holders[cap->object] = cap;
            check_slots(c, i, cap);
        }
    }
}

static void check_derived(struct checker *c, const struct capdl_slot_ref *slot, struct capdl_pos pos)
{
    const struct capdl_cap *cap = capdl_spec_cap_at(c->spec, slot->container, slot->slot);
    if (cap && cap->kind == CAPDL_KIND_LEFTOVER) {
        capdl_check_report(c, CAPDL_ERROR, pos,
                           "slot %" PRIu64 " holds leftovers, which cannot be part of a derivation", slot->slot);
    }
}

/* What all leftovers of a spec ask for together. */
struct asked {
    uint32_t count, devices; /* devices: who gets device memory, or CAPDL_NO_OBJECT */
    uint64_t share;
};

static void check_together(struct checker *c, uint32_t id, struct asked *asked)
{
    char label[CHECK_LABEL], other[CHECK_LABEL];
    if (++asked->count == CAPDL_MAX_LEFTOVERS + 1) {
        capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, id), "a spec can have at most %d leftovers",
                           CAPDL_MAX_LEFTOVERS);
    }
    asked->share += capdl_object_number(c->spec, id, CAPDL_NUMBER_LEFTOVER_SHARE);
    if (asked->share > 100) {
        capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, id),
                           "with leftovers '%s' the shares of RAM add up to %" PRIu64 ": expected at most 100",
                           capdl_check_label(c, id, label), asked->share);
        asked->share = 0;
    }
    if (!capdl_object_number(c->spec, id, CAPDL_NUMBER_LEFTOVER_DEVICES)) {
        return;
    }
    if (asked->devices != CAPDL_NO_OBJECT) {
        capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, id),
                           "leftovers '%s' and '%s' both ask for all device memory: give one of them paddr and size",
                           capdl_check_label(c, asked->devices, other), capdl_check_label(c, id, label));
    }
    asked->devices = id;
}

static uint64_t range_size(const struct capdl_spec *spec, uint32_t id)
{
    enum capdl_kind kind = capdl_object_kind(spec, id);
    if (!(capdl_object_flags(spec, id) & CAPDL_OBJECT_HAS_PADDR)) {
        return 0;
    }
    return kind == CAPDL_KIND_LEFTOVER ? capdl_object_number(spec, id, CAPDL_NUMBER_LEFTOVER_SIZE)
           : kind == CAPDL_KIND_FRAME || kind == CAPDL_KIND_UT ? UINT64_C(1) << capdl_object_size_bits(spec, id)
                                                               : 0;
}

/* A range of addresses belongs to one of them, and to nothing else with an address. */
static void check_overlap(struct checker *c, uint32_t id)
{
    uint64_t start = capdl_object_paddr(c->spec, id), size = range_size(c->spec, id);
    char label[CHECK_LABEL], other[CHECK_LABEL];
    for (uint32_t i = 0; size && i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        uint64_t at = capdl_object_paddr(c->spec, i), length = range_size(c->spec, i);
        if (length && (i < id || capdl_object_kind(c->spec, i) != CAPDL_KIND_LEFTOVER) && i != id &&
            (at - start < size || start - at < length)) {
            capdl_check_report(
                c, CAPDL_ERROR, capdl_object_pos(c->spec, id),
                "leftovers '%s' at 0x%" PRIx64 " of 0x%" PRIx64 " bytes overlap %s '%s' at 0x%" PRIx64 " of 0x%" PRIx64,
                capdl_check_label(c, id, label), start, size, capdl_kind_name(capdl_object_kind(c->spec, i)),
                capdl_check_label(c, i, other), at, length);
            return;
        }
    }
}

void capdl_check_leftover(struct checker *c)
{
    const struct capdl_spec *spec = c->spec;
    const struct capdl_cap **holders;
    struct asked asked = {.devices = CAPDL_NO_OBJECT};
    char label[CHECK_LABEL];
    if (!capdl_check_has_kind(c, CAPDL_KIND_LEFTOVER)) {
        return;
    }
    holders = capdl_spec_realloc(NULL, (spec->num_objects + 1) * sizeof(*holders));
    memset(holders, 0, (spec->num_objects + 1) * sizeof(*holders));
    check_holders(c, holders);
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        if (capdl_object_kind(spec, i) != CAPDL_KIND_LEFTOVER) {
            continue;
        }
        check_declaration(c, i);
        check_overlap(c, i);
        check_together(c, i, &asked);
        if (!holders[i]) {
            capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(spec, i),
                               "leftovers '%s' go to nobody: put them in a CNode", capdl_check_label(c, i, label));
        }
    }
    free(holders);
    for (size_t i = 0; asked.count && i < spec->num_derivations; i++) {
        check_derived(c, &spec->derivations[i].parent, spec->derivations[i].pos);
        check_derived(c, &spec->derivations[i].child, spec->derivations[i].pos);
    }
}
