/* SPDX-License-Identifier: BSD-2-Clause */
/* rust-sel4's form: the list of objects, and what refers to them by number. */
#include "rust_list.h"

#include <inttypes.h>

static const struct {
    const char *object, *cap;
    uint8_t kind;
} kinds[] = {
    {"Untyped", "Untyped", CAPDL_KIND_UT},
    {"Endpoint", "Endpoint", CAPDL_KIND_EP},
    {"Notification", "Notification", CAPDL_KIND_NOTIFICATION},
    {"CNode", "CNode", CAPDL_KIND_CNODE},
    {"Tcb", "Tcb", CAPDL_KIND_TCB},
    {"Irq", "IrqHandler", CAPDL_KIND_IRQ},
    {"VCpu", "VCpu", CAPDL_KIND_VCPU},
    {"Frame", "Frame", CAPDL_KIND_FRAME},
    {"PageTable", "PageTable", CAPDL_KIND_PT},
    {"AsidPool", "AsidPool", CAPDL_KIND_ASID_POOL},
    {"IOSpace", "IOSpace", CAPDL_KIND_IO_DEVICE},
    {"IOPageTable", "IOPageTable", CAPDL_KIND_IO_PT},
    {"ArmIrq", "ArmIrqHandler", CAPDL_KIND_ARM_IRQ},
    {"IrqMsi", "IrqMsiHandler", CAPDL_KIND_MSI_IRQ},
    {"IrqIOApic", "IrqIOApicHandler", CAPDL_KIND_IOAPIC_IRQ},
    {"RiscvIrq", "RiscvIrqHandler", CAPDL_KIND_RISCV_IRQ},
    {"IOPorts", "IOPorts", CAPDL_KIND_IO_PORTS},
    {"SchedContext", "SchedContext", CAPDL_KIND_SC},
    {"Reply", "Reply", CAPDL_KIND_RTREPLY},
    {"ArmSmc", "ArmSmc", CAPDL_KIND_SMC},
    {"DomainSet", "DomainSet", CAPDL_KIND_DOMAIN},
};
enum { NUM_KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* {"Kind": fields}, or just "Kind": the key, which is a string either way, and the fields. */
static bool variant(struct rust_reader *reader, const char *value, const char *what, const char **key,
                    const char **fields)
{
    *fields = NULL;
    *key = value;
    if (*value == '"') {
        return true;
    }
    if (!json_object(reader->json, value, what)) {
        return false;
    }
    struct json_list list = json_elements(value);
    *fields = json_member(&list, key);
    const char *second;
    if (*fields && !json_member(&list, &second)) {
        return true;
    }
    capdl_error(reader->json->diags, json_pos(reader->json, value),
                "'%s' has %s: expected one, such as {\"Endpoint\": ...}", what,
                *fields ? "more than one member" : "no member");
    return false;
}

const char *rust_kind_name(unsigned kind, bool of_cap)
{
    for (unsigned i = 0; i < NUM_KINDS; i++) {
        if (kinds[i].kind == kind) {
            return of_cap ? kinds[i].cap : kinds[i].object;
        }
    }
    return NULL;
}

bool rust_cap_named(struct rust_reader *reader, const char *value, unsigned *kind, const char **fields)
{
    const char *key;
    if (!variant(reader, value, "cap", &key, fields)) {
        return false;
    }
    for (unsigned i = 0; i < NUM_KINDS; i++) {
        if (json_key_is(key, kinds[i].cap)) {
            *kind = kinds[i].kind;
            return true;
        }
    }
    capdl_error(reader->json->diags, json_pos(reader->json, key), "'%.*s' is not a kind of capability",
                json_key_length(key), key + 1);
    return false;
}

bool rust_reference(struct rust_reader *reader, const char *value, const char *what, uint64_t *id)
{
    if (!json_number(reader->json, value, what, UINT32_MAX, id)) {
        return false;
    }
    if (*id < reader->num_objects) {
        return true;
    }
    capdl_error(reader->json->diags, json_pos(reader->json, value),
                "'%s' is %" PRIu64 ", expected an object from 0 to %zu", what, *id, reader->num_objects - 1);
    return false;
}

const char *rust_slots(const struct rust_object *object)
{
    if (!object->fields || *object->fields != '{') {
        return NULL;
    }
    struct json_list list = json_elements(object->fields);
    for (const char *key, *value; (value = json_member(&list, &key));) {
        if (json_key_is(key, "slots")) {
            return *value == '[' ? value : NULL;
        }
    }
    return NULL;
}

bool rust_slot(struct rust_reader *reader, const char *value, uint64_t *slot, const char **cap)
{
    static const struct json_field fields[] = {{"slot", true}, {"cap", true}, {NULL}};
    const char *members[2];
    if (*value == '[') {
        capdl_error(reader->json->diags, json_pos(reader->json, value),
                    "slots as pairs are the form of the capDL repository's old 'rust' branch, which is not supported: "
                    "expected {\"slot\": 1, \"cap\": ...} as rust-sel4 5.0.0 writes it");
        return false;
    }
    if (!json_fields(reader->json, value, "a slot", fields, JSON_OTHERS_IGNORED, members)) {
        return false;
    }
    *cap = members[1];
    return json_number(reader->json, members[0], "slot", UINT64_MAX, slot);
}

static void record(struct rust_reader *reader, const char *value)
{
    static const struct json_field fields[] = {{"name", false}, {"object", true}, {NULL}};
    const char *members[2], *key = NULL;
    struct rust_object object = {
        .value = value, .object = CAPDL_NO_OBJECT, .kind = CAPDL_KIND_COUNT, .level = RUST_NO_LEVEL};
    if (json_fields(reader->json, value, "an object", fields, JSON_OTHERS_IGNORED, members) &&
        variant(reader, members[1], "object", &key, &object.fields)) {
        object.name = members[0];
        for (unsigned i = 0; i < NUM_KINDS; i++) {
            object.kind = json_key_is(key, kinds[i].object) ? kinds[i].kind : object.kind;
        }
        if (object.kind == CAPDL_KIND_COUNT) {
            capdl_error(reader->json->diags, json_pos(reader->json, key), "'%.*s' is not a kind of object",
                        json_key_length(key), key + 1);
        }
    }
    reader->objects = memory_grow(reader->objects, &reader->capacity_objects, reader->num_objects + 1, sizeof(object));
    reader->objects[reader->num_objects++] = object;
}

void rust_list_read(struct rust_reader *reader, const char *value)
{
    struct json_list list = json_elements(value);
    for (const char *item; (item = json_item(&list));) {
        record(reader, item);
    }
}
