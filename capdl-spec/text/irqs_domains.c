/* SPDX-License-Identifier: BSD-2-Clause */
/* irq maps and domains. */
#include "irqs_domains.h"

#include <stdlib.h>
#include <string.h>

#include "object_refs.h"
#include "tokens.h"

/* Maps consecutive interrupts to an object or to the elements of an array. */
static void irq_map_add(struct text_parser *p, const struct text_ref *ref, uint64_t *irq)
{
    struct capdl_spec *spec = p->spec;
    struct text_iter iter;
    uint32_t index;
    if (!capdl_text_ref_check(p, ref, "an interrupt object")) {
        return;
    }
    if (capdl_text_ref_count(p, ref, capdl_spec_name_length(p->spec, ref->name)) > p->most_objects - spec->num_irqs) {
        capdl_text_too_large(p, ref->pos, "interrupts", p->most_objects);
        return;
    }
    iter = capdl_text_ref_iter(p, ref, capdl_spec_name_length(p->spec, ref->name));
    while (capdl_text_iter_next(&iter, &index)) {
        spec->irqs = capdl_spec_grow(spec->irqs, &spec->capacity_irqs, spec->num_irqs + 1, sizeof(*spec->irqs));
        spec->irqs[spec->num_irqs++] = (struct capdl_irq_map){
            .irq = (*irq)++, .object = capdl_spec_name_find(spec, ref->name, index), .pos = ref->pos};
    }
}

static bool irq_map_parse(struct text_parser *p, uint64_t *irq)
{
    size_t keep = p->num_ranges;
    struct text_ref ref;
    if (p->token.kind == TEXT_NUMBER) {
        *irq = p->token.number;
        capdl_text_advance(p);
        if (!capdl_text_expect(p, ':', "between the interrupt's number and its object")) {
            return false;
        }
    }
    if (p->token.kind != TEXT_NAME) {
        return capdl_text_unexpected(p, "an interrupt's number or object, or '}' to close 'irq maps'");
    }
    if (!capdl_text_ref_parse(p, &ref)) {
        return false;
    }
    irq_map_add(p, &ref, irq);
    capdl_text_ranges_drop(p, keep);
    capdl_text_accept(p, ';');
    return true;
}

void capdl_text_irq_maps_section(struct text_parser *p)
{
    uint64_t irq = 0;
    while (!capdl_text_is(p, '}') && p->token.kind != TEXT_END && !capdl_text_at_section(p)) {
        uint32_t line = p->token.line;
        if (irq_map_parse(p, &irq)) {
            continue;
        }
        do {
            capdl_text_advance(p);
        } while (p->token.kind != TEXT_END && p->token.line == line && !capdl_text_is(p, '}'));
    }
}

static bool schedule_entry(struct text_parser *p, struct capdl_domain_entry *entry)
{
    *entry = (struct capdl_domain_entry){.pos = p->token.pos};
    if (!capdl_text_expect(p, '(', "and a domain and its duration, as in (1, 1000 us)") ||
        !capdl_text_number(p, &entry->domain, "the number of a domain") ||
        !capdl_text_expect(p, ',', "after the domain") || !capdl_text_number(p, &entry->duration, "a duration")) {
        return false;
    }
    entry->end_marker = !entry->domain && !entry->duration;
    if (capdl_text_accept_word(p, "us")) {
        entry->unit = CAPDL_MICROSECONDS;
    } else {
        capdl_text_accept_word(p, "ticks");
    }
    return capdl_text_accept(p, ')') || capdl_text_unexpected(p, "us, ticks or ')' after the duration");
}

static bool schedule_parse(struct text_parser *p)
{
    struct capdl_domains *domains = &p->spec->domains;
    struct capdl_domain_entry *list = NULL;
    size_t count = 0, capacity = 0;
    bool result = capdl_text_expect(p, '[', "and the schedule's entries");
    while (result && !capdl_text_is(p, ']')) {
        list = capdl_spec_grow(list, &capacity, count + 1, sizeof(*list));
        result = schedule_entry(p, &list[count]);
        count += result;
        if (!capdl_text_accept(p, ',')) {
            break;
        }
    }
    domains->has_schedule = true;
    domains->schedule = capdl_spec_alloc(p->spec, count * sizeof(*list));
    domains->num_schedule = count;
    if (count) {
        memcpy(domains->schedule, list, count * sizeof(*list));
    }
    free(list);
    return result && capdl_text_expect(p, ']', "after the schedule");
}

