/* SPDX-License-Identifier: BSD-2-Clause */
/* Large specs of several styles, for tests and benchmarks. */
#ifndef TESTS_SPEC_LARGE_H
#define TESTS_SPEC_LARGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct large_style {
    const char *name;
    void (*write)(FILE *, unsigned count);
    double most_ratio; /* bytes of memory for each byte of text, when there are many objects */
};

/* The i-th style, 0 after the last. */
const struct large_style *large_style(size_t i);
const struct large_style *large_style_find(const char *name);
/* Writes a spec of a style with about so many objects or capabilities. */
void large_write(const struct large_style *, FILE *, unsigned count);

#endif
