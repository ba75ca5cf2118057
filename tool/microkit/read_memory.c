/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory regions, and maps of them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/architecture.h>
#include <capdl/blob.h>

#include "base/file.h"
#include "system.h"
#include "document.h"

static const struct {
    const char *written, *fill;
} bootinfos[] = {
    {"x86_vbe", "CDL_FrameFill_BootInfo_X86_VBE"},
    {"x86_mbmmap", "CDL_FrameFill_BootInfo_X86_MBMMAP"},
    {"x86_acpi_rsdp", "CDL_FrameFill_BootInfo_X86_ACPI_RSDP"},
    {"x86_framebuffer", "CDL_FrameFill_BootInfo_X86_Framebuffer"},
    {"x86_tsc_freq", "CDL_FrameFill_BootInfo_X86_TSC_Freq"},
    {"fdt", "CDL_FrameFill_BootInfo_FDT"},
};

enum region_attribute { NAME, SIZE, PAGE_SIZE, PHYS_ADDR, PREFILL_PATH, PREFILL_BOOTINFO, NUM_REGION };
static const struct mk_attribute region_rules[] = {
    {"name", true},       {"size", false},         {"page_size", false},
    {"phys_addr", false}, {"prefill_path", false}, {"prefill_bootinfo", false},
    {NULL, false},
};

static void page_size_read(struct mk_reader *reader, const struct xml_element *element, const char *text,
                           struct mk_region *region)
{
    const struct capdl_architecture *facts = capdl_architecture(reader->profile->arch);
    uint64_t size = 0;
    region->page_bits = CAPDL_PAGE_BITS;
    if (!text || !mk_number(reader, element, "page_size", text, 0, UINT64_MAX, &size)) {
        return;
    }
    region->page_given = true;
    for (unsigned i = 0; i < CAPDL_ARCH_MOST_FRAMES; i++) {
        if (facts->frame_bits[i] && size == UINT64_C(1) << facts->frame_bits[i]) {
            region->page_bits = facts->frame_bits[i];
            return;
        }
    }
    capdl_error(reader->diags, element->pos, "'page_size' of '%s' is %s, expected 0x1000, 0x200000 or 0x40000000",
                region->name, text);
}

static void bootinfo_read(struct mk_reader *reader, const struct xml_element *element, const char *text,
                          struct mk_region *region)
{
    for (size_t i = 0; i < sizeof(bootinfos) / sizeof(bootinfos[0]); i++) {
        if (strcmp(text, bootinfos[i].written) == 0) {
            region->bootinfo = bootinfos[i].fill;
            return;
        }
    }
    region->broken = true;
    capdl_error(reader->diags, element->pos,
                "'prefill_bootinfo' is '%s', expected x86_vbe, x86_mbmmap, x86_acpi_rsdp, x86_framebuffer, "
                "x86_tsc_freq or fdt",
                text);
}

/* A name that a fill can hold: capDL text puts it in quotes. */
static bool name_plain(const char *name)
{
    bool plain = *name;
    for (const char *c = name; *c; c++) {
        plain = plain && (unsigned char)*c >= ' ' && *c != '"';
    }
    return plain;
}

static void file_look(struct mk_reader *reader, const struct xml_element *element, const char *text,
                      struct mk_region *region)
{
    struct file_bytes bytes;
    char *path = name_plain(text) ? file_find(text, reader->options->spec_path, reader->options->directories) : NULL;
    region->broken = true;
    if (!name_plain(text)) {
        capdl_error(reader->diags, element->pos, "'%s' cannot be the name of a file", text);
    } else if (!path || !file_read_regular(path, &bytes)) {
        capdl_error(reader->diags, element->pos, "cannot read '%s' to fill '%s': %s", path ? path : text, region->name,
                    file_error());
        capdl_note(reader->diags, element->pos,
                   "files are looked for beside the system description and in each -I "
                   "DIR");
    } else if (bytes.size == 0) {
        capdl_error(reader->diags, element->pos, "'%s', which is to fill '%s', is empty", text, region->name);
        file_release(&bytes);
    } else {
        region->broken = false;
        region->file = text;
        region->file_size = bytes.size;
        file_release(&bytes);
    }
    free(path);
}

