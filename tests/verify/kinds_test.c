/* SPDX-License-Identifier: BSD-2-Clause */
/* A capability to each kind that a kernel knows has a type there, and the type a name. */
#include <string.h>

#include "../profile/complete.h"
#include "fixture.h"
#include "verify/private.h"

/* Nothing of a supported kernel. */
static bool is_unknown(enum capdl_kind kind)
{
    return capdl_kind_class(kind) == CAPDL_CLASS_SPEC_ONLY || kind == CAPDL_KIND_ARM_IO_DEVICE;
}

static void test(const char *profile)
{
    struct verify v = {.profile = complete_profile(profile)};
    for (unsigned i = 0; i < CAPDL_KIND_COUNT; i++) {
        enum capdl_kind kind = (enum capdl_kind)i;
        bool exists = capdl_kind_on_arch(kind, v.profile->arch);
        enum cap_type type = exists ? kind_cap_type(&v, kind) : CAP_NULL;
        const char *name = cap_type_name(type);
        if (!exists || capdl_kind_is_table(kind)) {
            continue; /* which tables there are depends on the kernel's levels */
        }
        CHECK((type == CAP_NULL) == is_unknown(kind), "%s: %s is %s", profile, capdl_kind_keyword(kind), name);
        CHECK(strcmp(name, cap_type_name(CAP_TYPES)) != 0, "%s: %s is %s", profile, capdl_kind_keyword(kind), name);
    }
}

int main(void)
{
    test("aarch64");
    test("riscv64");
    test("x86_64");
    return fixture_result();
}
