/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A domain's program: a frame for each page of its segments, filled from the file, except where symbols are set. What
 * a symbol is set to is written into the spec, unless the file has it there already: so a symbol in .bss takes no more
 * than its own bytes.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/blob.h>

#include "base/memory.h"
#include "base/pd_names.h"
#include "lower.h"
#include "pd/elf_file.h"
#include "symbols.h"

/* Bytes that a program gets at an address. */
struct patch {
    uint64_t address;
    uint8_t bytes[MK_NAME_BYTES];
    size_t size;
};

struct patches {
    struct patch *list; /* in the order in which they are written: later ones win */
    size_t count, capacity;
};

struct loading {
    struct mk_reader *reader;
    struct mk_space *space;
    const struct mk_pd *pd;
    struct elf_program elf;
    struct elf_program named; /* the file with the symbols, if it is another */
    struct patches patches;
    struct capdl_setting *settings;
    size_t num_settings, capacity_settings;
    uint32_t num_frames;
};

static const struct elf_program *symbols_of(const struct loading *loading)
{
    return loading->pd->symbols ? &loading->named : &loading->elf;
}

static bool in_segments(const struct elf_program *elf, uint64_t address, uint64_t size)
{
    for (size_t i = 0; i < elf->num_segments; i++) {
        const struct elf_segment *s = &elf->segments[i];
        if (address >= s->vaddr && address - s->vaddr < s->memsz && size <= s->memsz - (address - s->vaddr)) {
            return true;
        }
    }
    return false;
}

static void patch_add(struct loading *loading, const char *symbol, uint64_t address, const void *bytes, size_t size,
                      struct capdl_pos pos)
{
    struct patches *patches = &loading->patches;
    if (!in_segments(&loading->elf, address, size)) {
        capdl_error(loading->reader->diags, pos,
                    "the symbol '%s' of '%s' is at 0x%" PRIx64 ", where the program has no memory", symbol,
                    loading->pd->image, address);
        return;
    }
    patches->list = memory_grow(patches->list, &patches->capacity, patches->count + 1, sizeof(*patches->list));
    struct patch *patch = &patches->list[patches->count++];
    *patch = (struct patch){.address = address, .size = size};
    memcpy(patch->bytes, bytes, size);
}

/* Kept for a later program in this one's place; of two for one symbol the later one. */
static void setting_keep(struct loading *loading, struct capdl_setting setting)
{
    for (size_t i = 0; i < loading->num_settings; i++) {
        if (strcmp(loading->settings[i].symbol, setting.symbol) == 0) {
            loading->settings[i] = setting;
            return;
        }
    }
    loading->settings = memory_grow(loading->settings, &loading->capacity_settings, loading->num_settings + 1,
                                    sizeof(*loading->settings));
    loading->settings[loading->num_settings++] = setting;
}

static bool find(struct loading *loading, const struct symbol_index *index, const char *symbol, struct capdl_pos pos,
                 const char *why, struct symbol_found *found)
{
    const char *file = loading->pd->symbols ? loading->pd->symbols : loading->pd->image;
    *found = symbol_find(index, symbol);
    if (found->count == 1) {
        return true;
    }
    if (found->count > 1) {
        capdl_error(loading->reader->diags, pos, "\"%s\" has %u symbols '%s', expected one%s", file, found->count,
                    symbol, why);
    } else {
        capdl_error(loading->reader->diags, pos, "\"%s\" has no symbol '%s'%s", file, symbol,
                    symbol_index_empty(index)
                        ? ": it has no symbols at all, so it was stripped; link it again, or name "
                          "the file before stripping with 'path_for_symbols'"
                        : why);
    }
    return false;
}

/* What libmicrokit expects to know. */
static void contract_set(struct loading *loading, const struct symbol_index *index)
{
    static const char why[] = ", which every program linked with libmicrokit has: link it with -lmicrokit";
    const struct mk_pd *pd = loading->pd;
    uint64_t irqs = 0, ports = 0, passive = pd->passive;
    size_t length = strnlen(pd->name, MK_NAME_BYTES);
    for (const struct mk_irq *irq = pd->irqs; irq; irq = irq->next) {
        irqs |= UINT64_C(1) << irq->id;
    }
    for (const struct mk_port *port = pd->ports; port; port = port->next) {
        ports |= UINT64_C(1) << port->id;
    }
    const struct {
        const char *symbol;
        const void *bytes;
        size_t size;
    } values[] = {
        {"microkit_name", pd->name, length}, {"microkit_passive", &passive, 1},
        {"microkit_irqs", &irqs, 8},         {"microkit_notifications", &pd->notifications, 8},
        {"microkit_pps", &pd->calls, 8},     {"microkit_ioports", &ports, 8},
    };
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        struct symbol_found found;
        if (find(loading, index, values[i].symbol, pd->image_pos, why, &found)) {
            patch_add(loading, values[i].symbol, found.address, values[i].bytes, values[i].size, pd->image_pos);
            uint8_t *bytes = capdl_spec_alloc(loading->reader->spec, values[i].size + 1);
            memcpy(bytes, values[i].bytes, values[i].size);
            setting_keep(loading,
                         (struct capdl_setting){
                             .symbol = values[i].symbol, .bytes = bytes, .size = values[i].size, .pos = pd->image_pos});
        }
    }
}

