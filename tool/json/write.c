/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing our own form: one object a line, its capabilities below it one a line, in the order of the canonical text.
 */
#include "fields.h"
#include "spec_json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/escape.h>

struct writer {
    const struct capdl_spec *spec;
    FILE *out;
};

/* Names need no escapes. */
static void put_label(const struct writer *w, uint32_t id)
{
    if (capdl_object_index(w->spec, id) == CAPDL_NO_INDEX) {
        fprintf(w->out, "\"%s\"", capdl_object_name(w->spec, id));
    } else {
        fprintf(w->out, "\"%s[%" PRIu32 "]\"", capdl_object_name(w->spec, id), capdl_object_index(w->spec, id));
    }
}

static void put_number(FILE *out, const char *name, uint64_t number)
{
    fprintf(out, ", \"%s\": %" PRIu64, name, number);
}

static void put_fill(FILE *out, const struct capdl_fill *fill)
{
    if (fill->kind == CAPDL_FILL_OTHER) {
        fputs("{\"words\": ", out);
        capdl_escape_json(out, fill->text);
    } else {
        fprintf(out, "{\"offset\": %" PRIu64 ", \"length\": %" PRIu64 ", \"%s\": ", fill->offset, fill->length,
                fill->kind == CAPDL_FILL_FILE    ? "file"
                : fill->kind == CAPDL_FILL_BYTES ? "bytes"
                                                 : "bootinfo");
        capdl_escape_json(out, fill->text);
        if (fill->kind != CAPDL_FILL_BYTES) {
            put_number(out, "source_offset", fill->source_offset);
        }
    }
    putc('}', out);
}

static void put_fills(FILE *out, const struct capdl_object *frame)
{
    if (!(frame->flags & CAPDL_OBJECT_HAS_FILL) && !frame->u.fills.count) {
        return;
    }
    fputs(", \"fill\": [", out);
    for (size_t i = 0; i < frame->u.fills.count; i++) {
        fputs(i ? ", " : "", out);
        put_fill(out, &frame->u.fills.list[i]);
    }
    putc(']', out);
}

static void put_init(FILE *out, const struct capdl_tcb *tcb)
{
    fputs(", \"init\": [", out);
    for (size_t i = 0; i < tcb->num_init; i++) {
        fprintf(out, "%s%" PRIu64, i ? ", " : "", tcb->init[i]);
    }
    putc(']', out);
}

static void put_tcb_field(FILE *out, const struct capdl_tcb *tcb, const struct field *field)
{
    if (!tcb || !(tcb->has >> field->bit & 1)) {
        return;
    }
    if (field->action == FIELD_TCB_NUMBER) {
        put_number(out, field->name, capdl_tcb_get(tcb, field->bit));
    } else if (field->action == FIELD_TCB_BOOL) {
        fprintf(out, ", \"%s\": %s", field->name, capdl_tcb_get(tcb, field->bit) ? "true" : "false");
    } else {
        put_init(out, tcb);
    }
}

static void put_sc_field(FILE *out, const struct capdl_sc *sc, const struct field *field)
{
    if (!sc || !sc->has_times) {
        return;
    }
    uint64_t number = *(const uint64_t *)(const void *)((const char *)sc + field->offset);
    bool extension = strcmp(field->name, "refills") == 0 || strcmp(field->name, "flags") == 0;
    bool written = strcmp(field->name, "data") == 0 ? sc->has_data : extension ? number : true;
    if (written) {
        put_number(out, field->name, number);
    }
}

static void put_field(FILE *out, const struct capdl_object *object, const struct field *field)
{
    const struct capdl_numbers *numbers;
    switch (field->action) {
    case FIELD_SIZE_BITS:
        if (object->flags & CAPDL_OBJECT_HAS_SIZE || field->needed) {
            put_number(out, field->name, object->size_bits);
        }
        return;
    case FIELD_PADDR:
        if (object->flags & CAPDL_OBJECT_HAS_PADDR) {
            put_number(out, field->name, object->paddr);
        }
        return;
    case FIELD_FILL:
        put_fills(out, object);
        return;
    case FIELD_CONTIGUOUS:
        if (object->flags & CAPDL_OBJECT_CONTIGUOUS) {
            fprintf(out, ", \"%s\": true", field->name);
        }
        return;
    case FIELD_SC_NUMBER:
        put_sc_field(out, object->u.sc, field);
        return;
    case FIELD_NUMBER:
    case FIELD_TRIGGER:
        numbers = object->u.numbers;
        if (!numbers || !(numbers->has >> field->bit & 1)) {
            return;
        }
        if (field->action == FIELD_NUMBER) {
            put_number(out, field->name, numbers->value[field->bit]);
        } else {
            fprintf(out, ", \"%s\": \"%s\"", field->name, numbers->value[field->bit] ? "edge" : "level");
        }
        return;
    default:
        put_tcb_field(out, object->u.tcb, field);
    }
}

