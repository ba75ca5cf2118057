/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The spec an image was made from. Objects come from the blob's tables, everything else from the meaning of its
 * kernel calls, in the order in which the initialiser would make them.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "image/decompile.h"
#include "image/program.h"
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

struct held *reverse_held(struct reverse *r, const struct capdl_operand *operand)
{
    r->control = (struct held){.object = CAPDL_NO_OBJECT, .kind = CAPDL_KIND_COUNT, .rights = CAPDL_RIGHTS_ALL};
    switch (operand->kind) {
    case CAPDL_REF_SLOT:
        return &r->slots[operand->value];
    case CAPDL_REF_PAGE:
        return &r->pages[operand->value];
    case CAPDL_REF_SCHED_CONTROL:
        r->control.kind = CAPDL_KIND_SCHED_CONTROL;
        r->control.data = operand->value;
        return &r->control;
    case CAPDL_REF_INITIAL:
        r->control.kind = caps_initial_kind(operand->value);
        return &r->control;
    default:
        reverse_fail(r, "a call has a number in place of a capability");
        return &r->control;
    }
}

uint32_t reverse_object(struct reverse *r, const struct capdl_operand *operand, enum capdl_kind kind)
{
    const struct held *held = reverse_held(r, operand);
    if (held->object == CAPDL_NO_OBJECT || held->kind != kind) {
        reverse_fail(r, "a call is made on an object of the wrong kind");
        return CAPDL_NO_OBJECT;
    }
    return held->object;
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

/* The method after each label. */
static void read_methods(struct reverse *r)
{
    const struct capdl_profile *profile = &r->image->profile;
    for (uint64_t i = 0; i < r->blob.counts[CAPDL_BLOB_ITEM_METHODS]; i++) {
        unsigned method = 0;
        while (method < CAPDL_METHOD_COUNT && profile->labels[method] != r->blob.methods[i].label) {
            method++;
        }
        if (method == CAPDL_METHOD_COUNT || !method_params(profile, method, &r->params[i])) {
            reverse_fail(r, "it calls a method that is not in its kernel profile");
            return;
        }
        r->methods[i] = (uint8_t)method;
        reverse_words_init(&r->params[i], r->words_used[i]);
    }
}

/* Reads one array of names in a single pass. Those that begin like the one before get a text of their own. */
static void read_names_of(struct reverse *r, enum capdl_blob_named named, struct capdl_blob_name *names)
{
    struct capdl_blob_names cursor;
    struct capdl_blob_name name;
    uint64_t at = 0, count;
    capdl_blob_names_start(&cursor, &r->blob, named);
    while (capdl_blob_next_name(&cursor, &name, &count)) {
        if (name.text && !cursor.outside) {
            name.text = memcpy(capdl_spec_alloc(r->spec, name.length), name.text, name.length);
        }
        for (uint64_t i = 0; i < count; i++, name.index++) {
            names[at++] = name;
        }
    }
}

static void read_names(struct reverse *r)
{
    struct capdl_cbor c = {r->blob.bytes + r->blob.items[CAPDL_BLOB_ITEM_NAMES], r->blob.bytes + r->blob.size, NULL};
    r->slot_names = memory_zeroed(r->blob.sizes[CAPDL_SIZE_SLOTS] + r->blob.num_direct, sizeof(*r->slot_names));
    r->page_names = memory_zeroed(r->blob.sizes[CAPDL_SIZE_PAGES], sizeof(*r->page_names));
    r->named = c.at != c.end && !capdl_cbor_null(&c);
    if (r->named) {
        read_names_of(r, CAPDL_BLOB_NAMED_SLOTS, r->slot_names);
        read_names_of(r, CAPDL_BLOB_NAMED_PAGES, r->page_names);
    }
}

static void reverse_free(struct reverse *r)
{
    free(r->slot_names);
    free(r->page_names);
    free(r->slots);
    free(r->pages);
    free(r->cores);
    free(r->addresses);
    free(r->tables);
}

static void run(struct reverse *r)
{
    static void (*const steps[])(struct reverse *) = {
        read_methods, read_names, reverse_objects, reverse_pages, reverse_fills, reverse_calls, reverse_leftovers,
    };
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && !r->failed; i++) {
        steps[i](r);
    }
}

bool image_to_spec(const struct image *image, const char *name, struct capdl_spec *spec, struct capdl_diags *diags)
{
    struct reverse r = {.image = image, .name = name, .spec = spec, .diags = diags};
    if (!image_blob(image, &r.blob)) {
        reverse_fail(&r, "it has no blob");
        return false;
    }
    spec->arch = image->profile.arch;
    spec->has_arch = true;
    run(&r);
    reverse_free(&r);
    return !r.failed;
}
