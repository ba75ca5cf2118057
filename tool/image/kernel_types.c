/* SPDX-License-Identifier: BSD-2-Clause */
/* What each object of the spec is to the kernel: type, size argument, size in bytes; or why this kernel cannot have
 * it. */
#include <stdlib.h>

#include "image/program.h"

int table_level(const struct program *program, enum capdl_kind kind)
{
    return program->profile->vspace_levels - (int)capdl_kind_height(kind);
}

static const char *root_keyword(const struct capdl_profile *profile)
{
    return capdl_kind_keyword(capdl_arch_table_kind(profile->arch, profile->vspace_levels));
}

static enum capdl_type table_type(struct program *program, uint32_t object)
{
    const struct capdl_profile *profile = program->profile;
    enum capdl_kind kind = capdl_object_kind(program->spec, object);
    if (capdl_architecture(profile->arch)->one_table_kind) {
        return program->kernel_objects[object].flags & KOBJ_ROOT ? CAPDL_TYPE_VSPACE : CAPDL_TYPE_PAGE_TABLE;
    }
    int level = table_level(program, kind);
    if (level < 0) {
        program_error(program, object,
                      "is the root of an address space of %u levels, but kernel %s has %u: the root must be a %s",
                      capdl_kind_height(kind), profile->name, profile->vspace_levels, root_keyword(profile));
        return CAPDL_TYPE_COUNT;
    }
    const struct capdl_arch_table *table = capdl_arch_table(profile->arch, kind);
    return level == 0 || !table ? CAPDL_TYPE_VSPACE : (enum capdl_type)table->type;
}

static enum capdl_type frame_type(struct program *program, uint32_t object)
{
    static const enum capdl_type types[] = {CAPDL_TYPE_FRAME_4K, CAPDL_TYPE_FRAME_2M, CAPDL_TYPE_FRAME_1G};
    for (unsigned i = 0; i < 3; i++) {
        if (program->profile->types[types[i]] != CAPDL_PROFILE_ABSENT &&
            program->profile->size_bits[types[i]] == capdl_object_size_bits(program->spec, object)) {
            return types[i];
        }
    }
    program_error(program, object, "has 2^%u bytes, but frames of kernel %s have 4k, 2M or 1024M",
                  capdl_object_size_bits(program->spec, object), program->profile->name);
    return CAPDL_TYPE_COUNT;
}

static enum capdl_type object_type(struct program *program, uint32_t object)
{
    enum capdl_kind kind = capdl_object_kind(program->spec, object);
    if (kind == CAPDL_KIND_FRAME) {
        return frame_type(program, object);
    }
    return capdl_kind_class(kind) == CAPDL_CLASS_TABLE ? table_type(program, object) : capdl_kind_type(kind);
}

/* Devices are no kernel objects; the kernel has to know them all the same. */
static void refuse_device(struct program *program, uint32_t object)
{
    const struct capdl_profile *profile = program->profile;
    enum capdl_kind kind = capdl_object_kind(program->spec, object);
    if (kind == CAPDL_KIND_ARM_IO_DEVICE) {
        program_error(program, object, "cannot be made: only 32-bit kernels for tk1 have such devices");
    } else if (kind == CAPDL_KIND_IO_DEVICE && profile->types[CAPDL_TYPE_IO_PAGE_TABLE] == CAPDL_PROFILE_ABSENT) {
        program_error(program, object, "cannot be made: kernel %s has no I/O spaces (build it with KernelIOMMU=ON)",
                      profile->name);
    } else if ((kind == CAPDL_KIND_STREAMID || kind == CAPDL_KIND_CONTEXTBANK) &&
               profile->labels[CAPDL_METHOD_SID_CONTROL_GET_SID] == CAPDL_PROFILE_ABSENT) {
        program_error(program, object,
                      "cannot be made: kernel %s has no SMMU support (build it for tx2 with KernelArmSMMU=ON)",
                      profile->name);
    }
}

