/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two systems whose objects have common numbers -> all that is in one of them only. This is the net under the review:
 * what is here not equal becomes a finding, whatever is thought of it.
 */
#include "compare.h"

#include <stdlib.h>
#include <string.h>

#include "normal_form.h"

struct comparison {
    const struct world *old, *new;
    struct edits *edits; /* NULL: only counted */
    struct edits own;    /* of the capabilities, when they are only counted */
    size_t count;
    uint32_t *old_of; /* per object of new */
};

static struct edit *edit_add(struct comparison *c, enum edit_kind kind, uint64_t object)
{
    struct edits *edits = c->edits;
    edits->list = capdl_spec_grow(edits->list, &edits->capacity, edits->count + 1, sizeof(*edits->list));
    edits->list[edits->count] =
        (struct edit){.kind = kind, .object = object, .old_holder = REVIEW_NONE, .new_holder = REVIEW_NONE};
    return &edits->list[edits->count++];
}

static void edit_value(struct comparison *c, enum edit_kind kind, uint64_t object, uint32_t field, const uint64_t *old,
                       const uint64_t *new)
{
    struct edit *edit = edit_add(c, kind, object);
    edit->field = field;
    edit->has_old = old;
    edit->has_new = new;
    edit->old_value = old ? *old : 0;
    edit->new_value = new ? *new : 0;
}

/* ---- Capabilities ---- */

static uint64_t number_of(const struct world *world, uint32_t object)
{
    return object == CAPDL_NO_OBJECT ? REVIEW_DEFAULT : world->object_number[object];
}

uint64_t capdl_review_target_number(const struct world *world, const struct capdl_cap *cap)
{
    return cap->object == CAPDL_NO_OBJECT ? UINT64_C(1) << 32 | cap->kind : world->object_number[cap->object];
}

static bool same_cap(const struct comparison *c, const struct capdl_cap *old, const struct capdl_cap *new)
{
    struct plain_cap a = capdl_review_cap(c->old->spec, old), b = capdl_review_cap(c->new->spec, new);
    return capdl_review_target_number(c->old, old) == capdl_review_target_number(c->new, new) && a.kind == b.kind &&
           a.rights == b.rights && a.flags == b.flags && a.guard_size == b.guard_size && a.data == b.data &&
           number_of(c->old, a.mapping_container) == number_of(c->new, b.mapping_container) &&
           a.mapping_slot == b.mapping_slot;
}

/* A capability of one system that has no counterpart yet. */
struct unpaired_cap {
    const struct capdl_cap *cap;
    uint32_t holder;
    uint64_t key[3]; /* those with equal ones are paired, in the order of slots */
    bool paired;
};

struct unpaired_caps {
    struct unpaired_cap *list;
    size_t count, capacity;
};

static void unpaired_add(struct unpaired_caps *caps, const struct capdl_cap *cap, uint32_t holder)
{
    caps->list = capdl_spec_grow(caps->list, &caps->capacity, caps->count + 1, sizeof(*caps->list));
    caps->list[caps->count++] = (struct unpaired_cap){.cap = cap, .holder = holder};
}

static void cap_edit(struct comparison *c, const struct unpaired_cap *old, const struct unpaired_cap *new)
{
    struct edit *edit = edit_add(c, EDIT_CAP, 0);
    edit->has_old = old;
    edit->has_new = new;
    if (old) {
        edit->object = c->old->object_number[old->holder];
        edit->old = old->cap;
        edit->old_holder = old->holder;
    }
    if (new) {
        edit->object = c->new->object_number[new->holder];
        edit->new = new->cap;
        edit->new_holder = new->holder;
    }
    edit->same = old && new &&same_cap(c, old->cap, new->cap);
}

static int unpaired_compare(const void *left, const void *right)
{
    const struct unpaired_cap *a = left, *b = right;
    for (int i = 0; i < 3; i++) {
        if (a->key[i] != b->key[i]) {
            return a->key[i] < b->key[i] ? -1 : 1;
        }
    }
    if (a->holder != b->holder) {
        return a->holder < b->holder ? -1 : 1;
    }
    return a->cap->slot < b->cap->slot ? -1 : a->cap->slot > b->cap->slot;
}

