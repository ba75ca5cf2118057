/* SPDX-License-Identifier: BSD-2-Clause */
/* A spec as a graph in the DOT language of Graphviz. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

/* Text in double quotes. */
static void write_quoted(FILE *out, const char *text)
{
    putc('"', out);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') {
            putc('\\', out);
        }
        if (*text == '\n') {
            fputs("\\n", out);
        } else {
            putc(*text, out);
        }
    }
    putc('"', out);
}

/* How Graphviz draws a kind. */
static const char *node_shape(enum capdl_kind kind)
{
    static const char *const shapes[CAPDL_KIND_COUNT] = {
        [CAPDL_KIND_EP] = "ellipse", [CAPDL_KIND_RTREPLY] = "ellipse", [CAPDL_KIND_NOTIFICATION] = "diamond",
        [CAPDL_KIND_FRAME] = "note", [CAPDL_KIND_UT] = "folder",       [CAPDL_KIND_CNODE] = "component",
    };

    return capdl_kind_class(kind) == CAPDL_CLASS_INTERRUPT ? "invtriangle" : shapes[kind] ? shapes[kind] : "box";
}

/* whole: the node stands for the array the object is an element of. */
static void write_node(FILE *out, const struct capdl_spec *spec, uint32_t id, bool whole)
{
    char label[REVIEW_LABEL], text[2 * REVIEW_LABEL];

    capdl_object_label(spec, id, label, sizeof(label));
    if (whole && capdl_object_index(spec, id) != CAPDL_NO_INDEX) {
        snprintf(label, sizeof(label), "%s[%" PRIu32 "]", capdl_object_name(spec, id),
                 capdl_spec_array_length(spec, capdl_object_name(spec, id)));
    }
    snprintf(text, sizeof(text), "%s\n%s", label, capdl_kind_name((enum capdl_kind)capdl_object_kind(spec, id)));
    fprintf(out, "    o%" PRIu32 " [shape=%s, label=", id, node_shape((enum capdl_kind)capdl_object_kind(spec, id)));
    write_quoted(out, text);
    fputs("];\n", out);
}

/* What a capability allows, in the letters of the language. */
static void write_cap_label(FILE *out, enum capdl_kind kind, uint64_t rights, uint64_t badge)
{
    char text[64];
    size_t length = 0;

    text[0] = '\0';
    if (kind == CAPDL_KIND_EP || kind == CAPDL_KIND_NOTIFICATION || kind == CAPDL_KIND_FRAME) {
        capdl_review_rights(kind, rights, text);
        length = strlen(text);
    }
    if (badge && (kind == CAPDL_KIND_EP || kind == CAPDL_KIND_NOTIFICATION || kind == CAPDL_KIND_SMC)) {
        snprintf(text + length, sizeof(text) - length, "%sbadge %" PRIu64, length ? ", " : "", badge);
    }
    fputs(" [label=", out);
    write_quoted(out, text);
    fputs("];\n", out);
}

static void write_object_edges(const struct capdl_spec *spec, FILE *out, uint32_t id)
{
    struct capdl_caps caps = capdl_object_caps(spec, id);

    for (uint32_t i = 0; i < caps.count; i++) {
        const struct capdl_cap *cap = &caps.list[i];

        if (cap->object == CAPDL_NO_OBJECT) {
            fprintf(out, "    o%" PRIu32 " -> ", id);
            write_quoted(out, capdl_kind_name((enum capdl_kind)cap->kind));
        } else {
            fprintf(out, "    o%" PRIu32 " -> o%" PRIu32, id, cap->object);
        }
        write_cap_label(out, (enum capdl_kind)cap->kind, cap->rights, cap->kind == CAPDL_KIND_CNODE ? 0 : cap->data);
    }
}

static void capdl_write_objects(const struct capdl_spec *spec, FILE *out)
{
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        if (capdl_object_kind(spec, i) != CAPDL_KIND_PROGRAM) {
            write_node(out, spec, i, false);
        }
    }
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        write_object_edges(spec, out, i);
    }
}

/* The overview: subjects, and the objects that connect them with each other or with the world. */
struct drawing {
    const struct world *world;
    const struct facts *facts;
    const struct memory *memory;
};

static bool is_drawn(const struct drawing *drawing, const struct fact *fact)
{
    uint32_t owner;

    if (fact->relation == RELATION_SIGNAL) {
        return true;
    }
    if (fact->relation != RELATION_HOLD && fact->relation != RELATION_MAP && fact->relation != RELATION_HANDLER) {
        return false;
    }
    if (fact->object >> 32 || fact->relation == RELATION_HANDLER) {
        return true;
    }
    owner = drawing->world->owner[fact->object];
    if (owner != REVIEW_NONE) {
        return owner != fact->subject;
    }
    if (capdl_object_kind(drawing->world->spec, (uint32_t)fact->object) == CAPDL_KIND_FRAME) {
        return capdl_review_memory_shared(drawing->memory, fact->object) ||
               capdl_review_memory_fixed(drawing->memory, fact->object);
    }
    return capdl_object_kind(drawing->world->spec, (uint32_t)fact->object) != CAPDL_KIND_RTREPLY;
}

/* Elements of an array are one node: a region of 512 pages is one thing to a reader. */
static uint32_t node_of(const struct capdl_spec *spec, uint32_t id)
{
    uint32_t first =
        capdl_object_index(spec, id) == CAPDL_NO_INDEX ? id : capdl_spec_find(spec, capdl_object_name(spec, id), 0);

    return capdl_object_kind(spec, id) == CAPDL_KIND_FRAME && first != CAPDL_NO_OBJECT ? first : id;
}

