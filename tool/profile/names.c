/* SPDX-License-Identifier: BSD-2-Clause */
#include "profile/names.h"

#include <assert.h>

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
#define CAPDL_METHOD(id, name, aarch64, riscv64, x86_64) #id,
#include <capdl/methods.def>
};

const char *const method_names[] = {
#define CAPDL_METHOD(id, name, aarch64, riscv64, x86_64) name,
#include <capdl/methods.def>
};

const char *const type_ids[] = {
#define CAPDL_TYPE(id, aarch64, riscv64, x86_64) #id,
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

const char *const arch_keywords[] = {
#define CAPDL_ARCH(id, keyword, bits, boots) keyword,
#include <capdl/arch.def>
#undef CAPDL_ARCH
};

const unsigned arch_bits[] = {
#define CAPDL_ARCH(id, keyword, bits, boots) bits,
#include <capdl/arch.def>
#undef CAPDL_ARCH
};

const bool arch_boots[] = {
#define CAPDL_ARCH(id, keyword, bits, boots) boots,
#include <capdl/arch.def>
#undef CAPDL_ARCH
};

/* Columns of methods.def and types.def, in the order of the three architectures in arch.def. */
enum { COLUMNS = 3 };
static_assert(CAPDL_ARCH_AARCH64 == 0 && CAPDL_ARCH_RISCV == 1 && CAPDL_ARCH_X86_64 == 2, "columns follow "
                                                                                          "arch.def");

static const char *const method_columns[][COLUMNS] = {
#define CAPDL_METHOD(id, name, aarch64, riscv64, x86_64) {aarch64, riscv64, x86_64},
#include <capdl/methods.def>
};

static const char *const type_columns[][COLUMNS] = {
#define CAPDL_TYPE(id, aarch64, riscv64, x86_64) {aarch64, riscv64, x86_64},
#include <capdl/types.def>
#undef CAPDL_TYPE
};

const char *method_xml_id(enum capdl_arch arch, enum capdl_method method)
{
    return (int)arch < COLUMNS ? method_columns[method][arch] : NULL;
}

const char *type_name(enum capdl_arch arch, enum capdl_type type)
{
    return (int)arch < COLUMNS ? type_columns[type][arch] : NULL;
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
    static const char *lists[COLUMNS][REGISTERS];
    size_t count = 0;

    if ((int)arch >= COLUMNS) {
        return 0;
    }
    for (size_t i = 0; i < REGISTERS; i++) {
        if (registers[i].arch == arch) {
            lists[arch][count++] = registers[i].name;
        }
    }
    *names = lists[arch];
    return count;
}
