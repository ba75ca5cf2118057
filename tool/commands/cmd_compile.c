/* SPDX-License-Identifier: BSD-2-Clause */
#include "commands.h"
#include "base/depfile.h"
#include "input/provenance.h"
#include "place.h"
#include "input/result.h"
#include "review/digest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const struct usage usage_compile = {
    "compile SPEC [-o IMAGE] [--kernel KERNEL] [--arch ARCH] [-I DIR]... [--strip] [--quiet] [--json]\n"
    "       [--depfile FILE] [--memory-map MAP] [--untypeds FILE] [--reserve START+SIZE]...\n"
    "       [--at ADDRESS] [--initialiser-at ADDRESS]",
    "Compiles a capDL spec and the ELF files of its protection domains into an image: an seL4 initial task\n"
    "that creates the system. The default output for NAME.cdl is NAME.image.elf in the working directory.\n"
    "The default kernel is a stock MCS kernel of the spec's architecture.",
    .takes = OPTIONS(OPTION_OUTPUT, OPTION_KERNEL, OPTION_ARCH, OPTIONS_INCLUDE, OPTION_STRIP, OPTION_QUIET,
                     OPTIONS_MEMORY, OPTION_RESERVE, OPTIONS_CHECKS, OPTION_DEPFILE, OPTIONS_PLACE, OPTION_JSON_RESULT),
    .min_operands = 1,
    .max_operands = 1,
    .examples = "capdl compile system.cdl -o system.elf\n"
                "capdl compile system.cdl --kernel /opt/sel4 -I build/programs -o system.elf",
    .findings = "Errors in the spec or its programs, something that the kernel cannot do, or more warnings than "
                "allowed: no image is written.",
};

/* dir/NAME.cdl -> NAME.image.elf */
static char *default_output(const char *spec)
{
    const char *slash = strrchr(spec, '/');
    const char *base = strcmp(spec, "-") == 0 ? "capdl" : slash ? slash + 1 : spec;
    const char *dot = strrchr(base, '.');
    int length = (int)(dot && dot != base ? (size_t)(dot - base) : strlen(base));
    char *path;
    return asprintf(&path, "%.*s.image.elf", length, base) < 0 ? NULL : path;
}

/* With --at, only an image that `capdl image` will find a place for. */
static bool compile(struct input *input, const struct options *options, const struct image_options *image, FILE *out)
{
    struct pack_placement placement;
    char *bytes = NULL;
    size_t size = 0;
    if (!options->at) {
        return image_compile(&input->spec, image, &input->diags, out);
    }
    FILE *memory = open_memstream(&bytes, &size);
    bool good = memory && image_compile(&input->spec, image, &input->diags, memory);
    if (memory) {
        fclose(memory);
    }
    good = good && place_loader(input, options, (const uint8_t *)bytes, size, &placement) &&
           fwrite(bytes, 1, size, out) == size;
    free(bytes);
    return good;
}

static int write_image(struct input *input, const struct options *options, const char *output,
                       const struct capdl_region *reserved)
{
    struct image_options image = input_image_options(input, options, reserved);
    image.strip = options->strip;
    image.quiet = options->quiet;
    uint8_t system[SHA256_BYTES];
    struct file_output file;
    if (!output_is_safe(input, options, output)) {
        return EXIT_TROUBLE;
    }
    if (!file_create(&file, output)) {
        capdl_escape_printf(stderr, "capdl: cannot write %s: %s\n", output, strerror(errno));
        return EXIT_TROUBLE;
    }
    image.system = digest_system(&input->spec, input->name, options->directories, system) ? system : NULL;
    char *inputs = options->strip ? NULL : inputs_describe(input, options, &image.inputs_size);
    image.inputs = inputs;
    bool compiled = compile(input, options, &image, file.stream);
    free(inputs);
    if (!compiled) {
        bool unwritten = ferror(file.stream);
        int error = errno;
        file_abandon(&file);
        if (!unwritten) {
            return EXIT_FINDINGS;
        }
        capdl_escape_printf(stderr, "capdl: cannot write %s: %s\n", output, strerror(error));
        return EXIT_TROUBLE;
    }
    if (input_too_many_warnings(input, options)) {
        file_abandon(&file);
        return EXIT_FINDINGS;
    }
    if (!file_commit(&file)) {
        capdl_escape_printf(stderr, "capdl: cannot write %s: %s\n", output, strerror(errno));
        return EXIT_TROUBLE;
    }
    result_add_output(input, output);
    return EXIT_FINE;
}

static bool write_depfile(const char *path, const char *target)
{
    struct file_output file;
    if (!file_create(&file, path)) {
        return false;
    }
    if (!depfile_write(file.stream, target)) {
        file_abandon(&file);
        errno = ENOMEM;
        return false;
    }
    return file_commit(&file);
}

int cmd_compile(int argc, char **argv)
{
    struct options options;
    struct input input;
    int code = options_parse(&usage_compile, argc, argv, &options);
    if (code != OPTIONS_GO) {
        return code;
    }
    depfile_start();
    char *standard = options.output ? NULL : default_output(options.operands[0]);
    code = input_read(&input, options.operands[0], INPUT_SPEC, &options);
    result_start(&input, &options, "compile");
    input.diags.disabled[CAPDL_CHECK_X86_EXEC] = true; /* nobody can mend it: `capdl check` says it, not every build */
    if (code == EXIT_FINE &&
        !(input_need_profile(&input, &options) && input_place_good(&options, &input.profile, &input.diags))) {
        code = EXIT_FINDINGS;
    }
    if (input.has_profile) {
        result_add_text(&input, "kernel", input.profile.name);
    }
    code = input_check(&input, code);
    if (code == EXIT_FINE) {
        struct capdl_region *reserved = input_reserved(&options, &input.diags);
        code = input.diags.num_errors ? EXIT_FINDINGS
                                      : write_image(&input, &options, standard ? standard : options.output, reserved);
        free(reserved);
    }
    if (code == EXIT_FINE && options.depfile && !write_depfile(options.depfile, standard ? standard : options.output)) {
        capdl_escape_printf(stderr, "capdl: cannot write %s: %s\n", options.depfile, strerror(errno));
        code = EXIT_TROUBLE;
    }
    code = input_finish(&input, &options, code);
    free(standard);
    options_free(&options);
    return code;
}
