/* SPDX-License-Identifier: BSD-2-Clause */
/*
 *     write SEED KERNEL DIRECTORY
 *
 * Writes a random system for a kernel, as real.sh boots it: DIRECTORY/random.cdl, and data.bin beside it.
 */
#include <stdlib.h>

#include "profile/profile.h"
#include "random.h"

int main(int argc, char **argv)
{
    struct capdl_diags diags = {NULL};
    struct capdl_profile profile;
    char path[4200];
    if (argc != 4 || !profile_find(argv[2], &profile, &diags)) {
        capdl_diags_print(&diags, stderr, 0);
        fprintf(stderr, "usage: write SEED KERNEL DIRECTORY\n");
        return 2;
    }
    snprintf(path, sizeof(path), "%s/random.cdl", argv[3]);
    FILE *spec = fopen(path, "w");
    snprintf(path, sizeof(path), "%s/data.bin", argv[3]);
    FILE *data = fopen(path, "w");
    if (!spec || !data) {
        perror(argv[3]);
        return 2;
    }
    struct sample sample = sample_generate_for(strtoull(argv[1], NULL, 0), &profile);
    sample_write(&sample, spec);
    data_write(data);
    sample_free(&sample);
    capdl_diags_free(&diags);
    return fclose(spec) != 0 || fclose(data) != 0;
}
