/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contents of frames. A 4 KiB frame that is not all zero and may be anywhere is a page of the image itself; of other
 * frames the pages that are not all zero are put into the image once, however often they occur, and copied at boot.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "image/frame_bytes.h"

static const struct image_source *source_known(const struct program *program, const char *name)
{
    for (size_t i = 0; i < program->options->num_sources; i++) {
        if (strcmp(program->options->sources[i].name, name) == 0) {
            return &program->options->sources[i];
        }
    }
    return NULL;
}

static const struct fill_file *file_load(struct program *program, const struct capdl_fill *fill)
{
    const struct fill_file *file = fill_files_find(&program->files, fill->text);
    const struct image_source *source = file ? NULL : source_known(program, fill->text);
    if (file) {
        return file;
    }
    if (source) {
        return fill_files_give(&program->files, fill->text, source->bytes, source->size);
    }
    program->files.beside = program->options->spec_path;
    program->files.directories = program->options->directories;
    file = fill_files_get(&program->files, fill->text);
    if (file->error) {
        errno = file->error;
        capdl_error(program->diags, fill->pos, "cannot read '%s' to fill a frame: %s",
                    file->path ? file->path : fill->text, file_error());
    } else {
        programs_check_file(program, fill, file);
    }
    return file;
}

static bool fill_good(struct program *program, uint32_t object, const struct capdl_fill *fill)
{
    uint64_t size = UINT64_C(1) << capdl_object_size_bits(program->spec, object);
    if (fill->kind == CAPDL_FILL_OTHER) {
        program_error(program, object,
                      "is filled with '%s': expected CDL_FrameFill_FileData, CDL_FrameFill_Bytes or "
                      "CDL_FrameFill_BootInfo",
                      fill->text);
        return false;
    }
    if (fill->offset > size || fill->length > size - fill->offset) {
        capdl_error(program->diags, fill->pos,
                    "fill of 0x%llx bytes at offset 0x%llx does not fit in a frame of 0x%llx bytes",
                    (unsigned long long)fill->length, (unsigned long long)fill->offset, (unsigned long long)size);
        return false;
    }
    if (fill->kind == CAPDL_FILL_BOOTINFO) {
        return chunk_good(program, fill);
    }
    if (fill->kind == CAPDL_FILL_BYTES) {
        return true;
    }
    const struct fill_file *file = file_load(program, fill);
    if (file->error) {
        return false;
    }
    if (!fill_file_has(file, fill)) {
        capdl_error(program->diags, fill->pos, "'%s' has 0x%llx bytes, too few for 0x%llx bytes from offset 0x%llx",
                    fill->text, (unsigned long long)file->size, (unsigned long long)fill->length,
                    (unsigned long long)fill->source_offset);
        return false;
    }
    return true;
}

static bool ascending(const struct capdl_spec *spec, uint32_t frame)
{
    struct capdl_fills fills = capdl_object_fills(spec, frame);
    for (size_t i = 1; i < fills.count; i++) {
        if (fills.list[i].offset < fills.list[i - 1].offset + fills.list[i - 1].length) {
            return false;
        }
    }
    return true;
}

