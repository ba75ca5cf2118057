/* SPDX-License-Identifier: BSD-2-Clause */
/* A picture as boxes and lines: picture.c makes it, picture_dot.c and picture_matrix.c write it. */
#ifndef CAPDL_REVIEW_PICTURE_H
#define CAPDL_REVIEW_PICTURE_H

#include <capdl/picture.h>

/* Of a change: what was there before, and what is there now. */
enum { WHEN_NEW = 1, WHEN_OLD = 2, WHEN_BOTH = 3 };

struct said {
    char *text;
    unsigned when;
};

/* What is said at a box or line, in the order in which it was first said. */
struct texts {
    struct said *list;
    size_t count, capacity;
    uint32_t *table; /* of many: their numbers, open addressing */
    size_t table_size;
};

/* BOX_SHARED: what many have in common, such as memory that thousands write, instead of lines from each to each. */
enum box_kind { BOX_SUBJECT, BOX_DEVICE, BOX_MACHINE, BOX_SHARED };

struct box {
    enum box_kind kind;
    char *name;
    struct texts texts;
    unsigned when;
    uint32_t depth;              /* steps from the hardware, or REVIEW_NONE */
    uint32_t fold, last, folded; /* the box that stands for it; the last one it stands for, and how many */
    uint32_t *uses;              /* boxes that serve many, to which no line is drawn */
    size_t num_uses, use_capacity;
    uint32_t serves;
    bool hidden;
};

enum line_family {
    FAMILY_MACHINE,
    FAMILY_MEMORY,
    FAMILY_SIGNAL,
    FAMILY_MESSAGE,
    FAMILY_DMA,
    FAMILY_CONTROL,
    FAMILY_FAULT,
    FAMILY_NONE,
};

struct line {
    uint32_t a, b; /* boxes, a < b */
    enum line_family family;
    unsigned flow; /* 1: from a to b, 2: from b to a */
    unsigned when;
    struct texts words;
    bool hidden;
};

struct side_of {
    const struct capdl_spec *spec;
    struct capdl_relations r;
    uint32_t *box_of; /* per party */
    unsigned when;
};

struct capdl_picture {
    struct capdl_picture_options options;
    struct side_of sides[2]; /* the new system, the old one */
    unsigned num_sides;
    struct box *boxes;
    uint32_t num_boxes, num_subjects, num_shown;
    size_t box_capacity;
    uint32_t *box_table; /* the first of each kind and name, open addressing */
    size_t box_table_size;
    struct line *lines;
    uint32_t num_lines;
    size_t line_capacity;
    uint32_t *table; /* of lines, open addressing */
    size_t table_size;
    bool is_long;       /* a chain or ring, which a page of layers would be too wide for */
    uint32_t unchanged; /* boxes of a change that are left out: neither they nor their neighbours changed */
    bool labelled;      /* few enough for words at lines */
};

/* picture_draw.c: adds what a system has. */
void capdl_picture_draw(struct capdl_picture *, struct side_of *);

/* ---- picture_boxes.c ---- */

/* A box by its name, or REVIEW_NONE. */
uint32_t capdl_picture_box(const struct capdl_picture *, enum box_kind, const char *name);
uint32_t capdl_picture_box_add(struct capdl_picture *, enum box_kind, const char *name);
/* A line of text in a box, which takes it over. Of a change, whether it was and is there. Once, even if told again. */
void capdl_picture_box_say(struct box *, unsigned when, char *text);
/* One number for a line between two boxes, which are fewer than 2^28. */
uint64_t capdl_picture_line_key(uint32_t a, uint32_t b, enum line_family);
/* The line between two boxes, which it adds if there is none. */
struct line *capdl_picture_line_add(struct capdl_picture *, uint32_t from, uint32_t to, enum line_family);
/* A word at a line, like text in a box. */
void capdl_picture_line_say(struct line *, unsigned when, char *text);
/* Whether that word is at a line. */
bool capdl_picture_line_says(const struct line *, const char *text);
/* The line between two boxes, a < b, or NULL. */
const struct line *capdl_picture_line(const struct capdl_picture *, uint32_t a, uint32_t b, enum line_family);
void capdl_picture_texts_free(struct texts *);
/* Of a change: whether the line or a word at it is new or gone. */
bool capdl_picture_is_changed(const struct line *);
/* ---- picture_reduce.c ---- */

/* Messages by which threads only fault are not drawn twice; who controls or serves many says so in words. */
void capdl_picture_hide_supervision(struct capdl_picture *);
/* Hides what is not around the box in focus, if there is one. */
void capdl_picture_show_focus(struct capdl_picture *);
/* A picture with so many subjects, by what it is to show: folds it, or leaves out what did not change. */
void capdl_picture_reduce(struct capdl_picture *, uint32_t shown);

/* Text between the tags of XML or HTML. */
void capdl_picture_escape(FILE *, const char *text);

#endif
