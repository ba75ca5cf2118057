/* SPDX-License-Identifier: BSD-2-Clause */
/* What ties an edit to others. */
#include "one_edit_ties.h"

#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "judge.h"
#include "normal_form.h"
#include "parties.h"
#include "settle.h"
#include "ties.h"
#include "uses.h"
#include "words.h"

/* ---- What is new or gone ---- */

/* Page tables are made as they are needed: two regions in one have nothing to do with each other. */
static void tie_object(struct one_edit *o, uint64_t object, size_t edit)
{
    enum capdl_kind kind;
    if (object >> 32 || capdl_review_in_both(o->review, object)) {
        return;
    }
    kind = capdl_review_kind(o->review, object);
    if (!capdl_kind_is_table(kind) && kind != CAPDL_KIND_IO_PT) {
        capdl_one_edit_tie(o, TIE_OBJECT, object, 0, 0, 0, edit);
    }
}

/* ---- Two subjects ---- */

/* Who alone receives what is sent to an endpoint or notification, other than `but`. */
static uint32_t receiver_of(struct review *review, const struct world *world, uint32_t object, uint32_t but)
{
    const struct parties *parties = capdl_review_parties(review, world, object);
    uint32_t found = REVIEW_NONE;
    for (size_t i = world->first_holder[object]; i < world->first_holder[object + 1]; i++) {
        uint32_t holder = world->holders[i].container, owner = capdl_review_owner(world, holder);
        if (capdl_object_kind(world->spec, holder) == CAPDL_KIND_TCB && owner != but &&
            capdl_review_held(world, i)->slot == CAPDL_TCB_SLOT_BOUND_NOTIFICATION) {
            return owner;
        }
    }
    for (size_t i = 0; i < parties->count; i++) {
        uint32_t who = parties->list[i].who;
        if (parties->list[i].rights & CAPDL_RIGHT_READ && who != but && who != found) {
            if (found != REVIEW_NONE) {
                return REVIEW_NONE;
            }
            found = who;
        }
    }
    return found;
}

/* Whom a capability concerns besides its holder: who receives there, or whose the object is. */
static uint32_t other_party(struct review *review, const struct world *world, const struct capdl_cap *cap, uint32_t who)
{
    if (cap->object == CAPDL_NO_OBJECT) {
        return REVIEW_NONE;
    }
    return cap->kind == CAPDL_KIND_EP || cap->kind == CAPDL_KIND_NOTIFICATION
               ? receiver_of(review, world, cap->object, who)
               : capdl_review_owner(world, cap->object);
}

static void tie_pair(struct one_edit *o, const struct edit *edit, bool new, size_t number)
{
    struct review *review = o->review;
    const struct world *world = new ? &review->new : &review->old;
    const struct capdl_cap *cap = new ? edit->new : edit->old;
    uint32_t holder = new ? edit->new_holder : edit->old_holder, who, other;
    size_t count;
    uint32_t *users;
    if (!cap || capdl_object_kind(world->spec, holder) != CAPDL_KIND_CNODE) {
        return;
    }
    users = capdl_review_users(world, holder, &count);
    who = count == 1 ? users[0] : REVIEW_NONE;
    free(users);
    other = who == REVIEW_NONE ? REVIEW_NONE : other_party(review, world, cap, who);
    if (other != REVIEW_NONE && other != who) {
        capdl_one_edit_tie(o, TIE_PAIR, who < other ? who : other, who < other ? other : who, 0, 0, number);
    }
}

/* ---- Numbers, exchanges, shifts ---- */

static bool has_badge(const struct capdl_cap *cap)
{
    return cap && (cap->kind == CAPDL_KIND_EP || cap->kind == CAPDL_KIND_NOTIFICATION) && cap->data &&
           cap->rights & CAPDL_RIGHT_WRITE;
}

/* Of a capability that is only gone or only new: who finds it elsewhere has it moved. */
static void tie_move(struct one_edit *o, const struct edit *edit, size_t number)
{
    const struct world *world = edit->new ? &o->review->new : &o->review->old;
    const struct capdl_cap *cap = edit->new ? edit->new : edit->old;
    if (!edit->old != !edit->new && cap->object != CAPDL_NO_OBJECT) {
        struct plain_cap plain = capdl_review_cap(world->spec, cap);
        capdl_one_edit_tie(o, TIE_MOVE, capdl_review_target_number(world, cap), plain.rights, plain.data,
                           edit->new ? SIDE_NEW : SIDE_OLD, number);
    }
}

