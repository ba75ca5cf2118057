/* SPDX-License-Identifier: BSD-2-Clause */
/* capdl profile: what is known about a kernel. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "command.h"
#include "profile/profile.h"

static const char help[] =
    "usage: capdl profile [--json | --header] [KERNEL]\n"
    "       capdl profile KERNEL KERNEL\n"
    "\n"
    "Prints the facts about a kernel that images depend on. KERNEL is a built-in profile, or the\n"
    "install prefix of a kernel. Without one, the built-in profiles are listed. With two, prints\n"
    "how the second differs from the first, and exits with 1 if it does.\n"
    "\n"
    "options:\n"
    "  -j, --json      print JSON\n"
    "  -H, --header    print a C header for programs that run on the kernel\n"
    "  -h, --help      show this\n";

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
    fprintf(stderr, "capdl profile: %s\n%s", message, help);
    return EXIT_TROUBLE;
}

static int run(int count, char **operands, enum format format)
{
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

int cmd_profile(int argc, char **argv)
{
    static const struct option options[] = {
        {"json", no_argument, NULL, 'j'},
        {"header", no_argument, NULL, 'H'},
        {"help", no_argument, NULL, 'h'},
        {NULL},
    };
    enum format format = FORMAT_TEXT;
    int option;

    optind = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, "jHh", options, NULL)) != -1) {
        enum format wanted = option == 'j' ? FORMAT_JSON : FORMAT_HEADER;

        if (option == 'h') {
            fputs(help, stdout);
            return EXIT_FINE;
        }
        if (option == '?') {
            return wrong_usage("unknown option");
        }
        if (format != FORMAT_TEXT && format != wanted) {
            return wrong_usage("--json and --header exclude each other");
        }
        format = wanted;
    }
    return run(argc - optind, argv + optind, format);
}
