/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was handed over. The spec cannot say which untypeds these are. But the description must be right; revoking a
 * capability that was given away must not destroy anything of the system, so no object and no memory of one may be
 * below it; and the initialiser must not keep anything that it could have given.
 */
#include <inttypes.h>
#include <string.h>

#include "profile/bootinfo.h"
#include "verify/private.h"

struct handed {
    struct verify *v;
    const struct left *left;
    uint32_t object;
    const struct cnode *cnode;
    const struct capdl_leftovers *says; /* in the machine's memory */
};

/* Who gets these. */
static void find_holder(const struct capdl_spec *spec, struct left *left)
{
    const struct capdl_cap *frame = capdl_leftover_frame(spec, left->object);
    left->bootinfo = frame && frame->slot == CAPDL_LEFTOVER_SLOT_BOOTINFO;
    for (uint32_t i = 0; frame && i < spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(spec, i);
        for (uint32_t k = 0; capdl_object_kind(spec, i) == CAPDL_KIND_CNODE && k < caps.count; k++) {
            if (caps.list[k].kind == CAPDL_KIND_LEFTOVER && caps.list[k].object == left->object) {
                left->cnode = i;
                left->first = caps.list[k].slot;
                left->frame = frame->object;
            }
        }
    }
}

static void find_amount(const struct capdl_spec *spec, struct left *left, unsigned n)
{
    uint64_t devices = capdl_object_number(spec, left->object, CAPDL_NUMBER_LEFTOVER_DEVICES);
    bool share = capdl_object_number(spec, left->object, CAPDL_NUMBER_LEFTOVER_SHARE) != 0;
    left->slots = capdl_object_number(spec, left->object, CAPDL_NUMBER_LEFTOVER_SLOTS);
    left->size = capdl_object_number(spec, left->object, CAPDL_NUMBER_LEFTOVER_SIZE);
    left->pieces = (uint8_t)capdl_leftover_bits(spec, left->object);
    if (!left->size && !share) {
        left->kinds = (uint8_t)((devices != 2 && n == 0 ? CAPDL_LEFT_RAM : 0) | (devices ? CAPDL_LEFT_DEVICES : 0));
    }
}

void leftovers_find(struct verify *v)
{
    uint32_t objects[CAPDL_MAX_LEFTOVERS];
    bool good = leftovers_order(v->spec, objects);
    for (unsigned i = 0; i < CAPDL_MAX_LEFTOVERS; i++) {
        struct left *left = &v->left[i];
        *left = (struct left){.object = CAPDL_NO_OBJECT, .cnode = CAPDL_NO_OBJECT, .frame = CAPDL_NO_OBJECT};
        if (!good || objects[i] == CAPDL_NO_OBJECT) {
            continue;
        }
        left->object = objects[i];
        find_amount(v->spec, left, i);
        find_holder(v->spec, left);
        if (left->cnode == CAPDL_NO_OBJECT) {
            left->object = CAPDL_NO_OBJECT;
        }
    }
}

bool leftovers_slot(const struct verify *v, uint32_t cnode, uint64_t slot)
{
    bool found = false;
    for (unsigned i = 0; i < CAPDL_MAX_LEFTOVERS; i++) {
        const struct left *left = &v->left[i];
        found |= left->object != CAPDL_NO_OBJECT && cnode == left->cnode && slot - left->first < left->slots;
    }
    return found;
}

bool leftovers_frame(const struct verify *v, uint32_t object)
{
    bool found = false;
    for (unsigned i = 0; i < CAPDL_MAX_LEFTOVERS; i++) {
        found |= object != CAPDL_NO_OBJECT && v->left[i].frame == object;
    }
    return found;
}

const struct left *leftovers_of(const struct verify *v, uint32_t object)
{
    for (unsigned i = 0; i < CAPDL_MAX_LEFTOVERS; i++) {
        if (object != CAPDL_NO_OBJECT && v->left[i].object == object) {
            return &v->left[i];
        }
    }
    return NULL;
}

static bool has_children(const struct verify *v, const struct slot *slot)
{
    return slot->next && slot_is_parent(v->kernel, slot, slot->next);
}

static bool counts_good(const struct handed *h)
{
    const struct capdl_leftovers *says = h->says;
    const struct left *left = h->left;
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
    if (device && h->left->kinds && !(h->left->kinds & CAPDL_LEFT_DEVICES)) {
        differ(h->v, h->object, "have %s of device memory, which is not in the spec", cap_label(h->v, slot, label));
    }
    if (has_children(h->v, slot)) {
        differ(h->v, h->object, "have %s, from which something was made", cap_label(h->v, slot, label));
    }
    h->v->result->totals.left_untypeds++;
    *(device ? &h->v->result->totals.left_device_bytes : &h->v->result->totals.left_bytes) += UINT64_C(1) << cap->bits;
}

