/* SPDX-License-Identifier: BSD-2-Clause */
/* Manual pages, printed from what --help prints: roff with the man macros, as man(7) describes them. */
#include "commands.h"

#include <ctype.h>
#include <string.h>

enum { LINE_LENGTH = 66 };

/* Text in which roff sees nothing but text: what is a hyphen in prose is a minus where it may be copied. */
static void print_literal(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if ((c == '.' || c == '\'') && (i == 0 || text[i - 1] == '\n')) {
            fputs("\\&", stdout);
        }
        if (c == '\\') {
            fputs("\\e", stdout);
        } else if (c == '-') {
            fputs("\\-", stdout);
        } else if (c == '\'') {
            fputs("\\(aq", stdout);
        } else {
            putchar(c);
        }
    }
}

/* An option in prose, such as --json or '--kernel', is copied; "x86-64" and "read-only" are not. */
static bool is_option(const char *word, size_t length)
{
    return length > 1 && (word[0] == '-' || (word[0] == '\'' && word[1] == '-') || (word[0] == '[' && word[1] == '-'));
}

/* Words, broken into lines that are not too long. */
static void print_words(const char *text, size_t length)
{
    for (size_t at = 0, column = 0; at < length;) {
        size_t gap = strspn(text + at, " \n");
        size_t word = strcspn(text + at + gap, " \n");
        word = at + gap + word > length ? length - at - gap : word;
        bool breaks = column > 0 && column + 1 + word > LINE_LENGTH;
        if (column > 0) {
            putchar(breaks ? '\n' : ' ');
        }
        column = breaks || column == 0 ? word : column + 1 + word;
        const char *start = text + at + gap;
        if (is_option(start, word)) {
            print_literal(start, word);
        } else {
            printf("%s%.*s", column == word && (*start == '.' || *start == '\'') ? "\\&" : "", (int)word, start);
        }
        at += gap + word;
    }
}

static void print_title(const char *page)
{
    printf(".TH ");
    for (const char *c = page; *c; c++) {
        putchar(toupper((unsigned char)*c));
    }
    printf(" 1 \"" CAPDL_DATE "\" \"capdl " CAPDL_VERSION "\" \"seL4 systems\"\n");
}

/* One form of the command a line; what is continued on a line of its own belongs to the line before. */
static void print_synopsis(const char *synopsis)
{
    static const char another[] = "       capdl ";
    printf(".SH SYNOPSIS\n.B capdl\n");
    while (*synopsis) {
        size_t length = strcspn(synopsis, "\n");
        size_t blanks = strspn(synopsis, " ");
        if (strncmp(synopsis, another, sizeof(another) - 1) == 0) {
            printf(".br\n.B capdl\n");
            blanks = sizeof(another) - 1;
        }
        print_words(synopsis + blanks, length - blanks);
        putchar('\n');
        synopsis += length + (synopsis[length] != 0);
    }
}

/* Paragraphs, with an empty line between them. */
static void print_description(const char *text)
{
    printf(".SH DESCRIPTION\n");
    for (const char *gap; (gap = strstr(text, "\n\n")) != NULL; text = gap + 2) {
        print_words(text, (size_t)(gap - text));
        printf("\n.PP\n");
    }
    print_words(text, strlen(text));
    putchar('\n');
}

static void print_option(const struct option_entry *entry)
{
    printf(".TP\n.BR \\-%c \", \" \\-\\-", entry->letter);
    print_literal(entry->name, strlen(entry->name));
    if (entry->argument) {
        printf(option_is_optional(entry) ? " \"" : " \" ");
        print_literal(entry->argument, strlen(entry->argument));
        putchar('"');
    }
    putchar('\n');
    print_words(entry->help, strlen(entry->help));
    printf(".\n");
}

static void print_options(const struct usage *usage)
{
    printf(".SH OPTIONS\n");
    for (const struct option_entry *entry = NULL; (entry = option_next(usage, entry)) != NULL;) {
        print_option(entry);
    }
    printf(".TP\n.BR \\-h \", \" \\-\\-help\nshow this help.\n");
}

static void print_examples(const char *examples)
{
    printf(".SH EXAMPLES\n.EX\n");
    print_literal(examples, strlen(examples));
    printf("\n.EE\n");
}

static void print_exit_status(const char *findings)
{
    printf(".SH \"EXIT STATUS\"\n.TP\n.B 0\nSuccess.\n");
    if (findings) {
        printf(".TP\n.B 1\n");
        print_words(findings, strlen(findings));
        putchar('\n');
    }
    printf(".TP\n.B 2\nWrong usage, or a file that cannot be read or written.\n");
}

void manual_print_command(const struct command *command)
{
    char page[64];
    snprintf(page, sizeof(page), "capdl-%s", command->name);
    print_title(page);
    printf(".SH NAME\ncapdl\\-%s \\-\n", command->name);
    print_words(command->summary, strlen(command->summary));
    putchar('\n');
    print_synopsis(command->usage->synopsis);
    print_description(command->usage->text);
    print_options(command->usage);
    if (command->usage->examples) {
        print_examples(command->usage->examples);
    }
    print_exit_status(command->usage->findings);
    printf(".SH \"SEE ALSO\"\n.BR capdl (1),\n.BR capdl\\-spec (5),\n.BR capdl\\-image (5)\n");
}

void manual_print_overview(void)
{
    static const char about[] =
        "A capDL spec says which kernel objects an seL4 system has, who holds which capability, and what is mapped "
        "where. The command capdl compiles a spec and the ELF files of its protection domains into one bootable "
        "image, boots it on an emulated machine or in QEMU, makes boot files for boards and PCs, proves that an "
        "image boots into what its spec says, and shows a reviewer what a system, or a change to one, allows.";
    static const char data[] = "The directory of initialisers and loaders, if they are not where they were installed.";
    static const char ci[] = "If it is set, as build servers do, no progress is shown on a terminal.";
    static const char docs[] =
        "The pages that these manuals name as docs/..., below the directory of the installation, "
        "with examples and settings for editors beside them. docs/recipes.md is a tutorial.";
    print_title("capdl");
    printf(".SH NAME\ncapdl \\- from capDL specs to booting seL4 systems\n"
           ".SH SYNOPSIS\n.B capdl\nCOMMAND [options] ...\n"
           ".SH DESCRIPTION\n");
    print_words(about, sizeof(about) - 1);
    printf("\n.SH COMMANDS\n");
    for (size_t i = 0; i < num_commands; i++) {
        printf(".TP\n.BR capdl\\-%s (1)\n", commands[i].name);
        print_words(commands[i].summary, strlen(commands[i].summary));
        printf(".\n");
    }
    printf(".SH OPTIONS\n"
           ".TP\n.BR \\-h \", \" \\-\\-help\nlist the commands.\n"
           ".TP\n.BR \\-V \", \" \\-\\-version\nprint the version.\n");
    print_exit_status("Findings or bad input: a problem in the spec, a difference, a boot that failed.");
    printf(".SH ENVIRONMENT\n.TP\n.B CAPDL_DATA_DIR\n");
    print_words(data, sizeof(data) - 1);
    printf("\n.TP\n.B CI\n");
    print_words(ci, sizeof(ci) - 1);
    printf("\n.SH FILES\n.TP\n.I share/doc/capdl/docs\n");
    print_words(docs, sizeof(docs) - 1);
    printf("\n.SH \"SEE ALSO\"\n.BR capdl\\-spec (5),\n.BR capdl\\-image (5)\n");
}
