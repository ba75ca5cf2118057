/* SPDX-License-Identifier: BSD-2-Clause */
/* Our own form: what refers to objects: untypeds, capabilities, interrupts, derivations; and domains. */
#include "fields.h"

#include <stdlib.h>
#include <string.h>

/* "x" or "x[3]" */
static bool own_reference(struct own_reader *reader, const char *value, const char *what, uint32_t *object)
{
    const char *label;
    struct capdl_nearest nearest;
    char *end;
    *object = CAPDL_NO_OBJECT;
    if (!json_string(reader->json, value, what, &label)) {
        return false;
    }
    size_t length = strcspn(label, "[");
    const char *name = label[length] ? capdl_spec_intern(reader->spec, label, length) : label;
    unsigned long long index = CAPDL_NO_INDEX;
    if (label[length]) {
        bool digit = label[length + 1] >= '0' && label[length + 1] <= '9';
        index = strtoull(label + length + 1, &end, 10);
        if (!digit || strcmp(end, "]") != 0 || index >= CAPDL_NO_INDEX) {
            capdl_error(reader->json->diags, json_pos(reader->json, value),
                        "'%s' is '%s': expected a name such as x or x[3]", what, label);
            return false;
        }
    }
    *object = capdl_spec_find(reader->spec, name, (uint32_t)index);
    if (*object != CAPDL_NO_OBJECT) {
        return true;
    }
    nearest = capdl_spec_nearest(reader->spec, name);
    capdl_error(reader->json->diags, json_pos(reader->json, value), "no object is called '%s'%s", label,
                nearest.word && strcmp(nearest.word, name) != 0 ? capdl_nearest_hint(&nearest) : "");
    return false;
}

enum cap_member {
    SLOT,
    OBJECT,
    CONTROL,
    RIGHTS,
    BADGE,
    GUARD,
    GUARD_SIZE,
    CORE,
    REPLY,
    MASTER_REPLY,
    UNCACHED,
    ASID,
    MAPPING,
    NUM_CAP_MEMBERS
};
static const struct json_field cap_fields[] = {
    {"slot", true},        {"object", false},
    {"control", false},    {"rights", false},
    {"badge", false},      {"guard", false},
    {"guard_size", false}, {"core", false},
    {"reply", false},      {"master_reply", false},
    {"uncached", false},   {"asid", false},
    {"mapping", false},    {NULL},
};

/* What a capability of this kind may have besides slot and object. */
static unsigned allowed(enum capdl_kind kind)
{
    static const struct {
        enum capdl_trait trait;
        unsigned members;
    } traits[] = {
        {CAPDL_TRAIT_RIGHTS, 1u << RIGHTS},
        {CAPDL_TRAIT_BADGE, 1u << BADGE},
        {CAPDL_TRAIT_GUARD, 1u << GUARD | 1u << GUARD_SIZE},
        {CAPDL_TRAIT_REPLY, 1u << REPLY | 1u << MASTER_REPLY},
        {CAPDL_TRAIT_ASID, 1u << ASID},
        {CAPDL_TRAIT_PAGE, 1u << UNCACHED | 1u << MAPPING},
        {CAPDL_TRAIT_CORE, 1u << CORE},
    };
    unsigned members = 0;
    for (size_t i = 0; i < sizeof(traits) / sizeof(traits[0]); i++) {
        members |= capdl_kind_has(kind, traits[i].trait) ? traits[i].members : 0;
    }
    return members;
}

/* "irq_control, asid_control or domain": all there are. */
static const char *control_names(char *names, size_t size)
{
    size_t length = 0;
    for (unsigned kind = CAPDL_KIND_IRQ_CONTROL; kind < CAPDL_KIND_COUNT; kind++) {
        const char *before = kind == CAPDL_KIND_IRQ_CONTROL ? "" : kind + 1 == CAPDL_KIND_COUNT ? " or " : ", ";
        length +=
            (size_t)snprintf(names + length, size - length, "%s%s", before, capdl_kind_keyword((enum capdl_kind)kind));
    }
    return names;
}

