/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What devices of x86 see. A device's I/O space is minted from the initial one; page tables and pages are mapped in it,
 * tables before what is below them. How many levels of tables there are is the hardware's, and only known at boot: the
 * spec says how many it is made for, and the initialiser compares.
 */
#include <stdlib.h>

#include "image/program.h"

enum {
    IO_LEVELS_USUAL = 3, /* the number that the kernel prefers */
    IO_LEVELS_MOST = 5,  /* what VT-d defines */
    IO_INDEX_BITS = 9,
};

static uint64_t io_level(const struct program *program, uint32_t table)
{
    return capdl_object_number(program->spec, table, CAPDL_NUMBER_IO_PT_LEVEL);
}

/* As the kernel names a PCI device. */
static uint64_t io_request(const struct program *program, uint32_t device)
{
    return capdl_object_number(program->spec, device, CAPDL_NUMBER_IO_BUS) << 8 |
           capdl_object_number(program->spec, device, CAPDL_NUMBER_IO_DEV) << 3 |
           capdl_object_number(program->spec, device, CAPDL_NUMBER_IO_FUN);
}

static bool io_device_good(struct program *program, uint32_t device)
{
    uint64_t domain = capdl_object_number(program->spec, device, CAPDL_NUMBER_IO_DOMAIN);
    if (capdl_object_number(program->spec, device, CAPDL_NUMBER_IO_BUS) > 255 ||
        capdl_object_number(program->spec, device, CAPDL_NUMBER_IO_DEV) > 31 ||
        capdl_object_number(program->spec, device, CAPDL_NUMBER_IO_FUN) > 7 || !io_request(program, device)) {
        program_error(program, device,
                      "is not a PCI device: expected bus 0 to 255, device 0 to 31, function 0 to 7, and not 0:0.0, "
                      "which the kernel takes as no device");
        return false;
    }
    if (domain == 0 || domain > 0xffff) {
        program_error(program, device, "has domainID %llu: expected 1 to 65535", (unsigned long long)domain);
        return false;
    }
    return true;
}

static void io_device_mint(struct program *program, uint32_t device)
{
    if (!io_device_good(program, device)) {
        return;
    }
    uint64_t domain = capdl_object_number(program->spec, device, CAPDL_NUMBER_IO_DOMAIN);
    struct operand ours = operand_initial(CAPDL_INITIAL_CNODE), depth = operand_depth(program);
    uint64_t slot = calls_derive(program, device);
    program->kernel_objects[device].derived = (uint32_t)slot;
    CALL(program, DERIVE, CNODE_MINT, device, ours, ours, operand_slot(slot), depth,
         operand_initial(CAPDL_INITIAL_IO_SPACE), depth, operand_word(CAPDL_RIGHTS_ALL),
         operand_word(domain << 16 | io_request(program, device))); /* seL4_X86_IOSpace_CapData */
}

void io_spaces_derive(struct program *program)
{
    for (uint32_t i = 0; i < program->spec->num_objects; i++) {
        if (capdl_object_kind(program->spec, i) == CAPDL_KIND_IO_DEVICE) {
            io_device_mint(program, i);
        }
    }
}

/* The number of levels that the spec is made for: that of the tables that hold pages. */
static void io_levels_find(struct program *program)
{
    uint64_t deepest = IO_LEVELS_USUAL, pages = 0;
    for (uint32_t i = 0; i < program->spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(program->spec, i);
        uint64_t level = capdl_object_kind(program->spec, i) == CAPDL_KIND_IO_PT ? io_level(program, i) : 0;
        if (level > IO_LEVELS_MOST) {
            program_error(program, i, "has level %llu: expected 1 to %d", (unsigned long long)level, IO_LEVELS_MOST);
            continue;
        }
        deepest = level > deepest ? level : deepest;
        for (uint32_t k = 0; level > pages && k < caps.count; k++) {
            pages = caps.list[k].kind == CAPDL_KIND_FRAME ? level : pages;
        }
    }
    program->io_levels = (uint8_t)(pages ? pages : deepest);
}

static void warn_levels(struct program *program, uint32_t device)
{
    if (program->io_levels != IO_LEVELS_USUAL) {
        program_warning(program, CAPDL_CHECK_IO_LEVELS, device,
                        "and others have %u levels of I/O page tables: the boot stops on hardware with %d, which the "
                        "kernel prefers",
                        program->io_levels, IO_LEVELS_USUAL);
    }
}

struct walk {
    struct program *program;
    uint32_t device;
};

/* log2 of the bytes that one entry of a table at this level covers. */
static unsigned io_shift(const struct walk *walk, uint64_t level)
{
    return CAPDL_PAGE_BITS + IO_INDEX_BITS * (walk->program->io_levels - (unsigned)level);
}

static struct operand io_space(const struct walk *walk)
{
    return operand_slot(walk->program->kernel_objects[walk->device].derived);
}

static void map_page(const struct walk *walk, uint32_t table, const struct capdl_cap *cap, uint64_t address)
{
    struct program *program = walk->program;
    unsigned rights = cap->rights & (CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE);
    if (io_level(program, table) != program->io_levels) {
        program_cap_error(program, table, cap,
                          "is a page on level %llu, but others are on %u: expected all on the last level",
                          (unsigned long long)io_level(program, table), program->io_levels);
    } else if (program->kernel_objects[cap->object].size_bits != CAPDL_PAGE_BITS) {
        program_cap_error(program, table, cap, "is to a frame of a size other than 4k");
    } else if (!rights) {
        program_cap_error(program, table, cap, "has neither R nor W: the kernel does not map such a page");
    } else {
        struct operand source = mapping_source(program, table, cap);
        CALL(program, PAGES, PAGE_MAP_IO, cap->object, source, io_space(walk), operand_word(rights),
             operand_word(address));
    }
}

