/* SPDX-License-Identifier: BSD-2-Clause */
/* Edits of objects that are new or gone, of what untypeds cover, of derivations and of the system as a whole. */
#include "judge_system.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "domain_share.h"
#include "effects.h"
#include "findings.h"
#include "normal_form.h"
#include "parties.h"
#include "words.h"

/* ---- Objects ---- */

static bool vspace_in_old(const struct review *review, uint32_t tcb)
{
    uint32_t space = capdl_review_target(review->new.spec, tcb, CAPDL_TCB_SLOT_VSPACE);
    return space != REVIEW_NONE && space != CAPDL_NO_OBJECT && review->old_of[space] != REVIEW_NONE;
}

void capdl_review_judge_object(struct review *review, const struct edit *edit)
{
    const struct world *world = edit->has_new ? &review->new : &review->old;
    uint32_t local = capdl_review_local(review, world, edit->object);
    enum capdl_kind kind = capdl_object_kind(world->spec, local);
    uint32_t owner = capdl_review_owner(world, local);
    struct raw_finding *raw;
    if (kind != CAPDL_KIND_TCB) {
        raw = capdl_review_add(review, CAPDL_RANK_LAYOUT, edit->has_new ? CAPDL_GAINED : CAPDL_LOST, edit->object,
                               world->first_holder[local] < world->first_holder[local + 1]
                                   ? edit->has_new ? "there is a \1" : "\1 is gone"
                               : edit->has_new ? "there is a \1 that nothing refers to"
                                               : "\1, which nothing referred to, is gone");
    } else if (!edit->has_new) {
        raw = capdl_review_add(review, CAPDL_RANK_REMOVED, CAPDL_LOST, edit->object, " is gone: its thread was \3");
        capdl_review_concern(raw, &owner, owner != REVIEW_NONE);
    } else if (vspace_in_old(review, local)) {
        raw = capdl_review_add(review, CAPDL_RANK_CONTROL, CAPDL_GAINED, edit->object,
                               " is a new thread (\3) in an address space that is in use: it can do all that the "
                               "others there can");
        capdl_review_concern(raw, &owner, owner != REVIEW_NONE);
    } else {
        raw = capdl_review_add(review, CAPDL_RANK_FLOW, CAPDL_GAINED, edit->object,
                               " is a new thread of priority %" PRIu64 " (\3)",
                               capdl_tcb_values(world->spec, local)->prio);
        capdl_review_concern(raw, &owner, owner != REVIEW_NONE);
    }
    raw->thread = kind == CAPDL_KIND_TCB;
    if (edit->has_new) {
        raw->new_pos = capdl_object_pos(world->spec, local);
    } else {
        raw->old_pos = capdl_object_pos(world->spec, local);
    }
}

/* ---- Covers ---- */

/* Subjects that hold the untyped, other than the one to which the object belongs. */
static uint32_t *holders_of(struct review *review, const struct world *world, uint32_t untyped, uint32_t but,
                            size_t *count)
{
    const struct parties *parties = capdl_review_parties(review, world, untyped);
    uint32_t *list = capdl_spec_realloc(NULL, (parties->count + 1) * sizeof(*list));
    *count = 0;
    for (size_t i = 0; i < parties->count; i++) {
        uint32_t who = parties->list[i].who;
        if (who != but && (*count == 0 || list[*count - 1] != who)) {
            list[(*count)++] = who;
        }
    }
    for (size_t i = world->first_holder[untyped]; *count == 0 && i < world->first_holder[untyped + 1]; i++) {
        uint32_t holder = world->holders[i].container;
        if (capdl_object_kind(world->spec, holder) == CAPDL_KIND_CNODE) {
            free(list);
            list = capdl_review_keepers(world, holder, count);
        }
    }
    return list;
}

/* "untyped 'pool'", from which an object is made. */
static char *cover_name(const struct review *review, uint64_t untyped)
{
    char label[REVIEW_LABEL];
    return untyped == REVIEW_DEFAULT ? capdl_review_format("memory that no program holds")
                                     : capdl_review_format("%s", capdl_review_object(review, untyped, label));
}

