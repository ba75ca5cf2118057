/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers that all move by the same distance, because something before them is new or gone: badges at one endpoint,
 * slots of one CNode, badges of timeout faults. One finding tells them, with each old and new number.
 */
#include "renumber.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "findings.h"
#include "words.h"

enum space { SPACE_BADGE, SPACE_SLOT, SPACE_TIMEOUT };

struct move {
    enum space space;
    uint64_t object, distance; /* of which the numbers are; new - old */
    uint64_t old, new;
    size_t edit;
};

struct moves {
    struct move *list;
    size_t count, capacity;
};

static int move_compare(const void *left, const void *right)
{
    const struct move *a = left, *b = right;
    if (a->space != b->space) {
        return (int)a->space - (int)b->space;
    }
    if (a->object != b->object) {
        return a->object < b->object ? -1 : 1;
    }
    if (a->distance != b->distance) {
        return a->distance < b->distance ? -1 : 1;
    }
    if (a->new != b->new) {
        return a->new < b->new ? -1 : 1;
    }
    return a->edit < b->edit ? -1 : a->edit > b->edit;
}

static void add(struct moves *moves, enum space space, uint64_t object, uint64_t old, uint64_t new, size_t edit)
{
    moves->list = capdl_spec_grow(moves->list, &moves->capacity, moves->count + 1, sizeof(*moves->list));
    moves->list[moves->count++] = (struct move){space, object, new - old, old, new, edit};
}

static bool is_message(const struct capdl_cap *cap)
{
    return cap->kind == CAPDL_KIND_EP || cap->kind == CAPDL_KIND_NOTIFICATION;
}

/* Moves that a finding of their own tells, and nothing follows from them. */
static struct moves find_moves(const struct review *review)
{
    struct moves moves = {NULL};
    for (size_t i = 0; i < review->edits.count; i++) {
        const struct edit *edit = &review->edits.list[i];
        uint32_t finding = review->finding_of[i];
        if (finding == REVIEW_NONE || review->raw[finding].cause != REVIEW_NONE) {
            continue;
        }
        if (edit->kind == EDIT_FIELD && edit->field == FIELD_DATA && edit->has_old && edit->has_new) {
            add(&moves, SPACE_TIMEOUT, 0, edit->old_value, edit->new_value, i);
        }
        if (edit->kind != EDIT_CAP || !edit->old || !edit->new) {
            continue;
        }
        uint64_t before = capdl_review_target_number(&review->old, edit->old);
        uint64_t after = capdl_review_target_number(&review->new, edit->new);
        bool cnode = capdl_object_kind(review->new.spec, edit->new_holder) == CAPDL_KIND_CNODE;
        bool stays = review->old_of[edit->new_holder] == edit->old_holder;

        if (edit->same && cnode && stays && edit->old->slot != edit->new->slot) {
            add(&moves, SPACE_SLOT, edit->object, edit->old->slot, edit->new->slot, i);
        } else if (before == after && is_message(edit->new) && edit->old->data && edit->new->data &&
                   edit->old->data != edit->new->data && edit->old->rights == edit->new->rights &&
                   edit->old->slot == edit->new->slot) {
            add(&moves, SPACE_BADGE, after, edit->old->data, edit->new->data, i);
        }
    }
    if (moves.count) {
        qsort(moves.list, moves.count, sizeof(*moves.list), move_compare);
    }
    return moves;
}

/* "vpn 0x8 (was 0x9)", "TCB 'tcb_vpn' in 17 (was 18)" */
static void write_move(const struct review *review, FILE *out, const struct move *move)
{
    const struct edit *edit = &review->edits.list[move->edit];
    const struct raw_finding *raw = &review->raw[review->finding_of[move->edit]];
    char label[REVIEW_LABEL], *names;
    if (move->space == SPACE_SLOT) {
        fprintf(out, "%s in %" PRIu64 " (was %" PRIu64 ")",
                capdl_review_object(review, capdl_review_target_number(&review->new, edit->new), label), move->new,
                move->old);
        return;
    }
    names = capdl_review_names(review, raw->subjects, raw->num_subjects);
    fprintf(out, "%s 0x%" PRIx64 " (was 0x%" PRIx64 ")", names, move->new, move->old);
    free(names);
}

