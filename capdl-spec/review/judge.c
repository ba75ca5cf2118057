/* SPDX-License-Identifier: BSD-2-Clause */
/* Edits -> findings: names, objects, the system; and a line for every edit that nothing else had a word for. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

static int rename_compare(const void *left, const void *right, void *context)
{
    const struct review *review = context;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    int order = strcmp(capdl_object_name(review->old.spec, a), capdl_object_name(review->old.spec, b));
    uint32_t x = capdl_object_index(review->old.spec, a) + 1, y = capdl_object_index(review->old.spec, b) + 1;

    return order ? order : x < y ? -1 : x > y;
}

/* Elements of one array that all went to another one are said together. */
static uint32_t rename_run(const struct review *review, const uint32_t *list, uint32_t count)
{
    const struct capdl_spec *old = review->old.spec, *new = review->new.spec;
    uint32_t run = 1, a = list[0], b = review->matched[a];

    while (run < count && capdl_object_index(old, a) != CAPDL_NO_INDEX &&
           capdl_object_index(new, b) != CAPDL_NO_INDEX) {
        uint32_t x = list[run], y = review->matched[x];

        if (strcmp(capdl_object_name(old, a), capdl_object_name(old, x)) != 0 ||
            strcmp(capdl_object_name(new, b), capdl_object_name(new, y)) != 0 ||
            capdl_object_index(old, x) != capdl_object_index(old, a) + run ||
            capdl_object_index(new, y) != capdl_object_index(new, b) + run) {
            break;
        }
        run++;
    }
    return run;
}

static void write_rename(const struct review *review, FILE *out, uint32_t first, uint32_t run)
{
    char old[REVIEW_LABEL], new[REVIEW_LABEL];
    uint32_t now = review->matched[first];

    capdl_object_label(review->old.spec, first, old, sizeof(old));
    capdl_object_label(review->new.spec, now, new, sizeof(new));
    if (run > 1) {
        snprintf(old, sizeof(old), "%.100s[%" PRIu32 "..%" PRIu32 "]", capdl_object_name(review->old.spec, first),
                 capdl_object_index(review->old.spec, first), capdl_object_index(review->old.spec, first) + run - 1);
        snprintf(new, sizeof(new), "%.100s[%" PRIu32 "..%" PRIu32 "]", capdl_object_name(review->new.spec, now),
                 capdl_object_index(review->new.spec, now), capdl_object_index(review->new.spec, now) + run - 1);
    }
    fprintf(out, "%s -> %s", old, new);
}

/* All that is only called otherwise, in one line. */
static void judge_names(struct review *review)
{
    enum { MOST_NAMED = 8 };
    uint32_t *list = capdl_spec_realloc(NULL, (review->old.spec->num_objects + (size_t)1) * sizeof(*list));
    uint32_t count = 0, shown = 0;
    char *text = NULL;
    size_t size;
    FILE *out;

    for (uint32_t i = 0; i < review->old.spec->num_objects; i++) {
        if (review->matched[i] != REVIEW_NONE &&
            !capdl_review_same_name(review->old.spec, i, review->new.spec, review->matched[i])) {
            list[count++] = i;
        }
    }
    if (count) {
        out = open_memstream(&text, &size);
        qsort_r(list, count, sizeof(*list), rename_compare, review);
        for (uint32_t i = 0, run; i < count && shown < MOST_NAMED; i += run, shown++) {
            run = rename_run(review, list + i, count - i);
            fputs(shown ? ", " : "", out);
            write_rename(review, out, list[i], run);
            fputs(shown + 1 == MOST_NAMED && i + run < count ? ", ..." : "", out);
        }
        fclose(out);
        capdl_review_add(review, CAPDL_RANK_LAYOUT, CAPDL_RENAMED, FINDING_NO_OBJECT,
                         "%" PRIu32 " object%s other names: %s", count, count == 1 ? " has" : "s have", text);
        if (count == 1) {
            free(review->raw[review->num_raw - 1].text);
            review->raw[review->num_raw - 1].text = capdl_review_format("1 object has another name: %s", text);
        }
    }
    free(text);
    free(list);
}

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
                               edit->has_new ? "there is a \1 that nothing refers to"
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

