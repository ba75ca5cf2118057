/* SPDX-License-Identifier: BSD-2-Clause */
/* Endpoints: who waits, who meets whom. Follows src/object/endpoint.c of seL4. */
#include "kernel.h"

/* MCS: queues are ordered by priority, first come first served among equals; else first come first served. */
void wait_enqueue(struct kernel *k, struct queue *queue, struct tcb *thread)
{
    struct tcb *after = queue->tail;
    while (k->profile->mcs && after && after->priority < thread->priority) {
        after = after->wait_prev;
    }
    struct tcb *before = after ? after->wait_next : queue->head;
    thread->wait_prev = after;
    thread->wait_next = before;
    if (after) {
        after->wait_next = thread;
    } else {
        queue->head = thread;
    }
    if (before) {
        before->wait_prev = thread;
    } else {
        queue->tail = thread;
    }
}

void wait_dequeue(struct queue *queue, struct tcb *thread)
{
    if (thread->wait_prev) {
        thread->wait_prev->wait_next = thread->wait_next;
    } else {
        queue->head = thread->wait_next;
    }
    if (thread->wait_next) {
        thread->wait_next->wait_prev = thread->wait_prev;
    } else {
        queue->tail = thread->wait_prev;
    }
    thread->wait_prev = thread->wait_next = NULL;
}

static void endpoint_dequeue(struct endpoint *endpoint, struct tcb *thread)
{
    wait_dequeue(&endpoint->queue, thread);
    if (!endpoint->queue.head) {
        endpoint->state = ENDPOINT_IDLE;
    }
}

void endpoint_reorder(struct kernel *k, struct endpoint *endpoint, struct tcb *thread)
{
    wait_dequeue(&endpoint->queue, thread);
    wait_enqueue(k, &endpoint->queue, thread);
}

static void block_sender(struct kernel *k, struct tcb *thread, struct endpoint *endpoint, const struct cap *cap,
                         bool call)
{
    thread->blocked_badge = cap->data;
    thread->blocked_can_grant = cap->rights & CAPDL_RIGHT_GRANT;
    thread->blocked_can_grant_reply = cap->rights & CAPDL_RIGHT_GRANT_REPLY;
    thread->blocked_is_call = call;
    thread_block(k, thread, THREAD_BLOCKED_ON_SEND, endpoint);
    wait_enqueue(k, &endpoint->queue, thread);
    endpoint->state = ENDPOINT_SEND;
}

static void deliver_mcs(struct kernel *k, struct tcb *thread, struct tcb *dest, const struct cap *cap, bool call,
                        bool donate)
{
    struct reply *reply = dest->reply;
    if (reply) {
        reply_unlink(k, reply, dest);
    }
    if (call || thread->fault.kind != FAULT_NONE) {
        if (reply && cap->rights & (CAPDL_RIGHT_GRANT | CAPDL_RIGHT_GRANT_REPLY)) {
            reply_push(k, thread, dest, reply, donate);
        } else {
            k->record.now->unanswerable = true;
            thread_set_state(k, thread, THREAD_INACTIVE);
        }
    } else if (donate && !dest->sc && thread->sc) {
        sc_donate(k, thread->sc, dest);
    }
    thread_set_state(k, dest, THREAD_RUNNING);
    sc_check_unblocked(k, dest->sc);
    sched_possible_switch(k, dest);
}

static void deliver(struct kernel *k, struct tcb *thread, struct tcb *dest, const struct cap *cap, bool call)
{
    bool grant = dest->blocked_can_grant;
    thread_set_state(k, dest, THREAD_RUNNING);
    sched_possible_switch(k, dest);
    if (!call) {
        return;
    }
    if (cap->rights & (CAPDL_RIGHT_GRANT | CAPDL_RIGHT_GRANT_REPLY)) {
        reply_setup_caller(k, thread, dest, grant);
    } else {
        k->record.now->unanswerable = true;
        thread_set_state(k, thread, THREAD_INACTIVE);
    }
}

