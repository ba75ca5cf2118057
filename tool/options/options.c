/* SPDX-License-Identifier: BSD-2-Clause */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/escape.h>
#include <capdl/spec.h>

#include "base/memory.h"
#include "base/progress.h"
#include "values.h"

/* A row: what others see of it, then how its value is read. */
struct row {
    struct option_entry entry;
    struct option_value value;
};

/* The member of struct options that a row sets; any other type than `type` does not compile. */
#define MEMBER(field, type) offsetof(struct options, field) * _Generic(((struct options *)NULL)->field, type: 1)
#define FLAG(field) VALUE_FLAG, MEMBER(field, bool)
#define FIXED(field, only, expected) VALUE_FIXED, MEMBER(field, bool), only, expected
#define TEXT(field) VALUE_TEXT, MEMBER(field, const char *)
#define OPTIONAL(field) VALUE_TEXT, MEMBER(field, const char *)
#define LIST(field) VALUE_LIST, MEMBER(field, const char **)
#define COUNT(field) VALUE_COUNT, MEMBER(field, size_t)
#define SECONDS(field) VALUE_SECONDS, MEMBER(field, double)
#define ADDRESS(field) VALUE_ADDRESS, MEMBER(field, uint64_t)
#define RANK(field) VALUE_RANK, MEMBER(field, unsigned)
#define CHECK(field) VALUE_CHECK, MEMBER(field, bool *)

static const struct row rows[] = {
#define OPTION(id, letter, name, argument, takes, help) [OPTION_##id] = {{letter, name, argument, help}, {takes}},
#include "options.def"
#undef OPTION
};
enum { NUM_ROWS = sizeof(rows) / sizeof(rows[0]) };

static bool listed(const enum option_id *list, enum option_id id)
{
    while (list && *list && *list != id) {
        list++;
    }
    return list && *list;
}

const struct option_entry *option_next(const struct usage *usage, const struct option_entry *last)
{
    size_t i = last ? (size_t)((const struct row *)last - rows) : OPTION_NONE; /* an entry is the first of its row */
    while (++i < NUM_ROWS) {
        if (listed(usage->takes, (enum option_id)i)) {
            return &rows[i].entry;
        }
    }
    return NULL;
}

bool option_is_optional(const struct option_entry *entry)
{
    return entry->argument && *entry->argument == '[';
}

/* Every command has it, but it sets nothing. */
static const struct option_entry help_entry = {'h', "help", NULL, "show this help"};

static void print_option(const struct option_entry *entry)
{
    char form[64];
    const char *gap = entry->argument && !option_is_optional(entry) ? " " : "";
    snprintf(form, sizeof(form), "-%c, --%s%s%s", entry->letter, entry->name, gap,
             entry->argument ? entry->argument : "");
    printf("  %-28s %s\n", form, entry->help);
}

/* Paragraphs in lines of at most 100 characters; a line break within one is a space. */
static void print_paragraphs(const char *text)
{
    enum { WIDTH = 100 };
    size_t column = 0;
    while (*text) {
        size_t word = strcspn(text, " \n");
        if (column && column + 1 + word > WIDTH) {
            putchar('\n');
            column = 0;
        }
        column += (size_t)printf("%s%.*s", column ? " " : "", (int)word, text);
        text += word;
        if (text[0] == '\n' && text[1] == '\n') {
            fputs("\n\n", stdout);
            column = 0;
        }
        text += strspn(text, " \n");
    }
    putchar('\n');
}

void usage_print_help(const struct usage *usage)
{
    printf("usage: capdl %s\n\n", usage->synopsis);
    print_paragraphs(usage->text);
    printf("\noptions:\n");
    for (const struct option_entry *entry = NULL; (entry = option_next(usage, entry)) != NULL;) {
        print_option(entry);
    }
    print_option(&help_entry);
    const char *example = usage->examples;
    for (printf("\nexamples:\n"); example && *example;) {
        size_t length = strcspn(example, "\n");
        printf("  %.*s\n", (int)length, example);
        example += length + (example[length] != 0);
    }
}

/* getopt's tables for the options of a command; those it takes, in this order, and help after them. */
static size_t make_tables(const struct usage *usage, struct option *longs, const struct option_entry **entries,
                          char *shorts)
{
    size_t count = 0;
    *shorts++ = ':';
    const struct option_entry *entry = NULL;
    do {
        entry = option_next(usage, entry);
        entries[count] = entry ? entry : &help_entry;
        int argument = !entries[count]->argument            ? no_argument
                       : option_is_optional(entries[count]) ? optional_argument
                                                            : required_argument;
        longs[count] = (struct option){entries[count]->name, argument, NULL, entries[count]->letter};
        *shorts++ = entries[count]->letter;
        for (int colons = 0; colons < argument; colons++) { /* "o:", and "o::" for the optional one */
            *shorts++ = ':';
        }
        count++;
    } while (entry);
    longs[count] = (struct option){NULL};
    *shorts = 0;
    return count;
}

