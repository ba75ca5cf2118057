/* SPDX-License-Identifier: BSD-2-Clause */
/* Edits of where a thread runs, and of what its capability pointers lead into. */
#include <stdlib.h>

#include "judge_slots.h"

/* Whether the new root is a new object, or was part of the same address space: else others may control it. */
static bool own_root(const struct review *review, const struct slot *s)
{
    uint32_t root = s->edit->new->object, was = root == CAPDL_NO_OBJECT ? REVIEW_NONE : review->old_of[root];
    return root != CAPDL_NO_OBJECT && (was == REVIEW_NONE || capdl_review_owner(&review->old, was) == s->subject);
}

/* Another subject whose root the new one was before, or "". */
static const char *former_owner(const struct review *review, const struct slot *s)
{
    uint32_t root = s->edit->new ? s->edit->new->object : CAPDL_NO_OBJECT, owner;
    uint32_t was = root == CAPDL_NO_OBJECT ? REVIEW_NONE : review->old_of[root];
    owner = was == REVIEW_NONE ? REVIEW_NONE : capdl_review_owner(&review->old, was);
    return owner == REVIEW_NONE || owner == s->subject ? "" : capdl_review_subject(review, owner);
}

void capdl_review_judge_space(struct review *review, const struct slot *s, bool vspace)
{
    size_t count;
    char *who = capdl_review_slot_sharers(review, s, &count), *text;
    const char *former = former_owner(review, s);
    bool own_new = !count && s->edit->new && s->edit->new->object != CAPDL_NO_OBJECT &&
                   (vspace ? review->old_of[s->edit->new->object] == REVIEW_NONE : own_root(review, s));
    bool same = vspace && s->edit->new && s->edit->old && !count && s->subject != REVIEW_NONE &&own_root(review, s) &&
                capdl_review_same_map(review, s->subject);
    struct raw_finding *raw;
    if (same) {
        text = capdl_review_format(" has another root table, \1 (was %s), with the same pages at the same addresses",
                                   s->old);
    } else if (!s->edit->new) {
        text = capdl_review_format(
            vspace ? " has no address space now (was %s): it cannot run" : " has no capabilities now (was %s)", s->old);
    } else if (capdl_review_slot_is_fresh(review, s)) {
        text = count ? capdl_review_format(
                           vspace ? " runs in the address space of %s (\1)" : " uses the capabilities of %s (\1)", who)
                     : capdl_review_format(vspace ? " runs in the address space of \1" : "'s capabilities are in \1");
    } else if (count) {
        text = capdl_review_format(vspace ? " now runs in the address space of %s (\1, was %s): it can reach "
                                            "whatever memory %s can"
                                          : " now uses the capabilities of %s (\1, was %s): it may do all that %s may, "
                                            "and no longer what it could",
                                   who, s->old, who);
    } else if (*former) {
        text = capdl_review_format(
            vspace ? " now runs in the address space that %s had (\1, was %s): it finds the memory of %s"
                   : " now uses the capabilities that %s had (\1, was %s): it may do all that %s could",
            former, s->old, former);
    } else if (!s->edit->old) {
        text = capdl_review_format(vspace ? " now has an address space, that of \1: without one it could not run"
                                          : " now has capabilities, those in \1: it had none");
    } else {
        text = capdl_review_format(vspace ? " runs in another address space: \1 (was %s)"
                                          : " uses other capabilities: those in \1 (was %s)",
                                   s->old);
    }
    raw = capdl_review_slot_add(review, s,
                                same            ? CAPDL_RANK_LAYOUT
                                : !s->edit->new ? CAPDL_RANK_REMOVED
                                : count         ? CAPDL_RANK_CONTROL
                                : own_new       ? CAPDL_RANK_BEHAVIOUR
                                                : CAPDL_RANK_CONTROL,
                                text, "");
    raw->field = vspace ? "vspace" : "cspace";
    free(who);
    free(text);
}
