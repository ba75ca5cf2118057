/* SPDX-License-Identifier: BSD-2-Clause */
/* The ways into the kernel. Follows src/api/syscall.c of seL4. */
#include "kernel.h"

#include <stdio.h>
#include <string.h>

static enum capdl_syscall find_syscall(const struct kernel *k, int64_t number)
{
    for (unsigned i = 0; number != 0 && i < CAPDL_SYSCALL_COUNT; i++) {
        if (k->profile->syscalls[i] == number) {
            return i;
        }
    }
    return CAPDL_SYSCALL_COUNT;
}

static void cap_fault(struct kernel *k, uint64_t cptr, bool receiving)
{
    k->fault = (struct fault){.kind = FAULT_CAP, .address = cptr, .flag = receiving};
    fault_handle(k, k->current);
}

static void invoke(struct kernel *k, bool call, bool block, bool donate, bool first_phase, uint64_t cptr)
{
    struct tcb *thread = k->current;
    struct invocation inv = {.call = call, .block = block, .can_donate = donate, .first_phase = first_phase};
    struct act *act = record_act(k, &k->record.send, cptr);
    record_message(act, thread->regs[k->registers->message_info]);
    if (lookup_slot(k, thread, cptr, &inv.slot) != STATUS_OK) {
        record_no_cap(k, cptr);
        if (block) {
            cap_fault(k, cptr, false);
        }
        return;
    }
    record_slot(k, act, inv.slot);
    uint64_t info = thread->regs[k->registers->message_info];
    inv.buffer = ipc_buffer_of(k, thread, false);
    if (extra_caps_lookup(k, thread, inv.buffer, info) != STATUS_OK) {
        record_no_cap(k, k->fault.address);
        act->extra = true;
        if (block) {
            fault_handle(k, thread);
        }
        return;
    }
    inv.cap = inv.slot->cap;
    inv.label = info >> 12;
    inv.method = inv.label < k->num_labels ? k->methods[inv.label] : CAPDL_METHOD_COUNT;
    inv.length = message_info_length(info);
    if (inv.length > k->facts->message_registers && !inv.buffer) {
        inv.length = k->facts->message_registers;
    }
    if (invocation_decode(k, &inv) == STATUS_SYSCALL_ERROR) {
        record_error(k);
        if (call) {
            reply_error(k, thread);
        }
    } else if (thread->state == THREAD_RESTART) {
        if (call) {
            reply_empty(k, thread);
        }
        thread_set_state(k, thread, THREAD_RUNNING);
    }
}

static void handle_invocation(struct kernel *k, bool call, bool block, bool donate, bool first_phase, uint64_t cptr)
{
    struct tcb *thread = k->current;
    bool watched = call && thread == k->initial;
    if (watched) {
        digest_call(k, cptr, ipc_buffer_of(k, thread, false));
    }
    invoke(k, call, block, donate, first_phase, cptr);
    if (watched && thread->state == THREAD_RUNNING) {
        digest_answer(k, thread);
    }
}

/* Not MCS: answers whoever the caller slot leads to. */
static void handle_reply(struct kernel *k)
{
    struct slot *slot = &k->current->slots[TCB_CALLER];
    struct act *act = record_act(k, &k->record.send, 0);
    record_message(act, k->current->regs[k->registers->message_info]);
    act->cap = slot->cap;
    act->result = ACT_NOBODY;
    if (slot->cap.type == CAP_REPLY && !(slot->cap.flags & CAP_FLAG_MASTER)) {
        reply_transfer(k, k->current, slot->cap.object, slot, slot->cap.rights & CAPDL_RIGHT_GRANT);
    }
}

static void receive_fault(struct kernel *k, uint64_t cptr)
{
    k->lookup_fault = lookup_missing(0);
    cap_fault(k, cptr, true);
}