static void size_read(struct mk_reader *reader, const struct xml_element *element, const char *text,
                      struct mk_region *region)
{
    enum { MOST_BITS = 48 };
    uint64_t page = UINT64_C(1) << region->page_bits;
    if (text) {
        region->broken |= !mk_number(reader, element, "size", text, 1, UINT64_C(1) << MOST_BITS, &region->size);
        if (region->size % page) {
            capdl_error(reader->diags, element->pos,
                        "'size' of '%s' is 0x%" PRIx64 ", expected a multiple of the page size 0x%" PRIx64,
                        region->name, region->size, page);
            region->broken = true;
        }
        if (!region->broken && region->file_size > region->size) {
            capdl_error(reader->diags, element->pos,
                        "'%s' has 0x%" PRIx64 " bytes, but '%s', which it is to fill, has 0x%" PRIx64, region->file,
                        region->file_size, region->name, region->size);
            region->broken = true;
        }
    } else if (region->file) {
        region->size = (region->file_size + page - 1) / page * page;
    } else if (region->bootinfo) {
        region->size = page;
    } else if (!region->broken) {
        capdl_error(reader->diags, element->pos, "'%s' needs a 'size', or a file or boot information that fills it",
                    region->name);
        region->broken = true;
    }
}

static void paddr_read(struct mk_reader *reader, const struct xml_element *element, const char *text,
                       struct mk_region *region)
{
    uint64_t page = UINT64_C(1) << region->page_bits;
    if (!mk_number(reader, element, "phys_addr", text, 0, UINT64_MAX, &region->paddr)) {
        region->broken = true;
        return;
    }
    region->has_paddr = true;
    if (region->paddr % page || region->paddr > UINT64_MAX - region->size) {
        capdl_error(reader->diags, element->pos,
                    "'phys_addr' of '%s' is %s, expected a multiple of the page size "
                    "0x%" PRIx64 "%s",
                    region->name, text, page, region->paddr % page ? "" : " that leaves room for its size");
        region->broken = true;
    }
}

void mk_read_region(struct mk_reader *reader, const struct xml_element *element)
{
    const char *values[NUM_REGION];
    struct mk_region *region = capdl_spec_alloc(reader->spec, sizeof(*region));
    void *first;
    mk_no_elements(reader, element);
    if (!mk_attributes(reader, element, region_rules, values)) {
        return;
    }
    region->name = values[NAME];
    region->pos = element->pos;
    region->first_frame = CAPDL_NO_OBJECT;
    page_size_read(reader, element, values[PAGE_SIZE], region);
    if (values[PREFILL_PATH] && values[PREFILL_BOOTINFO]) {
        capdl_error(reader->diags, element->pos, "'%s' has both 'prefill_path' and 'prefill_bootinfo', expected one",
                    region->name);
        region->broken = true;
    } else if (values[PREFILL_PATH]) {
        file_look(reader, element, values[PREFILL_PATH], region);
    } else if (values[PREFILL_BOOTINFO]) {
        bootinfo_read(reader, element, values[PREFILL_BOOTINFO], region);
    }
    size_read(reader, element, values[SIZE], region);
    if (values[PHYS_ADDR]) {
        paddr_read(reader, element, values[PHYS_ADDR], region);
    }
    if (!mk_names_add(reader->region_names, region->name, region, &first)) {
        capdl_error(reader->diags, element->pos, "there are two memory regions named '%s'", region->name);
        capdl_note(reader->diags, ((struct mk_region *)first)->pos, "the first is here");
        return;
    }
    struct mk_region **last = &reader->system.regions;
    if (reader->last_region) {
        last = &reader->last_region->next;
    }
    *last = reader->last_region = region;
}

static struct mk_region *region_find(struct mk_reader *reader, const struct xml_element *element, const char *name)
{
    struct mk_region *region = mk_names_find(reader->region_names, name);
    if (!region) {
        struct capdl_nearest nearest = mk_names_nearest(reader->region_names, name);
        capdl_error(reader->diags, element->pos, "there is no memory region '%s'%s", name,
                    capdl_nearest_hint(&nearest));
    }
    return region;
}

/* False: not a combination of these letters, or writing alone, which no page table can say. */
static bool perms_read(const char *text, const char *letters, bool write_alone, uint8_t *rights)
{
    *rights = 0;
    for (const char *c = text; *c; c++) {
        if (!strchr(letters, *c)) {
            return false;
        }
        *rights |= *c == 'r' ? CAPDL_RIGHT_READ : *c == 'w' ? CAPDL_RIGHT_WRITE : CAPDL_RIGHT_EXECUTE;
    }
    return write_alone || *rights != CAPDL_RIGHT_WRITE;
}

