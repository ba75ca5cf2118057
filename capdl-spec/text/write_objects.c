/* SPDX-License-Identifier: BSD-2-Clause */
/* Printing the objects section. */
#include "write_objects.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Puts commas between parameters and parentheses around them. */
struct list {
    struct writer *w;
    unsigned count;
};

static void list_item(struct list *list, const char *keyword)
{
    fputs(list->count++ ? ", " : " (", list->w->out);
    if (keyword) {
        fprintf(list->w->out, "%s: ", keyword);
    }
}

static void list_number(struct list *list, const char *keyword, uint64_t number)
{
    list_item(list, keyword);
    capdl_write_number(list->w, number);
}

/* With the largest unit that divides it. */
static void list_bytes(struct list *list, const char *keyword, uint64_t bytes)
{
    static const char *const units[] = {"", "k", "M", "G"};
    unsigned unit = 0;
    while (unit < 3 && bytes && bytes % 1024 == 0) {
        bytes /= 1024;
        unit++;
    }
    list_item(list, keyword);
    fprintf(list->w->out, "%" PRIu64 "%s", bytes, units[unit]);
}

static void list_end(struct list *list)
{
    if (list->count) {
        putc(')', list->w->out);
    }
}

static void list_bits(struct list *list, const struct capdl_object *object)
{
    if (!(object->flags & CAPDL_OBJECT_HAS_SIZE) && object->kind != CAPDL_KIND_CNODE) {
        return;
    }
    list_item(list, NULL);
    fprintf(list->w->out, "%u bits", object->size_bits);
}

static void list_paddr(struct list *list, const struct capdl_object *object)
{
    if (object->flags & CAPDL_OBJECT_HAS_PADDR) {
        list_item(list, "paddr");
        fprintf(list->w->out, "0x%" PRIx64, object->paddr);
    }
}

static void list_init(struct list *list, const struct capdl_tcb *tcb)
{
    list_item(list, "init");
    putc('[', list->w->out);
    for (size_t i = 0; i < tcb->num_init; i++) {
        fputs(i ? ", " : "", list->w->out);
        capdl_write_number(list->w, tcb->init[i]);
    }
    putc(']', list->w->out);
}

static const uint8_t tcb_written[] = {
#define CAPDL_TCB_FIELD(id, member, type, otherwise, written, rust, in_rust, rank, name) CAPDL_TCB_##written,
#include <capdl/tcbfields.def>
#undef CAPDL_TCB_FIELD
};

/* Fields of which one that is given brings this one. */
static uint32_t tcb_brought_by(unsigned field)
{
    uint32_t mask = 1u << field;
    for (unsigned i = 0; i < CAPDL_TCB_FIELD_COUNT; i++) {
        bool brings = tcb_written[field] == CAPDL_TCB_BASIC  ? tcb_written[i] <= CAPDL_TCB_WITH_BASIC
                      : tcb_written[field] == CAPDL_TCB_FULL ? tcb_written[i] == CAPDL_TCB_FULL
                                                             : false;
        mask |= brings ? 1u << i : 0;
    }
    return mask;
}

static void write_tcb(struct list *list, const struct capdl_tcb *tcb)
{
    for (unsigned i = 0; tcb && i < CAPDL_TCB_FIELD_COUNT; i++) {
        enum capdl_tcb_field field = (enum capdl_tcb_field)i;
        if (!(tcb->has & tcb_brought_by(i))) {
            continue;
        }
        switch (capdl_tcb_field_type(field)) {
        case CAPDL_TCB_NUMBER:
            list_number(list, capdl_tcb_field_keyword(field), capdl_tcb_get(tcb, field));
            break;
        case CAPDL_TCB_BOOL:
            list_item(list, capdl_tcb_field_keyword(field));
            fputs(capdl_tcb_get(tcb, field) ? "True" : "False", list->w->out);
            break;
        case CAPDL_TCB_LIST:
            list_init(list, tcb);
            break;
        }
    }
}

static void write_sc(struct list *list, const struct capdl_object *object)
{
    const struct capdl_sc *sc = object->u.sc;
    list_bits(list, object);
    if (!sc || !sc->has_times) {
        return;
    }
    fprintf(list->w->out, "%speriod: %" PRIu64, list->count++ ? ", " : " (", sc->period);
    fprintf(list->w->out, ", budget: %" PRIu64, sc->budget);
    if (sc->has_data) {
        list_number(list, "data", sc->data);
    }
    if (sc->refills) {
        list_number(list, "refills", sc->refills);
    }
    if (sc->flags) {
        list_number(list, "flags", sc->flags);
    }
}

