/* SPDX-License-Identifier: BSD-2-Clause */
/* The objects section: declarations and arrays. */
#include "objects.h"

#include <inttypes.h>
#include <string.h>

#include "covers.h"
#include "object_params.h"
#include "object_refs.h"
#include "object_types.h"
#include "resume.h"
#include "tokens.h"

/* A declaration being read. */
struct declaration {
    struct text_ref base;
    uint64_t first, count; /* elements declared; count 0: not an array */
    struct capdl_object prototype;
    uint32_t parent; /* untyped given by nesting or by the qualified name */
    uint32_t object; /* the untyped that children go to */
};

static bool declarations_parse(struct text_parser *, uint32_t parent);

/*
 * Skips to the next declaration. One that starts a line no further right than the broken one is taken for the next even
 * when braces are open: then the broken one lacks a brace.
 */
static void resynchronise(struct text_parser *p, struct text_token start)
{
    unsigned long depth = 0;
    while (p->token.kind != TEXT_END && !capdl_text_at_section(p)) {
        bool outdented = p->token.first && p->token.column <= start.column;
        if (p->token.text != start.text) {
            if ((!depth || outdented) && capdl_text_at_declaration(p)) {
                return;
            }
        }
        if (capdl_text_is(p, '}') && !depth) {
            return;
        }
        depth += capdl_text_is(p, '{');
        depth -= capdl_text_is(p, '}');
        capdl_text_advance(p);
    }
}

static void report_duplicate(struct text_parser *p, struct capdl_pos pos, uint32_t object)
{
    char label[128];
    capdl_object_label(p->spec, object, label, sizeof(label));
    capdl_error(p->diags, pos, "'%s' is declared twice", label);
    capdl_note(p->diags, capdl_object_pos(p->spec, object), "first declared here");
}

static bool name_is_free(struct text_parser *p, const struct text_ref *base)
{
    enum capdl_kind kind;
    if (capdl_text_names_control(base->name, &kind)) {
        capdl_error(p->diags, base->pos, "'%s' is the name of the %s capability: use another name for the object",
                    base->name->text, capdl_kind_name(kind));
        return false;
    }
    if (strcmp(base->name->text, "objects") && strcmp(base->name->text, "caps")) {
        return true;
    }
    capdl_error(p->diags, base->pos, "'%s' is a reserved word: use another name for the object", base->name->text);
    return false;
}

/* Whether a qualifier mentions an untyped for the first time: by a name that is free, or as the next element of an
   array that is known by such mentions only. */
static bool is_first_mention(const struct text_parser *p, const struct text_ref *ref)
{
    struct capdl_spec_name_use use = capdl_spec_name_use(p->spec, ref->name);
    const struct text_range *range = ref->indexed ? &p->ranges[ref->first_range] : NULL;
    if (use.scalar != CAPDL_NO_OBJECT || (use.array_length && !use.implicit)) {
        return false;
    }
    return range ? ref->num_ranges == 1 && range->kind == TEXT_RANGE_ONE && range->first == use.array_length
                 : !use.array_length;
}

/* The untyped that a qualifier names; one that is not there yet is declared by being mentioned. */
static bool qualifier_object(struct text_parser *p, const struct text_ref *ref, uint32_t *object)
{
    struct spec_name *name = ref->name;
    if (is_first_mention(p, ref)) {
        uint32_t index = ref->indexed ? capdl_spec_name_length(p->spec, name) : CAPDL_NO_INDEX;
        if (!name_is_free(p, ref)) {
            return false;
        }
        *object = capdl_spec_add_named(p->spec, name, index, CAPDL_KIND_UT, ref->pos);
        capdl_spec_name_set_implicit(p->spec, name, true);
        return true;
    }
    if (!capdl_text_ref_object(p, ref, "an untyped declared before", object)) {
        return false;
    }
    if (capdl_object_kind(p->spec, *object) == CAPDL_KIND_UT) {
        return true;
    }
    capdl_error(p->diags, ref->pos, "'%s' is not an untyped: nothing can be made from it", name->text);
    capdl_note(p->diags, capdl_object_pos(p->spec, *object), "it is declared here");
    return false;
}

/* `a/b/x`: a covers b, b covers x. */
static bool qualified_name(struct text_parser *p, struct declaration *decl)
{
    bool known = true;
    if (!capdl_text_ref_parse(p, &decl->base)) {
        return false;
    }
    while (capdl_text_accept(p, '/')) {
        uint32_t object = CAPDL_NO_OBJECT;
        known = known && qualifier_object(p, &decl->base, &object);
        if (known) {
            capdl_text_cover_set(p, object, decl->parent, decl->base.pos);
            decl->parent = object;
        }
        if (!capdl_text_ref_parse(p, &decl->base)) {
            return false;
        }
    }
    if (!known) {
        decl->parent = CAPDL_NO_OBJECT;
    }
    return true;
}

