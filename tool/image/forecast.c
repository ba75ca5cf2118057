/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's boot code in the order in which it deals with memory (src/kernel/boot.c: init_freemem,
 * create_rootserver_objects, create_untypeds): RAM without what is reserved, then the root objects from the last
 * piece that can hold them, then untypeds of devices, of its own boot code, and of what is left of RAM.
 */
#include "image/forecast.h"

#include <inttypes.h>
#include <stdlib.h>

#include "image/program.h"

enum { MAX_PIECES = 64, PAGES_OF_ROOT = 3 /* ASID pool, IPC buffer, bootinfo */ };
/* What a PC's firmware said, from the boot loader: less than a page of extra bootinfo. Page tables of IOMMUs: the root,
   and one for each of 256 PCI buses. */
enum { PC_BOOTINFO = 0x50c, IOMMU_TABLES = 1 + 256 };

struct pieces {
    struct capdl_region list[MAX_PIECES];
    size_t count;
};

/* Sizes of what the kernel makes for the initial task. */
struct roots {
    uint64_t size, tables, extra_pages;
    unsigned extra_bits;   /* 0: no extra bootinfo */
    unsigned largest_bits; /* what all of it is aligned to */
};

static uint64_t page_up(uint64_t address)
{
    return (address + CAPDL_PAGE_SIZE - 1) & ~(uint64_t)(CAPDL_PAGE_SIZE - 1);
}

bool forecast_possible(const struct capdl_profile *profile)
{
    return profile->num_memory > 0 && profile->kernel.end > profile->kernel.start;
}

void forecast_free(struct forecast *forecast)
{
    free(forecast->list);
    *forecast = (struct forecast){NULL};
}

static void place_add(struct forecast *forecast, const char *what, uint64_t start, uint64_t end)
{
    if (end > start) {
        forecast->ranges[forecast->num_ranges++] = (struct forecast_range){what, start, end};
    }
}

const struct forecast_range *forecast_in_the_way(const struct forecast *forecast, uint64_t start, uint64_t end)
{
    for (size_t i = 0; i < forecast->num_ranges; i++) {
        if (start < forecast->ranges[i].end && forecast->ranges[i].start < end) {
            return &forecast->ranges[i];
        }
    }
    return NULL;
}

/* Removes [start, end) from the pieces. */
static void pieces_cut(struct pieces *pieces, uint64_t start, uint64_t end)
{
    struct pieces old = *pieces;
    pieces->count = 0;
    for (size_t i = 0; i < old.count; i++) {
        struct capdl_region piece = old.list[i];
        if (start >= piece.end || end <= piece.start) {
            pieces->list[pieces->count++] = piece;
            continue;
        }
        if (start > piece.start) {
            pieces->list[pieces->count++] = (struct capdl_region){piece.start, start};
        }
        if (end < piece.end) {
            pieces->list[pieces->count++] = (struct capdl_region){end, piece.end};
        }
    }
}

/* Page tables below the root for [start, end) of the initial task. */
static uint64_t count_tables(const struct capdl_profile *profile, uint64_t start, uint64_t end)
{
    uint64_t tables = 0;
    unsigned shift = CAPDL_PAGE_BITS;
    for (unsigned level = profile->vspace_levels; level-- > 1;) {
        shift += profile->vspace_index_bits[level];
        tables += ((end - 1) >> shift) - (start >> shift) + 1;
    }
    return tables;
}

