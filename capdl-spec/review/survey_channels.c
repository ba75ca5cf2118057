/* SPDX-License-Identifier: BSD-2-Clause */
/* Objects through which subjects meet one another or hardware. */
#include "survey_channels.h"

#include <stdlib.h>
#include <string.h>

#include "parties.h"
#include "roles.h"
#include "shared_memory.h"
#include "surveyor.h"

static bool is_channel(const struct surveyor *s, uint32_t object)
{
    const struct capdl_spec *spec = s->review.new.spec;
    enum capdl_kind kind = capdl_object_kind(spec, object);
    bool fixed = capdl_object_flags(spec, object) & CAPDL_OBJECT_HAS_PADDR;
    if (kind == CAPDL_KIND_FRAME) {
        return fixed || capdl_review_memory_shared(&s->review.new_memory, object);
    }
    return kind == CAPDL_KIND_EP || kind == CAPDL_KIND_NOTIFICATION || (kind == CAPDL_KIND_UT && fixed) ||
           capdl_kind_class(kind) == CAPDL_CLASS_INTERRUPT || capdl_kind_class(kind) == CAPDL_CLASS_ISSUED;
}

static bool same_users(const struct capdl_survey_channel *a, const struct parties *b)
{
    if (a->num_users != b->count) {
        return false;
    }
    for (size_t i = 0; i < b->count; i++) {
        const struct capdl_survey_user *x = &a->users[i];
        const struct party *y = &b->list[i];
        if (x->who != y->who || x->rights != y->rights || x->mapped != y->mapped || x->badge != y->badge) {
            return false;
        }
    }
    return true;
}

static bool in_a_row(const struct capdl_spec *spec, const struct capdl_survey_channel *last, uint32_t object)
{
    enum capdl_kind kind = capdl_object_kind(spec, object);
    uint64_t size = UINT64_C(1) << capdl_object_size_bits(spec, object);
    unsigned fixed = capdl_object_flags(spec, object) & CAPDL_OBJECT_HAS_PADDR;
    return kind == CAPDL_KIND_FRAME && capdl_object_kind(spec, last->object) == kind &&
           capdl_object_size_bits(spec, last->object) == capdl_object_size_bits(spec, object) &&
           capdl_survey_next(spec, last->object, last->count, object) &&
           (capdl_object_flags(spec, last->object) & CAPDL_OBJECT_HAS_PADDR) == fixed &&
           (!fixed || capdl_object_paddr(spec, last->object) + last->count * size == capdl_object_paddr(spec, object));
}

/* Users by their numbers of the world, until all channels are there. */
static struct capdl_survey_user *copy_users(const struct parties *parties)
{
    struct capdl_survey_user *users = capdl_spec_realloc(NULL, (parties->count + 1) * sizeof(*users));
    for (size_t i = 0; i < parties->count; i++) {
        const struct party *p = &parties->list[i];
        users[i] = (struct capdl_survey_user){p->who, p->rights, p->mapped, p->badge};
    }
    return users;
}

static int user_compare(const void *left, const void *right)
{
    const struct capdl_survey_user *a = left, *b = right;
    if (a->who != b->who) {
        return a->who < b->who ? -1 : 1;
    }
    return a->badge < b->badge ? -1 : a->badge > b->badge;
}

/* One of each that has several capabilities with one badge. */
static void settle(struct surveyor *s, struct capdl_survey_channel *channel)
{
    size_t kept = 0;
    for (size_t i = 0; i < channel->num_users; i++) {
        channel->users[i].who = capdl_survey_who(s, channel->users[i].who);
    }
    if (channel->num_users) {
        qsort(channel->users, channel->num_users, sizeof(*channel->users), user_compare);
    }
    for (size_t i = 0; i < channel->num_users; i++) {
        struct capdl_survey_user *last = kept ? &channel->users[kept - 1] : NULL;
        if (last && last->who == channel->users[i].who && last->badge == channel->users[i].badge) {
            last->rights |= channel->users[i].rights;
            last->mapped |= channel->users[i].mapped;
        } else {
            channel->users[kept++] = channel->users[i];
        }
    }
    channel->num_users = kept;
}

void capdl_survey_channels(struct surveyor *s)
{
    const struct capdl_spec *spec = s->review.new.spec;
    struct capdl_survey *survey = s->survey;
    size_t capacity = 0;
    char role[REVIEW_LABEL];
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        const struct parties *parties;
        struct capdl_survey_channel *last = survey->num_channels ? &survey->channels[survey->num_channels - 1] : NULL;
        if (!is_channel(s, i)) {
            continue;
        }
        parties = capdl_review_parties(&s->review, &s->review.new, i);
        if (last && in_a_row(spec, last, i) && same_users(last, parties)) {
            last->count++;
            continue;
        }
        survey->channels =
            capdl_spec_grow(survey->channels, &capacity, survey->num_channels + 1, sizeof(*survey->channels));
        survey->channels[survey->num_channels++] = (struct capdl_survey_channel){
            .object = i,
            .count = 1,
            .role = capdl_survey_keep(s, capdl_review_role(&s->review, &s->review.new, i, role)),
            .users = copy_users(parties),
            .num_users = parties->count};
    }
    for (size_t i = 0; i < survey->num_channels; i++) {
        settle(s, &survey->channels[i]);
    }
}
