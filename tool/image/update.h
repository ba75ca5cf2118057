/* SPDX-License-Identifier: BSD-2-Clause */
/* Another program in the place of a PD's in a built image: its pages are written over the old ones, and nothing else
 * changes. */
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

/* Writes the program over that of the PD `name` ("ping", "worker[2]") in `bytes`, a copy of the image's. What does
   not fit the PD's layout is an error in diags, and the bytes are not to be used then. spec, which the caller has
   initialised, becomes what the bytes hold now. */
bool image_update(const struct image *, const char *image_name, const char *name, const struct update_program *,
                  uint8_t *bytes, struct capdl_spec *spec, struct capdl_diags *);

#endif
