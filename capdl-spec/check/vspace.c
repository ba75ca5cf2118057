/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of address spaces: page tables inside page tables, frames in them, and what threads expect there. */
#include <inttypes.h>
#include <stdlib.h>

#include "checker.h"
#include "checks.h"
#include "facts.h"
#include "per_object.h"
#include "report.h"

enum { MOST_LEVELS = 4, PAGE_BITS = 12 };

static const struct capdl_arch_table *table_find(const struct checker *c, enum capdl_kind kind)
{
    return capdl_arch_table(c->spec->arch, kind);
}

/* How many page tables are above this one; MOST_LEVELS if too many, or in a cycle. */
static unsigned table_depth(const struct checker *c, uint32_t table)
{
    unsigned depth = 0;
    for (; depth < MOST_LEVELS && c->table_holder[table]; depth++) {
        table = c->table_holder[table] - 1;
    }
    return depth;
}

/* log2 of the bytes one of its entries maps; 0 if it depends on what is not known. */
static unsigned table_shift(const struct checker *c, uint32_t id)
{
    const struct capdl_arch_table *table = table_find(c, capdl_object_kind(c->spec, id));
    unsigned depth, levels = capdl_check_facts(c)->table_levels;
    if (!table || !capdl_check_facts(c)->one_table_kind) {
        return table ? table->shift : 0;
    }
    depth = table_depth(c, id);
    return depth < levels ? PAGE_BITS + (unsigned)__builtin_ctz(table->entries) * (levels - 1 - depth) : 0;
}

static void report_nesting(struct checker *c, uint32_t id, const struct capdl_cap *cap,
                           const struct capdl_arch_table *table)
{
    char label[CHECK_LABEL];
    capdl_check_label(c, id, label);
    if (table->below == table->kind && !capdl_check_facts(c)->one_table_kind) {
        capdl_check_report_cap(c, CAPDL_ERROR, cap, "%s '%s' holds %s: expected a frame",
                               capdl_kind_name(capdl_object_kind(c->spec, id)), label,
                               capdl_spec_kind_phrase(cap->kind));
    } else {
        capdl_check_report_cap(c, CAPDL_ERROR, cap, "%s '%s' holds %s: expected a frame or %s (%s)",
                               capdl_kind_name(capdl_object_kind(c->spec, id)), label,
                               capdl_spec_kind_phrase(cap->kind), capdl_spec_kind_phrase(table->below),
                               capdl_kind_keyword(table->below));
    }
}

void capdl_check_table_nesting(struct checker *c)
{
    const struct capdl_architecture *facts = capdl_check_facts(c);
    char label[CHECK_LABEL];
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        struct capdl_caps caps = capdl_object_caps(c->spec, i);
        const struct capdl_arch_table *table =
            capdl_kind_is_table(capdl_object_kind(c->spec, i)) ? table_find(c, capdl_object_kind(c->spec, i)) : NULL;
        for (uint32_t j = 0; table && j < caps.count; j++) {
            const struct capdl_cap *cap = &caps.list[j];
            if (cap->kind != CAPDL_KIND_FRAME && capdl_check_exists(c, cap->kind) &&
                (cap->kind != table->below || (table->below == table->kind && !facts->one_table_kind))) {
                report_nesting(c, i, cap, table);
            }
        }
        if (table && facts->one_table_kind && caps.count && table_depth(c, i) >= facts->table_levels) {
            capdl_check_report_cap(
                c, CAPDL_ERROR, &caps.list[0], "page table '%s' is below %d others or in a cycle: %s has %d levels",
                capdl_check_label(c, i, label), facts->table_levels, facts->paging, facts->table_levels);
        }
    }
}

static void check_shared_in(struct checker *c, uint32_t id, bool *seen)
{
    struct capdl_caps caps = capdl_object_caps(c->spec, id);
    const struct capdl_arch_table *table = table_find(c, capdl_object_kind(c->spec, id));
    char label[CHECK_LABEL], first[CHECK_LABEL], second[CHECK_LABEL];
    for (uint32_t j = 0; table && j < caps.count; j++) {
        const struct capdl_cap *cap = &caps.list[j];
        if (cap->kind != table->below || cap->object == CAPDL_NO_OBJECT) {
            continue;
        }
        if (seen[cap->object]) {
            capdl_check_report_cap(
                c, CAPDL_ERROR, cap, "%s '%s' is mapped in both '%s' and '%s': it can be mapped only once",
                capdl_kind_name(cap->kind), capdl_check_label(c, cap->object, label),
                capdl_check_label(c, c->table_holder[cap->object] - 1, first), capdl_check_label(c, id, second));
        }
        seen[cap->object] = true;
    }
}