/* What has this kind of object, for messages. */
static const char *who_has(const struct program *program, enum capdl_type type, char *text, size_t size)
{
    const char *option = NULL;
    *text = 0;
    if (type == CAPDL_TYPE_REPLY || type == CAPDL_TYPE_SCHED_CONTEXT) {
        return program->profile->mcs ? "" : " (use an MCS kernel)";
    }
    if (type == CAPDL_TYPE_IO_PAGE_TABLE) {
        option = image_arch(program->profile->arch)->io_table_option;
    } else if (type == CAPDL_TYPE_VCPU || (type >= CAPDL_TYPE_EPT_PML4 && type <= CAPDL_TYPE_EPT_PT)) {
        option = image_arch(program->profile->arch)->vcpu_option;
    }
    if (option) {
        snprintf(text, size, " (build it with %s=ON)", option);
    }
    return text;
}

/* Refills a scheduling context has room for beyond its first two: sched_context_t has ten words and two times before
 * them, a refill is two times. */
static uint64_t extra_refills(const struct program *program, unsigned size_bits)
{
    enum { WORDS = 10, TIME = 8, REFILL = 2 * TIME };
    uint64_t before = WORDS * capdl_word_bytes(program->profile->arch) + 2 * TIME;
    return ((UINT64_C(1) << size_bits) - before) / REFILL - 2;
}

static unsigned sched_context_bits(struct program *program, uint32_t object)
{
    unsigned least = program->profile->size_bits[CAPDL_TYPE_SCHED_CONTEXT];
    uint64_t refills = capdl_object_sc(program->spec, object) ? capdl_object_sc(program->spec, object)->refills : 0;
    unsigned needed = least;
    while (needed < 47 && extra_refills(program, needed) < refills) {
        needed++;
    }
    if (!(capdl_object_flags(program->spec, object) & CAPDL_OBJECT_HAS_SIZE)) {
        return needed;
    }
    if (capdl_object_size_bits(program->spec, object) < least || capdl_object_size_bits(program->spec, object) > 47) {
        program_error(program, object, "has %u bits, but kernel %s allows %u to 47",
                      capdl_object_size_bits(program->spec, object), program->profile->name, least);
        return least;
    }
    if (capdl_object_size_bits(program->spec, object) < needed) {
        program_error(program, object, "has %u bits, with room for %llu extra refills, but %llu need %u bits",
                      capdl_object_size_bits(program->spec, object),
                      (unsigned long long)extra_refills(program, capdl_object_size_bits(program->spec, object)),
                      (unsigned long long)refills, needed);
    }
    return capdl_object_size_bits(program->spec, object);
}

static bool size_allowed(struct program *program, uint32_t object, unsigned bits, unsigned least, unsigned most)
{
    if (bits >= least && bits <= most) {
        return true;
    }
    program_error(program, object, "has %u bits, but kernel %s allows %u to %u", bits, program->profile->name, least,
                  most);
    return false;
}

static void place_size(struct program *program, uint32_t object, struct kernel_object *kobj)
{
    const struct capdl_profile *profile = program->profile;
    unsigned bits = profile->size_bits[kobj->type], argument = 0;
    enum capdl_kind kind = capdl_object_kind(program->spec, object);
    unsigned given = capdl_object_size_bits(program->spec, object);
    if (kind == CAPDL_KIND_CNODE && size_allowed(program, object, given, 1, 47u - bits)) {
        argument = given;
        bits += argument;
    } else if (kind == CAPDL_KIND_UT && size_allowed(program, object, given, bits, profile->max_untyped_bits)) {
        argument = bits = given;
    } else if (kind == CAPDL_KIND_ASID_POOL) {
        argument = bits = CAPDL_PAGE_BITS;
    } else if (kind == CAPDL_KIND_SC) {
        argument = bits = sched_context_bits(program, object);
    }
    kobj->size_bits = (uint8_t)bits;
    kobj->argument = (uint8_t)argument;
}

