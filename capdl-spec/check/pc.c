/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of resources of PCs: I/O ports, pins of I/O APICs, message-signalled interrupts. */
#include <inttypes.h>
#include <stdlib.h>

#include "checker.h"
#include "checks.h"
#include "report.h"

/* Pins a kernel can count, and those that all but large machines have. */
enum { MOST_PORT = 0xffff, MOST_PINS = 240, USUAL_PINS = 24 };

static uint64_t number(const struct checker *c, uint32_t id, enum capdl_number which)
{
    return capdl_object_number(c->spec, id, which);
}

/* Objects of a kind, in the order of compare. */
static uint32_t *collect(const struct checker *c, enum capdl_kind kind, size_t *count,
                         int (*compare)(const void *, const void *, void *))
{
    uint32_t *list = NULL;
    size_t capacity = 0;
    *count = 0;
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        if (capdl_object_kind(c->spec, i) == kind) {
            list = capdl_spec_grow(list, &capacity, *count + 1, sizeof(*list));
            list[(*count)++] = i;
        }
    }
    if (*count) {
        qsort_r(list, *count, sizeof(*list), compare, (void *)(uintptr_t)c);
    }
    return list;
}

static int compare_numbers(const struct checker *c, uint32_t a, uint32_t b, enum capdl_number which)
{
    uint64_t x = number(c, a, which), y = number(c, b, which);
    return x < y ? -1 : x > y;
}

static int compare_ports(const void *left, const void *right, void *checker)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    int order = compare_numbers(checker, a, b, CAPDL_NUMBER_PORTS_FIRST);
    return order ? order : a < b ? -1 : a > b;
}

static void note_other(struct checker *c, size_t errors, uint32_t other)
{
    char label[CHECK_LABEL];
    if (c->diags->num_errors > errors) {
        capdl_note(c->diags, capdl_object_pos(c->spec, other), "'%s' is declared here",
                   capdl_check_label(c, other, label));
    }
}

/* The kernel issues each port once. `other` reaches as far as any range before. */
static void check_ports_apart(struct checker *c, uint32_t id, uint32_t other)
{
    uint64_t first = number(c, id, CAPDL_NUMBER_PORTS_FIRST), last = number(c, id, CAPDL_NUMBER_PORTS_LAST);
    uint64_t end = number(c, other, CAPDL_NUMBER_PORTS_LAST);
    size_t errors = c->diags->num_errors;
    char label[CHECK_LABEL], second[CHECK_LABEL];
    capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, id),
                       "I/O port range '%s' overlaps '%s' at ports 0x%" PRIx64 " to 0x%" PRIx64
                       ": the kernel gives out each port once (share the capability of one range instead)",
                       capdl_check_label(c, id, label), capdl_check_label(c, other, second), first,
                       last < end ? last : end);
    note_other(c, errors, other);
}

void capdl_check_ports(struct checker *c)
{
    size_t count;
    uint32_t *list = collect(c, CAPDL_KIND_IO_PORTS, &count, compare_ports), reaches = CAPDL_NO_OBJECT;
    char label[CHECK_LABEL];
    for (size_t i = 0; i < count; i++) {
        uint64_t first = number(c, list[i], CAPDL_NUMBER_PORTS_FIRST),
                 last = number(c, list[i], CAPDL_NUMBER_PORTS_LAST);
        if ((first > last || last > MOST_PORT) && c->errors_only) {
            continue; /* the text's reader has said so */
        }
        if (first > last || last > MOST_PORT) {
            capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, list[i]),
                               "I/O port range '%s' is 0x%" PRIx64 " to 0x%" PRIx64
                               ": expected the first port and the last, 0 to 0x%x",
                               capdl_check_label(c, list[i], label), first, last, MOST_PORT);
            continue;
        }
        if (reaches != CAPDL_NO_OBJECT && first <= number(c, reaches, CAPDL_NUMBER_PORTS_LAST)) {
            check_ports_apart(c, list[i], reaches);
        }
        if (reaches == CAPDL_NO_OBJECT || last > number(c, reaches, CAPDL_NUMBER_PORTS_LAST)) {
            reaches = list[i];
        }
    }
    free(list);
}

