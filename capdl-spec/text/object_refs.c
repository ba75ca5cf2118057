/* SPDX-License-Identifier: BSD-2-Clause */
/* References: names with ranges of indices, and what they refer to. */
#include "object_refs.h"

#include <string.h>

#include "tokens.h"

bool capdl_text_names_control(const struct spec_name *name, enum capdl_kind *kind)
{
    for (unsigned i = CAPDL_KIND_IRQ_CONTROL; i < CAPDL_KIND_COUNT; i++) {
        const char *keyword = capdl_kind_keyword((enum capdl_kind)i);
        if (name->text[0] == keyword[0] && !strcmp(name->text, keyword)) {
            *kind = (enum capdl_kind)i;
            return true;
        }
    }
    return false;
}

static bool range_parse(struct text_parser *p, struct text_range *range)
{
    bool has_first = p->token.kind == TEXT_NUMBER, has_last;
    range->first = has_first ? p->token.number : 0;
    if (has_first) {
        capdl_text_advance(p);
    }
    if (p->token.kind != TEXT_DOTS) {
        range->kind = TEXT_RANGE_ONE;
        range->last = range->first;
        return has_first || capdl_text_unexpected(p, "an index or a range such as 2..5");
    }
    capdl_text_advance(p);
    has_last = p->token.kind == TEXT_NUMBER;
    range->last = has_last ? p->token.number : 0;
    if (has_last) {
        capdl_text_advance(p);
    }
    range->kind = has_first ? has_last ? TEXT_RANGE_BOTH : TEXT_RANGE_FROM : TEXT_RANGE_TO;
    return has_first || has_last ||
           capdl_text_unexpected(p, "an index before or after '..', or nothing between the brackets");
}

static void range_add(struct text_parser *p, struct text_ref *ref, struct text_range range)
{
    p->ranges = capdl_spec_grow(p->ranges, &p->capacity_ranges, p->num_ranges + 1, sizeof(range));
    p->ranges[p->num_ranges++] = range;
    ref->num_ranges++;
}

static bool ranges_parse(struct text_parser *p, struct text_ref *ref)
{
    ref->indexed = true;
    if (capdl_text_accept(p, ']')) {
        range_add(p, ref, (struct text_range){.kind = TEXT_RANGE_ALL});
        return true;
    }
    do {
        struct text_range range;
        if (!range_parse(p, &range)) {
            return false;
        }
        range_add(p, ref, range);
    } while (capdl_text_accept(p, ','));
    return capdl_text_expect(p, ']', "after the index");
}

bool capdl_text_ref_parse(struct text_parser *p, struct text_ref *ref)
{
    *ref = (struct text_ref){.pos = p->token.pos,
                             .column = p->token.column < UINT32_MAX ? (uint32_t)p->token.column : UINT32_MAX,
                             .first_range = (uint32_t)p->num_ranges};
    if (p->token.kind != TEXT_NAME) {
        return capdl_text_unexpected(p, "a name");
    }
    ref->name = capdl_spec_name_intern(p->spec, p->token.text, p->token.length);
    capdl_text_advance(p);
    if (!capdl_text_accept(p, '[') || ranges_parse(p, ref)) {
        return true;
    }
    capdl_spec_name_set_broken(p->spec, ref->name, true);
    return false;
}

struct text_token capdl_text_behind_ref(const struct text_parser *p, struct text_lexer *lexer)
{
    struct text_token token;
    *lexer = p->lexer;
    lexer->silent = true;
    token = capdl_text_lex_next(lexer);
    if (token.kind != TEXT_PUNCT || token.punct != '[') {
        return token;
    }
    while (token.kind == TEXT_NUMBER || token.kind == TEXT_DOTS ||
           (token.kind == TEXT_PUNCT && (token.punct == '[' || token.punct == ','))) {
        token = capdl_text_lex_next(lexer);
    }
    return token.kind == TEXT_PUNCT && token.punct == ']' ? capdl_text_lex_next(lexer) : token;
}

void capdl_text_ranges_drop(struct text_parser *p, size_t keep)
{
    p->num_ranges = keep;
}