/*
 * Memory may still hold what the page had before the initialiser cleared it in the cache: a device, or whoever maps
 * it uncached, would see that. The window's page, the lowest of the image, was unmapped before anybody wrote to it,
 * and a frame that is mapped nowhere cannot be cleaned.
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
    for (uint64_t i = 0; i < h->left->slots; i++) {
        const struct slot *slot = &h->cnode->slots[h->left->first + i];
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

/* Nothing may be in what was given, and only the untyped that it was made from around it. */
static void compare_overlap(const struct handed *h, const struct node *node)
{
    uint64_t end = node->paddr + node_bytes(h->v, node);
    for (uint64_t i = 0; i < h->says->num_untypeds; i++) {
        const struct slot *slot = &h->cnode->slots[h->left->first + i];
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
    bool wanted = cap->type == CAP_UNTYPED && h->left->kinds & (device ? CAPDL_LEFT_DEVICES : CAPDL_LEFT_RAM) &&
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

/* Whether it has as many bytes as the spec says, if it does. */
static void compare_amount(const struct handed *h)
{
    const struct left *left = h->left;
    const struct capdl_leftover_untyped *first = h->says->untypeds;
    uint64_t bytes = 0;
    for (uint64_t i = 0; i < h->says->num_untypeds; i++) {
        bytes += UINT64_C(1) << h->says->untypeds[i].size_bits;
    }
    if (left->size && bytes != left->size) {
        differ(h->v, h->object, "have 0x%" PRIx64 " bytes, but the spec says 0x%" PRIx64, bytes, left->size);
    } else if (left->size && capdl_object_flags(h->v->spec, h->object) & CAPDL_OBJECT_HAS_PADDR &&
               first->address != capdl_object_paddr(h->v->spec, h->object)) {
        differ(h->v, h->object, "begin at 0x%" PRIx64 ", but the spec says 0x%" PRIx64, first->address,
               capdl_object_paddr(h->v->spec, h->object));
    } else if (!left->size && !left->kinds && !bytes) {
        differ(h->v, h->object, "have nothing, but the spec asks for a share");
    }
}

static void compare_handed(struct handed *h)
{
    if (!counts_good(h)) {
        return;
    }
    compare_slots(h);
    for (size_t i = 0; i < h->v->num_nodes; i++) {
        compare_overlap(h, &h->v->nodes[i]);
    }
    if (!h->left->kinds) {
        compare_amount(h);
    } else if (h->says->untypeds_left_out == 0) {
        compare_all_kept(h);
    }
}

/* What one bootinfo lists: the slots of all leftovers that are listed in it. */
static struct capdl_region listed_slots(const struct verify *v, const struct left *left)
{
    struct capdl_region slots = {UINT64_MAX, 0};
    for (unsigned i = 0; i < CAPDL_MAX_LEFTOVERS; i++) {
        const struct left *other = &v->left[i];
        if (other->object != CAPDL_NO_OBJECT && other->frame == left->frame) {
            slots.start = other->first < slots.start ? other->first : slots.start;
            slots.end = other->first + other->slots > slots.end ? other->first + other->slots : slots.end;
        }
    }
    return slots;
}

/* How many of the untypeds from this one on belong to a leftover that is listed with others: an amount has equal
 * pieces, a share one, and the rest has all that the others do not take. */
static uint64_t count_part(const struct left *left, const struct capdl_leftovers *says, uint64_t from)
{
    uint64_t most = says->num_untypeds - from, count;
    if (left->size) {
        count = left->size >> left->pieces;
    } else if (left->kinds & CAPDL_LEFT_RAM) {
        count = most;
    } else {
        count = from < says->num_untypeds && !says->untypeds[from].is_device; /* a share, if it has one */
        while (left->kinds & CAPDL_LEFT_DEVICES && from + count < says->num_untypeds &&
               says->untypeds[from + count].is_device) {
            count++;
        }
    }
    count = count < left->slots ? count : left->slots;
    return count < most ? count : most;
}

/* One leftover's part of what a bootinfo lists for several, which are handed over from the last in the blob to the
 * first. */
static void take_part(const struct verify *v, struct left *mine, struct capdl_leftovers *says)
{
    const struct left *left = leftovers_of(v, mine->object);
    const struct capdl_region all = listed_slots(v, left);
    uint64_t from = 0;
    bool last = true;
    for (const struct left *other = v->left + CAPDL_MAX_LEFTOVERS - 1; other > left; other--) {
        from += other->object != CAPDL_NO_OBJECT && other->frame == left->frame ? count_part(other, says, from) : 0;
    }
    for (const struct left *other = v->left; other < left; other++) {
        last &= other->object == CAPDL_NO_OBJECT || other->frame != left->frame;
    }
    says->num_untypeds = last ? says->num_untypeds - from : count_part(left, says, from);
    memmove(says->untypeds, says->untypeds + from, says->num_untypeds * sizeof(says->untypeds[0]));
    mine->first = says->first_untyped = all.start + from;
    mine->slots = last ? all.end - mine->first : says->num_untypeds;
    says->untypeds_left_out = says->num_untypeds == left->slots; /* unknown: a full list may lack some */
    says->first_frame = mine->first + says->num_untypeds;
}

/* The list of a bootinfo, as if it were a description; all else in it must be as the spec says, except the words that
 * the initialiser takes from its own: how many processors and levels of I/O page tables there are. */
static void read_bootinfo(const struct handed *h, const uint8_t *page, struct capdl_leftovers *says)
{
    struct verify *v = h->v;
    const enum capdl_arch arch = v->profile->arch;
    const uint64_t region = v->profile->bootinfo_untyped_offset, region_end = region + capdl_word_bytes(arch);
    const uint64_t list = region + bootinfo_region_bytes(arch);
    const unsigned own = bootinfo_offset(arch, BOOTINFO_NUM_NODES), entry = bootinfo_untyped_bytes(arch);
    const struct capdl_region slots = listed_slots(v, h->left);
    uint8_t expected[CAPDL_PAGE_SIZE];
    *says = (struct capdl_leftovers){.version = CAPDL_LEFTOVERS_VERSION,
                                     .first_untyped = capdl_word_get(arch, page + region)};
    says->num_untypeds = capdl_word_get(arch, page + region_end) - says->first_untyped;
    if (says->num_untypeds > slots.end - slots.start || says->num_untypeds > (CAPDL_PAGE_SIZE - list) / entry ||
        says->num_untypeds > CAPDL_LEFTOVERS_MAX_UNTYPEDS) {
        says->num_untypeds = 0;
    }
    says->first_frame = says->first_untyped + says->num_untypeds;
    contents_expected(v, h->left->frame, expected);
    bootinfo_words(v, own, expected + own, bootinfo_offset(arch, BOOTINFO_IPC_BUFFER) - own);
    capdl_word_put(arch, expected + bootinfo_offset(arch, BOOTINFO_EMPTY), says->first_frame);
    capdl_word_put(arch, expected + region, slots.start);
    capdl_word_put(arch, expected + region_end, says->first_frame);
    for (uint64_t i = 0; i < says->num_untypeds; i++) {
        const struct bootinfo_untyped untyped = bootinfo_untyped_get(arch, page + list + i * entry);
        bootinfo_untyped_put(arch, expected + list + i * entry, untyped);
        says->untypeds[i] = (struct capdl_leftover_untyped){
            .address = untyped.address, .size_bits = untyped.size_bits, .is_device = untyped.is_device};
    }
    for (unsigned i = 0; i < CAPDL_PAGE_SIZE; i++) {
        if (page[i] != expected[i]) {
            differ(v, h->left->frame, "is a bootinfo and has 0x%02x at offset 0x%x, not 0x%02x", page[i], i,
                   expected[i]);
            return;
        }
    }
}

void compare_leftovers(struct verify *v, uint32_t object)
{
    const struct left *left = leftovers_of(v, object);
    uint32_t cnode = left ? v->match[left->cnode] : NO_NODE;
    uint32_t frame = left ? v->match[left->frame] : NO_NODE;
    if (cnode == NO_NODE || frame == NO_NODE) {
        differ(v, object, "are not handed over");
        return;
    }
    const uint8_t *page = contents_page(v, v->nodes[frame].paddr);
    struct handed h = {
        .v = v, .left = left, .object = object, .cnode = v->nodes[cnode].object, .says = (const void *)page};
    if (!page || left->slots > UINT64_C(1) << v->nodes[cnode].bits ||
        left->first > (UINT64_C(1) << v->nodes[cnode].bits) - left->slots) {
        differ(v, object, "are not where the spec has them");
        return;
    }
    struct capdl_leftovers says;
    struct left mine = *left;
    if (left->bootinfo) {
        read_bootinfo(&h, page, &says);
        take_part(v, &mine, &says);
        h.says = &says;
        h.left = &mine;
    }
    compare_handed(&h);
}
