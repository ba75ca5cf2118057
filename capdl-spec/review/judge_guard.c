/* SPDX-License-Identifier: BSD-2-Clause */
/* Guards and sizes of CNodes: which capabilities programs can name, and by which numbers. */
#include "judge_guard.h"

#include <inttypes.h>
#include <stdlib.h>

#include "compare.h"
#include "findings.h"
#include "gain_rank.h"
#include "normal_form.h"
#include "parties.h"
#include "words.h"

static void write_guard(const struct plain_cap *cap, char text[64])
{
    const char *bits = cap->guard_size == 1 ? "bit" : "bits";
    if (!cap->guard_size) {
        snprintf(text, 64, "none");
    } else if (!cap->data) {
        snprintf(text, 64, "%u zero %s", cap->guard_size, bits);
    } else {
        snprintf(text, 64, "0x%" PRIx64 " in %u %s", cap->data, cap->guard_size, bits);
    }
}

/* Who reaches a CNode by pointers in one system. */
static size_t count_users(const struct world *world, uint32_t cnode)
{
    return cnode == REVIEW_NONE ? 0 : world->first_use[cnode + 1] - world->first_use[cnode];
}

enum capdl_rank capdl_review_contents_rank(struct review *review, uint32_t cnode, const uint32_t *users, size_t count)
{
    struct capdl_caps caps = capdl_object_caps(review->new.spec, cnode);
    enum capdl_rank worst = CAPDL_RANK_BEHAVIOUR;
    for (uint32_t i = 0; i < caps.count; i++) {
        enum capdl_rank rank = capdl_review_gain_rank(review, users, count, &caps.list[i]);
        worst = rank < worst ? rank : worst;
    }
    return worst;
}

/* The same for those that can name what it holds. */
static enum capdl_rank content_rank(struct review *review, uint32_t cnode)
{
    size_t count;
    uint32_t *users = capdl_review_users(&review->new, cnode, &count);
    enum capdl_rank rank = capdl_review_contents_rank(review, cnode, users, count);
    free(users);
    return rank;
}

char *capdl_review_list_contents(const struct review *review, uint32_t cnode)
{
    struct capdl_caps caps = capdl_object_caps(review->new.spec, cnode);
    uint32_t *objects = capdl_spec_realloc(NULL, (caps.count + (size_t)1) * sizeof(*objects));
    size_t count = 0;
    char *text;
    for (uint32_t i = 0; i < caps.count; i++) {
        if (caps.list[i].object != CAPDL_NO_OBJECT) {
            objects[count++] = caps.list[i].object;
        }
    }
    text = capdl_review_list(review, &review->new, objects, count);
    free(objects);
    return text;
}

/* Whether all that reach the CNode reach its slots by the same pointers as before: its size may make up for the guard.
 */
static bool same_pointers(const struct review *review, uint32_t was, uint32_t now)
{
    const struct world *old = &review->old, *new = &review->new;
    size_t count = new->first_use[now + 1] - new->first_use[now];
    const struct use *a = old->uses + old->first_use[was], *b = new->uses + new->first_use[now];
    bool same = count == old->first_use[was + 1] - old->first_use[was];
    for (size_t i = 0; same && i < count; i++) {
        size_t j = 0;
        while (j < count && (capdl_review_who(old, &a[j]) != capdl_review_who(new, &b[i]) ||
                             a[j].address != b[i].address || a[j].shift != b[i].shift)) {
            j++;
        }
        same = j < count;
    }
    return same;
}

