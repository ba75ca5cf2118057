/* SPDX-License-Identifier: BSD-2-Clause */
/* Who can affect whom: relations (capdl/relations.h) as a table, and what goes only through others. */
#include "survey_effects.h"

#include <stdlib.h>
#include <string.h>

#include <capdl/relations.h>

#include "flow_graph.h"

/* What a relation lets the first do to the second, and the second to the first. */
static const struct {
    uint8_t forth, back;
} effects[CAPDL_RELATION_COUNT] = {
    [CAPDL_RELATION_CALL] = {CAPDL_EFFECT_MESSAGE, CAPDL_EFFECT_ANSWER},
    [CAPDL_RELATION_SEND] = {CAPDL_EFFECT_MESSAGE, 0},
    [CAPDL_RELATION_TRANSFER] = {CAPDL_EFFECT_MESSAGE, 0},
    [CAPDL_RELATION_NOTIFY] = {CAPDL_EFFECT_SIGNAL, 0},
    [CAPDL_RELATION_WRITE] = {CAPDL_EFFECT_MEMORY, 0},
    [CAPDL_RELATION_FAULT] = {CAPDL_EFFECT_FAULT, CAPDL_EFFECT_HANDLE},
    [CAPDL_RELATION_CONTROL] = {CAPDL_EFFECT_CONTROL, 0},
};

static void note_relation(struct capdl_survey *survey, const struct capdl_relations *r, enum capdl_relation_kind kind,
                          uint32_t a, uint32_t b)
{
    size_t count = survey->num_subjects;
    uint32_t from, to;
    if (a >= r->num_subjects || b >= r->num_subjects || a == b) {
        return;
    }
    from = survey->subject_of[r->parties[a].object];
    to = survey->subject_of[r->parties[b].object];
    survey->effects[from * count + to] |= effects[kind].forth;
    survey->effects[to * count + from] |= effects[kind].back;
}

static void note_relations(struct capdl_survey *survey, const struct capdl_spec *spec)
{
    struct capdl_relations r;
    capdl_relations_find(spec, &r);
    for (size_t i = 0; i < r.count; i++) {
        uint32_t num_from, num_to;
        const uint32_t *from = capdl_relations_members(&r, &r.list[i].from, &num_from);
        const uint32_t *to = capdl_relations_members(&r, &r.list[i].to, &num_to);
        for (uint32_t j = 0; j < num_from; j++) {
            for (uint32_t k = 0; k < num_to; k++) {
                note_relation(survey, &r, r.list[i].kind, from[j], to[k]);
            }
        }
    }
    capdl_relations_free(&r);
}

/* What goes through others, devices included. */
static void note_ways(struct surveyor *s)
{
    const struct world *world = &s->review.new;
    uint32_t count = world->num_subjects;
    struct flow_graph graph;
    struct flow_search search;
    capdl_review_flow_graph(&graph, &s->review, world, false);
    capdl_review_search_init(&search, graph.num_nodes);
    for (uint32_t i = 0; i < count; i++) {
        capdl_review_search(&search, &graph, &s->review, i, false, false, REVIEW_NONE);
        for (uint32_t j = 0; j < search.count; j++) {
            if (search.reached[j] < count && search.reached[j] != i) {
                uint8_t *effect = &s->survey->effects[s->place[i] * count + s->place[search.reached[j]]];
                *effect = *effect ? *effect : CAPDL_EFFECT_THROUGH;
            }
        }
    }
    capdl_review_search_free(&search);
    capdl_review_flow_graph_free(&graph);
}

void capdl_survey_effects(struct surveyor *s)
{
    size_t count = s->survey->num_subjects;
    if (count > CAPDL_SURVEY_MOST_EFFECTS) {
        return;
    }
    s->survey->effects = capdl_spec_realloc(NULL, count * count + 1);
    memset(s->survey->effects, 0, count * count + 1);
    note_relations(s->survey, s->review.new.spec);
    note_ways(s);
}
