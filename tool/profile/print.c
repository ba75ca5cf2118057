/* SPDX-License-Identifier: BSD-2-Clause */
/* A profile for people, and how two of them differ. */
#include <inttypes.h>
#include <string.h>

#include <capdl/escape.h>

#include "profile/fields.h"
#include "profile/names.h"
#include "profile/profile.h"

static void print_regions(const struct capdl_profile *p, const struct field *field, FILE *out)
{
    const struct capdl_region *regions;
    size_t count = field_regions(p, field, &regions);
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "%s[0x%" PRIx64 ", 0x%" PRIx64 ")", i > 0 ? " " : "", regions[i].start, regions[i].end);
    }
}

static void print_number(const struct capdl_profile *p, const struct field *field, size_t i, FILE *out)
{
    int64_t value = field_get(p, field, i);
    if (field->is_address) {
        fprintf(out, "0x%" PRIx64, value);
    } else {
        fprintf(out, "%" PRId64, value);
    }
}

static void print_value(const struct capdl_profile *p, const struct field *field, FILE *out)
{
    switch (field->kind) {
    case FIELD_STRING:
        capdl_escape_print(out, (const char *)p + field->offset, strlen((const char *)p + field->offset));
        break;
    case FIELD_ARCH:
        fputs(arch_key(p->arch), out);
        break;
    case FIELD_BOOL:
        fputs(field_get(p, field, 0) ? "yes" : "no", out);
        break;
    case FIELD_NUMBER:
        print_number(p, field, 0, out);
        break;
    case FIELD_LEVELS:
        for (size_t i = 0; i < p->vspace_levels; i++) {
            fprintf(out, "%s%" PRId64, i > 0 ? " " : "", field_get(p, field, i));
        }
        break;
    case FIELD_REGION:
    case FIELD_REGIONS:
        print_regions(p, field, out);
        break;
    case FIELD_NAMED:
        break;
    }
}

static void print_type(const struct capdl_profile *p, unsigned type, FILE *out)
{
    if (p->types[type] != CAPDL_PROFILE_ABSENT) {
        fprintf(out, "  %4u  2^%-2u bytes  %-16s %s\n", p->types[type], p->size_bits[type], type_ids[type],
                type_name(p->arch, type));
    }
}

static void print_tables(const struct capdl_profile *p, FILE *out)
{
    fputs("\nobject types\n", out);
    for (unsigned i = 0; i < CAPDL_TYPE_COUNT; i++) {
        print_type(p, i, out);
    }
    fputs("\ninvocation labels\n", out);
    for (unsigned i = 0; i < CAPDL_METHOD_COUNT; i++) {
        if (p->labels[i] != CAPDL_PROFILE_ABSENT) {
            fprintf(out, "  %4u  %s\n", p->labels[i], method_names[i]);
        }
    }
    fputs("\nsystem calls\n", out);
    for (unsigned i = 0; i < CAPDL_SYSCALL_COUNT; i++) {
        if (p->syscalls[i] != 0) {
            fprintf(out, "  %4d  %s\n", p->syscalls[i], syscall_names[i]);
        }
    }
    fputs("\nfaults\n", out);
    for (unsigned i = 0; i < CAPDL_FAULT_COUNT; i++) {
        if (p->faults[i] != 0) {
            fprintf(out, "  %4u  %s\n", p->faults[i], fault_names[i]);
        }
    }
}

void profile_print(const struct capdl_profile *p, FILE *out)
{
    for (size_t i = 0; i < num_profile_fields; i++) {
        if (profile_fields[i].kind == FIELD_NAMED) {
            continue;
        }
        fprintf(out, "%-38s", profile_fields[i].label);
        print_value(p, &profile_fields[i], out);
        putc('\n', out);
    }
    print_tables(p, out);
}

static void print_element(const struct capdl_profile *p, const struct field *field, size_t i, FILE *out)
{
    if (field_get(p, field, i) == field->absent) {
        fputs("none", out);
    } else {
        print_number(p, field, i, out);
    }
}

/* Elements by name, so that a shifted table is not one line. */
static bool differ_named(const struct capdl_profile *a, const struct capdl_profile *b, const struct field *field,
                         FILE *out)
{
    bool differ = false;
    for (size_t i = 0; i < field->count; i++) {
        if (field_get(a, field, i) == field_get(b, field, i)) {
            continue;
        }
        fprintf(out, "%s %s: ", field->label, field->names[i]);
        print_element(a, field, i, out);
        fputs(" -> ", out);
        print_element(b, field, i, out);
        putc('\n', out);
        differ = true;
    }
    return differ;
}

static bool same_regions(const struct capdl_profile *a, const struct capdl_profile *b, const struct field *field)
{
    const struct capdl_region *left, *right;
    size_t count = field_regions(a, field, &left);
    return field_regions(b, field, &right) == count && memcmp(left, right, count * sizeof(*left)) == 0;
}

static bool same_value(const struct capdl_profile *a, const struct capdl_profile *b, const struct field *field)
{
    switch (field->kind) {
    case FIELD_STRING:
        return strcmp((const char *)a + field->offset, (const char *)b + field->offset) == 0;
    case FIELD_ARCH:
        return a->arch == b->arch;
    case FIELD_LEVELS:
        return a->vspace_levels == b->vspace_levels &&
               memcmp(a->vspace_index_bits, b->vspace_index_bits, a->vspace_levels) == 0;
    case FIELD_REGION:
    case FIELD_REGIONS:
        return same_regions(a, b, field);
    default:
        return field_get(a, field, 0) == field_get(b, field, 0);
    }
}

static bool differ_plain(const struct capdl_profile *a, const struct capdl_profile *b, const struct field *field,
                         FILE *out)
{
    if (same_value(a, b, field)) {
        return false;
    }
    fprintf(out, "%s: ", field->label);
    print_value(a, field, out);
    fputs(" -> ", out);
    print_value(b, field, out);
    putc('\n', out);
    return true;
}

/* What a profile is called is no fact about its kernel. */
bool profile_print_difference(const struct capdl_profile *a, const struct capdl_profile *b, FILE *out)
{
    bool differ = false;
    for (size_t i = 0; i < num_profile_fields; i++) {
        if (strcmp(profile_fields[i].key, "name") == 0) {
            continue;
        }
        if (profile_fields[i].kind == FIELD_NAMED) {
            differ |= differ_named(a, b, &profile_fields[i], out);
        } else {
            differ |= differ_plain(a, b, &profile_fields[i], out);
        }
    }
    return differ;
}
