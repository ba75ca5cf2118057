/* SPDX-License-Identifier: BSD-2-Clause */
#include "profile/names.h"

#include <capdl/architecture.h>

const char *const syscall_ids[] = {
#define CAPDL_SYSCALL(id, name) #id,
#include <capdl/syscalls.def>
#undef CAPDL_SYSCALL
};

const char *const syscall_names[] = {
#define CAPDL_SYSCALL(id, name) name,
#include <capdl/syscalls.def>
#undef CAPDL_SYSCALL
};

const char *const method_ids[] = {
#define CAPDL_METHOD(id, name, ...) #id,
#include <capdl/methods.def>
};

const char *const method_names[] = {
#define CAPDL_METHOD(id, name, ...) name,
#include <capdl/methods.def>
};

const char *const type_ids[] = {
#define CAPDL_TYPE(id, ...) #id,
#include <capdl/types.def>
#undef CAPDL_TYPE
};

const char *const fault_ids[] = {
#define CAPDL_FAULT(id, name, text) #id,
#include <capdl/faults.def>
#undef CAPDL_FAULT
};

const char *const fault_names[] = {
#define CAPDL_FAULT(id, name, text) name,
#include <capdl/faults.def>
#undef CAPDL_FAULT
};

const char *arch_key(enum capdl_arch arch)
{
    const struct capdl_architecture *a = capdl_architecture(arch);
    for (unsigned i = 0; i < (unsigned)arch; i++) {
        if (capdl_arch_agree((enum capdl_arch)i, arch)) {
            return a->kernel;
        }
    }
    return a->keyword;
}

/* The cells of methods.def and types.def are in the order of arch.def. */
static const char *const method_columns[][CAPDL_ARCH_COUNT] = {
#define CAPDL_METHOD(id, name, ...) {__VA_ARGS__},
#include <capdl/methods.def>
};

static const char *const type_columns[][CAPDL_ARCH_COUNT] = {
#define CAPDL_TYPE(id, ...) {__VA_ARGS__},
#include <capdl/types.def>
#undef CAPDL_TYPE
};

const char *method_xml_id(enum capdl_arch arch, enum capdl_method method)
{
    return method_columns[method][arch];
}

const char *type_name(enum capdl_arch arch, enum capdl_type type)
{
    return type_columns[type][arch];
}

static const struct {
    enum capdl_arch arch;
    const char *name;
} registers[] = {
#define CAPDL_REGISTER(arch, name) {CAPDL_ARCH_##arch, name},
#include <capdl/registers.def>
#undef CAPDL_REGISTER
};

enum { REGISTERS = sizeof(registers) / sizeof(registers[0]) };

size_t register_names(enum capdl_arch arch, const char *const **names)
{
    static const char *lists[CAPDL_ARCH_COUNT][REGISTERS];
    size_t count = 0;
    for (size_t i = 0; i < REGISTERS; i++) {
        if (registers[i].arch == arch) {
            lists[arch][count++] = registers[i].name;
        }
    }
    *names = lists[arch];
    return count;
}

bool type_required(const struct capdl_profile *p, enum capdl_type type)
{
    switch (type) {
    case CAPDL_TYPE_UNTYPED:
    case CAPDL_TYPE_TCB:
    case CAPDL_TYPE_ENDPOINT:
    case CAPDL_TYPE_NOTIFICATION:
    case CAPDL_TYPE_CNODE:
    case CAPDL_TYPE_FRAME_4K:
    case CAPDL_TYPE_FRAME_2M:
    case CAPDL_TYPE_PAGE_TABLE:
    case CAPDL_TYPE_VSPACE:
        return true;
    case CAPDL_TYPE_SCHED_CONTEXT:
    case CAPDL_TYPE_REPLY:
        return p->mcs;
    case CAPDL_TYPE_PAGE_DIRECTORY:
    case CAPDL_TYPE_PDPT:
        return capdl_architecture(p->arch)->type_per_level;
    default:
        return false;
    }
}