static void drop_paired(struct unpaired_caps *caps)
{
    size_t kept = 0;
    for (size_t i = 0; i < caps->count; i++) {
        if (!caps->list[i].paired) {
            caps->list[kept++] = caps->list[i];
        }
    }
    caps->count = kept;
}

/* Those with equal keys become one edit. */
static void pair_keys(struct comparison *c, struct unpaired_caps *old, struct unpaired_caps *new)
{
    if (!old->count || !new->count) {
        return;
    }
    qsort(old->list, old->count, sizeof(*old->list), unpaired_compare);
    qsort(new->list, new->count, sizeof(*new->list), unpaired_compare);
    for (size_t i = 0, j = 0; i < old->count && j < new->count;) {
        struct unpaired_cap *a = &old->list[i], *b = &new->list[j];
        int order = memcmp(a->key, b->key, sizeof(a->key)) == 0 ? 0 : 1;
        for (int k = 0; order && k < 3; k++) {
            if (a->key[k] != b->key[k]) {
                order = a->key[k] < b->key[k] ? -1 : 1;
                break;
            }
        }
        if (order == 0) {
            cap_edit(c, a, b);
            a->paired = b->paired = true;
        }
        i += order <= 0;
        j += order >= 0;
    }
    drop_paired(old);
    drop_paired(new);
}

static uint64_t content_key(const struct world *world, const struct capdl_cap *cap)
{
    struct plain_cap plain = capdl_review_cap(world->spec, cap);
    uint64_t hash = plain.rights | (uint64_t)plain.flags << 8 | (uint64_t)plain.guard_size << 16;
    hash = (hash ^ plain.data) * UINT64_C(0x9e3779b97f4a7c15);
    hash = (hash ^ number_of(world, plain.mapping_container)) * UINT64_C(0x9e3779b97f4a7c15);
    return (hash ^ plain.mapping_slot) * UINT64_C(0x9e3779b97f4a7c15);
}

enum key { KEY_CONTENT, KEY_SLOT, KEY_TARGET };

static void set_keys(const struct world *world, struct unpaired_caps *caps, enum key key)
{
    for (size_t i = 0; i < caps->count; i++) {
        struct unpaired_cap *unpaired = &caps->list[i];
        uint64_t target = capdl_review_target_number(world, unpaired->cap);
        unpaired->key[0] = key == KEY_SLOT ? unpaired->cap->slot : target;
        unpaired->key[1] = key == KEY_CONTENT ? content_key(world, unpaired->cap) : 0;
        unpaired->key[2] = 0;
    }
}

static void pair_by(struct comparison *c, struct unpaired_caps *old, struct unpaired_caps *new, enum key key)
{
    set_keys(c->old, old, key);
    set_keys(c->new, new, key);
    pair_keys(c, old, new);
}

static void compare_slots(struct comparison *c, uint32_t old, uint32_t new, struct unpaired_caps *a,
                          struct unpaired_caps *b)
{
    struct capdl_caps x = capdl_object_caps(c->old->spec, old), y = capdl_object_caps(c->new->spec, new);
    for (uint32_t i = 0, j = 0; i < x.count || j < y.count;) {
        const struct capdl_cap *left = i < x.count ? &x.list[i] : NULL, *right = j < y.count ? &y.list[j] : NULL;
        bool first = left && (!right || left->slot <= right->slot);
        bool second = right && (!left || right->slot <= left->slot);
        if (!first || !second || !same_cap(c, left, right)) {
            if (first) {
                unpaired_add(a, left, old);
            }
            if (second) {
                unpaired_add(b, right, new);
            }
        }
        i += first;
        j += second;
    }
}

