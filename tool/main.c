/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * capdl: from capDL specs to booting seL4 systems.
 *
 *     options.c   command lines            input.c    SPEC and IMAGE arguments -> model
 *     cmd_*.c     one subcommand each      base/      files, architecture data, ELF
 *     profile/    kernel facts             pd/        pd("x.elf") -> objects
 *     image/      model <-> image          machine/   an emulated seL4 machine
 *     devicetree/  what a board has        json/      specs as JSON
 *     extensions.c  standard text only
 *     verify/     what an image makes of a kernel, against its spec
 *     review/     contents and digests, for diff
 *     pack/       kernel + image -> what boots on a board or in QEMU
 */
#include "command.h"

#include <string.h>

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
};

static const struct command commands[] = {
    {"compile", cmd_compile, "compile a spec and its ELF files into a bootable image"},
    {"image", cmd_image, "make a boot file for a board or PC from a kernel and an image"},
    {"run", cmd_run, "boot an image on the emulated machine, or on a real kernel in QEMU"},
    {"update", cmd_update, "replace the program of a protection domain in an image"},
    {"verify", cmd_verify, "boot an image on the emulated machine and compare the kernel's state with the spec"},
    {"fit", cmd_fit, "check that a system fits a kernel's memory, and show where everything goes"},
    {"check", cmd_check, "report every problem in a spec"},
    {"diff", cmd_diff, "report how a change affects who may do what"},
    {"graph", cmd_graph, "draw who can communicate with whom"},
    {"expand", cmd_expand, "print a spec as standard capDL text, everything spelled out"},
    {"show", cmd_show, "print a spec, or the spec in an image, as canonical capDL text"},
    {"profile", cmd_profile, "print kernel facts, compare kernels, list the devices of a board"},
};
enum { NUM_COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void print_usage(FILE *stream)
{
    fprintf(stream, "usage: capdl COMMAND [options] ...\n\ncommands:\n");
    for (size_t i = 0; i < NUM_COMMANDS; i++) {
        fprintf(stream, "  %-10s %s\n", commands[i].name, commands[i].summary);
    }
    fprintf(stream, "\n'capdl help COMMAND' describes a command. Exit codes: 0 success, 1 findings or bad input, 2 "
                    "usage or I/O error.\n");
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

static const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < NUM_COMMANDS; i++) {
        if (strcmp(name, commands[i].name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

static int no_command(const char *name)
{
    const char *nearest = NULL;
    unsigned least = 3;
    for (size_t i = 0; i < NUM_COMMANDS; i++) {
        unsigned distance = capdl_distance(name, commands[i].name);
        if (distance < least) {
            least = distance;
            nearest = commands[i].name;
        }
    }
    capdl_escape_printf(stderr, "capdl: unknown command: %s%s%s%s\n", name, nearest ? "; did you mean '" : "",
                        nearest ? nearest : "", nearest ? "'?" : "");
    print_usage(stderr);
    return EXIT_TROUBLE;
}

/* `capdl help COMMAND` is `capdl COMMAND --help`. */
static int help_command(const char *name)
{
    const struct command *command = command_find(name);
    char *argv[] = {(char *)name, (char *)"--help", NULL};
    return command ? close_output(command->run(2, argv)) : no_command(name);
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    const struct command *command = command_find(name);
    if (command) {
        return close_output(command->run(argc - 1, argv + 1));
    }
    if (strcmp(name, "help") == 0 && argc > 2) {
        return help_command(argv[2]);
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_usage(stdout);
        return close_output(EXIT_FINE);
    }
    if (strcmp(name, "--version") == 0) {
        puts("capdl " CAPDL_VERSION);
        return close_output(EXIT_FINE);
    }
    if (*name) {
        return no_command(name);
    }
    print_usage(stderr);
    return EXIT_TROUBLE;
}
