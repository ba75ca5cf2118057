/* SPDX-License-Identifier: BSD-2-Clause */
/* Where operands are in a message, next to what libsel4's generated stubs do. */
#include <string.h>

#include "../check.h"
#include "profile/methods.h"
#include "profile/names.h"
#include "profile/profile.h"

static const struct placed {
    const char *kernel;
    enum capdl_method method;
    const char *name;
    enum method_param_kind kind;
    unsigned position, shift, bits;
} placed[] = {
    /* seL4_TCB_WriteRegisters: (resume_target & 0x1ul) | ((arch_flags & 0xfful) << 8), count, registers */
    {"riscv64", CAPDL_METHOD_TCB_WRITE_REGISTERS, "resume_target", METHOD_BOOL, 0, 0, 1},
    {"riscv64", CAPDL_METHOD_TCB_WRITE_REGISTERS, "arch_flags", METHOD_BYTE, 0, 8, 8},
    {"riscv64", CAPDL_METHOD_TCB_WRITE_REGISTERS, "count", METHOD_WORD, 1, 0, 64},
    {"riscv64", CAPDL_METHOD_TCB_WRITE_REGISTERS, "regs", METHOD_REGISTERS, 2, 0, 0},
    /* seL4_TCB_CopyRegisters: five flags in one word, bits 0 to 3 and 8 to 15 */
    {"riscv64", CAPDL_METHOD_TCB_COPY_REGISTERS, "source", METHOD_CAP, 0, 0, 0},
    {"riscv64", CAPDL_METHOD_TCB_COPY_REGISTERS, "transfer_integer", METHOD_BOOL, 0, 3, 1},
    {"riscv64", CAPDL_METHOD_TCB_COPY_REGISTERS, "arch_flags", METHOD_BYTE, 0, 8, 8},
    /* seL4_CNode_Mint: dest_index, dest_depth, src_index, src_depth, rights, badge */
    {"aarch64", CAPDL_METHOD_CNODE_MINT, "dest_depth", METHOD_BYTE, 1, 0, 8},
    {"aarch64", CAPDL_METHOD_CNODE_MINT, "src_root", METHOD_CAP, 0, 0, 0},
    {"aarch64", CAPDL_METHOD_CNODE_MINT, "src_index", METHOD_WORD, 2, 0, 64},
    {"aarch64", CAPDL_METHOD_CNODE_MINT, "rights", METHOD_RIGHTS, 4, 0, 64},
    {"aarch64", CAPDL_METHOD_CNODE_MINT, "badge", METHOD_WORD, 5, 0, 64},
    /* seL4_TCB_SetSchedParams: authority is the first capability, fault_ep the third on MCS kernels */
    {"x86_64-mcs", CAPDL_METHOD_TCB_SET_SCHED_PARAMS, "fault_ep", METHOD_CAP, 2, 0, 0},
    {"x86_64-mcs", CAPDL_METHOD_TCB_SET_SCHED_PARAMS, "priority", METHOD_WORD, 1, 0, 64},
    {"x86_64", CAPDL_METHOD_PAGE_MAP, "attr", METHOD_ATTRIBUTES, 2, 0, 64},
    {"x86_64-mcs", CAPDL_METHOD_SCHED_CONTROL_CONFIGURE_FLAGS, "period", METHOD_TIME, 1, 0, 64},
};

static void test_places(void)
{
    for (size_t i = 0; i < sizeof(placed) / sizeof(placed[0]); i++) {
        const struct placed *p = &placed[i];
        struct method_params params;
        const struct method_param *found = NULL;
        if (method_params(profile_builtin(p->kernel), p->method, &params)) {
            found = method_param_find(&params, p->name);
        }
        CHECK(found && found->kind == p->kind && found->position == p->position && found->shift == p->shift &&
                  found->bits == p->bits,
              "%s's %s is elsewhere", method_names[p->method], p->name);
    }
}

/* What a kernel does not have has no parameters; a message of another length does not fit. */
static void test_fit(void)
{
    struct capdl_profile profile = *profile_builtin("riscv64-mcs");
    struct method_params params;
    const struct method_param *refills;
    CHECK(method_params(&profile, CAPDL_METHOD_SCHED_CONTROL_CONFIGURE_FLAGS, &params) && params.num_words == 5 &&
              params.num_caps == 1,
          "64 bits: %u words", params.num_words);
    refills = method_param_find(&params, "extra_refills");
    CHECK(refills && refills->position == 2, "64 bits");
    CHECK(method_params_fit(&params, 1, 5) && !method_params_fit(&params, 1, 4) && !method_params_fit(&params, 2, 5) &&
              !method_params_fit(&params, 1, 6),
          "what fits");
    CHECK(!method_params(profile_builtin("riscv64"), CAPDL_METHOD_SCHED_CONTROL_CONFIGURE_FLAGS, &params), "not MCS");
    CHECK(!method_params(&profile, CAPDL_METHOD_PDPT_MAP, &params), "another architecture");
    CHECK(method_params(&profile, CAPDL_METHOD_TCB_WRITE_REGISTERS, &params) && method_params_fit(&params, 0, 2) &&
              method_params_fit(&params, 0, 34) && !method_params_fit(&params, 0, 1),
          "registers");
    CHECK(!method_param_find(&params, "reg") && !method_param_find(&params, "regs2"), "names are whole");
}

/* Each method of a kernel has parameters that can be read, in the table's order of capabilities and words. */
static void test_all(void)
{
    for (size_t i = 0; profile_builtin_at(i); i++) {
        const struct capdl_profile *profile = profile_builtin_at(i);
        for (unsigned method = 0; method < CAPDL_METHOD_COUNT; method++) {
            struct method_params params;
            bool known = method_params(profile, (enum capdl_method)method, &params);
            CHECK(known || profile->labels[method] == CAPDL_PROFILE_ABSENT, "%s: %s has no parameters", profile->name,
                  method_names[method]);
            CHECK(params.num_caps <= 3, "%s: more capabilities than a message takes", method_names[method]);
        }
    }
}

static void test_ids(void)
{
    CHECK(method_ids_have("New Old", "New") && method_ids_have("New Old", "Old") && method_ids_have("New", "New"),
          "both ids of a method that was renamed");
    CHECK(!method_ids_have("New Old", "Ol") && !method_ids_have("New Old", "New Old") &&
              !method_ids_have(NULL, "New") && !method_ids_have("New", ""),
          "ids are whole");
}

/* What the initialiser calls the methods it invokes by itself is what everything else calls them. */
static void test_own_names(void)
{
    static const struct {
        enum capdl_method method;
        const char *name;
    } own[] = {
#define CAPDL_BOOT_LABEL(id, method, name) {CAPDL_METHOD_##method, name},
#include <capdl/bootkeys.def>
    };

    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        CHECK(strcmp(own[i].name, method_names[own[i].method]) == 0, "%s in bootkeys.def, %s in methods.def",
              own[i].name, method_names[own[i].method]);
    }
}

int main(void)
{
    test_places();
    test_own_names();
    test_fit();
    test_all();
    test_ids();
    return check_result();
}
