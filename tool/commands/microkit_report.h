/* SPDX-License-Identifier: BSD-2-Clause */
/* The report of `capdl microkit`: what people look up in Microkit's, and what that lacks. */
#ifndef TOOL_MICROKIT_REPORT_H
#define TOOL_MICROKIT_REPORT_H

#include "image/image.h"
#include "pack/pack.h"

struct microkit_report {
    const struct capdl_spec *spec;
    const struct image *image;
    struct capdl_diags *diags;
    const struct capdl_profile *profile;
    const char *name, *board, *config, *kernel, *output;
    uint64_t address;                /* at which the boot image is loaded; 0: not told */
    struct pack_placement placement; /* image_at 0: the boot loader decides */
};

/* Writes it. False: the system does not fit where it is placed; an error is in diags. */
bool microkit_report(const struct microkit_report *, FILE *);

#endif
