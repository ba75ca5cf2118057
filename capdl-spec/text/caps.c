/* SPDX-License-Identifier: BSD-2-Clause */
/* The caps section: which slots of which containers hold what. */
#include "caps.h"

#include <string.h>

#include "cap_params.h"
#include "cap_refs.h"
#include "object_refs.h"
#include "slots.h"
#include "tokens.h"

/* A `container { ... }` block being read; its containers are in text_parser.containers. */
struct block {
    const struct text_ref *ref;
    struct capdl_pos pos;
    uint64_t next; /* slot of a mapping that gives none */
    bool unknown;  /* a copy of unknown length went before: there is no next slot */
};

/* One mapping being read. */
struct mapping {
    uint64_t slot;
    bool named;
    struct text_ref name;
    struct text_ref target;
    bool copy;
    struct text_cap_params params;
    struct capdl_pos pos;
};

/* Whether `container {` or `name = (container, slot)` starts here. */
static bool at_container(const struct text_parser *p)
{
    struct text_lexer lexer;
    struct text_token token;
    if (p->token.kind != TEXT_NAME) {
        return false;
    }
    token = capdl_text_behind_ref(p, &lexer);
    if (token.kind == TEXT_PUNCT && token.punct == '=') {
        token = capdl_text_lex_next(&lexer);
    } else if (token.kind == TEXT_PUNCT && token.punct == '(') {
        return false;
    }
    return token.kind == TEXT_PUNCT && (token.punct == '{' || token.punct == '(');
}

static bool slot_prefix(struct text_parser *p, struct block *block, struct mapping *mapping)
{
    struct text_token next;
    mapping->slot = block->next;
    if (p->token.kind == TEXT_NAME) {
        next = capdl_text_peek(p);
        if (next.kind != TEXT_PUNCT || next.punct != ':') {
            if (block->unknown) {
                capdl_error(p->diags, p->token.pos,
                            "expected a slot number: the length of the previous copy is not known yet");
            }
            return true;
        }
    } else if (p->token.kind != TEXT_NUMBER) {
        return true;
    }
    block->unknown = false;
    return capdl_text_slot_parse(p, &mapping->slot) && capdl_text_expect(p, ':', "between the slot and what it holds");
}

static bool target_parse(struct text_parser *p, struct mapping *mapping)
{
    mapping->copy = capdl_text_accept(p, '<');
    if (p->token.kind != TEXT_NAME) {
        return capdl_text_unexpected(p, mapping->copy ? "the name of a capability"
                                                      : "an object, or '}' to close the container");
    }
    if (!capdl_text_ref_parse(p, &mapping->target)) {
        return false;
    }
    return !mapping->copy || capdl_text_expect(p, '>', "after the name of a capability");
}

static bool mapping_parse(struct text_parser *p, struct block *block, struct mapping *mapping)
{
    *mapping = (struct mapping){.pos = p->token.pos};
    if (!slot_prefix(p, block, mapping)) {
        return false;
    }
    if (!target_parse(p, mapping)) {
        return false;
    }
    if (!mapping->copy && capdl_text_accept(p, '=')) {
        mapping->named = true;
        mapping->name = mapping->target;
        if (!target_parse(p, mapping)) {
            return false;
        }
    }
    mapping->params.pos = mapping->target.pos;
    return !capdl_text_is(p, '(') || capdl_text_cap_params_parse(p, &mapping->params);
}

static void add_everywhere(struct text_parser *p, struct capdl_cap *cap)
{
    for (size_t i = 0; i < p->num_containers; i++) {
        capdl_spec_append_cap(p->spec, p->containers[i], cap);
    }
}

