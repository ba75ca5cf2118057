/* SPDX-License-Identifier: BSD-2-Clause */
/* Invocations of thread control blocks, except those on registers. Error order: src/object/tcb.c of seL4. */
#include "kernel.h"

#include <capdl/flags.h>

static uint64_t arg(const struct kernel *k, const struct invocation *inv, unsigned i)
{
    return invocation_argument(k, inv, i);
}

static enum status check_priority(struct kernel *k, uint64_t priority, const struct tcb *authority)
{
    return priority > authority->mcp ? fail_range(k, 0, authority->mcp) : STATUS_OK;
}

bool fault_handler_is_valid(const struct cap *cap)
{
    if (cap->type == CAP_NULL) {
        return true;
    }
    return cap->type == CAP_ENDPOINT && cap->rights & CAPDL_RIGHT_WRITE &&
           cap->rights & (CAPDL_RIGHT_GRANT | CAPDL_RIGHT_GRANT_REPLY);
}

static enum status tcb_check_ipc_buffer(struct kernel *k, uint64_t vaddr, const struct cap *cap)
{
    if (cap->type != CAP_FRAME || cap->flags & CAP_FLAG_DEVICE) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    if (vaddr & ((1u << k->facts->ipc_buffer_bits) - 1)) {
        return fail(k, CAPDL_ERROR_ALIGNMENT_ERROR);
    }
    return STATUS_OK;
}

/* Capabilities to be put into a TCB, each with the slot it comes from. */
struct spaces {
    struct cap cspace, vspace, buffer;
    struct slot *cspace_slot, *vspace_slot, *buffer_slot;
    uint64_t buffer_address;
};

static enum status check_buffer(struct kernel *k, struct spaces *s, struct slot *slot, uint64_t address)
{
    s->buffer_address = address;
    if (address == 0) {
        return STATUS_OK;
    }
    s->buffer_slot = slot;
    enum status status = cap_derive(k, slot, slot->cap, &s->buffer);
    return status == STATUS_OK ? tcb_check_ipc_buffer(k, address, &s->buffer) : status;
}

static enum status derive_root(struct kernel *k, struct slot *slot, uint64_t data, struct cap *out)
{
    struct cap cap = data ? cap_update_data(k, false, data, slot->cap) : slot->cap;
    return cap_derive(k, slot, cap, out);
}

static enum status check_spaces(struct kernel *k, struct spaces *s, const struct tcb *thread, uint64_t cdata,
                                uint64_t vdata)
{
    if (slot_is_long_running_delete(k, &thread->slots[TCB_CTABLE]) ||
        slot_is_long_running_delete(k, &thread->slots[TCB_VTABLE])) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    enum status status = derive_root(k, s->cspace_slot, cdata, &s->cspace);
    if (status != STATUS_OK) {
        return status;
    }
    if (s->cspace.type != CAP_CNODE) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    status = derive_root(k, s->vspace_slot, vdata, &s->vspace);
    if (status != STATUS_OK) {
        return status;
    }
    return vspace_is_root(k, &s->vspace) ? STATUS_OK : fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
}

/* Deleting what was in the slot may have deleted the source or the TCB's own capability: then nothing is installed. */
static void install(struct kernel *k, struct invocation *inv, enum tcb_slot index, struct cap cap, struct slot *source)
{
    struct tcb *thread = inv->cap.object;
    slot_delete(k, &thread->slots[index]);
    if (cap.type != CAP_NULL && source && cap_same_object(k, &cap, &source->cap) &&
        cap_same_object(k, &inv->cap, &inv->slot->cap)) {
        slot_insert(k, cap, source, &thread->slots[index]);
    }
}

static void install_spaces(struct kernel *k, struct invocation *inv, const struct spaces *s)
{
    install(k, inv, TCB_CTABLE, s->cspace, s->cspace_slot);
    install(k, inv, TCB_VTABLE, s->vspace, s->vspace_slot);
}