static void write_subjects(const struct world *world, FILE *out)
{
    for (uint32_t i = 0; i < world->num_subjects; i++) {
        fprintf(out, "    s%" PRIu32 " [shape=box, style=rounded, penwidth=2, label=", i);
        write_quoted(out, world->subjects[i].label);
        fputs("];\n", out);
    }
}

struct edge {
    char from, to; /* 's' subject, 'o' object, 'c' control */
    uint32_t a, b;
    enum capdl_kind kind;
    uint64_t rights, badge;
    const char *style;
};

static bool edge_of(const struct drawing *drawing, const struct fact *fact, struct edge *edge)
{
    const struct world *world = drawing->world;
    const struct capdl_spec *spec = world->spec;

    *edge = (struct edge){.from = 's', .to = 'o', .a = fact->subject, .rights = fact->value, .badge = fact->detail};
    if (fact->object >> 32) {
        edge->to = 'c';
        edge->b = edge->kind = (enum capdl_kind)(uint32_t)fact->object;
    } else if (fact->relation == RELATION_HANDLER) {
        edge->a = world->owner[fact->object];
        edge->b = (uint32_t)fact->value;
        edge->style = fact->detail ? "timeout" : "fault";
        edge->kind = CAPDL_KIND_COUNT;
        return edge->a != REVIEW_NONE;
    } else if (fact->relation == RELATION_SIGNAL) {
        edge->from = 'o';
        edge->a = (uint32_t)fact->object;
        edge->b = (uint32_t)fact->detail;
        edge->kind = CAPDL_KIND_NOTIFICATION;
        edge->rights = CAPDL_RIGHT_WRITE;
        edge->badge = fact->value;
    } else {
        edge->b = node_of(spec, (uint32_t)fact->object);
        edge->kind = (enum capdl_kind)capdl_object_kind(spec, edge->b);
    }
    return true;
}

static bool edge_same(const struct edge *a, const struct edge *b)
{
    return a->from == b->from && a->to == b->to && a->a == b->a && a->b == b->b && a->rights == b->rights &&
           a->badge == b->badge && a->style == b->style;
}

static void write_edge(FILE *out, const struct edge *edge)
{
    fprintf(out, "    %c%" PRIu32 " -> %c%" PRIu32, edge->from, edge->a, edge->to, edge->b);
    if (edge->style) {
        fprintf(out, " [style=dashed, label=\"%s\"];\n", edge->style);
    } else {
        write_cap_label(out, edge->kind, edge->rights & CAPDL_RIGHTS_ALL, edge->badge);
    }
}

/* Nodes that edges lead to or come from, each once. */
static void write_end(const struct drawing *drawing, FILE *out, char sort, uint32_t id, bool *drawn)
{
    uint32_t place = sort == 'c' ? drawing->world->spec->num_objects + id : id;

    if (sort == 's' || drawn[place]) {
        return;
    }
    drawn[place] = true;
    if (sort == 'o') {
        write_node(out, drawing->world->spec, id, capdl_object_kind(drawing->world->spec, id) == CAPDL_KIND_FRAME);
        return;
    }
    fprintf(out, "    c%" PRIu32 " [shape=octagon, label=", id);
    write_quoted(out, capdl_kind_name((enum capdl_kind)id));
    fputs("];\n", out);
}

static void write_connections(const struct drawing *drawing, FILE *out)
{
    bool *drawn = capdl_spec_realloc(NULL, drawing->world->spec->num_objects + (size_t)CAPDL_KIND_COUNT);
    struct edge edge, last = {0};

    memset(drawn, 0, drawing->world->spec->num_objects + (size_t)CAPDL_KIND_COUNT);
    for (size_t i = 0; i < drawing->facts->count; i++) {
        if (!is_drawn(drawing, &drawing->facts->list[i]) || !edge_of(drawing, &drawing->facts->list[i], &edge) ||
            edge_same(&edge, &last)) {
            continue;
        }
        write_end(drawing, out, edge.from, edge.a, drawn);
        write_end(drawing, out, edge.to, edge.b, drawn);
        write_edge(out, &edge);
        last = edge;
    }
    free(drawn);
}

static void write_overview(const struct capdl_spec *spec, FILE *out)
{
    struct facts facts = {NULL};
    struct world world;
    struct memory memory;
    struct drawing drawing = {&world, &facts, &memory};

    capdl_review_world_init(&world, spec, NULL);
    world.object_number = capdl_review_identity(spec->num_objects);
    world.subject_number = capdl_review_identity(world.num_subjects);
    capdl_review_facts(&facts, &world);
    capdl_review_memory_init(&memory, &world, spec->num_objects);
    write_subjects(&world, out);
    write_connections(&drawing, out);
    capdl_review_memory_free(&memory);
    free(facts.list);
    capdl_review_world_free(&world);
}

void capdl_graph_write(const struct capdl_spec *spec, FILE *out, bool objects)
{
    fputs(
        "digraph capdl {\n    rankdir=LR;\n    node [fontname=\"sans-serif\"];\n    edge [fontname=\"sans-serif\"];\n",
        out);
    if (objects) {
        capdl_write_objects(spec, out);
    } else {
        write_overview(spec, out);
    }
    fputs("}\n", out);
}