static int compare_fills(const void *a, const void *b)
{
    const struct capdl_fill *x = *(const struct capdl_fill *const *)a, *y = *(const struct capdl_fill *const *)b;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static bool fills_disjoint(struct program *program, uint32_t frame)
{
    struct capdl_fills fills = capdl_object_fills(program->spec, frame);
    size_t count = fills.count;
    const struct capdl_fill **sorted = memory_zeroed(count, sizeof(*sorted));
    for (size_t i = 0; i < count; i++) {
        sorted[i] = &fills.list[i];
    }
    qsort(sorted, count, sizeof(*sorted), compare_fills);
    bool good = true;
    for (size_t i = 1; i < count; i++) {
        if (sorted[i]->offset < sorted[i - 1]->offset + sorted[i - 1]->length) {
            capdl_error(program->diags, sorted[i]->pos, "fill at offset 0x%llx overlaps the one that ends at 0x%llx",
                        (unsigned long long)sorted[i]->offset,
                        (unsigned long long)(sorted[i - 1]->offset + sorted[i - 1]->length));
            good = false;
        }
    }
    free(sorted);
    return good;
}

static bool fills_good(struct program *program, uint32_t object)
{
    bool good = true;
    struct capdl_fills fills = capdl_object_fills(program->spec, object);
    for (size_t i = 0; i < fills.count; i++) {
        good &= fill_good(program, object, &fills.list[i]);
    }
    if (good && ascending(program->spec, object)) {
        program->kernel_objects[object].flags |= KOBJ_SORTED;
        return true;
    }
    return good && fills_disjoint(program, object);
}

static bool frame_nonzero(const struct program *program, uint32_t object)
{
    uint64_t size = UINT64_C(1) << capdl_object_size_bits(program->spec, object);
    uint8_t page[CAPDL_PAGE_SIZE];
    for (uint64_t offset = 0; offset < size; offset += CAPDL_PAGE_SIZE) {
        if (content_page(program, object, offset, page)) {
            return true;
        }
    }
    return false;
}

static void page_add(struct program *program, uint32_t object, uint64_t offset)
{
    program->pages =
        memory_grow(program->pages, &program->capacity_pages, program->num_pages + 1, sizeof(*program->pages));
    program->pages[program->num_pages++] = (struct page){.object = object, .offset = offset};
}

/* A page of the image was written through a cache; where caches are not coherent, a frame that is mapped uncached would
   not show that, so its contents are copied and the cache cleaned. */
static bool is_embedded(const struct program *program, uint32_t object)
{
    const struct kernel_object *kobj = &program->kernel_objects[object];
    bool coherent = capdl_architecture(program->profile->arch)->coherent || !(kobj->flags & KOBJ_UNCACHED);
    return coherent && !(kobj->flags & KOBJ_TOLD) && !chunk_in(program->spec, object) &&
           kobj->type == CAPDL_TYPE_FRAME_4K && !(capdl_object_flags(program->spec, object) & CAPDL_OBJECT_HAS_PADDR) &&
           capdl_object_parent(program->spec, object) == CAPDL_NO_OBJECT &&
           !(capdl_object_flags(program->spec, object) & CAPDL_OBJECT_CONTIGUOUS);
}

void content_find(struct program *program)
{
    for (uint32_t i = 0; i < program->spec->num_objects; i++) {
        struct kernel_object *kobj = &program->kernel_objects[i];
        if (capdl_object_kind(program->spec, i) != CAPDL_KIND_FRAME || kobj->type == CAPDL_TYPE_COUNT ||
            (capdl_object_fills(program->spec, i).count == 0 && !arguments_in(program, i, 0)) ||
            !fills_good(program, i)) {
            continue;
        }
        bool nonzero = chunk_in(program->spec, i) || frame_nonzero(program, i);
        if (!nonzero && !frame_stored(program, i)) {
            continue;
        }
        if (kobj->flags & KOBJ_RESERVED) {
            continue;
        }
        if (!nonzero && !is_embedded(program, i)) {
            continue;
        }
        kobj->flags |= KOBJ_CONTENT;
        if (is_embedded(program, i)) {
            kobj->kind = KOBJ_PAGE;
            kobj->number = (uint32_t)program->num_pages;
            page_add(program, i, 0);
        }
    }
    twins_copy(program);
    program->num_embedded = program->num_pages;
}

/* Pages in the image by content, so that equal runs of them are there once. */
struct sharing {
    struct run {
        uint64_t hash, page, pages; /* pages 0: packed, from byte `page` on */
    } *runs;
    size_t count, capacity;
    size_t *table; /* index + 1; open addressing */
    size_t table_size;
};

static bool run_equal(const struct program *program, uint64_t first, uint32_t object, uint64_t offset, uint64_t pages)
{
    uint8_t a[CAPDL_PAGE_SIZE], b[CAPDL_PAGE_SIZE];
    for (uint64_t i = 0; i < pages; i++) {
        const struct page *page = &program->pages[first + i];
        content_page(program, page->object, page->offset, a);
        content_page(program, object, offset + i * CAPDL_PAGE_SIZE, b);
        if (memcmp(a, b, CAPDL_PAGE_SIZE) != 0) {
            return false;
        }
    }
    return true;
}

static void sharing_enlarge(struct sharing *sharing)
{
    if ((sharing->count + 1) * 2 <= sharing->table_size) {
        return;
    }
    free(sharing->table);
    sharing->table_size = sharing->table_size ? sharing->table_size * 2 : 64;
    sharing->table = memory_zeroed(sharing->table_size, sizeof(*sharing->table));
    for (size_t i = 0; i < sharing->count; i++) {
        size_t at = sharing->runs[i].hash & (sharing->table_size - 1);
        while (sharing->table[at]) {
            at = (at + 1) & (sharing->table_size - 1);
        }
        sharing->table[at] = i + 1;
    }
}

static void run_add(struct sharing *sharing, size_t at, uint64_t first, uint64_t pages, uint64_t hash)
{
    sharing->runs = memory_grow(sharing->runs, &sharing->capacity, sharing->count + 1, sizeof(*sharing->runs));
    sharing->runs[sharing->count++] = (struct run){.hash = hash, .page = first, .pages = pages};
    sharing->table[at] = sharing->count;
}

/* First page of a run with this content, added when there is none. */
static uint64_t share(struct program *program, struct sharing *sharing, uint32_t object, uint64_t offset,
                      uint64_t pages, uint64_t hash)
{
    sharing_enlarge(sharing);
    size_t at = hash & (sharing->table_size - 1);
    for (; sharing->table[at]; at = (at + 1) & (sharing->table_size - 1)) {
        const struct run *run = &sharing->runs[sharing->table[at] - 1];
        if (run->hash == hash && run->pages == pages && run_equal(program, run->page, object, offset, pages)) {
            return run->page;
        }
    }
    uint64_t first = program->num_pages;
    run_add(sharing, at, first, pages, hash);
    for (uint64_t i = 0; i < pages; i++) {
        page_add(program, object, offset + i * CAPDL_PAGE_SIZE);
    }
    return first;
}

/* A fill goes on into the frame in the next slot where its frame ends. */
static bool fill_continues(const struct fill *last, const struct fill *next)
{
    return last->size_bits == next->size_bits && last->flags == next->flags && last->page + last->pages == next->page &&
           (last->slot << last->size_bits) + last->offset + last->pages * CAPDL_PAGE_SIZE ==
               (next->slot << next->size_bits) + next->offset;
}

static void fill_append(struct program *program, const struct fill *fill)
{
    program->fills =
        memory_grow(program->fills, &program->capacity_fills, program->num_fills + 1, sizeof(*program->fills));
    program->fills[program->num_fills++] = *fill;
}

static void fill_add(struct program *program, const struct fill *fill)
{
    struct fill *last = program->num_fills ? &program->fills[program->num_fills - 1] : NULL;
    if (last && fill_continues(last, fill)) {
        last->pages += fill->pages;
        return;
    }
    fill_append(program, fill);
}

/* After the pages, which it may be on. */
static void frame_fill_chunks(struct program *program, uint32_t object, const struct fill *like)
{
    struct capdl_fills fills = capdl_object_fills(program->spec, object);
    for (size_t i = 0; i < fills.count; i++) {
        const struct capdl_fill *chunk = &fills.list[i];
        if (chunk->kind != CAPDL_FILL_BOOTINFO) {
            continue;
        }
        struct fill fill = *like;
        fill.offset = chunk->offset;
        fill.page = chunk->source_offset;
        fill.pages = chunk->length;
        fill.flags |= (uint16_t)(CAPDL_FILL_CHUNK | chunk_id(chunk->text) << CAPDL_FILL_CHUNK_SHIFT);
        fill_append(program, &fill);
    }
}

/* The run with this content: whole pages or, of a partly filled page, units that are packed. */
static const struct run *run_of_page(const struct program *program, const struct sharing *sharing, uint32_t object,
                                     const uint8_t page[CAPDL_PAGE_SIZE], uint64_t hash)
{
    struct extent extent = page_extent(page);
    size_t from = (size_t)extent.first << CAPDL_FILL_UNIT_BITS, size = (size_t)extent.count << CAPDL_FILL_UNIT_BITS;
    for (size_t at = hash & (sharing->table_size - 1); sharing->table[at]; at = (at + 1) & (sharing->table_size - 1)) {
        const struct run *run = &sharing->runs[sharing->table[at] - 1];
        if (run->hash == hash &&
            (run->pages == 1 ? run_equal(program, run->page, object, 0, 1)
                             : run->pages == 0 && size <= program->packed.size - run->page &&
                                   memcmp(program->packed.bytes + run->page, page + from, size) == 0)) {
            return run;
        }
    }
    return NULL;
}

/* A frame without a page of its own: from an equal page or, if there is none, from packed ones, which come after all
   others in the segment. */
static void fill_spared(struct program *program, struct sharing *sharing, uint32_t object, struct fill *fill)
{
    uint8_t page[CAPDL_PAGE_SIZE];
    content_page(program, object, 0, page);
    struct extent extent = page_extent(page);
    uint64_t hash = page_hash(1, page);
    sharing_enlarge(sharing);
    const struct run *run = run_of_page(program, sharing, object, page, hash);
    if (!run) {
        struct packed *packed = &program->packed;
        size_t size = (size_t)extent.count << CAPDL_FILL_UNIT_BITS, at = hash & (sharing->table_size - 1);
        packed->bytes = memory_grow(packed->bytes, &packed->capacity, packed->size + size, 1);
        memcpy(packed->bytes + packed->size, page + ((size_t)extent.first << CAPDL_FILL_UNIT_BITS), size);
        while (sharing->table[at]) {
            at = (at + 1) & (sharing->table_size - 1);
        }
        run_add(sharing, at, packed->size, 0, hash);
        packed->size += size;
        run = &sharing->runs[sharing->count - 1];
    }
    fill->pages = 1;
    fill->page = run->page;
    if (run->pages == 0) {
        fill->flags |= CAPDL_FILL_PACKED;
        fill->offset = (uint64_t)extent.first << CAPDL_FILL_UNIT_BITS;
        fill->page = run->page >> CAPDL_FILL_UNIT_BITS;
        fill->pages = extent.count;
    }
    fill_append(program, fill);
}

/* Their pages are the last. */
static void packed_place(struct program *program)
{
    uint64_t before = (uint64_t)program->num_pages << (CAPDL_PAGE_BITS - CAPDL_FILL_UNIT_BITS);
    for (size_t i = 0; i < program->num_fills; i++) {
        struct fill *fill = &program->fills[i];
        fill->page += fill->flags & CAPDL_FILL_PACKED ? before : 0;
    }
    for (size_t offset = 0; offset < program->packed.size; offset += CAPDL_PAGE_SIZE) {
        page_add(program, CAPDL_NO_OBJECT, offset);
    }
}

static void frame_fill(struct program *program, struct sharing *sharing, uint32_t object)
{
    const struct kernel_object *kobj = &program->kernel_objects[object];
    struct fill fill = {.slot = kobj->number, .size_bits = kobj->size_bits};
    fill.flags = (uint16_t)((kobj->flags & KOBJ_EXECUTABLE ? CAPDL_FILL_EXECUTABLE : 0) |
                            (kobj->flags & KOBJ_UNCACHED ? CAPDL_FILL_UNCACHED : 0));
    if (kobj->flags & KOBJ_SPARED) {
        fill_spared(program, sharing, object, &fill);
        return;
    }
    uint64_t size = UINT64_C(1) << kobj->size_bits, hash = 0;
    uint8_t page[CAPDL_PAGE_SIZE];
    for (uint64_t offset = 0; offset <= size; offset += CAPDL_PAGE_SIZE) {
        if (offset < size && content_page(program, object, offset, page)) {
            fill.offset = fill.pages ? fill.offset : offset;
            hash = page_hash(fill.pages ? hash : 1, page);
            fill.pages++;
        } else if (fill.pages) {
            fill.page = share(program, sharing, object, fill.offset, fill.pages, hash);
            fill_add(program, &fill);
            fill.pages = 0;
        }
    }
    frame_fill_chunks(program, object, &fill);
}

/* A frame that is copied because slots are few is copied from an equal page that is a frame, which is still ours
 * then. */
static void share_embedded(struct program *program, struct sharing *sharing)
{
    uint8_t page[CAPDL_PAGE_SIZE];
    for (size_t i = 0; i < program->num_embedded; i++) {
        if (content_page(program, program->pages[i].object, 0, page)) {
            uint64_t hash = page_hash(1, page);
            sharing_enlarge(sharing);
            size_t at = hash & (sharing->table_size - 1);
            while (sharing->table[at]) {
                at = (at + 1) & (sharing->table_size - 1);
            }
            run_add(sharing, at, i, 1, hash);
        }
    }
}

void content_fill(struct program *program)
{
    struct sharing sharing = {NULL};
    if (program->num_spared) {
        share_embedded(program, &sharing);
    }
    for (size_t slot = 0; slot < program->num_objects; slot++) {
        uint32_t object = program->objects[slot];
        if (object != CAPDL_NO_OBJECT && program->kernel_objects[object].flags & KOBJ_CONTENT) {
            frame_fill(program, &sharing, object);
        }
    }
    packed_place(program);
    free(sharing.runs);
    free(sharing.table);
}