static void receive_from_endpoint(struct kernel *k, const struct cap *cap, uint64_t cptr, bool block, bool can_reply)
{
    if (!(cap->rights & CAPDL_RIGHT_READ)) {
        record_met(k, ACT_NO_RIGHT, NULL);
        receive_fault(k, cptr);
        return;
    }
    struct slot *reply = NULL;
    if (k->profile->mcs && can_reply) {
        uint64_t reply_cptr = k->current->regs[k->registers->reply];
        k->record.now->extra = true;
        if (lookup_slot(k, k->current, reply_cptr, &reply) != STATUS_OK) {
            record_no_cap(k, reply_cptr);
            cap_fault(k, reply_cptr, true);
            return;
        }
        if (reply->cap.type != CAP_REPLY) {
            record_no_cap(k, reply_cptr);
            receive_fault(k, reply_cptr);
            return;
        }
        k->record.now->extra = false;
    }
    if (!k->profile->mcs) {
        slot_delete_one(k, &k->current->slots[TCB_CALLER]);
    }
    endpoint_receive(k, k->current, cap, block, reply ? &reply->cap : NULL);
}

static void handle_receive(struct kernel *k, bool block, bool can_reply)
{
    uint64_t cptr = k->current->regs[k->registers->cap];
    struct slot *slot;
    struct act *act = record_act(k, &k->record.receive, cptr);
    if (lookup_slot(k, k->current, cptr, &slot) != STATUS_OK) {
        record_no_cap(k, cptr);
        cap_fault(k, cptr, true);
        return;
    }
    struct cap cap = slot->cap;
    record_slot(k, act, slot);
    if (cap.type == CAP_ENDPOINT) {
        receive_from_endpoint(k, &cap, cptr, block, can_reply);
        return;
    }
    struct notification *notification = cap.type == CAP_NOTIFICATION ? cap.object : NULL;
    bool allowed = notification && cap.rights & CAPDL_RIGHT_READ;
    if (!allowed || (notification->bound && notification->bound != k->current)) {
        record_met(k, cap.type == CAP_NULL ? ACT_NO_CAP : ACT_NO_RIGHT, NULL);
        receive_fault(k, cptr);
    } else {
        notification_receive(k, k->current, notification, block);
    }
}

void kernel_set_time(struct kernel *k, uint64_t now)
{
    k->clock = now;
}

static void update_timestamp(struct kernel *k)
{
    uint64_t consumed = k->clock > k->now ? k->clock - k->now : 0;
    k->now += consumed;
    k->consumed += consumed;
    if (k->profile->num_domains > 1) {
        k->domain_time = k->domain_time > consumed ? k->domain_time - consumed : 0;
    }
}

/* Whether the current thread still has budget for the entry; if not, it will make it again when it has. */
static bool begin(struct kernel *k)
{
    if (!k->profile->mcs) {
        return true;
    }
    update_timestamp(k);
    return budget_check_restart(k);
}

static void end(struct kernel *k)
{
    record_end(k);
    sched_schedule(k);
    sched_activate(k);
}

static void handle_combined(struct kernel *k, enum capdl_syscall syscall)
{
    const struct tcb *thread = k->current;
    const struct registers *r = k->registers;
    if (!k->profile->mcs) {
        handle_reply(k);
        handle_receive(k, true, true);
        return;
    }
    uint64_t cptr = thread->regs[syscall == CAPDL_SYSCALL_NBSEND_RECV ? r->nbsend_dest : r->reply];
    handle_invocation(k, false, false, true, true, cptr);
    handle_receive(k, true, syscall != CAPDL_SYSCALL_NBSEND_WAIT);
}

static void handle_syscall(struct kernel *k, enum capdl_syscall syscall)
{
    uint64_t cptr = k->current->regs[k->registers->cap];
    switch (syscall) {
    case CAPDL_SYSCALL_CALL:
        handle_invocation(k, true, true, true, false, cptr);
        break;
    case CAPDL_SYSCALL_SEND:
        handle_invocation(k, false, true, false, false, cptr);
        break;
    case CAPDL_SYSCALL_NBSEND:
        handle_invocation(k, false, false, false, false, cptr);
        break;
    case CAPDL_SYSCALL_RECV:
        handle_receive(k, true, true);
        break;
    case CAPDL_SYSCALL_NBRECV:
        handle_receive(k, false, true);
        break;
    case CAPDL_SYSCALL_WAIT:
        handle_receive(k, true, false);
        break;
    case CAPDL_SYSCALL_NBWAIT:
        handle_receive(k, false, false);
        break;
    case CAPDL_SYSCALL_REPLY:
        handle_reply(k);
        break;
    case CAPDL_SYSCALL_YIELD:
        sched_give_way(k);
        break;
    default:
        handle_combined(k, syscall);
        break;
    }
}

