/* SPDX-License-Identifier: BSD-2-Clause */
/* What an ELF program occupies when it is loaded when it is loaded. */
#ifndef TOOL_PACK_LOADS_H
#define TOOL_PACK_LOADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <capdl/diag.h>
#include <capdl/facts.h>

/* A loadable segment; bytes are inside the file. Nothing in it wraps around the end of the address space. */
struct load {
    uint64_t vaddr, paddr;
    uint64_t file_size, memory_size;
    const uint8_t *bytes;
};

struct loads {
    const char *name;
    size_t size; /* of the file */
    uint64_t entry;
    uint64_t start, end;   /* physical span of all segments */
    uint64_t vstart, vend; /* virtual */
    struct load *list;     /* ascending by file order; on the heap */
    size_t count;          /* at least 1 */
};

/* Reads an executable of an architecture from bytes that remain the caller's. On failure there is an error and nothing
 * to free. */
bool loads_open(struct loads *, const char *name, const uint8_t *bytes, size_t size, enum capdl_arch,
                struct capdl_diags *);
void loads_close(struct loads *);

#endif
