/* SPDX-License-Identifier: BSD-2-Clause */
/* Edits of CNodes: what threads hold. */
#include "judge_held.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "effects.h"
#include "findings.h"
#include "frame_power.h"
#include "gain_rank.h"
#include "judge_guard.h"
#include "judge_program.h"
#include "lists.h"
#include "normal_form.h"
#include "others.h"
#include "parties.h"
#include "uses.h"
#include "window_note.h"
#include "words.h"

struct held {
    const struct edit *edit;
    uint32_t *users, *old_users; /* of the CNode in the new and in the old system */
    size_t count, old_count;
    bool kept, old_kept; /* no pointer leads into the CNode: the users are those that have a capability to it */
};

static uint32_t *find_users(const struct world *world, uint32_t cnode, size_t *count, bool *kept)
{
    uint32_t *users = capdl_review_users(world, cnode, count);
    *kept = false;
    if (*count == 0) {
        free(users);
        users = capdl_review_keepers(world, cnode, count);
        *kept = *count > 0;
    }
    return users;
}

/* How subjects get at a CNode into which none of their pointers leads. */
static void add_keeping(const struct review *review, struct raw_finding *raw, const struct world *world, uint32_t cnode)
{
    char label[REVIEW_LABEL];
    char *text =
        capdl_review_format("%s; no pointer leads into %s, but \4it holds|they hold\4 that and can copy, move, "
                            "delete and revoke what is in it",
                            raw->text, capdl_review_object(review, world->object_number[cnode], label));
    free(raw->text);
    raw->text = text;
}

static void finish(struct review *review, const struct held *held, struct raw_finding *raw, bool new)
{
    const struct edit *edit = held->edit;
    capdl_review_concern(raw, new ? held->users : held->old_users, new ? held->count : held->old_count);
    raw->world = new ? &review->new : &review->old;
    raw->holder = new ? edit->new_holder : edit->old_holder;
    raw->slot = new ? edit->new->slot : edit->old->slot;
    if (new ? held->kept : held->old_kept) {
        add_keeping(review, raw, new ? &review->new : &review->old, new ? edit->new_holder : edit->old_holder);
    } else if (new && (edit->new->kind == CAPDL_KIND_EP || edit->new->kind == CAPDL_KIND_NOTIFICATION)) {
        raw->message = edit->new;
    }
}

static const char *subject_or_nobody(const struct held *held, bool new)
{
    return (new ? held->count : held->old_count) ? "" : "a CNode that no pointer reaches";
}

/* Whether a subject had a capability to the same endpoint or notification, with the same badge and no fewer rights. */
static bool sent_before(struct review *review, uint32_t who, const struct capdl_cap *cap)
{
    uint32_t was = review->old_of[cap->object];
    const struct parties *parties = was == REVIEW_NONE ? NULL : capdl_review_parties(review, &review->old, was);
    for (size_t i = 0; parties && i < parties->count; i++) {
        const struct party *p = &parties->list[i];
        if (p->who == who && p->badge == cap->data && !(cap->rights & ~capdl_review_allows(cap->kind, p->rights))) {
            return true;
        }
    }
    return false;
}

/* Whether all could do the same by another capability before. With messages, another badge is another matter. */
/* Whose address space the mapping is in that a capability to a page stands for, if others than its subject hold it:
   they can undo it. Or REVIEW_NONE. */
static uint32_t foreign_space(const struct world *world, const struct held *held, const struct plain_cap *cap)
{
    uint32_t owner =
        cap->mapping_container == CAPDL_NO_OBJECT ? REVIEW_NONE : capdl_review_owner(world, cap->mapping_container);
    return held->count && held->users[0] != owner ? owner : REVIEW_NONE;
}

/* Whether a subject names what is in a CNode of this system. */
static bool names(const struct world *world, uint32_t who, uint32_t cnode)
{
    size_t count = 0;
    uint32_t *users = cnode == REVIEW_NONE ? NULL : capdl_review_users(world, cnode, &count);
    bool any = capdl_review_among(users, count, who);
    free(users);
    return any;
}

