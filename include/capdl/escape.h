/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Printing text that others wrote to a terminal. What could control it, or display something else than the text,
 * is escaped: bytes that are not UTF-8, control characters (category Cc), line and paragraph separators (U+2028,
 * U+2029), bidirectional controls (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069). Names must not contain
 * them. Everything else, including letters written from right to left, is printed as it is.
 */
#ifndef CAPDL_ESCAPE_H
#define CAPDL_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The first character of a text. */
struct capdl_character {
    size_t length;      /* in bytes; 1 for a byte that is not UTF-8; 0 at the end of the text */
    uint32_t code;      /* or the byte */
    bool utf8, printed; /* printed: as it is, without an escape */
};

struct capdl_character capdl_character_at(const char *text, size_t length);

/* Offset of the first character to be escaped; `length` if there is none. */
size_t capdl_escape_find(const char *text, size_t length);

enum { CAPDL_ESCAPE_MOST = 6 }; /* characters that an escape takes: \x1b, \u202e */

/* Prints a character as it is, or escaped; a byte as \x1b. Returns how many characters that is. */
unsigned capdl_escape_put(FILE *, const char *text, struct capdl_character);
/* Print a text; the second as a JSON string, with its quotes. */
void capdl_escape_print(FILE *, const char *text, size_t length);
void capdl_escape_json(FILE *, const char *text);

/* printf for one line with such text: escapes all but a newline at its end. Returns the bytes before escaping. */
int capdl_escape_printf(FILE *, const char *format, ...) __attribute__((format(printf, 2, 3)));

#ifdef __cplusplus
}
#endif

#endif
