/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of single objects: their kind, size, and parameters. */
#include <inttypes.h>

#include "check.h"

static bool is_64_bit(const struct checker *c)
{
    return c->spec->arch != CAPDL_ARCH_ARM11 && c->spec->arch != CAPDL_ARCH_IA32;
}

/* Capabilities to what the kernel has from the start. */
static void check_control_arch(struct checker *c, const struct capdl_object *container)
{
    for (uint32_t i = 0; i < container->num_caps; i++) {
        const struct capdl_cap *cap = &container->caps[i];

        if (cap->object == CAPDL_NO_OBJECT && !capdl_kind_on_arch(cap->kind, c->spec->arch)) {
            capdl_check_report_cap(c, CAPDL_ERROR, cap, "'%s' does not exist on %s", capdl_kind_keyword(cap->kind),
                                   capdl_arch_name(c->spec->arch));
        }
    }
}

void capdl_check_object_arch(struct checker *c)
{
    char label[CHECK_LABEL];

    for (uint32_t i = 0; i < c->spec->num_objects; i++) {
        const struct capdl_object *object = capdl_object(c->spec, i);

        if (!capdl_kind_on_arch(object->kind, c->spec->arch)) {
            capdl_check_report(c, CAPDL_ERROR, object->pos, "'%s' is %s (%s), which does not exist on %s",
                               capdl_check_label(c, i, label), capdl_spec_kind_phrase(object->kind),
                               capdl_kind_keyword(object->kind), capdl_arch_name(c->spec->arch));
        }
        check_control_arch(c, object);
    }
}

static void check_cnode_size(struct checker *c, uint32_t id, unsigned word_bits)
{
    unsigned most = word_bits == 64 ? 64 - 5 : 32 - 4; /* a slot has 32 or 16 bytes */
    const struct capdl_object *object = capdl_object(c->spec, id);
    char label[CHECK_LABEL];

    if (object->size_bits > most) {
        capdl_check_report(c, CAPDL_ERROR, object->pos, "CNode '%s' has %u bits: at most %u fit into an address space",
                           capdl_check_label(c, id, label), object->size_bits, most);
    }
}

static void check_untyped_size(struct checker *c, uint32_t id, unsigned word_bits)
{
    const struct capdl_object *object = capdl_object(c->spec, id);
    unsigned most = word_bits == 64 ? 47 : 29;
    char label[CHECK_LABEL];

    if (!(object->flags & CAPDL_OBJECT_HAS_SIZE)) {
        capdl_check_report(c, CAPDL_WARNING, object->pos, "untyped '%s' has no size: write ut (n bits)",
                           capdl_check_label(c, id, label));
    } else if (object->size_bits < 4 || object->size_bits > most) {
        capdl_check_report(c, CAPDL_ERROR, object->pos, "untyped '%s' has %u bits: expected 4 to %u",
                           capdl_check_label(c, id, label), object->size_bits, most);
    }
}

void capdl_check_size(struct checker *c)
{
    unsigned word_bits = is_64_bit(c) ? 64 : 32;

    for (uint32_t i = 0; i < c->spec->num_objects; i++) {
        if (capdl_object_kind(c->spec, i) == CAPDL_KIND_CNODE) {
            check_cnode_size(c, i, word_bits);
        } else if (capdl_object_kind(c->spec, i) == CAPDL_KIND_UT) {
            check_untyped_size(c, i, word_bits);
        }
    }
}

static const struct {
    const char *names;
    uint8_t bits[6];
} frame_sizes[CAPDL_ARCH_COUNT] = {
    [CAPDL_ARCH_AARCH64] = {"4k, 2M and 1G", {12, 21, 30}},
    [CAPDL_ARCH_RISCV] = {"4k, 2M and 1G", {12, 21, 30}},
    [CAPDL_ARCH_X86_64] = {"4k, 2M and 1G", {12, 21, 30}},
    [CAPDL_ARCH_ARM11] = {"4k, 64k, 1M and 16M (2M and 32M with hypervisor)", {12, 16, 20, 24, 21, 25}},
    [CAPDL_ARCH_IA32] = {"4k and 4M", {12, 22}},
};