static bool held_before(struct review *review, const struct held *held)
{
    const struct capdl_cap *cap = held->edit->new;
    struct plain_cap plain = capdl_review_cap(review->new.spec, cap);
    bool together;
    for (size_t i = 0; i < held->count; i++) {
        if ((cap->kind == CAPDL_KIND_CNODE && names(&review->new, held->users[i], cap->object) &&
             !names(&review->old, held->users[i], review->old_of[cap->object])) ||
            foreign_space(&review->new, held, &plain) != REVIEW_NONE ||
            capdl_review_gained(review, held->users[i], cap, &together) ||
            ((cap->kind == CAPDL_KIND_EP || cap->kind == CAPDL_KIND_NOTIFICATION) &&
             !sent_before(review, held->users[i], cap))) {
            return false;
        }
    }
    return held->count && !held->kept;
}

/* Of a capability by which only the handing over of capabilities is new: the deed without what was possible before. */
static char *only_new(struct review *review, const struct held *held, char *deed)
{
    static const char verb[] = "call ", hand[] = ", and hand over copies of capabilities";
    const struct capdl_cap *cap = held->edit->new;
    char *at = strstr(deed, hand), *text;
    bool together;
    if (cap->kind != CAPDL_KIND_EP || !held->count || !at || strncmp(deed, verb, strlen(verb)) != 0 ||
        capdl_review_gained(review, held->users[0], cap, &together) & ~(unsigned)CAPDL_RIGHT_GRANT || together) {
        return deed;
    }
    text = capdl_review_format("also hand over copies of capabilities with calls of %.*s%s",
                               (int)(at - deed - (ptrdiff_t)strlen(verb)), deed + strlen(verb), at + strlen(hand));
    free(deed);
    return text;
}

static void judge_gain(struct review *review, const struct held *held)
{
    const struct edit *edit = held->edit;
    bool again = held_before(review, held);
    enum capdl_rank rank = again         ? CAPDL_RANK_HELD
                           : held->count ? capdl_review_gain_rank(review, held->users, held->count, edit->new)
                                         : CAPDL_RANK_LAYOUT;
    struct plain_cap plain = capdl_review_cap(review->new.spec, edit->new);
    uint32_t space = foreign_space(&review->new, held, &plain);
    char *found = NULL;
    if (plain.kind == CAPDL_KIND_CNODE && !again && held->count && review->old_of[plain.object] != REVIEW_NONE) {
        enum capdl_rank contents = capdl_review_contents_rank(review, plain.object, held->users, held->count);
        char *list = capdl_review_list_contents(review, plain.object);
        rank = contents < rank ? contents : rank;
        uint32_t owner = capdl_review_owner(&review->new, plain.object);
        bool others = owner != REVIEW_NONE && !capdl_review_among(held->users, held->count, owner);
        found = *list && !others ? capdl_review_format("; in it: %s", list) : NULL;
        free(list);
    }
    rank = space != REVIEW_NONE && rank > CAPDL_RANK_CONTROL ? CAPDL_RANK_CONTROL : rank;
    char *undoes = space == REVIEW_NONE ? capdl_review_format("%s", found ? found : "")
                                        : capdl_review_format("; unmapping it takes it out of %s's address space",
                                                              capdl_review_subject(review, space));
    char *deed = only_new(review, held, capdl_review_deed(review, &review->new, held->users, held->count, edit->new));
    char *power = edit->new->kind == CAPDL_KIND_FRAME && held->count
                      ? capdl_review_frame_power(review, held->users, held->count, edit->new->object, edit->new->rights)
                      : capdl_review_format("%s", "");
    char *there = edit->new->kind == CAPDL_KIND_FRAME && held->count && !again
                      ? capdl_review_window_note(review, edit->new->object, &rank, held->users, held->count)
                      : capdl_review_format("%s", "");
    char was[REVIEW_LABEL],
        *instead =
            edit->old
                ? capdl_review_format(
                      "; slot %" PRIu64 " named %s before%s", edit->new->slot,
                      capdl_review_object(review, capdl_review_target_number(&review->old, edit->old), was),
                      !held->count || held->kept || capdl_review_programs_differ(review, held->users, held->count)
                          ? ""
                          : ": \4its program is|their programs are\4 unchanged and will use this as if it were that")
                : capdl_review_format("%s", "");
    struct raw_finding *raw =
        capdl_review_add(review, rank, CAPDL_GAINED, capdl_review_target_number(&review->new, edit->new),
                         again ? "%s \4has|have\4 another capability for what \4it|they\4 could do before: %s%.0s%s%s%s"
                               : "%s may now %s%s%s%s%s",
                         subject_or_nobody(held, true), deed, power, there, undoes, instead);
    finish(review, held, raw, true);
    free(undoes);
    free(found);
    free(power);
    free(there);
    free(deed);
    free(instead);
}

