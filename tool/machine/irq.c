/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts and I/O ports: who may have them. Follows src/object/interrupt.c and src/arch/x86/object/ioport.c of seL4.
 */
#include "kernel.h"

enum status irq_issue(struct kernel *k, struct invocation *inv, uint64_t irq, uint64_t index, uint64_t depth)
{
    if (irq >= MAX_IRQS) {
        return fail_range(k, 0, MAX_IRQS - 1);
    }
    if (k->irq_state[irq] != IRQ_INACTIVE) {
        return fail(k, CAPDL_ERROR_REVOKE_FIRST);
    }
    struct slot *dest;
    enum status status = lookup_empty(k, &k->extra[0]->cap, index, depth, &dest);
    if (status != STATUS_OK) {
        return status;
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    k->irq_state[irq] = IRQ_SIGNAL;
    k->irq_masked[irq] = false;
    k->irq_issues[irq].method = inv->method;
    for (unsigned i = 0; i < sizeof(k->irq_issues[irq].words) / sizeof(k->irq_issues[irq].words[0]); i++) {
        k->irq_issues[irq].words[i] = i < inv->length ? invocation_argument(k, inv, i) : 0;
    }
    slot_insert(k, (struct cap){.type = CAP_IRQ_HANDLER, .paddr = irq}, inv->slot, dest);
    return STATUS_OK;
}

enum status irq_control_decode(struct kernel *k, struct invocation *inv)
{
    if (inv->method != CAPDL_METHOD_IRQ_CONTROL_GET) {
        return k->arch->decode_irq_control(k, inv);
    }
    if (inv->length < 3 || !k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    uint64_t irq = invocation_argument(k, inv, 0);
    enum status status = k->arch->check_irq(k, irq);
    if (status != STATUS_OK) {
        return status;
    }
    return irq_issue(k, inv, irq, invocation_argument(k, inv, 1), invocation_argument(k, inv, 2));
}

static enum status decode_set_notification(struct kernel *k, struct slot *irq_slot)
{
    struct slot *source = k->extra[0];
    if (!source) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    struct cap cap = source->cap;
    if (cap.type != CAP_NOTIFICATION || !(cap.rights & CAPDL_RIGHT_WRITE)) {
        return fail_capability(k, 0);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    slot_delete_one(k, irq_slot);
    slot_insert(k, cap, source, irq_slot);
    return STATUS_OK;
}

enum status irq_handler_decode(struct kernel *k, struct invocation *inv)
{
    uint64_t irq = inv->cap.paddr;
    switch (inv->method) {
    case CAPDL_METHOD_IRQ_HANDLER_ACK:
        thread_set_state(k, k->current, THREAD_RESTART);
        k->irq_masked[irq] = false;
        return STATUS_OK;
    case CAPDL_METHOD_IRQ_HANDLER_SET_NOTIFICATION:
        return decode_set_notification(k, &k->irq_slots[irq]);
    case CAPDL_METHOD_IRQ_HANDLER_CLEAR:
        thread_set_state(k, k->current, THREAD_RESTART);
        slot_delete_one(k, &k->irq_slots[irq]);
        return STATUS_OK;
    default:
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
}

void irq_deliver(struct kernel *k, uint32_t irq)
{
    if (irq >= MAX_IRQS || k->irq_state[irq] != IRQ_SIGNAL || k->irq_masked[irq]) {
        return;
    }
    const struct cap *cap = &k->irq_slots[irq].cap;
    if (cap->type == CAP_NOTIFICATION && cap->rights & CAPDL_RIGHT_WRITE) {
        notification_send(k, cap->object, cap->data);
    }
    k->irq_masked[irq] = true;
}

void io_ports_set(struct kernel *k, uint32_t first, uint32_t last, bool used)
{
    for (uint32_t port = first; port <= last; port++) {
        if (used) {
            k->io_ports[port / 64] |= UINT64_C(1) << port % 64;
        } else {
            k->io_ports[port / 64] &= ~(UINT64_C(1) << port % 64);
        }
    }
}

static bool io_ports_free(const struct kernel *k, uint32_t first, uint32_t last)
{
    for (uint32_t port = first; port <= last; port++) {
        if (k->io_ports[port / 64] >> port % 64 & 1) {
            return false;
        }
    }
    return true;
}

enum status io_port_control_decode(struct kernel *k, struct invocation *inv)
{
    if (inv->method != CAPDL_METHOD_IO_PORT_CONTROL_ISSUE) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    if (inv->length < 4 || !k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    uint32_t first = invocation_argument(k, inv, 0) & 0xffff, last = invocation_argument(k, inv, 1) & 0xffff;
    if (last < first) {
        return fail_argument(k, 1);
    }
    if (!io_ports_free(k, first, last)) {
        return fail(k, CAPDL_ERROR_REVOKE_FIRST);
    }
    struct slot *dest;
    enum status status =
        lookup_empty(k, &k->extra[0]->cap, invocation_argument(k, inv, 2), invocation_argument(k, inv, 3), &dest);
    if (status != STATUS_OK) {
        return status;
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    io_ports_set(k, first, last, true);
    slot_insert(k, (struct cap){.type = CAP_IO_PORT, .paddr = first, .data = last}, inv->slot, dest);
    return STATUS_OK;
}

/* The six accesses have the labels after Issue: In8, In16, In32, Out8, Out16, Out32. There is no device: reads give
 * ones. */
enum status io_port_decode(struct kernel *k, struct invocation *inv)
{
    uint64_t issue = k->profile->labels[CAPDL_METHOD_IO_PORT_CONTROL_ISSUE];
    if (inv->label <= issue || inv->label > issue + 6) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    unsigned access = (unsigned)(inv->label - issue - 1);
    bool out = access >= 3;
    if (inv->length < (out ? 2u : 1u)) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    uint64_t port = invocation_argument(k, inv, 0) & 0xffff, end = port + (UINT64_C(1) << access % 3) - 1;
    if (port < inv->cap.paddr || end > inv->cap.data) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    if (out) {
        return STATUS_OK;
    }
    if (inv->call) {
        reply_word(k, k->current, UINT64_C(0xffffffff) >> (32 - (8u << access)));
    }
    thread_set_state(k, k->current, THREAD_RUNNING);
    return STATUS_OK;
}
