/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing rust-sel4's form. Objects are told by their place in the list, which is the spec's order. */
#include "rust_list.h"
#include "spec_json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/architecture.h>
#include <capdl/escape.h>

struct rust_writer {
    const struct capdl_spec *spec;
    FILE *out;
    uint32_t *places;  /* of objects in the list */
    bool *is_in_table; /* page tables that are in another */
    uint8_t *levels;   /* of page tables, from 0 */
};

static unsigned kind_of(unsigned kind)
{
    return capdl_kind_is_table((enum capdl_kind)kind) ? CAPDL_KIND_PT : kind;
}

static void put_flag(FILE *out, const char *before, const char *name, bool value)
{
    fprintf(out, "%s\"%s\":%s", before, name, value ? "true" : "false");
}

/* On frames the bit of `grant` says that they are executable. */
static void put_rights(FILE *out, const struct capdl_cap *cap)
{
    uint8_t rights = cap->kind == CAPDL_KIND_FRAME ? cap->rights & ~CAPDL_RIGHT_EXECUTE : cap->rights;
    put_flag(out, ",\"rights\":{", "read", rights & CAPDL_RIGHT_READ);
    put_flag(out, ",", "write", rights & CAPDL_RIGHT_WRITE);
    put_flag(out, ",", "grant", rights & CAPDL_RIGHT_GRANT);
    put_flag(out, ",", "grant_reply", rights & CAPDL_RIGHT_GRANT_REPLY);
    putc('}', out);
}

static void put_cap(const struct rust_writer *w, const struct capdl_cap *cap)
{
    FILE *out = w->out;
    fprintf(out, "{\"slot\":%" PRIu64 ",\"cap\":{\"%s\":{\"object\":%" PRIu32, cap->slot,
            rust_kind_name(kind_of(cap->kind), true), w->places[cap->object]);
    if (cap->kind == CAPDL_KIND_EP || cap->kind == CAPDL_KIND_NOTIFICATION) {
        fprintf(out, ",\"badge\":%" PRIu64, cap->flags & CAPDL_CAP_HAS_BADGE ? cap->data : 0);
        put_rights(out, cap);
    } else if (cap->kind == CAPDL_KIND_CNODE) {
        bool guard = cap->flags & CAPDL_CAP_HAS_GUARD;
        fprintf(out, ",\"guard\":%" PRIu64 ",\"guard_size\":%u", guard ? cap->data : 0, guard ? cap->guard_size : 0);
    } else if (cap->kind == CAPDL_KIND_FRAME) {
        put_rights(out, cap);
        put_flag(out, ",", "cached", !(cap->flags & CAPDL_CAP_UNCACHED));
        put_flag(out, ",", "executable", cap->rights & CAPDL_RIGHT_EXECUTE);
    }
    fputs("}}}", out);
}

/* The form has no capability for some, such as control capabilities. */
static bool can_be_said(const struct rust_writer *w, const struct capdl_cap *cap)
{
    return cap->object != CAPDL_NO_OBJECT && w->places[cap->object] != CAPDL_NO_OBJECT &&
           rust_kind_name(kind_of(cap->kind), true);
}

static void put_slots(const struct rust_writer *w, const struct capdl_object *object)
{
    bool first = true;
    fputs("\"slots\":[", w->out);
    for (uint32_t i = 0; i < object->num_caps; i++) {
        if (can_be_said(w, &object->caps[i])) {
            fputs(first ? "" : ",", w->out);
            put_cap(w, &object->caps[i]);
            first = false;
        }
    }
    putc(']', w->out);
}

static void put_bytes(FILE *out, const char *digits)
{
    fputs("{\"Data\":{\"BytesContent\":{\"bytes\":[", out);
    for (const char *at = digits; at[0] && at[1]; at += 2) {
        char pair[3] = {at[0], at[1], 0};
        fprintf(out, "%s%lu", at == digits ? "" : ",", strtoul(pair, NULL, 16));
    }
    fputs("]}}}", out);
}

static bool put_fill(FILE *out, const struct capdl_fill *fill, bool first)
{
    const char *chunk = fill->kind == CAPDL_FILL_BOOTINFO ? rust_bootinfo_name(fill->text) : NULL;
    if (fill->kind == CAPDL_FILL_OTHER || (fill->kind == CAPDL_FILL_BOOTINFO && !chunk)) {
        return false;
    }
    fprintf(out, "%s{\"range\":{\"start\":%" PRIu64 ",\"end\":%" PRIu64 "},\"content\":", first ? "" : ",",
            fill->offset, fill->offset + fill->length);
    if (fill->kind == CAPDL_FILL_BYTES) {
        put_bytes(out, fill->text);
    } else if (chunk) {
        fprintf(out, "{\"BootInfo\":{\"id\":\"%s\",\"offset\":%" PRIu64 "}}", chunk, fill->source_offset);
    } else {
        fputs("{\"Data\":{\"file\":", out);
        capdl_escape_json(out, fill->text);
        fprintf(out, ",\"file_offset\":%" PRIu64 "}}", fill->source_offset);
    }
    putc('}', out);
    return true;
}

