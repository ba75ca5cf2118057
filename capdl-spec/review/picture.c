/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A system as boxes and lines: relations are merged to one line per pair and family; parts of the machine that the same
 * subjects use are one box; subjects that do the same with the same others can be one.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "picture.h"
#include "private.h"

enum { MOST_LABELLED = 15, MOST_WITH_HUBS = 30, MOST_DRAWN = 60, MOST_SPAN = 8, HUB = 6 };

/* ---- Boxes ---- */

static bool is_device(const struct capdl_party *party)
{
    return party->kind == CAPDL_PARTY_DEVICE;
}

static uint32_t box_find(const struct capdl_picture *p, enum box_kind kind, const char *name)
{
    for (uint32_t i = 0; i < p->num_boxes; i++) {
        if (p->boxes[i].kind == kind && strcmp(p->boxes[i].name, name) == 0) {
            return i;
        }
    }
    return REVIEW_NONE;
}

static uint32_t box_add(struct capdl_picture *p, enum box_kind kind, const char *name)
{
    p->boxes = capdl_spec_grow(p->boxes, &p->box_capacity, p->num_boxes + (size_t)1, sizeof(*p->boxes));
    p->boxes[p->num_boxes] =
        (struct box){.kind = kind, .name = capdl_review_format("%s", name), .fold = p->num_boxes, .depth = REVIEW_NONE};
    return p->num_boxes++;
}

/* A line of text in a box; of a change, whether it was and is there. */
static void box_say(struct box *box, unsigned when, const char *text)
{
    for (size_t i = 0; i < box->num_lines; i++) {
        if (strcmp(box->lines[i].text, text) == 0) {
            box->lines[i].when |= when;
            return;
        }
    }
    box->lines = capdl_spec_grow(box->lines, &box->capacity, box->num_lines + 1, sizeof(*box->lines));
    box->lines[box->num_lines++] = (struct box_line){capdl_review_format("%s", text), when};
}