static void setvars_set(struct loading *loading, const struct symbol_index *index)
{
    for (const struct mk_setvar *setvar = loading->pd->setvars; setvar; setvar = setvar->next) {
        uint64_t value = setvar->paddr_of ? setvar->paddr_of->paddr : setvar->value;
        struct symbol_found found;
        if (!find(loading, index, setvar->symbol, setvar->pos, "", &found)) {
            continue;
        }
        if (found.size != sizeof(value)) {
            capdl_error(loading->reader->diags, setvar->pos,
                        "the symbol '%s' of '%s' has %" PRIu64 " bytes, expected 8: declare it as uintptr_t or "
                        "uint64_t",
                        setvar->symbol, loading->pd->image, found.size);
            continue;
        }
        patch_add(loading, setvar->symbol, found.address, &value, sizeof(value), setvar->pos);
        setting_keep(loading, (struct capdl_setting){.symbol = setvar->symbol,
                                                     .is_number = true,
                                                     .number = value,
                                                     .width = sizeof(value),
                                                     .pos = setvar->pos});
    }
}

/* The bytes of a page that the file has: [from, to) in the page; false: none. */
static bool file_part(const struct elf_segment *s, uint64_t page, uint64_t *from, uint64_t *to)
{
    uint64_t start = s->vaddr > page ? s->vaddr : page, end = s->vaddr + s->filesz;
    end = end < page + CAPDL_PAGE_SIZE ? end : page + CAPDL_PAGE_SIZE;
    *from = start - page;
    *to = end - page;
    return start < end;
}

/* What a page holds when the program starts, and which of it is not as in the file. */
struct page {
    uint8_t bytes[CAPDL_PAGE_SIZE];
    bool set[CAPDL_PAGE_SIZE];
    uint64_t from, to; /* of the file */
};

static bool patch_page(const struct loading *loading, const struct elf_segment *s, uint64_t address, struct page *page)
{
    bool any = false;
    memset(page, 0, sizeof(*page));
    if (file_part(s, address, &page->from, &page->to)) {
        memcpy(page->bytes + page->from, loading->elf.bytes.data + s->offset + (address + page->from - s->vaddr),
               page->to - page->from);
    } else {
        page->from = page->to = 0;
    }
    for (size_t i = 0; i < loading->patches.count; i++) {
        const struct patch *patch = &loading->patches.list[i];
        uint64_t start = patch->address > address ? patch->address : address, end = patch->address + patch->size;
        end = end < address + CAPDL_PAGE_SIZE ? end : address + CAPDL_PAGE_SIZE;
        if (start < end &&
            memcmp(page->bytes + (start - address), patch->bytes + (start - patch->address), end - start) != 0) {
            memcpy(page->bytes + (start - address), patch->bytes + (start - patch->address), end - start);
            memset(page->set + (start - address), true, end - start);
            any = true;
        }
    }
    return any;
}

static struct capdl_fill bytes_fill(struct mk_reader *reader, const struct page *page, uint64_t from, uint64_t to,
                                    struct capdl_pos pos)
{
    static const char digits[] = "0123456789abcdef";
    char *text = capdl_spec_alloc(reader->spec, (to - from) * 2 + 1);
    struct capdl_fill fill = {.offset = from, .length = to - from, .pos = pos};
    for (uint64_t i = from; i < to; i++) {
        text[(i - from) * 2] = digits[page->bytes[i] >> 4];
        text[(i - from) * 2 + 1] = digits[page->bytes[i] & 15];
    }
    capdl_fill_set_bytes(reader->spec, &fill, text, (to - from) * 2);
    return fill;
}

