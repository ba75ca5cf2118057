/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Slots and the derivation list. All capabilities stand in one doubly linked list in which children follow their
 * parent; whether the next one is a child follows from the capabilities themselves and two bits:
 *
 *     untyped -> frame -> frame copy -> endpoint -> endpoint badge 1 (first badged) -> copy of it -> ...
 */
#include "kernel.h"

static void link_between(struct slot *prev, struct slot *slot, struct slot *next)
{
    slot->prev = prev;
    slot->next = next;
    if (prev) {
        prev->next = slot;
    }
    if (next) {
        next->prev = slot;
    }
}

/* An untyped of which a copy exists must not hand out the memory again. */
static void untyped_set_full(struct slot *source, const struct cap *copy)
{
    struct cap *cap = &source->cap;
    if (cap->type == CAP_UNTYPED && copy->type == CAP_UNTYPED && cap->paddr == copy->paddr && cap->bits == copy->bits) {
        cap->data = UINT64_C(1) << cap->bits;
    }
}

void slot_insert(struct kernel *k, struct cap cap, struct slot *source, struct slot *dest)
{
    (void)k;
    bool revocable = cap_is_revocable(&cap, &source->cap);
    untyped_set_full(source, &cap);
    dest->cap = cap;
    dest->revocable = dest->first_badged = revocable;
    link_between(source, dest, source->next);
}

void slot_insert_new(struct slot *parent, struct slot *dest, struct cap cap)
{
    dest->cap = cap;
    dest->revocable = dest->first_badged = true;
    link_between(parent, dest, parent->next);
}

void slot_insert_root(struct slot *dest, struct cap cap)
{
    dest->cap = cap;
    dest->revocable = dest->first_badged = true;
    dest->prev = dest->next = NULL;
}

void slot_move(struct cap cap, struct slot *source, struct slot *dest)
{
    *dest = *source;
    dest->cap = cap;
    link_between(dest->prev, dest, dest->next);
    *source = (struct slot){.cap = cap_null()};
}

/* The order of the steps matters when the two are neighbours: the first relinking may change what the second sees. */
void slot_swap(struct cap cap1, struct slot *slot1, struct cap cap2, struct slot *slot2)
{
    struct slot mdb1 = *slot1;
    if (mdb1.prev) {
        mdb1.prev->next = slot2;
    }
    if (mdb1.next) {
        mdb1.next->prev = slot2;
    }

    struct slot mdb2 = *slot2;
    *slot1 = mdb2;
    *slot2 = mdb1;
    slot1->cap = cap2;
    slot2->cap = cap1;
    if (mdb2.prev) {
        mdb2.prev->next = slot1;
    }
    if (mdb2.next) {
        mdb2.next->prev = slot1;
    }
}

static bool badge_is_parent(const struct slot *parent, const struct slot *child)
{
    return parent->cap.data == 0 || (parent->cap.data == child->cap.data && !child->first_badged);
}

bool slot_is_parent(const struct kernel *k, const struct slot *parent, const struct slot *child)
{
    if (!parent->revocable || !cap_same_region(k, &parent->cap, &child->cap)) {
        return false;
    }
    switch ((enum cap_type)parent->cap.type) {
    case CAP_ENDPOINT:
    case CAP_NOTIFICATION:
    case CAP_SMC:
        return badge_is_parent(parent, child);
    case CAP_SGI_SIGNAL:
        return !child->first_badged;
    default:
        return true;
    }
}

enum status slot_ensure_no_children(struct kernel *k, struct slot *slot)
{
    if (slot->next && slot_is_parent(k, slot, slot->next)) {
        return fail(k, CAPDL_ERROR_REVOKE_FIRST);
    }
    return STATUS_OK;
}

enum status slot_ensure_empty(struct kernel *k, const struct slot *slot)
{
    return slot->cap.type == CAP_NULL ? STATUS_OK : fail(k, CAPDL_ERROR_DELETE_FIRST);
}

