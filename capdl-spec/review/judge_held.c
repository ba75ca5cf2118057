/* SPDX-License-Identifier: BSD-2-Clause */
/* Edits of CNodes: what threads hold. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

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

static void show_at(struct raw_finding *raw, const struct world *world, uint32_t holder, uint64_t slot)
{
    raw->world = world;
    raw->holder = holder;
    raw->slot = slot;
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
    show_at(raw, new ? &review->new : &review->old, new ? edit->new_holder : edit->old_holder,
            new ? edit->new->slot : edit->old->slot);
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

/* Whether all could do the same by another capability before. With messages, another badge is another matter. */
static bool held_before(struct review *review, const struct held *held)
{
    const struct capdl_cap *cap = held->edit->new;
    bool together;

    for (size_t i = 0; i < held->count; i++) {
        if (capdl_review_gained(review, held->users[i], cap, &together)) {
            return false;
        }
    }
    return held->count && !held->kept && cap->kind != CAPDL_KIND_EP && cap->kind != CAPDL_KIND_NOTIFICATION;
}

static void judge_gain(struct review *review, const struct held *held)
{
    const struct edit *edit = held->edit;
    enum capdl_rank rank =
        held->count ? capdl_review_gain_rank(review, held->users, held->count, edit->new) : CAPDL_RANK_LAYOUT;
    char *deed = capdl_review_deed(review, &review->new, held->users, held->count, edit->new);
    char was[REVIEW_LABEL],
        *instead = edit->old
                       ? capdl_review_format(
                             "; slot %" PRIu64 " held %s", edit->new->slot,
                             capdl_review_object(review, capdl_review_target_number(&review->old, edit->old), was))
                       : capdl_review_format("%s", "");
    struct raw_finding *raw = capdl_review_add(
        review, rank, CAPDL_GAINED, capdl_review_target_number(&review->new, edit->new),
        held_before(review, held) ? "%s \4has|have\4 another capability by which \4it|they\4 may, as before, %s%s"
                                  : "%s may now %s%s",
        subject_or_nobody(held, true), deed, instead);

    finish(review, held, raw, true);
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

static void judge_loss(struct review *review, const struct held *held)
{
    const struct edit *edit = held->edit;
    char *deed = capdl_review_deed(review, &review->old, held->old_users, held->old_count, edit->old);
    struct raw_finding *raw =
        capdl_review_add(review, held->old_count ? CAPDL_RANK_REMOVED : CAPDL_RANK_LAYOUT, CAPDL_LOST,
                         capdl_review_target_number(&review->old, edit->old),
                         held->old_count ? "%s can no longer %s%s" : "%s no longer lets anybody %s%s",
                         subject_or_nobody(held, false), deed, held->old_count ? silence_note(review, edit->old) : "");

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
    rank = capdl_review_gained(review, held->users[0], held->edit->new, &together) &&
                   capdl_kind_has(a->kind, CAPDL_TRAIT_RIGHTS)
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
    unsigned more = b->rights & ~a->rights & CAPDL_RIGHTS_ALL;
    bool answered = a->rights & (CAPDL_RIGHT_GRANT | CAPDL_RIGHT_GRANT_REPLY);

    if (a->rights & ~b->rights || !(a->rights & CAPDL_RIGHTS_ALL) ||
        (b->kind == CAPDL_KIND_EP && !(a->rights & CAPDL_RIGHT_WRITE))) {
        return NULL;
    }
    if (b->kind == CAPDL_KIND_FRAME) {
        return more == CAPDL_RIGHT_WRITE ? "map it for writing" : NULL;
    }
    if (b->kind != CAPDL_KIND_EP) {
        return NULL;
    }
    return more == CAPDL_RIGHT_READ                ? "receive there"
           : more == CAPDL_RIGHT_GRANT_REPLY       ? "call, which lets the receiver answer"
           : more == CAPDL_RIGHT_GRANT && answered ? "hand capabilities to its receiver"
           : more & CAPDL_RIGHT_GRANT && !(more & CAPDL_RIGHT_READ)
               ? "hand capabilities to its receiver, and call, which lets that answer"
               : NULL;
}

static void judge_rights(struct review *review, const struct held *held, enum capdl_rank rank,
                         const struct plain_cap *a, const struct plain_cap *b)
{
    const struct edit *edit = held->edit;
    uint64_t target = capdl_review_target_number(&review->new, edit->new);
    bool together, more = (b->rights & ~a->rights) != 0;
    char before[8], after[8], *deed = capdl_review_deed(review, &review->new, held->users, held->count, edit->new);
    const char *note = "";
    struct raw_finding *raw;

    if (held->count && capdl_review_gained(review, held->users[0], edit->new, &together) && together) {
        note = ", which no single capability gave before";
    }
    const char *added = more && !*note ? added_deed(a, b) : NULL, *rest = strstr(deed, "; ");
    raw = capdl_review_add(review, rank, more ? CAPDL_CHANGED : CAPDL_LOST, target,
                           "%s \4holds|hold\4 \1 with rights %s instead of %s%s: \4it|they\4 may %s%s%s",
                           subject_or_nobody(held, true), capdl_review_rights(b->kind, b->rights, after),
                           capdl_review_rights(a->kind, a->rights, before), note,
                           added  ? "now also "
                           : more ? "now "
                                  : "only ",
                           added ? added : deed, added && rest ? rest : "");
    raw->field = "rights";
    raw->old_value = capdl_review_format("%s", capdl_review_rights(a->kind, a->rights, before));
    raw->new_value = capdl_review_format("%s", capdl_review_rights(b->kind, b->rights, after));
    finish(review, held, raw, true);
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
        raw = capdl_review_add(review, rank, CAPDL_CHANGED, target, " may now %.*s, instead of core %" PRIu64 "%s",
                               length, deed, a->data, rest);
        raw->field = "core";
    } else if (a->kind == CAPDL_KIND_SMC) {
        raw = !b->data
                  ? capdl_review_add(review, rank, CAPDL_CHANGED, target,
                                     " may now call every SMC function, not only 0x%" PRIx64 " (\1)%s", a->data, rest)
              : !a->data
                  ? capdl_review_add(review, rank, CAPDL_LOST, target,
                                     " may now call only the SMC function 0x%" PRIx64 ", not every one (\1)%s", b->data,
                                     rest)
                  : capdl_review_add(review, rank, CAPDL_CHANGED, target,
                                     " may now call the SMC function 0x%" PRIx64 " instead of 0x%" PRIx64 " (\1)%s",
                                     b->data, a->data, rest);
        raw->field = "badge";
    } else {
        char *note = capdl_review_badge_change(review, held->users, held->count, edit->new, a->data);

        raw = capdl_review_add(review, rank, CAPDL_CHANGED, target,
                               "%s \4uses|use\4 \1 with badge 0x%" PRIx64 " instead of 0x%" PRIx64 "%s",
                               subject_or_nobody(held, true), b->data, a->data, note);
        free(note);
        raw->field = "badge";
    }
    raw->old_value = capdl_review_format("0x%" PRIx64, a->data);
    raw->new_value = capdl_review_format("0x%" PRIx64, b->data);
    finish(review, held, raw, true);
    free(deed);
}

