/* SPDX-License-Identifier: BSD-2-Clause */
#include "commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <capdl/architecture.h>

#include "base/progress.h"
#include "externals.h"
#include "image/forecast.h"
#include "input/result.h"
#include "options/lists.h"
#include "pack/pack.h"

const struct usage usage_image = {
    "image IMAGE --kernel PREFIX -o OUT [--format FORMAT] [--dtb FILE] [--firmware-dtb] [--at ADDRESS]\n"
    "                   [--initialiser-at ADDRESS] [--reserve START+SIZE]... [--external NAME]...\n"
    "                   [--json]",
    "Makes a boot file from a kernel and an image or any other root task. AArch64 and RISC-V: one file with\n"
    "our loader, in the format that the firmware expects (default elf). x86-64: 'multiboot' writes the kernel\n"
    "to OUT and its boot module to OUT.module; 'iso' writes a CD image on which GRUB boots both. With --external,\n"
    "or 'external: True' in the spec, the program of a PD in reserved memory goes into OUT.NAME.bin, which\n"
    "another boot loader must load to the address that is printed; our loader then compares its SHA-256.",
    .takes = OPTIONS(OPTION_OUTPUT, OPTION_KERNEL, OPTION_FORMAT, OPTION_DTB, OPTION_FIRMWARE_DTB, OPTION_AT,
                     OPTION_INITIALISER_AT, OPTION_EXTERNAL, OPTION_RESERVE, OPTION_JSON_RESULT),
    .min_operands = 1,
    .max_operands = 1,
    .needs = OPTIONS(OPTION_OUTPUT, OPTION_KERNEL),
    .examples = "capdl image system.elf --kernel /opt/sel4 --format uimage -o boot.img\n"
                "capdl image system.elf --kernel /opt/sel4 --format iso -o boot.iso",
    .findings = "Kernel, image and board do not fit together: no file is written.",
};

/* Output of a packer, or nothing at all. */
static int commit(struct file_output *file, const char *path, bool good)
{
    if (!good) {
        file_abandon(file);
        return EXIT_FINDINGS;
    }
    if (!file_commit(file)) {
        capdl_escape_printf(stderr, "capdl: cannot write %s: %s\n", path, strerror(errno));
        return EXIT_TROUBLE;
    }
    return EXIT_FINE;
}

static bool create(struct file_output *file, const char *path)
{
    if (!file_create(file, path)) {
        capdl_escape_printf(stderr, "capdl: cannot write %s: %s\n", path, strerror(errno));
        return false;
    }
    return true;
}

/* Compiling has proved that the system fits with kernel, device tree and image one after the other; here they may be
 * elsewhere. */
static bool pack_and_prove(struct input *input, struct pack_options *pack, FILE *out)
{
    struct pack_placement placement = {0};
    pack->placement = &placement;
    if (!pack_image(pack, &input->diags, out)) {
        return false;
    }
    struct fit_options how = {
        .profile = &input->profile,
        .name = input->name,
        .tree_at = placement.tree_at,
        .tree_size = placement.tree_size,
        .image_at = placement.image_at,
    };
    result_add_number(input, "device_tree_at", placement.tree_at);
    result_add_number(input, "image_at", placement.image_at);
    return fit_check_image(&input->image, &how, &input->diags);
}

static int write_packed(struct input *input, const struct options *options, const struct pack_file *image,
                        enum pack_format format)
{
    struct file_bytes tree = {NULL};
    struct file_output file;
    int code = EXIT_TROUBLE;
    if (options->dtb && !file_read(options->dtb, &tree)) {
        capdl_escape_printf(stderr, "capdl: cannot read %s: %s\n", options->dtb, strerror(errno));
        return EXIT_TROUBLE;
    }
    struct capdl_region *reserved = input_reserved(options, &input->diags);
    struct pack_options pack = {
        .profile = &input->profile,
        .image = *image,
        .dtb = {options->dtb, tree.data, tree.size},
        .firmware_dtb = options->firmware_dtb,
        .format = format,
        .at = options->at,
        .initialiser_at = options->initialiser_at,
        .reserved = reserved,
        .num_reserved = list_count(options->reserved),
    };
    struct pack_external *externals = externals_find(input, options);
    pack.externals = externals;
    pack.num_externals = list_count(options->externals);
    if (input->diags.num_errors) {
        code = EXIT_FINDINGS;
    } else if (create(&file, options->output)) {
        code = commit(&file, options->output, pack_and_prove(input, &pack, file.stream));
    }
    code = code == EXIT_FINE ? externals_write(externals, options) : code;
    externals_free(externals, options);
    free(reserved);
    file_release(&tree);
    return code;
}

