/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory that several reach, and memory with addresses. */
#include "relations_memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "relations_havings.h"
#include "relations_list.h"
#include "relations_parties.h"

struct window {
    uint64_t first, last;
    uint32_t object, who;
    bool write;
    struct having by;
};

static int window_compare(const void *left, const void *right)
{
    const struct window *a = left, *b = right;
    if (a->who != b->who) {
        return a->who < b->who ? -1 : 1;
    }
    if (a->write != b->write) {
        return a->write ? -1 : 1;
    }
    if (a->first != b->first) {
        return a->first < b->first ? -1 : 1;
    }
    return a->last < b->last ? -1 : a->last > b->last;
}

/* Windows of one subject that touch and belong to one array are one. */
static size_t join_windows(const struct capdl_spec *spec, struct window *list, size_t count)
{
    size_t kept = 0;
    qsort(list, count, sizeof(*list), window_compare);
    for (size_t i = 0; i < count; i++) {
        struct window *last = kept ? &list[kept - 1] : NULL;
        if (last && last->who == list[i].who && last->write == list[i].write && list[i].first <= last->last + 1 &&
            last->last != UINT64_MAX &&
            capdl_relation_array_of(spec, last->object) == capdl_relation_array_of(spec, list[i].object)) {
            last->last = list[i].last > last->last ? list[i].last : last->last;
        } else {
            list[kept++] = list[i];
        }
    }
    return kept;
}

void capdl_relation_fixed_memory(struct relation_finder *f)
{
    struct window *list = NULL;
    size_t count = 0, capacity = 0;
    for (uint32_t i = 0; i < f->spec->num_objects; i++) {
        enum capdl_kind kind = capdl_object_kind(f->spec, i);
        if ((kind != CAPDL_KIND_FRAME && kind != CAPDL_KIND_UT) ||
            !(capdl_object_flags(f->spec, i) & CAPDL_OBJECT_HAS_PADDR)) {
            continue;
        }
        f->here.count = 0;
        capdl_relation_find_havings(&f->world, i, &f->here);
        for (size_t j = 0; j < f->here.count; j++) {
            const struct having *by = &f->here.list[j];
            uint64_t first = capdl_object_paddr(f->spec, i);
            list = capdl_spec_grow(list, &capacity, count + 1, sizeof(*list));
            list[count++] =
                (struct window){first,
                                first + ((UINT64_C(1) << capdl_object_size_bits(f->spec, i)) - 1),
                                i,
                                by->who,
                                kind == CAPDL_KIND_UT || by->rights & CAPDL_RIGHT_WRITE || by->who & USE_DEVICE,
                                *by};
        }
    }
    count = count ? join_windows(f->spec, list, count) : 0;
    for (size_t i = 0; i < count; i++) {
        if (!(list[i].who & USE_DEVICE)) {
            uint32_t to =
                capdl_relation_number_party(f, CAPDL_PARTY_MEMORY, list[i].first, list[i].last, list[i].object);
            capdl_relation_add(f, list[i].write ? CAPDL_RELATION_DRIVE : CAPDL_RELATION_WATCH, &list[i].by, to, NULL,
                               list[i].object);
        }
    }
    free(list);
}

static bool writes(const struct having *having)
{
    return capdl_relation_is_subject(having) && having->rights & CAPDL_RIGHT_WRITE;
}

static bool is_dma_writer(const struct having *having)
{
    return !capdl_relation_is_subject(having) && having->rights & CAPDL_RIGHT_WRITE;
}

static bool is_dma_reader(const struct having *having)
{
    return !capdl_relation_is_subject(having) && having->rights & CAPDL_RIGHT_READ;
}

