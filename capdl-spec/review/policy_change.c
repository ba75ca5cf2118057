/* SPDX-License-Identifier: BSD-2-Clause */
/* What a system did before a change: parties are compared by their names. */
#include "policy_change.h"

#include <stdlib.h>
#include <string.h>

#include "policy_match.h"

static int old_link_compare(const void *left, const void *right)
{
    const struct old_link *a = left, *b = right;
    if (a->from != b->from) {
        return a->from < b->from ? -1 : 1;
    }
    if (a->to != b->to) {
        return a->to < b->to ? -1 : 1;
    }
    return a->kind < b->kind ? -1 : a->kind > b->kind;
}

static int party_compare(const void *left, const void *right)
{
    const struct capdl_party *const *a = left, *const *b = right;
    if ((*a)->kind != (*b)->kind) {
        return (*a)->kind < (*b)->kind ? -1 : 1;
    }
    return strcmp((*a)->name, (*b)->name);
}

static bool is_group(const struct capdl_relations *r, const struct capdl_relation *link)
{
    return r->parties[link->from].kind == CAPDL_PARTY_GROUP;
}

void capdl_policy_groups_init(struct policy_by_groups *by, const struct capdl_relations *r)
{
    size_t size = (r->num_parties + (size_t)2) * sizeof(*by->first), *at, total = 0;
    uint32_t count;
    *by = (struct policy_by_groups){r, NULL, capdl_spec_realloc(NULL, size)};
    memset(by->first, 0, size);
    for (size_t i = 0; i < r->count; i++) {
        const uint32_t *members = capdl_relations_members(r, &r->list[i].from, &count);
        for (uint32_t j = 0; j < count && is_group(r, &r->list[i]); j++, total++) {
            by->first[members[j] + 1]++;
        }
    }
    for (uint32_t i = 0; i < r->num_parties; i++) {
        by->first[i + 1] += by->first[i];
    }
    at = capdl_spec_realloc(NULL, size);
    memcpy(at, by->first, size);
    by->list = capdl_spec_realloc(NULL, (total + 1) * sizeof(*by->list));
    for (size_t i = 0; i < r->count; i++) {
        const uint32_t *members = capdl_relations_members(r, &r->list[i].from, &count);
        for (uint32_t j = 0; j < count && is_group(r, &r->list[i]); j++) {
            by->list[at[members[j]]++] = (uint32_t)i;
        }
    }
    free(at);
}

void capdl_policy_groups_free(struct policy_by_groups *by)
{
    free(by->list);
    free(by->first);
}

static bool has_member(const struct capdl_relations *r, uint32_t group, uint32_t party)
{
    uint32_t count, low = 0;
    const uint32_t *members = capdl_relations_members(r, &group, &count);
    for (uint32_t high = count; low < high;) {
        uint32_t middle = low + (high - low) / 2;
        if (members[middle] < party) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < count && members[low] == party;
}

bool capdl_policy_by_groups(const struct policy_by_groups *by, uint32_t from, uint32_t to,
                            enum capdl_relation_kind kind)
{
    for (size_t i = by->first[from]; i < by->first[from + 1]; i++) {
        const struct capdl_relation *link = &by->r->list[by->list[i]];
        if (link->kind == kind && has_member(by->r, link->to, to)) {
            return true;
        }
    }
    return false;
}

void capdl_policy_before_init(struct policy_before *before, const struct capdl_relations *old,
                              const struct capdl_relations *new)
{
    const struct capdl_party **sorted = capdl_spec_realloc(NULL, (old->num_parties + (size_t)1) * sizeof(*sorted));
    *before = (struct policy_before){.r = old};
    before->links = capdl_spec_realloc(NULL, (old->count + 1) * sizeof(*before->links));
    for (size_t i = 0; i < old->count; i++) {
        if (!is_group(old, &old->list[i])) {
            before->links[before->num_links++] =
                (struct old_link){old->list[i].from, old->list[i].to, old->list[i].kind};
        }
    }
    qsort(before->links, before->num_links, sizeof(*before->links), old_link_compare);
    capdl_policy_groups_init(&before->by_groups, old);
    for (uint32_t i = 0; i < old->num_parties; i++) {
        sorted[i] = &old->parties[i];
    }
    qsort(sorted, old->num_parties, sizeof(*sorted), party_compare);
    before->party = capdl_spec_realloc(NULL, (new->num_parties + (size_t)1) * sizeof(*before->party));
    for (uint32_t i = 0; i < new->num_parties; i++) {
        const struct capdl_party *key = &new->parties[i];
        const struct capdl_party **found = bsearch(&key, sorted, old->num_parties, sizeof(*sorted), party_compare);
        before->party[i] = found ? (uint32_t)(*found - old->parties) : REVIEW_NONE;
    }
    free(sorted);
}

void capdl_policy_before_free(struct policy_before *before)
{
    free(before->links);
    capdl_policy_groups_free(&before->by_groups);
    free(before->party);
}

bool capdl_policy_was_so(const struct policy_before *before, uint32_t from, uint32_t to, enum capdl_relation_kind kind)
{
    struct old_link key;
    if (!before->r || before->party[from] == REVIEW_NONE || before->party[to] == REVIEW_NONE) {
        return false;
    }
    key = (struct old_link){before->party[from], before->party[to], kind};
    return capdl_policy_by_groups(&before->by_groups, key.from, key.to, kind) ||
           bsearch(&key, before->links, before->num_links, sizeof(key), old_link_compare);
}

void capdl_policy_did(const struct policy_before *before, uint32_t party, enum capdl_relation_kind kind,
                      struct policy_set *with, struct policy_set *by_groups)
{
    uint32_t from = before->r ? before->party[party] : REVIEW_NONE;
    size_t low = 0, high = before->num_links;
    with->count = by_groups->count = 0;
    if (from == REVIEW_NONE) {
        return;
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (before->links[middle].from < from) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < before->num_links && before->links[low].from == from; low++) {
        if (before->links[low].kind == kind) {
            capdl_policy_set_add(with, before->links[low].to);
        }
    }
    for (size_t i = before->by_groups.first[from]; i < before->by_groups.first[from + 1]; i++) {
        if (before->r->list[before->by_groups.list[i]].kind == kind) {
            capdl_policy_set_add(by_groups, before->by_groups.list[i]);
        }
    }
}
