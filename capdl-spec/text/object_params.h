/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_TEXT_OBJECT_PARAMS_H
#define CAPDL_TEXT_OBJECT_PARAMS_H

#include "parser.h"

bool capdl_text_params_parse(struct text_parser *, struct capdl_object *, struct capdl_pos);

#endif
