/* SPDX-License-Identifier: BSD-2-Clause */
/* The findings of `capdl diff` as text, Markdown and JSON. */
#ifndef TOOL_PRINT_DIFF_H
#define TOOL_PRINT_DIFF_H

#include <json.h>

#include <capdl/review.h>

#include "sha256/sha256.h"

enum diff_verdict {
    DIFF_SAME_TEXT,
    DIFF_SAME_SYSTEM, /* written otherwise */
    DIFF_NAMES,       /* only names are other ones */
    DIFF_LAYOUT,      /* only names and slots */
    DIFF_CHANGED,
};

struct diff_side {
    const char *name;
    const struct capdl_diags *diags; /* of its texts */
    uint64_t objects, frames, bytes, caps;
    size_t errors; /* that check finds */
    const char *first_error;
    char digest[2 * SHA256_BYTES + 1];
};

struct diff_report {
    const struct capdl_findings *findings;
    struct diff_side sides[2];
    const bool *shown; /* per finding */
    size_t num_shown;
    enum diff_verdict verdict;
    bool colour;
    const char *picture; /* of the change, SVG, for the page; NULL: none */
    size_t picture_size;
};

/* "same-text", and what it means in a sentence. */
const char *diff_verdict_word(enum diff_verdict);
/* Of a report with its counts. Writes at most `size` bytes. */
/* Whether to say, of a change, that no information can pass that could not before. */
bool diff_has_same_flows(const struct diff_report *);
#define DIFF_SAME_FLOWS                                                                                                \
    "none is new: from wherever to wherever data can pass now, it could before, if by another way (memory, messages, " \
    "signals, faults, control, or other programs); I/O ports, timing, hardware and firmware are not considered"
void diff_verdict_text(const struct diff_report *, char *text, size_t size);
/* "old.cdl:3:4", or "" when it is written nowhere. Returns text. */
enum { DIFF_SOURCE = 300 };
const char *diff_source(const struct diff_side *, struct capdl_pos, char text[DIFF_SOURCE]);

void print_diff_text(const struct diff_report *);
void print_diff_markdown(const struct diff_report *);
void print_diff_json(const struct diff_report *);
/* A page that stands alone. */
void print_diff_html(const struct diff_report *, FILE *);
/* What print_diff_json prints; to be released with json_object_put. */
struct json_object *diff_json(const struct diff_report *);

#endif
