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
#include "one_edit.h"

#include <stdlib.h>
#include <string.h>

#include "lists.h"
#include "one_edit_data.h"
#include "one_edit_ties.h"
#include "parties.h"
#include "ties.h"
#include "words.h"

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
        capdl_one_edit_tie_all(&o, i);
    }
    capdl_one_edit_unite_tied(&o);
    capdl_one_edit_unite_data(&o);
    for (uint32_t i = 0; i < review->num_raw; i++) {
        joined[i] = review->raw[i].cause == REVIEW_NONE ? capdl_one_edit_head(&o, i) : i;
    }
    free(o.ties);
    free(o.head);
    free(o.weight);
    free(o.is_data);
    free(o.concerns);
    free(o.old_stacks);
    free(o.new_stacks);
}
