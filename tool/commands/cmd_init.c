/* SPDX-License-Identifier: BSD-2-Clause */
/* capdl init: a new system to start from. */
#include "commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <capdl/architecture.h>

#include "base/datadir.h"

const struct usage usage_init = {
    "init DIRECTORY [--arch ARCH]",
    "Makes a new system in DIRECTORY, which must not have files of these names: system.cdl, a spec of two\n"
    "protection domains that talk; programs.c, their source; and Makefile, which builds, runs and tests them.\n"
    "The Makefile needs make, pkg-config and a cross compiler. docs/recipes.md shows how to extend the system.",
    .takes = OPTIONS(OPTION_ARCH_NEW),
    .min_operands = 1,
    .max_operands = 1,
    .examples = "capdl init my-system && make -C my-system test\n"
                "capdl init --arch riscv .",
};

static const char *const names[] = {"system.cdl", "programs.c", "Makefile"};
enum { NUM_NAMES = sizeof(names) / sizeof(names[0]) };

static int cannot(const char *what, const char *path)
{
    capdl_escape_printf(stderr, "capdl init: cannot %s %s: %s\n", what, path, strerror(errno));
    return EXIT_TROUBLE;
}

/* @ARCH@ is the spec's word for the architecture, @CPU@ the kernel's and the compiler's. */
static void write_template(const struct file_bytes *bytes, enum capdl_arch arch, FILE *out)
{
    const char *at = (const char *)bytes->data, *end = at + bytes->size;
    while (at < end) {
        size_t left = (size_t)(end - at);
        if (left >= 6 && memcmp(at, "@ARCH@", 6) == 0) {
            fputs(capdl_arch_name(arch), out);
            at += 6;
        } else if (left >= 5 && memcmp(at, "@CPU@", 5) == 0) {
            fputs(capdl_architecture(arch)->kernel, out);
            at += 5;
        } else {
            putc(*at++, out);
        }
    }
}

static int make_file(const char *path, const char *name, enum capdl_arch arch)
{
    char template[64];
    struct file_bytes bytes;
    struct file_output file;
    snprintf(template, sizeof(template), "new-%s", name);
    char *source = data_find("tool", template);
    if (!source || !file_read(source, &bytes)) {
        capdl_escape_printf(stderr, "capdl init: %s is not in %s\n", template, data_directories());
        free(source);
        return EXIT_TROUBLE;
    }
    free(source);
    bool made = file_create(&file, path);
    if (made) {
        write_template(&bytes, arch, file.stream);
        made = file_commit(&file);
    }
    file_release(&bytes);
    return made ? EXIT_FINE : cannot("write", path);
}

/* All of them or, if one is there, none. */
static int make_system(const char *directory, enum capdl_arch arch)
{
    char *paths[NUM_NAMES] = {NULL};
    struct stat status;
    int code = EXIT_FINE;
    if (mkdir(directory, 0777) != 0 && errno != EEXIST) {
        return cannot("make", directory);
    }
    for (size_t i = 0; i < NUM_NAMES && code == EXIT_FINE; i++) {
        if (asprintf(&paths[i], "%s/%s", directory, names[i]) < 0) {
            paths[i] = NULL;
            code = EXIT_TROUBLE;
        } else if (lstat(paths[i], &status) == 0) {
            capdl_escape_printf(stderr, "capdl init: %s is there already: choose another directory\n", paths[i]);
            code = EXIT_TROUBLE;
        }
    }
    for (size_t i = 0; i < NUM_NAMES && code == EXIT_FINE; i++) {
        code = make_file(paths[i], names[i], arch);
    }
    for (size_t i = 0; i < NUM_NAMES; i++) {
        free(paths[i]);
    }
    return code;
}

static int init(const struct options *options)
{
    enum capdl_arch arch;
    const char *name = options->arch ? options->arch : "aarch64";
    const char *directory = options->operands[0];
    if (!input_arch_find(name, &arch) || !capdl_arch_boots(arch)) {
        char list[CAPDL_ARCH_LIST];
        capdl_escape_printf(stderr, "capdl init: --arch takes %s, not '%s'\n",
                            capdl_arch_list(CAPDL_ARCH_BOOTED_KEYWORDS, list), name);
        return EXIT_TROUBLE;
    }
    int code = make_system(directory, arch);
    if (code == EXIT_FINE) {
        capdl_escape_printf(stdout, "%s: system.cdl, programs.c, Makefile; next: make -C %s test\n", directory,
                            directory);
    }
    return code;
}

int cmd_init(int argc, char **argv)
{
    struct options options;
    int code = options_parse(&usage_init, argc, argv, &options);
    if (code == OPTIONS_GO) {
        code = init(&options);
        options_free(&options);
    }
    return code;
}
