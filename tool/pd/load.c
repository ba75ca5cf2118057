/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program's segments as frames: pages with bytes of the file become small frames with a fill list, the rest is zero
 * memory in the largest frames that fit.
 *
 *     | file bytes | file, then zeros |  zeros  |  zeros, 2 MiB aligned  |  zeros  |
 *       elf_P_0      elf_P_1            bss_P[0]   large_P[0]               bss_P[1]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <capdl/blob.h>

#include "base/memory.h"
#include "base/pd_names.h"
#include "expand.h"
#include "fill.h"
#include "symbols.h"

static uint64_t page_down(uint64_t address)
{
    return address & ~(uint64_t)(CAPDL_PAGE_SIZE - 1);
}

static uint64_t page_up(uint64_t address)
{
    return page_down(address + CAPDL_PAGE_SIZE - 1);
}

static uint64_t lower(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t higher(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* Write-only memory cannot be mapped, and code that is run must be fetched by reading on some machines. */
static uint8_t mappable(uint8_t rights)
{
    return rights | CAPDL_RIGHT_READ;
}

/* Takes the pages of all segments; segments in one page or in adjacent ones count as one piece. */
static bool take_pages(struct expansion *x, struct pd *pd, const struct elf_program *elf)
{
    struct capdl_pos pos = pd->program->params.elf->pos;
    for (size_t i = 0; i < elf->num_segments;) {
        uint64_t start = page_down(elf->segments[i].vaddr), end = start;
        for (; i < elf->num_segments && page_down(elf->segments[i].vaddr) <= end; i++) {
            end = higher(end, page_up(elf->segments[i].vaddr + elf->segments[i].memsz));
        }
        if (!space_take(x, pd, start, end - start, "the program", pos)) {
            return false;
        }
        pd->space->program_end = higher(pd->space->program_end, end);
    }
    return true;
}

/* Takes the room, in which the program must be. */
static bool take_room(struct expansion *x, struct pd *pd, const struct elf_program *elf)
{
    const struct capdl_param *room = pd->program->params.given[PARAM_ROOM];
    const struct elf_segment *last = elf->num_segments ? &elf->segments[elf->num_segments - 1] : NULL;
    uint64_t size = last ? page_up(last->vaddr + last->memsz) - pd->program_start : 0;
    if (pd->program->elements) {
        capdl_error(x->diags, room->pos, "'room' is for a single pd, but '%s' is an array: declare them one by one",
                    pd->program->name);
        return false;
    }
    if (size > room->number) {
        capdl_error(x->diags, room->pos,
                    "program '%s' takes %" PRIu64 " bytes, from 0x%" PRIx64 " to 0x%" PRIx64
                    ", but the room of '%s' is %" PRIu64,
                    pd->program->params.elf->text, size, pd->program_start, pd->program_start + size, pd->program->name,
                    room->number);
        return false;
    }
    pd->space->program_end = pd->program_start + room->number;
    capdl_object_declaration(x->spec, pd->program->object)->room = room->number;
    return space_take(x, pd, pd->program_start, room->number, "the room", room->pos);
}

/* The physical address of a page of a program that has one, congruent to its first page. */
static uint64_t physical(const struct pd *pd, uint64_t page)
{
    return params_number(&pd->program->params, PARAM_PADDR) + (page - pd->program_start);
}

/* A frame of a program at a physical address; one that the author declared keeps its own. */
static void place_frame(struct expansion *x, const struct pd *pd, uint32_t frame, uint64_t page)
{
    struct capdl_object object = capdl_object_view(x->spec, frame);
    if (!pd->program->params.given[PARAM_PADDR] || object.flags & CAPDL_OBJECT_HAS_PADDR) {
        return;
    }
    object.paddr = physical(pd, page);
    object.flags |= CAPDL_OBJECT_HAS_PADDR;
    capdl_object_set(x->spec, frame, &object);
}

/* log2 of the largest page that maps memory of one kind from `page` to `end`, where its physical address allows it. */
static unsigned page_bits(const struct expansion *x, const struct pd *pd, uint64_t page, uint64_t end)
{
    bool placed = pd->program->params.given[PARAM_PADDR];
    for (unsigned up = placed ? 2 : 1; up > 0; up--) {
        unsigned bits = up < x->profile->vspace_levels ? space_entry_bits(x->profile, up) : 0;
        uint64_t size = UINT64_C(1) << bits;
        if (bits && end - page >= size && (page | (placed ? physical(pd, page) : 0)) % size == 0) {
            return bits;
        }
    }
    return CAPDL_PAGE_BITS;
}

/* Frames with addresses are no array, as its elements would have to be alike. */
static uint32_t zero_frame(struct expansion *x, struct pd *pd, unsigned bits)
{
    struct pd_counters *counters = &pd->program->counters;
    const char *prefix = bits > CAPDL_PAGE_BITS ? PD_LARGE : PD_BSS;
    uint32_t *counter = bits > CAPDL_PAGE_BITS ? &counters->large : &counters->bss;
    if (pd->program->params.given[PARAM_PADDR]) {
        return object_numbered(x, pd, prefix, (*counter)++, bits);
    }
    return object_next(x, pd, prefix, counter, CAPDL_KIND_FRAME, bits);
}

static bool map_zeros(struct expansion *x, struct pd *pd, uint64_t start, uint64_t end, uint8_t rights)
{
    while (start < end) {
        unsigned bits = page_bits(x, pd, start, end);
        uint32_t frame = zero_frame(x, pd, bits);
        if (frame == CAPDL_NO_OBJECT ||
            !space_map(x, pd, start, (struct capdl_cap){.object = frame, .rights = mappable(rights)})) {
            return false;
        }
        place_frame(x, pd, frame, start);
        start += UINT64_C(1) << bits;
    }
    return true;
}

/* What `page` holds of the segment's bytes in the file. False: nothing. */
static bool fill_of(const struct elf_segment *s, uint64_t page, uint64_t size, struct capdl_fill *fill)
{
    uint64_t from = higher(s->vaddr, page), to = lower(s->vaddr + s->filesz, page + size);
    if (from >= to) {
        return false;
    }
    fill->kind = CAPDL_FILL_FILE;
    fill->offset = from - page;
    fill->length = to - from;
    fill->source_offset = s->offset + (from - s->vaddr);
    return true;
}

/* A page that holds bytes of the file, of one segment or of several, or what symbols are set to. */
static bool map_filled(struct expansion *x, struct pd *pd, const struct elf_program *elf, uint64_t page, unsigned bits,
                       uint8_t rights)
{
    uint32_t frame = object_numbered(x, pd, PD_ELF, pd->num_elf++, bits);
    if (frame == CAPDL_NO_OBJECT) {
        return false;
    }
    struct capdl_object object = capdl_object_view(x->spec, frame);
    if (!(object.flags & CAPDL_OBJECT_HAS_FILL)) { /* else the author's own */
        const struct capdl_param *name = pd->program->params.elf;
        object.u.fills = elf_fills(x->spec, elf, page, UINT64_C(1) << bits, name->text, name->pos);
        object.flags |= CAPDL_OBJECT_HAS_FILL;
        capdl_object_set(x->spec, frame, &object);
    }
    place_frame(x, pd, frame, page);
    return space_map(x, pd, page, (struct capdl_cap){.object = frame, .rights = mappable(rights)});
}

/* The segments from s on that touch the page, the rights of all of them, and whether one has bytes of the file
   there. */
static size_t touching(const struct elf_segment *s, size_t count, uint64_t page, uint8_t *rights, bool *filled)
{
    struct capdl_fill fill;
    size_t n = 0;
    *rights = 0;
    *filled = false;
    for (; n < count && s[n].vaddr < page + CAPDL_PAGE_SIZE; n++) {
        *rights |= s[n].rights;
        *filled |= fill_of(&s[n], page, CAPDL_PAGE_SIZE, &fill);
    }
    return n;
}

/* A page of a room has a frame of its own, which the image stores even if it is all zero: a fill of no bytes says so.
 * Pages that no segment touches are mapped readable, so that `capdl update` finds their frames in the page table. */
static bool map_room_page(struct expansion *x, struct pd *pd, const struct elf_program *elf, uint64_t page,
                          uint8_t rights)
{
    const struct capdl_param *name = pd->program->params.elf;
    uint32_t frame = object_next(x, pd, PD_ROOM, &pd->program->counters.room, CAPDL_KIND_FRAME, CAPDL_PAGE_BITS);
    if (frame == CAPDL_NO_OBJECT) {
        return false;
    }
    struct capdl_object object = capdl_object_view(x->spec, frame);
    object.u.fills = elf_stored_fills(x->spec, elf, page, name->text, name->pos);
    object.flags |= CAPDL_OBJECT_HAS_FILL;
    capdl_object_set(x->spec, frame, &object);
    place_frame(x, pd, frame, page);
    return space_map(x, pd, page, (struct capdl_cap){.object = frame, .rights = mappable(rights)});
}

static bool map_room(struct expansion *x, struct pd *pd, const struct elf_program *elf)
{
    uint64_t end = pd->program_start + params_number(&pd->program->params, PARAM_ROOM);
    const struct elf_segment *s = elf->segments;
    size_t count = elf->num_segments;
    for (uint64_t page = pd->program_start; page < end; page += CAPDL_PAGE_SIZE) {
        uint8_t rights;
        bool filled;
        while (count && s->vaddr + s->memsz <= page) {
            s++, count--;
        }
        touching(s, count, page, &rights, &filled);
        if (!map_room_page(x, pd, elf, page, rights)) {
            return false;
        }
    }
    return true;
}

static bool map_segments(struct expansion *x, struct pd *pd, const struct elf_program *elf)
{
    const struct elf_segment *s = elf->segments;
    size_t count = elf->num_segments;
    uint64_t at = 0;
    while (count) {
        uint64_t page = higher(at, page_down(s->vaddr)), end = page_up(s->vaddr + s->memsz);
        uint8_t rights;
        bool filled;
        if (page >= end) {
            s++, count--;
            continue;
        }
        size_t n = touching(s, count, page, &rights, &filled);
        uint64_t alone = n > 1 ? page : count > 1 ? lower(end, page_down(s[1].vaddr)) : end;
        uint64_t patched = page_down(elf_next_patched(elf, page));
        filled |= patched == page;
        unsigned bits = filled && pd->program->params.given[PARAM_PADDR] && alone > page ? page_bits(x, pd, page, alone)
                                                                                         : CAPDL_PAGE_BITS;
        at = page + (UINT64_C(1) << bits);
        if (!filled && n == 1) {
            at = lower(alone, patched);
        }
        if (!(filled ? map_filled(x, pd, elf, page, bits, rights) : map_zeros(x, pd, page, at, rights))) {
            return false;
        }
    }
    return true;
}

/* As the kernel maps its initial task: page by page from the first to the last, whatever the segments say. */
static bool map_image(struct expansion *x, struct pd *pd, const struct elf_program *elf)
{
    const uint8_t all = CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE | CAPDL_RIGHT_EXECUTE;
    const char *name = pd->program->params.elf->text;
    struct capdl_pos pos = pd->program->params.elf->pos;
    for (uint64_t page = pd->program_start; page < pd->space->program_end; page += CAPDL_PAGE_SIZE) {
        bool filled = elf_fills(x->spec, elf, page, CAPDL_PAGE_SIZE, name, pos).count != 0;
        if (!(filled ? map_filled(x, pd, elf, page, CAPDL_PAGE_BITS, all)
                     : map_zeros(x, pd, page, page + CAPDL_PAGE_SIZE, all))) {
            return false;
        }
    }
    return true;
}

static bool load_image(struct expansion *x, struct pd *pd, const struct elf_program *elf)
{
    const struct elf_segment *last = elf->num_segments ? &elf->segments[elf->num_segments - 1] : NULL;
    uint64_t end = last ? page_up(last->vaddr + last->memsz) : 0;
    pd->space->program_end = end;
    return root_check(x, pd) &&
           (!last || space_take(x, pd, pd->program_start, end - pd->program_start, "the program",
                                pd->program->params.elf->pos)) &&
           root_memory(x, pd) && map_image(x, pd, elf);
}

bool load_program(struct expansion *x, struct pd *pd, const struct elf_program *elf)
{
    pd->entry = elf->entry;
    pd->program_start = elf->num_segments ? page_down(elf->segments[0].vaddr) : 0;
    if (pd->program->params.given[PARAM_PADDR] && pd->program->elements > 1) {
        capdl_error(x->diags, pd->program->params.given[PARAM_PADDR]->pos,
                    "'paddr' is a single address, but '%s' is an array of %u: declare them one by one",
                    pd->program->name, pd->program->elements);
        return false;
    }
    if (root_is(pd)) {
        return load_image(x, pd, elf);
    }
    if (pd->program->params.given[PARAM_ROOM]) {
        return take_room(x, pd, elf) && map_room(x, pd, elf);
    }
    return take_pages(x, pd, elf) && map_segments(x, pd, elf);
}
