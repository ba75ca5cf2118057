/* SPDX-License-Identifier: BSD-2-Clause */
/* Printing the caps section. */
#include "write_caps.h"

#include <inttypes.h>
#include <string.h>

struct list {
    FILE *out;
    unsigned count;
};

static void list_item(struct list *list)
{
    capdl_put_text(list->out, list->count++ ? ", " : " (");
}

static void write_rights(struct list *list, const struct capdl_cap *cap)
{
    if (!cap->rights) {
        return;
    }
    list_item(list);
    capdl_put_text(list->out, capdl_rights_text(cap->kind, cap->rights, (char[CAPDL_RIGHTS_TEXT]){0}));
}

static void write_data(struct writer *w, struct list *list, const struct capdl_cap *cap)
{
    if (cap->flags & CAPDL_CAP_HAS_BADGE) {
        list_item(list);
        capdl_put_text(w->out, "badge: ");
        capdl_write_number(w, cap->data);
    }
    if (cap->flags & CAPDL_CAP_HAS_GUARD) {
        if (cap->data || !cap->guard_size) {
            list_item(list);
            capdl_put_text(w->out, "guard: ");
            capdl_write_number(w, cap->data);
        }
        if (cap->guard_size) {
            list_item(list);
            fprintf(w->out, "guard_size: %u", cap->guard_size);
        }
    }
    if (cap->kind == CAPDL_KIND_SCHED_CONTROL) {
        list_item(list);
        fprintf(w->out, "core: %" PRIu64, cap->data);
    }
}

static void write_extra(struct writer *w, struct list *list, const struct capdl_cap *cap)
{
    const struct capdl_cap_extra *extra = capdl_cap_extra(w->spec, cap);
    if (cap->flags & CAPDL_CAP_HAS_ASID) {
        list_item(list);
        fputs("asid: (", w->out);
        capdl_write_number(w, extra->asid_high);
        fputs(", ", w->out);
        capdl_write_number(w, extra->asid_low);
        putc(')', w->out);
    }
    if (cap->flags & CAPDL_CAP_HAS_MAPPING) {
        list_item(list);
        fputs("mapping: (", w->out);
        capdl_write_object_name(w, extra->mapping_container);
        fprintf(w->out, ", %" PRIu64 ")", extra->mapping_slot);
    }
}

static void write_params(struct writer *w, const struct capdl_cap *cap)
{
    struct list list = {.out = w->out};
    write_rights(&list, cap);
    write_data(w, &list, cap);
    if (cap->flags & CAPDL_CAP_REPLY) {
        list_item(&list), fputs("reply", w->out);
    }
    if (cap->flags & CAPDL_CAP_MASTER_REPLY) {
        list_item(&list), fputs("master_reply", w->out);
    }
    if (cap->flags & CAPDL_CAP_UNCACHED) {
        list_item(&list), fputs("uncached", w->out);
    }
    write_extra(w, &list, cap);
    if (list.count) {
        putc_unlocked(')', w->out);
    }
}

/* `mapping` of a range of elements stands for consecutive slots of the table, so those that have it are written one by
 * one. */
static bool same_extra(const struct writer *w, const struct capdl_cap *a, const struct capdl_cap *b)
{
    const struct capdl_cap_extra *x = capdl_cap_extra(w->spec, a), *y = capdl_cap_extra(w->spec, b);
    return !(a->flags & CAPDL_CAP_HAS_MAPPING) &&
           (!(a->flags & CAPDL_CAP_HAS_ASID) || (x->asid_high == y->asid_high && x->asid_low == y->asid_low));
}

/* Whether two caps are printed alike but for slot and object. */
static bool same_params(const struct writer *w, const struct capdl_cap *a, const struct capdl_cap *b)
{
    unsigned generated = CAPDL_CAP_GENERATED;
    return a->kind == b->kind && a->data == b->data && a->rights == b->rights &&
           (a->flags | generated) == (b->flags | generated) && a->guard_size == b->guard_size && same_extra(w, a, b);
}

static bool is_element(const struct writer *w, const struct capdl_cap *cap)
{
    return cap->object != CAPDL_NO_OBJECT && capdl_object_index(w->spec, cap->object) != CAPDL_NO_INDEX;
}

/* How many caps from this one on are in consecutive slots, alike, to elements of the same array. */
static uint32_t slot_run(const struct writer *w, const struct capdl_cap *caps, uint32_t count)
{
    uint32_t run = 1;
    if (!w->folded || !is_element(w, caps)) {
        return 1;
    }
    while (run < count && caps[run].slot == caps->slot + run && is_element(w, &caps[run]) &&
           capdl_object_name(w->spec, caps[run].object) == capdl_object_name(w->spec, caps->object) &&
           same_params(w, caps, &caps[run])) {
        run++;
    }
    return run;
}

