/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * capdl: from capDL specs to booting seL4 systems. HACKING.md shows the rooms; commands/cmd_NAME.c is where a command
 * begins.
 */
#include "commands/commands.h"

#include <string.h>

static void print_usage(FILE *stream)
{
    fprintf(stream, "usage: capdl COMMAND [options] ...\n\ncommands:\n");
    for (size_t i = 0; i < num_commands; i++) {
        fprintf(stream, "  %-10s %s\n", commands[i].name, commands[i].summary);
    }
    fprintf(stream, "\n'capdl init DIRECTORY' makes a system to start from; 'capdl help COMMAND' describes a command.\n"
                    "Exit codes: 0 success, 1 findings or bad input, 2 usage or I/O error.\n");
}

/* Output that went into a full disk or a closed pipe must not look like success. */
static int close_output(int code)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("capdl: cannot write to standard output");
        return EXIT_TROUBLE;
    }
    return code;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    const struct command *command = command_find(name);
    if (command && (command->run != cmd_help || argc > 2)) {
        return close_output(command->run(argc - 1, argv + 1));
    }
    if (command || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        print_usage(stdout);
        return close_output(EXIT_FINE);
    }
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        puts("capdl " CAPDL_VERSION);
        return close_output(EXIT_FINE);
    }
    if (*name) {
        return command_unknown(name);
    }
    print_usage(stderr);
    return EXIT_TROUBLE;
}
