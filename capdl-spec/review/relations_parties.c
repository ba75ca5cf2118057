/* SPDX-License-Identifier: BSD-2-Clause */
/* Who and what is related. */
#include "relations_parties.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lists.h"
#include "words.h"

uint32_t capdl_relation_party_add(struct relation_finder *f, struct capdl_party party)
{
    struct capdl_relations *r = f->relations;
    r->parties = capdl_spec_grow(r->parties, &r->party_capacity, r->num_parties + (size_t)1, sizeof(*r->parties));
    r->parties[r->num_parties] = party;
    return r->num_parties++;
}

char *capdl_relation_object_name(const struct capdl_spec *spec, uint32_t object)
{
    char label[REVIEW_LABEL];
    return capdl_review_format("%s", capdl_object_label(spec, object, label, sizeof(label)));
}

static uint32_t device_party(struct relation_finder *f, uint32_t object)
{
    if (f->device_party[object] == REVIEW_NONE) {
        f->device_party[object] = capdl_relation_party_add(
            f, (struct capdl_party){CAPDL_PARTY_DEVICE, capdl_relation_object_name(f->spec, object), .object = object});
    }
    return f->device_party[object];
}

uint32_t capdl_relation_who_party(struct relation_finder *f, uint32_t who)
{
    return who & USE_DEVICE ? device_party(f, who & ~USE_DEVICE) : who;
}

static char *number_name(enum capdl_party_kind kind, uint64_t first, uint64_t last)
{
    if (kind == CAPDL_PARTY_MEMORY) {
        return capdl_review_format("0x%" PRIx64 "+0x%" PRIx64, first, last - first + 1);
    }
    if (kind == CAPDL_PARTY_SMC) {
        return last > first ? capdl_review_format("*") : capdl_review_format("0x%" PRIx64, first);
    }
    return kind == CAPDL_PARTY_PORTS ? capdl_review_format("0x%" PRIx64 "..0x%" PRIx64, first, last)
                                     : capdl_review_format("%" PRIu64, first);
}

/* Parties that are numbers are few kinds of few values per subject; those of one object come one after the other. */
uint32_t capdl_relation_number_party(struct relation_finder *f, enum capdl_party_kind kind, uint64_t first,
                                     uint64_t last, uint32_t object)
{
    return capdl_relation_party_add(f, (struct capdl_party){.kind = kind,
                                                            .name = number_name(kind, first, last),
                                                            .numbered = true,
                                                            .first = first,
                                                            .last = last,
                                                            .object = object});
}

uint32_t capdl_relation_kind_party(struct relation_finder *f, enum capdl_kind kind)
{
    return capdl_relation_party_add(f, (struct capdl_party){.kind = CAPDL_PARTY_KIND,
                                                            .name = capdl_review_format("%s", capdl_kind_keyword(kind)),
                                                            .numbered = true,
                                                            .first = kind,
                                                            .last = kind,
                                                            .object = CAPDL_NO_OBJECT});
}

/* ---- Groups ---- */

struct member {
    uint32_t party;
    struct capdl_place place;
};

static int member_compare(const void *left, const void *right)
{
    const struct member *a = left, *b = right;
    return a->party < b->party ? -1 : a->party > b->party;
}

