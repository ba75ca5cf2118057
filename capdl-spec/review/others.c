/* SPDX-License-Identifier: BSD-2-Clause */
/* Who else reaches an object, and with which badge. */
#include "others.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lists.h"
#include "parties.h"
#include "uses.h"
#include "words.h"

uint32_t *capdl_review_badge_sharers(struct review *review, const struct world *world, const uint32_t *subjects,
                                     size_t count, const struct capdl_cap *cap, size_t *num)
{
    const struct parties *parties = capdl_review_parties(review, world, cap->object);
    size_t first = world->first_holder[cap->object], end = world->first_holder[cap->object + 1];
    uint32_t *list = capdl_spec_realloc(NULL, (parties->count + end - first + 1) * sizeof(*list));
    *num = 0;
    for (size_t i = first; i < end && cap->kind == CAPDL_KIND_NOTIFICATION; i++) {
        const struct capdl_cap *other = capdl_review_held(world, i);
        uint32_t holder = world->holders[i].container;
        if (other != cap && other->data == cap->data &&
            capdl_kind_class(capdl_object_kind(world->spec, holder)) == CAPDL_CLASS_INTERRUPT) {
            list[(*num)++] = USE_DEVICE | world->object_number[holder];
        }
    }
    for (size_t i = 0; i < parties->count; i++) {
        const struct party *p = &parties->list[i];
        if (p->badge == cap->data && p->rights & CAPDL_RIGHT_WRITE && !capdl_review_among(subjects, count, p->who) &&
            (*num == 0 || list[*num - 1] != p->who)) {
            list[(*num)++] = p->who;
        }
    }
    return list;
}

/* Threads to which a notification is bound receive its signals, too. */
static void add_bound(const struct world *world, uint32_t object, const uint32_t *subjects, size_t count,
                      uint32_t **readers, size_t *num_readers)
{
    if (capdl_object_kind(world->spec, object) != CAPDL_KIND_NOTIFICATION) {
        return;
    }
    for (size_t i = world->first_holder[object]; i < world->first_holder[object + 1]; i++) {
        uint32_t holder = world->holders[i].container, owner = capdl_review_owner(world, holder);
        if (capdl_object_kind(world->spec, holder) == CAPDL_KIND_TCB &&
            capdl_review_held(world, i)->slot == CAPDL_TCB_SLOT_BOUND_NOTIFICATION && owner != REVIEW_NONE &&
            !capdl_review_among(subjects, count, owner) && !capdl_review_contains(*readers, *num_readers, owner)) {
            *readers = capdl_spec_realloc(*readers, (*num_readers + 2) * sizeof(**readers));
            (*readers)[(*num_readers)++] = owner;
        }
    }
}

/* Interrupts signal notifications, too. */
static void add_interrupts(const struct world *world, uint32_t object, uint32_t **writers, size_t *num)
{
    for (size_t i = world->first_holder[object]; i < world->first_holder[object + 1]; i++) {
        uint32_t holder = world->holders[i].container;
        if (capdl_kind_class(capdl_object_kind(world->spec, holder)) == CAPDL_CLASS_INTERRUPT) {
            *writers = capdl_spec_realloc(*writers, (*num + 2) * sizeof(**writers));
            (*writers)[(*num)++] = USE_DEVICE | world->object_number[holder];
        }
    }
}

bool capdl_review_bound_to_other(const struct world *world, const uint32_t *subjects, size_t count,
                                 uint32_t notification)
{
    uint32_t *list = NULL;
    size_t num = 0;
    add_bound(world, notification, subjects, count, &list, &num);
    free(list);
    return num > 0;
}

bool capdl_review_had_before(struct review *review, const struct world *world, const uint32_t *subjects, size_t count,
                             uint32_t object)
{
    const struct parties *parties = capdl_review_parties(review, world, object);
    uint32_t old = world == &review->new ? review->old_of[object] : REVIEW_NONE;
    const struct parties *before = old == REVIEW_NONE ? NULL : capdl_review_parties(review, &review->old, old);
    for (size_t i = 0; before && i < parties->count; i++) {
        uint32_t who = parties->list[i].who;
        const struct party *p = capdl_review_among(subjects, count, who) ? NULL : capdl_review_party_of(before, who);
        uint8_t missing = parties->list[i].rights;
        if (capdl_review_among(subjects, count, who)) {
            continue;
        }
        if (!p || p >= before->list + before->count || p->who != who) {
            return false;
        }
        for (; p < before->list + before->count && p->who == who; p++) {
            missing &= (uint8_t)~p->rights;
        }
        if (missing) {
            return false;
        }
    }
    return before != NULL;
}