void mk_add_setvar(struct mk_reader *reader, const struct xml_element *element, struct mk_pd *pd, const char *symbol,
                   uint64_t value, struct mk_region *paddr_of)
{
    struct mk_setvar *setvar = capdl_spec_alloc(reader->spec, sizeof(*setvar));
    size_t size = strlen(symbol) + 32;
    char *key = capdl_spec_alloc(reader->spec, size);
    void *first;
    snprintf(key, size, "%" PRIu64 " %s", pd->index, symbol);
    *setvar = (struct mk_setvar){symbol, value, paddr_of, element->pos, NULL};
    if (!mk_names_add(reader->symbol_names, key, setvar, &first)) {
        capdl_error(reader->diags, element->pos, "the symbol '%s' of '%s' is set twice", symbol, pd->name);
        capdl_note(reader->diags, ((struct mk_setvar *)first)->pos, "it is set here, too");
        return;
    }
    if (pd->last_setvar) {
        pd->last_setvar->next = setvar;
    } else {
        pd->setvars = setvar;
    }
    pd->last_setvar = setvar;
}

enum map_attribute { MR, VADDR, PERMS, CACHED, SETVAR_VADDR, SETVAR_SIZE, SETVAR_PREFILL_SIZE, NUM_MAP };
static const struct mk_attribute pd_map_rules[] = {
    {"mr", true},
    {"vaddr", true},
    {"perms", false},
    {"cached", false},
    {"setvar_vaddr", false},
    {"setvar_size", false},
    {"setvar_prefill_size", false},
    {NULL, false},
};
static const struct mk_attribute vm_map_rules[] = {
    {"mr", true}, {"vaddr", true}, {"perms", false}, {"cached", false}, {NULL, false},
};

static void map_setvars(struct mk_reader *reader, const struct xml_element *element, const char *const *values,
                        const struct mk_map *map, struct mk_pd *pd)
{
    const struct mk_region *region = map->region;
    if (values[SETVAR_VADDR]) {
        mk_add_setvar(reader, element, pd, values[SETVAR_VADDR], map->vaddr, NULL);
    }
    if (values[SETVAR_SIZE]) {
        mk_add_setvar(reader, element, pd, values[SETVAR_SIZE], region->size, NULL);
    }
    if (!values[SETVAR_PREFILL_SIZE]) {
        return;
    }
    if (region->file || region->broken) {
        mk_add_setvar(reader, element, pd, values[SETVAR_PREFILL_SIZE], region->file_size, NULL);
    } else {
        capdl_error(reader->diags, element->pos,
                    "'setvar_prefill_size' is for regions that a file fills, but '%s' has no 'prefill_path'",
                    region->name);
    }
}

struct mk_map *mk_read_map(struct mk_reader *reader, const struct xml_element *element, struct mk_pd *setvars_of)
{
    const char *values[NUM_MAP] = {NULL};
    struct mk_map *map = capdl_spec_alloc(reader->spec, sizeof(*map));
    bool cached = true;
    mk_no_elements(reader, element);
    if (!mk_attributes(reader, element, setvars_of ? pd_map_rules : vm_map_rules, values)) {
        return NULL;
    }
    *map = (struct mk_map){.pos = element->pos, .rights = CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE};
    map->region = region_find(reader, element, values[MR]);
    bool good = mk_number(reader, element, "vaddr", values[VADDR], 0, UINT64_MAX, &map->vaddr);
    if (values[PERMS] && !perms_read(values[PERMS], "rwx", false, &map->rights)) {
        capdl_error(reader->diags, element->pos, "'perms' of 'map' is '%s', expected letters of 'rwx', and r with w",
                    values[PERMS]);
    }
    mk_bool(reader, element, "cached", values[CACHED], &cached);
    map->uncached = !cached;
    if (!map->region || !good) {
        return NULL;
    }
    map->region->used = true;
    if (setvars_of) {
        map_setvars(reader, element, values, map, setvars_of);
    }
    return map;
}

struct mk_map *mk_read_iomap(struct mk_reader *reader, const struct xml_element *element)
{
    static const struct mk_attribute rules[] = {{"mr", true}, {"iovaddr", true}, {"perms", false}, {NULL, false}};
    const char *values[3];
    struct mk_map *map = capdl_spec_alloc(reader->spec, sizeof(*map));
    mk_no_elements(reader, element);
    if (!mk_attributes(reader, element, rules, values)) {
        return NULL;
    }
    *map = (struct mk_map){.pos = element->pos, .rights = CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE, .uncached = true};
    map->region = region_find(reader, element, values[MR]);
    bool good = mk_number(reader, element, "iovaddr", values[VADDR], 0, MK_IO_SPACE_END - 1, &map->vaddr);
    if (values[PERMS] && (!perms_read(values[PERMS], "rw", true, &map->rights) || !map->rights)) {
        capdl_error(reader->diags, element->pos, "'perms' of 'iomap' is '%s', expected r, w or rw", values[PERMS]);
    }
    if (!map->region || !good) {
        return NULL;
    }
    map->region->used = map->region->in_io_space = true;
    return map;
}
