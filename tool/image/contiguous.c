/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Arrays of frames that are contiguous, without an address in the spec. They become the children of an untyped of our
 * own, whose size is the next power of two, anywhere in memory:
 *
 *     | dma[0] | dma[1] | dma[2] |        |
 *       untyped, 4 times the size of a frame
 *
 * If no piece of memory has that size, but the memory map is known, a run over several untypeds may do: the frames then
 * get addresses, and the spec is compiled once more.
 */
#include <stdlib.h>
#include <string.h>

#include "image/forecast.h"
#include "image/groups.h"

static struct contiguous *array_of(struct program *program, uint32_t frame)
{
    for (size_t i = 0; i < program->num_contiguous; i++) {
        if (program->contiguous[i].name == capdl_object_name(program->spec, frame)) {
            return &program->contiguous[i];
        }
    }
    program->contiguous = memory_grow(program->contiguous, &program->capacity_contiguous, program->num_contiguous + 1,
                                      sizeof(*program->contiguous));
    struct contiguous *array = &program->contiguous[program->num_contiguous++];
    *array = (struct contiguous){.name = capdl_object_name(program->spec, frame),
                                 .size_bits = capdl_object_size_bits(program->spec, frame)};
    return array;
}

static int compare_elements(const void *a, const void *b, void *context)
{
    uint32_t x = capdl_object_index(context, *(const uint32_t *)a),
             y = capdl_object_index(context, *(const uint32_t *)b);
    return x < y ? -1 : x > y;
}

static void array_check(struct program *program, struct contiguous *array)
{
    uint64_t bytes = array->count << array->size_bits;
    while (UINT64_C(1) << array->parent_bits < bytes) {
        array->parent_bits++;
    }
    if (array->parent_bits > program->profile->max_untyped_bits) {
        program_error(program, array->elements[0],
                      "and the %llu frames of its array take 0x%llx bytes, more than the largest untyped",
                      (unsigned long long)array->count, (unsigned long long)bytes);
    }
}

void contiguous_find(struct program *program)
{
    for (uint32_t i = 0; i < program->spec->num_objects; i++) {
        if (capdl_object_kind(program->spec, i) != CAPDL_KIND_FRAME ||
            !(capdl_object_flags(program->spec, i) & CAPDL_OBJECT_CONTIGUOUS) ||
            program->kernel_objects[i].type == CAPDL_TYPE_COUNT) {
            continue;
        }
        if (capdl_object_flags(program->spec, i) & CAPDL_OBJECT_HAS_PADDR ||
            capdl_object_parent(program->spec, i) != CAPDL_NO_OBJECT) {
            program_error(program, i, "is contiguous and has %s: give only one of the two",
                          capdl_object_parent(program->spec, i) != CAPDL_NO_OBJECT ? "an untyped that covers it"
                                                                                   : "a physical address");
            continue;
        }
        struct contiguous *array = array_of(program, i);
        array->elements = memory_grow(array->elements, &array->capacity, array->count + 1, sizeof(*array->elements));
        array->elements[array->count++] = i;
    }
    for (size_t i = 0; i < program->num_contiguous; i++) {
        struct contiguous *array = &program->contiguous[i];
        qsort_r(array->elements, array->count, sizeof(*array->elements), compare_elements,
                (void *)(uintptr_t)program->spec);
        array_check(program, array);
    }
}

void contiguous_free(struct program *program)
{
    for (size_t i = 0; i < program->num_contiguous; i++) {
        free(program->contiguous[i].elements);
    }
    free(program->contiguous);
}

void contiguous_parents(struct program *program, unsigned size_bits)
{
    struct kernel_object shape = {
        .type = CAPDL_TYPE_UNTYPED, .argument = (uint8_t)size_bits, .size_bits = (uint8_t)size_bits};
    for (size_t i = 0; i < program->num_contiguous; i++) {
        if (program->contiguous[i].parent_bits == size_bits) {
            program->contiguous[i].slot = program->num_objects;
            order_place(program, &program->groups, CAPDL_NO_OBJECT, &shape, 0, 0);
        }
    }
}

static int compare_arrays(const void *a, const void *b)
{
    const struct contiguous *x = a, *y = b;
    return x->slot < y->slot ? -1 : x->slot > y->slot;
}

/* In the order of their untypeds, as an image read back has them. */
void contiguous_cover(struct program *program)
{
    if (program->num_contiguous == 0) {
        return;
    }
    qsort(program->contiguous, program->num_contiguous, sizeof(*program->contiguous), compare_arrays);
    for (size_t i = 0; i < program->num_contiguous; i++) {
        const struct contiguous *array = &program->contiguous[i];
        for (uint64_t n = 0; n < array->count; n++) {
            uint32_t frame = array->elements[n];
            order_place(program, &program->covers, frame, &program->kernel_objects[frame], 0, array->slot);
        }
    }
}

uint32_t contiguous_owner(const struct program *program, uint64_t slot)
{
    for (size_t i = 0; i < program->num_contiguous; i++) {
        if (program->contiguous[i].slot == slot) {
            return program->contiguous[i].elements[0];
        }
    }
    return CAPDL_NO_OBJECT;
}

/*
 * Runs over several untypeds.
 */

enum { MOST_CHOSEN = 64 };

struct piece {
    uint64_t start, end;
};