/* "already mapped by drm (RW), and by display (R)" */
static char *frame_others(struct review *review, const struct world *world, const uint32_t *subjects, size_t count,
                          uint32_t object)
{
    const struct parties *parties = capdl_review_parties(review, world, object);
    uint32_t *list = capdl_spec_realloc(NULL, (parties->count + 1) * sizeof(*list));
    uint8_t *rights = capdl_spec_realloc(NULL, parties->count + 1);
    uint32_t *same = capdl_spec_realloc(NULL, (parties->count + 1) * sizeof(*same));
    bool mapped = true, before = capdl_review_had_before(review, world, subjects, count, object);
    size_t num = 0, size, parts = 0;
    char *text = NULL, letters[8];
    FILE *out = open_memstream(&text, &size);
    for (size_t i = 0; i < parties->count; i++) {
        const struct party *p = &parties->list[i];
        if (capdl_review_among(subjects, count, p->who)) {
            continue;
        }
        if (!num || list[num - 1] != p->who) {
            rights[num] = 0;
            list[num++] = p->who;
        }
        rights[num - 1] |= p->rights;
        mapped &= p->mapped;
    }
    for (unsigned set = CAPDL_RIGHTS_ALL + 1; set-- > 0;) {
        size_t found = 0;
        for (size_t i = 0; i < num; i++) {
            if ((unsigned)(rights[i] & CAPDL_RIGHTS_ALL) == set) {
                same[found++] = list[i];
            }
        }
        if (found) {
            char *names = capdl_review_names(review, same, found);
            fputs(parts ? ", and" : before ? "already " : "", out);
            fprintf(out, "%s by %s (%s)",
                    parts++  ? ""
                    : mapped ? "mapped"
                             : "reached",
                    names, capdl_review_rights(CAPDL_KIND_FRAME, set, letters));
            free(names);
        }
    }
    fputs(num ? "" : REVIEW_NOBODY, out);
    fclose(out);
    free(list);
    free(rights);
    free(same);
    return text;
}

char *capdl_review_others(struct review *review, const struct world *world, const uint32_t *subjects, size_t count,
                          uint32_t object)
{
    const struct parties *parties = capdl_review_parties(review, world, object);
    uint32_t *writers = capdl_spec_realloc(NULL, (parties->count + 1) * sizeof(*writers));
    uint32_t *readers = capdl_spec_realloc(NULL, (parties->count + 1) * sizeof(*readers));
    size_t num_writers = 0, num_readers = 0;
    char *text, *first, *second;
    for (size_t i = 0; i < parties->count; i++) {
        uint32_t who = parties->list[i].who;
        uint8_t rights = parties->list[i].rights;
        if (capdl_review_among(subjects, count, who)) {
            continue;
        }
        if (rights & CAPDL_RIGHT_WRITE && (!num_writers || writers[num_writers - 1] != who)) {
            writers[num_writers++] = who;
        }
        if (rights & CAPDL_RIGHT_READ && (!num_readers || readers[num_readers - 1] != who)) {
            readers[num_readers++] = who;
        }
    }
    add_bound(world, object, subjects, count, &readers, &num_readers);
    add_interrupts(world, object, &writers, &num_writers);
    first = capdl_review_names(review, writers, num_writers);
    second = capdl_review_names(review, readers, num_readers);
    if (capdl_object_kind(world->spec, object) == CAPDL_KIND_FRAME) {
        text = frame_others(review, world, subjects, count, object);
    } else {
        const char *receive = num_readers == 1 ? "receives" : "receive";
        const char *yet = capdl_review_had_before(review, world, subjects, count, object) ? ", as before" : "";
        text = !num_writers && !num_readers ? capdl_review_format("nobody else has it")
               : !num_readers               ? capdl_review_format("%s can send there%s", first, yet)
               : !num_writers               ? capdl_review_format("%s %s there%s", second, receive, yet)
                              : capdl_review_format("%s %s there; %s can send there%s", second, receive, first, yet);
    }
    free(first);
    free(second);
    free(writers);
    free(readers);
    return text;
}

