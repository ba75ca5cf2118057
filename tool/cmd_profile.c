/* SPDX-License-Identifier: BSD-2-Clause */
/* capdl profile: what is known about a kernel. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "command.h"
#include "devicetree/devicetree.h"
#include "profile/profile.h"

static const char help[] =
    "usage: capdl profile [--json | --header] [KERNEL]\n"
    "       capdl profile KERNEL KERNEL\n"
    "       capdl profile --devices | --device NAME [--json] [KERNEL] [--dtb FILE]\n"
    "\n"
    "Prints the facts about a kernel that images depend on. KERNEL is a built-in profile, or the\n"
    "install prefix of a kernel. Without KERNEL, lists the built-in profiles. With two, prints how\n"
    "the second differs from the first, and exits with 1 if it does.\n"
    "\n"
    "With --devices, lists the devices of the kernel's board from its device tree: path, aliases and\n"
    "labels, compatible strings, physical addresses, and interrupts, numbered as in 'irq maps'.\n"
    "\n"
    "options:\n"
    "  -j, --json         print JSON\n"
    "  -H, --header       print a C header for programs that run on the kernel\n"
    "  -D, --devices      list the board's devices\n"
    "  -d, --device NAME  list one device, by its path, an alias or a label\n"
    "  -t, --dtb FILE     use this device tree, not the one that the kernel was built with\n"
    "  -h, --help         show this help\n";

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_HEADER };

/* What of a board is asked for. */
struct board {
    bool devices;
    const char *device; /* null: all */
    const char *dtb;    /* null: the kernel's */
};

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
    fputs(help, stderr);
    return EXIT_TROUBLE;
}

/* The tree asked for: a file's, or the kernel's own. */
static struct devicetree *open_tree(const struct board *board, const struct capdl_profile *kernel,
                                    struct file_bytes *bytes, struct capdl_diags *diags)
{
    if (!board->dtb && !kernel->prefix[0]) {
        capdl_error(diags, CAPDL_NOWHERE,
                    "built-in profile '%s' has no device tree: name the install prefix of a kernel, or --dtb FILE",
                    kernel->name);
        return NULL;
    }
    if (!board->dtb) {
        return devicetree_of_kernel(kernel, bytes, diags);
    }
    if (!file_read(board->dtb, bytes)) {
        capdl_error(diags, CAPDL_NOWHERE, "%s: the device tree cannot be read: %s", board->dtb, strerror(errno));
        return NULL;
    }
    struct devicetree *tree = devicetree_read(board->dtb, bytes->data, bytes->size, diags);
    if (tree && kernel && !devicetree_fits(tree, kernel->arch, kernel, diags)) {
        devicetree_free(tree);
        tree = NULL;
    }
    if (!tree) {
        file_release(bytes);
    }
    return tree;
}

static int print_devices(const char *name, const struct board *board, bool json)
{
    struct capdl_diags diags = {NULL};
    struct capdl_profile kernel;
    struct file_bytes bytes;
    int code = name ? find(name, &kernel) : EXIT_FINE;
    if (code != EXIT_FINE) {
        return code;
    }
    struct devicetree *tree = open_tree(board, name ? &kernel : NULL, &bytes, &diags);
    if (tree) {
        if (board->device) {
            devicetree_list_one(tree, board->device, json, stdout, &diags);
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

static int run_devices(int count, char **operands, enum format format, const struct board *board)
{
    if (format == FORMAT_HEADER) {
        return wrong_usage("--devices and --header exclude each other");
    }
    if (count > 1) {
        return wrong_usage("--devices takes only one kernel");
    }
    if (count == 0 && !board->dtb) {
        return wrong_usage("--devices needs a kernel or --dtb FILE");
    }
    return print_devices(count ? operands[0] : NULL, board, format == FORMAT_JSON);
}

static int run(int count, char **operands, enum format format, const struct board *board)
{
    if (board->devices) {
        return run_devices(count, operands, format, board);
    }
    if (board->dtb) {
        return wrong_usage("--dtb goes with --devices or --device");
    }
    if (count > 2) {
        return wrong_usage("more than two kernels");
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

/* Sets one format; false if another was given before. */
static bool set_format(enum format *format, enum format wanted)
{
    bool good = *format == FORMAT_TEXT || *format == wanted;
    *format = wanted;
    return good;
}

int cmd_profile(int argc, char **argv)
{
    static const struct option options[] = {
        {"json", no_argument, NULL, 'j'},
        {"header", no_argument, NULL, 'H'},
        {"devices", no_argument, NULL, 'D'},
        {"device", required_argument, NULL, 'd'},
        {"dtb", required_argument, NULL, 't'},
        {"help", no_argument, NULL, 'h'},
        {NULL},
    };
    enum format format = FORMAT_TEXT;
    struct board board = {false};
    int option;

    optind = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, "jHDd:t:h", options, NULL)) != -1) {
        switch (option) {
        case 'h':
            fputs(help, stdout);
            return EXIT_FINE;
        case 'j':
        case 'H':
            if (!set_format(&format, option == 'j' ? FORMAT_JSON : FORMAT_HEADER)) {
                return wrong_usage("--json and --header exclude each other");
            }
            break;
        case 'D':
            board.devices = true;
            break;
        case 'd':
            board.devices = true;
            board.device = optarg;
            break;
        case 't':
            board.dtb = optarg;
            break;
        default:
            return wrong_usage("unknown option, or one that needs an argument");
        }
    }
    return run(argc - optind, argv + optind, format, &board);
}
