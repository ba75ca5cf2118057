/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was handed over. Which untypeds these are, the spec cannot say; but the description must say what is there, and
 * there must be nothing whose revocation would take anything from the system: no object, and no memory of one, below a
 * capability that was given away; and nothing may stay behind that could have been given.
 */
#include <inttypes.h>
#include <string.h>

#include "verify/private.h"

struct handed {
    struct verify *v;
    uint32_t object;
    const struct cnode *cnode;
    const struct capdl_leftovers *says; /* in the machine's memory */
};

void leftovers_find(struct verify *v)
{
    v->left = (struct left){.object = CAPDL_NO_OBJECT, .cnode = CAPDL_NO_OBJECT, .frame = CAPDL_NO_OBJECT};
    for (uint32_t i = 0; i < v->spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(v->spec, i);
        for (uint32_t k = 0; capdl_object_kind(v->spec, i) == CAPDL_KIND_CNODE && k < caps.count; k++) {
            const struct capdl_cap *cap = &caps.list[k];
            const struct capdl_cap *frame =
                cap->kind == CAPDL_KIND_LEFTOVER ? capdl_spec_cap_at(v->spec, cap->object, 0) : NULL;
            if (frame) {
                v->left = (struct left){
                    .object = cap->object,
                    .cnode = i,
                    .frame = frame->object,
                    .first = cap->slot,
                    .slots = capdl_object_number(v->spec, cap->object, CAPDL_NUMBER_LEFTOVER_SLOTS),
                    .devices = capdl_object_number(v->spec, cap->object, CAPDL_NUMBER_LEFTOVER_DEVICES),
                };
            }
        }
    }
}

bool leftovers_slot(const struct verify *v, uint32_t cnode, uint64_t slot)
{
    return cnode == v->left.cnode && slot - v->left.first < v->left.slots;
}

static bool has_children(const struct verify *v, const struct slot *slot)
{
    return slot->next && slot_is_parent(v->kernel, slot, slot->next);
}

static bool counts_good(const struct handed *h)
{
    const struct capdl_leftovers *says = h->says;
    const struct left *left = &h->v->left;
    if (says->version == CAPDL_LEFTOVERS_VERSION && says->num_untypeds <= CAPDL_LEFTOVERS_MAX_UNTYPEDS &&
        says->num_untypeds <= left->slots && says->num_frames <= left->slots - says->num_untypeds &&
        says->first_untyped == left->first && says->first_frame == left->first + says->num_untypeds) {
        return true;
    }
    differ(h->v, h->object,
           "are described as %" PRIu64 " untypeds from slot %" PRIu64 " on and %" PRIu64 " frames from slot %" PRIu64
           " on, which does not match the %" PRIu64 " slots from %" PRIu64 " on",
           says->num_untypeds, says->first_untyped, says->num_frames, says->first_frame, left->slots, left->first);
    return false;
}

static void compare_untyped(const struct handed *h, const struct slot *slot, const struct capdl_leftover_untyped *says)
{
    const struct cap *cap = &slot->cap;
    bool device = cap->flags & CAP_FLAG_DEVICE;
    char label[LABEL_SIZE];
    if (cap->type != CAP_UNTYPED || cap->paddr != says->address || cap->bits != says->size_bits ||
        device != says->is_device) {
        differ(h->v, h->object, "have %s where their description has 2^%u bytes of %s at 0x%" PRIx64,
               cap_label(h->v, slot, label), says->size_bits, says->is_device ? "device memory" : "RAM", says->address);
        return;
    }
    if (device && !h->v->left.devices) {
        differ(h->v, h->object, "have %s of device memory, which is not in the spec", cap_label(h->v, slot, label));
    }
    if (has_children(h->v, slot)) {
        differ(h->v, h->object, "have %s, from which something was made", cap_label(h->v, slot, label));
    }
    h->v->result->totals.left_untypeds++;
    *(device ? &h->v->result->totals.left_device_bytes : &h->v->result->totals.left_bytes) += UINT64_C(1) << cap->bits;
}

/*
 * Memory behind the cache may still hold what the page had before the initialiser cleared it: who maps it uncached, or
 * a device, would see that. The window's page, the image's lowest, gave way before anybody wrote to it, and a frame
 * that is mapped nowhere cannot be cleaned.
 */
static bool is_behind_cache(const struct verify *v, const struct cap *cap)
{
    const uint8_t *seen = caches_page(&v->kernel->caches, CACHE_DATA, cap->paddr);
    return !verify_arch(v->profile->arch)->separate_caches || cap->paddr == v->boot->image_paddr ||
           (seen && contents_is_zero(seen));
}