static bool start_parse(struct text_parser *p)
{
    struct capdl_domains *domains = &p->spec->domains;
    if (capdl_text_accept_word(p, "no_start")) {
        domains->start_kind = CAPDL_DOMAIN_START_NONE;
        return true;
    }
    domains->start_kind = CAPDL_DOMAIN_START_INDEX;
    return capdl_text_number(p, &domains->start_index, "the index of the schedule entry to start with, or no_start");
}

static bool report_item(struct text_parser *p)
{
    static const char *const items[] = {"schedule", "domain_set_start", "index_shift"};
    struct capdl_nearest nearest = {NULL};
    for (unsigned i = 0; p->token.kind == TEXT_NAME && i < sizeof(items) / sizeof(items[0]); i++) {
        capdl_nearest_try(&nearest, p->token.text, p->token.length, items[i]);
    }
    return capdl_text_unexpected(p, "schedule, domain_set_start, index_shift%s or '}' to close 'domains'",
                                 capdl_nearest_hint(&nearest));
}

static bool domain_item(struct text_parser *p)
{
    struct capdl_domains *domains = &p->spec->domains;
    struct capdl_pos pos = p->token.pos;
    const char *item = capdl_text_is_word(p, "schedule")           ? "schedule"
                       : capdl_text_is_word(p, "domain_set_start") ? "domain_set_start"
                                                                   : "index_shift";
    bool twice;
    if (!capdl_text_is_word(p, item)) {
        return report_item(p);
    }
    capdl_text_advance(p);
    if (!capdl_text_expect(p, ':', "and a value")) {
        return false;
    }
    twice = *item == 's'   ? domains->has_schedule
            : *item == 'd' ? domains->start_kind != CAPDL_DOMAIN_START_DEFAULT
                           : domains->has_index_shift;
    if (twice) {
        capdl_error(p->diags, pos, "'%s' is given twice", item);
    }
    if (*item == 's') {
        domains->pos = pos;
        return schedule_parse(p);
    }
    if (*item == 'd') {
        return start_parse(p);
    }
    domains->has_index_shift = true;
    return capdl_text_number(p, &domains->index_shift, "a number of entries");
}

void capdl_text_domains_section(struct text_parser *p)
{
    if (!p->spec->domains.pos.line) {
        p->spec->domains.pos = p->token.pos;
    }
    while (!capdl_text_is(p, '}') && p->token.kind != TEXT_END && !capdl_text_at_section(p)) {
        if (domain_item(p)) {
            continue;
        }
        while (p->token.kind != TEXT_END && !capdl_text_at_section(p) && !capdl_text_is(p, '}') &&
               !capdl_text_is_word(p, "schedule") && !capdl_text_is_word(p, "domain_set_start") &&
               !capdl_text_is_word(p, "index_shift")) {
            capdl_text_advance(p);
        }
    }
}

/* By number; of equal numbers the one written first. */
static int irq_compare(const void *left, const void *right)
{
    const struct capdl_irq_map *a = left, *b = right;
    if (a->irq != b->irq) {
        return a->irq < b->irq ? -1 : 1;
    }
    if (a->pos.line != b->pos.line) {
        return a->pos.line < b->pos.line ? -1 : 1;
    }
    return a->pos.column < b->pos.column ? -1 : a->pos.column > b->pos.column;
}

void capdl_text_maps_finish(struct text_parser *p)
{
    struct capdl_spec *spec = p->spec;
    size_t kept = 0;
    if (spec->num_irqs) {
        qsort(spec->irqs, spec->num_irqs, sizeof(*spec->irqs), irq_compare);
    }
    for (size_t i = 0; i < spec->num_irqs; i++) {
        if (kept && spec->irqs[kept - 1].irq == spec->irqs[i].irq) {
            capdl_error(p->diags, spec->irqs[i].pos, "interrupt %llu is mapped twice",
                        (unsigned long long)spec->irqs[i].irq);
            capdl_note(p->diags, spec->irqs[kept - 1].pos, "first mapped here");
        } else if (spec->irqs[i].object != CAPDL_NO_OBJECT) {
            spec->irqs[kept++] = spec->irqs[i];
        }
    }
    spec->num_irqs = kept;
}