static void write_fill(struct writer *w, const struct capdl_fill *fill)
{
    if (fill->kind == CAPDL_FILL_OTHER) {
        fprintf(w->out, "{%s}", fill->text);
        return;
    }
    fprintf(w->out, "{%" PRIu64 " %" PRIu64, fill->offset, fill->length);
    if (fill->kind == CAPDL_FILL_BYTES) {
        fprintf(w->out, " CDL_FrameFill_Bytes %s}", fill->text);
        return;
    }
    if (fill->kind == CAPDL_FILL_FILE) {
        fprintf(w->out, " CDL_FrameFill_FileData \"%s\"", fill->text);
    } else {
        fprintf(w->out, " CDL_FrameFill_BootInfo %s", fill->text);
    }
    fprintf(w->out, " %" PRIu64 "}", fill->source_offset);
}

static void write_frame(struct list *list, const struct capdl_object *frame)
{
    unsigned bits = frame->size_bits;
    list_item(list, NULL);
    fprintf(list->w->out, "%" PRIu64 "%s",
            UINT64_C(1) << (bits >= 20   ? bits - 20
                            : bits >= 10 ? bits - 10
                                         : 0),
            bits >= 20 ? "M" : "k");
    list_paddr(list, frame);
    if (frame->flags & CAPDL_OBJECT_CONTIGUOUS) {
        list_item(list, NULL);
        fputs("contiguous", list->w->out);
    }
    if (!(frame->flags & CAPDL_OBJECT_HAS_FILL) && !frame->u.fills.count) {
        return;
    }
    list_item(list, "fill");
    putc('[', list->w->out);
    for (size_t i = 0; i < frame->u.fills.count; i++) {
        fputs(i ? ", " : "", list->w->out);
        write_fill(list->w, &frame->u.fills.list[i]);
    }
    putc(']', list->w->out);
}

static const char *const number_names[CAPDL_KIND_COUNT][CAPDL_NUMBER_COUNT] = {
#define CAPDL_NUMBER_PARAM(kind, mandatory, number, keyword) [CAPDL_KIND_##kind][CAPDL_NUMBER_##number] = keyword,
#define CAPDL_TRIGGER_PARAM(kind) [CAPDL_KIND_##kind][CAPDL_NUMBER_TRIGGER] = "trigger",
#include <capdl/numbers.def>
#undef CAPDL_NUMBER_PARAM
#undef CAPDL_TRIGGER_PARAM
};

static void write_numbers(struct list *list, const struct capdl_object *object)
{
    const struct capdl_numbers *numbers = object->u.numbers;
    if (!numbers) {
        return;
    }
    if (object->kind == CAPDL_KIND_IO_PORTS) {
        list_item(list, "ports");
        fprintf(list->w->out, "[0x%" PRIx64 "..0x%" PRIx64 "]", numbers->value[0], numbers->value[1]);
    }
    for (unsigned i = 0; i < CAPDL_NUMBER_COUNT; i++) {
        const char *keyword = number_names[object->kind][i];
        if (!keyword || !(numbers->has >> i & 1)) {
            continue;
        }
        if (object->kind == CAPDL_KIND_LEFTOVER && i == CAPDL_NUMBER_LEFTOVER_SIZE) {
            list_bytes(list, keyword, numbers->value[i]);
        } else if (strcmp(keyword, "trigger")) {
            list_number(list, keyword, numbers->value[i]);
        } else {
            list_item(list, keyword), fputs(numbers->value[i] ? "edge" : "level", list->w->out);
        }
    }
    list_paddr(list, object);
    if (object->kind == CAPDL_KIND_IO_DEVICE) {
        list_item(list, NULL);
        fprintf(list->w->out, "%" PRIu64 ":%" PRIu64 ".%" PRIu64, numbers->value[CAPDL_NUMBER_IO_BUS],
                numbers->value[CAPDL_NUMBER_IO_DEV], numbers->value[CAPDL_NUMBER_IO_FUN]);
    }
}

/* What the parameters of a kind are kept as. */
enum params { PARAMS_NONE, PARAMS_TCB, PARAMS_SC, PARAMS_FRAME, PARAMS_SIZE, PARAMS_NUMBERS };

static enum params params_of(enum capdl_kind kind)
{
    switch (capdl_kind_class(kind)) {
    case CAPDL_CLASS_OBJECT:
    case CAPDL_CLASS_MEMORY:
        return kind == CAPDL_KIND_TCB                   ? PARAMS_TCB
               : kind == CAPDL_KIND_SC                  ? PARAMS_SC
               : kind == CAPDL_KIND_FRAME               ? PARAMS_FRAME
               : capdl_kind_has(kind, CAPDL_TRAIT_SIZE) ? PARAMS_SIZE
                                                        : PARAMS_NUMBERS;
    case CAPDL_CLASS_IO_TABLE:
    case CAPDL_CLASS_INTERRUPT:
    case CAPDL_CLASS_ISSUED:
    case CAPDL_CLASS_DEVICE:
        return PARAMS_NUMBERS;
    case CAPDL_CLASS_SPEC_ONLY:
        return kind == CAPDL_KIND_LEFTOVER ? PARAMS_NUMBERS : PARAMS_NONE;
    case CAPDL_CLASS_TABLE:
    case CAPDL_CLASS_EPT:
    case CAPDL_CLASS_CONTROL:
        break;
    }
    return PARAMS_NONE;
}

