/* SPDX-License-Identifier: BSD-2-Clause */
/* What a terminal gets of what an image prints, however it comes in pieces. */
#include <stdlib.h>
#include <string.h>

#include "commands/console.h"

enum { WIDTH = 40 };

static const struct {
    const char *printed, *shown;
} cases[] = {
    {"hello\r\nworld\n", "hello\nworld\n"},
    {"a\tb\x1b[2J\x07\n", "a\tb\\x1b[2J\\x07\n"},
    {"over\rwritten\n", "over\\x0dwritten\n"},
    {"\xd7\xa9\xd7\x9c \xe2\x80\xae \xc2\x9b \xff\n", "\xd7\xa9\xd7\x9c \\u202e \\u009b \\xff\n"},
    {"machine: all is well\n", "image| machine: all is well\n"},
    {"trace: x\nstats: x\nnote: x\n", "image| trace: x\nimage| stats: x\nimage| note: x\n"},
    {"capdl: booted\r\ncap\nmach: no\n", "image| capdl: booted\ncap\nmach: no\n"},
    {"x machine: y\n", "x machine: y\n"},
    {"image| machine: y\n", "image| image| machine: y\n"},
    {"machine", "machine\n"},
    {"cut \xe2\x80", "cut \\xe2\\x80\n"},
    {"\rmachine: y\n", "\\x0dmachine: y\n"},
    /* what cannot be seen, and another alphabet's a */
    {"\xe2\x80\x8bmachine: y\n", "image| \xe2\x80\x8bmachine: y\n"},
    {"ma\xe2\x80\x8b\xe2\x80\x8b"
     "chine: y\n",
     "image| ma\xe2\x80\x8b\xe2\x80\x8b"
     "chine: y\n"},
    {"m\xd0\xb0"
     "chine: y\n",
     "image| m\xd0\xb0"
     "chine: y\n"},
    {"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d\n",
     "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d\n"},
    /* what would come to the beginning of the terminal's next line */
    {"1234567890123456789012345678901234567890machine: y\n",
     "1234567890123456789012345678901234567890\nimage| machine: y\n"},
    {"1234567890123456789012345678901234567890\nx\n", "1234567890123456789012345678901234567890\nx\n"},
    {"\t\t\t\t\tmachine: y\n", "\t\t\t\t\t\nimage| machine: y\n"},
};

struct shown {
    char *text;
    size_t size;
    FILE *to;
    struct console console;
};

static void open_console(struct shown *shown)
{
    *shown = (struct shown){.text = NULL};
    shown->to = open_memstream(&shown->text, &shown->size);
    if (!shown->to || !console_open(&shown->console, shown->to, shown->to, WIDTH)) {
        exit(99);
    }
}

static int close_console(struct shown *shown, const char *expected, size_t piece)
{
    console_close(&shown->console);
    fclose(shown->to);
    int wrong = strcmp(shown->text, expected) != 0;
    if (wrong) {
        fprintf(stderr, "in pieces of %zu: got '%s', expected '%s'\n", piece, shown->text, expected);
    }
    free(shown->text);
    return wrong;
}

/* The text comes in pieces of so many bytes. */
static int check(const char *printed, const char *expected, size_t piece)
{
    struct shown shown;
    size_t length = strlen(printed);
    open_console(&shown);
    for (size_t at = 0; at < length; at += piece) {
        fwrite(printed + at, 1, piece < length - at ? piece : length - at, shown.console.image);
    }
    return close_console(&shown, expected, piece);
}

/* What we say in the middle of a line of the image's ends it, so that no line of theirs begins unnoticed. */
static int check_ours(void)
{
    struct shown shown;
    open_console(&shown);
    fputs("x", shown.console.image);
    fputs("machine: ours\x1b\n", shown.console.ours);
    fputs("machine: theirs", shown.console.image);
    fputs("machine: ours\n", shown.console.ours);
    return close_console(&shown, "x\nmachine: ours\\x1b\nimage| machine: theirs\nmachine: ours\n", 0);
}

int main(void)
{
    int wrong = check_ours();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (size_t piece = 1; piece < 20; piece++) {
            wrong |= check(cases[i].printed, cases[i].shown, piece);
        }
    }
    return wrong;
}
