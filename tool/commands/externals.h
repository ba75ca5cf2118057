/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs in reserved memory that a boot loader loads from files of their own. */
#ifndef TOOL_EXTERNALS_H
#define TOOL_EXTERNALS_H

#include "input/input.h"
#include "pack/pack.h"

/* Adds the programs that the spec calls external to those of --external. False: the image is damaged. */
bool externals_declared(struct input *, struct options *);
/* Those of --external, ascending by address, with what belongs there; what is wrong with one is an error. */
struct pack_external *externals_find(struct input *, const struct options *);
/* Writes each into OUT.NAME.bin, and says where it must be loaded. Returns an exit code. */
int externals_write(const struct pack_external *, const struct options *);
void externals_free(struct pack_external *, const struct options *);

#endif