static void box_say_owned(struct box *box, unsigned when, char *text)
{
    box_say(box, when, text);
    free(text);
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
            found = box_find(p, kind, party->name);
            found = found != REVIEW_NONE && p->boxes[found].when & side->when ? REVIEW_NONE : found;
        }
        box_of[i] = found != REVIEW_NONE ? found : box_add(p, kind, party->name);
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
        box_say_owned(&p->boxes[box], side->when,
                      capdl_review_format("prio %" PRIu64 " · %" PRIu64 " of %" PRIu64 " µs", prio, times->budget,
                                          times->period));
    } else {
        box_say_owned(&p->boxes[box], side->when, capdl_review_format("prio %" PRIu64, prio));
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

static uint64_t line_key(uint32_t a, uint32_t b, enum line_family family)
{
    return (uint64_t)a << 36 | (uint64_t)b << 4 | family;
}

static struct line *line_of(struct capdl_picture *p, uint32_t from, uint32_t to, enum line_family family)
{
    uint32_t a = from < to ? from : to, b = from < to ? to : from;
    uint64_t key = line_key(a, b, family), at = key * UINT64_C(0x9e3779b97f4a7c15) >> 32;

    if (2 * (p->num_lines + 1) > p->table_size) {
        p->table_size = p->table_size ? 2 * p->table_size : 256;
        p->table = capdl_spec_realloc(p->table, p->table_size * sizeof(*p->table));
        memset(p->table, 0xff, p->table_size * sizeof(*p->table));
        for (uint32_t i = 0; i < p->num_lines; i++) {
            const struct line *line = &p->lines[i];
            uint64_t place = line_key(line->a, line->b, line->family) * UINT64_C(0x9e3779b97f4a7c15) >> 32;
            while (p->table[place % p->table_size] != REVIEW_NONE) {
                place++;
            }
            p->table[place % p->table_size] = i;
        }
    }
    for (;; at++) {
        uint32_t *place = &p->table[at % p->table_size];

        if (*place == REVIEW_NONE) {
            p->lines = capdl_spec_grow(p->lines, &p->line_capacity, p->num_lines + (size_t)1, sizeof(*p->lines));
            p->lines[p->num_lines] = (struct line){.a = a, .b = b, .family = family};
            *place = p->num_lines++;
            return &p->lines[*place];
        }
        if (p->lines[*place].a == a && p->lines[*place].b == b && p->lines[*place].family == family) {
            return &p->lines[*place];
        }
    }
}

const struct line *capdl_picture_line(const struct capdl_picture *p, uint32_t a, uint32_t b, enum line_family family)
{
    uint64_t at = line_key(a, b, family) * UINT64_C(0x9e3779b97f4a7c15) >> 32;

    for (; p->table_size && p->table[at % p->table_size] != REVIEW_NONE; at++) {
        const struct line *line = &p->lines[p->table[at % p->table_size]];

        if (line->a == a && line->b == b && line->family == family) {
            return line;
        }
    }
    return NULL;
}

static void line_say(struct line *line, unsigned when, char *text)
{
    for (size_t i = 0; i < line->num_words; i++) {
        if (strcmp(line->words[i].text, text) == 0) {
            line->words[i].when |= when;
            free(text);
            return;
        }
    }
    line->words = capdl_spec_grow(line->words, &line->capacity, line->num_words + 1, sizeof(*line->words));
    line->words[line->num_words++] = (struct box_line){text, when};
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
    line = line_of(p, from, to, family);
    forth = line->a == from;
    line->flow |= (flow & CAPDL_FLOW_FORTH ? forth ? 1u : 2u : 0u) | (flow & CAPDL_FLOW_BACK ? forth ? 2u : 1u : 0u);
    line->when |= side->when;
    line_say(line, side->when, relation_words(side->spec, link));
}

/* What many do with many: a box for what they do it by, and a line from or to each. */
static void draw_groups(struct capdl_picture *p, const struct side_of *side, const struct capdl_relation *link)
{
    char *words = relation_words(side->spec, link);
    uint32_t box = box_find(p, BOX_SHARED, words), num_from, num_to;
    const uint32_t *from = capdl_relations_members(&side->r, &link->from, &num_from);
    const uint32_t *to = capdl_relations_members(&side->r, &link->to, &num_to);

    box = box == REVIEW_NONE ? box_add(p, BOX_SHARED, words) : box;
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

/* Memory that its users share is a line between them, not a device. */
static bool is_shared(const struct capdl_relations *r, const struct capdl_party *party)
{
    for (size_t i = 0; party->kind == CAPDL_PARTY_MEMORY && i < r->count; i++) {
        if (r->list[i].kind == CAPDL_RELATION_WRITE && r->list[i].object == party->object) {
            return true;
        }
    }
    return false;
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
        if (!is_shared(&side->r, party)) {
            box = box_find(p, BOX_MACHINE, key);
            box = box == REVIEW_NONE ? box_add(p, BOX_MACHINE, key) : box;
            p->boxes[box].when |= side->when;
            box_say_owned(&p->boxes[box], side->when, machine_words(side, party));
            for (size_t j = i; j < end; j++) {
                uint32_t user = side->box_of[list[j]->from];
                struct line *line = line_of(p, user, box, FAMILY_MACHINE);
                line->when |= side->when;
                line->flow = 0;
            }
        }
        free(key);
    }
    free(list);
}

static void describe_held(struct capdl_picture *p, const struct side_of *side)
{
    for (size_t i = 0; i < side->r.count; i++) {
        const struct capdl_relation *link = &side->r.list[i];
        const struct capdl_party *to = &side->r.parties[link->to];
        struct box *box = side->box_of[link->from] == REVIEW_NONE ? NULL : &p->boxes[side->box_of[link->from]];

        if (box && link->kind == CAPDL_RELATION_HOLD) {
            box_say_owned(box, side->when, capdl_review_format("holds %s", to->name));
        } else if (box && link->kind == CAPDL_RELATION_DOMAIN) {
            box_say_owned(box, side->when, capdl_review_format("domain %s", to->name));
        }
    }
}

static void draw_side(struct capdl_picture *p, struct side_of *side)
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

/* ---- What is left out ---- */

static void count_supervision(struct capdl_picture *p)
{
    uint32_t *controls = capdl_spec_realloc(NULL, (p->num_boxes + (size_t)1) * sizeof(*controls));
    uint32_t *faults = capdl_spec_realloc(NULL, (p->num_boxes + (size_t)1) * sizeof(*faults));

    memset(controls, 0, p->num_boxes * sizeof(*controls));
    memset(faults, 0, p->num_boxes * sizeof(*faults));
    for (uint32_t i = 0; i < p->num_lines; i++) {
        struct line *line = &p->lines[i];

        if (line->family != FAMILY_CONTROL && line->family != FAMILY_FAULT) {
            continue;
        }
        line->hidden = !p->options.all;
        if (line->family == FAMILY_CONTROL) {
            controls[line->a] += line->flow & 1;
            controls[line->b] += (line->flow & 2) != 0;
        } else {
            faults[line->b] += line->flow & 1;
            faults[line->a] += (line->flow & 2) != 0;
        }
    }
    for (uint32_t i = 0; !p->options.all && i < p->num_boxes; i++) {
        if (controls[i]) {
            box_say_owned(&p->boxes[i], p->boxes[i].when, capdl_review_format("controls %" PRIu32, controls[i]));
        }
        if (faults[i]) {
            box_say_owned(&p->boxes[i], p->boxes[i].when, capdl_review_format("handles faults of %" PRIu32, faults[i]));
        }
    }
    free(controls);
    free(faults);
}

/* Faults are sent by a capability to call with; that this is possible is no message of the system's design. */
static bool says(const struct line *line, const char *text)
{
    for (size_t i = 0; i < line->num_words; i++) {
        if (strcmp(line->words[i].text, text) == 0) {
            return true;
        }
    }
    return false;
}

static void hide_fault_messages(struct capdl_picture *p)
{
    for (uint32_t i = 0; i < p->num_lines && !p->options.all; i++) {
        struct line *line = &p->lines[i];
        const struct line *fault =
            line->family == FAMILY_MESSAGE ? capdl_picture_line(p, line->a, line->b, FAMILY_FAULT) : NULL;
        bool all = fault != NULL;

        for (size_t j = 0; all && j < line->num_words; j++) {
            all = says(fault, line->words[j].text);
        }
        line->hidden |= all;
    }
}

static bool is_to_hub(const struct line *line, enum line_family family)
{
    return line->family == family && !line->hidden && line->flow && (family == FAMILY_MEMORY || line->flow != (1 | 2));
}

/* Partners of each box by lines of a family; of messages, its clients. */
static uint32_t *count_partners(const struct capdl_picture *p, enum line_family family)
{
    uint32_t *partners = capdl_spec_realloc(NULL, (p->num_boxes + (size_t)1) * sizeof(*partners));

    memset(partners, 0, p->num_boxes * sizeof(*partners));
    for (uint32_t i = 0; i < p->num_lines; i++) {
        const struct line *line = &p->lines[i];

        if (is_to_hub(line, family)) {
            partners[line->a] += family == FAMILY_MEMORY || line->flow == 2;
            partners[line->b] += family == FAMILY_MEMORY || line->flow == 1;
        }
    }
    return partners;
}

static void use_add(struct box *box, uint32_t hub)
{
    for (size_t i = 0; i < box->num_uses; i++) {
        if (box->uses[i] == hub) {
            return;
        }
    }
    box->uses = capdl_spec_grow(box->uses, &box->use_capacity, box->num_uses + 1, sizeof(*box->uses));
    box->uses[box->num_uses++] = hub;
}

/* Above some size, who serves many is named in the boxes of those it serves: lines to it would cover the rest. */
static void hide_hubs(struct capdl_picture *p, enum line_family family)
{
    uint32_t *partners = count_partners(p, family);

    for (uint32_t i = 0; i < p->num_lines; i++) {
        struct line *line = &p->lines[i];
        bool to_b = family == FAMILY_MEMORY ? partners[line->b] > partners[line->a] : line->flow == 1;
        uint32_t hub = to_b ? line->b : line->a, client = to_b ? line->a : line->b;

        if (is_to_hub(line, family) && partners[hub] >= HUB && p->boxes[client].kind == BOX_SUBJECT &&
            (family == FAMILY_MESSAGE || partners[client] < HUB) && p->boxes[client].depth != 1) {
            line->hidden = true;
            use_add(&p->boxes[client], hub);
            p->boxes[hub].serves++;
        }
    }
    for (uint32_t i = 0; i < p->num_lines && family == FAMILY_MEMORY; i++) {
        struct line *line = &p->lines[i];
        const struct line *memory =
            line->family == FAMILY_SIGNAL ? capdl_picture_line(p, line->a, line->b, family) : NULL;
        line->hidden |= memory && memory->hidden;
    }
    free(partners);
}

/* "→ clock, fs, net" */
static void name_uses(struct capdl_picture *p)
{
    enum { IN_A_LINE = 3 };

    for (uint32_t i = 0; i < p->num_boxes; i++) {
        struct box *box = &p->boxes[i];

        for (size_t j = 0; j < box->num_uses; j += IN_A_LINE) {
            char *text = NULL;
            size_t size;
            FILE *out = open_memstream(&text, &size);

            for (size_t k = j; k < box->num_uses && k < j + IN_A_LINE; k++) {
                fprintf(out, "%s%s", k == j ? "→ " : ", ", p->boxes[box->uses[k]].name);
            }
            fclose(out);
            box_say_owned(box, box->when, text);
        }
    }
}

static void name_serving(struct capdl_picture *p)
{
    for (uint32_t i = 0; i < p->num_boxes; i++) {
        if (p->boxes[i].serves) {
            box_say_owned(&p->boxes[i], p->boxes[i].when, capdl_review_format("serves %" PRIu32, p->boxes[i].serves));
        }
    }
}

static void show_focus(struct capdl_picture *p)
{
    uint32_t focus = p->options.focus ? box_find(p, BOX_SUBJECT, p->options.focus) : REVIEW_NONE;

    if (!p->options.focus || focus == REVIEW_NONE) {
        return;
    }
    for (uint32_t i = 0; i < p->num_boxes; i++) {
        p->boxes[i].hidden = i != focus;
    }
    for (uint32_t i = 0; i < p->num_lines; i++) {
        struct line *line = &p->lines[i];

        if (line->a != focus && line->b != focus) {
            line->hidden = true;
        } else if (!line->hidden) {
            p->boxes[line->a].hidden = p->boxes[line->b].hidden = false;
        }
    }
}

/* ---- Of a change: what changed, and its neighbours ---- */

static bool is_box_changed(const struct box *box)
{
    bool changed = box->when != WHEN_BOTH;

    for (size_t i = 0; !changed && i < box->num_lines; i++) {
        changed = box->lines[i].when != WHEN_BOTH;
    }
    return changed;
}

static void show_changes(struct capdl_picture *p)
{
    enum { MOST_NEIGHBOURS = 24 }; /* of a hub, all would be the whole system again */
    bool *near = capdl_spec_realloc(NULL, p->num_boxes + (size_t)1), *next = capdl_spec_realloc(NULL, p->num_boxes + 1);
    uint32_t neighbours = 0;

    for (uint32_t i = 0; i < p->num_boxes; i++) {
        near[i] = is_box_changed(&p->boxes[i]);
        next[i] = false;
    }
    for (uint32_t i = 0; i < p->num_lines; i++) {
        if (!p->lines[i].hidden && capdl_picture_is_changed(&p->lines[i])) {
            near[p->lines[i].a] = near[p->lines[i].b] = true;
        }
    }
    for (uint32_t i = 0; i < p->num_lines; i++) {
        const struct line *line = &p->lines[i];
        uint32_t other = near[line->a] ? line->b : line->a;

        if (!line->hidden && near[line->a] != near[line->b] && !next[other]) {
            next[other] = true;
            neighbours++;
        }
    }
    for (uint32_t i = 0; i < p->num_boxes; i++) {
        struct box *box = &p->boxes[i];
        bool hide = !box->hidden && !near[i] && (!next[i] || neighbours > MOST_NEIGHBOURS);
        p->unchanged += hide && box->kind == BOX_SUBJECT;
        box->hidden |= hide;
    }
    for (uint32_t i = 0; i < p->num_lines; i++) {
        struct line *line = &p->lines[i];
        line->hidden |= p->boxes[line->a].hidden || p->boxes[line->b].hidden || (!near[line->a] && !near[line->b]);
    }
    free(near);
    free(next);
}

/* ---- Folding: subjects that do the same with the same others ---- */

struct signature {
    uint32_t box;
    char *text;
};

static int word_compare(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

    return a < b ? -1 : a > b;
}

static int signature_compare(const void *left, const void *right)
{
    const struct signature *a = left, *b = right;
    int order = strcmp(a->text, b->text);

    return order ? order : a->box < b->box ? -1 : a->box > b->box;
}

/* Lines by their boxes: those of box i begin at (*first)[i]. To be freed, both. */
static uint32_t *lines_by_box(const struct capdl_picture *p, size_t **first)
{
    size_t size = (p->num_boxes + (size_t)2) * sizeof(**first), *at = capdl_spec_realloc(NULL, size);
    uint32_t *list = capdl_spec_realloc(NULL, (2 * (size_t)p->num_lines + 1) * sizeof(*list));

    *first = capdl_spec_realloc(NULL, size);
    memset(*first, 0, size);
    for (uint32_t i = 0; i < p->num_lines; i++) {
        (*first)[p->lines[i].a + 1]++;
        (*first)[p->lines[i].b + 1]++;
    }
    for (uint32_t i = 0; i < p->num_boxes; i++) {
        (*first)[i + 1] += (*first)[i];
    }
    memcpy(at, *first, size);
    for (uint32_t i = 0; i < p->num_lines; i++) {
        list[at[p->lines[i].a]++] = i;
        list[at[p->lines[i].b]++] = i;
    }
    free(at);
    return list;
}

static char *signature_of(const struct capdl_picture *p, uint32_t box, const uint32_t *lines, size_t num_lines,
                          uint64_t *words)
{
    size_t count = 0, size;
    char *text = NULL;
    FILE *out = open_memstream(&text, &size);

    for (size_t i = 0; i < num_lines; i++) {
        const struct line *line = &p->lines[lines[i]];

        if (!line->hidden) {
            unsigned flow = line->a == box ? line->flow : (line->flow & 1) << 1 | line->flow >> 1;
            words[count++] = line_key(line->a == box ? line->b : line->a, flow, line->family);
        }
    }
    qsort(words, count, sizeof(*words), word_compare);
    for (size_t i = 0; i < p->boxes[box].num_lines; i++) {
        fprintf(out, "%s\n", p->boxes[box].lines[i].text);
    }
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "%" PRIx64 " ", words[i]);
    }
    fclose(out);
    return text;
}

