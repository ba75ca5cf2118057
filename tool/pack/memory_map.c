/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a PC's memory map to what a kernel makes of it (src/arch/x86/kernel/boot_sys.c, vspace.c and
 * src/plat/pc99/machine/hardware.c): RAM is what the boot loader calls so from 1 MiB on; all else up to the end of
 * device memory is a device's, but for the registers of the kernel's own devices.
 *
 *     0      1 MiB                                         APIC, IOAPICs, IOMMUs   MSI 4 GiB
 *     | device | RAM (kernel and image at its bottom) | device | . | device | . | device |.| RAM | device ... |
 */
#include "pack/memory_map.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/architecture.h>
#include <capdl/blob.h>

#include "pack/config.h"

/* The kernel keeps its pieces of RAM, and what is left of them, in 16 entries of which the last must stay empty. */
enum { MOST_RAM = 15, MOST_HOLES = MOST_RAM + 2 * MEMORY_MAP_DEVICES + 4 };
#define HIGH_MEMORY UINT64_C(0x100000)
#define MIB UINT64_C(0x100000)
#define FOUR_GIB UINT64_C(0x100000000)
#define APIC UINT64_C(0xfee00000)
#define IOAPIC UINT64_C(0xfec00000)
#define MSI UINT64_C(0xfffffff8)         /* whoever writes here may cause any interrupt */
#define WINDOW_TOP (UINT64_C(510) << 30) /* end of the RAM that the kernel sees */

/* QEMU's PCs: RAM below the devices, with the firmware's tables at its top; from some size on the rest is above 4 GiB.
 */
static const struct qemu_pc {
    uint64_t split, low, tables;
    uint64_t iommu; /* address of its registers; 0: it has none */
} qemu_pc = {0xe0000000, 0xc0000000, 0x20000, 0}, qemu_q35 = {0xb0000000, 0x80000000, 0x21000, 0xfed90000};

/* What a spec cannot have as device memory. */
struct holes {
    struct capdl_region list[MOST_HOLES];
    size_t count;
};

static void hole_add(struct holes *holes, uint64_t start, uint64_t end)
{
    holes->list[holes->count++] = (struct capdl_region){start, end};
}

static int compare_regions(const void *a, const void *b)
{
    const struct capdl_region *x = a, *y = b;
    return x->start < y->start ? -1 : x->start > y->start;
}

/* The part of an entry that is RAM to the kernel; empty if there is none. Started by multiboot 2, it rounds nothing. */
static struct capdl_region usable(const struct memory_map_entry *entry, bool multiboot2)
{
    struct capdl_region ram = {0, 0};
    uint64_t unit = multiboot2 ? 1 : CAPDL_PAGE_SIZE;
    if (entry->type == MEMORY_MAP_RAM && entry->start >= HIGH_MEMORY && entry->end - entry->start >= unit) {
        ram.start = (entry->start + unit - 1) & -unit;
        ram.end = entry->end & -unit;
        ram.end = ram.end < WINDOW_TOP ? ram.end : WINDOW_TOP;
    }
    return ram;
}

static bool take_ram(struct capdl_profile *profile, const struct memory_map *map, struct capdl_diags *diags)
{
    for (size_t i = 0; i < map->count; i++) {
        struct capdl_region ram = usable(&map->entries[i], map->multiboot2);
        struct capdl_pos pos = {.line = map->entries[i].line, .file = map->source};
        if (ram.start >= ram.end) {
            continue;
        }
        if (profile->num_memory && ram.start < profile->memory[profile->num_memory - 1].end) {
            capdl_error(diags, pos,
                        "RAM from 0x%llx on is not above the RAM of earlier lines, but kernels require ascending order",
                        (unsigned long long)ram.start);
            return false;
        }
        if (profile->num_memory == MOST_RAM) {
            capdl_error(diags, pos, "more than %d regions of RAM above 1 MiB: kernel '%s' would not boot", MOST_RAM,
                        profile->name);
            return false;
        }
        profile->memory[profile->num_memory++] = ram;
    }
    if (profile->num_memory == 0) {
        capdl_error(diags, (struct capdl_pos){.file = map->source},
                    "this memory map has no RAM above 1 MiB, where kernels need it");
    }
    return profile->num_memory > 0;
}

/* IOAPICs that the kernel does not manage are devices to it. */
static void make_holes(struct capdl_profile *profile, const struct memory_map *map, struct holes *holes)
{
    for (size_t i = 0; i < profile->num_memory; i++) {
        hole_add(holes, profile->memory[i].start, profile->memory[i].end);
    }
    hole_add(holes, APIC, APIC + CAPDL_PAGE_SIZE);
    hole_add(holes, MSI, FOUR_GIB);
    if (map->num_ioapics == 0) {
        hole_add(holes, IOAPIC, IOAPIC + CAPDL_PAGE_SIZE);
    }
    for (size_t i = 0; i < map->num_ioapics && i < profile->num_ioapics; i++) {
        hole_add(holes, map->ioapics[i], map->ioapics[i] + CAPDL_PAGE_SIZE);
    }
    for (size_t i = 0; i < profile->num_iommus; i++) {
        hole_add(holes, map->iommus[i], map->iommus[i] + CAPDL_PAGE_SIZE);
    }
    qsort(holes->list, holes->count, sizeof(holes->list[0]), compare_regions);
}

