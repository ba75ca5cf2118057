/* SPDX-License-Identifier: BSD-2-Clause */
/* What is so in one of two systems only, and how grave that is. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

/* Facts with the same relation, subject and object that only one of the specs has. The i-th ones are taken to be a
 * change. */
struct change {
    const struct fact *old, *new; /* either may be NULL */
};

static bool in_both(const struct review *review, uint64_t object)
{
    return object >> 32 || (object < review->new.spec->num_objects && review->in_old[object]);
}

/* Whether the subject itself is what the object belongs to. */
static bool is_own(const struct review *review, uint32_t subject, uint64_t object)
{
    uint32_t count = review->new.spec->num_objects;
    const struct world *world = object < count ? &review->new : &review->old;
    uint32_t owner;

    if (object >> 32) {
        return false;
    }
    owner = world->owner[object < count ? object : object - count];
    return owner != REVIEW_NONE && world->subject_number[owner] == subject;
}

static enum capdl_rank message_rank(uint64_t gained)
{
    return gained & CAPDL_RIGHT_GRANT  ? CAPDL_RANK_TRANSFER
           : gained & CAPDL_RIGHT_READ ? CAPDL_RANK_RECEIVE
                                       : CAPDL_RANK_FLOW;
}

static enum capdl_rank memory_rank(const struct review *review, uint64_t object, uint64_t gained, uint64_t now)
{
    bool shared = capdl_review_memory_shared(&review->new_memory, object);
    bool write_and_execute = (now & CAPDL_RIGHT_WRITE) && (now & CAPDL_RIGHT_EXECUTE);

    if (capdl_review_memory_fixed(&review->new_memory, object)) {
        return CAPDL_RANK_HARDWARE;
    }
    if (shared && (gained & CAPDL_RIGHT_WRITE)) {
        return CAPDL_RANK_SHARED;
    }
    if (write_and_execute || (shared && (gained & CAPDL_RIGHT_EXECUTE))) {
        return CAPDL_RANK_EXECUTE;
    }
    if (shared) {
        return CAPDL_RANK_SHARED;
    }
    if (gained & CAPDL_RIGHT_EXECUTE && in_both(review, object)) {
        return CAPDL_RANK_EXECUTE;
    }
    return CAPDL_RANK_HELD;
}

static enum capdl_rank gain_rank(const struct review *review, const struct fact *fact, uint64_t gained)
{
    enum capdl_kind kind = capdl_review_kind(review, fact->object);
    bool own = is_own(review, fact->subject, fact->object);

    switch (kind) {
    case CAPDL_KIND_UT:
    case CAPDL_KIND_LEFTOVER:
    case CAPDL_KIND_ASID_POOL:
    case CAPDL_KIND_IRQ_CONTROL:
    case CAPDL_KIND_ASID_CONTROL:
    case CAPDL_KIND_IO_SPACE_MASTER:
    case CAPDL_KIND_DOMAIN:
    case CAPDL_KIND_SCHED_CONTROL:
        return CAPDL_RANK_RESHAPE;
    case CAPDL_KIND_CNODE:
        return own ? CAPDL_RANK_HELD : CAPDL_RANK_RESHAPE;
    case CAPDL_KIND_TCB:
    case CAPDL_KIND_SC:
        return own ? CAPDL_RANK_TIME : CAPDL_RANK_CONTROL;
    case CAPDL_KIND_VCPU:
        return CAPDL_RANK_CONTROL;
    case CAPDL_KIND_IO_DEVICE:
    case CAPDL_KIND_IO_PT:
    case CAPDL_KIND_ARM_IO_DEVICE:
    case CAPDL_KIND_STREAMID:
    case CAPDL_KIND_CONTEXTBANK:
        return CAPDL_RANK_DMA;
    case CAPDL_KIND_SMC:
    case CAPDL_KIND_IO_PORTS:
        return CAPDL_RANK_HARDWARE;
    case CAPDL_KIND_EP:
    case CAPDL_KIND_NOTIFICATION:
        return message_rank(gained);
    case CAPDL_KIND_ARM_SGI_SIGNAL:
        return CAPDL_RANK_FLOW;
    case CAPDL_KIND_FRAME:
        return memory_rank(review, fact->object, gained, fact->value);
    case CAPDL_KIND_PT:
    case CAPDL_KIND_PD:
    case CAPDL_KIND_PUD:
    case CAPDL_KIND_PGD:
    case CAPDL_KIND_PDPT:
    case CAPDL_KIND_PML4:
    case CAPDL_KIND_EPT_PML4:
    case CAPDL_KIND_EPT_PDPT:
    case CAPDL_KIND_EPT_PD:
    case CAPDL_KIND_EPT_PT:
        return own ? CAPDL_RANK_HELD : CAPDL_RANK_CONTROL;
    case CAPDL_KIND_IRQ:
    case CAPDL_KIND_IOAPIC_IRQ:
    case CAPDL_KIND_MSI_IRQ:
    case CAPDL_KIND_ARM_IRQ:
    case CAPDL_KIND_RISCV_IRQ:
        return CAPDL_RANK_INTERRUPT;
    case CAPDL_KIND_RTREPLY:
    case CAPDL_KIND_PROGRAM:
    case CAPDL_KIND_COUNT:
        break;
    }
    return CAPDL_RANK_HELD;
}

