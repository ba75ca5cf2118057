/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_TEXT_FILL_H
#define CAPDL_TEXT_FILL_H

#include "parser.h"

bool capdl_text_fill_parse(struct text_parser *, struct capdl_object *);

#endif
