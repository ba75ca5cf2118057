/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Takes the input for the ELF file of a protection domain and of an array of two, for the architecture it claims, and
 * goes from the declaration to the printed spec, which must be accepted when it is read again.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pd/pd.h"
#include "profile/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum capdl_arch arch_of(const uint8_t *elf, size_t size)
{
    static const struct {
        uint16_t machine;
        enum capdl_arch arch;
    } machines[] = {{EM_RISCV, CAPDL_ARCH_RISCV}, {EM_X86_64, CAPDL_ARCH_X86_64}};
    uint16_t machine = 0;

    if (size >= offsetof(Elf64_Ehdr, e_machine) + sizeof(machine)) {
        memcpy(&machine, elf + offsetof(Elf64_Ehdr, e_machine), sizeof(machine));
    }
    for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
        if (machines[i].machine == machine) {
            return machines[i].arch;
        }
    }
    return CAPDL_ARCH_AARCH64;
}

/* Reads a text and prints what became of it, to be freed; 0 when it was refused. */
static char *reprint(const char *text, const struct capdl_profile *profile)
{
    struct pd_context context = {.profile = profile, .spec_path = "-"};
    struct capdl_text_options options = {
        .has_arch = true, .arch = profile->arch, .expand = pd_expand, .context = &context};
    struct capdl_diags diags = {NULL};
    struct capdl_spec spec;
    char *messages = NULL, *printed = NULL;
    FILE *sink = open_memstream(&messages, &(size_t){0});
    capdl_spec_init(&spec);
    if (capdl_spec_read_text(&spec, &diags, capdl_diags_add_source(&diags, "input", text, strlen(text)), &options)) {
        FILE *out = open_memstream(&printed, &(size_t){0});
        capdl_spec_write_text(&spec, out, true);
        fclose(out);
    }
    capdl_spec_check(&spec, &diags);
    capdl_diags_print(&diags, sink, 20);
    fclose(sink);
    free(messages);
    capdl_spec_free(&spec);
    capdl_diags_free(&diags);
    return printed;
}

/* The ELF file is given as an open file without a name. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct capdl_profile *profile = profile_default(arch_of(data, size));
    int file = memfd_create("program", 0);
    char text[200], *printed, *again;
    if (file < 0 || write(file, data, size) != (ssize_t)size) {
        perror("memfd");
        exit(2);
    }
    snprintf(text, sizeof(text), "objects { p = pd (\"/proc/self/fd/%d\") q[2] = pd (\"/proc/self/fd/%d\") }", file,
             file);
    printed = reprint(text, profile);
    if (printed) {
        again = reprint(printed, profile);
        if (!again || strcmp(printed, again)) {
            fprintf(stderr, "not a fixpoint:\n%s\nbecomes:\n%s\n", printed, again ? again : "(refused)");
            abort();
        }
        free(again);
    }
    free(printed);
    close(file);
    return 0;
}
