/* SPDX-License-Identifier: BSD-2-Clause */
/* Contents of frames: what the fills of the spec say, zero elsewhere, against the machine's memory. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "verify/private.h"

enum { LARGEST_HASHED = 21 };

static const uint8_t zeros[CAPDL_PAGE_SIZE];

/* A frame of the spec, read page by page in order. */
struct expected {
    struct verify *v;
    uint32_t object;
    const struct capdl_fill **fills; /* by offset */
    size_t count, next;              /* fills before `next` end before the current page */
    uint8_t page[CAPDL_PAGE_SIZE];
};

static int compare_fills(const void *a, const void *b)
{
    const struct capdl_fill *x = *(const struct capdl_fill *const *)a, *y = *(const struct capdl_fill *const *)b;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static void expected_open(struct expected *e, struct verify *v, uint32_t object)
{
    struct capdl_fills fills = capdl_object_fills(v->spec, object);
    *e = (struct expected){
        .v = v, .object = object, .count = fills.count, .fills = memory_zeroed(fills.count, sizeof(*e->fills))};
    for (size_t i = 0; i < e->count; i++) {
        e->fills[i] = &fills.list[i];
    }
    qsort(e->fills, e->count, sizeof(*e->fills), compare_fills);
}

static void apply(struct expected *e, const struct capdl_fill *fill, uint64_t offset)
{
    const struct fill_file *file = fill->kind == CAPDL_FILL_FILE ? fill_file_of(e->v, fill) : NULL;
    uint64_t from = fill->offset > offset ? fill->offset : offset, end = fill->offset + fill->length;
    uint64_t to = end < offset + CAPDL_PAGE_SIZE ? end : offset + CAPDL_PAGE_SIZE;
    uint64_t source = fill->source_offset + (from - fill->offset);
    if (fill->kind == CAPDL_FILL_BOOTINFO && from < to) {
        bootinfo_copy(e->v, fill->text, source, e->page + (from - offset), to - from);
    }
    if (from < to && (fill->kind == CAPDL_FILL_BYTES || (file && fill_file_has(file, fill)))) {
        fill_take(fill, file, from - fill->offset, to - from, e->page + (from - offset));
    }
}

static void apply_arguments(struct expected *e, const struct argument *argument, uint64_t offset)
{
    const struct argument *end = e->v->arguments + e->v->num_arguments;
    for (; argument < end && argument->frame == e->object && argument->offset < offset + CAPDL_PAGE_SIZE; argument++) {
        capdl_word_put(e->v->profile->arch, e->page + (argument->offset - offset), argument->value);
    }
}

/* The page at an offset, which must not decrease from call to call. */
static const uint8_t *expected_page(struct expected *e, uint64_t offset)
{
    const struct argument *argument = stack_argument_from(e->v, e->object, offset);
    while (e->next < e->count && e->fills[e->next]->offset + e->fills[e->next]->length <= offset) {
        e->next++;
    }
    if (!argument && (e->next == e->count || e->fills[e->next]->offset >= offset + CAPDL_PAGE_SIZE)) {
        return zeros;
    }
    memset(e->page, 0, sizeof(e->page));
    for (size_t i = e->next; i < e->count && e->fills[i]->offset < offset + CAPDL_PAGE_SIZE; i++) {
        apply(e, e->fills[i], offset);
    }
    if (argument) {
        apply_arguments(e, argument, offset);
    }
    return e->page;
}

const uint8_t *contents_page(struct verify *v, uint64_t paddr)
{
    uint64_t available = 0;
    const uint8_t *bytes = memory_at(&v->kernel->memory, paddr, &available);
    return available >= CAPDL_PAGE_SIZE ? bytes : NULL;
}

bool contents_is_zero(const uint8_t *page)
{
    return memcmp(page, zeros, CAPDL_PAGE_SIZE) == 0;
}

/* Reports where a page first differs, once for each frame. */
static void differing_page(struct verify *v, uint32_t object, uint64_t offset, const uint8_t *actual,
                           const uint8_t *expected)
{
    unsigned first = CAPDL_PAGE_SIZE, count = 0;
    for (unsigned i = CAPDL_PAGE_SIZE; i-- > 0;) {
        if (actual[i] != expected[i]) {
            first = i;
            count++;
        }
    }
    differ(v, object, "has 0x%02x at offset 0x%" PRIx64 ", not 0x%02x (%u byte%s of the page differ%s)", actual[first],
           offset + first, expected[first], count, count == 1 ? "" : "s", count == 1 ? "s" : "");
}

static bool in_boot_image(const struct verify *v, uint64_t paddr)
{
    return paddr - v->boot->image_paddr < v->boot->image_end - v->boot->image_start;
}

/* Instruction fetches and uncached accesses bypass the data cache. Fetches see what came with the image, as the
 * loader wrote it back; whether uncached accesses see it depends on the loader. */
static void compare_views(struct verify *v, uint32_t object, uint64_t paddr, uint64_t offset)
{
    static const struct {
        enum use use;
        enum cache_view view;
        const char *as;
    } views[] = {{USED_AS_CODE, CACHE_CODE, "fetched as instructions"},
                 {USED_UNCACHED, CACHE_DATA, "read without the cache"}};
    for (unsigned i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
        bool uses = v->uses[object] & views[i].use;
        if (!uses || !verify_arch(v->profile->arch)->separate_caches ||
            (in_boot_image(v, paddr) && views[i].view == CACHE_CODE)) {
            continue;
        }
        const uint8_t *seen = caches_page(&v->kernel->caches, views[i].view, paddr);
        if (memcmp(seen ? seen : zeros, contents_page(v, paddr), CAPDL_PAGE_SIZE) != 0) {
            differ(v, object, "at offset 0x%" PRIx64 " is still in the data cache, but will be %s", offset,
                   views[i].as);
        }
    }
}

void contents_compare(struct verify *v, uint32_t object)
{
    const struct node *node = &v->nodes[v->match[object]];
    uint64_t size = UINT64_C(1) << capdl_object_size_bits(v->spec, object);
    if (node->device && capdl_object_fills(v->spec, object).count == 0) {
        v->result->totals.device_pages += size / CAPDL_PAGE_SIZE;
        return;
    }
    struct expected e;
    bool same = true;
    expected_open(&e, v, object);
    for (uint64_t offset = 0; offset < size && same; offset += CAPDL_PAGE_SIZE) {
        const uint8_t *actual = contents_page(v, node->paddr + offset);
        const uint8_t *expected = expected_page(&e, offset);
        same = actual && memcmp(actual, expected, CAPDL_PAGE_SIZE) == 0;
        if (!actual) {
            differ(v, object, "is at 0x%" PRIx64 ", where there is no memory", node->paddr);
        } else if (!same) {
            differing_page(v, object, offset, actual, expected);
        } else if (!node->device) {
            compare_views(v, object, node->paddr + offset, offset);
        }
    }
    v->result->totals.pages += size / CAPDL_PAGE_SIZE;
    free(e.fills);
}

static uint64_t hash_page(uint64_t hash, uint64_t offset, const uint8_t *page)
{
    if (contents_is_zero(page)) {
        return hash;
    }
    hash ^= offset;
    for (size_t i = 0; i < CAPDL_PAGE_SIZE; i += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, page + i, sizeof(word));
        hash = (hash ^ word) * UINT64_C(0x100000001b3);
        hash ^= hash >> 31;
    }
    return hash;
}

