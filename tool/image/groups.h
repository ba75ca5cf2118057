/* SPDX-License-Identifier: BSD-2-Clause */
/* Groups: alike objects in consecutive slots. */
#ifndef TOOL_IMAGE_GROUPS_H
#define TOOL_IMAGE_GROUPS_H

#include "image/program.h"

/* Gives the object the next slot and counts it in the last group when it is like it. address, parent:
 * or 0. */
void order_place(struct program *, struct group_list *, uint32_t object, const struct kernel_object *shape,
                 uint64_t address, uint64_t parent);

#endif
