/* SPDX-License-Identifier: BSD-2-Clause */
/* A picture in the DOT language. Lines differ in width and pattern, not only in colour. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/escape.h>

#include "picture.h"
#include "words.h"

/* Names are text in XML; what is no character of it is shown as an escape. */
void capdl_picture_escape(FILE *out, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length;) {
        struct capdl_character c = capdl_character_at(text + i, length - i);
        if (c.code == '<') {
            fputs("&lt;", out);
        } else if (c.code == '>') {
            fputs("&gt;", out);
        } else if (c.code == '&') {
            fputs("&amp;", out);
        } else if (c.code == '"') {
            fputs("&quot;", out);
        } else if (c.code == '\\') {
            fputs("&#92;", out);
        } else if (c.utf8 && (c.code & 0xfffe) == 0xfffe) {
            fprintf(out, "?");
        } else {
            capdl_escape_put(out, text + i, c);
        }
        i += c.length;
    }
}

/* Long names would make a box as wide as the picture. */
static void put_short(FILE *out, const char *text)
{
    enum { MOST = 40 };
    size_t length = strlen(text), at = 0, count = 0;
    char *start;

    while (at < length && count < MOST) {
        at += capdl_character_at(text + at, length - at).length;
        count++;
    }
    start = capdl_review_format("%.*s", (int)at, text);
    capdl_picture_escape(out, start);
    fputs(at < length ? "…" : "", out);
    free(start);
}

static const char *mark(const struct capdl_picture *p, unsigned when)
{
    return p->num_sides == 1 || when == WHEN_BOTH ? "" : when == WHEN_NEW ? "+ " : "− ";
}

/* Texts below a name, at most so many: dot takes no string of more than 16384 bytes, and a byte may become six. */
static void write_texts(FILE *out, const struct texts *texts, size_t most)
{
    size_t room = 2048, i = 0;
    for (; i < texts->count && i < most && strlen(texts->list[i].text) <= room; i++) {
        fputs("&#10;", out);
        capdl_picture_escape(out, texts->list[i].text);
        room -= strlen(texts->list[i].text);
    }
    if (i < texts->count) {
        fprintf(out, "&#10;and %zu more", texts->count - i);
    }
}

static void write_tooltip(FILE *out, const struct box *box)
{
    fputs(", tooltip=\"", out);
    capdl_picture_escape(out, box->kind == BOX_MACHINE ? "the machine" : box->name);
    write_texts(out, &box->texts, SIZE_MAX);
    putc('"', out);
}

static void write_title(const struct capdl_picture *p, FILE *out, const struct box *box)
{
    fprintf(out, "<tr><td><b>%s", mark(p, box->when));
    put_short(out, box->name);
    fputs("</b></td></tr>", out);
    if (box->folded) {
        fputs("<tr><td><font point-size=\"9\" color=\"#475569\">… ", out);
        put_short(out, p->boxes[box->last].name);
        fprintf(out, "</font></td></tr><tr><td><b>× %" PRIu32 "</b></td></tr>", box->folded);
    }
}

static void write_box(const struct capdl_picture *p, FILE *out, uint32_t number)
{
    enum { MOST_LINES = 8 };
    const struct box *box = &p->boxes[number];
    static const char *const fills[] = {
        [BOX_SUBJECT] = "#ffffff", [BOX_DEVICE] = "#ede9fe", [BOX_MACHINE] = "#e2e8f0", [BOX_SHARED] = "#fef9c3"};
    static const char *const classes[] = {
        [BOX_SUBJECT] = "pd", [BOX_DEVICE] = "dev", [BOX_MACHINE] = "dev", [BOX_SHARED] = "shared"};
    const char *fill = fills[box->kind];
    bool changed = p->num_sides > 1 && box->when != WHEN_BOTH;

    fprintf(out, "    b%" PRIu32 " [class=\"%s\", ", number, classes[box->kind]);
    fprintf(out, "style=\"%sfilled%s\", fillcolor=\"%s\"", box->kind == BOX_SUBJECT ? "rounded," : "",
            changed && box->when == WHEN_OLD ? ",dashed" : "", fill);
    if (box->folded) {
        fputs(", peripheries=2", out);
    }
    if (changed) {
        fprintf(out, ", color=\"%s\", penwidth=2.6", box->when == WHEN_NEW ? "#b91c1c" : "#64748b");
    }
    fputs(", label=<<table border=\"0\" cellborder=\"0\" cellspacing=\"0\" cellpadding=\"1\">", out);
    if (box->kind != BOX_MACHINE) {
        write_title(p, out, box);
    }
    for (size_t i = 0; i < box->texts.count && i < MOST_LINES; i++) {
        fprintf(out, "<tr><td><font point-size=\"9\" color=\"#334155\">%s", mark(p, box->texts.list[i].when));
        put_short(out, box->texts.list[i].text);
        fputs("</font></td></tr>", out);
    }
    if (box->texts.count > MOST_LINES) {
        fprintf(out, "<tr><td><font point-size=\"9\" color=\"#334155\">and %zu more</font></td></tr>",
                box->texts.count - MOST_LINES);
    }
    fputs("</table>>", out);
    write_tooltip(out, box);
    fputs("];\n", out);
}

