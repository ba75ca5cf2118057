/* SPDX-License-Identifier: BSD-2-Clause */
/* Edits of page tables: what threads, guests and devices reach, and at which address. */
#include "judge_mapped.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "field_notes.h"
#include "findings.h"
#include "frame_power.h"
#include "gain_rank.h"
#include "judge_held.h"
#include "judge_program.h"
#include "normal_form.h"
#include "others.h"
#include "parties.h"
#include "reach.h"
#include "roles.h"
#include "uses.h"
#include "window_note.h"
#include "words.h"

/* What follows from another address. */
#define TO_USE_IT "; to use that address is now a fault"
#define TO_USE_OLD "; to use the old address is now a fault"
#define TOLD_DEVICE "; whoever gives the device addresses has to give it the new one"

struct mapped {
    const struct edit *edit;
    uint32_t *users, *old_users; /* of the table in the new and in the old system */
    size_t count, old_count;
};

static uint64_t address_of(const struct world *world, uint32_t table, const struct capdl_cap *cap)
{
    const struct use *use = &world->uses[world->first_use[table]];
    return world->first_use[table] == world->first_use[table + 1] || use->shift >= 64
               ? 0
               : use->address | cap->slot << use->shift;
}

static void locate(struct review *review, struct raw_finding *raw, const struct mapped *m, bool new)
{
    const struct world *world = new ? &review->new : &review->old;
    const struct capdl_cap *cap = new ? m->edit->new : m->edit->old;
    uint32_t table = new ? m->edit->new_holder : m->edit->old_holder;
    capdl_review_concern(raw, new ? m->users : m->old_users, new ? m->count : m->old_count);
    raw->world = world;
    raw->holder = table;
    raw->slot = cap->slot;
    raw->address = address_of(world, table, cap);
    if (cap->kind == CAPDL_KIND_FRAME) {
        raw->size = UINT64_C(1) << capdl_object_size_bits(world->spec, cap->object);
    }
}

static const char *verb(uint8_t rights)
{
    static const char *const verbs[] = {
        "do nothing with",        "write", "read", "read and write", "execute", "write and execute", "read and execute",
        "read, write and execute"};
    return verbs[rights & 7];
}

static const char *nobody(const struct mapped *m, bool new)
{
    return (new ? m->count : m->old_count) ? "" : "an address space that nobody uses";
}

static const char *where(const struct mapped *m, bool new)
{
    size_t count = new ? m->count : m->old_count;
    return count && (new ? m->users : m->old_users)[0] & USE_DEVICE ? "I/O address" : "address";
}

/* Where the same already reach a frame, by another slot than that of the edit: true and the address if they do. */
static bool mapped_before(const struct review *review, const struct mapped *m, uint32_t frame, uint64_t *address,
                          uint8_t *rights)
{
    const struct world *world = &review->new;
    for (size_t i = world->first_holder[frame]; i < world->first_holder[frame + 1]; i++) {
        uint32_t table = world->holders[i].container;
        const struct capdl_cap *cap = capdl_review_held(world, i);
        for (size_t j = world->first_use[table]; cap != m->edit->new &&j < world->first_use[table + 1]; j++) {
            const struct use *use = &world->uses[j];
            if (capdl_kind_is_table(capdl_object_kind(world->spec, table)) && use->shift < 64 &&
                capdl_review_who(world, use) == m->users[0]) {
                *address = use->address | cap->slot << use->shift;
                *rights = cap->rights;
                return true;
            }
        }
    }
    return false;
}

/* What was in the slot before; to be freed. */
static char *instead_note(const struct review *review, const struct edit *edit)
{
    char was[REVIEW_LABEL];
    return edit->old ? capdl_review_format(
                           "; %s was there before",
                           capdl_review_object(review, capdl_review_target_number(&review->old, edit->old), was))
                     : capdl_review_format("%s", "");
}

