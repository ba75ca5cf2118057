/* SPDX-License-Identifier: BSD-2-Clause */
/* `capdl expand --strict`: a spec without our extensions of the language. */
#include "extensions.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static void refuse(struct capdl_spec *spec, struct capdl_diags *diags, uint32_t id, const char *what)
{
    char label[160];
    capdl_error(diags, capdl_object_pos(spec, id), "'%s' %s, which other capDL tools do not read",
                capdl_object_label(spec, id, label, sizeof(label)), what);
}

/* Others have streams and context banks as objects, but neither numbers of streams nor what is bound to what. */
static void refuse_devices(struct capdl_spec *spec, struct capdl_diags *diags, uint32_t id)
{
    if (capdl_kind_class(capdl_object_kind(spec, id)) == CAPDL_CLASS_EPT) {
        refuse(spec, diags, id, "is an extended page table");
    }
    if (capdl_object_kind(spec, id) == CAPDL_KIND_STREAMID && capdl_object_numbers(spec, id)) {
        refuse(spec, diags, id, "is a stream with a number (id)");
    }
    if ((capdl_object_kind(spec, id) == CAPDL_KIND_STREAMID || capdl_object_kind(spec, id) == CAPDL_KIND_CONTEXTBANK) &&
        capdl_object_caps(spec, id).count) {
        refuse(spec, diags, id, "is bound to something");
    }
}

static void refuse_fields(struct capdl_spec *spec, struct capdl_diags *diags, uint32_t id)
{
    static const struct {
        uint8_t written;
        const char *what;
    } fields[] = {
#define CAPDL_TCB_FIELD(id, member, type, otherwise, written, rust, in_rust, rank, name) \
    {CAPDL_TCB_##written, "has a " name " (" #member ")"},
#include <capdl/tcbfields.def>
#undef CAPDL_TCB_FIELD
    };
    for (unsigned i = 0; i < CAPDL_TCB_FIELD_COUNT; i++) {
        if (fields[i].written == CAPDL_TCB_EXTENSION && capdl_object_tcb(spec, id)->has >> i & 1) {
            refuse(spec, diags, id, fields[i].what);
        }
    }
}

static void refuse_content(struct capdl_spec *spec, struct capdl_diags *diags, uint32_t id)
{
    if (capdl_object_kind(spec, id) == CAPDL_KIND_TCB && capdl_object_tcb(spec, id)) {
        refuse_fields(spec, diags, id);
    }
    if (capdl_object_kind(spec, id) == CAPDL_KIND_SC && capdl_object_sc(spec, id) &&
        capdl_object_sc(spec, id)->refills) {
        refuse(spec, diags, id, "has extra refills");
    }
    if (capdl_object_kind(spec, id) == CAPDL_KIND_SC && capdl_object_sc(spec, id) && capdl_object_sc(spec, id)->flags) {
        refuse(spec, diags, id, "has flags");
    }
    if (capdl_object_kind(spec, id) == CAPDL_KIND_FRAME && capdl_object_flags(spec, id) & CAPDL_OBJECT_CONTIGUOUS) {
        refuse(spec, diags, id, "is contiguous");
    }
    if (capdl_object_kind(spec, id) == CAPDL_KIND_LEFTOVER) {
        refuse(spec, diags, id, "stands for leftover memory");
    }
    struct capdl_fills fills = capdl_object_fills(spec, id);
    for (size_t i = 0; capdl_object_kind(spec, id) == CAPDL_KIND_FRAME && i < fills.count; i++) {
        if (fills.list[i].kind == CAPDL_FILL_FILE && strpbrk(fills.list[i].text, " }")) {
            refuse(spec, diags, id, "is filled from a file with a space or '}' in its name");
        }
        if (fills.list[i].kind == CAPDL_FILL_BYTES) {
            refuse(spec, diags, id, "is filled with bytes that the spec itself has (--fill-file moves them to a file)");
        }
    }
}

/* A RISC-V interrupt without a trigger of its own is what others call irq; the kernel then takes it for a level. */
static void lower_interrupts(struct capdl_spec *spec, struct capdl_diags *diags)
{
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        struct capdl_object object = capdl_object_view(spec, i);
        if (object.kind != CAPDL_KIND_RISCV_IRQ) {
            continue;
        }
        if (object.u.numbers && object.u.numbers->value[CAPDL_NUMBER_TRIGGER]) {
            refuse(spec, diags, i, "is an interrupt with trigger: edge");
        }
        object.kind = CAPDL_KIND_IRQ;
        object.u.numbers = NULL;
        capdl_object_set(spec, i, &object);
    }
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(spec, i);
        for (uint32_t j = 0; j < caps.count; j++) {
            struct capdl_cap *cap = &caps.list[j];
            cap->kind = cap->kind == CAPDL_KIND_RISCV_IRQ ? CAPDL_KIND_IRQ : cap->kind;
        }
    }
}