static bool reject_elements(struct text_parser *p, const struct text_ref *base, const char *why)
{
    capdl_error(p->diags, base->pos, "cannot declare the elements of '%s': %s", base->name->text, why);
    return false;
}

/* What is between the brackets: [4] for four elements, [2..3] for these two of an array whose elements differ. */
static bool declared_elements(struct text_parser *p, struct declaration *decl)
{
    const struct text_range *range = &p->ranges[decl->base.first_range];
    if (decl->base.num_ranges != 1 || (range->kind != TEXT_RANGE_ONE && range->kind != TEXT_RANGE_BOTH)) {
        return reject_elements(p, &decl->base,
                               "expected the number of elements, such as [4], or a range such as [0..3]");
    }
    decl->first = range->kind == TEXT_RANGE_ONE ? 0 : range->first;
    if (range->kind == TEXT_RANGE_ONE && range->first == 0) {
        return reject_elements(p, &decl->base,
                               "brackets hold the number of elements, not an index: write no brackets for a single "
                               "object, [1] for an array of one");
    }
    if (range->last < decl->first) {
        return reject_elements(p, &decl->base, "the range counts down");
    }
    if (range->last >= p->most_objects) {
        capdl_text_too_large(p, decl->base.pos, "objects", p->most_objects);
        return false;
    }
    decl->count = range->kind == TEXT_RANGE_ONE ? range->first : range->last - range->first + 1;
    return true;
}

/* An untyped may be declared again to add children; what is said about it must agree. */
static bool merge_untyped(struct text_parser *p, struct declaration *decl, uint32_t id)
{
    struct capdl_object old = capdl_object_view(p->spec, id);
    const struct capdl_object *new = &decl->prototype;
    unsigned both;
    if (old.kind != CAPDL_KIND_UT || new->kind != CAPDL_KIND_UT) {
        report_duplicate(p, decl->base.pos, id);
        return false;
    }
    both = old.flags & new->flags;
    if ((both & CAPDL_OBJECT_HAS_SIZE && old.size_bits != new->size_bits) ||
        (both & CAPDL_OBJECT_HAS_PADDR && old.paddr != new->paddr)) {
        capdl_error(p->diags, decl->base.pos, "'%s' is declared again with another size or address", old.name);
        capdl_note(p->diags, old.pos, "first declared here");
    }
    if (new->flags & CAPDL_OBJECT_HAS_SIZE) {
        old.size_bits = new->size_bits;
    }
    if (new->flags & CAPDL_OBJECT_HAS_PADDR) {
        old.paddr = new->paddr;
    }
    if (capdl_spec_name_use(p->spec, capdl_spec_name_of(old.name)).implicit && old.index == CAPDL_NO_INDEX) {
        old.pos = decl->base.pos;
    }
    old.flags |= new->flags;
    capdl_object_set(p->spec, id, &old);
    capdl_text_cover_set(p, id, decl->parent, decl->base.pos);
    decl->object = id;
    return true;
}

/* Elements of an array have their own copies of what a front end might change in one of them. */
static void copy_content(struct text_parser *p, struct capdl_object *object)
{
    size_t size = 0;
    void *copy;
    if (object->kind == CAPDL_KIND_TCB) {
        size = sizeof(*object->u.tcb);
    } else if (object->kind == CAPDL_KIND_SC) {
        size = sizeof(*object->u.sc);
    }
    if (!size || !object->u.tcb) {
        return;
    }
    copy = capdl_spec_alloc(p->spec, size);
    memcpy(copy, object->u.tcb, size);
    object->u.tcb = copy;
}

static bool spans_frames(const struct capdl_object *frame)
{
    uint64_t size = UINT64_C(1) << frame->size_bits;
    bool spans = false;
    for (size_t i = 0; i < frame->u.fills.count; i++) {
        const struct capdl_fill *fill = &frame->u.fills.list[i];
        if (fill->kind == CAPDL_FILL_OTHER) {
            return false;
        }
        spans |= fill->offset >= size || fill->length > size - fill->offset;
    }
    return spans;
}

/* What of a fill is in [start, end) of the memory of all frames. The last frame keeps what is too much, which is an
   error. */