/* The one capability of a page that is mapped nowhere, is no object of the system, and is zero. */
static void compare_frame(const struct handed *h, const struct slot *slot)
{
    struct verify *v = h->v;
    const struct cap *cap = &slot->cap;
    uint32_t node = state_node(v, slot);
    const uint8_t *page = cap->type == CAP_FRAME ? contents_page(v, cap->paddr) : NULL;
    bool alone = !has_children(v, slot) &&
                 !(slot->prev && slot->prev->cap.type == CAP_FRAME && slot->prev->cap.paddr == cap->paddr);
    char label[LABEL_SIZE];
    cap_label(v, slot, label);
    if (cap->type != CAP_FRAME || cap->bits != CAPDL_PAGE_BITS || cap->rights != VM_READ_WRITE || !page) {
        differ(v, h->object, "have %s where their description has a frame of 4 KiB", label);
        return;
    }
    if (cap->asid || !alone || v->nodes[node].match != CAPDL_NO_OBJECT) {
        differ(v, h->object, "have %s, which is in use", label);
    }
    if (!contents_is_zero(page)) {
        differ(v, h->object, "have %s, which is not zero", label);
    } else if (!is_behind_cache(v, cap)) {
        differ(v, h->object, "have %s, which was cleared in the data cache but not cleaned and invalidated", label);
    }
    v->result->totals.left_frames++;
}

static void compare_slots(const struct handed *h)
{
    const struct capdl_leftovers *says = h->says;
    for (uint64_t i = 0; i < h->v->left.slots; i++) {
        const struct slot *slot = &h->cnode->slots[h->v->left.first + i];
        char label[LABEL_SIZE];
        if (i < says->num_untypeds) {
            compare_untyped(h, slot, &says->untypeds[i]);
        } else if (i < says->num_untypeds + says->num_frames) {
            compare_frame(h, slot);
        } else if (slot->cap.type != CAP_NULL) {
            differ(h->v, h->object, "have %s, which their description does not have", cap_label(h->v, slot, label));
        }
    }
}

/* Nothing may be in what was given; around it, only the untyped that it was made of. */
static void compare_overlap(const struct handed *h, const struct node *node)
{
    uint64_t end = node->paddr + node_bytes(h->v, node);
    for (uint64_t i = 0; i < h->says->num_untypeds; i++) {
        const struct slot *slot = &h->cnode->slots[h->v->left.first + i];
        const struct cap *cap = &slot->cap;
        uint64_t cap_end = cap->paddr + (UINT64_C(1) << cap->bits);
        bool around = node->untyped && node->paddr <= cap->paddr && end >= cap_end &&
                      slot_is_parent(h->v->kernel, node->untyped, slot);
        char label[LABEL_SIZE], other[LABEL_SIZE];
        if (cap->type == CAP_UNTYPED && node->untyped != slot && node->paddr < cap_end && cap->paddr < end && !around) {
            differ(h->v, h->object, "have %s, in which there is %s", cap_label(h->v, slot, label),
                   node_label(h->v, (uint32_t)(node - h->v->nodes), other));
        }
    }
}

/* An untyped of the kernel's own list, or one made to reach an address, that the initialiser kept. */
static void compare_kept(const struct handed *h, const struct slot *slot)
{
    const struct cap *cap = &slot->cap;
    uint32_t node = state_node(h->v, slot);
    bool device = cap->flags & CAP_FLAG_DEVICE;
    bool wanted = cap->type == CAP_UNTYPED && (!device || h->v->left.devices) &&
                  !(h->v->nodes[node].flags & NODE_CANDIDATE) && h->v->nodes[node].match == CAPDL_NO_OBJECT;
    bool used = has_children(h->v, slot); /* what is after them is given in whole pages */
    uint64_t kept = (UINT64_C(1) << cap->bits) - (used ? cap->data : 0);
    char label[LABEL_SIZE];
    if (wanted && (!used || kept >= CAPDL_PAGE_SIZE)) {
        differ(h->v, h->object, "lack 0x%" PRIx64 " unused bytes of %s", kept, cap_label(h->v, slot, label));
    }
}

static void compare_all_kept(const struct handed *h)
{
    for (size_t i = 0; i < h->v->num_nodes; i++) {
        const struct node *n = &h->v->nodes[i];
        const struct cnode *cnode = n->object;
        for (uint64_t k = 0; n->flags & NODE_OWN && k < UINT64_C(1) << n->bits; k++) {
            if (cnode->slots[k].cap.type == CAP_UNTYPED) {
                compare_kept(h, &cnode->slots[k]);
            }
        }
    }
}

void compare_leftovers(struct verify *v, uint32_t object)
{
    uint32_t cnode = v->left.object == object ? v->match[v->left.cnode] : NO_NODE;
    uint32_t frame = v->left.object == object ? v->match[v->left.frame] : NO_NODE;
    if (cnode == NO_NODE || frame == NO_NODE) {
        differ(v, object, "are not handed over");
        return;
    }
    const uint8_t *page = contents_page(v, v->nodes[frame].paddr);
    struct handed h = {.v = v, .object = object, .cnode = v->nodes[cnode].object, .says = (const void *)page};
    if (!page || v->left.slots > UINT64_C(1) << v->nodes[cnode].bits ||
        v->left.first > (UINT64_C(1) << v->nodes[cnode].bits) - v->left.slots) {
        differ(v, object, "are not where the spec has them");
        return;
    }
    if (!counts_good(&h)) {
        return;
    }
    compare_slots(&h);
    for (size_t i = 0; i < v->num_nodes; i++) {
        compare_overlap(&h, &v->nodes[i]);
    }
    if (h.says->untypeds_left_out == 0) {
        compare_all_kept(&h);
    }
}
