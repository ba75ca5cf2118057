/* SPDX-License-Identifier: BSD-2-Clause */
/* Fills from what the kernel tells the initial task: chunks of extra bootinfo, numbered as in libsel4's
 * bootinfo_types.h. */
#include <string.h>

#include "image/program.h"

static const struct chunk {
    const char *name;
    unsigned id;
    bool pc; /* only x86-64 kernels have it; the others have the rest */
} chunks[] = {
#define CAPDL_CHUNK(name, id, pc) {"CDL_FrameFill_BootInfo_" name, id, pc},
#include <capdl/chunks.def>
};

enum { NUM_CHUNKS = sizeof(chunks) / sizeof(chunks[0]) };

static const struct chunk *chunk_find(const char *name)
{
    for (unsigned i = 0; i < NUM_CHUNKS; i++) {
        if (strcmp(chunks[i].name, name) == 0) {
            return &chunks[i];
        }
    }
    return NULL;
}

unsigned chunk_id(const char *name)
{
    const struct chunk *chunk = chunk_find(name);
    return chunk ? chunk->id : 0;
}

const char *chunk_name(unsigned id)
{
    for (unsigned i = 0; i < NUM_CHUNKS; i++) {
        if (chunks[i].id == id) {
            return chunks[i].name;
        }
    }
    return NULL;
}

bool chunk_good(struct program *program, const struct capdl_fill *fill)
{
    const struct chunk *chunk = chunk_find(fill->text);
    bool pc = capdl_architecture(program->profile->arch)->pc;
    if (!chunk) {
        capdl_error(program->diags, fill->pos,
                    "'%s' is not a part of bootinfo that can fill a frame: expected %s, %s, %s, %s, %s or %s",
                    fill->text, chunks[0].name, chunks[1].name, chunks[2].name, chunks[3].name, chunks[4].name,
                    chunks[5].name);
        return false;
    }
    if (chunk->pc != pc) {
        capdl_error(program->diags, fill->pos, "'%s' is available only from kernels for %s, not from kernel '%s'",
                    fill->text, chunk->pc ? "PCs" : "boards with a device tree", program->profile->name);
        return false;
    }
    if (fill->length == 0 || fill->source_offset >> 32) {
        capdl_error(program->diags, fill->pos, "a fill from bootinfo needs a length and an offset below 2^32");
        return false;
    }
    return true;
}

bool chunk_in(const struct capdl_spec *spec, uint32_t frame)
{
    struct capdl_fills fills = capdl_object_fills(spec, frame);
    for (size_t i = 0; i < fills.count; i++) {
        if (fills.list[i].kind == CAPDL_FILL_BOOTINFO) {
            return true;
        }
    }
    return false;
}
