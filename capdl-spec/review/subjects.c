/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads that share an address space and a CSpace, by the same guard, are one subject. */
#include "subjects.h"

#include <stdlib.h>
#include <string.h>

#include "normal_form.h"
#include "uses.h"
#include "words.h"

/* The guard of the CSpace: with another one, the same pointers lead elsewhere. */
static void find_guard(const struct capdl_spec *spec, struct subject *thread)
{
    const struct capdl_cap *cap = capdl_spec_cap_at(spec, thread->tcb, CAPDL_TCB_SLOT_CSPACE);
    if (cap && cap->kind == CAPDL_KIND_CNODE) {
        thread->guard_size = cap->guard_size;
        thread->guard = capdl_review_cap(spec, cap).data;
    }
}

static int subject_compare(const void *left, const void *right)
{
    const struct subject *a = left, *b = right;
    if (a->vspace != b->vspace) {
        return a->vspace < b->vspace ? -1 : 1;
    }
    if (a->cspace != b->cspace) {
        return a->cspace < b->cspace ? -1 : 1;
    }
    if (a->guard_size != b->guard_size) {
        return a->guard_size < b->guard_size ? -1 : 1;
    }
    if (a->guard != b->guard) {
        return a->guard < b->guard ? -1 : 1;
    }
    return a->tcb < b->tcb ? -1 : a->tcb > b->tcb;
}

/* A thread that has neither shares nothing with another one. */
static bool subject_same(const struct subject *a, const struct subject *b)
{
    return a->vspace == b->vspace && a->cspace == b->cspace && a->guard_size == b->guard_size && a->guard == b->guard &&
           (a->vspace != REVIEW_NONE || a->cspace != REVIEW_NONE);
}

/* Threads are mostly called after the program they run: "tcb_ping", "ping_tcb". */
static char *subject_label(const struct capdl_spec *spec, uint32_t tcb)
{
    static const char affix[] = "tcb_", suffix[] = "_tcb";
    char *label = capdl_spec_realloc(NULL, REVIEW_LABEL);
    size_t length;
    capdl_object_label(spec, tcb, label, REVIEW_LABEL);
    length = strlen(label);
    if (strncmp(label, affix, strlen(affix)) == 0 && length > strlen(affix)) {
        memmove(label, label + strlen(affix), length - strlen(affix) + 1);
    } else if (length > strlen(suffix) && strcmp(label + length - strlen(suffix), suffix) == 0) {
        label[length - strlen(suffix)] = '\0';
    }
    return label;
}

static void own(struct world *world, uint32_t object, uint32_t subject)
{
    if (object != REVIEW_NONE && world->owner[object] == REVIEW_NONE) {
        world->owner[object] = subject;
    }
}

/* Page tables and CNodes are owned with what holds them; each is visited once. */
static void own_below(struct world *world, uint32_t root, uint32_t subject, bool (*container)(enum capdl_kind))
{
    uint32_t *stack = NULL, depth = 0;
    size_t capacity = 0;
    if (root == REVIEW_NONE || !container(capdl_object_kind(world->spec, root)) || world->owner[root] != REVIEW_NONE) {
        return;
    }
    stack = capdl_spec_grow(stack, &capacity, 1, sizeof(*stack));
    stack[depth++] = root;
    world->owner[root] = subject;
    while (depth) {
        uint32_t object = stack[--depth];
        struct capdl_caps caps = capdl_object_caps(world->spec, object);
        for (uint32_t i = 0; i < caps.count; i++) {
            uint32_t below = caps.list[i].object;
            if (below == CAPDL_NO_OBJECT || !container(capdl_object_kind(world->spec, below)) ||
                world->owner[below] != REVIEW_NONE) {
                continue;
            }
            world->owner[below] = subject;
            stack = capdl_spec_grow(stack, &capacity, depth + (size_t)1, sizeof(*stack));
            stack[depth++] = below;
        }
    }
    free(stack);
}

/* The root of each CSpace and address space is its own subject's, before anything is taken to be part of another's. */
static void own_roots(struct world *world, struct subject *threads, uint32_t count)
{
    for (uint32_t i = 0, subject = 0; i < count; i++) {
        subject += i > 0 && !subject_same(&threads[i - 1], &threads[i]);
        own(world, threads[i].tcb, subject);
        own(world, capdl_review_target(world->spec, threads[i].tcb, CAPDL_TCB_SLOT_SC), subject);
        own(world, threads[i].cspace, subject);
    }
    for (uint32_t i = 0; i < world->num_subjects; i++) {
        own_below(world, world->subjects[i].vspace, i, capdl_kind_is_table);
    }
}

static struct subject *gather_threads(const struct capdl_spec *spec, uint32_t *count)
{
    struct subject *threads = capdl_spec_realloc(NULL, (spec->num_objects + (size_t)1) * sizeof(*threads));
    *count = 0;
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        if (capdl_object_kind(spec, i) == CAPDL_KIND_TCB) {
            threads[*count] = (struct subject){.tcb = i,
                                               .cspace = capdl_review_target(spec, i, CAPDL_TCB_SLOT_CSPACE),
                                               .vspace = capdl_review_target(spec, i, CAPDL_TCB_SLOT_VSPACE)};
            find_guard(spec, &threads[(*count)++]);
        }
    }
    qsort(threads, *count, sizeof(*threads), subject_compare);
    return threads;
}

