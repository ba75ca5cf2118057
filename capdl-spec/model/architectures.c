/* SPDX-License-Identifier: BSD-2-Clause */
/* What architectures differ in: see capdl/architecture.h. */
#include <elf.h>
#include <stdio.h>
#include <string.h>

#include <capdl/architecture.h>
#include <capdl/spec.h>

#define WORD_64                                                                                   \
    .word_bits = 64, .badge_bits = 64, .guard_bits = 58, .guard_shift = 6, .guard_size_shift = 0, \
    .guard_size_bits = 6, .ipc_buffer_bits = 10, .slot_bits = 5, .entry_bits = 3, .max_untyped_bits = 47
#define WORD_32                                                                                   \
    .word_bits = 32, .badge_bits = 28, .guard_bits = 18, .guard_shift = 8, .guard_size_shift = 3, \
    .guard_size_bits = 5, .ipc_buffer_bits = 9, .slot_bits = 4, .entry_bits = 2, .max_untyped_bits = 29

#define ROOT(id, made, below_id, entry_shift, number, alone)                                                        \
    {                                                                                                               \
        .kind = CAPDL_KIND_##id, .type = CAPDL_TYPE_##made, .below = CAPDL_KIND_##below_id, .shift = (entry_shift), \
        .root = true, .entries = (number), .root_entries = (alone)                                                  \
    }
#define TABLE(id, made, below_id, entry_shift, number)                                                              \
    {                                                                                                               \
        .kind = CAPDL_KIND_##id, .type = CAPDL_TYPE_##made, .below = CAPDL_KIND_##below_id, .shift = (entry_shift), \
        .entries = (number), .root_entries = (number)                                                               \
    }

static const struct capdl_architecture architectures[CAPDL_ARCH_COUNT] =
    {
        [CAPDL_ARCH_AARCH64] =
            {
                .keyword = "aarch64",
                .kernel = "aarch64",
                .title = "AArch64",
                .family = "AArch64",
                WORD_64,
                .message_registers = 4,
                .elf_machine = EM_AARCH64,
                .tcb_bits = 10,
                .page_table_bits = 12,
                .asid_pool_entries = 512,
                .root_words = "the root of an address space: pgd, or pud with three levels",
                .execute_never = true,
                .cache_attribute = true,
                .num_tables = 4,
                /* The root of three levels has 40 - 30 bits: two tables side by side. */
                .tables = {ROOT(PGD, PAGE_TABLE, PUD, 39, 512, 512), ROOT(PUD, PAGE_TABLE, PD, 30, 512, 1024),
                           TABLE(PD, PAGE_TABLE, PT, 21, 512), TABLE(PT, PAGE_TABLE, PT, 12, 512)},
                .frame_words = "4k, 2M and 1G",
                .frame_bits = {12, 21, 30},
                .ip = "pc",
                .sp = "sp",
                .tls = "tpidr_el0",
                .num_arguments = 8,
                .arguments = {"x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7"},
                .stack_alignment = 16,
                .tls_header = 16,
                .tls_alignment = 1,
                .cpus = CAPDL_CPU_ARM_64 | CAPDL_CPU_UNKNOWN,
            },
        [CAPDL_ARCH_RISCV] =
            {
                .keyword = "riscv",
                .kernel = "riscv64",
                .title = "RISC-V 64",
                .family = "RISC-V",
                WORD_64,
                .message_registers = 4,
                .elf_machine = EM_RISCV,
                .tcb_bits = 10,
                .page_table_bits = 12,
                .asid_pool_entries = 512,
                .paging = "Sv39",
                .root_words = "the root of an address space: pt",
                .one_table_kind = true,
                .table_levels = 3,
                .execute_never = true,
                .coherent = true,
                .num_tables = 1,
                .tables = {ROOT(PT, PAGE_TABLE, PT, 0, 512, 512)},
                .frame_words = "4k, 2M and 1G",
                .frame_bits = {12, 21, 30},
                .ip = "pc",
                .sp = "sp",
                .tls = "tp",
                .num_arguments = 8,
                .arguments = {"a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7"},
                .stack_alignment = 16,
                .tls_alignment = 1,
                .cpus = CAPDL_CPU_RISCV_64 | CAPDL_CPU_UNKNOWN,
            },
        [CAPDL_ARCH_X86_64] =
            {
                .keyword = "x86_64",
                .kernel = "x86_64",
                .title = "x86-64",
                .family = "x86-64",
                WORD_64,
                .message_registers = 4,
                .elf_machine = EM_X86_64,
                .tcb_bits = 10,
                .page_table_bits = 12,
                .asid_pool_entries = 512,
                .root_words = "the root of an address space: pml4",
                .type_per_level = true,
                .guest_tables = true,
                .address_bits = 48,
                .cache_attribute = true,
                .coherent = true,
                .num_tables = 8,
                .tables = {ROOT(PML4, VSPACE, PDPT, 39, 512, 512), TABLE(PDPT, PDPT, PD, 30, 512),
                           TABLE(PD, PAGE_DIRECTORY, PT, 21, 512), TABLE(PT, PAGE_TABLE, PT, 12, 512),
                           TABLE(EPT_PML4, EPT_PML4, EPT_PDPT, 39, 512), TABLE(EPT_PDPT, EPT_PDPT, EPT_PD, 30, 512),
                           TABLE(EPT_PD, EPT_PD, EPT_PT, 21, 512), TABLE(EPT_PT, EPT_PT, EPT_PT, 12, 512)},
                .frame_words = "4k, 2M and 1G",
                .frame_bits = {12, 21, 30},
                .ip = "rip",
                .sp = "rsp",
                .tls = "fs_base",
                .num_arguments = 6,
                .arguments = {"rdi", "rsi", "rdx", "rcx", "r8", "r9"},
                .stack_alignment = 16,
                .return_on_stack = true,
                .tls_below = true,
                .tls_header = 64,
                .tls_alignment = 256,
                .pc = true,
            },
        [CAPDL_ARCH_ARM11] =
            {
                .keyword = "arm11",
                .title = "32-bit Arm",
                .family = "Arm",
                WORD_32,
                .elf_machine = EM_ARM,
                .tcb_bits = 9,
                .page_table_bits = 10,
                .asid_pool_entries = 1024,
                .root_words = "the root of an address space: pd",
                .execute_never = true,
                .cache_attribute = true,
                .num_tables = 2,
                /* There are two formats, with and without hypervisor: how much an entry maps is left open. */
                .tables = {ROOT(PD, PAGE_DIRECTORY, PT, 0, 4096, 4096), TABLE(PT, PAGE_TABLE, PT, 0, 512)},
                .frame_words = "4k, 64k, 1M and 16M (2M and 32M with hypervisor)",
                .frame_bits = {12, 16, 20, 24, 21, 25},
                .cpus = CAPDL_CPU_ARM_64 | CAPDL_CPU_ARM_32 | CAPDL_CPU_UNKNOWN,
            },
        [CAPDL_ARCH_IA32] =
            {
                .keyword = "ia32",
                .title = "IA-32",
                .family = "IA-32",
                WORD_32,
                .elf_machine = EM_386,
                .tcb_bits = 10,
                .page_table_bits = 12,
                .asid_pool_entries = 1024,
                .root_words = "the root of an address space: pd",
                .cache_attribute = true,
                .coherent = true,
                .num_tables = 2,
                .tables = {ROOT(PD, PAGE_DIRECTORY, PT, 22, 1024, 1024), TABLE(PT, PAGE_TABLE, PT, 12, 1024)},
                .frame_words = "4k and 4M",
                .frame_bits = {12, 22},
                .pc = true,
            },
};