static bool slots_are_free(enum capdl_kind kind)
{
    return kind == CAPDL_KIND_CNODE || capdl_kind_is_table(kind) || kind == CAPDL_KIND_IO_PT ||
           kind == CAPDL_KIND_ASID_POOL || kind == CAPDL_KIND_LEFTOVER;
}

/* What is left in a container after the same has been paired, wherever it is, goes to `rest_*`. */
static void compare_container(struct comparison *c, uint32_t old, uint32_t new, struct unpaired_caps *rest_old,
                              struct unpaired_caps *rest_new)
{
    struct unpaired_caps a = {NULL}, b = {NULL};
    compare_slots(c, old, new, &a, &b);
    if (slots_are_free(capdl_object_kind(c->new->spec, new))) {
        pair_by(c, &a, &b, KEY_CONTENT);
        pair_by(c, &a, &b, KEY_TARGET);
    }
    pair_by(c, &a, &b, KEY_SLOT);
    for (size_t i = 0; i < a.count; i++) {
        unpaired_add(rest_old, a.list[i].cap, a.list[i].holder);
    }
    for (size_t i = 0; i < b.count; i++) {
        unpaired_add(rest_new, b.list[i].cap, b.list[i].holder);
    }
    free(a.list);
    free(b.list);
}

/* The first that reaches the container: a thread by its number, or a device. */
static uint64_t first_user(const struct world *world, uint32_t container)
{
    const struct use *use = &world->uses[world->first_use[container]];
    if (world->first_use[container] == world->first_use[container + 1]) {
        return REVIEW_DEFAULT;
    }
    return world->object_number[use->who & USE_DEVICE ? use->who & ~USE_DEVICE : world->subjects[use->who].tcb];
}

/* A capability that went to another CNode or page table of the same subject has moved. */
static void pair_moves(struct comparison *c, struct unpaired_caps *old, struct unpaired_caps *new)
{
    for (int k = 0; k < 2; k++) {
        struct unpaired_caps *caps = k ? new : old;
        const struct world *world = k ? c->new : c->old;
        set_keys(world, caps, KEY_CONTENT);
        for (size_t i = 0; i < caps->count; i++) {
            struct unpaired_cap *unpaired = &caps->list[i];
            uint64_t user = first_user(world, unpaired->holder);
            bool table = capdl_object_kind(world->spec, unpaired->holder) != CAPDL_KIND_CNODE;
            unpaired->key[2] =
                user == REVIEW_DEFAULT || !slots_are_free(capdl_object_kind(world->spec, unpaired->holder))
                    ? (uint64_t)k << 63 | i
                    : user << 1 | table;
        }
    }
    pair_keys(c, old, new);
}

static void compare_caps(struct comparison *c)
{
    struct unpaired_caps old = {NULL}, new = {NULL};
    for (uint32_t i = 0; i < c->new->spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(c->new->spec, i);
        if (c->old_of[i] != REVIEW_NONE) {
            compare_container(c, c->old_of[i], i, &old, &new);
        }
        for (uint32_t j = 0; c->old_of[i] == REVIEW_NONE && j < caps.count; j++) {
            unpaired_add(&new, &caps.list[j], i);
        }
    }
    for (uint32_t i = 0; i < c->old->spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(c->old->spec, i);
        for (uint32_t j = 0; c->old->object_number[i] >= c->new->spec->num_objects &&j < caps.count; j++) {
            unpaired_add(&old, &caps.list[j], i);
        }
    }
    pair_moves(c, &old, &new);
    for (size_t i = 0; i < old.count; i++) {
        cap_edit(c, &old.list[i], NULL);
    }
    for (size_t i = 0; i < new.count; i++) {
        cap_edit(c, NULL, &new.list[i]);
    }
    free(old.list);
    free(new.list);
}

/* ---- Derivations ---- */

/* Where a capability of the old system is now. */
struct moved {
    uint64_t container, slot, to_container, to_slot;
};

static int moved_compare(const void *left, const void *right)
{
    const struct moved *a = left, *b = right;
    if (a->container != b->container) {
        return a->container < b->container ? -1 : 1;
    }
    return a->slot < b->slot ? -1 : a->slot > b->slot;
}

