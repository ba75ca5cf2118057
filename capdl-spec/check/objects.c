/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of single objects: their kind, size, and parameters. */
#include <inttypes.h>

#include "checker.h"
#include "checks.h"
#include "facts.h"
#include "report.h"

/* Capabilities to what the kernel has from the start. */
static void check_control_arch(struct checker *c, uint32_t container)
{
    struct capdl_caps caps = capdl_object_caps(c->spec, container);
    for (uint32_t i = 0; i < caps.count; i++) {
        const struct capdl_cap *cap = &caps.list[i];
        if (cap->object == CAPDL_NO_OBJECT && !capdl_kind_on_arch(cap->kind, c->spec->arch)) {
            capdl_check_report_cap(c, CAPDL_ERROR, cap, "'%s' does not exist on %s", capdl_kind_keyword(cap->kind),
                                   capdl_arch_name(c->spec->arch));
        }
    }
}

void capdl_check_object_arch(struct checker *c)
{
    char label[CHECK_LABEL];
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        if (!capdl_kind_on_arch(capdl_object_kind(c->spec, i), c->spec->arch)) {
            capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, i),
                               "'%s' is %s (%s), which does not exist on %s", capdl_check_label(c, i, label),
                               capdl_spec_kind_phrase(capdl_object_kind(c->spec, i)),
                               capdl_kind_keyword(capdl_object_kind(c->spec, i)), capdl_arch_name(c->spec->arch));
        }
        check_control_arch(c, i);
    }
}

static void check_cnode_size(struct checker *c, uint32_t id)
{
    unsigned most = capdl_check_facts(c)->word_bits - capdl_check_facts(c)->slot_bits;
    char label[CHECK_LABEL];
    if (capdl_object_size_bits(c->spec, id) > most) {
        capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, id),
                           "CNode '%s' has %u bits: an address has room for at most %u",
                           capdl_check_label(c, id, label), capdl_object_size_bits(c->spec, id), most);
    }
}

static void check_untyped_size(struct checker *c, uint32_t id)
{
    unsigned most = capdl_check_facts(c)->max_untyped_bits;
    char label[CHECK_LABEL];
    if (!(capdl_object_flags(c->spec, id) & CAPDL_OBJECT_HAS_SIZE)) {
        capdl_check_report(c, CAPDL_WARNING, capdl_object_pos(c->spec, id),
                           "untyped '%s' has no size: write ut (n bits)", capdl_check_label(c, id, label));
    } else if (capdl_object_size_bits(c->spec, id) < 4 || capdl_object_size_bits(c->spec, id) > most) {
        capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, id), "untyped '%s' has %u bits: expected 4 to %u",
                           capdl_check_label(c, id, label), capdl_object_size_bits(c->spec, id), most);
    }
}

void capdl_check_size(struct checker *c)
{
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        if (capdl_object_kind(c->spec, i) == CAPDL_KIND_CNODE) {
            check_cnode_size(c, i);
        } else if (capdl_object_kind(c->spec, i) == CAPDL_KIND_UT) {
            check_untyped_size(c, i);
        }
    }
}

void capdl_check_frame_size(struct checker *c)
{
    char label[CHECK_LABEL];
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        if (capdl_object_kind(c->spec, i) == CAPDL_KIND_FRAME && capdl_check_knows_size(c, i) &&
            !capdl_check_frame_is_legal(c, i)) {
            capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, i),
                               "frame '%s' has 2^%u bytes: frames of %s have %s", capdl_check_label(c, i, label),
                               capdl_object_size_bits(c->spec, i), capdl_arch_name(c->spec->arch),
                               capdl_check_facts(c)->frame_words);
        }
    }
}

