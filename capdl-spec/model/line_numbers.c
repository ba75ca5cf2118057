/* SPDX-License-Identifier: BSD-2-Clause */
/* Converting positions that are offsets into lines and columns, in one pass over each text. */
#include <stdlib.h>
#include <string.h>

#include "model.h"

enum { LAST_COLUMN = CAPDL_POS_OFFSET - 1 };

/* A position in a text: its line, and the name of that line. */
struct text_cursor {
    const struct capdl_source *source;
    size_t line_start; /* offset */
    size_t marker;     /* the next one */
    uint32_t line;
    uint16_t file;
};

/* Advances to the line of an offset. */
static void advance(struct text_cursor *at, size_t offset)
{
    const struct capdl_source *source = at->source;
    const char *end;
    while (at->marker < source->num_markers && source->markers[at->marker].offset <= offset) {
        const struct capdl_marker *marker = &source->markers[at->marker++];
        at->line_start = marker->offset;
        at->line = marker->line;
        at->file = marker->file;
    }
    while ((end = memchr(source->text + at->line_start, '\n', offset - at->line_start))) {
        at->line_start = (size_t)(end - source->text) + 1;
        at->line++;
    }
}

static uint16_t column_of(const struct text_cursor *at, size_t offset)
{
    const char *text = at->source->text;
    size_t start = at->line_start, column = 1;
    if (start == 0 && at->source->size >= 3 && !memcmp(text, "\xef\xbb\xbf", 3)) {
        start = 3;
    }
    for (size_t i = start; i < offset && column < LAST_COLUMN; i++) {
        column += ((unsigned char)text[i] & 0xc0) != 0x80;
    }
    return (uint16_t)column;
}

static int pos_compare(const void *left, const void *right)
{
    const struct capdl_pos *a = *(struct capdl_pos *const *)left, *b = *(struct capdl_pos *const *)right;
    if (a->file != b->file) {
        return a->file < b->file ? -1 : 1;
    }
    return a->line < b->line ? -1 : a->line > b->line;
}

static void locate(const struct capdl_diags *diags, struct capdl_pos **list, size_t count)
{
    struct text_cursor at = {.source = NULL};
    for (size_t i = 0; i < count; i++) {
        uint16_t file = list[i]->file;
        size_t offset = list[i]->line - 1;
        if (at.source != diags->files[file]) {
            at = (struct text_cursor){.source = diags->files[file], .line = 1, .file = file};
        }
        advance(&at, offset);
        *list[i] = (struct capdl_pos){.line = at.line, .column = column_of(&at, offset), .file = at.file};
    }
}

void capdl_diags_locate(struct capdl_diags *diags)
{
    struct capdl_pos **list = capdl_spec_realloc(NULL, diags->count * sizeof(*list));
    size_t count = 0;
    for (size_t i = 0; i < diags->count; i++) {
        if (diags->list[i].pos.column == CAPDL_POS_OFFSET) {
            list[count++] = &diags->list[i].pos;
        }
    }
    qsort(list, count, sizeof(*list), pos_compare);
    locate(diags, list, count);
    free(list);
}
