/* SPDX-License-Identifier: BSD-2-Clause */
/* What frames hold, as numbers: equal numbers mean equal bytes, whichever files they come from. */
#ifndef TOOL_REVIEW_CONTENT_IDS_H
#define TOOL_REVIEW_CONTENT_IDS_H

#include <capdl/review.h>

#include "base/fill_files.h"
#include "sha256/sha256.h"

/* A spec, and where the files it names are looked for. */
struct fill_contents_source {
    const struct capdl_spec *spec;
    struct fill_files files;
};

struct fill_contents {
    struct fill_contents_source sources[2];
    uint8_t (*digests)[SHA256_BYTES]; /* number - 1 is the index */
    size_t num_digests, capacity_digests;
    uint32_t *table; /* numbers by digest, open addressing; 0: empty */
    size_t mask;
    char missing[256]; /* the first file that cannot be read; empty: all can */
};

/* `context` is a struct fill_contents. A fill whose file cannot be read counts with its name. */
uint64_t fill_contents_number(void *context, const struct capdl_spec *, uint32_t frame);
/* A digest of what several frames hold, one after the other: SHA-256 of their digests, 32 zeros for one that is all
   zero; of a single frame, its own. Returns text. */
const char *fill_contents_text(void *context, const uint64_t *numbers, size_t count, char text[2 * SHA256_BYTES + 1]);
/* SHA-256 of frames one after the other as they are in memory; NULL if not all bytes are known. Returns text. */
const char *fill_contents_memory(void *context, const struct capdl_spec *, const uint32_t *frames, size_t count,
                                 char text[2 * SHA256_BYTES + 1]);
/* How many bytes of two frames differ, and the first and last that do. */
uint64_t fill_contents_difference(void *context, const struct capdl_spec *old, uint32_t old_frame,
                                  const struct capdl_spec *new, uint32_t new_frame, uint64_t *first, uint64_t *last);
/* Bytes of a frame, all in one page, and whether any is a program's; false if they are not known. */
bool fill_contents_bytes(void *context, const struct capdl_spec *, uint32_t frame, uint64_t offset, size_t count,
                         uint8_t *bytes, bool *program);
/* What the symbols of the file that fills a frame say is at an address. */
bool fill_contents_variable(void *context, const struct capdl_spec *, uint32_t frame, uint64_t address,
                            struct capdl_variable *);
void fill_contents_free(struct fill_contents *);

#endif