/* Memory of nobody that a device reaches matters where it has an address. */
static void relate_device_memory(struct relation_finder *f, uint32_t frame)
{
    uint64_t first = capdl_object_paddr(f->spec, frame);
    uint64_t last = first + ((UINT64_C(1) << capdl_object_size_bits(f->spec, frame)) - 1);
    if (!(capdl_object_flags(f->spec, frame) & CAPDL_OBJECT_HAS_PADDR)) {
        return;
    }
    for (size_t i = 0; i < f->here.count; i++) {
        const struct having *from = &f->here.list[i];
        if (from->who & USE_DEVICE && from->rights & CAPDL_RIGHT_WRITE) {
            capdl_relation_add(f, CAPDL_RELATION_DMA, from,
                               capdl_relation_number_party(f, CAPDL_PARTY_MEMORY, first, last, frame), NULL, frame);
        }
        if (from->who & USE_DEVICE && from->rights & CAPDL_RIGHT_READ) {
            capdl_relation_add(f, CAPDL_RELATION_DMA_READ, from,
                               capdl_relation_number_party(f, CAPDL_PARTY_MEMORY, first, last, frame), NULL, frame);
        }
    }
}

/* f->here has who reaches a frame, f->others who reaches any of what is the same memory. */
static void look_at_memory(struct relation_finder *f, uint32_t frame)
{
    capdl_relation_choose(&f->to, &f->others, capdl_relation_is_subject);
    if (!f->to.count) {
        relate_device_memory(f, frame);
        return;
    }
    capdl_relation_choose(&f->from, &f->here, writes);
    capdl_relation_add_all(f, CAPDL_RELATION_WRITE, frame);
    capdl_relation_choose(&f->from, &f->here, is_dma_writer);
    capdl_relation_add_all(f, CAPDL_RELATION_DMA, frame);
    capdl_relation_choose(&f->from, &f->here, is_dma_reader);
    capdl_relation_add_all(f, CAPDL_RELATION_DMA_READ, frame);
}

static void look_at_frame(struct relation_finder *f, uint32_t frame)
{
    f->here.count = 0;
    capdl_relation_find_havings(&f->world, frame, &f->here);
    look_at_memory(f, frame);
}

static uint64_t last_address(const struct capdl_spec *spec, uint32_t frame)
{
    return capdl_object_paddr(spec, frame) + ((UINT64_C(1) << capdl_object_size_bits(spec, frame)) - 1);
}

/* Frames at one place, `first` to before `end` of those that are placed: with whoever reaches them, windows around them
   or what lies in them. */
static void look_at_place(struct relation_finder *f, size_t first, size_t end)
{
    enum { FEW = 8 };
    const struct memory *memory = &f->memory;
    uint32_t frame = memory->placed[first];

    f->others.count = 0;
    for (size_t i = first; i < memory->num_placed &&
                           (i < end || capdl_object_paddr(f->spec, memory->placed[i]) <= last_address(f->spec, frame));
         i++) {
        capdl_relation_find_havings(&f->world, memory->placed[i], &f->others);
    }
    for (uint32_t window = memory->window[frame]; window != REVIEW_NONE; window = memory->window[window]) {
        for (size_t i = f->placed_at[window]; i < memory->num_placed && memory->first[memory->placed[i]] == window;
             i++) {
            capdl_relation_find_havings(&f->world, memory->placed[i], &f->others);
        }
    }
    if (end - first > FEW) { /* thousands that have each their own frame for one page: as if it were one frame */
        f->here.count = 0;
        for (size_t i = first; i < end; i++) {
            capdl_relation_find_havings(&f->world, memory->placed[i], &f->here);
        }
        look_at_memory(f, frame);
        return;
    }
    for (size_t i = first; i < end; i++) {
        look_at_frame(f, memory->placed[i]);
    }
}

void capdl_relation_memory(struct relation_finder *f)
{
    const struct memory *memory = &f->memory;
    f->placed_at = capdl_spec_realloc(NULL, (f->spec->num_objects + (size_t)1) * sizeof(*f->placed_at));
    for (size_t i = memory->num_placed; i-- > 0;) {
        f->placed_at[memory->first[memory->placed[i]]] = i;
    }
    for (size_t i = 0, end; i < memory->num_placed; i = end) {
        for (end = i;
             end < memory->num_placed && memory->first[memory->placed[end]] == memory->first[memory->placed[i]];) {
            end++;
        }
        look_at_place(f, i, end);
    }
    for (uint32_t i = 0; i < f->spec->num_objects; i++) {
        if (capdl_object_kind(f->spec, i) == CAPDL_KIND_FRAME && !memory->fixed[i]) {
            f->others.count = 0;
            capdl_relation_find_havings(&f->world, i, &f->others);
            look_at_frame(f, i);
        }
    }
    free(f->placed_at);
}
