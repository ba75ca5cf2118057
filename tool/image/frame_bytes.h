/* SPDX-License-Identifier: BSD-2-Clause */
/* The bytes of frames, page by page. */
#ifndef TOOL_IMAGE_FRAME_BYTES_H
#define TOOL_IMAGE_FRAME_BYTES_H

#include "image/program.h"

/* Writes the 4 KiB at `offset` of a frame, returns whether any byte is not zero. */
bool content_page(const struct program *, uint32_t object, uint64_t offset, uint8_t page[CAPDL_PAGE_SIZE]);
/* What is on a page of the page segment. */
void page_contents(const struct program *, const struct page *, uint8_t bytes[CAPDL_PAGE_SIZE]);
/* A fill of no bytes asks for a page of the image whatever is on it. */
bool frame_stored(const struct program *, uint32_t object);
uint64_t page_hash(uint64_t hash, const uint8_t page[CAPDL_PAGE_SIZE]);

#endif
