/* SPDX-License-Identifier: BSD-2-Clause */
/* A finding of a slot: the thread that it is of, and who else has the same there. */
#include "slot_findings.h"

#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "findings.h"
#include "parties.h"
#include "roles.h"
#include "uses.h"
#include "words.h"

struct raw_finding *capdl_review_slot_add(struct review *review, const struct slot *s, enum capdl_rank rank,
                                          const char *text, const char *more)
{
    const struct edit *edit = s->edit;
    const struct capdl_cap *cap = edit->new ? edit->new : edit->old;
    const struct world *world = edit->new ? &review->new : &review->old;
    char *thread = s->subject == REVIEW_NONE
                       ? capdl_review_format("%s", "")
                       : capdl_review_thread(world, edit->new ? edit->new_holder : edit->old_holder);
    bool apart = *thread && strncmp(text, "'s ", 3) == 0; /* x's thread 'y': faults are ... */
    struct raw_finding *raw = capdl_review_add(review, rank,
                                               !edit->old   ? CAPDL_GAINED
                                               : !edit->new ? CAPDL_LOST
                                                            : CAPDL_CHANGED,
                                               capdl_review_target_number(world, cap), "%s%s%s%s", thread,
                                               apart ? ": " : "", text + (apart ? 3 : 0), more);
    capdl_review_concern(raw, &s->subject, s->subject != REVIEW_NONE);
    raw->world = world;
    raw->holder = edit->new ? edit->new_holder : edit->old_holder;
    raw->slot = cap->slot;
    raw->old_value = capdl_review_format("%s", s->old);
    raw->new_value = capdl_review_format("%s", s->new);
    free(thread);
    return raw;
}

bool capdl_review_slot_is_fresh(const struct review *review, const struct slot *s)
{
    return s->edit->new && review->old_of[s->edit->new_holder] == REVIEW_NONE;
}

char *capdl_review_slot_sharers(struct review *review, const struct slot *s, size_t *count)
{
    const struct capdl_cap *cap = s->edit->new;
    const struct world *world = &review->new;
    uint32_t *list;
    char *text;
    *count = 0;
    if (!cap || cap->object == CAPDL_NO_OBJECT) {
        return capdl_review_format("%s", "");
    }
    list = capdl_spec_realloc(NULL, (world->first_holder[cap->object + 1] - world->first_holder[cap->object] + 1) *
                                        sizeof(*list));
    for (size_t i = world->first_holder[cap->object]; i < world->first_holder[cap->object + 1]; i++) {
        uint32_t holder = world->holders[i].container, owner = capdl_review_owner(world, holder);
        const struct capdl_cap *other = capdl_review_held(world, i);
        if (capdl_object_kind(world->spec, holder) == CAPDL_KIND_TCB && holder != s->edit->new_holder &&
            other->slot == cap->slot && owner != REVIEW_NONE && owner != s->subject) {
            list[(*count)++] = owner;
        }
    }
    text = capdl_review_names(review, list, *count);
    free(list);
    return text;
}