static void put_rights(FILE *out, const struct capdl_cap *cap)
{
    if (cap->rights) {
        fprintf(out, ", \"rights\": \"%s\"", capdl_rights_text(cap->kind, cap->rights, (char[CAPDL_RIGHTS_TEXT]){0}));
    }
}

static void put_extra(const struct writer *w, const struct capdl_cap *cap)
{
    const struct capdl_cap_extra *extra = capdl_cap_extra(w->spec, cap);
    if (cap->flags & CAPDL_CAP_HAS_ASID) {
        fprintf(w->out, ", \"asid\": {\"high\": %" PRIu64 ", \"low\": %" PRIu64 "}", extra->asid_high, extra->asid_low);
    }
    if (cap->flags & CAPDL_CAP_HAS_MAPPING) {
        fputs(", \"mapping\": {\"table\": ", w->out);
        put_label(w, extra->mapping_container);
        fprintf(w->out, ", \"slot\": %" PRIu64 "}", extra->mapping_slot);
    }
}

static void put_cap(const struct writer *w, const struct capdl_cap *cap)
{
    fprintf(w->out, "{\"slot\": %" PRIu64 ", ", cap->slot);
    if (cap->object == CAPDL_NO_OBJECT) {
        fprintf(w->out, "\"control\": \"%s\"", capdl_kind_keyword((enum capdl_kind)cap->kind));
    } else {
        fputs("\"object\": ", w->out);
        put_label(w, cap->object);
    }
    put_rights(w->out, cap);
    if (cap->flags & CAPDL_CAP_HAS_BADGE) {
        put_number(w->out, "badge", cap->data);
    }
    if (cap->flags & CAPDL_CAP_HAS_GUARD) {
        put_number(w->out, "guard", cap->data);
        put_number(w->out, "guard_size", cap->guard_size);
    }
    if (cap->kind == CAPDL_KIND_SCHED_CONTROL) {
        put_number(w->out, "core", cap->data);
    }
    fputs(cap->flags & CAPDL_CAP_REPLY ? ", \"reply\": true" : "", w->out);
    fputs(cap->flags & CAPDL_CAP_MASTER_REPLY ? ", \"master_reply\": true" : "", w->out);
    fputs(cap->flags & CAPDL_CAP_UNCACHED ? ", \"uncached\": true" : "", w->out);
    put_extra(w, cap);
    putc('}', w->out);
}

static void put_object(const struct writer *w, const struct capdl_object *object)
{
    fprintf(w->out, "    {\"name\": \"%s\"", object->name);
    if (object->index != CAPDL_NO_INDEX) {
        put_number(w->out, "index", object->index);
    }
    fprintf(w->out, ", \"type\": \"%s\"", capdl_kind_keyword((enum capdl_kind)object->kind));
    for (size_t i = 0; i < num_own_fields; i++) {
        if (own_fields[i].kind == object->kind) {
            put_field(w->out, object, &own_fields[i]);
        }
    }
    if (object->parent != CAPDL_NO_OBJECT) {
        fputs(", \"parent\": ", w->out);
        put_label(w, object->parent);
    }
    if (object->num_caps) {
        fputs(", \"caps\": [", w->out);
        for (uint32_t i = 0; i < object->num_caps; i++) {
            fputs(i ? ",\n        " : "\n        ", w->out);
            put_cap(w, &object->caps[i]);
        }
        putc(']', w->out);
    }
    putc('}', w->out);
}

static int object_compare(const void *left, const void *right, void *spec)
{
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    int names = capdl_object_name(spec, a) == capdl_object_name(spec, b)
                    ? 0
                    : strcmp(capdl_object_name(spec, a), capdl_object_name(spec, b));
    if (names) {
        return names;
    }
    return capdl_object_index(spec, a) + 1 < capdl_object_index(spec, b) + 1
               ? -1
               : capdl_object_index(spec, a) + 1 > capdl_object_index(spec, b) + 1;
}

