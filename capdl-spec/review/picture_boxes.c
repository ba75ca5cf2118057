/* SPDX-License-Identifier: BSD-2-Clause */
/* The boxes and lines of a picture, and the words in them. */
#include <stdlib.h>
#include <string.h>

#include "picture.h"
#include "private.h"

uint32_t capdl_picture_box(const struct capdl_picture *p, enum box_kind kind, const char *name)
{
    for (uint32_t i = 0; i < p->num_boxes; i++) {
        if (p->boxes[i].kind == kind && strcmp(p->boxes[i].name, name) == 0) {
            return i;
        }
    }
    return REVIEW_NONE;
}

uint32_t capdl_picture_box_add(struct capdl_picture *p, enum box_kind kind, const char *name)
{
    p->boxes = capdl_spec_grow(p->boxes, &p->box_capacity, p->num_boxes + (size_t)1, sizeof(*p->boxes));
    p->boxes[p->num_boxes] =
        (struct box){.kind = kind, .name = capdl_review_format("%s", name), .fold = p->num_boxes, .depth = REVIEW_NONE};
    return p->num_boxes++;
}

static void say(struct box_line **list, size_t *count, size_t *capacity, unsigned when, char *text)
{
    for (size_t i = 0; i < *count; i++) {
        if (strcmp((*list)[i].text, text) == 0) {
            (*list)[i].when |= when;
            free(text);
            return;
        }
    }
    *list = capdl_spec_grow(*list, capacity, *count + 1, sizeof(**list));
    (*list)[(*count)++] = (struct box_line){text, when};
}

void capdl_picture_box_say(struct box *box, unsigned when, char *text)
{
    say(&box->lines, &box->num_lines, &box->capacity, when, text);
}

uint64_t capdl_picture_line_key(uint32_t a, uint32_t b, enum line_family family)
{
    return (uint64_t)a << 36 | (uint64_t)b << 4 | family;
}

struct line *capdl_picture_line_add(struct capdl_picture *p, uint32_t from, uint32_t to, enum line_family family)
{
    uint32_t a = from < to ? from : to, b = from < to ? to : from;
    uint64_t key = capdl_picture_line_key(a, b, family), at = key * UINT64_C(0x9e3779b97f4a7c15) >> 32;

    if (2 * (p->num_lines + 1) > p->table_size) {
        p->table_size = p->table_size ? 2 * p->table_size : 256;
        p->table = capdl_spec_realloc(p->table, p->table_size * sizeof(*p->table));
        memset(p->table, 0xff, p->table_size * sizeof(*p->table));
        for (uint32_t i = 0; i < p->num_lines; i++) {
            const struct line *line = &p->lines[i];
            uint64_t place =
                capdl_picture_line_key(line->a, line->b, line->family) * UINT64_C(0x9e3779b97f4a7c15) >> 32;
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
    uint64_t at = capdl_picture_line_key(a, b, family) * UINT64_C(0x9e3779b97f4a7c15) >> 32;

    for (; p->table_size && p->table[at % p->table_size] != REVIEW_NONE; at++) {
        const struct line *line = &p->lines[p->table[at % p->table_size]];

        if (line->a == a && line->b == b && line->family == family) {
            return line;
        }
    }
    return NULL;
}

void capdl_picture_line_say(struct line *line, unsigned when, char *text)
{
    say(&line->words, &line->num_words, &line->capacity, when, text);
}
