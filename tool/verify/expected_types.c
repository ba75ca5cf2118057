/* SPDX-License-Identifier: BSD-2-Clause */
/* What kinds of objects are to the kernel, and where the spec's page tables stand. */
#include <stdlib.h>

#include "verify/private.h"

bool kind_is_any_table(enum capdl_kind kind)
{
    return capdl_kind_is_table(kind) || capdl_kind_class(kind) == CAPDL_CLASS_IO_TABLE;
}

/* Devices of the IOMMUs that the machine has; no supported kernel has that of ARM_IO_DEVICE. */
bool kind_is_device(enum capdl_kind kind)
{
    return capdl_kind_class(kind) == CAPDL_CLASS_DEVICE && kind != CAPDL_KIND_ARM_IO_DEVICE;
}

static enum cap_type table_cap_type(const struct capdl_profile *profile, enum capdl_kind kind)
{
    if (verify_arch(profile->arch)->one_type) {
        return CAP_PAGE_TABLE; /* the root, too */
    }
    if (capdl_kind_height(kind) >= profile->vspace_levels) {
        return capdl_kind_height(kind) == profile->vspace_levels ? CAP_VSPACE : CAP_NULL;
    }
    if (verify_arch(profile->arch)->one_type_of_lower) {
        return CAP_PAGE_TABLE;
    }
    return kind == CAPDL_KIND_PT ? CAP_PAGE_TABLE : kind == CAPDL_KIND_PD ? CAP_PAGE_DIRECTORY : CAP_PDPT;
}

enum cap_type kind_cap_type(const struct verify *v, enum capdl_kind kind)
{
    static const uint8_t types[CAPDL_KIND_COUNT] = {
        [CAPDL_KIND_EP] = CAP_ENDPOINT,
        [CAPDL_KIND_NOTIFICATION] = CAP_NOTIFICATION,
        [CAPDL_KIND_RTREPLY] = CAP_REPLY,
        [CAPDL_KIND_TCB] = CAP_THREAD,
        [CAPDL_KIND_CNODE] = CAP_CNODE,
        [CAPDL_KIND_UT] = CAP_UNTYPED,
        [CAPDL_KIND_FRAME] = CAP_FRAME,
        [CAPDL_KIND_ASID_POOL] = CAP_ASID_POOL,
        [CAPDL_KIND_SC] = CAP_SCHED_CONTEXT,
        [CAPDL_KIND_VCPU] = CAP_VCPU,
        [CAPDL_KIND_EPT_PML4] = CAP_EPT_PML4,
        [CAPDL_KIND_EPT_PDPT] = CAP_EPT_PDPT,
        [CAPDL_KIND_EPT_PD] = CAP_EPT_PD,
        [CAPDL_KIND_EPT_PT] = CAP_EPT_PT,
        [CAPDL_KIND_IO_PT] = CAP_IO_PAGE_TABLE,
        [CAPDL_KIND_IO_DEVICE] = CAP_IO_SPACE,
        [CAPDL_KIND_IO_SPACE_MASTER] = CAP_IO_SPACE,
        [CAPDL_KIND_STREAMID] = CAP_STREAM,
        [CAPDL_KIND_CONTEXTBANK] = CAP_CONTEXT_BANK,
        [CAPDL_KIND_IRQ] = CAP_IRQ_HANDLER,
        [CAPDL_KIND_IOAPIC_IRQ] = CAP_IRQ_HANDLER,
        [CAPDL_KIND_MSI_IRQ] = CAP_IRQ_HANDLER,
        [CAPDL_KIND_ARM_IRQ] = CAP_IRQ_HANDLER,
        [CAPDL_KIND_RISCV_IRQ] = CAP_IRQ_HANDLER,
        [CAPDL_KIND_ARM_SGI_SIGNAL] = CAP_SGI_SIGNAL,
        [CAPDL_KIND_IO_PORTS] = CAP_IO_PORT,
        [CAPDL_KIND_SMC] = CAP_SMC,
        [CAPDL_KIND_IRQ_CONTROL] = CAP_IRQ_CONTROL,
        [CAPDL_KIND_ASID_CONTROL] = CAP_ASID_CONTROL,
        [CAPDL_KIND_IO_PORT_CONTROL] = CAP_IO_PORT_CONTROL,
        [CAPDL_KIND_STREAMID_CONTROL] = CAP_STREAM_CONTROL,
        [CAPDL_KIND_CONTEXTBANK_CONTROL] = CAP_BANK_CONTROL,
        [CAPDL_KIND_DOMAIN] = CAP_DOMAIN,
        [CAPDL_KIND_SCHED_CONTROL] = CAP_SCHED_CONTROL,
    };
    return kind_is_any_table(kind) && !types[kind] ? table_cap_type(v->profile, kind) : types[kind];
}