static int compare_pieces(const void *a, const void *b)
{
    const struct piece *x = a, *y = b;
    return x->start < y->start ? -1 : x->start > y->start;
}

/* Removes [start, end) from the pieces. */
static void cut(struct piece *pieces, size_t *count, uint64_t start, uint64_t end)
{
    for (size_t i = *count; i-- > 0;) {
        struct piece *piece = &pieces[i];
        if (piece->end <= start || end <= piece->start) {
            continue;
        }
        if (end < piece->end) {
            pieces[(*count)++] = (struct piece){end, piece->end};
        }
        piece->end = piece->start < start ? start : piece->start;
    }
}

/* Free RAM as maximal pieces, without the memory of objects with addresses. */
static struct piece *free_pieces(const struct program *program, const struct forecast *forecast, size_t *count)
{
    struct piece *list = memory_zeroed(forecast->count * 2 + program->fixed.count + MOST_CHOSEN, sizeof(*list));
    size_t all = 0;
    *count = 0;
    for (size_t i = 0; i < forecast->count; i++) {
        const struct capdl_untyped *u = &forecast->list[i];
        if (!u->is_device) {
            list[all++] = (struct piece){u->address, u->address + (UINT64_C(1) << u->size_bits)};
        }
    }
    qsort(list, all, sizeof(*list), compare_pieces);
    for (size_t i = 0; i < all; i++) {
        if (*count > 0 && list[*count - 1].end == list[i].start) {
            list[*count - 1].end = list[i].end;
        } else {
            list[(*count)++] = list[i];
        }
    }
    for (size_t i = 0; i < program->fixed.count; i++) {
        const struct group *fixed = &program->fixed.list[i];
        cut(list, count, fixed->address, fixed->address + (fixed->count << fixed->size_bits));
    }
    return list;
}

/* The highest address for an array, in the shortest piece that has room. */
static bool choose(struct contiguous *array, struct piece *pieces, size_t *count)
{
    uint64_t bytes = array->count << array->size_bits, mask = (UINT64_C(1) << array->size_bits) - 1;
    size_t best = *count;
    for (size_t i = 0; i < *count; i++) {
        uint64_t length = pieces[i].end - pieces[i].start;
        if (length >= bytes && ((pieces[i].end - bytes) & ~mask) >= pieces[i].start &&
            (best == *count || length < pieces[best].end - pieces[best].start)) {
            best = i;
        }
    }
    if (best == *count) {
        return false;
    }
    array->address = (pieces[best].end - bytes) & ~mask;
    pieces[(*count)++] = (struct piece){array->address + bytes, pieces[best].end};
    pieces[best].end = array->address;
    return true;
}

static void refuse(struct program *program, const struct contiguous *array, const struct forecast *forecast,
                   const struct piece *pieces, size_t count)
{
    char text[600];
    int length;
    size_t largest = 0;
    for (size_t i = 1; i < count; i++) {
        largest = pieces[i].end - pieces[i].start > pieces[largest].end - pieces[largest].start ? i : largest;
    }
    length = snprintf(text, sizeof(text),
                      "and its array need 0x%llx contiguous bytes of RAM, but the largest free range has 0x%llx",
                      (unsigned long long)(array->count << array->size_bits),
                      count ? (unsigned long long)(pieces[largest].end - pieces[largest].start) : 0);
    for (size_t i = 0; i < forecast->num_ranges && length > 0 && (size_t)length < sizeof(text); i++) {
        const struct forecast_range *range = &forecast->ranges[i];
        length += snprintf(text + length, sizeof(text) - (size_t)length, "%s%s at 0x%llx to 0x%llx",
                           i ? ", " : "; in the way: ", range->what, (unsigned long long)range->start,
                           (unsigned long long)range->end);
    }
    program_error(program, array->elements[0],
                  "%s; make the array smaller, or use RAM outside the kernel's map (--reserve and paddr)", text);
}

bool contiguous_choose(struct program *program, const struct forecast *forecast)
{
    size_t count;
    struct piece *pieces = free_pieces(program, forecast, &count);
    bool good = program->num_contiguous > 0 && program->num_contiguous <= MOST_CHOSEN;
    for (unsigned bits = 64; good && bits-- > CAPDL_PAGE_BITS;) { /* large before small */
        for (size_t i = 0; good && i < program->num_contiguous; i++) {
            struct contiguous *array = &program->contiguous[i];
            if (array->parent_bits == bits && !choose(array, pieces, &count)) {
                refuse(program, array, forecast, pieces, count);
                good = false;
            }
        }
    }
    free(pieces);
    program->chosen = good;
    return good;
}

struct capdl_spec contiguous_spec(const struct program *program)
{
    struct capdl_spec spec = capdl_spec_copy(program->spec);
    for (size_t i = 0; i < program->num_contiguous; i++) {
        const struct contiguous *array = &program->contiguous[i];
        for (uint64_t n = 0; n < array->count; n++) {
            struct capdl_object frame = capdl_object_view(&spec, array->elements[n]);
            frame.paddr = array->address + (n << array->size_bits);
            frame.flags |= CAPDL_OBJECT_HAS_PADDR;
            frame.flags &= (uint8_t)~CAPDL_OBJECT_CONTIGUOUS;
            capdl_object_set(&spec, array->elements[n], &frame);
        }
    }
    return spec;
}
