/* SPDX-License-Identifier: BSD-2-Clause */
/* An edit -> a finding; and findings that belong together. */
#include "judge.h"

#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "findings.h"
#include "judge_fields.h"
#include "judge_held.h"
#include "judge_mapped.h"
#include "judge_names.h"
#include "judge_slots.h"
#include "judge_system.h"
#include "parties.h"
#include "words.h"

static void judge_cap(struct review *review, const struct edit *edit)
{
    uint32_t holder = edit->new ? edit->new_holder : edit->old_holder;
    enum capdl_kind kind = capdl_object_kind(edit->new ? review->new.spec : review->old.spec, holder);
    if (kind == CAPDL_KIND_CNODE) {
        capdl_review_judge_held(review, edit);
    } else if ((capdl_kind_is_table(kind) || kind == CAPDL_KIND_IO_PT) &&
               (!edit->old || edit->old->object != CAPDL_NO_OBJECT) &&
               (!edit->new || edit->new->object != CAPDL_NO_OBJECT)) {
        capdl_review_judge_mapped(review, edit);
    } else {
        capdl_review_judge_slot(review, edit);
    }
}

static void judge_edit(struct review *review, const struct edit *edit)
{
    switch (edit->kind) {
    case EDIT_ARCH:
        capdl_review_judge_arch(review, edit);
        break;
    case EDIT_OBJECT:
        capdl_review_judge_object(review, edit);
        break;
    case EDIT_FIELD:
        capdl_review_judge_field(review, edit);
        break;
    case EDIT_COVER:
        capdl_review_judge_cover(review, edit);
        break;
    case EDIT_CAP:
        judge_cap(review, edit);
        break;
    case EDIT_DERIVED:
        capdl_review_judge_derived(review, edit);
        break;
    case EDIT_SCHEDULE:
        capdl_review_judge_schedule(review, edit);
        break;
    }
}

/* The net: an edit for which nobody had a word is told all the same. */
static void judge_rest(struct review *review, const struct edit *edit)
{
    if (edit->object == REVIEW_DEFAULT) {
        capdl_review_add(review, CAPDL_RANK_BEHAVIOUR, CAPDL_CHANGED, FINDING_NO_OBJECT,
                         "the system differs in something that this report cannot describe");
    } else {
        capdl_review_add(review, CAPDL_RANK_BEHAVIOUR, CAPDL_CHANGED, edit->object,
                         "\1 differs in something that this report cannot describe");
    }
}

/* ---- What belongs together ---- */

/* What a PD that is new or gone consists of is told under its thread, an object under the capability to it, a page
   table under its pages. Findings by number of the comparison, or REVIEW_NONE. */
struct belongings {
    uint32_t *thread;  /* per subject: its thread is new or gone */
    uint32_t *target;  /* per object: a capability to it is */
    uint32_t *content; /* per container: a capability in it is */
};

static uint32_t *nothing(uint32_t count)
{
    uint32_t *list = capdl_spec_realloc(NULL, (count + (size_t)1) * sizeof(*list));
    memset(list, 0xff, (count + (size_t)1) * sizeof(*list));
    return list;
}

bool capdl_review_in_both(const struct review *review, uint64_t object)
{
    return object >> 32 || (object < review->new.spec->num_objects && review->old_of[object] != REVIEW_NONE);
}

static const struct world *world_of(const struct review *review, const struct edit *edit)
{
    return edit->has_new ? &review->new : &review->old;
}

static const struct capdl_cap *cap_of(const struct edit *edit)
{
    return edit->has_new ? edit->new : edit->old;
}

/* Told by others, if there are any: an object by the capabilities to it, a page table by its pages. */
static bool is_deferred(const struct review *review, const struct edit *edit)
{
    if (edit->kind == EDIT_OBJECT) {
        return capdl_review_kind(review, edit->object) != CAPDL_KIND_TCB;
    }
    return edit->kind == EDIT_CAP && edit->has_old != edit->has_new &&
           (capdl_kind_is_table(cap_of(edit)->kind) || cap_of(edit)->kind == CAPDL_KIND_IO_PT) &&
           !capdl_review_in_both(review, capdl_review_target_number(world_of(review, edit), cap_of(edit)));
}

