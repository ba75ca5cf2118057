/* SPDX-License-Identifier: BSD-2-Clause */
#include "trace_filter.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

static const char *const keys[] = {"thread:", "op:", "object:", "result:"};

static bool parse_term(char *word, struct trace_filter *filter)
{
    if (strcmp(word, "json") == 0) {
        filter->json = true;
        return true;
    }
    struct trace_term term = {TRACE_ANY, word};
    for (unsigned i = 0; i < TRACE_ANY; i++) {
        size_t length = strlen(keys[i]);
        if (strncmp(word, keys[i], length) == 0) {
            term = (struct trace_term){(enum trace_key)i, word + length};
        }
    }
    if (!*term.pattern || (term.key == TRACE_ANY && strchr(word, ':'))) {
        return false;
    }
    filter->terms[filter->count++] = term;
    return true;
}

bool trace_filter_parse(struct trace_filter *filter, const char *text, const char **wrong)
{
    *filter = (struct trace_filter){.json = false};
    *wrong = NULL;
    if (!text) {
        return true;
    }
    filter->text = strdup(text);
    filter->terms = calloc(strlen(text) + 1, sizeof(*filter->terms));
    if (!filter->text || !filter->terms) {
        return false;
    }
    for (char *word = filter->text, *next; word; word = next) {
        next = strchr(word, ',');
        if (next) {
            *next++ = 0;
        }
        if (!parse_term(word, filter)) {
            *wrong = text + (word - filter->text);
            return false;
        }
    }
    return true;
}

void trace_filter_free(struct trace_filter *filter)
{
    free(filter->terms);
    free(filter->text);
    *filter = (struct trace_filter){.json = false};
}

static bool key_matches(const struct trace_words *words, enum trace_key key, const char *pattern)
{
    for (size_t i = 0; i < words->count[key]; i++) {
        if (fnmatch(pattern, words->list[key][i], 0) == 0) {
            return true;
        }
    }
    return false;
}

static bool term_matches(const struct trace_words *words, const struct trace_term *term)
{
    if (term->key != TRACE_ANY) {
        return key_matches(words, term->key, term->pattern);
    }
    return key_matches(words, TRACE_THREAD, term->pattern) || key_matches(words, TRACE_OP, term->pattern) ||
           key_matches(words, TRACE_OBJECT, term->pattern);
}

bool trace_filter_shows(const struct trace_filter *filter, const struct trace_words *words)
{
    bool asked[TRACE_KEYS] = {false}, met[TRACE_KEYS] = {false};
    for (size_t i = 0; i < filter->count; i++) {
        const struct trace_term *term = &filter->terms[i];
        asked[term->key] = true;
        met[term->key] = met[term->key] || term_matches(words, term);
    }
    return memcmp(asked, met, sizeof(asked)) == 0;
}

bool trace_filter_names(const struct trace_filter *filter, const char *operation)
{
    for (size_t i = 0; i < filter->count; i++) {
        const struct trace_term *term = &filter->terms[i];
        if ((term->key == TRACE_OP || term->key == TRACE_ANY) && strcmp(term->pattern, operation) == 0) {
            return true;
        }
    }
    return false;
}
