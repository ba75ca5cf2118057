/* SPDX-License-Identifier: BSD-2-Clause */
/* Physical memory where firmware decides about it, on x86-64: its map, read from what people have of it. */
#ifndef TOOL_PACK_MEMORY_MAP_H
#define TOOL_PACK_MEMORY_MAP_H

#include <capdl/diag.h>
#include <capdl/profile.h>

enum { MEMORY_MAP_RAM = 1, MEMORY_MAP_MOST = 1024, MEMORY_MAP_DEVICES = 64 };

/* A line of the map, [start, end). Types are those of E820; 1 is RAM. */
struct memory_map_entry {
    uint64_t start, end;
    uint64_t type;
    uint32_t line;
};

struct memory_map {
    const char *name; /* for messages */
    uint16_t source;
    struct memory_map_entry entries[MEMORY_MAP_MOST];
    size_t count;
    uint64_t ioapics[MEMORY_MAP_DEVICES], iommus[MEMORY_MAP_DEVICES];
    size_t num_ioapics, num_iommus;
    uint64_t iommus_detected; /* as a log counts them, perhaps without their addresses */
    bool multiboot2;          /* the kernel then takes RAM as it is told; by multiboot 1, only whole pages */
};

/*
 * Reads a file. Each line of it is `BASE LENGTH TYPE`, `ioapic ADDRESS`, `iommu ADDRESS`, `multiboot 2`, a comment that
 * begins with # or empty; or it is a log, of which the lines count that Linux (BIOS-e820, IOAPIC, DMAR), Xen, FreeBSD
 * (SMAP), GRUB's lsmmap or a debugging seL4 kernel print: of several boots, those of the last.
 */
bool memory_map_read(struct memory_map *, const char *path, struct capdl_diags *);

/*
 * Completes a profile by the memory that its kernel will find: `source` is a file, or qemu:SIZE such as qemu:2G or
 * qemu:2G,iommu. From then on forecasts and the emulated machine know RAM and device memory. Errors: a profile whose
 * memory is known already, a map that the kernel refuses.
 */
bool memory_map_apply(struct capdl_profile *, const char *source, struct capdl_diags *);

/* The -m for a QEMU that has the profile's memory, in bytes, whole MiB; 0 if no QEMU has it. */
uint64_t memory_map_qemu_size(const struct capdl_profile *);

#endif
