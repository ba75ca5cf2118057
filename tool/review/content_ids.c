/* SPDX-License-Identifier: BSD-2-Clause */
#include "review/content_ids.h"

#include <stdlib.h>
#include <string.h>

#include <capdl/blob.h>

#include "base/elf_symbols.h"
#include "base/memory.h"

static const struct fill_file *file_of(struct fill_contents *contents, const struct capdl_spec *spec, const char *text)
{
    struct fill_contents_source *source = &contents->sources[contents->sources[1].spec == spec];
    const struct fill_file *file = fill_files_get(&source->files, text);
    if (file->error && !contents->missing[0]) {
        snprintf(contents->missing, sizeof(contents->missing), "%s", text);
    }
    return file;
}

static bool all_zero(const uint8_t *bytes, size_t size)
{
    return size == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0);
}

/* Only what is not zero counts, a page of the frame at a time: it is the same whether zeros come from a file or from
 * nowhere. */
static bool add_page(struct sha256 *hash, uint64_t offset, const uint8_t *bytes)
{
    uint64_t first = 0, end = CAPDL_PAGE_SIZE;
    if (all_zero(bytes, CAPDL_PAGE_SIZE)) {
        return false;
    }
    while (bytes[first] == 0) {
        first++;
    }
    while (bytes[end - 1] == 0) {
        end--;
    }
    uint64_t head[2] = {offset + first, end - first};
    sha256_add(hash, head, sizeof(head));
    sha256_add(hash, bytes + first, end - first);
    return true;
}

/* A fill that is not the bytes of a file counts as it is written. */
static bool add_text(struct sha256 *hash, const struct capdl_fill *fill)
{
    uint64_t head[4] = {fill->offset, fill->length, fill->source_offset, fill->kind};
    sha256_add(hash, head, sizeof(head));
    if (fill->text) {
        sha256_add(hash, fill->text, strlen(fill->text));
    }
    return true;
}

/* The file of a fill, if that has its bytes; else NULL. */
static const struct fill_file *fill_file(struct fill_contents *contents, const struct capdl_spec *spec,
                                         const struct capdl_fill *fill)
{
    const struct fill_file *file = fill->kind == CAPDL_FILL_FILE ? file_of(contents, spec, fill->text) : NULL;
    return file && fill_file_has(file, fill) ? file : NULL;
}

/* Bytes of the spec itself count like those of a file. */
static bool has_bytes(struct fill_contents *contents, const struct capdl_spec *spec, const struct capdl_fill *fill)
{
    return fill->kind == CAPDL_FILL_BYTES || fill_file(contents, spec, fill);
}

/* A page of a frame, as all fills together make it: how they are cut means nothing. Says where the next one begins. */
static uint64_t compose_page(struct fill_contents *contents, const struct capdl_spec *spec, struct capdl_fills fills,
                             uint64_t page, uint8_t bytes[CAPDL_PAGE_SIZE])
{
    uint64_t next = UINT64_MAX, end = page + CAPDL_PAGE_SIZE;
    memset(bytes, 0, CAPDL_PAGE_SIZE);
    for (size_t i = 0; i < fills.count; i++) {
        const struct capdl_fill *fill = &fills.list[i];
        if (!fill->length || !has_bytes(contents, spec, fill)) {
            continue;
        }
        uint64_t from = fill->offset > page ? fill->offset : page, last = fill->offset + fill->length;
        uint64_t to = last < end ? last : end;
        if (from < to) {
            fill_take(fill, fill_file(contents, spec, fill), from - fill->offset, to - from, bytes + (from - page));
        }
        if (last > end) {
            uint64_t start = fill->offset > end ? fill->offset / CAPDL_PAGE_SIZE * CAPDL_PAGE_SIZE : end;
            next = start < next ? start : next;
        }
    }
    return next;
}

static size_t place_of(const struct fill_contents *contents, const uint8_t digest[SHA256_BYTES])
{
    uint64_t start;
    memcpy(&start, digest, sizeof(start));
    size_t place = start & contents->mask;
    while (contents->table[place] && memcmp(contents->digests[contents->table[place] - 1], digest, SHA256_BYTES) != 0) {
        place = (place + 1) & contents->mask;
    }
    return place;
}

