/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults: who receives them, what the messages say, what an answer does. Follows src/kernel/faulthandler.c,
 * src/api/faults.c. */
#include "kernel.h"

unsigned fault_label(const struct kernel *k, enum fault_kind kind)
{
    static const enum capdl_fault ids[] = {
        [FAULT_CAP] = CAPDL_FAULT_CAP,
        [FAULT_UNKNOWN_SYSCALL] = CAPDL_FAULT_UNKNOWN_SYSCALL,
        [FAULT_USER_EXCEPTION] = CAPDL_FAULT_USER_EXCEPTION,
        [FAULT_TIMEOUT] = CAPDL_FAULT_TIMEOUT,
        [FAULT_VM] = CAPDL_FAULT_VM,
        [FAULT_VCPU] = CAPDL_FAULT_VCPU,
    };
    return kind == FAULT_NONE ? 0 : k->profile->faults[ids[kind]];
}

static void unhandled(struct kernel *k, struct tcb *thread, struct fault fault)
{
    record_met(k, ACT_UNHANDLED, NULL);
    thread->unhandled = fault;
    thread_set_state(k, thread, THREAD_INACTIVE);
}

static void send_fault(struct kernel *k, struct tcb *thread, const struct cap *handler, struct lookup_fault lookup,
                       bool call, bool donate)
{
    struct act *act = k->record.now;
    act->cap = *handler;
    act->badge = handler->data;
    thread->fault = k->fault;
    bool forgotten = k->profile->mcs && k->version < 16; /* how the lookup failed */
    if (k->fault.kind == FAULT_CAP && !forgotten) {
        thread->lookup_fault = lookup;
    }
    endpoint_send(k, thread, handler->object, handler, true, call, donate);
}

/* Not MCS: the handler is an address in the thread's own CSpace. The right to answer is not checked then. */
static void handle_by_address(struct kernel *k, struct tcb *thread)
{
    struct lookup_fault lookup = k->lookup_fault;
    struct fault fault = k->fault;
    struct slot *slot;
    bool found = lookup_slot(k, thread, thread->fault_handler, &slot) == STATUS_OK;
    if (!found || slot->cap.type != CAP_ENDPOINT || !fault_handler_is_valid(&slot->cap)) {
        unhandled(k, thread, fault);
        return;
    }
    struct cap handler = slot->cap;
    handler.rights |= CAPDL_RIGHT_GRANT_REPLY;
    k->fault = fault;
    send_fault(k, thread, &handler, lookup, true, false);
}

void fault_handle(struct kernel *k, struct tcb *thread)
{
    record_fault(k, thread);
    if (!k->profile->mcs) {
        handle_by_address(k, thread);
        return;
    }
    struct cap handler = thread->slots[TCB_FAULT_HANDLER].cap;
    if (handler.type == CAP_ENDPOINT) {
        send_fault(k, thread, &handler, k->lookup_fault, false, thread->sc != NULL);
    } else {
        unhandled(k, thread, k->fault);
    }
}

bool timeout_handler_is_valid(const struct tcb *thread)
{
    return thread->slots[TCB_TIMEOUT_HANDLER].cap.type == CAP_ENDPOINT;
}

void fault_handle_timeout(struct kernel *k, struct tcb *thread)
{
    record_fault(k, thread);
    struct cap handler = thread->slots[TCB_TIMEOUT_HANDLER].cap;
    send_fault(k, thread, &handler, k->lookup_fault, false, false);
}

static unsigned set_registers(struct kernel *k, const struct tcb *sender, struct tcb *receiver, uint8_t *buffer,
                              const uint8_t *list, unsigned count)
{
    for (unsigned i = 0; i < count && (i < k->facts->message_registers || buffer); i++) {
        message_set(k, receiver, buffer, i, sender->regs[list[i]]);
    }
    return count;
}

/* The address at which the thread would go on. */
static uint64_t restart_pc(const struct kernel *k, const struct tcb *thread)
{
    return thread->regs[k->registers->fault_ip];
}

static unsigned set_cap_fault(struct kernel *k, const struct tcb *sender, struct tcb *receiver, uint8_t *buffer)
{
    message_set(k, receiver, buffer, 0, restart_pc(k, sender));
    message_set(k, receiver, buffer, 1, sender->fault.address);
    message_set(k, receiver, buffer, 2, sender->fault.flag);
    return message_set_lookup_fault(k, receiver, buffer, sender->lookup_fault, 3);
}

static unsigned set_vm_fault(struct kernel *k, const struct tcb *sender, struct tcb *receiver, uint8_t *buffer)
{
    message_set(k, receiver, buffer, 0, restart_pc(k, sender));
    message_set(k, receiver, buffer, 1, sender->fault.address);
    message_set(k, receiver, buffer, 2, sender->fault.flag);
    return message_set(k, receiver, buffer, 3, sender->fault.code);
}

unsigned fault_set_message(struct kernel *k, struct tcb *sender, struct tcb *receiver, uint8_t *buffer)
{
    const struct registers *r = k->registers;
    unsigned n;
    switch (sender->fault.kind) {
    case FAULT_CAP:
        return set_cap_fault(k, sender, receiver, buffer);
    case FAULT_UNKNOWN_SYSCALL:
        n = set_registers(k, sender, receiver, buffer, r->syscall, r->num_syscall);
        return message_set(k, receiver, buffer, n, sender->fault.address);
    case FAULT_USER_EXCEPTION:
        n = set_registers(k, sender, receiver, buffer, r->exception, r->num_exception);
        message_set(k, receiver, buffer, n, sender->fault.address);
        return message_set(k, receiver, buffer, n + 1, sender->fault.code);
    case FAULT_TIMEOUT:
        n = message_set(k, receiver, buffer, 0, sender->fault.address);
        return sender->sc ? message_set_time(k, receiver, buffer, 1, sc_take_consumed(k, sender->sc)) : n;
    case FAULT_VM:
        return set_vm_fault(k, sender, receiver, buffer);
    case FAULT_VCPU:
        return message_set(k, receiver, buffer, 0, sender->fault.code);
    default:
        return 0;
    }
}

static void take_registers(struct kernel *k, struct tcb *receiver, const struct tcb *sender, unsigned length,
                           const uint8_t *list, unsigned count)
{
    const uint8_t *buffer = ipc_buffer_of(k, sender, false);
    for (unsigned i = 0; i < length && i < count && (i < k->facts->message_registers || buffer); i++) {
        uint64_t value =
            i < k->facts->message_registers ? sender->regs[k->registers->message[i]] : buffer_word(k, buffer, i + 1);
        tcb_set_register(k, receiver, list[i], value);
    }
}

bool fault_handle_reply(struct kernel *k, struct tcb *receiver, struct tcb *sender)
{
    const struct registers *r = k->registers;
    uint64_t info = sender->regs[r->message_info];
    unsigned length = message_info_length(info);
    switch (receiver->fault.kind) {
    case FAULT_UNKNOWN_SYSCALL:
        take_registers(k, receiver, sender, length, r->syscall, r->num_syscall);
        return info >> 12 == 0;
    case FAULT_USER_EXCEPTION:
        take_registers(k, receiver, sender, length, r->exception, r->num_exception);
        return info >> 12 == 0;
    case FAULT_TIMEOUT:
        take_registers(k, receiver, sender, length, r->timeout, r->num_timeout);
        return info >> 12 == 0;
    default:
        return true;
    }
}