static const char *free_name(struct capdl_spec *spec, const char *name, uint32_t index)
{
    size_t size = strlen(name) + 64;
    char *text = capdl_spec_alloc(spec, size);
    snprintf(text, size, "%s_%u", name, (unsigned)index);
    for (size_t length = strlen(text); length + 1 < size; text[length++] = '_') {
        const char *interned = capdl_spec_intern(spec, text, length);
        if (capdl_spec_find(spec, interned, CAPDL_NO_INDEX) == CAPDL_NO_OBJECT) {
            return interned;
        }
    }
    return capdl_spec_intern(spec, text, strlen(text));
}

/* Arrays whose elements differ, or are untypeds of which one has children, can be said only in pieces: they become
 * single objects. */
static void lower_arrays(struct capdl_spec *spec)
{
    bool *uneven = memory_zeroed((size_t)spec->num_objects + 1, sizeof(*uneven));
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        uint32_t first = capdl_object_index(spec, i) == CAPDL_NO_INDEX
                             ? CAPDL_NO_OBJECT
                             : capdl_spec_find(spec, capdl_object_name(spec, i), 0);
        if (first != CAPDL_NO_OBJECT && !capdl_object_same(spec, i, first)) {
            uneven[first] = true;
        }
        if (capdl_object_parent(spec, i) != CAPDL_NO_OBJECT &&
            capdl_object_index(spec, capdl_object_parent(spec, i)) != CAPDL_NO_INDEX) {
            uneven[capdl_spec_find(spec, capdl_object_name(spec, capdl_object_parent(spec, i)), 0)] = true;
        }
    }
    for (uint32_t i = spec->num_objects; i-- > 0;) {
        if (capdl_object_index(spec, i) != CAPDL_NO_INDEX &&
            uneven[capdl_spec_find(spec, capdl_object_name(spec, i), 0)]) {
            uneven[i] = true; /* by object from here on: the names are still needed to find the first elements */
        }
    }
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        struct capdl_object object = capdl_object_view(spec, i);
        if (object.index != CAPDL_NO_INDEX && uneven[i]) {
            object.name = free_name(spec, object.name, object.index);
            object.index = CAPDL_NO_INDEX;
            capdl_object_set(spec, i, &object);
        }
    }
    free(uneven);
}

/* Bytes that are in the file, by their digits: equal ones are there once, so elements of an array stay equal. */
struct moved {
    const char *digits;
    uint64_t at;
};

static int compare_moved(const void *a, const void *b)
{
    return strcmp(((const struct moved *)a)->digits, ((const struct moved *)b)->digits);
}

struct move {
    struct capdl_spec *spec;
    const char *name;
    FILE *out;
    void *moved; /* of tsearch */
    uint64_t end;
};

static void write_fill(struct move *move, const struct capdl_fill *fill)
{
    uint8_t bytes[4096];
    for (uint64_t at = 0; at < fill->length; at += sizeof(bytes)) {
        uint64_t count = fill->length - at < sizeof(bytes) ? fill->length - at : sizeof(bytes);
        capdl_fill_get_bytes(fill, at, count, bytes);
        fwrite(bytes, 1, count, move->out);
    }
    move->end += fill->length;
}

static void move_fill(struct move *move, struct capdl_fill *fill)
{
    struct moved *moved = capdl_spec_alloc(move->spec, sizeof(*moved));
    *moved = (struct moved){fill->text, move->end};
    const struct moved *const *found = memory_need(tsearch(moved, &move->moved, compare_moved));
    if (*found == moved) {
        write_fill(move, fill);
    }
    fill->kind = CAPDL_FILL_FILE;
    fill->text = move->name;
    fill->source_offset = (*found)->at;
}

static void keep(void *moved)
{
    (void)moved; /* it is the spec's */
}

void extensions_move_bytes(struct capdl_spec *spec, const char *name, FILE *out)
{
    struct move move = {.spec = spec, .name = capdl_spec_intern(spec, name, strlen(name)), .out = out};
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        struct capdl_fills fills = capdl_object_fills(spec, i);
        for (size_t f = 0; capdl_object_kind(spec, i) == CAPDL_KIND_FRAME && f < fills.count; f++) {
            if (fills.list[f].kind == CAPDL_FILL_BYTES) {
                move_fill(&move, &fills.list[f]);
            }
        }
    }
    tdestroy(move.moved, keep);
}

bool extensions_lower(struct capdl_spec *spec, struct capdl_diags *diags)
{
    size_t errors = diags->num_errors;
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        refuse_devices(spec, diags, i);
        refuse_content(spec, diags, i);
    }
    lower_interrupts(spec, diags);
    lower_arrays(spec);
    return diags->num_errors == errors;
}
