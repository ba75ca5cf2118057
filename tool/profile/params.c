/* SPDX-License-Identifier: BSD-2-Clause */
#include "profile/params.h"

#include <stdio.h>
#include <string.h>

#include "profile/names.h"

enum kernels { PLAIN = 1, MCS = 2, BOTH = PLAIN | MCS };
enum need { SOME_SPECS, EVERY_BOOT };

static const struct params {
    enum capdl_method method;
    enum kernels kernels;
    enum need need;
    const char *list;
} known[] = {
#define CAPDL_PARAMS(method, kernels, need, list) {CAPDL_METHOD_##method, kernels, need, list},
#include <capdl/params.def>
#undef CAPDL_PARAMS
};

enum { KNOWN = sizeof(known) / sizeof(known[0]) };

static bool applies(const struct params *params, const struct capdl_profile *p, enum capdl_method method)
{
    return params->method == method && (params->kernels & (p->mcs ? MCS : PLAIN));
}

bool method_required(const struct capdl_profile *p, enum capdl_method method)
{
    for (size_t i = 0; i < KNOWN; i++) {
        if (applies(&known[i], p, method) && known[i].need == EVERY_BOOT) {
            return method_xml_id(p->arch, method) != NULL;
        }
    }
    return false;
}

bool method_accepts(const struct capdl_profile *p, enum capdl_method method, const char *found, const char **expected)
{
    *expected = NULL;
    for (size_t i = 0; i < KNOWN; i++) {
        if (!applies(&known[i], p, method)) {
            continue;
        }
        if (strcmp(known[i].list, found) == 0) {
            return true;
        }
        *expected = known[i].list;
    }
    return false;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), wanted = strlen(end);

    return length >= wanted && strcmp(text + length - wanted, end) == 0;
}

static bool is_one_of(const char *type, const char *const *list)
{
    while (*list != NULL && strcmp(type, *list) != 0) {
        list++;
    }
    return *list != NULL;
}

/* How a parameter travels: words and narrow integers in message registers, narrow ones packed; capabilities in
 * their own slots. */
static const char *wire_type(const char *type)
{
    static const char *const words[] = {"seL4_Word", "seL4_CapRights_t", "seL4_Time", NULL};
    static const char *const caps[] = {"seL4_CPtr",    "seL4_CNode",        "seL4_TCB",
                                       "seL4_Untyped", "seL4_SchedContext", NULL};
    static const char *const arch_caps[] = {"seL4_ARM_", "seL4_RISCV_", "seL4_X86_", "seL4_X64_", NULL};

    if (is_one_of(type, words) || ends_with(type, "VMAttributes")) {
        return "word";
    }
    if (is_one_of(type, caps)) {
        return "cap";
    }
    if (ends_with(type, "Context")) {
        return type;
    }
    for (size_t i = 0; arch_caps[i] != NULL; i++) {
        if (strncmp(type, arch_caps[i], strlen(arch_caps[i])) == 0) {
            return "cap";
        }
    }
    return type;
}

void params_append(char *text, size_t size, const char *type, const char *name)
{
    size_t used = strlen(text);

    snprintf(text + used, size - used, "%s%s %s", used > 0 ? ", " : "", wire_type(type), name);
}
