/* SPDX-License-Identifier: BSD-2-Clause */
/* What options say about physical memory. */
#include "input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/architecture.h>

#include "base/memory.h"
#include "options/lists.h"

/* "0x70000000+64M"-like: a start and a size, which may end in k, M or G. */
static bool parse_reserved(const char *text, struct capdl_region *region)
{
    static const char suffixes[] = "kMG";
    char *end;
    errno = 0;
    uint64_t start = strtoull(text, &end, 0);
    if (end == text || *end != '+' || errno) {
        return false;
    }
    const char *number = end + 1;
    uint64_t size = strtoull(number, &end, 0);
    const char *suffix = *end ? strchr(suffixes, *end) : NULL;
    unsigned shift = suffix ? 10 * (unsigned)(suffix - suffixes + 1) : 0;
    if (end == number || errno || size == 0 || end[suffix ? 1 : 0] || size > UINT64_MAX >> shift ||
        start + (size << shift) < start) {
        return false;
    }
    *region = (struct capdl_region){start, start + (size << shift)};
    return true;
}

struct capdl_region *input_reserved(const struct options *options, struct capdl_diags *diags)
{
    size_t count = list_count(options->reserved);
    struct capdl_region *list = memory_zeroed(count + 1, sizeof(*list));
    for (size_t i = 0; i < count; i++) {
        if (!parse_reserved(options->reserved[i], &list[i])) {
            capdl_error(diags, CAPDL_NOWHERE, "--reserve takes START+SIZE, such as 0x70000000+64M, not '%s'",
                        options->reserved[i]);
        }
    }
    return list;
}

bool input_place_good(const struct options *options, const struct capdl_profile *profile, struct capdl_diags *diags)
{
    bool pc = capdl_architecture(profile->arch)->pc;
    if (options->at && (pc || !profile->prefix[0])) {
        capdl_error(diags, CAPDL_NOWHERE, "--at: %s; leave the option out",
                    pc ? "PCs are booted without our loader"
                       : "a built-in profile has no kernel, which the loader must be apart from");
        return false;
    }
    if (options->initialiser_at && pc) {
        capdl_error(diags, CAPDL_NOWHERE,
                    "--initialiser-at: the kernel '%s' itself moves the image to just above it; leave the option out",
                    profile->name);
        return false;
    }
    uint64_t least = (profile->kernel.end + 4095 + (profile->dtb_bytes + 4095) / 4096 * 4096) & ~UINT64_C(4095);
    if (options->initialiser_at && options->initialiser_at < least) {
        capdl_error(diags, CAPDL_NOWHERE, "the initialiser must be above kernel and device tree, from 0x%llx on",
                    (unsigned long long)least);
        return false;
    }
    if (options->initialiser_at % 4096) {
        capdl_error(diags, CAPDL_NOWHERE, "the initialiser cannot be at 0x%llx: expected a multiple of 4096",
                    (unsigned long long)options->initialiser_at);
        return false;
    }
    return true;
}