static void report_program(struct text_parser *p, const struct text_ref *ref, uint32_t program)
{
    uint32_t count = capdl_text_may_search(p) ? p->spec->num_objects : 0;
    char label[128] = "";
    for (uint32_t i = 0; i < count; i++) {
        if (capdl_object_program(p->spec, i) == program && capdl_object_kind(p->spec, i) == CAPDL_KIND_CNODE) {
            capdl_object_label(p->spec, i, label, sizeof(label));
        }
    }
    if (capdl_object_declaration(p->spec, program) && capdl_object_declaration(p->spec, program)->module) {
        capdl_error(p->diags, ref->pos, "'%s' is a module, not an object: its frames are module_%s[]", ref->name->text,
                    ref->name->text);
    } else if (label[0]) {
        capdl_error(p->diags, ref->pos,
                    "'%s' is a protection domain, not an object: name one of its objects, such as '%s'",
                    ref->name->text, label);
    } else {
        capdl_error(p->diags, ref->pos, "'%s' is a protection domain, not an object: name one of its objects",
                    ref->name->text);
    }
}

static uint64_t put_control(struct text_parser *p, const struct mapping *mapping, enum capdl_kind kind)
{
    struct capdl_cap cap = {.slot = mapping->slot,
                            .object = CAPDL_NO_OBJECT,
                            .kind = (uint8_t)kind,
                            .at = capdl_spec_at(p->spec, mapping->target.pos)};
    capdl_text_cap_params_apply(p, &mapping->params, &cap);
    if (kind == CAPDL_KIND_SCHED_CONTROL && !(mapping->params.has & TEXT_PARAM_CORE)) {
        capdl_error(p->diags, mapping->target.pos, "expected the core: sched_control (core: 0)");
    }
    if (capdl_text_caps_reserve(p, mapping->target.pos, 1, p->num_containers)) {
        add_everywhere(p, &cap);
    }
    return 1;
}

/* Elements of an array are mapped at consecutive slots of the page table. */
static void next_mapping(struct text_parser *p, struct capdl_cap *cap)
{
    struct capdl_cap_extra extra = *capdl_cap_extra(p->spec, cap);
    extra.mapping_slot++;
    cap->extra = capdl_spec_add_extra(p->spec, &extra);
}

/* Puts an object, or each element of an array, into consecutive slots. Returns how many slots that took. */
static uint64_t put_objects(struct text_parser *p, const struct mapping *mapping)
{
    const struct text_ref *ref = &mapping->target;
    struct capdl_cap cap = {.slot = mapping->slot, .at = capdl_spec_at(p->spec, ref->pos)};
    uint64_t count;
    struct text_iter iter;
    uint32_t index;
    bool first = true;
    if (mapping->params.has & TEXT_PARAM_MASKED) {
        capdl_error(p->diags, mapping->params.pos,
                    "'masked' applies to copies, as in <name> (masked: R): write the rights, as in (R)");
    }
    if (!capdl_text_ref_check(p, ref, "an object")) {
        return 1;
    }
    count = capdl_text_ref_count(p, ref, capdl_spec_name_length(p->spec, ref->name));
    if (!capdl_text_caps_reserve(p, ref->pos, count, p->num_containers) ||
        !capdl_text_slots_fit(p, ref->pos, mapping->slot, count)) {
        return 1;
    }
    iter = capdl_text_ref_iter(p, ref, capdl_spec_name_length(p->spec, ref->name));
    for (; capdl_text_iter_next(&iter, &index); cap.slot++) {
        cap.object = capdl_spec_name_find(p->spec, ref->name, index);
        if (cap.object == CAPDL_NO_OBJECT) {
            continue;
        }
        cap.kind = (uint8_t)capdl_object_kind(p->spec, cap.object);
        if (cap.kind == CAPDL_KIND_PROGRAM) {
            report_program(p, ref, cap.object);
            break;
        }
        if (first) {
            capdl_text_cap_params_apply(p, &mapping->params, &cap);
        } else if (cap.flags & CAPDL_CAP_HAS_MAPPING) {
            next_mapping(p, &cap);
        }
        first = false;
        add_everywhere(p, &cap);
    }
    return count;
}