/* Nobody gains a right: the memory is somewhere else, too. */
static void judge_second_page(struct review *review, const struct mapped *m)
{
    const struct capdl_cap *cap = m->edit->new;
    char *others = capdl_review_others(review, &review->new, m->users, m->count, cap->object);
    char rights[8], formerly[8], *instead = instead_note(review, m->edit);
    enum capdl_rank rank = CAPDL_RANK_BEHAVIOUR;
    char *window = capdl_review_window_note(review, cap->object, &rank, m->users, m->count);
    uint64_t first = 0;
    uint8_t before = 0;
    uint32_t whose;
    const char *role = capdl_review_frame_role(&review->new, cap->object, &whose);
    bool is_stack = role && strcmp(role, "stack") == 0;
    bool known = mapped_before(review, m, cap->object, &first, &before);
    struct raw_finding *raw = capdl_review_add(
        review, rank, CAPDL_GAINED, review->new.object_number[cap->object],
        known ? " now \4has|have\4 \1 at two %ses, \2 (%s) and, as before, \7 (%s): the same memory%s%s; %s%s"
              : " now \4has|have\4 \1 at another %s as well, \2 (%s)%.0s: the same memory%s%s; %s%s",
        where(m, true), capdl_review_rights(CAPDL_KIND_FRAME, cap->rights, rights),
        capdl_review_rights(CAPDL_KIND_FRAME, before, formerly),
        m->edit->old || m->users[0] & USE_DEVICE ? ""
        : is_stack && address_of(&review->new, m->edit->new_holder, cap) < first
            ? "; to use the new address, as when the stack is too small, was a fault before"
            : "; to use the new address was a fault before",
        instead, others, window);
    raw->old_address = first;
    locate(review, raw, m, true);
    free(window);
    free(others);
    free(instead);
}

/* What the users of a page can do to others with what they gained, and what others can do to them if they run what is
 * in it; to be freed. */
static char *frame_power(struct review *review, const struct mapped *m, uint8_t gained)
{
    const struct capdl_cap *cap = m->edit->new;
    char *power = capdl_review_frame_power(review, m->users, m->count, cap->object, gained), *text = power;
    const unsigned both = CAPDL_RIGHT_WRITE | CAPDL_RIGHT_EXECUTE;
    if (m->count && !(m->users[0] & USE_DEVICE) && (cap->rights & both) == both && gained & both) {
        text =
            capdl_review_format("%s; \4it|they\4 can write code there and run it: a mistake by which data gets there "
                                "lets an attacker run code",
                                power);
        free(power);
    }
    return text;
}

static void judge_page_gain(struct review *review, const struct mapped *m)
{
    const struct capdl_cap *cap = m->edit->new;
    char *others, *instead, *window, *power;
    bool together;
    uint8_t gained = 0;
    for (size_t i = 0; i < m->count; i++) {
        gained |= capdl_review_gained(review, m->users[i], cap, &together);
    }
    enum capdl_rank rank = m->count
                               ? capdl_review_memory_rank(review, m->users, m->count, cap->object, gained, cap->rights)
                               : CAPDL_RANK_LAYOUT;
    struct raw_finding *raw;
    if (m->count && !gained) {
        judge_second_page(review, m);
        return;
    }
    others = capdl_review_others(review, &review->new, m->users, m->count, cap->object);
    instead = instead_note(review, m->edit);
    power = frame_power(review, m, gained);
    window = capdl_review_window_note(review, cap->object, &rank, m->users, m->count);
    if (*window && strcmp(others, REVIEW_NOBODY) == 0) {
        *others = '\0'; /* by this frame: by those that lie there, somebody may */
    }
    raw = capdl_review_add(review, rank, CAPDL_GAINED, review->new.object_number[cap->object],
                           "%s may now %s \1 at %s \2%s%s%s%s%s", nobody(m, true), verb(cap->rights), where(m, true),
                           power, *others ? "; " : "", others, window, instead);
    locate(review, raw, m, true);
    free(power);
    free(window);
    free(others);
    free(instead);
}

static void judge_page_loss(struct review *review, const struct mapped *m)
{
    const struct capdl_cap *cap = m->edit->old;
    struct raw_finding *raw =
        capdl_review_add(review, m->old_count ? CAPDL_RANK_REMOVED : CAPDL_RANK_LAYOUT, CAPDL_LOST,
                         review->old.object_number[cap->object], "%s can no longer %s \1 at %s \2%s", nobody(m, false),
                         verb(cap->rights), where(m, false),
                         m->old_count && !(m->old_users[0] & USE_DEVICE) &&
                                 !capdl_review_mapped_at(&review->new, m->old_users[0],
                                                         address_of(&review->old, m->edit->old_holder, cap))
                             ? TO_USE_IT
                             : "");
    locate(review, raw, m, false);
}

