/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For kernels that come without a device tree. The loader prefers the firmware's; this is what it needs where the
 * firmware gives none: cores and how to start them. It names neither memory, which is then not checked, nor a console.
 */
#include <libfdt.h>
#include <stdlib.h>

#include "base/memory.h"
#include "plan.h"

enum { ROOM = 8192 };

/* A tree has room for all this: nothing here can fail. */
static void add_core(struct plan *plan, void *tree, unsigned core)
{
    unsigned step = plan->options->core_step ? plan->options->core_step : 1;
    uint32_t hardware = (plan->first_hart + core) * step;
    char name[32];
    snprintf(name, sizeof(name), "cpu@%x", (unsigned)hardware);
    fdt_begin_node(tree, name);
    fdt_property_string(tree, "device_type", "cpu");
    fdt_property_u32(tree, "reg", hardware);
    fdt_property_string(tree, "enable-method", "psci");
    fdt_end_node(tree);
}

/* A hypervisor calls firmware by SMC. For a kernel at EL1, QEMU takes the hypervisor's place and is called by HVC. */
static void add_psci(const struct plan *plan, void *tree)
{
    fdt_begin_node(tree, "psci");
    fdt_property_string(tree, "compatible", "arm,psci-1.0");
    fdt_property_string(tree, "method", plan->profile->hypervisor ? "smc" : "hvc");
    fdt_end_node(tree);
}

void tree_make(struct plan *plan)
{
    void *tree = memory_zeroed(ROOM, 1);
    fdt_create(tree, ROOM);
    fdt_finish_reservemap(tree);
    fdt_begin_node(tree, "");
    fdt_property_u32(tree, "#address-cells", 2);
    fdt_property_u32(tree, "#size-cells", 2);
    fdt_begin_node(tree, "cpus");
    fdt_property_u32(tree, "#address-cells", 1);
    fdt_property_u32(tree, "#size-cells", 0);
    for (unsigned i = 0; i < plan->profile->max_nodes || i == 0; i++) {
        add_core(plan, tree, i);
    }
    fdt_end_node(tree);
    add_psci(plan, tree);
    fdt_end_node(tree);
    fdt_finish(tree);
    plan->tree = tree;
    plan->tree_size = fdt_totalsize(tree);
    plan->tree_made = true;
}
