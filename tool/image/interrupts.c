/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts and what else comes out of a control capability. Getting an interrupt's handler unmasks it at once, and
 * one that arrives before its notification is set is dropped and stays masked; so the notification is set directly
 * after, and one Ack makes up for what was dropped.
 */
#include <stdlib.h>
#include <string.h>

#include "image/program.h"
#include "profile/board.h"

/* An Arm kernel without a GIC has these methods, but refuses the calls. */
static bool has_gic(struct program *program, uint32_t object, const char *what)
{
    if (!image_arch(program->profile->arch)->gic || board_of(program->profile).has_gic) {
        return true;
    }
    program_error(program, object, "cannot be made: the interrupt controller of kernel '%s' has no %s",
                  program->profile->name, what);
    return false;
}

static void get_trigger(struct program *program, uint32_t object, uint64_t irq, struct operand slot)
{
    struct operand control = operand_initial(CAPDL_INITIAL_IRQ_CONTROL), ours = operand_initial(CAPDL_INITIAL_CNODE);
    struct operand trigger = operand_word(capdl_object_number(program->spec, object, CAPDL_NUMBER_TRIGGER)),
                   depth = operand_depth(program);
    uint64_t target = capdl_object_kind(program->spec, object) == CAPDL_KIND_ARM_IRQ
                          ? capdl_object_number(program->spec, object, CAPDL_NUMBER_TARGET)
                          : 0;
    if (!has_gic(program, object, "triggers to set (write irq)")) {
        return;
    }
    if (target >= program->profile->max_nodes) {
        char cores[40];
        program_error(program, object, "goes to core %llu, but kernel %s has only %s", (unsigned long long)target,
                      program->profile->name, program_numbers(cores, "core", program->profile->max_nodes));
    } else if (capdl_object_kind(program->spec, object) == CAPDL_KIND_ARM_IRQ && program->profile->smp) {
        CALL(program, INTERRUPTS, IRQ_CONTROL_GET_TRIGGER_CORE, object, control, ours, operand_word(irq), trigger, slot,
             depth, operand_word(target));
    } else {
        CALL(program, INTERRUPTS, IRQ_CONTROL_GET_TRIGGER, object, control, ours, operand_word(irq), trigger, slot,
             depth);
    }
}

static void get_x86(struct program *program, uint32_t object, uint64_t irq, struct operand slot)
{
    struct operand control = operand_initial(CAPDL_INITIAL_IRQ_CONTROL), ours = operand_initial(CAPDL_INITIAL_CNODE);
    struct operand depth = operand_depth(program), vector = operand_word(irq);
    uint64_t ioapic = capdl_object_number(program->spec, object, CAPDL_NUMBER_IOAPIC_NUM);
    bool has_pin = capdl_object_kind(program->spec, object) == CAPDL_KIND_IOAPIC_IRQ;
    if (has_pin && ioapic >= program->profile->num_ioapics) {
        program_error(program, object, "is at I/O APIC %llu, but kernel %s manages only %u, numbered from 0",
                      (unsigned long long)ioapic, program->profile->name, program->profile->num_ioapics);
    } else if (has_pin) {
        CALL(program, INTERRUPTS, IRQ_CONTROL_GET_IOAPIC, object, control, ours, slot, depth, operand_word(ioapic),
             operand_word(capdl_object_number(program->spec, object, CAPDL_NUMBER_IOAPIC_PIN)),
             operand_word(capdl_object_number(program->spec, object, CAPDL_NUMBER_IOAPIC_LEVEL)),
             operand_word(capdl_object_number(program->spec, object, CAPDL_NUMBER_IOAPIC_POLARITY)), vector);
    } else {
        CALL(program, INTERRUPTS, IRQ_CONTROL_GET_MSI, object, control, ours, slot, depth,
             operand_word(capdl_object_number(program->spec, object, CAPDL_NUMBER_MSI_BUS)),
             operand_word(capdl_object_number(program->spec, object, CAPDL_NUMBER_MSI_DEV)),
             operand_word(capdl_object_number(program->spec, object, CAPDL_NUMBER_MSI_FUN)),
             operand_word(capdl_object_number(program->spec, object, CAPDL_NUMBER_MSI_HANDLE)), vector);
    }
}

