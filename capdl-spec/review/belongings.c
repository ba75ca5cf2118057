/* SPDX-License-Identifier: BSD-2-Clause */
/* What a protection domain that is new or gone has to itself: memory that nobody else reaches in one line, and objects
   that nobody else has in another. */
#include "belongings.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "findings.h"
#include "lists.h"
#include "parties.h"
#include "words.h"

struct page {
    uint64_t address, size;
    uint8_t rights;
};

/* Of one thread that is new or gone. */
struct belongings {
    uint32_t thread; /* its finding */
    struct page *pages;
    uint32_t *objects;
    size_t num_pages, num_objects, page_capacity, object_capacity;
};

static int page_compare(const void *left, const void *right)
{
    const struct page *a = left, *b = right;
    return a->address < b->address ? -1 : a->address > b->address;
}

/* Whether nobody but the subject has the object, in that system, and no interrupt signals it. */
static bool is_alone(struct review *review, const struct world *world, uint32_t object, uint32_t subject)
{
    const struct parties *parties = capdl_review_parties(review, world, object);
    for (size_t i = 0; i < parties->count; i++) {
        if (parties->list[i].who != subject) {
            return false;
        }
    }
    for (size_t i = world->first_holder[object]; i < world->first_holder[object + 1]; i++) {
        if (capdl_kind_class(capdl_object_kind(world->spec, world->holders[i].container)) == CAPDL_CLASS_INTERRUPT) {
            return false;
        }
    }
    return true;
}

/* What the thread's own capabilities to these say is in the lines. */
static bool is_thing(enum capdl_kind kind)
{
    return kind == CAPDL_KIND_CNODE || kind == CAPDL_KIND_RTREPLY || kind == CAPDL_KIND_NOTIFICATION ||
           capdl_kind_is_table(kind);
}

static void take(struct review *review, struct belongings *b, struct raw_finding *raw)
{
    const struct world *world = raw->world;
    uint32_t subject = review->raw[b->thread].subjects[0];
    uint32_t object =
        world && raw->object != FINDING_NO_OBJECT ? capdl_review_local(review, world, raw->object) : REVIEW_NONE;
    const struct capdl_cap *cap = object == REVIEW_NONE ? NULL : capdl_spec_cap_at(world->spec, raw->holder, raw->slot);
    enum capdl_kind holder = cap ? capdl_object_kind(world->spec, raw->holder) : CAPDL_KIND_COUNT;
    if (holder == CAPDL_KIND_TCB && review->raw[b->thread].change == CAPDL_LOST) {
        raw->told = true; /* a thread that is gone has none of what a thread has */
    }
    if (!cap || raw->num_subjects != 1 || raw->subjects[0] != subject || !is_alone(review, world, object, subject)) {
        return;
    }
    if (cap->kind == CAPDL_KIND_FRAME && holder != CAPDL_KIND_CNODE &&
        !(capdl_object_flags(world->spec, object) & CAPDL_OBJECT_HAS_PADDR) && raw->rank >= CAPDL_RANK_HELD) {
        if (raw->size) {
            b->pages = capdl_spec_grow(b->pages, &b->page_capacity, b->num_pages + 1, sizeof(*b->pages));
            b->pages[b->num_pages++] = (struct page){raw->address, raw->size, cap->rights};
        }
        raw->told = true; /* or it is the IPC buffer, which is mapped as well */
    } else if (is_thing(cap->kind) && raw->rank >= CAPDL_RANK_HELD) {
        b->objects = capdl_spec_grow(b->objects, &b->object_capacity, b->num_objects + 1, sizeof(*b->objects));
        b->objects[b->num_objects++] = object;
        raw->told = true;
    }
}

