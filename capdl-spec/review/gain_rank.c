/* SPDX-License-Identifier: BSD-2-Clause */
/* How grave it is that somebody has a capability. */
#include "gain_rank.h"

#include <stdlib.h>

#include "compare.h"
#include "lists.h"
#include "normal_form.h"
#include "others.h"
#include "parties.h"
#include "roles.h"
#include "shared_memory.h"
#include "uses.h"

bool capdl_review_has_control(const struct world *world, uint32_t subject, const struct capdl_cap *cap)
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

/* Whether a capability lets its holder do all that another to the same object does, whatever a CNode's guard. */
static bool covers(const struct plain_cap *have, const struct plain_cap *want)
{
    bool same = want->kind == CAPDL_KIND_CNODE || want->kind == CAPDL_KIND_FRAME ||
                (have->data == want->data && have->flags == want->flags);
    return (same || (want->kind == CAPDL_KIND_SMC && !have->data)) &&
           !(want->rights & ~capdl_review_allows(have->kind, have->rights));
}

const struct capdl_cap *capdl_review_holds(const struct world *world, uint32_t who, uint32_t object,
                                           const struct plain_cap *want, const struct capdl_cap *after)
{
    bool found = !after;
    for (size_t i = object == REVIEW_NONE ? 0 : world->first_holder[object];
         object != REVIEW_NONE && i < world->first_holder[object + 1]; i++) {
        uint32_t holder = world->holders[i].container;
        const struct capdl_cap *cap = capdl_review_held(world, i);
        struct plain_cap have = capdl_review_cap(world->spec, cap);
        bool good = found && capdl_object_kind(world->spec, holder) == CAPDL_KIND_CNODE && covers(&have, want);
        found |= cap == after;
        for (size_t j = world->first_use[holder]; good && j < world->first_use[holder + 1]; j++) {
            if (capdl_review_who(world, &world->uses[j]) == who) {
                return cap;
            }
        }
    }
    return NULL;
}

uint8_t capdl_review_gained(struct review *review, uint32_t subject, const struct capdl_cap *cap, bool *together)
{
    struct plain_cap plain = capdl_review_cap(review->new.spec, cap);
    uint32_t old = capdl_review_local(review, &review->old, capdl_review_target_number(&review->new, cap));
    const struct parties *parties;
    uint8_t had = 0, all = capdl_kind_has(cap->kind, CAPDL_TRAIT_RIGHTS) ? plain.rights : CAPDL_RIGHTS_ALL;
    *together = false;
    if (cap->object == CAPDL_NO_OBJECT) {
        return capdl_review_has_control(&review->old, subject, cap) ? 0 : CAPDL_RIGHTS_ALL;
    }
    if (old == REVIEW_NONE) {
        return all;
    }
    if (cap->kind == CAPDL_KIND_SMC || cap->kind == CAPDL_KIND_TCB) { /* each allows something else */
        return capdl_review_holds(&review->old, subject, old, &plain, NULL) ? 0 : CAPDL_RIGHTS_ALL;
    }
    parties = capdl_review_parties(review, &review->old, old);
    for (const struct party *p = capdl_review_party_of(parties, subject); p && p < parties->list + parties->count;
         p++) {
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
    if (role && gained & CAPDL_RIGHT_WRITE &&
        !capdl_review_is_only(subjects, count, review->new.subject_number[whose])) {
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

static bool others_hold(struct review *review, const uint32_t *subjects, size_t count, uint32_t object)
{
    const struct parties *parties = capdl_review_parties(review, &review->new, object);
    for (size_t i = 0; i < parties->count; i++) {
        if (!capdl_review_among(subjects, count, parties->list[i].who)) {
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
        free(capdl_review_badge_sharers(review, &review->new, subjects, count, cap, &sharers));
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
    case CAPDL_KIND_STREAMID_CONTROL:
    case CAPDL_KIND_CONTEXTBANK_CONTROL:
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
