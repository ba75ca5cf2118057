/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Images: a prebuilt initialiser with a blob and pages after it. Made from a spec, read back into one.
 *
 *     spec --plan--> program --encode--> blob + pages --append--> image
 *     image --open--> blob, pages, profile --decompile--> spec
 */
#ifndef TOOL_IMAGE_H
#define TOOL_IMAGE_H

#include <stdio.h>

#include <capdl/blob.h>
#include <capdl/profile.h>
#include <capdl/spec.h>

#include "image/reserved_section.h"

struct capdl_blob;

/* A file that is in memory already, by the name that fills give it. */
struct image_source {
    const char *name;
    const uint8_t *bytes;
    size_t size;
};

struct image_options {
    const struct capdl_profile *profile;
    const char *spec_path;          /* fill files are looked for beside it ... */
    const char *const *directories; /* ... then here, ended by 0 */
    const char *initialiser; /* path of the prebuilt initialiser; 0: looked for in build tree and data directory */
    const struct capdl_region *reserved; /* memory kept out of the kernel's map, for frames with contents */
    size_t num_reserved;
    const char *untypeds; /* file with the untypeds the kernel will report; 0: forecast where that can be */
    bool strip;           /* leave names out */
    bool quiet;           /* the initialiser prints nothing if the boot succeeds */
    const char *inputs;   /* lines of inputs_section.h; 0: none are kept */
    size_t inputs_size;
    const uint8_t *system; /* digest of the system, SHA256_BYTES; 0: none is kept */
    uint64_t image_at;     /* physical address that the image will be packed for; 0: after kernel and device tree */
    const struct image_source *sources; /* fill files that need not be read */
    size_t num_sources;
    const struct image *base; /* an image whose initialiser and settings this one gets */
    bool pages_stay;          /* at their distance from the blob, as the base has it */
};

/*
 * Compiles a checked spec into an image written to `out`. Everything the kernel of the profile cannot do, and
 * everything that is wrong with fill files, is an error in diags; then it returns false. When out cannot be written it
 * returns false without one: ferror(out) is set, errno says why. Same spec, files and profile: same bytes.
 */
bool image_compile(const struct capdl_spec *, const struct image_options *, struct capdl_diags *, FILE *out);

/* Warns of what the ELF file of a program says of itself: that it was built for another kind of kernel, or wants
   something done before its first function that its start code does not do. */
void image_check_program(const struct capdl_profile *, struct capdl_diags *, const char *name, struct capdl_pos,
                         const uint8_t *bytes, size_t size);

/* The blob alone, malloc'd, as image_compile would put it into an image; 0 after an error. */
uint8_t *image_compile_blob(const struct capdl_spec *, const struct image_options *, struct capdl_diags *,
                            size_t *size);

/* An image opened for reading. All pointers are into `bytes`, which the caller keeps. */
struct image {
    const uint8_t *bytes;
    size_t size;
    struct capdl_image_header header; /* as stored in the file */
    struct capdl_profile profile;
    const uint8_t *blob;              /* header.blob_size bytes; 0: a root task of another origin */
    const uint8_t *pages;             /* header.num_pages pages */
    uint64_t entry;                   /* of the initialiser */
    struct reserved_section contents; /* of reserved memory */
};

/* Whether bytes look like an ELF file (an image) rather than a spec. */
bool image_is_elf(const uint8_t *bytes, size_t size);
/* Checks everything it will ever rely on, also the blob's schema; `name` is for messages. Damaged names are a warning.
 */
bool image_open(struct image *, const char *name, const uint8_t *bytes, size_t size, struct capdl_diags *);
/* The blob of an open image. If its names are damaged, it has none: boot does not read them either. */
bool image_blob(const struct image *, struct capdl_blob *);
/* Whether an ELF file is a foreign root task: nothing in it says that it is, or was, an image of ours. */
bool image_is_task(const uint8_t *bytes, size_t size);
/* Opens such a root task for a kernel, checking what the kernel will do with it. It has no blob and no pages; of the
   header, only the architecture and the addresses, in whole pages, are set. */
bool image_open_task(struct image *, const char *name, const uint8_t *bytes, size_t size, const struct capdl_profile *,
                     struct capdl_diags *);
/* Whether it gives anybody an I/O space, which the kernel has only on hardware with an IOMMU. */
bool image_needs_iommu(const struct image *);
/* Whether its initialiser prints nothing if the boot succeeds. */
bool image_is_quiet(const struct image *);
/* The spec an image was made from, as far as an image holds it: names are missing when stripped, frames filled from
 * the image. */
bool image_to_spec(const struct image *, const char *name, struct capdl_spec *, struct capdl_diags *);

/* Slots the kernel's root CNode must have for an image of this many bytes in memory: one a page, and what else the
   kernel puts there when it boots (an estimate for untypeds and device tree). More than 2^root_cnode_bits: the kernel
   would stop at boot. */
uint64_t image_root_slots(const struct capdl_profile *, uint64_t image_bytes);

/* The leftovers of a spec in the order of the blob, CAPDL_NO_OBJECT where there is none. False: they are too many. */
bool leftovers_order(const struct capdl_spec *, uint32_t objects[CAPDL_MAX_LEFTOVERS]);

#endif
