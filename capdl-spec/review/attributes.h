/* SPDX-License-Identifier: BSD-2-Clause */
/* Fields of objects: what they are called, how grave another value is, and how it is written. */
#ifndef CAPDL_REVIEW_ATTRIBUTES_H
#define CAPDL_REVIEW_ATTRIBUTES_H

#include "comparison.h"

enum style {
    STYLE_NUMBER,
    STYLE_HEX,
    STYLE_LIST,
    STYLE_BOOL,
    STYLE_MICROSECONDS,
    STYLE_TRIGGER,
    STYLE_LEVEL,
    STYLE_POLARITY
};

/* What a field is called in the language and in a sentence, how grave another value is, and how it is written. */
struct attribute {
    const char *word, *text;
    enum capdl_rank rank;
    enum style style;
};

/* "prio", "ioapic_pin": as in the language where it has a word for it. */
const char *capdl_review_field_word(enum capdl_kind, uint32_t field);
/* What a field of a kind is; every field is something. */
struct attribute capdl_review_attribute(enum capdl_kind, uint32_t field);
/* A value of it as people write it, or that there is none. To be freed. */
char *capdl_review_value_text(const struct attribute *, bool has, uint64_t value);

#endif
