/* SPDX-License-Identifier: BSD-2-Clause */
/* Contents that could not be mapped where they are in our image: frames of other sizes, at given addresses, or
   shared. */
#include "fills.h"

#include "arch.h"
#include "chunk.h"
#include "own_calls.h"
#include "phases.h"
#include "window.h"

enum { MAP_RIGHTS = CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE, NOTHING = -1 };

void map_frame(struct mapped *mapped, uint64_t slot, uint64_t size_bits)
{
    if (size_bits == CAPDL_PAGE_BITS && !self.window_is_open) {
        self.window_is_open = true;
        window_open();
    }
    call_start(CAPDL_BOOT_PAGE_MAP, CAPDL_REF_SLOT, slot);
    mapped->slot = slot;
    mapped->address = window_address(size_bits);
    call_cap(CAPDL_REF_INITIAL, CAPDL_INITIAL_VSPACE);
    call_word(mapped->address);
    call_word(MAP_RIGHTS);
    call_word((uint64_t)self.blob.boot[CAPDL_BOOT_PAGE_ATTRIBUTES]);
    call_make();
}

void unmap_frame(struct mapped *mapped)
{
    if (mapped->slot == (uint64_t)NOTHING) {
        return;
    }
    call_start(CAPDL_BOOT_PAGE_UNMAP, CAPDL_REF_SLOT, mapped->slot);
    call_make();
    mapped->slot = (uint64_t)NOTHING;
}

void clean_caches(enum capdl_boot_key method, unsigned kind, uint64_t frame, uint64_t start, uint64_t end)
{
    if (!self.blob.boot[method]) {
        return;
    }
    call_start(method, kind, frame);
    call_word(start);
    call_word(end);
    call_make();
}

/* The part of a fill that is in its first frame; moves the fill past it. */
static void fill_one(struct mapped *mapped, struct capdl_blob_fill *fill)
{
    const unsigned bits = capdl_blob_fill_bits(fill);
    const uint64_t room = ((UINT64_C(1) << fill->size_bits) - fill->offset) >> bits;
    const uint64_t pages = fill->pages < room ? fill->pages : room;
    const uint64_t end = fill->offset + (pages << bits);
    uint8_t *to;
    self.slot = fill->slot;
    if (mapped->slot != fill->slot) {
        unmap_frame(mapped);
        map_frame(mapped, fill->slot, fill->size_bits);
    }
    to = window_bytes(mapped->address) + fill->offset;
    if (bits) {
        arch_copy(to, (const void *)(uintptr_t)(header.pages_start + (fill->page << bits)), pages << bits);
    } else {
        copy_chunk(to, fill);
    }
    if (fill->flags & CAPDL_FILL_EXECUTABLE) {
        clean_caches(CAPDL_BOOT_PAGE_UNIFY, CAPDL_REF_SLOT, fill->slot, fill->offset, end);
    }
    if (fill->flags & CAPDL_FILL_UNCACHED) {
        clean_caches(CAPDL_BOOT_PAGE_CLEAN_INVALIDATE, CAPDL_REF_SLOT, fill->slot, fill->offset, end);
    }
    fill->slot++;
    fill->offset = 0;
    fill->page += pages;
    fill->pages -= pages;
}

void fill_frames(void)
{
    struct capdl_blob_table table = capdl_blob_table(&self.blob, CAPDL_BLOB_ITEM_FILLS);
    struct mapped mapped = {(uint64_t)NOTHING, 0};
    struct capdl_blob_fill fill;
    enter_phase(CAPDL_PHASE_FILLS);
    while (capdl_blob_next_fill(&table, &fill)) {
        while (fill.pages) {
            fill_one(&mapped, &fill);
        }
    }
    unmap_frame(&mapped);
    arch_code_written();
}