static const struct line *line_other(const struct capdl_picture *p, const struct line *line, enum line_family family)
{
    const struct line *other = capdl_picture_line(p, line->a, line->b, family);
    return other && !other->hidden ? other : NULL;
}

static const struct line_style {
    const char *colour, *width, *pattern;
} styles[] = {
    [FAMILY_MACHINE] = {"#4b5563", "2", "solid"},   [FAMILY_MEMORY] = {"#b45309", "2.4", "solid"},
    [FAMILY_SIGNAL] = {"#0f766e", "1.5", "dashed"}, [FAMILY_MESSAGE] = {"#1d4ed8", "1.6", "solid"},
    [FAMILY_DMA] = {"#6d28d9", "2.2", "solid"},     [FAMILY_CONTROL] = {"#b91c1c", "1.6", "bold"},
    [FAMILY_FAULT] = {"#64748b", "1.3", "dotted"},
};

static void write_words(const struct capdl_picture *p, FILE *out, const struct line *line)
{
    enum { MOST_WORDS = 3 };
    size_t shown = 0;

    fputs(", label=<<table border=\"0\" cellborder=\"0\" cellspacing=\"0\" cellpadding=\"1\" bgcolor=\"#ffffff\">",
          out);
    for (size_t i = 0; i < line->words.count && shown < MOST_WORDS; i++, shown++) {
        fprintf(out, "<tr><td>%s", mark(p, line->words.list[i].when));
        put_short(out, line->words.list[i].text);
        fputs("</td></tr>", out);
    }
    if (line->words.count > shown) {
        fprintf(out, "<tr><td>and %zu more</td></tr>", line->words.count - shown);
    }
    fputs("</table>>", out);
}

bool capdl_picture_is_changed(const struct line *line)
{
    for (size_t i = 0; i < line->words.count; i++) {
        if (line->words.list[i].when != WHEN_BOTH) {
            return true;
        }
    }
    return line->when != WHEN_BOTH;
}

/* Of a change, what has not changed is grey and without words. */
static void write_style(const struct capdl_picture *p, FILE *out, const struct line *line, bool woken)
{
    const struct line_style *style = &styles[line->family];
    bool change = p->num_sides > 1;
    if (change && !capdl_picture_is_changed(line)) {
        fprintf(out, "color=\"#94a3b8\", penwidth=1.2, style=%s", style->pattern);
        return;
    }
    if (change && line->when != WHEN_BOTH) {
        fprintf(out, "color=\"%s\", penwidth=%s, style=%s", line->when == WHEN_NEW ? "#b91c1c" : "#64748b",
                line->when == WHEN_NEW ? "2.8" : "2", line->when == WHEN_NEW ? "solid" : "dashed");
    } else {
        fprintf(out, "color=\"%s\", penwidth=%s, style=%s",
                change  ? "#b45309"
                : woken ? "#b45309:#0f766e"
                        : style->colour,
                style->width, style->pattern);
    }
    if ((p->labelled || change) && line->words.count && line->family != FAMILY_MACHINE) {
        write_words(p, out, line);
    }
}

/* Signals between those who share memory are wake-ups: a stripe beside the memory's line. */
static bool is_wakeup(const struct capdl_picture *p, const struct line *line)
{
    return line->family == FAMILY_SIGNAL && p->num_sides == 1 && line_other(p, line, FAMILY_MEMORY);
}

/* From the end that is nearer to the hardware, which stands left. */
static void write_line(const struct capdl_picture *p, FILE *out, const struct line *line)
{
    static const char *const families[] = {"machine", "memory", "signal", "message", "dma", "control", "fault"};
    static const char *const directions[] = {"none", "forward", "back", "both"};
    const struct box *a = &p->boxes[line->a], *b = &p->boxes[line->b];
    bool turned = b->depth < a->depth || b->kind == BOX_DEVICE || b->kind == BOX_MACHINE;
    const struct line *signal =
        line->family == FAMILY_MEMORY && p->num_sides == 1 ? line_other(p, line, FAMILY_SIGNAL) : NULL;
    unsigned flow = line->flow;
    if (line->hidden || is_wakeup(p, line)) {
        return;
    }
    if (turned) {
        flow = (flow & 1) << 1 | flow >> 1;
    }
    fprintf(out, "    b%" PRIu32 " -> b%" PRIu32 " [class=\"%s\", dir=%s, ", turned ? line->b : line->a,
            turned ? line->a : line->b, families[line->family], directions[flow]);
    write_style(p, out, line, signal != NULL);
    if (line->family == FAMILY_MACHINE) {
        fputs(", weight=4", out);
    }
    fputs(", tooltip=\"", out);
    capdl_picture_escape(out, a->kind == BOX_MACHINE ? "machine" : a->name);
    fputs(" – ", out);
    capdl_picture_escape(out, b->kind == BOX_MACHINE ? "machine" : b->name);
    write_texts(out, &line->words, 12);
    fputs("\"];\n", out);
}