static void remember(struct review *review, struct belongings *b, const struct edit *edit, uint32_t finding)
{
    const struct world *world = world_of(review, edit);
    uint64_t target;
    if (edit->kind == EDIT_OBJECT && capdl_review_kind(review, edit->object) == CAPDL_KIND_TCB) {
        uint32_t owner = capdl_review_owner(world, capdl_review_local(review, world, edit->object));
        if (owner != REVIEW_NONE && b->thread[owner] == REVIEW_NONE) {
            b->thread[owner] = finding;
        }
    }
    if (edit->kind != EDIT_CAP) {
        return;
    }
    target = capdl_review_target_number(world, cap_of(edit));
    if (!(target >> 32)) {
        b->target[target] = finding;
    }
    b->content[edit->object] = finding;
    if (edit->has_old) {
        b->content[review->old.object_number[edit->old_holder]] = finding; /* it may have moved out of there */
    }
}

/* Puts the finding under that of the thread it belongs to. */
static void put_under_thread(struct review *review, const struct belongings *b, const struct edit *edit,
                             uint32_t finding)
{
    const struct world *world = world_of(review, edit);
    uint32_t local = capdl_review_local(review, world, edit->object), owner = REVIEW_NONE;
    if ((edit->kind != EDIT_CAP && edit->kind != EDIT_OBJECT) || capdl_review_in_both(review, edit->object)) {
        return;
    }
    owner = capdl_review_owner(world, local);
    if (owner == REVIEW_NONE && world->first_use[local] < world->first_use[local + 1] &&
        !(world->uses[world->first_use[local]].who & USE_DEVICE)) {
        owner = world->subject_number[world->uses[world->first_use[local]].who];
    }
    if (owner != REVIEW_NONE && b->thread[owner] != REVIEW_NONE && b->thread[owner] != finding &&
        review->raw[finding].cause == REVIEW_NONE) {
        review->raw[finding].cause = b->thread[owner];
    }
}

static void judge_one(struct review *review, struct belongings *b, size_t number)
{
    const struct edit *edit = &review->edits.list[number];
    review->edit = number;
    judge_edit(review, edit);
    if (review->finding_of[number] == REVIEW_NONE) {
        judge_rest(review, edit);
    }
    if (edit->object < review->new.spec->num_objects && review->old_of[edit->object] != REVIEW_NONE) {
        review->raw[review->finding_of[number]].guessed |= review->guessed[review->old_of[edit->object]];
    }
    remember(review, b, edit, review->finding_of[number]);
    put_under_thread(review, b, edit, review->finding_of[number]);
}

/* Of the deferred ones, those of which others tell. */
static void find_tellers(struct review *review, struct belongings *b)
{
    enum { MOST_LEVELS = 5 };

    for (unsigned level = 0; level < MOST_LEVELS; level++) {
        for (size_t i = 0; i < review->edits.count; i++) {
            const struct edit *edit = &review->edits.list[i];
            uint64_t object = edit->kind == EDIT_CAP ? capdl_review_target_number(world_of(review, edit), cap_of(edit))
                                                     : edit->object;
            if (review->finding_of[i] != REVIEW_NONE || !is_deferred(review, edit)) {
                continue;
            }
            review->finding_of[i] = edit->kind == EDIT_CAP             ? b->content[object]
                                    : b->target[object] != REVIEW_NONE ? b->target[object]
                                                                       : b->content[object];
            if (review->finding_of[i] != REVIEW_NONE) {
                remember(review, b, edit, review->finding_of[i]);
            }
        }
    }
}

static void find_unequal(struct review *review)
{
    uint32_t most = review->new.spec->num_objects + review->old.spec->num_objects;
    review->unequal = capdl_spec_realloc(NULL, most + (size_t)1);
    memset(review->unequal, 0, most + (size_t)1);
    for (size_t i = 0; i < review->edits.count; i++) {
        const struct edit *edit = &review->edits.list[i];
        if (edit->kind == EDIT_CAP && !edit->same) {
            review->unequal[edit->object] = true;
        }
    }
}