static void table_grow(struct fill_contents *contents)
{
    enum { SMALLEST = 1024 };
    size_t size = contents->mask ? (contents->mask + 1) * 2 : SMALLEST;
    free(contents->table);
    contents->table = memory_zeroed(size, sizeof(*contents->table));
    contents->mask = size - 1;
    for (size_t i = 0; i < contents->num_digests; i++) {
        contents->table[place_of(contents, contents->digests[i])] = (uint32_t)i + 1;
    }
}

static uint64_t number_of(struct fill_contents *contents, const uint8_t digest[SHA256_BYTES])
{
    if (contents->num_digests * 2 >= contents->mask) {
        table_grow(contents);
    }
    size_t place = place_of(contents, digest);
    if (!contents->table[place]) {
        contents->digests = memory_grow(contents->digests, &contents->capacity_digests, contents->num_digests + 1,
                                        sizeof(*contents->digests));
        memcpy(contents->digests[contents->num_digests++], digest, SHA256_BYTES);
        contents->table[place] = (uint32_t)contents->num_digests;
    }
    return contents->table[place];
}

uint64_t fill_contents_number(void *context, const struct capdl_spec *spec, uint32_t frame)
{
    struct fill_contents *contents = context;
    struct sha256 hash;
    uint8_t digest[SHA256_BYTES];
    bool any = false;
    sha256_init(&hash);
    struct capdl_fills fills = capdl_object_fills(spec, frame);
    for (uint64_t page = 0, next; fills.count && page != UINT64_MAX; page = next) {
        uint8_t bytes[CAPDL_PAGE_SIZE];
        next = compose_page(contents, spec, fills, page, bytes);
        any |= add_page(&hash, page, bytes);
    }
    for (size_t i = 0; i < fills.count; i++) {
        if (fills.list[i].length && !has_bytes(contents, spec, &fills.list[i])) {
            any |= add_text(&hash, &fills.list[i]);
        }
    }
    sha256_end(&hash, digest);
    return any ? number_of(contents, digest) : 0;
}

/* The bytes that fill_contents_number's answer stands for; 0 for 0. */
static const uint8_t *fill_contents_digest(const struct fill_contents *contents, uint64_t number)
{
    return number ? contents->digests[number - 1] : NULL;
}

const char *fill_contents_text(void *context, const uint64_t *numbers, size_t count, char text[2 * SHA256_BYTES + 1])
{
    const struct fill_contents *contents = context;
    static const uint8_t zero[SHA256_BYTES];
    struct sha256 hash;
    uint8_t digest[SHA256_BYTES];
    sha256_init(&hash);
    for (size_t i = 0; i < count; i++) {
        const uint8_t *one = fill_contents_digest(contents, numbers[i]);
        sha256_add(&hash, one ? one : zero, SHA256_BYTES);
    }
    sha256_end(&hash, digest);
    sha256_text(count == 1 && numbers[0] ? fill_contents_digest(contents, numbers[0]) : digest, text);
    return text;
}

/* Whether all that is in a frame at the start is bytes of files or of the spec. */
static bool all_known(struct fill_contents *contents, const struct capdl_spec *spec, struct capdl_fills fills)
{
    for (size_t i = 0; i < fills.count; i++) {
        if (fills.list[i].length && !has_bytes(contents, spec, &fills.list[i])) {
            return false;
        }
    }
    return true;
}

const char *fill_contents_memory(void *context, const struct capdl_spec *spec, const uint32_t *frames, size_t count,
                                 char text[2 * SHA256_BYTES + 1])
{
    struct fill_contents *contents = context;
    struct sha256 hash;
    uint8_t digest[SHA256_BYTES], bytes[CAPDL_PAGE_SIZE];
    sha256_init(&hash);
    for (size_t i = 0; i < count; i++) {
        struct capdl_fills fills = capdl_object_fills(spec, frames[i]);
        if (!all_known(contents, spec, fills)) {
            return NULL;
        }
        for (uint64_t page = 0; page < UINT64_C(1) << capdl_object_size_bits(spec, frames[i]);
             page += CAPDL_PAGE_SIZE) {
            compose_page(contents, spec, fills, page, bytes);
            sha256_add(&hash, bytes, CAPDL_PAGE_SIZE);
        }
    }
    sha256_end(&hash, digest);
    sha256_text(digest, text);
    return text;
}

