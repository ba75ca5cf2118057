/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prints what the tables of facts say, as the documents have it; doc_rows.sh compares.
 *   tcb      rows of docs/language.md
 *   members  a line for each type of object that has members in our JSON: "tcb addr ip ...", a * behind those it
 *            must have
 *   schema   pieces of docs/spec.schema.json, without blanks
 *   ranks    "number word meaning" of each rank of a finding
 *   pd       "name least most unit default" of each parameter of pd that is a number, "name default" of those that are
 *            a bool, "name" of the others
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "json/fields.h"

static void print_tcb(void)
{
    for (unsigned i = 0; i < CAPDL_TCB_FIELD_COUNT; i++) {
        static const char *const values[] = {
            [CAPDL_TCB_NUMBER] = "n", [CAPDL_TCB_BOOL] = "True/False", [CAPDL_TCB_LIST] = "[n, ...]"};
        enum capdl_tcb_field field = (enum capdl_tcb_field)i;
        enum capdl_tcb_type type = capdl_tcb_field_type(field);
        printf("| `%s: %s` | %s | ", capdl_tcb_field_keyword(field), values[type], capdl_tcb_field_name(field));
        switch (type) {
        case CAPDL_TCB_NUMBER:
            printf("%" PRIu64 " |\n", capdl_tcb_get(&capdl_tcb_defaults, field));
            break;
        case CAPDL_TCB_BOOL:
            printf("%s |\n", capdl_tcb_get(&capdl_tcb_defaults, field) ? "True" : "False");
            break;
        case CAPDL_TCB_LIST:
            puts("none |");
            break;
        }
    }
}

static void print_members(void)
{
    for (unsigned kind = 0; kind < CAPDL_KIND_COUNT; kind++) {
        bool any = false;
        for (size_t i = 0; i < num_own_fields; i++) {
            if (own_fields[i].kind == kind) {
                printf("%s%s%s%s", any ? "" : capdl_kind_keyword((enum capdl_kind)kind), " ", own_fields[i].name,
                       own_fields[i].needed ? "*" : "");
                any = true;
            }
        }
        fputs(any ? "\n" : "", stdout);
    }
}

static const char *member_type(enum field_action action)
{
    switch (action) {
    case FIELD_SIZE_BITS:
        return "{\"$ref\":\"#/$defs/bits\"}";
    case FIELD_PADDR:
    case FIELD_TCB_NUMBER:
    case FIELD_SC_NUMBER:
    case FIELD_NUMBER:
        return "{\"$ref\":\"#/$defs/word\"}";
    case FIELD_FILL:
        return "{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/fill\"}}";
    case FIELD_CONTIGUOUS:
    case FIELD_TCB_BOOL:
        return "{\"type\":\"boolean\"}";
    case FIELD_TCB_LIST:
        return "{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/word\"}}";
    case FIELD_TRIGGER:
        return "{\"$ref\":\"#/$defs/trigger\"}";
    }
    return "";
}

static void print_kinds(const char *member, unsigned first, unsigned end)
{
    for (unsigned i = first; i < end; i++) {
        printf("%s\"%s\"", i == first ? member : ",", capdl_kind_keyword((enum capdl_kind)i));
    }
    puts("]}");
}

static void print_schema(void)
{
    for (unsigned i = 0; i < CAPDL_ARCH_COUNT; i++) {
        printf("%s\"%s\"", i ? "," : "\"arch\":{\"enum\":[", capdl_arch_name((enum capdl_arch)i));
    }
    puts("]}");
    print_kinds("\"type\":{\"enum\":[", 0, CAPDL_KIND_PROGRAM);
    print_kinds("\"control\":{\"enum\":[", CAPDL_KIND_PROGRAM + 1, CAPDL_KIND_COUNT);
    fputs("\"rights\":{\"type\":\"string\",\"pattern\":\"^[", stdout);
#define CAPDL_RIGHT(id, letter, frame_letter, bit, name) \
    putchar(letter);                                     \
    if ((frame_letter) != (letter)) {                    \
        putchar(frame_letter);                           \
    }
#include <capdl/rights.def>
#undef CAPDL_RIGHT
    puts("]*$\"}");
    fputs("\"caps\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/cap\"}}", stdout);
    for (size_t i = 0; i < num_own_fields; i++) {
        bool first = true;
        for (size_t j = 0; j < i; j++) {
            first &= strcmp(own_fields[i].name, own_fields[j].name) != 0;
        }
        if (first) {
            printf(",\"%s\":%s", own_fields[i].name, member_type(own_fields[i].action));
        }
    }
    puts("}}");
}

static void print_ranks(void)
{
#define CAPDL_RANK(id, number, word, meaning) puts(#number " " word " " meaning);
#include <capdl/ranks.def>
#undef CAPDL_RANK
}

static void print_pd(void)
{
    enum { LIST, CAP, BOOL, NUMBER, PAIRS };
    static const struct {
        const char *name;
        int type;
        uint64_t least, most;
        unsigned unit;
        uint64_t otherwise;
    } params[] = {
#define PARAM(id, name, type, least, most, bound, unit, otherwise, field) {name, type, least, most, unit, otherwise},
#include "pd/params.def"
#undef PARAM
    };
    for (size_t i = 0; i < sizeof(params) / sizeof(params[0]); i++) {
        printf("%s", params[i].name);
        if (params[i].type == NUMBER) {
            printf(" %" PRIu64 " %" PRIu64 " %u %" PRIu64, params[i].least, params[i].most, params[i].unit,
                   params[i].otherwise);
        } else if (params[i].type == BOOL) {
            fputs(params[i].otherwise ? " True" : " False", stdout);
        }
        putchar('\n');
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } tables[] = {{"tcb", print_tcb},
                  {"members", print_members},
                  {"schema", print_schema},
                  {"ranks", print_ranks},
                  {"pd", print_pd}};

    for (size_t i = 0; argc == 2 && i < sizeof(tables) / sizeof(tables[0]); i++) {
        if (strcmp(argv[1], tables[i].name) == 0) {
            tables[i].print();
            return 0;
        }
    }
    return 2;
}
