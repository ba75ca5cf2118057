/* SPDX-License-Identifier: BSD-2-Clause */
/* What frames are filled with. */
#ifndef TOOL_PD_FILL_H
#define TOOL_PD_FILL_H

#include "expand.h"

/* Adds a piece to what a frame is filled with. Returns true. */
bool fill_add(struct expansion *, uint32_t frame, struct capdl_fill);
/* These bytes at an offset in a frame. */
void fill_bytes(struct expansion *, uint32_t frame, uint64_t offset, const uint8_t *, size_t size, struct capdl_pos);

#endif