uint64_t fill_contents_difference(void *context, const struct capdl_spec *old, uint32_t old_frame,
                                  const struct capdl_spec *new, uint32_t new_frame, uint64_t *first, uint64_t *last)
{
    struct fill_contents *contents = context;
    struct capdl_fills before = capdl_object_fills(old, old_frame), after = capdl_object_fills(new, new_frame);
    uint8_t bytes[2][CAPDL_PAGE_SIZE];
    uint64_t count = 0;
    if (capdl_object_size_bits(old, old_frame) != capdl_object_size_bits(new, new_frame) ||
        !all_known(contents, old, before) || !all_known(contents, new, after)) {
        return 0;
    }
    for (uint64_t page = 0; page < UINT64_C(1) << capdl_object_size_bits(old, old_frame); page += CAPDL_PAGE_SIZE) {
        compose_page(contents, old, before, page, bytes[0]);
        compose_page(contents, new, after, page, bytes[1]);
        for (uint64_t i = 0; i < CAPDL_PAGE_SIZE; i++) {
            if (bytes[0][i] != bytes[1][i]) {
                *first = count ? *first : page + i;
                *last = page + i;
                count++;
            }
        }
    }
    return count;
}

bool fill_contents_bytes(void *context, const struct capdl_spec *spec, uint32_t frame, uint64_t offset, size_t count,
                         uint8_t *bytes, bool *program)
{
    struct fill_contents *contents = context;
    const char *image = contents->sources[contents->sources[1].spec == spec].files.beside;
    struct capdl_fills fills = capdl_object_fills(spec, frame);
    uint8_t page[CAPDL_PAGE_SIZE];
    *program = false;
    if (!all_known(contents, spec, fills)) {
        return false;
    }
    compose_page(contents, spec, fills, offset / CAPDL_PAGE_SIZE * CAPDL_PAGE_SIZE, page);
    memcpy(bytes, page + offset % CAPDL_PAGE_SIZE, count);
    for (size_t i = 0; i < fills.count; i++) {
        const struct capdl_fill *fill = &fills.list[i];
        bool there = fill->offset < offset + count && offset < fill->offset + fill->length;
        *program |= there && fill->kind == CAPDL_FILL_FILE && !(image && strcmp(fill->text, image) == 0);
    }
    return true;
}

static bool symbol_at(const struct elf_symbols *symbols, uint64_t address, struct capdl_variable *variable)
{
    for (size_t i = 0; i < symbols->count; i++) {
        Elf64_Sym symbol;
        const char *name = elf_symbols_get(symbols, i, &symbol);
        if (*name && ELF64_ST_TYPE(symbol.st_info) <= STT_OBJECT && symbol.st_shndx != SHN_UNDEF &&
            symbol.st_value <= address && address - symbol.st_value < symbol.st_size) {
            snprintf(variable->name, sizeof(variable->name), "%s", name);
            variable->address = symbol.st_value;
            variable->size = symbol.st_size;
            return true;
        }
    }
    return false;
}

bool fill_contents_variable(void *context, const struct capdl_spec *spec, uint32_t frame, uint64_t address,
                            struct capdl_variable *variable)
{
    struct fill_contents *contents = context;
    struct capdl_fills fills = capdl_object_fills(spec, frame);
    for (size_t i = 0; i < fills.count; i++) {
        const struct fill_file *file = fill_file(contents, spec, &fills.list[i]);
        struct elf_view elf;
        struct elf_symbols symbols;
        const char *problem;
        if (file && elf_view_open(&elf, file->data, file->size, &problem) && elf_symbols_open(&symbols, &elf)) {
            return symbol_at(&symbols, address, variable);
        }
    }
    return false;
}

void fill_contents_free(struct fill_contents *contents)
{
    for (size_t i = 0; i < sizeof(contents->sources) / sizeof(contents->sources[0]); i++) {
        fill_files_free(&contents->sources[i].files);
    }
    free(contents->digests);
    free(contents->table);
}
