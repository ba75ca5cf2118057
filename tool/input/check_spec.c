/* SPDX-License-Identifier: BSD-2-Clause */
/* All checks of a spec: by itself, by the compiler, and against a board. */
#include "input.h"

#include <errno.h>
#include <string.h>

#include <capdl/architecture.h>

#include "devicetree/devicetree.h"

/* A spec that an initialiser can be made for is compiled, to nowhere, because the compiler has findings of its own. */
static bool try_compile(struct input *input, const struct options *options)
{
    struct image_options image = {
        .profile = &input->profile,
        .spec_path = input->name,
        .directories = options->directories,
    };
    /* Which kernel programs are to run on is not known then. */
    input->diags.disabled[CAPDL_CHECK_KERNEL_HEADER] |= !options->kernel;
    FILE *nowhere = fopen("/dev/null", "wb");
    bool good = nowhere && image_compile(&input->spec, &image, &input->diags, nowhere);
    if (nowhere) {
        fclose(nowhere);
    }
    return good;
}

/* Whether a thread could run, in an address space such as the kernel's. */
static bool can_run(const struct capdl_spec *spec, uint32_t thread, const struct capdl_profile *profile)
{
    const struct capdl_cap *root = capdl_spec_cap_at(spec, thread, CAPDL_TCB_SLOT_VSPACE);
    return root && capdl_spec_cap_at(spec, thread, CAPDL_TCB_SLOT_CSPACE) &&
           (root->kind != CAPDL_KIND_PGD || profile->vspace_levels == 4);
}

/* Whether a spec describes a system to boot rather than a part of one or a snapshot. */
static bool is_system(const struct capdl_spec *spec, const struct capdl_profile *profile)
{
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        if (capdl_object_kind(spec, i) == CAPDL_KIND_TCB && can_run(spec, i, profile)) {
            return true;
        }
    }
    return false;
}

/* Whether the compiler is asked: about anything if the user named a kernel, else about systems. */
static bool is_to_compile(const struct input *input, const struct options *options)
{
    return input->has_profile && (options->kernel || is_system(&input->spec, &input->profile));
}

/* What the compiler has to say; an exit code. */
static int check_compiling(struct input *input, const struct options *options)
{
    if (!capdl_arch_boots(input->spec.arch)) {
        return EXIT_FINE;
    }
    if (!input_need_profile(input, options)) {
        return EXIT_FINDINGS;
    }
    return !is_to_compile(input, options) || try_compile(input, options) ? EXIT_FINE : EXIT_FINDINGS;
}

/* Whether the board can run the spec, and is the one that the kernel was built for if the user named a kernel. */
static bool board_fits(struct input *input, const struct devicetree *tree, const struct options *options)
{
    const struct capdl_profile *kernel = options->kernel && input->has_profile ? &input->profile : NULL;
    return devicetree_fits(tree, input->spec.arch, kernel, &input->diags);
}

/* What the device tree has to say; an exit code. */
static int check_devices(struct input *input, const char *path, const struct options *options)
{
    struct file_bytes tree;
    if (!path) {
        return EXIT_FINE;
    }
    if (!file_read(path, &tree)) {
        capdl_escape_printf(stderr, "capdl: cannot read %s: %s\n", path, strerror(errno));
        return EXIT_TROUBLE;
    }
    size_t errors = input->diags.num_errors;
    struct devicetree *read = devicetree_read(path, tree.data, tree.size, &input->diags);
    if (read && board_fits(input, read, options)) {
        bool kernel =
            capdl_arch_boots(input->spec.arch) && input_need_profile(input, options) && is_to_compile(input, options);
        devicetree_check(read, &input->spec, &input->diags);
        devicetree_check_mappings(read, &input->spec, kernel ? &input->profile : NULL, &input->diags);
    }
    devicetree_free(read);
    file_release(&tree);
    return input->diags.num_errors > errors ? EXIT_FINDINGS : EXIT_FINE;
}

int input_check_spec(struct input *input, int code, const struct options *options)
{
    code = input_check(input, code);
    if (code == EXIT_FINE) {
        code = check_devices(input, options->dtb, options);
    }
    if (code == EXIT_FINE) {
        code = check_compiling(input, options);
    }
    return code;
}
