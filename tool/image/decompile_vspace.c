/* SPDX-License-Identifier: BSD-2-Clause */
/* From mapping calls, which name a root and an address, back to page tables and their slots. */
#include <stdlib.h>

#include "image/decompile_add.h"
#include "image/decompile_held.h"
#include "image/program.h"
#include "image/reverse.h"

static struct table_entry *entry_of(struct reverse *r, uint32_t root, uint32_t level, uint64_t index)
{
    size_t mask = r->tables_size - 1;
    size_t at =
        (size_t)((index ^ (uint64_t)root << 32 ^ (uint64_t)level << 24) * UINT64_C(0x9e3779b97f4a7c15) >> 20) & mask;
    while (r->tables[at].level &&
           (r->tables[at].root != root || r->tables[at].level != level || r->tables[at].index != index)) {
        at = (at + 1) & mask;
    }
    return &r->tables[at];
}

static void tables_enlarge(struct reverse *r)
{
    struct table_entry *old = r->tables;
    size_t size = r->tables_size;
    if ((r->num_tables + 1) * 2 <= size) {
        return;
    }
    r->tables_size = size ? size * 2 : 64;
    r->tables = memory_zeroed(r->tables_size, sizeof(*r->tables));
    for (size_t i = 0; i < size; i++) {
        if (old[i].level) {
            *entry_of(r, old[i].root, old[i].level, old[i].index) = old[i];
        }
    }
    free(old);
}

/* The table at a level that covers an address; CAPDL_NO_OBJECT if there is none. Level 0 is the root. */
static uint32_t table_at(struct reverse *r, uint32_t root, unsigned level, uint64_t address)
{
    if (level == 0) {
        return root;
    }
    tables_enlarge(r);
    const struct table_entry *entry = entry_of(r, root, level, address >> vspace_shift(&r->image->profile, level - 1));
    return entry->level ? entry->object : CAPDL_NO_OBJECT;
}

static bool is_table_kind(unsigned kind)
{
    return kind < CAPDL_KIND_COUNT && capdl_kind_is_table((enum capdl_kind)kind);
}

static enum capdl_kind kind_at(const struct capdl_profile *profile, unsigned level, enum capdl_kind kind)
{
    bool told = capdl_architecture(profile->arch)->type_per_level; /* by its type already */
    return told ? kind : capdl_arch_table_kind(profile->arch, profile->vspace_levels - level);
}

static uint32_t root_of(struct reverse *r, const struct capdl_call *call)
{
    if (call->num_operands < 3 || call->num_caps != 1) {
        reverse_fail(r, "a mapping has too few operands");
        return CAPDL_NO_OBJECT;
    }
    const struct held *root = reverse_held(r, &call->operands[0]);
    if (root->object == CAPDL_NO_OBJECT || !is_table_kind(root->kind)) {
        reverse_fail(r, "an object is mapped in something that is not an address space");
        return CAPDL_NO_OBJECT;
    }
    return root->object;
}

static bool is_guest(const struct reverse *r, uint32_t root)
{
    return capdl_kind_class((enum capdl_kind)capdl_object_kind(r->spec, root)) == CAPDL_CLASS_EPT;
}

