/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One edit of a source is one finding. What is written once, such as a channel, an interrupt or a protection domain,
 * becomes several edits of objects and capabilities. Here those that have a tie become one finding, under the gravest:
 *
 *     a new or gone object     all capabilities to it, what it signals, what lies in it
 *     two subjects             all that changes by which one reaches the other, but for memory
 *     numbers that move up     badges and slots, where one takes the number that another had
 *     an exchange              two values or objects, each where the other was
 *     a move                   a capability that is gone from one CNode or page table and is in another one
 *     a shift                  pages and capabilities that all move by the same distance
 *     a core                   a thread and its interrupts
 *     a stack                  its pages and the stack pointer
 *
 * What a program starts with changes with that: a word with a bit for each slot in use, a name, a table that the spec
 * has. Such data comes under the finding of the slot, of the name, or under the only one of its subject.
 */
#include <stdlib.h>
#include <string.h>

#include "private.h"

/* Which finding becomes the one that others are under: a thread's first, then that of a guest, then by rank. */
enum weight { WEIGHT_THREAD, WEIGHT_GUEST, WEIGHT_OTHER };

enum tie_kind {
    TIE_SWAP, /* of badges */
    TIE_FIELD,
    TIE_TARGET,
    TIE_OBJECT,
    TIE_PAIR,
    TIE_BADGE,
    TIE_SLOT,
    TIE_DATA,
    TIE_THREAD, /* its badges of faults and of timeout faults */
    TIE_MOVE,
    TIE_IRQ,
    TIE_SHIFT,
    TIE_CORE,
    TIE_STACK
};

/* What must come together in a tie, beside its key, to make it one. */
enum {
    SIDE_OLD = 1,     /* has the number in the old system, or is the exchange of the lesser value for the greater */
    SIDE_NEW = 2,     /* ... in the new one, or the other way round */
    SIDE_CHANGED = 4, /* has a number in both */
    SIDE_THREAD = 8,
    SIDE_INTERRUPT = 16,
};

/* Where a thread's stack is, to the last byte: the pages around its stack pointer, as far as they have the same rights.
 */
struct range {
    uint64_t first, last;
    bool known;
};

struct tie {
    uint64_t key[4];
    unsigned sides;
    uint32_t finding;
};

/* Whom the findings with a head concern. */
struct concern {
    uint32_t subject, head;
};

struct one_edit {
    struct review *review;
    struct tie *ties;
    size_t count, capacity;
    uint32_t *head; /* per finding: another one under which it is, or itself */
    uint8_t *weight;
    struct range *old_stacks, *new_stacks; /* per subject of that system */
    bool *is_data;                         /* per finding: that a program starts with other data, no other code */
    struct concern *concerns;              /* by subject */
    size_t num_concerns, concern_capacity;
};

/* ---- Findings under each other ---- */

static uint32_t head_of(struct one_edit *o, uint32_t finding)
{
    while (o->head[finding] != finding) {
        o->head[finding] = o->head[o->head[finding]];
        finding = o->head[finding];
    }
    return finding;
}

/* Of two of one rank, what only says which number something has comes later, and what is gone after what is new. */
static unsigned lateness(const struct raw_finding *raw)
{
    return (raw->field && strcmp(raw->field, "data") == 0 ? 2 : 0) + (raw->change == CAPDL_LOST);
}

static bool is_before(const struct one_edit *o, uint32_t a, uint32_t b)
{
    const struct raw_finding *x = &o->review->raw[a], *y = &o->review->raw[b];

    if (o->weight[a] != o->weight[b]) {
        return o->weight[a] < o->weight[b];
    }
    if (x->rank != y->rank) {
        return x->rank < y->rank;
    }
    return lateness(x) != lateness(y) ? lateness(x) < lateness(y) : a < b;
}

static void unite(struct one_edit *o, uint32_t a, uint32_t b)
{
    a = head_of(o, a);
    b = head_of(o, b);
    if (a == b || (o->weight[a] == WEIGHT_THREAD && o->weight[b] == WEIGHT_THREAD)) {
        return; /* each new or gone protection domain is a finding */
    }
    if (is_before(o, a, b)) {
        o->head[b] = a;
    } else {
        o->head[a] = b;
    }
}

