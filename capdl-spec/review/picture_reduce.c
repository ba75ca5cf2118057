/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes a picture smaller: what is left out of it, and subjects that do the same with the same others are one. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lists.h"
#include "picture.h"
#include "words.h"

enum { MOST_WITH_HUBS = 30, HUB = 6 };

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
            capdl_picture_box_say(&p->boxes[i], p->boxes[i].when,
                                  capdl_review_format("controls %" PRIu32, controls[i]));
        }
        if (faults[i]) {
            capdl_picture_box_say(&p->boxes[i], p->boxes[i].when,
                                  capdl_review_format("handles faults of %" PRIu32, faults[i]));
        }
    }
    free(controls);
    free(faults);
}

/* Faults are sent by a capability to call with; that this is possible is no message of the system's design. */
static void hide_fault_messages(struct capdl_picture *p)
{
    for (uint32_t i = 0; i < p->num_lines && !p->options.all; i++) {
        struct line *line = &p->lines[i];
        const struct line *fault =
            line->family == FAMILY_MESSAGE ? capdl_picture_line(p, line->a, line->b, FAMILY_FAULT) : NULL;
        bool all = fault != NULL;
        for (size_t j = 0; all && j < line->words.count; j++) {
            all = capdl_picture_line_says(fault, line->words.list[j].text);
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
            capdl_picture_box_say(box, box->when, text);
        }
    }
}

static void name_serving(struct capdl_picture *p)
{
    for (uint32_t i = 0; i < p->num_boxes; i++) {
        if (p->boxes[i].serves) {
            capdl_picture_box_say(&p->boxes[i], p->boxes[i].when,
                                  capdl_review_format("serves %" PRIu32, p->boxes[i].serves));
        }
    }
}

void capdl_picture_show_focus(struct capdl_picture *p)
{
    uint32_t focus = p->options.focus ? capdl_picture_box(p, BOX_SUBJECT, p->options.focus) : REVIEW_NONE;
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
    for (size_t i = 0; !changed && i < box->texts.count; i++) {
        changed = box->texts.list[i].when != WHEN_BOTH;
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
            words[count++] = capdl_picture_line_key(line->a == box ? line->b : line->a, flow, line->family);
        }
    }
    capdl_review_sort_words(words, count);
    for (size_t i = 0; i < p->boxes[box].texts.count; i++) {
        fprintf(out, "%s\n", p->boxes[box].texts.list[i].text);
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

void capdl_picture_hide_supervision(struct capdl_picture *p)
{
    hide_fault_messages(p);
    count_supervision(p);
}

void capdl_picture_reduce(struct capdl_picture *p, uint32_t shown)
{
    bool change = p->num_sides > 1, focus = p->options.focus;
    if (change) {
        if (!focus) {
            show_changes(p);
        }
    } else if (focus) {
        fold(p);
    } else {
        hide_hubs(p, FAMILY_MESSAGE);
        if (shown > MOST_WITH_HUBS) {
            hide_hubs(p, FAMILY_MEMORY);
        }
        name_uses(p);
        fold(p);
        name_serving(p);
    }
}
