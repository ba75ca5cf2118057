/* SPDX-License-Identifier: BSD-2-Clause */
/* What a capability lets one do: how grave that is, and in words. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

static bool contains(const uint32_t *list, size_t count, uint32_t who)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i] == who) {
            return true;
        }
    }
    return false;
}

/* Whether nobody but the owner is concerned: of several, at least one gets at what is another's. */
static bool only_owner(const uint32_t *subjects, size_t count, uint32_t owner)
{
    return count == 1 && subjects[0] == owner;
}

/* Whether a list in order has it. */
static bool among(const uint32_t *list, size_t count, uint32_t who)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (list[middle] < who) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < count && list[low] == who;
}

static const struct party *first_of(const struct parties *parties, uint32_t who)
{
    size_t low = 0, high = parties->count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (parties->list[middle].who < who) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < parties->count && parties->list[low].who == who ? &parties->list[low] : NULL;
}

static bool had_control(const struct world *world, uint32_t subject, const struct capdl_cap *cap)
{
    for (uint32_t i = 0; i < world->spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(world->spec, i);

        for (size_t j = world->first_use[i]; j < world->first_use[i + 1]; j++) {
            for (uint32_t k = 0; capdl_review_who(world, &world->uses[j]) == subject && k < caps.count; k++) {
                if (caps.list[k].object == CAPDL_NO_OBJECT && caps.list[k].kind == cap->kind &&
                    caps.list[k].data == cap->data) {
                    return true;
                }
            }
        }
    }
    return false;
}

uint8_t capdl_review_allows(uint8_t kind, uint8_t rights)
{
    return kind == CAPDL_KIND_EP && rights & CAPDL_RIGHT_GRANT ? rights | CAPDL_RIGHT_GRANT_REPLY : rights;
}

uint8_t capdl_review_gained(struct review *review, uint32_t subject, const struct capdl_cap *cap, bool *together)
{
    struct plain_cap plain = capdl_review_cap(review->new.spec, cap);
    uint32_t old = capdl_review_local(review, &review->old, capdl_review_target_number(&review->new, cap));
    const struct parties *parties;
    uint8_t had = 0, all = capdl_kind_has(cap->kind, CAPDL_TRAIT_RIGHTS) ? plain.rights : CAPDL_RIGHTS_ALL;

    *together = false;
    if (cap->object == CAPDL_NO_OBJECT) {
        return had_control(&review->old, subject, cap) ? 0 : CAPDL_RIGHTS_ALL;
    }
    if (old == REVIEW_NONE) {
        return all;
    }
    parties = capdl_review_parties(review, &review->old, old);
    for (const struct party *p = first_of(parties, subject); p && p < parties->list + parties->count; p++) {
        if (p->who != subject) {
            break;
        }
        uint8_t allowed = capdl_review_allows(cap->kind, p->rights);
        if (!capdl_kind_has(cap->kind, CAPDL_TRAIT_RIGHTS) || (allowed & plain.rights) == plain.rights) {
            return 0;
        }
        had |= allowed;
    }
    *together = !(all & ~had);
    return *together ? all : all & (uint8_t)~had;
}

/* ---- Ranks ---- */

enum capdl_rank capdl_review_memory_rank(struct review *review, const uint32_t *subjects, size_t count, uint32_t frame,
                                         uint8_t gained, uint8_t now)
{
    uint64_t number = review->new.object_number[frame];
    bool shared = capdl_review_memory_shared(&review->new_memory, number);
    uint32_t whose;
    const char *role = capdl_review_frame_role(&review->new, frame, &whose);

    if (count && subjects[0] & USE_DEVICE) {
        return CAPDL_RANK_DMA;
    }
    if (role && gained & CAPDL_RIGHT_WRITE && !only_owner(subjects, count, review->new.subject_number[whose])) {
        return CAPDL_RANK_CONTROL;
    }
    if (capdl_review_memory_fixed(&review->new_memory, number)) {
        return CAPDL_RANK_HARDWARE;
    }
    if (shared && gained & CAPDL_RIGHT_WRITE) {
        return CAPDL_RANK_SHARED;
    }
    if ((now & CAPDL_RIGHT_WRITE && now & CAPDL_RIGHT_EXECUTE) || (shared && gained & CAPDL_RIGHT_EXECUTE)) {
        return CAPDL_RANK_EXECUTE;
    }
    if (shared) {
        return CAPDL_RANK_SHARED;
    }
    return gained & CAPDL_RIGHT_EXECUTE && review->old_of[frame] != REVIEW_NONE ? CAPDL_RANK_EXECUTE : CAPDL_RANK_HELD;
}

