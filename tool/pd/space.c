/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An address space while it is being built: which addresses are taken, which page tables there are.
 *
 *     level 0 (root)   level 1 ...        last level
 *     [ entry ] -----> [ entry ] -------> [ entry ] -----> 4 KiB frame
 *                        `--> large frame, in place of a table
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/architecture.h>
#include <capdl/blob.h>

#include "base/memory.h"
#include "expand.h"

unsigned space_entry_bits(const struct capdl_profile *profile, unsigned up)
{
    return vspace_shift(profile, profile->vspace_levels - 1u - up);
}

/* The kind of a table of this level. */
static enum capdl_kind table_kind(const struct capdl_profile *profile, unsigned level)
{
    return capdl_arch_table_kind(profile->arch, profile->vspace_levels - level);
}

enum capdl_kind space_root_kind(const struct capdl_profile *profile)
{
    return table_kind(profile, 0);
}

void space_init(struct space *space, uint32_t root)
{
    memset(space, 0, sizeof(*space));
    table_list_insert(&space->levels[0], 0, 0, root);
}

void space_free(struct space *space)
{
    for (size_t i = 0; i < CAPDL_MAX_VSPACE_LEVELS; i++) {
        free(space->levels[i].tables);
    }
    free(space->regions);
}

/* Index of the first region that ends above `start`. */
static size_t region_search(const struct space *space, uint64_t start)
{
    size_t low = 0, high = space->num_regions;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (space->regions[middle].end <= start) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool space_take(struct expansion *x, struct pd *pd, uint64_t start, uint64_t size, const char *what,
                struct capdl_pos pos)
{
    struct space *space = pd->space;
    uint64_t top = x->profile->user_top;
    if (start < CAPDL_PAGE_SIZE || start > top || size > top - start) {
        capdl_error(x->diags, pos,
                    "%s of '%s' at 0x%" PRIx64 " with %" PRIu64
                    " bytes is outside the user addresses 0x1000 to 0x%" PRIx64,
                    what, pd->program->name, start, size, top);
        return false;
    }
    size_t at = region_search(space, start);
    if (at < space->num_regions && space->regions[at].start < start + size) {
        const struct region *r = &space->regions[at];
        capdl_error(x->diags, pos,
                    "%s of '%s' [0x%" PRIx64 ", 0x%" PRIx64 ") overlaps %s [0x%" PRIx64 ", 0x%" PRIx64 ")", what,
                    pd->program->name, start, start + size, r->what, r->start, r->end);
        return false;
    }
    space->regions =
        memory_grow(space->regions, &space->capacity_regions, space->num_regions + 1, sizeof(*space->regions));
    memmove(&space->regions[at + 1], &space->regions[at], (space->num_regions - at) * sizeof(*space->regions));
    space->regions[at] = (struct region){start, start + size, what};
    space->num_regions++;
    return true;
}

uint64_t space_find(const struct expansion *x, const struct pd *pd, uint64_t from, uint64_t size, uint64_t align)
{
    const struct space *space = pd->space;
    uint64_t top = x->profile->user_top, start = from > space->program_end ? from : space->program_end;
    for (size_t at = region_search(space, start);; at++) {
        uint64_t place = (start + CAPDL_PAGE_SIZE + align - 1) & ~(align - 1);
        uint64_t limit = at < space->num_regions ? space->regions[at].start : top;
        if (place <= limit && size <= limit - place) {
            return place;
        }
        if (at >= space->num_regions) {
            return 0;
        }
        if (space->regions[at].end > start) {
            start = space->regions[at].end;
        }
    }
}

uint64_t space_place(struct expansion *x, struct pd *pd, uint64_t size, const char *what)
{
    uint64_t place = space_find(x, pd, 0, size, CAPDL_PAGE_SIZE);
    if (place == 0) {
        capdl_error(x->diags, pd->program->pos, "no room for %s of '%s': %" PRIu64 " bytes above 0x%" PRIx64, what,
                    pd->program->name, size, pd->space->program_end);
    } else if (!space_take(x, pd, place, size, what, pd->program->pos)) {
        place = 0;
    }
    return place;
}

/* The table of a level that spans `address`, made and linked into its parent if it is not there yet. */
static uint32_t table_at(struct expansion *x, struct pd *pd, unsigned level, uint64_t address)
{
    const struct capdl_profile *profile = x->profile;
    uint32_t parent = pd->space->levels[0].tables[0].object;
    for (unsigned l = 1; l <= level && parent != CAPDL_NO_OBJECT; l++) {
        unsigned shift = vspace_shift(profile, l - 1);
        uint64_t start = address >> shift << shift;
        struct table_list *tables = &pd->space->levels[l];
        size_t at = table_list_search(tables, start);
        if (at == tables->count || tables->tables[at].start != start) {
            enum capdl_kind kind = table_kind(profile, l);
            uint32_t made = object_next(x, pd, capdl_kind_keyword(kind), &pd->program->counters.tables[kind], kind, 0);
            if (made == CAPDL_NO_OBJECT) {
                return made;
            }
            uint64_t slot = vspace_index(profile, l - 1, address);
            object_hold(x, pd, parent, (struct capdl_cap){.slot = slot, .object = made, .kind = (uint8_t)kind});
            table_list_insert(tables, at, start, made);
        }
        parent = tables->tables[at].object;
    }
    return parent;
}

uint32_t space_slot(const struct expansion *x, const struct pd *pd, uint64_t address, uint64_t *slot)
{
    const struct capdl_profile *profile = x->profile;
    unsigned level = profile->vspace_levels > 1 ? profile->vspace_levels - 1u : 0;
    unsigned shift = level ? vspace_shift(profile, level - 1) : 0;
    const struct table_list *tables = &pd->space->levels[level];
    uint64_t start = level ? address >> shift << shift : 0;
    size_t at = table_list_search(tables, start);
    *slot = vspace_index(profile, level, address);
    return at < tables->count && tables->tables[at].start == start ? tables->tables[at].object : CAPDL_NO_OBJECT;
}

bool space_map(struct expansion *x, struct pd *pd, uint64_t address, struct capdl_cap frame)
{
    const struct capdl_profile *profile = x->profile;
    unsigned bits = capdl_object_size_bits(x->spec, frame.object), level = profile->vspace_levels - 1u;
    while (level > 0 && vspace_shift(profile, level) < bits) {
        level--;
    }
    uint32_t table = table_at(x, pd, level, address);
    if (table == CAPDL_NO_OBJECT) {
        return false;
    }
    frame.slot = vspace_index(profile, level, address);
    frame.kind = CAPDL_KIND_FRAME;
    object_hold(x, pd, table, frame);
    return true;
}
