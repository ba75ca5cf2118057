/* SPDX-License-Identifier: BSD-2-Clause */
/* The built-in profiles against numbers read off the headers of stock kernels, in the order: not MCS, MCS. */
#include <string.h>

#include "../check.h"
#include "profile/note.h"
#include "profile/profile.h"

struct pair {
    int id, number[2];
};

enum { NONE = CAPDL_PROFILE_ABSENT };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct pair arm_labels[] = {
    {CAPDL_METHOD_UNTYPED_RETYPE, {1, 1}},
    {CAPDL_METHOD_TCB_CONFIGURE, {5, 5}},
    {CAPDL_METHOD_TCB_SET_TIMEOUT_ENDPOINT, {NONE, 9}},
    {CAPDL_METHOD_TCB_SET_SPACE, {10, 11}},
    {CAPDL_METHOD_TCB_SET_AFFINITY, {NONE, NONE}},
    {CAPDL_METHOD_TCB_SET_FLAGS, {16, 17}},
    {CAPDL_METHOD_CNODE_MINT, {21, 22}},
    {CAPDL_METHOD_CNODE_SAVE_CALLER, {25, NONE}},
    {CAPDL_METHOD_IRQ_CONTROL_GET, {26, 26}},
    {CAPDL_METHOD_DOMAIN_SET_SCHEDULE_SET_START, {32, 32}},
    {CAPDL_METHOD_SCHED_CONTROL_CONFIGURE_FLAGS, {NONE, 33}},
    {CAPDL_METHOD_VSPACE_UNIFY_INSTRUCTION, {36, 42}},
    {CAPDL_METHOD_PAGE_TABLE_MAP, {38, 44}},
    {CAPDL_METHOD_PAGE_MAP, {40, 46}},
    {CAPDL_METHOD_PAGE_UNIFY_INSTRUCTION, {45, 51}},
    {CAPDL_METHOD_ASID_POOL_ASSIGN, {48, 54}},
    {CAPDL_METHOD_VCPU_SET_TCB, {49, 55}},
    {CAPDL_METHOD_IRQ_CONTROL_ISSUE_SGI_SIGNAL, {55, 61}},
};

static const struct pair riscv_labels[] = {
    {CAPDL_METHOD_PAGE_TABLE_MAP, {33, 39}},
    {CAPDL_METHOD_PAGE_MAP, {35, 41}},
    {CAPDL_METHOD_PAGE_UNMAP, {36, 42}},
    {CAPDL_METHOD_ASID_POOL_ASSIGN, {39, 45}},
    {CAPDL_METHOD_IRQ_CONTROL_GET_TRIGGER, {40, 46}},
    {CAPDL_METHOD_PAGE_UNIFY_INSTRUCTION, {NONE, NONE}},
    {CAPDL_METHOD_PAGE_DIRECTORY_MAP, {NONE, NONE}},
};

static const struct pair x86_labels[] = {
    {CAPDL_METHOD_PDPT_MAP, {33, 39}},
    {CAPDL_METHOD_PAGE_DIRECTORY_MAP, {35, 41}},
    {CAPDL_METHOD_PAGE_TABLE_MAP, {37, 43}},
    {CAPDL_METHOD_PAGE_MAP, {41, 47}},
    {CAPDL_METHOD_ASID_POOL_ASSIGN, {46, 52}},
    {CAPDL_METHOD_IO_PORT_CONTROL_ISSUE, {47, 53}},
    {CAPDL_METHOD_IRQ_CONTROL_GET_MSI, {55, 61}},
    {CAPDL_METHOD_IRQ_CONTROL_GET_TRIGGER, {NONE, NONE}},
};

static const struct pair arm_types[] = {
    {CAPDL_TYPE_FRAME_1G, {5, 7}},    {CAPDL_TYPE_VSPACE, {6, 8}},
    {CAPDL_TYPE_FRAME_4K, {7, 9}},    {CAPDL_TYPE_FRAME_2M, {8, 10}},
    {CAPDL_TYPE_PAGE_TABLE, {9, 11}}, {CAPDL_TYPE_VCPU, {10, 12}},
    {CAPDL_TYPE_REPLY, {NONE, 6}},    {CAPDL_TYPE_IO_PAGE_TABLE, {NONE, NONE}},
};

