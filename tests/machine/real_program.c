/* SPDX-License-Identifier: BSD-2-Clause */
/* Boots an ELF program as the initial task of a real kernel in QEMU: real_program PREFIX PROGRAM [MEMORY-MAP]. Ends
   when it prints END. */
#include <stdlib.h>

#include "pack/memory_map.h"
#include "pack/qemu.h"
#include "profile/profile.h"

int main(int argc, char **argv)
{
    static struct capdl_profile profile;
    struct capdl_diags diags = {NULL};
    FILE *file = argc > 2 ? fopen(argv[2], "rb") : NULL;
    uint8_t *bytes = malloc(1 << 20);
    if (!file || !bytes || !profile_read(argv[1], &profile, &diags) ||
        (argc > 3 && !memory_map_apply(&profile, argv[3], &diags))) {
        return 2;
    }
    size_t size = fread(bytes, 1, 1 << 20, file);
    struct qemu_options options = {.console = stdout, .marker = "END", .timeout_seconds = 120};
    enum qemu_outcome outcome = qemu_boot(&profile, argv[2], bytes, size, &options, NULL, &diags);
    capdl_diags_print(&diags, stderr, 0);
    capdl_diags_free(&diags);
    fclose(file);
    free(bytes);
    return outcome == QEMU_MARKER || outcome == QEMU_ENDED ? 0 : 1;
}
