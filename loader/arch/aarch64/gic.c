/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A GICv2 delivers interrupts to the secure side until the secure side changes that. Arm IHI
 * 0048B, 4.3.4 and 4.4.2. The first 32 interrupts and the priority mask are each core's own. Version 3 needs more than
 * this; firmware does it.
 */
#include "cpu.h"

enum { GICD_TYPER = 0x004, GICD_IGROUPR = 0x080, GICC_PMR = 0x004 };

static void open_v2(uintptr_t distributor, uintptr_t interface)
{
    uint32_t registers = (*(volatile uint32_t *)(distributor + GICD_TYPER) & 31) + 1;
    for (uint32_t i = 0; i < registers; i++) {
        *(volatile uint32_t *)(distributor + GICD_IGROUPR + 4 * i) = ~UINT32_C(0);
    }
    *(volatile uint32_t *)(interface + GICC_PMR) = 0xf0;
}

static bool is_v2(struct tree_property compatible)
{
    return tree_has_string(compatible, "arm,gic-400") || tree_has_string(compatible, "arm,cortex-a15-gic") ||
           tree_has_string(compatible, "arm,cortex-a9-gic");
}

void gic_open(void)
{
    struct tree_node node = {0};
    uint64_t distributor, interface, size;
    while (tree_next(&loader.tree, &node)) {
        if (is_v2(tree_property(&loader.tree, &node, "compatible")) &&
            tree_reg(&loader.tree, &node, 0, &distributor, &size) &&
            tree_reg(&loader.tree, &node, 1, &interface, &size)) {
            open_v2(distributor, interface);
            return;
        }
    }
}