/* Who had a badge before that no other has now; NULL if it is not another's. To be freed. */
static char *former_sharers(struct review *review, const uint32_t *subjects, size_t count, const struct capdl_cap *cap)
{
    struct capdl_cap was = *cap;
    size_t num = 0;
    uint32_t *list;
    char *names = NULL;
    was.object = capdl_review_local(review, &review->old, review->new.object_number[cap->object]);
    if (was.object == REVIEW_NONE) {
        return NULL;
    }
    list = capdl_review_badge_sharers(review, &review->old, subjects, count, &was, &num);
    if (num) {
        names = capdl_review_names(review, list, num);
    }
    free(list);
    return names;
}

char *capdl_review_badge_clause(struct review *review, const uint32_t *subjects, size_t count,
                                const struct capdl_cap *cap)
{
    size_t num;
    uint32_t *list = capdl_review_badge_sharers(review, &review->new, subjects, count, cap, &num);
    char *names = capdl_review_names(review, list, num);
    char *before = num ? NULL : former_sharers(review, subjects, count, cap);
    char *text = num      ? capdl_review_format("; %s %s that badge, too: the receiver cannot tell them apart", names,
                                           num == 1 ? "has" : "have")
                 : before ? capdl_review_format("; that was the badge of %s, for whom the receiver may take it", before)
                          : capdl_review_format("; nobody else has that badge");
    free(before);
    free(list);
    free(names);
    return text;
}

/* Whether nobody sends with a badge to what the capability is of. */
static bool badge_unused(struct review *review, const struct capdl_cap *cap, uint64_t badge)
{
    struct capdl_cap was = *cap;
    uint32_t nobody = REVIEW_NONE;
    size_t num;
    was.data = badge;
    free(capdl_review_badge_sharers(review, &review->new, &nobody, 0, &was, &num));
    return num == 0;
}

char *capdl_review_badge_change(struct review *review, const uint32_t *subjects, size_t count,
                                const struct capdl_cap *cap, uint64_t before)
{
    char *others = capdl_review_others(review, &review->new, subjects, count, cap->object);
    char *badge = cap->rights & CAPDL_RIGHT_WRITE && cap->data ? capdl_review_badge_clause(review, subjects, count, cap)
                                                               : capdl_review_format("%s", "");
    char *text = before && badge_unused(review, cap, before)
                     ? capdl_review_format("%s; nobody has badge 0x%" PRIx64 " any more; %s", badge, before, others)
                     : capdl_review_format("%s; %s", badge, others);
    free(others);
    free(badge);
    return text;
}

static char *names_or_nobody(const struct review *review, const uint32_t *list, size_t count)
{
    return count ? capdl_review_names(review, list, count) : capdl_review_format("nobody");
}

static size_t add_parties(uint32_t *list, size_t count, const struct parties *parties, uint8_t right, uint32_t but)
{
    for (size_t i = 0; i < parties->count; i++) {
        uint32_t who = parties->list[i].who;
        if (parties->list[i].rights & right && who != but && (!count || list[count - 1] != who)) {
            list[count++] = who;
        }
    }
    return count;
}

char *capdl_review_senders(struct review *review, const struct world *world, uint32_t object)
{
    const struct parties *parties;
    uint32_t *list;
    size_t count = 0;
    char *text;
    if (object == CAPDL_NO_OBJECT) {
        return names_or_nobody(review, NULL, 0);
    }
    parties = capdl_review_parties(review, world, object);
    list = capdl_spec_realloc(
        NULL, (parties->count + world->first_holder[object + 1] - world->first_holder[object] + 1) * sizeof(*list));
    for (size_t i = world->first_holder[object]; i < world->first_holder[object + 1]; i++) {
        uint32_t holder = world->holders[i].container;
        if (capdl_kind_class(capdl_object_kind(world->spec, holder)) == CAPDL_CLASS_INTERRUPT) {
            list[count++] = USE_DEVICE | world->object_number[holder];
        }
    }
    count = add_parties(list, count, parties, CAPDL_RIGHT_WRITE, REVIEW_NONE);
    text = names_or_nobody(review, list, count);
    free(list);
    return text;
}

