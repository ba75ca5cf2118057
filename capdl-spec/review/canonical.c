/* SPDX-License-Identifier: BSD-2-Clause */
/* A system as lines, by name, for digests. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/architecture.h>

#include "attributes.h"
#include "normal_form.h"
#include "subjects.h"

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