static void get_untriggered(struct program *program, uint32_t object, uint64_t irq, struct operand slot)
{
    if (capdl_architecture(program->profile->arch)->pc) {
        program_error(program, object,
                      "is of a kind that %s kernels do not have: they use I/O APICs (write ioapic_irq or msi_irq)",
                      capdl_architecture(program->profile->arch)->family);
        return;
    }
    CALL(program, INTERRUPTS, IRQ_CONTROL_GET, object, operand_initial(CAPDL_INITIAL_IRQ_CONTROL),
         operand_initial(CAPDL_INITIAL_CNODE), operand_word(irq), slot, operand_depth(program));
}

/* The call that issues the handler of each kind of interrupt. */
static void (*const getters[CAPDL_KIND_COUNT])(struct program *, uint32_t object, uint64_t irq, struct operand slot) = {
    [CAPDL_KIND_IRQ] = get_untriggered, [CAPDL_KIND_ARM_IRQ] = get_trigger, [CAPDL_KIND_RISCV_IRQ] = get_trigger,
    [CAPDL_KIND_IOAPIC_IRQ] = get_x86,  [CAPDL_KIND_MSI_IRQ] = get_x86,
};

static void bind_notification(struct program *program, uint32_t object, struct operand handler)
{
    struct capdl_caps caps = capdl_object_caps(program->spec, object);
    for (uint32_t i = 0; i < caps.count; i++) {
        const struct capdl_cap *cap = &caps.list[i];
        if (cap->slot != 0 || cap->kind != CAPDL_KIND_NOTIFICATION) {
            program_cap_error(program, object, cap,
                              "does not belong there: slot 0 of an interrupt holds a notification");
            continue;
        }
        if (!(cap->rights & CAPDL_RIGHT_WRITE)) {
            program_cap_error(program, object, cap, "has no write right, so the interrupt could not signal it");
            continue;
        }
        struct operand notification = operand_object(program, cap->object);
        if (cap->data || (cap->rights & CAPDL_RIGHTS_ALL) != CAPDL_RIGHTS_ALL) {
            notification = calls_copy(program, cap->object, notification, cap->rights, cap->data);
        }
        CALL(program, INTERRUPTS, IRQ_HANDLER_SET_NOTIFICATION, object, handler, notification);
        CALL(program, INTERRUPTS, IRQ_HANDLER_ACK, object, handler);
    }
}

/* Whether the kernel gives a handler for this interrupt. */
static bool is_given(struct program *program, const struct capdl_irq_map *map)
{
    const struct capdl_profile *profile = program->profile;
    struct board board = board_of(profile);
    unsigned long long irq = map->irq, first = board_first_irq(profile);
    switch (board_irq_use(profile, &board, map->irq)) {
    case IRQ_USE_FREE:
        return true;
    case IRQ_USE_TIMER:
        program_irq_error(program, map, "is interrupt %llu, which kernel %s uses for its timer", irq, profile->name);
        break;
    case IRQ_USE_KERNEL:
        program_irq_error(program, map, "is interrupt %llu, which kernel %s uses itself", irq, profile->name);
        break;
    case IRQ_USE_NONE:
        program_irq_error(program, map, "is interrupt %llu, but the interrupts of kernel %s are %llu to %u", irq,
                          profile->name, first, board.last_irq);
        break;
    }
    return false;
}

