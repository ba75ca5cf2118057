/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding the prebuilt initialiser: where the user says, in the build tree, or where it was installed. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/datadir.h"
#include "base/file.h"
#include "image/program.h"

bool initialiser_read(struct program *program, struct file_bytes *bytes, char **path)
{
    char name[64];
    const char *given = program->options->initialiser;
    snprintf(name, sizeof(name), "initialiser-%s.elf", capdl_architecture(program->profile->arch)->kernel);
    if (program->options->base) {
        *path = strdup("of the image");
        *bytes = (struct file_bytes){.data = program->options->base->bytes, .size = program->options->base->size};
        return true;
    }
    *path = given ? strdup(given) : data_find("initialiser", name);
    if (!*path) {
        capdl_error(program->diags, CAPDL_WHOLE_SPEC,
                    "cannot find %s, the prebuilt initialiser; looked in %s (set CAPDL_DATA_DIR to the "
                    "directory that has it)",
                    name, data_directories());
        return false;
    }
    if (!file_read(*path, bytes)) {
        capdl_error(program->diags, CAPDL_WHOLE_SPEC, "cannot read the initialiser '%s': %s", *path, strerror(errno));
        return false;
    }
    return true;
}