void reverse_map_table(struct reverse *r, const struct capdl_call *call)
{
    const struct capdl_profile *profile = &r->image->profile;
    uint32_t root = root_of(r, call);
    struct held *table = reverse_held(r, &call->target);
    if (r->failed || table->object == CAPDL_NO_OBJECT || !is_table_kind(table->kind) || table->object == root) {
        reverse_fail(r, "an object that is not a page table is mapped as one");
        return;
    }
    uint64_t address = call->operands[1].value;
    unsigned level = 1;
    if (call->operands[2].value != vspace_table_attributes(profile, is_guest(r, root))) {
        reverse_fail(r, "a page table is mapped with attributes that no spec gives it");
        return;
    }
    while (level < profile->vspace_levels && table_at(r, root, level, address) != CAPDL_NO_OBJECT) {
        level++;
    }
    if (level >= profile->vspace_levels || table->mapped) {
        reverse_fail(r, "a page table is mapped where there are tables already");
        return;
    }
    tables_enlarge(r);
    uint64_t index = address >> vspace_shift(profile, level - 1);
    if (index << vspace_shift(profile, level - 1) != address) {
        reverse_fail(r, "a page table is mapped at an address with bits that the kernel ignores");
        return;
    }
    *entry_of(r, root, level, index) =
        (struct table_entry){.root = root, .level = level, .index = index, .object = table->object};
    r->num_tables++;
    table->mapped = true;
    table->kind = (uint8_t)kind_at(profile, level, table->kind);
    struct capdl_object changed = capdl_object_view(r->spec, table->object);
    changed.kind = table->kind;
    capdl_object_set(r->spec, table->object, &changed);
    reverse_cap(r, table_at(r, root, level - 1, address),
                (struct capdl_cap){
                    .slot = vspace_index(profile, level - 1, address), .object = table->object, .kind = table->kind});
}

/* Inverts what vspace.c makes of rights and attributes. */
static struct capdl_cap page_cap(const struct capdl_profile *profile, const struct held *frame, uint64_t rights,
                                 uint64_t attributes, bool guest)
{
    struct capdl_cap cap = {
        .object = frame->object, .kind = CAPDL_KIND_FRAME, .rights = (uint8_t)(rights & CAPDL_RIGHTS_ALL)};
    const struct image_arch *arch = image_arch(profile->arch);
    bool uncached = guest ? attributes == 0 : !arch->is_cached(attributes);
    bool execute = arch->is_executable(rights, attributes);
    cap.rights = (uint8_t)((cap.rights & (CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE)) | (execute ? CAPDL_RIGHT_EXECUTE : 0));
    cap.flags = uncached ? CAPDL_CAP_UNCACHED : 0;
    return cap;
}

/* Marks this capability as the one that maps the slot. */
static void map_frame(struct reverse *r, struct held *frame, uint32_t table, struct capdl_cap cap)
{
    frame->mapped = true;
    frame->mapped_rights = cap.rights;
    frame->table = table;
    frame->table_slot = cap.slot;
    reverse_cap(r, table, cap);
}

void reverse_map_page(struct reverse *r, const struct capdl_call *call)
{
    const struct capdl_profile *profile = &r->image->profile;
    uint32_t root = root_of(r, call);
    struct held *frame = reverse_held(r, &call->target);
    if (r->failed || frame->object == CAPDL_NO_OBJECT || frame->kind != CAPDL_KIND_FRAME) {
        reverse_fail(r, "an object that is not a frame is mapped as one");
        return;
    }
    unsigned level = 0, size_bits = capdl_object_size_bits(r->spec, frame->object);
    while (level < profile->vspace_levels && vspace_shift(profile, level) != size_bits) {
        level++;
    }
    uint64_t address = call->operands[1].value;
    uint32_t table = level < profile->vspace_levels ? table_at(r, root, level, address) : CAPDL_NO_OBJECT;
    if (table == CAPDL_NO_OBJECT || frame->mapped) {
        reverse_fail(r, "a page is mapped where there is no page table, or twice");
        return;
    }
    bool guest = is_guest(r, root);
    struct capdl_cap cap = page_cap(profile, frame, call->operands[2].value, call->operands[3].value, guest);
    if (call->operands[2].value != cap.rights ||
        call->operands[3].value != vspace_page_attributes(profile, &cap, guest)) {
        reverse_fail(r, "a page is mapped with rights or attributes that no spec gives it");
        return;
    }
    cap.slot = vspace_index(profile, level, address);
    map_frame(r, frame, table, cap);
}

