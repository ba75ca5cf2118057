/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupt controllers that seL4 drives, and how it numbers their interrupts. */
#include "devicetree/controllers.h"

/* Patterns of fnmatch(3) for compatible strings. */
static const struct {
    const char *pattern;
    enum controller_kind kind;
} controllers[] = {
    {"arm,*gic*", CONTROLLER_GIC},
    {"qcom,msm-*qgic2", CONTROLLER_GIC},
    {"brcm,brahma-b15-gic", CONTROLLER_GIC},
    {"nvidia,tegra*-ictlr", CONTROLLER_PASS_THROUGH},
    {"nvidia,tegra*-pm-irq", CONTROLLER_PASS_THROUGH},
    {"fsl,imx*-gpc", CONTROLLER_PASS_THROUGH},
    {"samsung,exynos*-pmu", CONTROLLER_PASS_THROUGH},
    {"ti,omap*-wugen-mpu", CONTROLLER_PASS_THROUGH},
    {"riscv,cpu-intc", CONTROLLER_CORE},
    {"*,plic*", CONTROLLER_NUMBER},
    {"*plic", CONTROLLER_NUMBER},
    {"*plic[0-9]*", CONTROLLER_NUMBER},
    {"riscv,aplic", CONTROLLER_NUMBER},
    {"ti,*-intc", CONTROLLER_NUMBER},
    {"fsl,avic", CONTROLLER_NUMBER},
    {"brcm,bcm2836-l1-intc", CONTROLLER_NUMBER},
    {"brcm,bcm283?-armctrl-ic", CONTROLLER_BCM_BANK},
};

enum { GIC_SHARED = 0, GIC_PRIVATE = 1, GIC_EXTENDED_SHARED = 2, GIC_EXTENDED_PRIVATE = 3 };
enum { EDGE_RISING = 1, EDGE_FALLING = 2, LEVEL_HIGH = 4, LEVEL_LOW = 8 };
enum { BCM_BANK_INTERRUPTS = 32, BCM_BANKS = 3 };

enum controller_kind controller_kind(const struct devicetree *tree, int32_t node)
{
    for (size_t i = 0; i < sizeof(controllers) / sizeof(controllers[0]); i++) {
        if (node_matches(tree, node, PROPERTY_COMPATIBLE, controllers[i].pattern)) {
            return controllers[i].kind;
        }
    }
    return CONTROLLER_OTHER;
}

static void trigger_set(struct interrupt *interrupt, uint32_t flags)
{
    interrupt->edge = flags & (EDGE_RISING | EDGE_FALLING);
    interrupt->level = flags & (LEVEL_HIGH | LEVEL_LOW);
}

/* Where the numbers of a kind begin: those of GICv3.1's extended interrupts are after all others. */
static bool gic_decode(const fdt32_t *specifier, size_t count, struct interrupt *interrupt)
{
    static const uint32_t first[] = {
        [GIC_SHARED] = 32, [GIC_PRIVATE] = 16, [GIC_EXTENDED_SHARED] = 4096, [GIC_EXTENDED_PRIVATE] = 1056};
    uint32_t kind = count >= 3 ? fdt32_to_cpu(specifier[0]) : UINT32_MAX;
    if (kind > GIC_EXTENDED_PRIVATE) {
        return false;
    }
    interrupt->number = (int64_t)first[kind] + fdt32_to_cpu(specifier[1]);
    trigger_set(interrupt, fdt32_to_cpu(specifier[2]));
    return true;
}

bool controller_decode(enum controller_kind kind, const fdt32_t *specifier, size_t count, struct interrupt *interrupt)
{
    switch (kind) {
    case CONTROLLER_GIC:
        return gic_decode(specifier, count, interrupt);
    case CONTROLLER_NUMBER:
        interrupt->number = count ? (int64_t)fdt32_to_cpu(specifier[0]) : NO_NUMBER;
        trigger_set(interrupt, count > 1 ? fdt32_to_cpu(specifier[1]) : 0);
        return count;
    case CONTROLLER_BCM_BANK:
        if (count != 2 || fdt32_to_cpu(specifier[0]) >= BCM_BANKS) {
            return false;
        }
        interrupt->number =
            BCM_BANK_INTERRUPTS * (1 + (int64_t)fdt32_to_cpu(specifier[0])) + fdt32_to_cpu(specifier[1]);
        return true;
    case CONTROLLER_OTHER:
    case CONTROLLER_PASS_THROUGH:
    case CONTROLLER_CORE:
        return false;
    }
    return false;
}