static uint64_t hash_fills(const struct capdl_spec *spec, uint32_t frame)
{
    struct capdl_fills fills = capdl_object_fills(spec, frame);
    uint64_t hash = 0;
    for (size_t i = 0; i < fills.count; i++) {
        const struct capdl_fill *fill = &fills.list[i];
        hash = (hash + fill->offset) * 31 + fill->length * 7 + fill->source_offset;
        hash = capdl_review_hash(hash, fill->text);
    }
    return hash;
}

static void find_contents(struct world *world, const struct capdl_diff_options *options)
{
    const struct capdl_spec *spec = world->spec;
    world->content = capdl_spec_realloc(NULL, (spec->num_objects + (size_t)1) * sizeof(*world->content));
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        world->content[i] = capdl_object_kind(spec, i) != CAPDL_KIND_FRAME ? 0
                            : options && options->content                  ? options->content(options->context, spec, i)
                                                                           : hash_fills(spec, i);
    }
}

static void find_irqs(struct world *world)
{
    const struct capdl_spec *spec = world->spec;
    size_t *at, size = (spec->num_objects + (size_t)2) * sizeof(*at);
    world->first_irq = capdl_spec_realloc(NULL, size);
    memset(world->first_irq, 0, size);
    for (size_t i = 0; i < spec->num_irqs; i++) {
        world->first_irq[spec->irqs[i].object + 1]++;
    }
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        world->first_irq[i + 1] += world->first_irq[i];
    }
    world->irqs = capdl_spec_realloc(NULL, (spec->num_irqs + 1) * sizeof(*world->irqs));
    at = capdl_spec_realloc(NULL, size);
    memcpy(at, world->first_irq, size);
    for (size_t i = 0; i < spec->num_irqs; i++) {
        world->irqs[at[spec->irqs[i].object]++] = spec->irqs[i].irq;
    }
    free(at);
}

/* A CNode below the root of one subject only. */
static void own_nested(struct world *world)
{
    for (uint32_t i = 0; i < world->spec->num_objects; i++) {
        size_t first = world->first_use[i], end = world->first_use[i + 1];
        bool one = first < end && capdl_object_kind(world->spec, i) == CAPDL_KIND_CNODE;
        for (size_t j = first; one && j < end; j++) {
            one = world->uses[j].who == world->uses[first].who && !(world->uses[j].who & USE_DEVICE);
        }
        if (one && world->owner[i] == REVIEW_NONE) {
            world->owner[i] = world->uses[first].who;
        }
    }
}

void capdl_review_world_init_fields(struct world *world, const struct capdl_spec *spec,
                                    const struct capdl_diff_options *options)
{
    *world = (struct world){.spec = spec};
    find_contents(world, options);
    find_irqs(world);
}

void capdl_review_world_init(struct world *world, const struct capdl_spec *spec,
                             const struct capdl_diff_options *options)
{
    uint32_t count;
    struct subject *threads = gather_threads(spec, &count);
    capdl_review_world_init_fields(world, spec, options);
    world->owner = capdl_spec_realloc(NULL, (spec->num_objects + (size_t)1) * sizeof(*world->owner));
    memset(world->owner, 0xff, spec->num_objects * sizeof(*world->owner));
    world->subjects = capdl_spec_realloc(NULL, (count + (size_t)1) * sizeof(*world->subjects));
    for (uint32_t i = 0; i < count; i++) {
        if (i == 0 || !subject_same(&threads[i - 1], &threads[i])) {
            world->subjects[world->num_subjects] = threads[i];
            world->subjects[world->num_subjects++].label = subject_label(spec, threads[i].tcb);
        }
        world->subjects[world->num_subjects - 1].num_threads++;
    }
    own_roots(world, threads, count);
    free(threads);
    capdl_review_find_uses(world);
    own_nested(world);
}

void capdl_review_world_free(struct world *world)
{
    for (uint32_t i = 0; i < world->num_subjects; i++) {
        free(world->subjects[i].label);
    }
    free(world->subjects);
    free(world->owner);
    free(world->content);
    free(world->irqs);
    free(world->first_irq);
    free(world->uses);
    free(world->first_use);
    free(world->holders);
    free(world->first_holder);
    free(world->object_number);
    free(world->subject_number);
}

bool capdl_review_has_subject(const struct capdl_spec *spec, const char *name)
{
    struct world world;
    bool found = false;
    capdl_review_world_init(&world, spec, NULL);
    for (uint32_t i = 0; !found && i < world.num_subjects; i++) {
        found = strcmp(world.subjects[i].label, name) == 0;
    }
    capdl_review_world_free(&world);
    return found;
}
