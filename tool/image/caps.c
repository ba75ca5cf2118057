/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contents of CNodes. What the kernel can derive is copied, or minted where a badge or guard is wanted; what it
 * cannot derive (untypeds, unmapped page tables, IRQ and I/O port control) and frame capabilities that carry their
 * mapping are moved. Moves come last: by then nothing needs the original any more. So do copies of what is in a CNode
 * of the spec, below the one they come from. What was made straight into its slot (direct.c) is there already.
 */
#include <stdlib.h>

#include "image/program.h"

enum pass { COPY, ORIGINALS, COPY_CHILDREN, COPY_GRANDCHILDREN, MOVE, PASSES };

uint64_t caps_guard_word(const struct program *program, const struct capdl_cap *cap)
{
    return capdl_guard_word(program->profile->arch, cap->data, cap->guard_size);
}

static bool is_moved(const struct program *program, const struct capdl_cap *cap)
{
    switch (capdl_kind_class(cap->kind)) {
    case CAPDL_CLASS_MEMORY:
        return cap->kind == CAPDL_KIND_UT || cap->flags & CAPDL_CAP_HAS_MAPPING;
    case CAPDL_CLASS_TABLE:
    case CAPDL_CLASS_EPT:
    case CAPDL_CLASS_IO_TABLE:
        return !(program->kernel_objects[cap->object].flags & KOBJ_MAPPED);
    case CAPDL_CLASS_CONTROL:
        return capdl_kind_has(cap->kind, CAPDL_TRAIT_SINGLE);
    case CAPDL_CLASS_OBJECT:
    case CAPDL_CLASS_INTERRUPT:
    case CAPDL_CLASS_ISSUED:
    case CAPDL_CLASS_DEVICE:
    case CAPDL_CLASS_SPEC_ONLY:
        break;
    }
    return false;
}

static const enum capdl_kind initial_kinds[] = {
#define CAPDL_INITIAL_CAP(id, slot, name, kind) [slot] = CAPDL_KIND_##kind,
#include <capdl/initialcaps.def>
#undef CAPDL_INITIAL_CAP
};

enum { NUM_INITIAL = sizeof(initial_kinds) / sizeof(*initial_kinds) };

enum capdl_kind caps_initial_kind(uint64_t slot)
{
    return slot < NUM_INITIAL ? initial_kinds[slot] : CAPDL_KIND_COUNT;
}

/* The control capabilities that the initial task has. */
static bool control_source(const struct capdl_cap *cap, struct operand *source)
{
    if (cap->kind == CAPDL_KIND_SCHED_CONTROL) {
        *source = operand_sched_control(cap->data);
        return true;
    }
    for (unsigned slot = 0; slot < NUM_INITIAL; slot++) {
        if (initial_kinds[slot] == cap->kind) {
            *source = operand_initial((enum capdl_initial_cap)slot);
            return true;
        }
    }
    return false;
}

static bool control_exists(struct program *program, uint32_t cnode, const struct capdl_cap *cap)
{
    const struct capdl_profile *profile = program->profile;
    if (cap->kind == CAPDL_KIND_SCHED_CONTROL && (!profile->mcs || cap->data >= profile->max_nodes)) {
        program_cap_error(program, cnode, cap, "for core %llu is not available: kernel %s %s",
                          (unsigned long long)cap->data, profile->name,
                          profile->mcs ? "has fewer cores" : "is not MCS");
        return false;
    }
    if (cap->kind == CAPDL_KIND_SMC && !profile->smc) {
        program_cap_error(program, cnode, cap, "is not available: kernel %s does not allow SMC calls", profile->name);
        return false;
    }
    if (cap->kind == CAPDL_KIND_IO_SPACE_MASTER && profile->types[CAPDL_TYPE_IO_PAGE_TABLE] == CAPDL_PROFILE_ABSENT) {
        program_cap_error(program, cnode, cap,
                          "is not available: kernel %s has no I/O spaces (build it with KernelIOMMU=ON)",
                          profile->name);
        return false;
    }
    if ((cap->kind == CAPDL_KIND_STREAMID_CONTROL || cap->kind == CAPDL_KIND_CONTEXTBANK_CONTROL) &&
        profile->labels[CAPDL_METHOD_SID_CONTROL_GET_SID] == CAPDL_PROFILE_ABSENT) {
        program_cap_error(program, cnode, cap,
                          "is not available: kernel %s has no SMMU support (build it for tx2 with KernelArmSMMU=ON)",
                          profile->name);
        return false;
    }
    return true;
}

