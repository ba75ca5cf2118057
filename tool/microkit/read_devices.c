/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts, I/O ports and address spaces of devices. */
#include <inttypes.h>
#include <string.h>

#include <capdl/architecture.h>

#include "system.h"
#include "document.h"
#include "kernel.h"

static void trigger_read(struct mk_reader *reader, const struct xml_element *element, const char *text,
                         struct mk_irq *irq)
{
    static const char *const words[2] = {"level", "edge"};
    mk_choice(reader, element, "trigger", text, words, &irq->edge);
}

/* irq="33" id="1": the interrupt controllers of Arm and RISC-V. */
static bool number_read(struct mk_reader *reader, const struct xml_element *element, struct mk_irq *irq,
                        const char **setvar)
{
    static const struct mk_attribute rules[] = {
        {"irq", true}, {"id", true}, {"trigger", false}, {"setvar_id", false}, {NULL, false}};
    const char *values[4];
    uint64_t most = reader->profile->max_irq && !reader->options->guessed ? reader->profile->max_irq : INT32_MAX;
    irq->kind = MK_IRQ_NUMBER;
    if (!mk_attributes(reader, element, rules, values)) {
        return false;
    }
    trigger_read(reader, element, values[2], irq);
    *setvar = values[3];
    return mk_number(reader, element, "irq", values[0], 0, most, &irq->number) &
           mk_number(reader, element, "id", values[1], 0, MK_MOST_ID, &irq->id);
}

static bool ioapic_read(struct mk_reader *reader, const struct xml_element *element, struct mk_irq *irq,
                        const char **setvar)
{
    static const struct mk_attribute rules[] = {{"pin", true},        {"vector", true},   {"id", true},
                                                {"ioapic", false},    {"trigger", false}, {"polarity", false},
                                                {"setvar_id", false}, {NULL, false}};
    static const char *const polarities[2] = {"high", "low"};
    const char *values[7];
    irq->kind = MK_IRQ_IOAPIC;
    if (!mk_attributes(reader, element, rules, values)) {
        return false;
    }
    trigger_read(reader, element, values[4], irq);
    mk_choice(reader, element, "polarity", values[5], polarities, &irq->low);
    *setvar = values[6];
    return mk_number(reader, element, "pin", values[0], 0, UINT8_MAX, &irq->pin) &
           mk_number(reader, element, "vector", values[1], 0, MK_MOST_VECTOR, &irq->number) &
           mk_number(reader, element, "id", values[2], 0, MK_MOST_ID, &irq->id) &
           (!values[3] || mk_number(reader, element, "ioapic", values[3], 0, UINT8_MAX, &irq->ioapic));
}

static bool msi_read(struct mk_reader *reader, const struct xml_element *element, struct mk_irq *irq,
                     const char **setvar)
{
    static const struct mk_attribute rules[] = {{"pcidev", true}, {"handle", true},     {"vector", true},
                                                {"id", true},     {"setvar_id", false}, {NULL, false}};
    const char *values[5];
    uint64_t address[3];
    irq->kind = MK_IRQ_MSI;
    if (!mk_attributes(reader, element, rules, values) || !mk_pci(reader, element, "pcidev", values[0], address)) {
        return false;
    }
    irq->bus = address[0];
    irq->dev = address[1];
    irq->fun = address[2];
    *setvar = values[4];
    return mk_number(reader, element, "handle", values[1], 0, UINT32_MAX, &irq->handle) &
           mk_number(reader, element, "vector", values[2], 0, MK_MOST_VECTOR, &irq->number) &
           mk_number(reader, element, "id", values[3], 0, MK_MOST_ID, &irq->id);
}

void mk_read_irq(struct mk_reader *reader, const struct xml_element *element, struct mk_pd *pd)
{
    struct mk_irq *irq = capdl_spec_alloc(reader->spec, sizeof(*irq)), **last = &pd->irqs;
    bool plain = xml_value(element, "irq"), pin = xml_value(element, "pin"), msi = xml_value(element, "pcidev");
    const char *setvar = NULL;
    bool good = false;
    irq->pos = element->pos;
    mk_no_elements(reader, element);
    if (plain + pin + msi != 1 || plain == reader->pc) {
        capdl_error(reader->diags, element->pos, "expected an interrupt of %s, with the attribute %s",
                    capdl_architecture(reader->profile->arch)->title,
                    reader->pc ? "'pin' (of an I/O APIC) or 'pcidev' (an MSI)" : "'irq'");
        return;
    }
    good = plain ? number_read(reader, element, irq, &setvar)
           : pin ? ioapic_read(reader, element, irq, &setvar)
                 : msi_read(reader, element, irq, &setvar);
    if (!good) {
        return;
    }
    if (setvar) {
        mk_add_setvar(reader, element, pd, setvar, irq->id, NULL);
    }
    for (; *last; last = &(*last)->next) {
        if ((*last)->id == irq->id) {
            capdl_error(reader->diags, element->pos, "two interrupts of '%s' have the id %" PRIu64, pd->name, irq->id);
            capdl_note(reader->diags, (*last)->pos, "the first is here");
            return;
        }
    }
    *last = irq;
}

