/* SPDX-License-Identifier: BSD-2-Clause */
/* Random address spaces: tables as they are needed, frames of all sizes, some in several spaces. */
#include <string.h>

#include "generate.h"

bool slot_take(struct generator *g, const struct thing *thing, uint64_t slot)
{
    size_t number = (size_t)(thing - g->things);
    for (size_t i = 0; i < g->num_taken; i++) {
        if (g->taken[i].thing == number && g->taken[i].slot == slot) {
            return false;
        }
    }
    if (g->num_taken == MOST_SLOTS) {
        return false;
    }
    g->taken[g->num_taken++] = (struct taken){number, slot};
    return true;
}

/* From the root. */
static const char *table_keyword(enum capdl_arch arch, unsigned level)
{
    static const char *const arm[] = {"pud", "pd", "pt"}, *const pc[] = {"pml4", "pdpt", "pd", "pt"};
    return arch == CAPDL_ARCH_AARCH64 ? arm[level] : arch == CAPDL_ARCH_RISCV ? "pt" : pc[level];
}

/* log2 of what an entry at this level covers. */
static unsigned entry_shift(const struct generator *g, unsigned level)
{
    return 12 + 9 * (g->sample->profile->vspace_levels - 1 - level);
}

static struct thing *table_find(struct generator *g, unsigned space, unsigned level, uint64_t prefix)
{
    for (size_t i = 0; i < g->num_things; i++) {
        struct thing *t = &g->things[i];
        if (t->kind == THING_TABLE && t->space == space && t->level == level && t->prefix == prefix) {
            return t;
        }
    }
    return NULL;
}

static uint64_t index_of(const struct generator *g, unsigned level, uint64_t address)
{
    return address >> entry_shift(g, level) & ((UINT64_C(1) << g->sample->profile->vspace_index_bits[level]) - 1);
}

/* The table of a level that covers an address, with all above it; 0: a page lies there, or there are enough objects. */
static struct thing *table_at(struct generator *g, unsigned space, unsigned level, uint64_t address)
{
    struct thing *above = table_find(g, space, 0, 0);
    for (unsigned l = 1; l <= level && above; l++) {
        uint64_t prefix = address >> entry_shift(g, l - 1);
        struct thing *next = table_find(g, space, l, prefix);
        if (!next) {
            if (!slot_take(g, above, index_of(g, l - 1, address))) {
                return NULL;
            }
            next = thing_add(g, THING_TABLE, "v%u_%s_%zu", space, table_keyword(g->arch, l), g->num_things);
            if (!next) {
                return NULL;
            }
            next->space = space;
            next->level = l;
            next->prefix = prefix;
            line_add(g, SECTION_OBJECTS, "%s = %s", next->name, table_keyword(g->arch, l));
            line_add(g, SECTION_CAPS, "%s { %llu: %s }", above->name, (unsigned long long)index_of(g, l - 1, address),
                     next->name);
        }
        above = next;
    }
    return above;
}

static uint64_t pick_place(struct generator *g, unsigned bits)
{
    static const uint64_t bases[] = {0x400000, 0x10000000, 0x40000000, 0x7fe00000, UINT64_C(0x2000000000)};
    uint64_t base = rng_chance(&g->r, 10) ? g->sample->profile->user_top - (UINT64_C(1) << 31)
                                          : bases[rng_below(&g->r, sizeof(bases) / sizeof(bases[0]))];
    uint64_t address = base + (rng_below(&g->r, rng_chance(&g->r, 5) ? 600 : 12) << bits);
    return address >> bits << bits;
}

static void map_frame(struct generator *g, unsigned space, struct thing *frame)
{
    static const char *const rights[] = {"R", "RW", "RX", "RWX"};
    unsigned level = 0;
    while (entry_shift(g, level) != frame->bits) {
        level++;
    }
    uint64_t address = pick_place(g, frame->bits);
    if (address + (UINT64_C(1) << frame->bits) > g->sample->profile->user_top || address >> 37 > 1) {
        return;
    }
    struct thing *table = table_at(g, space, level, address);
    if (!table || !slot_take(g, table, index_of(g, level, address))) {
        return;
    }
    unsigned right = (unsigned)rng_below(&g->r, 4);
    bool uncached = frame->device || rng_chance(&g->r, 12);
    line_add(g, SECTION_CAPS, "%s { %llu: %s (%s%s) }", table->name, (unsigned long long)index_of(g, level, address),
             frame->name, rights[right], uncached ? ", uncached" : "");
    frame->mapped++;
    memcpy(frame->table, table->name, sizeof(frame->table));
    frame->table_slot = index_of(g, level, address);
    frame->table_rights = right;
    if ((right == 1 || right == 3) && !frame->device && frame->bits < 30 && g->num_buffers < 64) {
        struct buffer *b = &g->buffers[g->num_buffers++];
        *b = (struct buffer){.space = space, .address = address, .bits = frame->bits, .filled = frame->filled};
        memcpy(b->frame, frame->name, sizeof(b->frame));
    }
}

static void make_pool(struct generator *g, const struct thing *root)
{
    struct thing *pool = thing_any(g, THING_POOL);
    if (!pool) {
        pool = thing_add(g, THING_POOL, "pool%zu", g->num_things);
        if (!pool) {
            return;
        }
        line_add(g, SECTION_OBJECTS, "%s = asid_pool", pool->name);
    }
    for (uint64_t slot = 0;; slot++) {
        if (slot_take(g, pool, slot)) {
            line_add(g, SECTION_CAPS, "%s { %llu: %s }", pool->name, (unsigned long long)slot, root->name);
            return;
        }
    }
}

void space_generate(struct generator *g)
{
    struct thing *root = thing_add(g, THING_TABLE, "v%u", g->num_spaces);
    if (!root) {
        return;
    }
    root->space = g->num_spaces++;
    line_add(g, SECTION_OBJECTS, "%s = %s", root->name, table_keyword(g->arch, 0));
    for (uint64_t i = rng_below(&g->r, 12); i > 0; i--) {
        struct thing *frame = thing_any(g, THING_FRAME);
        if (frame) {
            map_frame(g, root->space, frame);
        }
    }
    if (rng_chance(&g->r, 4)) {
        make_pool(g, root);
    }
}
