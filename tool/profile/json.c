/* SPDX-License-Identifier: BSD-2-Clause */
/* A profile as one JSON object, keys as in its encoding. */
#include <inttypes.h>

#include <capdl/escape.h>

#include "profile/fields.h"
#include "profile/names.h"
#include "profile/profile.h"

static void put_regions(const struct capdl_profile *p, const struct field *field, FILE *out)
{
    const struct capdl_region *regions;
    size_t count = field_regions(p, field, &regions);
    if (field->kind == FIELD_REGIONS) {
        putc('[', out);
    }
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "%s{\"start\": %" PRIu64 ", \"end\": %" PRIu64 "}", i > 0 ? ", " : "", regions[i].start,
                regions[i].end);
    }
    if (field->kind == FIELD_REGIONS) {
        putc(']', out);
    }
}

static void put_named(const struct capdl_profile *p, const struct field *field, FILE *out)
{
    const char *separator = "";
    putc('{', out);
    for (size_t i = 0; i < field->count; i++) {
        int64_t value = field_get(p, field, i);
        if (value == field->absent) {
            continue;
        }
        fprintf(out, "%s\n    \"%s\": %" PRId64, separator, field->names[i], value);
        separator = ",";
    }
    fputs("\n  }", out);
}

static void put_levels(const struct capdl_profile *p, const struct field *field, FILE *out)
{
    putc('[', out);
    for (size_t i = 0; i < p->vspace_levels; i++) {
        fprintf(out, "%s%" PRId64, i > 0 ? ", " : "", field_get(p, field, i));
    }
    putc(']', out);
}

static void put_value(const struct capdl_profile *p, const struct field *field, FILE *out)
{
    switch (field->kind) {
    case FIELD_STRING:
        capdl_escape_json(out, (const char *)p + field->offset);
        break;
    case FIELD_ARCH:
        capdl_escape_json(out, arch_key(p->arch));
        break;
    case FIELD_BOOL:
        fputs(field_get(p, field, 0) ? "true" : "false", out);
        break;
    case FIELD_NUMBER:
        fprintf(out, "%" PRId64, field_get(p, field, 0));
        break;
    case FIELD_LEVELS:
        put_levels(p, field, out);
        break;
    case FIELD_NAMED:
        put_named(p, field, out);
        break;
    case FIELD_REGION:
    case FIELD_REGIONS:
        put_regions(p, field, out);
        break;
    }
}

void profile_print_json(const struct capdl_profile *p, FILE *out)
{
    fputs("{\n", out);
    for (size_t i = 0; i < num_profile_fields; i++) {
        fprintf(out, "  \"%s\": ", profile_fields[i].key);
        put_value(p, &profile_fields[i], out);
        fputs(i + 1 < num_profile_fields ? ",\n" : "\n", out);
    }
    fputs("}\n", out);
}
