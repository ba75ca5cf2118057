/* SPDX-License-Identifier: BSD-2-Clause */
/* Edits of page tables: what threads, guests and devices reach, and at which address. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

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

static void judge_page_gain(struct review *review, const struct mapped *m)
{
    const struct capdl_cap *cap = m->edit->new;
    char *others = capdl_review_others(review, &review->new, m->users, m->count, cap->object), was[REVIEW_LABEL];
    char *instead = m->edit->old
                        ? capdl_review_format(
                              "; there was %s before",
                              capdl_review_object(review, capdl_review_target_number(&review->old, m->edit->old), was))
                        : capdl_review_format("%s", "");
    char *window;
    bool together, again = false;
    uint8_t gained = m->count ? capdl_review_gained(review, m->users[0], cap, &together) : 0;
    enum capdl_rank rank = !m->count ? CAPDL_RANK_LAYOUT
                           : gained
                               ? capdl_review_memory_rank(review, m->users, m->count, cap->object, gained, cap->rights)
                               : CAPDL_RANK_BEHAVIOUR;
    struct raw_finding *raw;

    again = m->count && !gained;
    window = capdl_review_window_note(review, cap->object, &rank, m->users, m->count);
    if (*window && strcmp(others, REVIEW_NOBODY) == 0) {
        *others = '\0'; /* by this frame: by those that lie there, somebody may */
    }
    raw = capdl_review_add(review, rank, CAPDL_GAINED, review->new.object_number[cap->object],
                           "%s may now %s \1 %sat %s \2%s%s%s%s%s", nobody(m, true), verb(cap->rights),
                           again ? "also " : "", where(m, true), again ? ", besides where it is mapped already" : "",
                           *others ? "; " : "", others, window, instead);
    locate(review, raw, m, true);
    free(window);
    free(others);
    free(instead);
}

static void judge_page_loss(struct review *review, const struct mapped *m)
{
    const struct capdl_cap *cap = m->edit->old;
    struct raw_finding *raw =
        capdl_review_add(review, m->old_count ? CAPDL_RANK_REMOVED : CAPDL_RANK_LAYOUT, CAPDL_LOST,
                         review->old.object_number[cap->object], "%s can no longer %s \1 at %s \2", nobody(m, false),
                         verb(cap->rights), where(m, false));

    locate(review, raw, m, false);
}