static void judge_page_rights(struct review *review, const struct mapped *m, const struct plain_cap *a,
                              const struct plain_cap *b)
{
    const struct capdl_cap *cap = m->edit->new;
    char before[8], after[8], *others = capdl_review_others(review, &review->new, m->users, m->count, cap->object);
    uint8_t more = b->rights & (uint8_t)~a->rights;
    char *power = frame_power(review, m, more);
    enum capdl_rank rank = !m->count ? CAPDL_RANK_LAYOUT
                           : more ? capdl_review_memory_rank(review, m->users, m->count, cap->object, more, b->rights)
                                  : CAPDL_RANK_REMOVED;
    struct raw_finding *raw;
    capdl_review_rights(CAPDL_KIND_FRAME, a->rights, before);
    capdl_review_rights(CAPDL_KIND_FRAME, b->rights, after);
    bool also = more && !(a->rights & ~b->rights) && a->rights;
    raw = capdl_review_add(review, rank, more ? CAPDL_CHANGED : CAPDL_LOST, review->new.object_number[cap->object],
                           "%s may %s %s \1 at %s \2 (%s instead of %s)%s; %s", nobody(m, true),
                           also   ? "now also"
                           : more ? "now"
                                  : "only",
                           verb(also ? more : b->rights), where(m, true), after, before, power, others);
    raw->field = "rights";
    raw->old_value = capdl_review_format("%s", before);
    raw->new_value = capdl_review_format("%s", after);
    locate(review, raw, m, true);
    free(power);
    free(others);
}

static void judge_page_caching(struct review *review, const struct mapped *m, bool uncached)
{
    struct raw_finding *raw =
        capdl_review_add(review, m->count ? CAPDL_RANK_ATTRIBUTES : CAPDL_RANK_LAYOUT, CAPDL_CHANGED,
                         review->new.object_number[m->edit->new->object],
                         uncached ? "%s \4reaches|reach\4 \1 at %s \2 past the cache (was cached)%.0s"
                                  : "%s \4reaches|reach\4 \1 at %s \2 through the cache (was uncached)%s",
                         nobody(m, true), where(m, true),
                         capdl_object_flags(review->new.spec, m->edit->new->object) & CAPDL_OBJECT_HAS_PADDR
                             ? "; if it is a device, writes may not reach it, and reads may give old values"
                             : "");
    raw->field = "cached";
    raw->old_value = capdl_review_format("%s", uncached ? "cached" : "uncached");
    raw->new_value = capdl_review_format("%s", uncached ? "uncached" : "cached");
    locate(review, raw, m, true);
}

/* Whether the same reach the page as before. */
static bool same_users(const struct mapped *m)
{
    return m->count == m->old_count && memcmp(m->users, m->old_users, m->count * sizeof(*m->users)) == 0;
}

/* What a program meets that still uses the address where a page was; to be freed. */
static char *left_note(const struct review *review, const struct mapped *m)
{
    uint32_t table = capdl_review_local(review, &review->new, review->old.object_number[m->edit->old_holder]);
    const struct capdl_cap *now =
        table == REVIEW_NONE ? NULL : capdl_spec_cap_at(review->new.spec, table, m->edit->old->slot);
    char label[REVIEW_LABEL];
    if (m->count && m->users[0] & USE_DEVICE) {
        return capdl_review_format(TOLD_DEVICE);
    }
    return now && now->object != CAPDL_NO_OBJECT
               ? capdl_review_format("; the old address is now that of %s",
                                     capdl_review_object(review, capdl_review_target_number(&review->new, now), label))
               : capdl_review_format(TO_USE_OLD);
}

