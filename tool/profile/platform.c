/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory: platform_gen.json has RAM and device regions, kernel.elf the physical span of the kernel. */
#include <elf.h>
#include <gelf.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/architecture.h>

#include "base/elf_class.h"
#include "base/memory.h"
#include "profile/arch.h"
#include "profile/text_file.h"

static const char platform_path[] = "support/platform_gen.json";
static const char kernel_path[] = "bin/kernel.elf";

struct region_list {
    const char *key;
    struct capdl_region *regions;
    size_t most;
    size_t *count;
};

static bool take_address(struct json_object *region, const char *key, uint64_t *address)
{
    struct json_object *value;
    if (!json_object_object_get_ex(region, key, &value) || !json_object_is_type(value, json_type_int) ||
        json_object_get_int64(value) < 0) {
        return false;
    }
    *address = json_object_get_uint64(value);
    return true;
}

static int compare_regions(const void *a, const void *b)
{
    const struct capdl_region *left = a, *right = b;
    return left->start < right->start ? -1 : left->start > right->start;
}

static bool fill_regions(const struct region_list *list, struct json_object *array)
{
    size_t count = json_object_array_length(array);
    if (count > list->most) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        struct json_object *region = json_object_array_get_idx(array, i);
        if (!json_object_is_type(region, json_type_object) || !take_address(region, "start", &list->regions[i].start) ||
            !take_address(region, "end", &list->regions[i].end) || list->regions[i].start >= list->regions[i].end) {
            return false;
        }
    }
    qsort(list->regions, count, sizeof(*list->regions), compare_regions);
    for (size_t i = 1; i < count; i++) {
        if (list->regions[i].start < list->regions[i - 1].end) {
            return false;
        }
    }
    *list->count = count;
    return true;
}

static void take_regions(struct reader *reader, struct json_object *root, const struct region_list *list)
{
    struct json_object *array;
    if (!json_object_object_get_ex(root, list->key, &array) || !json_object_is_type(array, json_type_array) ||
        !fill_regions(list, array)) {
        capdl_error(reader->diags, reader_position(reader, platform_path),
                    "expected under '%s' at most %zu disjoint regions {\"start\": ADDRESS, \"end\": ADDRESS}",
                    list->key, list->most);
    }
}

static void parse_platform(struct reader *reader, const struct text_file *file)
{
    struct capdl_profile *p = reader->profile;
    const struct region_list memory = {"memory", p->memory, sizeof(p->memory) / sizeof(p->memory[0]), &p->num_memory};
    const struct region_list devices = {"devices", p->devices, sizeof(p->devices) / sizeof(p->devices[0]),
                                        &p->num_devices};
    struct json_object *root = json_read(reader, file, 8);
    if (!root) {
        return;
    }
    take_regions(reader, root, &memory);
    take_regions(reader, root, &devices);
    if (p->num_memory == 0) {
        capdl_error(reader->diags, text_position(file, 0, 0), "no memory");
    }
    json_object_put(root);
}

/* The span of what is loaded, in whole pages, and where a virtual address of it is physically. */
struct kernel {
    uint64_t start, end;
    uint64_t wanted;   /* virtual address */
    uint64_t physical; /* its physical address, going by the segment that starts at or below it; 0: there is none */
    uint64_t nearest;  /* start of that segment */
};

static void span_segments(Elf *elf, size_t count, struct kernel *kernel)
{
    kernel->start = UINT64_MAX;
    kernel->end = 0;
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr segment;
        uint64_t end;
        if (!gelf_getphdr(elf, (int)i, &segment) || segment.p_type != PT_LOAD || segment.p_memsz == 0) {
            continue;
        }
        if (__builtin_add_overflow(segment.p_paddr, segment.p_memsz, &end) || end > UINT64_MAX - 4095) {
            continue;
        }
        end = (end + 4095) & ~UINT64_C(4095);
        kernel->start = segment.p_paddr < kernel->start ? segment.p_paddr : kernel->start;
        kernel->end = end > kernel->end ? end : kernel->end;
        if (segment.p_vaddr <= kernel->wanted && segment.p_vaddr >= kernel->nearest) {
            kernel->nearest = segment.p_vaddr;
            kernel->physical = segment.p_paddr + (kernel->wanted - segment.p_vaddr);
        }
    }
}

/* A symbol; zeros in a stripped kernel. */
static GElf_Sym find_symbol(Elf *elf, const char *name)
{
    for (Elf_Scn *section = elf_nextscn(elf, NULL); section; section = elf_nextscn(elf, section)) {
        GElf_Shdr header;
        GElf_Sym symbol;
        Elf_Data *data;
        if (!gelf_getshdr(section, &header) || header.sh_type != SHT_SYMTAB ||
            (data = elf_getdata(section, NULL)) == NULL) {
            continue;
        }
        for (int i = 0; gelf_getsym(data, i, &symbol); i++) {
            const char *found = elf_strptr(elf, header.sh_link, symbol.st_name);
            if (found && strcmp(found, name) == 0) {
                return symbol;
            }
        }
    }
    return (GElf_Sym){0};
}