static void fold(struct capdl_picture *p)
{
    enum { LEAST_FOLDED = 3 };
    struct signature *list = capdl_spec_realloc(NULL, (p->num_boxes + (size_t)1) * sizeof(*list));
    uint64_t *words = capdl_spec_realloc(NULL, (p->num_lines + (size_t)1) * sizeof(*words));
    size_t count = 0, *first;
    uint32_t *lines = lines_by_box(p, &first);

    for (uint32_t i = 0; i < p->num_boxes; i++) {
        if (p->boxes[i].kind == BOX_SUBJECT && !p->boxes[i].hidden && !p->boxes[i].serves) {
            list[count++] = (struct signature){i, signature_of(p, i, lines + first[i], first[i + 1] - first[i], words)};
        }
    }
    free(lines);
    free(first);
    qsort(list, count, sizeof(*list), signature_compare);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i; end < count && strcmp(list[end].text, list[i].text) == 0; end++) {
        }
        for (size_t j = i; end - i >= LEAST_FOLDED && j < end; j++) {
            p->boxes[list[j].box].fold = list[i].box;
            p->boxes[list[i].box].last = list[j].box;
            p->boxes[list[i].box].folded++;
            p->boxes[list[j].box].hidden = j > i;
        }
    }
    for (uint32_t i = 0; i < p->num_lines; i++) {
        p->lines[i].hidden |= p->boxes[p->lines[i].a].hidden || p->boxes[p->lines[i].b].hidden;
    }
    for (size_t i = 0; i < count; i++) {
        free(list[i].text);
    }
    free(list);
    free(words);
}