static void map_table(const struct walk *, uint32_t holder, const struct capdl_cap *, uint64_t level, uint64_t address);

static void map_contents(const struct walk *walk, uint32_t table, uint64_t level, uint64_t base)
{
    struct capdl_caps caps = capdl_object_caps(walk->program->spec, table);
    for (uint32_t i = 0; i < caps.count; i++) {
        const struct capdl_cap *cap = &caps.list[i];
        uint64_t address = base + (cap->slot << io_shift(walk, level));
        if (cap->slot >> IO_INDEX_BITS) {
            program_cap_error(walk->program, table, cap, "is outside the table's 0x%x slots", 1u << IO_INDEX_BITS);
        } else if (cap->kind == CAPDL_KIND_FRAME) {
            map_page(walk, table, cap, address);
        } else if (cap->kind == CAPDL_KIND_IO_PT) {
            map_table(walk, table, cap, level + 1, address);
        } else {
            program_cap_error(walk->program, table, cap, "is neither a frame nor an I/O page table");
        }
    }
}

static void map_table(const struct walk *walk, uint32_t holder, const struct capdl_cap *cap, uint64_t level,
                      uint64_t address)
{
    struct program *program = walk->program;
    struct kernel_object *kobj = &program->kernel_objects[cap->object];
    if (kobj->type == CAPDL_TYPE_COUNT) {
        return; /* refused already */
    }
    if (io_level(program, cap->object) != level || level > program->io_levels) {
        program_cap_error(program, holder, cap, "has level %llu: expected level %llu, at most %u",
                          (unsigned long long)io_level(program, cap->object), (unsigned long long)level,
                          program->io_levels);
        return;
    }
    if (kobj->flags & KOBJ_MAPPED) {
        program_cap_error(program, holder, cap, "is already mapped: the kernel maps an I/O page table only once");
        return;
    }
    kobj->flags |= KOBJ_MAPPED;
    CALL(program, TABLES, IO_PAGE_TABLE_MAP, cap->object, operand_object(program, cap->object), io_space(walk),
         operand_word(address));
    map_contents(walk, cap->object, level, address);
}

static int compare_requests(const void *a, const void *b, void *context)
{
    const struct program *program = context;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    uint64_t p = io_request(program, x), q = io_request(program, y);
    return p != q ? (p < q ? -1 : 1) : x < y ? -1 : 1;
}

/* Devices with page tables, by PCI number; to be freed. */
static uint32_t *find_devices(struct program *program, size_t *count)
{
    uint32_t *devices = NULL;
    size_t capacity = 0;
    *count = 0;
    for (uint32_t i = 0; i < program->spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(program->spec, i);
        if (capdl_object_kind(program->spec, i) != CAPDL_KIND_IO_DEVICE || !caps.count ||
            program->kernel_objects[i].derived == CAPDL_NO_OBJECT) {
            continue;
        }
        if (caps.count > 1 || caps.list[0].slot != 0 || caps.list[0].kind != CAPDL_KIND_IO_PT) {
            program_error(program, i, "does not hold an I/O page table in slot 0");
            continue;
        }
        devices = memory_grow(devices, &capacity, *count + 1, sizeof(*devices));
        devices[(*count)++] = i;
    }
    if (*count) {
        qsort_r(devices, *count, sizeof(*devices), compare_requests, program);
    }
    return devices;
}

/* The second root of one device would be taken for a table below the first. */
static void refuse_second_root(struct program *program, uint32_t first, uint32_t second)
{
    char label[256];
    if (io_request(program, first) == io_request(program, second)) {
        program_error(program, second, "has I/O page tables, but so does '%s', which is the same PCI device",
                      capdl_object_label(program->spec, first, label, sizeof(label)));
    }
}

/* Contents of a table that is below no device would be dropped. */
static void refuse_loose_tables(struct program *program)
{
    for (uint32_t i = 0; i < program->spec->num_objects; i++) {
        const struct kernel_object *kobj = &program->kernel_objects[i];
        if (capdl_object_kind(program->spec, i) == CAPDL_KIND_IO_PT && kobj->type != CAPDL_TYPE_COUNT &&
            capdl_object_caps(program->spec, i).count && !(kobj->flags & KOBJ_MAPPED)) {
            program_error(program, i, "has contents but belongs to no I/O device");
        }
    }
}

void io_spaces_map(struct program *program)
{
    size_t count;
    uint32_t *devices = find_devices(program, &count);
    if (count) {
        io_levels_find(program);
        warn_levels(program, devices[0]);
    }
    for (size_t i = 0; i < count; i++) {
        const struct capdl_cap *root = &capdl_object_caps(program->spec, devices[i]).list[0];
        map_table(&(struct walk){program, devices[i]}, devices[i], root, 1, 0);
        if (i > 0) {
            refuse_second_root(program, devices[i - 1], devices[i]);
        }
    }
    free(devices);
    refuse_loose_tables(program);
}
