/* SPDX-License-Identifier: BSD-2-Clause */
/* Boots an ELF program as the initial task: boot_program PROFILE|PREFIX PROGRAM [MAX-INSTRUCTIONS [MEMORY-MAP]].
   Console to stdout, report to stderr. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/machine.h"
#include "pack/memory_map.h"
#include "profile/profile.h"

static uint8_t *read_all(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        return NULL;
    }
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(*size + 1);
    if (!bytes || fread(bytes, 1, *size, file) != *size) {
        *size = 0;
    }
    fclose(file);
    return bytes;
}

int main(int argc, char **argv)
{
    static struct capdl_profile read, mapped;
    struct capdl_diags diags = {NULL};
    if (argc < 3) {
        return 2;
    }
    const struct capdl_profile *profile = profile_builtin(argv[1]);
    if (!profile && profile_read(argv[1], &read, &diags)) {
        profile = &read;
    }
    struct machine_program program = {.name = argv[2]};
    uint8_t *elf = read_all(argv[2], &program.size);
    program.elf = elf;
    if (!profile || !elf) {
        capdl_diags_print(&diags, stderr, 0);
        fprintf(stderr, "no profile or no program\n");
        return 2;
    }
    if (argc > 4) {
        mapped = *profile;
        profile = &mapped;
        if (!memory_map_apply(&mapped, argv[4], &diags)) {
            capdl_diags_print(&diags, stderr, 0);
            return 2;
        }
    }
    struct machine_options options = {.console = stdout, .report = stderr, .profile = profile, .timeout_seconds = 120};
    if (argc > 3) {
        options.max_instructions = strtoull(argv[3], NULL, 0);
    }
    struct machine_result result;
    bool good = machine_run_program(&program, &options, &result, &diags);
    capdl_diags_print(&diags, stderr, 0);
    capdl_diags_free(&diags);
    free(elf);
    if (!good) {
        return 1;
    }
    fprintf(stderr, "outcome %d\n", (int)result.outcome);
    return 0;
}
