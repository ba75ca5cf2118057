/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which entries a trace shows, and how:
 *
 *     filter = term *("," term)
 *     term   = "json" | [key ":"] pattern
 *     key    = "thread" | "op" | "object" | "result"
 *
 * A pattern is one of the shell's (* ? [...]), without a comma. Terms with the same key are alternatives; an entry is
 * shown when each key that occurs has one that matches. A pattern without a key matches the name of a thread, an
 * operation or an object.
 */
#ifndef MACHINE_TRACE_FILTER_H
#define MACHINE_TRACE_FILTER_H

#include <stdbool.h>
#include <stddef.h>

enum trace_key { TRACE_THREAD, TRACE_OP, TRACE_OBJECT, TRACE_RESULT, TRACE_ANY, TRACE_KEYS };

struct trace_term {
    enum trace_key key;
    const char *pattern;
};

struct trace_filter {
    bool json;
    char *text; /* where the patterns stand */
    struct trace_term *terms;
    size_t count;
};

/* text may be 0: everything, as text. On failure returns false; *wrong, if not NULL, is the invalid term and points
 * into the text. */
bool trace_filter_parse(struct trace_filter *, const char *text, const char **wrong);
void trace_filter_free(struct trace_filter *);

/* What an entry offers under a key: several words, "" for none. */
struct trace_words {
    const char *list[TRACE_ANY][6];
    size_t count[TRACE_ANY];
};
bool trace_filter_shows(const struct trace_filter *, const struct trace_words *);
/* Whether a term is exactly this operation, without wildcards. */
bool trace_filter_names(const struct trace_filter *, const char *operation);

#endif
