/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether objects fit memory at all, without knowing how the planner goes about it. Everything is a power of two and
 * aligned to its size, so memory is a number of free blocks of each size once the objects with addresses are taken out
 * of it, and objects fit exactly if for each size those of this size and larger do not need more than the blocks of
 * this size and larger have. Small cases are also tried out exhaustively.
 */
#include <string.h>

#include "random.h"

const char *fit_name(enum fit fit)
{
    static const char *const names[] = {
        "fits",   "no memory at an address", "too little memory", "neither address nor memory", "children do not fit",
        "unknown"};
    return names[fit];
}

bool fit_count(const uint64_t free[FIT_SIZES], const uint64_t need[FIT_SIZES])
{
    unsigned __int128 have = 0, want = 0;
    for (unsigned bits = FIT_SIZES; bits-- > 0;) {
        have += (unsigned __int128)free[bits] << bits;
        want += (unsigned __int128)need[bits] << bits;
        if (want > have) {
            return false;
        }
    }
    return true;
}

/* Places one object after the other into every size of block that holds it, halving blocks as needed. */
static int try_next(uint64_t free[FIT_SIZES], uint64_t need[FIT_SIZES], unsigned *budget)
{
    unsigned bits = 0;
    if ((*budget)-- == 0) {
        return -1;
    }
    while (bits < FIT_SIZES && !need[bits]) {
        bits++;
    }
    if (bits == FIT_SIZES) {
        return 1;
    }
    need[bits]--;
    int result = 0;
    for (unsigned from = bits; from < FIT_SIZES && result == 0; from++) {
        if (!free[from]) {
            continue;
        }
        free[from]--;
        for (unsigned half = bits; half < from; half++) {
            free[half]++;
        }
        result = try_next(free, need, budget);
        for (unsigned half = bits; half < from; half++) {
            free[half]--;
        }
        free[from]++;
        if (*budget == UINT32_MAX) {
            result = -1;
        }
    }
    need[bits]++;
    return result;
}

int fit_try(const uint64_t free[FIT_SIZES], const uint64_t need[FIT_SIZES])
{
    uint64_t f[FIT_SIZES], n[FIT_SIZES], objects = 0;
    unsigned budget = 2000;
    memcpy(f, free, sizeof(f));
    memcpy(n, need, sizeof(n));
    for (unsigned bits = 0; bits < FIT_SIZES; bits++) {
        objects += need[bits];
    }
    return objects > 12 ? -1 : try_next(f, n, &budget);
}

/* log2 of an object's bytes; 0: it has no memory of its own. From seL4's manual, sizes from the profile. */
static unsigned object_bits(const struct capdl_spec *spec, const struct capdl_profile *p, uint32_t o)
{
    switch ((enum capdl_kind)capdl_object_kind(spec, o)) {
    case CAPDL_KIND_EP:
        return p->size_bits[CAPDL_TYPE_ENDPOINT];
    case CAPDL_KIND_NOTIFICATION:
        return p->size_bits[CAPDL_TYPE_NOTIFICATION];
    case CAPDL_KIND_RTREPLY:
        return p->size_bits[CAPDL_TYPE_REPLY];
    case CAPDL_KIND_TCB:
        return p->size_bits[CAPDL_TYPE_TCB];
    case CAPDL_KIND_CNODE:
        return capdl_object_size_bits(spec, o) + p->size_bits[CAPDL_TYPE_CNODE];
    case CAPDL_KIND_UT:
    case CAPDL_KIND_FRAME:
    case CAPDL_KIND_SC:
        return capdl_object_size_bits(spec, o);
    case CAPDL_KIND_PUD: /* the root where there are three levels */
        return p->vspace_levels == 3 ? p->size_bits[CAPDL_TYPE_VSPACE] : 12;
    case CAPDL_KIND_ASID_POOL:
    case CAPDL_KIND_PT:
    case CAPDL_KIND_PD:
    case CAPDL_KIND_PDPT:
    case CAPDL_KIND_PML4:
    case CAPDL_KIND_VCPU:
        return 12;
    default:
        return 0;
    }
}

static bool mapped_uncached(const struct capdl_spec *spec, uint32_t frame)
{
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(spec, i);
        for (uint32_t c = 0; c < caps.count; c++) {
            if (caps.list[c].object == frame && (caps.list[c].flags & CAPDL_CAP_UNCACHED)) {
                return true;
            }
        }
    }
    return false;
}

/* Pages with contents from files are part of the image and take no other memory, where caches allow it. */
static bool is_in_image(const struct capdl_spec *spec, const struct capdl_profile *p, uint32_t object)
{
    bool anywhere = !(capdl_object_flags(spec, object) & CAPDL_OBJECT_HAS_PADDR) &&
                    capdl_object_parent(spec, object) == CAPDL_NO_OBJECT;
    struct capdl_fills fills = capdl_object_fills(spec, object);
    return capdl_object_kind(spec, object) == CAPDL_KIND_FRAME && capdl_object_size_bits(spec, object) == 12 &&
           anywhere && fills.count > 0 && fills.list[0].kind != CAPDL_FILL_BOOTINFO &&
           !(p->arch == CAPDL_ARCH_AARCH64 && mapped_uncached(spec, object));
}

/* Children without addresses lie behind those with addresses, which the generator knows to be good. Whether they are
   put between them instead, when they would not fit otherwise, is not said. */
