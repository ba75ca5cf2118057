/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether a tree is of a board that a spec and a kernel can be for. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <capdl/architecture.h>

#include "devicetree/regions.h"
#include "devicetree/tree.h"

/* Cores that have no 64-bit state. */
static const char *const arm_32[] = {"arm,arm*",       "arm,cortex-a5",    "arm,cortex-a7",  "arm,cortex-a8",
                                     "arm,cortex-a9",  "arm,cortex-a12",   "arm,cortex-a15", "arm,cortex-a17",
                                     "arm,cortex-a32", "arm,cortex-[mr]*", "qcom,krait*"};

static enum capdl_cpu arm_cpu(const struct devicetree *tree, int32_t node)
{
    if (node_matches(tree, node, PROPERTY_COMPATIBLE, "arm,armv8*") ||
        node_matches(tree, node, PROPERTY_COMPATIBLE, "arm,arm-v8*")) {
        return CAPDL_CPU_ARM_64;
    }
    for (size_t i = 0; i < sizeof(arm_32) / sizeof(arm_32[0]); i++) {
        if (node_matches(tree, node, PROPERTY_COMPATIBLE, arm_32[i])) {
            return CAPDL_CPU_ARM_32;
        }
    }
    return node_matches(tree, node, PROPERTY_COMPATIBLE, "arm,*") ? CAPDL_CPU_ARM_64 : CAPDL_CPU_UNKNOWN;
}

static enum capdl_cpu node_cpu(const struct devicetree *tree, int32_t node)
{
    if (!node_matches(tree, node, PROPERTY_DEVICE_TYPE, "cpu")) {
        return CAPDL_CPU_UNKNOWN;
    }
    if (node_matches(tree, node, PROPERTY_RISCV_ISA, "rv32*") ||
        node_matches(tree, node, PROPERTY_RISCV_ISA_BASE, "rv32*")) {
        return CAPDL_CPU_RISCV_32;
    }
    if (node_has(tree, node, PROPERTY_RISCV_ISA) || node_has(tree, node, PROPERTY_RISCV_ISA_BASE) ||
        node_matches(tree, node, PROPERTY_COMPATIBLE, "riscv*")) {
        return CAPDL_CPU_RISCV_64;
    }
    return arm_cpu(tree, node);
}

/* By the first core that is known: those of a board differ in speed, not in kind. */
static enum capdl_cpu board_cpu(const struct devicetree *tree)
{
    enum capdl_cpu cpu = CAPDL_CPU_UNKNOWN;
    for (size_t i = 0; i < tree->num_nodes && cpu == CAPDL_CPU_UNKNOWN; i++) {
        cpu = node_cpu(tree, (int32_t)i);
    }
    return cpu;
}

/* The first address from start on that is no memory; `end` if all is. */
static uint64_t memory_gap(const struct devicetree *tree, uint64_t start, uint64_t end)
{
    const struct region *found[16];
    while (start < end) {
        uint64_t next = start;
        size_t count = regions_touching(tree, start, start, found, sizeof(found) / sizeof(found[0]));
        for (size_t i = 0; i < count; i++) {
            bool further = found[i]->kind == REGION_MEMORY && found[i]->last >= next;
            next = further ? (found[i]->last == UINT64_MAX ? end : found[i]->last + 1) : next;
        }
        if (next == start) {
            return start;
        }
        start = next;
    }
    return end;
}

static bool has_memory(const struct devicetree *tree)
{
    for (size_t i = 0; i < tree->num_regions; i++) {
        if (tree->regions[i].kind == REGION_MEMORY) {
            return true;
        }
    }
    return false;
}

/* Trees that firmware completes when it boots have no memory yet. */
static bool memory_fits(const struct devicetree *tree, const struct capdl_profile *kernel, struct capdl_diags *diags)
{
    for (size_t i = 0; has_memory(tree) && i < kernel->num_memory; i++) {
        uint64_t gap = memory_gap(tree, kernel->memory[i].start, kernel->memory[i].end);
        if (gap < kernel->memory[i].end) {
            capdl_error(diags, CAPDL_NOWHERE,
                        "%s is for another board: kernel '%s' (%s) uses memory at 0x%" PRIx64
                        ", where the device tree has none; use the tree of the board that the kernel was built for",
                        tree->name, kernel->name, kernel->platform, gap);
            return false;
        }
    }
    return true;
}

static const char *board_words(enum capdl_cpu cpu)
{
    switch (cpu) {
    case CAPDL_CPU_UNKNOWN:
        break;
    case CAPDL_CPU_ARM_64:
        return "of an Arm board with 64-bit cores";
    case CAPDL_CPU_ARM_32:
        return "of an Arm board with 32-bit cores";
    case CAPDL_CPU_RISCV_64:
        return "of a RISC-V board with 64-bit cores";
    case CAPDL_CPU_RISCV_32:
        return "of a RISC-V board with 32-bit cores";
    }
    return "of a board";
}

bool devicetree_same_board(const struct devicetree *tree, const struct devicetree *kernel, struct capdl_diags *diags)
{
    const char *board = node_string(tree, 0, PROPERTY_COMPATIBLE, NULL),
               *other = node_string(kernel, 0, PROPERTY_COMPATIBLE, NULL);
    for (const char *string = NULL; (string = node_string(tree, 0, PROPERTY_COMPATIBLE, string));) {
        for (const char *own = NULL; (own = node_string(kernel, 0, PROPERTY_COMPATIBLE, own));) {
            if (strcmp(string, own) == 0) {
                return true;
            }
        }
    }
    if (!board || !other) {
        return true;
    }
    char name[80], kernel_name[80];
    snprintf(name, sizeof(name), "%s", board);
    snprintf(kernel_name, sizeof(kernel_name), "%s", other);
    tree_printable(name);
    tree_printable(kernel_name);
    capdl_error(diags, CAPDL_NOWHERE, "%s is for another board: \"%s\", but the kernel was built for \"%s\"",
                tree->name, name, kernel_name);
    return false;
}

bool devicetree_is_for(const struct devicetree *tree, const struct capdl_profile *kernel, struct capdl_diags *diags)
{
    struct file_bytes bytes;
    bool good = true;
    if (kernel->prefix[0] == 0 || kernel->dtb_bytes == 0) {
        return true;
    }
    struct devicetree *own = devicetree_of_kernel(kernel, &bytes, diags);
    if (own) {
        good = devicetree_same_board(tree, own, diags);
        devicetree_free(own);
        file_release(&bytes);
    }
    return good && own;
}

bool devicetree_fits(const struct devicetree *tree, enum capdl_arch arch, const struct capdl_profile *kernel,
                     struct capdl_diags *diags)
{
    enum capdl_cpu cpu = board_cpu(tree);
    const struct capdl_architecture *facts = capdl_architecture(arch);
    if (!(facts->cpus & cpu)) {
        capdl_error(diags, CAPDL_NOWHERE, "%s is %s, which cannot run %s systems%s", tree->name, board_words(cpu),
                    capdl_arch_name(arch), facts->pc ? ": PCs have no device trees" : "");
        return false;
    }
    return !kernel || (devicetree_is_for(tree, kernel, diags) && memory_fits(tree, kernel, diags));
}