static void kernel_types_object(struct program *program, uint32_t object)
{
    struct kernel_object *kobj = &program->kernel_objects[object];
    kobj->type = (uint8_t)object_type(program, object);
    kobj->derived = CAPDL_NO_OBJECT;
    kobj->late = CAPDL_NO_OBJECT;
    if (kobj->type == CAPDL_TYPE_COUNT) {
        refuse_device(program, object);
        return;
    }
    if (program->profile->types[kobj->type] == CAPDL_PROFILE_ABSENT) {
        char who[64];
        program_error(program, object, "cannot be made: kernel %s has no such object%s", program->profile->name,
                      who_has(program, kobj->type, who, sizeof(who)));
        kobj->type = CAPDL_TYPE_COUNT;
        return;
    }
    place_size(program, object, kobj);
}

static void use(struct program *program, const struct capdl_cap *cap, uint16_t flag)
{
    if (cap->object != CAPDL_NO_OBJECT && capdl_kind_is_table(cap->kind)) {
        program->kernel_objects[cap->object].flags |= flag;
    }
}

/* Whether a frame's contents can stay where they are depends on it, so it has to be known before frames are placed.
 */
static void note_uncached(struct program *program, const struct capdl_cap *cap)
{
    if (cap->kind == CAPDL_KIND_FRAME && cap->object != CAPDL_NO_OBJECT && cap->flags & CAPDL_CAP_UNCACHED) {
        program->kernel_objects[cap->object].flags |= KOBJ_UNCACHED;
    }
}

/* Finds the roots of address spaces. On RISC-V every level is the same kind, so use decides: what a thread or ASID
   pool uses, or what holds something and is in no other table. */
static void find_roots(struct program *program)
{
    const struct capdl_spec *spec = program->spec;
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(spec, i);
        for (uint32_t k = 0; k < caps.count; k++) {
            bool space = (capdl_object_kind(spec, i) == CAPDL_KIND_TCB && caps.list[k].slot == CAPDL_TCB_SLOT_VSPACE) ||
                         capdl_object_kind(spec, i) == CAPDL_KIND_ASID_POOL;
            if (space) {
                use(program, &caps.list[k], KOBJ_ROOT);
            } else if (capdl_kind_is_table(capdl_object_kind(spec, i))) {
                use(program, &caps.list[k], KOBJ_USED);
                note_uncached(program, &caps.list[k]);
            }
        }
    }
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        struct kernel_object *kobj = &program->kernel_objects[i];
        if (!capdl_kind_is_table(capdl_object_kind(spec, i))) {
            continue;
        }
        if (capdl_architecture(program->profile->arch)->one_table_kind) {
            kobj->flags |= (uint16_t)(capdl_object_caps(spec, i).count && !(kobj->flags & KOBJ_USED) ? KOBJ_ROOT : 0);
        } else if (kobj->flags & KOBJ_ROOT && table_level(program, capdl_object_kind(spec, i)) > 0) {
            program_error(program, i,
                          "is the root of an address space, but kernel %s has %u levels: the root must be a %s",
                          program->profile->name, program->profile->vspace_levels, root_keyword(program->profile));
            kobj->flags &= (uint16_t)~KOBJ_ROOT;
        } else if (table_level(program, capdl_object_kind(spec, i)) == 0) {
            kobj->flags |= KOBJ_ROOT;
        }
    }
}

void kernel_types_objects(struct program *program)
{
    program->kernel_objects = memory_zeroed(program->spec->num_objects, sizeof(*program->kernel_objects));
    find_roots(program);
    for (uint32_t i = 0; i < program->spec->num_objects; i++) {
        kernel_types_object(program, i);
        program->num_roots += (program->kernel_objects[i].flags & KOBJ_ROOT) != 0;
    }
}
