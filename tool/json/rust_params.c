/* SPDX-License-Identifier: BSD-2-Clause */
/* rust-sel4's form: parameters of objects. */
#include "rust_reader.h"

#include <stdlib.h>
#include <string.h>

const struct rust_number rust_numbers[] = {
    {CAPDL_KIND_ASID_POOL, CAPDL_NUMBER_ASID_HIGH, NULL, "high"},
    {CAPDL_KIND_IO_PORTS, CAPDL_NUMBER_PORTS_FIRST, NULL, "start_port"},
    {CAPDL_KIND_IO_PORTS, CAPDL_NUMBER_PORTS_LAST, NULL, "end_port"},
    {CAPDL_KIND_IO_DEVICE, CAPDL_NUMBER_IO_DOMAIN, NULL, "domain_id"},
    {CAPDL_KIND_IO_DEVICE, CAPDL_NUMBER_IO_BUS, "pci_device", "bus"},
    {CAPDL_KIND_IO_DEVICE, CAPDL_NUMBER_IO_DEV, "pci_device", "device"},
    {CAPDL_KIND_IO_DEVICE, CAPDL_NUMBER_IO_FUN, "pci_device", "function"},
    {CAPDL_KIND_IO_PT, CAPDL_NUMBER_IO_PT_LEVEL, NULL, "level"},
    {CAPDL_KIND_ARM_IRQ, CAPDL_NUMBER_TRIGGER, "extra", "trigger"},
    {CAPDL_KIND_ARM_IRQ, CAPDL_NUMBER_TARGET, "extra", "target"},
    {CAPDL_KIND_RISCV_IRQ, CAPDL_NUMBER_TRIGGER, "extra", "trigger"},
    {CAPDL_KIND_MSI_IRQ, CAPDL_NUMBER_MSI_HANDLE, "extra", "handle"},
    {CAPDL_KIND_MSI_IRQ, CAPDL_NUMBER_MSI_BUS, "extra", "pci_bus"},
    {CAPDL_KIND_MSI_IRQ, CAPDL_NUMBER_MSI_DEV, "extra", "pci_dev"},
    {CAPDL_KIND_MSI_IRQ, CAPDL_NUMBER_MSI_FUN, "extra", "pci_func"},
    {CAPDL_KIND_IOAPIC_IRQ, CAPDL_NUMBER_IOAPIC_NUM, "extra", "ioapic"},
    {CAPDL_KIND_IOAPIC_IRQ, CAPDL_NUMBER_IOAPIC_PIN, "extra", "pin"},
    {CAPDL_KIND_IOAPIC_IRQ, CAPDL_NUMBER_IOAPIC_LEVEL, "extra", "level"},
    {CAPDL_KIND_IOAPIC_IRQ, CAPDL_NUMBER_IOAPIC_POLARITY, "extra", "polarity"},
};
enum { NUM_NUMBERS = sizeof(rust_numbers) / sizeof(rust_numbers[0]) };
const unsigned num_rust_numbers = NUM_NUMBERS;

const struct rust_tcb_field rust_tcb_fields[CAPDL_TCB_FIELD_COUNT] = {
#define CAPDL_TCB_FIELD(id, member, type, otherwise, written, rust, in_rust, rank, name) {rust, RUST_##in_rust},
#include <capdl/tcbfields.def>
#undef CAPDL_TCB_FIELD
};

/* One member of an object; 0, after a report, if it is not there. */
static const char *member(struct rust_reader *reader, const char *object, const char *name)
{
    const struct json_field fields[] = {{name, true}, {NULL}};
    const char *value;
    return json_fields(reader->json, object, "an object", fields, JSON_OTHERS_IGNORED, &value) ? value : NULL;
}