static void take_devices(struct capdl_profile *profile, const struct holes *holes)
{
    uint64_t start = 0, top = UINT64_C(1) << profile->pa_bits;
    profile->num_devices = 0;
    for (size_t i = 0; i <= holes->count; i++) {
        struct capdl_region hole = i < holes->count ? holes->list[i] : (struct capdl_region){top, top};
        if (start < hole.start) {
            profile->devices[profile->num_devices++] = (struct capdl_region){start, hole.start};
        }
        start = hole.end > start ? hole.end : start;
    }
}

static bool complete(struct capdl_profile *profile, const struct memory_map *map, struct capdl_diags *diags)
{
    struct holes holes = {.count = 0};
    bool has_iommus = profile->types[CAPDL_TYPE_IO_PAGE_TABLE] != CAPDL_PROFILE_ABSENT;
    uint32_t found = map->num_ioapics ? (uint32_t)map->num_ioapics : 1;
    profile->num_memory = 0;
    profile->num_iommus = has_iommus ? (uint32_t)map->num_iommus : 0;
    if (!take_ram(profile, map, diags)) {
        return false;
    }
    make_holes(profile, map, &holes);
    take_devices(profile, &holes);
    if (profile->num_ioapics > found) {
        profile->num_ioapics = found;
    }
    return true;
}

static void map_of_pc(struct memory_map *map, const struct qemu_pc *pc, uint64_t bytes)
{
    uint64_t low = bytes >= pc->split ? pc->low : bytes;
    *map = (struct memory_map){.name = "QEMU", .source = UINT16_MAX, .count = 1};
    map->entries[0] = (struct memory_map_entry){HIGH_MEMORY, low - pc->tables, MEMORY_MAP_RAM, 0};
    if (bytes > low) {
        map->entries[map->count++] = (struct memory_map_entry){FOUR_GIB, FOUR_GIB + bytes - low, MEMORY_MAP_RAM, 0};
    }
    map->iommus[0] = pc->iommu;
    map->num_iommus = pc->iommu != 0;
}

/* What QEMU's default PC has with -m SIZE, or its q35 with an IOMMU. */
static void memory_map_of_qemu(struct memory_map *map, uint64_t bytes, bool iommu)
{
    map_of_pc(map, iommu ? &qemu_q35 : &qemu_pc, bytes);
}

uint64_t memory_map_qemu_size(const struct capdl_profile *profile)
{
    const struct qemu_pc *pc = profile->num_iommus ? &qemu_q35 : &qemu_pc;
    struct capdl_profile same = *profile;
    struct memory_map map;
    struct capdl_diags ignored = {NULL};
    uint64_t size = 0;
    for (size_t i = 0; i < profile->num_memory; i++) {
        uint64_t end = profile->memory[i].end;
        size = end < FOUR_GIB ? end + pc->tables : size + end - FOUR_GIB;
    }
    map_of_pc(&map, pc, size);
    bool good = size > HIGH_MEMORY + pc->tables && size % MIB == 0 && complete(&same, &map, &ignored) &&
                same.num_memory == profile->num_memory &&
                memcmp(same.memory, profile->memory, same.num_memory * sizeof(same.memory[0])) == 0 &&
                same.num_iommus == profile->num_iommus;
    capdl_diags_free(&ignored);
    return good ? size : 0;
}

/* "512M", "5G", "1G,iommu"; at most what the kernel can use. */
static bool parse_qemu(const char *text, uint64_t *bytes, bool *iommu)
{
    char *end;
    errno = 0;
    uint64_t number = strtoull(text, &end, 10);
    unsigned shift = *end == 'M' ? 20 : *end == 'G' ? 30 : 64;
    if (end == text || *text == '-' || errno || shift == 64 || number == 0 || number > WINDOW_TOP >> shift) {
        return false;
    }
    *iommu = strcmp(end + 1, ",iommu") == 0;
    if (end[1] && !*iommu) {
        return false;
    }
    *bytes = number << shift;
    return *bytes >= UINT64_C(16) << 20;
}

bool memory_map_apply(struct capdl_profile *profile, const char *source, struct capdl_diags *diags)
{
    struct memory_map map;
    uint64_t bytes;
    bool iommu;
    if (!capdl_architecture(profile->arch)->pc) {
        capdl_error(diags, CAPDL_NOWHERE,
                    "--memory-map is for x86-64: the memory of kernel '%s' was fixed when it was built", profile->name);
        return false;
    }
    if (strncmp(source, "qemu:", 5) == 0) {
        if (!parse_qemu(source + 5, &bytes, &iommu)) {
            capdl_error(diags, CAPDL_NOWHERE,
                        "--memory-map %s: QEMU's memory is qemu:SIZE or, with an IOMMU, qemu:SIZE,iommu, such as "
                        "qemu:512M or qemu:5G,iommu, from 16M to 510G",
                        source);
            return false;
        }
        memory_map_of_qemu(&map, bytes, iommu);
    } else if (!memory_map_read(&map, source, diags)) {
        return false;
    }
    return complete(profile, &map, diags);
}
