/* SPDX-License-Identifier: BSD-2-Clause */
/* Who can affect whom: relations (capdl/relations.h) as a table, and what goes only through others. */
#include <stdlib.h>
#include <string.h>

#include <capdl/relations.h>

#include "survey.h"

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

static void note_relations(struct capdl_survey *survey, const struct capdl_spec *spec)
{
    struct capdl_relations relations;
    size_t count = survey->num_subjects;

    capdl_relations_find(spec, &relations);
    for (size_t i = 0; i < relations.count; i++) {
        const struct capdl_relation *r = &relations.list[i];
        uint32_t from, to;

        if (r->from >= relations.num_subjects || r->to >= relations.num_subjects || r->from == r->to) {
            continue;
        }
        from = survey->subject_of[relations.parties[r->from].object];
        to = survey->subject_of[relations.parties[r->to].object];
        survey->effects[from * count + to] |= effects[r->kind].forth;
        survey->effects[to * count + from] |= effects[r->kind].back;
    }
    capdl_relations_free(&relations);
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
