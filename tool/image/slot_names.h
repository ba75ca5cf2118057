/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of an image's slots, with an index for those who look up many. */
#ifndef IMAGE_SLOT_NAMES_H
#define IMAGE_SLOT_NAMES_H

#include "blob/blob.h"

/* A name without an index in brackets; false and nothing is written: it has no room. */
bool slot_name_text(const struct capdl_blob_name *, char *out, size_t size);

struct slot_names {
    struct capdl_blob_names
        *marks; /* every few entries of the table, by slot; before them the last that was asked for */
    size_t num_marks;
};

/* Of a blob that stays as it is. */
void slot_names_init(struct slot_names *, const struct capdl_blob *);
void slot_names_free(struct slot_names *);
/* Without text: it has none. Good until the next is asked for. */
struct capdl_blob_name slot_names_find(const struct slot_names *, uint64_t slot);
/* "name" or "name[index]"; false and nothing is written: it has none. */
bool slot_names_print(const struct slot_names *, uint64_t slot, char *out, size_t size);

#endif
