/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOL_EXTENSIONS_H
#define TOOL_EXTENSIONS_H

#include <capdl/spec.h>

/*
 * Makes a spec one that every capDL tool reads when it is printed: what is an extension of ours is said in other
 * words where the language has them, and reported where it has not. False if something was reported. The objects'
 * names may change: the spec is good for printing afterwards, not for looking up names.
 */
bool extensions_lower(struct capdl_spec *, struct capdl_diags *);

/* Bytes that the spec itself has go into a stream; frames are filled from a file of this name instead. */
void extensions_move_bytes(struct capdl_spec *, const char *name, FILE *);

#endif
