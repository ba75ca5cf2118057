/* SPDX-License-Identifier: BSD-2-Clause */
/* Scheduling domains and their schedule. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "system.h"
#include "document.h"
#include "kernel.h"

enum { MOST_ENTRIES = 256 };

static const struct mk_domain *domain_find(const struct mk_reader *reader, const char *name)
{
    const struct mk_domain *domain = reader->system.domains;
    while (domain && strcmp(domain->name, name) != 0) {
        domain = domain->next;
    }
    return domain;
}

static uint64_t num_domains(const struct mk_reader *reader)
{
    return reader->options->guessed ? CAPDL_MOST_DOMAINS : reader->profile->num_domains;
}

static void domain_read(struct mk_reader *reader, const struct xml_element *element, unsigned *count)
{
    static const struct mk_attribute rules[] = {{"name", true}, {"id", false}, {NULL, false}};
    const char *values[2];
    struct mk_domain *domain = capdl_spec_alloc(reader->spec, sizeof(*domain)), **last = &reader->system.domains;
    mk_no_elements(reader, element);
    if (!mk_attributes(reader, element, rules, values)) {
        return;
    }
    if (++*count > num_domains(reader)) {
        if (*count == num_domains(reader) + 1) {
            capdl_error(reader->diags, element->pos, "there are more domains than the %" PRIu64 " of the kernel %s",
                        num_domains(reader), reader->profile->name);
        }
        return;
    }
    domain->name = values[0];
    domain->pos = element->pos;
    domain->has_id = values[1] && mk_number(reader, element, "id", values[1], 0, num_domains(reader) - 1, &domain->id);
    for (; *last; last = &(*last)->next) {
        bool name = strcmp((*last)->name, domain->name) == 0;
        if (name || (domain->has_id && (*last)->has_id && (*last)->id == domain->id)) {
            capdl_error(reader->diags, element->pos, "two domains have the %s '%s'", name ? "name" : "id",
                        name ? domain->name : values[1]);
            capdl_note(reader->diags, (*last)->pos, "the first is here");
            return;
        }
    }
    *last = domain;
}

/* Those without get the lowest that are free, in the order of the file. */
static void ids_choose(struct mk_reader *reader)
{
    bool taken[CAPDL_MOST_DOMAINS] = {false};
    uint64_t next = 0;
    for (const struct mk_domain *d = reader->system.domains; d; d = d->next) {
        taken[d->id] |= d->has_id;
    }
    for (struct mk_domain *d = reader->system.domains; d; d = d->next) {
        while (!d->has_id && taken[next]) {
            next++;
        }
        d->id = d->has_id ? d->id : next++;
    }
}

static bool duration_read(struct mk_reader *reader, const struct xml_element *element, const char *text,
                          struct capdl_domain_entry *entry)
{
    const char *space = strchr(text, ' ');
    size_t length = space ? (size_t)(space - text) : 0;
    char *number = memory_zeroed(length + 1, 1);
    memcpy(number, text, length);
    bool us = space && strcmp(space + 1, "us") == 0, ticks = space && strcmp(space + 1, "ticks") == 0;
    bool good = us || ticks;
    entry->unit = us ? CAPDL_MICROSECONDS : CAPDL_TICKS;
    if (!good) {
        capdl_error(reader->diags, element->pos,
                    "'duration' is '%s', expected a number and a unit: '1000 us' or "
                    "'1000 ticks'",
                    text);
    } else {
        good = mk_number(reader, element, "duration", number, 1, UINT64_MAX, &entry->duration);
    }
    free(number);
    return good;
}

static void entry_read(struct mk_reader *reader, const struct xml_element *element, struct capdl_domain_entry *entry)
{
    static const struct mk_attribute rules[] = {{"domain", true}, {"duration", true}, {NULL, false}};
    const char *values[2];
    mk_no_elements(reader, element);
    *entry = (struct capdl_domain_entry){.duration = 1, .pos = element->pos};
    if (!mk_attributes(reader, element, rules, values)) {
        return;
    }
    const struct mk_domain *domain = domain_find(reader, values[0]);
    if (!domain) {
        capdl_error(reader->diags, element->pos, "there is no domain '%s' in <domains>", values[0]);
    } else {
        entry->domain = domain->id;
    }
    duration_read(reader, element, values[1], entry);
}