const struct capdl_architecture *capdl_architecture(enum capdl_arch arch)
{
    return &architectures[arch];
}

const char *capdl_arch_name(enum capdl_arch arch)
{
    return architectures[arch].keyword;
}

bool capdl_arch_boots(enum capdl_arch arch)
{
    return architectures[arch].kernel != NULL;
}

enum capdl_arch capdl_arch_of_kernel(const char *name)
{
    unsigned i = 0;
    while (i < CAPDL_ARCH_COUNT && (!architectures[i].kernel || strcmp(architectures[i].kernel, name) != 0)) {
        i++;
    }
    return (enum capdl_arch)i;
}

bool capdl_arch_agree(enum capdl_arch spec, enum capdl_arch kernel)
{
    return strcmp(architectures[spec].keyword, architectures[kernel].keyword) == 0;
}

static const char *listed_name(const struct capdl_architecture *a, enum capdl_arch_names names)
{
    return names == CAPDL_ARCH_KERNELS || (names == CAPDL_ARCH_BOOTED_KEYWORDS && !a->kernel) ? a->kernel : a->keyword;
}

char *capdl_arch_list(enum capdl_arch_names names, char text[CAPDL_ARCH_LIST])
{
    const char *list[CAPDL_ARCH_COUNT] = {NULL};
    unsigned count = 0;
    size_t used = 0;
    for (unsigned i = 0; i < CAPDL_ARCH_COUNT; i++) {
        const char *name = listed_name(&architectures[i], names);
        if (name && (!count || strcmp(list[count - 1], name) != 0)) {
            list[count++] = name;
        }
    }
    for (unsigned i = 0; i < count && used < CAPDL_ARCH_LIST; i++) {
        used += (size_t)snprintf(text + used, CAPDL_ARCH_LIST - used, "%s%s",
                                 i == 0          ? ""
                                 : i + 1 < count ? ", "
                                                 : " or ",
                                 list[i]);
    }
    return text;
}

const struct capdl_arch_table *capdl_arch_table(enum capdl_arch arch, enum capdl_kind kind)
{
    const struct capdl_architecture *a = &architectures[arch];
    for (unsigned i = 0; i < a->num_tables; i++) {
        if (a->tables[i].kind == kind) {
            return &a->tables[i];
        }
    }
    return NULL;
}

enum capdl_kind capdl_arch_table_kind(enum capdl_arch arch, unsigned height)
{
    const struct capdl_architecture *a = &architectures[arch];
    unsigned i = 0;
    while (!a->one_table_kind && i + 1 < a->num_tables &&
           capdl_kind_height((enum capdl_kind)a->tables[i].kind) > height) {
        i++;
    }
    return (enum capdl_kind)a->tables[i].kind;
}