static void write_params(struct writer *w, const struct capdl_object *object)
{
    struct list list = {.w = w};
    switch (params_of(object->kind)) {
    case PARAMS_NONE:
        break;
    case PARAMS_TCB:
        write_tcb(&list, object->u.tcb);
        break;
    case PARAMS_SC:
        write_sc(&list, object);
        break;
    case PARAMS_FRAME:
        write_frame(&list, object);
        break;
    case PARAMS_SIZE:
        list_bits(&list, object);
        list_paddr(&list, object);
        break;
    case PARAMS_NUMBERS:
        write_numbers(&list, object);
        break;
    }
    list_end(&list);
}

static bool same_fills(struct capdl_fills a, struct capdl_fills b)
{
    if (a.count != b.count) {
        return false;
    }
    for (size_t i = 0; i < a.count; i++) {
        const struct capdl_fill *x = &a.list[i], *y = &b.list[i];
        if (x->kind != y->kind || x->offset != y->offset || x->length != y->length || strcmp(x->text, y->text) ||
            x->source_offset != y->source_offset) {
            return false;
        }
    }
    return true;
}

static bool same_sc(const struct capdl_sc *a, const struct capdl_sc *b)
{
    if (a == b || !a || !b) {
        return a == b;
    }
    return a->has_times == b->has_times && a->has_data == b->has_data && a->period == b->period &&
           a->budget == b->budget && a->data == b->data && a->refills == b->refills && a->flags == b->flags;
}

static bool same_numbers(const struct capdl_numbers *a, const struct capdl_numbers *b)
{
    if (a == b || !a || !b) {
        return a == b;
    }
    return a->has == b->has && !memcmp(a->value, b->value, sizeof(a->value));
}

bool capdl_object_same(const struct capdl_spec *spec, uint32_t a, uint32_t b)
{
    unsigned printed = CAPDL_OBJECT_HAS_SIZE | CAPDL_OBJECT_HAS_PADDR | CAPDL_OBJECT_HAS_FILL | CAPDL_OBJECT_CONTIGUOUS;
    enum capdl_kind kind = capdl_object_kind(spec, a);
    if (kind != capdl_object_kind(spec, b) || (capdl_object_flags(spec, a) ^ capdl_object_flags(spec, b)) & printed ||
        capdl_object_size_bits(spec, a) != capdl_object_size_bits(spec, b) ||
        capdl_object_paddr(spec, a) != capdl_object_paddr(spec, b)) {
        return false;
    }
    switch (params_of(kind)) {
    case PARAMS_NONE:
    case PARAMS_SIZE:
        return true;
    case PARAMS_TCB:
        return capdl_tcb_same(capdl_object_tcb(spec, a), capdl_object_tcb(spec, b));
    case PARAMS_SC:
        return same_sc(capdl_object_sc(spec, a), capdl_object_sc(spec, b));
    case PARAMS_FRAME:
        return same_fills(capdl_object_fills(spec, a), capdl_object_fills(spec, b));
    case PARAMS_NUMBERS:
        return same_numbers(capdl_object_numbers(spec, a), capdl_object_numbers(spec, b));
    }
    return false;
}

/* Elements that look alike, from order[at] on, at most `most` of them and with consecutive indices. */
static uint32_t alike(const struct writer *w, uint32_t at, uint32_t most)
{
    uint32_t first = w->order[at], run = 1;
    while (run < most && capdl_object_index(w->spec, w->order[at + run]) == capdl_object_index(w->spec, first) + run &&
           capdl_object_same(w->spec, first, w->order[at + run])) {
        run++;
    }
    return run;
}

/* An array whose elements differ is declared in pieces: x[0..1] = ..., x[2..2] = ... */
static void write_array(struct writer *w, uint32_t at, uint32_t length)
{
    uint32_t run;
    for (uint32_t i = 0; i < length; i += run) {
        struct capdl_object object = capdl_object_view(w->spec, w->order[at + i]);
        run = alike(w, at + i, length - i);
        if (run == length && object.index == 0) {
            fprintf(w->out, "  %s[%" PRIu32 "]", object.name, run);
        } else {
            fprintf(w->out, "  %s[%" PRIu32 "..%" PRIu32 "]", object.name, object.index, object.index + run - 1);
        }
        fprintf(w->out, " = %s", capdl_kind_keyword(object.kind));
        write_params(w, &object);
        putc('\n', w->out);
    }
}

