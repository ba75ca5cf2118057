/* SPDX-License-Identifier: BSD-2-Clause */
/* A bootable file in the making: its inputs, where everything goes, and the bytes. Private to this room. */
#ifndef TOOL_PACK_PLAN_H
#define TOOL_PACK_PLAN_H

#include <capdl/payload.h>

#include "buffer.h"
#include "kernel.h"
#include "pack.h"

/* Something that is in memory while the system is started. */
enum extent_kind {
    EXTENT_FIXED,  /* the kernel itself, where it was linked to be */
    EXTENT_KERNEL, /* in RAM that the kernel manages */
    EXTENT_LOADER, /* in any RAM */
    EXTENT_EXTRA,  /* in RAM that the kernel does not manage; may be what memory was reserved for */
    EXTENT_RESERVED,
    EXTENT_FIRMWARE, /* RAM that the device tree reserves: only what memory was reserved for may be in it */
};
struct extent {
    const char *name;
    uint64_t start, end;
    enum extent_kind kind;
};

enum { MAX_RAM = 32, MAX_FIRMWARE = 64 };

struct plan {
    const struct pack_options *options;
    const struct capdl_profile *profile;
    struct capdl_diags *diags;
    struct kernel kernel;
    struct file_bytes loader_file, tree_file;
    char *loader_path, *tree_path;
    struct loads image, loader;
    uint8_t *tree; /* packed; on the heap */
    size_t tree_size;
    bool tree_made;                   /* by us, for the loader only: this kernel has no device tree and gets none */
    struct capdl_region ram[MAX_RAM]; /* of the board, as far as the device tree knows */
    size_t num_ram;
    struct extent firmware[MAX_FIRMWARE]; /* what the device tree reserves; names are in it */
    size_t num_firmware;
    struct buffer kept; /* spans that a firmware's device tree is to reserve, too */
    uint32_t first_hart, physical_bits;
    struct extent kernel_extent, tree_extent, image_extent, loader_extent;
    struct capdl_payload_region *regions; /* `from` counts from the start of `stored` until payload_write */
    size_t num_regions, room_regions;
    struct buffer stored;
    struct buffer file; /* loader and payload, as they are in memory at the loader's place */
};

/* inputs.c: everything read and checked by itself. */
bool inputs_open(struct plan *);
void inputs_close(struct plan *);

/* tree.c: a device tree that says what the loader must know to start the kernel's cores. */
void tree_make(struct plan *);

/* ram.c: reads the RAM of the board, and what is reserved of it, out of the device tree; and where a place is. */
void ram_read(struct plan *);
bool ram_of_kernel(const struct plan *, const struct extent *);
bool ram_of_board(const struct plan *, const struct extent *);
bool ram_shared_with_kernel(const struct plan *, const struct extent *);

/* layout.c: where kernel, device tree and initialiser go; then, once their sizes are known, the loader. */
bool layout_system(struct plan *);
bool layout_loader(struct plan *, uint64_t size);
/* Whether everything is in RAM and apart; else errors and a map. */
bool layout_check(struct plan *);

/* payload.c: the regions to be filled, and the payload in `file`. */
bool payload_plan(struct plan *);
void payload_write(struct plan *);

/* formats.c: the file as firmware wants it. */
bool format_write(struct plan *, FILE *out);

#endif
