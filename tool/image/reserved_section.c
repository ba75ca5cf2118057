/* SPDX-License-Identifier: BSD-2-Clause */
#include "image/reserved_section.h"

#include <string.h>

#include <capdl/blob.h>

#include "base/elf_view.h"

enum { NUMBER_BYTES = 8, HEADER_WORDS = 2, REGION_WORDS = 2, CONTENT_WORDS = 4 };

static uint64_t word_at(const struct reserved_section *contents, uint64_t index)
{
    uint64_t word;
    memcpy(&word, contents->section + index * NUMBER_BYTES, sizeof(word));
    return word;
}

static uint64_t content_index(const struct reserved_section *contents, uint64_t i)
{
    return HEADER_WORDS + contents->num_regions * REGION_WORDS + i * CONTENT_WORDS;
}

struct capdl_region reserved_section_region(const struct reserved_section *contents, uint64_t i)
{
    uint64_t at = HEADER_WORDS + i * REGION_WORDS;
    return (struct capdl_region){word_at(contents, at), word_at(contents, at + 1)};
}

struct image_content reserved_section_at(const struct reserved_section *contents, uint64_t i)
{
    uint64_t at = content_index(contents, i);
    return (struct image_content){
        .address = word_at(contents, at),
        .stored = word_at(contents, at + 1),
        .zeros = word_at(contents, at + 2),
        .bytes = contents->section + word_at(contents, at + 3),
    };
}

static bool in_a_region(const struct reserved_section *contents, uint64_t start, uint64_t end)
{
    for (uint64_t i = 0; i < contents->num_regions; i++) {
        struct capdl_region region = reserved_section_region(contents, i);
        if (start >= region.start && end <= region.end) {
            return true;
        }
    }
    return false;
}

/* A content's numbers make sense, and it begins at or above where the last one ended. */
static bool content_good(const struct reserved_section *contents, uint64_t i, uint64_t *last)
{
    struct image_content content = reserved_section_at(contents, i);
    uint64_t offset = word_at(contents, content_index(contents, i) + 3), size, end;
    if (offset > contents->size || content.stored > contents->size - offset || content.address < *last ||
        (content.address | content.stored | content.zeros) % CAPDL_PAGE_SIZE ||
        __builtin_add_overflow(content.stored, content.zeros, &size) ||
        __builtin_add_overflow(content.address, size, &end) || !in_a_region(contents, content.address, end)) {
        return false;
    }
    *last = end;
    return true;
}

static bool section_good(struct reserved_section *contents)
{
    uint64_t words = contents->size / NUMBER_BYTES, last = 0;
    if (words < HEADER_WORDS) {
        return false;
    }
    contents->num_regions = word_at(contents, 0);
    contents->num_contents = word_at(contents, 1);
    if (contents->num_regions > words / REGION_WORDS || contents->num_contents > words / CONTENT_WORDS ||
        content_index(contents, contents->num_contents) > words) {
        return false;
    }
    for (uint64_t i = 0; i < contents->num_contents; i++) {
        if (!content_good(contents, i, &last)) {
            return false;
        }
    }
    return true;
}

bool reserved_section_open(struct reserved_section *contents, const uint8_t *elf, size_t size)
{
    struct elf_view view;
    Elf64_Shdr section;
    const char *problem;
    *contents = (struct reserved_section){NULL};
    if (!elf_view_open(&view, elf, size, &problem) || !elf_view_find(&view, RESERVED_SECTION, &section)) {
        return true;
    }
    struct reserved_section found = {.section = elf + section.sh_offset, .size = section.sh_size};
    if (section.sh_type != SHT_PROGBITS || !section_good(&found)) {
        return false;
    }
    *contents = found;
    return true;
}

bool reserved_section_find(const struct reserved_section *contents, uint64_t address, uint64_t size,
                           struct image_content *found)
{
    for (uint64_t i = 0; i < contents->num_contents; i++) {
        *found = reserved_section_at(contents, i);
        uint64_t whole = found->stored + found->zeros;
        if (address >= found->address && address - found->address < whole) {
            return size <= whole - (address - found->address);
        }
    }
    return false;
}
