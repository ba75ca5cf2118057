/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way back from CBOR. Accepts exactly what profile_encode can write: shortest heads, ascending keys, every
 * field once, every value in its range. A cursor that has failed stays failed, so that only the end needs to be
 * checked.
 */
#include <string.h>

#include "blob/cbor.h"
#include "profile/fields.h"
#include "profile/names.h"
#include "profile/profile.h"

struct input {
    struct capdl_cbor cbor;
    char *flaw;
};

struct text {
    const char *bytes;
    size_t size;
};

static bool fail(struct input *in)
{
    capdl_cbor_fail(&in->cbor, "what a profile has");
    return false;
}

static struct text take_text(struct input *in)
{
    struct text text;
    text.bytes = capdl_cbor_text(&in->cbor, &text.size);
    return text;
}

/* The i-th number of a field. */
static int64_t take_number(struct input *in, const struct field *field, size_t i)
{
    bool negative;
    uint64_t head = capdl_cbor_int(&in->cbor, &negative);
    if (in->cbor.wrong || head > INT64_MAX) {
        return fail(in);
    }
    int64_t value = negative ? -1 - (int64_t)head : (int64_t)head;
    if (field->kind == FIELD_NAMED && value == field->absent) {
        return fail(in);
    }
    return field_in_range(field, i, value, in->flaw) ? value : fail(in);
}

static bool text_is(struct text text, const char *name)
{
    return text.size == strlen(name) && memcmp(text.bytes, name, text.size) == 0;
}

static bool text_precedes(struct text a, struct text b)
{
    return a.size != b.size ? a.size < b.size : memcmp(a.bytes, b.bytes, a.size) < 0;
}

/* Takes the next key of a map, which must be greater than the one before. */
static struct text take_key(struct input *in, struct text *last)
{
    struct text key = take_text(in);
    if (last->bytes && !text_precedes(*last, key)) {
        fail(in);
    }
    *last = key;
    return key;
}

/* Names are ASCII without control characters: what a prefix is called outside that is replaced when it is read. */
static void take_string(struct input *in, char *to, size_t room)
{
    struct text text = take_text(in);
    if (text.size >= room) {
        fail(in);
        return;
    }
    for (size_t i = 0; i < text.size; i++) {
        if (text.bytes[i] < 0x20 || text.bytes[i] > 0x7e) {
            fail(in);
        }
    }
    memcpy(to, text.bytes, text.size);
}

static enum capdl_arch take_arch(struct input *in)
{
    struct text text = take_text(in);
    for (unsigned i = 0; i < CAPDL_ARCH_COUNT; i++) {
        if (text_is(text, arch_key((enum capdl_arch)i))) {
            return i;
        }
    }
    return fail(in);
}

static bool take_bool(struct input *in)
{
    enum { FALSE = CAPDL_CBOR_SIMPLE << 5 | 20, TRUE };
    struct capdl_cbor *c = &in->cbor;
    if (c->at == c->end || (*c->at != FALSE && *c->at != TRUE)) {
        return fail(in);
    }
    return *c->at++ == TRUE;
}

static void take_levels(struct input *in, struct capdl_profile *p, const struct field *field)
{
    uint64_t levels = capdl_cbor_array(&in->cbor);
    if (levels < 1 || levels > CAPDL_MAX_VSPACE_LEVELS) {
        fail(in);
        return;
    }
    p->vspace_levels = (uint8_t)levels;
    for (size_t i = 0; i < levels; i++) {
        field_set(p, field, i, take_number(in, field, i));
    }
}

static void take_named(struct input *in, struct capdl_profile *p, const struct field *field)
{
    uint64_t count = capdl_cbor_map(&in->cbor);
    struct text last = {NULL};
    for (size_t i = 0; i < field->count; i++) {
        field_set(p, field, i, field->absent);
    }
    for (uint64_t i = 0; i < count && !in->cbor.wrong; i++) {
        struct text key = take_key(in, &last);
        size_t name = 0;
        while (name < field->count && !text_is(key, field->names[name])) {
            name++;
        }
        if (name == field->count) {
            fail(in);
        } else {
            field_set(p, field, name, take_number(in, field, name));
        }
    }
}

static void take_regions(struct input *in, struct capdl_profile *p, const struct field *field)
{
    struct capdl_region *regions = (void *)((char *)p + field->offset);
    uint64_t count = capdl_cbor_array(&in->cbor);
    uint64_t most = field->kind == FIELD_REGION ? 1 : field->count;
    if (count % 2 != 0 || count / 2 > most || (field->kind == FIELD_REGION && count != 2)) {
        fail(in);
        return;
    }
    for (size_t i = 0; i < count / 2; i++) {
        regions[i].start = capdl_cbor_uint(&in->cbor);
        regions[i].end = capdl_cbor_uint(&in->cbor);
    }
    if (field->kind == FIELD_REGIONS) {
        *(size_t *)(void *)((char *)p + field->count_offset) = (size_t)(count / 2);
    }
}

static void take_field(struct input *in, struct capdl_profile *p, const struct field *field)
{
    switch (field->kind) {
    case FIELD_STRING:
        take_string(in, (char *)p + field->offset, field->count);
        break;
    case FIELD_ARCH:
        p->arch = take_arch(in);
        break;
    case FIELD_BOOL:
        field_set(p, field, 0, take_bool(in));
        break;
    case FIELD_NUMBER:
        field_set(p, field, 0, take_number(in, field, 0));
        break;
    case FIELD_LEVELS:
        take_levels(in, p, field);
        break;
    case FIELD_NAMED:
        take_named(in, p, field);
        break;
    case FIELD_REGION:
    case FIELD_REGIONS:
        take_regions(in, p, field);
        break;
    }
}

static const struct field *find_field(struct text key)
{
    for (size_t i = 0; i < num_profile_fields; i++) {
        if (text_is(key, profile_fields[i].key)) {
            return &profile_fields[i];
        }
    }
    return NULL;
}

bool profile_decode(const uint8_t *bytes, size_t size, struct capdl_profile *p, char flaw[PROFILE_FLAW])
{
    struct input in = {{bytes, bytes + size, NULL}, flaw};
    struct text last = {NULL};
    *flaw = 0;
    memset(p, 0, sizeof(*p));
    if (capdl_cbor_map(&in.cbor) != num_profile_fields) {
        return false;
    }
    for (size_t i = 0; i < num_profile_fields && !in.cbor.wrong; i++) {
        const struct field *field = find_field(take_key(&in, &last));
        if (!field) {
            return false;
        }
        take_field(&in, p, field);
    }
    return !in.cbor.wrong && in.cbor.at == in.cbor.end && profile_good(p, flaw);
}
