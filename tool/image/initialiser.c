/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding the prebuilt initialiser: where the user says, in the build tree, or where it was installed. */
#include <errno.h>
#include <string.h>

#include "base/datadir.h"
#include "base/file.h"
#include "image/program.h"

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
        return NULL;
    }
}

bool initialiser_read(struct program *program, struct file_bytes *bytes, char **path)
{
    const char *name = file_name(program->profile->arch);
    struct capdl_pos nowhere = {0};
    const char *given = program->options->initialiser;
    *path = given ? strdup(given) : name ? data_find("initialiser", name) : NULL;
    if (!*path) {
        capdl_error(program->diags, nowhere,
                    "cannot find %s, the prebuilt initialiser; looked in %s (set CAPDL_DATA_DIR to the "
                    "directory that has it)",
                    name ? name : "an initialiser for this architecture", data_places());
        return false;
    }
    if (!file_read(*path, bytes)) {
        capdl_error(program->diags, nowhere, "cannot read the initialiser '%s': %s", *path, strerror(errno));
        return false;
    }
    return true;
}