static bool find_source(struct program *program, uint32_t cnode, const struct capdl_cap *cap, struct operand *source)
{
    if (!control_exists(program, cnode, cap)) {
        return false;
    }
    if (control_source(cap, source)) {
        return true;
    }
    if (cap->object == CAPDL_NO_OBJECT) {
        program_cap_error(program, cnode, cap, "is not supported");
        return false;
    }
    const struct kernel_object *kobj = &program->kernel_objects[cap->object];
    if (kobj->derived != CAPDL_NO_OBJECT) {
        *source = operand_slot(kobj->derived);
        return true;
    }
    if (cap->flags & (CAPDL_CAP_REPLY | CAPDL_CAP_MASTER_REPLY)) {
        program_cap_error(program, cnode, cap, "is a reply capability, which only the kernel makes");
        return false;
    }
    if (kobj->kind == KOBJ_NONE) {
        if (kobj->type == CAPDL_TYPE_COUNT && program->diags->num_errors == 0) {
            program_cap_error(program, cnode, cap, "is not available: 'irq maps' gives it no interrupt");
        }
        return false;
    }
    *source = operand_object(program, cap->object);
    return true;
}

/* Only endpoints, notifications and frames have meaningful rights; other capabilities keep theirs. */
uint64_t caps_rights(const struct capdl_cap *cap)
{
    bool meant = cap->kind == CAPDL_KIND_EP || cap->kind == CAPDL_KIND_NOTIFICATION || cap->kind == CAPDL_KIND_FRAME;
    return meant ? cap->rights & CAPDL_RIGHTS_ALL : CAPDL_RIGHTS_ALL;
}

/* The data word of Mint: badge or guard. */
static uint64_t cap_data(const struct program *program, const struct capdl_cap *cap)
{
    if (cap->kind == CAPDL_KIND_CNODE) {
        return caps_guard_word(program, cap);
    }
    bool badged = cap->kind == CAPDL_KIND_EP || cap->kind == CAPDL_KIND_NOTIFICATION || cap->kind == CAPDL_KIND_SMC;
    return badged ? cap->data : 0;
}

/* Where a copy comes from: CNode, slot and depth. */
struct origin {
    struct operand root, slot, depth;
};

static bool find_origin(struct program *program, uint32_t cnode, const struct capdl_cap *cap, struct origin *origin)
{
    const struct capdl_slot_ref *parent = derivation_parent(program, cnode, cap->slot);
    if (parent) {
        *origin = (struct origin){operand_late(program, parent->container), operand_word(parent->slot),
                                  operand_word(capdl_object_size_bits(program->spec, parent->container))};
        return true;
    }
    *origin = (struct origin){.root = operand_initial(CAPDL_INITIAL_CNODE), .depth = operand_depth(program)};
    return find_source(program, cnode, cap, &origin->slot);
}

/* A copy inherits the parent's badge. */
static uint64_t new_data(const struct program *program, uint32_t cnode, const struct capdl_cap *cap)
{
    const struct capdl_slot_ref *parent = derivation_parent(program, cnode, cap->slot);
    const struct capdl_cap *source = parent ? capdl_spec_cap_at(program->spec, parent->container, parent->slot) : NULL;
    return source && cap->kind != CAPDL_KIND_CNODE && source->data ? 0 : cap_data(program, cap);
}

static void copy(struct program *program, uint32_t cnode, const struct capdl_cap *cap)
{
    struct operand target = operand_late(program, cnode);
    struct operand slot = operand_word(cap->slot), depth = operand_word(capdl_object_size_bits(program->spec, cnode));
    struct origin from;
    if (!find_origin(program, cnode, cap, &from)) {
        return;
    }
    unsigned word_bits = capdl_architecture(program->profile->arch)->word_bits;
    if (cap->kind == CAPDL_KIND_CNODE &&
        cap->guard_size + capdl_object_size_bits(program->spec, cap->object) > word_bits) {
        program_cap_error(program, cnode, cap, "has a guard of %u bits; with the CNode's %u bits that is more than %u",
                          cap->guard_size, capdl_object_size_bits(program->spec, cap->object), word_bits);
        return;
    }
    uint32_t object = cap->object != CAPDL_NO_OBJECT ? cap->object : cnode;
    struct operand rights = operand_word(caps_rights(cap)), data = operand_word(new_data(program, cnode, cap));
    if (data.value) {
        CALL(program, CNODES, CNODE_MINT, object, target, from.root, slot, depth, from.slot, from.depth, rights, data);
    } else {
        CALL(program, CNODES, CNODE_COPY, object, target, from.root, slot, depth, from.slot, from.depth, rights);
    }
}