const char *capdl_review_rights(enum capdl_kind kind, uint64_t rights, char text[8])
{
    return rights & CAPDL_RIGHTS_ALL ? capdl_rights_text(kind, rights, text) : "-";
}

static void judge_new_cap(struct review *review, const struct world *world, const struct fact *fact,
                          enum capdl_rank rank, const char *verb)
{
    enum capdl_kind kind = capdl_review_kind(review, fact->object);
    char rights[8];

    if (capdl_kind_has(kind, CAPDL_TRAIT_BADGE) && fact->detail) {
        capdl_review_add(review, rank, world, fact, verb, " (%s, badge %" PRIu64 ")",
                         capdl_review_rights(kind, fact->value, rights), fact->detail);
    } else if (capdl_kind_has(kind, CAPDL_TRAIT_RIGHTS)) {
        capdl_review_add(review, rank, world, fact, verb, " (%s)", capdl_review_rights(kind, fact->value, rights));
    } else {
        capdl_review_add(review, rank, world, fact, verb, "%s", "");
    }
}

static void judge_rights(struct review *review, const struct fact *old, const struct fact *new, const char *verb)
{
    enum capdl_kind kind = capdl_review_kind(review, new->object);
    uint64_t gained = new->value & ~old->value &CAPDL_RIGHTS_ALL;
    char before[8], after[8];

    if ((new->value &CAPDL_RIGHTS_ALL) != (old->value & CAPDL_RIGHTS_ALL)) {
        capdl_review_add(review, gained ? gain_rank(review, new, gained) : CAPDL_RANK_REMOVED, &review->new, new, verb,
                         " (%s) instead of (%s)", capdl_review_rights(kind, new->value, after),
                         capdl_review_rights(kind, old->value, before));
    }
    if ((new->value ^ old->value) & MAP_UNCACHED) {
        capdl_review_add(review, CAPDL_RANK_ATTRIBUTES, &review->new, new,
                         new->value &MAP_UNCACHED ? "no longer caches" : "now caches", "%s", "");
    }
}

static void judge_hold(struct review *review, struct change change)
{
    if (!change.old) {
        judge_new_cap(review, &review->new, change.new, gain_rank(review, change.new, change.new->value), "gains");
    } else if (!change.new) {
        judge_new_cap(review, &review->old, change.old, CAPDL_RANK_REMOVED, "loses");
    } else {
        judge_rights(review, change.old, change.new, "holds");
        if (change.old->detail != change.new->detail) {
            capdl_review_add(review, CAPDL_RANK_IDENTITY, &review->new, change.new, "uses",
                             " with badge %" PRIu64 " instead of %" PRIu64, change.new->detail, change.old->detail);
        }
    }
}

static void judge_map(struct review *review, struct change change)
{
    if (!change.old) {
        judge_new_cap(review, &review->new, change.new,
                      memory_rank(review, change.new->object, change.new->value, change.new->value), "now maps");
    } else if (!change.new) {
        judge_new_cap(review, &review->old, change.old, CAPDL_RANK_REMOVED, "no longer maps");
    } else {
        judge_rights(review, change.old, change.new, "maps");
    }
}

static void judge_dma(struct review *review, struct change change)
{
    const struct fact *fact = change.new ? change.new : change.old;
    bool more = change.new && (!change.old || change.new->value & ~change.old->value);
    char device[REVIEW_LABEL], rights[8];

    capdl_review_add(review, more ? CAPDL_RANK_DMA : CAPDL_RANK_REMOVED, change.new ? &review->new : &review->old, fact,
                     "", change.new ? " can be reached (%s) by %s" : " can no longer be reached (%s) by %s",
                     capdl_review_rights(CAPDL_KIND_FRAME, fact->value, rights),
                     capdl_review_object(review, fact->detail, device));
}

