/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Derivations between capabilities of the spec (cdt, child_of): the child is copied from the parent's slot, so that the
 * holder of the parent can revoke it. The kernel keeps such a relation below two sorts of parent only: the capability
 * it made with the object (the original), and an endpoint's or notification's with a badge. A parent without a badge
 * therefore is the original, which is moved there.
 *
 *     original ----> copy                    depth 0 ----> 1
 *              `---> with a badge ----> copy         `---> 1 ----> 2
 */
#include <stdlib.h>

#include "image/program.h"

static const struct capdl_cap *cap_in(const struct program *program, const struct capdl_slot_ref *slot)
{
    return capdl_spec_cap_at(program->spec, slot->container, slot->slot);
}

static bool is_cnode(const struct program *program, uint32_t object)
{
    return capdl_object_kind(program->spec, object) == CAPDL_KIND_CNODE;
}

static bool is_badged(const struct capdl_cap *cap)
{
    return (cap->kind == CAPDL_KIND_EP || cap->kind == CAPDL_KIND_NOTIFICATION) && cap->data;
}

/* Relations that exist without a copy: from an untyped to what was made from it, from a control capability to what it
   issued. */
static bool holds_anyway(const struct program *program, const struct capdl_cap *parent, const struct capdl_cap *child)
{
    if (capdl_kind_issues(parent->kind, child->kind)) {
        return true;
    }
    if (parent->kind != CAPDL_KIND_UT || child->object == CAPDL_NO_OBJECT) {
        return false;
    }
    for (uint32_t ut = capdl_object_parent(program->spec, child->object); ut != CAPDL_NO_OBJECT;
         ut = capdl_object_parent(program->spec, ut)) {
        if (ut == parent->object) {
            return true;
        }
    }
    return false;
}

static int compare_children(const void *a, const void *b)
{
    const struct capdl_slot_ref *x = &((const struct capdl_derivation *)a)->child;
    const struct capdl_slot_ref *y = &((const struct capdl_derivation *)b)->child;
    if (x->container != y->container) {
        return x->container < y->container ? -1 : 1;
    }
    return x->slot < y->slot ? -1 : x->slot > y->slot;
}

const struct capdl_slot_ref *derivation_parent(const struct program *program, uint32_t container, uint64_t slot)
{
    struct capdl_derivation key = {.child = {container, slot}};
    if (program->num_derivations == 0) {
        return NULL;
    }
    const struct capdl_derivation *found =
        bsearch(&key, program->derivations, program->num_derivations, sizeof(key), compare_children);
    return found ? &found->parent : NULL;
}

unsigned derivation_depth(const struct program *program, uint32_t container, uint64_t slot)
{
    unsigned depth = 0;
    const struct capdl_slot_ref *parent = derivation_parent(program, container, slot);
    for (; parent && depth <= DERIVATION_DEEPEST; depth++) {
        parent = derivation_parent(program, parent->container, parent->slot);
    }
    return depth;
}

bool derivation_is_original(const struct program *program, uint32_t container, const struct capdl_cap *cap)
{
    if (!program->originals || cap->object == CAPDL_NO_OBJECT || is_badged(cap)) {
        return false;
    }
    const struct capdl_slot_ref *original = &program->originals[cap->object];
    return original->container == container && original->slot == cap->slot;
}

/* What the kernel allows of a copy. */
static bool copy_good(struct program *program, const struct capdl_derivation *d, const struct capdl_cap *parent,
                      const struct capdl_cap *child)
{
    bool rights_count = child->kind == CAPDL_KIND_EP || child->kind == CAPDL_KIND_NOTIFICATION;
    if (child->object == CAPDL_NO_OBJECT || parent->object != child->object || parent->kind != child->kind) {
        program_cap_error(program, d->child.container, child,
                          "cannot be derived from slot 0x%llx of '%s', which holds a capability to another object",
                          (unsigned long long)d->parent.slot,
                          program_label(program, d->parent.container, (char[PROGRAM_LABEL]){0}));
    } else if (is_badged(parent) && parent->data != child->data) {
        program_cap_error(program, d->child.container, child,
                          "cannot be derived from one with badge 0x%llx: it must have the same badge",
                          (unsigned long long)parent->data);
    } else if (rights_count && child->rights & ~parent->rights) {
        program_cap_error(program, d->child.container, child, "has more rights than the one it is derived from");
    } else if (child->flags & CAPDL_CAP_HAS_MAPPING) {
        program_cap_error(program, d->child.container, child,
                          "cannot both map a page and be derived from another capability of the spec");
    } else {
        return true;
    }
    return false;
}

static bool untyped_good(struct program *program, const struct capdl_derivation *d, const struct capdl_cap *child)
{
    if (child->kind != CAPDL_KIND_UT) {
        return true;
    }
    for (uint32_t i = 0; i < program->spec->num_objects; i++) {
        if (capdl_object_parent(program->spec, i) == child->object) {
            program_cap_error(program, d->child.container, child,
                              "cannot be derived: the kernel does not copy an untyped that has objects");
            return false;
        }
    }
    return true;
}

