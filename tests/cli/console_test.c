/* SPDX-License-Identifier: BSD-2-Clause */
/* What a terminal gets of what an image prints, however it comes in pieces. */
#include <stdlib.h>
#include <string.h>

#include "console.h"

static const struct {
    const char *printed, *shown;
} cases[] = {
    {"hello\r\nworld\n", "hello\nworld\n"},
    {"a\tb\x1b[2J\x07\n", "a\tb\\x1b[2J\\x07\n"},
    {"over\rwritten\n", "over\\x0dwritten\n"},
    {"\xd7\xa9\xd7\x9c \xe2\x80\xae \xc2\x9b \xff\n", "\xd7\xa9\xd7\x9c \\u202e \\u009b \\xff\n"},
    {"machine: all is well\n", "image| machine: all is well\n"},
    {"capdl: booted\r\ncap\nmach: no\n", "image| capdl: booted\ncap\nmach: no\n"},
    {"x machine: y\n", "x machine: y\n"},
    {"image| machine: y\n", "image| image| machine: y\n"},
    {"machine", "machine"},
    {"cut \xe2\x80", "cut \\xe2\\x80"},
    {"\rmachine: y\n", "\\x0dmachine: y\n"},
};

/* The text comes in pieces of so many bytes. */
static int check(const char *printed, const char *expected, size_t piece)
{
    char *shown = NULL;
    size_t size = 0, length = strlen(printed);
    FILE *to = open_memstream(&shown, &size), *filter = console_filter(to, true);
    for (size_t at = 0; at < length; at += piece) {
        fwrite(printed + at, 1, piece < length - at ? piece : length - at, filter);
    }
    fclose(filter);
    fclose(to);
    int wrong = strcmp(shown, expected) != 0;
    if (wrong) {
        fprintf(stderr, "in pieces of %zu: got '%s', expected '%s'\n", piece, shown, expected);
    }
    free(shown);
    return wrong;
}

int main(void)
{
    int wrong = 0;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (size_t piece = 1; piece < 20; piece++) {
            wrong |= check(cases[i].printed, cases[i].shown, piece);
        }
    }
    return wrong;
}
