/* SPDX-License-Identifier: BSD-2-Clause */
/* capdl profile: what is known about a kernel. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <capdl/architecture.h>

#include "commands.h"
#include "devicetree/devicetree.h"
#include "profile/profile.h"

const struct usage usage_profile = {
    "profile [--json | --header] [KERNEL]\n"
    "       capdl profile KERNEL KERNEL\n"
    "       capdl profile --devices | --device NAME [--json] [KERNEL] [--dtb FILE]",
    "Prints the facts about a kernel that images depend on. KERNEL is a built-in profile, the install\n"
    "prefix of a kernel, or board/NAME/CONFIG of a Microkit SDK. Without KERNEL, lists the built-in\n"
    "profiles. With two, prints how the second differs from the first, and exits with 1 if it does.\n"
    "\n"
    "With --devices, lists the devices of the kernel's board from its device tree: path, aliases and\n"
    "labels, compatible strings, physical addresses, and interrupts, numbered as in 'irq maps'.",
    .takes = OPTIONS(OPTION_JSON, OPTION_HEADER, OPTION_BOARD_DEVICES, OPTION_BOARD_DEVICE, OPTION_DTB_PROFILE),
    .max_operands = 2,
    .examples = "capdl profile aarch64-mcs --header > kernel.h\n"
                "capdl profile riscv64-mcs /opt/sel4\n"
                "capdl profile --device serial0 /opt/sel4",
    .findings = "The prefix has no kernel that can be used, or two kernels differ.",
};

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_HEADER };

static void list_builtins(void)
{
    const struct capdl_profile *p;
    for (size_t i = 0; (p = profile_builtin_at(i)) != NULL; i++) {
        printf("%-16s seL4 %s on %s, %s%s, root CNode of %u slots%s\n", p->name, p->version, p->platform,
               p->mcs ? "MCS" : "not MCS", p->hypervisor ? ", hypervisor" : "", 1u << p->root_cnode_bits,
               p == profile_default(p->arch) ? " (default)" : "");
    }
}

/* A file where no kernel could be is trouble; a prefix with something wrong in it is a finding. */
static int find(const char *name, struct capdl_profile *profile)
{
    struct capdl_diags diags = {NULL};
    struct stat status;
    bool good = profile_find(name, profile, &diags);
    bool exists = profile_builtin(name) != NULL || stat(name, &status) == 0;
    capdl_diags_print(&diags, stderr, 0);
    capdl_diags_free(&diags);
    return good ? EXIT_FINE : exists ? EXIT_FINDINGS : EXIT_TROUBLE;
}

static int print_one(const char *name, enum format format)
{
    struct capdl_profile profile;
    int code = find(name, &profile);
    if (code != EXIT_FINE) {
        return code;
    }
    if (format == FORMAT_JSON) {
        profile_print_json(&profile, stdout);
    } else if (format == FORMAT_HEADER) {
        profile_print_header(&profile, stdout);
    } else {
        profile_print(&profile, stdout);
    }
    return EXIT_FINE;
}

static int print_difference(const char *old, const char *new)
{
    struct capdl_profile a, b;
    int code = find(old, &a), other = find(new, &b);
    if (code != EXIT_FINE || other != EXIT_FINE) {
        return code > other ? code : other;
    }
    return profile_print_difference(&a, &b, stdout) ? EXIT_FINDINGS : EXIT_FINE;
}

static int wrong_usage(const char *message)
{
    capdl_escape_printf(stderr, "capdl profile: %s\n", message);
    fputs("Try 'capdl profile --help'.\n", stderr);
    return EXIT_TROUBLE;
}

/* The tree asked for: a file's, or the kernel's own. */
static struct devicetree *open_tree(const struct options *options, const struct capdl_profile *kernel,
                                    struct file_bytes *bytes, struct capdl_diags *diags)
{
    if (!options->dtb && !kernel->prefix[0]) {
        capdl_error(diags, CAPDL_NOWHERE,
                    "built-in profile '%s' has no device tree: name the install prefix of a kernel, or --dtb FILE",
                    kernel->name);
        return NULL;
    }
    if (!options->dtb && kernel->dtb_bytes == 0) {
        capdl_error(diags, CAPDL_NOWHERE, "%s has no device tree: %s", kernel->prefix,
                    capdl_architecture(kernel->arch)->pc
                        ? "PCs are described by their firmware (ACPI)"
                        : "a Microkit SDK leaves it out; give the board's with --dtb FILE");
        return NULL;
    }
    if (!options->dtb) {
        return devicetree_of_kernel(kernel, bytes, diags);
    }
    if (!file_read(options->dtb, bytes)) {
        capdl_error(diags, CAPDL_NOWHERE, "%s: the device tree cannot be read: %s", options->dtb, strerror(errno));
        return NULL;
    }
    struct devicetree *tree = devicetree_read(options->dtb, bytes->data, bytes->size, diags);
    if (tree && kernel && !devicetree_fits(tree, kernel->arch, kernel, diags)) {
        devicetree_free(tree);
        tree = NULL;
    }
    if (!tree) {
        file_release(bytes);
    }
    return tree;
}

static int print_devices(const char *name, const struct options *options, bool json)
{
    struct capdl_diags diags = {NULL};
    struct capdl_profile kernel;
    struct file_bytes bytes;
    int code = name ? find(name, &kernel) : EXIT_FINE;
    if (code != EXIT_FINE) {
        return code;
    }
    struct devicetree *tree = open_tree(options, name ? &kernel : NULL, &bytes, &diags);
    if (tree) {
        if (options->device) {
            devicetree_list_one(tree, options->device, json, stdout, &diags);
        } else {
            devicetree_list(tree, json, stdout);
        }
        devicetree_free(tree);
        file_release(&bytes);
    }
    code = diags.num_errors ? EXIT_FINDINGS : EXIT_FINE;
    capdl_diags_print(&diags, stderr, 0);
    capdl_diags_free(&diags);
    return code;
}

static int run_devices(int count, char **operands, enum format format, const struct options *options)
{
    if (format == FORMAT_HEADER) {
        return wrong_usage("--devices and --header exclude each other");
    }
    if (count > 1) {
        return wrong_usage("--devices takes only one kernel");
    }
    if (count == 0 && !options->dtb) {
        return wrong_usage("--devices needs a kernel or --dtb FILE");
    }
    return print_devices(count ? operands[0] : NULL, options, format == FORMAT_JSON);
}

static int run(int count, char **operands, enum format format, const struct options *options)
{
    if (options->board_devices || options->device) {
        return run_devices(count, operands, format, options);
    }
    if (options->dtb) {
        return wrong_usage("--dtb goes with --devices or --device");
    }
    if (count != 1 && format != FORMAT_TEXT) {
        return wrong_usage("--json and --header need one kernel");
    }
    if (count == 2) {
        return print_difference(operands[0], operands[1]);
    }
    if (count == 1) {
        return print_one(operands[0], format);
    }
    list_builtins();
    return EXIT_FINE;
}

int cmd_profile(int argc, char **argv)
{
    struct options options;
    int code = options_parse(&usage_profile, argc, argv, &options);
    if (code != OPTIONS_GO) {
        return code;
    }
    if (options.json && options.header) {
        code = wrong_usage("--json and --header exclude each other");
    } else {
        code = run(options.num_operands, options.operands,
                   options.json     ? FORMAT_JSON
                   : options.header ? FORMAT_HEADER
                                    : FORMAT_TEXT,
                   &options);
    }
    options_free(&options);
    return code;
}
