/* SPDX-License-Identifier: BSD-2-Clause */
/* How other cores are started: PSCI (Arm DEN 0022, 5.6) or a spin table (Devicetree Specification, 3.8.1). */
#include "cpu.h"

#define PSCI_CPU_ON UINT64_C(0xc4000003)

uint64_t spinning_core; /* read by start_spinning */
static unsigned entry_level;

void cpu_entered_at(unsigned level)
{
    entry_level = level;
}

/* Firmware is above the level we were entered at: for EL2 that is EL3, whatever the device tree says. */
static int64_t psci_call(bool to_hypervisor, uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
    register uint64_t x0 __asm__("x0") = function;
    register uint64_t x1 __asm__("x1") = a;
    register uint64_t x2 __asm__("x2") = b;
    register uint64_t x3 __asm__("x3") = c;
    if (to_hypervisor) {
        __asm__ volatile("hvc #0"
                         : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
                         :
                         : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",
                           "memory");
    } else {
        __asm__ volatile("smc #0"
                         : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
                         :
                         : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",
                           "memory");
    }
    return (int64_t)x0;
}

static bool psci_start(const struct core *core)
{
    struct tree_node psci;
    bool to_hypervisor = entry_level == 1 && tree_find(&loader.tree, "/psci", 5, &psci) &&
                         tree_has_string(tree_property(&loader.tree, &psci, "method"), "hvc");
    if (entry_level == 3) {
        print("entered at EL3, so there is no firmware to start cores by PSCI");
        return false;
    }
    int64_t result = psci_call(to_hypervisor, PSCI_CPU_ON, core->hardware, (uintptr_t)start_secondary, (uintptr_t)core);
    if (result != 0) {
        print("PSCI CPU_ON fails with -%lu", (uint64_t)-result);
    }
    return result == 0;
}

static bool spin_start(const struct core *core, uint64_t release)
{
    spinning_core = (uintptr_t)core;
    arch_publish((uintptr_t)&spinning_core, sizeof(spinning_core));
    barrier();
    *(volatile uint64_t *)release = (uintptr_t)start_spinning;
    arch_publish(release, sizeof(uint64_t));
    barrier();
    __asm__ volatile("sev");
    return true;
}

bool arch_core_start(const struct core *core, const struct tree_node *node)
{
    struct tree_property method = tree_property(&loader.tree, node, "enable-method");
    uint64_t release = tree_number(tree_property(&loader.tree, node, "cpu-release-addr"));
    if (tree_has_string(method, "psci")) {
        return psci_start(core);
    }
    if (tree_has_string(method, "spin-table") && release) {
        return spin_start(core, release);
    }
    print("the device tree has no supported way to start cores (enable-method psci or spin-table)");
    return false;
}
