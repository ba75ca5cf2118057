/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_TEXT_OBJECTS_H
#define CAPDL_TEXT_OBJECTS_H

#include "parser.h"

void capdl_text_objects_section(struct text_parser *);
void capdl_text_arrays_check(struct text_parser *);

#endif
