/* SPDX-License-Identifier: BSD-2-Clause */
/* Another program in the room of a protection domain: all of its pages are there already, so only their contents, the
 * rights they are mapped with, and the thread's entry point change. */
#ifndef TOOL_UPDATE_ROOM_H
#define TOOL_UPDATE_ROOM_H

#include "image/image.h"
#include "pd/elf_program.h"

struct update_room {
    const struct image *image;
    const char *image_name, *pd, *program_name;
    const struct elf_program *program;
    uint64_t room; /* bytes */
};

/* Writes the image with the program. What does not fit is an error in diags; as after image_compile, false without one
   means that `out` cannot be written. */
bool update_room(const struct update_room *, struct capdl_diags *, FILE *out);

#endif
