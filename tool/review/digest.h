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

#endif