void capdl_check_table_shared(struct checker *c)
{
    bool *seen = capdl_check_zeros(c, sizeof(*seen));
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        if (capdl_kind_is_table(capdl_object_kind(c->spec, i))) {
            check_shared_in(c, i, seen);
        }
    }
    capdl_check_zeros_free(c, seen, sizeof(*seen));
}

/* "4k", "2M": a size for messages. */
static const char *size_name(unsigned bits, char *buffer, size_t size)
{
    unsigned unit = bits >= 30 ? 30 : bits >= 20 ? 20 : 10;
    snprintf(buffer, size, "%" PRIu64 "%c", UINT64_C(1) << (bits - unit), unit == 30 ? 'G' : unit == 20 ? 'M' : 'k');
    return buffer;
}

static void check_level(struct checker *c, uint32_t table, const struct capdl_cap *cap, unsigned shift)
{
    bool holds_frames = shift <= 30 && capdl_object_kind(c->spec, table) != CAPDL_KIND_EPT_PDPT;
    char label[CHECK_LABEL], holder[CHECK_LABEL], has[32], expected[32];
    if (!capdl_check_knows_size(c, cap->object) || !capdl_check_frame_is_legal(c, cap->object) ||
        (holds_frames && capdl_object_size_bits(c->spec, cap->object) == shift)) {
        return;
    }
    capdl_check_label(c, cap->object, label);
    capdl_check_label(c, table, holder);
    if (!holds_frames) {
        capdl_check_report_cap(c, CAPDL_ERROR, cap, "frame '%s' is mapped in %s '%s', which holds only page tables",
                               label, capdl_kind_name(capdl_object_kind(c->spec, table)), holder);
    } else {
        capdl_check_report_cap(
            c, CAPDL_ERROR, cap, "frame '%s' has %s but is mapped in %s '%s', which takes frames of %s", label,
            size_name(capdl_object_size_bits(c->spec, cap->object), has, sizeof(has)),
            capdl_kind_name(capdl_object_kind(c->spec, table)), holder, size_name(shift, expected, sizeof(expected)));
    }
}

void capdl_check_frame_level(struct checker *c)
{
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        struct capdl_caps caps = capdl_object_caps(c->spec, i);
        unsigned shift = capdl_kind_is_table(capdl_object_kind(c->spec, i)) ? table_shift(c, i) : 0;
        for (uint32_t j = 0; shift && j < caps.count; j++) {
            if (caps.list[j].kind == CAPDL_KIND_FRAME) {
                check_level(c, i, &caps.list[j], shift);
            }
        }
    }
}

/* No architecture can map a page for writing without reading. */
void capdl_check_frame_rights(struct checker *c)
{
    char label[CHECK_LABEL];
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        struct capdl_caps caps = capdl_object_caps(c->spec, i);
        for (uint32_t j = 0; capdl_kind_is_table(capdl_object_kind(c->spec, i)) && j < caps.count; j++) {
            const struct capdl_cap *cap = &caps.list[j];
            if (cap->kind == CAPDL_KIND_FRAME && !(cap->rights & CAPDL_RIGHT_READ)) {
                capdl_check_report_cap(c, CAPDL_WARNING, cap,
                                       "frame '%s' is mapped without the right to read: a thread cannot access it",
                                       capdl_check_label(c, cap->object, label));
            }
        }
    }
}

static bool is_uncached(const struct capdl_cap *cap)
{
    return cap->flags & CAPDL_CAP_UNCACHED;
}

/* Whether one frame is cached in one mapping and not in another. `first` is the first mapping of each frame. */
static void check_caching(struct checker *c, const struct capdl_cap *cap, const struct capdl_cap **first)
{
    size_t warnings = c->diags->num_warnings;
    char label[CHECK_LABEL];
    if (!*first) {
        *first = cap;
    } else if (is_uncached(*first) != is_uncached(cap)) {
        capdl_check_report_cap(c, CAPDL_WARNING, cap,
                               "frame '%s' is mapped %s here but %s elsewhere: the architecture does not "
                               "define what each of them sees (map both alike)",
                               capdl_check_label(c, cap->object, label), is_uncached(cap) ? "uncached" : "cached",
                               is_uncached(cap) ? "cached" : "uncached");
        if (c->diags->num_warnings > warnings) {
            capdl_note(c->diags, capdl_cap_pos(c->spec, *first), "the other mapping of '%s'", label);
        }
    }
}

