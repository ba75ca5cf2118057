/* SPDX-License-Identifier: BSD-2-Clause */
/* What the words of reports mean. */
#ifndef TOOL_REPORT_TERMS_H
#define TOOL_REPORT_TERMS_H

#include <stdbool.h>
#include <stddef.h>

struct term {
    const char *word, *meaning;
};

enum { TERMS_MOST = 64 };

/* The terms that a text uses, in the order of terms.def; returns how many. */
size_t terms_of(const char *text, const struct term *found[TERMS_MOST]);

#endif