static int wrong(const struct usage *usage, const char *command, const char *problem, const char *what)
{
    capdl_escape_printf(stderr, "capdl %s: %s%s\n", command, problem, what);
    fprintf(stderr, "usage: capdl %s\nTry 'capdl %s --help'.\n", usage->synopsis, command);
    return EXIT_TROUBLE;
}

/* An option that the command does not have, with the nearest of those it has. */
static int wrong_option(const struct usage *usage, const char *command, const char *written)
{
    struct capdl_nearest nearest = {NULL};
    size_t length = strcspn(written, "=");
    if (strncmp(written, "--", 2) == 0) {
        for (const struct option_entry *entry = NULL; (entry = option_next(usage, entry)) != NULL;) {
            capdl_nearest_try(&nearest, written + 2, length - 2, entry->name);
        }
    }
    char what[200];
    snprintf(what, sizeof(what), "%.100s%s%s%s", written, nearest.word ? " (did you mean '--" : "",
             nearest.word ? nearest.word : "", nearest.word ? "'?)" : "");
    return wrong(usage, command, "unknown option: ", what);
}

/* The first option that must be given and was not; NULL: none. */
static const struct option_entry *missing(const struct usage *usage, const bool *given)
{
    for (const enum option_id *need = usage->needs; need && *need; need++) {
        if (!given[*need]) {
            return &rows[*need].entry;
        }
    }
    return NULL;
}

/* What is wrong with a command line, all of whose options are right by themselves. */
static int judge(const struct usage *usage, const char *command, const struct options *options, const bool *given)
{
    if (options->num_operands < usage->min_operands && !options->list_checks) {
        return wrong(usage, command, "missing argument", "");
    }
    if (options->num_operands > usage->max_operands) {
        return wrong(usage, command, "unexpected argument: ", options->operands[usage->max_operands]);
    }
    const struct option_entry *need = missing(usage, given);
    if (need) {
        char what[64];
        snprintf(what, sizeof(what), "-%c, --%s %s", need->letter, need->name, need->argument);
        return wrong(usage, command, "missing option: ", what);
    }
    if (given[OPTION_JSON_RESULT] && options->output && strcmp(options->output, "-") == 0) {
        return wrong(usage, command, "--json prints on standard output, so -o must name a file, not ", "-");
    }
    return OPTIONS_GO;
}

static int parse(const struct usage *usage, int argc, char **argv, struct options *options)
{
    struct option longs[NUM_ROWS + 1];
    const struct option_entry *entries[NUM_ROWS];
    char shorts[3 * NUM_ROWS + 2];
    bool given[NUM_ROWS] = {false};
    *options =
        (struct options){.max_errors = 20, .max_warnings = SIZE_MAX, .summary = listed(usage->takes, OPTION_NO_CHECK)};
    make_tables(usage, longs, entries, shorts);
    optind = 0;
    opterr = 0;
    for (int letter; (letter = getopt_long(argc, argv, shorts, longs, NULL)) != -1;) {
        if (letter == ':') {
            return wrong(usage, argv[0], "option needs an argument: ", argv[optind - 1]);
        }
        if (letter == '?') {
            return wrong_option(usage, argv[0], argv[optind - 1]);
        }
        const struct option_entry *entry = entries[0];
        for (size_t i = 0; entry->letter != letter;) {
            entry = entries[++i];
        }
        if (entry == &help_entry) {
            usage_print_help(usage);
            return EXIT_FINE;
        }
        const struct row *row = (const struct row *)entry;
        given[row - rows] = true;
        if (!value_set(options, &row->value, optarg, argv[0], entry->name)) {
            return EXIT_TROUBLE;
        }
    }
    options->operands = argv + optind;
    options->num_operands = argc - optind;
    return judge(usage, argv[0], options, given);
}

int options_parse(const struct usage *usage, int argc, char **argv, struct options *options)
{
    int code = parse(usage, argc, argv, options);
    if (code != OPTIONS_GO) {
        options_free(options);
    } else if (!usage->own_terminal && !options->json && !options->sarif) {
        progress_start(argv[0]);
    }
    return code;
}

bool options_output_is(const struct options *options, const char *ending)
{
    size_t length = options->output ? strlen(options->output) : 0, end = strlen(ending);
    return length > end && strcmp(options->output + length - end, ending) == 0;
}

void options_free(struct options *options)
{
    free(options->directories);
    free(options->externals);
    free(options->reserved);
    free(options->devices);
    *options = (struct options){NULL};
}