/* On RISC-V the hardware decides what is cached. */
void capdl_check_frame_caching(struct checker *c)
{
    if (c->diags->num_errors || !capdl_check_facts(c)->cache_attribute) {
        return;
    }
    const struct capdl_cap **first = capdl_check_zeros(c, sizeof(*first));

    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        struct capdl_caps caps = capdl_object_caps(c->spec, i);
        for (uint32_t j = 0; capdl_kind_is_table(capdl_object_kind(c->spec, i)) && j < caps.count; j++) {
            if (caps.list[j].kind == CAPDL_KIND_FRAME) {
                check_caching(c, &caps.list[j], &first[caps.list[j].object]);
            }
        }
    }
    capdl_check_zeros_free(c, first, sizeof(*first));
}

/* Whether a capability's mapping is that of its frame. */
static bool check_one_mapping(struct checker *c, uint32_t holder, const struct capdl_cap *cap)
{
    const struct capdl_cap_extra *extra = capdl_cap_extra(c->spec, cap);
    const struct capdl_cap *mapped = capdl_spec_cap_at(c->spec, extra->mapping_container, extra->mapping_slot);
    enum capdl_kind kind = capdl_object_kind(c->spec, extra->mapping_container);
    char label[CHECK_LABEL], table[CHECK_LABEL];
    capdl_check_label(c, cap->object, label);
    capdl_check_label(c, extra->mapping_container, table);
    if (!capdl_kind_is_table(kind) && kind != CAPDL_KIND_IO_PT) {
        capdl_check_report_cap(c, CAPDL_ERROR, cap, "'mapping' names '%s', which is not a page table", table);
    } else if ((!mapped && !c->misplaced) || (mapped && mapped->object != cap->object)) {
        capdl_check_report_cap(c, CAPDL_ERROR, cap,
                               "'mapping' names slot %" PRIu64 " of '%s', which does not hold frame '%s'",
                               extra->mapping_slot, table, label);
    } else if (capdl_object_kind(c->spec, holder) != CAPDL_KIND_CNODE) {
        capdl_check_report_cap(c, CAPDL_ERROR, cap, "'mapping' applies to capabilities in CNodes, not in %s",
                               capdl_spec_kind_phrase(capdl_object_kind(c->spec, holder)));
    } else {
        return true;
    }
    return false;
}

static int mapping_compare(const void *left, const void *right, void *spec)
{
    const struct capdl_cap *const *a = left, *const *b = right;
    const struct capdl_cap_extra *x = capdl_cap_extra(spec, *a), *y = capdl_cap_extra(spec, *b);
    if (x->mapping_container != y->mapping_container) {
        return x->mapping_container < y->mapping_container ? -1 : 1;
    }
    if (x->mapping_slot != y->mapping_slot) {
        return x->mapping_slot < y->mapping_slot ? -1 : 1;
    }
    return *a < *b ? -1 : *a > *b;
}

/* A mapping is made by one capability. */
static void check_mapped_once(struct checker *c, const struct capdl_cap **list, size_t count)
{
    char table[CHECK_LABEL];
    if (count) {
        qsort_r(list, count, sizeof(*list), mapping_compare, (void *)(uintptr_t)c->spec);
    }
    for (size_t i = 1; i < count; i++) {
        const struct capdl_cap_extra *extra = capdl_cap_extra(c->spec, list[i]);
        const struct capdl_cap_extra *last = capdl_cap_extra(c->spec, list[i - 1]);
        if (extra->mapping_container == last->mapping_container && extra->mapping_slot == last->mapping_slot) {
            capdl_check_report_cap(c, CAPDL_ERROR, list[i],
                                   "'mapping' names slot %" PRIu64 " of '%s', which another capability already names",
                                   extra->mapping_slot, capdl_check_label(c, extra->mapping_container, table));
        }
    }
}

void capdl_check_mapping(struct checker *c)
{
    const struct capdl_cap **list = NULL;
    size_t count = 0, capacity = 0;
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        struct capdl_caps caps = capdl_object_caps(c->spec, i);
        for (uint32_t j = 0; j < caps.count; j++) {
            if (caps.list[j].flags & CAPDL_CAP_HAS_MAPPING && check_one_mapping(c, i, &caps.list[j])) {
                list = capdl_spec_grow(list, &capacity, count + 1, sizeof(*list));
                list[count++] = &caps.list[j];
            }
        }
    }
    check_mapped_once(c, list, count);
    free(list);
}