static void check_one_fill(struct checker *c, uint32_t id, const struct capdl_fill *fill)
{
    uint64_t size = UINT64_C(1) << capdl_object_size_bits(c->spec, id);
    char label[CHECK_LABEL];
    if (fill->kind == CAPDL_FILL_OTHER && !*fill->text) {
        return; /* could not be read, which was reported */
    }
    if (fill->kind == CAPDL_FILL_OTHER) {
        capdl_check_report(c, CAPDL_ERROR, fill->pos,
                           "frame '%s' is filled with '%s': expected CDL_FrameFill_FileData, CDL_FrameFill_Bytes or "
                           "CDL_FrameFill_BootInfo",
                           capdl_check_label(c, id, label), fill->text);
    } else if (fill->offset > size || fill->length > size - fill->offset) {
        capdl_check_report(c, CAPDL_ERROR, fill->pos,
                           "frame '%s' has %" PRIu64 " bytes: %" PRIu64 " bytes at offset %" PRIu64 " do not fit",
                           capdl_check_label(c, id, label), size, fill->length, fill->offset);
    }
}

void capdl_check_fill(struct checker *c)
{
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        struct capdl_fills fills = capdl_object_fills(c->spec, i);
        for (size_t j = 0;
             capdl_object_kind(c->spec, i) == CAPDL_KIND_FRAME && capdl_check_knows_size(c, i) && j < fills.count;
             j++) {
            check_one_fill(c, i, &fills.list[j]);
        }
    }
}

void capdl_check_priority(struct checker *c)
{
    char label[CHECK_LABEL];
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        const struct capdl_tcb *tcb =
            capdl_object_kind(c->spec, i) == CAPDL_KIND_TCB ? capdl_object_tcb(c->spec, i) : NULL;
        if (!tcb) {
            continue;
        }
        capdl_check_label(c, i, label);
        if (tcb->prio >= CAPDL_MOST_PRIORITIES) {
            capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, i),
                               "TCB '%s' has priority %" PRIu64 ": expected 0 to %d", label, tcb->prio,
                               CAPDL_MOST_PRIORITIES - 1);
        } else if (tcb->max_prio >= CAPDL_MOST_PRIORITIES) {
            capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, i),
                               "TCB '%s' has maximum priority %" PRIu64 ": expected 0 to %d", label, tcb->max_prio,
                               CAPDL_MOST_PRIORITIES - 1);
        } else if (tcb->prio > tcb->max_prio) {
            capdl_check_report(c, CAPDL_WARNING, capdl_object_pos(c->spec, i),
                               "TCB '%s' has priority %" PRIu64 " above its maximum priority %" PRIu64
                               ": it could not set its own priority",
                               label, tcb->prio, tcb->max_prio);
        }
    }
}

/* Values that the kernel does not load into address registers but replaces by 0. */
static bool is_canonical(const struct checker *c, uint64_t address)
{
    unsigned shift = capdl_check_facts(c)->address_bits - 1u;
    return address >> shift == 0 || address >> shift == UINT64_MAX >> shift;
}

void capdl_check_registers(struct checker *c)
{
    char label[CHECK_LABEL];
    for (uint32_t i = 0; capdl_check_facts(c)->address_bits && i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        const struct capdl_tcb *tcb =
            capdl_object_kind(c->spec, i) == CAPDL_KIND_TCB ? capdl_object_tcb(c->spec, i) : NULL;
        if (tcb && (!is_canonical(c, tcb->ip) || !is_canonical(c, tcb->tls))) {
            capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, i),
                               "TCB '%s' has %s 0x%" PRIx64
                               ", which is not a valid address on %s: the kernel would use 0",
                               capdl_check_label(c, i, label), is_canonical(c, tcb->ip) ? "tls" : "ip",
                               is_canonical(c, tcb->ip) ? tcb->tls : tcb->ip, capdl_check_facts(c)->title);
        }
    }
}