bool kind_has_node(enum capdl_kind kind)
{
    switch (capdl_kind_class(kind)) {
    case CAPDL_CLASS_OBJECT:
    case CAPDL_CLASS_MEMORY:
    case CAPDL_CLASS_TABLE:
    case CAPDL_CLASS_EPT:
    case CAPDL_CLASS_IO_TABLE:
        return true;
    case CAPDL_CLASS_INTERRUPT:
    case CAPDL_CLASS_ISSUED:
    case CAPDL_CLASS_DEVICE:
    case CAPDL_CLASS_SPEC_ONLY:
    case CAPDL_CLASS_CONTROL:
        return false;
    }
    return false;
}

static unsigned num_levels(const struct verify *v, enum capdl_kind kind)
{
    return kind == CAPDL_KIND_IO_PT ? v->kernel->io_levels : v->profile->vspace_levels;
}

unsigned table_shift(const struct verify *v, uint32_t table)
{
    enum { IO_INDEX_BITS = 9 };
    enum capdl_kind kind = capdl_object_kind(v->spec, table);
    const struct table_position *position = &v->table_positions[table];
    unsigned last = num_levels(v, kind) - 1u, level = position->root == CAPDL_NO_OBJECT ? last : position->level;
    return kind == CAPDL_KIND_IO_PT ? CAPDL_PAGE_BITS + IO_INDEX_BITS * (last - level)
                                    : vspace_shift(v->profile, level);
}

/* Gives the tables below one their places. A spec in which tables contain themselves ends at the last level. */
static void position_below(struct verify *v, uint32_t table)
{
    struct capdl_caps caps = capdl_object_caps(v->spec, table);
    struct table_position at = v->table_positions[table];
    for (uint32_t i = 0; at.level + 1u < num_levels(v, capdl_object_kind(v->spec, table)) && i < caps.count; i++) {
        const struct capdl_cap *cap = &caps.list[i];
        if (cap->object == CAPDL_NO_OBJECT || !kind_is_any_table(cap->kind) ||
            v->table_positions[cap->object].root != CAPDL_NO_OBJECT) {
            continue;
        }
        v->table_positions[cap->object] = (struct table_position){
            .root = at.root,
            .level = (uint8_t)(at.level + 1),
            .base = at.base + (cap->slot << table_shift(v, table)),
        };
        position_below(v, cap->object);
    }
}

static bool is_root(const struct verify *v, uint32_t object)
{
    if (!kind_is_any_table(capdl_object_kind(v->spec, object)) || v->uses[object] & USED_BY_TABLE) {
        return false;
    }
    return verify_arch(v->profile->arch)->one_type || capdl_object_kind(v->spec, object) == CAPDL_KIND_IO_PT ||
           capdl_kind_height(capdl_object_kind(v->spec, object)) == v->profile->vspace_levels;
}

static uint8_t use_of(enum capdl_kind container, const struct capdl_cap *cap)
{
    if (!kind_is_any_table(container)) {
        return USED;
    }
    bool code = cap->rights & CAPDL_RIGHT_EXECUTE, uncached = cap->flags & CAPDL_CAP_UNCACHED;
    return (uint8_t)(USED | USED_BY_TABLE | (code ? USED_AS_CODE : 0) | (uncached ? USED_UNCACHED : 0));
}

static void note_uses(struct verify *v)
{
    for (uint32_t i = 0; i < v->spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(v->spec, i);
        for (uint32_t k = 0; k < caps.count; k++) {
            if (caps.list[k].object != CAPDL_NO_OBJECT) {
                v->uses[caps.list[k].object] |= use_of(capdl_object_kind(v->spec, i), &caps.list[k]);
            }
        }
    }
}

static void find_table_positions(struct verify *v)
{
    const struct capdl_spec *spec = v->spec;
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        v->table_positions[i].root = CAPDL_NO_OBJECT;
    }
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        if (is_root(v, i)) {
            v->table_positions[i] = (struct table_position){.root = i};
            position_below(v, i);
        }
    }
}

/* Kernels of PCs number interrupts of the spec from the first vector that users may have. */
static uint64_t irq_number(const struct verify *v, uint64_t irq)
{
    return irq + verify_arch(v->profile->arch)->first_vector;
}

void table_positions_find(struct verify *v)
{
    uint32_t count = v->spec->num_objects;
    v->table_positions = memory_zeroed(count, sizeof(*v->table_positions));
    v->uses = memory_zeroed(count, sizeof(*v->uses));
    v->irqs = memory_zeroed(count, sizeof(*v->irqs));
    for (uint32_t i = 0; i < count; i++) {
        v->irqs[i] = UINT64_MAX;
    }
    for (size_t i = 0; i < v->spec->num_irqs; i++) {
        v->irqs[v->spec->irqs[i].object] = irq_number(v, v->spec->irqs[i].irq);
    }
    note_uses(v);
    find_table_positions(v);
}
