/* SPDX-License-Identifier: BSD-2-Clause */
/* Which untyped covers what. */
#include "covers.h"

#include "object_refs.h"
#include "tokens.h"

void capdl_text_cover_set(struct text_parser *p, uint32_t child, uint32_t untyped, struct capdl_pos pos)
{
    uint32_t old = capdl_object_parent(p->spec, child);
    char label[128], parent[128], other[128];
    if (untyped == CAPDL_NO_OBJECT || old == untyped) {
        return;
    }
    capdl_object_label(p->spec, child, label, sizeof(label));
    capdl_object_label(p->spec, untyped, parent, sizeof(parent));
    if (child == untyped) {
        capdl_error(p->diags, pos, "'%s' cannot be made from itself", label);
    } else if (old != CAPDL_NO_OBJECT) {
        capdl_object_label(p->spec, old, other, sizeof(other));
        capdl_error(p->diags, pos, "'%s' cannot be made from both '%s' and '%s'", label, other, parent);
    } else {
        struct capdl_object changed = capdl_object_view(p->spec, child);
        changed.parent = untyped;
        capdl_object_set(p->spec, child, &changed);
    }
}

bool capdl_text_cover_parse(struct text_parser *p, uint32_t untyped)
{
    struct text_cover cover = {.untyped = untyped};
    if (!capdl_text_ref_parse(p, &cover.ref)) {
        return false;
    }
    if (capdl_text_at_section(p) || capdl_text_is(p, '=')) {
        return capdl_text_unexpected(p, "another child, or '}' to close the list of children");
    }
    if (untyped == CAPDL_NO_OBJECT) {
        return true;
    }
    p->covers = capdl_spec_grow(p->covers, &p->capacity_covers, p->num_covers + 1, sizeof(cover));
    p->covers[p->num_covers++] = cover;
    return true;
}

static void cover_resolve(struct text_parser *p, const struct text_cover *cover)
{
    struct text_iter iter;
    uint32_t index;
    bool warned = false;
    if (!capdl_text_ref_check(p, &cover->ref, "a child of an untyped")) {
        return;
    }
    iter = capdl_text_ref_iter(p, &cover->ref, capdl_spec_name_length(p->spec, cover->ref.name));
    while (capdl_text_iter_next(&iter, &index)) {
        uint32_t child = capdl_spec_name_find(p->spec, cover->ref.name, index);
        size_t errors = p->diags->num_errors;
        if (child == CAPDL_NO_OBJECT) {
            continue;
        }
        if (capdl_object_parent(p->spec, child) == cover->untyped) {
            if (!warned) {
                capdl_finding(p->diags, CAPDL_WARNING, CAPDL_CHECK_CHILD_TWICE, cover->ref.pos,
                              "'%s' is named twice as a child of '%s'", cover->ref.name->text,
                              capdl_object_name(p->spec, cover->untyped));
            }
            warned = true;
            continue;
        }
        capdl_text_cover_set(p, child, cover->untyped, cover->ref.pos);
        if (p->diags->num_errors > errors) {
            return;
        }
    }
}

void capdl_text_covers_resolve(struct text_parser *p)
{
    for (size_t i = 0; i < p->num_covers; i++) {
        cover_resolve(p, &p->covers[i]);
    }
}
