/* SPDX-License-Identifier: BSD-2-Clause */
/* What an object is, as a list of numbers; what a capability is, without what has no effect; a system as lines. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/architecture.h>

#include "private.h"

static void add(struct fields *fields, uint32_t field, uint64_t value)
{
    fields->list = capdl_spec_grow(fields->list, &fields->capacity, fields->count + 1, sizeof(*fields->list));
    fields->list[fields->count++] = (struct field_value){field, value};
}

/* A thread with neither CSpace nor address space is not started, whatever the spec says. */
static void add_tcb(struct fields *fields, const struct capdl_tcb *tcb, bool bare)
{
    size_t last = tcb->num_init;
    for (unsigned i = 0; i < CAPDL_TCB_FIELD_COUNT; i++) {
        if (capdl_tcb_field_type((enum capdl_tcb_field)i) != CAPDL_TCB_LIST) {
            add(fields, FIELD_TCB + i,
                i == CAPDL_TCB_FIELD_RESUME && bare ? 0 : capdl_tcb_get(tcb, (enum capdl_tcb_field)i));
        }
    }
    while (last && tcb->init[last - 1] == 0) {
        last--; /* what is not given is 0 */
    }
    for (size_t i = 0; i < last; i++) {
        add(fields, FIELD_LIST + (uint32_t)i, tcb->init[i]);
    }
}

static void add_sc(struct fields *fields, const struct capdl_sc *given)
{
    static const struct capdl_sc defaults;
    const struct capdl_sc *sc = given ? given : &defaults;
    add(fields, FIELD_PERIOD, sc->period);
    add(fields, FIELD_BUDGET, sc->budget);
    add(fields, FIELD_REFILLS, sc->refills);
    add(fields, FIELD_FLAGS, sc->flags);
    add(fields, FIELD_DATA, sc->data);
}

static void add_numbers(struct fields *fields, enum capdl_kind kind, const struct capdl_numbers *numbers)
{
    for (unsigned i = 0; numbers && i < CAPDL_NUMBER_COUNT; i++) {
        bool otherwise = kind == CAPDL_KIND_LEFTOVER && i == CAPDL_NUMBER_LEFTOVER_DEVICES && !numbers->value[i];
        if (numbers->has >> i & 1 && !otherwise) {
            add(fields, FIELD_NUMBER + i, numbers->value[i]);
        }
    }
}

static void add_irqs(struct fields *fields, const struct world *world, uint32_t id)
{
    for (size_t i = world->first_irq[id]; i < world->first_irq[id + 1]; i++) {
        add(fields, FIELD_IRQ, world->irqs[i]);
    }
}

static int field_compare(const void *left, const void *right)
{
    const struct field_value *a = left, *b = right;
    if (a->field != b->field) {
        return a->field < b->field ? -1 : 1;
    }
    return a->value < b->value ? -1 : a->value > b->value;
}

void capdl_review_fields(const struct world *world, uint32_t id, struct fields *fields)
{
    const struct capdl_spec *spec = world->spec;
    enum capdl_kind kind = capdl_object_kind(spec, id);
    unsigned flags = capdl_object_flags(spec, id);
    fields->count = 0;
    if (capdl_object_size_bits(spec, id)) {
        add(fields, FIELD_SIZE, capdl_object_size_bits(spec, id));
    }
    if (flags & CAPDL_OBJECT_HAS_PADDR) {
        add(fields, FIELD_PADDR, capdl_object_paddr(spec, id));
    }
    if (flags & CAPDL_OBJECT_CONTIGUOUS) {
        add(fields, FIELD_CONTIGUOUS, 1);
    }
    if (world->content[id]) {
        add(fields, FIELD_CONTENT, world->content[id]);
    }
    if (kind == CAPDL_KIND_TCB) {
        add_tcb(fields, capdl_tcb_values(spec, id),
                !capdl_spec_cap_at(spec, id, CAPDL_TCB_SLOT_CSPACE) &&
                    !capdl_spec_cap_at(spec, id, CAPDL_TCB_SLOT_VSPACE));
    } else if (kind == CAPDL_KIND_SC) {
        add_sc(fields, capdl_object_sc(spec, id));
    } else if (capdl_kind_has(kind, CAPDL_TRAIT_NUMBERS)) {
        add_numbers(fields, kind, capdl_object_numbers(spec, id));
        add_irqs(fields, world, id);
    }
    if (fields->count) {
        qsort(fields->list, fields->count, sizeof(*fields->list), field_compare);
    }
}

static uint64_t low_bits(uint64_t value, unsigned bits)
{
    return bits >= 64 ? value : value & ((UINT64_C(1) << bits) - 1);
}

