/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_TEXT_OBJECT_TYPES_H
#define CAPDL_TEXT_OBJECT_TYPES_H

#include "parser.h"

bool capdl_text_kind_parse(struct text_parser *, enum capdl_kind *);

#endif
