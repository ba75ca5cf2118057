/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations on CNodes. */
#include "kernel.h"

static uint64_t arg(const struct kernel *k, const struct invocation *inv, unsigned i)
{
    return invocation_argument(k, inv, i);
}

/* The capability to be put into the destination: status, or *out (null: it would be invalid). */
static enum status copied_cap(struct kernel *k, struct invocation *inv, struct slot *source, struct cap *out)
{
    struct cap cap = source->cap;
    switch (inv->method) {
    case CAPDL_METHOD_CNODE_COPY:
        if (inv->length < 5) {
            return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
        }
        return cap_derive(k, source, cap_mask_rights(cap, rights_argument(arg(k, inv, 4))), out);
    case CAPDL_METHOD_CNODE_MINT:
        if (inv->length < 6) {
            return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
        }
        cap = cap_mask_rights(cap, rights_argument(arg(k, inv, 4)));
        return cap_derive(k, source, cap_update_data(k, false, arg(k, inv, 5), cap), out);
    case CAPDL_METHOD_CNODE_MUTATE:
        if (inv->length < 5) {
            return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
        }
        *out = cap_update_data(k, true, arg(k, inv, 4), cap);
        return STATUS_OK;
    default:
        *out = cap;
        return STATUS_OK;
    }
}

static enum status decode_copy(struct kernel *k, struct invocation *inv, struct slot *dest)
{
    if (inv->length < 4 || !k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    uint64_t depth = arg(k, inv, 3);
    enum status status = slot_ensure_empty(k, dest);
    if (status != STATUS_OK) {
        return status;
    }
    struct slot *source;
    status = lookup_source(k, &k->extra[0]->cap, arg(k, inv, 2), depth, &source);
    if (status != STATUS_OK) {
        return status;
    }
    if (source->cap.type == CAP_NULL) {
        k->lookup_fault = lookup_missing(depth);
        return fail_lookup(k, true);
    }
    struct cap cap;
    status = copied_cap(k, inv, source, &cap);
    if (status != STATUS_OK) {
        return status;
    }
    if (cap.type == CAP_NULL) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    if (inv->method == CAPDL_METHOD_CNODE_MOVE || inv->method == CAPDL_METHOD_CNODE_MUTATE) {
        slot_move(cap, source, dest);
    } else {
        slot_insert(k, cap, source, dest);
    }
    return STATUS_OK;
}

static enum status rotate_check(struct kernel *k, struct slot *source, struct slot *pivot, struct slot *dest,
                                uint64_t source_depth, uint64_t pivot_depth)
{
    if (pivot == source || pivot == dest) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    if (source != dest) {
        enum status status = slot_ensure_empty(k, dest);
        if (status != STATUS_OK) {
            return status;
        }
    }
    if (source->cap.type == CAP_NULL) {
        k->lookup_fault = lookup_missing(source_depth);
        return fail_lookup(k, true);
    }
    if (pivot->cap.type == CAP_NULL) {
        k->lookup_fault = lookup_missing(pivot_depth);
        return fail_lookup(k, false);
    }
    return STATUS_OK;
}

static enum status decode_rotate(struct kernel *k, struct invocation *inv, struct slot *dest)
{
    if (inv->length < 8 || !k->extra[0] || !k->extra[1]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    struct slot *source, *pivot;
    enum status status = lookup_source(k, &k->extra[1]->cap, arg(k, inv, 6), arg(k, inv, 7), &source);
    if (status == STATUS_OK) {
        status = lookup_source(k, &k->extra[0]->cap, arg(k, inv, 3), arg(k, inv, 4), &pivot);
    }
    if (status == STATUS_OK) {
        status = rotate_check(k, source, pivot, dest, arg(k, inv, 7), arg(k, inv, 4));
    }
    if (status != STATUS_OK) {
        return status;
    }
    struct cap source_cap = cap_update_data(k, true, arg(k, inv, 5), source->cap);
    struct cap pivot_cap = cap_update_data(k, true, arg(k, inv, 2), pivot->cap);
    if (source_cap.type == CAP_NULL || pivot_cap.type == CAP_NULL) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    if (source == dest) {
        slot_swap(source_cap, source, pivot_cap, pivot);
    } else {
        slot_move(pivot_cap, pivot, dest);
        slot_move(source_cap, source, pivot);
    }
    return STATUS_OK;
}

static enum status decode_save_caller(struct kernel *k, struct slot *dest)
{
    enum status status = slot_ensure_empty(k, dest);
    if (status != STATUS_OK) {
        return status;
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    struct slot *caller = &k->current->slots[TCB_CALLER];
    if (caller->cap.type == CAP_REPLY && !(caller->cap.flags & CAP_FLAG_MASTER)) {
        slot_move(caller->cap, caller, dest);
    }
    return STATUS_OK;
}

static enum status decode_cancel_badged(struct kernel *k, struct slot *dest)
{
    struct cap cap = dest->cap;
    if (cap.type != CAP_ENDPOINT || cap.rights != CAPDL_RIGHTS_ALL) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    if (cap.data) {
        endpoint_cancel_badged(k, cap.object, cap.data);
    }
    return STATUS_OK;
}

static bool is_cnode_method(const struct kernel *k, enum capdl_method method)
{
    if (method == CAPDL_METHOD_CNODE_SAVE_CALLER) {
        return !k->profile->mcs;
    }
    return method >= CAPDL_METHOD_CNODE_REVOKE && method <= CAPDL_METHOD_CNODE_ROTATE;
}

enum status cnode_decode(struct kernel *k, struct invocation *inv)
{
    if (!is_cnode_method(k, inv->method)) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    if (inv->length < 2) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    struct slot *dest;
    enum status status = lookup_target(k, &inv->cap, arg(k, inv, 0), arg(k, inv, 1), &dest);
    if (status != STATUS_OK) {
        return status;
    }
    switch (inv->method) {
    case CAPDL_METHOD_CNODE_REVOKE:
        thread_set_state(k, k->current, THREAD_RESTART);
        slot_revoke(k, dest);
        return STATUS_OK;
    case CAPDL_METHOD_CNODE_DELETE:
        thread_set_state(k, k->current, THREAD_RESTART);
        slot_delete(k, dest);
        return STATUS_OK;
    case CAPDL_METHOD_CNODE_SAVE_CALLER:
        return decode_save_caller(k, dest);
    case CAPDL_METHOD_CNODE_CANCEL_BADGED_SENDS:
        return decode_cancel_badged(k, dest);
    case CAPDL_METHOD_CNODE_ROTATE:
        return decode_rotate(k, inv, dest);
    default:
        return decode_copy(k, inv, dest);
    }
}
