/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/terms.h"

#include <ctype.h>
#include <string.h>

static const struct {
    const char *patterns;
    struct term term;
} terms[] = {
#define CAPDL_TERM(patterns, word, meaning) {patterns, {word, meaning}},
#include "report/terms.def"
#undef CAPDL_TERM
};
static const size_t num_terms = sizeof(terms) / sizeof(terms[0]);
_Static_assert(sizeof(terms) / sizeof(terms[0]) <= TERMS_MOST, "TERMS_MOST is too small");

static bool is_letter(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* "(RW)", "(WP, badge 0x1)" */
static bool has_rights(const char *text)
{
    for (const char *at = strchr(text, '('); at; at = strchr(at + 1, '(')) {
        size_t length = strspn(at + 1, "RWXGP");
        if (length && strchr(",) ", at[1 + length])) {
            return true;
        }
    }
    return false;
}

static bool has_words(const char *text, const char *words, size_t length)
{
    for (const char *at = text; (at = memmem(at, strlen(at), words, length)); at++) {
        const char *end = at + length;
        if ((at == text || !is_letter(at[-1])) && !is_letter(end[*end == 's'])) {
            return true;
        }
    }
    return false;
}

static bool occurs(const char *text, const char *patterns)
{
    for (const char *at = patterns; *at;) {
        size_t length = strcspn(at, "|");
        if (*at == '(' ? has_rights(text) : has_words(text, at, length)) {
            return true;
        }
        at += length + (at[length] == '|');
    }
    return false;
}

size_t terms_of(const char *text, const struct term *found[TERMS_MOST])
{
    size_t count = 0;
    for (size_t i = 0; i < num_terms; i++) {
        if (occurs(text, terms[i].patterns)) {
            found[count++] = &terms[i].term;
        }
    }
    return count;
}
