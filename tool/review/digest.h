/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOL_REVIEW_DIGEST_H
#define TOOL_REVIEW_DIGEST_H

#include <capdl/review.h>

#include "review/content_ids.h"

/*
 * The digest of a system: SHA-256 over the lines of capdl_review_lines, which say all that it is in an order that does
 * not depend on its text (docs/review.md). A text, its JSON and an image made of it have the same one. Writes 64 digits
 * and a 0. The options are those of fill_contents.
 */
void digest_spec(const struct capdl_spec *, const struct capdl_diff_options *, char text[2 * SHA256_BYTES + 1]);

/* A spec after capdl_review_settle; a copy only where that changes something. `from` has to stay. */
struct digest_settled {
    struct capdl_spec copy;
    const struct capdl_spec *spec; /* `from` or &copy: the structure must not move */
};

void digest_settled_init(struct digest_settled *, const struct capdl_spec *from);
void digest_settled_free(struct digest_settled *);

/* The same as bytes, of a spec as it was read; false if a file that fills frames cannot be read. */
bool digest_system(const struct capdl_spec *, const char *path, const char *const *directories,
                   uint8_t digest[SHA256_BYTES]);
/* The same of the spec in an image, whose bytes are those of the file `path`. */
bool digest_of_image(const struct capdl_spec *, const char *path, const uint8_t *bytes, size_t size,
                     uint8_t digest[SHA256_BYTES]);

#endif
