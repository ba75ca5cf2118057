/* SPDX-License-Identifier: BSD-2-Clause */
#include "command.h"

static const struct usage usage = {
    "check SPEC [--kernel KERNEL] [--arch ARCH] [-I DIR]... [--no-check NAME]...",
    "Reports every problem in a spec, each with file, line and column: syntax, names, what the checks\n"
    "in docs/checks.md find, ELF files of protection domains, and what the kernel cannot do.\n"
    "Prints nothing when there is none.",
    OPTION_KERNEL | OPTION_ARCH | OPTION_DIRECTORIES | OPTION_CHECKS,
    1,
    1,
};

/* A spec that an initialiser can be made for is compiled, to nowhere, because the compiler has findings of its own. */
static bool try_compile(struct input *input, const struct options *options)
{
    struct image_options image = {
        .profile = &input->profile,
        .spec_path = input->name,
        .directories = options->directories,
    };
    FILE *nowhere = fopen("/dev/null", "wb");
    bool good = nowhere && image_compile(&input->spec, &image, &input->diags, nowhere);
    if (nowhere) {
        fclose(nowhere);
    }
    return good;
}

static bool boots(enum capdl_arch arch)
{
    static const bool table[] = {
#define CAPDL_ARCH(id, keyword, bits, can_boot) [CAPDL_ARCH_##id] = can_boot,
#include <capdl/arch.def>
#undef CAPDL_ARCH
    };
    return table[arch];
}

int cmd_check(int argc, char **argv)
{
    struct options options;
    struct input input;
    enum options_result result = options_parse(&usage, argc, argv, &options);
    if (result != OPTIONS_GO) {
        options_free(&options);
        return result == OPTIONS_HELP ? EXIT_FINE : EXIT_TROUBLE;
    }
    int code = input_read(&input, options.operands[0], INPUT_SPEC, &options);
    code = input_check(&input, &options, code);
    if (code == EXIT_FINE && boots(input.spec.arch) && (!input_need_profile(&input, &options) || !try_compile(&input, &options))) {
        code = EXIT_FINDINGS;
    }
    code = input_finish(&input, &options, code);
    options_free(&options);
    return code;
}
