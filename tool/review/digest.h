/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOL_REVIEW_DIGEST_H
#define TOOL_REVIEW_DIGEST_H

#include "review/content_ids.h"

/*
 * A digest of a system: SHA-256 over its canonical text without fills, then for each frame that is not all zero a line
 * with its name and the digest of its contents. A text, its JSON and an image made of it have the same one. It changes
 * the spec: its fills are gone. Writes 64 digits and a 0.
 */
void digest_spec(struct capdl_spec *, struct fill_contents *, char text[2 * SHA256_BYTES + 1]);

#endif