/* Subjects name what is in a CNode otherwise than before, or not at all: `why` says what changed. */
static struct raw_finding *tell_names(struct review *review, uint32_t cnode, const char *why)
{
    size_t before = count_users(&review->old, review->old_of[cnode]), after = count_users(&review->new, cnode);
    unsigned caps = capdl_object_caps(review->new.spec, cnode).count;
    bool same = before && after && same_pointers(review, review->old_of[cnode], cnode);
    enum capdl_rank rank = same               ? CAPDL_RANK_LAYOUT
                           : !before && after ? content_rank(review, cnode)
                           : before && !after ? CAPDL_RANK_REMOVED
                                              : CAPDL_RANK_BEHAVIOUR;
    const char *effect = same     ? " \4names|name\4"
                         : !after ? before ? " can no longer name, and so not use," : " can still not name"
                         : before ? " can no longer name as before"
                                  : " can now name, and so use,";
    const char *how = same               ? " by the same numbers as before"
                      : before && !after ? ": a number that led there would need more bits than pointers have"
                      : after && before  ? ": the old numbers (pointers) lead to nothing or to others"
                                         : "";
    char *list = capdl_review_list_contents(review, cnode);
    char *what = caps == 1 ? capdl_review_format("the capability") : capdl_review_format("the %u capabilities", caps);
    struct raw_finding *raw =
        capdl_review_add(review, rank, !after && before ? CAPDL_LOST : CAPDL_CHANGED, cnode, "%s %s in \1%s%s%s%s; %s",
                         effect, what, *list ? " (" : "", list, *list ? ")" : "", how, why);
    free(what);
    free(list);
    return raw;
}

/* The same where nobody is concerned. */
static struct raw_finding *tell_nobody(struct review *review, uint32_t cnode, const char *why)
{
    return capdl_review_add(review, CAPDL_RANK_BEHAVIOUR, CAPDL_CHANGED, cnode, "no pointer leads this way into \1; %s",
                            why);
}

void capdl_review_judge_guard(struct review *review, const struct edit *edit, const uint32_t *users, size_t count)
{
    struct plain_cap a = capdl_review_cap(review->old.spec, edit->old),
                     b = capdl_review_cap(review->new.spec, edit->new);
    char old[64], new[64], *why;
    struct raw_finding *raw;
    write_guard(&a, old);
    write_guard(&b, new);
    why = capdl_review_format("guard of the CNode: %s (was %s)", new, old);
    raw = count ? tell_names(review, edit->new->object, why) : tell_nobody(review, edit->new->object, why);
    raw->field = "guard";
    raw->old_value = capdl_review_format("%s", old);
    raw->new_value = capdl_review_format("%s", new);
    capdl_review_concern(raw, users, count);
    raw->world = &review->new;
    raw->holder = edit->new_holder;
    raw->slot = edit->new->slot;
    free(why);
}

/* A guard makes up for a size, or a size for a guard: both are one. */
static bool has_other_guard(struct review *review, const struct edit *edit)
{
    bool any = false;
    for (size_t i = 0; i < review->edits.count; i++) {
        const struct edit *other = &review->edits.list[i];
        if (other->kind != EDIT_CAP || !other->old || !other->new || other->new->kind != CAPDL_KIND_CNODE ||
            capdl_review_target_number(&review->new, other->new) != edit->object ||
            capdl_review_target_number(&review->old, other->old) != edit->object) {
            continue;
        }
        if (review->finding_of[i] == REVIEW_NONE) {
            review->finding_of[i] = (uint32_t)review->num_raw;
            any = true;
        }
    }
    return any;
}

void capdl_review_judge_cnode_size(struct review *review, const struct edit *edit)
{
    uint32_t cnode = (uint32_t)edit->object, was = review->old_of[cnode];
    bool guard = has_other_guard(review, edit);
    size_t count;
    uint32_t *users = capdl_review_users(&review->new, cnode, &count);
    char *why =
        capdl_review_format("slots of the CNode: %" PRIu64 " (was %" PRIu64 ")%s", UINT64_C(1) << edit->new_value,
                            UINT64_C(1) << edit->old_value, guard ? ", with another guard" : "");
    struct raw_finding *raw;
    if (!count) {
        free(users);
        users = capdl_review_users(&review->old, was, &count);
    }
    raw = count ? tell_names(review, cnode, why) : tell_nobody(review, cnode, why);
    raw->rank = raw->rank == CAPDL_RANK_LAYOUT ? CAPDL_RANK_BEHAVIOUR : raw->rank;
    raw->field = "size_bits";
    raw->old_value = capdl_review_format("%" PRIu64, edit->old_value);
    raw->new_value = capdl_review_format("%" PRIu64, edit->new_value);
    raw->old_pos = capdl_object_pos(review->old.spec, was);
    raw->new_pos = capdl_object_pos(review->new.spec, cnode);
    capdl_review_concern(raw, users, count);
    free(users);
    free(why);
}
