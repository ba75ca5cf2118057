/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding the prebuilt initialiser: where the user says, in the build tree, or where it was installed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "image/program.h"

enum { PATH_SIZE = 4096 };

static const char *file_name(enum capdl_arch arch)
{
    switch (arch) {
    case CAPDL_ARCH_AARCH64:
        return "initialiser-aarch64.elf";
    case CAPDL_ARCH_RISCV:
        return "initialiser-riscv64.elf";
    case CAPDL_ARCH_X86_64:
        return "initialiser-x86_64.elf";
    default:
        return 0;
    }
}

/* The directory of the running program. */
static bool own_directory(char *path, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", path, size - 1);
    if (length <= 0) {
        return false;
    }
    path[length] = 0;
    char *slash = strrchr(path, '/');
    if (!slash) {
        return false;
    }
    *slash = 0;
    return true;
}

static bool try_file(const char *directory, const char *between, const char *name, char **path)
{
    if (asprintf(path, "%s%s/%s", directory, between, name) < 0) {
        *path = 0;
        return false;
    }
    if (access(*path, R_OK) == 0) {
        return true;
    }
    free(*path);
    *path = 0;
    return false;
}

static char *find(const struct image_options *options, const char *name)
{
    char *path = 0, own[PATH_SIZE];
    const char *data = getenv("CAPDL_DATA_DIR");
    if (options->initialiser) {
        return strdup(options->initialiser);
    }
    if (data && *data) {
        return try_file(data, "", name, &path) ? path : 0; /* only there: the user said so */
    }
    if (own_directory(own, sizeof own) &&
        (try_file(own, "/../initialiser", name, &path) || try_file(own, "/../share/capdl", name, &path))) {
        return path;
    }
    try_file(CAPDL_INSTALLED_DATA_DIR, "", name, &path);
    return path;
}

bool initialiser_read(struct program *program, struct file_bytes *bytes, char **path)
{
    const char *name = file_name(program->profile->arch);
    struct capdl_pos nowhere = {0};
    *path = name ? find(program->options, name) : 0;
    if (!*path) {
        capdl_error(program->diags, nowhere, "cannot find %s, the prebuilt initialiser; looked in %s (set CAPDL_DATA_DIR to the "
                    "directory that has it)", name ? name : "an initialiser for this architecture",
                    getenv("CAPDL_DATA_DIR") ? getenv("CAPDL_DATA_DIR") : "../initialiser beside the program and in "
                    CAPDL_INSTALLED_DATA_DIR);
        return false;
    }
    if (!file_read(*path, bytes)) {
        capdl_error(program->diags, nowhere, "cannot read the initialiser `%s`: %s", *path, strerror(errno));
        return false;
    }
    return true;
}