static void tell_exchange(struct review *review, const struct mapped *m, const struct edit *other, uint64_t before,
                          uint64_t after)
{
    char label[REVIEW_LABEL];
    struct raw_finding *raw = capdl_review_add(
        review, m->count ? CAPDL_RANK_BEHAVIOUR : CAPDL_RANK_LAYOUT, CAPDL_CHANGED,
        review->new.object_number[m->edit->new->object],
        "%s \4has|have\4 two pages exchanged: \1 is now at %s 0x%" PRIx64 ", and %s at 0x%" PRIx64 "%s",
        nobody(m, true), where(m, true), after,
        capdl_review_object(review, capdl_review_target_number(&review->new, other->new), label), before,
        !m->count || m->users[0] & USE_DEVICE || capdl_review_programs_differ(review, m->users, m->count)
            ? ""
            : "; \4its program is|their programs are\4 the same and will take one for the other");
    raw->old_value = capdl_review_format("0x%" PRIx64, before);
    raw->new_value = capdl_review_format("0x%" PRIx64, after);
    raw->old_address = before;
}

static void judge_page_move(struct review *review, const struct mapped *m)
{
    const struct edit *edit = m->edit;
    uint64_t before = address_of(&review->old, edit->old_holder, edit->old);
    uint64_t after = address_of(&review->new, edit->new_holder, edit->new);
    const struct edit *other = edit->same ? capdl_review_exchange(review, edit) : NULL;
    struct raw_finding *raw;
    if (before == after && m->count && same_users(m)) {
        raw = capdl_review_add(review, CAPDL_RANK_LAYOUT, CAPDL_CHANGED, review->new.object_number[edit->new->object],
                               " \4reaches|reach\4 \1 at %s \2 as before, through another page table", where(m, true));
        locate(review, raw, m, true);
        return;
    }
    if (other) {
        tell_exchange(review, m, other, before, after);
    } else if (!m->count) { /* nor has it addresses */
        capdl_review_add(review, CAPDL_RANK_LAYOUT, CAPDL_CHANGED, review->new.object_number[edit->new->object],
                         "%s now has \1 in slot %" PRIu64 " instead of %" PRIu64, nobody(m, true), edit->new->slot,
                         edit->old->slot);
    } else {
        char *left = left_note(review, m);
        raw =
            capdl_review_add(review, CAPDL_RANK_BEHAVIOUR, CAPDL_CHANGED, review->new.object_number[edit->new->object],
                             " now \4finds|find\4 \1 at %s \2 instead of \7%s", where(m, true), left);
        raw->old_address = before;
        free(left);
    }
    raw = &review->raw[review->num_raw - 1];
    raw->field = "address";
    if (m->count && m->users[0] & USE_DEVICE) {
        raw->rank = CAPDL_RANK_DMA;
    }
    locate(review, raw, m, true);
}

static void judge_page_change(struct review *review, const struct mapped *m)
{
    const struct edit *edit = m->edit;
    struct plain_cap a = capdl_review_cap(review->old.spec, edit->old),
                     b = capdl_review_cap(review->new.spec, edit->new);
    if (a.rights != b.rights) {
        judge_page_rights(review, m, &a, &b);
    }
    if ((a.flags ^ b.flags) & CAPDL_CAP_UNCACHED) {
        judge_page_caching(review, m, b.flags & CAPDL_CAP_UNCACHED);
    }
    if (edit->old->slot != edit->new->slot || review->old_of[edit->new_holder] != edit->old_holder) {
        judge_page_move(review, m);
    }
}

/* ---- Tables in tables ---- */

enum { MOST_PAGES = 1 << 20 }; /* a spec that was not checked may have tables in circles */

/* What is mapped below a table. */
struct pages {
    uint32_t *list; /* frames, in the order of their addresses */
    size_t count, capacity;
    uint64_t first; /* address of the first one */
};

static void find_pages(const struct world *world, uint32_t table, unsigned depth, struct pages *pages)
{
    struct capdl_caps caps = capdl_object_caps(world->spec, table);
    for (uint32_t i = 0; i < caps.count && pages->count < MOST_PAGES; i++) {
        uint32_t below = caps.list[i].object;
        if (caps.list[i].kind == CAPDL_KIND_FRAME) {
            pages->first = pages->count ? pages->first : address_of(world, table, &caps.list[i]);
            pages->list = capdl_spec_grow(pages->list, &pages->capacity, pages->count + 1, sizeof(*pages->list));
            pages->list[pages->count++] = below;
        } else if (below != CAPDL_NO_OBJECT && below != table && depth < 4) {
            find_pages(world, below, depth + 1, pages);
        }
    }
}

/* "frame 'a' at address 0x1000", "the 9 pages of \1 (frame 'b[0..8]'), from address 0x1000 on". instead: of which
   address, or "". To be freed. */
