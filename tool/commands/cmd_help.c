/* SPDX-License-Identifier: BSD-2-Clause */
/* capdl help: what is known about commands and options, for people, man(1) and shells. */
#include "commands.h"

const struct usage usage_help = {
    "help [COMMAND] [--man]\n"
    "       capdl help --completion SHELL",
    "Describes COMMAND, or lists all commands. With --man, prints the manual page instead, for man(1). With\n"
    "--completion, prints a script that teaches SHELL the commands, their options, and what these take.",
    .takes = OPTIONS(OPTION_MAN, OPTION_COMPLETION),
    .max_operands = 1,
    .examples = "capdl help compile\n"
                "capdl help --man compile | man -l -\n"
                "eval \"$(capdl help --completion bash)\"",
};

static int print_completion(const char *shell)
{
    if (completion_print(shell)) {
        return EXIT_FINE;
    }
    capdl_escape_printf(stderr, "capdl help: --completion takes bash, zsh or fish, not '%s'\n", shell);
    return EXIT_TROUBLE;
}

static int help(const struct options *options)
{
    if (options->completion) {
        return print_completion(options->completion);
    }
    if (options->num_operands == 0) {
        manual_print_overview();
        return EXIT_FINE;
    }
    const struct command *command = command_find(options->operands[0]);
    if (!command) {
        return command_unknown(options->operands[0]);
    }
    if (options->man) {
        manual_print_command(command);
    } else {
        usage_print_help(command->usage);
    }
    return EXIT_FINE;
}

int cmd_help(int argc, char **argv)
{
    struct options options;
    int code = options_parse(&usage_help, argc, argv, &options);
    if (code == OPTIONS_GO) {
        code = help(&options);
        options_free(&options);
    }
    return code;
}