static void tie_numbers(struct one_edit *o, const struct edit *edit, size_t number)
{
    const struct world *old = &o->review->old, *new = &o->review->new;
    uint64_t before = edit->old ? capdl_review_target_number(old, edit->old) : REVIEW_DEFAULT;
    uint64_t after = edit->new ? capdl_review_target_number(new, edit->new) : REVIEW_DEFAULT;
    bool badge = has_badge(edit->old) && has_badge(edit->new) && before == after && edit->old->data != edit->new->data;
    uint64_t from = edit->old ? old->object_number[edit->old_holder] : REVIEW_DEFAULT;
    uint64_t to = edit->new ? new->object_number[edit->new_holder] : REVIEW_DEFAULT;
    bool slot = from == to && before == after && edit->old->slot != edit->new->slot;
    if (has_badge(edit->old) && (badge || before != after)) {
        capdl_one_edit_tie(o, TIE_BADGE, before, edit->old->data, 0, SIDE_OLD | (badge ? SIDE_CHANGED : 0), number);
    }
    if (has_badge(edit->new) && (badge || before != after)) {
        capdl_one_edit_tie(o, TIE_BADGE, after, edit->new->data, 0, SIDE_NEW | (badge ? SIDE_CHANGED : 0), number);
    }
    if (badge && capdl_object_kind(new->spec, edit->new_holder) == CAPDL_KIND_TCB) {
        capdl_one_edit_tie(o, TIE_THREAD, capdl_review_owner(new, edit->new_holder), edit->new->data - edit->old->data,
                           0, 0, number);
    }
    if (badge) {
        bool up = edit->old->data < edit->new->data;
        capdl_one_edit_tie(o, TIE_SWAP, after, up ? edit->old->data : edit->new->data,
                           up ? edit->new->data : edit->old->data, up ? SIDE_OLD : SIDE_NEW, number);
    }
    if (edit->old && (slot || before != after)) {
        capdl_one_edit_tie(o, TIE_SLOT, from, edit->old->slot, 0, SIDE_OLD | (slot ? SIDE_CHANGED : 0), number);
    }
    if (edit->new && (slot || before != after)) {
        capdl_one_edit_tie(o, TIE_SLOT, to, edit->new->slot, 0, SIDE_NEW | (slot ? SIDE_CHANGED : 0), number);
    }
    if (slot && edit->same) {
        capdl_one_edit_tie(o, TIE_SHIFT, to, edit->new->slot - edit->old->slot, 0, 0, number);
    }
    if (edit->old && edit->new &&before != after) {
        bool up = before < after;
        capdl_one_edit_tie(o, TIE_TARGET, up ? before : after, up ? after : before, 0, up ? SIDE_OLD : SIDE_NEW,
                           number);
    }
}

static void tie_field(struct one_edit *o, const struct edit *edit, size_t number)
{
    const struct world *new = &o->review->new;
    uint32_t object = (uint32_t)edit->object;
    enum capdl_kind kind = capdl_object_kind(new->spec, object);
    bool up = edit->old_value < edit->new_value;
    if (edit->field == FIELD_CONTENT || !edit->has_old || !edit->has_new) {
        return;
    }
    capdl_one_edit_tie(o, TIE_FIELD, (uint64_t)kind << 32 | edit->field, up ? edit->old_value : edit->new_value,
                       up ? edit->new_value : edit->old_value, up ? SIDE_OLD : SIDE_NEW, number);
    if (edit->field == FIELD_IRQ) {
        capdl_one_edit_tie(o, TIE_IRQ, edit->old_value, 0, 0, SIDE_OLD, number);
        capdl_one_edit_tie(o, TIE_IRQ, edit->new_value, 0, 0, SIDE_NEW, number);
    }
    if (edit->field == FIELD_DATA) {
        capdl_one_edit_tie(o, TIE_THREAD, capdl_review_owner(new, object), edit->new_value - edit->old_value, 0, 0,
                           number);
        capdl_one_edit_tie(o, TIE_DATA, edit->old_value, 0, 0, SIDE_OLD | SIDE_CHANGED, number);
        capdl_one_edit_tie(o, TIE_DATA, edit->new_value, 0, 0, SIDE_NEW | SIDE_CHANGED, number);
    }
    if (edit->field == FIELD_TCB + CAPDL_TCB_FIELD_SP) {
        capdl_one_edit_tie(o, TIE_STACK, capdl_review_owner(new, object), 0, 0, 0, number);
    }
    if (edit->field == FIELD_TCB + CAPDL_TCB_FIELD_AFFINITY) {
        capdl_one_edit_tie(o, TIE_CORE, capdl_review_owner(new, object), edit->old_value, edit->new_value, SIDE_THREAD,
                           number);
    }
    if (kind == CAPDL_KIND_ARM_IRQ && edit->field == FIELD_NUMBER + CAPDL_NUMBER_TARGET) {
        const struct parties *parties = capdl_review_parties(o->review, new, object);
        for (size_t i = 0; i < parties->count; i++) {
            capdl_one_edit_tie(o, TIE_CORE, parties->list[i].who, edit->old_value, edit->new_value, SIDE_INTERRUPT,
                               number);
        }
    }
}

