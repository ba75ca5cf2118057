/* SPDX-License-Identifier: BSD-2-Clause */
/* What an ELF file must be like to be loaded as a protection domain. Each check reports its own errors. */
#ifndef TOOL_PD_ELF_CHECK_H
#define TOOL_PD_ELF_CHECK_H

#include "elf_program.h"

struct elf_check {
    const struct elf_request *request;
    struct capdl_diags *diags;
    const struct file_bytes *bytes;
    unsigned reported; /* errors so far */
    bool has_dynamic;  /* a dynamic segment was seen */
};

/* Adds the error `"NAME" MESSAGE`, unless there are a good many of this file already. Returns false, for a check
   to return. */
bool elf_fail(struct elf_check *, const char *format, ...) CAPDL_PRINTF(2, 3);

/* An ELF machine, as a reader says it. */
const char *elf_machine_name(unsigned machine);

bool elf_check_segment(struct elf_check *, const struct elf_segment *);
bool elf_check_tls(struct elf_check *, const struct elf_segment *);
bool elf_check_dynamic(struct elf_check *, const struct elf_segment *);

/* Sorts the segments, then checks them against each other, the entry point, and the limit of memory. */
bool elf_check_layout(struct elf_check *, struct elf_program *);

#endif
