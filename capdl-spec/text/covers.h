/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_TEXT_COVERS_H
#define CAPDL_TEXT_COVERS_H

#include "parser.h"

/* Enters that an object is made from an untyped, unless that is CAPDL_NO_OBJECT. */
void capdl_text_cover_set(struct text_parser *, uint32_t object, uint32_t untyped, struct capdl_pos);
/* A reference to a child of an untyped, which may be CAPDL_NO_OBJECT. */
bool capdl_text_cover_parse(struct text_parser *, uint32_t untyped);
/* Enters all that was read: when all objects are known. */
void capdl_text_covers_resolve(struct text_parser *);

#endif