/* Whether anybody sends to, or receives from, an endpoint or notification. */
static bool anybody(struct review *review, const struct world *world, uint32_t object, uint8_t right)
{
    const struct parties *parties = capdl_review_parties(review, world, object);
    for (size_t i = 0; i < parties->count; i++) {
        if (parties->list[i].rights & right) {
            return true;
        }
    }
    for (size_t i = world->first_holder[object]; i < world->first_holder[object + 1]; i++) {
        const struct capdl_cap *cap = capdl_review_held(world, i);
        enum capdl_kind holder = capdl_object_kind(world->spec, world->holders[i].container);
        if (right == CAPDL_RIGHT_WRITE && (capdl_kind_class(holder) == CAPDL_CLASS_INTERRUPT ||
                                           (holder == CAPDL_KIND_TCB && cap->kind == CAPDL_KIND_EP))) {
            return true;
        }
        if (right == CAPDL_RIGHT_READ && holder == CAPDL_KIND_TCB && cap->kind == CAPDL_KIND_NOTIFICATION) {
            return true;
        }
    }
    return false;
}

/* What stops with the loss. */
static const char *silence_note(struct review *review, const struct capdl_cap *cap)
{
    uint32_t now = cap->object == CAPDL_NO_OBJECT
                       ? REVIEW_NONE
                       : capdl_review_local(review, &review->new, review->old.object_number[cap->object]);
    if (now == REVIEW_NONE || (cap->kind != CAPDL_KIND_EP && cap->kind != CAPDL_KIND_NOTIFICATION)) {
        return "";
    }
    if (cap->rights & CAPDL_RIGHT_WRITE && !anybody(review, &review->new, now, CAPDL_RIGHT_WRITE)) {
        return "; now nobody sends there: whoever waits there waits for ever";
    }
    if (cap->rights & CAPDL_RIGHT_READ && !anybody(review, &review->new, now, CAPDL_RIGHT_READ)) {
        return cap->kind == CAPDL_KIND_EP ? "; now nobody receives there: whoever sends there waits for ever"
                                          : "; now nobody receives there";
    }
    return "";
}

/* Whether capabilities of the old and the new system stand for the same mapping. */
static bool same_mapping(const struct review *review, const struct plain_cap *a, const struct plain_cap *b)
{
    bool any = a->mapping_container != CAPDL_NO_OBJECT, now = b->mapping_container != CAPDL_NO_OBJECT;
    return any == now &&
           (!any || (a->mapping_slot == b->mapping_slot && review->old.object_number[a->mapping_container] ==
                                                               review->new.object_number[b->mapping_container]));
}

/* Whether a subject can do the same by another capability now, one that it can name. */
static bool can_still(struct review *review, uint32_t who, const struct capdl_cap *cap)
{
    const struct world *world = &review->new;
    struct plain_cap want = capdl_review_cap(review->old.spec, cap);
    if (cap->object == CAPDL_NO_OBJECT) {
        return capdl_review_has_control(world, who, cap);
    }
    uint32_t now = capdl_review_local(review, world, review->old.object_number[cap->object]);
    bool named = cap->kind == CAPDL_KIND_CNODE && names(&review->old, who, cap->object) && !names(world, who, now);
    for (const struct capdl_cap *other = capdl_review_holds(world, who, now, &want, NULL); other && !named;
         other = capdl_review_holds(world, who, now, &want, other)) {
        struct plain_cap have = capdl_review_cap(world->spec, other);
        if (want.mapping_container == CAPDL_NO_OBJECT || same_mapping(review, &want, &have)) {
            return true;
        }
    }
    return false;
}

