/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts: who has them, what they signal, and how their controller was told to handle them. */
#include <inttypes.h>

#include "verify/private.h"

/* A word of the call that handed an interrupt out, and the number of the spec that it must be. */
struct setting {
    const char *name;
    uint8_t word, number; /* enum capdl_number */
};

enum { MOST_SETTINGS = 4 };

static const struct manner {
    enum capdl_kind kind;
    enum capdl_method method;
    struct setting settings[MOST_SETTINGS];
} manners[] = {
    {CAPDL_KIND_ARM_IRQ, CAPDL_METHOD_IRQ_CONTROL_GET_TRIGGER, {{"trigger", 1, CAPDL_NUMBER_TRIGGER}}},
    {CAPDL_KIND_ARM_IRQ,
     CAPDL_METHOD_IRQ_CONTROL_GET_TRIGGER_CORE,
     {{"trigger", 1, CAPDL_NUMBER_TRIGGER}, {"target core", 4, CAPDL_NUMBER_TARGET}}},
    {CAPDL_KIND_RISCV_IRQ, CAPDL_METHOD_IRQ_CONTROL_GET_TRIGGER, {{"trigger", 1, CAPDL_NUMBER_TRIGGER}}},
    {CAPDL_KIND_IOAPIC_IRQ,
     CAPDL_METHOD_IRQ_CONTROL_GET_IOAPIC,
     {{"I/O APIC", 2, CAPDL_NUMBER_IOAPIC_NUM},
      {"pin", 3, CAPDL_NUMBER_IOAPIC_PIN},
      {"level", 4, CAPDL_NUMBER_IOAPIC_LEVEL},
      {"polarity", 5, CAPDL_NUMBER_IOAPIC_POLARITY}}},
    {CAPDL_KIND_MSI_IRQ,
     CAPDL_METHOD_IRQ_CONTROL_GET_MSI,
     {{"PCI bus", 2, CAPDL_NUMBER_MSI_BUS},
      {"PCI device", 3, CAPDL_NUMBER_MSI_DEV},
      {"PCI function", 4, CAPDL_NUMBER_MSI_FUN},
      {"MSI handle", 5, CAPDL_NUMBER_MSI_HANDLE}}},
    {CAPDL_KIND_IRQ, CAPDL_METHOD_IRQ_CONTROL_GET, {{NULL}}},
};

static const struct manner *manner_find(enum capdl_kind kind, enum capdl_method method)
{
    for (unsigned i = 0; i < sizeof(manners) / sizeof(manners[0]); i++) {
        if (manners[i].kind == kind && manners[i].method == method) {
            return &manners[i];
        }
    }
    return NULL;
}

static void compare_issue(struct verify *v, uint32_t object, const struct irq_issue *issue)
{
    const struct manner *manner = manner_find(capdl_object_kind(v->spec, object), issue->method);
    if (!manner) {
        differ(v, object, "was made as an interrupt of another kind");
        return;
    }
    for (const struct setting *s = manner->settings; s < manner->settings + MOST_SETTINGS && s->name; s++) {
        uint64_t wanted =
            capdl_object_numbers(v->spec, object) ? capdl_object_numbers(v->spec, object)->value[s->number] : 0;
        if (issue->words[s->word] != wanted) {
            differ(v, object, "has %s 0x%" PRIx64 ", not 0x%" PRIx64, s->name, issue->words[s->word], wanted);
        }
    }
}

void compare_irq(struct verify *v, uint32_t object)
{
    struct capdl_caps caps = capdl_object_caps(v->spec, object);
    uint64_t irq = v->irqs[object];
    if (irq >= MAX_IRQS) {
        return; /* no number: nothing can have it */
    }
    const struct slot *slot = &v->kernel->irq_slots[irq];
    v->result->totals.interrupts++;
    if (v->kernel->irq_state[irq] != IRQ_SIGNAL) {
        differ(v, object, "has no handler: the kernel does not signal interrupt %" PRIu64, irq);
        return;
    }
    compare_issue(v, object, &v->kernel->irq_issues[irq]);
    if (caps.count > 0) {
        compare_cap(v, object, &caps.list[0], slot);
        if (v->kernel->irq_masked[irq]) {
            differ(v, object, "is masked: interrupt %" PRIu64 " would never arrive", irq);
        }
    } else if (slot->cap.type != CAP_NULL) {
        char label[LABEL_SIZE];
        differ(v, object, "signals %s, which is not in the spec", cap_label(v, slot, label));
    }
}