/* side 0: capabilities that have moved or are gone; 1: that are new. Gone and new ones go to nowhere. */
static struct moved *find_moved(const struct comparison *c, int side, size_t *count)
{
    struct moved *list = capdl_spec_realloc(NULL, (c->edits->count + 1) * sizeof(*list));
    *count = 0;
    for (size_t i = 0; i < c->edits->count; i++) {
        const struct edit *edit = &c->edits->list[i];
        const struct capdl_cap *cap = side ? edit->new : edit->old;
        struct moved moved = {.to_container = REVIEW_DEFAULT};
        if (edit->kind != EDIT_CAP || !cap || (side && edit->old)) {
            continue;
        }
        moved.container = side ? c->new->object_number[edit->new_holder] : c->old->object_number[edit->old_holder];
        moved.slot = cap->slot;
        if (edit->old && edit->new) {
            moved.to_container = c->new->object_number[edit->new_holder];
            moved.to_slot = edit->new->slot;
        }
        list[(*count)++] = moved;
    }
    qsort(list, *count, sizeof(*list), moved_compare);
    return list;
}

struct derived {
    uint64_t child, child_slot, parent, parent_slot;
};

static int derived_compare(const void *left, const void *right)
{
    return memcmp(left, right, sizeof(struct derived));
}

static void translate(const struct moved *list, size_t count, uint64_t *container, uint64_t *slot)
{
    struct moved key = {.container = *container, .slot = *slot};
    const struct moved *found = bsearch(&key, list, count, sizeof(*list), moved_compare);
    if (found) {
        *container = found->to_container;
        *slot = found->to_slot;
    }
}

/* Without those of capabilities that are themselves new or gone. */
static struct derived *find_derived(const struct comparison *c, const struct world *world, int side, size_t *count)
{
    size_t num_moved;
    struct moved *moved = find_moved(c, side, &num_moved);
    struct derived *list = capdl_spec_realloc(NULL, (world->spec->num_derivations + 1) * sizeof(*list));
    *count = 0;
    for (size_t i = 0; i < world->spec->num_derivations; i++) {
        const struct capdl_derivation *d = &world->spec->derivations[i];
        struct derived one = {world->object_number[d->child.container], d->child.slot,
                              world->object_number[d->parent.container], d->parent.slot};
        translate(moved, num_moved, &one.child, &one.child_slot);
        if (!side) {
            translate(moved, num_moved, &one.parent, &one.parent_slot);
        }
        if (one.child != REVIEW_DEFAULT) {
            list[(*count)++] = one;
        }
    }
    qsort(list, *count, sizeof(*list), derived_compare);
    free(moved);
    return list;
}

static void compare_derivations(struct comparison *c)
{
    size_t num_old, num_new;
    struct derived *old = find_derived(c, c->old, 0, &num_old), *new = find_derived(c, c->new, 1, &num_new);
    for (size_t i = 0, j = 0; i < num_old || j < num_new;) {
        int order = i == num_old ? 1 : j == num_new ? -1 : derived_compare(&old[i], &new[j]);
        const struct derived *one = order <= 0 ? &old[i] : &new[j];
        if (order != 0) {
            struct edit *edit = edit_add(c, EDIT_DERIVED, one->child);
            edit->has_old = order < 0;
            edit->has_new = order > 0;
            edit->old_value = one->parent;
            edit->new_value = one->child_slot;
            edit->parent_slot = one->parent_slot;
        }
        i += order <= 0;
        j += order >= 0;
    }
    free(old);
    free(new);
}

/* ---- Objects ---- */