/* Whether the one before says the same: of the fault handler and of the capability that the thread holds. */
static bool is_repeated(const struct review *review, const struct move *move)
{
    const struct raw_finding *a = &review->raw[review->finding_of[move[-1].edit]];
    const struct raw_finding *b = &review->raw[review->finding_of[move->edit]];
    return move->space != SPACE_SLOT && move->new == move[-1].new && a->num_subjects == 1 && b->num_subjects == 1 &&
           a->subjects[0] == b->subjects[0];
}

static char *moves_text(const struct review *review, const struct move *list, size_t count)
{
    enum { MOST_NAMED = 12 };
    char *text = NULL;
    size_t size, named = 0, left = 0;
    FILE *out = open_memstream(&text, &size);

    for (size_t i = 0; i < count; i++) {
        if (i > 0 && is_repeated(review, &list[i])) {
            continue;
        }
        if (named == MOST_NAMED) {
            left++;
            continue;
        }
        fputs(named++ ? ", " : "", out);
        write_move(review, out, &list[i]);
    }
    if (left) {
        fprintf(out, " and %zu more", left);
    }
    fclose(out);
    return text;
}

/* One finding in place of those of the moves. */
static void tell(struct review *review, const struct move *list, size_t count)
{
    static const char *const texts[] = {
        [SPACE_BADGE] = " \4has another badge|have other badges\4 at \1, all moved by the same distance: %s",
        [SPACE_SLOT] = " \4has|have\4 %zu capabilities in other slots, all moved by the same distance: %s",
        [SPACE_TIMEOUT] = " \4has another badge of timeout faults|have other badges of timeout faults\4, all moved by "
                          "the same distance: %s",
    };
    enum space space = list->space;
    const struct raw_finding first = review->raw[review->finding_of[list->edit]];
    enum capdl_rank rank = CAPDL_RANK_LAYOUT;
    uint32_t *subjects = NULL, finding;
    size_t num = 0, capacity = 0;
    struct raw_finding *raw;
    char *moves = moves_text(review, list, count);
    char *text = space == SPACE_SLOT ? capdl_review_format(texts[space], count, moves)
                                     : capdl_review_format(texts[space], moves);
    for (size_t i = 0; i < count; i++) {
        const struct raw_finding *one = &review->raw[review->finding_of[list[i].edit]];
        rank = one->rank < rank ? one->rank : rank;
        for (size_t j = 0; j < one->num_subjects; j++) {
            subjects = capdl_spec_grow(subjects, &capacity, num + 1, sizeof(*subjects));
            subjects[num++] = one->subjects[j];
        }
    }
    finding = (uint32_t)review->num_raw;
    raw = capdl_review_add(review, rank, CAPDL_CHANGED, space == SPACE_TIMEOUT ? FINDING_NO_OBJECT : list->object, "%s",
                           text);
    capdl_review_concern(raw, subjects, num);
    raw->field = first.field;
    raw->old_pos = first.old_pos;
    raw->new_pos = first.new_pos;
    for (size_t i = 0; i < count; i++) {
        uint32_t *own = &review->finding_of[list[i].edit];
        review->raw[*own].told = true;
        review->raw[*own].cause = finding;
        *own = finding;
    }
    free(subjects);
    free(moves);
    free(text);
}

void capdl_review_renumber(struct review *review)
{
    enum { LEAST = 3 };
    struct moves moves = find_moves(review);

    for (size_t i = 0, end; i < moves.count; i = end) {
        for (end = i; end < moves.count && moves.list[end].space == moves.list[i].space &&
                      moves.list[end].object == moves.list[i].object &&
                      moves.list[end].distance == moves.list[i].distance;) {
            end++;
        }
        if (end - i >= LEAST) {
            tell(review, moves.list + i, end - i);
        }
    }
    free(moves.list);
}
