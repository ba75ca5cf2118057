/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replies. Not MCS: a capability in the receiver's caller slot, derived from the master in the sender's reply slot.
 * MCS: reply objects, linked into the call stack of the scheduling context that travels with the calls:
 *
 *     sc -> reply of the last call <-> reply of the call before <-> ...
 */
#include "kernel.h"

void reply_setup_master(struct kernel *k, struct tcb *thread)
{
    struct slot *slot = &thread->slots[TCB_REPLY];
    if (k->profile->mcs || slot->cap.type != CAP_NULL) {
        return;
    }
    slot_insert_root(
        slot, (struct cap){.type = CAP_REPLY, .rights = CAPDL_RIGHT_GRANT, .flags = CAP_FLAG_MASTER, .object = thread});
}

void reply_setup_caller(struct kernel *k, struct tcb *sender, struct tcb *receiver, bool grant)
{
    thread_set_state(k, sender, THREAD_BLOCKED_ON_REPLY);
    reply_setup_master(k, sender);
    struct cap cap = {.type = CAP_REPLY, .rights = grant ? CAPDL_RIGHT_GRANT : 0, .object = sender};
    slot_delete_one(k, &receiver->slots[TCB_CALLER]);
    slot_insert(k, cap, &sender->slots[TCB_REPLY], &receiver->slots[TCB_CALLER]);
}

static bool answer_fault(struct kernel *k, struct tcb *receiver, struct tcb *sender)
{
    bool restart = fault_handle_reply(k, receiver, sender);
    receiver->fault.kind = FAULT_NONE;
    thread_set_state(k, receiver, restart ? THREAD_RESTART : THREAD_INACTIVE);
    return restart;
}

void reply_transfer(struct kernel *k, struct tcb *sender, struct tcb *receiver, struct slot *slot, bool grant)
{
    record_met(k, ACT_DELIVERED, receiver);
    if (receiver->fault.kind == FAULT_NONE) {
        ipc_transfer(k, sender, NULL, 0, grant, receiver);
        slot_delete_one(k, slot);
        thread_set_state(k, receiver, THREAD_RUNNING);
        sched_possible_switch(k, receiver);
        return;
    }
    slot_delete_one(k, slot);
    if (answer_fault(k, receiver, sender)) {
        sched_possible_switch(k, receiver);
    }
}

/* The thread that is answered runs if its scheduling context has budget; else it waits, or its timeout handler gets
 * a fault. */
static void resume_with_budget(struct kernel *k, struct tcb *receiver, enum fault_kind kind)
{
    struct sched_context *sc = receiver->sc;
    if (!sc || !thread_is_runnable(receiver)) {
        return;
    }
    if (refill_ready(k, sc) && refill_sufficient(k, sc, 0)) {
        sched_possible_switch(k, receiver);
    } else if (timeout_handler_is_valid(receiver) && kind != FAULT_TIMEOUT) {
        k->fault = (struct fault){.kind = FAULT_TIMEOUT, .address = sc->badge};
        fault_handle_timeout(k, receiver);
    } else {
        sc_postpone(k, sc);
    }
}

void reply_object_transfer(struct kernel *k, struct tcb *sender, struct reply *reply, bool grant)
{
    struct tcb *receiver = reply->tcb;
    if (!receiver || receiver->state != THREAD_BLOCKED_ON_REPLY) {
        record_met(k, ACT_NOBODY, NULL);
        return;
    }
    record_met(k, ACT_DELIVERED, receiver);
    reply_remove(k, reply, receiver);
    sc_check_unblocked(k, receiver->sc);
    enum fault_kind kind = receiver->fault.kind;
    if (kind == FAULT_NONE) {
        ipc_transfer(k, sender, NULL, 0, grant, receiver);
        thread_set_state(k, receiver, THREAD_RUNNING);
    } else {
        answer_fault(k, receiver, sender);
    }
    resume_with_budget(k, receiver, kind);
}

void reply_unlink(struct kernel *k, struct reply *reply, struct tcb *thread)
{
    thread->reply = NULL;
    reply->tcb = NULL;
    thread_set_state(k, thread, THREAD_INACTIVE);
}

void reply_push(struct kernel *k, struct tcb *caller, struct tcb *callee, struct reply *reply, bool donate)
{
    struct sched_context *sc = caller->sc;
    reply->tcb = caller;
    caller->reply = reply;
    thread_set_state(k, caller, THREAD_BLOCKED_ON_REPLY);
    if (!sc || callee->sc || !donate) {
        return;
    }
    struct reply *old = sc->reply;
    if (old) {
        old->next = reply;
        old->next_is_sc = false;
    }
    reply->prev = old;
    sc->reply = reply;
    reply->next = sc;
    reply->next_is_sc = true;
    sc_donate(k, sc, callee);
}

/* Removes the head of its call stack: the scheduling context returns to the caller, unless that got another in the
 * meantime. */
static void reply_pop(struct kernel *k, struct reply *reply, struct tcb *thread)
{
    struct sched_context *sc = reply->next;
    sc->reply = reply->prev;
    if (reply->prev) {
        reply->prev->next = sc;
        reply->prev->next_is_sc = true;
    }
    reply->next = NULL;
    reply->next_is_sc = false;
    if (!thread->sc) {
        sc_donate(k, sc, thread);
    }
    reply->prev = NULL;
    reply_unlink(k, reply, thread);
}

static void unchain(struct reply *reply)
{
    if (reply->next && reply->next_is_sc) {
        ((struct sched_context *)reply->next)->reply = NULL;
    } else if (reply->next) {
        ((struct reply *)reply->next)->prev = NULL;
    }
    if (reply->prev) {
        reply->prev->next = NULL;
        reply->prev->next_is_sc = false;
    }
    reply->prev = NULL;
    reply->next = NULL;
    reply->next_is_sc = false;
}

void reply_remove(struct kernel *k, struct reply *reply, struct tcb *thread)
{
    if (reply->next && reply->next_is_sc) {
        reply_pop(k, reply, thread);
        return;
    }
    unchain(reply);
    reply_unlink(k, reply, thread);
}

void reply_remove_thread(struct kernel *k, struct tcb *thread)
{
    struct reply *reply = thread->reply;
    unchain(reply);
    reply_unlink(k, reply, thread);
}