static uint64_t hash_members(const struct member *members, size_t count)
{
    uint64_t hash = REVIEW_HASH;
    for (size_t i = 0; i < count; i++) {
        hash = (hash ^ members[i].party) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return hash;
}

static bool has_members(const struct capdl_party *party, const struct member *members, size_t count)
{
    bool same = party->num_members == count;
    for (size_t i = 0; same && i < count; i++) {
        same = party->members[i] == members[i].party;
    }
    return same;
}

static uint32_t *group_place(struct relation_finder *f, const struct member *members, size_t count)
{
    uint64_t at = hash_members(members, count);
    uint32_t *place = &f->groups[at & f->groups_mask];
    while (*place != REVIEW_NONE && !has_members(&f->relations->parties[*place], members, count)) {
        place = &f->groups[++at & f->groups_mask];
    }
    return place;
}

static void groups_grow(struct relation_finder *f)
{
    size_t size = f->groups_mask ? 2 * (f->groups_mask + 1) : 64;
    struct member *members = NULL;
    f->groups = capdl_spec_realloc(f->groups, size * sizeof(*f->groups));
    memset(f->groups, 0xff, size * sizeof(*f->groups));
    f->groups_mask = size - 1;
    for (uint32_t i = 0; i < f->relations->num_parties; i++) {
        const struct capdl_party *party = &f->relations->parties[i];
        if (party->kind == CAPDL_PARTY_GROUP) {
            members = capdl_spec_realloc(members, party->num_members * sizeof(*members));
            for (uint32_t j = 0; j < party->num_members; j++) {
                members[j].party = party->members[j];
            }
            *group_place(f, members, party->num_members) = i;
        }
    }
    free(members);
}

uint32_t capdl_relation_group_party(struct relation_finder *f, const struct havings *havings,
                                    struct capdl_place **places)
{
    size_t count = havings->count;
    struct member *members = capdl_spec_realloc(NULL, count * sizeof(*members));
    struct capdl_party party = {.kind = CAPDL_PARTY_GROUP, .object = CAPDL_NO_OBJECT, .num_members = (uint32_t)count};
    uint32_t *place;
    for (size_t i = 0; i < count; i++) {
        const struct having *having = &havings->list[i];
        members[i] = (struct member){capdl_relation_who_party(f, having->who), {having->holder, having->slot}};
    }
    qsort(members, count, sizeof(*members), member_compare);
    *places = capdl_spec_realloc(NULL, count * sizeof(**places));
    for (size_t i = 0; i < count; i++) {
        (*places)[i] = members[i].place;
    }
    if (2 * f->num_groups >= f->groups_mask) {
        groups_grow(f);
    }
    place = group_place(f, members, count);
    if (*place == REVIEW_NONE) {
        party.members = capdl_spec_realloc(NULL, count * sizeof(*party.members));
        for (size_t i = 0; i < count; i++) {
            party.members[i] = members[i].party;
        }
        *place = capdl_relation_party_add(f, party);
        f->num_groups++;
    }
    free(members);
    return *place;
}

const uint32_t *capdl_relations_members(const struct capdl_relations *r, const uint32_t *party, uint32_t *count)
{
    const struct capdl_party *p = &r->parties[*party];
    *count = p->kind == CAPDL_PARTY_GROUP ? p->num_members : 1;
    return p->kind == CAPDL_PARTY_GROUP ? p->members : party;
}

/* ---- One of each ---- */

static const struct capdl_party *sorted_parties; /* of the sorts below */

static int party_compare(const void *left, const void *right)
{
    uint32_t i = *(const uint32_t *)left, j = *(const uint32_t *)right;
    const struct capdl_party *a = &sorted_parties[i], *b = &sorted_parties[j];
    int names;
    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    if (a->kind == CAPDL_PARTY_SUBJECT || a->kind == CAPDL_PARTY_DEVICE || a->kind == CAPDL_PARTY_GROUP) {
        return i < j ? -1 : i > j;
    }
    if (a->first != b->first) {
        return a->first < b->first ? -1 : 1;
    }
    if (a->last != b->last) {
        return a->last < b->last ? -1 : 1;
    }
    names = strcmp(a->name, b->name);
    return names ? names : 0;
}

static char *group_name(const struct capdl_relations *r, const struct capdl_party *group)
{
    const char **labels = capdl_spec_realloc(NULL, group->num_members * sizeof(*labels));
    char *name;
    for (uint32_t i = 0; i < group->num_members; i++) {
        labels[i] = r->parties[group->members[i]].name;
    }
    name = capdl_review_label_list(labels, group->num_members, 4);
    free(labels);
    return name;
}

/* Subjects, then devices, keep their order, and so do members of groups. */
static void name_groups(struct capdl_relations *r, const uint32_t *number)
{
    for (uint32_t i = 0; i < r->num_parties; i++) {
        struct capdl_party *party = &r->parties[i];
        for (uint32_t j = 0; party->kind == CAPDL_PARTY_GROUP && j < party->num_members; j++) {
            party->members[j] = number[party->members[j]];
        }
    }
    for (uint32_t i = 0; i < r->num_parties; i++) {
        if (r->parties[i].kind == CAPDL_PARTY_GROUP) {
            r->parties[i].name = group_name(r, &r->parties[i]);
        }
    }
}

void capdl_relation_unite_parties(struct capdl_relations *r)
{
    uint32_t *order = capdl_review_identity(r->num_parties), kept = 0, first = 0;
    uint32_t *number = capdl_spec_realloc(NULL, (r->num_parties + (size_t)1) * sizeof(*number));
    struct capdl_party *list = capdl_spec_realloc(NULL, (r->num_parties + (size_t)1) * sizeof(*list));
    sorted_parties = r->parties;
    qsort(order, r->num_parties, sizeof(*order), party_compare);
    for (uint32_t i = 0; i < r->num_parties; i++) {
        if (i && party_compare(&order[first], &order[i]) == 0) {
            free(r->parties[order[i]].name);
        } else {
            first = i;
            list[kept++] = r->parties[order[i]];
        }
        number[order[i]] = kept - 1;
    }
    free(order);
    free(r->parties);
    r->parties = list;
    r->num_parties = kept;
    for (size_t i = 0; i < r->count; i++) {
        r->list[i].from = number[r->list[i].from];
        r->list[i].to = number[r->list[i].to];
    }
    name_groups(r, number);
    free(number);
}