bool slot_is_final(const struct kernel *k, const struct slot *slot)
{
    if (slot->prev && cap_same_object(k, &slot->prev->cap, &slot->cap)) {
        return false;
    }
    return !slot->next || !cap_same_object(k, &slot->cap, &slot->next->cap);
}

bool slot_is_long_running_delete(const struct kernel *k, const struct slot *slot)
{
    enum cap_type type = slot->cap.type;
    return (type == CAP_THREAD || type == CAP_ZOMBIE || type == CAP_CNODE) && slot_is_final(k, slot);
}

static void slot_empty(struct kernel *k, struct slot *slot, struct cap cleanup)
{
    if (slot->cap.type == CAP_NULL) {
        return;
    }
    struct slot *prev = slot->prev, *next = slot->next;
    if (prev) {
        prev->next = next;
    }
    if (next) {
        next->prev = prev;
        next->first_badged |= slot->first_badged;
    }
    *slot = (struct slot){.cap = cap_null()};
    cap_deleted(k, cleanup);
}

static struct slot *zombie_slots(const struct cap *zombie)
{
    if (zombie->flags & CAP_FLAG_TCB) {
        return ((struct tcb *)zombie->object)->slots;
    }
    return ((struct cnode *)zombie->object)->slots;
}

static bool is_removable(const struct cap *remainder, const struct slot *slot)
{
    if (remainder->type == CAP_NULL) {
        return true;
    }
    return remainder->data == 0 || (remainder->data == 1 && slot == zombie_slots(remainder));
}

static void delete_slot(struct kernel *, struct slot *, bool exposed);

/* Deletes the last slot of the object a zombie stands for, or moves the zombie out of its own object. */
static void zombie_reduce(struct kernel *k, struct slot *slot, bool immediate)
{
    struct cap zombie = slot->cap;
    struct slot *slots = zombie_slots(&zombie);
    if (!immediate) {
        if (slots != slot) {
            slot_swap(slots->cap, slots, slot->cap, slot);
        }
        return;
    }
    delete_slot(k, &slots[zombie.data - 1], false);
    if (slot->cap.type == CAP_ZOMBIE && zombie_slots(&slot->cap) == slots && slot->cap.data == zombie.data) {
        slot->cap.data--;
    }
}

/* Whether the slot can be emptied now. A zombie that is in its own object stays where it is until its owner deletes
 * it. */
static bool finalise_slot(struct kernel *k, struct slot *slot, bool immediate, struct cap *cleanup)
{
    *cleanup = cap_null();
    while (slot->cap.type != CAP_NULL) {
        struct cap remainder = cap_finalise(k, slot->cap, slot_is_final(k, slot), cleanup);
        if (is_removable(&remainder, slot)) {
            return true;
        }
        slot->cap = remainder;
        if (!immediate && zombie_slots(&remainder) == slot) {
            return false;
        }
        zombie_reduce(k, slot, immediate);
    }
    return true;
}

static void delete_slot(struct kernel *k, struct slot *slot, bool exposed)
{
    struct cap cleanup;
    bool success = finalise_slot(k, slot, exposed, &cleanup);
    if (exposed || success) {
        slot_empty(k, slot, cleanup);
    }
}

void slot_delete(struct kernel *k, struct slot *slot)
{
    delete_slot(k, slot, true);
}

void slot_delete_one(struct kernel *k, struct slot *slot)
{
    if (slot->cap.type == CAP_NULL) {
        return;
    }
    struct cap cleanup;
    cap_finalise(k, slot->cap, slot_is_final(k, slot), &cleanup);
    slot_empty(k, slot, cap_null());
}

void slot_revoke(struct kernel *k, struct slot *slot)
{
    while (slot->next && slot_is_parent(k, slot, slot->next)) {
        delete_slot(k, slot->next, true);
    }
}