static void numbers_read(struct rust_reader *reader, const struct rust_object *record, struct capdl_object *object)
{
    for (unsigned i = 0; i < NUM_NUMBERS; i++) {
        bool trigger = strcmp(rust_numbers[i].name, "trigger") == 0;
        const char *value = record->fields;
        uint64_t number;
        if (rust_numbers[i].kind != object->kind) {
            continue;
        }
        value = rust_numbers[i].inside ? member(reader, value, rust_numbers[i].inside) : value;
        value = value ? member(reader, value, rust_numbers[i].name) : NULL;
        uint64_t most = trigger ? 1 : object->kind == CAPDL_KIND_IO_PORTS ? 0xffff : UINT64_MAX;
        if (!value || !json_number(reader->json, value, rust_numbers[i].name, most, &number)) {
            continue;
        }
        if (!object->u.numbers) {
            object->u.numbers = capdl_spec_alloc(reader->spec, sizeof(*object->u.numbers));
        }
        object->u.numbers->has |= (uint8_t)(1u << rust_numbers[i].number);
        number += rust_numbers[i].number == CAPDL_NUMBER_IO_PT_LEVEL && object->kind == CAPDL_KIND_IO_PT &&
                  reader->io_levels_from_0;
        object->u.numbers->value[rust_numbers[i].number] = number;
    }
    if (object->kind == CAPDL_KIND_IO_PORTS && object->u.numbers &&
        object->u.numbers->value[0] > object->u.numbers->value[1]) {
        capdl_error(reader->json->diags, object->pos, "'%s' ends before it begins", object->name);
    }
}

static void registers_read(struct rust_reader *reader, const char *value, struct capdl_tcb *tcb)
{
    uint64_t *list = NULL;
    size_t capacity = 0;
    if (!json_array(reader->json, value, "gprs")) {
        return;
    }
    struct json_list items = json_elements(value);
    for (const char *item; (item = json_item(&items));) {
        list = memory_grow(list, &capacity, tcb->num_init + 1, sizeof(*list));
        json_number(reader->json, item, "gprs", UINT64_MAX, &list[tcb->num_init++]);
    }
    tcb->init = capdl_spec_alloc(reader->spec, tcb->num_init * sizeof(*list));
    if (tcb->num_init) {
        memcpy(tcb->init, list, tcb->num_init * sizeof(*list));
        tcb->has |= CAPDL_TCB_HAS_INIT;
    }
    free(list);
}

static void tcb_field_read(struct rust_reader *reader, const char *value, const char *name, enum capdl_tcb_field field,
                           struct capdl_tcb *tcb)
{
    uint64_t number = 0;
    bool flag = capdl_tcb_get(&capdl_tcb_defaults, field);
    switch (capdl_tcb_field_type(field)) {
    case CAPDL_TCB_NUMBER:
        json_number(reader->json, value, name, UINT64_MAX, &number);
        capdl_tcb_set(tcb, field, number);
        return;
    case CAPDL_TCB_BOOL: /* said only when it is not the default */
        if (json_bool(reader->json, value, name, &flag) && flag != capdl_tcb_get(&capdl_tcb_defaults, field)) {
            capdl_tcb_set(tcb, field, flag);
        }
        return;
    case CAPDL_TCB_LIST:
        registers_read(reader, value, tcb);
        return;
    }
}

static void tcb_read(struct rust_reader *reader, const struct rust_object *record, struct capdl_object *object)
{
    struct json_field names[CAPDL_TCB_FIELD_COUNT + 1] = {{NULL}};
    enum capdl_tcb_field fields[CAPDL_TCB_FIELD_COUNT];
    unsigned count = 0;
    for (unsigned i = 0; i < CAPDL_TCB_FIELD_COUNT; i++) {
        if (rust_tcb_fields[i].there != RUST_NEVER) {
            fields[count] = (enum capdl_tcb_field)i;
            names[count++] = (struct json_field){rust_tcb_fields[i].name, rust_tcb_fields[i].there == RUST_ALWAYS};
        }
    }
    const char *members[CAPDL_TCB_FIELD_COUNT], *extra = member(reader, record->fields, "extra");
    if (!extra || !json_fields(reader->json, extra, "'extra'", names, JSON_OTHERS_IGNORED, members)) {
        return;
    }
    struct capdl_tcb *tcb = capdl_tcb_make(reader->spec, object);
    for (unsigned i = 0; i < count; i++) {
        if (members[i]) {
            tcb_field_read(reader, members[i], names[i].name, fields[i], tcb);
        }
    }
}

