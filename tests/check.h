/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks that count; a test's main returns check_result(). */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <stdio.h>

/* Weak: one count for all files of a test. */
__attribute__((weak)) unsigned checks_made, checks_failed;

#define CHECK(condition, ...)                                               \
    do {                                                                    \
        checks_made++;                                                      \
        if (!(condition)) {                                                 \
            checks_failed++;                                                \
            fprintf(stderr, "%s:%d: %s: ", __FILE__, __LINE__, #condition); \
            fprintf(stderr, __VA_ARGS__);                                   \
            putc('\n', stderr);                                             \
        }                                                                   \
    } while (0)

static inline int check_result(void)
{
    printf("%u checks, %u failed\n", checks_made, checks_failed);
    return checks_failed != 0 || checks_made == 0;
}

#endif
