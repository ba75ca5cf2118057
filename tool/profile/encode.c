/* SPDX-License-Identifier: BSD-2-Clause */
/* A profile as deterministic CBOR: one map of text keys; numbers of methods and the like are maps from their
 * identifiers. */
#include <stdlib.h>
#include <string.h>

#include "profile/cbor.h"
#include "profile/fields.h"
#include "base/memory.h"
#include "profile/names.h"
#include "profile/profile.h"

struct output {
    uint8_t *bytes;
    size_t size, capacity;
};

static void put_bytes(struct output *out, const void *bytes, size_t size)
{
    if (out->capacity - out->size < size) {
        out->capacity = 2 * out->capacity + size;
        out->bytes = memory_need(realloc(out->bytes, out->capacity));
    }
    memcpy(out->bytes + out->size, bytes, size);
    out->size += size;
}

/* The head of an item, in its shortest form. */
static void put_head(struct output *out, enum cbor_major major, uint64_t value)
{
    unsigned size = value < 24 ? 0 : value <= UINT8_MAX ? 1 : value <= UINT16_MAX ? 2 : value <= UINT32_MAX ? 4 : 8;
    uint8_t head[9] = {(uint8_t)(major << 5 | (unsigned)value)};

    if (size > 0) {
        head[0] = (uint8_t)(major << 5 | (23 + (unsigned)__builtin_ffs((int)size)));
    }
    for (unsigned i = 0; i < size; i++) {
        head[1 + i] = (uint8_t)(value >> 8 * (size - 1 - i));
    }
    put_bytes(out, head, 1 + size);
}

static void put_text(struct output *out, const char *text)
{
    put_head(out, CBOR_TEXT, strlen(text));
    put_bytes(out, text, strlen(text));
}

static void put_number(struct output *out, int64_t value)
{
    if (value >= 0) {
        put_head(out, CBOR_UNSIGNED, (uint64_t)value);
    } else {
        put_head(out, CBOR_NEGATIVE, (uint64_t)(-1 - value));
    }
}

static void put_regions(struct output *out, const struct capdl_profile *p, const struct field *field)
{
    const struct capdl_region *regions;
    size_t count = field_regions(p, field, &regions);

    put_head(out, CBOR_ARRAY, 2 * count);
    for (size_t i = 0; i < count; i++) {
        put_head(out, CBOR_UNSIGNED, regions[i].start);
        put_head(out, CBOR_UNSIGNED, regions[i].end);
    }
}

/* Keys in the order of deterministic CBOR. All of ours are shorter than 256 bytes, so comparing lengths, then
 * bytes, is enough. */
static int compare_keys(const char *a, const char *b)
{
    size_t la = strlen(a), lb = strlen(b);

    return la != lb ? (la < lb ? -1 : 1) : memcmp(a, b, la);
}

static int compare_names(const void *a, const void *b)
{
    return compare_keys(**(const char *const *const *)a, **(const char *const *const *)b);
}

static void put_named(struct output *out, const struct capdl_profile *p, const struct field *field)
{
    const char *const *present[CAPDL_METHOD_COUNT + CAPDL_TYPE_COUNT + CAPDL_SYSCALL_COUNT + CAPDL_FAULT_COUNT];
    size_t count = 0;

    for (size_t i = 0; i < field->count; i++) {
        if (field_get(p, field, i) != field->absent) {
            present[count++] = &field->names[i];
        }
    }
    qsort(present, count, sizeof(present[0]), compare_names);
    put_head(out, CBOR_MAP, count);
    for (size_t i = 0; i < count; i++) {
        put_text(out, *present[i]);
        put_number(out, field_get(p, field, (size_t)(present[i] - field->names)));
    }
}

static void put_field(struct output *out, const struct capdl_profile *p, const struct field *field)
{
    switch (field->kind) {
    case FIELD_STRING:
        put_text(out, (const char *)p + field->offset);
        break;
    case FIELD_ARCH:
        put_text(out, arch_key(p->arch));
        break;
    case FIELD_BOOL:
        put_head(out, CBOR_SIMPLE, field_get(p, field, 0) ? CBOR_TRUE : CBOR_FALSE);
        break;
    case FIELD_NUMBER:
        put_number(out, field_get(p, field, 0));
        break;
    case FIELD_LEVELS:
        put_head(out, CBOR_ARRAY, p->vspace_levels);
        for (size_t i = 0; i < p->vspace_levels; i++) {
            put_number(out, field_get(p, field, i));
        }
        break;
    case FIELD_NAMED:
        put_named(out, p, field);
        break;
    case FIELD_REGION:
    case FIELD_REGIONS:
        put_regions(out, p, field);
        break;
    }
}

static int compare_fields(const void *a, const void *b)
{
    return compare_keys((*(const struct field *const *)a)->key, (*(const struct field *const *)b)->key);
}

uint8_t *profile_encode(const struct capdl_profile *p, size_t *size)
{
    struct output out = {NULL};
    const struct field *sorted[64];

    for (size_t i = 0; i < num_profile_fields; i++) {
        sorted[i] = &profile_fields[i];
    }
    qsort(sorted, num_profile_fields, sizeof(sorted[0]), compare_fields);
    put_head(&out, CBOR_MAP, num_profile_fields);
    for (size_t i = 0; i < num_profile_fields; i++) {
        put_text(&out, sorted[i]->key);
        put_field(&out, p, sorted[i]);
    }
    *size = out.size;
    return out.bytes;
}