static char *cover_name(const struct review *review, uint64_t untyped)
{
    char label[REVIEW_LABEL];

    return untyped == REVIEW_DEFAULT ? capdl_review_format("no untyped of the spec")
                                     : capdl_review_format("%s", capdl_review_object(review, untyped, label));
}

static void judge_cover(struct review *review, const struct edit *edit)
{
    uint32_t local = (uint32_t)edit->object, owner = capdl_review_owner(&review->new, local);
    uint32_t untyped =
        edit->new_value == REVIEW_DEFAULT ? REVIEW_NONE : capdl_review_local(review, &review->new, edit->new_value);
    char *before = cover_name(review, edit->old_value), *after = cover_name(review, edit->new_value);
    uint32_t was =
        edit->old_value == REVIEW_DEFAULT ? REVIEW_NONE : capdl_review_local(review, &review->old, edit->old_value);
    size_t count = 0;
    uint32_t *holders = untyped == REVIEW_NONE ? NULL : holders_of(review, &review->new, untyped, owner, &count);
    bool gained = count > 0;
    if (!gained && was != REVIEW_NONE) {
        free(holders);
        holders = holders_of(review, &review->old, was, owner, &count);
    }
    struct raw_finding *raw =
        !gained && count
            ? capdl_review_add(review, CAPDL_RANK_REMOVED, CAPDL_LOST, edit->object,
                               " can no longer destroy \1%s%s by revoking %s, which no longer covers it (now %s)",
                               owner == REVIEW_NONE ? "" : " of ",
                               owner == REVIEW_NONE ? "" : capdl_review_subject(review, owner), before, after)
        : count ? capdl_review_add(review, CAPDL_RANK_RESHAPE, CAPDL_GAINED, edit->object,
                                   " may now destroy \1%s%s by revoking %s, which now covers it (was %s)",
                                   owner == REVIEW_NONE ? "" : " of ",
                                   owner == REVIEW_NONE ? "" : capdl_review_subject(review, owner), after, before)
                : capdl_review_add(review, CAPDL_RANK_LAYOUT, CAPDL_CHANGED, edit->object,
                                   "\1 is made from %s instead of %s; nobody else holds that", after, before);

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

/* A domain's time in a round of the schedule; false if durations have different units. */
static bool domain_share(const struct capdl_domains *domains, uint64_t domain, uint64_t *own, uint64_t *round)
{
    *own = *round = 0;
    for (size_t i = 0; i < domains->num_schedule; i++) {
        const struct capdl_domain_entry *entry = &domains->schedule[i];

        if (entry->end_marker) {
            continue;
        }
        if (entry->unit != domains->schedule[0].unit || entry->duration > UINT64_MAX / 1024 / 256) {
            return false;
        }
        *round += entry->duration;
        *own += entry->domain == domain ? entry->duration : 0;
    }
    return *round != 0;
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
    enum { MOST_DOMAINS = 256 };
    const struct capdl_domains *old = &review->old.spec->domains, *new = &review->new.spec->domains;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    for (uint64_t domain = 0; domain < MOST_DOMAINS; domain++) {
        uint64_t a, b, was, now;
        size_t count;
        char *names;

        if (!domain_share(old, domain, &a, &was) || !domain_share(new, domain, &b, &now) ||
            (double)a * (double)now == (double)b * (double)was) {
            continue;
        }
        names = domain_members(review, domain, &count);
        fprintf(out, "; domain %" PRIu64 " (%s) has %.3g %% of the time (was %.3g %%)", domain,
                count ? names : "nobody", 100.0 * (double)b / (double)now, 100.0 * (double)a / (double)was);
        free(names);
    }
    fclose(out);
    return text;
}

static char *start_text(uint64_t start)
{
    return start == REVIEW_DEFAULT       ? capdl_review_format("nothing")
           : start == REVIEW_DEFAULT - 1 ? capdl_review_format("no entry")
                                         : capdl_review_format("entry %" PRIu64, start);
}

static void judge_schedule(struct review *review, const struct edit *edit)
{
    char *before, *after;
    struct raw_finding *raw;

    if (edit->field == 0) {
        before = schedule_text(&review->old.spec->domains);
        after = schedule_text(&review->new.spec->domains);
        char *shares = shares_note(review);
        raw = capdl_review_add(review, CAPDL_RANK_TIME, CAPDL_CHANGED, FINDING_NO_OBJECT,
                               "the domain schedule is %s (was %s)%s", after, before, shares);
        free(shares);
        raw->field = "schedule";
    } else {
        before = edit->field == 1 ? start_text(edit->old_value) : capdl_review_format("%" PRIu64, edit->old_value);
        after = edit->field == 1 ? start_text(edit->new_value) : capdl_review_format("%" PRIu64, edit->new_value);
        raw = capdl_review_add(review, CAPDL_RANK_TIME, CAPDL_CHANGED, FINDING_NO_OBJECT,
                               edit->field == 1 ? "the domain schedule starts at %s (was %s)"
                                                : "the domain schedule is written from index %s on (was %s)",
                               after, before);
        raw->field = edit->field == 1 ? "domain_set_start" : "index_shift";
    }
    raw->old_value = before;
    raw->new_value = after;
    raw->old_pos = review->old.spec->domains.pos;
    raw->new_pos = review->new.spec->domains.pos;
}

static void judge_arch(struct review *review, const struct edit *edit)
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
        return capdl_review_format("a slot that is empty now");
    }
    capdl_review_object(review, cnode, label);
    return cap ? capdl_review_format("slot %" PRIu64 " of %s (%s)", slot, label,
                                     capdl_review_object(review, capdl_review_target_number(&review->new, cap), target))
               : capdl_review_format("slot %" PRIu64 " of %s", slot, label);
}

