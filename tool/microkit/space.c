/* SPDX-License-Identifier: BSD-2-Clause */
/* Address spaces: page tables as they are needed. A table is named after the first address that is mapped through it,
 * rounded down to what one of its entries spans, as Microkit's tool has it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/architecture.h>
#include <capdl/blob.h>

#include "base/memory.h"
#include "base/table_list.h"
#include "lower.h"

enum { DEVICE_LEVELS = 3, TABLE_BITS = 9 };

struct mk_space {
    enum mk_space_kind kind;
    const char *name;
    uint32_t root;
    unsigned num_levels;
    uint8_t index_bits[CAPDL_MAX_VSPACE_LEVELS];
    struct table_list levels[CAPDL_MAX_VSPACE_LEVELS]; /* [0] has at most one, and only of a device */
};

/* log2 of the bytes that an entry of a level maps. */
static unsigned entry_shift(const struct mk_space *space, unsigned level)
{
    unsigned shift = CAPDL_PAGE_BITS;
    for (unsigned l = space->num_levels - 1; l > level; l--) {
        shift += space->index_bits[l];
    }
    return shift;
}

static enum capdl_kind table_kind(const struct mk_reader *reader, const struct mk_space *space, unsigned level)
{
    static const enum capdl_kind guests[CAPDL_MAX_VSPACE_LEVELS] = {CAPDL_KIND_EPT_PML4, CAPDL_KIND_EPT_PDPT,
                                                                    CAPDL_KIND_EPT_PD, CAPDL_KIND_EPT_PT};
    switch (space->kind) {
    case MK_SPACE_THREAD:
        return capdl_arch_table_kind(reader->spec->arch, space->num_levels - level);
    case MK_SPACE_GUEST:
        return guests[level];
    case MK_SPACE_DEVICE:
        return CAPDL_KIND_IO_PT;
    }
    return CAPDL_KIND_PT;
}

/* What Microkit's tool calls a level. */
static const char *level_name(const struct mk_reader *reader, const struct mk_space *space, unsigned level)
{
    static const char *const one_kind[] = {"pte", "pmd", "pgd"};
    unsigned height = space->num_levels - level;
    if (capdl_architecture(reader->spec->arch)->one_table_kind && height <= sizeof(one_kind) / sizeof(one_kind[0])) {
        return one_kind[height - 1];
    }
    return capdl_kind_keyword(capdl_arch_table_kind(reader->spec->arch, height));
}

static void space_shape(const struct mk_reader *reader, struct mk_space *space)
{
    space->num_levels = space->kind == MK_SPACE_DEVICE  ? DEVICE_LEVELS
                        : space->kind == MK_SPACE_GUEST ? CAPDL_MAX_VSPACE_LEVELS
                                                        : reader->profile->vspace_levels;
    memset(space->index_bits, TABLE_BITS, sizeof(space->index_bits));
    if (space->kind == MK_SPACE_THREAD) {
        memcpy(space->index_bits, reader->profile->vspace_index_bits, sizeof(space->index_bits));
    }
}

struct mk_space *mk_space_new(struct mk_reader *reader, enum mk_space_kind kind, const char *name, struct capdl_pos pos)
{
    struct mk_space *space = memory_zeroed(1, sizeof(*space));
    space->kind = kind;
    space->name = name;
    space_shape(reader, space);
    if (kind == MK_SPACE_DEVICE) {
        space->root = mk_object(reader, CAPDL_KIND_IO_DEVICE, pos, "iospace_%s", name);
    } else {
        space->root = mk_object(reader, table_kind(reader, space, 0), pos, "%s_%s", level_name(reader, space, 0), name);
    }
    return space;
}

void mk_space_free(struct mk_space *space)
{
    for (unsigned l = 0; space && l < CAPDL_MAX_VSPACE_LEVELS; l++) {
        free(space->levels[l].tables);
    }
    free(space);
}

uint32_t mk_space_root(const struct mk_space *space)
{
    return space->root;
}

static uint32_t table_make(struct mk_reader *reader, struct mk_space *space, unsigned l, uint64_t address,
                           struct capdl_pos pos)
{
    unsigned shift = entry_shift(space, l);
    uint64_t named = address >> shift << shift;
    if (space->kind != MK_SPACE_DEVICE) {
        return mk_object(reader, table_kind(reader, space, l), pos, "%s_%s_vaddr_0x%" PRIx64,
                         level_name(reader, space, l), space->name, named);
    }
    uint32_t table =
        mk_object(reader, CAPDL_KIND_IO_PT, pos, "iopt_level_%u_%s_ioaddr_0x%" PRIx64, l, space->name, named);
    mk_number_set(reader, table, CAPDL_NUMBER_IO_PT_LEVEL, l + 1);
    return table;
}

/* The table of a level that spans the address, made and put into its parent if it is not there yet. */
static uint32_t table_at(struct mk_reader *reader, struct mk_space *space, unsigned level, uint64_t address,
                         struct capdl_pos pos)
{
    uint32_t parent = space->root;
    for (unsigned l = space->kind == MK_SPACE_DEVICE ? 0 : 1; l <= level; l++) {
        unsigned shift = entry_shift(space, l) + space->index_bits[l];
        uint64_t start = address >> shift << shift;
        struct table_list *tables = &space->levels[l];
        size_t at = table_list_search(tables, start);
        if (at == tables->count || tables->tables[at].start != start) {
            uint32_t made = table_make(reader, space, l, address, pos);
            uint64_t slot = l ? address >> shift & ((UINT64_C(1) << space->index_bits[l - 1]) - 1) : 0;
            mk_hold(reader, parent, slot, made, pos);
            table_list_insert(tables, at, start, made);
        }
        parent = tables->tables[at].object;
    }
    return parent;
}

void mk_space_map(struct mk_reader *reader, struct mk_space *space, uint64_t address, uint32_t frame, uint8_t rights,
                  bool uncached, struct capdl_pos pos)
{
    unsigned level = space->num_levels - 1, bits = capdl_object_size_bits(reader->spec, frame);
    while (level > 0 && entry_shift(space, level) < bits) {
        level--;
    }
    uint32_t table = table_at(reader, space, level, address, pos);
    uint64_t slot = address >> entry_shift(space, level) & ((UINT64_C(1) << space->index_bits[level]) - 1);
    mk_hold_frame(reader, table, slot, frame, rights, uncached, pos);
}

void mk_space_map_all(struct mk_reader *reader, struct mk_space *space, const struct mk_map *maps)
{
    for (const struct mk_map *map = maps; map; map = map->next) {
        const struct mk_region *region = map->region;
        uint64_t count = region->size >> region->page_bits;
        for (uint64_t i = 0; i < count; i++) {
            mk_space_map(reader, space, map->vaddr + (i << region->page_bits), region->first_frame + (uint32_t)i,
                         map->rights, map->uncached, map->pos);
        }
    }
}