/* Parameters of copies are mostly none or one mask, the same again and again. */
static uint32_t copy_params(struct text_parser *p, const struct text_cap_params *params)
{
    const struct text_cap_params *last = p->num_params ? &p->params[p->num_params - 1] : NULL;
    bool plain = !(params->has & ~(uint32_t)TEXT_PARAM_MASKED); /* nothing about them can be wrong */
    if (last && plain && last->has == params->has && last->masked == params->masked) {
        return (uint32_t)p->num_params - 1;
    }
    p->params = capdl_spec_grow(p->params, &p->capacity_params, p->num_params + 1, sizeof(*params));
    p->params[p->num_params] = *params;
    return (uint32_t)p->num_params++;
}

/* The slot whose copy this is, when it has a name of its own that is known already. */
static bool copy_source(const struct text_parser *p, const struct text_ref *ref, struct capdl_slot_ref *source)
{
    uint32_t number = capdl_spec_name_use(p->spec, ref->name).cap_name;
    const struct text_cap_name *name = number ? &p->cap_names[number - 1] : NULL;
    if (!name || name->indexed || ref->indexed || name->container == CAPDL_NO_OBJECT) {
        return false;
    }
    *source = (struct capdl_slot_ref){name->container, name->slot};
    return true;
}

/* How many slots a copy takes, as far as that is known. */
static uint64_t copy_count(struct text_parser *p, struct block *block, const struct text_ref *ref)
{
    uint32_t name = capdl_spec_name_use(p->spec, ref->name).cap_name;
    uint64_t length = name ? p->cap_names[name - 1].count : p->most_caps;
    block->unknown = !name && capdl_text_ref_open(p, ref);
    for (uint32_t i = 0; i < ref->num_ranges; i++) {
        if (p->ranges[ref->first_range + i].last >= p->most_caps ||
            p->ranges[ref->first_range + i].first >= p->most_caps) {
            return 1;
        }
    }
    return block->unknown ? 1 : capdl_text_ref_count(p, ref, length);
}

/* A copy of what is not known yet is noted for later. Returns how many slots it takes. */
static uint64_t put_copy(struct text_parser *p, struct block *block, const struct mapping *mapping)
{
    const struct text_ref *ref = &mapping->target;
    uint32_t params = copy_params(p, &mapping->params);
    struct capdl_slot_ref source;
    bool known = copy_source(p, ref, &source) && capdl_text_caps_reserve(p, ref->pos, 1, p->num_containers);
    for (size_t i = 0; i < p->num_containers; i++) {
        if (known) {
            capdl_text_link_add(p, (struct capdl_slot_ref){p->containers[i], mapping->slot}, source, ref->pos, params);
        } else {
            p->copies = capdl_spec_grow(p->copies, &p->capacity_copies, p->num_copies + 1, sizeof(*p->copies));
            p->copies[p->num_copies++] = (struct text_copy){p->containers[i], mapping->slot, *ref, params};
        }
    }
    return copy_count(p, block, ref);
}

/* In a block for several containers, whose slots are alike, the name means those of the first. */
static void name_caps(struct text_parser *p, const struct mapping *mapping, uint64_t count)
{
    const struct text_ref *name = &mapping->name;
    struct text_cap_name entry = {.slot = mapping->slot, .count = (uint32_t)count, .indexed = name->indexed};
    if (name->indexed && (name->num_ranges != 1 || p->ranges[name->first_range].kind != TEXT_RANGE_ALL)) {
        capdl_error(p->diags, name->pos, "expected '%s' or '%s[]' as the name of capabilities", name->name->text,
                    name->name->text);
    } else if (!name->indexed && count != 1) {
        capdl_error(p->diags, name->pos, "'%s' would name %llu capabilities: write '%s[]'", name->name->text,
                    (unsigned long long)count, name->name->text);
    } else if (p->num_containers) {
        entry.container = p->containers[0];
        capdl_text_cap_name_add(p, name, entry);
        return;
    }
    capdl_spec_name_set_broken(p->spec, name->name, true);
}