static void put_string(struct kernel *k, const char *s)
{
    for (; *s && k->host.put_char; s++) {
        k->host.put_char(k->host.context, *s);
    }
}

static void dump_scheduler(struct kernel *k)
{
    static const char *const states[] = {"inactive",
                                         "running",
                                         "restart",
                                         "blocked on recv",
                                         "blocked on send",
                                         "blocked on reply",
                                         "blocked on notification",
                                         "idle"};
    put_string(k, "name                 state                    pc                 priority\n");
    for (const struct tcb *thread = k->threads; thread; thread = thread->all_next) {
        char line[160];
        snprintf(line, sizeof(line), "%-20s %-24s %#-18llx %u\n", thread->name, states[thread->state],
                 (unsigned long long)thread->regs[k->registers->fault_ip], thread->priority);
        put_string(k, line);
    }
}

/* The number the kernel has for the type of a capability (mode/object/structures.bf). */
static uint64_t cap_tag(const struct kernel *k, const struct cap *cap)
{
    static const uint8_t tags[CAP_FIRST_ARCH] = {
        [CAP_NULL] = 0,           [CAP_UNTYPED] = 2, [CAP_ENDPOINT] = 4, [CAP_NOTIFICATION] = 6,
        [CAP_REPLY] = 8,          [CAP_CNODE] = 10,  [CAP_THREAD] = 12,  [CAP_IRQ_CONTROL] = 14,
        [CAP_IRQ_HANDLER] = 16,   [CAP_ZOMBIE] = 18, [CAP_DOMAIN] = 20,  [CAP_SCHED_CONTEXT] = 22,
        [CAP_SCHED_CONTROL] = 24,
    };
    return cap->type < CAP_FIRST_ARCH ? tags[cap->type] : k->arch->cap_tags[cap->type - CAP_FIRST_ARCH];
}

static void halt(struct kernel *k)
{
    k->halted = true;
    k->halted_by = k->current;
}

/* Anything wrong with these arguments stops the real kernel. */
static void name_thread(struct kernel *k, const struct cap *cap)
{
    const uint8_t *buffer = ipc_buffer_of(k, k->current, true);
    const char *name = buffer ? (const char *)buffer + capdl_word_bytes(k->profile->arch) : NULL;
    size_t most = MESSAGE_MAX_LENGTH * capdl_word_bytes(k->profile->arch);
    if (cap->type != CAP_THREAD || !name || strnlen(name, most) == most) {
        halt(k);
        return;
    }
    struct tcb *thread = cap->object;
    snprintf(thread->name, sizeof(thread->name), "%.*s", NAME_LENGTH - 1, name);
}

static void debug_on_cap(struct kernel *k, enum capdl_syscall syscall)
{
    uint64_t *reg = &k->current->regs[k->registers->cap];
    struct slot *slot;
    struct cap cap = lookup_slot(k, k->current, *reg, &slot) == STATUS_OK ? slot->cap : cap_null();
    if (syscall == CAPDL_SYSCALL_DEBUG_CAP_IDENTIFY) {
        *reg = cap_tag(k, &cap);
    } else {
        name_thread(k, &cap);
    }
}