/* Nothing is lost but one of several ways. */
static bool can_all_still(struct review *review, const struct held *held)
{
    for (size_t i = 0; i < held->old_count; i++) {
        if (!can_still(review, held->old_users[i], held->edit->old)) {
            return false;
        }
    }
    return held->old_count && !held->old_kept;
}

static void judge_loss(struct review *review, const struct held *held)
{
    const struct edit *edit = held->edit;
    bool still = can_all_still(review, held);
    char *deed = capdl_review_deed(review, &review->old, held->old_users, held->old_count, edit->old);
    if (still && strstr(deed, "; ")) {
        *strstr(deed, "; ") = '\0'; /* whoever else can: nothing changes for them */
    }
    struct raw_finding *raw = capdl_review_add(
        review, held->old_count ? CAPDL_RANK_REMOVED : CAPDL_RANK_LAYOUT, CAPDL_LOST,
        capdl_review_target_number(&review->old, edit->old),
        still             ? "%s \4has|have\4 one capability less for what \4it|they\4 can still do: %s%s"
        : held->old_count ? "%s can no longer %s%s"
                          : "%s no longer lets anybody %s%s",
        subject_or_nobody(held, false), deed, held->old_count && !still ? silence_note(review, edit->old) : "");

    finish(review, held, raw, false);
    free(deed);
}

/* ---- The same object by another capability ---- */

static enum capdl_rank change_rank(struct review *review, const struct held *held, const struct plain_cap *a,
                                   const struct plain_cap *b)
{
    enum capdl_rank rank;
    bool together;
    if (!held->count) {
        return CAPDL_RANK_LAYOUT;
    }
    if (a->kind == CAPDL_KIND_SMC) {
        return b->data ? a->data ? CAPDL_RANK_HARDWARE : CAPDL_RANK_REMOVED : CAPDL_RANK_HARDWARE;
    }
    if (a->kind == CAPDL_KIND_SCHED_CONTROL) {
        return CAPDL_RANK_RESHAPE;
    }
    bool gained = false;
    for (size_t i = 0; i < held->count; i++) {
        gained |= capdl_review_gained(review, held->users[i], held->edit->new, &together) != 0;
    }
    rank = gained && capdl_kind_has(a->kind, CAPDL_TRAIT_RIGHTS)
               ? capdl_review_gain_rank(review, held->users, held->count, held->edit->new)
               : CAPDL_RANK_LAYOUT;
    if (a->data != b->data && capdl_kind_has(a->kind, CAPDL_TRAIT_BADGE) && rank > CAPDL_RANK_IDENTITY) {
        return CAPDL_RANK_IDENTITY;
    }
    if (rank != CAPDL_RANK_LAYOUT) {
        return rank;
    }
    return (a->rights & ~b->rights) ? CAPDL_RANK_REMOVED : CAPDL_RANK_BEHAVIOUR;
}

/* What rights add, of messages and frames; NULL: the deed says it. */
static const char *added_deed(const struct plain_cap *a, const struct plain_cap *b)
{
    unsigned had = capdl_review_allows(a->kind, a->rights), has = capdl_review_allows(b->kind, b->rights);
    unsigned more = has & ~had & CAPDL_RIGHTS_ALL;
    bool answered = had & CAPDL_RIGHT_GRANT_REPLY;
    if (had & ~has || !(a->rights & CAPDL_RIGHTS_ALL) ||
        (b->kind == CAPDL_KIND_EP && !(a->rights & CAPDL_RIGHT_WRITE))) {
        return NULL;
    }
    if (b->kind == CAPDL_KIND_FRAME) {
        return more == CAPDL_RIGHT_WRITE ? "map for writing" : NULL;
    }
    if (b->kind != CAPDL_KIND_EP) {
        return NULL;
    }
    return more == CAPDL_RIGHT_READ                ? "receive from"
           : more == CAPDL_RIGHT_GRANT_REPLY       ? "call, and so be answered at,"
           : more == CAPDL_RIGHT_GRANT && answered ? "hand over copies of \4its|their\4 capabilities with calls of"
           : more & CAPDL_RIGHT_GRANT && !(more & CAPDL_RIGHT_READ)
               ? "call, and hand over copies of \4its|their\4 capabilities at,"
               : NULL;
}