static void weigh(struct one_edit *o)
{
    const struct review *review = o->review;

    memset(o->weight, WEIGHT_OTHER, review->num_raw);
    for (size_t i = 0; i < review->edits.count; i++) {
        const struct edit *edit = &review->edits.list[i];
        const struct world *world = edit->has_new ? &review->new : &review->old;
        uint32_t local;

        if (edit->kind != EDIT_OBJECT || capdl_review_kind(review, edit->object) != CAPDL_KIND_TCB) {
            continue;
        }
        local = capdl_review_local(review, world, edit->object);
        o->weight[review->finding_of[i]] =
            capdl_spec_cap_at(world->spec, local, CAPDL_TCB_SLOT_BOUND_VCPU) ? WEIGHT_GUEST : WEIGHT_THREAD;
    }
}

/* ---- Ties ---- */

static void tie(struct one_edit *o, enum tie_kind kind, uint64_t a, uint64_t b, uint64_t c, unsigned sides, size_t edit)
{
    o->ties = capdl_spec_grow(o->ties, &o->capacity, o->count + 1, sizeof(*o->ties));
    o->ties[o->count++] = (struct tie){{kind, a, b, c}, sides, o->review->finding_of[edit]};
}

static int tie_compare(const void *left, const void *right)
{
    const struct tie *a = left, *b = right;

    for (unsigned i = 0; i < sizeof(a->key) / sizeof(a->key[0]); i++) {
        if (a->key[i] != b->key[i]) {
            return a->key[i] < b->key[i] ? -1 : 1;
        }
    }
    return a->finding < b->finding ? -1 : a->finding > b->finding;
}

/* Which sides of a tie must be there. */
static unsigned sides_needed(enum tie_kind kind)
{
    switch (kind) {
    case TIE_BADGE:
    case TIE_SLOT:
    case TIE_DATA:
        return SIDE_OLD | SIDE_NEW | SIDE_CHANGED;
    case TIE_IRQ:
    case TIE_MOVE:
    case TIE_SWAP:
    case TIE_FIELD:
    case TIE_TARGET:
        return SIDE_OLD | SIDE_NEW;
    case TIE_CORE:
        return SIDE_THREAD | SIDE_INTERRUPT;
    case TIE_OBJECT:
    case TIE_PAIR:
    case TIE_THREAD:
    case TIE_SHIFT:
    case TIE_STACK:
        break;
    }
    return 0;
}

/* One for the other: the second half says so. */
static void unite_exchanged(struct one_edit *o, uint32_t a, uint32_t b)
{
    uint32_t first = head_of(o, a), second = head_of(o, b);

    unite(o, a, b);
    if (first != second && first == a && second == b && head_of(o, a) == head_of(o, b)) {
        o->review->raw[head_of(o, a) == a ? b : a].exchange = true;
    }
}

/* Ties with one key. */
static void unite_same(struct one_edit *o, const struct tie *ties, size_t count)
{
    enum tie_kind kind = (enum tie_kind)ties->key[0];
    bool exchange = kind == TIE_SWAP || kind == TIE_FIELD || kind == TIE_TARGET;
    unsigned sides = 0, needed = sides_needed(kind);

    for (size_t i = 0; i < count; i++) {
        sides |= ties[i].sides;
    }
    for (size_t i = 1; (sides & needed) == needed && i < count; i++) {
        if (exchange && count == 2) {
            unite_exchanged(o, ties[0].finding, ties[1].finding);
        } else {
            unite(o, ties[0].finding, ties[i].finding);
        }
    }
}

static void unite_tied(struct one_edit *o)
{
    if (o->count) {
        qsort(o->ties, o->count, sizeof(*o->ties), tie_compare);
    }
    for (size_t i = 0, end; i < o->count; i = end) {
        for (end = i; end < o->count && memcmp(o->ties[end].key, o->ties[i].key, sizeof(o->ties[i].key)) == 0;) {
            end++;
        }
        unite_same(o, o->ties + i, end - i);
    }
}

/* ---- What is new or gone ---- */

static bool in_both(const struct review *review, uint64_t object)
{
    return object >> 32 || (object < review->new.spec->num_objects && review->old_of[object] != REVIEW_NONE);
}