/* Who else sends with this badge, other than the subjects; to be freed. */
static uint32_t *badge_sharers(struct review *review, const struct world *world, const uint32_t *subjects, size_t count,
                               const struct capdl_cap *cap, size_t *num)
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

        if (p->badge == cap->data && p->rights & CAPDL_RIGHT_WRITE && !among(subjects, count, p->who) &&
            (*num == 0 || list[*num - 1] != p->who)) {
            list[(*num)++] = p->who;
        }
    }
    return list;
}

static bool others_hold(struct review *review, const uint32_t *subjects, size_t count, uint32_t object)
{
    const struct parties *parties = capdl_review_parties(review, &review->new, object);

    for (size_t i = 0; i < parties->count; i++) {
        if (!among(subjects, count, parties->list[i].who)) {
            return true;
        }
    }
    return false;
}

/* What is new was not meant for others before. */
enum capdl_rank capdl_review_receive_rank(struct review *review, const uint32_t *subjects, size_t count,
                                          uint32_t object)
{
    return review->old_of[object] != REVIEW_NONE          ? CAPDL_RANK_RECEIVE
           : others_hold(review, subjects, count, object) ? CAPDL_RANK_FLOW
                                                          : CAPDL_RANK_HELD;
}

static enum capdl_rank channel_rank(struct review *review, const uint32_t *subjects, size_t count,
                                    const struct capdl_cap *cap, uint8_t gained)
{
    enum capdl_rank rank = gained & CAPDL_RIGHT_GRANT && cap->rights & CAPDL_RIGHT_WRITE ? CAPDL_RANK_TRANSFER
                           : gained & CAPDL_RIGHT_READ ? capdl_review_receive_rank(review, subjects, count, cap->object)
                           : gained                    ? CAPDL_RANK_FLOW
                                                       : CAPDL_RANK_HELD;
    size_t sharers = 0;

    if (cap->rights & CAPDL_RIGHT_WRITE && cap->data) {
        free(badge_sharers(review, &review->new, subjects, count, cap, &sharers));
        if ((sharers || !gained) && rank > CAPDL_RANK_IDENTITY) {
            rank = CAPDL_RANK_IDENTITY;
        }
    }
    return rank;
}

