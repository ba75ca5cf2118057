/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program's segments as frames: pages with bytes of the file become small frames with a fill list, the rest is zero
 * memory in the largest frames that fit.
 *
 *     | file bytes | file, then zeros |  zeros  |  zeros, 2 MiB aligned  |  zeros  |
 *       elf_P_0      elf_P_1            bss_P[0]   large_P[0]               bss_P[1]
 */
#include <capdl/blob.h>

#include "expand.h"

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
        for (; i < elf->num_segments && page_down(elf->segments[i].vaddr) <= end; i++)
            end = higher(end, page_up(elf->segments[i].vaddr + elf->segments[i].memsz));
        if (!space_take(x, pd, start, end - start, "the program", pos))
            return false;
        pd->space->program_end = higher(pd->space->program_end, end);
    }
    return true;
}

static bool map_zeros(struct expansion *x, struct pd *pd, uint64_t start, uint64_t end, uint8_t rights)
{
    unsigned large_bits = space_entry_bits(x->profile, 1);
    uint64_t large = UINT64_C(1) << large_bits;

    while (start < end) {
        bool fits = start % large == 0 && end - start >= large;
        uint32_t frame = fits
                           ? object_next(x, pd, "large", &pd->program->counters.large, CAPDL_KIND_FRAME, large_bits)
                           : object_next(x, pd, "bss", &pd->program->counters.bss, CAPDL_KIND_FRAME, CAPDL_PAGE_BITS);
        if (frame == CAPDL_NO_OBJECT
            || !space_map(x, pd, start, (struct capdl_cap){.object = frame, .rights = mappable(rights)}))
            return false;
        start += fits ? large : CAPDL_PAGE_SIZE;
    }
    return true;
}

/* What `page` holds of the segment's bytes in the file. False: nothing. */
static bool fill_of(const struct elf_segment *s, uint64_t page, struct capdl_fill *fill)
{
    uint64_t from = higher(s->vaddr, page), to = lower(s->vaddr + s->filesz, page + CAPDL_PAGE_SIZE);

    if (from >= to)
        return false;
    fill->kind = CAPDL_FILL_FILE;
    fill->offset = from - page;
    fill->length = to - from;
    fill->source_offset = s->offset + (from - s->vaddr);
    return true;
}

bool load_fill(struct expansion *x, uint32_t frame, struct capdl_fill fill)
{
    struct capdl_object *object = &x->spec->objects[frame];
    size_t count = object->u.fills.count;

    /* Room for powers of two, so that many pieces in one page cost no more than twice their number. */
    if ((count & (count - 1)) == 0) {
        struct capdl_fill *list = capdl_spec_alloc(x->spec, (count ? count * 2 : 1) * sizeof(*list));
        for (size_t i = 0; i < count; i++)
            list[i] = object->u.fills.list[i];
        object->u.fills.list = list;
    }
    object->u.fills.list[object->u.fills.count++] = fill;
    object->flags |= CAPDL_OBJECT_HAS_FILL;
    return true;
}

/* A page that holds bytes of the file, of one segment or of several. */
static bool map_filled(struct expansion *x, struct pd *pd, const struct elf_segment *s, size_t count, uint64_t page,
                       uint8_t rights)
{
    uint32_t frame = object_numbered(x, pd, "elf", pd->num_elf++);

    if (frame == CAPDL_NO_OBJECT)
        return false;
    bool authors = x->spec->objects[frame].flags & CAPDL_OBJECT_HAS_FILL;
    for (size_t i = 0; i < count && !authors; i++) {
        struct capdl_fill fill = {.text = pd->program->params.elf->text, .pos = pd->program->params.elf->pos};
        if (fill_of(&s[i], page, &fill))
            load_fill(x, frame, fill);
    }
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
        *filled |= fill_of(&s[n], page, &fill);
    }
    return n;
}

static bool map_segments(struct expansion *x, struct pd *pd, const struct elf_segment *s, size_t count)
{
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
        at = page + CAPDL_PAGE_SIZE;
        if (!filled && n == 1)
            at = count > 1 ? lower(end, page_down(s[1].vaddr)) : end;
        if (!(filled ? map_filled(x, pd, s, n, page, rights) : map_zeros(x, pd, page, at, rights)))
            return false;
    }
    return true;
}

bool load_program(struct expansion *x, struct pd *pd, const struct elf_program *elf)
{
    pd->entry = elf->entry;
    return take_pages(x, pd, elf) && map_segments(x, pd, elf->segments, elf->num_segments);
}