/* `- child_of parent` */
static bool child_of(struct text_parser *p, const struct mapping *mapping, uint64_t count)
{
    struct text_child child = {.slot = mapping->slot, .count = count, .pos = p->token.pos};
    const char *behind = p->token.text + p->token.length;
    bool known;
    capdl_text_advance(p);
    if (p->token.text == behind || !capdl_text_accept_word(p, "child_of")) {
        return capdl_text_unexpected(p, "'- child_of' with a space between");
    }
    if (!capdl_text_slot_ref_parse(p, &child.parent)) {
        return false;
    }
    known = capdl_text_child_known(p, &child);
    for (size_t i = 0; i < p->num_containers; i++) {
        child.container = p->containers[i];
        if (known) {
            capdl_text_child_resolve(p, &child);
            continue;
        }
        p->children = capdl_spec_grow(p->children, &p->capacity_children, p->num_children + 1, sizeof(child));
        p->children[p->num_children++] = child;
    }
    return true;
}

static bool mapping_read(struct text_parser *p, struct block *block)
{
    struct mapping mapping;
    enum capdl_kind kind;
    size_t keep = p->num_ranges;
    uint64_t count;
    if (!mapping_parse(p, block, &mapping)) {
        return false;
    }
    if (mapping.copy) {
        count = put_copy(p, block, &mapping);
    } else if (!mapping.target.indexed && capdl_text_names_control(mapping.target.name, &kind)) {
        count = put_control(p, &mapping, kind);
    } else {
        count = put_objects(p, &mapping);
    }
    if (mapping.named) {
        name_caps(p, &mapping, count);
    }
    if (!mapping.copy) {
        capdl_text_ranges_drop(p, keep);
    }
    block->next = mapping.slot + count;
    if (capdl_text_is(p, '-') && !child_of(p, &mapping, count)) {
        return false;
    }
    capdl_text_accept(p, ';');
    return true;
}

/* After a mistake: after the next `;`, or to the next line, or to the end of the block. */
static void resynchronise(struct text_parser *p, struct text_token start)
{
    unsigned long depth = 0;
    while (p->token.kind != TEXT_END) {
        bool moved = p->token.text != start.text;
        if (moved && p->token.first && !capdl_text_is(p, ')')) {
            return;
        }
        if (!depth && capdl_text_is(p, '}')) {
            return;
        }
        if (capdl_text_accept(p, ';')) {
            return;
        }
        depth += capdl_text_is(p, '{');
        depth -= depth && capdl_text_is(p, '}');
        capdl_text_advance(p);
    }
}

static bool block_close(struct text_parser *p, const struct block *block)
{
    if (capdl_text_accept(p, '}')) {
        return true;
    }
    capdl_text_unexpected(p, "'}' to close the container '%s'", block->ref->name->text);
    capdl_note(p->diags, block->pos, "opened here");
    return true;
}

static bool block_read(struct text_parser *p, const struct text_ref *ref)
{
    struct block block = {.ref = ref, .pos = p->token.pos};
    capdl_text_accept(p, '{');
    while (!capdl_text_is(p, '}') && p->token.kind != TEXT_END && !capdl_text_at_section(p)) {
        struct text_token start = p->token;
        if (p->token.kind == TEXT_NAME && at_container(p)) {
            break;
        }
        if (!mapping_read(p, &block)) {
            resynchronise(p, start);
        }
    }
    return block_close(p, &block);
}

