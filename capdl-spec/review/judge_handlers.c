/* SPDX-License-Identifier: BSD-2-Clause */
/* Fault handlers that threads name by a pointer, and what a handler is in words. */
#include "judge_handlers.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "findings.h"
#include "normal_form.h"
#include "others.h"
#include "parties.h"
#include "roles.h"
#include "uses.h"
#include "words.h"

char *capdl_review_stop_note(struct review *review, uint32_t tcb)
{
    uint32_t own = capdl_review_owner(&review->new, tcb);
    size_t count;
    char *names = capdl_review_other_holders(review, &review->new, &own, 1, tcb, &count);
    char *text =
        count ? capdl_review_format(": at the first one it stops, until %s resume%s it", names, count == 1 ? "s" : "")
              : capdl_review_format(": at the first one it stops for good");
    free(names);
    return text;
}

char *capdl_review_former_handler(struct review *review, const struct capdl_cap *cap)
{
    char *who, *text, label[REVIEW_LABEL];
    if (!cap || cap->kind != CAPDL_KIND_EP || !capdl_cap_can_call(cap)) {
        return capdl_review_format("nobody");
    }
    who = capdl_review_receivers(review, &review->old, cap->object, REVIEW_NONE);
    text = capdl_review_format("%s, through %s", who,
                               capdl_review_object(review, capdl_review_target_number(&review->old, cap), label));
    free(who);
    return text;
}

char *capdl_review_handler_text(struct review *review, const struct world *world, const struct capdl_cap *cap,
                                bool badge)
{
    char label[REVIEW_LABEL], rights[8], *who, *text;
    if (!cap) {
        return capdl_review_format("nobody");
    }
    capdl_review_object(review, capdl_review_target_number(world, cap), label);
    if (cap->kind != CAPDL_KIND_EP) {
        return capdl_review_format("nobody (%s is no endpoint)", label);
    }
    capdl_review_rights(cap->kind, cap->rights, rights);
    if (!capdl_cap_can_call(cap)) {
        return capdl_review_format("nobody (the capability to %s has rights %s; a fault needs W, and G or P)", label,
                                   rights);
    }
    who = capdl_review_receivers(review, world, cap->object, REVIEW_NONE);
    text = badge ? capdl_review_format("%s through %s (%s, badge 0x%" PRIx64 ")", who, label, rights, cap->data)
                 : capdl_review_format("%s through %s (%s)", who, label, rights);
    free(who);
    return text;
}

static bool same_handler(const struct review *review, const struct capdl_cap *a, const struct capdl_cap *b)
{
    if (!a || !b) {
        return a == b;
    }
    struct plain_cap x = capdl_review_cap(review->old.spec, a), y = capdl_review_cap(review->new.spec, b);
    return capdl_review_target_number(&review->old, a) == capdl_review_target_number(&review->new, b) &&
           x.rights == y.rights && x.data == y.data;
}

/* Whether pointers of the thread's subject lead into a CNode. */
static bool is_named(const struct review *review, const struct world *world, uint32_t cnode, uint32_t tcb)
{
    uint32_t owner = review->new.owner[tcb];
    for (size_t i = world->first_use[cnode]; i < world->first_use[cnode + 1]; i++) {
        if (owner != REVIEW_NONE && capdl_review_who(world, &world->uses[i]) == review->new.subject_number[owner]) {
            return true;
        }
    }
    return false;
}

/* Whether the edit is of a CNode through which pointers of the thread lead, or of a capability by which they lead to
 * one. */
static bool is_way(const struct review *review, const struct edit *edit, uint32_t tcb)
{
    bool cnode = edit->kind == EDIT_CAP && ((edit->new && edit->new->kind == CAPDL_KIND_CNODE) ||
                                            (edit->old && edit->old->kind == CAPDL_KIND_CNODE));
    if (edit->kind == EDIT_FIELD && edit->field == FIELD_SIZE) {
        return capdl_object_kind(review->new.spec, (uint32_t)edit->object) == CAPDL_KIND_CNODE &&
               (is_named(review, &review->new, (uint32_t)edit->object, tcb) ||
                is_named(review, &review->old, review->old_of[edit->object], tcb));
    }
    return cnode && (edit->new ? is_named(review, &review->new, edit->new_holder, tcb)
                               : is_named(review, &review->old, edit->old_holder, tcb));
}

