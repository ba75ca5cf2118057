/* SPDX-License-Identifier: BSD-2-Clause */
/* A profile as deterministic CBOR: one map of text keys; numbers of methods and the like are maps from their
 * identifiers. */
#include <stdlib.h>
#include <string.h>

#include "base/cbor_writer.h"
#include "profile/fields.h"
#include "profile/names.h"
#include "profile/profile.h"

static void put_regions(struct cbor_writer *out, const struct capdl_profile *p, const struct field *field)
{
    const struct capdl_region *regions;
    size_t count = field_regions(p, field, &regions);
    cbor_put_array(out, 2 * count);
    for (size_t i = 0; i < count; i++) {
        cbor_put_uint(out, regions[i].start);
        cbor_put_uint(out, regions[i].end);
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

static void put_named(struct cbor_writer *out, const struct capdl_profile *p, const struct field *field)
{
    const char *const *present[CAPDL_METHOD_COUNT + CAPDL_TYPE_COUNT + CAPDL_SYSCALL_COUNT + CAPDL_FAULT_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < field->count; i++) {
        if (field_get(p, field, i) != field->absent) {
            present[count++] = &field->names[i];
        }
    }
    qsort(present, count, sizeof(present[0]), compare_names);
    cbor_put_map(out, count);
    for (size_t i = 0; i < count; i++) {
        cbor_put_text(out, *present[i]);
        cbor_put_int(out, field_get(p, field, (size_t)(present[i] - field->names)));
    }
}

static void put_field(struct cbor_writer *out, const struct capdl_profile *p, const struct field *field)
{
    switch (field->kind) {
    case FIELD_STRING:
        cbor_put_text(out, (const char *)p + field->offset);
        break;
    case FIELD_ARCH:
        cbor_put_text(out, arch_key(p->arch));
        break;
    case FIELD_BOOL:
        cbor_put_bool(out, field_get(p, field, 0));
        break;
    case FIELD_NUMBER:
        cbor_put_int(out, field_get(p, field, 0));
        break;
    case FIELD_LEVELS:
        cbor_put_array(out, p->vspace_levels);
        for (size_t i = 0; i < p->vspace_levels; i++) {
            cbor_put_int(out, field_get(p, field, i));
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
    struct cbor_writer out = {NULL};
    const struct field *sorted[64];
    for (size_t i = 0; i < num_profile_fields; i++) {
        sorted[i] = &profile_fields[i];
    }
    qsort(sorted, num_profile_fields, sizeof(sorted[0]), compare_fields);
    cbor_put_map(&out, num_profile_fields);
    for (size_t i = 0; i < num_profile_fields; i++) {
        cbor_put_text(&out, sorted[i]->key);
        put_field(&out, p, sorted[i]);
    }
    *size = out.size;
    return out.bytes;
}