static uint64_t *numbers_by_object(struct program *program)
{
    uint64_t *irqs = memory_zeroed(program->spec->num_objects, sizeof(*irqs));
    for (uint32_t i = 0; i < program->spec->num_objects; i++) {
        irqs[i] = UINT64_MAX;
    }
    for (size_t i = 0; i < program->spec->num_irqs; i++) {
        const struct capdl_irq_map *map = &program->spec->irqs[i];
        if (capdl_kind_class(capdl_object_kind(program->spec, map->object)) != CAPDL_CLASS_INTERRUPT) {
            program_error(program, map->object, "is in irq maps but is not an interrupt");
        } else if (irqs[map->object] != UINT64_MAX) {
            program_error(program, map->object, "has interrupts %llu and %llu in irq maps, but can have only one",
                          (unsigned long long)irqs[map->object], (unsigned long long)map->irq);
        } else if (is_given(program, map)) {
            irqs[map->object] = map->irq;
        }
    }
    return irqs;
}

void interrupts_derive(struct program *program)
{
    uint64_t *irqs = numbers_by_object(program);
    for (uint32_t i = 0; i < program->spec->num_objects; i++) {
        if (capdl_kind_class(capdl_object_kind(program->spec, i)) != CAPDL_CLASS_INTERRUPT || irqs[i] == UINT64_MAX) {
            continue;
        }
        struct operand handler = operand_slot(calls_derive(program, i));
        program->kernel_objects[i].derived = (uint32_t)handler.value;
        getters[capdl_object_kind(program->spec, i)](program, i, irqs[i], handler);
        bind_notification(program, i, handler);
    }
    free(irqs);
}

static void issue_ports(struct program *program, uint32_t object)
{
    uint64_t first = capdl_object_number(program->spec, object, CAPDL_NUMBER_PORTS_FIRST),
             last = capdl_object_number(program->spec, object, CAPDL_NUMBER_PORTS_LAST);
    if (first > last || last > 0xffff) {
        program_error(program, object, "has ports 0x%llx to 0x%llx: expected 0 to 0xffff", (unsigned long long)first,
                      (unsigned long long)last);
        return;
    }
    uint64_t slot = calls_derive(program, object);
    program->kernel_objects[object].derived = (uint32_t)slot;
    CALL(program, DERIVE, IO_PORT_CONTROL_ISSUE, object, operand_initial(CAPDL_INITIAL_IO_PORT_CONTROL),
         operand_initial(CAPDL_INITIAL_CNODE), operand_word(first), operand_word(last), operand_slot(slot),
         operand_depth(program));
}

static void issue_sgi(struct program *program, uint32_t object)
{
    uint64_t irq = capdl_object_number(program->spec, object, CAPDL_NUMBER_SGI_IRQ);
    uint64_t target = capdl_object_number(program->spec, object, CAPDL_NUMBER_TARGET);
    uint32_t last = board_of(program->profile).last_sgi_target;
    if (!has_gic(program, object, "signals between cores for programs")) {
        return;
    }
    if (irq > BOARD_LAST_SGI) {
        program_error(program, object, "has irq %llu: expected 0 to %d", (unsigned long long)irq, BOARD_LAST_SGI);
        return;
    }
    if (target > last) {
        program_error(program, object, "has target %llu, but the last one of kernel %s is %u",
                      (unsigned long long)target, program->profile->name, last);
        return;
    }
    uint64_t slot = calls_derive(program, object);
    program->kernel_objects[object].derived = (uint32_t)slot;
    CALL(program, DERIVE, IRQ_CONTROL_ISSUE_SGI_SIGNAL, object, operand_initial(CAPDL_INITIAL_IRQ_CONTROL),
         operand_initial(CAPDL_INITIAL_CNODE), operand_word(irq), operand_word(target), operand_slot(slot),
         operand_depth(program));
}

void ports_derive(struct program *program)
{
    for (uint32_t i = 0; i < program->spec->num_objects; i++) {
        if (capdl_object_kind(program->spec, i) == CAPDL_KIND_IO_PORTS) {
            issue_ports(program, i);
        } else if (capdl_object_kind(program->spec, i) == CAPDL_KIND_ARM_SGI_SIGNAL) {
            issue_sgi(program, i);
        }
    }
}