/* The deed of rights that are other ones than before: "call \1 (WP instead of W, badge 0x1)". To be freed. */
static char *other_deed(const char *deed, size_t length, const char *after, const char *before)
{
    char *written = capdl_review_format("(%s", after);
    const char *found = strstr(deed, written);
    size_t first = found && found < deed + length ? (size_t)(found - deed) + strlen(written) : length;
    char *text = first < length ? capdl_review_format("%.*s instead of %s%.*s", (int)first, deed, before,
                                                      (int)(length - first), deed + first)
                                : capdl_review_format("%.*s (%s instead of %s)", (int)length, deed, after, before);
    free(written);
    return text;
}

static void judge_rights(struct review *review, const struct held *held, enum capdl_rank rank,
                         const struct plain_cap *a, const struct plain_cap *b)
{
    const struct edit *edit = held->edit;
    uint64_t target = capdl_review_target_number(&review->new, edit->new);
    bool together = false, more = (b->rights & ~capdl_review_allows(a->kind, a->rights)) != 0;
    char before[8], after[8], *deed = capdl_review_deed(review, &review->new, held->users, held->count, edit->new);
    const char *rest = strstr(deed, "; ");
    size_t length = rest ? (size_t)(rest - deed) : strlen(deed);
    struct raw_finding *raw;
    together = held->count && capdl_review_gained(review, held->users[0], edit->new, &together) && together;
    const char *added = more && !together ? added_deed(a, b) : NULL;
    capdl_review_rights(a->kind, a->rights, before);
    capdl_review_rights(b->kind, b->rights, after);
    char *what = added && edit->new->data ? capdl_review_format("%s \1 (%s instead of %s, badge 0x%" PRIx64 ")", added,
                                                                after, before, edit->new->data)
                 : added                  ? capdl_review_format("%s \1 (%s instead of %s)", added, after, before)
                                          : other_deed(deed, length, after, before);
    raw = capdl_review_add(review, rank, more ? CAPDL_CHANGED : CAPDL_LOST, target, "%s may %s %s%s%s",
                           subject_or_nobody(held, true),
                           added  ? "now also"
                           : more ? "now"
                                  : "only",
                           what, together ? ", which no single capability allowed before" : "", rest ? rest : "");
    raw->field = "rights";
    raw->old_value = capdl_review_format("%s", before);
    raw->new_value = capdl_review_format("%s", after);
    finish(review, held, raw, true);
    free(what);
    free(deed);
}

static void judge_badge(struct review *review, const struct held *held, enum capdl_rank rank, const struct plain_cap *a,
                        const struct plain_cap *b)
{
    const struct edit *edit = held->edit;
    char *deed = capdl_review_deed(review, &review->new, held->users, held->count, edit->new);
    const char *rest = strstr(deed, "; ") ? strstr(deed, "; ") : "";
    int length = (int)(strlen(deed) - strlen(rest));
    uint64_t target = capdl_review_target_number(&review->new, edit->new);
    struct raw_finding *raw;
    if (a->kind == CAPDL_KIND_SCHED_CONTROL) {
        size_t num = 0;
        char *left =
            capdl_review_control_holders(review, &review->new, held->users, held->count, held->edit->old, &num);
        raw = capdl_review_add(review, rank, CAPDL_CHANGED, target,
                               " may now %.*s, instead of core %" PRIu64 ", for which %s%s", length, deed, a->data,
                               num ? "others still can" : "now nobody can", rest);
        free(left);
        raw->field = "core";
    } else if (a->kind == CAPDL_KIND_SMC) {
        raw = !b->data ? capdl_review_add(review, rank, CAPDL_CHANGED, target,
                                          " may now call every function of the firmware (\1), not only 0x%" PRIx64 "%s",
                                          a->data, rest)
              : !a->data
                  ? capdl_review_add(review, rank, CAPDL_LOST, target,
                                     " may now call only function 0x%" PRIx64 " of the firmware (\1), not every one%s",
                                     b->data, rest)
                  : capdl_review_add(review, rank, CAPDL_CHANGED, target,
                                     " may now call function 0x%" PRIx64 " of the firmware (\1) instead of 0x%" PRIx64
                                     "%s",
                                     b->data, a->data, rest);
        raw->field = "badge";
    } else {
        char *note = capdl_review_badge_change(review, held->users, held->count, edit->new, a->data);
        raw = capdl_review_add(review, rank, CAPDL_CHANGED, target,
                               "%s now \4appears|appear\4 at \1 with badge 0x%" PRIx64 " instead of 0x%" PRIx64
                               ", and so as another sender than before%s",
                               subject_or_nobody(held, true), b->data, a->data, note);
        free(note);
        raw->field = "badge";
    }
    raw->old_value = capdl_review_format("0x%" PRIx64, a->data);
    raw->new_value = capdl_review_format("0x%" PRIx64, b->data);
    finish(review, held, raw, true);
    free(deed);
}

