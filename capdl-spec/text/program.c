/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Protection domains: name = pd ("file.elf", prio: 100, stack: 16k, fault: ep (badge: 3, RWG), args: [1, 2],
 *                    set: [("symbol", 5)])
 * Read without knowing what the parameters mean: that is the front end's business.
 */
#include "program.h"

#include <stdlib.h>
#include <string.h>

#include "cap_params.h"
#include "object_refs.h"
#include "resume.h"
#include "tokens.h"

/* A number with an optional unit: 16k, 2M, 1G. */
static bool value_number(struct text_parser *p, uint64_t *number)
{
    struct capdl_pos pos = p->token.pos;
    unsigned shift;
    if (!capdl_text_number(p, number, "a number")) {
        return false;
    }
    shift = capdl_text_is_word(p, "k") ? 10 : capdl_text_is_word(p, "M") ? 20 : capdl_text_is_word(p, "G") ? 30 : 0;
    if (!shift) {
        return true;
    }
    capdl_text_advance(p);
    if (*number >> (64 - shift)) {
        capdl_error(p->diags, pos, "this size does not fit in 64 bits");
    }
    *number <<= shift;
    return true;
}

/* After the opening bracket. */
static bool value_list(struct text_parser *p, struct capdl_param *param)
{
    uint64_t *list = NULL;
    size_t count = 0, capacity = 0;
    bool result = true;
    param->kind = CAPDL_VALUE_LIST;
    while (result && !capdl_text_is(p, ']')) {
        uint64_t number = 0;
        result = value_number(p, &number);
        list = capdl_spec_grow(list, &capacity, count + 1, sizeof(*list));
        list[count++] = number;
        if (!capdl_text_accept(p, ',')) {
            break;
        }
    }
    param->list = capdl_spec_alloc(p->spec, count * sizeof(*list));
    param->num_list = count;
    if (count) {
        memcpy(param->list, list, count * sizeof(*list));
    }
    free(list);
    return result && capdl_text_expect(p, ']', "after the list");
}

/* Rights, badge and so on of an object given as a parameter, whatever it will turn out to be. */
static void take_cap_params(const struct text_cap_params *params, struct capdl_cap *cap)
{
    cap->rights = params->rights;
    cap->guard_size = (uint8_t)params->guard_size;
    if (params->has & TEXT_PARAM_BADGE) {
        cap->data = params->badge;
        cap->flags |= CAPDL_CAP_HAS_BADGE;
    }
    if (params->has & (TEXT_PARAM_GUARD | TEXT_PARAM_GUARD_SIZE)) {
        cap->data = params->guard;
        cap->flags |= CAPDL_CAP_HAS_GUARD;
    }
    if (params->has & TEXT_PARAM_UNCACHED) {
        cap->flags |= CAPDL_CAP_UNCACHED;
    }
}

static void reject_cap_params(struct text_parser *p, const struct text_cap_params *params)
{
    uint32_t meaningful = TEXT_PARAM_RIGHTS | TEXT_PARAM_BADGE | TEXT_PARAM_GUARD | TEXT_PARAM_GUARD_SIZE |
                          TEXT_PARAM_CACHED | TEXT_PARAM_UNCACHED;
    if (params->has & ~meaningful) {
        capdl_error(p->diags, params->pos, "only rights, badge, guard and cached or uncached are allowed here");
    } else if (params->has & TEXT_PARAM_BADGE && params->has & (TEXT_PARAM_GUARD | TEXT_PARAM_GUARD_SIZE)) {
        capdl_error(p->diags, params->pos, "a capability has a badge or a guard, not both");
    } else if (params->guard_size > 64) {
        capdl_error(p->diags, params->pos, "a guard has at most 64 bits");
    }
}

/* After the list in which something was wrong, so that what follows it is not taken for the list's. */
static void list_leave(struct text_parser *p)
{
    while (capdl_text_params_resume(p) && capdl_text_accept(p, ',')) {
    }
    capdl_text_accept(p, ')');
}

