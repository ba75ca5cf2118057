/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is left goes to a domain that the spec names: capabilities into consecutive slots of its CNode, what they
 * are into a frame that it can read.
 *
 *     untypeds of which nothing was made    moved, also those that were made only to reach an address
 *     what is after the objects in others  made into untypeds of their own: the holder of the parent could revoke
 *                                           every domain
 *     pages of our image that were read     cleared, also behind the cache, unmapped and moved; and the one that gave
 *                                           way to the window
 *
 * No thread runs yet. The list of untypeds is made where the domain will find it. Until an untyped is given, its entry
 * says where it comes from.
 */
#include "blob/leftovers.h"
#include "fills.h"
#include "own_calls.h"
#include "phases.h"
#include "retype.h"
#include "window.h"

static struct capdl_leftovers *left;
static struct capdl_leftover_list list;
static const uint64_t *sizes; /* who gets them */

static void move(uint64_t cap, uint64_t slot)
{
    call_start(CAPDL_BOOT_CNODE_MOVE, CAPDL_REF_SLOT, sizes[CAPDL_SIZE_LEFT_CNODE]);
    call_cap(CAPDL_REF_INITIAL, CAPDL_INITIAL_CNODE);
    call_word(slot);
    call_word(sizes[CAPDL_SIZE_LEFT_BITS]);
    call_word(cap);
    call_word(WORD_BITS);
    call_make();
}

static void give_untyped(struct capdl_leftover_untyped *untyped, uint64_t slot)
{
    const struct destination to = {self.first[CAPDL_REF_SLOT] + sizes[CAPDL_SIZE_LEFT_CNODE], WORD_BITS, slot};
    const struct capdl_retype piece = {
        .type = (uint64_t)self.blob.boot[CAPDL_BOOT_TYPE_UNTYPED], .argument = untyped->size_bits, .count = 1};
    const uint64_t source = untyped->number;
    if (untyped->source == CAPDL_LEFTOVER_TAIL) {
        retype(CAPDL_OPERAND_LITERAL, self.untyped.start + source, &piece, &to);
    } else {
        move((untyped->source == CAPDL_LEFTOVER_WHOLE ? self.untyped.start : self.first[CAPDL_REF_SLOT]) + source,
             slot);
    }
    untyped->source = 0;
    untyped->number = 0;
}

/* Whether one more page has a slot; counts those that have none. */
static bool page_has_slot(void)
{
    if (list.count + left->num_frames < sizes[CAPDL_SIZE_LEFT_SLOTS]) {
        return true;
    }
    left->frames_left_out++;
    return false;
}

/* The page is zero and not mapped any more. */
static void give_page(uint64_t address)
{
    move(page_cap(address), left->first_frame + left->num_frames++);
}

/* Cleared, as they hold contents of other domains' frames. */
static void give_pages(uint64_t address, uint64_t end)
{
    for (; address < end; address += CAPDL_PAGE_SIZE) {
        if (!page_has_slot()) {
            continue;
        }
        __builtin_memset((void *)(uintptr_t)address, 0, CAPDL_PAGE_SIZE);
        clean_caches(CAPDL_BOOT_PAGE_CLEAN_INVALIDATE, CAPDL_OPERAND_LITERAL, page_cap(address), 0, CAPDL_PAGE_SIZE);
        call_start(CAPDL_BOOT_PAGE_UNMAP, CAPDL_OPERAND_LITERAL, page_cap(address));
        call_make();
        give_page(address);
    }
}

/* Pages no longer in use. */
static void give_all_pages(void)
{
    const uint64_t read = self.blob.items[CAPDL_BLOB_ITEM_PHASES] / CAPDL_PAGE_SIZE; /* pages of the blob */
    give_pages(header.blob_start, header.blob_start + read * CAPDL_PAGE_SIZE);
    give_pages(header.pages_start + self.blob.sizes[CAPDL_SIZE_LEFT_PAGE] * CAPDL_PAGE_SIZE, header.image_end);
    if (page_has_slot()) {
        give_page(window_page());
    }
}

/* An initial task's bootinfo, from the slots of its untypeds on. */
struct untypeds {
    struct slot_region slots;
    struct untyped_desc list[];
};

/* Where the list is made: where it will be, but apart where the kernel's entries have no room for what ours say. */
static struct capdl_leftover_untyped *list_at(struct untyped_desc *entries)
{
    static struct capdl_leftover_untyped apart[CAPDL_LEFTOVERS_MAX_UNTYPEDS];
    return sizeof(*entries) == sizeof(*apart) ? (struct capdl_leftover_untyped *)(void *)entries : apart;
}

static void tell(struct untyped_desc *entries)
{
    for (uint64_t i = 0; sizeof(*entries) != sizeof(*list.untypeds) && i < list.count; i++) {
        const struct capdl_leftover_untyped *untyped = &list.untypeds[i];
        entries[i] = (struct untyped_desc){
            .address = (word)untyped->address, .size_bits = untyped->size_bits, .is_device = untyped->is_device};
    }
}

static void give(void)
{
    uint64_t first = sizes[CAPDL_SIZE_LEFT_FIRST];
    struct mapped mapped;
    struct untypeds *told = NULL;
    self.slot = sizes[CAPDL_SIZE_LEFT_NAME];
    map_frame(&mapped, sizes[CAPDL_SIZE_LEFT_FRAME], CAPDL_PAGE_BITS);
    left = (struct capdl_leftovers *)(void *)window_bytes(mapped.address);
    list = (struct capdl_leftover_list){.untypeds = left->untypeds};
    if (sizes[CAPDL_SIZE_LEFT_KINDS] & CAPDL_LEFT_BOOTINFO) {
        told = (struct untypeds *)(void *)((uint8_t *)left + self.blob.boot[CAPDL_BOOT_UNTYPED_OFFSET]);
        first = told->slots.end; /* after those that others gave */
        list.untypeds = list_at(told->list + (told->slots.end - told->slots.start));
    } else {
        *left = (struct capdl_leftovers){.version = CAPDL_LEFTOVERS_VERSION};
    }
    capdl_leftovers_list(&list, &self.plan, sizes);
    /* Smallest first: the kernel makes pieces of an untyped in ascending order. */
    for (uint64_t i = list.count; i-- > 0;) {
        give_untyped(&list.untypeds[i], first + i);
    }
    if (told) {
        struct bootinfo *bootinfo = (struct bootinfo *)(void *)left;
        tell(told->list + (told->slots.end - told->slots.start));
        told->slots.end = bootinfo->empty.start = (word)(first + list.count);
        bootinfo->num_nodes = self.bootinfo->num_nodes;
        bootinfo->num_iopt_levels = self.bootinfo->num_iopt_levels;
    } else {
        left->first_untyped = first;
        left->num_untypeds = list.count;
        left->untypeds_left_out = list.left_out;
        left->first_frame = first + list.count;
        if (sizes[CAPDL_SIZE_LEFT_KINDS] & CAPDL_LEFT_RAM) {
            give_all_pages();
        }
    }
    unmap_frame(&mapped);
}

void hand_over(void)
{
    for (unsigned i = CAPDL_MAX_LEFTOVERS; i-- > 0;) {
        sizes = capdl_leftovers_sizes(&self.blob, i);
        if (sizes[CAPDL_SIZE_LEFT_SLOTS]) {
            enter_phase(CAPDL_PHASE_LEFTOVERS);
            give();
        }
    }
}