/* To hold what belongs to others, or to nobody. Of kinds of which it depends on more: HELD. */
static enum capdl_rank kind_rank(enum capdl_kind kind)
{
    switch (kind) {
    case CAPDL_KIND_UT:
    case CAPDL_KIND_LEFTOVER:
    case CAPDL_KIND_ASID_POOL:
    case CAPDL_KIND_IRQ_CONTROL:
    case CAPDL_KIND_ASID_CONTROL:
    case CAPDL_KIND_IO_SPACE_MASTER:
    case CAPDL_KIND_IO_PORT_CONTROL:
    case CAPDL_KIND_DOMAIN:
    case CAPDL_KIND_SCHED_CONTROL:
    case CAPDL_KIND_CNODE:
        return CAPDL_RANK_RESHAPE;
    case CAPDL_KIND_TCB:
    case CAPDL_KIND_SC:
    case CAPDL_KIND_VCPU:
    case CAPDL_KIND_PT:
    case CAPDL_KIND_PD:
    case CAPDL_KIND_PUD:
    case CAPDL_KIND_PGD:
    case CAPDL_KIND_PDPT:
    case CAPDL_KIND_PML4:
    case CAPDL_KIND_EPT_PML4:
    case CAPDL_KIND_EPT_PDPT:
    case CAPDL_KIND_EPT_PD:
    case CAPDL_KIND_EPT_PT:
        return CAPDL_RANK_CONTROL;
    case CAPDL_KIND_IO_DEVICE:
    case CAPDL_KIND_IO_PT:
    case CAPDL_KIND_ARM_IO_DEVICE:
    case CAPDL_KIND_STREAMID:
    case CAPDL_KIND_CONTEXTBANK:
        return CAPDL_RANK_DMA;
    case CAPDL_KIND_SMC:
    case CAPDL_KIND_IO_PORTS:
        return CAPDL_RANK_HARDWARE;
    case CAPDL_KIND_ARM_SGI_SIGNAL:
        return CAPDL_RANK_FLOW;
    case CAPDL_KIND_IRQ:
    case CAPDL_KIND_IOAPIC_IRQ:
    case CAPDL_KIND_MSI_IRQ:
    case CAPDL_KIND_ARM_IRQ:
    case CAPDL_KIND_RISCV_IRQ:
        return CAPDL_RANK_INTERRUPT;
    case CAPDL_KIND_EP:
    case CAPDL_KIND_NOTIFICATION:
    case CAPDL_KIND_FRAME:
    case CAPDL_KIND_RTREPLY:
    case CAPDL_KIND_PROGRAM:
    case CAPDL_KIND_COUNT:
        break;
    }
    return CAPDL_RANK_HELD;
}

/* For one of the subjects: what is its own is no gain, but may be one for another that shares the CNode. */
static enum capdl_rank object_rank(struct review *review, const uint32_t *subjects, size_t count, uint32_t who,
                                   const struct capdl_cap *cap, uint8_t gained)
{
    enum capdl_kind kind = (enum capdl_kind)cap->kind;
    uint32_t owner = capdl_review_owner(&review->new, cap->object);
    bool own = owner != REVIEW_NONE && owner == who;

    if (kind == CAPDL_KIND_EP || kind == CAPDL_KIND_NOTIFICATION) {
        return channel_rank(review, subjects, count, cap, gained);
    }
    if (kind == CAPDL_KIND_FRAME) {
        return capdl_review_memory_rank(review, &who, 1, cap->object, gained, cap->rights);
    }
    if (kind == CAPDL_KIND_RTREPLY) {
        return others_hold(review, subjects, count, cap->object) ? CAPDL_RANK_TRANSFER : CAPDL_RANK_HELD;
    }
    if (own && (kind == CAPDL_KIND_TCB || kind == CAPDL_KIND_SC)) {
        return CAPDL_RANK_TIME;
    }
    if (own && (kind == CAPDL_KIND_CNODE || capdl_kind_is_table(kind))) {
        return CAPDL_RANK_HELD;
    }
    return kind_rank(kind);
}

enum capdl_rank capdl_review_gain_rank(struct review *review, const uint32_t *subjects, size_t count,
                                       const struct capdl_cap *cap)
{
    enum { MOST_ASKED = 8 };
    enum capdl_rank worst = CAPDL_RANK_LAYOUT;
    bool message = cap->kind == CAPDL_KIND_EP || cap->kind == CAPDL_KIND_NOTIFICATION;

    for (size_t i = 0; i < count && i < MOST_ASKED; i++) {
        bool together;
        uint8_t gained = capdl_review_gained(review, subjects[i], cap, &together);
        enum capdl_rank rank =
            gained || message ? object_rank(review, subjects, count, subjects[i], cap, gained) : CAPDL_RANK_HELD;

        worst = rank < worst ? rank : worst;
    }
    return worst;
}

/* ---- Words ---- */

const char *capdl_review_rights(enum capdl_kind kind, uint64_t rights, char text[8])
{
    return rights & CAPDL_RIGHTS_ALL ? capdl_rights_text(kind, rights, text) : "-";
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
            !among(subjects, count, owner) && !contains(*readers, *num_readers, owner)) {
            *readers = capdl_spec_realloc(*readers, (*num_readers + 2) * sizeof(**readers));
            (*readers)[(*num_readers)++] = owner;
        }
    }
}