/* Runs of bytes that are set, and the file's bytes between them. */
static void page_fill(struct loading *loading, const struct elf_segment *s, uint64_t address, const struct page *page,
                      uint32_t frame)
{
    struct capdl_fill *fills = NULL;
    size_t count = 0, capacity = 0;
    struct capdl_pos pos = loading->pd->image_pos;
    for (uint64_t at = 0, end; at < CAPDL_PAGE_SIZE; at = end) {
        bool set = page->set[at], file = at >= page->from && at < page->to;
        for (end = at + 1; end < CAPDL_PAGE_SIZE && page->set[end] == set &&
                           (set || (end >= page->from && end < page->to) == file);) {
            end++;
        }
        if (!set && !file) {
            continue;
        }
        fills = memory_grow(fills, &capacity, count + 1, sizeof(*fills));
        fills[count++] = set ? bytes_fill(loading->reader, page, at, end, pos)
                             : (struct capdl_fill){.kind = CAPDL_FILL_FILE,
                                                   .offset = at,
                                                   .length = end - at,
                                                   .text = loading->pd->image,
                                                   .source_offset = s->offset + (address + at - s->vaddr),
                                                   .pos = pos};
    }
    mk_fills_set(loading->reader, frame, fills, count);
    free(fills);
}

static void segment_load(struct loading *loading, const struct elf_segment *s, uint8_t rights)
{
    struct page page;
    const struct mk_pd *pd = loading->pd;
    for (uint64_t at = s->vaddr & ~(CAPDL_PAGE_SIZE - UINT64_C(1)); at < s->vaddr + s->memsz; at += CAPDL_PAGE_SIZE) {
        uint32_t frame = mk_sized_object(loading->reader, CAPDL_KIND_FRAME, CAPDL_PAGE_BITS, pd->image_pos,
                                         PD_MICROKIT_ELF "_%s_%09u", pd->name, loading->num_frames++);
        patch_page(loading, s, at, &page);
        page_fill(loading, s, at, &page, frame);
        mk_space_map(loading->reader, loading->space, at, frame, rights, false, pd->image_pos);
    }
}

/* Each page has the rights of one segment. */
static bool pages_apart(struct loading *loading)
{
    const struct elf_program *elf = &loading->elf;
    for (size_t i = 1; i < elf->num_segments; i++) {
        const struct elf_segment *a = &elf->segments[i - 1], *b = &elf->segments[i];
        if ((a->vaddr + a->memsz - 1) / CAPDL_PAGE_SIZE >= b->vaddr / CAPDL_PAGE_SIZE) {
            capdl_error(loading->reader->diags, loading->pd->image_pos,
                        "two segments of \"%s\" share the page at 0x%" PRIx64
                        ": link it with -Wl,-z,max-page-size=4096 and each segment in pages of its own",
                        loading->pd->image, b->vaddr & ~(CAPDL_PAGE_SIZE - UINT64_C(1)));
            return false;
        }
    }
    return true;
}

static bool memory_free(struct loading *loading)
{
    const struct elf_program *elf = &loading->elf;
    uint64_t bottom = mk_stack_bottom(loading->reader->profile, loading->pd);
    bool good = true;
    for (size_t i = 0; i < elf->num_segments; i++) {
        uint64_t start = elf->segments[i].vaddr & ~(CAPDL_PAGE_SIZE - UINT64_C(1));
        uint64_t end =
            (elf->segments[i].vaddr + elf->segments[i].memsz + CAPDL_PAGE_SIZE - 1) & ~(CAPDL_PAGE_SIZE - UINT64_C(1));
        if (end > bottom) {
            capdl_error(loading->reader->diags, loading->pd->image_pos,
                        "\"%s\" ends at 0x%" PRIx64 ", expected it to end by 0x%" PRIx64 ", where the stack begins",
                        loading->pd->image, end, bottom);
            good = false;
        }
        for (const struct mk_map *map = loading->pd->maps; map; map = map->next) {
            if (map->vaddr < end && start < map->vaddr + map->region->size) {
                capdl_error(loading->reader->diags, map->pos,
                            "'%s', [0x%" PRIx64 ", 0x%" PRIx64 "), is mapped over the program \"%s\", which has "
                            "[0x%" PRIx64 ", 0x%" PRIx64 ")",
                            map->region->name, map->vaddr, map->vaddr + map->region->size, loading->pd->image, start,
                            end);
                good = false;
            }
        }
    }
    return good;
}

static bool image_name_good(struct mk_reader *reader, const char *name, struct capdl_pos pos)
{
    bool plain = *name;
    for (const char *c = name; *c; c++) {
        plain = plain && (unsigned char)*c >= ' ' && *c != '"';
    }
    if (!plain) {
        capdl_error(reader->diags, pos, "'%s' cannot be the name of a program", name);
    }
    return plain;
}

