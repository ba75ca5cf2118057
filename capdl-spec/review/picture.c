/* SPDX-License-Identifier: BSD-2-Clause */
/* A system as boxes and lines, and of a change what changed. */
#include "picture.h"

#include <stdlib.h>
#include <string.h>

#include "comparison.h"

enum { MOST_LABELLED = 15, MOST_DRAWN = 60, MOST_SPAN = 8 };

/* ---- Order: how far from the hardware ---- */

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
        capdl_picture_draw(p, &p->sides[i]);
    }
    p->num_subjects = p->sides[0].r.num_subjects;
    capdl_picture_hide_supervision(p);
    find_depths(p);
    capdl_picture_show_focus(p);
    for (uint32_t i = 0; i < p->num_boxes; i++) {
        shown += p->boxes[i].kind == BOX_SUBJECT && !p->boxes[i].hidden;
    }
    p->labelled = shown <= MOST_LABELLED;
    if (!p->labelled && !options->unfolded) {
        capdl_picture_reduce(p, shown);
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

void capdl_picture_free(struct capdl_picture *p)
{
    for (uint32_t i = 0; i < p->num_boxes; i++) {
        free(p->boxes[i].name);
        free(p->boxes[i].uses);
        capdl_picture_texts_free(&p->boxes[i].texts);
    }
    for (uint32_t i = 0; i < p->num_lines; i++) {
        capdl_picture_texts_free(&p->lines[i].words);
    }
    for (unsigned i = 0; i < p->num_sides; i++) {
        free(p->sides[i].box_of);
        capdl_relations_free(&p->sides[i].r);
    }
    free(p->boxes);
    free(p->box_table);
    free(p->lines);
    free(p->table);
    free(p);
}
