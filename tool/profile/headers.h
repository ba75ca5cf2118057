/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * C headers, as far as a kernel's facts need them: conditionals, object-like macros with integer values,
 * enumerations, and where a member of a structure is. Includes are not followed: the caller says which headers to
 * read, in order.
 */
#ifndef TOOL_PROFILE_HEADERS_H
#define TOOL_PROFILE_HEADERS_H

#include "profile/prefix.h"

struct header_symbol {
    struct slice name;
    enum { SYMBOL_MACRO, SYMBOL_ENUMERATOR, SYMBOL_REMOVED } kind;
    struct slice text; /* MACRO */
    int64_t value;     /* ENUMERATOR */
    bool known;        /* whether the enumerator's value could be told */
};

struct headers {
    struct reader *reader;
    struct header_symbol *list; /* the last of a name counts */
    size_t count, capacity;
    char **texts; /* what slices point into */
    size_t num_texts;
    int budget; /* look-ups left for one expression, against macros that multiply */
};

/* Reads a required header. active, if not 0, receives its text without comments, directives and what conditionals
 * leave out. */
bool headers_read(struct headers *, const char *relative, struct slice *active);
void headers_free(struct headers *);

/* The value of a macro or enumerator. */
bool headers_value(struct headers *, const char *name, int64_t *value);
/* The value of an enumerator; a macro of that name does not count. */
bool headers_enumerator(struct headers *, const char *name, int64_t *value);

/* Bytes from the start of `struct tag` to a member, all of whose predecessors are words, pointers or slot regions;
 * -1 if not. */
int64_t struct_offset(struct slice active, const char *tag, const char *member, unsigned word_bytes);

#endif
