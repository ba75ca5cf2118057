/* SPDX-License-Identifier: BSD-2-Clause */
/* What is added to the spec: objects, their numbers and capabilities; and why something cannot be. */
#include "image/decompile_add.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "image/slot_names.h"

void reverse_fail(struct reverse *r, const char *what)
{
    if (!r->failed) {
        capdl_error(r->diags, CAPDL_NOWHERE, "image '%s' does not come from a spec: %s", r->name, what);
    }
    r->failed = true;
}

static bool is_identifier(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (!isalpha((unsigned char)text[i]) &&
            (i == 0 || (!isdigit((unsigned char)text[i]) && !strchr("_-@.", text[i])))) {
            return false;
        }
    }
    return length > 0;
}

/* frame_12: the first free one of that kind. */
static uint32_t add_generated(struct reverse *r, enum capdl_kind kind)
{
    char name[64];
    do {
        snprintf(name, sizeof(name), "%s_%u", capdl_kind_keyword(kind), (unsigned)r->num_generated[kind]++);
    } while (capdl_spec_find(r->spec, name, CAPDL_NO_INDEX) != CAPDL_NO_OBJECT);
    uint32_t object = capdl_spec_add(r->spec, name, CAPDL_NO_INDEX, kind, (struct capdl_pos){0});
    struct capdl_object generated = capdl_object_view(r->spec, object);
    generated.flags |= CAPDL_OBJECT_GENERATED;
    capdl_object_set(r->spec, object, &generated);
    return object;
}

static uint32_t add_named(struct reverse *r, const char *name, size_t length, uint32_t index, enum capdl_kind kind)
{
    if (!is_identifier(name, length)) {
        return add_generated(r, kind);
    }
    const char *text = capdl_spec_intern(r->spec, name, length);
    if (capdl_spec_find(r->spec, text, index) != CAPDL_NO_OBJECT) {
        return add_generated(r, kind);
    }
    return capdl_spec_add(r->spec, text, index, kind, (struct capdl_pos){0});
}

uint32_t reverse_add(struct reverse *r, const struct capdl_blob_name *name, enum capdl_kind kind)
{
    if (!name || !name->text || (name->is_element && name->index >= CAPDL_NO_INDEX)) {
        return add_generated(r, kind);
    }
    if (!name->digits) {
        return add_named(r, name->text, name->length, name->is_element ? (uint32_t)name->index : CAPDL_NO_INDEX, kind);
    }
    size_t size = name->length + CAPDL_NAME_MOST_DIGITS + 1;
    char *text = memory_zeroed(size, 1);
    slot_name_text(name, text, size);
    uint32_t object = add_named(r, text, strlen(text), CAPDL_NO_INDEX, kind);
    free(text);
    return object;
}

void reverse_cap(struct reverse *r, uint32_t container, struct capdl_cap cap)
{
    if (capdl_object_kind(r->spec, container) == CAPDL_KIND_CNODE &&
        cap.slot >> capdl_object_size_bits(r->spec, container)) {
        reverse_fail(r, "a capability goes into a slot that its CNode does not have");
    }
    if (!r->failed && !capdl_spec_add_cap(r->spec, container, &cap)) {
        reverse_fail(r, "two capabilities go into one slot");
    }
}

/* Objects without meaningful rights have all of them. */
uint8_t reverse_rights(struct reverse *r, uint8_t kind, uint64_t rights)
{
    if (capdl_kind_has(kind, CAPDL_TRAIT_RIGHTS)) {
        return (uint8_t)(rights & CAPDL_RIGHTS_ALL);
    }
    if (rights != CAPDL_RIGHTS_ALL) {
        reverse_fail(r, "a capability to an object without rights is copied with some only, which the kernel ignores");
    }
    return 0;
}

void reverse_number(struct reverse *r, uint32_t object, enum capdl_number number, uint64_t value)
{
    struct capdl_object o = capdl_object_view(r->spec, object);
    if (!o.u.numbers) {
        o.u.numbers = capdl_spec_alloc(r->spec, sizeof(*o.u.numbers));
        capdl_object_set(r->spec, object, &o);
    }
    o.u.numbers->value[number] = value;
    o.u.numbers->has |= (uint8_t)(1u << number);
}
