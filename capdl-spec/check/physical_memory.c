/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of physical memory: addresses, and what untypeds cover. */
#include <inttypes.h>
#include <stdlib.h>

#include "checker.h"
#include "checks.h"
#include "per_object.h"
#include "report.h"

/* Of kinds for which the size or the kernel says what Retype makes. */
static unsigned varying_bits(const struct checker *c, uint32_t object)
{
    enum capdl_kind kind = capdl_object_kind(c->spec, object);
    if (kind == CAPDL_KIND_FRAME) {
        return capdl_object_size_bits(c->spec, object);
    }
    if (capdl_kind_class(kind) == CAPDL_CLASS_TABLE) {
        return kind == CAPDL_KIND_PT ? capdl_check_facts(c)->page_table_bits : 12;
    }
    return 4;
}

/* log2 of an object's size in bytes; where kernels differ, the smallest. */
static unsigned object_bits(const struct checker *c, uint32_t object)
{
    const struct capdl_architecture *facts = capdl_check_facts(c);
    unsigned bits = capdl_object_size_bits(c->spec, object);
    switch (capdl_kind_type(capdl_object_kind(c->spec, object))) {
    case CAPDL_TYPE_UNTYPED:
        return capdl_object_kind(c->spec, object) == CAPDL_KIND_ASID_POOL ? 12 : bits;
    case CAPDL_TYPE_CNODE:
        return bits + facts->slot_bits;
    case CAPDL_TYPE_SCHED_CONTEXT:
        return capdl_object_flags(c->spec, object) & CAPDL_OBJECT_HAS_SIZE ? bits : 7;
    case CAPDL_TYPE_TCB:
        return facts->tcb_bits;
    case CAPDL_TYPE_ENDPOINT:
    case CAPDL_TYPE_NOTIFICATION:
    case CAPDL_TYPE_REPLY:
        return 4;
    case CAPDL_TYPE_VCPU:
    case CAPDL_TYPE_IO_PAGE_TABLE:
    case CAPDL_TYPE_EPT_PML4:
    case CAPDL_TYPE_EPT_PDPT:
    case CAPDL_TYPE_EPT_PD:
    case CAPDL_TYPE_EPT_PT:
        return 12;
    case CAPDL_TYPE_FRAME_4K:
    case CAPDL_TYPE_FRAME_2M:
    case CAPDL_TYPE_FRAME_1G:
    case CAPDL_TYPE_PAGE_TABLE:
    case CAPDL_TYPE_PAGE_DIRECTORY:
    case CAPDL_TYPE_PDPT:
    case CAPDL_TYPE_VSPACE:
    case CAPDL_TYPE_NONE:
        return varying_bits(c, object);
    }
    return 4;
}

static bool is_fixed(const struct capdl_spec *spec, uint32_t object)
{
    return capdl_object_flags(spec, object) & CAPDL_OBJECT_HAS_PADDR &&
           (capdl_object_kind(spec, object) != CAPDL_KIND_UT ||
            capdl_object_flags(spec, object) & CAPDL_OBJECT_HAS_SIZE);
}

static uint64_t last_byte(const struct capdl_spec *spec, uint32_t object)
{
    uint64_t size = UINT64_C(1) << capdl_object_size_bits(spec, object);
    return capdl_object_paddr(spec, object) > UINT64_MAX - (size - 1) ? UINT64_MAX
                                                                      : capdl_object_paddr(spec, object) + (size - 1);
}

void capdl_check_paddr(struct checker *c)
{
    char label[CHECK_LABEL];
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        uint64_t mask = (UINT64_C(1) << capdl_object_size_bits(c->spec, i)) - 1;
        if (is_fixed(c->spec, i) && capdl_object_paddr(c->spec, i) & mask) {
            capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, i),
                               "%s '%s' is at 0x%" PRIx64 ", which is not a multiple of its size 0x%" PRIx64,
                               capdl_kind_name(capdl_object_kind(c->spec, i)), capdl_check_label(c, i, label),
                               capdl_object_paddr(c->spec, i), mask + 1);
        }
    }
}

/* By address; of those at one address the larger first, then untypeds, so that what covers comes before what is
 * covered. */
static int fixed_compare(const void *left, const void *right, void *spec)
{
    uint32_t i = *(const uint32_t *)left, j = *(const uint32_t *)right;
    if (capdl_object_paddr(spec, i) != capdl_object_paddr(spec, j)) {
        return capdl_object_paddr(spec, i) < capdl_object_paddr(spec, j) ? -1 : 1;
    }
    if (capdl_object_size_bits(spec, i) != capdl_object_size_bits(spec, j)) {
        return capdl_object_size_bits(spec, i) > capdl_object_size_bits(spec, j) ? -1 : 1;
    }
    if ((capdl_object_kind(spec, i) == CAPDL_KIND_UT) != (capdl_object_kind(spec, j) == CAPDL_KIND_UT)) {
        return capdl_object_kind(spec, i) == CAPDL_KIND_UT ? -1 : 1;
    }
    return i < j ? -1 : i > j;
}

