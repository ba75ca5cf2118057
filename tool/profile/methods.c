/* SPDX-License-Identifier: BSD-2-Clause */
#include "profile/methods.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <capdl/architecture.h>

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
#include <capdl/methods.def>
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

bool method_ids_have(const char *cell, const char *id)
{
    size_t length = strlen(id);
    while (cell) {
        size_t word = strcspn(cell, " ");
        if (word == length && memcmp(cell, id, length) == 0) {
            return true;
        }
        cell = cell[word] ? cell + word + 1 : NULL;
    }
    return false;
}

static const struct {
    const char *type;
    enum method_param_kind kind;
    unsigned bits; /* 0: a word, or none */
} types[] = {
    {"cap", METHOD_CAP, 0},
    {"word", METHOD_WORD, 0},
    {"rights", METHOD_RIGHTS, 0},
    {"attributes", METHOD_ATTRIBUTES, 0},
    {"time", METHOD_TIME, 64},
    {"seL4_Uint8", METHOD_BYTE, 8},
    {"seL4_Bool", METHOD_BOOL, 1},
    {"seL4_UserContext", METHOD_REGISTERS, 0},
    {"seL4_ARM_SMCContext", METHOD_REGISTERS, 0},
};

enum { TYPES = sizeof(types) / sizeof(types[0]) };

static size_t type_find(const char *text, size_t length)
{
    size_t i = 0;
    while (i < TYPES && (strlen(types[i].type) != length || memcmp(types[i].type, text, length) != 0)) {
        i++;
    }
    assert(i < TYPES); /* of methods.def, which a test reads all of */
    return i;
}

static unsigned align_up(unsigned value, unsigned to)
{
    return (value + to - 1) / to * to;
}

/* libsel4's rule (syscall_stub_gen.py): each is aligned to its own size, but to no more than a word. *used: bits of
   message registers. */
static void param_place(struct method_params *params, struct method_param *param, unsigned bits, unsigned *used,
                        unsigned word)
{
    unsigned size = bits ? bits : word;
    if (param->kind == METHOD_CAP) {
        param->position = params->num_caps++;
        return;
    }
    *used = align_up(*used, size < word ? size : word);
    param->position = *used / word;
    param->shift = *used % word;
    if (param->kind == METHOD_REGISTERS) {
        params->registers = true;
        return;
    }
    param->bits = size;
    *used += size;
    params->num_words = align_up(*used, word) / word;
}

static const char *param_read(struct method_params *params, const char *text, unsigned *used, unsigned word)
{
    struct method_param *param = &params->list[params->count++];
    size_t length = strcspn(text, " "), type = type_find(text, length);
    *param = (struct method_param){.name = text + length + 1, .kind = types[type].kind};
    param->name_length = (int)strcspn(param->name, ",");
    param_place(params, param, types[type].bits, used, word);
    text = param->name + param->name_length;
    return *text ? text + strlen(", ") : text;
}

bool method_params(const struct capdl_profile *p, enum capdl_method method, struct method_params *params)
{
    unsigned used = 0;
    const char *text = NULL;
    *params = (struct method_params){.count = 0};
    for (size_t i = 0; i < KNOWN && !text && method_xml_id(p->arch, method); i++) {
        text = applies(&known[i], p, method) ? known[i].list : NULL;
    }
    if (!text) {
        return false;
    }
    while (*text) {
        text = param_read(params, text, &used, capdl_architecture(p->arch)->word_bits);
    }
    return true;
}

const struct method_param *method_param_find(const struct method_params *params, const char *name)
{
    for (unsigned i = 0; i < params->count; i++) {
        const struct method_param *param = &params->list[i];
        if (strlen(name) == (size_t)param->name_length && memcmp(param->name, name, strlen(name)) == 0) {
            return param;
        }
    }
    return NULL;
}

bool method_params_fit(const struct method_params *params, unsigned caps, unsigned words)
{
    bool time = params->count && params->list[params->count - 1].kind == METHOD_TIME;
    bool longer = params->registers || (time && words == params->num_words + 1);
    return caps == params->num_caps && (words == params->num_words || (longer && words > params->num_words));
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), wanted = strlen(end);
    return length >= wanted && strcmp(text + length - wanted, end) == 0;
}

static bool is_one_of(const char *type, const char *const *list)
{
    while (*list && strcmp(type, *list) != 0) {
        list++;
    }
    return *list != NULL;
}

/* How a parameter travels: words and narrow integers in message registers, narrow ones packed; capabilities in
 * their own slots. */
static const char *wire_type(const char *type)
{
    static const struct {
        const char *type, *wire;
    } words[] = {{"seL4_Word", "word"}, {"seL4_CapRights_t", "rights"}, {"seL4_Time", "time"}};
    static const char *const caps[] = {"seL4_CPtr",    "seL4_CNode",        "seL4_TCB",
                                       "seL4_Untyped", "seL4_SchedContext", NULL};
    static const char *const arch_caps[] = {"seL4_ARM_", "seL4_RISCV_", "seL4_X86_", "seL4_X64_", NULL};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i].type, type) == 0) {
            return words[i].wire;
        }
    }
    if (ends_with(type, "VMAttributes")) {
        return "attributes";
    }
    if (is_one_of(type, caps)) {
        return "cap";
    }
    if (ends_with(type, "Context")) {
        return type;
    }
    for (size_t i = 0; arch_caps[i]; i++) {
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
