/* SPDX-License-Identifier: BSD-2-Clause */
#include "command.h"

#include <stdlib.h>

#include "image/forecast.h"

const struct usage usage_fit = {
    "fit SPEC|IMAGE [--kernel KERNEL] [--memory-map MAP] [--untypeds FILE] [--reserve START+SIZE]... [-I DIR]...\n"
    "                 [--initialiser-at ADDRESS]",
    "Checks before boot that a system fits a kernel's memory. Shows where kernel, device tree and image go,\n"
    "which untypeds the kernel will report, where each object with a physical address goes, how much memory\n"
    "is used and how much is left. On x86-64 the memory depends on the firmware: --memory-map gives the\n"
    "firmware's map, or --untypeds the kernel's list. Of a root task that capdl did not make, it shows what\n"
    "the kernel will hand to it; --kernel is needed then.",
    OPTION_KERNEL | OPTION_ARCH | OPTION_UNTYPEDS | OPTION_RESERVE | OPTION_PLACE | OPTION_DIRECTORIES | OPTION_CHECKS,
    .min_operands = 1,
    .max_operands = 1,
    .examples = "capdl fit system.cdl --kernel /opt/sel4\n"
                "capdl fit system.elf --memory-map qemu:512M",
};

static int fit(struct input *input, const struct options *options)
{
    char *bytes = NULL;
    size_t size = 0;
    struct fit_options how = {.profile = &input->profile,
                              .name = input->name,
                              .untypeds = options->untypeds,
                              .image_at = options->initialiser_at};
    bool good = input_need_profile(input, options) && options_place_good(options, &input->profile, &input->diags) &&
                (input->is_image ? !options->kernel || input_kernel_fits(input)
                                 : input_compile(input, options, &bytes, &size)) &&
                fit_report(&input->image, &how, &input->diags, stdout);
    free(bytes);
    return good ? EXIT_FINE : EXIT_FINDINGS;
}

int cmd_fit(int argc, char **argv)
{
    struct options options;
    struct input input;
    int code = options_parse(&usage_fit, argc, argv, &options);
    if (code != OPTIONS_GO) {
        return code;
    }
    code = input_read(&input, options.operands[0], INPUT_SPEC | INPUT_IMAGE | INPUT_TASK, &options);
    if (code == EXIT_FINE) {
        code = fit(&input, &options);
    }
    code = input_finish(&input, &options, code);
    options_free(&options);
    return code;
}