static void put_objects(const struct writer *w)
{
    uint32_t *order = NULL, count = 0;
    size_t capacity = 0;
    order = memory_grow(order, &capacity, w->spec->num_objects, sizeof(*order));
    for (uint32_t i = 0; i < w->spec->num_objects; i++) {
        if (capdl_object_kind(w->spec, i) != CAPDL_KIND_PROGRAM) {
            order[count++] = i;
        }
    }
    if (count) {
        qsort_r(order, count, sizeof(*order), object_compare, (void *)(uintptr_t)w->spec);
    }
    fputs("  \"objects\": [", w->out);
    for (uint32_t i = 0; i < count; i++) {
        fputs(i ? ",\n" : "\n", w->out);
        struct capdl_object object = capdl_object_view(w->spec, order[i]);
        put_object(w, &object);
    }
    fputs("\n  ]", w->out);
    free(order);
}

static void put_irqs(const struct writer *w)
{
    const struct capdl_spec *spec = w->spec;
    for (size_t i = 0; i < spec->num_irqs; i++) {
        fprintf(w->out, "%s{\"irq\": %" PRIu64 ", \"object\": ", i ? ",\n    " : ",\n  \"irqs\": [\n    ",
                spec->irqs[i].irq);
        put_label(w, spec->irqs[i].object);
        putc('}', w->out);
    }
    fputs(spec->num_irqs ? "\n  ]" : "", w->out);
}

static void put_slot(const struct writer *w, const char *name, const struct capdl_slot_ref *slot)
{
    fprintf(w->out, "\"%s\": {\"container\": ", name);
    put_label(w, slot->container);
    fprintf(w->out, ", \"slot\": %" PRIu64 "}", slot->slot);
}

static void put_derivations(const struct writer *w)
{
    const struct capdl_spec *spec = w->spec;
    for (size_t i = 0; i < spec->num_derivations; i++) {
        fputs(i ? ",\n    {" : ",\n  \"derivations\": [\n    {", w->out);
        put_slot(w, "parent", &spec->derivations[i].parent);
        fputs(", ", w->out);
        put_slot(w, "child", &spec->derivations[i].child);
        putc('}', w->out);
    }
    fputs(spec->num_derivations ? "\n  ]" : "", w->out);
}

static void put_schedule(const struct writer *w, const struct capdl_domains *domains)
{
    fputs("\"schedule\": [", w->out);
    for (size_t i = 0; i < domains->num_schedule; i++) {
        const struct capdl_domain_entry *entry = &domains->schedule[i];
        fprintf(w->out, "%s\n    {\"domain\": %" PRIu64 ", \"duration\": %" PRIu64 ", \"unit\": \"%s\"}", i ? "," : "",
                entry->domain, entry->duration, entry->unit == CAPDL_MICROSECONDS ? "us" : "ticks");
    }
    putc(']', w->out);
}

static void put_domains(const struct writer *w)
{
    const struct capdl_domains *domains = &w->spec->domains;
    bool start = domains->start_kind != CAPDL_DOMAIN_START_DEFAULT;
    if (!domains->has_schedule && !domains->has_index_shift && !start) {
        return;
    }
    fputs(",\n  \"domains\": {", w->out);
    if (domains->has_schedule) {
        put_schedule(w, domains);
    }
    if (start) {
        fputs(domains->has_schedule ? ", \"start\": " : "\"start\": ", w->out);
        if (domains->start_kind == CAPDL_DOMAIN_START_INDEX) {
            fprintf(w->out, "%" PRIu64, domains->start_index);
        } else {
            fputs("\"none\"", w->out);
        }
    }
    if (domains->has_index_shift) {
        fprintf(w->out, "%s\"index_shift\": %" PRIu64, domains->has_schedule || start ? ", " : "",
                domains->index_shift);
    }
    putc('}', w->out);
}

void spec_json_write(const struct capdl_spec *spec, FILE *out)
{
    struct writer writer = {spec, out};
    fprintf(out, "{\n  \"format\": \"" SPEC_JSON_FORMAT "\",\n  \"version\": %d,\n  \"arch\": \"%s\",\n",
            SPEC_JSON_VERSION, capdl_arch_name(spec->arch));
    put_objects(&writer);
    put_irqs(&writer);
    put_derivations(&writer);
    put_domains(&writer);
    fputs("\n}\n", out);
}
