/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_TEXT_OBJECT_REFS_H
#define CAPDL_TEXT_OBJECT_REFS_H

#include "parser.h"

/* Whether a name is that of a capability to which there is no object, such as irq_control. */
bool capdl_text_names_control(const struct spec_name *, enum capdl_kind *);
bool capdl_text_ref_parse(struct text_parser *, struct text_ref *);
void capdl_text_ranges_drop(struct text_parser *, size_t keep);
/* What follows the reference that the current token begins, without reading it: the token after `x` or `x[...]`. */
struct text_token capdl_text_behind_ref(const struct text_parser *, struct text_lexer *);
/* Reports what is wrong with a reference to objects: unknown, not an array, beyond its end. */
bool capdl_text_ref_check(struct text_parser *, const struct text_ref *, const char *what);
/* The same for a reference to exactly one object, which it finds. */
bool capdl_text_ref_object(struct text_parser *, const struct text_ref *, const char *what, uint32_t *object);
bool capdl_text_ref_bounds(struct text_parser *, const struct text_ref *, uint64_t length, const char *what);
uint64_t capdl_text_ref_count(const struct text_parser *, const struct text_ref *, uint64_t length);
/* Whether its count depends on the array's length. */
bool capdl_text_ref_open(const struct text_parser *, const struct text_ref *);
struct text_iter capdl_text_ref_iter(const struct text_parser *, const struct text_ref *, uint64_t length);
bool capdl_text_iter_next(struct text_iter *, uint32_t *index);

#endif
