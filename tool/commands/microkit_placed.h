/* SPDX-License-Identifier: BSD-2-Clause */
/* The part of a report of `capdl microkit` that says where each object will be: written, and read again by
 * `capdl verify`, which compares it with a boot. */
#ifndef TOOL_MICROKIT_PLACED_H
#define TOOL_MICROKIT_PLACED_H

#include <stdio.h>

#include <capdl/diag.h>
#include <capdl/spec.h>

#include "blob/blob.h"

/* An object of a spec in memory. */
struct placed {
    uint32_t object;
    unsigned size_bits;
    uint64_t address;
};

struct placed_list {
    const struct capdl_spec *spec;
    struct placed *list;
    size_t count, capacity;
};

/* As `object` of a struct fit_printer. */
void placed_add(void *list, const struct capdl_blob_name *, uint64_t address, unsigned size_bits);
/* By address. */
void placed_write(struct placed_list *, FILE *);
void placed_free(struct placed_list *);

/* Addresses of the spec's objects, in its order, from a report; UINT64_MAX where it has none. To be freed; NULL after
 * an error. */
uint64_t *placed_read(const struct capdl_spec *, const char *path, struct capdl_diags *);

#endif
