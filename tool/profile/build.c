/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether a kernel is of the build that the prefix's headers are of. A prefix that two builds were installed to, or of
 * which one file was replaced, gives numbers that its kernel does not have: it would boot, and misunderstand. A
 * kernel's symbols tell what is in it; a kernel that was stripped of them tells nothing.
 */
#include <string.h>

#include "profile/arch.h"
#include "profile/prefix.h"

/* Functions and variables that no kernel without the feature has, and each with it. */
static const struct feature {
    const char *symbol, *with, *without;
} features[] = {
    {"schedContext_resume", "with MCS", "without MCS"},
    {"big_kernel_lock", "for several cores", "for one core"},
    {"decodeARMVCPUInvocation", "with hypervisor support", "without hypervisor support"},
};
enum { FEATURE_MCS, FEATURE_SMP, FEATURE_HYPERVISOR, NUM_FEATURES, FEWEST_SYMBOLS = 100 };

static bool feature_expected(const struct capdl_profile *profile, unsigned feature)
{
    switch (feature) {
    case FEATURE_MCS:
        return profile->mcs;
    case FEATURE_SMP:
        return profile->smp;
    default:
        return profile->hypervisor;
    }
}

/* A set of the features seen, one bit each; false if the file has no symbols, or only what stripping left. */
static bool symbols_read(Elf *elf, unsigned *seen)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header = {0};
    while ((section = elf_nextscn(elf, section)) != NULL && gelf_getshdr(section, &header) &&
           header.sh_type != SHT_SYMTAB) {
    }
    Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
    if (!data || header.sh_entsize == 0) {
        return false;
    }
    for (size_t i = 0; i < data->d_size / header.sh_entsize; i++) {
        GElf_Sym symbol;
        const char *name = NULL;
        if (gelf_getsym(data, (int)i, &symbol)) {
            name = elf_strptr(elf, header.sh_link, symbol.st_name);
        }
        for (unsigned j = 0; name && j < NUM_FEATURES; j++) {
            *seen |= strcmp(name, features[j].symbol) == 0 ? 1u << j : 0;
        }
    }
    return data->d_size / header.sh_entsize > FEWEST_SYMBOLS;
}

void check_build(struct reader *reader, Elf *elf, struct capdl_pos pos)
{
    const struct capdl_profile *profile = reader->profile;
    unsigned seen = 0;
    bool told = symbols_read(elf, &seen);
    for (unsigned i = 0; told && i < NUM_FEATURES; i++) {
        bool has = seen >> i & 1, expected = feature_expected(profile, i);
        if (has == expected || (i == FEATURE_HYPERVISOR && !profile_arch(profile->arch)->symbols_tell_hypervisor)) {
            continue;
        }
        capdl_error(reader->diags, pos,
                    "a kernel %s, but the headers of the prefix are those of a kernel %s; it seems to be a mix of two "
                    "builds, so install the kernel again",
                    has ? features[i].with : features[i].without, expected ? features[i].with : features[i].without);
    }
}