static void sc_read(struct rust_reader *reader, const struct rust_object *record, struct capdl_object *object)
{
    static const struct json_field fields[] = {{"period", true}, {"budget", true}, {"badge", false}, {NULL}};
    const char *members[3], *extra = member(reader, record->fields, "extra");
    if (!extra || !json_fields(reader->json, extra, "'extra'", fields, JSON_OTHERS_IGNORED, members)) {
        return;
    }
    struct capdl_sc *sc = object->u.sc = capdl_spec_alloc(reader->spec, sizeof(*sc));
    sc->has_times = json_number(reader->json, members[0], "period", UINT64_MAX, &sc->period) &&
                    json_number(reader->json, members[1], "budget", UINT64_MAX, &sc->budget);
    sc->has_data = members[2] && json_number(reader->json, members[2], "badge", UINT64_MAX, &sc->data);
}

static void size_read(struct rust_reader *reader, const struct rust_object *record, struct capdl_object *object)
{
    uint64_t bits = 0, most = object->kind == CAPDL_KIND_CNODE ? 59 : 63;
    const char *value = member(reader, record->fields, "size_bits");
    if (!value || !json_number(reader->json, value, "size_bits", most, &bits)) {
        return;
    }
    if (object->kind == CAPDL_KIND_FRAME && bits < 10) {
        capdl_error(reader->json->diags, json_pos(reader->json, value), "a frame of 2^%u bytes: expected at least 2^10",
                    (unsigned)bits);
        return;
    }
    object->size_bits = (uint8_t)bits;
    object->flags |= CAPDL_OBJECT_HAS_SIZE;
    if (object->kind == CAPDL_KIND_CNODE && !bits) {
        object->kind = CAPDL_KIND_IRQ; /* as capDL text has it */
    }
}

static void memory_read(struct rust_reader *reader, const struct rust_object *record, struct capdl_object *object)
{
    static const struct json_field fields[] = {{"paddr", false}, {"init", false}, {NULL}};
    const char *members[2];
    if (!json_fields(reader->json, record->fields, "an object", fields, JSON_OTHERS_IGNORED, members)) {
        return;
    }
    if (members[0] && json_number(reader->json, members[0], "paddr", UINT64_MAX, &object->paddr)) {
        object->flags |= CAPDL_OBJECT_HAS_PADDR;
    }
    if (members[1] && object->kind == CAPDL_KIND_FRAME) {
        rust_fills_read(reader, members[1], object);
    }
}

void rust_params_read(struct rust_reader *reader, const struct rust_object *record)
{
    struct capdl_object object = capdl_object_view(reader->spec, record->object);
    unsigned kind = object.kind;
    bool bare = kind == CAPDL_KIND_EP || kind == CAPDL_KIND_NOTIFICATION || kind == CAPDL_KIND_VCPU ||
                kind == CAPDL_KIND_RTREPLY || kind == CAPDL_KIND_SMC;
    if (bare) {
        return;
    }
    if (!record->fields) {
        capdl_error(reader->json->diags, object.pos, "'%s' has no fields: expected an object with its fields",
                    object.name);
        return;
    }
    if (kind == CAPDL_KIND_UT || kind == CAPDL_KIND_CNODE || kind == CAPDL_KIND_FRAME || kind == CAPDL_KIND_SC) {
        size_read(reader, record, &object);
    }
    if (kind == CAPDL_KIND_UT || kind == CAPDL_KIND_FRAME) {
        memory_read(reader, record, &object);
    } else if (kind == CAPDL_KIND_TCB) {
        tcb_read(reader, record, &object);
    } else if (kind == CAPDL_KIND_SC) {
        sc_read(reader, record, &object);
    } else {
        numbers_read(reader, record, &object);
    }
    capdl_object_set(reader->spec, record->object, &object);
}
