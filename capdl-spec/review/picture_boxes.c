/* SPDX-License-Identifier: BSD-2-Clause */
/* The boxes and lines of a picture, and the words in them. */
#include <stdlib.h>
#include <string.h>

#include "picture.h"
#include "words.h"

enum { MANY = 16, LEAST_TABLE = 64 };

/* An empty table, twice as large. */
static uint32_t *table_larger(uint32_t *table, size_t *size)
{
    *size = *size ? 2 * *size : LEAST_TABLE;
    table = capdl_spec_realloc(table, *size * sizeof(*table));
    memset(table, 0xff, *size * sizeof(*table));
    return table;
}

/* ---- Boxes by name ---- */

/* Where the table has the number of a box, or room for it. */
static uint32_t *box_place(const struct capdl_picture *p, enum box_kind kind, const char *name)
{
    for (uint64_t at = capdl_review_hash(REVIEW_HASH, name) + kind;; at++) {
        uint32_t *place = &p->box_table[at % p->box_table_size];
        if (*place == REVIEW_NONE || (p->boxes[*place].kind == kind && strcmp(p->boxes[*place].name, name) == 0)) {
            return place;
        }
    }
}

static void box_note(struct capdl_picture *p, uint32_t box)
{
    uint32_t *place = box_place(p, p->boxes[box].kind, p->boxes[box].name);
    *place = *place == REVIEW_NONE ? box : *place;
}

uint32_t capdl_picture_box(const struct capdl_picture *p, enum box_kind kind, const char *name)
{
    return p->num_boxes ? *box_place(p, kind, name) : REVIEW_NONE;
}

uint32_t capdl_picture_box_add(struct capdl_picture *p, enum box_kind kind, const char *name)
{
    p->boxes = capdl_spec_grow(p->boxes, &p->box_capacity, p->num_boxes + (size_t)1, sizeof(*p->boxes));
    p->boxes[p->num_boxes] =
        (struct box){.kind = kind, .name = capdl_review_format("%s", name), .fold = p->num_boxes, .depth = REVIEW_NONE};
    if (2 * (p->num_boxes + (size_t)1) > p->box_table_size) {
        p->box_table = table_larger(p->box_table, &p->box_table_size);
        for (uint32_t i = 0; i < p->num_boxes; i++) {
            box_note(p, i);
        }
    }
    box_note(p, p->num_boxes);
    return p->num_boxes++;
}

/* ---- Texts ---- */

static uint32_t *text_place(const struct texts *texts, const char *text)
{
    for (uint64_t at = capdl_review_hash(REVIEW_HASH, text);; at++) {
        uint32_t *place = &texts->table[at % texts->table_size];
        if (*place == REVIEW_NONE || strcmp(texts->list[*place].text, text) == 0) {
            return place;
        }
    }
}

/* The number of a text, or REVIEW_NONE. */
static uint32_t text_find(const struct texts *texts, const char *text)
{
    if (texts->table) {
        return *text_place(texts, text);
    }
    for (size_t i = 0; i < texts->count; i++) {
        if (strcmp(texts->list[i].text, text) == 0) {
            return (uint32_t)i;
        }
    }
    return REVIEW_NONE;
}

static void say(struct texts *texts, unsigned when, char *text)
{
    uint32_t found = text_find(texts, text);
    if (found != REVIEW_NONE) {
        texts->list[found].when |= when;
        free(text);
        return;
    }
    texts->list = capdl_spec_grow(texts->list, &texts->capacity, texts->count + 1, sizeof(*texts->list));
    texts->list[texts->count++] = (struct said){text, when};
    if (texts->count > MANY && 2 * texts->count > texts->table_size) {
        texts->table = table_larger(texts->table, &texts->table_size);
        for (size_t i = 0; i < texts->count; i++) {
            *text_place(texts, texts->list[i].text) = (uint32_t)i;
        }
    } else if (texts->table) {
        *text_place(texts, text) = (uint32_t)(texts->count - 1);
    }
}

void capdl_picture_texts_free(struct texts *texts)
{
    for (size_t i = 0; i < texts->count; i++) {
        free(texts->list[i].text);
    }
    free(texts->list);
    free(texts->table);
}

void capdl_picture_box_say(struct box *box, unsigned when, char *text)
{
    say(&box->texts, when, text);
}

/* ---- Lines ---- */

uint64_t capdl_picture_line_key(uint32_t a, uint32_t b, enum line_family family)
{
    return (uint64_t)a << 36 | (uint64_t)b << 4 | family;
}

struct line *capdl_picture_line_add(struct capdl_picture *p, uint32_t from, uint32_t to, enum line_family family)
{
    uint32_t a = from < to ? from : to, b = from < to ? to : from;
    uint64_t key = capdl_picture_line_key(a, b, family), at = key * UINT64_C(0x9e3779b97f4a7c15) >> 32;
    if (2 * (p->num_lines + 1) > p->table_size) {
        p->table = table_larger(p->table, &p->table_size);
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
    say(&line->words, when, text);
}

bool capdl_picture_line_says(const struct line *line, const char *text)
{
    return text_find(&line->words, text) != REVIEW_NONE;
}