static bool is_number(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
    }
    return length;
}

/* Whether a program's declaration would have made this name: kind_NAME, with up to two numbers after it. */
static bool is_generated_name(const char *name, const char *program)
{
    size_t length = strlen(program), end = strlen(name);
    const char *at = strchr(name, '_');
    if (!at || at == name) {
        return false;
    }
    for (unsigned numbers = 0; numbers < 3; numbers++) {
        const char *number = memrchr(name, '_', end);
        if ((size_t)(name + end - at) == length + 1 && !memcmp(at + 1, program, length)) {
            return true;
        }
        if (!number || !is_number(number + 1, (size_t)(name + end - number) - 1)) {
            return false;
        }
        end = (size_t)(number - name);
    }
    return false;
}

/* Names that a declaration in trouble would have made are not reported once more. */
static bool is_excused(struct text_parser *p, const struct spec_name *name)
{
    if (capdl_spec_name_use(p->spec, name).broken || p->lost_section) {
        return true;
    }
    if (p->expand_failed && !capdl_text_may_search(p)) {
        return true;
    }
    for (uint32_t i = 0; p->expand_failed && i < p->spec->num_objects; i++) {
        if (capdl_object_kind(p->spec, i) == CAPDL_KIND_PROGRAM &&
            is_generated_name(name->text, capdl_object_name(p->spec, i))) {
            return true;
        }
    }
    return false;
}

static bool report_unknown(struct text_parser *p, const struct text_ref *ref, const char *what)
{
    struct capdl_nearest nearest;
    if (is_excused(p, ref->name)) {
        return false;
    }
    nearest = capdl_spec_nearest(p->spec, ref->name->text);
    if (capdl_spec_name_use(p->spec, ref->name).cap_name) {
        capdl_error(p->diags, ref->pos,
                    "'%s' names a capability, not an object: expected %s (write <%s> to copy the capability)",
                    ref->name->text, what, ref->name->text);
    } else {
        capdl_error(p->diags, ref->pos, "no object is called '%s'%s: expected %s", ref->name->text,
                    capdl_nearest_hint(&nearest), what);
    }
    return false;
}

static bool report_scalar(struct text_parser *p, const struct text_ref *ref)
{
    if (capdl_spec_name_use(p->spec, ref->name).broken) {
        return false;
    }
    capdl_error(p->diags, ref->pos, "'%s' is not an array: write it without an index", ref->name->text);
    capdl_note(p->diags, capdl_object_pos(p->spec, capdl_spec_name_scalar(p->spec, ref->name)), "it is declared here");
    return false;
}

static bool report_array(struct text_parser *p, const struct text_ref *ref)
{
    const struct spec_name *name = ref->name;
    uint32_t length = capdl_spec_name_length(p->spec, name), element = capdl_spec_name_find(p->spec, name, length - 1);
    if (capdl_spec_name_use(p->spec, name).broken) {
        return false;
    }
    capdl_error(p->diags, ref->pos, "'%s' is an array: write one element such as %s[0], or %s[] for all %u", name->text,
                name->text, name->text, (unsigned)length);
    if (element != CAPDL_NO_OBJECT) {
        capdl_note(p->diags, capdl_object_pos(p->spec, element), "it is declared here");
    }
    return false;
}

bool capdl_text_ref_bounds(struct text_parser *p, const struct text_ref *ref, uint64_t length, const char *what)
{
    for (uint32_t i = 0; i < ref->num_ranges; i++) {
        const struct text_range *range = &p->ranges[ref->first_range + i];
        uint64_t most = range->first > range->last ? range->first : range->last;
        bool empty = range->kind == TEXT_RANGE_FROM && range->first == length;
        if (range->kind == TEXT_RANGE_ALL || most < length || empty) {
            continue;
        }
        capdl_error(p->diags, ref->pos, "%s '%s' has no element %llu: the last one is %s[%llu]", what, ref->name->text,
                    (unsigned long long)most, ref->name->text, (unsigned long long)length - 1);
        return false;
    }
    return true;
}