static const char *machine_name(uint16_t machine)
{
    for (unsigned i = 0; i < CAPDL_ARCH_COUNT; i++) {
        const struct capdl_architecture *facts = capdl_architecture((enum capdl_arch)i);
        if (facts->elf_machine == machine) {
            return facts->kernel ? facts->keyword : facts->title;
        }
    }
    return "another machine";
}

/* What is wrong with the kernel's headers, or 0. */
static bool check_header(struct reader *reader, Elf *elf, struct capdl_pos pos, size_t *segments)
{
    GElf_Ehdr header;
    const struct capdl_architecture *facts = capdl_architecture(reader->profile->arch);
    unsigned bits;
    if (elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header)) {
        capdl_error(reader->diags, pos, "not an ELF file, expected here the kernel");
        return false;
    }
    bits = elf_class_bits(header.e_ident);
    if (header.e_machine != facts->elf_machine || bits != facts->word_bits) {
        capdl_error(reader->diags, pos, "a %u-bit kernel for %s, but the configuration is for %s", bits,
                    machine_name(header.e_machine), facts->keyword);
        return false;
    }
    if (header.e_type != ET_EXEC || elf_getphdrnum(elf, segments) != 0) {
        capdl_error(reader->diags, pos, "not an executable with program headers: truncated, or not a kernel");
        return false;
    }
    return true;
}

static bool lies_in_memory(const struct capdl_profile *p, const struct kernel *kernel)
{
    for (size_t i = 0; i < p->num_memory; i++) {
        if (kernel->start >= p->memory[i].start && kernel->end <= p->memory[i].end) {
            return true;
        }
    }
    return p->num_memory == 0;
}

/* The kernel has a table with a word for each interrupt: those of the interrupt controller, and others after them. */
static void take_interrupts(struct capdl_profile *p, uint64_t table_size)
{
    uint64_t entries = table_size / capdl_word_bytes(p->arch), others = profile_arch(p->arch)->other_irqs(p);
    if (p->max_irq == 0 && entries > others + 1 && entries - others <= UINT16_MAX) {
        p->max_irq = (uint32_t)(entries - others - 1);
    }
}

static void take_kernel(struct reader *reader, Elf *elf, struct capdl_pos pos)
{
    struct capdl_profile *p = reader->profile;
    struct kernel kernel = {0};
    size_t segments;
    if (!check_header(reader, elf, pos, &segments)) {
        return;
    }
    check_build(reader, elf, pos);
    kernel.wanted = find_symbol(elf, "ki_boot_end").st_value;
    take_interrupts(p, find_symbol(elf, "intStateIRQTable").st_size);
    span_segments(elf, segments, &kernel);
    if (kernel.start >= kernel.end) {
        capdl_error(reader->diags, pos, "no segments to load: truncated, or not a kernel");
        return;
    }
    if (!lies_in_memory(p, &kernel)) {
        capdl_error(reader->diags, pos, "the kernel is loaded at 0x%llx, where %s has no memory",
                    (unsigned long long)kernel.start, platform_path);
    }
    p->kernel = (struct capdl_region){kernel.start, kernel.end};
    if (kernel.physical >= kernel.start && kernel.physical <= kernel.end) {
        p->kernel_boot_end = kernel.physical;
    }
}

/* libelf wants memory it may write to. */
static void read_kernel(struct reader *reader)
{
    struct text_file file;
    char *copy;
    Elf *elf;
    if (!text_open(reader, kernel_path, REQUIRED, "the kernel", &file)) {
        return;
    }
    copy = memory_need(malloc(file.bytes.size + 1));
    if (file.bytes.size > 0) {
        memcpy(copy, file.bytes.data, file.bytes.size);
    }
    elf_version(EV_CURRENT);
    elf = elf_memory(copy, file.bytes.size);
    if (!elf) {
        capdl_error(reader->diags, text_position(&file, 0, 0), "not an ELF file: %s", elf_errmsg(-1));
    } else {
        take_kernel(reader, elf, text_position(&file, 0, 0));
    }
    elf_end(elf);
    free(copy);
    text_close(&file);
}

void read_platform(struct reader *reader)
{
    struct text_file file;
    /* For PCs there is no such file: memory is what firmware says. */
    if (!capdl_architecture(reader->profile->arch)->pc &&
        text_open(reader, platform_path, REQUIRED, "the board's memory", &file)) {
        parse_platform(reader, &file);
        text_close(&file);
    }
    read_kernel(reader);
    if (text_open(reader, profile_dtb_name, OPTIONAL, "the device tree", &file)) {
        reader->profile->dtb_bytes = file.bytes.size;
        text_close(&file);
    }
}