/* What was in a page table in whose place something else is now follows from that. */
static void join_replaced(struct review *review)
{
    uint32_t *replaced = nothing(review->old.spec->num_objects);
    for (size_t i = 0; i < review->edits.count; i++) {
        const struct edit *edit = &review->edits.list[i];
        uint32_t was = edit->kind == EDIT_CAP && edit->new && edit->old ? edit->old->object : CAPDL_NO_OBJECT;
        if (was != CAPDL_NO_OBJECT && capdl_kind_is_table(edit->old->kind) && review->matched[was] == REVIEW_NONE) {
            replaced[was] = review->finding_of[i];
        }
    }
    for (size_t i = 0; i < review->edits.count; i++) {
        const struct edit *edit = &review->edits.list[i];
        uint32_t by = edit->kind == EDIT_CAP && edit->old && !edit->new ? replaced[edit->old_holder] : REVIEW_NONE;
        uint32_t own = review->finding_of[i];
        if (by != REVIEW_NONE && own != REVIEW_NONE && own != by && review->raw[own].cause == REVIEW_NONE &&
            review->raw[by].cause == REVIEW_NONE) {
            review->raw[own].cause = by;
        }
    }
    free(replaced);
}

/* Whether the edit is of what a thread's new address space consists of, or of the addresses at which the thread finds
   what it starts with. */
static bool is_of_space(const struct review *review, const struct edit *edit, const struct edit *root)
{
    static const uint32_t fields[] = {CAPDL_TCB_FIELD_ADDR, CAPDL_TCB_FIELD_SP, CAPDL_TCB_FIELD_TLS};
    uint32_t local = capdl_review_local(review, &review->new, edit->object);
    bool told = false;
    if (edit->kind == EDIT_FIELD) {
        for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
            told |= edit->field == FIELD_TCB + fields[i];
        }
        return edit->object == root->object && (told || edit->field >= FIELD_LIST);
    }
    return (edit->kind == EDIT_CAP || edit->kind == EDIT_OBJECT) && edit->has_new && local != REVIEW_NONE &&
           !capdl_review_in_both(review, edit->object) &&
           capdl_kind_is_table(capdl_object_kind(review->new.spec, local)) && review->new.owner[local] != REVIEW_NONE &&
           review->new.owner[local] == review->new.owner[root->new_holder];
}

/* A thread that moves to an address space of its own brings along what is mapped there. */
static void join_spaces(struct review *review)
{
    for (size_t i = 0; i < review->edits.count; i++) {
        const struct edit *root = &review->edits.list[i];
        uint32_t by = review->finding_of[i];
        if (root->kind != EDIT_CAP || !root->old || !root->new || root->new->slot != CAPDL_TCB_SLOT_VSPACE ||
            capdl_object_kind(review->new.spec, root->new_holder) != CAPDL_KIND_TCB ||
            root->new->object == CAPDL_NO_OBJECT || review->old_of[root->new->object] != REVIEW_NONE ||
            by == REVIEW_NONE || review->raw[by].cause != REVIEW_NONE) {
            continue;
        }
        for (size_t j = 0; j < review->edits.count; j++) {
            uint32_t own = review->finding_of[j];
            if (own != REVIEW_NONE && own != by && review->raw[own].cause == REVIEW_NONE &&
                is_of_space(review, &review->edits.list[j], root)) {
                review->raw[own].cause = by;
            }
        }
    }
}

void capdl_review_judge(struct review *review)
{
    size_t count = review->edits.count;
    uint32_t objects = review->new.spec->num_objects + review->old.spec->num_objects;
    struct belongings b = {nothing(review->new.num_subjects + review->old.num_subjects), nothing(objects),
                           nothing(objects)};
    review->finding_of = capdl_spec_realloc(NULL, (count + 1) * sizeof(*review->finding_of));
    memset(review->finding_of, 0xff, (count + 1) * sizeof(*review->finding_of));
    review->edit = SIZE_MAX;
    find_unequal(review);
    review->program = nothing(review->new.num_subjects + review->old.num_subjects);
    capdl_review_judge_names(review);
    for (size_t i = 0; i < count; i++) {
        if (review->finding_of[i] == REVIEW_NONE && !is_deferred(review, &review->edits.list[i])) {
            judge_one(review, &b, i);
        }
    }
    find_tellers(review, &b);
    for (size_t i = 0; i < count; i++) {
        if (review->finding_of[i] == REVIEW_NONE) {
            judge_one(review, &b, i);
        }
    }
    join_replaced(review);
    join_spaces(review);
    review->edit = SIZE_MAX;
    free(review->unequal);
    free(review->program);
    free(b.thread);
    free(b.target);
    free(b.content);
}