static void compare_fields(struct comparison *c, uint32_t old, uint32_t new, struct fields *a, struct fields *b)
{
    capdl_review_fields(c->old, old, a);
    capdl_review_fields(c->new, new, b);
    for (size_t i = 0, j = 0; i < a->count || j < b->count;) {
        const struct field_value *x = i < a->count ? &a->list[i] : NULL, *y = j < b->count ? &b->list[j] : NULL;
        bool first = x && (!y || x->field <= y->field), second = y && (!x || y->field <= x->field);
        if (!first || !second || x->value != y->value) {
            edit_value(c, EDIT_FIELD, new, (first ? x : y)->field, first ? &x->value : NULL, second ? &y->value : NULL);
        }
        i += first;
        j += second;
    }
}

static void compare_objects(struct comparison *c)
{
    struct fields a = {NULL}, b = {NULL};
    uint32_t num_new = c->new->spec->num_objects;
    for (uint32_t i = 0; i < num_new; i++) {
        uint32_t old = c->old_of[i];
        if (capdl_object_kind(c->new->spec, i) == CAPDL_KIND_PROGRAM) {
            continue;
        }
        if (old == REVIEW_NONE) {
            edit_add(c, EDIT_OBJECT, i)->has_new = true;
            continue;
        }
        compare_fields(c, old, i, &a, &b);
        uint64_t before = number_of(c->old, capdl_object_parent(c->old->spec, old));
        uint64_t after = number_of(c->new, capdl_object_parent(c->new->spec, i));
        if (before != after) {
            edit_value(c, EDIT_COVER, i, 0, &before, &after);
        }
    }
    for (uint32_t i = 0; i < c->old->spec->num_objects; i++) {
        if (c->old->object_number[i] >= num_new && capdl_object_kind(c->old->spec, i) != CAPDL_KIND_PROGRAM) {
            edit_add(c, EDIT_OBJECT, c->old->object_number[i])->has_old = true;
        }
    }
    free(a.list);
    free(b.list);
}

static bool same_schedule(const struct capdl_domains *a, const struct capdl_domains *b)
{
    if (a->num_schedule != b->num_schedule) {
        return false;
    }
    for (size_t i = 0; i < a->num_schedule; i++) {
        const struct capdl_domain_entry *x = &a->schedule[i], *y = &b->schedule[i];
        if (x->domain != y->domain || x->duration != y->duration || (x->unit != y->unit && x->duration) ||
            x->end_marker != y->end_marker) {
            return false;
        }
    }
    return true;
}

static void compare_system(struct comparison *c)
{
    const struct capdl_domains *old = &c->old->spec->domains, *new = &c->new->spec->domains;
    uint64_t a[] = {0, capdl_review_domain_start(old), old->num_schedule ? old->index_shift : 0};
    uint64_t b[] = {0, capdl_review_domain_start(new), new->num_schedule ? new->index_shift : 0};
    if (c->old->spec->arch != c->new->spec->arch) {
        uint64_t archs[] = {c->old->spec->arch, c->new->spec->arch};
        edit_value(c, EDIT_ARCH, REVIEW_DEFAULT, 0, &archs[0], &archs[1]);
    }
    for (uint32_t i = 0; i < 3; i++) {
        if (i == 0 ? !same_schedule(old, new) : a[i] != b[i]) {
            edit_value(c, EDIT_SCHEDULE, REVIEW_DEFAULT, i, &a[i], &b[i]);
        }
    }
}

size_t capdl_review_compare(const struct world *old, const struct world *new, struct edits *edits)
{
    struct comparison c = {.old = old, .new = new, .edits = edits};
    uint32_t num_new = new->spec->num_objects;
    size_t count;
    c.edits = edits ? edits : &c.own;
    c.old_of = capdl_spec_realloc(NULL, (num_new + (size_t)1) * sizeof(*c.old_of));
    memset(c.old_of, 0xff, (num_new + (size_t)1) * sizeof(*c.old_of));
    for (uint32_t i = 0; i < old->spec->num_objects; i++) {
        if (old->object_number[i] < num_new) {
            c.old_of[old->object_number[i]] = i;
        }
    }
    compare_system(&c);
    compare_objects(&c);
    compare_caps(&c);
    compare_derivations(&c);
    count = c.edits->count;
    free(c.own.list);
    free(c.old_of);
    return count;
}
