/* SPDX-License-Identifier: BSD-2-Clause */
/* Capabilities as values: what they stand for, which can be made from which. */
#include "kernel.h"

struct cap cap_null(void)
{
    return (struct cap){.type = CAP_NULL};
}

/* The columns of captypes.def. */
enum cap_size {
    SIZE_NONE,
    SIZE_BITS,
    SIZE_OBJECT,
    SIZE_ENDPOINT,
    SIZE_NOTIFICATION,
    SIZE_REPLY,
    SIZE_CNODE,
    SIZE_TCB,
    SIZE_ZOMBIE,
    SIZE_ASID_POOL
};
enum cap_same { SAME_NOTHING, SAME_ONE, SAME_OBJECT, SAME_SIZED, SAME_NUMBER, SAME_RANGE, SAME_BYTES };
enum cap_revocable { REVOCABLE_NEVER, REVOCABLE_ALWAYS, REVOCABLE_BADGE, REVOCABLE_ISSUED };
enum cap_copy { COPY_PLAIN, COPY_NEVER, COPY_MAPPED, COPY_CHILDLESS, COPY_FRAME, COPY_REPLY };
enum cap_rights { RIGHTS_KEPT, RIGHTS_MASKED, RIGHTS_GRANT, RIGHTS_PAGE };
enum cap_data { DATA_NONE, DATA_BADGE, DATA_GUARD, DATA_DEVICE };

static const struct type {
    const char *name;
    enum cap_size size;
    enum cap_same same;
    enum cap_type issuer;
    enum cap_revocable revocable;
    enum cap_copy copy;
    enum cap_rights rights;
    enum cap_data data;
} types[CAP_TYPES] = {
#define CAP_TYPE(id, name, size, same, issuer, revocable, copy, rights, data) \
    {name, SIZE_##size, SAME_##same, CAP_##issuer, REVOCABLE_##revocable, COPY_##copy, RIGHTS_##rights, DATA_##data},
#include "captypes.def"
};

static const struct type *type_of(const struct cap *cap)
{
    return &types[cap->type];
}

const char *cap_type_name(enum cap_type type)
{
    return type < CAP_TYPES ? types[type].name : "capability of an unknown type";
}

/* A reply capability names a kernel object only on MCS; the object's type tells the two apart. */
static bool reply_is_object(const struct cap *cap)
{
    return ((const struct object *)cap->object)->type == CAPDL_TYPE_REPLY;
}

bool cap_is_table(enum cap_type type)
{
    return types[type].copy == COPY_MAPPED;
}

bool cap_is_physical(const struct cap *cap)
{
    enum cap_size size = type_of(cap)->size;
    return size == SIZE_REPLY ? reply_is_object(cap) : size != SIZE_NONE;
}

static unsigned cap_size_bits(const struct kernel *k, const struct cap *cap)
{
    const uint8_t *bits = k->profile->size_bits;
    switch (type_of(cap)->size) {
    case SIZE_NONE:
        return 0;
    case SIZE_BITS:
        return cap->bits;
    case SIZE_OBJECT:
        return ((const struct object *)cap->object)->bits;
    case SIZE_ENDPOINT:
        return bits[CAPDL_TYPE_ENDPOINT];
    case SIZE_NOTIFICATION:
        return bits[CAPDL_TYPE_NOTIFICATION];
    case SIZE_REPLY:
        return reply_is_object(cap) ? bits[CAPDL_TYPE_REPLY] : 0;
    case SIZE_CNODE:
        return cap->bits + bits[CAPDL_TYPE_CNODE];
    case SIZE_TCB:
        return bits[CAPDL_TYPE_TCB];
    case SIZE_ZOMBIE:
        return cap->flags & CAP_FLAG_TCB ? bits[CAPDL_TYPE_TCB] : cap->bits + bits[CAPDL_TYPE_CNODE];
    case SIZE_ASID_POOL:
        return ASID_POOL_BITS;
    }
    return 0;
}

static bool contains(uint64_t base, unsigned bits, uint64_t other, unsigned other_bits)
{
    uint64_t top = base + ((UINT64_C(1) << bits) - 1);
    uint64_t other_top = other + ((UINT64_C(1) << other_bits) - 1);
    return base <= other && other_top <= top && other <= other_top;
}

static bool issues(const struct cap *a, const struct cap *b)
{
    return type_of(b)->issuer != CAP_NULL && type_of(b)->issuer == (enum cap_type)a->type;
}

bool cap_same_region(const struct kernel *k, const struct cap *a, const struct cap *b)
{
    if (a->type == CAP_UNTYPED) {
        return cap_is_physical(b) && contains(a->paddr, a->bits, b->paddr, cap_size_bits(k, b));
    }
    if (issues(a, b)) {
        return true;
    }
    if (a->type != b->type) {
        return false;
    }
    switch (type_of(a)->same) {
    case SAME_NOTHING:
        return false;
    case SAME_ONE:
        return true;
    case SAME_OBJECT:
        return a->object == b->object;
    case SAME_SIZED:
        return a->object == b->object && a->bits == b->bits;
    case SAME_NUMBER:
        return a->paddr == b->paddr;
    case SAME_RANGE:
        return a->paddr == b->paddr && a->data == b->data;
    case SAME_BYTES:
        return contains(a->paddr, a->bits, b->paddr, b->bits);
    }
    return false;
}

bool cap_same_object(const struct kernel *k, const struct cap *a, const struct cap *b)
{
    if (a->type == CAP_UNTYPED || a->type == CAP_IRQ_CONTROL || a->type == CAP_SGI_SIGNAL || issues(a, b)) {
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
    switch (type_of(derived)->revocable) {
    case REVOCABLE_NEVER:
        return false;
    case REVOCABLE_ALWAYS:
        return true;
    case REVOCABLE_BADGE:
        return derived->data != source->data;
    case REVOCABLE_ISSUED:
        return issues(source, derived);
    }
    return false;
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
    switch (type_of(&cap)->rights) {
    case RIGHTS_KEPT:
        break;
    case RIGHTS_MASKED:
        cap.rights = (uint8_t)(cap.rights & rights);
        break;
    case RIGHTS_GRANT:
        cap.rights = (uint8_t)(cap.rights & rights & CAPDL_RIGHT_GRANT);
        break;
    case RIGHTS_PAGE:
        cap.rights = (uint8_t)vm_rights_mask(cap.rights, rights);
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
    switch (type_of(&cap)->data) {
    case DATA_NONE:
        return cap;
    case DATA_BADGE:
        if (preserve || cap.data != 0) {
            return cap_null();
        }
        cap.data = data;
        return cap;
    case DATA_GUARD:
        return cnode_set_guard(k, cap, data);
    case DATA_DEVICE:
        return io_space_of_device(preserve, data, cap);
    }
    return cap;
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
    enum status status = STATUS_OK;
    *out = cap_null();
    switch (type_of(&cap)->copy) {
    case COPY_PLAIN:
        *out = cap;
        break;
    case COPY_NEVER:
        break;
    case COPY_MAPPED:
        return derive_mapped(k, cap, out);
    case COPY_CHILDLESS:
        status = slot_ensure_no_children(k, slot);
        if (status == STATUS_OK) {
            *out = cap;
        }
        break;
    case COPY_FRAME:
        cap.flags &= (uint8_t) ~(CAP_FLAG_GUEST | CAP_FLAG_DMA);
        cap.asid = 0;
        cap.data = 0;
        *out = cap;
        break;
    case COPY_REPLY:
        if (k->profile->mcs) {
            *out = cap;
        }
        break;
    }
    return status;
}
