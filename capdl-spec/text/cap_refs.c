/* SPDX-License-Identifier: BSD-2-Clause */
/* What refers to capabilities rather than objects: names, copies, derivations. Resolved when all capabilities are
 * known. */
#include "cap_refs.h"

#include <stdlib.h>
#include <string.h>

#include "cap_params.h"
#include "object_refs.h"
#include "slots.h"
#include "tokens.h"

enum { MOST_COMPARISONS = 10000000 }; /* of names, to make messages better */

void capdl_text_cap_name_add(struct text_parser *p, const struct text_ref *ref, struct text_cap_name entry)
{
    struct spec_name *name = ref->name;
    uint32_t first = capdl_spec_name_use(p->spec, name).cap_name;
    if (first) {
        capdl_error(p->diags, ref->pos, "'%s' already names a capability", name->text);
        capdl_note(p->diags, capdl_spec_pos(p->spec, p->cap_names[first - 1].at), "the first one is here");
        return;
    }
    entry.name = capdl_spec_name_number(p->spec, name);
    entry.at = capdl_spec_at(p->spec, ref->pos);
    p->cap_names = capdl_spec_grow(p->cap_names, &p->capacity_cap_names, p->num_cap_names + 1, sizeof(entry));
    p->cap_names[p->num_cap_names++] = entry;
    capdl_spec_name_set_cap(p->spec, name, (uint32_t)p->num_cap_names);
}

static struct capdl_nearest nearest_cap_name(struct text_parser *p, const struct spec_name *name)
{
    struct capdl_nearest nearest = {NULL};
    if (p->compared <= MOST_COMPARISONS) {
        p->compared += p->num_cap_names;
        for (size_t i = 0; i < p->num_cap_names; i++) {
            capdl_nearest_try(&nearest, name->text, strlen(name->text),
                              capdl_spec_name_at(p->spec, p->cap_names[i].name)->text);
        }
    }
    return nearest;
}

/* The named capabilities a reference means; 0 after reporting that there are none. */
static const struct text_cap_name *cap_name_find(struct text_parser *p, const struct text_ref *ref)
{
    const struct spec_name *name = ref->name;
    struct capdl_spec_name_use use = capdl_spec_name_use(p->spec, name);
    const struct text_cap_name *entry = use.cap_name ? &p->cap_names[use.cap_name - 1] : NULL;
    struct capdl_nearest nearest = {NULL};
    if (entry && entry->container == CAPDL_NO_OBJECT) {
        capdl_error(p->diags, ref->pos, "'%s' names a slot of an object that does not exist", name->text);
        capdl_note(p->diags, capdl_spec_pos(p->spec, entry->at), "it is defined here");
        return NULL;
    }
    if (entry && entry->indexed == ref->indexed) {
        return !ref->indexed || capdl_text_ref_bounds(p, ref, entry->count, "the run of capabilities") ? entry : NULL;
    }
    if (use.broken) {
        return NULL;
    }
    if (entry) {
        capdl_error(p->diags, ref->pos,
                    entry->indexed ? "'%s' names several capabilities: write one such as %s[0]"
                                   : "'%s' names one capability: write it without an index",
                    name->text, name->text);
    } else if (use.scalar != CAPDL_NO_OBJECT || use.array_length) {
        capdl_error(p->diags, ref->pos, "'%s' is an object: expected the name of a capability", name->text);
    } else if ((nearest = nearest_cap_name(p, name)).word) {
        capdl_error(p->diags, ref->pos, "no capability is called '%s'%s", name->text, capdl_nearest_hint(&nearest));
    } else {
        capdl_error(p->diags, ref->pos, "no capability is called '%s': name one with name = (container, slot)",
                    name->text);
    }
    return NULL;
}

/*
 * Puts a place holder into the slot of a copy: a capability of kind CAPDL_KIND_COUNT whose object and data are the slot
 * to copy, extra the parameters, and flags how far it has come.
 */
enum { LINK_OPEN, LINK_ACTIVE, LINK_DONE };

void capdl_text_link_add(struct text_parser *p, struct capdl_slot_ref to, struct capdl_slot_ref from,
                         struct capdl_pos pos, uint32_t params)
{
    struct capdl_cap cap = {.slot = to.slot,
                            .data = from.slot,
                            .object = from.container,
                            .kind = CAPDL_KIND_COUNT,
                            .flags = LINK_OPEN,
                            .at = capdl_spec_at(p->spec, pos),
                            .extra = params};
    capdl_spec_append_cap(p->spec, to.container, &cap);
    p->any_link = true;
}

