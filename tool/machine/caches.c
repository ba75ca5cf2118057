/* SPDX-License-Identifier: BSD-2-Clause */
#include "caches.h"

#include <stdlib.h>
#include <string.h>

#include <capdl/blob.h>

void caches_free(struct caches *caches)
{
    for (size_t i = 0; i < caches->count; i++) {
        for (unsigned view = 0; view < CACHE_VIEWS; view++) {
            free(caches->pages[i].bytes[view]);
        }
    }
    free(caches->pages);
    *caches = (struct caches){NULL};
}

/* Index of the first page with this number or a larger one. */
static size_t search(const struct caches *caches, uint64_t number)
{
    size_t low = 0, high = caches->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (caches->pages[middle].number < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void *checked(void *memory)
{
    if (!memory) {
        abort();
    }
    return memory;
}

/* The page's bytes in a view, zeros when it is new. */
static uint8_t *page_of(struct caches *caches, enum cache_view view, uint64_t number)
{
    size_t at = search(caches, number);
    if (at == caches->count || caches->pages[at].number != number) {
        if (caches->count == caches->capacity) {
            caches->capacity = caches->capacity ? caches->capacity * 2 : 16;
            caches->pages = checked(reallocarray(caches->pages, caches->capacity, sizeof(*caches->pages)));
        }
        memmove(&caches->pages[at + 1], &caches->pages[at], (caches->count - at) * sizeof(*caches->pages));
        caches->pages[at] = (struct cache_page){.number = number};
        caches->count++;
    }
    struct cache_page *page = &caches->pages[at];
    if (!page->bytes[view]) {
        page->bytes[view] = checked(calloc(1, CAPDL_PAGE_SIZE));
    }
    return page->bytes[view];
}

void caches_write_back(struct caches *caches, struct memory *memory, enum cache_view view, uint64_t paddr,
                       uint64_t size)
{
    uint64_t start = paddr & ~(uint64_t)(CACHE_LINE - 1),
             end = (paddr + size + CACHE_LINE - 1) & ~(uint64_t)(CACHE_LINE - 1);
    while (start < end) {
        uint64_t offset = start % CAPDL_PAGE_SIZE,
                 length = CAPDL_PAGE_SIZE - offset < end - start ? CAPDL_PAGE_SIZE - offset : end - start, available;
        const uint8_t *bytes = memory_at(memory, start, &available);
        if (bytes && available >= length) {
            memcpy(page_of(caches, view, start >> CACHE_PAGE_BITS) + offset, bytes, length);
        }
        start += length;
    }
}

const uint8_t *caches_page(const struct caches *caches, enum cache_view view, uint64_t paddr)
{
    size_t at = search(caches, paddr >> CACHE_PAGE_BITS);
    return at < caches->count && caches->pages[at].number == paddr >> CACHE_PAGE_BITS ? caches->pages[at].bytes[view]
                                                                                      : NULL;
}
