/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults planted into an image: operands of its kernel calls changed, calls left out or made twice, bytes of its
 * pages flipped. The blob is taken apart and put together by libcbor. Each fault must be found, by the name of what
 * it hit.
 */
#include <cbor.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "systems.h"

struct patient {
    struct system system;
    cbor_item_t *blob;
};

static void patient_open(struct patient *p, const char *profile, const char *text)
{
    struct cbor_load_result result;
    system_read(&p->system, profile, text);
    system_build(&p->system, false);
    p->blob = cbor_load(p->system.image.blob, p->system.image.header.blob_size, &result);
    if (!p->blob) {
        exit(99);
    }
}

/* Puts the blob back into its image; pages begin on a page of their own, so there is room for a few bytes more. */
static void patient_close(struct patient *p)
{
    struct capdl_image_header *header = &p->system.image.header;
    size_t offset = (size_t)(p->system.image.blob - p->system.image.bytes),
           room = header->pages_start - header->blob_start;
    size_t size = cbor_serialize(p->blob, p->system.bytes + offset, room);
    if (!size) {
        fprintf(stderr, "the changed blob does not fit\n");
        exit(99);
    }
    for (size_t i = 0; i + sizeof(*header) <= offset; i += 8) { /* the header in the file */
        if (memcmp(p->system.bytes + i, header, sizeof(*header)) == 0) {
            header->blob_size = size;
            memcpy(p->system.bytes + i, header, sizeof(*header));
        }
    }
    system_reopen(&p->system);
}

static uint64_t item_number(cbor_item_t *array, size_t i)
{
    cbor_item_t *item = cbor_array_get(array, i);
    uint64_t value = cbor_get_int(item);
    cbor_decref(&item);
    return value;
}

/* Shortest form, as deterministic CBOR wants it. */
static cbor_item_t *number_item(uint64_t value)
{
    return value <= UINT8_MAX    ? cbor_build_uint8((uint8_t)value)
           : value <= UINT16_MAX ? cbor_build_uint16((uint16_t)value)
           : value <= UINT32_MAX ? cbor_build_uint32((uint32_t)value)
                                 : cbor_build_uint64(value);
}

static cbor_item_t *get(cbor_item_t *array, size_t i)
{
    cbor_item_t *item = cbor_array_get(array, i);
    cbor_item_t *kept = item;
    cbor_decref(&item); /* the array keeps it */
    return kept;
}

/* The calls of a phase. */
static cbor_item_t *calls_of(const struct patient *p, enum capdl_phase phase)
{
    cbor_item_t *phases = get(p->blob, CAPDL_BLOB_ITEM_PHASES);
    for (size_t i = 0; i < cbor_array_size(phases); i++) {
        cbor_item_t *entry = get(phases, i);
        if (item_number(entry, 0) == (uint64_t)phase) {
            return get(entry, 1);
        }
    }
    exit(99);
}

static bool is_method(const struct patient *p, cbor_item_t *call, enum capdl_method method)
{
    cbor_item_t *entry = get(get(p->blob, CAPDL_BLOB_ITEM_METHODS), item_number(call, 0));
    return item_number(entry, 0) == p->system.profile->labels[method];
}

/* The `number`-th call of a method in a phase. */
static size_t find_call(const struct patient *p, enum capdl_phase phase, enum capdl_method method, unsigned number)
{
    cbor_item_t *calls = calls_of(p, phase);
    for (size_t i = 0; i < cbor_array_size(calls); i++) {
        if (is_method(p, get(calls, i), method) && number-- == 0) {
            return i;
        }
    }
    fprintf(stderr, "the test's image has no such call: phase %d, method %d\n", phase, method);
    exit(99);
}

/* An array without one of its elements, or with one more. */
static void calls_replace(struct patient *p, enum capdl_phase phase, size_t without, cbor_item_t *added)
{
    cbor_item_t *phases = get(p->blob, CAPDL_BLOB_ITEM_PHASES), *calls = calls_of(p, phase);
    size_t count = cbor_array_size(calls);
    cbor_item_t *list = cbor_new_definite_array(count - (without < count) + (added != NULL));
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        good &= i == without || cbor_array_push(list, get(calls, i));
    }
    good &= !added || cbor_array_push(list, added);
    for (size_t i = 0; i < cbor_array_size(phases); i++) {
        cbor_item_t *entry = get(phases, i);
        if (item_number(entry, 0) == (uint64_t)phase) {
            good &= cbor_array_replace(entry, 1, cbor_move(list));
            break;
        }
    }
    if (!good) {
        exit(99);
    }
}

enum kind { SET, DROP, REPEAT, COUNT };

/* SET: the word `operand` of a call becomes `value`. DROP: the call is left out. REPEAT: it is made again with
   that operand. COUNT: a run of calls has so many steps. */
