/* SPDX-License-Identifier: BSD-2-Clause */
/* Pictures as SVG, by Graphviz's program dot. */
#ifndef TOOL_GRAPH_SVG_H
#define TOOL_GRAPH_SVG_H

#include <capdl/picture.h>

/*
 * Writes a picture as an SVG document: lines and boxes laid out by dot, or a matrix, without it, if there is more than
 * these can show. False, after a message on standard error, if dot is not installed or fails.
 */
bool graph_svg_write(const struct capdl_picture *, FILE *out);
/* The same for a graph in the DOT language. */
bool graph_svg_draw(FILE *dot, FILE *out);

#endif