/* "36 KiB of memory that nobody else reaches: 8 KiB (RX) at 0x200000, 4 KiB (R) at 0x210000" */
static char *pages_text(struct belongings *b, bool gone)
{
    enum { MOST_NAMED = 16 };
    char *text = NULL, size_text[32], rights[8];
    size_t size, named = 0;
    uint64_t total = 0;
    FILE *out = open_memstream(&text, &size);

    qsort(b->pages, b->num_pages, sizeof(*b->pages), page_compare);
    for (size_t i = 0; i < b->num_pages; i++) {
        total += b->pages[i].size;
    }
    fprintf(out, "%s of memory that nobody else %s: ", capdl_review_size(total, size_text),
            gone ? "reached" : "reaches");
    for (size_t i = 0, end; i < b->num_pages; i = end, named++) {
        uint64_t length = b->pages[i].size;
        for (end = i + 1; end < b->num_pages && b->pages[end].address == b->pages[i].address + length &&
                          b->pages[end].rights == b->pages[i].rights;
             end++) {
            length += b->pages[end].size;
        }
        if (named < MOST_NAMED) {
            fprintf(out, "%s%s (%s) at 0x%" PRIx64, named ? ", " : "", capdl_review_size(length, size_text),
                    capdl_review_rights(CAPDL_KIND_FRAME, b->pages[i].rights, rights), b->pages[i].address);
        }
    }
    if (named > MOST_NAMED) {
        fprintf(out, " and %zu more", named - MOST_NAMED);
    }
    fclose(out);
    return text;
}

static int object_compare(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

static void tell(struct review *review, const struct belongings *b, bool gone, const char *what)
{
    uint32_t subject = review->raw[b->thread].subjects[0];
    struct raw_finding *raw =
        gone ? capdl_review_add(review, CAPDL_RANK_REMOVED, CAPDL_LOST, FINDING_NO_OBJECT, " no longer has %s", what)
             : capdl_review_add(review, CAPDL_RANK_HELD, CAPDL_GAINED, FINDING_NO_OBJECT, " has %s", what);
    capdl_review_concern(raw, &subject, 1);
    raw->cause = b->thread;
}

static void fold(struct review *review, struct belongings *b, const struct world *world)
{
    bool gone = review->raw[b->thread].change == CAPDL_LOST;
    size_t kept = 0;
    char *text, *list;
    if (b->num_pages) {
        text = pages_text(b, gone);
        tell(review, b, gone, text);
        free(text);
    }
    if (b->num_objects) {
        qsort(b->objects, b->num_objects, sizeof(*b->objects), object_compare);
        for (size_t i = 0; i < b->num_objects; i++) {
            if (!kept || b->objects[kept - 1] != b->objects[i]) {
                b->objects[kept++] = b->objects[i];
            }
        }
        list = capdl_review_list(review, world, b->objects, kept);
        text = capdl_review_format("%s, which nobody else %s", list, gone ? "had" : "has");
        tell(review, b, gone, text);
        free(text);
        free(list);
    }
}

void capdl_review_fold(struct review *review)
{
    uint32_t count = (uint32_t)review->num_raw;
    uint32_t *of = capdl_review_identity(count); /* per finding: number of the belongings it is one of, + 1 */
    struct belongings *list = NULL;
    size_t num = 0, capacity = 0;
    for (uint32_t i = 0; i < count; i++) {
        of[i] = 0;
        if (review->raw[i].thread && review->raw[i].num_subjects == 1) {
            list = capdl_spec_grow(list, &capacity, num + 1, sizeof(*list));
            list[num++] = (struct belongings){.thread = i};
            of[i] = (uint32_t)num;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t cause = review->raw[i].cause;
        if (cause != REVIEW_NONE && of[cause]) {
            take(review, &list[of[cause] - 1], &review->raw[i]);
        }
    }
    for (size_t i = 0; i < num; i++) {
        fold(review, &list[i], review->raw[list[i].thread].change == CAPDL_LOST ? &review->old : &review->new);
        free(list[i].pages);
        free(list[i].objects);
    }
    free(list);
    free(of);
}
