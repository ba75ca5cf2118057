/* SPDX-License-Identifier: BSD-2-Clause */
/* Names and data that change with an edit. */
#include "one_edit_data.h"

#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "judge_program.h"
#include "match.h"
#include "parties.h"
#include "ties.h"

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
        if (why == REVIEW_NONE || (head != REVIEW_NONE && capdl_one_edit_head(o, why) != head)) {
            head = REVIEW_NONE;
            break;
        }
        head = capdl_one_edit_head(o, why);
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
    o->concerns[o->num_concerns++] = (struct concern){subject, capdl_one_edit_head(o, finding)};
}

/* All findings but those of data; subject REVIEW_NONE: of any. */
static void find_concerns(struct one_edit *o)
{
    struct review *review = o->review;
    size_t kept = 0;
    for (uint32_t i = 0; i < review->num_raw; i++) {
        const struct raw_finding *raw = &review->raw[i];
        if (o->is_data[capdl_one_edit_head(o, i)] || raw->change == CAPDL_RENAMED) {
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
        head = capdl_one_edit_head(o, data.slot);
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

void capdl_one_edit_unite_data(struct one_edit *o)
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
        if (o->is_data[i] && capdl_one_edit_head(o, i) == i) {
            unite_data(o, i, names);
        }
    }
    if (names != REVIEW_NONE) {
        unite_names(o, names);
    }
}
