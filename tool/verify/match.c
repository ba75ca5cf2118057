/* SPDX-License-Identifier: BSD-2-Clause */
/* Which object of the spec is which of the kernel: from names and addresses, then along capabilities, slot by
   slot. */
#include <stdlib.h>
#include <string.h>

#include "blob/leftovers.h"
#include "image/slot_names.h"
#include "verify/pairs.h"

/* The initialiser's slot i, 0 if there is none. */
static const struct slot *initialiser_slot(const struct verify *v, uint64_t i)
{
    const struct kernel *k = v->kernel;
    bool enlarged = k->initial->slots[TCB_CTABLE].cap.object != v->boot->root;
    uint64_t first = v->boot->first_empty;
    if (!enlarged) {
        return first + i < v->boot->num_slots ? &v->boot->root->slots[first + i] : NULL;
    }
    /* the leaves of 4096 slots come after the root that was made in the first empty slot */
    enum { LEAF_BITS = 12 };
    uint64_t at = first + 1 + (i >> LEAF_BITS);
    const struct slot *leaf = at < v->boot->num_slots ? &v->boot->root->slots[at] : NULL;
    if (!leaf || leaf->cap.type != CAP_CNODE || leaf->cap.bits != LEAF_BITS) {
        return NULL;
    }
    return &((const struct cnode *)leaf->cap.object)->slots[i & ((1u << LEAF_BITS) - 1)];
}

static uint64_t first_page_slot(const struct verify *v)
{
    const struct capdl_image_header *header = &v->image->header;
    return v->boot->first_image_frame + (header->pages_start - header->image_start) / CAPDL_PAGE_SIZE;
}

/* Reads one array of names and pairs each with what the slot of its number holds. The names after those of slots are
   of objects that are in CNodes of the spec only. */
static void names_of(struct verify *v, const struct capdl_blob *blob, enum capdl_blob_named named)
{
    const uint64_t first_page = first_page_slot(v), slots = blob->sizes[CAPDL_SIZE_SLOTS];
    struct capdl_blob_names names;
    struct capdl_blob_name name;
    uint64_t at = 0, count;
    capdl_blob_names_start(&names, blob, named);
    while (capdl_blob_next_name(&names, &name, &count)) {
        char text[256];
        for (uint64_t i = at; name.text && i < at + count && slot_name_text(&name, text, sizeof(text)); i++) {
            uint32_t object = capdl_spec_find(v->spec, text, name.is_element ? (uint32_t)name.index : CAPDL_NO_INDEX);
            uint64_t page = first_page + i;
            const struct slot *slot = named == CAPDL_BLOB_NAMED_SLOTS ? i < slots ? initialiser_slot(v, i) : NULL
                                      : page < v->boot->num_slots     ? &v->boot->root->slots[page]
                                                                      : NULL;
            if (object != CAPDL_NO_OBJECT) {
                match_pair(v, object, state_node(v, slot));
            }
            name.index++;
        }
        at += count;
    }
}

/* Who gets what is left, and the frame that describes it, to which nothing else may refer. */
static void match_leftovers(struct verify *v, const struct capdl_blob *blob)
{
    for (unsigned i = 0; i < CAPDL_MAX_LEFTOVERS; i++) {
        const uint64_t *sizes = capdl_leftovers_sizes(blob, i);
        if (sizes[CAPDL_SIZE_LEFT_SLOTS] && v->left[i].object != CAPDL_NO_OBJECT) {
            match_pair(v, v->left[i].cnode, state_node(v, initialiser_slot(v, sizes[CAPDL_SIZE_LEFT_CNODE])));
            match_pair(v, v->left[i].frame, state_node(v, initialiser_slot(v, sizes[CAPDL_SIZE_LEFT_FRAME])));
        }
    }
}

static void match_by_names(struct verify *v)
{
    struct capdl_blob blob;
    if (!image_blob(v->image, &blob)) {
        return;
    }
    names_of(v, &blob, CAPDL_BLOB_NAMED_SLOTS);
    names_of(v, &blob, CAPDL_BLOB_NAMED_PAGES);
    match_leftovers(v, &blob);
    for (uint64_t i = 0; i < blob.sizes[CAPDL_SIZE_SLOTS]; i++) {
        uint32_t node = state_node(v, initialiser_slot(v, i));
        if (node != NO_NODE) {
            v->nodes[node].flags |= NODE_CANDIDATE;
        }
    }
    for (uint64_t i = 0; i < blob.sizes[CAPDL_SIZE_PAGES]; i++) {
        uint64_t slot = first_page_slot(v) + i;
        uint32_t node = slot < v->boot->num_slots ? state_node(v, &v->boot->root->slots[slot]) : NO_NODE;
        if (node != NO_NODE) {
            v->nodes[node].flags |= NODE_CANDIDATE;
        }
    }
}

/* A frame at a physical address can be only one thing. */
static void match_addresses(struct verify *v)
{
    for (uint32_t i = 0; i < v->spec->num_objects; i++) {
        if (capdl_object_kind(v->spec, i) == CAPDL_KIND_FRAME &&
            capdl_object_flags(v->spec, i) & CAPDL_OBJECT_HAS_PADDR) {
            match_pair(v, i, state_frame_node(v, capdl_object_paddr(v->spec, i), capdl_object_size_bits(v->spec, i)));
        }
    }
}

static void match_interrupts(struct verify *v)
{
    for (uint32_t i = 0; i < v->spec->num_objects; i++) {
        if (v->irqs[i] < MAX_IRQS || kind_is_device(capdl_object_kind(v->spec, i))) {
            match_along(v, i);
        }
    }
}

static bool complete(const struct verify *v)
{
    for (uint32_t i = 0; i < v->spec->num_objects; i++) {
        if (v->match[i] == NO_NODE && kind_has_node(capdl_object_kind(v->spec, i))) {
            return false;
        }
    }
    return true;
}

void match_all(struct verify *v)
{
    uint32_t count = v->spec->num_objects;
    v->match = memory_zeroed(count, sizeof(*v->match));
    v->queue = memory_zeroed(count, sizeof(*v->queue));
    for (uint32_t i = 0; i < count; i++) {
        v->match[i] = NO_NODE;
    }
    match_by_names(v);
    match_addresses(v);
    match_interrupts(v);
    match_follow(v);
    if (!complete(v)) {
        match_by_colour(v);
    }
}