static bool fill_part(struct text_parser *p, const struct capdl_fill *whole, uint64_t start, uint64_t end, bool last,
                      struct capdl_fill *part)
{
    uint64_t stop = whole->length > UINT64_MAX - whole->offset ? UINT64_MAX : whole->offset + whole->length;
    uint64_t from = whole->offset > start ? whole->offset : start, to = stop < end || last ? stop : end;
    *part = *whole;
    if (from >= to) {
        return false;
    }
    part->offset = from - start;
    part->length = to - from;
    if (whole->kind == CAPDL_FILL_BYTES) {
        part->text = capdl_spec_intern(p->spec, whole->text + 2 * (from - whole->offset), 2 * (to - from));
    } else {
        part->source_offset += from - whole->offset;
    }
    return true;
}

/* Element `n` of an array of frames: they are adjacent, where they have an address, and share contents that are larger
   than one of them. */
static void split_frame(struct text_parser *p, struct capdl_object *frame, uint64_t n, bool last)
{
    uint64_t size = UINT64_C(1) << frame->size_bits;
    struct capdl_fills whole = frame->u.fills;
    if (frame->flags & CAPDL_OBJECT_HAS_PADDR) {
        if (n && n > (UINT64_MAX - frame->paddr) / size) {
            capdl_error(p->diags, frame->pos, "element %" PRIu64 " of the array is beyond 64-bit physical addresses",
                        n);
        }
        frame->paddr += n * size;
    }
    if (!spans_frames(frame)) {
        return;
    }
    frame->u.fills = (struct capdl_fills){.list = capdl_spec_alloc(p->spec, whole.count * sizeof(*whole.list))};
    for (size_t i = 0; i < whole.count; i++) {
        frame->u.fills.count +=
            fill_part(p, &whole.list[i], n * size, (n + 1) * size, last, &frame->u.fills.list[frame->u.fills.count]);
    }
}

static uint32_t add_object(struct text_parser *p, const struct declaration *decl, uint32_t index)
{
    uint32_t id = capdl_spec_add_named(p->spec, decl->base.name, index, decl->prototype.kind, decl->base.pos);
    struct capdl_object object = decl->prototype;
    object.parent = decl->parent;
    object.index = index;
    object.program = CAPDL_NO_OBJECT;
    object.pos = decl->base.pos;
    if (index != CAPDL_NO_INDEX && index != decl->first) {
        copy_content(p, &object);
    }
    if (index != CAPDL_NO_INDEX && object.kind == CAPDL_KIND_FRAME) {
        split_frame(p, &object, index - decl->first, index - decl->first + 1 == decl->count);
    }
    capdl_object_set(p->spec, id, &object);
    return id;
}

/* Whether nothing is in an element that could differ in the next one but its index. */
static bool is_bare(const struct capdl_spec *spec, uint32_t element)
{
    return !(capdl_object_flags(spec, element) & CAPDL_OBJECT_HAS_PADDR) &&
           !capdl_object_has(spec, element, CAPDL_COLUMN_PADDR | CAPDL_COLUMN_CONTENT | CAPDL_COLUMN_CAPS);
}

static bool add_array(struct text_parser *p, struct declaration *decl)
{
    uint32_t element = capdl_spec_name_find(p->spec, decl->base.name, (uint32_t)decl->first);
    if (p->spec->num_objects + decl->count > p->most_objects) {
        capdl_text_too_large(p, decl->base.pos, "objects", p->most_objects);
        return false;
    }
    if (element == CAPDL_NO_OBJECT && capdl_spec_name_length(p->spec, decl->base.name) > decl->first) {
        element = capdl_spec_name_find(p->spec, decl->base.name, capdl_spec_name_length(p->spec, decl->base.name) - 1);
    }
    if (element != CAPDL_NO_OBJECT) {
        report_duplicate(p, decl->base.pos, element);
        return false;
    }
    decl->object = add_object(p, decl, (uint32_t)decl->first);
    if (is_bare(p->spec, decl->object)) {
        capdl_spec_add_alike(p->spec, decl->object, (uint32_t)(decl->count - 1));
    } else {
        for (uint64_t i = 1; i < decl->count; i++) {
            decl->object = add_object(p, decl, (uint32_t)(decl->first + i));
        }
    }
    if (decl->count > 1) {
        decl->object = CAPDL_NO_OBJECT;
    }
    return true;
}

