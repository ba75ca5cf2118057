/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Arm: streams of devices and the context banks that translate their addresses. Error order: src/arch/arm/object/smmu.c
 * of seL4. What is bound is a capability in a slot of the kernel's own.
 */
#include "kernel.h"

/* Issues the capability for a number, once, from a control capability. */
static enum status issue(struct kernel *k, struct invocation *inv, enum cap_type type, bool *taken, uint64_t count)
{
    if (inv->length < 3 || !k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    uint64_t number = invocation_argument(k, inv, 0);
    if (number >= count) {
        return fail_range(k, 0, count - 1);
    }
    if (taken[number]) {
        return fail(k, CAPDL_ERROR_REVOKE_FIRST);
    }
    struct slot *dest;
    enum status status =
        lookup_empty(k, &k->extra[0]->cap, invocation_argument(k, inv, 1), invocation_argument(k, inv, 2), &dest);
    if (status != STATUS_OK) {
        return status;
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    taken[number] = true;
    slot_insert(k, (struct cap){.type = (uint8_t)type, .paddr = number}, inv->slot, dest);
    return STATUS_OK;
}

static bool bank_has_space(const struct kernel *k, const struct cap *bank)
{
    return k->banks[bank->paddr].space.cap.type == CAP_VSPACE;
}

static enum status bind_bank(struct kernel *k, struct invocation *inv)
{
    if (!k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    const struct cap *bank = &k->extra[0]->cap;
    if (bank->type != CAP_CONTEXT_BANK || !bank_has_space(k, bank)) {
        return fail_capability(k, 1);
    }
    struct slot *dest = &k->streams[inv->cap.paddr].bank;
    enum status status = slot_ensure_empty(k, dest);
    if (status != STATUS_OK) {
        return status;
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    slot_insert(k, *bank, k->extra[0], dest);
    return STATUS_OK;
}

static enum status assign_space(struct kernel *k, struct invocation *inv)
{
    if (!k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    const struct cap *space = &k->extra[0]->cap;
    if (space->type != CAP_VSPACE || !(space->flags & CAP_FLAG_MAPPED)) {
        return fail_capability(k, 1);
    }
    struct slot *dest = &k->banks[inv->cap.paddr].space;
    enum status status = slot_ensure_empty(k, dest);
    if (status != STATUS_OK) {
        return status;
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    slot_insert(k, *space, k->extra[0], dest);
    return STATUS_OK;
}

/* The SMMU of this machine has no faults and no TLB. */
static enum status nothing(struct kernel *k)
{
    thread_set_state(k, k->current, THREAD_RESTART);
    return STATUS_OK;
}

static enum status no_fault(struct kernel *k, const struct invocation *inv, unsigned num_words)
{
    static const uint64_t words[3];
    if (inv->call) {
        reply_words(k, k->current, words, num_words);
    }
    thread_set_state(k, k->current, THREAD_RUNNING);
    return STATUS_OK;
}

static enum status undo(struct kernel *k, struct slot *slot)
{
    if (slot->cap.type == CAP_NULL) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    slot_delete(k, slot);
    thread_set_state(k, k->current, THREAD_RESTART);
    return STATUS_OK;
}

static enum status stream_control_decode(struct kernel *k, struct invocation *inv)
{
    switch (inv->method) {
    case CAPDL_METHOD_SID_CONTROL_GET_SID:
        return issue(k, inv, CAP_STREAM, k->stream_taken, NUM_STREAMS);
    case CAPDL_METHOD_SID_CONTROL_GET_FAULT:
        return no_fault(k, inv, 3);
    case CAPDL_METHOD_SID_CONTROL_CLEAR_FAULT:
        return nothing(k);
    default:
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
}

static enum status stream_decode(struct kernel *k, struct invocation *inv)
{
    switch (inv->method) {
    case CAPDL_METHOD_SID_BIND_CB:
        return bind_bank(k, inv);
    case CAPDL_METHOD_SID_UNBIND_CB:
        return undo(k, &k->streams[inv->cap.paddr].bank);
    default:
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
}

static enum status bank_control_decode(struct kernel *k, struct invocation *inv)
{
    switch (inv->method) {
    case CAPDL_METHOD_CB_CONTROL_GET_CB:
        return issue(k, inv, CAP_CONTEXT_BANK, k->bank_taken, NUM_BANKS);
    case CAPDL_METHOD_CB_CONTROL_TLB_INVALIDATE_ALL:
        return nothing(k);
    default:
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
}

static enum status bank_decode(struct kernel *k, struct invocation *inv)
{
    switch (inv->method) {
    case CAPDL_METHOD_CB_ASSIGN_VSPACE:
        return assign_space(k, inv);
    case CAPDL_METHOD_CB_UNASSIGN_VSPACE:
        return undo(k, &k->banks[inv->cap.paddr].space);
    case CAPDL_METHOD_CB_TLB_INVALIDATE:
        return bank_has_space(k, &inv->cap) ? nothing(k) : fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    case CAPDL_METHOD_CB_GET_FAULT:
        return no_fault(k, inv, 2);
    case CAPDL_METHOD_CB_CLEAR_FAULT:
        return nothing(k);
    default:
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
}

enum status smmu_decode(struct kernel *k, struct invocation *inv)
{
    switch ((enum cap_type)inv->cap.type) {
    case CAP_STREAM_CONTROL:
        return stream_control_decode(k, inv);
    case CAP_STREAM:
        return stream_decode(k, inv);
    case CAP_BANK_CONTROL:
        return bank_control_decode(k, inv);
    case CAP_CONTEXT_BANK:
        return bank_decode(k, inv);
    default:
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
}

void stream_delete(struct kernel *k, uint64_t stream)
{
    slot_delete_one(k, &k->streams[stream].bank);
    k->stream_taken[stream] = false;
}

void context_bank_delete(struct kernel *k, uint64_t bank)
{
    slot_delete_one(k, &k->banks[bank].space);
    k->bank_taken[bank] = false;
}
