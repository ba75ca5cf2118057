/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of physical memory: addresses, and what untypeds cover. */
#include <inttypes.h>
#include <stdlib.h>

#include "check.h"

/* log2 of an object's size in bytes; where kernels differ, the smallest. */
static unsigned object_bits(const struct checker *c, const struct capdl_object *object)
{
    bool wide = c->spec->arch != CAPDL_ARCH_ARM11 && c->spec->arch != CAPDL_ARCH_IA32;

    switch (object->kind) {
    case CAPDL_KIND_UT:
    case CAPDL_KIND_FRAME:
        return object->size_bits;
    case CAPDL_KIND_CNODE:
        return object->size_bits + (wide ? 5 : 4);
    case CAPDL_KIND_SC:
        return object->flags & CAPDL_OBJECT_HAS_SIZE ? object->size_bits : 7;
    case CAPDL_KIND_TCB:
        return wide ? 10 : 9;
    case CAPDL_KIND_PT:
        return wide ? 12 : 10;
    case CAPDL_KIND_PD:
    case CAPDL_KIND_PUD:
    case CAPDL_KIND_PGD:
    case CAPDL_KIND_PDPT:
    case CAPDL_KIND_PML4:
    case CAPDL_KIND_EPT_PML4:
    case CAPDL_KIND_EPT_PDPT:
    case CAPDL_KIND_EPT_PD:
    case CAPDL_KIND_EPT_PT:
    case CAPDL_KIND_VCPU:
    case CAPDL_KIND_ASID_POOL:
    case CAPDL_KIND_IO_PT:
        return 12;
    default:
        return 4;
    }
}

static bool is_fixed(const struct capdl_object *object)
{
    return object->flags & CAPDL_OBJECT_HAS_PADDR &&
           (object->kind != CAPDL_KIND_UT || object->flags & CAPDL_OBJECT_HAS_SIZE);
}

static uint64_t last_byte(const struct capdl_object *object)
{
    uint64_t size = UINT64_C(1) << object->size_bits;

    return object->paddr > UINT64_MAX - (size - 1) ? UINT64_MAX : object->paddr + (size - 1);
}

void capdl_check_paddr(struct checker *c)
{
    char label[CHECK_LABEL];

    for (uint32_t i = 0; i < c->spec->num_objects; i++) {
        const struct capdl_object *object = capdl_object(c->spec, i);
        uint64_t mask = (UINT64_C(1) << object->size_bits) - 1;

        if (is_fixed(object) && object->paddr & mask) {
            capdl_check_report(c, CAPDL_ERROR, object->pos,
                               "%s '%s' is at 0x%" PRIx64 ", which is not a multiple of its size 0x%" PRIx64,
                               capdl_kind_name(object->kind), capdl_check_label(c, i, label), object->paddr, mask + 1);
        }
    }
}

/* By address; of those at one address the larger first, then untypeds, so that what covers comes before what is
 * covered. */
static int fixed_compare(const void *left, const void *right, void *spec)
{
    uint32_t i = *(const uint32_t *)left, j = *(const uint32_t *)right;
    const struct capdl_object *a = capdl_object(spec, i), *b = capdl_object(spec, j);

    if (a->paddr != b->paddr) {
        return a->paddr < b->paddr ? -1 : 1;
    }
    if (a->size_bits != b->size_bits) {
        return a->size_bits > b->size_bits ? -1 : 1;
    }
    if ((a->kind == CAPDL_KIND_UT) != (b->kind == CAPDL_KIND_UT)) {
        return a->kind == CAPDL_KIND_UT ? -1 : 1;
    }
    return i < j ? -1 : i > j;
}

/* Objects with an address and a size, in order. */
static uint32_t *fixed_collect(const struct checker *c, uint32_t *count)
{
    uint32_t *list = capdl_spec_realloc(NULL, c->spec->num_objects * sizeof(*list));

    *count = 0;
    for (uint32_t i = 0; i < c->spec->num_objects; i++) {
        if ((capdl_object_kind(c->spec, i) == CAPDL_KIND_FRAME || capdl_object_kind(c->spec, i) == CAPDL_KIND_UT) &&
            is_fixed(capdl_object(c->spec, i))) {
            list[(*count)++] = i;
        }
    }
    qsort_r(list, *count, sizeof(*list), fixed_compare, (void *)(uintptr_t)c->spec);
    return list;
}

static bool covers(const struct checker *c, uint32_t untyped, uint32_t object)
{
    for (unsigned level = 0; level < 256 && object != CAPDL_NO_OBJECT;
         level++, object = capdl_object_parent(c->spec, object)) {
        if (object == untyped) {
            return true;
        }
    }
    return false;
}