struct plant {
    const char *what;
    enum kind kind;
    enum capdl_phase phase;
    enum capdl_method method;
    unsigned number, operand;
    uint64_t value;
    const char *says;
};

#define CALL(phase, method, number) CAPDL_PHASE_##phase, CAPDL_METHOD_##method, number

static const struct plant plants[] = {
    {"another right", SET, CALL(CNODES, CNODE_MINT, 0), 5, 15,
     "CNode 'c' has in slot 0x1 a capability with rights RWGP, not RWG"},
    {"another badge", SET, CALL(CNODES, CNODE_MINT, 0), 6, 41,
     "CNode 'c' has in slot 0x1 a capability with badge 0x29, not 0x2a"},
    {"another slot", SET, CALL(CNODES, CNODE_MINT, 0), 1, 0, "CNode 'c' has no capability in slot 0x1"},
    {"another slot, seen there", SET, CALL(CNODES, CNODE_MINT, 0), 1, 0,
     "CNode 'c' has in slot 0x0 a capability to endpoint 'e', which is not in the spec"},
    {"a capability missing", DROP, CALL(CNODES, CNODE_MINT, 0), 0, 0, "CNode 'c' has no capability in slot 0x1"},
    {"a capability too many", REPEAT, CALL(CNODES, CNODE_MINT, 0), 1, 0,
     "CNode 'c' has in slot 0x0 a capability to endpoint 'e', which is not in the spec"},
    {"a page still mapped", COUNT, CALL(PAGES, PAGE_UNMAP, 0), 0, 1,
     "frame 'kept' is still mapped in the initialiser's own address space"},
    {"a page still mapped that shall be mapped elsewhere", DROP, CALL(PAGES, PAGE_UNMAP, 0), 0, 0,
     "the boot failed while mapping pages: capdl: "},
    {"another page's rights", SET, CALL(PAGES, PAGE_MAP, 1), 2, 2,
     "maps frame 'stack' at 0x202000 with rights R, not RW"},
    {"a mapping missing", DROP, CALL(PAGES, PAGE_MAP, 1), 0, 0, "maps nothing at"},
    {"other attributes", SET, CALL(PAGES, PAGE_MAP, 1), 3, 3, "maps frame 'stack' at 0x202000 with rights RWX, not RW"},
    {"not cached", SET, CALL(PAGES, PAGE_MAP, 1), 3, 4,
     "maps frame 'stack' at 0x202000 with attributes 0, not 1 (cached)"},
    {"another priority", SET, CALL(THREADS, TCB_SET_SCHED_PARAMS, 0), 4, 99, "has priority 0x63, not 0x64"},
    {"another maximum priority", SET, CALL(THREADS, TCB_SET_SCHED_PARAMS, 0), 3, 89,
     "has maximum controlled priority 0x59, not 0x5a"},
    {"no timeout handler", DROP, CALL(THREADS, TCB_SET_TIMEOUT_ENDPOINT, 0), 0, 0,
     "TCB 't[0]' has no capability in temp_fault_ep_slot"},
    {"no bound notification", DROP, CALL(THREADS, TCB_BIND_NOTIFICATION, 0), 0, 0,
     "TCB 't[0]' has nothing as its bound notification"},
    {"no virtual CPU", DROP, CALL(THREADS, VCPU_SET_TCB, 0), 0, 0, "TCB 't[0]' has nothing as its virtual CPU"},
    {"another register", SET, CALL(START, TCB_WRITE_REGISTERS, 0), 3, 0x203008,
     "has in register sp 0x203008, not 0x203000"},
    {"never started", SET, CALL(START, TCB_WRITE_REGISTERS, 0), 0, 0, "is not started"},
    {"started against the spec", SET, CALL(THREADS, TCB_WRITE_REGISTERS, 0), 0, 1,
     "TCB 'u' is started, but the spec does not say so"},
    {"another budget", SET, CALL(SCHED, SCHED_CONTROL_CONFIGURE_FLAGS, 0), 1, 900, "has budget (in ticks)"},
    {"no budget", DROP, CALL(SCHED, SCHED_CONTROL_CONFIGURE_FLAGS, 0), 0, 0, "has no budget"},
    {"interrupt signals nobody", DROP, CALL(INTERRUPTS, IRQ_HANDLER_SET_NOTIFICATION, 0), 0, 0,
     "Arm interrupt 'edge' has no capability in slot 0x0"},
    {"a table not mapped", DROP, CALL(TABLES, PAGE_TABLE_MAP, 0), 0, 0, "the boot failed"},
};

