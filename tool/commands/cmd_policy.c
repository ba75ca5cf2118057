/* SPDX-License-Identifier: BSD-2-Clause */
/* `capdl policy`: what a system does, as a policy that allows it. */
#include "commands.h"

#include <capdl/policy.h>

#include "base/progress.h"

const struct usage usage_policy = {
    "policy SPEC|IMAGE [--kernel KERNEL] [--memory-map MAP] [--arch ARCH] [-I DIR]...",
    "Prints the policy that allows exactly what a system does: who calls, notifies, shares memory with and\n"
    "controls whom, whose faults go where, devices, interrupts, priorities. Start from it to write the\n"
    "policy for 'capdl check --policy' and 'capdl diff --policy'. docs/policy.md explains the language.",
    .takes = OPTIONS(OPTION_KERNEL, OPTION_MEMORY_MAP, OPTION_ARCH, OPTIONS_INCLUDE, OPTIONS_CHECKS),
    .min_operands = 1,
    .max_operands = 1,
    .examples = "capdl policy system.cdl > system.policy\n"
                "capdl check --policy system.policy system.cdl",
    .findings = "Bad input.",
};

int cmd_policy(int argc, char **argv)
{
    struct options options;
    struct input input;
    int code = options_parse(&usage_policy, argc, argv, &options);
    if (code != OPTIONS_GO) {
        return code;
    }
    code = input_read(&input, options.operands[0], INPUT_SPEC | INPUT_IMAGE, &options);
    if (code == EXIT_FINE) {
        struct capdl_relations relations;
        progress_say("writing the policy of", input.name);
        capdl_relations_find(&input.spec, &relations);
        capdl_policy_write(&relations, stdout);
        capdl_relations_free(&relations);
    }
    code = input_finish(&input, &options, code);
    options_free(&options);
    return code;
}