/* The containers a block is for. Its content is read in any case, to find what is wrong there. */
static void containers_find(struct text_parser *p, const struct text_ref *ref)
{
    struct text_iter iter;
    uint32_t index;
    p->num_containers = 0;
    if (!capdl_text_ref_check(p, ref, "a container of capabilities")) {
        return;
    }
    if (capdl_text_ref_count(p, ref, capdl_spec_name_length(p->spec, ref->name)) > p->most_caps) {
        capdl_text_too_large(p, ref->pos, "capabilities", p->most_caps);
        return;
    }
    iter = capdl_text_ref_iter(p, ref, capdl_spec_name_length(p->spec, ref->name));
    while (capdl_text_iter_next(&iter, &index)) {
        uint32_t object = capdl_spec_name_find(p->spec, ref->name, index);
        if (object == CAPDL_NO_OBJECT) {
            continue;
        }
        if (capdl_object_kind(p->spec, object) == CAPDL_KIND_PROGRAM) {
            report_program(p, ref, object);
            return;
        }
        p->containers =
            capdl_spec_grow(p->containers, &p->capacity_containers, p->num_containers + 1, sizeof(*p->containers));
        p->containers[p->num_containers++] = object;
    }
}

/* `name = (container, slot)`. A container that does not exist is only wrong when the name is used. */
static bool slot_name_read(struct text_parser *p, const struct text_ref *name)
{
    struct text_cap_name entry = {.count = 1};
    struct text_ref ref;
    capdl_text_advance(p);
    if (!capdl_text_expect(p, '(', "and the slot to name, as in name = (cnode, 3)") || !capdl_text_ref_parse(p, &ref) ||
        !capdl_text_expect(p, ',', "after the container") || !capdl_text_slot_parse(p, &entry.slot) ||
        !capdl_text_expect(p, ')', "after the slot")) {
        return false;
    }
    if (name->indexed) {
        capdl_error(p->diags, name->pos, "a name for a single slot has no index");
    } else if (capdl_spec_name_scalar(p->spec, ref.name) == CAPDL_NO_OBJECT &&
               !capdl_spec_name_length(p->spec, ref.name)) {
        entry.container = CAPDL_NO_OBJECT;
    } else if (!capdl_text_ref_object(p, &ref, "a container of capabilities", &entry.container)) {
        capdl_spec_name_set_broken(p->spec, name->name, true);
    }
    if (entry.container == CAPDL_NO_OBJECT && !capdl_spec_name_use(p->spec, ref.name).broken) {
        capdl_finding(p->diags, CAPDL_WARNING, CAPDL_CHECK_EMPTY_NAME, ref.pos,
                      "no object is called '%s': '%s' names nothing", ref.name->text, name->name->text);
    }
    if (!capdl_spec_name_use(p->spec, name->name).broken) {
        capdl_text_cap_name_add(p, name, entry);
    }
    return true;
}

/* Whether `slot:` starts here. */
static bool at_slot(const struct text_parser *p)
{
    struct text_token next = capdl_text_peek(p);
    return (p->token.kind == TEXT_NUMBER || p->token.kind == TEXT_NAME) && next.kind == TEXT_PUNCT && next.punct == ':';
}

/* A missing '{' is taken as read where slots follow. */
static bool container_read(struct text_parser *p)
{
    struct text_ref ref;
    if (!capdl_text_ref_parse(p, &ref)) {
        return false;
    }
    if (capdl_text_is(p, '=')) {
        return slot_name_read(p, &ref);
    }
    if (!capdl_text_is(p, '{')) {
        capdl_text_unexpected(p, "'{' and the slots of '%s'", ref.name->text);
        if (!at_slot(p)) {
            capdl_spec_name_set_broken(p->spec, ref.name, true);
            return false;
        }
    }
    containers_find(p, &ref);
    return block_read(p, &ref);
}

void capdl_text_caps_section(struct text_parser *p)
{
    while (!capdl_text_is(p, '}') && p->token.kind != TEXT_END && !capdl_text_at_section(p)) {
        unsigned long depth = 0;
        if (container_read(p)) {
            continue;
        }
        while (p->token.kind != TEXT_END && !capdl_text_at_section(p) &&
               (depth || (!capdl_text_is(p, '}') && !at_container(p)))) {
            depth += capdl_text_is(p, '{');
            depth -= depth && capdl_text_is(p, '}');
            capdl_text_advance(p);
        }
    }
}