static void check_one_pin(struct checker *c, uint32_t id)
{
    struct capdl_pos pos = capdl_object_pos(c->spec, id);
    uint64_t pin = number(c, id, CAPDL_NUMBER_IOAPIC_PIN), level = number(c, id, CAPDL_NUMBER_IOAPIC_LEVEL);
    uint64_t polarity = number(c, id, CAPDL_NUMBER_IOAPIC_POLARITY);
    char label[CHECK_LABEL];
    capdl_check_label(c, id, label);
    if (level > 1) {
        capdl_check_report(c, CAPDL_ERROR, pos,
                           "'%s' has ioapic_level %" PRIu64 ": expected 0 (triggered by an edge) or 1 (by a level)",
                           label, level);
    } else if (polarity > 1) {
        capdl_check_report(c, CAPDL_ERROR, pos,
                           "'%s' has ioapic_polarity %" PRIu64 ": expected 0 (active high) or 1 (active low)", label,
                           polarity);
    } else if (pin >= MOST_PINS) {
        capdl_check_report(c, CAPDL_ERROR, pos, "'%s' is at pin %" PRIu64 " of its I/O APIC: expected 0 to %d", label,
                           pin, MOST_PINS - 1);
    } else if (pin >= USUAL_PINS) {
        capdl_check_report(c, CAPDL_WARNING, pos,
                           "'%s' is at pin %" PRIu64
                           " of its I/O APIC: most have only pins 0 to %d, and then the boot stops",
                           label, pin, USUAL_PINS - 1);
    }
}

static int compare_pins(const void *left, const void *right, void *checker)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    int order = compare_numbers(checker, a, b, CAPDL_NUMBER_IOAPIC_NUM);
    if (!order) {
        order = compare_numbers(checker, a, b, CAPDL_NUMBER_IOAPIC_PIN);
    }
    return order ? order : a < b ? -1 : a > b;
}

static bool same_pin(const struct checker *c, uint32_t a, uint32_t b)
{
    return !compare_numbers(c, a, b, CAPDL_NUMBER_IOAPIC_NUM) && !compare_numbers(c, a, b, CAPDL_NUMBER_IOAPIC_PIN);
}

void capdl_check_ioapic(struct checker *c)
{
    size_t count;
    uint32_t *list = collect(c, CAPDL_KIND_IOAPIC_IRQ, &count, compare_pins);
    char label[CHECK_LABEL], other[CHECK_LABEL];
    for (size_t i = 0; i < count; i++) {
        size_t errors = c->diags->num_errors;
        check_one_pin(c, list[i]);
        if (i == 0 || !same_pin(c, list[i - 1], list[i])) {
            continue;
        }
        capdl_check_report(c, CAPDL_ERROR, capdl_object_pos(c->spec, list[i]),
                           "'%s' and '%s' are both at pin %" PRIu64 " of I/O APIC %" PRIu64
                           ": the pin would signal only the last of them",
                           capdl_check_label(c, list[i - 1], other), capdl_check_label(c, list[i], label),
                           number(c, list[i], CAPDL_NUMBER_IOAPIC_PIN), number(c, list[i], CAPDL_NUMBER_IOAPIC_NUM));
        note_other(c, errors, list[i - 1]);
    }
    free(list);
}

static void check_one_msi(struct checker *c, uint32_t id)
{
    struct capdl_pos pos = capdl_object_pos(c->spec, id);
    uint64_t bus = number(c, id, CAPDL_NUMBER_MSI_BUS), dev = number(c, id, CAPDL_NUMBER_MSI_DEV);
    uint64_t fun = number(c, id, CAPDL_NUMBER_MSI_FUN), handle = number(c, id, CAPDL_NUMBER_MSI_HANDLE);
    char label[CHECK_LABEL];
    capdl_check_label(c, id, label);
    if (bus > 255 || dev > 31 || fun > 7) {
        capdl_check_report(c, CAPDL_ERROR, pos,
                           "'%s' belongs to PCI device %" PRIu64 ":%" PRIu64 ".%" PRIu64
                           ": expected a bus up to 255, a device up to 31, a function up to 7",
                           label, bus, dev, fun);
    } else if (handle > UINT32_MAX) {
        capdl_check_report(c, CAPDL_ERROR, pos, "'%s' has msi_handle 0x%" PRIx64 ": expected 32 bits at most", label,
                           handle);
    }
}

void capdl_check_msi(struct checker *c)
{
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        if (capdl_object_kind(c->spec, i) == CAPDL_KIND_MSI_IRQ) {
            check_one_msi(c, i);
        }
    }
}