void mk_read_port(struct mk_reader *reader, const struct xml_element *element, struct mk_pd *pd)
{
    enum { MOST_PORT = 0xffff };
    static const struct mk_attribute rules[] = {{"id", true},         {"addr", true},         {"size", true},
                                                {"setvar_id", false}, {"setvar_addr", false}, {NULL, false}};
    const char *values[5];
    struct mk_port *port = capdl_spec_alloc(reader->spec, sizeof(*port)), **last = &pd->ports;
    uint64_t size = 0;
    mk_no_elements(reader, element);
    if (!reader->pc) {
        capdl_error(reader->diags, element->pos, "I/O ports are for x86-64 only, but the system is for %s",
                    capdl_architecture(reader->profile->arch)->title);
        return;
    }
    if (!mk_attributes(reader, element, rules, values)) {
        return;
    }
    port->pos = element->pos;
    bool good = mk_number(reader, element, "id", values[0], 0, MK_MOST_ID, &port->id) &
                mk_number(reader, element, "addr", values[1], 0, MOST_PORT, &port->first) &
                mk_number(reader, element, "size", values[2], 1, MOST_PORT + 1, &size);
    if (!good) {
        return;
    }
    port->last = port->first + size - 1;
    if (port->last > MOST_PORT) {
        capdl_error(reader->diags, element->pos, "these ports end at 0x%" PRIx64 ", expected 0xffff at most",
                    port->last);
        return;
    }
    if (values[3]) {
        mk_add_setvar(reader, element, pd, values[3], port->id, NULL);
    }
    if (values[4]) {
        mk_add_setvar(reader, element, pd, values[4], port->first, NULL);
    }
    for (; *last; last = &(*last)->next) {
        if ((*last)->id == port->id) {
            capdl_error(reader->diags, element->pos, "two ranges of I/O ports of '%s' have the id %" PRIu64, pd->name,
                        port->id);
            capdl_note(reader->diags, (*last)->pos, "the first is here");
            return;
        }
    }
    *last = port;
}

void mk_read_io_space(struct mk_reader *reader, const struct xml_element *element)
{
    static const struct mk_attribute rules[] = {
        {"name", true}, {"peripheral_id", true}, {"domain_id", true}, {NULL, false}};
    static const char *const known[] = {"iomap", NULL};
    const char *values[3];
    struct mk_io_space *space = capdl_spec_alloc(reader->spec, sizeof(*space));
    struct mk_map **last = &space->maps;
    uint64_t address[3];
    if (!reader->pc) {
        capdl_error(reader->diags, element->pos,
                    "address spaces of devices are for x86-64 only, but the system is "
                    "for %s",
                    capdl_architecture(reader->profile->arch)->title);
        return;
    }
    if (!mk_attributes(reader, element, rules, values)) {
        return;
    }
    mk_kernel_lacks(reader, reader->profile->labels[CAPDL_METHOD_IO_PAGE_TABLE_MAP] != CAPDL_PROFILE_ABSENT,
                    element->pos, "address spaces of devices need an IOMMU", "KernelIOMMU");
    bool good = mk_pci(reader, element, "peripheral_id", values[1], address) &
                mk_number(reader, element, "domain_id", values[2], 1, UINT16_MAX, &space->domain);
    space->name = values[0];
    space->pos = element->pos;
    for (const struct xml_element *child = element->first; child; child = child->next) {
        struct mk_map *map = NULL;
        if (strcmp(child->name, "iomap") == 0) {
            map = mk_read_iomap(reader, child);
        } else {
            mk_unknown_element(reader, child, known);
        }
        if (map) {
            *last = map;
            last = &map->next;
        }
    }
    if (!good) {
        return;
    }
    space->bus = address[0];
    space->dev = address[1];
    space->fun = address[2];
    if (reader->last_io_space) {
        reader->last_io_space->next = space;
    } else {
        reader->system.io_spaces = space;
    }
    reader->last_io_space = space;
}
