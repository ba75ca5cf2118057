/* SPDX-License-Identifier: BSD-2-Clause */
/* Printing a spec as canonical capDL text: order of sections, irq maps, derivations and domains. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "write_caps.h"
#include "write_objects.h"
#include "writer.h"

static int irq_compare(const void *left, const void *right)
{
    const struct capdl_irq_map *a = left, *b = right;
    return a->irq < b->irq ? -1 : a->irq > b->irq;
}

/* How many mappings from this one on are consecutive interrupts of consecutive elements. */
static size_t irq_run(const struct writer *w, const struct capdl_irq_map *irqs, size_t count)
{
    size_t run = 1;
    if (!w->folded || capdl_object_index(w->spec, irqs->object) == CAPDL_NO_INDEX) {
        return 1;
    }
    while (run < count && irqs[run].irq == irqs->irq + run &&
           capdl_object_name(w->spec, irqs[run].object) == capdl_object_name(w->spec, irqs->object) &&
           capdl_object_index(w->spec, irqs[run].object) == capdl_object_index(w->spec, irqs->object) + run) {
        run++;
    }
    return run;
}

static void write_irqs(struct writer *w)
{
    size_t count = w->spec->num_irqs, run;
    struct capdl_irq_map *irqs;
    if (!count) {
        return;
    }
    irqs = capdl_spec_realloc(NULL, count * sizeof(*irqs));
    memcpy(irqs, w->spec->irqs, count * sizeof(*irqs));
    qsort(irqs, count, sizeof(*irqs), irq_compare);
    fputs("\nirq maps {\n", w->out);
    for (size_t i = 0; i < count; i += run) {
        uint32_t object = irqs[i].object;
        run = irq_run(w, irqs + i, count - i);
        fprintf(w->out, "  %" PRIu64 ": ", irqs[i].irq);
        if (run == 1) {
            capdl_write_object_name(w, irqs[i].object);
        } else {
            fprintf(w->out, "%s[%" PRIu32 "..%" PRIu32 "]", capdl_object_name(w->spec, object),
                    capdl_object_index(w->spec, object), capdl_object_index(w->spec, object) + (uint32_t)run - 1);
        }
        putc('\n', w->out);
    }
    fputs("}\n", w->out);
    free(irqs);
}

static int slot_compare(const struct capdl_spec *spec, const struct capdl_slot_ref *a, const struct capdl_slot_ref *b)
{
    uint32_t left = a->container, right = b->container;
    int objects = left == right ? 0 : capdl_spec_compare_names(spec, left, right);
    if (objects) {
        return objects;
    }
    return a->slot < b->slot ? -1 : a->slot > b->slot;
}

static int derivation_compare(const void *left, const void *right, void *pointer)
{
    const struct capdl_spec *spec = pointer;
    const struct capdl_derivation *a = &spec->derivations[*(const uint32_t *)left];
    const struct capdl_derivation *b = &spec->derivations[*(const uint32_t *)right];
    int parents = slot_compare(spec, &a->parent, &b->parent);
    return parents ? parents : slot_compare(spec, &a->child, &b->child);
}

static void write_slot_ref(struct writer *w, const struct capdl_slot_ref *slot)
{
    putc('(', w->out);
    capdl_write_object_name(w, slot->container);
    fprintf(w->out, ", %" PRIu64 ")", slot->slot);
}

static void write_derivations(struct writer *w)
{
    const struct capdl_derivation *list = w->spec->derivations, *last = NULL;
    uint32_t count = (uint32_t)w->spec->num_derivations, *order;
    if (!count) {
        return;
    }
    order = capdl_spec_realloc(NULL, count * sizeof(*order));
    for (uint32_t i = 0; i < count; i++) {
        order[i] = i;
    }
    qsort_r(order, count, sizeof(*order), derivation_compare, (void *)(uintptr_t)w->spec);
    fputs("\ncdt {\n", w->out);
    for (uint32_t i = 0; i < count; i++) {
        const struct capdl_derivation *derivation = &list[order[i]];
        bool same = last && !slot_compare(w->spec, &last->parent, &derivation->parent);
        if (!same) {
            fputs(last ? "  }\n  " : "  ", w->out);
            write_slot_ref(w, &derivation->parent);
            fputs(" {\n", w->out);
        }
        if (!same || slot_compare(w->spec, &last->child, &derivation->child)) {
            fputs("    ", w->out);
            write_slot_ref(w, &derivation->child);
            putc('\n', w->out);
        }
        last = derivation;
    }
    fputs("  }\n}\n", w->out);
    free(order);
}

static void write_schedule(struct writer *w, const struct capdl_domains *domains)
{
    if (!domains->has_schedule) {
        return;
    }
    fputs("  schedule: [", w->out);
    for (size_t i = 0; i < domains->num_schedule; i++) {
        const struct capdl_domain_entry *entry = &domains->schedule[i];
        fprintf(w->out, "%s(%" PRIu64 ", %" PRIu64 "%s)", i ? ", " : "", entry->domain, entry->duration,
                entry->unit == CAPDL_MICROSECONDS && !entry->end_marker ? " us" : "");
    }
    fputs("]\n", w->out);
}

static void write_domains(struct writer *w)
{
    const struct capdl_domains *domains = &w->spec->domains;
    if (!domains->has_schedule && !domains->has_index_shift && domains->start_kind == CAPDL_DOMAIN_START_DEFAULT) {
        return;
    }
    fputs("\ndomains {\n", w->out);
    write_schedule(w, domains);
    if (domains->start_kind == CAPDL_DOMAIN_START_INDEX) {
        fprintf(w->out, "  domain_set_start: %" PRIu64 "\n", domains->start_index);
    } else if (domains->start_kind == CAPDL_DOMAIN_START_NONE) {
        fputs("  domain_set_start: no_start\n", w->out);
    }
    if (domains->has_index_shift) {
        fprintf(w->out, "  index_shift: %" PRIu64 "\n", domains->index_shift);
    }
    fputs("}\n", w->out);
}

void capdl_spec_write_text(const struct capdl_spec *spec, FILE *out, bool folded)
{
    struct writer writer = {.spec = spec, .out = out, .folded = folded};
    writer.order = capdl_spec_by_name(spec, &writer.count);
    flockfile(out);
    fprintf(out, "arch %s\n", capdl_arch_name(spec->arch));
    capdl_write_objects(&writer);
    capdl_write_caps(&writer);
    write_irqs(&writer);
    write_derivations(&writer);
    write_domains(&writer);
    funlockfile(out);
    free(writer.order);
}
