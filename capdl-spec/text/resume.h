/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_TEXT_RESUME_H
#define CAPDL_TEXT_RESUME_H

#include "parser.h"

/* Whether a declaration starts here: a name, perhaps with index, then `=` or `/`. */
bool capdl_text_at_declaration(const struct text_parser *);
/* After a mistake: on to the next parameter of the list. False when its end cannot be told. */
bool capdl_text_params_resume(struct text_parser *);

#endif
