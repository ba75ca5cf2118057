/* SPDX-License-Identifier: BSD-2-Clause */
/* The picture on a page. */
#ifndef TOOL_PAGE_PICTURE_H
#define TOOL_PAGE_PICTURE_H

#include <stddef.h>

#include <capdl/spec.h>

/*
 * A system, or with `old` what changed in it, as an SVG document, to be freed. NULL where there is nothing to draw it
 * with, which is no error: pages say the same in tables.
 */
char *page_picture(const struct capdl_spec *, const struct capdl_spec *old, size_t *size);

#endif
