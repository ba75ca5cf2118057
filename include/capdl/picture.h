/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A system, or a change of one, as a picture: subjects as boxes, between each two of them one line for messages, one
 * for memory, and so on; devices, interrupts and ports beside who uses them.
 *
 *     struct capdl_picture *p = capdl_picture_make(&spec, NULL, &(struct capdl_picture_options){.focus = NULL});
 *     if (capdl_picture_is_large(p)) { capdl_picture_write_matrix(p, out); }  an SVG document
 *     else { capdl_picture_write_dot(p, out); }                               for Graphviz: dot -Tsvg
 *     capdl_picture_free(p);
 */
#ifndef CAPDL_PICTURE_H
#define CAPDL_PICTURE_H

#include <capdl/relations.h>

#ifdef __cplusplus
extern "C" {
#endif

struct capdl_picture_options {
    const char *focus; /* only this subject and what is related to it; NULL: all */
    bool all;          /* also lines for faults and control */
    bool unfolded;     /* no box stands for several that are alike */
};

struct capdl_picture;

/* old: the system before, for a picture of the change; or NULL. The specs and `focus` must outlive the picture. Never
   returns NULL; a focus that is no subject shows all. */
struct capdl_picture *capdl_picture_make(const struct capdl_spec *, const struct capdl_spec *old,
                                         const struct capdl_picture_options *);
void capdl_picture_free(struct capdl_picture *);
/* Whether it has more than lines between boxes can show: then write it as a matrix. */
bool capdl_picture_is_large(const struct capdl_picture *);
/* In the DOT language of Graphviz. */
void capdl_picture_write_dot(const struct capdl_picture *, FILE *);
/* As a JSON object: boxes, and the lines between them. */
void capdl_picture_write_json(const struct capdl_picture *, FILE *);
/* Who may do what with whom as a table, an SVG document. */
void capdl_picture_write_matrix(const struct capdl_picture *, FILE *);

#ifdef __cplusplus
}
#endif

#endif