static void copy_expand(struct text_parser *p, const struct text_copy *copy)
{
    const struct text_cap_name *name = cap_name_find(p, &copy->ref);
    struct capdl_slot_ref to = {copy->container, copy->slot}, from;
    struct text_iter iter;
    uint32_t index;
    uint64_t count = name ? capdl_text_ref_count(p, &copy->ref, name->count) : 0;
    if (!name || !capdl_text_slots_fit(p, copy->ref.pos, copy->slot, count) ||
        !capdl_text_caps_reserve(p, copy->ref.pos, count, 1)) {
        return;
    }
    from.container = name->container;
    iter = capdl_text_ref_iter(p, &copy->ref, name->count);
    for (; capdl_text_iter_next(&iter, &index); to.slot++) {
        from.slot = name->slot + (index == CAPDL_NO_INDEX ? 0 : index);
        capdl_text_link_add(p, to, from, copy->ref.pos, copy->params);
    }
}

void capdl_text_copies_expand(struct text_parser *p)
{
    for (size_t i = 0; i < p->num_copies; i++) {
        copy_expand(p, &p->copies[i]);
    }
}

static void report_slot_taken(struct text_parser *p, uint32_t object, const struct capdl_cap *first,
                              const struct capdl_cap *second)
{
    char label[128];
    capdl_object_label(p->spec, object, label, sizeof(label));
    capdl_error(p->diags, capdl_cap_pos(p->spec, second), "slot %llu of '%s' is filled twice",
                (unsigned long long)second->slot, label);
    capdl_note(p->diags, capdl_cap_pos(p->spec, first), "first filled here");
}

/* Of the caps in one slot the first that was written stays; a generated one gives way to it. */
static void drop_duplicates(struct text_parser *p, uint32_t container)
{
    struct capdl_caps caps = capdl_object_caps(p->spec, container);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < caps.count; i++) {
        struct capdl_cap *cap = &caps.list[i], *last = kept ? &caps.list[kept - 1] : NULL;
        if (!last || last->slot != cap->slot) {
            caps.list[kept++] = *cap;
        } else if (last->flags & CAPDL_CAP_GENERATED) {
            *last = *cap;
        } else if (!(cap->flags & CAPDL_CAP_GENERATED)) {
            report_slot_taken(p, container, last, cap);
        }
    }
    capdl_spec_keep_caps(p->spec, container, kept);
}

void capdl_text_caps_settle(struct text_parser *p)
{
    for (uint32_t i = 0; i < p->spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(p->spec, i);
        uint32_t j = 1;
        while (j < caps.count && caps.list[j - 1].slot < caps.list[j].slot) {
            j++;
        }
        if (j >= caps.count) {
            continue;
        }
        capdl_spec_sort_caps(p->spec, i);
        drop_duplicates(p, i);
    }
}

static void mask_cap(const struct text_cap_params *params, struct capdl_cap *cap)
{
    if (params->has & TEXT_PARAM_MASKED && capdl_text_cap_params_allowed(cap->kind) & TEXT_PARAM_MASKED) {
        cap->rights &= params->masked;
    }
}

/* Makes the copy from its source, which is resolved. */
static void link_copy(struct text_parser *p, struct capdl_cap *link, const struct capdl_cap *source)
{
    struct text_cap_params params = p->params[link->extra];
    struct capdl_cap copy = *source;
    copy.slot = link->slot;
    copy.at = link->at;
    copy.flags &= (uint8_t)~CAPDL_CAP_GENERATED;
    mask_cap(&params, &copy);
    if (params.has & TEXT_PARAM_RIGHTS) {
        capdl_finding(p->diags, CAPDL_WARNING, CAPDL_CHECK_COPY_RIGHTS, params.pos,
                      "these rights have no effect: a copy has the rights of its source; (masked: R) removes some");
    }
    params.has &= ~(uint32_t)(TEXT_PARAM_MASKED | TEXT_PARAM_RIGHTS);
    capdl_text_cap_params_apply(p, &params, &copy);
    *link = copy;
}