static enum fit covers_fit(const struct capdl_spec *spec, const struct capdl_profile *p, uint32_t parent)
{
    uint64_t sum = 0, end = 0, start = capdl_object_paddr(spec, parent), counts[FIT_SIZES] = {0};
    uint64_t size = UINT64_C(1) << capdl_object_size_bits(spec, parent);
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        unsigned bits = capdl_object_parent(spec, i) == parent ? object_bits(spec, p, i) : 0;
        sum += bits ? UINT64_C(1) << bits : 0;
        if (!(capdl_object_flags(spec, i) & CAPDL_OBJECT_HAS_PADDR)) {
            counts[bits]++;
        } else if (bits && capdl_object_paddr(spec, i) + (UINT64_C(1) << bits) - start > end) {
            end = capdl_object_paddr(spec, i) + (UINT64_C(1) << bits) - start;
        }
    }
    for (unsigned bits = FIT_SIZES; bits-- > 1;) {
        uint64_t unit = UINT64_C(1) << bits;
        if (counts[bits]) {
            end = (end + unit - 1) / unit * unit + counts[bits] * unit;
        }
    }
    return end <= size ? FIT_GOOD : sum > size ? FIT_NO_COVER : FIT_UNKNOWN;
}

/* A contiguous array is one block, of the next power of two. Returns its size at the array's first element, else 0. */
static unsigned contiguous_bits(const struct capdl_spec *spec, uint32_t o)
{
    uint64_t count = 0;
    unsigned bits = capdl_object_size_bits(spec, o);
    for (uint32_t i = 0; capdl_object_index(spec, o) == 0 && i < spec->num_objects; i++) {
        count += capdl_object_name(spec, i) == capdl_object_name(spec, o);
    }
    while (count && UINT64_C(1) << bits < count << capdl_object_size_bits(spec, o)) {
        bits++;
    }
    return count ? bits : 0;
}

/* Takes [at, at + 2^bits) out of the free blocks. */
static bool take(struct block *blocks, size_t *count, size_t capacity, uint64_t at, unsigned bits)
{
    for (size_t i = 0; i < *count; i++) {
        struct block block = blocks[i];
        if (at < block.paddr || bits > block.bits || at - block.paddr >= UINT64_C(1) << block.bits) {
            continue;
        }
        blocks[i] = blocks[--*count];
        while (block.bits > bits && *count < capacity) {
            block.bits--;
            struct block half = block, *keep = &blocks[(*count)++];
            half.paddr += UINT64_C(1) << block.bits;
            *keep = at >= half.paddr ? block : half;
            block = at >= half.paddr ? half : block;
        }
        return true;
    }
    return false;
}

enum { MOST_BLOCKS = 4096, CSPACE_FROM = 3000 };

static size_t free_blocks(const struct sample *s, struct block *blocks)
{
    size_t count = 0;
    for (size_t i = 0; i < s->num_untypeds; i++) {
        if (!s->untyped_dropped[i]) {
            blocks[count++] = s->untypeds[i];
        }
    }
    return count;
}

/* Counting and trying must agree: else this oracle is wrong itself. */
static bool fits(const uint64_t free[FIT_SIZES], const uint64_t need[FIT_SIZES])
{
    bool counted = fit_count(free, need);
    int tried = fit_try(free, need);
    if (tried >= 0 && tried != counted) {
        fprintf(stderr, "fit.c: counting says %d, trying %d\n", counted, tried);
        __builtin_trap();
    }
    return counted;
}

enum fit fit_judge(const struct capdl_spec *spec, const struct sample *s)
{
    static struct block blocks[MOST_BLOCKS];
    uint64_t free[FIT_SIZES] = {0}, need[FIT_SIZES] = {0}, objects = 0;
    size_t count = free_blocks(s, blocks);
    bool contiguous = false, unsure = false;
    enum fit fit = FIT_GOOD;
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        unsigned bits = object_bits(spec, s->profile, i);
        objects++;
        enum fit cover = capdl_object_kind(spec, i) == CAPDL_KIND_UT ? covers_fit(spec, s->profile, i) : FIT_GOOD;
        if (cover == FIT_NO_COVER) {
            return cover;
        }
        unsure = unsure || cover == FIT_UNKNOWN;
        if (capdl_object_flags(spec, i) & CAPDL_OBJECT_CONTIGUOUS) {
            contiguous = true;
            bits = contiguous_bits(spec, i);
        }
        if (!bits || capdl_object_parent(spec, i) != CAPDL_NO_OBJECT || is_in_image(spec, s->profile, i)) {
            continue;
        }
        if (!(capdl_object_flags(spec, i) & CAPDL_OBJECT_HAS_PADDR)) {
            need[bits]++;
        } else if (!take(blocks, &count, MOST_BLOCKS, capdl_object_paddr(spec, i), bits)) {
            fit = FIT_NO_ADDRESS;
        }
    }
    for (size_t i = 0; i < count; i++) {
        free[blocks[i].bits] += !blocks[i].device;
    }
    if (unsure) {
        return FIT_UNKNOWN;
    }
    if (!fits(free, need) && contiguous) { /* the array may lie in several untypeds, one behind the other */
        return FIT_UNKNOWN;
    }
    if (!fits(free, need)) {
        return fit == FIT_GOOD ? FIT_NO_MEMORY : FIT_NEITHER;
    }
    if (fit != FIT_GOOD) {
        return fit;
    }
    return s->profile->root_cnode_bits == 12 && objects > CSPACE_FROM ? FIT_UNKNOWN : FIT_GOOD;
}
