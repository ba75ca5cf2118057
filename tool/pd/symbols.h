/* SPDX-License-Identifier: BSD-2-Clause */
/* Giving symbols of a program other contents than the ELF file has. */
#ifndef TOOL_PD_SYMBOLS_H
#define TOOL_PD_SYMBOLS_H

#include <capdl/spec.h>

#include "elf_program.h"

/*
 * Finds the symbols in the program, or in `symbols_file` if that is given, and makes its patches of the settings.
 * `name` is what messages call the file with the symbols. What cannot be set is an error at the setting's place: no
 * such symbol, several, no data in memory, a value that does not fit, two settings for one place. Then it returns
 * false and there are no patches.
 */
bool elf_set(struct elf_program *, const struct file_bytes *symbols_file, const char *name,
             const struct capdl_setting *, size_t count, struct capdl_diags *);

/* What `size` bytes of memory at an address begin with: the file's bytes, cut where patches are, and patches that are
   not just zeros where the file has none. The fills are ascending and disjoint and name `file`. `offset` of each counts
   from the address. */
struct capdl_fills elf_fills(struct capdl_spec *, const struct elf_program *, uint64_t address, uint64_t size,
                             const char *file, struct capdl_pos);
/* The same of a page that the image shall store in any case: where all is zero, a fill of no bytes says so. */
struct capdl_fills elf_stored_fills(struct capdl_spec *, const struct elf_program *, uint64_t address, const char *file,
                                    struct capdl_pos);
/* The first address from `from` on that a patch makes other than zero where the file has nothing; UINT64_MAX: none. */
uint64_t elf_next_patched(const struct elf_program *, uint64_t from);

#endif