/* An untyped's children: positions in w->order, ascending, so that runs of array elements are next to each other. */
static void write_children(struct writer *w, const uint32_t *children, uint32_t count)
{
    uint32_t run;
    fputs(" {", w->out);
    for (uint32_t i = 0; i < count; i += run) {
        const char *name = capdl_object_name(w->spec, children[i]);
        uint32_t first = capdl_object_index(w->spec, children[i]);
        run = 1;
        while (w->folded && first != CAPDL_NO_INDEX && i + run < count &&
               capdl_object_name(w->spec, children[i + run]) == name &&
               capdl_object_index(w->spec, children[i + run]) == first + run) {
            run++;
        }
        fputs(i ? ", " : "", w->out);
        if (run == 1) {
            capdl_write_object_name(w, children[i]);
        } else {
            fprintf(w->out, "%s[%" PRIu32 "..%" PRIu32 "]", name, first, first + run - 1);
        }
    }
    fputs("}\n", w->out);
}

/* children[first[u]] .. children[first[u + 1]]: what untyped u covers, in printing order. */
struct covers {
    uint32_t *first, *children;
};

static struct covers covers_collect(const struct writer *w)
{
    size_t count = w->spec->num_objects;
    struct covers covers = {.first = capdl_spec_realloc(NULL, (count + 2) * sizeof(uint32_t)),
                            .children = capdl_spec_realloc(NULL, count * sizeof(uint32_t))};
    memset(covers.first, 0, (count + 2) * sizeof(uint32_t));
    for (uint32_t i = 0; i < w->count; i++) {
        if (capdl_object_parent(w->spec, w->order[i]) != CAPDL_NO_OBJECT) {
            covers.first[capdl_object_parent(w->spec, w->order[i]) + 2]++;
        }
    }
    for (size_t i = 2; i < count + 2; i++) {
        covers.first[i] += covers.first[i - 1];
    }
    for (uint32_t i = 0; i < w->count; i++) {
        if (capdl_object_parent(w->spec, w->order[i]) != CAPDL_NO_OBJECT) {
            covers.children[covers.first[capdl_object_parent(w->spec, w->order[i]) + 1]++] = w->order[i];
        }
    }
    return covers;
}

/* Untypeds that cover something come after all other objects; elements of an array are declared before they get
 * children. */
static void write_covers(struct writer *w)
{
    struct covers covers = covers_collect(w);
    bool any = false;
    for (uint32_t i = 0; i < w->count; i++) {
        uint32_t id = w->order[i], first = covers.first[id], count = covers.first[id + 1] - first;
        if (capdl_object_kind(w->spec, id) != CAPDL_KIND_UT || !count) {
            continue;
        }
        fputs(any ? "  " : "\n  ", w->out);
        any = true;
        capdl_write_object_name(w, id);
        fputs(" = ut", w->out);
        if (capdl_object_index(w->spec, id) == CAPDL_NO_INDEX) {
            struct capdl_object object = capdl_object_view(w->spec, id);
            write_params(w, &object);
        }
        write_children(w, covers.children + first, count);
    }
    free(covers.first);
    free(covers.children);
}

/* Untypeds by name that cover something: printed by write_covers. */
static bool *covering_collect(const struct writer *w)
{
    bool *covering = capdl_spec_realloc(NULL, w->spec->num_objects);
    memset(covering, 0, w->spec->num_objects);
    for (uint32_t i = 0; i < w->count; i++) {
        if (capdl_object_parent(w->spec, w->order[i]) != CAPDL_NO_OBJECT) {
            covering[capdl_object_parent(w->spec, w->order[i])] = true;
        }
    }
    return covering;
}

void capdl_write_objects(struct writer *w)
{
    bool *covering = covering_collect(w);
    uint32_t run;
    fputs("\nobjects {\n", w->out);
    for (uint32_t i = 0; i < w->count; i += run) {
        struct capdl_object object = capdl_object_view(w->spec, w->order[i]);
        run = capdl_write_array_run(w, i);
        if (object.index != CAPDL_NO_INDEX) {
            write_array(w, i, run);
        } else if (object.kind != CAPDL_KIND_UT || !covering[w->order[i]]) {
            capdl_put_text(w->out, "  ");
            capdl_put_text(w->out, object.name);
            capdl_put_text(w->out, " = ");
            capdl_put_text(w->out, capdl_kind_keyword(object.kind));
            write_params(w, &object);
            putc('\n', w->out);
        }
    }
    write_covers(w);
    fputs("}\n", w->out);
    free(covering);
}
