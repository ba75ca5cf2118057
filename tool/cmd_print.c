/* SPDX-License-Identifier: BSD-2-Clause */
/* `capdl expand` and `capdl show`: a spec as text again. */
#include "command.h"

#include "json/spec_json.h"
#include "extensions.h"

const struct usage usage_expand = {
    "expand SPEC [--strict] [--json] [--kernel KERNEL] [--memory-map MAP] [--arch ARCH] [-I DIR]...",
    "Prints the spec as standard capDL text: PD declarations replaced by the objects they stand for,\n"
    "arrays, ranges and copies spelled out. With --strict, replaces everything that other capDL tools\n"
    "cannot read; what has no equivalent is an error. With --json, prints JSON.",
    OPTION_KERNEL | OPTION_MAP | OPTION_ARCH | OPTION_DIRECTORIES | OPTION_CHECKS | OPTION_JSON | OPTION_STRICT,
    .min_operands = 1,
    .max_operands = 1,
    .examples = "capdl expand system.cdl > expanded.cdl\n"
                "capdl expand --strict system.cdl > standard.cdl",
    .findings = "Errors in the spec, or with --strict something that other tools cannot read.",
};

const struct usage usage_show = {
    "show SPEC|IMAGE [--json] [--kernel KERNEL] [--memory-map MAP] [--arch ARCH] [-I DIR]...",
    "Prints a spec as canonical capDL text: ordered by name, arrays and runs folded. Printing canonical\n"
    "text gives the same text. An image shows the spec it was made from. With --json, prints the JSON\n"
    "of docs/json.md, which every command accepts in place of text.",
    OPTION_KERNEL | OPTION_MAP | OPTION_ARCH | OPTION_DIRECTORIES | OPTION_CHECKS | OPTION_JSON,
    .min_operands = 1,
    .max_operands = 1,
    .examples = "capdl show system.elf\n"
                "capdl show --json system.cdl > system.json",
    .findings = "Bad input.",
};

static int print_spec(const struct usage *usage, unsigned wanted, bool folded, int argc, char **argv)
{
    struct options options;
    struct input input;
    int code = options_parse(usage, argc, argv, &options);
    if (code != OPTIONS_GO) {
        return code;
    }
    code = input_read(&input, options.operands[0], wanted, &options);
    if (code == EXIT_FINE && options.strict && !extensions_lower(&input.spec, &input.diags)) {
        code = EXIT_FINDINGS;
    }
    if (code == EXIT_FINE) {
        if (options.json) {
            spec_json_write(&input.spec, stdout);
        } else {
            capdl_spec_write_text(&input.spec, stdout, folded);
        }
    }
    code = input_finish(&input, &options, code);
    options_free(&options);
    return code;
}

int cmd_expand(int argc, char **argv)
{
    return print_spec(&usage_expand, INPUT_SPEC, false, argc, argv);
}

int cmd_show(int argc, char **argv)
{
    return print_spec(&usage_show, INPUT_SPEC | INPUT_IMAGE, true, argc, argv);
}