/* `u[3] = ut { ... }` gives children to an element of an array that is there already. */
static bool is_known_element(const struct text_parser *p, const struct declaration *decl, uint32_t *element)
{
    const struct text_range *range = &p->ranges[decl->base.first_range];
    if (decl->base.num_ranges != 1 || range->kind != TEXT_RANGE_ONE || decl->prototype.kind != CAPDL_KIND_UT ||
        range->first >= capdl_spec_name_length(p->spec, decl->base.name)) {
        return false;
    }
    *element = capdl_spec_name_find(p->spec, decl->base.name, (uint32_t)range->first);
    return *element != CAPDL_NO_OBJECT;
}

/* `u[3] = ut` where there is an array u of three untypeds: it is declared again. */
static bool is_known_array(const struct text_parser *p, const struct declaration *decl)
{
    const struct text_range *range = &p->ranges[decl->base.first_range];
    uint32_t length = capdl_spec_name_length(p->spec, decl->base.name);
    return decl->base.num_ranges == 1 && range->kind == TEXT_RANGE_ONE && range->first == length && length &&
           decl->prototype.kind == CAPDL_KIND_UT &&
           capdl_spec_name_use(p->spec, decl->base.name).num_elements == length;
}

static bool merge_array(struct text_parser *p, struct declaration *decl)
{
    decl->count = capdl_spec_name_length(p->spec, decl->base.name);
    for (uint32_t i = 0; i < decl->count; i++) {
        if (!merge_untyped(p, decl, capdl_spec_name_find(p->spec, decl->base.name, i))) {
            return false;
        }
    }
    if (decl->count > 1) {
        decl->object = CAPDL_NO_OBJECT;
    }
    return true;
}

/* One name for an object and an array would be a trap, except for untypeds, which other tools allow to be declared so.
 */
static bool is_array_and_single(struct text_parser *p, const struct declaration *decl)
{
    const struct spec_name *name = decl->base.name;
    struct capdl_spec_name_use use = capdl_spec_name_use(p->spec, name);
    uint32_t other = decl->base.indexed ? use.scalar
                     : use.array_length ? capdl_spec_name_find(p->spec, name, use.array_length - 1)
                                        : CAPDL_NO_OBJECT;
    if (other == CAPDL_NO_OBJECT ||
        (decl->prototype.kind == CAPDL_KIND_UT && capdl_object_kind(p->spec, other) == CAPDL_KIND_UT)) {
        return false;
    }
    capdl_error(p->diags, decl->base.pos, "'%s' is already declared as %s: %s needs another name", name->text,
                decl->base.indexed ? "an object" : "an array", decl->base.indexed ? "an array" : "an object");
    capdl_note(p->diags, capdl_object_pos(p->spec, other), "first declared here");
    return true;
}

static bool declare_scalar(struct text_parser *p, struct declaration *decl)
{
    const struct spec_name *name = decl->base.name;
    if (capdl_spec_name_scalar(p->spec, name) != CAPDL_NO_OBJECT) {
        return merge_untyped(p, decl, capdl_spec_name_scalar(p->spec, name));
    }
    if (p->spec->num_objects >= p->most_objects) {
        capdl_text_too_large(p, decl->base.pos, "objects", p->most_objects);
        return false;
    }
    decl->object = add_object(p, decl, CAPDL_NO_INDEX);
    return true;
}

static bool declare_elements(struct text_parser *p, struct declaration *decl)
{
    uint32_t element;
    if (is_known_element(p, decl, &element)) {
        return merge_untyped(p, decl, element);
    }
    if (is_known_array(p, decl)) {
        return merge_array(p, decl);
    }
    return declared_elements(p, decl) && add_array(p, decl);
}

/* Enters what was declared. A name that comes to nothing is marked, so that its uses are not reported as well. */
static void declare(struct text_parser *p, struct declaration *decl)
{
    struct spec_name *name = decl->base.name;
    bool done = name_is_free(p, &decl->base) && !is_array_and_single(p, decl) &&
                (decl->base.indexed ? declare_elements(p, decl) : declare_scalar(p, decl));
    if (done) {
        capdl_spec_name_set_implicit(p->spec, name, false);
    } else {
        capdl_spec_name_set_broken(p->spec, name, true);
    }
}