static void put_memory(FILE *out, const struct capdl_object *object)
{
    fprintf(out, "\"size_bits\":%u,\"paddr\":", object->size_bits);
    if (object->flags & CAPDL_OBJECT_HAS_PADDR) {
        fprintf(out, "%" PRIu64, object->paddr);
    } else {
        fputs("null", out);
    }
    if (object->kind == CAPDL_KIND_FRAME) {
        bool first = true;
        fputs(",\"init\":{\"entries\":[", out);
        for (size_t i = 0; i < object->u.fills.count; i++) {
            first = !put_fill(out, &object->u.fills.list[i], first) && first;
        }
        fputs("]}", out);
    }
}

static void put_tcb_extra(FILE *out, const struct capdl_tcb *tcb)
{
    const char *before = "\"extra\":{";
    for (unsigned i = 0; i < CAPDL_TCB_FIELD_COUNT; i++) {
        enum capdl_tcb_field field = (enum capdl_tcb_field)i;
        const struct rust_tcb_field *row = &rust_tcb_fields[i];
        if (row->there == RUST_NEVER || capdl_tcb_field_type(field) == CAPDL_TCB_LIST) {
            continue;
        }
        if (capdl_tcb_field_type(field) == CAPDL_TCB_BOOL) {
            put_flag(out, before, row->name, capdl_tcb_get(tcb, field));
        } else if (row->there == RUST_OPTIONAL && !(tcb->has >> field & 1)) {
            fprintf(out, "%s\"%s\":null", before, row->name);
        } else {
            fprintf(out, "%s\"%s\":%" PRIu64, before, row->name, capdl_tcb_get(tcb, field));
        }
        before = ",";
    }
    fputs(",\"gprs\":[", out);
    for (size_t i = 0; i < tcb->num_init; i++) {
        fprintf(out, "%s%" PRIu64, i ? "," : "", tcb->init[i]);
    }
    fputs("]}", out);
}

static void put_table(const struct rust_writer *w, uint32_t id, unsigned kind)
{
    put_flag(w->out, "", "x86_ept", capdl_kind_class((enum capdl_kind)kind) == CAPDL_CLASS_EPT);
    put_flag(w->out, ",", "is_root", !w->is_in_table[id]);
    fprintf(w->out, ",\"level\":%u,", w->levels[id]);
}

/* Those inside a member of their own come together, after those that are not. Whether there are any. */
static bool put_numbers(FILE *out, const struct capdl_object *object)
{
    const char *inside = NULL, *before = "";
    for (unsigned i = 0; i < num_rust_numbers; i++) {
        const struct rust_number *n = &rust_numbers[i];
        if (n->kind != object->kind) {
            continue;
        }
        uint64_t value = object->u.numbers ? object->u.numbers->value[n->number] : 0;
        value -= object->kind == CAPDL_KIND_IO_PT && value; /* levels are counted from 0 */
        if (n->inside && !inside) {
            fprintf(out, "%s\"%s\":{", before, n->inside);
            before = "";
        }
        fprintf(out, "%s\"%s\":%" PRIu64, before, n->name, value);
        inside = n->inside;
        before = ",";
    }
    fputs(inside ? "}" : "", out);
    return *before;
}

static void put_fields(const struct rust_writer *w, uint32_t id, const struct capdl_object *object)
{
    unsigned kind = object->kind;
    FILE *out = w->out;
    if (kind_of(kind) == CAPDL_KIND_PT) {
        put_table(w, id, kind);
    } else if (kind == CAPDL_KIND_UT || kind == CAPDL_KIND_FRAME) {
        put_memory(out, object);
        return;
    } else if (kind == CAPDL_KIND_CNODE) {
        fprintf(out, "\"size_bits\":%u,", object->size_bits);
    } else if (kind == CAPDL_KIND_SC) {
        const struct capdl_sc *sc = object->u.sc;
        fprintf(out, "\"size_bits\":%u,\"extra\":{\"period\":%" PRIu64 ",\"budget\":%" PRIu64 ",\"badge\":%" PRIu64 "}",
                object->size_bits, sc ? sc->period : 0, sc ? sc->budget : 0, sc && sc->has_data ? sc->data : 0);
        return;
    } else if (kind == CAPDL_KIND_TCB) {
        put_tcb_extra(out, capdl_tcb_values(w->spec, id));
        putc(',', out);
    } else {
        bool numbers = put_numbers(out, object), slots = kind != CAPDL_KIND_IO_PORTS && kind != CAPDL_KIND_ASID_POOL;
        if (!slots) {
            return;
        }
        fputs(numbers ? "," : "", out);
    }
    put_slots(w, object);
}

static bool has_fields(unsigned kind)
{
    return kind != CAPDL_KIND_EP && kind != CAPDL_KIND_NOTIFICATION && kind != CAPDL_KIND_VCPU &&
           kind != CAPDL_KIND_RTREPLY && kind != CAPDL_KIND_SMC;
}

