/* SPDX-License-Identifier: BSD-2-Clause */
#include "microkit_report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/escape.h>

#include "base/memory.h"
#include "image/forecast.h"

static void label(const struct microkit_report *r, uint32_t object, FILE *out)
{
    char text[256];
    capdl_escape_printf(out, "%s", capdl_object_label(r->spec, object, text, sizeof(text)));
}

static void print_summary(const struct microkit_report *r, FILE *out)
{
    const char *const lines[][2] = {{"system", r->name},
                                    {"board", r->board},
                                    {"configuration", r->config},
                                    {"kernel", r->kernel},
                                    {"image", r->output}};
    fprintf(out, "# Summary\n");
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        fprintf(out, "\n    %s: ", lines[i][0]);
        capdl_escape_printf(out, "%s", lines[i][1]);
    }
    if (r->address) {
        fprintf(out, ", to be loaded and started at 0x%" PRIx64, r->address);
    }
    fprintf(out, "\n    objects: %" PRIu32 "\n    pages of the image that become memory of the system: %" PRIu64 "\n\n",
            r->spec->num_objects, r->image->header.num_pages);
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* An absolute name is taken as it is, wherever it leads: whoever reads a report should see it. */
static void print_absolute(const struct microkit_report *r, FILE *out)
{
    const char **list = NULL, *last = "";
    size_t count = 0, capacity = 0;
    for (uint32_t i = 0; i < r->spec->num_objects; i++) {
        struct capdl_fills fills = capdl_object_fills(r->spec, i);
        for (size_t f = 0; capdl_object_kind(r->spec, i) == CAPDL_KIND_FRAME && f < fills.count; f++) {
            if (fills.list[f].kind == CAPDL_FILL_FILE && fills.list[f].text[0] == '/') {
                list = memory_grow(list, &capacity, count + 1, sizeof(*list));
                list[count++] = fills.list[f].text;
            }
        }
    }
    if (count) {
        qsort(list, count, sizeof(*list), compare_texts);
        fprintf(out, "# Files named by absolute paths\n\n");
        for (size_t i = 0; i < count; i++) {
            if (strcmp(list[i], last) != 0) {
                capdl_escape_printf(out, "    %s\n", list[i]);
            }
            last = list[i];
        }
        putc('\n', out);
    }
    free(list);
}

static void print_interrupts(const struct microkit_report *r, FILE *out)
{
    fprintf(out, "# Interrupts\n\n");
    for (size_t i = 0; i < r->spec->num_irqs; i++) {
        uint32_t object = r->spec->irqs[i].object;
        const struct capdl_numbers *numbers = capdl_object_numbers(r->spec, object);
        fprintf(out, "    %" PRIu64 ": ", r->spec->irqs[i].irq);
        label(r, object, out);
        fprintf(out, " (%s", capdl_kind_keyword((enum capdl_kind)capdl_object_kind(r->spec, object)));
        if (numbers && numbers->has >> CAPDL_NUMBER_TRIGGER & 1) {
            fprintf(out, ", %s", numbers->value[CAPDL_NUMBER_TRIGGER] ? "edge" : "level");
        }
        fprintf(out, ")\n");
    }
    putc('\n', out);
}

static void print_thread(const struct microkit_report *r, uint32_t tcb, FILE *out)
{
    const struct capdl_tcb *t = capdl_object_tcb(r->spec, tcb);
    fprintf(out, "    ");
    label(r, tcb, out);
    if (t) {
        fprintf(out,
                "\n        ip: 0x%" PRIx64 "\n        sp: 0x%" PRIx64 "\n        IPC buffer: 0x%" PRIx64
                "\n        priority: %" PRIu64 "\n        maximum controlled priority: %" PRIu64
                "\n        core: %" PRIu64 "\n        domain: %" PRIu64,
                t->ip, t->sp, t->addr, t->prio, t->max_prio, t->affinity, t->dom);
    }
    struct capdl_caps caps = capdl_object_caps(r->spec, tcb);
    for (uint32_t i = 0; i < caps.count; i++) {
        const struct capdl_cap *cap = &caps.list[i];
        const struct capdl_sc *sc = cap->kind == CAPDL_KIND_SC ? capdl_object_sc(r->spec, cap->object) : NULL;
        fprintf(out, "\n        %s: ", capdl_kind_keyword((enum capdl_kind)cap->kind));
        label(r, cap->object, out);
        if (sc && sc->has_times) {
            fprintf(out, " (budget %" PRIu64 " us, period %" PRIu64 " us)", sc->budget, sc->period);
        }
        if (cap->flags & CAPDL_CAP_HAS_BADGE) {
            fprintf(out, " (badge 0x%" PRIx64 ")", cap->data);
        }
    }
    putc('\n', out);
}

static void print_threads(const struct microkit_report *r, FILE *out)
{
    fprintf(out, "# Threads\n\n");
    for (uint32_t i = 0; i < r->spec->num_objects; i++) {
        if (capdl_object_kind(r->spec, i) == CAPDL_KIND_TCB) {
            print_thread(r, i, out);
        }
    }
    putc('\n', out);
}

/* As it will be when it boots: by the same planner as the initialiser's. */
static bool print_memory(const struct microkit_report *r, FILE *out)
{
    const struct fit_options how = {.profile = r->profile,
                                    .name = r->name,
                                    .tree_at = r->placement.tree_at,
                                    .tree_size = r->placement.tree_size,
                                    .image_at = r->placement.image_at};
    fprintf(out, "# Physical memory\n\n");
    if (!forecast_possible(r->profile)) {
        fprintf(out, "    as the firmware's memory map allows: capdl fit --memory-map\n\n");
        return true;
    }
    bool good = fit_report(r->image, &how, r->diags, out);
    putc('\n', out);
    return good;
}

bool microkit_report(const struct microkit_report *r, FILE *out)
{
    print_summary(r, out);
    print_absolute(r, out);
    print_interrupts(r, out);
    print_threads(r, out);
    bool good = print_memory(r, out);
    fprintf(out, "# The system as a spec: objects, CNodes with slots and rights, mappings\n\n");
    capdl_spec_write_text(r->spec, out, true);
    return good;
}