static bool value_cap(struct text_parser *p, struct capdl_param *param)
{
    struct text_cap_params params = {.pos = p->token.pos};
    size_t keep = p->num_ranges;
    struct text_ref ref;
    if (!capdl_text_ref_parse(p, &ref)) {
        return false;
    }
    param->kind = CAPDL_VALUE_CAP;
    param->text = ref.name->text;
    param->index = CAPDL_NO_INDEX;
    if (ref.indexed && (ref.num_ranges != 1 || p->ranges[ref.first_range].kind != TEXT_RANGE_ONE ||
                        p->ranges[ref.first_range].first >= p->most_objects)) {
        capdl_error(p->diags, ref.pos, "expected one object such as %s[0]", ref.name->text);
    } else if (ref.indexed) {
        param->index = (uint32_t)p->ranges[ref.first_range].first;
    }
    capdl_text_ranges_drop(p, keep);
    if (capdl_text_is(p, '(')) {
        params.pos = p->token.pos;
        if (!capdl_text_cap_params_parse(p, &params)) {
            list_leave(p);
            return false;
        }
    }
    reject_cap_params(p, &params);
    take_cap_params(&params, &param->cap);
    param->cap.object = CAPDL_NO_OBJECT;
    param->cap.kind = CAPDL_KIND_COUNT;
    param->cap.at = capdl_spec_at(p->spec, ref.pos);
    return true;
}

/* A number, a text or a truth; false: it is none of them. */
static bool value_plain(struct text_parser *p, struct capdl_param *param, bool *parsed)
{
    *parsed = true;
    if (p->token.kind == TEXT_NUMBER) {
        param->kind = CAPDL_VALUE_NUMBER;
        *parsed = value_number(p, &param->number);
    } else if (p->token.kind == TEXT_STRING) {
        param->kind = CAPDL_VALUE_STRING;
        param->text = capdl_spec_intern(p->spec, p->token.text, p->token.length);
        capdl_text_advance(p);
    } else if (capdl_text_is_word(p, "True") || capdl_text_is_word(p, "False")) {
        param->kind = CAPDL_VALUE_BOOL;
        param->number = capdl_text_is_word(p, "True");
        capdl_text_advance(p);
    } else {
        return false;
    }
    return true;
}

/* Passes over `word:`, if that comes next. */
static const char *label_parse(struct text_parser *p)
{
    struct text_token next = {.kind = TEXT_END};
    const char *label;
    if (p->token.kind == TEXT_NAME) {
        next = capdl_text_peek(p);
    }
    if (next.kind != TEXT_PUNCT || next.punct != ':') {
        return NULL;
    }
    label = capdl_spec_intern(p->spec, p->token.text, p->token.length);
    capdl_text_advance(p);
    capdl_text_advance(p);
    return label;
}

/* ("name", 5), ("name", "text"), ("name", [1, 2]), ("name", word: object) */
static bool pair_parse(struct text_parser *p, struct capdl_param *pair)
{
    bool parsed;
    *pair = (struct capdl_param){.pos = p->token.pos, .index = CAPDL_NO_INDEX};
    if (!capdl_text_expect(p, '(', "and a name in quotes with its value, as in (\"name\", 5)")) {
        return false;
    }
    if (p->token.kind != TEXT_STRING) {
        return capdl_text_unexpected(p, "a name in quotes, as in (\"name\", 5)");
    }
    pair->name = capdl_spec_intern(p->spec, p->token.text, p->token.length);
    capdl_text_advance(p);
    if (!capdl_text_expect(p, ',', "and the value")) {
        return false;
    }
    if (capdl_text_accept(p, '[')) {
        parsed = value_list(p, pair);
    } else if (!value_plain(p, pair, &parsed)) {
        pair->word = label_parse(p);
        parsed = p->token.kind == TEXT_NAME
                     ? value_cap(p, pair)
                     : capdl_text_unexpected(p, "a number, True, False, a \"string\", a [list] or word: object");
    }
    return parsed && capdl_text_expect(p, ')', "after the value");
}

