/* SPDX-License-Identifier: BSD-2-Clause */
/* What commands do with an argument before and after it is read: files, images made of it, messages. */
#include "input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/progress.h"
#include "image/forecast.h"
#include "json/spec_json.h"
#include "options/lists.h"
#include "result.h"

int input_read(struct input *input, const char *path, unsigned wanted, const struct options *options)
{
    const char *stdin_name = options->stdin_filename ? options->stdin_filename : "<stdin>";
    *input = (struct input){.name = strcmp(path, "-") == 0 ? stdin_name : path};
    memcpy(input->diags.disabled, options->no_checks, sizeof(options->no_checks));
    capdl_spec_init(&input->spec);
    bool typed = strcmp(path, "-") == 0 && isatty(STDIN_FILENO);
    progress_say(typed ? NULL : "reading", input->name);
    if (!file_read(path, &input->bytes)) {
        capdl_escape_printf(stderr, "capdl: cannot read %s: %s\n", input->name, strerror(errno));
        return EXIT_TROUBLE;
    }
    progress_say("reading", input->name);
    return input_read_bytes(input, wanted, options);
}

struct image_options input_image_options(const struct input *input, const struct options *options,
                                         const struct capdl_region *reserved)
{
    return (struct image_options){
        .reserved = reserved,
        .num_reserved = list_count(options->reserved),
        .profile = &input->profile,
        .spec_path = input->name,
        .directories = options->directories,
        .untypeds = options->untypeds,
        .image_at = options->initialiser_at,
    };
}

bool input_compile(struct input *input, const struct options *options, char **bytes, size_t *size)
{
    struct capdl_region *reserved = input_reserved(options, &input->diags);
    struct image_options image = input_image_options(input, options, reserved);
    FILE *out = open_memstream(bytes, size);
    progress_say("checking", input->name);
    bool good = out && input_need_profile(input, options) && capdl_spec_check(&input->spec, &input->diags) &&
                image_compile(&input->spec, &image, &input->diags, out);
    if (out) {
        fclose(out);
    }
    free(reserved);
    return good && image_open(&input->image, input->name, (const uint8_t *)*bytes, *size, &input->diags);
}

bool input_kernel_fits(struct input *input)
{
    const struct capdl_profile *image = &input->image.profile;
    const struct capdl_profile *kernel = &input->profile;
    const char *what =
        image->arch != kernel->arch                                                   ? "architecture"
        : image->mcs != kernel->mcs                                                   ? "choice of MCS"
        : memcmp(image->labels, kernel->labels, sizeof(image->labels)) != 0           ? "invocation labels"
        : memcmp(image->types, kernel->types, sizeof(image->types)) != 0              ? "object types"
        : memcmp(image->size_bits, kernel->size_bits, sizeof(image->size_bits)) != 0  ? "object sizes"
        : image->syscalls[CAPDL_SYSCALL_CALL] != kernel->syscalls[CAPDL_SYSCALL_CALL] ? "system call numbers"
        : image->sysenter != kernel->sysenter                                         ? "system call instruction"
        : image->vspace_levels != kernel->vspace_levels                               ? "address space layout"
        : image->fan_out > kernel->fan_out                                            ? "Retype fan-out limit"
        : image->syscalls[CAPDL_SYSCALL_DEBUG_PUTCHAR] != 0 &&
                image->syscalls[CAPDL_SYSCALL_DEBUG_PUTCHAR] != kernel->syscalls[CAPDL_SYSCALL_DEBUG_PUTCHAR]
            ? "debug console, which the initialiser would print on"
            : NULL;
    if (what) {
        capdl_error(&input->diags, CAPDL_NOWHERE,
                    "%s was compiled for the kernel %s; %s differs in its %s: compile it with --kernel %s", input->name,
                    image->name, kernel->name, what, kernel->prefix[0] ? kernel->prefix : kernel->name);
        return false;
    }
    if (forecast_possible(kernel) && (!input->image.blob || kernel->prefix[0])) {
        return true; /* the forecast counts slots exactly */
    }
    uint64_t slots = image_root_slots(kernel, input->image.header.image_end - input->image.header.image_start);
    if (slots > UINT64_C(1) << kernel->root_cnode_bits) {
        capdl_error(&input->diags, CAPDL_NOWHERE,
                    "%s needs %llu slots of the root CNode to boot, one per page, but kernel %s has 2^%u: build the "
                    "kernel with a larger CONFIG_ROOT_CNODE_SIZE_BITS",
                    input->name, (unsigned long long)slots, kernel->name, kernel->root_cnode_bits);
        return false;
    }
    return true;
}

/* A preprocessor names files as seen from where it ran, so here first. Wherever it is, a spec may take files from there
 * or messages do without their lines. */
static char *find_marked_file(const struct input *input, const char *name, const struct options *options)
{
    char *here = realpath(name, NULL), *path = here ? file_find(here, input->name, options->directories) : NULL;
    free(here);
    return path ? path : file_find(name, input->name, options->directories);
}

/*
 * Line markers name the author's files, whose lines messages should show. Files that are gone, or are no plain files,
 * are left out: messages then do without the line.
 */
static void read_marked_files(struct input *input, struct file_bytes *files, const struct options *options)
{
    for (size_t i = 0; i < input->diags.num_files; i++) {
        struct capdl_source *source = input->diags.files[i];
        char *path = source->text ? NULL : find_marked_file(input, source->name, options);
        if (path && file_read_regular(path, &files[i])) {
            source->text = (const char *)files[i].data;
            source->size = files[i].size;
        }
        free(path);
    }
}

static void print_diags(struct input *input, const struct options *options, int code)
{
    struct file_bytes *files = input->diags.count ? calloc(input->diags.num_files + 1, sizeof(*files)) : NULL;
    if (files) {
        read_marked_files(input, files, options);
    }
    if (options->sarif) {
        diags_sarif_write(&input->diags, CAPDL_VERSION, stdout);
    } else if (input->result) {
        result_finish(input, code);
    } else if (options->json_diags) {
        diags_json_write(&input->diags, stdout);
    } else {
        capdl_diags_print(&input->diags, stderr, options->max_errors);
    }
    for (size_t i = 0; files && i < input->diags.num_files; i++) {
        if (files[i].data) {
            file_release(&files[i]);
        }
    }
    free(files);
}

bool input_too_many_warnings(const struct input *input, const struct options *options)
{
    return input->diags.num_warnings > (options->no_warnings ? 0 : options->max_warnings);
}

/* One line at the end, where text is printed and there is something to count. */
static void summarise(const struct input *input)
{
    size_t errors = input->diags.num_errors, warnings = input->diags.num_warnings;
    if (errors + warnings > 0) {
        capdl_escape_printf(stderr, "%s: %zu error%s, %zu warning%s\n", input->name, errors, errors == 1 ? "" : "s",
                            warnings, warnings == 1 ? "" : "s");
    }
}

int input_finish(struct input *input, const struct options *options, int code)
{
    if (code == EXIT_FINE && (input->diags.num_errors || input_too_many_warnings(input, options))) {
        code = EXIT_FINDINGS;
    }
    bool json = options->json_diags || input->result;
    print_diags(input, options, code);
    if (options->summary && !json && !options->sarif && code != EXIT_TROUBLE) {
        summarise(input);
    }
    input_free(input);
    return code;
}
