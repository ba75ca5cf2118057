/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of interrupts, domains and derivations. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "checker.h"
#include "checks.h"
#include "per_object.h"
#include "report.h"

static void report_irq_twice(struct checker *c, const struct capdl_irq_map *first, const struct capdl_irq_map *second)
{
    char label[CHECK_LABEL];
    capdl_check_report(c, CAPDL_ERROR, second->pos,
                       "interrupt object '%s' has both number %" PRIu64 " and %" PRIu64 ": it can have only one",
                       capdl_check_label(c, second->object, label), first->irq, second->irq);
}

void capdl_check_irq(struct checker *c)
{
    const struct capdl_spec *spec = c->spec;
    const struct capdl_irq_map **map = capdl_check_zeros(c, sizeof(*map));
    char label[CHECK_LABEL];
    for (size_t i = 0; i < spec->num_irqs; i++) {
        const struct capdl_irq_map *irq = &spec->irqs[i];
        if (capdl_kind_class(capdl_object_kind(spec, irq->object)) != CAPDL_CLASS_INTERRUPT) {
            capdl_check_report(c, CAPDL_ERROR, irq->pos,
                               "interrupt %" PRIu64 " is mapped to '%s', %s: expected an interrupt object", irq->irq,
                               capdl_check_label(c, irq->object, label),
                               capdl_spec_kind_phrase(capdl_object_kind(spec, irq->object)));
        } else if (map[irq->object]) {
            report_irq_twice(c, map[irq->object], irq);
        }
        map[irq->object] = irq;
    }
    for (uint32_t i = 0; i < spec->num_objects; i = capdl_check_next(c, i)) {
        if (capdl_kind_class(capdl_object_kind(spec, i)) == CAPDL_CLASS_INTERRUPT && !map[i]) {
            capdl_check_report(c, CAPDL_WARNING, capdl_object_pos(spec, i),
                               "interrupt object '%s' has no number: map it in 'irq maps'",
                               capdl_check_label(c, i, label));
        }
    }
    capdl_check_zeros_free(c, map, sizeof(*map));
}

static void check_entry(struct checker *c, const struct capdl_domain_entry *entry)
{
    if (entry->domain >= CAPDL_MOST_DOMAINS) {
        capdl_check_report(c, CAPDL_ERROR, entry->pos, "domain %" PRIu64 " does not exist: expected 0 to %d",
                           entry->domain, CAPDL_MOST_DOMAINS - 1);
    } else if (!entry->duration && !entry->end_marker) {
        capdl_check_report(c, CAPDL_ERROR, entry->pos,
                           "domain %" PRIu64 " has a duration of 0, which only the end marker (0, 0) may have",
                           entry->domain);
    } else if (entry->duration >> 56) {
        capdl_check_report(c, CAPDL_ERROR, entry->pos, "a duration of %" PRIu64 " is too long: expected less than 2^56",
                           entry->duration);
    }
}

static void check_thread_domains(struct checker *c)
{
    char label[CHECK_LABEL];
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        if (capdl_object_kind(c->spec, i) == CAPDL_KIND_TCB &&
            capdl_tcb_values(c->spec, i)->dom >= CAPDL_MOST_DOMAINS) {
            capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, i),
                               "TCB '%s' is in domain %" PRIu64 ": expected 0 to %d", capdl_check_label(c, i, label),
                               capdl_tcb_values(c->spec, i)->dom, CAPDL_MOST_DOMAINS - 1);
        }
    }
}

void capdl_check_domain(struct checker *c)
{
    const struct capdl_domains *domains = &c->spec->domains;
    uint64_t start = domains->start_kind == CAPDL_DOMAIN_START_INDEX ? domains->start_index : 0;
    check_thread_domains(c);
    for (size_t i = 0; i < domains->num_schedule; i++) {
        check_entry(c, &domains->schedule[i]);
    }
    if (!domains->has_schedule || domains->start_kind == CAPDL_DOMAIN_START_NONE) {
        return;
    }
    if (start >= domains->num_schedule) {
        capdl_check_report(c, CAPDL_ERROR, domains->pos,
                           "domain_set_start is %" PRIu64 ": the schedule has %zu entries", start,
                           domains->num_schedule);
    } else if (domains->schedule[start].end_marker) {
        capdl_check_report(c, CAPDL_ERROR, domains->pos, "domain_set_start is %" PRIu64 ", which is an end marker",
                           start);
    }
}