void capdl_check_scheduling(struct checker *c)
{
    char label[CHECK_LABEL];
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        const struct capdl_sc *sc = capdl_object_kind(c->spec, i) == CAPDL_KIND_SC ? capdl_object_sc(c->spec, i) : NULL;
        if (capdl_object_kind(c->spec, i) == CAPDL_KIND_SC && capdl_object_flags(c->spec, i) & CAPDL_OBJECT_HAS_SIZE &&
            (capdl_object_size_bits(c->spec, i) < 7 || capdl_object_size_bits(c->spec, i) > 16)) {
            capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, i),
                               "scheduling context '%s' has %u bits: expected 7 to 16", capdl_check_label(c, i, label),
                               capdl_object_size_bits(c->spec, i));
        }
        if (sc && sc->has_times && sc->budget > sc->period) {
            capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, i),
                               "scheduling context '%s' has a budget of %" PRIu64 " us in a period of %" PRIu64
                               " us: the budget cannot be larger",
                               capdl_check_label(c, i, label), sc->budget, sc->period);
        } else if (sc && sc->has_times && !sc->budget) {
            capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, i),
                               "scheduling context '%s' has no budget: no thread could run on it",
                               capdl_check_label(c, i, label));
        }
    }
}

static void check_one_thread(struct checker *c, uint32_t id)
{
    bool cspace = capdl_spec_cap_at(c->spec, id, CAPDL_TCB_SLOT_CSPACE),
         vspace = capdl_spec_cap_at(c->spec, id, CAPDL_TCB_SLOT_VSPACE);
    char label[CHECK_LABEL];
    if (!cspace || !vspace) {
        capdl_check_report(c, CAPDL_WARNING, capdl_object_pos(c->spec, id), "TCB '%s' has no %s: it cannot run",
                           capdl_check_label(c, id, label),
                           cspace   ? "vspace"
                           : vspace ? "cspace"
                                    : "cspace and no vspace");
    }
    if (capdl_check_facts(c)->guest_tables && capdl_spec_cap_at(c->spec, id, CAPDL_TCB_SLOT_BOUND_VCPU) &&
        !capdl_spec_cap_at(c->spec, id, CAPDL_TCB_SLOT_EPT_ROOT)) {
        capdl_check_report(c, CAPDL_WARNING, capdl_object_pos(c->spec, id),
                           "TCB '%s' has a virtual CPU but no ept_root: its guest has no memory",
                           capdl_check_label(c, id, label));
    }
}

void capdl_check_thread(struct checker *c)
{
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        if (capdl_object_kind(c->spec, i) == CAPDL_KIND_TCB) {
            check_one_thread(c, i);
        }
    }
}

/* Threads act without capabilities to them, as do devices with an address space; untypeds with children are used by
   these. */
static bool acts(const struct capdl_spec *spec, uint32_t object)
{
    bool device = capdl_object_kind(spec, object) == CAPDL_KIND_IO_DEVICE ||
                  capdl_object_kind(spec, object) == CAPDL_KIND_STREAMID;
    return capdl_object_kind(spec, object) == CAPDL_KIND_TCB || capdl_object_kind(spec, object) == CAPDL_KIND_UT ||
           capdl_object_kind(spec, object) == CAPDL_KIND_PROGRAM || (device && capdl_object_caps(spec, object).count);
}

void capdl_check_unused(struct checker *c)
{
    char label[CHECK_LABEL];
    for (uint32_t i = 0; i < c->spec->num_objects; i++) {
        if (c->used[i] || acts(c->spec, i) || capdl_object_flags(c->spec, i) & CAPDL_OBJECT_GENERATED) {
            continue;
        }
        capdl_check_report(c, CAPDL_WARNING, capdl_object_pos(c->spec, i),
                           "%s '%s' is not used: no capability refers to it",
                           capdl_kind_name(capdl_object_kind(c->spec, i)), capdl_check_label(c, i, label));
        while (i + 1 < c->spec->num_objects && capdl_check_same_place(c, i, i + 1)) {
            i++; /* an array's elements are reported once */
        }
    }
}
