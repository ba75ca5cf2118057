/* SPDX-License-Identifier: BSD-2-Clause */
/* The subcommands and their options, as the command line, the help, the manual and shell completion need them. */
#ifndef TOOL_COMMANDS_H
#define TOOL_COMMANDS_H

#include "input/input.h"

/* cmd_NAME runs a command, argv[0] being its name, and returns an exit code; usage_NAME says how it is used. */
#define COMMAND(name, summary)             \
    int cmd_##name(int argc, char **argv); \
    extern const struct usage usage_##name;
#include "commands.def"
#undef COMMAND

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

/* Prints a manual page (roff, man macros), or a shell's completion script. */
void manual_print_command(const struct command *);
void manual_print_overview(void);
/* False: no such shell. */
bool completion_print(const char *shell);

#endif
