/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Relations as boxes and lines: one line per pair and family; parts of the machine that the same subjects use are one
 * box.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "normal_form.h"
#include "picture.h"
#include "words.h"

static bool is_device(const struct capdl_party *party)
{
    return party->kind == CAPDL_PARTY_DEVICE;
}

/* Subjects by name: of a change, a box stands for the subject before and after. Twins of one system stay apart. */
static uint32_t *make_subjects(struct capdl_picture *p, const struct side_of *side)
{
    uint32_t *box_of = capdl_spec_realloc(NULL, (side->r.num_parties + (size_t)1) * sizeof(*box_of));
    for (uint32_t i = 0; i < side->r.num_parties; i++) {
        const struct capdl_party *party = &side->r.parties[i];
        enum box_kind kind = is_device(party) ? BOX_DEVICE : BOX_SUBJECT;
        uint32_t found = REVIEW_NONE;
        box_of[i] = REVIEW_NONE;
        if (party->kind != CAPDL_PARTY_SUBJECT && !is_device(party)) {
            continue;
        }
        if (p->num_sides > 1 && side != &p->sides[0]) {
            found = capdl_picture_box(p, kind, party->name);
            found = found != REVIEW_NONE && p->boxes[found].when & side->when ? REVIEW_NONE : found;
        }
        box_of[i] = found != REVIEW_NONE ? found : capdl_picture_box_add(p, kind, party->name);
        p->boxes[box_of[i]].when |= side->when;
    }
    return box_of;
}

static void describe_subject(struct capdl_picture *p, const struct side_of *side, uint32_t party, uint32_t box)
{
    uint32_t tcb = side->r.parties[party].object;
    uint32_t sc = capdl_review_target(side->spec, tcb, CAPDL_TCB_SLOT_SC);
    const struct capdl_sc *times = sc == REVIEW_NONE ? NULL : capdl_object_sc(side->spec, sc);
    uint64_t prio = capdl_tcb_values(side->spec, tcb)->prio;
    if (times && times->has_times && times->budget != times->period) {
        capdl_picture_box_say(&p->boxes[box], side->when,
                              capdl_review_format("prio %" PRIu64 " · %" PRIu64 " of %" PRIu64 " µs", prio,
                                                  times->budget, times->period));
    } else {
        capdl_picture_box_say(&p->boxes[box], side->when, capdl_review_format("prio %" PRIu64, prio));
    }
}

/* ---- Lines ---- */

static enum line_family family_of(enum capdl_relation_kind kind)
{
    switch (kind) {
    case CAPDL_RELATION_CALL:
    case CAPDL_RELATION_SEND:
    case CAPDL_RELATION_TRANSFER:
        return FAMILY_MESSAGE;
    case CAPDL_RELATION_NOTIFY:
        return FAMILY_SIGNAL;
    case CAPDL_RELATION_WRITE:
        return FAMILY_MEMORY;
    case CAPDL_RELATION_DMA:
    case CAPDL_RELATION_DMA_READ:
        return FAMILY_DMA;
    case CAPDL_RELATION_CONTROL:
        return FAMILY_CONTROL;
    case CAPDL_RELATION_FAULT:
        return FAMILY_FAULT;
    case CAPDL_RELATION_DRIVE:
    case CAPDL_RELATION_WATCH:
    case CAPDL_RELATION_INTERRUPT:
    case CAPDL_RELATION_PORT:
    case CAPDL_RELATION_SMC:
        return FAMILY_MACHINE;
    case CAPDL_RELATION_HOLD:
    case CAPDL_RELATION_DOMAIN:
    case CAPDL_RELATION_PRIORITY:
    case CAPDL_RELATION_COUNT:
        break;
    }
    return FAMILY_NONE;
}