/* Whether all of them held another untyped before: then they gain nothing. */
static bool all_held(struct review *review, uint32_t untyped, const uint32_t *holders, size_t count)
{
    const struct parties *parties = capdl_review_parties(review, &review->old, untyped);
    for (size_t i = 0; i < count; i++) {
        bool found = false;
        for (size_t j = 0; j < parties->count && !found; j++) {
            found = parties->list[j].who == holders[i];
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

void capdl_review_judge_cover(struct review *review, const struct edit *edit)
{
    uint32_t local = (uint32_t)edit->object, owner = capdl_review_owner(&review->new, local);
    uint32_t untyped =
        edit->new_value == REVIEW_DEFAULT ? REVIEW_NONE : capdl_review_local(review, &review->new, edit->new_value);
    char *before = cover_name(review, edit->old_value), *after = cover_name(review, edit->new_value);
    uint32_t was =
        edit->old_value == REVIEW_DEFAULT ? REVIEW_NONE : capdl_review_local(review, &review->old, edit->old_value);
    size_t count = 0;
    uint32_t *holders = untyped == REVIEW_NONE ? NULL : holders_of(review, &review->new, untyped, owner, &count);
    const char *of = owner == REVIEW_NONE ? "" : " of ";
    const char *whose = owner == REVIEW_NONE ? "" : capdl_review_subject(review, owner);
    bool gained = count > 0, same = gained && was != REVIEW_NONE && all_held(review, was, holders, count);
    if (!gained && was != REVIEW_NONE) {
        free(holders);
        holders = holders_of(review, &review->old, was, owner, &count);
    }
    const char *kind = capdl_kind_name(capdl_object_kind(review->new.spec, local));
    char *stop = owner != REVIEW_NONE && capdl_object_kind(review->new.spec, local) == CAPDL_KIND_TCB
                     ? capdl_review_format(", and so stop %s", whose)
                     : capdl_review_format("%s", "");
    struct raw_finding *raw =
        !gained && count
            ? capdl_review_add(review, CAPDL_RANK_REMOVED, CAPDL_LOST, edit->object,
                               " can no longer destroy \1%s%s by taking back %s: the %s is now made from %s", of, whose,
                               before, kind, after)
        : same  ? capdl_review_add(review, CAPDL_RANK_RESHAPE, CAPDL_CHANGED, edit->object,
                                   " can destroy \1%s%s by taking back %s, from which the %s is now made, no longer %s",
                                   of, whose, after, kind, before)
        : count ? capdl_review_add(
                      review, CAPDL_RANK_RESHAPE, CAPDL_GAINED, edit->object,
                      " can now destroy \1%s%s at any time%s, by taking back %s, from which the %s is now made "
                      "(before: from %s)",
                      of, whose, stop, after, kind, before)
                : capdl_review_add(review, CAPDL_RANK_LAYOUT, CAPDL_CHANGED, edit->object,
                                   "\1 is made from %s instead of %s; nobody else holds that", after, before);

    free(stop);
    capdl_review_concern(raw, holders, count);
    raw->field = "untyped";
    raw->old_value = before;
    raw->new_value = after;
    raw->new_pos = capdl_object_pos(review->new.spec, local);
    free(holders);
}

/* ---- The system ---- */

static void write_schedule(FILE *out, const struct capdl_domains *domains)
{
    for (size_t i = 0; i < domains->num_schedule; i++) {
        const struct capdl_domain_entry *entry = &domains->schedule[i];
        const char *unit = entry->unit == CAPDL_MICROSECONDS ? "us" : "ticks";
        fputs(i ? ", " : "", out);
        if (entry->end_marker) {
            fputs("end", out);
        } else {
            fprintf(out, "domain %" PRIu64 " for %" PRIu64 " %s", entry->domain, entry->duration, unit);
        }
    }
    fputs(domains->num_schedule ? "" : "none", out);
}

static char *schedule_text(const struct capdl_domains *domains)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    write_schedule(out, domains);
    fclose(out);
    return text;
}

/* "payload and payload_io", whose threads are in a domain; to be freed. */
static char *domain_members(const struct review *review, uint64_t domain, size_t *count)
{
    const struct world *world = &review->new;
    uint32_t *list = capdl_spec_realloc(NULL, (world->num_subjects + (size_t)1) * sizeof(*list));
    char *names;
    *count = 0;
    for (uint32_t i = 0; i < world->num_subjects; i++) {
        if (capdl_tcb_values(world->spec, world->subjects[i].tcb)->dom == domain) {
            list[(*count)++] = world->subject_number[i];
        }
    }
    names = capdl_review_names(review, list, *count);
    free(list);
    return names;
}

/* Whose share of the time is another one: "; domain 2 (payload) has 43 % of the time (was 20 %)". To be freed. */
static char *shares_note(const struct review *review)
{
    const struct capdl_domains *old = &review->old.spec->domains, *new = &review->new.spec->domains;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    for (uint64_t domain = 0; domain < CAPDL_MOST_DOMAINS; domain++) {
        uint64_t a, b, was, now;
        size_t count;
        char *names;
        if (!capdl_review_domain_share(old, domain, &a, &was) || !capdl_review_domain_share(new, domain, &b, &now) ||
            (double)a * (double)now == (double)b * (double)was) {
            continue;
        }
        names = domain_members(review, domain, &count);
        if (!b) {
            fprintf(out, "; domain %" PRIu64 " (%s) never runs (had %.3g %% of the time)", domain,
                    count ? names : "nobody", 100.0 * (double)a / (double)was);
        } else {
            fprintf(out, "; domain %" PRIu64 " (%s) has %.3g %% of the time (was %.3g %%)", domain,
                    count ? names : "nobody", 100.0 * (double)b / (double)now, 100.0 * (double)a / (double)was);
        }
        free(names);
    }
    fclose(out);
    return text;
}

/* "entry 1, domain 0 for 500 ticks", with which the schedule starts */
static char *start_text(const struct capdl_domains *domains, uint64_t start)
{
    const struct capdl_domain_entry *entry = start < domains->num_schedule ? &domains->schedule[start] : NULL;
    return start == REVIEW_DEFAULT       ? capdl_review_format("nothing")
           : start == REVIEW_DEFAULT - 1 ? capdl_review_format("no entry")
           : entry && !entry->end_marker
               ? capdl_review_format("entry %" PRIu64 ", domain %" PRIu64, start, entry->domain)
               : capdl_review_format("entry %" PRIu64, start);
}

/* What follows if a schedule starts there: it repeats from there. To be freed. */
static char *first_note(const struct review *review, uint64_t start)
{
    const struct capdl_domains *domains = &review->new.spec->domains;
    char *names, *text;
    if (start == 0 || start >= domains->num_schedule || domains->schedule[start].end_marker) {
        return capdl_review_format("%s", "");
    }
    names = shares_note(review);
    text = capdl_review_format("; it starts and repeats from there: no entry before it ever runs%s", names);
    free(names);
    return text;
}

/* Where there was no schedule, that it starts with its first entry is no news, nor is anything where there is none now.
 */
static void tells_start(struct review *review)
{
    bool was = review->old.spec->domains.num_schedule, is = review->new.spec->domains.num_schedule;
    for (size_t i = review->edit + 1; i < review->edits.count && review->edits.list[i].kind == EDIT_SCHEDULE; i++) {
        if (!is || (!was && !review->edits.list[i].new_value)) {
            review->finding_of[i] = review->finding_of[review->edit];
        }
    }
}

void capdl_review_judge_schedule(struct review *review, const struct edit *edit)
{
    char *before, *after;
    struct raw_finding *raw;
    if (edit->field == 0) {
        before = schedule_text(&review->old.spec->domains);
        after = schedule_text(&review->new.spec->domains);
        char *shares = shares_note(review);
        raw = capdl_review_add(review, CAPDL_RANK_TIME, CAPDL_CHANGED, FINDING_NO_OBJECT,
                               "the domain schedule is %s (was %s)%s", after, before,
                               review->new.spec->domains.num_schedule
                                   ? shares
                                   : ": unless the kernel has one, only threads in domain 0 run");
        free(shares);
        tells_start(review);
        raw->field = "schedule";
    } else {
        before = edit->field == 1 ? start_text(&review->old.spec->domains, edit->old_value)
                                  : capdl_review_format("%" PRIu64, edit->old_value);
        after = edit->field == 1 ? start_text(&review->new.spec->domains, edit->new_value)
                                 : capdl_review_format("%" PRIu64, edit->new_value);
        char *first = edit->field == 1 ? first_note(review, edit->new_value) : capdl_review_format("%s", "");
        raw = capdl_review_add(review, CAPDL_RANK_TIME, CAPDL_CHANGED, FINDING_NO_OBJECT,
                               edit->field == 1 ? review->old.spec->domains.num_schedule
                                                      ? "the domain schedule now starts with %s (was with %s)%s"
                                                      : "the domain schedule starts with %s%.0s%s"
                                                : "the domain schedule is written from index %s on (was %s)%s",
                               after, before, first);
        free(first);
        raw->field = edit->field == 1 ? "domain_set_start" : "index_shift";
    }
    raw->old_value = before;
    raw->new_value = after;
    raw->old_pos = review->old.spec->domains.pos;
    raw->new_pos = review->new.spec->domains.pos;
}

void capdl_review_judge_arch(struct review *review, const struct edit *edit)
{
    const char *before = capdl_arch_name((enum capdl_arch)edit->old_value);
    const char *after = capdl_arch_name((enum capdl_arch)edit->new_value);
    struct raw_finding *raw =
        capdl_review_add(review, CAPDL_RANK_PROGRAM, CAPDL_CHANGED, FINDING_NO_OBJECT,
                         "the system is now for %s (was %s): programs of the old one cannot run on it", after, before);
    raw->field = "arch";
    raw->old_value = capdl_review_format("%s", before);
    raw->new_value = capdl_review_format("%s", after);
}

/* "slot 1 of CNode 'a' (endpoint 'service')" */
static char *slot_text(const struct review *review, uint64_t cnode, uint64_t slot)
{
    uint32_t local = capdl_review_local(review, &review->new, cnode);
    const struct capdl_cap *cap = local == REVIEW_NONE ? NULL : capdl_spec_cap_at(review->new.spec, local, slot);
    char label[REVIEW_LABEL], target[REVIEW_LABEL];
    if (cnode == REVIEW_DEFAULT) {
        return capdl_review_format("something that is gone");
    }
    capdl_review_object(review, cnode, label);
    return cap ? capdl_review_format("slot %" PRIu64 " of %s (%s)", slot, label,
                                     capdl_review_object(review, capdl_review_target_number(&review->new, cap), target))
               : capdl_review_format("slot %" PRIu64 " of %s", slot, label);
}

/* The edit by which the same capability was derived from another one before; NULL for none. */
static const struct edit *former_parent(struct review *review, const struct edit *edit)
{
    for (size_t i = 0; edit->has_new && i < review->edits.count; i++) {
        const struct edit *other = &review->edits.list[i];
        if (other->kind == EDIT_DERIVED && !other->has_new && other->object == edit->object &&
            other->new_value == edit->new_value) {
            review->finding_of[i] = review->finding_of[review->edit];
            return other;
        }
    }
    return NULL;
}

/* Who can revoke what is derived from what the CNode of one system holds, other than whose that is. */
static uint32_t *revokers(const struct review *review, const struct world *world, uint64_t cnode, uint32_t but,
                          size_t *count)
{
    uint32_t local = cnode == REVIEW_DEFAULT ? REVIEW_NONE : capdl_review_local(review, world, cnode), *list;
    size_t kept = 0;
    *count = 0;
    if (local == REVIEW_NONE) {
        return NULL;
    }
    list = capdl_review_keepers(world, local, count);
    if (!*count) {
        free(list);
        list = capdl_review_users(world, local, count);
    }
    for (size_t i = 0; i < *count; i++) {
        if (list[i] != but) {
            list[kept++] = list[i];
        }
    }
    *count = kept;
    return list;
}

/* That the parent of another capability is now that of another one is told under that. */
static uint32_t cause_of_loss(const struct review *review, const struct edit *edit)
{
    for (size_t i = 0; !edit->has_new && i < review->edits.count; i++) {
        const struct edit *other = &review->edits.list[i];
        if (other->kind == EDIT_DERIVED && other->has_new && other->old_value == edit->old_value &&
            other->parent_slot == edit->parent_slot && review->finding_of[i] != REVIEW_NONE) {
            return review->finding_of[i];
        }
    }
    return REVIEW_NONE;
}

/* "call endpoint 'service' (WP, badge 0x1)": what the capability in a slot lets its holder do. To be freed. */
static char *right_text(struct review *review, const struct world *world, uint32_t cnode, uint64_t slot)
{
    const struct capdl_cap *cap = cnode == REVIEW_NONE ? NULL : capdl_spec_cap_at(world->spec, cnode, slot);
    char *deed, *mark, *text, label[REVIEW_LABEL];
    if (!cap) {
        return capdl_review_format("use slot %" PRIu64, slot);
    }
    deed = capdl_review_deed(review, world, NULL, 0, cap);
    if (strstr(deed, "; ")) {
        *strstr(deed, "; ") = '\0';
    }
    mark = strpbrk(deed, "\1\3");
    capdl_review_object(review, capdl_review_target_number(world, cap), label);
    text = mark ? capdl_review_format("%.*s%s%s", (int)(mark - deed), deed, label, mark + 1)
                : capdl_review_format("%s", deed);
    free(deed);
    return text;
}

void capdl_review_judge_derived(struct review *review, const struct edit *edit)
{
    const struct world *world = edit->has_new ? &review->new : &review->old;
    uint32_t local = capdl_review_local(review, world, edit->object);
    uint32_t owner = local == REVIEW_NONE ? REVIEW_NONE : capdl_review_owner(world, local);
    char *right = right_text(review, world, local, edit->new_value), label[REVIEW_LABEL];
    char *parent = slot_text(review, edit->old_value, edit->parent_slot);
    size_t count;
    uint32_t *who = revokers(review, world, edit->old_value, owner, &count);
    char *whose = owner == REVIEW_NONE ? capdl_review_format("the")
                                       : capdl_review_format("%s's", capdl_review_subject(review, owner));
    const char *now = edit->has_new ? "now" : "no longer";
    enum capdl_change change = edit->has_new ? CAPDL_GAINED : CAPDL_LOST;
    struct raw_finding *raw;
    capdl_review_object(review, edit->object, label);
    raw = count ? capdl_review_add(review, CAPDL_RANK_IDENTITY, change, FINDING_NO_OBJECT,
                                   " can %s take away %s right to %s, in slot %" PRIu64
                                   " of %s, by revoking what it %s derived from, %s",
                                   now, whose, right, edit->new_value, label, edit->has_new ? "is now" : "was", parent)
                : capdl_review_add(review, CAPDL_RANK_IDENTITY, change, FINDING_NO_OBJECT,
                                   "%s right to %s, in slot %" PRIu64
                                   " of %s, is %s derived from %s; nobody else can take it away",
                                   owner == REVIEW_NONE ? "the" : "'s", right, edit->new_value, label, now, parent);
    const struct edit *former = former_parent(review, edit);

    if (former) {
        char *was = slot_text(review, former->old_value, former->parent_slot);
        char *text = capdl_review_format("%s; before, from %s", raw->text, was);
        free(raw->text);
        raw->text = text;
        free(was);
    }
    raw->cause = cause_of_loss(review, edit);
    capdl_review_concern(raw, count ? who : &owner, count ? count : owner != REVIEW_NONE);
    free(whose);
    free(who);
    free(right);
    free(parent);
}