static char *pages_text(const struct review *review, const struct world *world, const struct mapped *m,
                        const struct pages *pages, bool new, const char *instead)
{
    char *list = capdl_review_list(review, world, pages->list, pages->count), *text, *named;
    if (pages->count && capdl_object_flags(world->spec, pages->list[0]) & CAPDL_OBJECT_HAS_PADDR) {
        named = capdl_review_format("%s%s at physical 0x%" PRIx64, list, pages->count > 1 ? ", the first" : "",
                                    capdl_object_paddr(world->spec, pages->list[0]));
        free(list);
        list = named;
    }

    text = !pages->count ? capdl_review_format("\1, in which nothing is mapped")
           : pages->count == 1
               ? capdl_review_format("%s at %s 0x%" PRIx64 "%s, by \1", list, where(m, new), pages->first, instead)
               : capdl_review_format("the %zu pages of \1 (%s), from %s 0x%" PRIx64 " on%s", pages->count, list,
                                     where(m, new), pages->first, instead);
    free(list);
    return text;
}

/* The gravest of what is below a table, for those that reach it now. */
static enum capdl_rank pages_rank(struct review *review, const struct mapped *m, uint32_t table, unsigned depth,
                                  uint32_t *budget)
{
    struct capdl_caps caps = capdl_object_caps(review->new.spec, table);
    enum capdl_rank worst = CAPDL_RANK_LAYOUT;
    for (uint32_t i = 0; i < caps.count && *budget; i++, --*budget) {
        const struct capdl_cap *cap = &caps.list[i];
        enum capdl_rank rank = CAPDL_RANK_LAYOUT;
        bool together;
        uint8_t gained;
        if (cap->kind == CAPDL_KIND_FRAME && m->count) {
            gained = capdl_review_gained(review, m->users[0], cap, &together);
            rank = gained ? capdl_review_memory_rank(review, m->users, m->count, cap->object, gained, cap->rights)
                          : CAPDL_RANK_BEHAVIOUR;
        } else if (cap->object != CAPDL_NO_OBJECT && depth < 4) {
            rank = pages_rank(review, m, cap->object, depth + 1, budget);
        }
        worst = rank < worst ? rank : worst;
    }
    return worst;
}

/* A table with the pages in it. */
static void judge_table_move(struct review *review, const struct mapped *m)
{
    const struct edit *edit = m->edit;
    struct pages before = {NULL}, after = {NULL};
    struct raw_finding *raw;
    char *text;
    find_pages(&review->old, edit->old->object, 0, &before);
    find_pages(&review->new, edit->new->object, 0, &after);
    bool same = before.first == after.first && m->count && same_users(m);
    char *instead = same ? capdl_review_format("%s", "") : capdl_review_format(" instead of 0x%" PRIx64, before.first);
    text = pages_text(review, &review->new, m, &after, true, instead);
    if (same) {
        raw = capdl_review_add(review, CAPDL_RANK_LAYOUT, CAPDL_CHANGED, review->new.object_number[edit->new->object],
                               " \4reaches|reach\4 %s as before, through another table above", text);
    } else {
        raw = capdl_review_add(review, m->count ? CAPDL_RANK_BEHAVIOUR : CAPDL_RANK_LAYOUT, CAPDL_CHANGED,
                               review->new.object_number[edit->new->object], "%s now \4finds|find\4 %s%s",
                               nobody(m, true), text, m->count && m->users[0] & USE_DEVICE ? TOLD_DEVICE : TO_USE_OLD);
        raw->field = "address";
        raw->old_value = capdl_review_format("0x%" PRIx64, before.first);
        raw->new_value = capdl_review_format("0x%" PRIx64, after.first);
    }
    locate(review, raw, m, true);
    free(instead);
    free(text);
    free(before.list);
    free(after.list);
}

/* The pages are where they were, by other tables: true if that is all. */
static bool reported_as_layout(struct review *review, const struct mapped *m, bool new)
{
    const struct capdl_cap *cap = new ? m->edit->new : m->edit->old;
    const struct world *world = new ? &review->new : &review->old;
    size_t count = new ? m->count : m->old_count;
    const uint32_t *users = new ? m->users : m->old_users;
    struct raw_finding *raw;
    for (size_t i = 0; i < count; i++) {
        if (!capdl_review_same_map(review, users[i])) {
            return false;
        }
    }
    if (!count) {
        return false;
    }
    raw = capdl_review_add(review, CAPDL_RANK_LAYOUT, CAPDL_CHANGED, world->object_number[cap->object],
                           " \4reaches|reach\4 the same pages at the same addresses as before, %s \1",
                           new ? "now through" : "no longer through");
    locate(review, raw, m, new);
    return true;
}

