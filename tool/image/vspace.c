/* SPDX-License-Identifier: BSD-2-Clause */
/* Address spaces: every page table and page with its final address, tables before what is below them. */
#include "image/program.h"

enum { EPT_WRITE_BACK = 6 };

/* Addresses of guests on x86-64 are as long as page tables make them. */
enum { GUEST_ADDRESS_BITS = 48 };

uint64_t vspace_page_attributes(const struct capdl_profile *profile, const struct capdl_cap *cap, bool guest)
{
    bool cached = !(cap->flags & CAPDL_CAP_UNCACHED), execute = cap->rights & CAPDL_RIGHT_EXECUTE;
    if (guest) {
        return cached ? EPT_WRITE_BACK : 0;
    }
    return image_arch(profile->arch)->page_attributes(cached, execute);
}

uint64_t vspace_table_attributes(const struct capdl_profile *profile, bool guest)
{
    return guest ? EPT_WRITE_BACK : image_arch(profile->arch)->table_attributes;
}

/* x86-64 has a method for each level; its profile has the types. */
static enum capdl_method table_method(enum capdl_type type)
{
    return type == CAPDL_TYPE_EPT_PDPT         ? CAPDL_METHOD_EPT_PDPT_MAP
           : type == CAPDL_TYPE_EPT_PD         ? CAPDL_METHOD_EPT_PD_MAP
           : type == CAPDL_TYPE_EPT_PT         ? CAPDL_METHOD_EPT_PT_MAP
           : type == CAPDL_TYPE_PDPT           ? CAPDL_METHOD_PDPT_MAP
           : type == CAPDL_TYPE_PAGE_DIRECTORY ? CAPDL_METHOD_PAGE_DIRECTORY_MAP
                                               : CAPDL_METHOD_PAGE_TABLE_MAP;
}

/* Warns of what the hardware cannot do. False: there is nothing to map, as nobody can access a page without the
 * right to read, of which `frame-rights` warns. */
static bool page_allowed(struct program *program, const struct capdl_cap *cap)
{
    if (!(cap->rights & CAPDL_RIGHT_READ)) {
        return false;
    }
    const struct capdl_architecture *facts = capdl_architecture(program->profile->arch);
    if (!facts->execute_never && !(cap->rights & CAPDL_RIGHT_EXECUTE) && !program->warned_exec) {
        program->warned_exec = true;
        program_warning(program, CAPDL_CHECK_X86_EXEC, cap->object,
                        "and other pages are executable although they have no X: on %s the kernel cannot prevent it",
                        facts->family);
    }
    if (!facts->cache_attribute && cap->flags & CAPDL_CAP_UNCACHED && !program->warned_uncached) {
        program->warned_uncached = true;
        program_warning(program, CAPDL_CHECK_RISCV_UNCACHED, cap->object,
                        "is mapped cached although the spec says uncached: on %s the kernel has no such attribute",
                        facts->family);
    }
    return true;
}

struct walk {
    struct program *program;
    uint32_t root;
    bool guest;   /* extended page tables */
    uint64_t end; /* first address that nothing may be mapped at */
};

static bool range_good(const struct walk *walk, uint32_t table, const struct capdl_cap *cap, unsigned level,
                       uint64_t address)
{
    const struct capdl_profile *profile = walk->program->profile;
    uint64_t size = UINT64_C(1) << vspace_shift(profile, level);
    if (cap->slot >> profile->vspace_index_bits[level]) {
        program_cap_error(walk->program, table, cap, "is outside the table's 0x%llx slots",
                          1ULL << profile->vspace_index_bits[level]);
        return false;
    }
    bool frame = cap->kind == CAPDL_KIND_FRAME;
    if (address >= walk->end || (frame && walk->end - address < size)) {
        program_cap_error(walk->program, table, cap, "is at 0x%llx, but user addresses of kernel %s end at 0x%llx",
                          (unsigned long long)address, profile->name, (unsigned long long)walk->end);
        return false;
    }
    return true;
}