bool capdl_domains_can_change(const struct capdl_spec *spec)
{
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(spec, i);
        for (uint32_t j = 0; capdl_object_kind(spec, i) == CAPDL_KIND_CNODE && j < caps.count; j++) {
            if (caps.list[j].kind == CAPDL_KIND_DOMAIN) {
                return true;
            }
        }
    }
    return false;
}

/* The schedule runs from its start to an end marker or its end, over and over. */
static void find_scheduled(const struct capdl_domains *domains, bool scheduled[CAPDL_MOST_DOMAINS])
{
    uint64_t start = domains->start_kind == CAPDL_DOMAIN_START_INDEX ? domains->start_index : 0;
    for (uint64_t i = start; i < domains->num_schedule && !domains->schedule[i].end_marker; i++) {
        if (domains->schedule[i].domain < CAPDL_MOST_DOMAINS) {
            scheduled[domains->schedule[i].domain] = true;
        }
    }
}

void capdl_check_domain_schedule(struct checker *c)
{
    const struct capdl_domains *domains = &c->spec->domains;
    bool scheduled[CAPDL_MOST_DOMAINS] = {false};
    char label[CHECK_LABEL];
    if (c->diags->num_errors || !domains->has_schedule || domains->start_kind == CAPDL_DOMAIN_START_NONE ||
        capdl_domains_can_change(c->spec)) {
        return;
    }
    find_scheduled(domains, scheduled);
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        const struct capdl_tcb *tcb =
            capdl_object_kind(c->spec, i) == CAPDL_KIND_TCB ? capdl_tcb_values(c->spec, i) : NULL;
        if (tcb && tcb->dom < CAPDL_MOST_DOMAINS && !scheduled[tcb->dom] &&
            capdl_spec_cap_at(c->spec, i, CAPDL_TCB_SLOT_VSPACE)) {
            capdl_check_report(c, CAPDL_WARNING, capdl_object_pos(c->spec, i),
                               "TCB '%s' is in domain %" PRIu64 ", which the schedule never runs",
                               capdl_check_label(c, i, label), tcb->dom);
        }
    }
}

static int slot_compare(const struct capdl_slot_ref *a, const struct capdl_slot_ref *b)
{
    if (a->container != b->container) {
        return a->container < b->container ? -1 : 1;
    }
    return a->slot < b->slot ? -1 : a->slot > b->slot;
}

static int child_compare(const void *left, const void *right)
{
    const struct capdl_derivation *a = left, *b = right;
    int order = slot_compare(&a->child, &b->child);
    return order ? order : slot_compare(&a->parent, &b->parent);
}

static void check_end(struct checker *c, const struct capdl_slot_ref *slot, struct capdl_pos pos)
{
    char label[CHECK_LABEL];
    if (!c->misplaced && !capdl_spec_cap_at(c->spec, slot->container, slot->slot)) {
        capdl_check_report(c, CAPDL_ERROR, pos, "slot %" PRIu64 " of '%s' is part of a derivation, but empty",
                           slot->slot, capdl_check_label(c, slot->container, label));
    }
}

/* The derivation whose child is this slot; list is sorted by child. */
static size_t find_child(const struct capdl_derivation *list, size_t count, const struct capdl_slot_ref *slot)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (slot_compare(&list[middle].child, slot) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < count && !slot_compare(&list[low].child, slot) ? low : SIZE_MAX;
}

static void check_derivation_circles(struct checker *c, const struct capdl_derivation *list, size_t count)
{
    size_t *mark = capdl_spec_realloc(NULL, count * sizeof(*mark));
    memset(mark, 0, count * sizeof(*mark));
    for (size_t i = 0; i < count; i++) {
        size_t at = i;
        while (at != SIZE_MAX && !mark[at]) {
            mark[at] = i + 1;
            at = find_child(list, count, &list[at].parent);
        }
        if (at != SIZE_MAX && mark[at] == i + 1) {
            capdl_check_report(c, CAPDL_ERROR, list[at].pos, "this capability is derived from itself, through others");
        }
    }
    free(mark);
}