/* Page tables are made as they are needed: two regions in one have nothing to do with each other. */
static void tie_object(struct one_edit *o, uint64_t object, size_t edit)
{
    enum capdl_kind kind;

    if (object >> 32 || in_both(o->review, object)) {
        return;
    }
    kind = capdl_review_kind(o->review, object);
    if (!capdl_kind_is_table(kind) && kind != CAPDL_KIND_IO_PT) {
        tie(o, TIE_OBJECT, object, 0, 0, 0, edit);
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
        tie(o, TIE_PAIR, who < other ? who : other, who < other ? other : who, 0, 0, number);
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
        tie(o, TIE_MOVE, capdl_review_target_number(world, cap), plain.rights, plain.data,
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
        tie(o, TIE_BADGE, before, edit->old->data, 0, SIDE_OLD | (badge ? SIDE_CHANGED : 0), number);
    }
    if (has_badge(edit->new) && (badge || before != after)) {
        tie(o, TIE_BADGE, after, edit->new->data, 0, SIDE_NEW | (badge ? SIDE_CHANGED : 0), number);
    }
    if (badge && capdl_object_kind(new->spec, edit->new_holder) == CAPDL_KIND_TCB) {
        tie(o, TIE_THREAD, capdl_review_owner(new, edit->new_holder), edit->new->data - edit->old->data, 0, 0, number);
    }
    if (badge) {
        bool up = edit->old->data < edit->new->data;
        tie(o, TIE_SWAP, after, up ? edit->old->data : edit->new->data, up ? edit->new->data : edit->old->data,
            up ? SIDE_OLD : SIDE_NEW, number);
    }
    if (edit->old && (slot || before != after)) {
        tie(o, TIE_SLOT, from, edit->old->slot, 0, SIDE_OLD | (slot ? SIDE_CHANGED : 0), number);
    }
    if (edit->new && (slot || before != after)) {
        tie(o, TIE_SLOT, to, edit->new->slot, 0, SIDE_NEW | (slot ? SIDE_CHANGED : 0), number);
    }
    if (slot && edit->same) {
        tie(o, TIE_SHIFT, to, edit->new->slot - edit->old->slot, 0, 0, number);
    }
    if (edit->old && edit->new &&before != after) {
        bool up = before < after;
        tie(o, TIE_TARGET, up ? before : after, up ? after : before, 0, up ? SIDE_OLD : SIDE_NEW, number);
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
    tie(o, TIE_FIELD, (uint64_t)kind << 32 | edit->field, up ? edit->old_value : edit->new_value,
        up ? edit->new_value : edit->old_value, up ? SIDE_OLD : SIDE_NEW, number);
    if (edit->field == FIELD_IRQ) {
        tie(o, TIE_IRQ, edit->old_value, 0, 0, SIDE_OLD, number);
        tie(o, TIE_IRQ, edit->new_value, 0, 0, SIDE_NEW, number);
    }
    if (edit->field == FIELD_DATA) {
        tie(o, TIE_THREAD, capdl_review_owner(new, object), edit->new_value - edit->old_value, 0, 0, number);
        tie(o, TIE_DATA, edit->old_value, 0, 0, SIDE_OLD | SIDE_CHANGED, number);
        tie(o, TIE_DATA, edit->new_value, 0, 0, SIDE_NEW | SIDE_CHANGED, number);
    }
    if (edit->field == FIELD_TCB + CAPDL_TCB_FIELD_SP) {
        tie(o, TIE_STACK, capdl_review_owner(new, object), 0, 0, 0, number);
    }
    if (edit->field == FIELD_TCB + CAPDL_TCB_FIELD_AFFINITY) {
        tie(o, TIE_CORE, capdl_review_owner(new, object), edit->old_value, edit->new_value, SIDE_THREAD, number);
    }
    if (kind == CAPDL_KIND_ARM_IRQ && edit->field == FIELD_NUMBER + CAPDL_NUMBER_TARGET) {
        const struct parties *parties = capdl_review_parties(o->review, new, object);
        for (size_t i = 0; i < parties->count; i++) {
            tie(o, TIE_CORE, parties->list[i].who, edit->old_value, edit->new_value, SIDE_INTERRUPT, number);
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
            tie(o, TIE_STACK, world->subject_number[use->who], 0, 0, 0, number);
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
        tie(o, TIE_DATA, sc->data, 0, 0, side, number);
    }
    for (size_t i = world->first_irq[local]; i < world->first_irq[local + 1]; i++) {
        tie(o, TIE_IRQ, world->irqs[i], 0, 0, side, number);
    }
}

static void tie_edit(struct one_edit *o, size_t number)
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

/* ---- Names ---- */

/* Per object of the comparison: the finding of an edit of what it is, or of where it is. */
static uint32_t *find_told(const struct one_edit *o)
{
    const struct review *review = o->review;
    size_t size = (review->new.spec->num_objects + (size_t)review->old.spec->num_objects + 1) * sizeof(uint32_t);
    uint32_t *told = memset(capdl_spec_realloc(NULL, size), 0xff, size);

    for (size_t i = 0; i < review->edits.count; i++) {
        const struct edit *edit = &review->edits.list[i];
        uint64_t object = edit->kind == EDIT_CAP && edit->same ? capdl_review_target_number(&review->new, edit->new)
                          : edit->kind == EDIT_OBJECT || edit->kind == EDIT_FIELD ? edit->object
                                                                                  : REVIEW_DEFAULT;
        if (!(object >> 32)) {
            told[object] = review->finding_of[i];
        }
    }
    for (size_t i = 0; i < review->edits.count; i++) { /* or of what is in it: tables are named after their pages */
        const struct edit *edit = &review->edits.list[i];
        uint32_t old = edit->kind == EDIT_CAP && edit->old ? review->old.object_number[edit->old_holder] : REVIEW_NONE;

        if (old != REVIEW_NONE && told[old] == REVIEW_NONE) {
            told[old] = review->finding_of[i];
        }
        if (edit->kind == EDIT_CAP && edit->new &&told[edit->object] == REVIEW_NONE) {
            told[edit->object] = review->finding_of[i];
        }
    }
    return told;
}

/* What gave an object of the old system another name: an edit of it, or an object that is new or gone and has that
   name, perhaps by way of others that have each other's. */
static uint32_t why_renamed(const struct review *review, const uint32_t *told, uint32_t object)
{
    enum { MOST_STEPS = 1000 };
    const struct capdl_spec *old = review->old.spec, *new = review->new.spec;
    uint32_t count = new->num_objects, at = object, now = review->matched[object], other;

    if (told[now] != REVIEW_NONE) {
        return told[now];
    }
    for (unsigned i = 0; i < MOST_STEPS; i++) { /* who has its name now? */
        other = capdl_spec_find(new, capdl_object_name(old, at), capdl_object_index(old, at));
        if (other == CAPDL_NO_OBJECT) {
            break;
        }
        if (review->old_of[other] == REVIEW_NONE) {
            return told[other];
        }
        at = review->old_of[other];
    }
    for (unsigned i = 0; i < MOST_STEPS; i++) { /* who had its new name? */
        other = capdl_spec_find(old, capdl_object_name(new, now), capdl_object_index(new, now));
        if (other == CAPDL_NO_OBJECT) {
            break;
        }
        if (review->matched[other] == REVIEW_NONE) {
            return told[count + other];
        }
        now = review->matched[other];
    }
    return REVIEW_NONE;
}

/* Names that tools make of addresses and numbers, or of the place in an array, change with these. */
static void unite_names(struct one_edit *o, uint32_t names)
{
    const struct review *review = o->review;
    uint32_t *told = find_told(o), head = REVIEW_NONE;

    for (uint32_t i = 0; i < review->old.spec->num_objects; i++) {
        uint32_t now = review->matched[i], why;

        if (now == REVIEW_NONE || capdl_review_same_name(review->old.spec, i, review->new.spec, now)) {
            continue;
        }
        why = why_renamed(review, told, i);
        if (why == REVIEW_NONE || (head != REVIEW_NONE && head_of(o, why) != head)) {
            head = REVIEW_NONE;
            break;
        }
        head = head_of(o, why);
    }
    if (head != REVIEW_NONE) {
        o->head[names] = head;
    }
    free(told);
}

/* ---- Data ---- */

static bool is_slot_used(const struct world *world, uint32_t cnode, uint64_t slot)
{
    return capdl_spec_cap_at(world->spec, cnode, slot) != NULL;
}

/* Whether a word has a bit for each slot of a CNode that is in use, from slot `first` on. */
static bool has_bits_of_slots(const struct world *world, uint32_t cnode, uint64_t first, uint64_t word)
{
    for (unsigned i = 0; i < 64; i++) {
        if ((word >> i & 1) != is_slot_used(world, cnode, first + i)) {
            return false;
        }
    }
    return true;
}

/* The finding of the edit that takes or frees the slot of a bit, by which a word of a subject's data differs. */
static uint32_t find_slot(const struct one_edit *o, uint32_t subject, const struct changed_word *word)
{
    const struct review *review = o->review;
    unsigned bit = (unsigned)__builtin_ctzll(word->old ^ word->new);

    for (size_t i = 0; i < review->edits.count; i++) {
        const struct edit *edit = &review->edits.list[i];
        const struct world *world = edit->has_new ? &review->new : &review->old;
        uint32_t cnode = edit->has_new ? edit->new_holder : edit->old_holder, was, now;
        uint64_t slot;

        if (edit->kind != EDIT_CAP || capdl_object_kind(world->spec, cnode) != CAPDL_KIND_CNODE ||
            capdl_review_owner(world, cnode) != subject || review->finding_of[i] == REVIEW_NONE) {
            continue;
        }
        was = capdl_review_local(review, &review->old, world->object_number[cnode]);
        now = capdl_review_local(review, &review->new, world->object_number[cnode]);
        slot = (word->new >> bit & 1) && edit->new ? edit->new->slot : edit->old ? edit->old->slot : 0;
        if (was != REVIEW_NONE && now != REVIEW_NONE && slot >= bit &&
            has_bits_of_slots(&review->old, was, slot - bit, word->old) &&
            has_bits_of_slots(&review->new, now, slot - bit, word->new)) {
            return review->finding_of[i];
        }
    }
    return REVIEW_NONE;
}

static int concern_compare(const void *left, const void *right)
{
    const struct concern *a = left, *b = right;

    if (a->subject != b->subject) {
        return a->subject < b->subject ? -1 : 1;
    }
    return a->head < b->head ? -1 : a->head > b->head;
}

static void concern_add(struct one_edit *o, uint32_t subject, uint32_t finding)
{
    o->concerns = capdl_spec_grow(o->concerns, &o->concern_capacity, o->num_concerns + 1, sizeof(*o->concerns));
    o->concerns[o->num_concerns++] = (struct concern){subject, head_of(o, finding)};
}

/* All findings but those of data; subject REVIEW_NONE: of any. */
static void find_concerns(struct one_edit *o)
{
    struct review *review = o->review;
    size_t kept = 0;

    for (uint32_t i = 0; i < review->num_raw; i++) {
        const struct raw_finding *raw = &review->raw[i];

        if (o->is_data[head_of(o, i)] || raw->change == CAPDL_RENAMED) {
            continue;
        }
        concern_add(o, REVIEW_NONE, i);
        for (size_t j = 0; j < raw->num_subjects; j++) {
            concern_add(o, raw->subjects[j], i);
        }
    }
    if (o->num_concerns) {
        qsort(o->concerns, o->num_concerns, sizeof(*o->concerns), concern_compare);
    }
    for (size_t i = 0; i < o->num_concerns; i++) {
        if (!kept || concern_compare(&o->concerns[kept - 1], &o->concerns[i]) != 0) {
            o->concerns[kept++] = o->concerns[i];
        }
    }
    o->num_concerns = kept;
}

/* The only finding that concerns a subject; num: how many do. */
static uint32_t only_concern(const struct one_edit *o, uint32_t subject, size_t *num)
{
    size_t low = 0, high = o->num_concerns;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (o->concerns[middle].subject < subject) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (*num = 0; low + *num < o->num_concerns && o->concerns[low + *num].subject == subject;) {
        ++*num;
    }
    return *num == 1 ? o->concerns[low].head : REVIEW_NONE;
}

/* What the data of a finding is. */
struct data {
    uint32_t subject, slot; /* slot: the finding of one that a word has a bit for, or REVIEW_NONE */
    size_t num_frames, num_words;
    bool program, all_slots;
};

static struct data look_at_data(const struct one_edit *o, uint32_t finding)
{
    const struct review *review = o->review;
    struct data data = {review->raw[finding].subjects[0], REVIEW_NONE, 0, 0, false, true};

    for (size_t i = 0; i < review->edits.count; i++) {
        const struct edit *edit = &review->edits.list[i];
        struct changed_word words[MOST_CHANGED_WORDS];
        uint32_t frame = (uint32_t)edit->object;
        size_t count;

        if (review->finding_of[i] != finding || edit->kind != EDIT_FIELD) {
            continue;
        }
        data.num_frames++;
        count = capdl_review_changed_words(review, review->old_of[frame], frame, words);
        data.program |= count > MOST_CHANGED_WORDS && capdl_review_is_program(review, frame);
        data.all_slots &= count <= MOST_CHANGED_WORDS;
        for (size_t j = 0; count <= MOST_CHANGED_WORDS && j < count; j++) {
            uint32_t found = find_slot(o, data.subject, &words[j]);
            data.program |= words[j].program;
            data.all_slots &= found != REVIEW_NONE;
            data.slot = data.slot == REVIEW_NONE ? found : data.slot;
            data.num_words++;
        }
    }
    return data;
}

/* Data that is all of one program and no code goes under the finding that explains it, by its segments. */
static void unite_data(struct one_edit *o, uint32_t finding, uint32_t names)
{
    struct data data = look_at_data(o, finding);
    size_t num, all;
    uint32_t only = only_concern(o, data.subject, &num), single = only_concern(o, REVIEW_NONE, &all);
    uint32_t head = REVIEW_NONE;

    if (data.all_slots && data.slot != REVIEW_NONE) {
        head = head_of(o, data.slot);
    } else if (data.num_frames == 1 && !data.program) {
        head = only != REVIEW_NONE                            ? only
               : num == 0 && single != REVIEW_NONE            ? single
               : num == 0 && all == 0 && names != REVIEW_NONE ? names
                                                              : REVIEW_NONE;
    }
    if (head == REVIEW_NONE) {
        return;
    }
    o->head[finding] = head;
    o->review->raw[finding].told = true;
    for (uint32_t i = finding + 1; data.all_slots && i < o->review->num_raw; i++) {
        struct raw_finding *raw = &o->review->raw[i];

        if (raw->cause == finding && raw->rank < o->review->raw[head].rank) {
            raw->rank = o->review->raw[head].rank; /* it says no more than that a slot is in use */
        }
    }
}

static void unite_all_data(struct one_edit *o)
{
    struct review *review = o->review;
    uint32_t names = REVIEW_NONE;

    for (uint32_t i = 0; i < review->num_raw; i++) {
        const struct raw_finding *raw = &review->raw[i];

        names = raw->change == CAPDL_RENAMED ? i : names;
        o->is_data[i] = raw->cause == REVIEW_NONE && raw->data_only && raw->num_subjects == 1;
    }
    find_concerns(o);
    for (uint32_t i = 0; i < review->num_raw; i++) {
        if (o->is_data[i] && head_of(o, i) == i) {
            unite_data(o, i, names);
        }
    }
    if (names != REVIEW_NONE) {
        unite_names(o, names);
    }
}

void capdl_review_unite(struct review *review, uint32_t *joined)
{
    struct one_edit o = {.review = review};

    o.head = capdl_review_identity((uint32_t)review->num_raw);
    o.weight = capdl_spec_realloc(NULL, review->num_raw + 1);
    o.is_data = capdl_spec_realloc(NULL, review->num_raw + 1);
    for (uint32_t i = 0; i < review->num_raw; i++) {
        o.head[i] = review->raw[i].cause == REVIEW_NONE ? joined[i] : review->raw[i].cause;
    }
    weigh(&o);
    for (size_t i = 0; i < review->edits.count; i++) {
        tie_edit(&o, i);
    }
    unite_tied(&o);
    unite_all_data(&o);
    for (uint32_t i = 0; i < review->num_raw; i++) {
        joined[i] = review->raw[i].cause == REVIEW_NONE ? head_of(&o, i) : i;
    }
    free(o.ties);
    free(o.head);
    free(o.weight);
    free(o.is_data);
    free(o.concerns);
    free(o.old_stacks);
    free(o.new_stacks);
}