static int write_multiboot(struct input *input, const struct options *options, const struct pack_file *image)
{
    struct file_output kernel, module;
    char *module_path;
    if (strcmp(options->output, "-") == 0) {
        fprintf(stderr, "capdl image: format multiboot writes two files, so -o must name one\n");
        return EXIT_TROUBLE;
    }
    if (asprintf(&module_path, "%s.module", options->output) < 0) {
        return EXIT_TROUBLE;
    }
    int code = EXIT_TROUBLE;
    if (create(&kernel, options->output)) {
        if (create(&module, module_path)) {
            bool good = pack_multiboot(&input->profile, &input->diags, kernel.stream);
            fwrite(image->bytes, 1, image->size, module.stream);
            code = commit(&module, module_path, good);
        }
        int kernel_code = commit(&kernel, options->output, code == EXIT_FINE);
        code = code == EXIT_FINE ? kernel_code : code;
    }
    free(module_path);
    return code;
}

static int write_iso(struct input *input, const struct options *options, const struct pack_file *image)
{
    struct file_output file;
    if (strcmp(options->output, "-") == 0) {
        fprintf(stderr, "capdl image: another program writes the format iso, so -o must name a file\n");
        return EXIT_TROUBLE;
    }
    if (!create(&file, options->output)) {
        return EXIT_TROUBLE;
    }
    return commit(&file, options->output,
                  pack_iso(&input->profile, image, file.temporary ? file.temporary : file.path, &input->diags));
}

/* What was written, into the result. */
static int tell_outputs(struct input *input, const struct options *options, bool module, int code)
{
    char *path = NULL;
    if (code != EXIT_FINE) {
        return code;
    }
    result_add_output(input, options->output);
    if (module && asprintf(&path, "%s.module", options->output) >= 0) {
        result_add_output(input, path);
        free(path);
    }
    for (size_t i = 0; i < list_count(options->externals); i++) {
        if (asprintf(&path, "%s.%s.bin", options->output, options->externals[i]) >= 0) {
            result_add_output(input, path);
            free(path);
        }
    }
    return code;
}

/* The first option given that PCs have no use for; NULL: none. */
static const char *option_for_boards(const struct options *options)
{
    return options->at                      ? "--at"
           : options->initialiser_at        ? "--initialiser-at"
           : options->dtb                   ? "--dtb"
           : options->firmware_dtb          ? "--firmware-dtb"
           : list_count(options->reserved)  ? "--reserve"
           : list_count(options->externals) ? "--external"
                                            : NULL;
}

static int write_format(struct input *input, const struct options *options)
{
    const struct pack_file image = {input->name, input->bytes.data, input->bytes.size};
    bool pc = capdl_architecture(input->profile.arch)->pc;
    const char *name = options->format ? options->format : pc ? "multiboot" : "elf";
    enum pack_format format = pack_format_named(name);
    result_add_text(input, "format", name);
    progress_say("packing", input->name);
    if (pc && option_for_boards(options)) {
        capdl_error(&input->diags, CAPDL_NOWHERE,
                    "%s is for AArch64 and RISC-V: PCs are booted without our loader; leave the option out",
                    option_for_boards(options));
        return EXIT_FINDINGS;
    }
    if (pc && strcmp(name, "multiboot") == 0) {
        return tell_outputs(input, options, true, write_multiboot(input, options, &image));
    }
    if (pc && strcmp(name, "iso") == 0) {
        return tell_outputs(input, options, false, write_iso(input, options, &image));
    }
    if (pc || format == PACK_FORMAT_COUNT) {
        char formats[PACK_FORMAT_LIST];
        capdl_error(&input->diags, CAPDL_NOWHERE, "no such format for %s: %s (expected %s)",
                    capdl_arch_name(input->profile.arch), name,
                    pc ? "multiboot, iso" : pack_format_list(input->profile.arch, formats));
        return EXIT_FINDINGS;
    }
    return tell_outputs(input, options, false, write_packed(input, options, &image, format));
}

int cmd_image(int argc, char **argv)
{
    struct options options;
    struct input input;
    int code = options_parse(&usage_image, argc, argv, &options);
    if (code != OPTIONS_GO) {
        return code;
    }
    code = input_read(&input, options.operands[0], INPUT_IMAGE | INPUT_TASK, &options);
    result_start(&input, &options, "image");
    if (code == EXIT_FINE && !input.profile.prefix[0]) {
        capdl_error(&input.diags, CAPDL_NOWHERE,
                    "--kernel must name an install prefix here: a built-in profile has no kernel");
        code = EXIT_FINDINGS;
    }
    if (code == EXIT_FINE) {
        result_add_text(&input, "kernel", input.profile.name);
        code = input_kernel_fits(&input) && externals_declared(&input, &options) ? write_format(&input, &options)
                                                                                 : EXIT_FINDINGS;
    }
    code = input_finish(&input, &options, code);
    options_free(&options);
    return code;
}