/* The finding of the edit that changed a slot of this CNode; REVIEW_NONE if there is none. */
static uint32_t cause_in(const struct review *review, uint32_t tcb, uint32_t old_cnode, uint32_t new_cnode)
{
    uint32_t found = REVIEW_NONE;
    for (size_t i = 0; i < review->edits.count; i++) {
        const struct edit *edit = &review->edits.list[i];
        found = edit->kind == EDIT_ARCH ? review->finding_of[i] : found;
        if (edit->kind == EDIT_FIELD && edit->field == FIELD_SIZE &&
            (edit->object == new_cnode || (old_cnode != REVIEW_NONE && review->old_of[edit->object] == old_cnode))) {
            found = review->finding_of[i];
        } else if (edit->kind == EDIT_CAP && ((edit->new && edit->new_holder == new_cnode) ||
                                              (edit->old && edit->old_holder == old_cnode) || edit->object == tcb)) {
            found = review->finding_of[i];
        } else if (edit->kind == EDIT_FIELD && edit->object == tcb &&
                   edit->field == FIELD_TCB + CAPDL_TCB_FIELD_FAULT_EP) {
            return review->finding_of[i];
        }
    }
    for (size_t i = 0; i < review->edits.count && found == REVIEW_NONE; i++) {
        found = is_way(review, &review->edits.list[i], tcb) ? review->finding_of[i] : found;
    }
    return found;
}

static void judge_pointer(struct review *review, uint32_t tcb, uint32_t was)
{
    uint32_t old_cnode = REVIEW_NONE, new_cnode = REVIEW_NONE, owner = capdl_review_owner(&review->new, tcb);
    uint64_t before = capdl_tcb_values(review->old.spec, was)->fault_ep;
    uint64_t now = capdl_tcb_values(review->new.spec, tcb)->fault_ep;
    const struct capdl_cap *a = capdl_review_fault_handler(&review->old, was, &old_cnode);
    const struct capdl_cap *b = capdl_review_fault_handler(&review->new, tcb, &new_cnode);
    struct raw_finding *raw;
    uint32_t cause;
    char *old, *new, *thread;
    const char *faults;
    if (same_handler(review, a, b)) {
        return;
    }
    old = capdl_review_handler_text(review, &review->old, a, true);
    new = capdl_review_handler_text(review, &review->new, b, true);
    thread = capdl_review_thread(&review->new, tcb);
    faults = *thread ? ": faults" : "'s faults";
    cause = cause_in(review, tcb, old_cnode, new_cnode);
    char *former = capdl_review_former_handler(review, a), *stops = capdl_review_stop_note(review, tcb);
    if (a && b && capdl_cap_can_call(a) &&
        capdl_review_target_number(&review->old, a) == capdl_review_target_number(&review->new, b)) {
        char *longer = capdl_review_format("%s, with badge 0x%" PRIx64, former, a->data);
        free(former);
        former = longer;
    }
    bool none = strncmp(new, "nobody", 6) == 0, still = none && strncmp(old, "nobody", 6) == 0;
    char *handled = still ? capdl_review_format("%s%s are still handled by %s", thread, faults, new)
                          : capdl_review_format("%s%s are now handled by %s%s (before: by %s)", thread, faults, new,
                                                none ? stops : "", former);
    free(former);
    free(stops);
    if (cause != REVIEW_NONE && review->raw[cause].field && strcmp(review->raw[cause].field, "fault_ep") == 0) {
        raw = &review->raw[cause]; /* the pointer itself is another one: that finding says it */
        free(raw->text);
        raw->text = capdl_review_format("%s; its fault handler pointer is 0x%" PRIx64 " (was 0x%" PRIx64 ")%s", handled,
                                        now, before, b ? "" : ", which names nothing");
        free(handled);
        free(thread);
        free(old);
        free(new);
        return;
    }
    raw = capdl_review_add(review, CAPDL_RANK_FAULTS, CAPDL_CHANGED, FINDING_NO_OBJECT,
                           "%s; its fault handler pointer 0x%" PRIx64 " names %s now", handled, now,
                           !b                         ? "nothing"
                           : b->kind == CAPDL_KIND_EP ? "that endpoint"
                                                      : "no endpoint");
    free(handled);
    raw->field = "fault_ep";
    raw->old_value = old;
    raw->new_value = new;
    raw->cause = cause;
    capdl_review_concern(raw, &owner, owner != REVIEW_NONE);
    free(thread);
}

void capdl_review_judge_handlers(struct review *review)
{
    for (uint32_t i = 0; i < review->new.spec->num_objects; i++) {
        if (capdl_object_kind(review->new.spec, i) == CAPDL_KIND_TCB && review->old_of[i] != REVIEW_NONE &&
            !capdl_spec_cap_at(review->new.spec, i, CAPDL_TCB_SLOT_FAULT_EP)) {
            judge_pointer(review, i, review->old_of[i]);
        }
    }
}