static bool control_read(struct json *json, const char *value, struct capdl_cap *cap)
{
    const char *text;
    if (!json_string(json, value, "control", &text)) {
        return false;
    }
    for (unsigned kind = CAPDL_KIND_IRQ_CONTROL; kind < CAPDL_KIND_COUNT; kind++) {
        if (strcmp(text, capdl_kind_keyword((enum capdl_kind)kind)) == 0) {
            cap->kind = (uint8_t)kind;
            return true;
        }
    }
    capdl_error(json->diags, json_pos(json, value), "'control' is '%s': expected %s", text,
                control_names((char[256]){0}, 256));
    return false;
}

static bool target_read(struct own_reader *reader, const char **members, struct capdl_cap *cap)
{
    cap->object = CAPDL_NO_OBJECT;
    if (!members[OBJECT] == !members[CONTROL]) {
        capdl_error(reader->json->diags, capdl_cap_pos(reader->spec, cap), "a capability has 'object' or 'control'");
        return false;
    }
    if (members[CONTROL]) {
        if (!control_read(reader->json, members[CONTROL], cap)) {
            return false;
        }
    } else {
        if (!own_reference(reader, members[OBJECT], "object", &cap->object)) {
            return false;
        }
        cap->kind = capdl_object_kind(reader->spec, cap->object);
    }
    for (unsigned i = RIGHTS; i < NUM_CAP_MEMBERS; i++) {
        if (members[i] && !(allowed(cap->kind) >> i & 1)) {
            capdl_error(reader->json->diags, json_pos(reader->json, members[i]), "a capability to %s '%s' has no '%s'",
                        capdl_kind_name((enum capdl_kind)cap->kind),
                        members[OBJECT] ? capdl_object_name(reader->spec, cap->object) : "control", cap_fields[i].name);
            return false;
        }
    }
    if (cap->kind == CAPDL_KIND_SCHED_CONTROL && !members[CORE]) {
        capdl_error(reader->json->diags, capdl_cap_pos(reader->spec, cap),
                    "a capability to sched_control has a 'core'");
    }
    return true;
}

static void rights_read(struct json *json, const char *value, struct capdl_cap *cap)
{
    const char *text;
    if (!json_string(json, value, "rights", &text)) {
        return;
    }
    for (const char *c = text; *c; c++) {
        uint8_t right = capdl_right_of(*c);
        if (!right) {
            capdl_error(json->diags, json_pos(json, value), "'rights' is '%s': expected letters of RWGXP", text);
            return;
        }
        cap->rights |= right;
    }
}

static void extra_read(struct own_reader *reader, const char **members, struct capdl_cap *cap)
{
    static const struct json_field asid[] = {{"high", true}, {"low", true}, {NULL}};
    static const struct json_field mapping[] = {{"table", true}, {"slot", true}, {NULL}};
    const char *values[2];
    if (!members[ASID] && !members[MAPPING]) {
        return;
    }
    struct capdl_cap_extra extra = {0};
    if (members[ASID] && json_fields(reader->json, members[ASID], "asid", asid, JSON_OTHERS_WRONG, values)) {
        json_number(reader->json, values[0], "high", UINT64_MAX, &extra.asid_high);
        json_number(reader->json, values[1], "low", UINT64_MAX, &extra.asid_low);
        cap->flags |= CAPDL_CAP_HAS_ASID;
    }
    if (members[MAPPING] &&
        json_fields(reader->json, members[MAPPING], "mapping", mapping, JSON_OTHERS_WRONG, values)) {
        json_number(reader->json, values[1], "slot", UINT64_MAX, &extra.mapping_slot);
        if (own_reference(reader, values[0], "table", &extra.mapping_container)) {
            cap->flags |= CAPDL_CAP_HAS_MAPPING;
        }
    }
    cap->extra = capdl_spec_add_extra(reader->spec, &extra);
}

static void flag_read(struct json *json, const char *value, const char *what, unsigned flag, struct capdl_cap *cap)
{
    bool set = false;
    if (value && json_bool(json, value, what, &set) && set) {
        cap->flags |= (uint8_t)flag;
    }
}

