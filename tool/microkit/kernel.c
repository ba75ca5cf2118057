/* SPDX-License-Identifier: BSD-2-Clause */
/* What a system asks of the kernel that it is for. */
#include "kernel.h"

bool mk_kernel_lacks(struct mk_reader *reader, bool has, struct capdl_pos pos, const char *what, const char *option)
{
    if (has || reader->options->guessed) {
        return false;
    }
    capdl_error(reader->diags, pos, "%s, but the kernel %s was not built for that: it needs %s", what,
                reader->profile->name, option);
    return true;
}