/* The mapping that a capability to a page stands for, which its holder can undo. */
static void judge_note(struct review *review, const struct held *held, const struct plain_cap *a,
                       const struct plain_cap *b)
{
    const struct edit *edit = held->edit;
    char page[REVIEW_LABEL + 32] = "none", before[REVIEW_LABEL + 32] = "none", label[REVIEW_LABEL];
    bool gone = b->mapping_container == CAPDL_NO_OBJECT;
    uint32_t owner = REVIEW_NONE;
    struct raw_finding *raw;
    if (a->mapping_container != CAPDL_NO_OBJECT) {
        owner = capdl_review_owner(&review->old, a->mapping_container);
        capdl_review_object(review, review->old.object_number[a->mapping_container], label);
        snprintf(before, sizeof(before), "slot %" PRIu64 " of %s", a->mapping_slot, label);
    }
    if (!gone) {
        owner = capdl_review_owner(&review->new, b->mapping_container);
        capdl_review_object(review, review->new.object_number[b->mapping_container], label);
        snprintf(page, sizeof(page), "slot %" PRIu64 " of %s", b->mapping_slot, label);
    }
    bool foreign = owner != REVIEW_NONE && held->count && !capdl_review_is_only(held->users, held->count, owner);
    char *whose = owner == REVIEW_NONE ? capdl_review_format("an address space that nobody uses")
                  : foreign            ? capdl_review_format("%s's address space", capdl_review_subject(review, owner))
                                       : capdl_review_format("\4its|their\4 own address space");

    raw = capdl_review_add(review,
                           !foreign ? CAPDL_RANK_BEHAVIOUR
                           : gone   ? CAPDL_RANK_REMOVED
                                    : CAPDL_RANK_CONTROL,
                           gone ? CAPDL_LOST : CAPDL_CHANGED, capdl_review_target_number(&review->new, edit->new),
                           gone ? "%s can no longer take \1 out of %s%s by unmapping \4its|their\4 capability to it, "
                                  "which stands for no mapping now (was %.0s%s)"
                                : "%s can now take \1 out of %s%s by unmapping \4its|their\4 capability to it, "
                                  "which stands for the mapping in %s (was %s)",
                           subject_or_nobody(held, true), whose,
                           gone || owner == REVIEW_NONE ? "" : ", where to use it is then a fault,", page, before);
    free(whose);
    raw->field = "mapping";
    raw->old_value = capdl_review_format("%s", before);
    raw->new_value = capdl_review_format("%s", page);
    finish(review, held, raw, true);
}

/* As what a thread is held. */
static const char *role_text(const struct plain_cap *cap)
{
    return cap->flags & CAPDL_CAP_REPLY          ? "a reply capability"
           : cap->flags & CAPDL_CAP_MASTER_REPLY ? "a master reply capability"
                                                 : "a capability to the thread itself";
}