char *capdl_review_receivers(struct review *review, const struct world *world, uint32_t object, uint32_t but)
{
    const struct parties *parties;
    uint32_t *list;
    size_t count;
    char *text;
    if (object == CAPDL_NO_OBJECT) {
        return names_or_nobody(review, NULL, 0);
    }
    parties = capdl_review_parties(review, world, object);
    list = capdl_spec_realloc(NULL, (parties->count + 1) * sizeof(*list));
    count = add_parties(list, 0, parties, CAPDL_RIGHT_READ, but);
    add_bound(world, object, &but, 1, &list, &count);
    text = names_or_nobody(review, list, count);
    free(list);
    return text;
}

char *capdl_review_other_holders(struct review *review, const struct world *world, const uint32_t *subjects,
                                 size_t count, uint32_t object, size_t *num)
{
    const struct parties *parties = capdl_review_parties(review, world, object);
    uint32_t *list = capdl_spec_realloc(NULL, (parties->count + 1) * sizeof(*list));
    char *names;
    *num = 0;
    for (size_t i = 0; i < parties->count; i++) {
        if (!capdl_review_among(subjects, count, parties->list[i].who) &&
            (!*num || list[*num - 1] != parties->list[i].who)) {
            list[(*num)++] = parties->list[i].who;
        }
    }
    names = capdl_review_names(review, list, *num);
    free(list);
    return names;
}

bool capdl_review_is_root(const struct world *world, uint32_t table)
{
    for (size_t i = world->first_holder[table]; i < world->first_holder[table + 1]; i++) {
        uint32_t holder = world->holders[i].container;
        uint64_t slot = capdl_object_caps(world->spec, holder).list[world->holders[i].number].slot;
        if (capdl_object_kind(world->spec, holder) == CAPDL_KIND_TCB &&
            (slot == CAPDL_TCB_SLOT_VSPACE || slot == CAPDL_TCB_SLOT_EPT_ROOT)) {
            return true;
        }
    }
    return false;
}

uint32_t capdl_review_guest_of(const struct world *world, uint32_t vcpu)
{
    for (size_t i = world->first_holder[vcpu]; i < world->first_holder[vcpu + 1]; i++) {
        uint32_t tcb = world->holders[i].container, whom = capdl_review_owner(world, tcb);
        if (capdl_object_kind(world->spec, tcb) == CAPDL_KIND_TCB && whom != REVIEW_NONE) {
            return whom;
        }
    }
    return REVIEW_NONE;
}

bool *capdl_review_answerers(const struct world *world)
{
    bool *found = capdl_spec_realloc(NULL, world->num_subjects + (size_t)1), mcs = false;
    memset(found, 0, world->num_subjects + (size_t)1);
    for (uint32_t i = 0; i < world->spec->num_objects; i++) {
        enum capdl_kind kind = capdl_object_kind(world->spec, i);
        /* With a CNode or memory, one can come by a reply object that the spec does not give. */
        bool gives = kind == CAPDL_KIND_RTREPLY || kind == CAPDL_KIND_UT || kind == CAPDL_KIND_LEFTOVER ||
                     kind == CAPDL_KIND_CNODE;

        mcs |= kind == CAPDL_KIND_SC || kind == CAPDL_KIND_RTREPLY;
        for (size_t j = world->first_holder[i]; gives && j < world->first_holder[i + 1]; j++) {
            uint32_t holder = world->holders[j].container;
            bool cnode = capdl_object_kind(world->spec, holder) == CAPDL_KIND_CNODE;
            for (size_t k = world->first_use[holder]; cnode && k < world->first_use[holder + 1]; k++) {
                if (!(world->uses[k].who & USE_DEVICE)) {
                    found[world->uses[k].who] = true;
                }
            }
        }
    }
    for (uint32_t i = 0; !mcs && i < world->num_subjects; i++) {
        found[i] = true;
    }
    return found;
}