static const struct pair riscv_types[] = {
    {CAPDL_TYPE_FRAME_1G, {5, 7}},    {CAPDL_TYPE_FRAME_4K, {6, 8}}, {CAPDL_TYPE_FRAME_2M, {7, 9}},
    {CAPDL_TYPE_PAGE_TABLE, {8, 10}}, {CAPDL_TYPE_VSPACE, {8, 10}},  {CAPDL_TYPE_VCPU, {NONE, NONE}},
};

static const struct pair x86_types[] = {
    {CAPDL_TYPE_PDPT, {5, 7}},
    {CAPDL_TYPE_VSPACE, {6, 8}},
    {CAPDL_TYPE_FRAME_1G, {7, 9}},
    {CAPDL_TYPE_FRAME_4K, {8, 10}},
    {CAPDL_TYPE_FRAME_2M, {9, 11}},
    {CAPDL_TYPE_PAGE_TABLE, {10, 12}},
    {CAPDL_TYPE_PAGE_DIRECTORY, {11, 13}},
    {CAPDL_TYPE_IO_PAGE_TABLE, {12, 14}},
    {CAPDL_TYPE_EPT_PML4, {NONE, NONE}},
};

static const struct pair syscalls[] = {
    {CAPDL_SYSCALL_CALL, {-1, -1}},         {CAPDL_SYSCALL_SEND, {-3, -5}},
    {CAPDL_SYSCALL_RECV, {-5, -7}},         {CAPDL_SYSCALL_REPLY, {-6, 0}},
    {CAPDL_SYSCALL_YIELD, {-7, -11}},       {CAPDL_SYSCALL_NBRECV, {-8, -8}},
    {CAPDL_SYSCALL_WAIT, {0, -9}},          {CAPDL_SYSCALL_DEBUG_PUTCHAR, {-9, -12}},
    {CAPDL_SYSCALL_DEBUG_HALT, {-11, -14}}, {CAPDL_SYSCALL_DEBUG_NAME_THREAD, {-14, -17}},
};

static const struct kernel {
    const char *names[4]; /* 17 bits: not MCS, MCS; 12 bits: the same */
    enum capdl_arch arch;
    const struct pair *labels, *types;
    size_t num_labels, num_types;
    uint64_t user_top, memory_start, memory_end, kernel_end[2];
    int levels, root_index_bits;
} kernels[] = {
    {
        .names = {"aarch64", "aarch64-mcs", "aarch64-12", "aarch64-mcs-12"},
        .arch = CAPDL_ARCH_AARCH64,
        .labels = arm_labels,
        .num_labels = COUNT(arm_labels),
        .types = arm_types,
        .num_types = COUNT(arm_types),
        .user_top = 0x10000000000,
        .memory_start = 0x60000000,
        .memory_end = 0xc0000000,
        .kernel_end = {0x60242000, 0x6024a000},
        .levels = 3,
        .root_index_bits = 10,
    },
    {
        .names = {"riscv64", "riscv64-mcs", "riscv64-12", "riscv64-mcs-12"},
        .arch = CAPDL_ARCH_RISCV,
        .labels = riscv_labels,
        .num_labels = COUNT(riscv_labels),
        .types = riscv_types,
        .num_types = COUNT(riscv_types),
        .user_top = 0x3ffffff000,
        .memory_start = 0x80200000,
        .memory_end = 0x100000000,
        .kernel_end = {0x80221000, 0x80228000},
        .levels = 3,
        .root_index_bits = 9,
    },
    {
        .names = {"x86_64", "x86_64-mcs", "x86_64-12", "x86_64-mcs-12"},
        .arch = CAPDL_ARCH_X86_64,
        .labels = x86_labels,
        .num_labels = COUNT(x86_labels),
        .types = x86_types,
        .num_types = COUNT(x86_types),
        .user_top = 0x7ffffffff000,
        .kernel_end = {0xa13000, 0xa13000},
        .levels = 4,
        .root_index_bits = 9,
    },
};