bool capdl_check_frame_is_legal(const struct checker *c, const struct capdl_object *frame)
{
    for (unsigned i = 0; i < sizeof(frame_sizes[0].bits); i++) {
        if (frame_sizes[c->spec->arch].bits[i] == frame->size_bits) {
            return true;
        }
    }
    return false;
}

void capdl_check_frame_size(struct checker *c)
{
    char label[CHECK_LABEL];

    for (uint32_t i = 0; i < c->spec->num_objects; i++) {
        const struct capdl_object *object = capdl_object(c->spec, i);

        if (object->kind == CAPDL_KIND_FRAME && capdl_check_knows_size(c, object) &&
            !capdl_check_frame_is_legal(c, object)) {
            capdl_check_report(c, CAPDL_ERROR, object->pos, "frame '%s' has 2^%u bytes: frames of %s have %s",
                               capdl_check_label(c, i, label), object->size_bits, capdl_arch_name(c->spec->arch),
                               frame_sizes[c->spec->arch].names);
        }
    }
}

static void check_one_fill(struct checker *c, uint32_t id, const struct capdl_fill *fill)
{
    uint64_t size = UINT64_C(1) << capdl_object(c->spec, id)->size_bits;
    char label[CHECK_LABEL];

    if (fill->kind == CAPDL_FILL_OTHER) {
        capdl_check_report(c, CAPDL_ERROR, fill->pos,
                           "frame '%s' is filled with '%s': expected CDL_FrameFill_FileData or CDL_FrameFill_BootInfo",
                           capdl_check_label(c, id, label), fill->text);
    } else if (fill->offset > size || fill->length > size - fill->offset) {
        capdl_check_report(c, CAPDL_ERROR, fill->pos,
                           "frame '%s' has %" PRIu64 " bytes: %" PRIu64 " bytes at offset %" PRIu64 " do not fit",
                           capdl_check_label(c, id, label), size, fill->length, fill->offset);
    }
}

void capdl_check_fill(struct checker *c)
{
    for (uint32_t i = 0; i < c->spec->num_objects; i++) {
        const struct capdl_object *object = capdl_object(c->spec, i);

        for (size_t j = 0;
             object->kind == CAPDL_KIND_FRAME && capdl_check_knows_size(c, object) && j < object->u.fills.count; j++) {
            check_one_fill(c, i, &object->u.fills.list[j]);
        }
    }
}

void capdl_check_priority(struct checker *c)
{
    char label[CHECK_LABEL];

    for (uint32_t i = 0; i < c->spec->num_objects; i++) {
        const struct capdl_object *object = capdl_object(c->spec, i);
        const struct capdl_tcb *tcb = object->kind == CAPDL_KIND_TCB ? object->u.tcb : NULL;

        if (!tcb) {
            continue;
        }
        capdl_check_label(c, i, label);
        if (tcb->prio > 255) {
            capdl_check_report(c, CAPDL_ERROR, object->pos, "TCB '%s' has priority %" PRIu64 ": expected 0 to 255",
                               label, tcb->prio);
        } else if (tcb->max_prio > 255) {
            capdl_check_report(c, CAPDL_ERROR, object->pos,
                               "TCB '%s' has maximum priority %" PRIu64 ": expected 0 to 255", label, tcb->max_prio);
        } else if (tcb->prio > tcb->max_prio) {
            capdl_check_report(c, CAPDL_WARNING, object->pos,
                               "TCB '%s' has priority %" PRIu64 " above its maximum priority %" PRIu64
                               ": it could not give itself the priority it has",
                               label, tcb->prio, tcb->max_prio);
        }
    }
}

