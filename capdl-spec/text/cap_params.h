/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_TEXT_CAP_PARAMS_H
#define CAPDL_TEXT_CAP_PARAMS_H

#include "parser.h"

bool capdl_text_cap_params_parse(struct text_parser *, struct text_cap_params *);
/* Gives a cap what was written in its parentheses; reports what its kind cannot have. */
void capdl_text_cap_params_apply(struct text_parser *, const struct text_cap_params *, struct capdl_cap *);
/* What a capability of this kind may be given: a set of enum text_cap_param. */
uint32_t capdl_text_cap_params_allowed(enum capdl_kind);

#endif
