/* SPDX-License-Identifier: BSD-2-Clause */
#include "values.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/escape.h>
#include <capdl/spec.h>
#include <capdl/review.h>

#include "lists.h"

static bool read_seconds(const char *text, double *seconds)
{
    char *end;
    *seconds = strtod(text, &end);
    return end != text && *end == 0 && isfinite(*seconds) && *seconds > 0;
}

static bool read_count(const char *text, size_t *count)
{
    char *end;
    errno = 0;
    *count = strtoul(text, &end, 10);
    return end != text && *end == 0 && errno == 0 && text[0] != '-';
}

/* A number or a word of ranks.def. */
static bool read_rank(const char *text, unsigned *rank)
{
    size_t number;
    for (unsigned i = CAPDL_RANK_RESHAPE; i <= CAPDL_RANK_LAYOUT; i++) {
        if (strcmp(text, capdl_rank_word((enum capdl_rank)i)) == 0) {
            *rank = i;
            return true;
        }
    }
    *rank = read_count(text, &number) && number <= CAPDL_RANK_LAYOUT ? (unsigned)number : 0;
    return *rank != 0;
}

/* Hexadecimal with 0x, or decimal; 0 would mean that none is given. */
static bool read_address(const char *text, uint64_t *address)
{
    char *end;
    errno = 0;
    *address = strtoull(text, &end, 0);
    return end != text && *end == 0 && errno == 0 && text[0] != '-' && *address;
}

/* A misspelt name must not look like a check that was switched off. */
static bool read_check(const char *text, bool *checks, const char *command)
{
    enum capdl_check check = capdl_check_find(text);
    if (check != CAPDL_CHECK_NONE) {
        checks[check] = true;
        return true;
    }
    struct capdl_nearest nearest = {NULL};
    for (unsigned i = CAPDL_CHECK_NONE + 1; i < CAPDL_CHECK_COUNT; i++) {
        capdl_nearest_try(&nearest, text, strlen(text), capdl_check_name((enum capdl_check)i));
    }
    capdl_escape_printf(stderr, "capdl %s: --no-check: unknown check '%s'%s; 'capdl check --list-checks' lists all\n",
                        command, text, capdl_nearest_hint(&nearest));
    return false;
}

/* Says what was expected instead, unless the value is good. */
static bool expect(bool good, const char *expected, const char *text, const char *command, const char *option)
{
    if (!good) {
        capdl_escape_printf(stderr, "capdl %s: --%s takes %s, not '%s'\n", command, option, expected, text);
    }
    return good;
}

bool value_set(struct options *options, const struct option_value *value, const char *text, const char *command,
               const char *option)
{
    void *member = (char *)options + value->at;
    switch (value->type) {
    case VALUE_FLAG:
        *(bool *)member = true;
        return true;
    case VALUE_FIXED:
        *(bool *)member = true;
        return expect(strcmp(text, value->only) == 0, value->expected, text, command, option);
    case VALUE_TEXT:
        *(const char **)member = text ? text : "";
        return true;
    case VALUE_LIST:
        list_add(member, text);
        return true;
    case VALUE_COUNT:
        return expect(read_count(text, member), "a number", text, command, option);
    case VALUE_SECONDS:
        return expect(read_seconds(text, member), "a number of seconds above 0", text, command, option);
    case VALUE_ADDRESS:
        return expect(read_address(text, member), "an address such as 0x60400000", text, command, option);
    case VALUE_RANK:
        return expect(read_rank(text, member), "a rank from 1 to 20 or its word, such as receive", text, command,
                      option);
    case VALUE_CHECK:
        return read_check(text, member, command);
    }
    return false;
}