uint64_t contents_expected_hash(struct verify *v, uint32_t object)
{
    uint64_t hash = 0, size = UINT64_C(1) << capdl_object_size_bits(v->spec, object);
    struct expected e;
    if ((capdl_object_fills(v->spec, object).count == 0 && !stack_argument_from(v, object, 0)) ||
        capdl_object_size_bits(v->spec, object) > LARGEST_HASHED) {
        return 0;
    }
    expected_open(&e, v, object);
    for (uint64_t offset = 0; offset < size; offset += CAPDL_PAGE_SIZE) {
        hash = hash_page(hash, offset, expected_page(&e, offset));
    }
    free(e.fills);
    return hash;
}

void contents_expected(struct verify *v, uint32_t object, uint8_t page[CAPDL_PAGE_SIZE])
{
    struct expected e;
    expected_open(&e, v, object);
    memcpy(page, expected_page(&e, 0), CAPDL_PAGE_SIZE);
    free(e.fills);
}

uint64_t contents_actual_hash(struct verify *v, uint32_t node)
{
    const struct node *n = &v->nodes[node];
    uint64_t hash = 0, size = UINT64_C(1) << n->bits;
    for (uint64_t offset = 0; !n->device && n->bits <= LARGEST_HASHED && offset < size; offset += CAPDL_PAGE_SIZE) {
        const uint8_t *page = contents_page(v, n->paddr + offset);
        hash = page ? hash_page(hash, offset, page) : hash;
    }
    return hash;
}
