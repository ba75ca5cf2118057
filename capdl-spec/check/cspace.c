/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checks of CSpaces: which slots the bits of a capability pointer can name. From the highest bits on, each CNode takes
 * those of its guard and then those of a slot; what is left goes to the CNode in that slot, if there is one.
 *
 *     | guard | slot | guard | slot | left over |
 *       CSpace root    CNode in it
 */
#include <inttypes.h>

#include "checker.h"
#include "checks.h"
#include "per_object.h"
#include "reach.h"
#include "report.h"

struct walk {
    struct checker *c;
    uint64_t *seen, *full; /* per CNode: bit n: walked with n bits left below its slots; one of its slots is named */
    bool report;           /* what is out of reach */
};

/* Bits of a pointer that a CNode takes. */
static unsigned bits_taken(const struct checker *c, const struct capdl_cap *cnode)
{
    return cnode->guard_size + (unsigned)capdl_object_size_bits(c->spec, cnode->object);
}

static void report_too_long(struct checker *c, uint32_t cnode, const struct capdl_cap *cap, unsigned left)
{
    char label[CHECK_LABEL], above[CHECK_LABEL];
    capdl_check_report_once(c, cap,
                            "no capability pointer reaches into CNode '%s': its guard of %u bits and its %u bits of "
                            "slots are more than the %u that pointers have left below CNode '%s'",
                            capdl_check_label(c, cap->object, label), cap->guard_size,
                            capdl_object_size_bits(c->spec, cap->object), left, capdl_check_label(c, cnode, above));
}

/* Whether pointers with so many bits left below the slots of a CNode name a slot in it or below it. */
static bool names_slot(struct walk *walk, uint32_t cnode, unsigned left)
{
    struct checker *c = walk->c;
    struct capdl_caps caps = capdl_object_caps(c->spec, cnode);
    uint64_t bit = UINT64_C(1) << (left % 64);
    bool full = !left;
    if (!left || walk->seen[cnode] & bit) {
        return !left || walk->full[cnode] & bit;
    }
    walk->seen[cnode] |= bit;
    for (uint32_t i = 0; i < caps.count; i++) {
        const struct capdl_cap *cap = &caps.list[i];
        unsigned taken = cap->kind == CAPDL_KIND_CNODE ? bits_taken(c, cap) : 0;
        if (taken > left) {
            full = true; /* that is another mistake */
            if (walk->report && !(c->reach.what[cnode] & CHECK_HELD)) {
                report_too_long(c, cnode, cap, left);
            }
        } else if (taken) {
            full |= names_slot(walk, cap->object, left - taken);
        }
    }
    walk->full[cnode] |= full ? bit : 0;
    return full;
}

/* The fix for a root: the guard with which pointer n means slot n, where only that can be meant. */
static const char *cure(const struct checker *c, uint32_t root, unsigned bits, char *buffer, size_t size)
{
    struct capdl_caps caps = capdl_object_caps(c->spec, root);
    for (uint32_t i = 0; i < caps.count; i++) {
        if (caps.list[i].kind == CAPDL_KIND_CNODE) {
            return "the bits of guards and slots on the path to a capability must add up to that";
        }
    }
    snprintf(buffer, size, "with guard_size: %u, slot n is at pointer n", bits);
    return buffer;
}

static void check_root(struct walk *walk, uint32_t thread, const struct capdl_cap *root)
{
    struct checker *c = walk->c;
    unsigned taken = bits_taken(c, root), slots = capdl_object_size_bits(c->spec, root->object),
             word = capdl_check_facts(c)->word_bits;
    char label[CHECK_LABEL], cnode[CHECK_LABEL], text[CHECK_LABEL];
    if (taken >= word || names_slot(walk, root->object, word - taken) || walk->report ||
        !capdl_object_caps(c->spec, root->object).count) {
        return;
    }
    capdl_check_report_cap(c, CAPDL_WARNING, root,
                           "capability pointers are longer than the CSpace of TCB '%s': the guard has %u bits and "
                           "CNode '%s' has %u, but a pointer has %u (%s)",
                           capdl_check_label(c, thread, label), root->guard_size,
                           capdl_check_label(c, root->object, cnode), slots, word,
                           cure(c, root->object, word - slots, text, sizeof(text)));
}

static const struct capdl_cap *root_of(const struct checker *c, uint32_t thread)
{
    const struct capdl_cap *root = capdl_object_kind(c->spec, thread) == CAPDL_KIND_TCB
                                       ? capdl_spec_cap_at(c->spec, thread, CAPDL_TCB_SLOT_CSPACE)
                                       : NULL;
    return root && root->kind == CAPDL_KIND_CNODE ? root : NULL;
}

/* Most CSpaces are one CNode for all bits: nothing is to be walked then. */
static bool has_rest(const struct checker *c)
{
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        const struct capdl_cap *root = root_of(c, i);
        if (root && bits_taken(c, root) < capdl_check_facts(c)->word_bits) {
            return true;
        }
    }
    return false;
}

static void check_roots(struct checker *c, bool report_unreached)
{
    struct walk walk = {.c = c, .report = report_unreached};
    if (!has_rest(c)) {
        return;
    }
    walk.seen = capdl_check_zeros(c, sizeof(*walk.seen));
    walk.full = capdl_check_zeros(c, sizeof(*walk.full));
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        const struct capdl_cap *root = root_of(c, i);
        if (root) {
            check_root(&walk, i, root);
        }
    }
    capdl_check_zeros_free(c, walk.seen, sizeof(*walk.seen));
    capdl_check_zeros_free(c, walk.full, sizeof(*walk.full));
}

void capdl_check_cspace_bits(struct checker *c)
{
    if (capdl_check_has_reach(c)) {
        check_roots(c, false);
    }
}

void capdl_check_out_of_reach(struct checker *c)
{
    char label[CHECK_LABEL];
    if (!capdl_check_has_reach(c)) {
        return;
    }
    check_roots(c, true);
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        if (capdl_object_kind(c->spec, i) == CAPDL_KIND_CNODE && c->used[i] && !c->reach.by[i] &&
            capdl_object_caps(c->spec, i).count) {
            capdl_check_report(c, CAPDL_WARNING, capdl_object_pos(c->spec, i),
                               "no thread can reach the capabilities in CNode '%s': it is in no thread's CSpace",
                               capdl_check_label(c, i, label));
        }
    }
}