/* What the first page gives that gives power over somebody; to be freed. */
static char *pages_power(struct review *review, const struct mapped *m, const struct pages *pages)
{
    for (size_t i = 0; m->count && i < pages->count; i++) {
        const struct parties *parties = capdl_review_parties(review, &review->new, pages->list[i]);
        uint8_t rights = 0;
        uint32_t whose;
        bool role = capdl_review_frame_role(&review->new, pages->list[i], &whose) != NULL;
        for (size_t j = 0; j < parties->count; j++) {
            rights |= parties->list[j].who == m->users[0] ? parties->list[j].rights : 0;
        }
        if (role && rights & CAPDL_RIGHT_WRITE) {
            return capdl_review_frame_power(review, m->users, m->count, pages->list[i], rights);
        }
    }
    return capdl_review_format("%s", "");
}

static void judge_table_gain(struct review *review, const struct mapped *m)
{
    const struct edit *edit = m->edit;
    struct pages pages = {NULL};
    uint32_t budget = MOST_PAGES;
    struct raw_finding *raw;
    char *text, *power;
    if (reported_as_layout(review, m, true)) {
        return;
    }
    find_pages(&review->new, edit->new->object, 0, &pages);
    text = pages_text(review, &review->new, m, &pages, true, "");
    power = pages_power(review, m, &pages);
    raw = capdl_review_add(review, pages_rank(review, m, edit->new->object, 0, &budget), CAPDL_GAINED,
                           review->new.object_number[edit->new->object], "%s now \4reaches|reach\4 %s%s",
                           nobody(m, true), text, power);
    locate(review, raw, m, true);
    free(power);
    free(text);
    free(pages.list);
}

static void judge_table_loss(struct review *review, const struct mapped *m)
{
    const struct edit *edit = m->edit;
    struct pages pages = {NULL};
    struct raw_finding *raw;
    char *text;
    if (reported_as_layout(review, m, false)) {
        return;
    }
    find_pages(&review->old, edit->old->object, 0, &pages);
    text = pages_text(review, &review->old, m, &pages, false, "");
    raw = capdl_review_add(review, m->old_count ? CAPDL_RANK_REMOVED : CAPDL_RANK_LAYOUT, CAPDL_LOST,
                           review->old.object_number[edit->old->object], "%s no longer \4reaches|reach\4 %s",
                           nobody(m, false), text);
    locate(review, raw, m, false);
    free(text);
    free(pages.list);
}

void capdl_review_judge_mapped(struct review *review, const struct edit *edit)
{
    struct mapped m = {.edit = edit};
    const struct capdl_cap *cap = edit->new ? edit->new : edit->old;
    bool same_target = edit->old && edit->new &&capdl_review_target_number(&review->old, edit->old) ==
                                        capdl_review_target_number(&review->new, edit->new);
    if (edit->new) {
        m.users = capdl_review_users(&review->new, edit->new_holder, &m.count);
    }
    if (edit->old) {
        m.old_users = capdl_review_users(&review->old, edit->old_holder, &m.old_count);
    }
    if (edit->same || same_target) {
        if (cap->kind == CAPDL_KIND_FRAME) {
            (edit->same ? judge_page_move : judge_page_change)(review, &m);
        } else if (edit->same) {
            judge_table_move(review, &m);
        }
    } else {
        if (edit->new) {
            (edit->new->kind == CAPDL_KIND_FRAME ? judge_page_gain : judge_table_gain)(review, &m);
        }
        if (edit->old && edit->old->kind == CAPDL_KIND_FRAME) {
            judge_page_loss(review, &m);
        } else if (edit->old && !(edit->new && review->matched[edit->old->object] == REVIEW_NONE)) {
            judge_table_loss(review, &m); /* else its pages tell it, under this finding */
        }
    }
    free(m.users);
    free(m.old_users);
}