/* ---- Order: how far from the hardware ---- */

static void spread(struct capdl_picture *p, bool messages)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t i = 0; i < p->num_lines; i++) {
            const struct line *line = &p->lines[i];
            struct box *a = &p->boxes[line->a], *b = &p->boxes[line->b];

            if (line->hidden || (line->family == FAMILY_MESSAGE) != messages || line->family == FAMILY_MACHINE) {
                continue;
            }
            if (a->depth != REVIEW_NONE && (b->depth == REVIEW_NONE || b->depth > a->depth + 1)) {
                b->depth = a->depth + 1;
                changed = true;
            } else if (b->depth != REVIEW_NONE && (a->depth == REVIEW_NONE || a->depth > b->depth + 1)) {
                a->depth = b->depth + 1;
                changed = true;
            }
        }
    }
}

static void find_depths(struct capdl_picture *p)
{
    for (uint32_t i = 0; i < p->num_lines; i++) {
        if (p->lines[i].family == FAMILY_MACHINE || p->lines[i].family == FAMILY_DMA) {
            uint32_t a = p->lines[i].a, b = p->lines[i].b;
            p->boxes[a].depth = p->boxes[a].kind == BOX_SUBJECT ? 1 : 0;
            p->boxes[b].depth = p->boxes[b].kind == BOX_SUBJECT ? 1 : 0;
        }
    }
    spread(p, false);
    spread(p, true);
}