struct plain_cap capdl_review_cap(const struct capdl_spec *spec, const struct capdl_cap *cap)
{
    struct plain_cap plain = {.object = cap->object, .kind = cap->kind, .mapping_container = CAPDL_NO_OBJECT};
    const struct capdl_cap_extra *extra = capdl_cap_extra(spec, cap);
    if (capdl_kind_has(cap->kind, CAPDL_TRAIT_RIGHTS)) {
        plain.rights = cap->rights & CAPDL_RIGHTS_ALL;
    }
    if (capdl_kind_has(cap->kind, CAPDL_TRAIT_BADGE) || cap->kind == CAPDL_KIND_SCHED_CONTROL) {
        plain.data = cap->data;
    }
    if (cap->kind == CAPDL_KIND_CNODE) {
        plain.guard_size = cap->guard_size;
        plain.data = low_bits(cap->data, cap->guard_size);
    }
    plain.flags = cap->flags & (CAPDL_CAP_REPLY | CAPDL_CAP_MASTER_REPLY);
    if (capdl_architecture(spec->arch)->cache_attribute) {
        plain.flags |= cap->flags & CAPDL_CAP_UNCACHED;
    }
    if (cap->flags & CAPDL_CAP_HAS_MAPPING) {
        plain.mapping_container = extra->mapping_container;
        plain.mapping_slot = extra->mapping_slot;
    }
    return plain;
}

/* ---- Lines ---- */

/* There are millions: they are put together here and written in pieces. */
struct lines {
    const struct world *world;
    const struct capdl_diff_options *options;
    FILE *out;
    size_t used;
    char text[8192];
};

static void lines_flush(struct lines *lines)
{
    fwrite_unlocked(lines->text, 1, lines->used, lines->out);
    lines->used = 0;
}

static void put_without_room(struct lines *lines, const char *text, size_t length)
{
    lines_flush(lines);
    if (length > sizeof(lines->text)) {
        fwrite_unlocked(text, 1, length, lines->out);
        return;
    }
    memcpy(lines->text, text, length);
    lines->used = length;
}

/* These inline, as most texts and all bases are constants. */
static inline void put(struct lines *lines, const char *text, size_t length)
{
    if (length > sizeof(lines->text) - lines->used) {
        put_without_room(lines, text, length);
        return;
    }
    memcpy(lines->text + lines->used, text, length);
    lines->used += length;
}

static inline void put_text(struct lines *lines, const char *text)
{
    put(lines, text, strlen(text));
}

static inline void put_digits(struct lines *lines, uint64_t number, unsigned base)
{
    char digits[20], *end = digits + sizeof(digits), *at = end;
    do {
        *--at = "0123456789abcdef"[number % base];
        number /= base;
    } while (number);
    put(lines, at, (size_t)(end - at));
}

static void write_number(struct lines *lines, const char *before, uint64_t number)
{
    put_text(lines, before);
    put_digits(lines, number, 10);
}

static void write_word(struct lines *lines, const char *before, uint64_t word)
{
    put_text(lines, before);
    put_text(lines, "0x");
    put_digits(lines, word, 16);
}

static void write_name(struct lines *lines, uint32_t id)
{
    const struct capdl_spec *spec = lines->world->spec;
    if (id == CAPDL_NO_OBJECT) {
        put_text(lines, "-");
        return;
    }
    put_text(lines, capdl_object_name(spec, id));
    if (capdl_object_index(spec, id) != CAPDL_NO_INDEX) {
        write_number(lines, "[", capdl_object_index(spec, id));
        put_text(lines, "]");
    }
}

static void write_fields(struct lines *lines, uint32_t id, struct fields *fields)
{
    enum capdl_kind kind = capdl_object_kind(lines->world->spec, id);
    char digest[REVIEW_LABEL];
    put_text(lines, "object ");
    write_name(lines, id);
    put_text(lines, " ");
    put_text(lines, capdl_kind_keyword(kind));
    capdl_review_fields(lines->world, id, fields);
    for (size_t i = 0; i < fields->count; i++) {
        const struct field_value *field = &fields->list[i];
        put_text(lines, " ");
        put_text(lines, capdl_review_field_word(kind, field->field));
        if (field->field == FIELD_CONTENT && lines->options && lines->options->digest) {
            put_text(lines, "=");
            put_text(lines, lines->options->digest(lines->options->context, &field->value, 1, digest));
        } else {
            write_word(lines, "=", field->value);
        }
    }
    if (capdl_object_parent(lines->world->spec, id) != CAPDL_NO_OBJECT) {
        put_text(lines, " in ");
        write_name(lines, capdl_object_parent(lines->world->spec, id));
    }
    put_text(lines, "\n");
}

static void write_cap(struct lines *lines, uint32_t holder, const struct capdl_cap *cap)
{
    struct plain_cap plain = capdl_review_cap(lines->world->spec, cap);
    put_text(lines, "cap ");
    write_name(lines, holder);
    write_word(lines, " ", cap->slot);
    put_text(lines, " ");
    put_text(lines, capdl_kind_keyword(cap->kind));
    put_text(lines, " ");
    write_name(lines, cap->object);
    write_number(lines, " rights=", plain.rights);
    write_word(lines, " data=", plain.data);
    write_number(lines, " guard_size=", plain.guard_size);
    write_number(lines, " flags=", plain.flags);
    if (plain.mapping_container != CAPDL_NO_OBJECT) {
        put_text(lines, " mapping=");
        write_name(lines, plain.mapping_container);
        write_word(lines, ",", plain.mapping_slot);
    }
    put_text(lines, "\n");
}