/* Length of a sequence of indices that goes up or down by one. */
static uint32_t index_run(const struct writer *w, const struct capdl_cap *caps, uint32_t count, int step)
{
    uint32_t run = 1;
    while (run < count && capdl_object_index(w->spec, caps[run].object) ==
                              capdl_object_index(w->spec, caps[run - 1].object) + (uint32_t)step) {
        run++;
    }
    return run;
}

/* x[0..3, 7, 5..2] */
static void write_elements(struct writer *w, const struct capdl_cap *caps, uint32_t count)
{
    uint32_t run;
    fprintf(w->out, "%s[", capdl_object_name(w->spec, caps->object));
    for (uint32_t i = 0; i < count; i += run) {
        uint32_t up = index_run(w, caps + i, count - i, 1), down = index_run(w, caps + i, count - i, -1);
        run = up > down ? up : down;
        fprintf(w->out, i ? ", %" PRIu32 : "%" PRIu32, capdl_object_index(w->spec, caps[i].object));
        if (run > 1) {
            fprintf(w->out, "..%" PRIu32, capdl_object_index(w->spec, caps[i + run - 1].object));
        }
    }
    putc(']', w->out);
}

static void write_slot(struct writer *w, uint32_t container, uint64_t slot)
{
    static const char *const names[CAPDL_TCB_SLOT_COUNT] = {
#define CAPDL_TCB_SLOT(id, number, name) [number] = name,
#include <capdl/tcbslots.def>
#undef CAPDL_TCB_SLOT
    };
    if (capdl_object_kind(w->spec, container) == CAPDL_KIND_TCB && slot < CAPDL_TCB_SLOT_COUNT) {
        capdl_put_text(w->out, names[slot]);
    } else {
        capdl_put_decimal(w->out, slot);
    }
    capdl_put_text(w->out, ": ");
}

static void write_slots(struct writer *w, uint32_t container)
{
    struct capdl_caps caps = capdl_object_caps(w->spec, container);
    uint32_t run;
    fputs(" {\n", w->out);
    for (uint32_t i = 0; i < caps.count; i += run) {
        const struct capdl_cap *cap = &caps.list[i];
        run = slot_run(w, cap, caps.count - i);
        capdl_put_text(w->out, "    ");
        write_slot(w, container, cap->slot);
        if (cap->object == CAPDL_NO_OBJECT) {
            capdl_put_text(w->out, capdl_kind_keyword(cap->kind));
        } else if (run == 1) {
            capdl_write_object_name(w, cap->object);
        } else {
            write_elements(w, cap, run);
        }
        write_params(w, cap);
        putc_unlocked('\n', w->out);
    }
    fputs("  }\n", w->out);
}

static bool same_content(const struct writer *w, uint32_t a, uint32_t b)
{
    struct capdl_caps x = capdl_object_caps(w->spec, a), y = capdl_object_caps(w->spec, b);
    if (x.count != y.count) {
        return false;
    }
    for (uint32_t i = 0; i < x.count; i++) {
        if (x.list[i].slot != y.list[i].slot || x.list[i].object != y.list[i].object ||
            !same_params(w, &x.list[i], &y.list[i])) {
            return false;
        }
    }
    return true;
}

/* How many containers from order[at] on are neighbours in one array with equal content. */
static uint32_t container_run(const struct writer *w, uint32_t at)
{
    uint32_t first = w->order[at];
    uint32_t run = 1;
    if (!w->folded || capdl_object_index(w->spec, first) == CAPDL_NO_INDEX) {
        return 1;
    }
    while (at + run < w->count && capdl_object_name(w->spec, w->order[at + run]) == capdl_object_name(w->spec, first) &&
           capdl_object_index(w->spec, w->order[at + run]) == capdl_object_index(w->spec, first) + run &&
           same_content(w, first, w->order[at + run])) {
        run++;
    }
    return run;
}

void capdl_write_caps(struct writer *w)
{
    uint32_t run;
    fputs("\ncaps {\n", w->out);
    for (uint32_t i = 0; i < w->count; i += run) {
        uint32_t container = w->order[i];
        run = 1;
        if (!capdl_object_caps(w->spec, container).count) {
            continue;
        }
        run = container_run(w, i);
        fputs("  ", w->out);
        if (run == 1) {
            capdl_write_object_name(w, w->order[i]);
        } else {
            fprintf(w->out, "%s[%" PRIu32 "..%" PRIu32 "]", capdl_object_name(w->spec, container),
                    capdl_object_index(w->spec, container), capdl_object_index(w->spec, container) + run - 1);
        }
        write_slots(w, container);
    }
    fputs("}\n", w->out);
}