static void judge_object(struct review *review, struct change change)
{
    const struct fact *fact = change.new ? change.new : change.old;
    bool thread = fact->value == CAPDL_KIND_TCB;

    if (change.old && change.new) {
        return;
    }
    capdl_review_add(review,
                     !thread      ? CAPDL_RANK_LAYOUT
                     : change.new ? CAPDL_RANK_FLOW
                                  : CAPDL_RANK_REMOVED,
                     change.new ? &review->new : &review->old, fact, "", change.new ? " is new" : " is gone");
}

static void judge_handler(struct review *review, struct change change)
{
    const struct fact *fact = change.new ? change.new : change.old;
    const char *what = fact->detail ? "the timeout fault handler of" : "the fault handler of";
    char after[REVIEW_LABEL], before[REVIEW_LABEL];

    if (!in_both(review, fact->object)) {
        return;
    }
    if (!change.new) {
        capdl_review_add(review, CAPDL_RANK_FAULTS, &review->old, fact, what, " is gone; it was %s",
                         capdl_review_object(review, fact->value, before));
    } else {
        capdl_review_add(review, CAPDL_RANK_FAULTS, &review->new, fact, what, " is %s instead of %s",
                         capdl_review_object(review, fact->value, after),
                         change.old ? capdl_review_object(review, change.old->value, before) : "none");
    }
}

static void judge_fault_badge(struct review *review, struct change change)
{
    if (change.old && change.new) {
        capdl_review_add(review, CAPDL_RANK_IDENTITY, &review->new, change.new,
                         change.new->detail ? "timeout faults of" : "faults of",
                         " carry badge %" PRIu64 " instead of %" PRIu64, change.new->value, change.old->value);
    }
}

static enum capdl_rank bound_rank(uint64_t slot)
{
    return slot == CAPDL_TCB_SLOT_SC           ? CAPDL_RANK_TIME
           : slot == CAPDL_TCB_SLOT_BOUND_VCPU ? CAPDL_RANK_CONTROL
                                               : CAPDL_RANK_BEHAVIOUR;
}

static void judge_bound(struct review *review, struct change change)
{
    static const char *const slots[] = {
#define CAPDL_TCB_SLOT(id, number, name) [number] = name,
#include <capdl/tcbslots.def>
#undef CAPDL_TCB_SLOT
    };
    const struct fact *fact = change.new ? change.new : change.old;
    char after[REVIEW_LABEL], before[REVIEW_LABEL];

    if (in_both(review, fact->object)) {
        capdl_review_add(review, bound_rank(fact->detail), change.new ? &review->new : &review->old, fact, "",
                         " has %s in %s instead of %s",
                         change.new ? capdl_review_object(review, change.new->value, after) : "nothing",
                         fact->detail < sizeof(slots) / sizeof(slots[0]) ? slots[fact->detail] : "a slot",
                         change.old ? capdl_review_object(review, change.old->value, before) : "nothing");
    }
}

static enum capdl_rank number_rank(enum capdl_kind kind, enum capdl_rank rank)
{
    if (rank == CAPDL_RANK_ATTRIBUTES && kind == CAPDL_KIND_UT) {
        return CAPDL_RANK_RESHAPE;
    }
    if (rank == CAPDL_RANK_ATTRIBUTES && kind != CAPDL_KIND_FRAME) {
        return kind == CAPDL_KIND_SC ? CAPDL_RANK_TIME : CAPDL_RANK_BEHAVIOUR;
    }
    return rank;
}

static void judge_number(struct review *review, struct change change)
{
    const struct fact *fact = change.new ? change.new : change.old;
    enum capdl_kind kind = capdl_review_kind(review, fact->object);
    struct attribute attribute = capdl_review_attribute(kind, fact->detail);
    enum capdl_rank rank = number_rank(kind, attribute.rank);

    if (!in_both(review, fact->object)) {
        return;
    }
    if (!change.old) {
        capdl_review_add(review, rank, &review->new, fact, "", " has %s 0x%" PRIx64 " instead of none", attribute.text,
                         fact->value);
    } else if (!change.new) {
        capdl_review_add(review, rank, &review->old, fact, "", " has no %s instead of 0x%" PRIx64, attribute.text,
                         fact->value);
    } else {
        capdl_review_add(review, rank, &review->new, fact, "",
                         fact->value > 9999 ? " has %s 0x%" PRIx64 " instead of 0x%" PRIx64
                                            : " has %s %" PRIu64 " instead of %" PRIu64,
                         attribute.text, fact->value, change.old->value);
    }
}

