/* SPDX-License-Identifier: BSD-2-Clause */
/* The subcommands and their options, as the command line, the help, the manual and shell completion need them. */
#ifndef TOOL_COMMANDS_H
#define TOOL_COMMANDS_H

#include "command.h"

/* A subcommand. */
struct command {
    const char *name;
    int (*run)(int argc, char **argv); /* argv[0] is the name; returns an exit code */
    const char *summary;               /* what it does, without a full stop */
    const struct usage *usage;
};

/* All of them, in the order in which they are shown, and those shown only when asked for. */
extern const struct command commands[];
extern const size_t num_commands;

/* The one of this name, or null. */
const struct command *command_find(const char *name);
/* Says that there is no such command, and which one is nearest. Returns EXIT_TROUBLE. */
int command_unknown(const char *name);

/* An option. */
struct option_entry {
    unsigned set; /* enum option_set: the subcommands that take one of these take it */
    char letter;
    const char *name;
    const char *argument; /* NULL: a flag; "[=NAME]": may be left out. The word tells what completion offers. */
    const char *help;
};

/* All options; *count is set. Which of them a subcommand takes: usage->takes & entry->set. */
const struct option_entry *option_entries(size_t *count);
/* Whether the option's argument may be left out. */
bool option_is_optional(const struct option_entry *);

/* Prints help for a command, a manual page (roff, man macros), or a shell's completion script. */
void usage_print_help(const struct usage *);
void manual_print_command(const struct command *);
void manual_print_overview(void);
/* False: no such shell. */
bool completion_print(const char *shell);

#endif