/* "rx_queue 8 KiB", "time": what connects them. */
static char *relation_words(const struct capdl_spec *spec, const struct capdl_relation *link)
{
    char size[32], label[REVIEW_LABEL];
    bool array =
        link->bytes && link->object != CAPDL_NO_OBJECT && capdl_object_index(spec, link->object) != CAPDL_NO_INDEX;
    if (link->object == CAPDL_NO_OBJECT) {
        return capdl_review_format("%s", capdl_relation_word(link->kind));
    }
    if (array) {
        snprintf(label, sizeof(label), "%s", capdl_object_name(spec, link->object));
    } else {
        capdl_object_label(spec, link->object, label, sizeof(label));
    }
    return link->bytes ? capdl_review_format("%s %s", label, capdl_review_size(link->bytes, size))
                       : capdl_review_format("%s", label);
}

static void draw_relation(struct capdl_picture *p, const struct side_of *side, const struct capdl_relation *link,
                          uint32_t from, uint32_t to)
{
    enum line_family family = family_of(link->kind);
    enum capdl_relation_flow flow = capdl_relation_flow(link->kind);
    struct line *line;
    bool forth;
    /* Messages, faults and control are drawn in the direction in which they go; answers go back by the same line. */
    if (family == FAMILY_MESSAGE || family == FAMILY_FAULT || family == FAMILY_CONTROL) {
        flow = CAPDL_FLOW_FORTH;
    }
    line = capdl_picture_line_add(p, from, to, family);
    forth = line->a == from;
    line->flow |= (flow & CAPDL_FLOW_FORTH ? forth ? 1u : 2u : 0u) | (flow & CAPDL_FLOW_BACK ? forth ? 2u : 1u : 0u);
    line->when |= side->when;
    capdl_picture_line_say(line, side->when, relation_words(side->spec, link));
}

/* What many do with many: a box for what they do it by, and a line from or to each. */
static void draw_groups(struct capdl_picture *p, const struct side_of *side, const struct capdl_relation *link)
{
    char *words = relation_words(side->spec, link);
    uint32_t box = capdl_picture_box(p, BOX_SHARED, words), num_from, num_to;
    const uint32_t *from = capdl_relations_members(&side->r, &link->from, &num_from);
    const uint32_t *to = capdl_relations_members(&side->r, &link->to, &num_to);
    box = box == REVIEW_NONE ? capdl_picture_box_add(p, BOX_SHARED, words) : box;
    p->boxes[box].when |= side->when;
    for (uint32_t i = 0; i < num_from; i++) {
        draw_relation(p, side, link, side->box_of[from[i]], box);
    }
    for (uint32_t i = 0; i < num_to; i++) {
        draw_relation(p, side, link, box, side->box_of[to[i]]);
    }
    free(words);
}

/* ---- The machine ---- */

static char *machine_words(const struct side_of *side, const struct capdl_party *party)
{
    char size[32], name[REVIEW_LABEL] = "";
    if (party->kind == CAPDL_PARTY_MEMORY) {
        if (party->object != CAPDL_NO_OBJECT && capdl_object_index(side->spec, party->object) == CAPDL_NO_INDEX) {
            capdl_object_label(side->spec, party->object, name, sizeof(name));
        } else if (party->object != CAPDL_NO_OBJECT) {
            snprintf(name, sizeof(name), "%s", capdl_object_name(side->spec, party->object));
        }
        return capdl_review_format("%s 0x%" PRIx64 " · %s", name, party->first,
                                   capdl_review_size(party->last - party->first + 1, size));
    }
    if (party->kind == CAPDL_PARTY_INTERRUPT) {
        return capdl_review_format("IRQ %s", party->name);
    }
    return capdl_review_format("%s %s", party->kind == CAPDL_PARTY_PORTS ? "ports" : "SMC", party->name);
}

/* By object, whether it is memory that its users share: that is a line between them, not a device. */
static bool *find_shared(const struct side_of *side)
{
    bool *shared = capdl_spec_realloc(NULL, side->spec->num_objects + (size_t)1);
    memset(shared, 0, side->spec->num_objects);
    for (size_t i = 0; i < side->r.count; i++) {
        const struct capdl_relation *link = &side->r.list[i];
        if (link->kind == CAPDL_RELATION_WRITE && link->object != CAPDL_NO_OBJECT) {
            shared[link->object] = true;
        }
    }
    return shared;
}

