/* SPDX-License-Identifier: BSD-2-Clause */
/* Capabilities that the initialiser holds while it makes its calls. */
#ifndef TOOL_IMAGE_DECOMPILE_HELD_H
#define TOOL_IMAGE_DECOMPILE_HELD_H

#include "image/reverse.h"

/* The capability that an operand refers to, good until the next call of this; an unknown one is a failure. */
struct held *reverse_held(struct reverse *, const struct capdl_operand *);
/* The same, and it must be of this kind. Returns its object, CAPDL_NO_OBJECT after a failure. */
uint32_t reverse_object(struct reverse *, const struct capdl_operand *, enum capdl_kind);
/* A derived slot that a capability is made in; NULL, a failure, if it is not free. */
struct held *reverse_fill_slot(struct reverse *, const struct capdl_operand *);
/* Adds an object that is nothing but a capability in a derived slot. */
uint32_t reverse_add_derived(struct reverse *, const struct capdl_operand *, enum capdl_kind);

#endif