/* Makes the parent the original, of which there is one for each object. */
static void claim_original(struct program *program, const struct capdl_derivation *d, const struct capdl_cap *parent)
{
    struct capdl_slot_ref *original = &program->originals[parent->object];
    if (original->container == d->parent.container && original->slot == d->parent.slot) {
        if (parent->kind == CAPDL_KIND_UT) {
            program_cap_error(program, d->parent.container, parent,
                              "is the parent of two copies, but the kernel makes only one copy of an untyped");
        }
        return;
    }
    if (original->container != CAPDL_NO_OBJECT) {
        program_cap_error(program, d->parent.container, parent,
                          "has children, but so does the one in slot 0x%llx of '%s': an object has only one original "
                          "capability, from which all others are derived (use badges for independent parents)",
                          (unsigned long long)original->slot,
                          program_label(program, original->container, (char[PROGRAM_LABEL]){0}));
        return;
    }
    bool rights_count = parent->kind == CAPDL_KIND_EP || parent->kind == CAPDL_KIND_NOTIFICATION;
    unsigned all = rights_count ? CAPDL_RIGHTS_ALL : CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE;
    if ((rights_count || parent->kind == CAPDL_KIND_FRAME) && (parent->rights & all) != all) {
        program_cap_error(program, d->parent.container, parent,
                          "has children, so it is the object's original capability and has all rights (write %s)",
                          capdl_rights_text(parent->kind, all, (char[CAPDL_RIGHTS_TEXT]){0}));
        return;
    }
    if (parent->kind == CAPDL_KIND_CNODE && parent->guard_size) {
        program_cap_error(program, d->parent.container, parent,
                          "has children, so it is the object's original capability and cannot have a guard");
        return;
    }
    *original = d->parent;
}

static bool slots_good(struct program *program, const struct capdl_derivation *d, const struct capdl_cap *parent,
                       const struct capdl_cap *child)
{
    if (!is_cnode(program, d->parent.container)) {
        program_cap_error(program, d->parent.container, parent,
                          "cannot be the parent of another capability: only those in CNodes can be copied");
        return false;
    }
    if (!is_cnode(program, d->child.container)) {
        program_cap_error(program, d->child.container, child,
                          "cannot be derived from another capability of the spec: only capabilities in CNodes can be");
        return false;
    }
    return true;
}

static void check(struct program *program, const struct capdl_derivation *d)
{
    const struct capdl_cap *parent = cap_in(program, &d->parent), *child = cap_in(program, &d->child);
    if (!parent || !child) {
        capdl_error(program->diags, d->pos, "a slot of this derivation is empty");
        return;
    }
    if (holds_anyway(program, parent, child)) {
        return;
    }
    if (!slots_good(program, d, parent, child) || !copy_good(program, d, parent, child) ||
        !untyped_good(program, d, child)) {
        return;
    }
    if (!is_badged(parent)) {
        claim_original(program, d, parent);
    }
    program->derivations = memory_grow(program->derivations, &program->capacity_derivations,
                                       program->num_derivations + 1, sizeof(*program->derivations));
    program->derivations[program->num_derivations++] = *d;
}

/* A badge comes from the object's original; what is copied from a copy is a sibling to the kernel. */
static void check_depth(struct program *program, const struct capdl_derivation *d)
{
    const struct capdl_cap *parent = cap_in(program, &d->parent);
    const struct capdl_slot_ref *above = derivation_parent(program, d->parent.container, d->parent.slot);
    if (above && (!is_badged(parent) || is_badged(cap_in(program, above)))) {
        program_cap_error(program, d->parent.container, parent,
                          "is a copy, and a copy cannot be a parent: its holder could not revoke the children (derive "
                          "them from slot 0x%llx of '%s', or give it a badge)",
                          (unsigned long long)above->slot,
                          program_label(program, above->container, (char[PROGRAM_LABEL]){0}));
    }
}

/* The holder of the original can revoke all other capabilities, so the spec must derive all of them from it. */
static void check_others(struct program *program, uint32_t cnode)
{
    struct capdl_caps caps = capdl_object_caps(program->spec, cnode);
    for (uint32_t i = 0; i < caps.count; i++) {
        const struct capdl_cap *cap = &caps.list[i];
        if (cap->object == CAPDL_NO_OBJECT || program->originals[cap->object].container == CAPDL_NO_OBJECT ||
            derivation_is_original(program, cnode, cap) || derivation_parent(program, cnode, cap->slot)) {
            continue;
        }
        const struct capdl_slot_ref *original = &program->originals[cap->object];
        program_cap_error(program, cnode, cap,
                          "would also be a child of the one in slot 0x%llx of '%s', which has children and so is the "
                          "object's original (write - child_of)",
                          (unsigned long long)original->slot,
                          program_label(program, original->container, (char[PROGRAM_LABEL]){0}));
    }
}

/* Threads are started, and CNodes filled, after their originals have moved. */
static void keep_copies(struct program *program)
{
    for (uint32_t i = 0; i < program->spec->num_objects; i++) {
        enum capdl_kind kind = capdl_object_kind(program->spec, i);
        if (program->originals[i].container == CAPDL_NO_OBJECT) {
            continue;
        }
        if (kind == CAPDL_KIND_TCB || kind == CAPDL_KIND_CNODE) {
            program->kernel_objects[i].late =
                (uint32_t)calls_copy(program, i, operand_object(program, i), CAPDL_RIGHTS_ALL, 0).value;
        } else if (kind == CAPDL_KIND_FRAME) {
            program->kernel_objects[i].flags |= KOBJ_TAKEN;
        }
    }
}

void derivations_collect(struct program *program)
{
    const struct capdl_spec *spec = program->spec;
    if (spec->num_derivations == 0) {
        return;
    }
    program->originals = memory_zeroed(spec->num_objects, sizeof(*program->originals));
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        program->originals[i].container = CAPDL_NO_OBJECT;
    }
    for (size_t i = 0; i < spec->num_derivations; i++) {
        check(program, &spec->derivations[i]);
    }
    if (program->num_derivations == 0) {
        return;
    }
    qsort(program->derivations, program->num_derivations, sizeof(*program->derivations), compare_children);
    for (size_t i = 0; i < program->num_derivations; i++) {
        check_depth(program, &program->derivations[i]);
    }
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        if (is_cnode(program, i)) {
            check_others(program, i);
        }
    }
    keep_copies(program);
}
