/* SPDX-License-Identifier: BSD-2-Clause */
/* Every object and capability of a spec as a graph in the DOT language of Graphviz. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"

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

static void write_node(FILE *out, const struct capdl_spec *spec, uint32_t id)
{
    char label[REVIEW_LABEL], text[2 * REVIEW_LABEL];
    capdl_object_label(spec, id, label, sizeof(label));
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

static void write_objects(const struct capdl_spec *spec, FILE *out)
{
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        if (capdl_object_kind(spec, i) != CAPDL_KIND_PROGRAM) {
            write_node(out, spec, i);
        }
    }
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        write_object_edges(spec, out, i);
    }
}

void capdl_graph_write(const struct capdl_spec *spec, FILE *out)
{
    fputs(
        "digraph capdl {\n    rankdir=LR;\n    node [fontname=\"sans-serif\"];\n    edge [fontname=\"sans-serif\"];\n",
        out);
    write_objects(spec, out);
    fputs("}\n", out);
}
