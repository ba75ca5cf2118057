/* SPDX-License-Identifier: BSD-2-Clause */
/* `capdl expand` and `capdl show`: a spec as text again. */
#include "commands.h"

#include <errno.h>
#include <string.h>

#include "base/progress.h"
#include "extensions.h"
#include "image/inputs_section.h"
#include "input/provenance.h"
#include "json/spec_json.h"

const struct usage usage_expand = {
    "expand SPEC [--strict] [--fill-file FILE] [--json] [--kernel KERNEL] [--memory-map MAP] [--arch ARCH] [-I DIR]...",
    "Prints the spec as standard capDL text: PD declarations replaced by the objects they stand for,\n"
    "arrays, ranges and copies spelled out. With --strict, replaces everything that other capDL tools\n"
    "cannot read; what has no equivalent is an error. Other tools fill frames from files only: --fill-file\n"
    "moves the bytes that the spec itself has, such as symbols of Microkit programs, into FILE, which is to\n"
    "be where the text's other files are. With --json, prints JSON.",
    .takes = OPTIONS(OPTION_KERNEL, OPTION_MEMORY_MAP, OPTION_ARCH, OPTIONS_INCLUDE, OPTIONS_CHECKS, OPTION_JSON,
                     OPTION_STRICT, OPTION_FILL_FILE),
    .min_operands = 1,
    .max_operands = 1,
    .examples = "capdl expand system.cdl > expanded.cdl\n"
                "capdl expand --strict system.cdl > standard.cdl\n"
                "capdl expand --strict --fill-file hello.fill hello.system > hello.cdl",
    .findings = "Errors in the spec, or with --strict something that other tools cannot read.",
};

const struct usage usage_show = {
    "show SPEC|IMAGE [--inputs] [--json] [--kernel KERNEL] [--memory-map MAP] [--arch ARCH] [-I DIR]...",
    "Prints a spec as canonical capDL text: ordered by name, arrays and runs folded. Printing canonical\n"
    "text gives the same text. An image shows the spec it was made from. With --json, prints the JSON\n"
    "of docs/json.md, which every command accepts in place of text. With --inputs, prints the files that an\n"
    "image was made from and their SHA-256, as sha256sum prints and checks them.",
    .takes = OPTIONS(OPTION_KERNEL, OPTION_MEMORY_MAP, OPTION_ARCH, OPTIONS_INCLUDE, OPTIONS_CHECKS, OPTION_JSON,
                     OPTION_INPUTS),
    .min_operands = 1,
    .max_operands = 1,
    .examples = "capdl show system.elf\n"
                "capdl show --json system.cdl > system.json\n"
                "capdl show --inputs system.elf | sha256sum -c",
    .findings = "Bad input, or with --inputs an image that does not have them.",
};

/* Opens --fill-file, if it is given, and moves bytes there. */
static int move_bytes(struct input *input, const struct options *options, struct file_output *file)
{
    const char *path = options->fill_file, *slash = path ? strrchr(path, '/') : NULL;
    if (!path) {
        return EXIT_FINE;
    }
    if (!output_is_safe(input, options, path)) {
        return EXIT_TROUBLE;
    }
    if (strcmp(path, "-") == 0 || !file_create(file, path)) {
        capdl_escape_printf(stderr, "capdl: cannot write %s: %s\n", path,
                            strcmp(path, "-") == 0 ? "the text is on standard output" : strerror(errno));
        return EXIT_TROUBLE;
    }
    extensions_move_bytes(&input->spec, slash ? slash + 1 : path, file->stream);
    return EXIT_FINE;
}

static int finish_bytes(struct file_output *file, const struct options *options, int code)
{
    if (!file->stream) {
        return code;
    }
    if (code != EXIT_FINE) {
        file_abandon(file);
    } else if (!file_commit(file)) {
        capdl_escape_printf(stderr, "capdl: cannot write %s: %s\n", options->fill_file, strerror(errno));
        code = EXIT_TROUBLE;
    }
    return code;
}

static int print_inputs(const struct input *input, bool json)
{
    size_t size;
    const char *text = input->is_image ? inputs_section(input->bytes.data, input->bytes.size, &size) : NULL;
    if (!text) {
        capdl_escape_printf(stderr, "capdl show: %s %s\n", input->name,
                            input->is_image ? "does not have its inputs: it was made by an earlier version, or with "
                                              "--strip"
                                            : "is not an image: only images have their inputs");
        return EXIT_FINDINGS;
    }
    inputs_print(text, size, json);
    return EXIT_FINE;
}

static int print_spec(const struct usage *usage, unsigned wanted, bool folded, int argc, char **argv)
{
    struct options options;
    struct input input;
    struct file_output bytes = {NULL};
    int code = options_parse(usage, argc, argv, &options);
    if (code != OPTIONS_GO) {
        return code;
    }
    code = input_read(&input, options.operands[0], wanted, &options);
    code = code == EXIT_FINE ? move_bytes(&input, &options, &bytes) : code;
    if (code == EXIT_FINE && options.strict && !extensions_lower(&input.spec, &input.diags)) {
        code = EXIT_FINDINGS;
    }
    if (code == EXIT_FINE && options.inputs) {
        code = print_inputs(&input, options.json);
    } else if (code == EXIT_FINE) {
        progress_say("printing", input.name);
        if (options.json) {
            spec_json_write(&input.spec, stdout);
        } else {
            capdl_spec_write_text(&input.spec, stdout, folded);
        }
    }
    code = finish_bytes(&bytes, &options, code);
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