bool capdl_text_ref_check(struct text_parser *p, const struct text_ref *ref, const char *what)
{
    struct capdl_spec_name_use use = capdl_spec_name_use(p->spec, ref->name);
    if (!ref->indexed) {
        if (use.scalar != CAPDL_NO_OBJECT) {
            return true;
        }
        return use.array_length ? report_array(p, ref) : report_unknown(p, ref, what);
    }
    if (!use.array_length) {
        return use.scalar != CAPDL_NO_OBJECT ? report_scalar(p, ref) : report_unknown(p, ref, what);
    }
    return capdl_text_ref_bounds(p, ref, use.array_length, "the array");
}

bool capdl_text_ref_object(struct text_parser *p, const struct text_ref *ref, const char *what, uint32_t *object)
{
    uint32_t index = CAPDL_NO_INDEX;
    if (!capdl_text_ref_check(p, ref, what)) {
        return false;
    }
    if (ref->indexed && capdl_text_ref_count(p, ref, capdl_spec_name_length(p->spec, ref->name)) != 1) {
        capdl_error(p->diags, ref->pos, "expected %s: one object, not several", what);
        return false;
    }
    if (ref->indexed) {
        struct text_iter iter = capdl_text_ref_iter(p, ref, capdl_spec_name_length(p->spec, ref->name));
        capdl_text_iter_next(&iter, &index);
    }
    *object = capdl_spec_name_find(p->spec, ref->name, index);
    return *object != CAPDL_NO_OBJECT;
}

/* First and last element of a range in an array of this length, and whether there is one. */
static bool range_span(const struct text_range *range, uint64_t length, uint64_t *first, uint64_t *last)
{
    *first = range->kind == TEXT_RANGE_ALL ? 0 : range->first;
    *last = range->kind == TEXT_RANGE_ALL || range->kind == TEXT_RANGE_FROM ? length - 1 : range->last;
    if (range->kind == TEXT_RANGE_ALL) {
        return length;
    }
    return range->kind != TEXT_RANGE_FROM || range->first < length;
}

static uint64_t span_count(uint64_t first, uint64_t last)
{
    return (first <= last ? last - first : first - last) + 1;
}

uint64_t capdl_text_ref_count(const struct text_parser *p, const struct text_ref *ref, uint64_t length)
{
    uint64_t count = 0, first, last;
    if (!ref->indexed) {
        return 1;
    }
    for (uint32_t i = 0; i < ref->num_ranges; i++) {
        if (range_span(&p->ranges[ref->first_range + i], length, &first, &last)) {
            count += span_count(first, last);
        }
    }
    return count;
}

bool capdl_text_ref_open(const struct text_parser *p, const struct text_ref *ref)
{
    for (uint32_t i = 0; i < ref->num_ranges; i++) {
        enum text_range_kind kind = p->ranges[ref->first_range + i].kind;
        if (kind == TEXT_RANGE_ALL || kind == TEXT_RANGE_FROM) {
            return true;
        }
    }
    return false;
}

struct text_iter capdl_text_ref_iter(const struct text_parser *p, const struct text_ref *ref, uint64_t length)
{
    const struct text_range *ranges = ref->num_ranges ? p->ranges + ref->first_range : NULL;
    return (struct text_iter){
        .range = ranges,
        .end = ranges ? ranges + ref->num_ranges : NULL,
        .length = length,
        .left = !ref->indexed,
        .indexed = ref->indexed,
    };
}

bool capdl_text_iter_next(struct text_iter *iter, uint32_t *index)
{
    while (!iter->left) {
        uint64_t last;
        if (iter->range == iter->end) {
            return false;
        }
        if (range_span(iter->range, iter->length, &iter->next, &last)) {
            iter->left = span_count(iter->next, last);
            iter->down = last < iter->next;
        }
        iter->range++;
    }
    *index = iter->indexed ? (uint32_t)iter->next : CAPDL_NO_INDEX;
    iter->next += iter->down ? UINT64_MAX : 1;
    iter->left--;
    return true;
}