static void judge_derived(struct review *review, const struct edit *edit)
{
    char *child = slot_text(review, edit->object, edit->new_value);
    char *parent = slot_text(review, edit->old_value, edit->parent_slot);
    uint32_t owner = REVIEW_NONE, local = capdl_review_local(review, &review->new, edit->object);
    struct raw_finding *raw = capdl_review_add(
        review, CAPDL_RANK_IDENTITY, edit->has_new ? CAPDL_GAINED : CAPDL_LOST, FINDING_NO_OBJECT,
        edit->has_new
            ? "the capability in %s is now derived from that in %s: whoever holds the latter can revoke the former"
            : "the capability in %s is no longer derived from that in %s, by which it can no longer be revoked",
        child, parent);

    if (local != REVIEW_NONE) {
        owner = capdl_review_owner(&review->new, local);
    }
    if (owner != REVIEW_NONE) {
        char *text = capdl_review_format(": %s", raw->text);
        free(raw->text);
        raw->text = text;
    }
    capdl_review_concern(raw, &owner, owner != REVIEW_NONE);
    free(child);
    free(parent);
}

/* ---- All of it ---- */

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
        judge_arch(review, edit);
        break;
    case EDIT_OBJECT:
        capdl_review_judge_object(review, edit);
        break;
    case EDIT_FIELD:
        capdl_review_judge_field(review, edit);
        break;
    case EDIT_COVER:
        judge_cover(review, edit);
        break;
    case EDIT_CAP:
        judge_cap(review, edit);
        break;
    case EDIT_DERIVED:
        judge_derived(review, edit);
        break;
    case EDIT_SCHEDULE:
        judge_schedule(review, edit);
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

static bool in_both(const struct review *review, uint64_t object)
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
           !in_both(review, capdl_review_target_number(world_of(review, edit), cap_of(edit)));
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

    if ((edit->kind != EDIT_CAP && edit->kind != EDIT_OBJECT) || in_both(review, edit->object)) {
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
           !in_both(review, edit->object) && capdl_kind_is_table(capdl_object_kind(review->new.spec, local)) &&
           review->new.owner[local] != REVIEW_NONE && review->new.owner[local] == review->new.owner[root->new_holder];
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
    judge_names(review);
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
