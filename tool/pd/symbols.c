/* SPDX-License-Identifier: BSD-2-Clause */
#include "symbols.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/blob.h>

#include "base/elf_symbols.h"
#include "base/memory.h"

/* A setting and the symbol found for it. */
struct wanted {
    const struct capdl_setting *setting;
    Elf64_Sym symbol;
    bool found;
    unsigned others; /* of the same name and binding elsewhere */
};

struct search {
    struct elf_program *program;
    const char *name;
    struct capdl_diags *diags;
    struct wanted *wanted; /* by name */
    size_t count;
    struct elf_symbols symbols;
};

static int compare_wanted(const void *a, const void *b)
{
    const struct wanted *x = a, *y = b;
    int order = strcmp(x->setting->symbol, y->setting->symbol);
    return order ? order : x->setting < y->setting ? -1 : x->setting > y->setting;
}

static struct wanted *wanted_named(const struct search *s, const char *name)
{
    size_t low = 0, high = s->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(s->wanted[middle].setting->symbol, name);
        if (order == 0) {
            return &s->wanted[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

/* What is neither data nor a place: sections, files, functions that are only declared. */
static bool is_candidate(const Elf64_Sym *symbol)
{
    unsigned type = ELF64_ST_TYPE(symbol->st_info);
    return symbol->st_shndx != SHN_UNDEF && type != STT_SECTION && type != STT_FILE;
}

static bool is_local(const Elf64_Sym *symbol)
{
    return ELF64_ST_BIND(symbol->st_info) == STB_LOCAL;
}

/* A global symbol hides local ones of its name. */
static void take_symbol(struct wanted *w, const Elf64_Sym *symbol)
{
    if (w->found && is_local(symbol) && !is_local(&w->symbol)) {
        return;
    }
    if (w->found && is_local(symbol) == is_local(&w->symbol)) {
        w->others += symbol->st_value != w->symbol.st_value;
        return;
    }
    *w = (struct wanted){.setting = w->setting, .symbol = *symbol, .found = true};
}

static void look_through(struct search *s)
{
    for (size_t i = 0; i < s->symbols.count; i++) {
        Elf64_Sym symbol;
        const char *name = elf_symbols_get(&s->symbols, i, &symbol);
        struct wanted *w = *name && is_candidate(&symbol) ? wanted_named(s, name) : NULL;
        if (w) {
            take_symbol(w, &symbol);
        }
    }
}

enum { MOST_SEARCHED = 100000, MOST_SUGGESTED = 30 };

static bool report_missing(struct search *s, const struct capdl_setting *setting)
{
    struct capdl_nearest nearest = {NULL};
    size_t most = s->diags->num_errors < MOST_SUGGESTED ? MOST_SEARCHED : 0;
    for (size_t i = 0; i < s->symbols.count && i < most; i++) {
        Elf64_Sym symbol;
        const char *name = elf_symbols_get(&s->symbols, i, &symbol);
        if (!*name || !is_candidate(&symbol) || ELF64_ST_TYPE(symbol.st_info) == STT_FUNC) {
            continue;
        }
        capdl_nearest_try(&nearest, setting->symbol, strlen(setting->symbol), name);
    }
    capdl_error(s->diags, setting->pos, "\"%s\" has no symbol '%s'%s", s->name, setting->symbol,
                nearest.word ? capdl_nearest_hint(&nearest)
                             : ": is the variable used, and neither optimised away nor removed by the linker");
    return false;
}

static uint64_t lower(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t higher(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* Index of the first segment that ends above the address. */
static size_t first_segment(const struct elf_program *program, uint64_t address)
{
    size_t low = 0, high = program->num_segments;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (program->segments[middle].vaddr + program->segments[middle].memsz > address) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

/* Whether [address, address + size) is memory of the program. */
static bool is_loaded(const struct elf_program *program, uint64_t address, uint64_t size)
{
    size_t i = first_segment(program, address);
    if (i == program->num_segments) {
        return false;
    }
    const struct elf_segment *s = &program->segments[i];
    return address >= s->vaddr && size <= s->memsz - (address - s->vaddr);
}

/* Where the bytes end that the file has of [from, to); `from` if it has none. */
static uint64_t file_end(const struct elf_program *program, uint64_t from, uint64_t to)
{
    uint64_t end = from;
    for (size_t i = first_segment(program, from); i < program->num_segments && program->segments[i].vaddr < to; i++) {
        const struct elf_segment *s = &program->segments[i];
        if (s->filesz && s->vaddr + s->filesz > from) {
            end = lower(s->vaddr + s->filesz, to);
        }
    }
    return end;
}

static bool check_symbol(struct search *s, const struct wanted *w)
{
    const struct capdl_setting *setting = w->setting;
    unsigned type = ELF64_ST_TYPE(w->symbol.st_info);
    const char *problem = w->others          ? "is several variables of one name: make it global, or rename the others"
                          : type == STT_FUNC ? "is a function, expected a variable"
                          : type == STT_TLS  ? "is thread-local, expected a variable that all threads share"
                          : w->symbol.st_shndx == SHN_ABS ? "is a number, not a variable in memory"
                          : w->symbol.st_size == 0 ? "has no size, expected a variable of C or `.size` in assembly"
                                                   : NULL;
    if (problem) {
        capdl_error(s->diags, setting->pos, "'%s' in \"%s\" %s", setting->symbol, s->name, problem);
        return false;
    }
    if (!is_loaded(s->program, w->symbol.st_value, w->symbol.st_size)) {
        capdl_error(s->diags, setting->pos,
                    "'%s' in \"%s\" is at 0x%" PRIx64 " with %" PRIu64 " bytes, which is not memory of the program",
                    setting->symbol, s->name, w->symbol.st_value, w->symbol.st_size);
        return false;
    }
    return true;
}

static bool check_number(struct search *s, const struct wanted *w)
{
    const struct capdl_setting *setting = w->setting;
    uint64_t size = w->symbol.st_size;
    if (setting->width && size != setting->width) {
        capdl_error(s->diags, setting->pos, "'%s' in \"%s\" has %" PRIu64 " bytes, expected a variable of %u",
                    setting->symbol, s->name, size, setting->width);
        return false;
    }
    if (size > 8 || (size & (size - 1))) {
        capdl_error(s->diags, setting->pos,
                    "'%s' in \"%s\" has %" PRIu64 " bytes, but a number needs a variable of 1, 2, 4 or 8%s",
                    setting->symbol, s->name, size, setting->width ? "" : "; a [list] gives bytes");
        return false;
    }
    if (size < 8 && setting->number >> 8 * size) {
        capdl_error(s->diags, setting->pos,
                    "0x%" PRIx64 " does not fit in '%s' of \"%s\", which has %" PRIu64 " byte%s", setting->number,
                    setting->symbol, s->name, size, size == 1 ? "" : "s");
        return false;
    }
    return true;
}

static bool check_value(struct search *s, const struct wanted *w)
{
    const struct capdl_setting *setting = w->setting;
    if (setting->is_number) {
        return check_number(s, w);
    }
    if (setting->size > w->symbol.st_size) {
        capdl_error(s->diags, setting->pos, "%zu bytes do not fit in '%s' of \"%s\", which has %" PRIu64, setting->size,
                    setting->symbol, s->name, w->symbol.st_size);
        return false;
    }
    return true;
}

static void make_patch(struct search *s, const struct wanted *w)
{
    const struct capdl_setting *setting = w->setting;
    uint64_t size = setting->is_number ? w->symbol.st_size : setting->size;
    if (!setting->is_number && setting->zeros) { /* as far as the file has something else */
        uint64_t from = w->symbol.st_value + size;
        size += file_end(s->program, from, w->symbol.st_value + w->symbol.st_size) - from;
    }
    struct elf_patch patch = {.address = w->symbol.st_value, .size = size, .bytes = memory_zeroed(size + 1, 1)};

    for (uint64_t i = 0; setting->is_number && i < size; i++) {
        patch.bytes[i] = (uint8_t)(setting->number >> 8 * i);
    }
    if (!setting->is_number && setting->size) {
        memcpy(patch.bytes, setting->bytes, setting->size);
    }
    s->program->patches[s->program->num_patches++] = patch;
}

static bool check_twice(struct search *s)
{
    bool good = true;
    for (size_t i = 1; i < s->count; i++) {
        if (strcmp(s->wanted[i].setting->symbol, s->wanted[i - 1].setting->symbol) == 0) {
            capdl_error(s->diags, s->wanted[i].setting->pos, "'%s' is set twice", s->wanted[i].setting->symbol);
            good = false;
        }
    }
    return good;
}

static int compare_patches(const void *a, const void *b)
{
    const struct elf_patch *x = a, *y = b;
    return x->address < y->address ? -1 : x->address > y->address;
}

static int compare_places(const void *a, const void *b)
{
    const struct wanted *x = a, *y = b;
    return x->symbol.st_value < y->symbol.st_value ? -1 : x->symbol.st_value > y->symbol.st_value;
}

/* Two settings must not have the same memory. */
static bool check_overlaps(struct search *s)
{
    bool good = true;
    qsort(s->wanted, s->count, sizeof(*s->wanted), compare_places);
    for (size_t i = 1; i < s->count; i++) {
        const struct wanted *low = &s->wanted[i - 1], *high = &s->wanted[i];
        if (high->symbol.st_value - low->symbol.st_value < low->symbol.st_size) {
            capdl_error(s->diags, high->setting->pos, "'%s' and '%s' in \"%s\" are the same memory, at 0x%" PRIx64,
                        high->setting->symbol, low->setting->symbol, s->name, high->symbol.st_value);
            good = false;
        }
    }
    return good;
}

static bool find_all(struct search *s, const struct file_bytes *file)
{
    struct elf_view view;
    const char *problem;
    if (!elf_view_open(&view, file->data, file->size, &problem)) {
        capdl_error(s->diags, s->wanted[0].setting->pos, "\"%s\" %s", s->name, problem);
        return false;
    }
    if (!elf_symbols_open(&s->symbols, &view)) {
        capdl_error(s->diags, s->wanted[0].setting->pos,
                    "\"%s\" has no symbol table, in which to find '%s': link without -s and do not strip it", s->name,
                    s->wanted[0].setting->symbol);
        return false;
    }
    look_through(s);
    return true;
}

static bool set_all(struct search *s, const struct file_bytes *file)
{
    qsort(s->wanted, s->count, sizeof(*s->wanted), compare_wanted);
    if (!check_twice(s) || !find_all(s, file)) {
        return false;
    }
    bool good = true;
    for (size_t i = 0; i < s->count; i++) {
        const struct wanted *w = &s->wanted[i];
        good &= w->found ? check_symbol(s, w) && check_value(s, w) : report_missing(s, w->setting);
    }
    if (!good || !check_overlaps(s)) {
        return false;
    }
    s->program->patches = memory_zeroed(s->count, sizeof(*s->program->patches));
    for (size_t i = 0; i < s->count; i++) {
        make_patch(s, &s->wanted[i]);
    }
    qsort(s->program->patches, s->count, sizeof(*s->program->patches), compare_patches);
    return true;
}

bool elf_set(struct elf_program *program, const struct file_bytes *symbols_file, const char *name,
             const struct capdl_setting *settings, size_t count, struct capdl_diags *diags)
{
    struct search s = {.program = program, .name = name, .diags = diags, .count = count};
    if (count == 0) {
        return true;
    }
    s.wanted = memory_zeroed(count, sizeof(*s.wanted));
    for (size_t i = 0; i < count; i++) {
        s.wanted[i].setting = &settings[i];
    }
    bool good = set_all(&s, symbols_file ? symbols_file : &program->bytes);
    free(s.wanted);
    return good;
}

/* A growing list of fills. */
struct fill_list {
    struct capdl_fill *list;
    size_t count, capacity;
};

static void fill_add(struct fill_list *fills, struct capdl_fill fill)
{
    fills->list = memory_grow(fills->list, &fills->capacity, fills->count + 1, sizeof(fill));
    fills->list[fills->count++] = fill;
}

static void fills_from_file(struct fill_list *fills, const struct elf_program *program, uint64_t base, uint64_t from,
                            uint64_t to, struct capdl_fill like)
{
    for (size_t i = first_segment(program, from); i < program->num_segments && program->segments[i].vaddr < to; i++) {
        const struct elf_segment *s = &program->segments[i];
        uint64_t start = higher(s->vaddr, from), end = lower(s->vaddr + s->filesz, to);
        if (start < end) {
            like.offset = start - base;
            like.length = end - start;
            like.source_offset = s->offset + (start - s->vaddr);
            fill_add(fills, like);
        }
    }
}

static void fill_from_patch(struct fill_list *fills, struct capdl_spec *spec, const uint8_t *bytes, uint64_t offset,
                            uint64_t size, struct capdl_pos pos)
{
    struct capdl_fill fill = {.offset = offset, .length = size, .pos = pos};
    char *digits = memory_zeroed(size * 2 + 1, 1);
    for (uint64_t i = 0; i < size; i++) {
        digits[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        digits[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    if (capdl_fill_set_bytes(spec, &fill, digits, size * 2)) {
        fill_add(fills, fill);
    }
    free(digits);
}

/* Where the file has nothing, memory is zero already. */
static void patch_trim(const struct elf_program *program, const struct elf_patch *patch, uint64_t *from, uint64_t *to)
{
    while (*from < *to && patch->bytes[*from - patch->address] == 0 && file_end(program, *from, *from + 1) == *from) {
        ++*from;
    }
    while (*from < *to && patch->bytes[*to - 1 - patch->address] == 0 && file_end(program, *to - 1, *to) == *to - 1) {
        --*to;
    }
}

/* Index of the first patch that ends above the address. */
static size_t first_patch(const struct elf_program *program, uint64_t address)
{
    size_t low = 0, high = program->num_patches;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct elf_patch *p = &program->patches[middle];
        if (p->address + p->size > address) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

struct capdl_fills elf_fills(struct capdl_spec *spec, const struct elf_program *program, uint64_t address,
                             uint64_t size, const char *file, struct capdl_pos pos)
{
    const struct capdl_fill like = {.kind = CAPDL_FILL_FILE, .text = file, .pos = pos};
    struct fill_list fills = {NULL};
    uint64_t at = address, end = address + size;
    for (size_t i = first_patch(program, address); i < program->num_patches; i++) {
        const struct elf_patch *p = &program->patches[i];
        uint64_t from = higher(p->address, address), to = lower(p->address + p->size, end);
        if (p->address >= end) {
            break;
        }
        patch_trim(program, p, &from, &to);
        if (from < to) {
            fills_from_file(&fills, program, address, at, from, like);
            fill_from_patch(&fills, spec, p->bytes + (from - p->address), from - address, to - from, pos);
            at = to;
        }
    }
    fills_from_file(&fills, program, address, at, end, like);
    struct capdl_fills made = {.list = capdl_spec_alloc(spec, (fills.count + 1) * sizeof(*made.list)),
                               .count = fills.count};
    if (fills.count) {
        memcpy(made.list, fills.list, fills.count * sizeof(*made.list));
    }
    free(fills.list);
    return made;
}

static bool fill_nonzero(const struct elf_program *program, const struct capdl_fill *fill)
{
    uint8_t bytes[CAPDL_PAGE_SIZE];
    uint64_t zeros = 0;
    if (fill->kind == CAPDL_FILL_FILE) {
        memcpy(bytes, program->bytes.data + fill->source_offset, fill->length);
    } else {
        capdl_fill_get_bytes(fill, 0, fill->length, bytes);
    }
    while (zeros < fill->length && bytes[zeros] == 0) {
        zeros++;
    }
    return zeros < fill->length;
}

struct capdl_fills elf_stored_fills(struct capdl_spec *spec, const struct elf_program *program, uint64_t address,
                                    const char *file, struct capdl_pos pos)
{
    struct capdl_fills fills = elf_fills(spec, program, address, CAPDL_PAGE_SIZE, file, pos);
    bool nonzero = false;
    for (size_t i = 0; i < fills.count; i++) {
        nonzero |= fill_nonzero(program, &fills.list[i]);
    }
    if (!nonzero) { /* elf_fills left space for one more */
        uint64_t behind = fills.count ? CAPDL_PAGE_SIZE : 0;
        fills.list[fills.count] =
            (struct capdl_fill){.kind = CAPDL_FILL_FILE, .offset = behind, .text = file, .pos = pos};
        fills.count++;
    }
    return fills;
}

uint64_t elf_next_patched(const struct elf_program *program, uint64_t from)
{
    for (size_t i = first_patch(program, from); i < program->num_patches; i++) {
        const struct elf_patch *p = &program->patches[i];
        uint64_t start = higher(p->address, from), end = p->address + p->size;
        patch_trim(program, p, &start, &end);
        for (; start < end; start++) {
            if (p->bytes[start - p->address] && file_end(program, start, start + 1) == start) {
                return start;
            }
        }
    }
    return UINT64_MAX;
}