static void judge_content(struct review *review, struct change change)
{
    const struct fact *fact = change.new ? change.new : change.old;

    capdl_review_add(review, CAPDL_RANK_PROGRAM, change.new ? &review->new : &review->old, fact, "",
                     !change.old   ? " holds data where there was none"
                     : !change.new ? " no longer holds data"
                                   : " holds other data");
}

static void judge_irq(struct review *review, struct change change)
{
    struct fact fact = change.new ? *change.new : *change.old;
    char after[REVIEW_LABEL], before[REVIEW_LABEL];
    uint64_t number = fact.object;

    fact.object = FINDING_NO_OBJECT;
    capdl_review_add(review, CAPDL_RANK_INTERRUPT, &review->new, &fact, "", "interrupt %" PRIu64 " is %s instead of %s",
                     number, change.new ? capdl_review_object(review, change.new->value, after) : "nobody's",
                     change.old ? capdl_review_object(review, change.old->value, before) : "nobody's");
}

static void judge_signal(struct review *review, struct change change)
{
    const struct fact *fact = change.new ? change.new : change.old;
    char after[REVIEW_LABEL], before[REVIEW_LABEL];

    if (change.old && change.new &&change.old->detail == change.new->detail) {
        capdl_review_add(review, CAPDL_RANK_INTERRUPT, &review->new, fact, "",
                         " signals badge %" PRIu64 " instead of %" PRIu64, change.new->value, change.old->value);
    } else {
        capdl_review_add(review, CAPDL_RANK_INTERRUPT, change.new ? &review->new : &review->old, fact, "",
                         " signals %s instead of %s",
                         change.new ? capdl_review_object(review, change.new->detail, after) : "nothing",
                         change.old ? capdl_review_object(review, change.old->detail, before) : "nothing");
    }
}

static void judge_schedule(struct review *review, struct change change)
{
    struct fact fact = change.new ? *change.new : *change.old;

    fact.object = FINDING_NO_OBJECT;
    capdl_review_add(review, CAPDL_RANK_TIME, &review->new, &fact, "", "the domain schedule has changed");
}

static void judge_derived(struct review *review, struct change change)
{
    const struct fact *fact = change.new ? change.new : change.old;

    capdl_review_add(review, CAPDL_RANK_IDENTITY, change.new ? &review->new : &review->old, fact, "",
                     change.old && change.new ? ": the capability in slot %" PRIu64 " has another parent"
                     : change.new             ? ": the capability in slot %" PRIu64 " is now a derived one"
                                              : ": the capability in slot %" PRIu64 " is no longer a derived one",
                     fact->detail);
}

static void judge_change(struct review *review, struct change change)
{
    static void (*const judges[])(struct review *, struct change) = {
        [RELATION_OBJECT] = judge_object,   [RELATION_HOLD] = judge_hold,       [RELATION_MAP] = judge_map,
        [RELATION_DMA] = judge_dma,         [RELATION_HANDLER] = judge_handler, [RELATION_BADGE] = judge_fault_badge,
        [RELATION_BOUND] = judge_bound,     [RELATION_NUMBER] = judge_number,   [RELATION_CONTENT] = judge_content,
        [RELATION_IRQ] = judge_irq,         [RELATION_SIGNAL] = judge_signal,   [RELATION_SCHEDULE] = judge_schedule,
        [RELATION_DERIVED] = judge_derived,
    };

    judges[(change.new ? change.new : change.old)->relation](review, change);
}

/* The same fact in both: shown by another slot, it is at least worth a line. */
static void judge_place(struct review *review, const struct fact *old, const struct fact *new)
{
    if (new->holder == REVIEW_NONE ||
        (new->slot == old->slot && review->old.object_number[old->holder] == review->new.object_number[new->holder])) {
        return;
    }
    if (new->relation == RELATION_HOLD) {
        capdl_review_add(review, CAPDL_RANK_LAYOUT, &review->new, new, "holds in another slot", "%s", "");
    } else if (new->relation == RELATION_MAP) {
        capdl_review_add(review, CAPDL_RANK_BEHAVIOUR, &review->new, new, "maps elsewhere", "%s", "");
    }
}

