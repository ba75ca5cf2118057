/* SPDX-License-Identifier: BSD-2-Clause */
/* Capabilities as values: what they stand for, which can be made from which. */
#include "kernel.h"

struct cap cap_null(void)
{
    return (struct cap){.type = CAP_NULL};
}

bool cap_is_arch(const struct cap *cap)
{
    return cap->type >= CAP_FIRST_ARCH;
}

/* A reply capability names a kernel object only on MCS; cap_size_bits tells the two apart by the object's type. */
static bool reply_is_object(const struct cap *cap)
{
    return ((const struct object *)cap->object)->type == CAPDL_TYPE_REPLY;
}

bool cap_is_table(enum cap_type type)
{
    switch (type) {
    case CAP_PAGE_TABLE:
    case CAP_PAGE_DIRECTORY:
    case CAP_PDPT:
    case CAP_VSPACE:
    case CAP_EPT_PML4:
    case CAP_EPT_PDPT:
    case CAP_EPT_PD:
    case CAP_EPT_PT:
    case CAP_IO_PAGE_TABLE:
        return true;
    default:
        return false;
    }
}

bool cap_is_physical(const struct cap *cap)
{
    if (cap_is_table((enum cap_type)cap->type)) {
        return true;
    }
    switch ((enum cap_type)cap->type) {
    case CAP_UNTYPED:
    case CAP_ENDPOINT:
    case CAP_NOTIFICATION:
    case CAP_CNODE:
    case CAP_THREAD:
    case CAP_ZOMBIE:
    case CAP_SCHED_CONTEXT:
    case CAP_FRAME:
    case CAP_ASID_POOL:
    case CAP_VCPU:
        return true;
    case CAP_REPLY:
        return reply_is_object(cap);
    default:
        return false;
    }
}

unsigned cap_size_bits(const struct kernel *k, const struct cap *cap)
{
    const uint8_t *bits = k->profile->size_bits;
    if (cap_is_table((enum cap_type)cap->type)) {
        return ((const struct object *)cap->object)->bits;
    }
    switch ((enum cap_type)cap->type) {
    case CAP_UNTYPED:
    case CAP_SCHED_CONTEXT:
    case CAP_FRAME:
        return cap->bits;
    case CAP_ENDPOINT:
        return bits[CAPDL_TYPE_ENDPOINT];
    case CAP_NOTIFICATION:
        return bits[CAPDL_TYPE_NOTIFICATION];
    case CAP_CNODE:
        return cap->bits + bits[CAPDL_TYPE_CNODE];
    case CAP_THREAD:
        return bits[CAPDL_TYPE_TCB];
    case CAP_ZOMBIE:
        return cap->flags & CAP_FLAG_TCB ? bits[CAPDL_TYPE_TCB] : cap->bits + bits[CAPDL_TYPE_CNODE];
    case CAP_REPLY:
        return reply_is_object(cap) ? bits[CAPDL_TYPE_REPLY] : 0;
    case CAP_VCPU:
        return ((const struct object *)cap->object)->bits;
    case CAP_ASID_POOL:
        return ASID_POOL_BITS;
    default:
        return 0;
    }
}

static bool contains(uint64_t base, unsigned bits, uint64_t other, unsigned other_bits)
{
    uint64_t top = base + ((UINT64_C(1) << bits) - 1);
    uint64_t other_top = other + ((UINT64_C(1) << other_bits) - 1);
    return base <= other && other_top <= top && other <= other_top;
}

static bool arch_same_region(const struct cap *a, const struct cap *b)
{
    if (a->type == CAP_IO_PORT_CONTROL) {
        return b->type == CAP_IO_PORT_CONTROL || b->type == CAP_IO_PORT;
    }
    if (a->type == CAP_STREAM_CONTROL) {
        return b->type == CAP_STREAM_CONTROL || b->type == CAP_STREAM;
    }
    if (a->type == CAP_BANK_CONTROL) {
        return b->type == CAP_BANK_CONTROL || b->type == CAP_CONTEXT_BANK;
    }
    if (a->type != b->type) {
        return false;
    }
    if (cap_is_table((enum cap_type)a->type)) {
        return a->object == b->object;
    }
    switch ((enum cap_type)a->type) {
    case CAP_FRAME:
        return contains(a->paddr, a->bits, b->paddr, b->bits);
    case CAP_ASID_POOL:
    case CAP_VCPU:
        return a->object == b->object;
    case CAP_IO_SPACE:
    case CAP_STREAM:
    case CAP_CONTEXT_BANK:
        return a->paddr == b->paddr;
    case CAP_IO_PORT:
    case CAP_SGI_SIGNAL:
        return a->paddr == b->paddr && a->data == b->data;
    default:
        return true; /* ASID control, SMC: there is one */
    }
}

bool cap_same_region(const struct kernel *k, const struct cap *a, const struct cap *b)
{
    switch ((enum cap_type)a->type) {
    case CAP_UNTYPED:
        return cap_is_physical(b) && contains(a->paddr, a->bits, b->paddr, cap_size_bits(k, b));
    case CAP_ENDPOINT:
    case CAP_NOTIFICATION:
    case CAP_THREAD:
    case CAP_REPLY:
        return a->type == b->type && a->object == b->object;
    case CAP_CNODE:
    case CAP_SCHED_CONTEXT:
        return a->type == b->type && a->object == b->object && a->bits == b->bits;
    case CAP_DOMAIN:
    case CAP_SCHED_CONTROL:
        return a->type == b->type;
    case CAP_IRQ_CONTROL:
        return b->type == CAP_IRQ_CONTROL || b->type == CAP_IRQ_HANDLER || b->type == CAP_SGI_SIGNAL;
    case CAP_IRQ_HANDLER:
        return a->type == b->type && a->paddr == b->paddr;
    default:
        return cap_is_arch(a) && cap_is_arch(b) && arch_same_region(a, b);
    }
}

