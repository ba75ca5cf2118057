/* SPDX-License-Identifier: BSD-2-Clause */
/* Secondary cores: started one at a time; the next follows when one has arrived. In the kernel they wait for the first.
 */
#include "loader.h"

struct core *core_starting;

static bool is_core(const struct tree_node *node)
{
    return node->depth == 3 && tree_has_string(tree_property(&loader.tree, node, "device_type"), "cpu") &&
           tree_enabled(&loader.tree, node);
}

bool core_next(struct tree_node *node, uint64_t *hardware)
{
    while (tree_next(&loader.tree, node)) {
        /* cores have no size cells and are on no bus */
        *hardware = is_core(node) ? tree_number(tree_property(&loader.tree, node, "reg")) : loader.boot_hardware;
        if (*hardware != loader.boot_hardware) {
            return true;
        }
    }
    return false;
}

static void start_core(uint64_t id, uint64_t hardware, const struct tree_node *node)
{
    struct core *core = &loader.workspace->cores[id];
    *core = (struct core){(uintptr_t)loader.workspace->stacks[id] + STACK_SIZE, id, hardware, 0};
    arch_publish((uintptr_t)core, sizeof(*core));
    arch_publish((uintptr_t)&loader, sizeof(loader));
    core_starting = core;
    arch_publish_done();
    if (!arch_core_start(core, node)) {
        die("the kernel waits for %lu cores and core %lu (hardware id %lx) cannot be started",
            (uint64_t)loader.payload->num_cores, id, core->hardware);
    }
    uint64_t start = arch_ticks();
    while (!core->alive) {
        if (arch_ticks() - start > CORE_PATIENCE * arch_ticks_per_second()) {
            die("core %lu (hardware id %lx) was started but did not arrive", id, core->hardware);
        }
    }
    core_starting = NULL;
}

void cores_start(void)
{
    struct tree_node node = {0};
    uint64_t wanted = loader.payload->num_cores, found = 1, hardware;
    loader.workspace->cores[0] = (struct core){.hardware = loader.boot_hardware, .alive = 1};
    while (found < wanted && core_next(&node, &hardware)) {
        start_core(found++, hardware, &node);
    }
    if (found < wanted) {
        die("the kernel waits for %lu cores, the device tree has %lu", wanted, found);
    }
}

void secondary_main(struct core *core)
{
    arch_core_prepare();
    arch_translation_on();
    core->alive = 1;
    kernel_enter(core);
}
