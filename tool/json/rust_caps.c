/* SPDX-License-Identifier: BSD-2-Clause */
/* rust-sel4's form: capabilities. */
#include "rust_list.h"

enum member { OBJECT, RIGHTS, BADGE, GUARD, GUARD_SIZE, CACHED, EXECUTABLE, NUM_MEMBERS };
static const struct json_field cap_fields[] = {
    {"object", true},      {"rights", false}, {"badge", false},      {"guard", false},
    {"guard_size", false}, {"cached", false}, {"executable", false}, {NULL},
};

static void rights_read(struct rust_reader *reader, const char *value, struct capdl_cap *cap)
{
    static const struct json_field fields[] = {
        {"read", true}, {"write", true}, {"grant", true}, {"grant_reply", true}, {NULL},
    };
    static const uint8_t bits[] = {CAPDL_RIGHT_READ, CAPDL_RIGHT_WRITE, CAPDL_RIGHT_GRANT, CAPDL_RIGHT_GRANT_REPLY};
    const char *members[4];
    if (!json_fields(reader->json, value, "'rights'", fields, JSON_OTHERS_IGNORED, members)) {
        return;
    }
    for (unsigned i = 0; i < 4; i++) {
        bool set;
        if (json_bool(reader->json, members[i], fields[i].name, &set) && set) {
            cap->rights |= bits[i];
        }
    }
}

/* On frames `executable` is what the letter X says in text; `grant` has no meaning there. */
static void frame_read(struct rust_reader *reader, const char **members, struct capdl_cap *cap)
{
    bool set = true;
    cap->rights &= CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE;
    if (members[EXECUTABLE] && json_bool(reader->json, members[EXECUTABLE], "executable", &set) && set) {
        cap->rights |= CAPDL_RIGHT_EXECUTE;
    }
    if (members[CACHED] && json_bool(reader->json, members[CACHED], "cached", &set) && !set) {
        cap->flags |= CAPDL_CAP_UNCACHED;
    }
}

static void data_read(struct rust_reader *reader, const char **members, struct capdl_cap *cap)
{
    uint64_t bits = 0;
    bool badged = cap->kind == CAPDL_KIND_EP || cap->kind == CAPDL_KIND_NOTIFICATION;
    if ((badged || cap->kind == CAPDL_KIND_FRAME) && members[RIGHTS]) {
        rights_read(reader, members[RIGHTS], cap);
    }
    if (badged && members[BADGE] && json_number(reader->json, members[BADGE], "badge", UINT64_MAX, &cap->data) &&
        cap->data) {
        cap->flags |= CAPDL_CAP_HAS_BADGE;
    }
    if (cap->kind == CAPDL_KIND_CNODE && members[GUARD] && members[GUARD_SIZE]) {
        json_number(reader->json, members[GUARD], "guard", UINT64_MAX, &cap->data);
        json_number(reader->json, members[GUARD_SIZE], "guard_size", 64, &bits);
        cap->guard_size = (uint8_t)bits;
        cap->flags |= cap->data || bits ? CAPDL_CAP_HAS_GUARD : 0;
    }
    if (cap->kind == CAPDL_KIND_FRAME) {
        frame_read(reader, members, cap);
    }
}

/* What the cap is to; false when that is not what its kind says. */
static bool target_read(struct rust_reader *reader, const char *value, unsigned kind, struct capdl_cap *cap)
{
    uint64_t id;
    if (!rust_reference(reader, value, "object", &id)) {
        return false;
    }
    const struct rust_object *target = &reader->objects[id];
    if (target->kind != kind) {
        capdl_error(reader->json->diags, json_pos(reader->json, value),
                    "object %llu is of the kind '%s', but the capability is to one of the kind '%s'",
                    (unsigned long long)id, capdl_kind_name((enum capdl_kind)target->kind),
                    capdl_kind_name((enum capdl_kind)kind));
        return false;
    }
    cap->object = target->object;
    cap->kind = (uint8_t)(target->object == CAPDL_NO_OBJECT ? CAPDL_KIND_DOMAIN
                                                            : capdl_object_kind(reader->spec, target->object));
    return true;
}

static bool cap_read(struct rust_reader *reader, const char *item, struct capdl_cap *cap)
{
    const char *value, *fields, *members[NUM_MEMBERS];
    unsigned kind;
    *cap = (struct capdl_cap){.at = capdl_spec_at(reader->spec, json_pos(reader->json, item))};
    if (!rust_slot(reader, item, &cap->slot, &value) || !rust_cap_named(reader, value, &kind, &fields)) {
        return false;
    }
    if (!fields) {
        capdl_error(reader->json->diags, json_pos(reader->json, value),
                    "this capability has no fields: expected an object with them");
        return false;
    }
    if (!json_fields(reader->json, fields, "a capability", cap_fields, JSON_OTHERS_IGNORED, members) ||
        !target_read(reader, members[OBJECT], kind, cap)) {
        return false;
    }
    data_read(reader, members, cap);
    return true;
}

/* Tables after the root's slot are for hardware with more levels than the spec has, which its initialiser puts above
   the root. Systems here are made for one number of levels. */
static bool is_spare(const struct rust_reader *reader, const struct rust_object *record, const struct capdl_cap *cap)
{
    return reader->io_levels_from_0 && record->kind == CAPDL_KIND_IO_DEVICE && cap->slot > 0;
}

void rust_caps_read(struct rust_reader *reader, const struct rust_object *record)
{
    const char *slots = record->object == CAPDL_NO_OBJECT ? NULL : rust_slots(record);
    struct cap_list caps = {NULL};
    if (!slots) {
        return;
    }
    struct json_list list = json_elements(slots);
    for (const char *item; (item = json_item(&list));) {
        struct capdl_cap cap;
        if (cap_read(reader, item, &cap) && !is_spare(reader, record, &cap)) {
            cap_list_add(&caps, &cap);
        }
    }
    cap_list_finish(reader->json, &caps, record->object);
    cap_list_free(&caps);
}