/* The cap a link copies, 0 (reported) when there is none or the link leads back to itself. */
static struct capdl_cap *link_source(struct text_parser *p, const struct capdl_cap *link)
{
    struct capdl_cap *source = capdl_spec_cap_at(p->spec, link->object, link->data);
    char label[128];
    if (!source && p->diags->num_errors > p->first_error) {
        return NULL; /* what should be there may not have been understood */
    }
    if (!source) {
        capdl_object_label(p->spec, link->object, label, sizeof(label));
        capdl_error(p->diags, capdl_cap_pos(p->spec, link), "there is nothing to copy: slot %llu of '%s' is empty",
                    (unsigned long long)link->data, label);
        return NULL;
    }
    if (source->kind != CAPDL_KIND_COUNT || source->flags != LINK_ACTIVE) {
        return source;
    }
    capdl_error(p->diags, capdl_cap_pos(p->spec, link), "this capability is a copy of itself");
    return NULL;
}

struct link_stack {
    struct capdl_cap **list;
    size_t capacity;
};

/* Follows a chain of copies to its end, then makes them from there back. The chain may be long: no recursion. */
static void link_resolve(struct text_parser *p, struct capdl_cap *link, struct link_stack *stack)
{
    struct capdl_cap *source;
    size_t depth = 0;
    do {
        link->flags = LINK_ACTIVE;
        stack->list = capdl_spec_grow(stack->list, &stack->capacity, depth + 1, sizeof(link));
        stack->list[depth++] = link;
        source = link_source(p, link);
        link = source;
    } while (source && source->kind == CAPDL_KIND_COUNT && source->flags == LINK_OPEN);
    while (depth--) {
        link = stack->list[depth];
        link->flags = LINK_DONE;
        if (!source || source->kind == CAPDL_KIND_COUNT) {
            continue;
        }
        link_copy(p, link, source);
        source = link;
    }
}

/* Removes placeholders of copies that failed. */
static void drop_placeholders(struct text_parser *p, uint32_t container)
{
    struct capdl_caps caps = capdl_object_caps(p->spec, container);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < caps.count; i++) {
        if (caps.list[i].kind != CAPDL_KIND_COUNT) {
            caps.list[kept++] = caps.list[i];
        }
    }
    if (kept < caps.count) {
        capdl_spec_keep_caps(p->spec, container, kept);
    }
}

void capdl_text_copies_resolve(struct text_parser *p)
{
    struct link_stack stack = {.list = NULL};
    for (uint32_t i = 0; p->any_link && i < p->spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(p->spec, i);
        for (uint32_t j = 0; j < caps.count; j++) {
            if (caps.list[j].kind == CAPDL_KIND_COUNT && caps.list[j].flags == LINK_OPEN) {
                link_resolve(p, &caps.list[j], &stack);
            }
        }
    }
    free(stack.list);
    for (uint32_t i = 0; p->any_link && i < p->spec->num_objects; i++) {
        drop_placeholders(p, i);
    }
}

bool capdl_text_slot_ref_parse(struct text_parser *p, struct text_slot_ref *slot)
{
    *slot = (struct text_slot_ref){.named = !capdl_text_is(p, '(')};
    if (slot->named) {
        if (p->token.kind != TEXT_NAME) {
            return capdl_text_unexpected(p, "a slot: (container, number), or the name of a capability");
        }
        return capdl_text_ref_parse(p, &slot->ref);
    }
    capdl_text_advance(p);
    return capdl_text_ref_parse(p, &slot->ref) && capdl_text_expect(p, ',', "after the container") &&
           capdl_text_slot_parse(p, &slot->slot) && capdl_text_expect(p, ')', "after the slot");
}

static bool slot_ref_resolve(struct text_parser *p, const struct text_slot_ref *slot, struct capdl_slot_ref *result)
{
    const struct text_cap_name *name;
    uint32_t index = 0;
    struct text_iter iter;
    result->slot = slot->slot;
    if (!slot->named) {
        return capdl_text_ref_object(p, &slot->ref, "a container of capabilities", &result->container);
    }
    name = cap_name_find(p, &slot->ref);
    if (!name) {
        return false;
    }
    if (capdl_text_ref_count(p, &slot->ref, name->count) != 1) {
        capdl_error(p->diags, slot->ref.pos, "expected one capability, not several");
        return false;
    }
    iter = capdl_text_ref_iter(p, &slot->ref, name->count);
    capdl_text_iter_next(&iter, &index);
    result->container = name->container;
    result->slot = name->slot + (index == CAPDL_NO_INDEX ? 0 : index);
    return true;
}