void capdl_check_scheduling(struct checker *c)
{
    char label[CHECK_LABEL];

    for (uint32_t i = 0; i < c->spec->num_objects; i++) {
        const struct capdl_object *object = capdl_object(c->spec, i);
        const struct capdl_sc *sc = object->kind == CAPDL_KIND_SC ? object->u.sc : NULL;

        if (object->kind == CAPDL_KIND_SC && object->flags & CAPDL_OBJECT_HAS_SIZE &&
            (object->size_bits < 7 || object->size_bits > 16)) {
            capdl_check_report(c, CAPDL_ERROR, object->pos, "scheduling context '%s' has %u bits: expected 7 to 16",
                               capdl_check_label(c, i, label), object->size_bits);
        }
        if (sc && sc->has_times && sc->budget > sc->period) {
            capdl_check_report(c, CAPDL_ERROR, object->pos,
                               "scheduling context '%s' has a budget of %" PRIu64 " us in a period of %" PRIu64
                               " us: the budget cannot be larger",
                               capdl_check_label(c, i, label), sc->budget, sc->period);
        } else if (sc && sc->has_times && !sc->budget) {
            capdl_check_report(c, CAPDL_ERROR, object->pos,
                               "scheduling context '%s' has no budget: no thread could run on it",
                               capdl_check_label(c, i, label));
        }
    }
}

static void check_one_thread(struct checker *c, uint32_t id)
{
    const struct capdl_object *object = capdl_object(c->spec, id);
    bool cspace = capdl_spec_cap_at(c->spec, id, CAPDL_TCB_SLOT_CSPACE),
         vspace = capdl_spec_cap_at(c->spec, id, CAPDL_TCB_SLOT_VSPACE);
    char label[CHECK_LABEL];

    if (!cspace || !vspace) {
        capdl_check_report(c, CAPDL_WARNING, object->pos, "TCB '%s' has no %s: it cannot run",
                           capdl_check_label(c, id, label),
                           cspace   ? "vspace"
                           : vspace ? "cspace"
                                    : "cspace and no vspace");
    }
    if (c->spec->arch == CAPDL_ARCH_X86_64 && capdl_spec_cap_at(c->spec, id, CAPDL_TCB_SLOT_BOUND_VCPU) &&
        !capdl_spec_cap_at(c->spec, id, CAPDL_TCB_SLOT_EPT_ROOT)) {
        capdl_check_report(c, CAPDL_WARNING, object->pos,
                           "TCB '%s' has a virtual CPU but no ept_root: its guest has no memory",
                           capdl_check_label(c, id, label));
    }
}

void capdl_check_thread(struct checker *c)
{
    for (uint32_t i = 0; i < c->spec->num_objects; i++) {
        if (capdl_object_kind(c->spec, i) == CAPDL_KIND_TCB) {
            check_one_thread(c, i);
        }
    }
}

/* Threads act without being referred to, so do devices that see something, and untypeds that cover something have done
   their duty. */
static bool acts(const struct capdl_object *object)
{
    bool device = object->kind == CAPDL_KIND_IO_DEVICE || object->kind == CAPDL_KIND_STREAMID;

    return object->kind == CAPDL_KIND_TCB || object->kind == CAPDL_KIND_UT || object->kind == CAPDL_KIND_PROGRAM ||
           (device && object->num_caps);
}

void capdl_check_unused(struct checker *c)
{
    char label[CHECK_LABEL];

    for (uint32_t i = 0; i < c->spec->num_objects; i++) {
        const struct capdl_object *object = capdl_object(c->spec, i);

        if (c->used[i] || acts(object) || object->flags & CAPDL_OBJECT_GENERATED) {
            continue;
        }
        capdl_check_report(c, CAPDL_WARNING, object->pos, "%s '%s' is not used: no capability refers to it",
                           capdl_kind_name(object->kind), capdl_check_label(c, i, label));
    }
}
