/* SPDX-License-Identifier: BSD-2-Clause */
/* Who gets what is left: from a blob back into the spec. */
#include "blob/leftovers.h"
#include "image/decompile_add.h"
#include "image/reverse.h"

bool reverse_leftovers_own(const struct reverse *r, uint64_t slot)
{
    bool own = false;
    for (unsigned i = 0; i < CAPDL_MAX_LEFTOVERS; i++) {
        const uint64_t *sizes = capdl_leftovers_sizes(&r->blob, i);
        own |= slot - sizes[CAPDL_SIZE_LEFT_OWN] < sizes[CAPDL_SIZE_LEFT_PIECES];
    }
    return own;
}

static void set(struct capdl_numbers *numbers, enum capdl_number number, uint64_t value)
{
    numbers->has |= (uint8_t)(1u << number);
    numbers->value[number] = value;
}

/* What it asks for, as the spec said it. */
static void reverse_amount(struct reverse *r, const uint64_t *sizes, struct capdl_object *leftover)
{
    struct capdl_numbers *numbers = capdl_spec_alloc(r->spec, sizeof(*numbers));
    uint64_t share = sizes[CAPDL_SIZE_LEFT_SHARE], kinds = sizes[CAPDL_SIZE_LEFT_KINDS];
    set(numbers, CAPDL_NUMBER_LEFTOVER_SLOTS, sizes[CAPDL_SIZE_LEFT_SLOTS]);
    if (kinds & CAPDL_LEFT_DEVICES) {
        set(numbers, CAPDL_NUMBER_LEFTOVER_DEVICES, kinds & CAPDL_LEFT_RAM || share ? 1 : 2);
    }
    if (share && share <= 100) {
        set(numbers, CAPDL_NUMBER_LEFTOVER_SHARE, share);
    } else if (!share && sizes[CAPDL_SIZE_LEFT_PIECES]) {
        uint64_t own = sizes[CAPDL_SIZE_LEFT_OWN];
        set(numbers, CAPDL_NUMBER_LEFTOVER_SIZE, sizes[CAPDL_SIZE_LEFT_PIECES] << r->slots[own].data);
        if (r->addresses[own] != UINT64_MAX) {
            leftover->flags |= CAPDL_OBJECT_HAS_PADDR;
            leftover->paddr = r->addresses[own];
        }
    }
    leftover->u.numbers = numbers;
}

static void reverse_one(struct reverse *r, const uint64_t *sizes)
{
    const struct held *cnode = &r->slots[sizes[CAPDL_SIZE_LEFT_CNODE]];
    const struct held *frame = &r->slots[sizes[CAPDL_SIZE_LEFT_FRAME]];
    if (cnode->kind != CAPDL_KIND_CNODE || frame->kind != CAPDL_KIND_FRAME) {
        reverse_fail(
            r, "leftovers go to something that is not a CNode, or are described in something that is not a frame");
        return;
    }
    uint32_t object = reverse_add(r, &r->slot_names[sizes[CAPDL_SIZE_LEFT_NAME]], CAPDL_KIND_LEFTOVER);
    struct capdl_object leftover = capdl_object_view(r->spec, object);
    reverse_amount(r, sizes, &leftover);
    capdl_object_set(r->spec, object, &leftover);
    reverse_cap(r, object,
                (struct capdl_cap){.slot = sizes[CAPDL_SIZE_LEFT_KINDS] & CAPDL_LEFT_BOOTINFO
                                               ? CAPDL_LEFTOVER_SLOT_BOOTINFO
                                               : CAPDL_LEFTOVER_SLOT_DESCRIPTION,
                                   .object = frame->object,
                                   .kind = CAPDL_KIND_FRAME});
    struct capdl_cap rest = {.slot = sizes[CAPDL_SIZE_LEFT_FIRST], .object = object, .kind = CAPDL_KIND_LEFTOVER};
    reverse_cap(r, cnode->object, rest);
}

void reverse_leftovers(struct reverse *r)
{
    for (unsigned i = 0; i < CAPDL_MAX_LEFTOVERS; i++) {
        const uint64_t *sizes = capdl_leftovers_sizes(&r->blob, i);
        if (sizes[CAPDL_SIZE_LEFT_SLOTS]) {
            reverse_one(r, sizes);
        }
    }
}