static unsigned largest(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

static uint64_t extra_bootinfo(const struct forecast_input *input)
{
    if (capdl_architecture(input->profile->arch)->pc) {
        return PC_BOOTINFO;
    }
    return input->tree_size ? 2 * capdl_word_bytes(input->profile->arch) + input->tree_size : 0;
}

static struct roots measure_roots(const struct forecast_input *input)
{
    const struct capdl_profile *profile = input->profile;
    unsigned cnode = profile->root_cnode_bits + profile->size_bits[CAPDL_TYPE_CNODE];
    unsigned vspace = profile->size_bits[CAPDL_TYPE_VSPACE];
    uint64_t extra = extra_bootinfo(input), io_tables = profile->num_iommus ? IOMMU_TABLES : 0;
    struct roots roots = {.extra_pages = page_up(extra) / CAPDL_PAGE_SIZE};
    while (extra && UINT64_C(1) << roots.extra_bits < page_up(extra)) {
        roots.extra_bits++;
    }
    uint64_t extra_room = extra ? UINT64_C(1) << roots.extra_bits : 0;
    /* after the image: IPC buffer, bootinfo, extra bootinfo */
    roots.tables = count_tables(profile, input->image_start, input->image_end + 2 * CAPDL_PAGE_SIZE + extra_room);
    roots.largest_bits = largest(largest(cnode, vspace), roots.extra_bits);
    roots.size = (UINT64_C(1) << cnode) + (UINT64_C(1) << vspace) + extra_room +
                 (UINT64_C(1) << profile->size_bits[CAPDL_TYPE_TCB]) +
                 (PAGES_OF_ROOT + roots.tables + io_tables) * CAPDL_PAGE_SIZE +
                 (profile->mcs ? UINT64_C(1) << profile->size_bits[CAPDL_TYPE_SCHED_CONTEXT] : 0);
    return roots;
}

/* The root objects are at the top of the last piece that can hold them. */
static bool place_roots(struct forecast *forecast, struct pieces *pieces, const struct roots *roots)
{
    for (size_t i = pieces->count; i-- > 0;) {
        struct capdl_region piece = pieces->list[i];
        uint64_t start = (piece.end - roots->size) >> roots->largest_bits << roots->largest_bits;
        if (piece.end >= roots->size && start >= piece.start) {
            place_add(forecast, "the kernel's objects for the initial task", start, start + roots->size);
            pieces_cut(pieces, start, start + roots->size);
            return true;
        }
    }
    return false;
}

static void untypeds_add(struct forecast *forecast, const struct capdl_profile *profile, struct capdl_region region,
                         bool device)
{
    while (region.start < region.end) {
        unsigned bits = 63u - (unsigned)__builtin_clzll(region.end - region.start);
        bits = bits < profile->max_untyped_bits ? bits : profile->max_untyped_bits;
        /* aligned where the kernel sees it, in its window on physical memory */
        uint64_t seen = region.start + image_arch(profile->arch)->window_start(profile);
        if (seen && bits > (unsigned)__builtin_ctzll(seen)) {
            bits = (unsigned)__builtin_ctzll(seen);
        }
        bool is_untyped = bits >= CAPDL_BLOB_MIN_SIZE_BITS;
        if (is_untyped && profile->max_untypeds && forecast->count == profile->max_untypeds) {
            forecast->lost++; /* the kernel forgets the rest */
            *(device ? &forecast->lost_devices : &forecast->lost_ram) += UINT64_C(1) << bits;
        } else if (is_untyped) {
            forecast->list =
                memory_grow(forecast->list, &forecast->capacity, forecast->count + 1, sizeof(*forecast->list));
            forecast->list[forecast->count++] =
                (struct capdl_untyped){.address = region.start, .size_bits = bits & 63, .is_device = device};
        }
        region.start += UINT64_C(1) << bits;
    }
}

bool forecast_lost(const struct forecast *forecast, const struct capdl_profile *profile, char *text, size_t size)
{
    if (!forecast->lost) {
        return false;
    }
    snprintf(text, size,
             "the list of untypeds of kernel %s is full: it has room for %u (CONFIG_MAX_NUM_BOOTINFO_UNTYPED_CAPS), "
             "but memory and devices need %" PRIu64 "; 0x%" PRIx64 " bytes of RAM and 0x%" PRIx64
             " bytes of device memory are lost",
             profile->name, profile->max_untypeds, forecast->count + forecast->lost, forecast->lost_ram,
             forecast->lost_devices);
    return true;
}

static bool lies_in_ram(const struct capdl_profile *profile, uint64_t start, uint64_t end)
{
    for (size_t i = 0; i < profile->num_memory; i++) {
        if (start >= profile->memory[i].start && end <= profile->memory[i].end) {
            return true;
        }
    }
    return false;
}

/* A PC's kernel finds the image as a file after itself, unpacks it after that, and moves it down. */
static uint64_t unpacked_end(const struct forecast_input *input, uint64_t image_end)
{
    uint64_t file = page_up(input->profile->kernel.end) + CAPDL_PAGE_SIZE;
    bool module = capdl_architecture(input->profile->arch)->pc && input->module_size;
    return module ? page_up(file + input->module_size) + (input->image_end - input->image_start) : image_end;
}

/* As the loader's packer does it: the first piece of RAM that has room from an address on; the address itself if none
 * has. A PC's kernel puts things after itself, whatever is there. */
static uint64_t find_room(const struct capdl_profile *profile, uint64_t from, uint64_t size)
{
    for (size_t i = 0; i < profile->num_memory && !capdl_architecture(profile->arch)->pc; i++) {
        uint64_t start = page_up(from > profile->memory[i].start ? from : profile->memory[i].start);
        if (start < profile->memory[i].end && size <= profile->memory[i].end - start) {
            return start;
        }
    }
    return from;
}

/* What is reserved while the kernel boots. False: some of it is not RAM. */
static bool place_loaded(struct forecast *forecast, const struct forecast_input *input)
{
    const struct capdl_profile *profile = input->profile;
    uint64_t size = input->image_end - input->image_start, after = page_up(profile->kernel.end);
    uint64_t tree = input->tree_at ? input->tree_at : find_room(profile, after, page_up(input->tree_size));
    after = tree + page_up(input->tree_size);
    uint64_t image = input->image_at ? input->image_at : find_room(profile, after, size);
    uint64_t end = image + size;
    place_add(forecast, "the kernel", profile->kernel.start, profile->kernel.end);
    if (input->most) {
        return true;
    }
    place_add(forecast, "the device tree", tree, tree + input->tree_size);
    place_add(forecast, "the image", image, end);
    forecast->image_at = image;
    forecast->image_misplaced = !lies_in_ram(profile, image, unpacked_end(input, end));
    return !forecast->image_misplaced;
}

/*
 * To the kernel, everything that is neither RAM nor one of its own devices is device memory. Prefixes of seL4 13
 * leave memory out that firmware keeps for itself; what touches RAM is such memory, as registers never do. PCs know
 * their own.
 */
struct capdl_region forecast_device(const struct capdl_profile *profile, size_t i)
{
    struct capdl_region region = profile->devices[i];
    uint64_t below = i > 0 ? profile->devices[i - 1].end : 0;
    uint64_t above = i + 1 < profile->num_devices ? profile->devices[i + 1].start : UINT64_MAX;
    uint64_t start = region.start, end = region.end;
    for (size_t m = 0; !capdl_architecture(profile->arch)->pc && m < profile->num_memory; m++) {
        const struct capdl_region *ram = &profile->memory[m];
        if (ram->start >= region.end && ram->start < above) {
            end = above = ram->start; /* the nearest above */
        }
        if (ram->end <= region.start && ram->end > below) {
            start = ram->end; /* the last is the nearest below */
        }
    }
    region = (struct capdl_region){start, end};
    return region;
}

static void make_untypeds(struct forecast *forecast, const struct capdl_profile *profile, const struct pieces *pieces)
{
    for (size_t i = 0; i < profile->num_devices; i++) {
        untypeds_add(forecast, profile, forecast_device(profile, i), true);
    }
    if (profile->kernel_boot_end > profile->kernel.start) {
        struct capdl_region boot = {profile->kernel.start, profile->kernel_boot_end};
        untypeds_add(forecast, profile, boot, false);
        forecast->ranges[0].start = boot.end; /* the kernel proper begins after it */
    }
    for (size_t i = 0; i < pieces->count; i++) {
        untypeds_add(forecast, profile, pieces->list[i], false);
    }
}

bool forecast_make(struct forecast *forecast, const struct forecast_input *input)
{
    const struct capdl_profile *profile = input->profile;
    struct pieces pieces = {.count = profile->num_memory};
    struct roots roots = input->most ? (struct roots){0} : measure_roots(input);
    *forecast = (struct forecast){.num_slots = UINT64_C(1) << profile->root_cnode_bits};
    if (!place_loaded(forecast, input)) {
        return false;
    }
    for (size_t i = 0; i < profile->num_memory; i++) {
        pieces.list[i] = profile->memory[i];
    }
    for (size_t i = 0; i < forecast->num_ranges; i++) {
        pieces_cut(&pieces, forecast->ranges[i].start, forecast->ranges[i].end);
    }
    forecast->roots_misplaced = !input->most && !place_roots(forecast, &pieces, &roots);
    if (forecast->roots_misplaced) {
        return false;
    }
    make_untypeds(forecast, profile, &pieces);
    forecast->extra_pages = roots.extra_pages;
    forecast->first_untyped = CAPDL_INITIAL_COUNT + roots.tables + roots.extra_pages +
                              (profile->mcs ? profile->max_nodes : 0) +
                              (input->image_end - input->image_start) / CAPDL_PAGE_SIZE;
    forecast->first_empty = forecast->first_untyped + forecast->count;
    forecast->slots_exceeded = forecast->first_empty > forecast->num_slots;
    return !forecast->slots_exceeded;
}
