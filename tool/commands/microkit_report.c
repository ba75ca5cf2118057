/* SPDX-License-Identifier: BSD-2-Clause */
#include "microkit_report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/escape.h>

#include "base/memory.h"
#include "image/forecast.h"
#include "microkit_placed.h"

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

/* What a kind's parameters are called in specs. */
static const char *const number_names[CAPDL_KIND_COUNT][CAPDL_NUMBER_COUNT] = {
#define CAPDL_NUMBER_PARAM(kind, mandatory, number, keyword) [CAPDL_KIND_##kind][CAPDL_NUMBER_##number] = keyword,
#define CAPDL_TRIGGER_PARAM(kind) [CAPDL_KIND_##kind][CAPDL_NUMBER_TRIGGER] = "trigger",
#include <capdl/numbers.def>
#undef CAPDL_NUMBER_PARAM
#undef CAPDL_TRIGGER_PARAM
};

/* In words: those of a system description, not the kernel's numbers. */
static const char *number_word(enum capdl_kind kind, unsigned number, uint64_t value)
{
    bool pin = kind == CAPDL_KIND_IOAPIC_IRQ;
    if (pin && number == CAPDL_NUMBER_IOAPIC_LEVEL) {
        return value ? "level" : "edge";
    }
    if (pin && number == CAPDL_NUMBER_IOAPIC_POLARITY) {
        return value ? "low" : "high";
    }
    return strcmp(number_names[kind][number], "trigger") != 0 ? NULL : value ? "edge" : "level";
}

static void print_interrupts(const struct microkit_report *r, FILE *out)
{
    fprintf(out, "# Interrupts\n\n%s", r->spec->num_irqs ? "" : "    none\n");
    for (size_t i = 0; i < r->spec->num_irqs; i++) {
        uint32_t object = r->spec->irqs[i].object;
        enum capdl_kind kind = (enum capdl_kind)capdl_object_kind(r->spec, object);
        const struct capdl_numbers *numbers = capdl_object_numbers(r->spec, object);
        fprintf(out, "    %" PRIu64 ": ", r->spec->irqs[i].irq);
        label(r, object, out);
        fprintf(out, " (%s", capdl_kind_keyword(kind));
        for (unsigned n = 0; numbers && n < CAPDL_NUMBER_COUNT; n++) {
            if (numbers->has >> n & 1 && number_names[kind][n]) {
                const char *word = number_word(kind, n, numbers->value[n]);
                fprintf(out, ", %s: ", number_names[kind][n]);
                if (word) {
                    fputs(word, out);
                } else {
                    fprintf(out, "%" PRIu64, numbers->value[n]);
                }
            }
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
    struct placed_list placed = {.spec = r->spec};
    const struct fit_options how = {.profile = r->profile,
                                    .name = r->name,
                                    .tree_at = r->placement.tree_at,
                                    .tree_size = r->placement.tree_size,
                                    .image_at = r->placement.image_at,
                                    .object = placed_add,
                                    .objects = &placed};
    fprintf(out, "# Physical memory\n\n");
    if (!forecast_possible(r->profile)) {
        fprintf(out, "    as the firmware's memory map allows; given with --memory-map, it is forecast here\n\n");
        return true;
    }
    bool good = fit_report(r->image, &how, r->diags, out);
    putc('\n', out);
    placed_write(&placed, out);
    placed_free(&placed);
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