static void map_page(const struct walk *walk, uint32_t table, const struct capdl_cap *cap, unsigned level,
                     uint64_t address)
{
    struct program *program = walk->program;
    struct kernel_object *kobj = &program->kernel_objects[cap->object];
    unsigned shift = vspace_shift(program->profile, level);
    if (kobj->type == CAPDL_TYPE_COUNT) {
        return; /* refused already */
    }
    if (kobj->size_bits != shift) {
        program_cap_error(program, table, cap, "is to a frame of 0x%llx bytes where each slot covers 0x%llx",
                          1ULL << kobj->size_bits, 1ULL << shift);
        return;
    }
    if (walk->guest && shift > vspace_shift(program->profile, program->profile->vspace_levels - 2u)) {
        program_cap_error(program, table, cap,
                          "is to a frame of 0x%llx bytes, a size that the kernel does not map for guests",
                          1ULL << shift);
        return;
    }
    if (!page_allowed(program, cap)) {
        return;
    }
    kobj->flags |= (uint16_t)(cap->rights & CAPDL_RIGHT_EXECUTE ? KOBJ_EXECUTABLE : 0);
    struct operand source = mapping_source(program, table, cap);
    const struct operand map[] = {
        source,
        operand_object(program, walk->root),
        operand_word(address),
        operand_word(cap->rights & (CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE | CAPDL_RIGHT_EXECUTE)),
        operand_word(vspace_page_attributes(program->profile, cap, walk->guest)),
    };
    calls_add(program, CAPDL_PHASE_PAGES, walk->guest ? CAPDL_METHOD_PAGE_MAP_EPT : CAPDL_METHOD_PAGE_MAP, cap->object,
              map, sizeof(map) / sizeof(map[0]));
}

static void map_table(const struct walk *, uint32_t table, unsigned level, uint64_t base);

static void map_lower_table(const struct walk *walk, uint32_t table, const struct capdl_cap *cap, unsigned level,
                            uint64_t address)
{
    struct program *program = walk->program;
    struct kernel_object *kobj = &program->kernel_objects[cap->object];
    if (kobj->type == CAPDL_TYPE_COUNT) {
        return;
    }
    bool one_kind = capdl_architecture(program->profile->arch)->one_table_kind;
    bool nested =
        one_kind ? level + 1 < program->profile->vspace_levels : table_level(program, cap->kind) == (int)level + 1;
    if (!nested || kobj->flags & KOBJ_ROOT || (capdl_kind_class(cap->kind) == CAPDL_CLASS_EPT) != walk->guest) {
        program_cap_error(program, table, cap, "is the wrong kind of page table for this place");
        return;
    }
    if (kobj->flags & KOBJ_MAPPED) {
        program_cap_error(program, table, cap, "is already mapped: the kernel maps a page table only once");
        return;
    }
    kobj->flags |= KOBJ_MAPPED;
    uint64_t attributes = vspace_table_attributes(program->profile, walk->guest);
    const struct operand map[] = {operand_object(program, cap->object), operand_object(program, walk->root),
                                  operand_word(address), operand_word(attributes)};
    calls_add(program, CAPDL_PHASE_TABLES, table_method(kobj->type), cap->object, map, sizeof(map) / sizeof(map[0]));
    map_table(walk, cap->object, level + 1, address);
}

static void map_table(const struct walk *walk, uint32_t table, unsigned level, uint64_t base)
{
    struct capdl_caps caps = capdl_object_caps(walk->program->spec, table);
    for (uint32_t i = 0; i < caps.count; i++) {
        const struct capdl_cap *cap = &caps.list[i];
        uint64_t address = base + (cap->slot << vspace_shift(walk->program->profile, level));
        if (cap->object == CAPDL_NO_OBJECT || !range_good(walk, table, cap, level, address)) {
            continue;
        }
        if (cap->kind == CAPDL_KIND_FRAME) {
            map_page(walk, table, cap, level, address);
        } else if (capdl_kind_is_table(cap->kind)) {
            map_lower_table(walk, table, cap, level, address);
        } else {
            program_cap_error(walk->program, table, cap, "is neither a frame nor a page table");
        }
    }
}

/* Contents of a table that is below no root would be dropped. */
static void refuse_loose_tables(struct program *program)
{
    for (uint32_t i = 0; i < program->spec->num_objects; i++) {
        const struct kernel_object *kobj = &program->kernel_objects[i];
        if (capdl_kind_is_table(capdl_object_kind(program->spec, i)) && kobj->type != CAPDL_TYPE_COUNT &&
            !(kobj->flags & KOBJ_MAPPED) && capdl_object_caps(program->spec, i).count) {
            program_error(program, i, "has contents but belongs to no address space");
        }
    }
}

/* Embedded pages are mapped in the initialiser when it starts. These mappings are removed first, also those of
 * frames that nothing maps. */
void vspace_map(struct program *program)
{
    for (size_t page = 0; page < program->num_embedded; page++) {
        CALL(program, PAGES, PAGE_UNMAP, program->pages[page].object, operand_page(page));
    }
    mappings_reserve(program);
    for (size_t slot = 0; slot < program->num_objects; slot++) {
        uint32_t object = program->objects[slot];
        if (object != CAPDL_NO_OBJECT && program->kernel_objects[object].flags & KOBJ_ROOT) {
            bool guest = capdl_kind_class(capdl_object_kind(program->spec, object)) == CAPDL_CLASS_EPT;
            uint64_t end = guest ? UINT64_C(1) << GUEST_ADDRESS_BITS : program->profile->user_top;
            map_table(&(struct walk){program, object, guest, end}, object, 0, 0);
        }
    }
    refuse_loose_tables(program);
}