static void judge_flags(struct review *review, const struct held *held, const struct plain_cap *a,
                        const struct plain_cap *b)
{
    bool frame = b->kind == CAPDL_KIND_FRAME;
    enum capdl_rank rank = frame || !held->count || (a->flags && b->flags) ? CAPDL_RANK_BEHAVIOUR
                           : a->flags ? capdl_review_gain_rank(review, held->users, held->count, held->edit->new)
                                      : CAPDL_RANK_REMOVED;
    const char *before = !frame ? role_text(a) : a->flags ? "uncached" : "cached";
    const char *after = !frame ? role_text(b) : b->flags ? "uncached" : "cached";
    struct raw_finding *raw =
        capdl_review_add(review, rank, rank == CAPDL_RANK_REMOVED ? CAPDL_LOST : CAPDL_CHANGED,
                         capdl_review_target_number(&review->new, held->edit->new),
                         "%s now \4holds|hold\4 \1 as %s (was %s)%s", subject_or_nobody(held, true), after, before,
                         frame ? ": whoever maps it decides on that, whatever the capability says" : "");
    raw->field = frame ? "cached" : "reply";
    raw->old_value = capdl_review_format("%s", before);
    raw->new_value = capdl_review_format("%s", after);
    finish(review, held, raw, true);
}

static void judge_change(struct review *review, const struct held *held)
{
    const struct edit *edit = held->edit;
    struct plain_cap a = capdl_review_cap(review->old.spec, edit->old),
                     b = capdl_review_cap(review->new.spec, edit->new);
    enum capdl_rank rank = change_rank(review, held, &a, &b);
    bool flags = a.flags != b.flags, mapping = !same_mapping(review, &a, &b);
    if (a.kind == CAPDL_KIND_CNODE && (a.guard_size != b.guard_size || a.data != b.data)) {
        capdl_review_judge_guard(review, edit, held->users, held->count);
    } else if (a.data != b.data && rank >= CAPDL_RANK_IDENTITY) {
        judge_badge(review, held, rank, &a, &b);
    } else if (a.kind == CAPDL_KIND_SMC || a.kind == CAPDL_KIND_SCHED_CONTROL) {
        judge_badge(review, held, rank, &a, &b);
    } else if (a.rights != b.rights) {
        judge_rights(review, held, rank, &a, &b);
    } else if (a.data != b.data) {
        judge_badge(review, held, rank, &a, &b);
    } else if (a.flags != b.flags) {
        judge_flags(review, held, &a, &b);
        flags = false;
    } else {
        judge_note(review, held, &a, &b);
        mapping = false;
    }
    if (flags) {
        judge_flags(review, held, &a, &b);
    }
    if (mapping) {
        judge_note(review, held, &a, &b);
    }
    if (edit->old->slot != edit->new->slot) {
        struct raw_finding *raw = capdl_review_add(
            review, CAPDL_RANK_BEHAVIOUR, CAPDL_CHANGED, capdl_review_target_number(&review->new, edit->new),
            "'s \1 is in slot %" PRIu64 " instead of %" PRIu64, edit->new->slot, edit->old->slot);
        finish(review, held, raw, true);
    }
}

/* ---- The same capability elsewhere ---- */

static bool slot_free(const struct world *world, uint32_t cnode, uint64_t slot)
{
    return cnode == REVIEW_NONE || !capdl_spec_cap_at(world->spec, cnode, slot);
}

const struct edit *capdl_review_exchange(struct review *review, const struct edit *edit)
{
    for (size_t i = review->edit + 1; i < review->edits.count; i++) {
        const struct edit *other = &review->edits.list[i];
        if (other->kind != EDIT_CAP || !other->same || other->new_holder != edit->new_holder) {
            break;
        }
        if (other->old_holder == edit->old_holder && other->old->slot == edit->new->slot &&
            other->new->slot == edit->old->slot && review->finding_of[i] == REVIEW_NONE) {
            review->finding_of[i] = (uint32_t)review->num_raw;
            return other;
        }
    }
    return NULL;
}

/* What tells capabilities to one endpoint apart. */
static const char *write_badge(const struct capdl_cap *cap, char text[64])
{
    char rights[8];
    text[0] = '\0';
    if ((cap->kind == CAPDL_KIND_EP || cap->kind == CAPDL_KIND_NOTIFICATION) && !cap->data) {
        snprintf(text, 64, " (%s)", capdl_review_rights(cap->kind, cap->rights, rights));
    } else if (cap->kind == CAPDL_KIND_EP || cap->kind == CAPDL_KIND_NOTIFICATION) {
        snprintf(text, 64, " (%s, badge 0x%" PRIx64 ")", capdl_review_rights(cap->kind, cap->rights, rights),
                 cap->data);
    }
    return text;
}