/* Whether all of them but the subjects had the object before, with no fewer rights. */
static bool had_before(struct review *review, const struct world *world, const struct parties *parties,
                       const uint32_t *subjects, size_t count, uint32_t object)
{
    uint32_t old = world == &review->new ? review->old_of[object] : REVIEW_NONE;
    const struct parties *before = old == REVIEW_NONE ? NULL : capdl_review_parties(review, &review->old, old);

    for (size_t i = 0; before && i < parties->count; i++) {
        uint32_t who = parties->list[i].who;
        const struct party *p = among(subjects, count, who) ? NULL : first_of(before, who);
        uint8_t missing = parties->list[i].rights;

        if (among(subjects, count, who)) {
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
    bool mapped = true, before = had_before(review, world, parties, subjects, count, object);
    size_t num = 0, size, parts = 0;
    char *text = NULL, letters[8];
    FILE *out = open_memstream(&text, &size);

    for (size_t i = 0; i < parties->count; i++) {
        const struct party *p = &parties->list[i];

        if (among(subjects, count, p->who)) {
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

        if (among(subjects, count, who)) {
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
    first = capdl_review_names(review, writers, num_writers);
    second = capdl_review_names(review, readers, num_readers);
    if (capdl_object_kind(world->spec, object) == CAPDL_KIND_FRAME) {
        text = frame_others(review, world, subjects, count, object);
    } else {
        const char *receive = num_readers == 1 ? "receives" : "receive";
        const char *yet = had_before(review, world, parties, subjects, count, object) ? ", as before" : "";

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
    list = badge_sharers(review, &review->old, subjects, count, &was, &num);
    if (num) {
        names = capdl_review_names(review, list, num);
    }
    free(list);
    return names;
}

/* Whose badge it is, too, or was. */
static char *badge_clause(struct review *review, const uint32_t *subjects, size_t count, const struct capdl_cap *cap)
{
    size_t num;
    uint32_t *list = badge_sharers(review, &review->new, subjects, count, cap, &num);
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
    free(badge_sharers(review, &review->new, &nobody, 0, &was, &num));
    return num == 0;
}

char *capdl_review_badge_change(struct review *review, const uint32_t *subjects, size_t count,
                                const struct capdl_cap *cap, uint64_t before)
{
    char *others = capdl_review_others(review, &review->new, subjects, count, cap->object);
    char *badge = cap->rights & CAPDL_RIGHT_WRITE && cap->data ? badge_clause(review, subjects, count, cap)
                                                               : capdl_review_format("%s", "");
    char *text = before && badge_unused(review, cap, before)
                     ? capdl_review_format("%s; nobody has badge 0x%" PRIx64 " any more; %s", badge, before, others)
                     : capdl_review_format("%s; %s", badge, others);

    free(others);
    free(badge);
    return text;
}

char *capdl_review_message_note(struct review *review, const uint32_t *subjects, size_t count,
                                const struct capdl_cap *cap)
{
    char *others = capdl_review_others(review, &review->new, subjects, count, cap->object), *text;

    text = capdl_review_format("%s%s", others,
                               cap->rights & CAPDL_RIGHT_WRITE && cap->data
                                   ? "; all have that badge: the receiver cannot tell them apart"
                                   : "");
    free(others);
    return text;
}

static const char *message_verb(const struct capdl_cap *cap)
{
    bool notification = cap->kind == CAPDL_KIND_NOTIFICATION;
    unsigned rights = cap->rights;

    if (notification) {
        return rights & CAPDL_RIGHT_WRITE ? rights & CAPDL_RIGHT_READ ? "signal and wait for" : "signal" : "wait for";
    }
    if (!(rights & CAPDL_RIGHT_WRITE)) {
        return rights & CAPDL_RIGHT_READ ? "receive from" : "do nothing with";
    }
    if (rights & CAPDL_RIGHT_READ) {
        return rights & CAPDL_RIGHT_GRANT ? "send to, hand capabilities to and receive from"
                                          : "send to and receive from";
    }
    return rights & CAPDL_RIGHT_GRANT         ? "call and hand capabilities to"
           : rights & CAPDL_RIGHT_GRANT_REPLY ? "call"
                                              : "send to";
}

/* Of receiving where others do. */
static const char *receiving_note(struct review *review, const struct world *world, const uint32_t *subjects,
                                  size_t count, const struct capdl_cap *cap)
{
    const struct parties *parties = capdl_review_parties(review, world, cap->object);

    for (size_t i = 0; world == &review->new && cap->rights &CAPDL_RIGHT_READ &&i < parties->count; i++) {
        if (parties->list[i].rights & CAPDL_RIGHT_READ && !among(subjects, count, parties->list[i].who)) {
            return cap->kind == CAPDL_KIND_EP
                       ? "; each message goes to only one receiver, who can also answer it if it is a call"
                       : "; each signal wakes only one of those that wait";
        }
    }
    return "";
}

static char *message_deed(struct review *review, const struct world *world, const uint32_t *subjects, size_t count,
                          const struct capdl_cap *cap)
{
    char *others = capdl_review_others(review, world, subjects, count, cap->object), *text, *badge = NULL;
    char rights[8];

    capdl_review_rights(cap->kind, cap->rights, rights);
    if (!(cap->rights & CAPDL_RIGHTS_ALL)) {
        strcpy(rights, "-");
    }
    if (cap->rights & CAPDL_RIGHT_WRITE && cap->data) {
        badge = world == &review->new ? badge_clause(review, subjects, count, cap) : capdl_review_format("%s", "");
        text = capdl_review_format("%s \1 (%s, badge 0x%" PRIx64 "); %s%s%s", message_verb(cap), rights, cap->data,
                                   others, badge, receiving_note(review, world, subjects, count, cap));
    } else {
        text = capdl_review_format("%s \1 (%s); %s%s", message_verb(cap), rights, others,
                                   receiving_note(review, world, subjects, count, cap));
    }
    free(badge);
    free(others);
    return text;
}

/* "X's", "its own", or nobody's. */
static char *whose(const struct review *review, const struct world *world, const uint32_t *subjects, size_t count,
                   uint32_t object)
{
    uint32_t owner = capdl_review_owner(world, object);

    if (owner == REVIEW_NONE && capdl_object_kind(world->spec, object) == CAPDL_KIND_CNODE) {
        size_t num, kept = 0;
        uint32_t *users = capdl_review_users(world, object, &num);

        for (size_t i = 0; i < num; i++) {
            if (!among(subjects, count, users[i])) {
                users[kept++] = users[i];
            }
        }
        char *names = capdl_review_names(review, users, kept);
        char *text = kept ? capdl_review_format("%s's", names) : capdl_review_format("the");
        free(names);
        free(users);
        return text;
    }
    if (owner == REVIEW_NONE) {
        return capdl_review_format("nobody's");
    }
    return only_owner(subjects, count, owner) ? capdl_review_format("its own")
                                              : capdl_review_format("%s's", capdl_review_subject(review, owner));
}

static char *other_holders(struct review *, const struct world *, const uint32_t *subjects, size_t count,
                           uint32_t object, size_t *num);

/* Whether the kernel makes it of this control capability: who revokes that takes it from all who hold it. */
static bool is_derived(enum capdl_kind control, enum capdl_kind kind)
{
    return control == CAPDL_KIND_IO_PORT_CONTROL
               ? kind == CAPDL_KIND_IO_PORTS
               : control == CAPDL_KIND_IRQ_CONTROL &&
                     (capdl_kind_class(kind) == CAPDL_CLASS_INTERRUPT || kind == CAPDL_KIND_ARM_SGI_SIGNAL);
}

/* ", and revoke 'uart' of driver, 'timer' of clock": what others hold, or "". To be freed. */
static char *revoked(struct review *review, const struct world *world, const uint32_t *subjects, size_t count,
                     enum capdl_kind control)
{
    char *text = capdl_review_format("%s", "");
    bool any = false;

    for (uint32_t i = 0; i < world->spec->num_objects; i++) {
        size_t num = 0;
        char label[REVIEW_LABEL], *names, *longer;

        if (!is_derived(control, capdl_object_kind(world->spec, i))) {
            continue;
        }
        names = other_holders(review, world, subjects, count, i, &num);
        if (num) {
            longer = capdl_review_format("%s%s'%s' of %s", text, any ? ", " : ", and revoke ",
                                         capdl_object_label(world->spec, i, label, sizeof(label)), names);
            free(text);
            text = longer;
            any = true;
        }
        free(names);
    }
    return text;
}

static char *control_deed(struct review *review, const struct world *world, const uint32_t *subjects, size_t count,
                          const struct capdl_cap *cap)
{
    static const char *const deeds[CAPDL_KIND_COUNT] = {
        [CAPDL_KIND_IRQ_CONTROL] = "take any interrupt that is free",
        [CAPDL_KIND_ASID_CONTROL] = "make pools of address space identifiers",
        [CAPDL_KIND_IO_SPACE_MASTER] = "decide which memory any device reaches",
        [CAPDL_KIND_IO_PORT_CONTROL] = "take any I/O port that is free",
        [CAPDL_KIND_DOMAIN] = "move threads to any scheduling domain",
    };
    char *also, *text;

    if (cap->kind == CAPDL_KIND_SCHED_CONTROL) {
        return capdl_review_format("give processor time on core %" PRIu64 " (\1)", cap->data);
    }
    if (!deeds[cap->kind]) {
        return capdl_review_format("use \1");
    }
    also = revoked(review, world, subjects, count, cap->kind);
    text = capdl_review_format("%s%s (\1)", deeds[cap->kind], also);
    free(also);
    return text;
}

static bool lies_in(const struct capdl_spec *spec, uint32_t object, uint32_t untyped)
{
    enum { MOST_NESTED = 64 };

    for (unsigned i = 0; i < MOST_NESTED && object != CAPDL_NO_OBJECT; i++) {
        object = capdl_object_parent(spec, object);
        if (object == untyped) {
            return true;
        }
    }
    return false;
}

/* Who holds the object, without the subjects: "sup and log", or "". To be freed. */
static char *other_holders(struct review *review, const struct world *world, const uint32_t *subjects, size_t count,
                           uint32_t object, size_t *num)
{
    const struct parties *parties = capdl_review_parties(review, world, object);
    uint32_t *list = capdl_spec_realloc(NULL, (parties->count + 1) * sizeof(*list));
    char *names;

    *num = 0;
    for (size_t i = 0; i < parties->count; i++) {
        if (!among(subjects, count, parties->list[i].who) && (!*num || list[*num - 1] != parties->list[i].who)) {
            list[(*num)++] = parties->list[i].who;
        }
    }
    names = capdl_review_names(review, list, *num);
    free(list);
    return names;
}

/* What lies in an untyped is gone when its holder revokes it. */
static char *untyped_deed(struct review *review, const struct world *world, const uint32_t *subjects,
                          size_t num_subjects, uint32_t untyped)
{
    size_t count = 0, num;
    uint32_t *owners = capdl_spec_realloc(NULL, (world->num_subjects + (size_t)1) * sizeof(*owners));
    char size[32], *names, *text, *place, *others, *note;
    const char *yet;

    for (uint32_t i = 0; i < world->spec->num_objects && count < world->num_subjects; i++) {
        uint32_t owner = lies_in(world->spec, i, untyped) ? capdl_review_owner(world, i) : REVIEW_NONE;
        if (owner != REVIEW_NONE && !contains(owners, count, owner)) {
            owners[count++] = owner;
        }
    }
    names = capdl_review_names(review, owners, count);
    capdl_review_size(UINT64_C(1) << capdl_object_size_bits(world->spec, untyped), size);
    place = capdl_object_flags(world->spec, untyped) & CAPDL_OBJECT_HAS_PADDR
                ? capdl_review_format(" at physical 0x%" PRIx64, capdl_object_paddr(world->spec, untyped))
                : capdl_review_format("%s", "");
    others = other_holders(review, world, subjects, num_subjects, untyped, &num);
    yet = had_before(review, world, capdl_review_parties(review, world, untyped), subjects, num_subjects, untyped)
              ? " already, and either can use it up"
              : ", too";
    note = num ? capdl_review_format("%s %s it%s", others, num == 1 ? "holds" : "hold", yet)
               : capdl_review_format("nobody else holds it");
    text = count ? capdl_review_format("make objects in %s of memory%s and destroy what %s %s there (\3); %s", size,
                                       place, names, count == 1 ? "has" : "have", note)
                 : capdl_review_format("make objects in %s of memory%s (\3); %s", size, place, note);
    free(others);
    free(note);
    free(owners);
    free(names);
    free(place);
    return text;
}

static char *number_deed(const struct world *world, const struct capdl_cap *cap)
{
    enum capdl_class class = capdl_kind_class(cap->kind);

    if (cap->kind == CAPDL_KIND_SMC) {
        return cap->data ? capdl_review_format("call the SMC function 0x%" PRIx64 " (\1)", cap->data)
                         : capdl_review_format("call every SMC function (\1)");
    }
    if (cap->kind == CAPDL_KIND_ARM_SGI_SIGNAL) {
        return capdl_review_format("interrupt core %" PRIu64 " with %" PRIu64 " (\1)",
                                   capdl_object_number(world->spec, cap->object, CAPDL_NUMBER_TARGET),
                                   capdl_object_number(world->spec, cap->object, CAPDL_NUMBER_SGI_IRQ));
    }
    if (class == CAPDL_CLASS_DEVICE || class == CAPDL_CLASS_IO_TABLE) {
        return capdl_review_format(class == CAPDL_CLASS_DEVICE && cap->kind != CAPDL_KIND_CONTEXTBANK
                                       ? "decide which memory \1 reaches"
                                       : "decide which memory a device reaches through \1");
    }
    return class == CAPDL_CLASS_INTERRUPT ? capdl_review_format("acknowledge and redirect \1")
                                          : capdl_review_format("use \1");
}

static char *frame_deed(struct review *review, const struct world *world, const uint32_t *subjects, size_t count,
                        const struct capdl_cap *cap)
{
    char *others = capdl_review_others(review, world, subjects, count, cap->object), rights[8], *text;

    text =
        capdl_review_format("map \1 with rights %s; %s", capdl_review_rights(cap->kind, cap->rights, rights), others);
    free(others);
    return text;
}

static char *reply_deed(struct review *review, const struct world *world, const uint32_t *subjects, size_t count,
                        const struct capdl_cap *cap)
{
    size_t num;
    char *names = other_holders(review, world, subjects, count, cap->object, &num), *text;

    text = num ? capdl_review_format("answer the callers of %s in its place (\1)", names)
               : capdl_review_format("use \1, which nobody else has");
    free(names);
    return text;
}

/* Whether an address space begins at the table: pages are mapped through its capability only. */
static bool is_root(const struct world *world, uint32_t table)
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

/* Who has the same capability to what the kernel has from the start, other than the subjects; to be freed. */
static char *control_holders(struct review *review, const struct world *world, const uint32_t *subjects, size_t count,
                             const struct capdl_cap *cap, size_t *num)
{
    uint32_t *list = capdl_spec_realloc(NULL, (world->num_subjects + (size_t)1) * sizeof(*list));
    char *names;

    *num = 0;
    for (uint32_t i = 0; i < world->spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(world->spec, i);

        for (uint32_t k = 0; k < caps.count; k++) {
            if (caps.list[k].object != CAPDL_NO_OBJECT || caps.list[k].kind != cap->kind ||
                caps.list[k].data != cap->data) {
                continue;
            }
            for (size_t j = world->first_use[i]; j < world->first_use[i + 1] && *num < world->num_subjects; j++) {
                uint32_t who = capdl_review_who(world, &world->uses[j]);
                if (!among(subjects, count, who) && !contains(list, *num, who)) {
                    list[(*num)++] = who;
                }
            }
        }
    }
    names = capdl_review_names(review, list, *num);
    free(list);
    return names;
}

/* The deed, and who else can do it. */
static char *with_others(struct review *review, const struct world *world, const uint32_t *subjects, size_t count,
                         const struct capdl_cap *cap, char *deed)
{
    size_t num;
    char *names = cap->object == CAPDL_NO_OBJECT ? control_holders(review, world, subjects, count, cap, &num)
                                                 : other_holders(review, world, subjects, count, cap->object, &num);
    bool before =
        cap->object != CAPDL_NO_OBJECT &&
        had_before(review, world, capdl_review_parties(review, world, cap->object), subjects, count, cap->object);
    char *text = num ? capdl_review_format("%s; %s %s it%s", deed, names, num == 1 ? "has" : "have",
                                           before ? " already" : ", too")
                     : capdl_review_format("%s; nobody else has it", deed);

    free(names);
    free(deed);
    return text;
}

char *capdl_review_deed(struct review *review, const struct world *world, const uint32_t *subjects, size_t count,
                        const struct capdl_cap *cap)
{
    char *owner, *text;

    if (cap->object == CAPDL_NO_OBJECT) {
        return with_others(review, world, subjects, count, cap, control_deed(review, world, subjects, count, cap));
    }
    if (cap->kind == CAPDL_KIND_EP || cap->kind == CAPDL_KIND_NOTIFICATION) {
        return message_deed(review, world, subjects, count, cap);
    }
    if (cap->kind == CAPDL_KIND_FRAME) {
        return frame_deed(review, world, subjects, count, cap);
    }
    if (cap->kind == CAPDL_KIND_RTREPLY) {
        return reply_deed(review, world, subjects, count, cap);
    }
    if (cap->kind == CAPDL_KIND_UT) {
        return untyped_deed(review, world, subjects, count, cap->object);
    }
    owner = whose(review, world, subjects, count, cap->object);
    if (cap->kind == CAPDL_KIND_TCB) {
        uint32_t whom = capdl_review_owner(world, cap->object);
        bool other = world == &review->new &&whom != REVIEW_NONE && !among(subjects, count, whom);

        text = other ? capdl_review_format("stop, resume and redirect %s thread (\1), and so do all that %s may", owner,
                                           capdl_review_subject(review, whom))
                     : capdl_review_format("stop, resume and redirect %s thread (\1)", owner);
    } else if (cap->kind == CAPDL_KIND_CNODE) {
        text = strcmp(owner, "the") == 0 ? capdl_review_format("use, copy and delete the capabilities in \1")
                                         : capdl_review_format("use, copy and delete %s capabilities (\1)", owner);
    } else if (cap->kind == CAPDL_KIND_SC) {
        text = capdl_review_format("use and take away %s processor time (\1)", owner);
    } else if (capdl_kind_is_table(cap->kind)) {
        text = capdl_review_format(is_root(world, cap->object) ? "map and unmap pages in %s address space (\1)"
                                                               : "unmap part of %s address space (\1)",
                                   owner);
    } else if (cap->kind == CAPDL_KIND_VCPU) {
        text = capdl_review_format("control a virtual CPU (\1)");
    } else if (cap->kind == CAPDL_KIND_ASID_POOL) {
        text = capdl_review_format("give identifiers to address spaces (\1)");
    } else if (cap->kind == CAPDL_KIND_LEFTOVER) {
        text = capdl_review_format("make objects of the memory that is left over (\1)");
    } else {
        text = number_deed(world, cap);
    }
    free(owner);
    return capdl_kind_is_table(cap->kind) ? text : with_others(review, world, subjects, count, cap, text);
}