static bool children_parse(struct text_parser *p, const struct declaration *decl)
{
    uint32_t untyped = decl->object;
    struct capdl_pos pos = p->token.pos;
    struct text_untyped outer = p->untyped;
    bool result;
    capdl_text_advance(p);
    if (capdl_text_accept(p, '}')) {
        return true;
    }
    if (decl->prototype.kind != CAPDL_KIND_UT) {
        capdl_error(p->diags, pos, "only untypeds have children; capabilities go in the caps section");
    } else if (untyped == CAPDL_NO_OBJECT && decl->count > 1) {
        capdl_error(p->diags, pos,
                    "%llu untypeds cannot share their children: write %s[0] = ut { ... } after the declaration",
                    (unsigned long long)decl->count, decl->base.name->text);
    }
    if (decl->prototype.kind != CAPDL_KIND_UT) {
        untyped = CAPDL_NO_OBJECT;
    }
    if (++p->depth > TEXT_MOST_NESTED) {
        capdl_error(p->diags, pos, "untypeds are nested more than %d deep", TEXT_MOST_NESTED);
        p->depth--;
        return false;
    }
    p->untyped = (struct text_untyped){decl->base.column, pos};
    result = declarations_parse(p, untyped);
    p->untyped = outer;
    p->depth--;
    return result && capdl_text_expect(p, '}', "to close the list of children");
}

static bool declaration_parse(struct text_parser *p, uint32_t parent)
{
    struct declaration decl = {.parent = parent, .object = CAPDL_NO_OBJECT};
    enum capdl_kind kind;
    size_t keep = p->num_ranges;
    bool result;
    if (!qualified_name(p, &decl)) {
        return false;
    }
    if (!capdl_text_expect(p, '=', "and an object type") || !capdl_text_kind_parse(p, &kind)) {
        capdl_spec_name_set_broken(p->spec, decl.base.name, true);
        return false;
    }
    decl.prototype.name = decl.base.name->text;
    capdl_spec_name_set_broken(p->spec, decl.base.name, false);
    decl.prototype.kind = (uint8_t)kind;
    result = capdl_text_params_parse(p, &decl.prototype, decl.base.pos);
    declare(p, &decl);
    capdl_text_ranges_drop(p, keep);
    return result && (!capdl_text_is(p, '{') || children_parse(p, &decl));
}

/* A declaration among children that does not stand further right than their untyped: its brace may not be closed. */
static void note_outdented(struct text_parser *p)
{
    if (p->depth && !p->unclosed.line && p->token.first && p->token.column <= p->untyped.column &&
        capdl_text_at_declaration(p)) {
        p->unclosed = p->untyped.brace;
    }
}

/* Declarations and, inside an untyped, references; up to the closing brace. */
static bool declarations_parse(struct text_parser *p, uint32_t parent)
{
    while (!capdl_text_is(p, '}') && p->token.kind != TEXT_END && !capdl_text_at_section(p)) {
        struct text_token start = p->token;
        bool parsed;
        note_outdented(p);
        if (p->depth && !capdl_text_at_declaration(p)) {
            parsed = capdl_text_cover_parse(p, parent);
        } else {
            parsed = declaration_parse(p, parent);
        }
        if (!parsed) {
            resynchronise(p, start);
        } else if ((capdl_text_is(p, ',') && !p->depth) || capdl_text_is(p, ';')) {
            capdl_text_unexpected(p, "another declaration (without a separator)");
        }
        if (!capdl_text_accept(p, ',')) {
            capdl_text_accept(p, ';');
        }
    }
    return true;
}

void capdl_text_objects_section(struct text_parser *p)
{
    p->depth = 0;
    declarations_parse(p, CAPDL_NO_OBJECT);
}

static void array_check(struct text_parser *p, uint32_t last)
{
    const struct spec_name *name = capdl_spec_name_of(capdl_object_name(p->spec, last));
    for (uint32_t i = 0; i < capdl_spec_name_length(p->spec, name); i++) {
        if (capdl_spec_name_find(p->spec, name, i) == CAPDL_NO_OBJECT) {
            capdl_error(p->diags, capdl_object_pos(p->spec, last), "array '%s' has an element %u but no element %u",
                        capdl_object_name(p->spec, last), (unsigned)capdl_object_index(p->spec, last), (unsigned)i);
            return;
        }
    }
}

/* `x[]` means every element, so an array has no holes. */
void capdl_text_arrays_check(struct text_parser *p)
{
    if (!capdl_spec_names_have_holes(p->spec)) {
        return;
    }
    for (uint32_t i = 0; i < p->spec->num_objects; i++) {
        uint32_t index = capdl_object_index(p->spec, i);
        struct capdl_spec_name_use use;
        if (index == CAPDL_NO_INDEX) {
            continue;
        }
        use = capdl_spec_name_use(p->spec, capdl_spec_name_of(capdl_object_name(p->spec, i)));
        if (index + 1 == use.array_length && use.num_elements < use.array_length) {
            array_check(p, i);
        }
    }
}
