/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_TEXT_CAPS_H
#define CAPDL_TEXT_CAPS_H

#include "parser.h"

void capdl_text_caps_section(struct text_parser *);

#endif
