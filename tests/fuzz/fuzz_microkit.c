/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Takes the input for a Microkit system description, for a kernel of each architecture. Programs are not found, which
 * is an error, but everything else is made of it, checked and printed. What is found wrong is printed as well.
 */
#include <stdlib.h>

#include "microkit/microkit.h"
#include "profile/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_for(const uint8_t *data, size_t size, enum capdl_arch arch, bool guessed)
{
    struct microkit_options options = {
        .profile = profile_default(arch), .guessed = guessed, .spec_path = "/nowhere/at/all", .wide_rights = guessed};
    struct capdl_diags diags = {NULL};
    struct capdl_spec spec;
    char *messages = NULL;
    FILE *sink = open_memstream(&messages, &(size_t){0});
    uint16_t source = capdl_diags_add_source(&diags, "input", (const char *)data, size);
    capdl_spec_init(&spec);
    microkit_read(&spec, &diags, source, &options);
    capdl_spec_check(&spec, &diags);
    capdl_spec_write_text(&spec, sink, true);
    capdl_diags_print(&diags, sink, 20);
    fclose(sink);
    free(messages);
    capdl_spec_free(&spec);
    capdl_diags_free(&diags);
}

static bool never(void *context, const char *path)
{
    (void)context, (void)path;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool odd = size & 1;
    if (microkit_is((const char *)data, size)) {
        microkit_programs((const char *)data, size, never, NULL);
    }
    read_for(data, size, CAPDL_ARCH_AARCH64, odd);
    read_for(data, size, CAPDL_ARCH_RISCV, !odd);
    read_for(data, size, CAPDL_ARCH_X86_64, odd);
    return 0;
}