static void plant_call(struct patient *p, const struct plant *plant)
{
    size_t at = find_call(p, plant->phase, plant->method, plant->number);
    cbor_item_t *call = get(calls_of(p, plant->phase), at);
    struct cbor_load_result result;
    unsigned char *bytes;
    size_t capacity, size;
    switch (plant->kind) {
    case SET:
        if (!cbor_array_replace(get(call, 2), plant->operand, cbor_move(number_item(plant->value)))) {
            exit(99);
        }
        break;
    case COUNT:
        if (cbor_array_size(call) != CAPDL_CALL_RUN_ITEMS ||
            !cbor_array_replace(call, 3, cbor_move(number_item(plant->value)))) {
            exit(99);
        }
        break;
    case DROP:
        calls_replace(p, plant->phase, at, NULL);
        break;
    case REPEAT:
        size = cbor_serialize_alloc(call, &bytes, &capacity);
        call = cbor_load(bytes, size, &result);
        free(bytes);
        if (!call || !cbor_array_replace(get(call, 2), plant->operand, cbor_move(number_item(plant->value)))) {
            exit(99);
        }
        calls_replace(p, plant->phase, SIZE_MAX, call);
        cbor_decref(&call);
        break;
    }
}

static void check_found(const char *what, struct patient *p, const char *wanted)
{
    struct verify_result r;
    system_verify(&p->system, &p->system, &r);
    char *found = differences(&r);
    CHECK(says(&r, wanted), "%s: found\n%s  but not: %s", what, found, wanted);
    free(found);
    verify_result_free(&r);
}

static void test_calls(void)
{
    for (size_t i = 0; i < sizeof(plants) / sizeof(plants[0]); i++) {
        struct patient p;
        patient_open(&p, "aarch64-mcs", arm);
        plant_call(&p, &plants[i]);
        patient_close(&p);
        check_found(plants[i].what, &p, plants[i].says);
        cbor_decref(&p.blob);
        system_free(&p.system);
    }
}

static const char schedule[] = "arch aarch64 objects { } caps { }\n"
                               "domains { schedule: [(1, 5000 ticks), (0, 7000 ticks), (0, 0)]  index_shift: 2\n"
                               "domain_set_start: 1 }\n";

/* What a kernel would take, but no spec says. */
static const struct plant unsaid[] = {
    {"a gap", SET, CALL(DOMAINS, DOMAIN_SET_SCHEDULE_CONFIGURE, 1), 0, 4, "a domain schedule has gaps or is too long"},
    {"twice", SET, CALL(DOMAINS, DOMAIN_SET_SCHEDULE_CONFIGURE, 1), 0, 2, "a domain schedule has gaps or is too long"},
    {"a domain at the end", SET, CALL(DOMAINS, DOMAIN_SET_SCHEDULE_CONFIGURE, 2), 1, 1,
     "a domain schedule's end has a domain, which the kernel ignores"},
    {"a start before the first", SET, CALL(START, DOMAIN_SET_SCHEDULE_SET_START, 0), 0, 1,
     "DomainSet_ScheduleSetStart could fail when threads have been started already"},
    {"a start at the end", SET, CALL(START, DOMAIN_SET_SCHEDULE_SET_START, 0), 0, 4,
     "DomainSet_ScheduleSetStart could fail when threads have been started already"},
    {"a start behind the last", SET, CALL(START, DOMAIN_SET_SCHEDULE_SET_START, 0), 0, 5,
     "DomainSet_ScheduleSetStart could fail when threads have been started already"},
    {"a start at the first", SET, CALL(START, DOMAIN_SET_SCHEDULE_SET_START, 0), 0, 2, NULL},
};

static void test_unsaid(void)
{
    for (size_t i = 0; i < sizeof(unsaid) / sizeof(unsaid[0]); i++) {
        struct patient p;
        struct capdl_spec spec;
        patient_open(&p, "aarch64-mcs+", schedule);
        plant_call(&p, &unsaid[i]);
        patient_close(&p);
        capdl_spec_init(&spec);
        bool good = image_to_spec(&p.system.image, "system.img", &spec, &p.system.diags);
        const struct capdl_diags *diags = &p.system.diags;
        const char *said = diags->count ? diags->list[diags->count - 1].message : "nothing";
        CHECK(unsaid[i].says ? !good && strstr(said, unsaid[i].says) : good, "%s: %s", unsaid[i].what, said);
        capdl_spec_free(&spec);
        cbor_decref(&p.blob);
        system_free(&p.system);
    }
}

static void test_pages(void)
{
    struct patient p;
    patient_open(&p, "aarch64-mcs", arm);
    system_page(&p.system, 0)[1234] ^= 4;
    check_found("a flipped bit", &p, "frame 'code' has 0x04 at offset 0x4d2, not 0x00");
    system_page(&p.system, 0)[1234] ^= 4;
    system_page(&p.system, 2)[5] ^= 0x80;
    check_found("a flipped bit in a copied page", &p, "frame 'data' has 0x86 at offset 0x2005, not 0x06");
    cbor_decref(&p.blob);
    system_free(&p.system);
}

int main(void)
{
    test_calls();
    test_pages();
    test_unsaid();
    return fixture_result();
}