static void test_tables(const struct kernel *k, const struct capdl_profile *p, int mcs)
{
    for (size_t i = 0; i < k->num_labels; i++) {
        CHECK(p->labels[k->labels[i].id] == k->labels[i].number[mcs], "%s: method %d: label %d", p->name,
              k->labels[i].id, p->labels[k->labels[i].id]);
    }
    for (size_t i = 0; i < k->num_types; i++) {
        CHECK(p->types[k->types[i].id] == k->types[i].number[mcs], "%s: type %d: number %d", p->name, k->types[i].id,
              p->types[k->types[i].id]);
    }
    for (size_t i = 0; i < COUNT(syscalls); i++) {
        CHECK(p->syscalls[syscalls[i].id] == syscalls[i].number[mcs], "%s: system call %d: %d", p->name, syscalls[i].id,
              p->syscalls[syscalls[i].id]);
    }
    CHECK(p->syscalls[CAPDL_SYSCALL_SET_TLS_BASE] == (k->arch == CAPDL_ARCH_X86_64 ? mcs ? -33 : -30 : 0), "%s",
          p->name);
    CHECK(p->faults[CAPDL_FAULT_CAP] == 1 && p->faults[CAPDL_FAULT_VM] == (mcs ? 6 : 5), "%s: faults", p->name);
    CHECK(p->faults[CAPDL_FAULT_TIMEOUT] == (mcs ? 5 : 0), "%s: timeout", p->name);
}

static void test_sizes(const struct kernel *k, const struct capdl_profile *p, int mcs)
{
    CHECK(p->size_bits[CAPDL_TYPE_TCB] == 11 && p->size_bits[CAPDL_TYPE_ENDPOINT] == 4, "%s", p->name);
    CHECK(p->size_bits[CAPDL_TYPE_NOTIFICATION] == (mcs ? 6 : 5) && p->size_bits[CAPDL_TYPE_CNODE] == 5, "%s", p->name);
    CHECK(p->size_bits[CAPDL_TYPE_SCHED_CONTEXT] == (mcs ? 7 : 0) && p->size_bits[CAPDL_TYPE_REPLY] == (mcs ? 5 : 0),
          "%s", p->name);
    CHECK(p->size_bits[CAPDL_TYPE_FRAME_4K] == 12 && p->size_bits[CAPDL_TYPE_FRAME_2M] == 21, "%s", p->name);
    CHECK(p->size_bits[CAPDL_TYPE_VSPACE] == k->root_index_bits + 3, "%s", p->name);
    CHECK(p->user_top == k->user_top && p->vspace_levels == k->levels, "%s: VSpace", p->name);
    CHECK(p->vspace_index_bits[0] == k->root_index_bits && p->vspace_index_bits[k->levels - 1] == 9, "%s: VSpace",
          p->name);
    CHECK(p->bootinfo_untyped_offset == (mcs ? 168 : 152) && p->bootinfo_schedcontrol_offset == (mcs ? 152 : 0), "%s",
          p->name);
}

static void test_kernel(const struct kernel *k, size_t variant)
{
    const struct capdl_profile *p = profile_builtin(k->names[variant]);
    int mcs = variant % 2;
    CHECK(p != NULL, "%s is missing", k->names[variant]);
    if (p == NULL) {
        return;
    }
    CHECK(p->arch == k->arch && p->mcs == mcs && p->root_cnode_bits == (variant < 2 ? 17 : 12), "%s", p->name);
    CHECK(p->printing && p->debug && !p->smp && strcmp(p->version, "16.0.0") == 0 && p->prefix[0] == 0, "%s", p->name);
    CHECK(p->hypervisor == (k->arch == CAPDL_ARCH_AARCH64), "%s", p->name);
    test_tables(k, p, mcs);
    test_sizes(k, p, mcs);
    CHECK(p->memory[0].start == k->memory_start && p->memory[0].end == k->memory_end, "%s: memory", p->name);
    CHECK(p->num_memory == (k->memory_end != 0) && p->kernel.end == k->kernel_end[mcs], "%s: memory", p->name);
}