static bool files_read(struct loading *loading)
{
    struct mk_reader *reader = loading->reader;
    struct elf_request request = {.name = loading->pd->image,
                                  .pos = loading->pd->image_pos,
                                  .beside = reader->options->spec_path,
                                  .directories = reader->options->directories,
                                  .arch = reader->spec->arch,
                                  .user_top = reader->profile->user_top};
    if (!image_name_good(reader, request.name, request.pos) || !elf_read(&loading->elf, &request, reader->diags)) {
        return false;
    }
    request.name = loading->pd->symbols;
    if (request.name && !elf_read(&loading->named, &request, reader->diags)) {
        elf_release(&loading->elf);
        return false;
    }
    return true;
}

/* Programs of SDKs up to 2.2 say by this symbol where they want their IPC buffer: in a page behind the program. */
static const char buffer_symbol[] = "__sel4_ipc_buffer_obj";

uint64_t microkit_ipc_buffer(const struct capdl_profile *profile, const uint8_t *elf, size_t size)
{
    struct symbol_index *index = symbol_index_new(elf, size);
    struct symbol_found found = symbol_find(index, buffer_symbol);
    symbol_index_free(index);
    return found.count ? found.address : mk_ipc_buffer(profile);
}

static void buffer_find(struct loading *loading, struct mk_pd *pd, const struct symbol_index *index)
{
    struct symbol_found found = symbol_find(index, buffer_symbol);
    if (!found.count) {
        return;
    }
    bool taken = in_segments(&loading->elf, found.address, 1);
    for (const struct mk_map *map = pd->maps; map; map = map->next) {
        taken |= found.address >= map->vaddr && found.address - map->vaddr < map->region->size;
    }
    if (found.address % CAPDL_PAGE_SIZE || taken || found.address >= mk_stack_bottom(loading->reader->profile, pd)) {
        capdl_error(loading->reader->diags, pd->image_pos,
                    "\"%s\" has its IPC buffer ('%s') at 0x%" PRIx64 ", expected a page of its own below the stack, "
                    "which neither the program nor a map has",
                    pd->image, buffer_symbol, found.address);
        return;
    }
    pd->ipc_buffer = found.address;
}

static void symbols_set(struct loading *loading, struct mk_pd *pd)
{
    const struct elf_program *named = symbols_of(loading);
    struct symbol_index *index = symbol_index_new(named->bytes.data, named->bytes.size);
    contract_set(loading, index);
    setvars_set(loading, index);
    buffer_find(loading, pd, index);
    symbol_index_free(index);
}

static uint8_t readable(uint8_t rights)
{
    return rights & (CAPDL_RIGHT_WRITE | CAPDL_RIGHT_EXECUTE) ? rights | CAPDL_RIGHT_READ : rights;
}

bool mk_program_load(struct mk_reader *reader, struct mk_space *space, struct mk_pd *pd, uint64_t *entry)
{
    struct loading loading = {.reader = reader, .space = space, .pd = pd};
    size_t errors = reader->diags->num_errors;
    if (!pd->image || !files_read(&loading)) {
        return false;
    }
    *entry = loading.elf.entry;
    symbols_set(&loading, pd);
    if (pages_apart(&loading) && memory_free(&loading)) {
        for (size_t i = 0; i < loading.elf.num_segments; i++) {
            segment_load(&loading, &loading.elf.segments[i], readable(loading.elf.segments[i].rights));
        }
    }
    if (loading.num_settings) {
        pd->settings = capdl_spec_alloc(reader->spec, loading.num_settings * sizeof(*pd->settings));
        memcpy(pd->settings, loading.settings, loading.num_settings * sizeof(*pd->settings));
        pd->num_settings = loading.num_settings;
    }
    free(loading.settings);
    free(loading.patches.list);
    elf_release(&loading.elf);
    elf_release(&loading.named);
    return reader->diags->num_errors == errors;
}

void mk_program_declare(struct mk_reader *reader, const struct mk_pd *pd)
{
    uint32_t id = mk_object(reader, CAPDL_KIND_PROGRAM, pd->image_pos, "%s", pd->name);
    struct capdl_object object = capdl_object_view(reader->spec, id);
    struct capdl_program *program = capdl_spec_alloc(reader->spec, sizeof(*program));
    program->params = capdl_spec_alloc(reader->spec, sizeof(*program->params));
    program->params[0] = (struct capdl_param){.kind = CAPDL_VALUE_STRING, .text = pd->image, .pos = pd->image_pos};
    program->num_params = 1;
    program->settings = pd->settings;
    program->num_settings = pd->num_settings;
    object.u.program_of = program;
    capdl_object_set(reader->spec, id, &object);
}