static void put_object(const struct rust_writer *w, uint32_t id)
{
    struct capdl_object object = capdl_object_view(w->spec, id);
    const char *kind = rust_kind_name(kind_of(object.kind), false);
    fprintf(w->out, "%s{\"name\":\"%s", w->places[id] ? ",\n" : "\n", object.name);
    if (object.index != CAPDL_NO_INDEX) {
        fprintf(w->out, "_%" PRIu32, object.index);
    }
    if (!has_fields(object.kind)) {
        fprintf(w->out, "\",\"object\":\"%s\"}", kind);
        return;
    }
    fprintf(w->out, "\",\"object\":{\"%s\":{", kind);
    put_fields(w, id, &object);
    fputs("}}}", w->out);
}

enum { MOST_LEVELS = 4 };

/* Where a thread's tables begin with a lower one than usual, as those of a 64-bit Arm hypervisor do, that is level 1.
 */
static uint8_t root_level(const struct rust_writer *w, enum capdl_kind kind)
{
    unsigned top = capdl_kind_height(capdl_arch_table_kind(w->spec->arch, MOST_LEVELS));
    unsigned height = capdl_kind_height(kind);
    return capdl_kind_on_arch(CAPDL_KIND_PUD, w->spec->arch) && height < top ? (uint8_t)(top - height) : 0;
}

/* Visits what is in the tables of one level. */
static void go_down(struct rust_writer *w, uint32_t table)
{
    struct capdl_caps caps = capdl_object_caps(w->spec, table);
    for (uint32_t i = 0; i < caps.count; i++) {
        uint32_t child = caps.list[i].object;
        if (child != CAPDL_NO_OBJECT && capdl_kind_is_table((enum capdl_kind)caps.list[i].kind)) {
            w->is_in_table[child] = true;
            w->levels[child] = (uint8_t)(w->levels[table] + 1);
        }
    }
}

static void find_places(struct rust_writer *w)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < w->spec->num_objects; i++) {
        enum capdl_kind kind = capdl_object_kind(w->spec, i);
        w->places[i] = rust_kind_name(kind_of(kind), false) ? count++ : CAPDL_NO_OBJECT;
        w->levels[i] = capdl_kind_is_table(kind) ? root_level(w, kind) : 0;
    }
    for (unsigned level = 1; level < MOST_LEVELS; level++) {
        for (uint32_t i = 0; i < w->spec->num_objects; i++) {
            if (capdl_kind_is_table(capdl_object_kind(w->spec, i))) {
                go_down(w, i);
            }
        }
    }
}

static void put_schedule(FILE *out, const struct capdl_domains *domains)
{
    fputs(domains->has_schedule ? ",\"domain_schedule\":[" : ",\"domain_schedule\":null", out);
    for (size_t i = 0; domains->has_schedule && i < domains->num_schedule; i++) {
        const struct capdl_domain_entry *entry = &domains->schedule[i];
        fprintf(out, "%s{\"domain\":%" PRIu64 ",\"duration\":", i ? "," : "", entry->domain);
        if (entry->end_marker) {
            fputs("\"EndMarker\"}", out);
        } else {
            fprintf(out, "{\"%s\":%" PRIu64 "}}", entry->unit == CAPDL_MICROSECONDS ? "Us" : "Ticks", entry->duration);
        }
    }
    fputs(domains->has_schedule ? "],\"domain_set_start\":" : ",\"domain_set_start\":", out);
    if (domains->start_kind == CAPDL_DOMAIN_START_INDEX) {
        fprintf(out, "%" PRIu64, domains->start_index);
    } else {
        fputs("null", out);
    }
    fputs(",\"domain_idx_shift\":", out);
    if (domains->has_index_shift) {
        fprintf(out, "%" PRIu64, domains->index_shift);
    } else {
        fputs("null", out);
    }
}

void spec_json_write_rust(const struct capdl_spec *spec, FILE *out)
{
    struct rust_writer w = {.spec = spec, .out = out};
    size_t places = 0, tables = 0, levels = 0;
    uint32_t count = 0;
    w.places = memory_grow(NULL, &places, spec->num_objects + 1, sizeof(*w.places));
    w.is_in_table = memory_grow(NULL, &tables, spec->num_objects + 1, sizeof(*w.is_in_table));
    w.levels = memory_grow(NULL, &levels, spec->num_objects + 1, sizeof(*w.levels));
    memset(w.is_in_table, 0, spec->num_objects + 1);
    find_places(&w);
    fputs("{\"objects\":[", out);
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        if (w.places[i] != CAPDL_NO_OBJECT) {
            put_object(&w, i);
            count++;
        }
    }
    fputs("\n],\"irqs\":[", out);
    for (size_t i = 0; i < spec->num_irqs; i++) {
        fprintf(out, "%s{\"irq\":%" PRIu64 ",\"handler\":%" PRIu32 "}", i ? "," : "", spec->irqs[i].irq,
                w.places[spec->irqs[i].object]);
    }
    putc(']', out);
    put_schedule(out, &spec->domains);
    fprintf(out,
            ",\"asid_slots\":[],\"root_objects\":{\"start\":0,\"end\":%" PRIu32
            "},\"untyped_covers\":[],\"cached_orig_cap_slots\":null,\"log_level\":null}\n",
            count);
    free(w.places);
    free(w.is_in_table);
    free(w.levels);
}