static void test_lookup(void)
{
    struct capdl_diags diags = {NULL};
    struct capdl_profile p;
    size_t count = 0;
    while (profile_builtin_at(count) != NULL) {
        count++;
    }
    CHECK(count == 12, "%zu built-in profiles", count);
    CHECK(profile_builtin("aarch64-mcs-17") == NULL && profile_builtin("") == NULL, "unknown names");
    CHECK(profile_default(CAPDL_ARCH_RISCV) == profile_builtin("riscv64-mcs"), "default");
    CHECK(profile_default(CAPDL_ARCH_IA32) == NULL, "an architecture we do not boot");
    CHECK(profile_find("x86_64-12", &p, &diags) && strcmp(p.name, "x86_64-12") == 0 && diags.count == 0, "find");
    CHECK(!profile_find("aarch46", &p, &diags) && diags.num_errors == 1, "find");
    CHECK(strstr(diags.list[0].message, "no kernel 'aarch46'") && strstr(diags.list[0].message, "x86_64-mcs-12"), "%s",
          diags.list[0].message);
    capdl_diags_free(&diags);
}

/* A program's note, made for one kernel, as another kernel sees it; NULL: it is for that one, too. */
static void check_note(const struct capdl_profile *built, const struct capdl_profile *here, const char *expected)
{
    uint32_t words[PROFILE_NOTE_WORDS];
    char text[PROFILE_NOTE_TEXT];
    profile_note(built, words);
    bool differs = profile_note_differs(words, here, text);
    const char *said = differs ? text : "the same";
    expected = expected ? expected : "the same";
    CHECK(strcmp(said, expected) == 0, "%s, expected %s", said, expected);
}

/* Kernels whose numbers for programs differ do so for a reason, the first of these; a debug console is asked for only.
 */
static void test_notes(void)
{
    const struct capdl_profile *mcs = profile_builtin("aarch64-mcs"), *plain = profile_builtin("aarch64"),
                               *pc = profile_builtin("x86_64");
    struct capdl_profile other = *mcs;
    check_note(mcs, mcs, NULL);
    check_note(mcs, profile_builtin("aarch64-mcs-12"), NULL);
    check_note(mcs, plain, "an MCS kernel");
    check_note(plain, mcs, "a kernel without MCS");
    other.printing = false;
    check_note(mcs, &other, "a kernel with a debug console");
    check_note(&other, mcs, NULL);
    other = *mcs;
    other.smp = true;
    check_note(&other, mcs, NULL); /* the numbers are the same */
    other.labels[CAPDL_METHOD_PAGE_MAP]++;
    check_note(&other, mcs, "a multicore kernel");
    check_note(mcs, &other, "a single-core kernel");
    other.smp = false;
    check_note(&other, mcs, "a kernel configured differently");
    other.hypervisor = false;
    check_note(&other, mcs, "a kernel without hypervisor support");
    check_note(mcs, &other, "a hypervisor kernel");
    other.hypervisor = true;
    strcpy(other.version, "15.2.1");
    check_note(&other, mcs, "seL4 15.2.1");
    other.version[0] = 0; /* a prefix does not say */
    check_note(&other, mcs, "a kernel configured differently");
    other = *mcs;
    other.syscalls[CAPDL_SYSCALL_DEBUG_PUTCHAR]--;
    check_note(&other, mcs, NULL);
    other.syscalls[CAPDL_SYSCALL_CALL]--;
    check_note(&other, mcs, "a kernel configured differently");
    other = *pc;
    other.sysenter = !pc->sysenter;
    check_note(&other, pc, pc->sysenter ? "a kernel entered by SYSCALL" : "a kernel entered by SYSENTER");
    check_note(pc, &other, pc->sysenter ? "a kernel entered by SYSENTER" : "a kernel entered by SYSCALL");
}

int main(void)
{
    test_notes();
    for (size_t i = 0; i < COUNT(kernels); i++) {
        for (size_t variant = 0; variant < 4; variant++) {
            test_kernel(&kernels[i], variant);
        }
    }
    test_lookup();
    return check_result();
}