static size_t entries_read(struct mk_reader *reader, const struct xml_element *element,
                           struct capdl_domain_entry *entries)
{
    static const struct mk_attribute no_rules[] = {{NULL, false}};
    static const char *const known[] = {"schedule_entry", "schedule_end_marker", NULL};
    size_t count = 0;
    for (const struct xml_element *child = element->first; child; child = child->next) {
        bool entry = strcmp(child->name, known[0]) == 0, marker = strcmp(child->name, known[1]) == 0;
        if (!entry && !marker) {
            mk_unknown_element(reader, child, known);
        } else if (count++ >= MOST_ENTRIES) {
            continue;
        } else if (entry) {
            entry_read(reader, child, &entries[count - 1]);
        } else {
            mk_no_elements(reader, child);
            mk_attributes(reader, child, no_rules, NULL);
            entries[count - 1] = (struct capdl_domain_entry){.end_marker = true, .pos = child->pos};
        }
    }
    return count;
}

static void schedule_read(struct mk_reader *reader, const struct xml_element *element)
{
    static const struct mk_attribute rules[] = {{"start_index", false}, {"index_shift", false}, {NULL, false}};
    struct capdl_domains *domains = &reader->spec->domains;
    struct capdl_domain_entry *entries = capdl_spec_alloc(reader->spec, MOST_ENTRIES * sizeof(*entries));
    uint64_t most = reader->options->guessed ? MOST_ENTRIES : reader->profile->num_domain_schedules;
    const char *values[2];
    size_t count = entries_read(reader, element, entries);
    mk_attributes(reader, element, rules, values);
    domains->pos = element->pos;
    domains->has_schedule = true;
    domains->schedule = entries;
    domains->num_schedule = count < MOST_ENTRIES ? count : MOST_ENTRIES;
    domains->start_kind = CAPDL_DOMAIN_START_INDEX;
    if (!count) {
        capdl_error(reader->diags, element->pos, "the schedule is empty, expected a <schedule_entry>");
    }
    if (values[0] && count) {
        mk_number(reader, element, "start_index", values[0], 0, count - 1, &domains->start_index);
    }
    if (values[1]) {
        domains->has_index_shift =
            mk_number(reader, element, "index_shift", values[1], 0, MOST_ENTRIES, &domains->index_shift);
    }
    if (count + domains->index_shift >= most) {
        capdl_error(reader->diags, element->pos,
                    "the schedule has %zu entries after a shift of %" PRIu64 ", but the kernel %s has room for %" PRIu64
                    " and an end",
                    count, domains->index_shift, reader->profile->name, most ? most - 1 : 0);
    }
    if (count && domains->start_index < count && domains->start_index < MOST_ENTRIES &&
        entries[domains->start_index].end_marker) {
        capdl_error(reader->diags, element->pos, "'start_index' names an end marker, expected an entry");
    }
}

void mk_read_domains(struct mk_reader *reader, const struct xml_element *element)
{
    static const struct mk_attribute no_rules[] = {{NULL, false}};
    static const char *const known[] = {"domain", "domain_schedule", NULL};
    const struct xml_element *schedule = NULL;
    unsigned count = 0;
    if (reader->system.has_domains) {
        capdl_error(reader->diags, element->pos, "there are two <domains>, expected one at most");
        return;
    }
    reader->system.has_domains = true;
    mk_attributes(reader, element, no_rules, NULL);
    mk_kernel_lacks(reader, !reader->profile->smp, element->pos, "domains need a kernel for one core",
                    "KernelMaxNumNodes=1");
    for (const struct xml_element *child = element->first; child; child = child->next) {
        if (strcmp(child->name, known[0]) == 0) {
            domain_read(reader, child, &count);
        } else if (strcmp(child->name, known[1]) != 0) {
            mk_unknown_element(reader, child, known);
        } else if (schedule) {
            capdl_error(reader->diags, child->pos, "there are two <domain_schedule>, expected one");
        } else {
            schedule = child;
        }
    }
    ids_choose(reader);
    if (schedule) {
        schedule_read(reader, schedule);
    } else {
        capdl_error(reader->diags, element->pos, "<domains> needs a <domain_schedule>");
    }
}
