/* SPDX-License-Identifier: BSD-2-Clause */
#include "commands.h"

#include <stdlib.h>

#include "image/forecast.h"
#include "input/result.h"
#include "place.h"
#include "report/report.h"

const struct usage usage_fit = {
    "fit SPEC|IMAGE [--kernel KERNEL] [--memory-map MAP] [--untypeds FILE] [--reserve START+SIZE]... [-I DIR]...\n"
    "                 [--arch ARCH] [--at ADDRESS] [--initialiser-at ADDRESS] [--json]",
    "Checks before boot that a system fits a kernel's memory. Shows where kernel, device tree and image go,\n"
    "which untypeds the kernel will report, where each object with a physical address goes, how much memory\n"
    "is used and how much is left. On x86-64 the memory depends on the firmware: --memory-map gives the\n"
    "firmware's map, or --untypeds the kernel's list. For a root task that capdl did not make, shows what\n"
    "the kernel will give it; this needs --kernel.",
    .takes = OPTIONS(OPTION_KERNEL, OPTION_ARCH, OPTIONS_MEMORY, OPTION_RESERVE, OPTIONS_PLACE, OPTIONS_INCLUDE,
                     OPTIONS_CHECKS, OPTION_JSON_RESULT),
    .min_operands = 1,
    .max_operands = 1,
    .examples = "capdl fit system.cdl --kernel /opt/sel4\n"
                "capdl fit system.elf --memory-map qemu:512M",
    .findings = "Bad input; the system does not fit the kernel's memory; or only a boot can tell whether it fits.",
};

struct fit_result {
    struct fit_printer sections;
    struct json_object *totals;
};

static void tell_section(void *context, const char *title)
{
    const struct fit_printer *to = &((struct fit_result *)context)->sections;
    to->section(to->context, title);
}

static void tell_range(void *context, uint64_t start, uint64_t end, const char *what)
{
    const struct fit_printer *to = &((struct fit_result *)context)->sections;
    to->range(to->context, start, end, what);
}

static void tell_note(void *context, const char *text)
{
    const struct fit_printer *to = &((struct fit_result *)context)->sections;
    to->note(to->context, text);
}

static void tell_number(void *context, const char *name, uint64_t value)
{
    json_object_object_add(((struct fit_result *)context)->totals, name, json_object_new_uint64(value));
}

static bool tell(struct input *input, const struct fit_options *how)
{
    if (!input->result) {
        return fit_report(&input->image, how, &input->diags, stdout);
    }
    struct json_object *sections = json_object_new_array();
    struct fit_result result = {report_fit_printer(sections), json_object_new_object()};
    struct fit_printer printer = {tell_section, tell_range, tell_note, tell_number, &result};
    bool fits = fit_tell(&input->image, how, &input->diags, &printer);
    result_add(input, "fits", json_object_new_boolean(fits));
    result_add_text(input, "kernel", input->profile.name);
    result_add(input, "sections", sections);
    result_add(input, "totals", result.totals);
    return fits;
}

/* With --at, as `capdl image` will place things. */
static bool placed(struct input *input, const struct options *options, const char *compiled, size_t size,
                   struct fit_options *how)
{
    struct pack_placement placement;
    const uint8_t *bytes = compiled ? (const uint8_t *)compiled : input->bytes.data;
    if (!place_loader(input, options, bytes, compiled ? size : input->bytes.size, &placement)) {
        return false;
    }
    if (options->at) {
        how->tree_at = placement.tree_at;
        how->tree_size = placement.tree_size;
        how->image_at = placement.image_at;
        how->loader = placement.loader;
    }
    return true;
}

static int fit(struct input *input, const struct options *options)
{
    char *bytes = NULL;
    size_t size = 0;
    struct fit_options how = {.profile = &input->profile,
                              .name = input->name,
                              .untypeds = options->untypeds,
                              .image_at = options->initialiser_at};
    bool good = input_need_profile(input, options) && input_place_good(options, &input->profile, &input->diags) &&
                (input->is_image ? !options->kernel || input_kernel_fits(input)
                                 : input_compile(input, options, &bytes, &size)) &&
                placed(input, options, bytes, size, &how) && tell(input, &how);
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
    result_start(&input, &options, "fit");
    if (code == EXIT_FINE) {
        code = fit(&input, &options);
    }
    code = input_finish(&input, &options, code);
    options_free(&options);
    return code;
}
