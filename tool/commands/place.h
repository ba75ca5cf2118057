/* SPDX-License-Identifier: BSD-2-Clause */
/* Where `capdl image` would put things, asked before it does. */
#ifndef TOOL_PLACE_H
#define TOOL_PLACE_H

#include "input/input.h"
#include "pack/pack.h"

/* With --at: whether loader, kernel and image are apart and in RAM; else errors with a map. True without it, and then
 * the placement is all zero. */
bool place_loader(struct input *, const struct options *, const uint8_t *image, size_t size, struct pack_placement *);

#endif