/* The longest of the shortest ways from the first box, in lines that are drawn. */
static uint32_t find_span(const struct capdl_picture *p)
{
    uint32_t *far = capdl_spec_realloc(NULL, (p->num_boxes + (size_t)1) * sizeof(*far)), span = 0;
    bool changed = p->num_boxes > 0;

    memset(far, 0xff, p->num_boxes * sizeof(*far));
    far[0] = 0;
    for (uint32_t round = 0; changed && round < p->num_boxes; round++) {
        changed = false;
        for (uint32_t i = 0; i < p->num_lines; i++) {
            const struct line *line = &p->lines[i];
            uint32_t *a = &far[line->a], *b = &far[line->b];

            if (!line->hidden && *a == round && *b == REVIEW_NONE) {
                *b = span = round + 1;
                changed = true;
            } else if (!line->hidden && *b == round && *a == REVIEW_NONE) {
                *a = span = round + 1;
                changed = true;
            }
        }
    }
    free(far);
    return span;
}

struct capdl_picture *capdl_picture_make(const struct capdl_spec *spec, const struct capdl_spec *old,
                                         const struct capdl_picture_options *options)
{
    struct capdl_picture *p = capdl_spec_realloc(NULL, sizeof(*p));
    uint32_t shown = 0;

    *p = (struct capdl_picture){.options = *options, .num_sides = old ? 2 : 1};
    p->sides[0] = (struct side_of){.spec = spec, .when = WHEN_NEW};
    p->sides[1] = (struct side_of){.spec = old, .when = WHEN_OLD};
    for (unsigned i = 0; i < p->num_sides; i++) {
        capdl_relations_find(p->sides[i].spec, &p->sides[i].r);
        draw_side(p, &p->sides[i]);
    }
    p->num_subjects = p->sides[0].r.num_subjects;
    hide_fault_messages(p);
    count_supervision(p);
    find_depths(p);
    show_focus(p);
    for (uint32_t i = 0; i < p->num_boxes; i++) {
        shown += p->boxes[i].kind == BOX_SUBJECT && !p->boxes[i].hidden;
    }
    p->labelled = shown <= MOST_LABELLED;
    if (options->unfolded) {
        /* as it is */
    } else if (!p->labelled && old && !options->focus) {
        show_changes(p);
    } else if (!p->labelled && !old && options->focus) {
        fold(p);
    } else if (!p->labelled && !old) {
        hide_hubs(p, FAMILY_MESSAGE);
        if (shown > MOST_WITH_HUBS) {
            hide_hubs(p, FAMILY_MEMORY);
        }
        name_uses(p);
        fold(p);
        name_serving(p);
    }
    for (uint32_t i = 0; i < p->num_boxes; i++) {
        p->num_shown += p->boxes[i].kind == BOX_SUBJECT && !p->boxes[i].hidden;
    }
    p->is_long = !p->labelled && find_span(p) > MOST_SPAN;
    return p;
}

bool capdl_picture_is_large(const struct capdl_picture *p)
{
    return p->num_shown > MOST_DRAWN;
}

static void lines_free(struct box_line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(lines[i].text);
    }
    free(lines);
}

void capdl_picture_free(struct capdl_picture *p)
{
    for (uint32_t i = 0; i < p->num_boxes; i++) {
        free(p->boxes[i].name);
        free(p->boxes[i].uses);
        lines_free(p->boxes[i].lines, p->boxes[i].num_lines);
    }
    for (uint32_t i = 0; i < p->num_lines; i++) {
        lines_free(p->lines[i].words, p->lines[i].num_words);
    }
    for (unsigned i = 0; i < p->num_sides; i++) {
        free(p->sides[i].box_of);
        capdl_relations_free(&p->sides[i].r);
    }
    free(p->boxes);
    free(p->lines);
    free(p->table);
    free(p);
}