static void judge_page_rights(struct review *review, const struct mapped *m, const struct plain_cap *a,
                              const struct plain_cap *b)
{
    const struct capdl_cap *cap = m->edit->new;
    char before[8], after[8], *others = capdl_review_others(review, &review->new, m->users, m->count, cap->object);
    uint8_t more = b->rights & (uint8_t)~a->rights;
    enum capdl_rank rank = !m->count ? CAPDL_RANK_LAYOUT
                           : more ? capdl_review_memory_rank(review, m->users, m->count, cap->object, more, b->rights)
                                  : CAPDL_RANK_REMOVED;
    struct raw_finding *raw;

    capdl_review_rights(CAPDL_KIND_FRAME, a->rights, before);
    capdl_review_rights(CAPDL_KIND_FRAME, b->rights, after);
    bool also = more && !(a->rights & ~b->rights) && a->rights;
    raw = capdl_review_add(review, rank, more ? CAPDL_CHANGED : CAPDL_LOST, review->new.object_number[cap->object],
                           "%s may %s %s \1 at %s \2 (%s instead of %s); %s", nobody(m, true),
                           also   ? "now also"
                           : more ? "now"
                                  : "only",
                           verb(also ? more : b->rights), where(m, true), after, before, others);
    raw->field = "rights";
    raw->old_value = capdl_review_format("%s", before);
    raw->new_value = capdl_review_format("%s", after);
    locate(review, raw, m, true);
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
                             ? "; if it is a device, it may miss writes and be read stale"
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

static void judge_page_move(struct review *review, const struct mapped *m)
{
    const struct edit *edit = m->edit;
    uint64_t before = address_of(&review->old, edit->old_holder, edit->old);
    uint64_t after = address_of(&review->new, edit->new_holder, edit->new);
    const struct edit *other = edit->same ? capdl_review_exchange(review, edit) : NULL;
    char label[REVIEW_LABEL];
    struct raw_finding *raw;

    if (before == after && m->count && same_users(m)) {
        raw = capdl_review_add(review, CAPDL_RANK_LAYOUT, CAPDL_CHANGED, review->new.object_number[edit->new->object],
                               " \4reaches|reach\4 \1 at %s \2 as before, through another page table", where(m, true));
        locate(review, raw, m, true);
        return;
    }
    raw = other ? capdl_review_add(
                      review, m->count ? CAPDL_RANK_BEHAVIOUR : CAPDL_RANK_LAYOUT, CAPDL_CHANGED,
                      review->new.object_number[edit->new->object],
                      "%s \4has|have\4 two pages exchanged: \1 is now at %s 0x%" PRIx64 ", %s at 0x%" PRIx64,
                      nobody(m, true), where(m, true), after,
                      capdl_review_object(review, capdl_review_target_number(&review->new, other->new), label), before)
                : capdl_review_add(review, m->count ? CAPDL_RANK_BEHAVIOUR : CAPDL_RANK_LAYOUT, CAPDL_CHANGED,
                                   review->new.object_number[edit->new->object],
                                   "%s now \4has|have\4 \1 at %s \2 (was \7)", nobody(m, true), where(m, true));

    raw->field = "address";
    raw->old_address = before;
    if (other) {
        raw->old_value = capdl_review_format("0x%" PRIx64, before);
        raw->new_value = capdl_review_format("0x%" PRIx64, after);
    }
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

/* ---- All that somebody reaches ---- */

struct reached {
    uint64_t address, object;
    uint8_t rights, flags;
};

static int reached_compare(const void *left, const void *right)
{
    const struct reached *a = left, *b = right;

    if (a->address != b->address) {
        return a->address < b->address ? -1 : 1;
    }
    if (a->object != b->object) {
        return a->object < b->object ? -1 : 1;
    }
    return a->rights != b->rights ? (int)a->rights - (int)b->rights : (int)a->flags - (int)b->flags;
}

static struct reached *find_reached(const struct world *world, uint32_t who, size_t *count)
{
    struct reached *list = NULL;
    size_t capacity = 0;

    *count = 0;
    for (uint32_t i = 0; i < world->spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(world->spec, i);
        enum capdl_kind kind = capdl_object_kind(world->spec, i);

        for (size_t j = world->first_use[i];
             (capdl_kind_is_table(kind) || kind == CAPDL_KIND_IO_PT) && j < world->first_use[i + 1]; j++) {
            const struct use *use = &world->uses[j];

            for (uint32_t k = 0; capdl_review_who(world, use) == who && use->shift < 64 && k < caps.count; k++) {
                struct plain_cap plain = capdl_review_cap(world->spec, &caps.list[k]);

                if (plain.kind == CAPDL_KIND_FRAME) {
                    list = capdl_spec_grow(list, &capacity, *count + 1, sizeof(*list));
                    list[(*count)++] = (struct reached){use->address | caps.list[k].slot << use->shift,
                                                        world->object_number[plain.object], plain.rights, plain.flags};
                }
            }
        }
    }
    if (*count) {
        qsort(list, *count, sizeof(*list), reached_compare);
    }
    return list;
}

bool capdl_review_same_map(const struct review *review, uint32_t who)
{
    size_t num_old, num_new;
    struct reached *old = find_reached(&review->old, who, &num_old), *new = find_reached(&review->new, who, &num_new);
    bool same = num_old == num_new;

    for (size_t i = 0; same && i < num_old; i++) {
        same = reached_compare(&old[i], &new[i]) == 0;
    }
    free(old);
    free(new);
    return same;
}

char *capdl_review_reach(const struct review *review, const struct world *world, uint32_t who)
{
    size_t count, kept = 0;
    struct reached *list = find_reached(world, who, &count);
    uint32_t *frames = capdl_spec_realloc(NULL, (count + 1) * sizeof(*frames));
    char *text;

    for (size_t i = 0; i < count; i++) {
        frames[kept++] = capdl_review_local(review, world, list[i].object);
    }
    text = kept ? capdl_review_list(review, world, frames, kept) : capdl_review_format("no memory");
    free(frames);
    free(list);
    return text;
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

/* "frame 'a' at address 0x1000", "the 9 pages of \1 (frame 'b[0..8]'), from address 0x1000 on". To be freed. */
static char *pages_text(const struct review *review, const struct world *world, const struct mapped *m,
                        const struct pages *pages, bool new)
{
    char *list = capdl_review_list(review, world, pages->list, pages->count), *text, *named;

    if (pages->count && capdl_object_flags(world->spec, pages->list[0]) & CAPDL_OBJECT_HAS_PADDR) {
        named = capdl_review_format("%s%s at physical 0x%" PRIx64, list, pages->count > 1 ? ", the first" : "",
                                    capdl_object_paddr(world->spec, pages->list[0]));
        free(list);
        list = named;
    }

    text = !pages->count       ? capdl_review_format("\1, in which nothing is mapped")
           : pages->count == 1 ? capdl_review_format("%s at %s 0x%" PRIx64 ", in \1", list, where(m, new), pages->first)
                               : capdl_review_format("the %zu pages of \1 (%s), from %s 0x%" PRIx64 " on", pages->count,
                                                     list, where(m, new), pages->first);
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
    text = pages_text(review, &review->new, m, &after, true);
    if (before.first == after.first && m->count && same_users(m)) {
        raw = capdl_review_add(review, CAPDL_RANK_LAYOUT, CAPDL_CHANGED, review->new.object_number[edit->new->object],
                               " \4reaches|reach\4 %s as before, through another table above", text);
    } else {
        raw = capdl_review_add(review, m->count ? CAPDL_RANK_BEHAVIOUR : CAPDL_RANK_LAYOUT, CAPDL_CHANGED,
                               review->new.object_number[edit->new->object],
                               "%s now \4has|have\4 %s (was 0x%" PRIx64 ")", nobody(m, true), text, before.first);
        raw->field = "address";
        raw->old_value = capdl_review_format("0x%" PRIx64, before.first);
        raw->new_value = capdl_review_format("0x%" PRIx64, after.first);
    }
    locate(review, raw, m, true);
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

static void judge_table_gain(struct review *review, const struct mapped *m)
{
    const struct edit *edit = m->edit;
    struct pages pages = {NULL};
    uint32_t budget = MOST_PAGES;
    struct raw_finding *raw;
    char *text;

    if (reported_as_layout(review, m, true)) {
        return;
    }
    find_pages(&review->new, edit->new->object, 0, &pages);
    text = pages_text(review, &review->new, m, &pages, true);
    raw = capdl_review_add(review, pages_rank(review, m, edit->new->object, 0, &budget), CAPDL_GAINED,
                           review->new.object_number[edit->new->object], "%s now \4reaches|reach\4 %s", nobody(m, true),
                           text);
    locate(review, raw, m, true);
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
    text = pages_text(review, &review->old, m, &pages, false);
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
