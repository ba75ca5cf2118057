/* SPDX-License-Identifier: BSD-2-Clause */
/* Who runs before whom: priorities, cores, domains and budgets. */
#include "time_notes.h"

#include <inttypes.h>
#include <stdlib.h>

#include "domain_share.h"
#include "lists.h"
#include "parties.h"
#include "words.h"

/* Subjects whose threads compete with one for a core, and their names. */
struct rivals {
    uint32_t *list;
    size_t count;
    char *names;
};

/* Those of priorities from low to high on the core and in the domain of the thread. */
static struct rivals find_rivals(const struct review *review, uint32_t tcb, uint64_t low, uint64_t high)
{
    const struct world *world = &review->new;
    const struct capdl_tcb *own = capdl_tcb_values(world->spec, tcb);
    uint32_t owner = capdl_review_owner(world, tcb);
    struct rivals rivals = {capdl_spec_realloc(NULL, (world->num_subjects + (size_t)1) * sizeof(*rivals.list)), 0,
                            NULL};
    for (uint32_t i = 0; i < world->num_subjects; i++) {
        const struct capdl_tcb *other = capdl_tcb_values(world->spec, world->subjects[i].tcb);
        if (world->subject_number[i] != owner && other->affinity == own->affinity && other->dom == own->dom &&
            other->prio >= low && other->prio <= high) {
            rivals.list[rivals.count++] = world->subject_number[i];
        }
    }
    rivals.names = capdl_review_names(review, rivals.list, rivals.count);
    return rivals;
}

static void rivals_free(struct rivals *rivals)
{
    free(rivals->list);
    free(rivals->names);
}

char *capdl_review_priority_note(const struct review *review, const struct edit *edit)
{
    bool rises = edit->new_value > edit->old_value;
    uint64_t low = rises ? edit->old_value : edit->new_value + 1, high = rises ? edit->new_value - 1 : edit->old_value;
    struct rivals between = find_rivals(review, (uint32_t)edit->object, low, high);
    char *text = !between.count ? capdl_review_format("; it still runs before and after the same threads")
                 : rises        ? capdl_review_format("; it now runs before %s, which %s while it does", between.names,
                                               between.count == 1 ? "waits" : "wait")
                                : capdl_review_format("; it now runs after %s, and waits as long as %s", between.names,
                                               between.count == 1 ? "that does" : "they do");
    rivals_free(&between);
    return text;
}

/* ", and so let it run before x": whom a priority up to the new one outruns, and one up to the old one did not. */
static char *later_note(const struct review *review, const struct edit *edit)
{
    const struct world *world = &review->new;
    uint32_t *list = capdl_spec_realloc(NULL, (world->num_subjects + (size_t)1) * sizeof(*list));
    size_t count = 0;
    char *names, *text;
    for (uint32_t i = 0; i < world->num_subjects; i++) {
        uint64_t prio = capdl_tcb_values(world->spec, world->subjects[i].tcb)->prio;
        if (prio >= edit->old_value && prio < edit->new_value &&
            world->subject_number[i] != capdl_review_owner(world, (uint32_t)edit->object)) {
            list[count++] = world->subject_number[i];
        }
    }
    names = capdl_review_names(review, list, count);
    text = count ? capdl_review_format(", above that of %s", names) : capdl_review_format("%s", "");
    free(names);
    free(list);
    return text;
}

char *capdl_review_max_priority_note(struct review *review, const struct edit *edit)
{
    const struct world *world = &review->new;
    uint32_t own = capdl_review_owner(world, (uint32_t)edit->object), last = REVIEW_NONE;
    uint32_t *list = capdl_spec_realloc(NULL, (world->num_subjects + (size_t)1) * sizeof(*list));
    bool more = edit->new_value > edit->old_value;
    size_t count = 0;
    char *names, *late, *text;
    for (uint32_t i = 0; i < world->spec->num_objects && count < world->num_subjects; i++) {
        uint32_t whose =
            capdl_object_kind(world->spec, i) == CAPDL_KIND_TCB ? capdl_review_owner(world, i) : REVIEW_NONE;
        const struct parties *parties = whose == REVIEW_NONE ? NULL : capdl_review_parties(review, world, i);
        for (size_t j = 0; parties && whose != last && j < parties->count; j++) {
            if (parties->list[j].who == own && !capdl_review_contains(list, count, whose)) {
                list[count++] = whose;
                last = whose;
            }
        }
    }
    names = capdl_review_names(review, list, count);
    late = later_note(review, edit);
    text = !count ? capdl_review_format("; it has no capability to a thread whose priority it could set")
           : more ? capdl_review_format("; it can now raise the priority of %s to %" PRIu64 "%s", names,
                                        edit->new_value, late)
                  : capdl_review_format("; it can raise the priority of %s to %" PRIu64 " at most", names,
                                        edit->new_value);
    free(late);
    free(names);
    free(list);
    return text;
}

