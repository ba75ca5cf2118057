/* SPDX-License-Identifier: BSD-2-Clause */
/* Capability addresses: guards, radixes, depths. */
#include "kernel.h"

static uint64_t low_bits(unsigned n)
{
    return n >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1;
}

static enum status lookup_fail(struct kernel *k, struct lookup_fault fault)
{
    k->lookup_fault = fault;
    return STATUS_FAULT;
}

/* Resolves one CNode; *bits is what is left of the address. */
static enum status resolve_level(struct kernel *k, const struct cap *cap, uint64_t cptr, unsigned *bits,
                                 struct slot **out)
{
    unsigned guard_bits = cap->guard_bits, level_bits = guard_bits + cap->bits;
    uint64_t guard = cptr >> ((*bits - guard_bits) & 63) & low_bits(guard_bits);
    if (guard_bits > *bits || guard != cap->data) {
        return lookup_fail(k, (struct lookup_fault){.kind = LOOKUP_GUARD_MISMATCH,
                                                    .guard_found = cap->data,
                                                    .bits_left = *bits,
                                                    .bits_found = guard_bits});
    }
    if (level_bits > *bits) {
        return lookup_fail(
            k, (struct lookup_fault){.kind = LOOKUP_DEPTH_MISMATCH, .bits_found = level_bits, .bits_left = *bits});
    }
    *bits -= level_bits;
    k->found.cnode = cap->object;
    k->found.index = cptr >> *bits & low_bits(cap->bits);
    *out = &((struct cnode *)cap->object)->slots[k->found.index];
    return STATUS_OK;
}

static enum status resolve(struct kernel *k, const struct cap *root, uint64_t cptr, unsigned *bits, struct slot **out)
{
    const struct cap *cap = root;
    *out = NULL;
    if (cap->type != CAP_CNODE) {
        return lookup_fail(k, (struct lookup_fault){.kind = LOOKUP_INVALID_ROOT});
    }
    do {
        enum status status = resolve_level(k, cap, cptr, bits, out);
        if (status != STATUS_OK) {
            return status;
        }
        cap = &(*out)->cap;
    } while (*bits && cap->type == CAP_CNODE);
    return STATUS_OK;
}

/* An address used for an invocation: bits after the capability found are ignored. */
enum status lookup_slot(struct kernel *k, const struct tcb *thread, uint64_t cptr, struct slot **out)
{
    unsigned bits = k->facts->word_bits;
    return resolve(k, &thread->slots[TCB_CTABLE].cap, cptr, &bits, out);
}

/* An address given to an operation on slots: it must end exactly at a slot. */
static enum status lookup_exact(struct kernel *k, bool source, const struct cap *root, uint64_t index, uint64_t depth,
                                struct slot **out)
{
    *out = NULL;
    if (root->type != CAP_CNODE) {
        k->lookup_fault = (struct lookup_fault){.kind = LOOKUP_INVALID_ROOT};
        return fail_lookup(k, source);
    }
    if (depth < 1 || depth > k->facts->word_bits) {
        return fail_range(k, 1, k->facts->word_bits);
    }
    unsigned bits = (unsigned)depth;
    if (resolve(k, root, index, &bits, out) != STATUS_OK) {
        return fail_lookup(k, source);
    }
    if (bits != 0) {
        k->lookup_fault = (struct lookup_fault){.kind = LOOKUP_DEPTH_MISMATCH, .bits_found = 0, .bits_left = bits};
        return fail_lookup(k, source);
    }
    return STATUS_OK;
}

enum status lookup_target(struct kernel *k, const struct cap *root, uint64_t index, uint64_t depth, struct slot **out)
{
    return lookup_exact(k, false, root, index, depth, out);
}

enum status lookup_empty(struct kernel *k, const struct cap *root, uint64_t index, uint64_t depth, struct slot **out)
{
    enum status status = lookup_target(k, root, index, depth, out);
    return status == STATUS_OK ? slot_ensure_empty(k, *out) : status;
}

enum status lookup_source(struct kernel *k, const struct cap *root, uint64_t index, uint64_t depth, struct slot **out)
{
    return lookup_exact(k, true, root, index, depth, out);
}
