/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of options: read from the command line into struct options. */
#ifndef TOOL_VALUES_H
#define TOOL_VALUES_H

#include <stdbool.h>
#include <stddef.h>

struct options;

/* What options.def says an option takes. */
enum value_type {
    VALUE_FLAG,
    VALUE_FIXED,
    VALUE_TEXT,
    VALUE_LIST,
    VALUE_COUNT,
    VALUE_SECONDS,
    VALUE_ADDRESS,
    VALUE_RANK,
    VALUE_CHECK,
};

struct option_value {
    enum value_type type;
    size_t at;            /* of the member in struct options */
    const char *only;     /* VALUE_FIXED: the only value */
    const char *expected; /* and what a message says is expected */
};

/* Sets the member of an option from what was written, NULL for no argument. False, after a message that names the
   command and the option: it is not a value of this type. */
bool value_set(struct options *, const struct option_value *, const char *text, const char *command,
               const char *option);

#endif
