/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel told the initial task besides struct seL4_BootInfo: chunks after its page, each of which begins
 * with its number and length (libsel4's bootinfo_types.h). */
#include <string.h>

#include "verify/private.h"

static uint64_t chunk_number(const char *name)
{
    static const char *const names[] = {
#define CAPDL_CHUNK(name, id, pc) [id] = "CDL_FrameFill_BootInfo_" name,
#include <capdl/chunks.def>
    };
    for (unsigned i = 1; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i], name) == 0) {
            return i;
        }
    }
    return 0;
}

/* Copies from the initial task's memory; false: not all of it is mapped. */
static bool read_initial(struct verify *v, uint64_t address, void *to, uint64_t size)
{
    struct table *root = v->kernel->initial->slots[TCB_VTABLE].cap.object;
    while (size > 0) {
        uint64_t in_page = CAPDL_PAGE_SIZE - address % CAPDL_PAGE_SIZE, part = in_page < size ? in_page : size,
                 available;
        struct page_view view;
        const uint8_t *bytes = vspace_translate(v->kernel, root, address, &view)
                                   ? memory_at(&v->kernel->memory, view.paddr + (address - view.vaddr), &available)
                                   : NULL;
        if (!bytes || available < part) {
            return false;
        }
        memcpy(to, bytes, part);
        to = (uint8_t *)to + part;
        address += part;
        size -= part;
    }
    return true;
}

bool bootinfo_words(struct verify *v, uint64_t offset, void *to, uint64_t size)
{
    return read_initial(v, v->boot->bootinfo + offset, to, size);
}

/* The first words there, at most two of them; false: not all of it is mapped. */
static bool read_words(struct verify *v, uint64_t address, uint64_t *words, unsigned count)
{
    uint8_t bytes[2 * sizeof(*words)];
    unsigned size = capdl_word_bytes(v->profile->arch);
    if (!read_initial(v, address, bytes, (uint64_t)count * size)) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        words[i] = capdl_word_get(v->profile->arch, bytes + i * size);
    }
    return true;
}

void bootinfo_copy(struct verify *v, const char *chunk, uint64_t offset, uint8_t *to, uint64_t size)
{
    const uint64_t least = 2 * capdl_word_bytes(v->profile->arch);
    uint64_t left, at = v->boot->bootinfo + CAPDL_PAGE_SIZE, header[2];
    if (!read_words(v, v->boot->bootinfo, &left, 1)) {
        return;
    }
    for (; left >= least && read_words(v, at, header, 2); at += header[1], left -= header[1]) {
        if (header[1] < least || header[1] > left) {
            return;
        }
        if (header[0] == chunk_number(chunk) && offset < header[1]) {
            read_initial(v, at + offset, to, size < header[1] - offset ? size : header[1] - offset);
            return;
        }
    }
}