static int group_compare(const struct fact *a, const struct fact *b)
{
    if (a->relation != b->relation) {
        return a->relation < b->relation ? -1 : 1;
    }
    if (a->subject != b->subject) {
        return a->subject < b->subject ? -1 : 1;
    }
    if (a->object != b->object) {
        return a->object < b->object ? -1 : 1;
    }
    return 0;
}

/* Facts that say several things of one object, told apart by detail, are a change of that thing only if that is the
 * same. */
static bool detail_compares(enum relation relation)
{
    return relation != RELATION_HOLD && relation != RELATION_SIGNAL;
}

static int key_compare(const struct fact *a, const struct fact *b)
{
    int order = group_compare(a, b);

    if (order == 0 && a->detail != b->detail) {
        order = a->detail < b->detail ? -1 : 1;
    }
    return order;
}

/* Pairs what is left of a group in the two specs; detail-keyed facts have been paired before. */
static void judge_rest(struct review *review, const struct fact **old, size_t num_old, const struct fact **new,
                       size_t num_new)
{
    for (size_t i = 0; i < num_old || i < num_new; i++) {
        judge_change(review, (struct change){i < num_old ? old[i] : NULL, i < num_new ? new[i] : NULL});
    }
}

struct cursor {
    const struct facts *facts;
    size_t at;
};

static const struct fact *cursor_in(const struct cursor *cursor, const struct fact *group)
{
    const struct fact *fact = cursor->at < cursor->facts->count ? &cursor->facts->list[cursor->at] : NULL;

    return fact && group_compare(fact, group) == 0 ? fact : NULL;
}

/* Judges the facts of one relation, subject and object. */
static void judge_group(struct review *review, struct cursor *a, struct cursor *b, const struct fact *group)
{
    size_t num_old = 0, num_new = 0, old_capacity = 0, new_capacity = 0;
    const struct fact **old = NULL, **new = NULL, *x, *y;

    while (x = cursor_in(a, group), y = cursor_in(b, group), x || y) {
        int order = !x ? 1 : !y ? -1 : key_compare(x, y);

        if (order == 0 && x->value == y->value) {
            judge_place(review, x, y);
        } else if (order == 0 || detail_compares(group->relation)) {
            judge_change(review, (struct change){order <= 0 ? x : NULL, order >= 0 ? y : NULL});
        } else if (order < 0) {
            old = capdl_spec_grow(old, &old_capacity, num_old + 1, sizeof(*old));
            old[num_old++] = x;
        } else {
            new = capdl_spec_grow(new, &new_capacity, num_new + 1, sizeof(*new));
            new[num_new++] = y;
        }
        a->at += order <= 0;
        b->at += order >= 0;
    }
    judge_rest(review, old, num_old, new, num_new);
    free(old);
    free(new);
}

static void judge_names(struct review *review)
{
    for (uint32_t i = 0; i < review->old.spec->num_objects; i++) {
        const struct capdl_spec *old = review->old.spec, *new = review->new.spec;
        uint32_t now = review->matched[i];
        struct fact fact = {.subject = REVIEW_NONE, .holder = REVIEW_NONE, .object = now};
        char label[REVIEW_LABEL];

        if (now == REVIEW_NONE) {
            continue;
        }
        if (capdl_object_index(old, i) != capdl_object_index(new, now)) {
            capdl_review_add(review, CAPDL_RANK_LAYOUT, &review->new, &fact, "", " was called '%s'",
                             capdl_object_label(old, i, label, sizeof(label)));
        } else if (strcmp(capdl_object_name(old, i), capdl_object_name(new, now)) != 0) {
            capdl_review_add(review, CAPDL_RANK_LAYOUT, &review->new, &fact, "", " was called '%s'",
                             capdl_object_name(old, i));
        }
    }
}

void capdl_review_judge(struct review *review)
{
    struct cursor a = {&review->old_facts, 0}, b = {&review->new_facts, 0};

    judge_names(review);
    while (a.at < a.facts->count || b.at < b.facts->count) {
        const struct fact *x = a.at < a.facts->count ? &a.facts->list[a.at] : NULL;
        const struct fact *y = b.at < b.facts->count ? &b.facts->list[b.at] : NULL;

        judge_group(review, &a, &b, !x || (y && group_compare(y, x) < 0) ? y : x);
    }
}