static void derivation_add(struct text_parser *p, struct capdl_slot_ref parent, struct capdl_slot_ref child,
                           struct capdl_pos pos)
{
    struct capdl_spec *spec = p->spec;
    spec->derivations = capdl_spec_grow(spec->derivations, &spec->capacity_derivations, spec->num_derivations + 1,
                                        sizeof(*spec->derivations));
    spec->derivations[spec->num_derivations++] = (struct capdl_derivation){parent, child, pos};
}

bool capdl_text_child_known(struct text_parser *p, const struct text_child *child)
{
    uint32_t known = child->parent.named ? capdl_spec_name_use(p->spec, child->parent.ref.name).cap_name : 0;
    const struct text_cap_name *name = known ? &p->cap_names[known - 1] : NULL;
    return name && name->container != CAPDL_NO_OBJECT && !name->indexed && !child->parent.ref.indexed;
}

void capdl_text_child_resolve(struct text_parser *p, const struct text_child *child)
{
    struct capdl_slot_ref parent;
    if (!slot_ref_resolve(p, &child->parent, &parent)) {
        return;
    }
    for (uint64_t j = 0; j < child->count; j++) {
        derivation_add(p, parent, (struct capdl_slot_ref){child->container, child->slot + j}, child->pos);
    }
}

void capdl_text_children_resolve(struct text_parser *p)
{
    for (size_t i = 0; i < p->num_children; i++) {
        capdl_text_child_resolve(p, &p->children[i]);
    }
}

static bool children_parse(struct text_parser *p, const struct capdl_slot_ref *parent);

/* A slot and, in braces, the slots derived from it. parent 0: it has none, or it is not known. */
static bool cdt_node(struct text_parser *p, const struct capdl_slot_ref *parent, bool must_have_children)
{
    struct text_slot_ref slot;
    struct capdl_slot_ref self;
    struct capdl_pos pos = p->token.pos;
    size_t keep = p->num_ranges;
    bool known;
    if (!capdl_text_slot_ref_parse(p, &slot)) {
        return false;
    }
    known = slot_ref_resolve(p, &slot, &self);
    capdl_text_ranges_drop(p, keep);
    if (known && parent) {
        derivation_add(p, *parent, self, pos);
    }
    if (!capdl_text_is(p, '{')) {
        return !must_have_children || capdl_text_unexpected(p, "'{' and the slots derived from this one");
    }
    return children_parse(p, known ? &self : NULL);
}

static void skip_line(struct text_parser *p, uint32_t line)
{
    while (p->token.kind != TEXT_END && p->token.line == line && !capdl_text_is(p, '}')) {
        capdl_text_advance(p);
    }
}

static bool children_parse(struct text_parser *p, const struct capdl_slot_ref *parent)
{
    if (++p->depth > TEXT_MOST_NESTED) {
        capdl_error(p->diags, p->token.pos, "derivations are nested more than %d deep", TEXT_MOST_NESTED);
        return false;
    }
    capdl_text_advance(p);
    while (!capdl_text_is(p, '}') && p->token.kind != TEXT_END && !capdl_text_at_section(p)) {
        if (!cdt_node(p, parent, false)) {
            if (p->depth > TEXT_MOST_NESTED) {
                return false;
            }
            skip_line(p, p->token.line);
        }
        capdl_text_accept(p, ';');
    }
    p->depth--;
    return capdl_text_expect(p, '}', "to close the list of derived slots");
}

void capdl_text_cdt_section(struct text_parser *p)
{
    while (!capdl_text_is(p, '}') && p->token.kind != TEXT_END && !capdl_text_at_section(p)) {
        unsigned long depth = p->depth;
        if (cdt_node(p, NULL, true)) {
            continue;
        }
        while (p->token.kind != TEXT_END && !capdl_text_at_section(p) && !(capdl_text_is(p, '}') && !depth)) {
            depth += capdl_text_is(p, '{');
            depth -= depth && capdl_text_is(p, '}');
            capdl_text_advance(p);
            if (!depth && p->token.first && (capdl_text_is(p, '(') || p->token.kind == TEXT_NAME)) {
                break;
            }
        }
        p->depth = 0;
    }
}