bool cap_same_object(const struct kernel *k, const struct cap *a, const struct cap *b)
{
    if (a->type == CAP_UNTYPED || a->type == CAP_IRQ_CONTROL || a->type == CAP_SGI_SIGNAL) {
        return false;
    }
    if ((a->type == CAP_IO_PORT_CONTROL && b->type == CAP_IO_PORT) ||
        (a->type == CAP_STREAM_CONTROL && b->type == CAP_STREAM) ||
        (a->type == CAP_BANK_CONTROL && b->type == CAP_CONTEXT_BANK)) {
        return false;
    }
    if (a->type == CAP_FRAME && b->type == CAP_FRAME) {
        return a->paddr == b->paddr && a->bits == b->bits &&
               (a->flags & CAP_FLAG_DEVICE) == (b->flags & CAP_FLAG_DEVICE);
    }
    return cap_same_region(k, a, b);
}

bool cap_is_revocable(const struct cap *derived, const struct cap *source)
{
    switch ((enum cap_type)derived->type) {
    case CAP_ENDPOINT:
    case CAP_NOTIFICATION:
    case CAP_SMC:
        return derived->data != source->data;
    case CAP_IRQ_HANDLER:
    case CAP_SGI_SIGNAL:
        return source->type == CAP_IRQ_CONTROL;
    case CAP_IO_PORT:
        return source->type == CAP_IO_PORT_CONTROL;
    case CAP_UNTYPED:
        return true;
    default:
        return false;
    }
}

enum vm_rights vm_rights_mask(enum vm_rights rights, uint64_t mask)
{
    if (rights == VM_NONE || !(mask & CAPDL_RIGHT_READ)) {
        return VM_NONE;
    }
    return rights == VM_READ_WRITE && mask & CAPDL_RIGHT_WRITE ? VM_READ_WRITE : VM_READ;
}

struct cap cap_mask_rights(struct cap cap, uint64_t rights)
{
    switch ((enum cap_type)cap.type) {
    case CAP_ENDPOINT:
    case CAP_NOTIFICATION:
        cap.rights = (uint8_t)(cap.rights & rights);
        break;
    case CAP_REPLY:
        cap.rights = (uint8_t)(cap.rights & rights & CAPDL_RIGHT_GRANT);
        break;
    case CAP_FRAME:
        cap.rights = (uint8_t)vm_rights_mask(cap.rights, rights);
        break;
    default:
        break;
    }
    return cap;
}

static struct cap cnode_set_guard(const struct kernel *k, struct cap cap, uint64_t data)
{
    unsigned size = capdl_guard_size(k->profile->arch, data);
    if (size + cap.bits > k->facts->word_bits) {
        return cap_null();
    }
    cap.guard_bits = (uint8_t)size;
    cap.data = capdl_guard_value(k->profile->arch, data) & (size ? ~UINT64_C(0) >> (64 - size) : 0);
    return cap;
}

/* A device out of all; domain 0 is none. */
static struct cap io_space_of_device(bool preserve, uint64_t data, struct cap cap)
{
    uint64_t domain = data >> 16 & 0xffff;
    if (preserve || cap.paddr != 0 || domain == 0) {
        return cap_null();
    }
    cap.paddr = data & 0xffff;
    cap.data = domain;
    return cap;
}

struct cap cap_update_data(const struct kernel *k, bool preserve, uint64_t data, struct cap cap)
{
    switch ((enum cap_type)cap.type) {
    case CAP_ENDPOINT:
    case CAP_NOTIFICATION:
    case CAP_SMC:
        if (preserve || cap.data != 0) {
            return cap_null();
        }
        cap.data = data;
        return cap;
    case CAP_CNODE:
        return cnode_set_guard(k, cap, data);
    case CAP_IO_SPACE:
        return io_space_of_device(preserve, data, cap);
    default:
        return cap;
    }
}

static enum status derive_mapped(struct kernel *k, struct cap cap, struct cap *out)
{
    if (!(cap.flags & CAP_FLAG_MAPPED)) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    *out = cap;
    return STATUS_OK;
}

enum status cap_derive(struct kernel *k, struct slot *slot, struct cap cap, struct cap *out)
{
    *out = cap_null();
    if (cap_is_table((enum cap_type)cap.type)) {
        return derive_mapped(k, cap, out);
    }
    switch ((enum cap_type)cap.type) {
    case CAP_ZOMBIE:
    case CAP_IRQ_CONTROL:
    case CAP_IO_PORT_CONTROL:
    case CAP_STREAM_CONTROL:
    case CAP_BANK_CONTROL:
        return STATUS_OK;
    case CAP_REPLY:
        if (k->profile->mcs) {
            *out = cap;
        }
        return STATUS_OK;
    case CAP_UNTYPED: {
        enum status status = slot_ensure_no_children(k, slot);
        if (status == STATUS_OK) {
            *out = cap;
        }
        return status;
    }
    case CAP_FRAME:
        cap.flags &= (uint8_t) ~(CAP_FLAG_GUEST | CAP_FLAG_DMA);
        cap.asid = 0;
        cap.data = 0;
        *out = cap;
        return STATUS_OK;
    default:
        *out = cap;
        return STATUS_OK;
    }
}