void endpoint_send(struct kernel *k, struct tcb *thread, struct endpoint *endpoint, const struct cap *cap, bool block,
                   bool call, bool donate)
{
    if (endpoint->state != ENDPOINT_RECEIVE) {
        record_met(k, block ? ACT_QUEUED : ACT_DROPPED, NULL);
        if (block) {
            block_sender(k, thread, endpoint, cap, call);
        }
        return;
    }
    struct tcb *dest = endpoint->queue.head;
    endpoint_dequeue(endpoint, dest);
    record_met(k, ACT_DELIVERED, dest);
    ipc_transfer(k, thread, endpoint, cap->data, cap->rights & CAPDL_RIGHT_GRANT, dest);
    if (k->profile->mcs) {
        deliver_mcs(k, thread, dest, cap, call, donate);
    } else {
        deliver(k, thread, dest, cap, call);
    }
}

static void block_receiver(struct kernel *k, struct tcb *thread, struct endpoint *endpoint, const struct cap *cap,
                           struct reply *reply)
{
    thread->reply = reply;
    thread->blocked_can_grant = cap->rights & CAPDL_RIGHT_GRANT;
    thread_block(k, thread, THREAD_BLOCKED_ON_RECEIVE, endpoint);
    if (reply) {
        reply->tcb = thread;
    }
    wait_enqueue(k, &endpoint->queue, thread);
    endpoint->state = ENDPOINT_RECEIVE;
}

static void resume_sender(struct kernel *k, struct tcb *sender)
{
    thread_set_state(k, sender, THREAD_RUNNING);
    sched_possible_switch(k, sender);
}

static void accept_mcs(struct kernel *k, struct tcb *sender, struct tcb *thread, struct reply *reply)
{
    bool may_reply = sender->blocked_can_grant || sender->blocked_can_grant_reply;
    sc_check_unblocked(k, sender->sc);
    if (!sender->blocked_is_call && sender->fault.kind == FAULT_NONE) {
        resume_sender(k, sender);
    } else if (may_reply && reply) {
        reply_push(k, sender, thread, reply, sender->sc && sender->fault.kind != FAULT_TIMEOUT);
    } else {
        k->record.now->unanswerable = true;
        thread_set_state(k, sender, THREAD_INACTIVE);
    }
}

static void accept(struct kernel *k, struct tcb *sender, struct tcb *thread, const struct cap *cap)
{
    if (!sender->blocked_is_call) {
        resume_sender(k, sender);
    } else if (sender->blocked_can_grant || sender->blocked_can_grant_reply) {
        reply_setup_caller(k, sender, thread, cap->rights & CAPDL_RIGHT_GRANT);
    } else {
        k->record.now->unanswerable = true;
        thread_set_state(k, sender, THREAD_INACTIVE);
    }
}

static void receive_from_sender(struct kernel *k, struct tcb *thread, const struct cap *cap, struct reply *reply)
{
    struct endpoint *endpoint = cap->object;
    struct tcb *sender = endpoint->queue.head;
    endpoint_dequeue(endpoint, sender);
    record_met(k, ACT_RECEIVED, sender);
    ipc_transfer(k, sender, endpoint, sender->blocked_badge, sender->blocked_can_grant, thread);
    record_message(k->record.now, thread->regs[k->registers->message_info]);
    k->record.now->badge = sender->blocked_badge;
    if (k->profile->mcs) {
        accept_mcs(k, sender, thread, reply);
    } else {
        accept(k, sender, thread, cap);
    }
}

static struct reply *prepare_reply(struct kernel *k, struct tcb *thread, const struct cap *cap)
{
    if (!cap || cap->type != CAP_REPLY) {
        return NULL;
    }
    struct reply *reply = cap->object;
    if (reply->tcb && reply->tcb != thread) {
        ipc_cancel(k, reply->tcb);
    }
    return reply;
}