/* "; there it runs before x, and after y and z": on the core or in the domain where the thread is now. */
char *capdl_review_core_note(const struct review *review, uint32_t tcb)
{
    uint64_t prio = capdl_tcb_values(review->new.spec, tcb)->prio;
    struct rivals below = find_rivals(review, tcb, 0, prio ? prio - 1 : 0);
    struct rivals above = find_rivals(review, tcb, prio, UINT64_MAX);
    char *text;
    if (!prio) {
        below.count = 0;
    }
    const char *waits = below.count == 1 ? "waits" : "wait", *run = above.count == 1 ? "runs" : "run";
    text = !below.count && !above.count
               ? capdl_review_format("; nobody else%s runs there",
                                     capdl_tcb_values(review->new.spec, tcb)->dom ? " of its scheduling domain" : "")
           : !above.count ? capdl_review_format("; there %s %s while it runs", below.names, waits)
           : !below.count ? capdl_review_format("; there it waits while %s %s", above.names, run)
                          : capdl_review_format("; there %s %s while it runs, and it waits while %s %s", below.names,
                                                waits, above.names, run);

    rivals_free(&below);
    rivals_free(&above);
    return text;
}

char *capdl_review_domain_note(const struct review *review, const struct edit *edit)
{
    const struct world *world = &review->new;
    uint32_t *list = capdl_spec_realloc(NULL, (world->num_subjects + (size_t)1) * sizeof(*list));
    uint32_t own = capdl_review_owner(world, (uint32_t)edit->object);
    size_t count = 0, left = 0;
    double percent = capdl_review_domain_percent(world->spec, edit->new_value);
    char *names, *text, empty[80] = "", share[100] = "";
    for (uint32_t i = 0; i < world->num_subjects; i++) {
        uint64_t dom = capdl_tcb_values(world->spec, world->subjects[i].tcb)->dom;
        left += dom == edit->old_value;
        if (world->subject_number[i] != own && dom == edit->new_value) {
            list[count++] = world->subject_number[i];
        }
    }
    names = capdl_review_names(review, list, count);
    if (!left) {
        snprintf(empty, sizeof(empty), "; nobody runs in domain %" PRIu64 " any more", edit->old_value);
    }
    if (percent < 100) {
        snprintf(share, sizeof(share), ", %.3g %% of all", percent);
    } else if (edit->new_value && !world->spec->domains.num_schedule) {
        snprintf(share, sizeof(share), "; the system has no schedule: unless the kernel has one, it never runs");
    }
    text = percent == 0
               ? capdl_review_format("; the domain schedule has no time for that domain: it never runs%s", empty)
           : count
               ? capdl_review_format("; it shares the time of that domain with %s: they can delay each other, and tell "
                                     "from that what the others do%s",
                                     names, empty)
               : capdl_review_format("; nobody else runs in the time of that domain%s%s", share, empty);
    free(names);
    free(list);
    return text;
}

/* ---- Budgets ---- */

static double share(const struct capdl_sc *sc)
{
    return 100.0 * (double)sc->budget / (double)sc->period;
}

char *capdl_review_budget_text(const struct review *review, const struct edit *edit)
{
    const struct capdl_sc *a = capdl_object_sc(review->old.spec, review->old_of[edit->object]);
    const struct capdl_sc *b = capdl_object_sc(review->new.spec, (uint32_t)edit->object);
    if (!a || !b || !a->period || !b->period ||
        capdl_review_owner(&review->new, (uint32_t)edit->object) == REVIEW_NONE) {
        return NULL;
    }
    double now = (double)b->budget * (double)a->period, before = (double)a->budget * (double)b->period;
    char *was = a->period == b->period
                    ? capdl_review_format("%" PRIu64 " us, %.3g %%", a->budget, share(a))
                    : capdl_review_format("%" PRIu64 " us in every %" PRIu64 " us, %s%.3g %%", a->budget, a->period,
                                          now == before ? "also " : "", share(a));
    char *text = capdl_review_format(" may %s run for %" PRIu64 " us in every %" PRIu64
                                     " us, %.3g %% of a core, instead of %s (\3)",
                                     now < before ? "only" : "now", b->budget, b->period, share(b), was);

    free(was);
    return text;
}

char *capdl_review_budget_note(const struct review *review, const struct edit *edit)
{
    const struct world *world = &review->new;
    const struct capdl_sc *a = capdl_object_sc(review->old.spec, review->old_of[edit->object]);
    const struct capdl_sc *b = capdl_object_sc(world->spec, (uint32_t)edit->object);
    uint32_t owner = capdl_review_owner(world, (uint32_t)edit->object), tcb = REVIEW_NONE;
    struct rivals below;
    double percent;
    char *text;
    for (uint32_t i = 0; i < world->num_subjects && owner != REVIEW_NONE; i++) {
        tcb = world->subject_number[i] == owner ? world->subjects[i].tcb : tcb;
    }
    if (!a || !b || tcb == REVIEW_NONE) {
        return capdl_review_format("%s", "");
    }
    if ((double)b->budget * (double)a->period < (double)a->budget * (double)b->period) {
        return capdl_review_format("; when that is used up, it waits for the next period");
    }
    if ((double)b->budget * (double)a->period == (double)a->budget * (double)b->period) {
        return capdl_review_format("; the same share, but %s at a time", b->budget > a->budget ? "more" : "less");
    }
    below = find_rivals(review, tcb, 0, capdl_tcb_values(world->spec, tcb)->prio);
    text = below.count
               ? capdl_review_format("; %s, of the same or a lower priority, can be kept waiting longer", below.names)
               : capdl_review_format("; no thread of the same or a lower priority runs on its core: nobody waits");
    rivals_free(&below);
    percent = capdl_review_domain_percent(world->spec, capdl_tcb_values(world->spec, tcb)->dom);
    if (percent < 100) {
        char *longer =
            capdl_review_format("%s; it gets no more than the %.3g %% of its scheduling domain", text, percent);
        free(text);
        text = longer;
    }
    return text;
}
