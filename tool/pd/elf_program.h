/* SPDX-License-Identifier: BSD-2-Clause */
/* What a program is to those who read and check its ELF file. */
#ifndef TOOL_PD_ELF_PROGRAM_H
#define TOOL_PD_ELF_PROGRAM_H

#include <capdl/diag.h>
#include <capdl/facts.h>

#include "base/file.h"

/* A program header. After elf_read, vaddr + memsz and offset + filesz do not overflow and filesz <= memsz. */
struct elf_segment {
    uint64_t vaddr, memsz;
    uint64_t offset, filesz; /* in the file */
    uint64_t align;
    uint8_t rights;  /* enum capdl_right */
    uint32_t number; /* of the program header, from 0 */
};

/* Bytes that are in memory in place of what the file has there. */
struct elf_patch {
    uint64_t address, size;
    uint8_t *bytes;
};

struct elf_program {
    struct elf_segment *segments; /* what is loaded: ascending, disjoint, none empty */
    size_t num_segments;
    bool has_tls;
    struct elf_segment tls; /* initial image of a thread's own data */
    uint64_t entry;
    struct file_bytes bytes;
    struct elf_patch *patches; /* by elf_set: ascending, disjoint, in the segments */
    size_t num_patches;
};

/* Where a program is to run, and who asked for it. */
struct elf_request {
    const char *name; /* as the author wrote it */
    struct capdl_pos pos;
    bool on_command_line;           /* the user named this very file: it is taken wherever it is */
    const char *beside;             /* searched beside this file ... */
    const char *const *directories; /* ... then here, ended by 0 */
    enum capdl_arch arch;
    uint64_t user_top; /* first address a program may not use */
};

/* Most memory one program may ask for: 64 GiB. What is beyond is taken for a damaged file. */
#define ELF_MAX_MEMORY (UINT64_C(64) << 30)

#endif