void endpoint_receive(struct kernel *k, struct tcb *thread, const struct cap *cap, bool block,
                      const struct cap *reply_cap)
{
    struct endpoint *endpoint = cap->object;
    struct reply *reply = k->profile->mcs ? prepare_reply(k, thread, reply_cap) : NULL;
    struct notification *notification = thread->notification;
    if (notification && notification->state == NOTIFICATION_ACTIVE) {
        notification_complete(k, notification, thread);
        return;
    }
    if (k->profile->mcs && notification && block) {
        notification_return_sc(k, notification, thread);
    }
    if (endpoint->state == ENDPOINT_SEND) {
        receive_from_sender(k, thread, cap, reply);
    } else if (block) {
        record_met(k, ACT_WAITS, NULL);
        block_receiver(k, thread, endpoint, cap, reply);
    } else {
        record_met(k, ACT_NOTHING, NULL);
        thread->regs[k->registers->cap] = 0;
    }
}

/* Forgets a fault that is waiting for its handler's answer, and any reply capability to the thread. */
static void cancel_reply(struct kernel *k, struct tcb *thread)
{
    thread->fault.kind = FAULT_NONE;
    struct slot *caller = thread->slots[TCB_REPLY].next;
    if (caller) {
        slot_delete_one(k, caller);
    }
}

void ipc_cancel(struct kernel *k, struct tcb *thread)
{
    if (k->profile->mcs) {
        thread->fault.kind = FAULT_NONE;
    }
    switch (thread->state) {
    case THREAD_BLOCKED_ON_SEND:
    case THREAD_BLOCKED_ON_RECEIVE:
        endpoint_dequeue(thread->blocked_on, thread);
        if (thread->state == THREAD_BLOCKED_ON_RECEIVE && thread->reply) {
            reply_unlink(k, thread->reply, thread);
        }
        thread_set_state(k, thread, THREAD_INACTIVE);
        break;
    case THREAD_BLOCKED_ON_NOTIFICATION:
        notification_cancel(k, thread->blocked_on, thread);
        break;
    case THREAD_BLOCKED_ON_REPLY:
        if (k->profile->mcs) {
            reply_remove_thread(k, thread);
        } else {
            cancel_reply(k, thread);
        }
        break;
    default:
        break;
    }
}

/* A thread that sent a fault does not send it again: it stays where it is. */
static void restart_queued(struct kernel *k, struct endpoint *endpoint, struct tcb *thread)
{
    endpoint_dequeue(endpoint, thread);
    if (!k->profile->mcs) {
        thread_set_state(k, thread, THREAD_RESTART);
        sched_enqueue(k, thread);
        return;
    }
    if (thread->state == THREAD_BLOCKED_ON_RECEIVE && thread->reply) {
        reply_unlink(k, thread->reply, thread);
    }
    if (thread->fault.kind != FAULT_NONE) {
        thread_set_state(k, thread, THREAD_INACTIVE);
        return;
    }
    thread_set_state(k, thread, THREAD_RESTART);
    sc_check_unblocked(k, thread->sc);
    sched_possible_switch(k, thread);
}

void endpoint_cancel_all(struct kernel *k, struct endpoint *endpoint)
{
    if (endpoint->state == ENDPOINT_IDLE) {
        return;
    }
    while (endpoint->queue.head) {
        restart_queued(k, endpoint, endpoint->queue.head);
    }
    sched_reschedule(k);
}

void endpoint_cancel_badged(struct kernel *k, struct endpoint *endpoint, uint64_t badge)
{
    if (endpoint->state != ENDPOINT_SEND) {
        return;
    }
    for (struct tcb *thread = endpoint->queue.head, *next; thread; thread = next) {
        next = thread->wait_next;
        if (thread->blocked_badge == badge) {
            restart_queued(k, endpoint, thread);
        }
    }
    sched_reschedule(k);
}
