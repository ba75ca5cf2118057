/* SPDX-License-Identifier: BSD-2-Clause */
/* The ELF file of a protection domain: read, checked, and cut down to what loading it needs. */
#ifndef TOOL_PD_ELF_FILE_H
#define TOOL_PD_ELF_FILE_H

#include "elf_program.h"

/* Reads a program. Everything wrong with it is an error in diags; returns false then, and there is nothing to
   release. */
bool elf_read(struct elf_program *, const struct elf_request *, struct capdl_diags *);
void elf_release(struct elf_program *);

#endif
