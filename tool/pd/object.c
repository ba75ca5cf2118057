/* SPDX-License-Identifier: BSD-2-Clause */
/* Objects named after a PD: made unless the author has declared them. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/memory.h"
#include "expand.h"

/* Whether an object was made by us rather than written by the author. */
static bool object_is_generated(const struct expansion *x, uint32_t object)
{
    return capdl_object_flags(x->spec, object) & CAPDL_OBJECT_GENERATED;
}

/* An author's object must be what the PD needs; a generated one means that two PDs lay claim to one name. */
static bool check_found(struct expansion *x, struct pd *pd, uint32_t found, enum capdl_kind kind, unsigned size_bits)
{
    struct capdl_object object = capdl_object_view(x->spec, found);
    char label[256];
    capdl_object_label(x->spec, found, label, sizeof(label));
    if (object.flags & CAPDL_OBJECT_GENERATED) {
        capdl_error(x->diags, pd->program->pos,
                    "'%s' needs an object named '%s', which another pd has made: rename one of them", pd->program->name,
                    label);
        return false;
    }
    if (object.kind != kind) {
        capdl_error(x->diags, object.pos, "'%s' is declared as %s, but pd '%s' needs %s by this name", label,
                    capdl_kind_keyword((enum capdl_kind)object.kind), pd->program->name, capdl_kind_keyword(kind));
        return false;
    }
    if (kind == CAPDL_KIND_FRAME && object.size_bits != size_bits) {
        capdl_error(x->diags, object.pos, "'%s' is a frame of %" PRIu64 " bytes, but pd '%s' needs one of %" PRIu64,
                    label, UINT64_C(1) << object.size_bits, pd->program->name, UINT64_C(1) << size_bits);
        return false;
    }
    object.program = pd->object;
    capdl_object_set(x->spec, found, &object);
    return true;
}

/* `x` and `x[0]` are different objects; an author who declared one of them when the other is needed meant to
   override it. */
static bool check_arrays(struct expansion *x, struct pd *pd, const char *name, uint32_t index)
{
    uint32_t other = CAPDL_NO_OBJECT;
    if (index == CAPDL_NO_INDEX) {
        other = capdl_spec_find(x->spec, name, 0);
    } else if (index == 0) {
        other = capdl_spec_find(x->spec, name, CAPDL_NO_INDEX);
    }
    if (other != CAPDL_NO_OBJECT) {
        capdl_error(x->diags, capdl_object_pos(x->spec, other), "'%s' is declared %s, but pd '%s' needs %s", name,
                    index == 0 ? "without an index" : "as an array", pd->program->name,
                    index == 0 ? "an array by this name" : "a single object by this name");
        return false;
    }
    uint32_t first = index == CAPDL_NO_INDEX || index == 0 ? CAPDL_NO_OBJECT : capdl_spec_find(x->spec, name, 0);
    if (first != CAPDL_NO_OBJECT && !object_is_generated(x, first)) {
        capdl_error(x->diags, capdl_object_pos(x->spec, first), "'%s' has %u elements, but pd '%s' needs more", name,
                    capdl_spec_array_length(x->spec, name), pd->program->name);
        return false;
    }
    return true;
}

static uint32_t object_get(struct expansion *x, struct pd *pd, char *name, uint32_t index, enum capdl_kind kind,
                           unsigned size_bits)
{
    uint32_t object = capdl_spec_find(x->spec, name, index);
    if (object != CAPDL_NO_OBJECT) {
        if (!check_found(x, pd, object, kind, size_bits)) {
            object = CAPDL_NO_OBJECT;
        }
    } else if (check_arrays(x, pd, name, index)) {
        object = capdl_spec_add(x->spec, name, index, kind, pd->program->pos);
        struct capdl_object made = capdl_object_view(x->spec, object);
        made.flags |= CAPDL_OBJECT_GENERATED | (capdl_kind_has(kind, CAPDL_TRAIT_SIZE) ? CAPDL_OBJECT_HAS_SIZE : 0);
        made.size_bits = (uint8_t)size_bits;
        made.program = pd->object;
        capdl_object_set(x->spec, object, &made);
    }
    free(name);
    return object;
}

uint32_t object_one(struct expansion *x, struct pd *pd, const char *prefix, enum capdl_kind kind, unsigned size_bits)
{
    return object_get(x, pd, memory_format("%s_%s", prefix, pd->program->name), pd->element, kind, size_bits);
}

uint32_t object_next(struct expansion *x, struct pd *pd, const char *prefix, uint32_t *counter, enum capdl_kind kind,
                     unsigned size_bits)
{
    return object_get(x, pd, memory_format("%s_%s", prefix, pd->program->name), (*counter)++, kind, size_bits);
}

uint32_t object_numbered(struct expansion *x, struct pd *pd, const char *prefix, uint32_t number, unsigned size_bits)
{
    const char *name = pd->program->name;
    char *full = pd->element == CAPDL_NO_INDEX ? memory_format("%s_%s_%u", prefix, name, number)
                                               : memory_format("%s_%s_%u_%u", prefix, name, pd->element, number);
    return object_get(x, pd, full, CAPDL_NO_INDEX, CAPDL_KIND_FRAME, size_bits);
}

void object_report_missing(struct expansion *x, const struct capdl_param *p)
{
    uint32_t length = capdl_spec_array_length(x->spec, p->text);
    if (length && p->index != CAPDL_NO_INDEX) {
        capdl_error(x->diags, p->pos, "the array '%s' has no element %u: the last one is %s[%u]", p->text, p->index,
                    p->text, length - 1);
    } else if (length) {
        capdl_error(x->diags, p->pos, "'%s' is an array of %u, expected one element of it, such as %s[0]", p->text,
                    length, p->text);
    } else if (capdl_spec_find(x->spec, p->text, CAPDL_NO_INDEX) != CAPDL_NO_OBJECT) {
        capdl_error(x->diags, p->pos, "'%s' is not an array: write it without an index", p->text);
    } else {
        struct capdl_nearest nearest = capdl_spec_nearest(x->spec, p->text);
        capdl_error(x->diags, p->pos, "there is no object '%s'%s", p->text, capdl_nearest_hint(&nearest));
    }
}

/* In an array of PDs, the name of an array means the element of the PD's own number. */
uint32_t object_named(struct expansion *x, struct pd *pd, const struct capdl_param *p, enum capdl_kind kind)
{
    uint32_t found = capdl_spec_find(x->spec, p->text, p->index);
    if (found == CAPDL_NO_OBJECT && p->index == CAPDL_NO_INDEX && pd->element != CAPDL_NO_INDEX) {
        found = capdl_spec_find(x->spec, p->text, pd->element);
    }
    if (found == CAPDL_NO_OBJECT) {
        object_report_missing(x, p);
        return CAPDL_NO_OBJECT;
    }
    enum capdl_kind is = (enum capdl_kind)capdl_object_kind(x->spec, found);
    if (is != kind) {
        capdl_error(x->diags, p->pos, "'%s' is of kind %s, but '%s' expects %s", p->text, capdl_kind_keyword(is),
                    p->name, capdl_kind_keyword(kind));
        return CAPDL_NO_OBJECT;
    }
    return found;
}

void object_hold(struct expansion *x, struct pd *pd, uint32_t container, struct capdl_cap cap)
{
    cap.flags |= CAPDL_CAP_GENERATED;
    if (cap.at == 0) {
        cap.at = capdl_spec_at(x->spec, pd->program->pos);
    }
    capdl_spec_add_cap(x->spec, container, &cap);
}
