/* SPDX-License-Identifier: BSD-2-Clause */
/* A picture as a table of who may do what with whom, in SVG: a row acts on a column. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "picture.h"
#include "words.h"

enum { CELL = 18, NAMES = 190, MOST_ROWS = 400 };

static const char letters[] = {[FAMILY_MEMORY] = 'M', [FAMILY_SIGNAL] = 'N',  [FAMILY_MESSAGE] = 'C',
                               [FAMILY_DMA] = 'D',    [FAMILY_CONTROL] = 'T', [FAMILY_FAULT] = 'F'};
static const char *const fills[] = {
    [FAMILY_MEMORY] = "#fde68a", [FAMILY_SIGNAL] = "#99f6e4",  [FAMILY_MESSAGE] = "#bfdbfe",
    [FAMILY_DMA] = "#ddd6fe",    [FAMILY_CONTROL] = "#fecaca", [FAMILY_FAULT] = "#e2e8f0"};

struct row {
    uint32_t box, depth;
};

static int row_compare(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    if (a->depth != b->depth) {
        return a->depth < b->depth ? -1 : 1;
    }
    return a->box < b->box ? -1 : a->box > b->box;
}

struct cell {
    uint32_t row, column, family;
};

static int cell_compare(const void *left, const void *right)
{
    const struct cell *a = left, *b = right;
    if (a->row != b->row) {
        return a->row < b->row ? -1 : 1;
    }
    if (a->column != b->column) {
        return a->column < b->column ? -1 : 1;
    }
    return a->family < b->family ? -1 : a->family > b->family;
}

static void write_names(const struct capdl_picture *p, FILE *out, const struct row *rows, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = NAMES + i * CELL;
        char *name = capdl_review_format("%.24s", p->boxes[rows[i].box].name);
        fprintf(out, "<text x=\"%d\" y=\"%" PRIu32 "\" text-anchor=\"end\">", NAMES - 6, at + 13);
        capdl_picture_escape(out, name);
        fprintf(out, "</text>\n<text transform=\"translate(%" PRIu32 ",%d) rotate(-60)\">", at + 13, NAMES - 6);
        capdl_picture_escape(out, name);
        fputs("</text>\n", out);
        free(name);
    }
}

static struct cell *make_cells(const struct capdl_picture *p, const uint32_t *place, size_t *count)
{
    struct cell *cells = capdl_spec_realloc(NULL, (2 * (size_t)p->num_lines + 1) * sizeof(*cells));
    *count = 0;
    for (uint32_t i = 0; i < p->num_lines; i++) {
        const struct line *line = &p->lines[i];
        if (line->family == FAMILY_MACHINE || place[line->a] == REVIEW_NONE || place[line->b] == REVIEW_NONE) {
            continue;
        }
        if (line->flow & 1) {
            cells[(*count)++] = (struct cell){place[line->a], place[line->b], line->family};
        }
        if (line->flow & 2) {
            cells[(*count)++] = (struct cell){place[line->b], place[line->a], line->family};
        }
    }
    qsort(cells, *count, sizeof(*cells), cell_compare);
    return cells;
}

static void write_cells(const struct capdl_picture *p, FILE *out, const struct row *rows, const struct cell *cells,
                        size_t count)
{
    for (size_t i = 0, end; i < count; i = end) {
        uint32_t x = NAMES + cells[i].column * CELL, y = NAMES + cells[i].row * CELL;
        fprintf(out, "<g><title>");
        capdl_picture_escape(out, p->boxes[rows[cells[i].row].box].name);
        fputs(" → ", out);
        capdl_picture_escape(out, p->boxes[rows[cells[i].column].box].name);
        fprintf(out, "</title><rect x=\"%" PRIu32 "\" y=\"%" PRIu32 "\" width=\"%d\" height=\"%d\" fill=\"%s\"/>", x, y,
                CELL, CELL, fills[cells[i].family]);
        fprintf(out, "<text class=\"c\" x=\"%" PRIu32 "\" y=\"%" PRIu32 "\" text-anchor=\"middle\">", x + CELL / 2,
                y + 12);
        for (end = i; end < count && cells[end].row == cells[i].row && cells[end].column == cells[i].column; end++) {
            putc(letters[cells[end].family], out);
        }
        fputs("</text></g>\n", out);
    }
}

static void write_page(const struct capdl_picture *p, FILE *out, const struct row *rows, uint32_t shown, uint32_t all)
{
    uint32_t *place = capdl_spec_realloc(NULL, (p->num_boxes + (size_t)1) * sizeof(*place));
    uint32_t size = NAMES + shown * CELL + 20;
    struct cell *cells;
    size_t count;
    memset(place, 0xff, p->num_boxes * sizeof(*place));
    for (uint32_t i = 0; i < shown; i++) {
        place[rows[i].box] = i;
    }
    fprintf(out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%" PRIu32
            "\" height=\"%" PRIu32 "\" viewBox=\"0 0 %" PRIu32 " %" PRIu32 "\" role=\"img\" "
            "aria-label=\"who may do what with whom\">\n<style>text{font:11px 'DejaVu Sans',sans-serif;fill:#0f172a}"
            ".c{font-size:8px}</style>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
            size + 60, size + 30, size + 60, size + 30);
    for (uint32_t i = 0; i <= shown; i++) {
        uint32_t at = NAMES + i * CELL, end = NAMES + shown * CELL;
        fprintf(out, "<path d=\"M%d %" PRIu32 "H%" PRIu32 "M%" PRIu32 " %dV%" PRIu32 "\" stroke=\"#e2e8f0\"/>\n", NAMES,
                at, end, at, NAMES, end);
    }
    write_names(p, out, rows, shown);
    cells = make_cells(p, place, &count);
    write_cells(p, out, rows, cells, count);
    fprintf(out,
            "<text x=\"10\" y=\"%" PRIu32 "\">row to column: C message, M memory, N notification, D DMA, F faults, "
            "T control; %" PRIu32 " of %" PRIu32 " subjects</text>\n</svg>\n",
            size + 10, shown, all);
    free(cells);
    free(place);
}

void capdl_picture_write_matrix(const struct capdl_picture *p, FILE *out)
{
    struct row *rows = capdl_spec_realloc(NULL, (p->num_boxes + (size_t)1) * sizeof(*rows));
    uint32_t count = 0;
    for (uint32_t i = 0; i < p->num_boxes; i++) {
        if (p->boxes[i].kind != BOX_MACHINE) {
            rows[count++] = (struct row){i, p->boxes[i].depth};
        }
    }
    qsort(rows, count, sizeof(*rows), row_compare);
    write_page(p, out, rows, count < MOST_ROWS ? count : MOST_ROWS, count);
    free(rows);
}