/* I/O page tables: as many levels as the blob was made for, the device in the place of the root. */
static unsigned io_shift(const struct reverse *r, unsigned level)
{
    return CAPDL_PAGE_BITS + 9 * ((unsigned)r->blob.boot[CAPDL_BOOT_IOPT_LEVELS] - level);
}

static uint32_t device_of(struct reverse *r, const struct capdl_call *call, unsigned words)
{
    const struct held *device = call->num_caps == 1 ? reverse_held(r, &call->operands[0]) : NULL;
    if (!device || call->num_operands != words + 1 || device->kind != CAPDL_KIND_IO_DEVICE ||
        r->blob.boot[CAPDL_BOOT_IOPT_LEVELS] < 1) {
        reverse_fail(r, "an object is mapped for something that is not a device");
        return CAPDL_NO_OBJECT;
    }
    return device->object;
}

/* The table at a level, 1 being the device's root, or the device itself at level 0. */
static uint32_t io_table_at(struct reverse *r, uint32_t device, unsigned level, uint64_t address)
{
    if (level == 0) {
        return device;
    }
    tables_enlarge(r);
    const struct table_entry *entry = entry_of(r, device, level, level > 1 ? address >> io_shift(r, level - 1) : 0);
    return entry->level ? entry->object : CAPDL_NO_OBJECT;
}

static uint64_t io_slot(const struct reverse *r, unsigned level, uint64_t address)
{
    return level == 0 ? 0 : address >> io_shift(r, level) & 511;
}

void reverse_map_io_table(struct reverse *r, const struct capdl_call *call)
{
    uint32_t device = device_of(r, call, 1);
    struct held *table = reverse_held(r, &call->target);
    if (r->failed || table->kind != CAPDL_KIND_IO_PT || table->object == CAPDL_NO_OBJECT || table->mapped) {
        reverse_fail(r,
                     "an object that is not an I/O page table is mapped as one, or an I/O page table is mapped twice");
        return;
    }
    uint64_t address = call->operands[1].value;
    unsigned level = 1, most = (unsigned)r->blob.boot[CAPDL_BOOT_IOPT_LEVELS];
    while (level <= most && io_table_at(r, device, level, address) != CAPDL_NO_OBJECT) {
        level++;
    }
    if (level > most) {
        reverse_fail(r, "an I/O page table is mapped where there are tables already");
        return;
    }
    tables_enlarge(r);
    uint64_t index = level > 1 ? address >> io_shift(r, level - 1) : 0;
    *entry_of(r, device, level, index) =
        (struct table_entry){.root = device, .level = level, .index = index, .object = table->object};
    r->num_tables++;
    table->mapped = true;
    reverse_number(r, table->object, CAPDL_NUMBER_IO_PT_LEVEL, level);
    reverse_cap(
        r, io_table_at(r, device, level - 1, address),
        (struct capdl_cap){.slot = io_slot(r, level - 1, address), .object = table->object, .kind = CAPDL_KIND_IO_PT});
}

void reverse_map_io_page(struct reverse *r, const struct capdl_call *call)
{
    uint32_t device = device_of(r, call, 2);
    struct held *frame = reverse_held(r, &call->target);
    if (r->failed || frame->kind != CAPDL_KIND_FRAME || frame->object == CAPDL_NO_OBJECT || frame->mapped) {
        reverse_fail(r, "an object that is not a frame is mapped for a device, or a frame is mapped twice");
        return;
    }
    uint64_t address = call->operands[2].value;
    unsigned level = (unsigned)r->blob.boot[CAPDL_BOOT_IOPT_LEVELS];
    uint32_t table = io_table_at(r, device, level, address);
    if (table == CAPDL_NO_OBJECT) {
        reverse_fail(r, "a device's page is mapped where there is no I/O page table");
        return;
    }
    map_frame(r, frame, table,
              (struct capdl_cap){.slot = io_slot(r, level, address),
                                 .object = frame->object,
                                 .kind = CAPDL_KIND_FRAME,
                                 .rights = call->operands[1].value & (CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE)});
}