static void write_guard(const struct plain_cap *cap, char text[64])
{
    if (cap->guard_size) {
        snprintf(text, 64, "0x%" PRIx64 " of %u bit%s", cap->data, cap->guard_size, cap->guard_size == 1 ? "" : "s");
    } else {
        snprintf(text, 64, "none");
    }
}

/* Who reaches a CNode by pointers in one system. */
static size_t count_users(const struct world *world, uint32_t cnode)
{
    return cnode == REVIEW_NONE ? 0 : world->first_use[cnode + 1] - world->first_use[cnode];
}

/* The gravest of what the CNode holds, for those that can now name it. */
static enum capdl_rank content_rank(struct review *review, uint32_t cnode)
{
    struct capdl_caps caps = capdl_object_caps(review->new.spec, cnode);
    size_t count;
    uint32_t *users = capdl_review_users(&review->new, cnode, &count);
    enum capdl_rank worst = CAPDL_RANK_BEHAVIOUR;

    for (uint32_t i = 0; count && i < caps.count; i++) {
        enum capdl_rank rank = capdl_review_gain_rank(review, users, count, &caps.list[i]);
        worst = rank < worst ? rank : worst;
    }
    free(users);
    return worst;
}

/* What a CNode of the new system holds. */
static char *list_contents(const struct review *review, uint32_t cnode)
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

