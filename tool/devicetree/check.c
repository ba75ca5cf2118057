/* SPDX-License-Identifier: BSD-2-Clause */
/* A spec's physical addresses and interrupts against a tree. */
#include <inttypes.h>

#include "devicetree/controllers.h"
#include "devicetree/interrupts.h"
#include "devicetree/regions.h"
#include "devicetree/tree.h"

/* Of regions that touch one frame, more than these tell nothing new. */
enum { MOST_FINDINGS = 1000, MOST_REGIONS = 16 };
enum { FIRST_SHARED = 32, FIRST_PRIVATE = 16 };

struct check {
    const struct devicetree *tree;
    const struct capdl_spec *spec;
    struct capdl_diags *diags;
    size_t findings;
};

/* Registers of two devices that both work, not a bus and what is on it, nor one device that is described twice. */
static bool are_two_devices(const struct devicetree *tree, const struct region *a, const struct region *b)
{
    return a->kind == REGION_DEVICE && b->kind == REGION_DEVICE && tree->nodes[a->node].working &&
           tree->nodes[b->node].working && !nodes_related(tree, a->node, b->node) &&
           (a->last < b->start || b->last < a->start);
}

/* One page for two devices gives whoever has one the other. */
static void check_sharing(struct check *check, uint32_t frame, const struct region **near, size_t count)
{
    char label[160], path[MOST_PATH], other[MOST_PATH];
    for (size_t i = 1; i < count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (are_two_devices(check->tree, near[k], near[i])) {
                check->findings++;
                capdl_finding(check->diags, CAPDL_WARNING, CAPDL_CHECK_DEVICE_TREE,
                              capdl_object_pos(check->spec, frame),
                              "frame '%s' at 0x%" PRIx64 " covers two devices, %s and %s",
                              capdl_object_label(check->spec, frame, label, sizeof(label)),
                              capdl_object_paddr(check->spec, frame), node_path(check->tree, near[k]->node, path),
                              node_path(check->tree, near[i]->node, other));
                return;
            }
        }
    }
}

static void check_frame(struct check *check, uint32_t frame)
{
    uint64_t last =
        capdl_object_paddr(check->spec, frame) + ((UINT64_C(1) << capdl_object_size_bits(check->spec, frame)) - 1);
    const struct region *near[MOST_REGIONS];
    char label[160];
    size_t count = regions_touching(check->tree, capdl_object_paddr(check->spec, frame), last, near, MOST_REGIONS);
    if (count == 0) {
        check->findings++;
        capdl_finding(check->diags, CAPDL_WARNING, CAPDL_CHECK_DEVICE_TREE, capdl_object_pos(check->spec, frame),
                      "frame '%s' at 0x%" PRIx64 " is neither memory nor a device in the device tree",
                      capdl_object_label(check->spec, frame, label, sizeof(label)),
                      capdl_object_paddr(check->spec, frame));
    }
    check_sharing(check, frame, near, count);
}

/* Data sheets and trees of Arm boards count shared and private interrupts from 0, each for themselves. */
static void hint_at_number(const struct check *check, const struct capdl_irq_map *irq)
{
    static const struct {
        const char *kind;
        unsigned first;
    } kinds[] = {{"SPI", FIRST_SHARED}, {"PPI", FIRST_PRIVATE}};
    char path[MOST_PATH];
    size_t count;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && irq->irq < INT32_MAX; i++) {
        const struct interrupt *found = interrupts_find(check->tree, (int64_t)irq->irq + kinds[i].first, &count);
        if (found && controller_kind(check->tree, found->controller) == CONTROLLER_GIC) {
            capdl_note(check->diags, irq->pos,
                       "if %" PRIu64 " is a number from a data sheet or device tree: Arm's %s n is interrupt n + %u, "
                       "and %" PRIu64 " is that of %s",
                       irq->irq, kinds[i].kind, kinds[i].first, irq->irq + kinds[i].first,
                       node_path(check->tree, found->node, path));
            return;
        }
    }
}

/* Whether no device interrupts in the way that the spec says; then, one that does so in the other. */
static const struct interrupt *other_trigger(const struct devicetree *tree, const struct interrupt *list, size_t count,
                                             bool edge)
{
    const struct interrupt *other = NULL;
    for (size_t i = 0; i < count; i++) {
        bool known = list[i].edge != list[i].level;
        if (!known || list[i].edge == edge) {
            return NULL;
        }
        other = !other && tree->nodes[list[i].node].working ? &list[i] : other;
    }
    return other;
}

static void check_interrupt(struct check *check, const struct capdl_irq_map *irq)
{
    bool has_trigger = (capdl_object_kind(check->spec, irq->object) == CAPDL_KIND_ARM_IRQ ||
                        capdl_object_kind(check->spec, irq->object) == CAPDL_KIND_RISCV_IRQ) &&
                       capdl_object_numbers(check->spec, irq->object);
    bool edge = has_trigger && capdl_object_numbers(check->spec, irq->object)->value[CAPDL_NUMBER_TRIGGER];
    size_t count = 0;
    const struct interrupt *found =
        irq->irq <= INT64_MAX ? interrupts_find(check->tree, (int64_t)irq->irq, &count) : NULL;
    const struct interrupt *other = has_trigger ? other_trigger(check->tree, found, count, edge) : NULL;
    char path[MOST_PATH];
    if (!found) {
        check->findings++;
        capdl_finding(check->diags, CAPDL_WARNING, CAPDL_CHECK_DEVICE_TREE, irq->pos,
                      "interrupt %" PRIu64 " ('%s') belongs to no device in the device tree", irq->irq,
                      capdl_object_name(check->spec, irq->object));
        hint_at_number(check, irq);
    } else if (other) {
        check->findings++;
        capdl_finding(check->diags, CAPDL_WARNING, CAPDL_CHECK_DEVICE_TREE, irq->pos,
                      "interrupt %" PRIu64 " ('%s') belongs to %s, whose trigger is %s in the device tree", irq->irq,
                      capdl_object_name(check->spec, irq->object), node_path(check->tree, other->node, path),
                      edge ? "level" : "edge");
    }
}

/* False, with a finding, where nobody can say which numbers the interrupts have. */
static bool numbers_known(struct check *check)
{
    char path[MOST_PATH];
    if (check->tree->num_numbers || check->tree->strange == NO_NODE || check->spec->num_irqs == 0) {
        return true;
    }
    capdl_finding(check->diags, CAPDL_WARNING, CAPDL_CHECK_DEVICE_TREE, check->spec->irqs[0].pos,
                  "interrupts are not compared: seL4's numbering for the device tree's controller %s is unknown",
                  node_path(check->tree, check->tree->strange, path));
    return false;
}

void devicetree_check(const struct devicetree *tree, const struct capdl_spec *spec, struct capdl_diags *diags)
{
    struct check check = {.tree = tree, .spec = spec, .diags = diags};
    for (uint32_t i = 0; i < spec->num_objects && check.findings < MOST_FINDINGS; i++) {
        if (capdl_object_kind(spec, i) == CAPDL_KIND_FRAME && capdl_object_flags(spec, i) & CAPDL_OBJECT_HAS_PADDR) {
            check_frame(&check, i);
        }
    }
    for (size_t i = 0; numbers_known(&check) && i < spec->num_irqs && check.findings < MOST_FINDINGS; i++) {
        check_interrupt(&check, &spec->irqs[i]);
    }
}