/* One of a list of objects: a value without a name. */
static bool element_parse(struct text_parser *p, struct capdl_param *pair)
{
    *pair = (struct capdl_param){.pos = p->token.pos, .index = CAPDL_NO_INDEX};
    return p->token.kind == TEXT_NAME ? value_cap(p, pair) : capdl_text_unexpected(p, "the name of another object");
}

/* After the list in which something was wrong. */
static void pairs_leave(struct text_parser *p)
{
    while (p->token.kind != TEXT_END && !capdl_text_is(p, ']') && !capdl_text_is(p, '}') && !capdl_text_at_section(p) &&
           !(p->token.first && capdl_text_at_declaration(p))) {
        capdl_text_advance(p);
    }
    capdl_text_accept(p, ']');
}

/* [("name", 5), ("name", 6)] or [object, object] */
static bool value_pairs(struct text_parser *p, struct capdl_param *param)
{
    bool named = capdl_text_is(p, '(');
    struct capdl_param *list = NULL;
    size_t count = 0, capacity = 0;
    bool result = true;
    param->kind = CAPDL_VALUE_PAIRS;
    while (result && !capdl_text_is(p, ']')) {
        list = capdl_spec_grow(list, &capacity, count + 1, sizeof(*list));
        result = (named ? pair_parse : element_parse)(p, &list[count]);
        count += result;
        if (!capdl_text_accept(p, ',')) {
            break;
        }
    }
    param->pairs = capdl_spec_alloc(p->spec, count * sizeof(*list));
    param->num_pairs = count;
    if (count) {
        memcpy(param->pairs, list, count * sizeof(*list));
    }
    free(list);
    result = result && capdl_text_expect(p, ']',
                                         named ? "after the list, or ',' and another pair"
                                               : "after the list, or ',' and another object");
    if (!result) {
        pairs_leave(p);
    }
    return result;
}

static bool value_parse(struct text_parser *p, struct capdl_param *param)
{
    bool parsed;
    if (value_plain(p, param, &parsed)) {
        return parsed;
    }
    if (capdl_text_accept(p, '[')) {
        return capdl_text_is(p, '(') || p->token.kind == TEXT_NAME ? value_pairs(p, param) : value_list(p, param);
    }
    if (p->token.kind == TEXT_NAME) {
        return value_cap(p, param);
    }
    return capdl_text_unexpected(p, "a number, True, False, a \"string\", a [list] or the name of an object");
}

static bool param_parse(struct text_parser *p, struct capdl_param *param)
{
    *param = (struct capdl_param){.pos = p->token.pos, .index = CAPDL_NO_INDEX};
    param->name = label_parse(p);
    return value_parse(p, param);
}

bool capdl_text_program_parse(struct text_parser *p, struct capdl_object *object)
{
    struct capdl_program *program = capdl_spec_alloc(p->spec, sizeof(*program));
    struct capdl_param *list = NULL;
    size_t count = 0, capacity = 0;
    bool found = true; /* the end of the list, or of a broken parameter */
    program->module = p->module;

    capdl_text_advance(p);
    do {
        bool parsed;
        list = capdl_spec_grow(list, &capacity, count + 1, sizeof(*list));
        parsed = param_parse(p, &list[count]);
        if (parsed && !capdl_text_is(p, ',') && !capdl_text_is(p, ')')) {
            parsed = capdl_text_unexpected(p, "',' and another parameter, or ')'");
        }
        count += parsed;
        program->broken |= !parsed;
        found = parsed || capdl_text_params_resume(p);
    } while (found && capdl_text_accept(p, ','));
    program->params = capdl_spec_alloc(p->spec, count * sizeof(*list));
    program->num_params = count;
    if (count) {
        memcpy(program->params, list, count * sizeof(*list));
    }
    free(list);
    object->u.program_of = program;
    return found && capdl_text_expect(p, ')', "to close the list of parameters");
}