void capdl_review_judge_guard(struct review *review, const struct edit *edit, const uint32_t *users, size_t count)
{
    struct plain_cap a = capdl_review_cap(review->old.spec, edit->old),
                     b = capdl_review_cap(review->new.spec, edit->new);
    uint32_t cnode = edit->new->object;
    size_t before = count_users(&review->old, review->old_of[cnode]), after = count_users(&review->new, cnode);
    unsigned caps = capdl_object_caps(review->new.spec, cnode).count;
    bool same = before && after && same_pointers(review, review->old_of[cnode], cnode);
    enum capdl_rank rank = same               ? CAPDL_RANK_LAYOUT
                           : !before && after ? content_rank(review, cnode)
                           : before && !after ? CAPDL_RANK_REMOVED
                                              : CAPDL_RANK_BEHAVIOUR;
    char old[64], new[64], *list = list_contents(review, cnode);
    struct raw_finding *raw;

    write_guard(&a, old);
    write_guard(&b, new);
    raw = capdl_review_add(review, rank, !after && before ? CAPDL_LOST : CAPDL_CHANGED,
                           edit->object < review->new.spec->num_objects ? cnode : cnode,
                           ": the guard of \1 is %s (was %s): %s its %u capabilit%s%s%s%s", new, old,
                           same              ? "the same pointers as before lead to"
                           : after && before ? "only other pointers than before lead to"
                           : after           ? "pointers now lead to"
                           : before          ? "pointers no longer lead to"
                                             : "as before, no pointer leads to",
                           caps, caps == 1 ? "y" : "ies", *list ? " (" : "", list, *list ? ")" : "");
    free(list);
    raw->field = "guard";
    raw->old_value = capdl_review_format("%s", old);
    raw->new_value = capdl_review_format("%s", new);
    capdl_review_concern(raw, users, count);
    show_at(raw, &review->new, edit->new_holder, edit->new->slot);
}

static void judge_note(struct review *review, const struct held *held, const struct plain_cap *a,
                       const struct plain_cap *b)
{
    const struct edit *edit = held->edit;
    char page[REVIEW_LABEL + 32] = "no page table", before[REVIEW_LABEL + 32] = "no page table", label[REVIEW_LABEL];
    uint32_t owner = REVIEW_NONE;
    struct raw_finding *raw;

    if (a->mapping_container != CAPDL_NO_OBJECT) {
        capdl_review_object(review, review->old.object_number[a->mapping_container], label);
        snprintf(before, sizeof(before), "slot %" PRIu64 " of %s", a->mapping_slot, label);
    }
    if (b->mapping_container != CAPDL_NO_OBJECT) {
        owner = capdl_review_owner(&review->new, b->mapping_container);
        capdl_review_object(review, review->new.object_number[b->mapping_container], label);
        snprintf(page, sizeof(page), "slot %" PRIu64 " of %s", b->mapping_slot, label);
    }
    bool foreign = owner != REVIEW_NONE && held->count && held->users[0] != owner;
    raw =
        capdl_review_add(review, foreign ? CAPDL_RANK_CONTROL : CAPDL_RANK_BEHAVIOUR, CAPDL_CHANGED,
                         capdl_review_target_number(&review->new, edit->new),
                         "%s \4holds|hold\4 the capability that maps \1 in %s (was %s): with it, that page%s%s can be "
                         "unmapped",
                         subject_or_nobody(held, true), page, before, foreign ? " of " : "",
                         foreign ? capdl_review_subject(review, owner) : "");
    raw->field = "mapping";
    raw->old_value = capdl_review_format("%s", before);
    raw->new_value = capdl_review_format("%s", page);
    finish(review, held, raw, true);
}

static void judge_flags(struct review *review, const struct held *held)
{
    struct raw_finding *raw = capdl_review_add(
        review, CAPDL_RANK_BEHAVIOUR, CAPDL_CHANGED, capdl_review_target_number(&review->new, held->edit->new),
        "%s \4holds|hold\4 \1 with another %s", subject_or_nobody(held, true),
        held->edit->new->kind == CAPDL_KIND_FRAME ? "caching" : "role (reply, master_reply)");

    finish(review, held, raw, true);
}

static void judge_change(struct review *review, const struct held *held)
{
    const struct edit *edit = held->edit;
    struct plain_cap a = capdl_review_cap(review->old.spec, edit->old),
                     b = capdl_review_cap(review->new.spec, edit->new);
    enum capdl_rank rank = change_rank(review, held, &a, &b);

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
        judge_flags(review, held);
    } else {
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
        "%s \4has|have\4 two slots exchanged: %" PRIu64 " now names \1%s, %" PRIu64 " names %s%s",
        subject_or_nobody(held, true), edit->new->slot, write_badge(edit->new, first_cap), other->new->slot,
        capdl_review_object(review, target, second), write_badge(other->new, second_cap));

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