static void install_buffer(struct kernel *k, struct invocation *inv, const struct spaces *s)
{
    struct tcb *thread = inv->cap.object;
    slot_delete(k, &thread->slots[TCB_BUFFER]);
    thread->ipc_buffer = s->buffer_address;
    if (s->buffer_slot && cap_same_object(k, &s->buffer, &s->buffer_slot->cap) &&
        cap_same_object(k, &inv->cap, &inv->slot->cap)) {
        slot_insert(k, s->buffer, s->buffer_slot, &thread->slots[TCB_BUFFER]);
    }
    if (thread == k->current) {
        sched_reschedule(k);
    }
}

static enum status decode_configure(struct kernel *k, struct invocation *inv)
{
    struct tcb *thread = inv->cap.object;
    unsigned first = k->profile->mcs ? 0 : 1; /* else a fault handler's address comes first */
    if (inv->length < first + 3 || !k->extra[0] || !k->extra[1] || !k->extra[2]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    uint64_t handler = arg(k, inv, 0);
    struct spaces s = {.cspace_slot = k->extra[0], .vspace_slot = k->extra[1]};
    enum status status = check_buffer(k, &s, k->extra[2], arg(k, inv, first + 2));
    if (status == STATUS_OK) {
        status = check_spaces(k, &s, thread, arg(k, inv, first), arg(k, inv, first + 1));
    }
    if (status != STATUS_OK) {
        return status;
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    if (!k->profile->mcs) {
        thread->fault_handler = handler;
    }
    install_spaces(k, inv, &s);
    install_buffer(k, inv, &s);
    return STATUS_OK;
}

static enum status decode_set_space(struct kernel *k, struct invocation *inv)
{
    struct tcb *thread = inv->cap.object;
    bool mcs = k->profile->mcs;
    unsigned first = mcs ? 0 : 1;
    if (inv->length < first + 2 || !k->extra[0] || !k->extra[1] || (mcs && !k->extra[2])) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    uint64_t handler_address = arg(k, inv, 0);
    struct slot *handler = mcs ? k->extra[0] : NULL;
    struct spaces s = {.cspace_slot = k->extra[mcs], .vspace_slot = k->extra[mcs + 1]};
    enum status status = check_spaces(k, &s, thread, arg(k, inv, first), arg(k, inv, first + 1));
    if (status != STATUS_OK) {
        return status;
    }
    if (handler && !fault_handler_is_valid(&handler->cap)) {
        return fail_capability(k, 1);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    if (handler) {
        install(k, inv, TCB_FAULT_HANDLER, handler->cap, handler);
    } else {
        thread->fault_handler = handler_address;
    }
    install_spaces(k, inv, &s);
    return STATUS_OK;
}

static enum status decode_set_ipc_buffer(struct kernel *k, struct invocation *inv)
{
    if (inv->length < 1 || !k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    struct spaces s = {0};
    enum status status = check_buffer(k, &s, k->extra[0], arg(k, inv, 0));
    if (status != STATUS_OK) {
        return status;
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    install_buffer(k, inv, &s);
    return STATUS_OK;
}

static enum status find_authority(struct kernel *k, const struct tcb **out)
{
    if (k->extra[0]->cap.type != CAP_THREAD) {
        return fail_capability(k, 1);
    }
    *out = k->extra[0]->cap.object;
    return STATUS_OK;
}

static enum status decode_set_one_priority(struct kernel *k, struct invocation *inv)
{
    if (inv->length < 1 || !k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    struct tcb *thread = inv->cap.object;
    const struct tcb *authority = NULL;
    uint64_t priority = arg(k, inv, 0);
    enum status status = find_authority(k, &authority);
    if (status == STATUS_OK) {
        status = check_priority(k, priority, authority);
    }
    if (status != STATUS_OK) {
        return status;
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    if (inv->method == CAPDL_METHOD_TCB_SET_MC_PRIORITY) {
        thread->mcp = (uint8_t)priority;
    } else {
        thread_set_priority(k, thread, (uint8_t)priority);
    }
    return STATUS_OK;
}

static enum status check_sched_context(struct kernel *k, struct tcb *thread, const struct cap *cap,
                                       struct sched_context **out)
{
    *out = NULL;
    if (cap->type == CAP_NULL) {
        return thread == k->current ? fail(k, CAPDL_ERROR_ILLEGAL_OPERATION) : STATUS_OK;
    }
    if (cap->type != CAP_SCHED_CONTEXT) {
        return fail_capability(k, 2);
    }
    struct sched_context *sc = cap->object;
    bool other = thread->sc != sc || k->version < 14; /* which refused even the thread's own */
    if (other && (thread->sc || sc->tcb)) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    if (thread_is_blocked(thread) && !(sc_is_active(sc) && refill_ready(k, sc))) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    *out = sc;
    return STATUS_OK;
}

static void set_sched_context(struct kernel *k, struct tcb *thread, struct sched_context *sc)
{
    if (thread->sc == sc) {
        return;
    }
    if (sc) {
        sc_bind_thread(k, sc, thread);
    } else {
        sc_unbind_thread(k, thread->sc);
    }
}

static enum status decode_set_sched_params(struct kernel *k, struct invocation *inv)
{
    bool mcs = k->profile->mcs;
    if (inv->length < 2 || !k->extra[0] || (mcs && (!k->extra[1] || !k->extra[2]))) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    struct tcb *thread = inv->cap.object;
    const struct tcb *authority = NULL;
    uint64_t mcp = arg(k, inv, 0), priority = arg(k, inv, 1);
    enum status status = find_authority(k, &authority);
    if (status == STATUS_OK) {
        status = check_priority(k, mcp, authority);
    }
    if (status == STATUS_OK) {
        status = check_priority(k, priority, authority);
    }
    struct sched_context *sc = NULL;
    if (status == STATUS_OK && mcs) {
        status = check_sched_context(k, thread, &k->extra[1]->cap, &sc);
    }
    if (status == STATUS_OK && mcs && !fault_handler_is_valid(&k->extra[2]->cap)) {
        status = fail_capability(k, 3);
    }
    if (status != STATUS_OK) {
        return status;
    }
    bool changes = mcs && thread->sc != sc;
    thread_set_state(k, k->current, THREAD_RESTART);
    if (mcs) {
        install(k, inv, TCB_FAULT_HANDLER, k->extra[2]->cap, k->extra[2]);
    }
    thread->mcp = (uint8_t)mcp;
    thread_set_priority(k, thread, (uint8_t)priority);
    if (changes) {
        set_sched_context(k, thread, sc);
    }
    return STATUS_OK;
}

static enum status decode_set_timeout_endpoint(struct kernel *k, struct invocation *inv)
{
    if (!k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    if (!fault_handler_is_valid(&k->extra[0]->cap)) {
        return fail_capability(k, 1);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    install(k, inv, TCB_TIMEOUT_HANDLER, k->extra[0]->cap, k->extra[0]);
    return STATUS_OK;
}

static enum status decode_bind_notification(struct kernel *k, struct invocation *inv)
{
    if (!k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    struct tcb *thread = inv->cap.object;
    const struct cap *cap = &k->extra[0]->cap;
    if (thread->notification || cap->type != CAP_NOTIFICATION || !(cap->rights & CAPDL_RIGHT_READ)) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    struct notification *notification = cap->object;
    if (notification->queue.head || notification->bound) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    notification->bound = thread;
    thread->notification = notification;
    return STATUS_OK;
}

static enum status decode_unbind_notification(struct kernel *k, struct invocation *inv)
{
    struct tcb *thread = inv->cap.object;
    if (!thread->notification) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    notification_unbind(thread->notification);
    return STATUS_OK;
}

static enum status decode_set_affinity(struct kernel *k, struct invocation *inv)
{
    if (!k->profile->smp || k->profile->mcs) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    if (inv->length < 1) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    uint64_t affinity = arg(k, inv, 0);
    if (affinity >= k->profile->max_nodes) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    ((struct tcb *)inv->cap.object)->affinity = (uint32_t)affinity;
    return STATUS_OK;
}

static enum status decode_set_tls_base(struct kernel *k, struct invocation *inv)
{
    if (inv->length < 1) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    struct tcb *thread = inv->cap.object;
    uint64_t base = arg(k, inv, 0);
    thread_set_state(k, k->current, THREAD_RESTART);
    thread->regs[k->registers->tls_base] = base;
    if (thread == k->current) {
        sched_reschedule(k);
    }
    return STATUS_OK;
}

static enum status decode_set_flags(struct kernel *k, struct invocation *inv)
{
    if (inv->length < 2) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    struct tcb *thread = inv->cap.object;
    uint64_t clear = arg(k, inv, 0), set = arg(k, inv, 1);
    thread_set_state(k, k->current, THREAD_RESTART);
    thread->flags = (thread->flags & ~clear) | (set & (k->profile->fpu ? CAPDL_TCB_FLAG_FPU_DISABLED : 0));
    if (inv->call) {
        reply_word(k, k->current, thread->flags);
    }
    thread_set_state(k, k->current, THREAD_RUNNING);
    return STATUS_OK;
}

/* The root of a guest's memory. */
static enum status decode_set_ept_root(struct kernel *k, struct invocation *inv)
{
    if (!k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    struct cap root = k->extra[0]->cap;
    if (root.type != CAP_EPT_PML4) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    enum status status = cap_derive(k, k->extra[0], root, &root);
    if (status != STATUS_OK) {
        return status;
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    struct tcb *thread = inv->cap.object;
    slot_delete(k, &thread->slots[TCB_EPT_ROOT]);
    slot_insert(k, root, k->extra[0], &thread->slots[TCB_EPT_ROOT]);
    return STATUS_OK;
}

static enum status decode_run(struct kernel *k, struct invocation *inv)
{
    thread_set_state(k, k->current, THREAD_RESTART);
    if (inv->method == CAPDL_METHOD_TCB_SUSPEND) {
        thread_suspend(k, inv->cap.object);
    } else {
        thread_restart(k, inv->cap.object);
    }
    return STATUS_OK;
}

enum status tcb_decode(struct kernel *k, struct invocation *inv)
{
    switch (inv->method) {
    case CAPDL_METHOD_TCB_READ_REGISTERS:
    case CAPDL_METHOD_TCB_WRITE_REGISTERS:
    case CAPDL_METHOD_TCB_COPY_REGISTERS:
        return tcb_decode_registers(k, inv);
    case CAPDL_METHOD_TCB_SUSPEND:
    case CAPDL_METHOD_TCB_RESUME:
        return decode_run(k, inv);
    case CAPDL_METHOD_TCB_CONFIGURE:
        return decode_configure(k, inv);
    case CAPDL_METHOD_TCB_SET_PRIORITY:
    case CAPDL_METHOD_TCB_SET_MC_PRIORITY:
        return decode_set_one_priority(k, inv);
    case CAPDL_METHOD_TCB_SET_SCHED_PARAMS:
        return decode_set_sched_params(k, inv);
    case CAPDL_METHOD_TCB_SET_IPC_BUFFER:
        return decode_set_ipc_buffer(k, inv);
    case CAPDL_METHOD_TCB_SET_SPACE:
        return decode_set_space(k, inv);
    case CAPDL_METHOD_TCB_BIND_NOTIFICATION:
        return decode_bind_notification(k, inv);
    case CAPDL_METHOD_TCB_UNBIND_NOTIFICATION:
        return decode_unbind_notification(k, inv);
    case CAPDL_METHOD_TCB_SET_TIMEOUT_ENDPOINT:
        return decode_set_timeout_endpoint(k, inv);
    case CAPDL_METHOD_TCB_SET_AFFINITY:
        return decode_set_affinity(k, inv);
    case CAPDL_METHOD_TCB_SET_TLS_BASE:
        return decode_set_tls_base(k, inv);
    case CAPDL_METHOD_TCB_SET_FLAGS:
        return decode_set_flags(k, inv);
    case CAPDL_METHOD_TCB_SET_EPT_ROOT:
        return decode_set_ept_root(k, inv);
    default:
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
}
