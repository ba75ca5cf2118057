/* SPDX-License-Identifier: BSD-2-Clause */
/* `capdl report`: a system for a reviewer. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include <capdl/architecture.h>

#include "base/progress.h"
#include "input/print_json.h"
#include "page_picture.h"
#include "report/report.h"

const struct usage usage_report = {
    "report SPEC|IMAGE [-o FILE] [--json] [--kernel KERNEL] [--memory-map MAP] [--untypeds FILE] [--arch ARCH]\n"
    "              [-I DIR]...",
    "Prints what a reviewer needs to know about a system: whether it fits and boots into the state that the spec\n"
    "describes, its digests, what is worth a look, who can affect whom, and for each protection domain its threads,\n"
    "what it can do and the memory it reaches. FILE.html is a self-contained page, FILE.json JSON.",
    .takes = OPTIONS(OPTION_OUTPUT, OPTION_JSON, OPTION_KERNEL, OPTION_ARCH, OPTIONS_MEMORY, OPTIONS_INCLUDE,
                     OPTIONS_CHECKS),
    .min_operands = 1,
    .max_operands = 1,
    .examples = "capdl report system.cdl -o system.html\n"
                "capdl report released.elf --json",
    .findings = "Bad input, a state that differs from the spec, or a system that does not fit.",
};

static const struct capdl_profile *profile_of(struct input *input, const struct options *options)
{
    if (!capdl_architecture(input->spec.arch)->kernel) {
        return NULL;
    }
    return input_need_profile(input, options) ? &input->profile : NULL;
}

/* The system as an image; a spec is compiled. NULL: `why` says why there is none. */
static const struct image *image_of(struct input *input, const struct options *options, char **bytes, size_t *size,
                                    const char **why)
{
    if (!capdl_architecture(input->spec.arch)->kernel) {
        *why = "no kernel of this architecture is supported: it cannot be booted";
    } else if (input->is_image) {
        if (!options->kernel || input_kernel_fits(input)) {
            return &input->image;
        }
        *why = "the image is for another kernel";
    } else {
        if (input_compile(input, options, bytes, size)) {
            return &input->image;
        }
        *why = "the spec cannot be compiled: see the checks";
    }
    return NULL;
}

static void print(struct json_object *model, const struct options *options, FILE *out)
{
    if (options->json || options_output_is(options, ".json")) {
        print_json_to(model, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE, out);
    } else {
        report_page(model, options_output_is(options, ".html") ? "report.html" : "report.txt", out);
    }
}

static int write_out(struct json_object *model, const struct options *options)
{
    struct file_output file;
    const char *output = options->output ? options->output : "-";
    if (!file_create(&file, output)) {
        capdl_escape_printf(stderr, "capdl: cannot write %s: %s\n", output, file_error());
        return EXIT_TROUBLE;
    }
    print(model, options, file.stream);
    if (!file_commit(&file)) {
        capdl_escape_printf(stderr, "capdl: cannot write %s: %s\n", output, file_error());
        return EXIT_TROUBLE;
    }
    return EXIT_FINE;
}

static int report(struct input *input, const struct options *options)
{
    char *bytes = NULL;
    const char *why = NULL;
    size_t size = 0;
    bool good;
    const struct capdl_profile *profile = profile_of(input, options);
    const struct image *image = image_of(input, options, &bytes, &size, &why);
    size_t picture_size = 0;
    bool page = options_output_is(options, ".html");
    progress_say("describing", input->name);
    char *picture = page ? page_picture(&input->spec, NULL, &picture_size) : NULL;
    struct report_input what = {
        .page = page,
        .picture = picture,
        .picture_size = picture_size,
        .name = input->name,
        .bytes = &input->bytes,
        .spec = &input->spec,
        .diags = &input->diags,
        .profile = profile,
        .image = image,
        .no_image = why,
        .is_image = input->is_image,
        .untypeds = options->untypeds,
        .directories = options->directories,
        .program_name = "capdl " CAPDL_VERSION,
    };
    struct json_object *model = report_model(&what, &good);
    int code = write_out(model, options);
    json_object_put(model);
    free(picture);
    free(bytes);
    return code != EXIT_FINE ? code : good ? EXIT_FINE : EXIT_FINDINGS;
}

int cmd_report(int argc, char **argv)
{
    struct options options;
    struct input input;
    int code = options_parse(&usage_report, argc, argv, &options);
    if (code != OPTIONS_GO) {
        return code;
    }
    code = input_read(&input, options.operands[0], INPUT_SPEC | INPUT_IMAGE, &options);
    if (code == EXIT_FINE && options.output && !output_is_safe(&input, &options, options.output)) {
        code = EXIT_TROUBLE;
    }
    if (code == EXIT_FINE) {
        code = report(&input, &options);
    }
    code = input_finish(&input, &options, code);
    options_free(&options);
    return code;
}