/* The frame capability that maps an address, 0 if none. False: the shape of the address space is not known. */
static bool vspace_lookup(const struct checker *c, uint32_t table, uint64_t address, const struct capdl_cap **frame)
{
    *frame = NULL;
    for (unsigned level = 0; level < MOST_LEVELS; level++) {
        unsigned shift = table_shift(c, table);
        const struct capdl_cap *cap;
        if (!shift) {
            return false;
        }
        cap = capdl_spec_cap_at(c->spec, table, address >> shift & (capdl_check_table_entries(c, table) - 1));
        if (!cap || cap->object == CAPDL_NO_OBJECT ||
            (cap->kind != CAPDL_KIND_FRAME && !capdl_kind_is_table(cap->kind))) {
            return true;
        }
        if (cap->kind == CAPDL_KIND_FRAME) {
            *frame = cap;
            return true;
        }
        table = cap->object;
    }
    return true;
}

static void check_buffer_address(struct checker *c, uint32_t id, const struct capdl_cap *buffer, uint64_t address)
{
    const struct capdl_cap *vspace = capdl_spec_cap_at(c->spec, id, CAPDL_TCB_SLOT_VSPACE), *mapped;
    char label[CHECK_LABEL], frame[CHECK_LABEL], other[CHECK_LABEL];
    if (!vspace || !capdl_check_is_vspace_root(c, vspace->kind) ||
        !vspace_lookup(c, vspace->object, address, &mapped)) {
        return;
    }
    if (c->misplaced || (mapped && mapped->object == buffer->object)) {
        return;
    }
    capdl_check_label(c, id, label);
    capdl_check_label(c, buffer->object, frame);
    if (mapped) {
        capdl_check_report_cap(c, CAPDL_ERROR, buffer,
                               "the IPC buffer of TCB '%s' is frame '%s', but at its address 0x%" PRIx64
                               " frame '%s' is mapped",
                               label, frame, address, capdl_check_label(c, mapped->object, other));
    } else {
        capdl_check_report_cap(
            c, CAPDL_ERROR, buffer,
            "the IPC buffer of TCB '%s' is frame '%s', but nothing is mapped at its address 0x%" PRIx64, label, frame,
            address);
    }
}

static void check_one_buffer(struct checker *c, uint32_t id)
{
    const struct capdl_cap *buffer = capdl_spec_cap_at(c->spec, id, CAPDL_TCB_SLOT_IPC_BUFFER);
    const struct capdl_tcb *tcb = capdl_tcb_values(c->spec, id);
    uint64_t address = tcb->addr;
    char label[CHECK_LABEL];
    capdl_check_label(c, id, label);
    if (!buffer && address) {
        capdl_check_report(c, CAPDL_WARNING, capdl_object_pos(c->spec, id),
                           "TCB '%s' has an IPC buffer address, but no frame in slot ipc_buffer_slot", label);
    }
    if (!buffer || buffer->kind != CAPDL_KIND_FRAME || capdl_spec_cap_at(c->spec, id, CAPDL_TCB_SLOT_BOUND_VCPU)) {
        return;
    }
    if (!address && tcb->has & CAPDL_TCB_HAS_ADDR) {
        capdl_check_report_cap(c, CAPDL_WARNING, buffer,
                               "TCB '%s' gets no IPC buffer: its frame is to be at address 0, which stands for none",
                               label);
        return;
    }
    uint64_t alignment = UINT64_C(1) << capdl_check_facts(c)->ipc_buffer_bits;
    if (address % alignment) {
        capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, id),
                           "the IPC buffer of TCB '%s' is at 0x%" PRIx64 ": expected a multiple of %" PRIu64, label,
                           address, alignment);
    } else {
        check_buffer_address(c, id, buffer, address);
    }
    if ((buffer->rights & (CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE)) != (CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE)) {
        capdl_check_report_cap(c, CAPDL_WARNING, buffer,
                               "the IPC buffer of TCB '%s' lacks the right to read or to write: the kernel will "
                               "not use it",
                               label);
    }
}

void capdl_check_ipc_buffer(struct checker *c)
{
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        if (capdl_object_kind(c->spec, i) == CAPDL_KIND_TCB) {
            check_one_buffer(c, i);
        }
    }
}
