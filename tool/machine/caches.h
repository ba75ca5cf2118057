/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What caches can hide. The emulated memory has no caches, so accesses always see what was written. This keeps what
 * those would see that bypass the data cache: instruction fetches and uncached accesses. They see a line as the
 * last cache operation wrote it back, and zeros before that, as the kernel writes back what it has cleared.
 */
#ifndef MACHINE_CACHES_H
#define MACHINE_CACHES_H

#include "physical.h"

enum cache_view { CACHE_CODE, CACHE_DATA, CACHE_VIEWS };

enum { CACHE_PAGE_BITS = 12, CACHE_LINE = 64 };

struct cache_page {
    uint64_t number; /* of the page, in physical memory */
    uint8_t *bytes[CACHE_VIEWS];
};

struct caches {
    struct cache_page *pages; /* ascending */
    size_t count, capacity;
};

void caches_free(struct caches *);
/* Writes back the lines of [paddr, paddr + size), so that this view shows them. */
void caches_write_back(struct caches *, struct memory *, enum cache_view, uint64_t paddr, uint64_t size);
/* The page at an address in this view; 0: it has never been written back. */
const uint8_t *caches_page(const struct caches *, enum cache_view, uint64_t paddr);

#endif