struct derived {
    uint32_t child, parent; /* ranks of their holders by name */
    uint32_t number;
};

static int derived_compare(const void *left, const void *right, void *context)
{
    const struct capdl_derivation *list = context;
    const struct derived *a = left, *b = right;
    const struct capdl_derivation *x = &list[a->number], *y = &list[b->number];
    if (a->child != b->child) {
        return a->child < b->child ? -1 : 1;
    }
    if (x->child.slot != y->child.slot) {
        return x->child.slot < y->child.slot ? -1 : 1;
    }
    if (a->parent != b->parent) {
        return a->parent < b->parent ? -1 : 1;
    }
    return x->parent.slot < y->parent.slot ? -1 : x->parent.slot > y->parent.slot;
}

static void write_derivations(struct lines *lines, const uint32_t *order, uint32_t count)
{
    const struct capdl_spec *spec = lines->world->spec;
    uint32_t *rank = capdl_spec_realloc(NULL, (spec->num_objects + (size_t)1) * sizeof(*rank));
    struct derived *list = capdl_spec_realloc(NULL, (spec->num_derivations + 1) * sizeof(*list));
    for (uint32_t i = 0; i < count; i++) {
        rank[order[i]] = i;
    }
    for (uint32_t i = 0; i < spec->num_derivations; i++) {
        const struct capdl_derivation *d = &spec->derivations[i];
        list[i] = (struct derived){rank[d->child.container], rank[d->parent.container], i};
    }
    qsort_r(list, spec->num_derivations, sizeof(*list), derived_compare, spec->derivations);
    for (size_t i = 0; i < spec->num_derivations; i++) {
        const struct capdl_derivation *d = &spec->derivations[list[i].number];
        if (i > 0 && derived_compare(&list[i - 1], &list[i], spec->derivations) == 0) {
            continue;
        }
        put_text(lines, "derived ");
        write_name(lines, d->child.container);
        write_word(lines, " ", d->child.slot);
        put_text(lines, " ");
        write_name(lines, d->parent.container);
        write_word(lines, " ", d->parent.slot);
        put_text(lines, "\n");
    }
    free(rank);
    free(list);
}

static void write_domains(const struct lines *lines)
{
    const struct capdl_domains *domains = &lines->world->spec->domains;
    for (size_t i = 0; i < domains->num_schedule; i++) {
        const struct capdl_domain_entry *entry = &domains->schedule[i];
        fprintf(lines->out, "domain %zu %" PRIu64 " %" PRIu64 "%s\n", i, entry->domain, entry->duration,
                entry->unit == CAPDL_MICROSECONDS && !entry->end_marker ? " us" : "");
    }
    if (capdl_review_domain_start(domains) != REVIEW_DEFAULT) {
        fprintf(lines->out, "domain_set_start 0x%" PRIx64 "\n", capdl_review_domain_start(domains));
    }
    if (domains->num_schedule && domains->index_shift) {
        fprintf(lines->out, "index_shift %" PRIu64 "\n", domains->index_shift);
    }
}

uint64_t capdl_review_domain_start(const struct capdl_domains *domains)
{
    if (!domains->num_schedule) {
        return REVIEW_DEFAULT;
    }
    return domains->start_kind == CAPDL_DOMAIN_START_NONE    ? REVIEW_DEFAULT - 1
           : domains->start_kind == CAPDL_DOMAIN_START_INDEX ? domains->start_index
                                                             : 0;
}

void capdl_review_lines(const struct capdl_spec *spec, const struct capdl_diff_options *options, FILE *out)
{
    struct world world;
    struct fields fields = {NULL};
    struct lines lines;
    uint32_t count, *order = capdl_spec_by_name(spec, &count);
    capdl_review_world_init_fields(&world, spec, options);
    lines.world = &world;
    lines.options = options;
    lines.out = out;
    lines.used = 0;
    flockfile(out);
    fprintf(out, "arch %s\n", capdl_arch_name(spec->arch));
    for (uint32_t i = 0; i < count; i++) {
        struct capdl_caps caps = capdl_object_caps(spec, order[i]);
        write_fields(&lines, order[i], &fields);
        for (uint32_t j = 0; j < caps.count; j++) {
            write_cap(&lines, order[i], &caps.list[j]);
        }
    }
    write_derivations(&lines, order, count);
    lines_flush(&lines);
    write_domains(&lines);
    funlockfile(out);
    free(fields.list);
    free(order);
    capdl_review_world_free(&world);
}