static void report_overlap(struct checker *c, uint32_t id, uint32_t other)
{
    const struct capdl_object *object = capdl_object(c->spec, id);
    char label[CHECK_LABEL], second[CHECK_LABEL];
    size_t errors = c->diags->num_errors;

    capdl_check_report(c, CAPDL_ERROR, object->pos, "%s '%s' at 0x%" PRIx64 " overlaps %s '%s' at 0x%" PRIx64,
                       capdl_kind_name(object->kind), capdl_check_label(c, id, label), object->paddr,
                       capdl_kind_name(capdl_object_kind(c->spec, other)), capdl_check_label(c, other, second),
                       capdl_object(c->spec, other)->paddr);
    if (c->diags->num_errors > errors) {
        capdl_note(c->diags, capdl_object(c->spec, other)->pos, "'%s' is declared here", second);
    }
}

/* `open` holds what reaches beyond the current address, innermost last. */
void capdl_check_overlap(struct checker *c)
{
    uint32_t count, depth = 0, *list = fixed_collect(c, &count),
                    *open = capdl_spec_realloc(NULL, count * sizeof(*open));

    for (uint32_t i = 0; i < count; i++) {
        const struct capdl_object *object = capdl_object(c->spec, list[i]);

        while (depth && last_byte(capdl_object(c->spec, open[depth - 1])) < object->paddr) {
            depth--;
        }
        if (depth && !covers(c, open[depth - 1], list[i]) && !covers(c, list[i], open[depth - 1])) {
            report_overlap(c, list[i], open[depth - 1]);
        }
        open[depth++] = list[i];
    }
    free(list);
    free(open);
}

static void check_child(struct checker *c, uint32_t id, uint64_t *used)
{
    const struct capdl_object *object = capdl_object(c->spec, id), *untyped = capdl_object(c->spec, object->parent);
    unsigned bits = object_bits(c, object);
    char label[CHECK_LABEL], parent[CHECK_LABEL];

    if (!(untyped->flags & CAPDL_OBJECT_HAS_SIZE) ||
        (object->kind == CAPDL_KIND_UT && !(object->flags & CAPDL_OBJECT_HAS_SIZE))) {
        return;
    }
    capdl_check_label(c, id, label);
    capdl_check_label(c, object->parent, parent);
    if (bits > untyped->size_bits) {
        capdl_check_report(c, CAPDL_ERROR, object->pos,
                           "%s '%s' takes 2^%u bytes and does not fit into untyped '%s' of 2^%u",
                           capdl_kind_name(object->kind), label, bits, parent, untyped->size_bits);
        return;
    }
    if (is_fixed(object) && is_fixed(untyped) &&
        (object->paddr < untyped->paddr || last_byte(object) > last_byte(untyped))) {
        capdl_check_report(c, CAPDL_ERROR, object->pos,
                           "%s '%s' at 0x%" PRIx64 " lies outside untyped '%s', which is 0x%" PRIx64 " to 0x%" PRIx64,
                           capdl_kind_name(object->kind), label, object->paddr, parent, untyped->paddr,
                           last_byte(untyped));
    }
    used[object->parent] += UINT64_C(1) << bits;
}

/* Untypeds that cover themselves by way of others: follows the parents of each, marking what has been followed. */
static void check_circles(struct checker *c)
{
    uint32_t *mark = capdl_check_zeros(c, sizeof(*mark));
    char label[CHECK_LABEL];

    for (uint32_t i = 0; i < c->spec->num_objects; i++) {
        uint32_t at = capdl_object_parent(c->spec, i) == CAPDL_NO_OBJECT ? CAPDL_NO_OBJECT : i;

        while (at != CAPDL_NO_OBJECT && !mark[at]) {
            mark[at] = i + 1;
            at = capdl_object_parent(c->spec, at);
        }
        if (at != CAPDL_NO_OBJECT && mark[at] == i + 1) {
            capdl_check_report(c, CAPDL_ERROR, capdl_object(c->spec, at)->pos,
                               "untyped '%s' is, by way of its children, made from itself",
                               capdl_check_label(c, at, label));
        }
    }
    capdl_check_zeros_free(c, mark, sizeof(*mark));
}

void capdl_check_cover(struct checker *c)
{
    uint64_t *used = capdl_check_zeros(c, sizeof(*used));
    char label[CHECK_LABEL];

    check_circles(c);
    for (uint32_t i = 0; i < c->spec->num_objects; i++) {
        if (capdl_object_parent(c->spec, i) != CAPDL_NO_OBJECT) {
            check_child(c, i, used);
        }
    }
    for (uint32_t i = 0; i < c->spec->num_objects; i++) {
        const struct capdl_object *object = used[i] && !c->errors_only ? capdl_object(c->spec, i) : NULL;

        if (object && used[i] > UINT64_C(1) << object->size_bits) {
            capdl_check_report(c, CAPDL_ERROR, object->pos,
                               "the children of untyped '%s' take at least %" PRIu64 " bytes, but it has %" PRIu64,
                               capdl_check_label(c, i, label), used[i], UINT64_C(1) << object->size_bits);
        }
    }
    capdl_check_zeros_free(c, used, sizeof(*used));
}
