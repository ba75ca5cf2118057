/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether a kernel is of the build that the prefix's headers are of. A prefix that two builds were installed to, or of which one file
 * was replaced, gives numbers that its kernel does not have: it would boot, and misunderstand. A kernel's symbols tell what is in it; a
 * kernel that was stripped of them tells nothing.
 */
#include <gelf.h>
#include <string.h>

#include "kernel.h"

static const struct capdl_pos nowhere = { .file = UINT16_MAX };

/* Functions and variables that no kernel without the feature has, and each with it. */
static const struct feature {
    const char *symbol, *with, *without;
} features[] = {
    { "schedContext_resume", "with MCS", "without MCS" },
    { "big_kernel_lock", "for several cores", "for one core" },
    { "decodeARMVCPUInvocation", "with hypervisor support", "without hypervisor support" },
};
enum { NUM_FEATURES = sizeof features / sizeof *features };

static bool feature_expected(const struct capdl_profile *profile, size_t feature)
{
    return feature == 0 ? profile->mcs : feature == 1 ? profile->smp : profile->hypervisor;
}

/* A set of the features seen, one bit each; false if the file has no symbols. */
static bool symbols_read(Elf *elf, unsigned *seen)
{
    Elf_Scn *section = 0;
    GElf_Shdr header = { 0 };
    while ((section = elf_nextscn(elf, section)) && gelf_getshdr(section, &header) && header.sh_type != SHT_SYMTAB) {
    }
    Elf_Data *data = section ? elf_getdata(section, 0) : 0;
    if (!data || header.sh_entsize == 0) {
        return false;
    }
    for (size_t i = 0; i < data->d_size / header.sh_entsize; i++) {
        GElf_Sym symbol;
        const char *name = gelf_getsym(data, (int)i, &symbol) ? elf_strptr(elf, header.sh_link, symbol.st_name) : 0;
        for (size_t j = 0; name && j < NUM_FEATURES; j++) {
            *seen |= strcmp(name, features[j].symbol) == 0 ? 1u << j : 0;
        }
    }
    return data->d_size / header.sh_entsize > 100; /* what was left of a stripped one says nothing */
}

bool kernel_is_of_build(const struct kernel *kernel, const struct capdl_profile *profile, struct capdl_diags *diags)
{
    unsigned seen = 0;
    bool fine = true;
    Elf *elf = elf_memory((char *)(uintptr_t)kernel->file.data, kernel->file.size); /* only read */
    bool told = elf && symbols_read(elf, &seen);
    elf_end(elf);
    for (size_t i = 0; told && i < NUM_FEATURES; i++) {
        bool has = seen >> i & 1, expected = feature_expected(profile, i);
        if (i == 2 && profile->arch != CAPDL_ARCH_AARCH64) {
            continue;
        }
        if (has != expected) {
            capdl_error(diags, nowhere,
                        "%s: is a kernel %s, but the headers of the prefix are those of a kernel %s; it seems to be mixed "
                        "from two builds, so install the kernel anew",
                        kernel->path, has ? features[i].with : features[i].without,
                        expected ? features[i].with : features[i].without);
            fine = false;
        }
    }
    return fine;
}