/* Objects with an address and a size, in order. */
static uint32_t *fixed_collect(const struct checker *c, uint32_t *count)
{
    uint32_t *list = capdl_spec_realloc(NULL, c->spec->num_objects * sizeof(*list));
    *count = 0;
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        if ((capdl_object_kind(c->spec, i) == CAPDL_KIND_FRAME || capdl_object_kind(c->spec, i) == CAPDL_KIND_UT) &&
            is_fixed(c->spec, i)) {
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
    char label[CHECK_LABEL], second[CHECK_LABEL];
    size_t errors = c->diags->num_errors;
    capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, id),
                       "%s '%s' at 0x%" PRIx64 " overlaps %s '%s' at 0x%" PRIx64,
                       capdl_kind_name(capdl_object_kind(c->spec, id)), capdl_check_label(c, id, label),
                       capdl_object_paddr(c->spec, id), capdl_kind_name(capdl_object_kind(c->spec, other)),
                       capdl_check_label(c, other, second), capdl_object_paddr(c->spec, other));
    if (c->diags->num_errors > errors) {
        capdl_note(c->diags, capdl_object_pos(c->spec, other), "'%s' is declared here", second);
    }
}

/* `open` holds what reaches beyond the current address, innermost last. */
void capdl_check_overlap(struct checker *c)
{
    uint32_t count, depth = 0, *list = fixed_collect(c, &count),
                    *open = capdl_spec_realloc(NULL, count * sizeof(*open));
    for (uint32_t i = 0; i < count; i++) {
        while (depth && last_byte(c->spec, open[depth - 1]) < capdl_object_paddr(c->spec, list[i])) {
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
    const struct capdl_spec *spec = c->spec;
    uint32_t untyped = capdl_object_parent(spec, id);
    unsigned bits = object_bits(c, id);
    char label[CHECK_LABEL], parent[CHECK_LABEL];
    if (!(capdl_object_flags(spec, untyped) & CAPDL_OBJECT_HAS_SIZE) ||
        (capdl_object_kind(spec, id) == CAPDL_KIND_UT && !(capdl_object_flags(spec, id) & CAPDL_OBJECT_HAS_SIZE))) {
        return;
    }
    capdl_check_label(c, id, label);
    capdl_check_label(c, untyped, parent);
    if (bits > capdl_object_size_bits(spec, untyped)) {
        capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(spec, id),
                           "%s '%s' takes 2^%u bytes and does not fit in untyped '%s' of 2^%u",
                           capdl_kind_name(capdl_object_kind(spec, id)), label, bits, parent,
                           capdl_object_size_bits(spec, untyped));
        return;
    }
    if (is_fixed(spec, id) && is_fixed(spec, untyped) &&
        (capdl_object_paddr(spec, id) < capdl_object_paddr(spec, untyped) ||
         last_byte(spec, id) > last_byte(spec, untyped))) {
        capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(spec, id),
                           "%s '%s' at 0x%" PRIx64 " is outside untyped '%s', which is 0x%" PRIx64 " to 0x%" PRIx64,
                           capdl_kind_name(capdl_object_kind(spec, id)), label, capdl_object_paddr(spec, id), parent,
                           capdl_object_paddr(spec, untyped), last_byte(spec, untyped));
    }
    used[untyped] += UINT64_C(1) << bits;
}

/* Untypeds that cover themselves by way of others: follows the parents of each, marking what has been followed. */
static void check_circles(struct checker *c)
{
    uint32_t *mark = capdl_check_zeros(c, sizeof(*mark));
    char label[CHECK_LABEL];
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        uint32_t at = capdl_object_parent(c->spec, i) == CAPDL_NO_OBJECT ? CAPDL_NO_OBJECT : i;
        while (at != CAPDL_NO_OBJECT && !mark[at]) {
            mark[at] = i + 1;
            at = capdl_object_parent(c->spec, at);
        }
        if (at != CAPDL_NO_OBJECT && mark[at] == i + 1) {
            capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, at),
                               "untyped '%s' is made from itself, through its children",
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
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        if (capdl_object_parent(c->spec, i) != CAPDL_NO_OBJECT) {
            check_child(c, i, used);
        }
    }
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        uint64_t size = UINT64_C(1) << capdl_object_size_bits(c->spec, i);
        if (used[i] > size && !c->errors_only) {
            capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, i),
                               "the children of untyped '%s' take at least %" PRIu64 " bytes, but it has %" PRIu64,
                               capdl_check_label(c, i, label), used[i], size);
        }
    }
    capdl_check_zeros_free(c, used, sizeof(*used));
}
