/* SPDX-License-Identifier: BSD-2-Clause */
/* Edits of where a thread runs, and of what its capability pointers lead into. */
#include "judge_spaces.h"

#include <stdlib.h>

#include "judge_guard.h"
#include "parties.h"
#include "reach.h"
#include "slot_findings.h"
#include "words.h"

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

/* What the subject can name in a CNode that was there before without it: no other finding tells that. */
static char *found_there(struct review *review, const struct slot *s, enum capdl_rank *rank)
{
    uint32_t cnode = s->edit->new->object, was = review->old_of[cnode];
    enum capdl_rank contents;
    if (was == REVIEW_NONE || s->subject == REVIEW_NONE) {
        return capdl_review_format("%s", "");
    }
    contents = capdl_review_contents_rank(review, cnode, &s->subject, 1);
    *rank = contents < *rank ? contents : *rank;
    char *list = capdl_review_list_contents(review, cnode);
    char *text = capdl_review_format(*list ? ": it can name %s" : "%s", list);
    free(list);
    return text;
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
    char *was = s->edit->old ? capdl_review_format(", was %s", s->old) : capdl_review_format("%s", "");
    enum capdl_rank rank = same            ? CAPDL_RANK_LAYOUT
                           : !s->edit->new ? CAPDL_RANK_REMOVED
                           : own_new       ? CAPDL_RANK_BEHAVIOUR
                                           : CAPDL_RANK_CONTROL;
    char *there = !vspace && own_new ? found_there(review, s, &rank) : capdl_review_format("%s", "");
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
        text = capdl_review_format(vspace ? " now runs in the address space of %s (\1%s): it can reach "
                                            "whatever memory %s can"
                                          : " now uses the capabilities of %s (\1%s): it may do all that %s may%s",
                                   who, was, who, s->edit->old ? ", and no longer what it could" : "");
    } else if (*former) {
        text =
            capdl_review_format(vspace ? " now runs in the address space that %s had (\1%s): it finds the memory of %s"
                                       : " now uses the capabilities that %s had (\1%s): it may do all that %s could",
                                former, was, former);
    } else if (!s->edit->old) {
        text = capdl_review_format(vspace ? " now has an address space, that of \1: without one it could not run"
                                          : " now has capabilities, those in \1: it had none");
    } else {
        text = capdl_review_format(vspace ? " runs in another address space: \1 (was %s)"
                                          : " uses other capabilities: those in \1 (was %s)",
                                   s->old);
    }
    raw = capdl_review_slot_add(review, s, rank, text, there);
    raw->field = vspace ? "vspace" : "cspace";
    free(who);
    free(was);
    free(there);
    free(text);
}
