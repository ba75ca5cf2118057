/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_TEXT_SLOTS_H
#define CAPDL_TEXT_SLOTS_H

#include "parser.h"

/* A number, or the name of a TCB's slot. */
bool capdl_text_slot_parse(struct text_parser *, uint64_t *slot);

#endif
