/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a machine boots: a kernel and an initialiser image as one thing that firmware or a boot loader can start.
 *
 *     AArch64, RISC-V   loader + kernel + device tree + initialiser in one file
 *     x86-64            the kernel as a multiboot kernel; the initialiser is its first module as it is
 */
#ifndef TOOL_PACK_H
#define TOOL_PACK_H

#include <stdio.h>

#include <capdl/diag.h>
#include <capdl/profile.h>

enum pack_format {
#define PACK_FORMAT(id, name) PACK_##id,
#include "formats.def"
    PACK_FORMAT_COUNT
};

/* PACK_FORMAT_COUNT if there is none of that name. */
enum pack_format pack_format_named(const char *name);
const char *pack_format_name(enum pack_format);
/* Whether firmware of the architecture takes it. */
bool pack_format_is_for(enum pack_format, enum capdl_arch);
enum {
#define PACK_FORMAT(id, name) PACK_LENGTH_##id = sizeof(name) + 1, /* with ", " */
#include "formats.def"
    PACK_FORMAT_LIST = 1
#define PACK_FORMAT(id, name) +PACK_LENGTH_##id
#include "formats.def"
};
/* Names of the formats for an architecture: "elf, raw, ...". Returns text. */
char *pack_format_list(enum capdl_arch, char text[PACK_FORMAT_LIST]);
/* What the QEMU machine of this kernel is given; see qemu_command. */
enum pack_format pack_format_for_qemu(const struct capdl_profile *);

/* Named bytes. */
struct pack_file {
    const char *name; /* for messages */
    const uint8_t *bytes;
    size_t size;
};

/* Bytes to be put at a physical address in RAM that the kernel does not manage: pages of a PD in reserved memory, for
 * instance. */
struct pack_extra {
    struct pack_file file;
    uint64_t address;
    uint64_t zeros; /* bytes after the file's */
    bool external;  /* not in the file: it only takes the place */
};

/* Contents of reserved memory that are not part of the file: a boot loader fills that memory, ours compares a hash. */
struct pack_external {
    const char *name;
    uint64_t address, size;
    const uint8_t *bytes;
};

/* Where the kernel will find things, physical. */
struct pack_placement {
    uint64_t tree_at, tree_size, image_at;
    struct capdl_region loader; /* until the kernel starts */
};

struct pack_options {
    const struct capdl_profile *profile; /* with a prefix */
    struct pack_file image;              /* the initialiser image */
    struct pack_file dtb;                /* bytes 0: support/kernel.dtb of the prefix */
    bool firmware_dtb;                   /* hand the kernel the device tree the firmware gave, if it gave one */
    const char *loader; /* path of the prebuilt loader; 0: looked for in build tree and data directory */
    enum pack_format format;
    uint64_t at;             /* physical address of the loader; 0: chosen */
    unsigned core_step;      /* AArch64, without a device tree: core i has the hardware number i * this; 0: 1 */
    uint64_t initialiser_at; /* physical address of the initialiser; 0: chosen */
    const struct pack_extra *extras;
    size_t num_extras;
    const struct pack_external *externals;
    size_t num_externals;
    const struct capdl_region *reserved; /* physical memory nothing may be put in */
    size_t num_reserved;
    struct pack_placement *placement; /* to be told; may be 0 */
};

/* Writes a bootable file; With out NULL, only checks that it could. Whatever does not fit together is an error in
 * diags; what does not fit into memory, with a map. */
bool pack_image(const struct pack_options *, struct capdl_diags *, FILE *out);

/* Writes the kernel of an x86-64 prefix in the 32-bit container that multiboot loaders want, without gaps that a loader
 * could put a module into: the kernel would overwrite it there. */
bool pack_multiboot(const struct capdl_profile *, struct capdl_diags *, FILE *out);

/* Makes a CD image at `path` that boots both by GRUB; needs grub-mkrescue and xorriso. */
bool pack_iso(const struct capdl_profile *, const struct pack_file *image, const char *path, struct capdl_diags *);

#endif
