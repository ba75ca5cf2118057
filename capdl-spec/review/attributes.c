/* SPDX-License-Identifier: BSD-2-Clause */
/* Fields of objects: what they are called, how grave another value is, and how it is written. */
#include "attributes.h"

#include <inttypes.h>

#include "words.h"

static const struct attribute attributes[] = {
    [FIELD_SIZE] = {"size_bits", "size in bits", CAPDL_RANK_ATTRIBUTES, STYLE_NUMBER},
    [FIELD_PADDR] = {"paddr", "physical address", CAPDL_RANK_ADDRESS, STYLE_HEX},
    [FIELD_CONTIGUOUS] = {"contiguous", "contiguity in physical memory", CAPDL_RANK_ADDRESS, STYLE_BOOL},
    [FIELD_CONTENT] = {"fill", "content", CAPDL_RANK_PROGRAM, STYLE_HEX},
#define CAPDL_TCB_FIELD(id, member, type, otherwise, written, rust, in_rust, rank, name) \
    [FIELD_TCB + CAPDL_TCB_FIELD_##id] = {#member, name, CAPDL_RANK_##rank, STYLE_##type},
#include <capdl/tcbfields.def>
#undef CAPDL_TCB_FIELD
    [FIELD_PERIOD] = {"period", "period", CAPDL_RANK_TIME, STYLE_MICROSECONDS},
    [FIELD_BUDGET] = {"budget", "budget", CAPDL_RANK_TIME, STYLE_MICROSECONDS},
    [FIELD_REFILLS] = {"refills", "number of extra refills", CAPDL_RANK_TIME, STYLE_NUMBER},
    [FIELD_FLAGS] = {"flags", "word of scheduling flags", CAPDL_RANK_TIME, STYLE_HEX},
    [FIELD_DATA] = {"data", "badge of timeout faults", CAPDL_RANK_FAULTS, STYLE_HEX},
    [FIELD_IRQ] = {"irq", "interrupt number", CAPDL_RANK_INTERRUPT, STYLE_NUMBER},
};

/* The numbers of devices and interrupts. */
static const struct {
    enum capdl_kind kind;
    struct attribute numbers[CAPDL_NUMBER_COUNT];
} devices[] = {
    {CAPDL_KIND_ARM_IRQ,
     {{"trigger", "trigger", CAPDL_RANK_INTERRUPT, STYLE_TRIGGER},
      {"target", "target core", CAPDL_RANK_INTERRUPT, STYLE_NUMBER}}},
    {CAPDL_KIND_RISCV_IRQ, {{"trigger", "trigger", CAPDL_RANK_INTERRUPT, STYLE_TRIGGER}}},
    {CAPDL_KIND_IOAPIC_IRQ,
     {{"ioapic_num", "I/O APIC", CAPDL_RANK_INTERRUPT, STYLE_NUMBER},
      {"ioapic_pin", "pin", CAPDL_RANK_INTERRUPT, STYLE_NUMBER},
      {"ioapic_level", "trigger", CAPDL_RANK_INTERRUPT, STYLE_LEVEL},
      {"ioapic_polarity", "polarity", CAPDL_RANK_INTERRUPT, STYLE_POLARITY}}},
    {CAPDL_KIND_MSI_IRQ,
     {{"msi_handle", "handle", CAPDL_RANK_INTERRUPT, STYLE_NUMBER},
      {"msi_pci_bus", "PCI bus", CAPDL_RANK_INTERRUPT, STYLE_HEX},
      {"msi_pci_dev", "PCI device", CAPDL_RANK_INTERRUPT, STYLE_HEX},
      {"msi_pci_fun", "PCI function", CAPDL_RANK_INTERRUPT, STYLE_HEX}}},
    {CAPDL_KIND_ARM_SGI_SIGNAL,
     {{"irq", "interrupt", CAPDL_RANK_FLOW, STYLE_NUMBER}, {"target", "target core", CAPDL_RANK_FLOW, STYLE_NUMBER}}},
    {CAPDL_KIND_IO_PORTS,
     {{"first_port", "first port", CAPDL_RANK_HARDWARE, STYLE_HEX},
      {"last_port", "last port", CAPDL_RANK_HARDWARE, STYLE_HEX}}},
    {CAPDL_KIND_IO_DEVICE,
     {{"domainID", "I/O domain", CAPDL_RANK_DMA, STYLE_NUMBER},
      {"pci_bus", "PCI bus", CAPDL_RANK_DMA, STYLE_HEX},
      {"pci_dev", "PCI device", CAPDL_RANK_DMA, STYLE_HEX},
      {"pci_fun", "PCI function", CAPDL_RANK_DMA, STYLE_HEX}}},
    {CAPDL_KIND_ARM_IO_DEVICE, {{"iospace", "I/O space", CAPDL_RANK_DMA, STYLE_NUMBER}}},
    {CAPDL_KIND_CONTEXTBANK, {{"bank", "number", CAPDL_RANK_DMA, STYLE_NUMBER}}},
    {CAPDL_KIND_STREAMID, {{"id", "stream id", CAPDL_RANK_DMA, STYLE_HEX}}},
    {CAPDL_KIND_IO_PT, {{"level", "level", CAPDL_RANK_DMA, STYLE_NUMBER}}},
    {CAPDL_KIND_LEFTOVER,
     {{"slots", "number of slots", CAPDL_RANK_RESHAPE, STYLE_NUMBER},
      {"devices", "device memory", CAPDL_RANK_RESHAPE, STYLE_NUMBER},
      {"size", "bytes", CAPDL_RANK_RESHAPE, STYLE_HEX},
      {"share", "per cent of the RAM that is left", CAPDL_RANK_RESHAPE, STYLE_NUMBER}}},
};

struct attribute capdl_review_attribute(enum capdl_kind kind, uint32_t field)
{
    if (field >= FIELD_LIST) {
        return attributes[FIELD_TCB + CAPDL_TCB_FIELD_INIT];
    }
    if (field < FIELD_NUMBER) {
        return attributes[field];
    }
    for (unsigned i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
        if (devices[i].kind == kind && devices[i].numbers[field - FIELD_NUMBER].word) {
            return devices[i].numbers[field - FIELD_NUMBER];
        }
    }
    return (struct attribute){"number", "number", CAPDL_RANK_HARDWARE, STYLE_HEX};
}

const char *capdl_review_field_word(enum capdl_kind kind, uint32_t field)
{
    return capdl_review_attribute(kind, field).word;
}

char *capdl_review_value_text(const struct attribute *attribute, bool has, uint64_t value)
{
    static const char *const words[][2] = {[STYLE_TRIGGER] = {"level", "edge"},
                                           [STYLE_LEVEL] = {"edge", "level"},
                                           [STYLE_POLARITY] = {"active high", "active low"}};
    if (!has) {
        return capdl_review_format(attribute->style == STYLE_BOOL ? "no" : "none");
    }
    switch (attribute->style) {
    case STYLE_BOOL:
        return capdl_review_format(value ? "yes" : "no");
    case STYLE_HEX:
    case STYLE_LIST:
        return capdl_review_format("0x%" PRIx64, value);
    case STYLE_MICROSECONDS:
        return capdl_review_format("%" PRIu64 " us", value);
    case STYLE_TRIGGER:
    case STYLE_LEVEL:
    case STYLE_POLARITY:
        return capdl_review_format("%s", words[attribute->style][value & 1]);
    case STYLE_NUMBER:
        break;
    }
    return capdl_review_format(value < 1024 ? "%" PRIu64 : "0x%" PRIx64, value);
}
