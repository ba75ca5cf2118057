/* SPDX-License-Identifier: BSD-2-Clause */
/* rust-sel4's form: page tables have levels instead of names, and the architecture is not said. */
#include "rust_reader.h"

#include <capdl/architecture.h>

#include "rust_list.h"

enum { MOST_LEVELS = 4 };

/* The only one of the architectures that this form is for which has the kind, or COUNT. */
static enum capdl_arch arch_of_kind(enum capdl_kind kind)
{
    enum capdl_arch only = CAPDL_ARCH_COUNT;
    for (unsigned i = 0; i < CAPDL_ARCH_COUNT; i++) {
        enum capdl_arch arch = (enum capdl_arch)i;
        if (capdl_architecture(arch)->word_bits == 64 && capdl_kind_on_arch(kind, arch)) {
            if (only != CAPDL_ARCH_COUNT) {
                return CAPDL_ARCH_COUNT;
            }
            only = arch;
        }
    }
    return only;
}

/* By what only one architecture has; page tables that begin at level 1 are those of a 64-bit Arm hypervisor. */
static enum capdl_arch arch_guess(const struct rust_reader *reader)
{
    for (size_t i = 0; i < reader->num_objects; i++) {
        const struct rust_object *object = &reader->objects[i];
        enum capdl_arch arch = arch_of_kind(object->kind);
        if (arch != CAPDL_ARCH_COUNT) {
            return arch;
        }
        if (object->kind == CAPDL_KIND_PT && object->is_ept) {
            return arch_of_kind(CAPDL_KIND_EPT_PT);
        }
        if (object->kind == CAPDL_KIND_PT && object->is_root && object->level == 1) {
            return arch_of_kind(CAPDL_KIND_PUD);
        }
    }
    return CAPDL_ARCH_COUNT;
}

static void kernel_types_read(struct rust_reader *reader, struct rust_object *table)
{
    static const struct json_field fields[] = {
        {"is_root", false}, {"level", false}, {"slots", true}, {"x86_ept", false}, {NULL},
    };
    const char *members[4];
    uint64_t level = RUST_NO_LEVEL;
    if (!table->fields ||
        !json_fields(reader->json, table->fields, "a page table", fields, JSON_OTHERS_IGNORED, members)) {
        return;
    }
    if (members[0]) {
        json_bool(reader->json, members[0], "is_root", &table->is_root);
    }
    if (members[1]) {
        json_number(reader->json, members[1], "level", 3, &level);
        table->level = (uint8_t)level;
    }
    if (members[3]) {
        json_bool(reader->json, members[3], "x86_ept", &table->is_ept);
    }
}

/* rust-sel4 counts levels of I/O page tables from 0, other writers from 1 as capDL text does. */
static void io_level_look(struct rust_reader *reader, const struct rust_object *table)
{
    static const struct json_field fields[] = {{"level", false}, {NULL}};
    const char *member;
    uint64_t level;
    if (table->fields &&
        json_fields(reader->json, table->fields, "an I/O page table", fields, JSON_OTHERS_IGNORED, &member) && member &&
        json_number(reader->json, member, "level", UINT64_MAX, &level) && level == 0) {
        reader->io_levels_from_0 = true;
    }
}

bool rust_arch_find(struct rust_reader *reader)
{
    for (size_t i = 0; i < reader->num_objects; i++) {
        if (reader->objects[i].kind == CAPDL_KIND_PT) {
            kernel_types_read(reader, &reader->objects[i]);
        } else if (reader->objects[i].kind == CAPDL_KIND_IO_PT) {
            io_level_look(reader, &reader->objects[i]);
        }
    }
    if (reader->spec->has_arch) {
        return true;
    }
    reader->spec->arch = arch_guess(reader);
    reader->spec->has_arch = reader->spec->arch != CAPDL_ARCH_COUNT;
    if (!reader->spec->has_arch) {
        char list[CAPDL_ARCH_LIST];
        reader->spec->arch = (enum capdl_arch)0; /* nothing more is asked of it */
        capdl_error(reader->json->diags, json_pos(reader->json, reader->json->root),
                    "this form of JSON does not name the architecture, and no object implies it: use --arch %s",
                    capdl_arch_list(CAPDL_ARCH_BOOTED_KEYWORDS, list));
    }
    return reader->spec->has_arch;
}

static void children_place(struct rust_reader *reader, const struct rust_object *table)
{
    const char *slots = rust_slots(table);
    if (!slots) {
        return;
    }
    struct json_list list = json_elements(slots);
    for (const char *item, *cap, *fields; (item = json_item(&list));) {
        static const struct json_field object[] = {{"object", true}, {NULL}};
        uint64_t slot, id;
        unsigned kind;
        const char *member;
        if (rust_slot(reader, item, &slot, &cap) && rust_cap_named(reader, cap, &kind, &fields) &&
            kind == CAPDL_KIND_PT && fields &&
            json_fields(reader->json, fields, "cap", object, JSON_OTHERS_IGNORED, &member) &&
            rust_reference(reader, member, "object", &id) && reader->objects[id].level == RUST_NO_LEVEL) {
            reader->objects[id].level = (uint8_t)(table->level + 1);
        }
    }
}

/* Levels that are not given: roots are level 0, what is in a table is one below it. */
void rust_levels_find(struct rust_reader *reader)
{
    size_t unknown = 0;
    for (size_t i = 0; i < reader->num_objects; i++) {
        struct rust_object *object = &reader->objects[i];
        bool open = object->kind == CAPDL_KIND_PT && object->level == RUST_NO_LEVEL;
        unknown += open;
        object->level = open && object->is_root ? 0 : object->level;
    }
    for (unsigned level = 0; unknown && level < 3; level++) {
        for (size_t i = 0; i < reader->num_objects; i++) {
            if (reader->objects[i].kind == CAPDL_KIND_PT && reader->objects[i].level == level) {
                children_place(reader, &reader->objects[i]);
            }
        }
    }
}

enum capdl_kind rust_table_kind(struct rust_reader *reader, const struct rust_object *table)
{
    static const enum capdl_kind ept[] = {CAPDL_KIND_EPT_PML4, CAPDL_KIND_EPT_PDPT, CAPDL_KIND_EPT_PD,
                                          CAPDL_KIND_EPT_PT};
    unsigned level = table->level < MOST_LEVELS ? table->level : MOST_LEVELS - 1;
    if (table->is_ept) {
        return ept[level];
    }
    unsigned height = capdl_kind_height(capdl_arch_table_kind(reader->spec->arch, MOST_LEVELS));
    return capdl_arch_table_kind(reader->spec->arch, height > level ? height - level : 1);
}