/* Calls that do not reschedule. */
static bool handle_debug(struct kernel *k, enum capdl_syscall syscall)
{
    switch (syscall) {
    case CAPDL_SYSCALL_DEBUG_PUTCHAR:
        if (k->host.put_char) {
            k->host.put_char(k->host.context, (char)k->current->regs[k->registers->cap]);
        }
        return true;
    case CAPDL_SYSCALL_DEBUG_DUMP_SCHEDULER:
        dump_scheduler(k);
        return true;
    case CAPDL_SYSCALL_DEBUG_HALT:
        halt(k);
        return true;
    case CAPDL_SYSCALL_DEBUG_CAP_IDENTIFY:
    case CAPDL_SYSCALL_DEBUG_NAME_THREAD:
        debug_on_cap(k, syscall);
        return true;
    case CAPDL_SYSCALL_DEBUG_SNAPSHOT:
    case CAPDL_SYSCALL_DEBUG_SEND_IPI:
        return true;
    default:
        return false;
    }
}

void kernel_syscall(struct kernel *k, int64_t number)
{
    enum capdl_syscall syscall = find_syscall(k, number);
    record_begin(k, syscall);
    if (handle_debug(k, syscall)) {
        record_end(k);
        return;
    }
    if (begin(k)) {
        if (syscall == CAPDL_SYSCALL_SET_TLS_BASE) {
            k->current->regs[k->registers->tls_base] = k->current->regs[k->registers->cap];
            record_end(k);
            return;
        }
        if (syscall == CAPDL_SYSCALL_COUNT) {
            k->fault = (struct fault){.kind = FAULT_UNKNOWN_SYSCALL, .address = (uint64_t)number};
            fault_handle(k, k->current);
        } else {
            handle_syscall(k, syscall);
        }
    }
    end(k);
}

static void handle_exception(struct kernel *k, struct fault fault)
{
    record_begin(k, CAPDL_SYSCALL_COUNT);
    if (begin(k)) {
        k->fault = fault;
        fault_handle(k, k->current);
    }
    end(k);
}

void kernel_vm_fault(struct kernel *k, uint64_t address, uint64_t status, bool instruction)
{
    handle_exception(k, (struct fault){.kind = FAULT_VM, .address = address, .code = status, .flag = instruction});
}

void kernel_user_exception(struct kernel *k, uint64_t number, uint64_t code)
{
    handle_exception(k, (struct fault){.kind = FAULT_USER_EXCEPTION, .address = number, .code = code});
}

void kernel_vcpu_fault(struct kernel *k, uint64_t syndrome)
{
    handle_exception(k, (struct fault){.kind = FAULT_VCPU, .code = syndrome});
}

void kernel_timer(struct kernel *k)
{
    record_begin(k, CAPDL_SYSCALL_COUNT);
    if (k->profile->mcs) {
        update_timestamp(k);
        budget_check(k);
        k->reprogram = true;
    } else {
        sched_tick(k);
    }
    end(k);
}

void kernel_interrupt(struct kernel *k, uint32_t irq)
{
    record_begin(k, CAPDL_SYSCALL_COUNT);
    if (k->profile->mcs) {
        update_timestamp(k);
        budget_check(k);
    }
    irq_deliver(k, irq);
    end(k);
}

enum capdl_kernel_error kernel_call(struct kernel *k, uint64_t cptr, struct kernel_message *message)
{
    struct tcb *thread = k->current;
    const struct registers *r = k->registers;
    uint8_t *buffer = ipc_buffer_of(k, thread, true);
    for (unsigned i = 0; i < message->length && i < MESSAGE_MAX_LENGTH; i++) {
        message_set(k, thread, buffer, i, message->words[i]);
    }
    for (unsigned i = 0; buffer && i < message->caps; i++) {
        buffer_set_word(k, buffer, MESSAGE_CAPS_OFFSET + i, message->cap[i]);
    }
    thread->regs[r->cap] = cptr;
    thread->regs[r->message_info] = message_info(message->label, 0, message->caps, message->length);
    kernel_syscall(k, k->profile->syscalls[CAPDL_SYSCALL_CALL]);
    uint64_t info = thread->regs[r->message_info];
    message->label = info >> 12;
    message->length = message_info_length(info);
    for (unsigned i = 0; i < message->length; i++) {
        message->words[i] = i < k->facts->message_registers ? thread->regs[r->message[i]]
                            : buffer                        ? buffer_word(k, buffer, i + 1)
                                                            : 0;
    }
    return (enum capdl_kernel_error)message->label;
}
