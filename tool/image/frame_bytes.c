/* SPDX-License-Identifier: BSD-2-Clause */
/* The bytes of frames, page by page. */
#include "image/frame_bytes.h"

#include <string.h>

/* First fill that ends after `offset`; fills are ascending. */
static size_t first_fill(const struct capdl_spec *spec, uint32_t frame, uint64_t offset)
{
    struct capdl_fills fills = capdl_object_fills(spec, frame);
    size_t low = 0, high = fills.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct capdl_fill *fill = &fills.list[middle];
        if (fill->offset + fill->length > offset) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

static void fill_page(const struct program *program, const struct capdl_fill *fill, uint64_t offset, uint8_t *page)
{
    uint64_t end = fill->offset + fill->length;
    uint64_t from = fill->offset > offset ? fill->offset : offset;
    uint64_t to = end < offset + CAPDL_PAGE_SIZE ? end : offset + CAPDL_PAGE_SIZE;
    bool of_file = fill->kind == CAPDL_FILL_FILE;
    if (from < to && (of_file || fill->kind == CAPDL_FILL_BYTES)) {
        fill_take(fill, of_file ? fill_files_find(&program->files, fill->text) : NULL, from - fill->offset, to - from,
                  page + (from - offset));
    }
}

/* What the compiler itself puts there takes precedence over files. */
static void fill_words(const struct program *program, uint32_t object, uint64_t offset, uint8_t *page)
{
    const struct content_word *word = arguments_in(program, object, offset), *end = program->words + program->num_words;
    for (; word && word < end && word->frame == object && word->offset < offset + CAPDL_PAGE_SIZE; word++) {
        capdl_word_put(program->profile->arch, page + (word->offset - offset), word->value);
    }
}

static bool page_nonzero(const uint8_t page[CAPDL_PAGE_SIZE])
{
    return page[0] != 0 || memcmp(page, page + 1, CAPDL_PAGE_SIZE - 1) != 0;
}

bool content_page(const struct program *program, uint32_t object, uint64_t offset, uint8_t page[CAPDL_PAGE_SIZE])
{
    memset(page, 0, CAPDL_PAGE_SIZE);
    bool sorted = program->kernel_objects[object].flags & KOBJ_SORTED;
    struct capdl_fills fills = capdl_object_fills(program->spec, object);
    for (size_t i = sorted ? first_fill(program->spec, object, offset) : 0; i < fills.count; i++) {
        if (sorted && fills.list[i].offset >= offset + CAPDL_PAGE_SIZE) {
            break;
        }
        fill_page(program, &fills.list[i], offset, page);
    }
    fill_words(program, object, offset, page);
    return page_nonzero(page);
}

bool frame_stored(const struct program *program, uint32_t object)
{
    struct capdl_fills fills = capdl_object_fills(program->spec, object);
    for (size_t i = 0; i < fills.count; i++) {
        if (fills.list[i].length == 0 && fills.list[i].kind == CAPDL_FILL_FILE) {
            return true;
        }
    }
    return false;
}

void page_contents(const struct program *program, const struct page *page, uint8_t bytes[CAPDL_PAGE_SIZE])
{
    if (page->object != CAPDL_NO_OBJECT) {
        content_page(program, page->object, page->offset, bytes);
        return;
    }
    uint64_t left = program->packed.size - page->offset;
    uint64_t size = left < CAPDL_PAGE_SIZE ? left : CAPDL_PAGE_SIZE;
    memset(bytes, 0, CAPDL_PAGE_SIZE);
    memcpy(bytes, program->packed.bytes + page->offset, size);
}

uint64_t page_hash(uint64_t hash, const uint8_t page[CAPDL_PAGE_SIZE])
{
    for (size_t i = 0; i < CAPDL_PAGE_SIZE; i += 8) {
        uint64_t word;
        memcpy(&word, page + i, 8);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return hash;
}
