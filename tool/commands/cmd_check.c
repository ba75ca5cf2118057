/* SPDX-License-Identifier: BSD-2-Clause */
#include "commands.h"

#include "policy_file.h"

const struct usage usage_check = {
    "check SPEC|IMAGE [--json | --sarif] [--stdin-filename FILE] [--policy FILE [--date DATE]] [--dtb FILE]\n"
    "             [--kernel KERNEL] [--memory-map MAP] [--arch ARCH] [-I DIR]... [--no-check NAME]... [-W error]",
    "Reports every problem in a spec, each with file, line and column: syntax, names, the checks in\n"
    "docs/checks.md, ELF files of protection domains, and what the kernel does not support. A spec in\n"
    "which no thread has both a CSpace and a VSpace is taken for part of a system: it is checked against\n"
    "a kernel only with --kernel. Prints nothing if there are no problems. With --json, prints an array of problems "
    "on\n"
    "standard output. With --dtb, also checks device memory and interrupts against a device tree. With\n"
    "--policy, also reports what the policy does not allow; for an IMAGE, only the policy is checked.",
    .takes = OPTIONS(OPTION_KERNEL, OPTION_MEMORY_MAP, OPTION_ARCH, OPTIONS_INCLUDE, OPTIONS_CHECKS, OPTION_JSON,
                     OPTION_DTB_CHECK, OPTIONS_POLICY, OPTION_LIST_CHECKS, OPTION_SARIF, OPTION_STDIN_FILENAME),
    .min_operands = 1,
    .max_operands = 1,
    .examples = "capdl check system.cdl\n"
                "capdl check --kernel /opt/sel4 --dtb board.dtb -W error system.cdl",
    .findings = "Errors, more warnings than allowed, or something that the policy does not allow.",
};

/* The policy has its say also about a spec with other mistakes, once it could be read. */
static int check_all(struct input *input, int read, const struct options *options)
{
    int code = input->is_image ? read : input_check_spec(input, read, options);
    int policy = read == EXIT_FINE && options->policy ? policy_check(input, options, !options->json) : EXIT_FINE;
    return policy > code ? policy : code;
}

static void list_checks(void)
{
    for (unsigned i = CAPDL_CHECK_NONE + 1; i < CAPDL_CHECK_COUNT; i++) {
        enum capdl_check check = (enum capdl_check)i;
        printf("%-15s  %-7s  %s\n", capdl_check_name(check),
               capdl_check_severity(check) == CAPDL_WARNING ? "warning" : "error", capdl_check_text(check));
    }
}

int cmd_check(int argc, char **argv)
{
    struct options options;
    struct input input;
    int code = options_parse(&usage_check, argc, argv, &options);
    if (code != OPTIONS_GO) {
        return code;
    }
    if (options.list_checks) {
        list_checks();
        options_free(&options);
        return EXIT_FINE;
    }
    options.json_diags = options.json;
    code = input_read(&input, options.operands[0], INPUT_SPEC | (options.policy ? INPUT_IMAGE : 0u), &options);
    code = check_all(&input, code, &options);
    code = input_finish(&input, &options, code);
    options_free(&options);
    return code;
}