static int by_to_compare(const void *left, const void *right)
{
    const struct capdl_relation *const *a = left, *const *b = right;
    if ((*a)->to != (*b)->to) {
        return (*a)->to < (*b)->to ? -1 : 1;
    }
    return (*a)->from < (*b)->from ? -1 : (*a)->from > (*b)->from;
}

/* What the same subjects use is one box, named after them. */
static void draw_machine(struct capdl_picture *p, const struct side_of *side)
{
    const struct capdl_relation **list = capdl_spec_realloc(NULL, (side->r.count + 1) * sizeof(const void *));
    bool *shared = find_shared(side);
    size_t count = 0;
    for (size_t i = 0; i < side->r.count; i++) {
        if (family_of(side->r.list[i].kind) == FAMILY_MACHINE) {
            list[count++] = &side->r.list[i];
        }
    }
    qsort(list, count, sizeof(*list), by_to_compare);
    for (size_t i = 0, end; i < count; i = end) {
        const struct capdl_party *party = &side->r.parties[list[i]->to];
        char *key = NULL;
        size_t size;
        FILE *out = open_memstream(&key, &size);
        uint32_t box;
        for (end = i; end < count && list[end]->to == list[i]->to; end++) {
            if (end == i || list[end]->from != list[end - 1]->from) {
                fprintf(out, "%" PRIu32 " ", side->box_of[list[end]->from]);
            }
        }
        fclose(out);
        if (party->kind != CAPDL_PARTY_MEMORY || party->object == CAPDL_NO_OBJECT || !shared[party->object]) {
            box = capdl_picture_box(p, BOX_MACHINE, key);
            box = box == REVIEW_NONE ? capdl_picture_box_add(p, BOX_MACHINE, key) : box;
            p->boxes[box].when |= side->when;
            capdl_picture_box_say(&p->boxes[box], side->when, machine_words(side, party));
            for (size_t j = i; j < end; j++) {
                uint32_t user = side->box_of[list[j]->from];
                struct line *line = capdl_picture_line_add(p, user, box, FAMILY_MACHINE);
                line->when |= side->when;
                line->flow = 0;
            }
        }
        free(key);
    }
    free(shared);
    free(list);
}

static void describe_held(struct capdl_picture *p, const struct side_of *side)
{
    for (size_t i = 0; i < side->r.count; i++) {
        const struct capdl_relation *link = &side->r.list[i];
        const struct capdl_party *to = &side->r.parties[link->to];
        struct box *box = side->box_of[link->from] == REVIEW_NONE ? NULL : &p->boxes[side->box_of[link->from]];
        if (box && link->kind == CAPDL_RELATION_HOLD) {
            capdl_picture_box_say(box, side->when, capdl_review_format("holds %s", to->name));
        } else if (box && link->kind == CAPDL_RELATION_DOMAIN) {
            capdl_picture_box_say(box, side->when, capdl_review_format("domain %s", to->name));
        }
    }
}

void capdl_picture_draw(struct capdl_picture *p, struct side_of *side)
{
    side->box_of = make_subjects(p, side);
    for (uint32_t i = 0; i < side->r.num_subjects; i++) {
        describe_subject(p, side, i, side->box_of[i]);
    }
    describe_held(p, side);
    for (size_t i = 0; i < side->r.count; i++) {
        const struct capdl_relation *link = &side->r.list[i];
        enum line_family family = family_of(link->kind);
        uint32_t from = side->box_of[link->from], to = side->box_of[link->to];
        if (family != FAMILY_NONE && side->r.parties[link->from].kind == CAPDL_PARTY_GROUP) {
            draw_groups(p, side, link);
        } else if (family != FAMILY_NONE && family != FAMILY_MACHINE && from != REVIEW_NONE && to != REVIEW_NONE) {
            draw_relation(p, side, link, from, to);
        }
    }
    draw_machine(p, side);
}