static void judge_exchange(struct review *review, const struct held *held, const struct edit *other)
{
    const struct edit *edit = held->edit;
    uint64_t target = capdl_review_target_number(&review->new, other->new);
    char second[REVIEW_LABEL], first_cap[64], second_cap[64];
    struct raw_finding *raw = capdl_review_add(
        review, CAPDL_RANK_BEHAVIOUR, CAPDL_CHANGED, capdl_review_target_number(&review->new, edit->new),
        "%s \4has|have\4 two slots exchanged: %" PRIu64 " now names \1%s, %" PRIu64 " names %s%s%s",
        subject_or_nobody(held, true), edit->new->slot, write_badge(edit->new, first_cap), other->new->slot,
        capdl_review_object(review, target, second), write_badge(other->new, second_cap),
        capdl_review_programs_differ(review, held->users, held->count)
            ? "; \4its program|their programs\4 changed, too: see that \4it uses|they use\4 the new numbers"
            : "; \4its program is|their programs are\4 the same and will take one for the other");
    raw->field = "slot";
    raw->old_value = capdl_review_format("%" PRIu64, edit->old->slot);
    raw->new_value = capdl_review_format("%" PRIu64, edit->new->slot);
    finish(review, held, raw, true);
}

static void judge_move(struct review *review, const struct held *held)
{
    const struct edit *edit = held->edit;
    uint32_t was = capdl_review_local(review, &review->old, review->new.object_number[edit->new_holder]);
    uint32_t now = capdl_review_local(review, &review->new, review->old.object_number[edit->old_holder]);
    bool exchanged = !slot_free(&review->old, was, edit->new->slot) || !slot_free(&review->new, now, edit->old->slot);
    bool layout = !exchanged && (edit->new->kind != CAPDL_KIND_CNODE) && !review->unequal[edit->object];
    char holder[REVIEW_LABEL] = "", named[REVIEW_LABEL] = "";
    struct raw_finding *raw;
    if (was == REVIEW_NONE || review->old_of[edit->new_holder] != edit->old_holder) {
        capdl_object_label(review->old.spec, edit->old_holder, holder, sizeof(holder));
    }
    if (now != REVIEW_NONE && !slot_free(&review->new, now, edit->old->slot)) {
        const struct capdl_cap *cap = capdl_spec_cap_at(review->new.spec, now, edit->old->slot);
        capdl_review_object(review, capdl_review_target_number(&review->new, cap), named);
    }
    raw = capdl_review_add(review, layout ? CAPDL_RANK_LAYOUT : CAPDL_RANK_BEHAVIOUR, CAPDL_CHANGED,
                           capdl_review_target_number(&review->new, edit->new),
                           "%s \4has|have\4 \1 in slot %" PRIu64 " instead of %" PRIu64 "%s%s%s%s",
                           subject_or_nobody(held, true), edit->new->slot, edit->old->slot, *holder ? " of " : "",
                           holder, *named ? ": the old slot now names " : "", named);
    raw->field = "slot";
    raw->old_value = capdl_review_format("%" PRIu64, edit->old->slot);
    raw->new_value = capdl_review_format("%" PRIu64, edit->new->slot);
    finish(review, held, raw, true);
}

void capdl_review_judge_held(struct review *review, const struct edit *edit)
{
    struct held held = {.edit = edit};
    const struct edit *other;
    bool same_target = edit->old && edit->new &&capdl_review_target_number(&review->old, edit->old) ==
                                        capdl_review_target_number(&review->new, edit->new);
    if (edit->new) {
        held.users = find_users(&review->new, edit->new_holder, &held.count, &held.kept);
    }
    if (edit->old) {
        held.old_users = find_users(&review->old, edit->old_holder, &held.old_count, &held.old_kept);
    }
    if (edit->same && (other = capdl_review_exchange(review, edit))) {
        judge_exchange(review, &held, other);
    } else if (edit->same) {
        judge_move(review, &held);
    } else if (same_target) {
        judge_change(review, &held);
    } else {
        if (edit->new) {
            judge_gain(review, &held);
        }
        if (edit->old) {
            judge_loss(review, &held);
        }
    }
    free(held.users);
    free(held.old_users);
}
