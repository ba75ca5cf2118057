/* SPDX-License-Identifier: BSD-2-Clause */
#include "commands.h"

#include <string.h>

const struct command commands[] = {
#define COMMAND(name, summary) {#name, cmd_##name, summary, &usage_##name},
#include "commands.def"
#undef COMMAND
};
const size_t num_commands = sizeof(commands) / sizeof(commands[0]);

const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < num_commands; i++) {
        if (strcmp(name, commands[i].name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

int command_unknown(const char *name)
{
    struct capdl_nearest nearest = {NULL};
    for (size_t i = 0; i < num_commands; i++) {
        capdl_nearest_try(&nearest, name, strlen(name), commands[i].name);
    }
    capdl_escape_printf(stderr, "capdl: unknown command: %s%s\n", name, capdl_nearest_hint(&nearest));
    fputs("Try 'capdl help'.\n", stderr);
    return EXIT_TROUBLE;
}
