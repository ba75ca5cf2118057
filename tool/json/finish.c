/* SPDX-License-Identifier: BSD-2-Clause */
/* What a model must satisfy whichever form it was read from. */
#include "fields.h"

#include <stdlib.h>
#include <string.h>

void cap_list_add(struct cap_list *caps, const struct capdl_cap *cap)
{
    caps->list = memory_grow(caps->list, &caps->capacity, caps->count + 1, sizeof(*caps->list));
    caps->list[caps->count++] = *cap;
}

static int cap_compare(const void *left, const void *right)
{
    const struct capdl_cap *a = left, *b = right;
    if (a->slot != b->slot) {
        return a->slot < b->slot ? -1 : 1;
    }
    return a->at < b->at ? -1 : a->at > b->at;
}

void cap_list_finish(struct json *json, struct cap_list *caps, uint32_t container)
{
    char label[160];
    if (caps->count) {
        qsort(caps->list, caps->count, sizeof(*caps->list), cap_compare);
    }
    for (size_t i = 0; i < caps->count; i++) {
        if (!capdl_spec_add_cap(json->spec, container, &caps->list[i])) {
            capdl_error(json->diags, capdl_cap_pos(json->spec, &caps->list[i]), "slot %llu of '%s' is filled twice",
                        (unsigned long long)caps->list[i].slot,
                        capdl_object_label(json->spec, container, label, sizeof(label)));
            capdl_note(json->diags, capdl_cap_pos(json->spec, &caps->list[i - 1]), "first filled here");
        }
    }
    caps->count = 0;
}

void cap_list_free(struct cap_list *caps)
{
    free(caps->list);
}

void irq_add(struct json *json, uint64_t irq, uint32_t object, struct capdl_pos pos)
{
    struct capdl_spec *spec = json->spec;
    spec->irqs = memory_grow(spec->irqs, &spec->capacity_irqs, spec->num_irqs + 1, sizeof(*spec->irqs));
    spec->irqs[spec->num_irqs++] = (struct capdl_irq_map){.irq = irq, .object = object, .pos = pos};
}

static int irq_compare(const void *left, const void *right)
{
    const struct capdl_irq_map *a = left, *b = right;
    if (a->irq != b->irq) {
        return a->irq < b->irq ? -1 : 1;
    }
    return a->pos.line < b->pos.line ? -1 : a->pos.line > b->pos.line;
}

void irqs_finish(struct json *json)
{
    struct capdl_spec *spec = json->spec;
    if (spec->num_irqs) {
        qsort(spec->irqs, spec->num_irqs, sizeof(*spec->irqs), irq_compare);
    }
    for (size_t i = 1; i < spec->num_irqs; i++) {
        if (spec->irqs[i - 1].irq == spec->irqs[i].irq) {
            capdl_error(json->diags, spec->irqs[i].pos, "interrupt %llu is mapped twice",
                        (unsigned long long)spec->irqs[i].irq);
            capdl_note(json->diags, spec->irqs[i - 1].pos, "first mapped here");
        }
    }
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* Whether capDL text can say this name: a letter, then letters, digits and _ - @ . */
bool name_is_valid(const char *name)
{
    static const char *const reserved[] = {"objects", "caps"};
    bool valid = is_letter(*name);
    for (const char *c = name; valid && *c; c++) {
        valid = is_letter(*c) || (*c >= '0' && *c <= '9') || strchr("_-@.", *c);
    }
    for (unsigned i = 0; i < 2; i++) {
        valid = valid && strcmp(name, reserved[i]) != 0;
    }
    for (unsigned kind = CAPDL_KIND_IRQ_CONTROL; kind < CAPDL_KIND_COUNT; kind++) {
        valid = valid && strcmp(name, capdl_kind_keyword((enum capdl_kind)kind)) != 0;
    }
    return valid;
}