static void data_read(struct own_reader *reader, const char **members, struct capdl_cap *cap)
{
    struct json *json = reader->json;
    uint64_t bits = 0;
    if (members[BADGE]) {
        json_number(json, members[BADGE], "badge", UINT64_MAX, &cap->data);
        cap->flags |= CAPDL_CAP_HAS_BADGE;
    }
    if (members[GUARD] || members[GUARD_SIZE]) {
        cap->flags |= CAPDL_CAP_HAS_GUARD;
    }
    if (members[GUARD]) {
        json_number(json, members[GUARD], "guard", UINT64_MAX, &cap->data);
    }
    if (members[GUARD_SIZE]) {
        json_number(json, members[GUARD_SIZE], "guard_size", 64, &bits);
        cap->guard_size = (uint8_t)bits;
    }
    if (members[CORE]) {
        json_number(json, members[CORE], "core", UINT64_MAX, &cap->data);
    }
    flag_read(json, members[REPLY], "reply", CAPDL_CAP_REPLY, cap);
    flag_read(json, members[MASTER_REPLY], "master_reply", CAPDL_CAP_MASTER_REPLY, cap);
    flag_read(json, members[UNCACHED], "uncached", CAPDL_CAP_UNCACHED, cap);
    if (cap->flags & CAPDL_CAP_REPLY && cap->flags & CAPDL_CAP_MASTER_REPLY) {
        capdl_error(json->diags, capdl_cap_pos(reader->spec, cap),
                    "a capability is 'reply' or 'master_reply', not both");
    }
}

static void caps_read(struct own_reader *reader, const char *value, uint32_t object)
{
    struct cap_list caps = {NULL};
    if (!json_array(reader->json, value, "caps")) {
        return;
    }
    struct json_list list = json_elements(value);
    for (const char *item; (item = json_item(&list));) {
        const char *members[NUM_CAP_MEMBERS];
        struct capdl_cap cap = {.at = capdl_spec_at(reader->spec, json_pos(reader->json, item))};
        if (!json_fields(reader->json, item, "a capability", cap_fields, JSON_OTHERS_WRONG, members) ||
            !target_read(reader, members, &cap)) {
            continue;
        }
        bool placed = json_number(reader->json, members[SLOT], "slot", UINT64_MAX, &cap.slot);
        if (members[RIGHTS]) {
            rights_read(reader->json, members[RIGHTS], &cap);
        }
        data_read(reader, members, &cap);
        extra_read(reader, members, &cap);
        if (placed) {
            cap_list_add(&caps, &cap);
        }
    }
    cap_list_finish(reader->json, &caps, object);
    cap_list_free(&caps);
}

static void parent_read(struct own_reader *reader, const char *value, uint32_t object)
{
    uint32_t parent;
    if (!own_reference(reader, value, "parent", &parent)) {
        return;
    }
    if (capdl_object_kind(reader->spec, parent) != CAPDL_KIND_UT || parent == object) {
        capdl_error(reader->json->diags, json_pos(reader->json, value),
                    "'parent' is '%s': expected another object, an untyped", capdl_object_name(reader->spec, parent));
        return;
    }
    struct capdl_object child = capdl_object_view(reader->spec, object);
    child.parent = parent;
    capdl_object_set(reader->spec, object, &child);
}

void own_refs_read(struct own_reader *reader, const char *value, uint32_t object)
{
    struct json_list list = json_elements(value);
    for (const char *key, *member; (member = json_member(&list, &key));) {
        if (json_is_null(member)) {
            continue;
        }
        if (json_key_is(key, "caps")) {
            caps_read(reader, member, object);
        } else if (json_key_is(key, "parent")) {
            parent_read(reader, member, object);
        }
    }
}

void own_irqs_read(struct own_reader *reader, const char *value)
{
    static const struct json_field fields[] = {{"irq", true}, {"object", true}, {NULL}};
    if (!json_array(reader->json, value, "irqs")) {
        return;
    }
    struct json_list list = json_elements(value);
    for (const char *item; (item = json_item(&list));) {
        const char *members[2];
        uint64_t irq;
        uint32_t object;
        if (json_fields(reader->json, item, "an interrupt", fields, JSON_OTHERS_WRONG, members) &&
            json_number(reader->json, members[0], "irq", UINT64_MAX, &irq) &&
            own_reference(reader, members[1], "object", &object)) {
            irq_add(reader->json, irq, object, json_pos(reader->json, item));
        }
    }
    irqs_finish(reader->json);
}

static bool slot_read(struct own_reader *reader, const char *value, const char *what, struct capdl_slot_ref *slot)
{
    static const struct json_field fields[] = {{"container", true}, {"slot", true}, {NULL}};
    const char *members[2];
    uint32_t container;
    uint64_t number;
    if (!json_fields(reader->json, value, what, fields, JSON_OTHERS_WRONG, members) ||
        !own_reference(reader, members[0], "container", &container) ||
        !json_number(reader->json, members[1], "slot", UINT64_MAX, &number)) {
        return false;
    }
    *slot = (struct capdl_slot_ref){container, number};
    return true;
}

