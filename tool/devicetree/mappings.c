/* SPDX-License-Identifier: BSD-2-Clause */
/* How a spec maps what a tree calls registers of a device. */
#include <inttypes.h>

#include <capdl/architecture.h>

#include "devicetree/regions.h"
#include "devicetree/tree.h"

enum { MOST_FINDINGS = 1000, MOST_NEAR = 16 };

struct check {
    const struct devicetree *tree;
    const struct capdl_spec *spec;
    const struct capdl_profile *kernel; /* that says of all but its RAM itself that it is a device's; may be NULL */
    struct capdl_diags *diags;
    size_t findings;
};

/* Devices that are memory, which may be cached and executed from. */
static bool is_storage(const struct devicetree *tree, int32_t node)
{
    static const char *const storage[] = {"mmio-sram", "*-sram", "cfi-flash", "mtd-r[ao]m", "jedec-flash"};
    for (size_t i = 0; i < sizeof(storage) / sizeof(storage[0]); i++) {
        if (node_matches(tree, node, PROPERTY_COMPATIBLE, storage[i])) {
            return true;
        }
    }
    return false;
}

static bool is_of_storage(const struct devicetree *tree, int32_t node)
{
    for (; node != NO_NODE; node = tree->nodes[node].parent) {
        if (is_storage(tree, node)) {
            return true;
        }
    }
    return false;
}

static bool is_kernel_ram(const struct capdl_profile *kernel, uint64_t address)
{
    for (size_t i = 0; i < kernel->num_memory; i++) {
        if (address >= kernel->memory[i].start && address < kernel->memory[i].end) {
            return true;
        }
    }
    return false;
}

/* The device that has registers in a frame where the tree has no memory; NO_NODE if there is none. */
static int32_t device_of(const struct check *check, uint32_t frame)
{
    const struct region *near[MOST_NEAR];
    uint64_t address = capdl_object_paddr(check->spec, frame);
    uint64_t last = address + ((UINT64_C(1) << capdl_object_size_bits(check->spec, frame)) - 1);
    int32_t device = NO_NODE;
    if (!(capdl_object_flags(check->spec, frame) & CAPDL_OBJECT_HAS_PADDR) ||
        (check->kernel && !is_kernel_ram(check->kernel, address))) {
        return NO_NODE;
    }
    size_t count = regions_touching(check->tree, address, last, near, MOST_NEAR);
    for (size_t i = 0; i < count; i++) {
        if (near[i]->kind != REGION_DEVICE || is_of_storage(check->tree, near[i]->node)) {
            return NO_NODE;
        }
        device = check->tree->nodes[near[i]->node].working ? near[i]->node : device;
    }
    return device;
}

static void check_mapping(struct check *check, const struct capdl_cap *cap)
{
    const struct capdl_architecture *facts = capdl_architecture(check->spec->arch);
    bool cached = facts->cache_attribute && !(cap->flags & CAPDL_CAP_UNCACHED);
    bool executable = facts->execute_never && cap->rights & CAPDL_RIGHT_EXECUTE;
    int32_t device = cached || executable ? device_of(check, cap->object) : NO_NODE;
    char label[160], path[MOST_PATH];
    if (device == NO_NODE) {
        return;
    }
    check->findings++;
    capdl_finding(check->diags, CAPDL_WARNING, CAPDL_CHECK_DEVICE_CACHED, capdl_cap_pos(check->spec, cap),
                  "frame '%s' at 0x%" PRIx64 " holds registers of %s in the device tree, but is mapped %s",
                  capdl_object_label(check->spec, cap->object, label, sizeof(label)),
                  capdl_object_paddr(check->spec, cap->object), node_path(check->tree, device, path),
                  cached ? "cached: writes may not reach the device (write uncached)" : "executable: leave out X");
}

void devicetree_check_mappings(const struct devicetree *tree, const struct capdl_spec *spec,
                               const struct capdl_profile *kernel, struct capdl_diags *diags)
{
    struct check check = {.tree = tree, .spec = spec, .kernel = kernel, .diags = diags};
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(spec, i);
        bool table = capdl_kind_is_table(capdl_object_kind(spec, i));
        for (uint32_t j = 0; table && j < caps.count && check.findings < MOST_FINDINGS; j++) {
            if (caps.list[j].kind == CAPDL_KIND_FRAME) {
                check_mapping(&check, &caps.list[j]);
            }
        }
    }
}