void capdl_check_derivation(struct checker *c)
{
    size_t count = c->spec->num_derivations;
    struct capdl_derivation *list = capdl_spec_realloc(NULL, count * sizeof(*list));
    char label[CHECK_LABEL];
    if (count) {
        memcpy(list, c->spec->derivations, count * sizeof(*list));
    }
    qsort(list, count, sizeof(*list), child_compare);
    for (size_t i = 0; i < count; i++) {
        check_end(c, &list[i].parent, list[i].pos);
        check_end(c, &list[i].child, list[i].pos);
        if (i && !slot_compare(&list[i - 1].child, &list[i].child)) {
            capdl_check_report(c, CAPDL_ERROR, list[i].pos, "slot %" PRIu64 " of '%s' is derived %s",
                               list[i].child.slot, capdl_check_label(c, list[i].child.container, label),
                               slot_compare(&list[i - 1].parent, &list[i].parent) ? "from two capabilities"
                                                                                  : "from the same capability twice");
        }
    }
    check_derivation_circles(c, list, count);
    free(list);
}

static bool has_cap_to(const struct capdl_spec *spec, uint32_t cnode, uint32_t object)
{
    struct capdl_caps caps = capdl_object_caps(spec, cnode);
    for (uint32_t i = 0; i < caps.count; i++) {
        if (caps.list[i].object == object) {
            return true;
        }
    }
    return false;
}

/* A device's memory is there because a stream or context bank is bound, whoever has a capability to it. */
static void check_bound(struct checker *c, uint32_t holder, const struct capdl_cap *control)
{
    char label[CHECK_LABEL], what[CHECK_LABEL];
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        enum capdl_kind kind = capdl_object_kind(c->spec, i);
        if (capdl_kind_class(kind) == CAPDL_CLASS_DEVICE && capdl_kind_issues(control->kind, kind) &&
            capdl_object_caps(c->spec, i).count && !has_cap_to(c->spec, holder, i)) {
            c->last_pos = CAPDL_WHOLE_SPEC;
            capdl_check_report_cap(
                c, CAPDL_WARNING, control,
                "CNode '%s' has %s: its holder can revoke %s '%s', through which a device reaches memory",
                capdl_check_label(c, holder, label), capdl_kind_keyword(control->kind), capdl_kind_name(kind),
                capdl_check_label(c, i, what));
        }
    }
}

static void check_control(struct checker *c, uint32_t holder, const struct capdl_cap *control)
{
    const struct capdl_spec *spec = c->spec;
    char label[CHECK_LABEL], other[CHECK_LABEL], what[CHECK_LABEL];
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(spec, i);
        for (uint32_t k = 0; capdl_object_kind(spec, i) == CAPDL_KIND_CNODE && i != holder && k < caps.count; k++) {
            const struct capdl_cap *cap = &caps.list[k];
            if (cap->object == CAPDL_NO_OBJECT || !capdl_kind_issues(control->kind, cap->kind)) {
                continue;
            }
            c->last_pos = CAPDL_WHOLE_SPEC;
            capdl_check_report_cap(
                c, CAPDL_WARNING, control, "CNode '%s' has %s: its holder can revoke %s '%s', which CNode '%s' has",
                capdl_check_label(c, holder, label), capdl_kind_keyword(control->kind), capdl_kind_name(cap->kind),
                capdl_check_label(c, cap->object, what), capdl_check_label(c, i, other));
        }
    }
}

void capdl_check_revocable(struct checker *c)
{
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        struct capdl_caps caps = capdl_object_caps(c->spec, i);
        for (uint32_t k = 0; capdl_object_kind(c->spec, i) == CAPDL_KIND_CNODE && k < caps.count; k++) {
            if (capdl_kind_has(caps.list[k].kind, CAPDL_TRAIT_SINGLE)) {
                check_control(c, i, &caps.list[k]);
                check_bound(c, i, &caps.list[k]);
            }
        }
    }
}
