/* SPDX-License-Identifier: BSD-2-Clause */
/* Another program in the place of a PD's in a built image: its pages are written over the old ones, and nothing else
 * changes but the entry point. */
#ifndef TOOL_IMAGE_UPDATE_H
#define TOOL_IMAGE_UPDATE_H

#include "image/image.h"

struct update_segment {
    uint64_t vaddr, memory_size, file_size;
    uint8_t rights;       /* as it is to be mapped: enum capdl_right */
    const uint8_t *bytes; /* file_size of them */
};

/* Bytes of memory in place of what the segments have there. */
struct update_patch {
    uint64_t vaddr, size;
    const uint8_t *bytes;
};

struct update_program {
    const char *name;                      /* of the ELF file, for messages */
    const struct update_segment *segments; /* ascending */
    size_t num_segments;
    const struct update_patch *patches;
    size_t num_patches;
    uint64_t entry;
    uint64_t ipc_buffer; /* where it expects its IPC buffer, if it is a Microkit domain's */
    bool has_tls;
};

/* The image in the making, malloc'd, and the spec in it. */
struct update_made {
    uint8_t *bytes;
    size_t size;
    struct capdl_spec spec;
};

/* Writes the program over that of the PD `name` ("ping", "worker[2]"). `made`: a copy of the image's bytes, and a spec
   that is initialised. What does not fit the PD's layout is an error in diags, and made is not to be used then. */
bool image_update(const struct image *, const char *image_name, const char *name, const struct update_program *,
                  struct update_made *, struct capdl_diags *);

/* What an image was compiled with, for compiling its spec, changed, again. To be freed: .reserved. */
struct image_options update_options(const struct image *, const char *image_name);

#endif