/* What is not in the picture is said in it. */
static void write_legend(const struct capdl_picture *p, FILE *out)
{
    uint32_t hidden = 0;
    for (uint32_t i = 0; i < p->num_lines; i++) {
        hidden += p->lines[i].hidden && (p->lines[i].family == FAMILY_FAULT || p->lines[i].family == FAMILY_CONTROL);
    }
    fputs("    labelloc=b;\n    label=<<table border=\"0\" cellborder=\"0\" cellspacing=\"0\" cellpadding=\"2\" "
          "bgcolor=\"#ffffff\"><tr><td><font color=\"#1d4ed8\">→ message</font>  <font color=\"#b45309\">━ "
          "memory</font>  "
          "<font color=\"#0f766e\">╌ notification</font>  <font color=\"#4b5563\">━ hardware</font>",
          out);
    if (p->num_sides > 1) {
        fputs("  <font color=\"#b91c1c\">+ new</font>  <font color=\"#475569\">− gone</font>", out);
    }
    if (p->options.all) {
        fputs("  <font color=\"#b91c1c\">━ control</font>  <font color=\"#475569\">┄ faults</font>", out);
    } else if (hidden) {
        fprintf(out, "  <font color=\"#475569\">not drawn: faults and control (%" PRIu32 ")</font>", hidden);
    }
    if (p->unchanged) {
        fprintf(out, "  <font color=\"#475569\">not drawn: %" PRIu32 " far from any change</font>", p->unchanged);
    }
    fputs("</td></tr></table>>;\n", out);
}

/* Boxes without lines stand in columns, not all in one. */
static void write_grid(const struct capdl_picture *p, FILE *out)
{
    enum { ROWS = 6 };
    bool *joined = capdl_spec_realloc(NULL, p->num_boxes + (size_t)1);
    uint32_t *alone = capdl_spec_realloc(NULL, (p->num_boxes + (size_t)1) * sizeof(*alone)), count = 0;

    memset(joined, 0, p->num_boxes);
    for (uint32_t i = 0; i < p->num_lines; i++) {
        if (!p->lines[i].hidden) {
            joined[p->lines[i].a] = joined[p->lines[i].b] = true;
        }
    }
    for (uint32_t i = 0; i < p->num_boxes; i++) {
        if (!joined[i] && !p->boxes[i].hidden) {
            alone[count++] = i;
        }
    }
    for (uint32_t i = ROWS; i < count; i++) {
        fprintf(out, "    b%" PRIu32 " -> b%" PRIu32 " [style=invis];\n", alone[i - ROWS], alone[i]);
    }
    free(joined);
    free(alone);
}

void capdl_picture_write_dot(const struct capdl_picture *p, FILE *out)
{
    fprintf(
        out,
        "digraph capdl {\n"
        "    graph [rankdir=LR, bgcolor=\"transparent\", fontname=\"DejaVu Sans\", fontsize=9, nodesep=%s, ranksep=%s, "
        "outputorder=edgesfirst, splines=spline, pad=0.15];\n"
        "    node [shape=box, color=\"#334155\", penwidth=1.3, fontname=\"DejaVu Sans\", fontsize=11.5, "
        "fontcolor=\"#0f172a\", margin=\"0.11,0.05\", height=0.3, width=0.4];\n"
        "    edge [fontname=\"DejaVu Sans\", fontsize=8.5, fontcolor=\"#0f172a\", arrowsize=0.65];\n",
        p->labelled ? "0.35" : "0.22", p->labelled ? "0.9" : "0.6");
    if (p->is_long) {
        fputs("    graph [layout=sfdp, overlap=prism, splines=true, sep=\"+12\", esep=\"+4\", K=0.6, start=7];\n", out);
    }
    write_legend(p, out);
    for (uint32_t i = 0; i < p->num_boxes; i++) {
        if (!p->boxes[i].hidden) {
            write_box(p, out, i);
        }
    }
    for (uint32_t i = 0; i < p->num_lines; i++) {
        write_line(p, out, &p->lines[i]);
    }
    if (!p->is_long) {
        write_grid(p, out);
    }
    fputs("}\n", out);
}
