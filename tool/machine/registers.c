/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading, writing and copying a thread's registers. */
#include "kernel.h"

enum { FLAG_SUSPEND_SOURCE = 1, FLAG_RESUME_TARGET = 2, FLAG_FRAME = 4, FLAG_INTEGER = 8 };

void tcb_set_register(struct kernel *k, struct tcb *thread, uint8_t reg, uint64_t value)
{
    thread->regs[reg] = k->registers->sanitise(thread, reg, value);
}

/* The i-th register of a UserContext. */
static uint8_t context_register(const struct registers *r, uint64_t i)
{
    return i < r->num_frame ? r->frame[i] : r->gp[i - r->num_frame];
}

static void set_next_pc(struct kernel *k, struct tcb *thread)
{
    thread->regs[k->registers->next_ip] = thread->regs[k->registers->fault_ip];
}

static enum status decode_write(struct kernel *k, struct invocation *inv)
{
    if (inv->length < 2) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    uint64_t flags = invocation_argument(k, inv, 0), count = invocation_argument(k, inv, 1);
    if (inv->length - 2 < count) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    struct tcb *thread = inv->cap.object;
    if (thread == k->current) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    const struct registers *r = k->registers;
    for (unsigned i = 0; i < count && i < r->num_frame + r->num_gp; i++) {
        tcb_set_register(k, thread, context_register(r, i), invocation_argument(k, inv, i + 2));
    }
    set_next_pc(k, thread);
    if (r->modified) {
        r->modified(thread->regs);
    }
    if (flags & 1) {
        thread_restart(k, thread);
    }
    return STATUS_OK;
}

static void reply_registers(struct kernel *k, const struct tcb *source, uint64_t count)
{
    uint64_t values[MAX_REGISTERS];
    for (uint64_t i = 0; i < count; i++) {
        values[i] = source->regs[context_register(k->registers, i)];
    }
    reply_words(k, k->current, values, (unsigned)count);
}

static enum status decode_read(struct kernel *k, struct invocation *inv)
{
    if (inv->length < 2) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    uint64_t flags = invocation_argument(k, inv, 0), count = invocation_argument(k, inv, 1);
    unsigned most = k->registers->num_frame + k->registers->num_gp;
    if (count < 1 || count > most) {
        return fail_range(k, 1, most);
    }
    struct tcb *thread = inv->cap.object;
    if (thread == k->current) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    if (flags & 1) {
        thread_suspend(k, thread);
    }
    if (inv->call) {
        reply_registers(k, thread, count);
    }
    thread_set_state(k, k->current, THREAD_RUNNING);
    return STATUS_OK;
}

static enum status decode_copy(struct kernel *k, struct invocation *inv)
{
    if (inv->length < 1 || !k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    uint64_t flags = invocation_argument(k, inv, 0);
    if (k->extra[0]->cap.type != CAP_THREAD) {
        return fail_capability(k, 1);
    }
    struct tcb *source = k->extra[0]->cap.object, *dest = inv->cap.object;
    const struct registers *r = k->registers;
    thread_set_state(k, k->current, THREAD_RESTART);
    if (flags & FLAG_SUSPEND_SOURCE) {
        thread_suspend(k, source);
    }
    if (flags & FLAG_RESUME_TARGET) {
        thread_restart(k, dest);
    }
    for (unsigned i = 0; flags & FLAG_FRAME && i < r->num_frame; i++) {
        dest->regs[r->frame[i]] = source->regs[r->frame[i]];
    }
    if (flags & FLAG_FRAME) {
        set_next_pc(k, dest);
    }
    for (unsigned i = 0; flags & FLAG_INTEGER && i < r->num_gp; i++) {
        dest->regs[r->gp[i]] = source->regs[r->gp[i]];
    }
    if (dest == k->current) {
        sched_reschedule(k);
    } else if (r->modified) {
        r->modified(dest->regs);
    }
    return STATUS_OK;
}

enum status tcb_decode_registers(struct kernel *k, struct invocation *inv)
{
    switch (inv->method) {
    case CAPDL_METHOD_TCB_WRITE_REGISTERS:
        return decode_write(k, inv);
    case CAPDL_METHOD_TCB_READ_REGISTERS:
        return decode_read(k, inv);
    default:
        return decode_copy(k, inv);
    }
}