void own_derivations_read(struct own_reader *reader, const char *value)
{
    static const struct json_field fields[] = {{"parent", true}, {"child", true}, {NULL}};
    struct capdl_spec *spec = reader->spec;
    if (!json_array(reader->json, value, "derivations")) {
        return;
    }
    struct json_list list = json_elements(value);
    for (const char *item; (item = json_item(&list));) {
        const char *members[2];
        struct capdl_derivation derivation = {.pos = json_pos(reader->json, item)};
        if (json_fields(reader->json, item, "a derivation", fields, JSON_OTHERS_WRONG, members) &&
            slot_read(reader, members[0], "parent", &derivation.parent) &&
            slot_read(reader, members[1], "child", &derivation.child)) {
            spec->derivations = memory_grow(spec->derivations, &spec->capacity_derivations, spec->num_derivations + 1,
                                            sizeof(*spec->derivations));
            spec->derivations[spec->num_derivations++] = derivation;
        }
    }
}

static void entry_read(struct json *json, const char *value, struct capdl_domain_entry *entry)
{
    static const struct json_field fields[] = {{"domain", true}, {"duration", true}, {"unit", false}, {NULL}};
    const char *members[3], *unit = "ticks";
    *entry = (struct capdl_domain_entry){.pos = json_pos(json, value)};
    if (!json_fields(json, value, "a schedule entry", fields, JSON_OTHERS_WRONG, members)) {
        return;
    }
    json_number(json, members[0], "domain", UINT64_MAX, &entry->domain);
    json_number(json, members[1], "duration", UINT64_MAX, &entry->duration);
    if (members[2] && json_string(json, members[2], "unit", &unit) && strcmp(unit, "us") != 0 &&
        strcmp(unit, "ticks") != 0) {
        capdl_error(json->diags, json_pos(json, members[2]), "'unit' is '%s': expected us or ticks", unit);
    }
    entry->unit = strcmp(unit, "us") == 0 ? CAPDL_MICROSECONDS : CAPDL_TICKS;
    entry->end_marker = !entry->domain && !entry->duration;
}

static void schedule_read(struct own_reader *reader, const char *value)
{
    struct capdl_domains *domains = &reader->spec->domains;
    struct capdl_domain_entry *entries = NULL;
    size_t count = 0, capacity = 0;
    if (!json_array(reader->json, value, "schedule")) {
        return;
    }
    struct json_list list = json_elements(value);
    for (const char *item; (item = json_item(&list));) {
        entries = memory_grow(entries, &capacity, count + 1, sizeof(*entries));
        entry_read(reader->json, item, &entries[count++]);
    }
    domains->has_schedule = true;
    domains->num_schedule = count;
    domains->schedule = capdl_spec_alloc(reader->spec, count * sizeof(*entries));
    if (count) {
        memcpy(domains->schedule, entries, count * sizeof(*entries));
    }
    free(entries);
}

void own_domains_read(struct own_reader *reader, const char *value)
{
    static const struct json_field fields[] = {{"schedule", false}, {"start", false}, {"index_shift", false}, {NULL}};
    struct capdl_domains *domains = &reader->spec->domains;
    struct json *json = reader->json;
    const char *members[3], *start;
    if (!json_fields(json, value, "domains", fields, JSON_OTHERS_WRONG, members)) {
        return;
    }
    domains->pos = json_pos(json, value);
    if (members[0]) {
        schedule_read(reader, members[0]);
    }
    if (members[1] && *members[1] == '"') {
        domains->start_kind = CAPDL_DOMAIN_START_NONE;
        json_string(json, members[1], "start", &start);
        if (strcmp(start, "none") != 0) {
            capdl_error(json->diags, json_pos(json, members[1]), "'start' is '%s': expected a number or \"none\"",
                        start);
        }
    } else if (members[1]) {
        domains->start_kind = CAPDL_DOMAIN_START_INDEX;
        json_number(json, members[1], "start", UINT64_MAX, &domains->start_index);
    }
    if (members[2]) {
        domains->has_index_shift = json_number(json, members[2], "index_shift", UINT64_MAX, &domains->index_shift);
    }
}
