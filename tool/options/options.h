/* SPDX-License-Identifier: BSD-2-Clause */
/* Command lines of the subcommands: which options there are (options.def), who takes which, and what they set. */
#ifndef TOOL_OPTIONS_H
#define TOOL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <capdl/diag.h>

struct capdl_profile;

enum exit_code {
    EXIT_FINE = 0,
    EXIT_FINDINGS = 1, /* bad input, a difference, a boot that failed */
    EXIT_TROUBLE = 2,  /* usage, or a file that cannot be read or written */
};

/* What the options of a command line, and its operands, say. Lists end with NULL, and are NULL if nothing was given. */
struct options {
    const char *output;
    const char *kernel;
    const char *arch;
    const char *untypeds;
    const char *memory_map;
    const char *until;
    const char *trace; /* a filter, "" for everything; NULL: no trace */
    const char *spec;
    const struct capdl_profile
        *profile; /* of a spec's PDs when no --kernel is given; NULL: the default of its architecture */
    const char **directories;
    bool no_checks[CAPDL_CHECK_COUNT];
    const char *format, *dtb;
    uint64_t at, initialiser_at; /* 0: not given */
    const char **reserved;
    const char **externals;
    const char **devices; /* QEMU's */
    double timeout;       /* seconds; 0: not given */
    size_t max_errors;
    bool no_warnings;          /* a warning is a finding, */
    size_t max_warnings;       /* or more than these are */
    const char *focus, *level; /* a subject; "subjects" or "objects" */
    bool all;                  /* draw faults and control */
    bool inputs;               /* the files that an image was made from */
    const char *policy, *date; /* a file; the day on which waivers are looked at */
    const char *only;          /* a subject; NULL: all */
    unsigned min_rank;         /* graver findings and these are shown; 0: all */
    unsigned fail_rank;        /* and of these the exit code tells; 0: all but layout */
    bool strip, quiet, json, strict, list_checks, markdown;
    bool stats, raw;
    bool firmware_dtb;
    bool header, board_devices; /* of `profile` */
    const char *depfile;
    const char *stdin_filename; /* what "-" is called */
    bool sarif;
    bool man;               /* of `help` */
    const char *completion; /* a shell */
    const char *device;     /* one device of a board; NULL: all */
    const char *fill_file;  /* of `expand` */
    bool json_diags;        /* diagnostics as JSON on standard output */
    bool summary;           /* their number in a line after them */
    bool wide_rights;       /* of Microkit systems */
    const char *board, *config, *report, *image_type, *capdl_json, *viper_output, *override_kernel; /* of `microkit` */
    char **operands; /* what is not an option */
    int num_operands;
};

enum option_id {
    OPTION_NONE, /* ends lists */
#define OPTION(id, letter, name, argument, takes, help) OPTION_##id,
#include "options.def"
#undef OPTION
};

/* What a command's usage lists. */
#define OPTIONS(...)             \
    (const enum option_id[])     \
    {                            \
        __VA_ARGS__, OPTION_NONE \
    }

/* Options that go together. */
#define OPTIONS_INCLUDE OPTION_INCLUDE, OPTION_MICROKIT_RIGHTS
#define OPTIONS_CHECKS OPTION_NO_CHECK, OPTION_WARNINGS, OPTION_MAX_WARNINGS, OPTION_MAX_ERRORS
#define OPTIONS_MEMORY OPTION_UNTYPEDS, OPTION_MEMORY_MAP
#define OPTIONS_PLACE OPTION_AT, OPTION_INITIALISER_AT
#define OPTIONS_POLICY OPTION_POLICY, OPTION_DATE

/* How a command is used. */
struct usage {
    const char *synopsis;        /* without the program's name: "check [options] SPEC" */
    const char *text;            /* what it does: paragraphs, with an empty line between them */
    const enum option_id *takes; /* OPTIONS(...), in any order */
    const enum option_id *needs; /* those that must be given; NULL: none */
    int min_operands, max_operands;
    const char *examples; /* command lines, one a line */
    const char *findings; /* what exit code 1 means; NULL: it does not happen */
    bool own_terminal;    /* no progress is shown on it */
};

enum { OPTIONS_GO = -1 };

/* Parses the command line of a subcommand. Returns OPTIONS_GO; else help or a message is printed, there is nothing to
   free, and the caller ends with the exit code returned. */
int options_parse(const struct usage *, int argc, char **argv, struct options *);
void options_free(struct options *);
/* Whether -o names a file with this ending, such as ".html". */
bool options_output_is(const struct options *, const char *ending);

/* A row of options.def, as help, manual and completion need it. */
struct option_entry {
    char letter;
    const char *name;
    const char *argument; /* NULL: a flag; "[=NAME]": may be left out. The word tells what completion offers. */
    const char *help;
};

/* The next option that a command takes, in the order of its help, and that after the last one; NULL: there is none. */
const struct option_entry *option_next(const struct usage *, const struct option_entry *last);
/* Whether the option's argument may be left out. */
bool option_is_optional(const struct option_entry *);
/* Prints a command's help. */
void usage_print_help(const struct usage *);

#endif