/* ---- Stacks ---- */

static struct range find_stack(const struct world *world, uint32_t subject)
{
    enum { MOST_PAGES = 1 << 16 };
    const struct capdl_spec *spec = world->spec;
    const struct capdl_tcb *tcb = capdl_object_tcb(spec, world->subjects[subject].tcb);
    uint32_t root = world->subjects[subject].vspace;
    struct range range = {1, 0, true};
    uint8_t rights = 0;

    if (!tcb || !tcb->sp || root == REVIEW_NONE || root == CAPDL_NO_OBJECT) {
        return range;
    }
    for (int up = 0; up < 2; up++) {
        uint64_t address = up ? range.last + 1 : tcb->sp - 1, offset;
        for (unsigned i = 0; i < MOST_PAGES; i++) {
            const struct capdl_cap *page = capdl_review_page_at(spec, root, address, &offset);
            uint64_t size = page ? UINT64_C(1) << capdl_object_size_bits(spec, page->object) : 0;
            if (!page || (rights && page->rights != rights)) {
                break;
            }
            rights = page->rights;
            range.last = up || i == 0 ? address - offset + size - 1 : range.last;
            range.first = up ? range.first : address - offset;
            address = up ? range.last + 1 : range.first - 1;
        }
        if (range.last < range.first) {
            break;
        }
    }
    return range;
}

static struct range stack_of(struct one_edit *o, const struct world *world, uint32_t subject)
{
    struct range **stacks = world == &o->review->new ? &o->new_stacks : &o->old_stacks;
    if (!*stacks) {
        size_t size = (world->num_subjects + (size_t)1) * sizeof(**stacks);
        *stacks = memset(capdl_spec_realloc(NULL, size), 0, size);
    }
    if (!(*stacks)[subject].known) {
        (*stacks)[subject] = find_stack(world, subject);
    }
    return (*stacks)[subject];
}

static void tie_stack(struct one_edit *o, const struct world *world, uint32_t table, const struct capdl_cap *cap,
                      size_t number)
{
    if (!cap || cap->kind != CAPDL_KIND_FRAME || !capdl_kind_is_table(capdl_object_kind(world->spec, table))) {
        return;
    }
    for (size_t i = world->first_use[table]; i < world->first_use[table + 1]; i++) {
        const struct use *use = &world->uses[i];
        uint64_t address = use->shift < 64 ? use->address | cap->slot << use->shift : 0;
        struct range stack = use->who & USE_DEVICE ? (struct range){1, 0, true} : stack_of(o, world, use->who);
        if (address >= stack.first && address <= stack.last) {
            capdl_one_edit_tie(o, TIE_STACK, world->subject_number[use->who], 0, 0, 0, number);
        }
    }
}

/* The numbers that a new or gone object has. */
static void tie_numbers_of(struct one_edit *o, const struct edit *edit, size_t number)
{
    const struct world *world = edit->has_new ? &o->review->new : &o->review->old;
    uint32_t local = capdl_review_local(o->review, world, edit->object);
    unsigned side = edit->has_new ? SIDE_NEW : SIDE_OLD;
    const struct capdl_sc *sc =
        capdl_object_kind(world->spec, local) == CAPDL_KIND_SC ? capdl_object_sc(world->spec, local) : NULL;
    if (sc && sc->data) {
        capdl_one_edit_tie(o, TIE_DATA, sc->data, 0, 0, side, number);
    }
    for (size_t i = world->first_irq[local]; i < world->first_irq[local + 1]; i++) {
        capdl_one_edit_tie(o, TIE_IRQ, world->irqs[i], 0, 0, side, number);
    }
}

void capdl_one_edit_tie_all(struct one_edit *o, size_t number)
{
    struct review *review = o->review;
    const struct edit *edit = &review->edits.list[number];
    if (review->finding_of[number] == REVIEW_NONE) {
        return;
    }
    if (edit->kind == EDIT_OBJECT) {
        tie_object(o, edit->object, number);
        tie_numbers_of(o, edit, number);
    } else if (edit->kind == EDIT_FIELD) {
        tie_field(o, edit, number);
    } else if (edit->kind == EDIT_CAP) {
        tie_object(o, edit->object, number);
        if (edit->old) {
            tie_object(o, capdl_review_target_number(&review->old, edit->old), number);
        }
        if (edit->new) {
            tie_object(o, capdl_review_target_number(&review->new, edit->new), number);
        }
        tie_pair(o, edit, true, number);
        tie_pair(o, edit, false, number);
        tie_numbers(o, edit, number);
        tie_move(o, edit, number);
        tie_stack(o, &review->old, edit->old_holder, edit->old, number);
        tie_stack(o, &review->new, edit->new_holder, edit->new, number);
    }
}