/* One capability cannot be moved to two places; the control capabilities that have moved are marked by kind. */
static bool claim(struct program *program, uint32_t cnode, const struct capdl_cap *cap, bool *moved)
{
    if (cap->object == CAPDL_NO_OBJECT) {
        if (moved[cap->kind]) {
            program_cap_error(program, cnode, cap, "is a second one, and the kernel cannot copy it");
            return false;
        }
        moved[cap->kind] = true;
        return true;
    }
    struct kernel_object *kobj = &program->kernel_objects[cap->object];
    if (kobj->flags & KOBJ_MOVED && cap->kind != CAPDL_KIND_FRAME) {
        program_cap_error(program, cnode, cap, "is a second one, and the kernel cannot copy %s",
                          cap->kind == CAPDL_KIND_UT ? "an untyped that is in use" : "a page table that is not mapped");
        return false;
    }
    kobj->flags |= KOBJ_MOVED;
    return true;
}

static void move(struct program *program, uint32_t cnode, const struct capdl_cap *cap, bool *moved)
{
    const struct capdl_cap_extra *extra = capdl_cap_extra(program->spec, cap);
    struct operand source;
    if (!find_source(program, cnode, cap, &source) || !claim(program, cnode, cap, moved)) {
        return;
    }
    if (cap->flags & CAPDL_CAP_HAS_MAPPING) {
        const struct mapping *mapping = mapping_find(program, extra->mapping_container, extra->mapping_slot);
        if (!mapping || mapping->source.kind == CAPDL_OPERAND_LITERAL) {
            program_cap_error(program, cnode, cap,
                              "names slot 0x%llx of '%s' as its mapping, but that table is in no address space",
                              (unsigned long long)extra->mapping_slot,
                              program_label(program, extra->mapping_container, (char[PROGRAM_LABEL]){0}));
            return;
        }
        source = mapping->source;
    }
    CALL(program, CNODES, CNODE_MOVE, cap->object != CAPDL_NO_OBJECT ? cap->object : cnode,
         operand_late(program, cnode), operand_initial(CAPDL_INITIAL_CNODE), operand_word(cap->slot),
         operand_word(capdl_object_size_bits(program->spec, cnode)), source, operand_depth(program));
}

/* When a capability is put into its slot. */
static enum pass pass_of(const struct program *program, uint32_t cnode, const struct capdl_cap *cap)
{
    if (derivation_is_original(program, cnode, cap)) {
        return ORIGINALS;
    }
    switch (derivation_depth(program, cnode, cap->slot)) {
    case 0:
        return is_moved(program, cap) ? MOVE : COPY;
    case 1:
        return COPY_CHILDREN;
    default:
        return COPY_GRANDCHILDREN;
    }
}

static void fill_cnode(struct program *program, uint32_t cnode, enum pass pass, bool *moved)
{
    struct capdl_caps caps = capdl_object_caps(program->spec, cnode);
    for (uint32_t i = 0; i < caps.count; i++) {
        const struct capdl_cap *cap = &caps.list[i];
        if (cap->slot >> capdl_object_size_bits(program->spec, cnode)) {
            if (pass == COPY) {
                program_cap_error(program, cnode, cap, "is outside the CNode's 0x%llx slots",
                                  1ULL << capdl_object_size_bits(program->spec, cnode));
            }
        } else if (cap->kind == CAPDL_KIND_LEFTOVER || pass_of(program, cnode, cap) != pass) {
            continue; /* leftovers.c */
        } else if (cap->object != CAPDL_NO_OBJECT && program->kernel_objects[cap->object].kind == KOBJ_DIRECT) {
            continue; /* there already */
        } else if (pass == MOVE || pass == ORIGINALS) {
            move(program, cnode, cap, moved);
        } else {
            copy(program, cnode, cap);
        }
    }
}

/* The passes in which something is put into a CNode, as bits: mostly one of them. */
static uint8_t passes_of(const struct program *program, uint32_t cnode)
{
    struct capdl_caps caps = capdl_object_caps(program->spec, cnode);
    unsigned slot_bits = capdl_object_size_bits(program->spec, cnode), passes = 0;
    for (uint32_t i = 0; i < caps.count; i++) {
        const struct capdl_cap *cap = &caps.list[i];
        passes |= 1u << (cap->slot >> slot_bits ? COPY : pass_of(program, cnode, cap));
    }
    return (uint8_t)passes;
}

void caps_distribute(struct program *program)
{
    bool moved[CAPDL_KIND_COUNT] = {false};
    size_t count;
    uint32_t *cnodes = objects_of_kind(program, CAPDL_KIND_CNODE, &count);
    uint8_t *passes = memory_zeroed(count, sizeof(*passes));
    for (size_t i = 0; i < count; i++) {
        passes[i] = passes_of(program, cnodes[i]);
    }
    for (enum pass pass = COPY; pass < PASSES; pass++) {
        for (size_t i = 0; i < count; i++) {
            if (passes[i] >> pass & 1) {
                fill_cnode(program, cnodes[i], pass, moved);
            }
        }
    }
    free(passes);
    free(cnodes);
}
