/* SPDX-License-Identifier: BSD-2-Clause */
/* Notifications. Follows src/object/notification.c of seL4. */
#include "kernel.h"

/* A notification with a scheduling context lends it to a thread without one that it wakes. */
static void donate(struct kernel *k, struct notification *notification, struct tcb *thread)
{
    struct sched_context *sc = notification->sc;
    if (!k->profile->mcs || thread->sc || !sc || sc->tcb) {
        return;
    }
    sc_donate(k, sc, thread);
    sc_resume(k, sc);
}

void notification_return_sc(struct kernel *k, struct notification *notification, struct tcb *thread)
{
    struct sched_context *sc = notification->sc;
    if (!sc || sc != thread->sc) {
        return;
    }
    thread->sc = NULL;
    sc->tcb = NULL;
    if (thread == k->current) {
        sched_reschedule(k);
    }
}

static void wake(struct kernel *k, struct notification *notification, struct tcb *thread, uint64_t badge)
{
    record_met(k, ACT_DELIVERED, thread);
    thread_set_state(k, thread, THREAD_RUNNING);
    thread->regs[k->registers->cap] = badge;
    donate(k, notification, thread);
    if (thread_is_schedulable(k, thread)) {
        sched_possible_switch(k, thread);
    }
    sc_check_unblocked(k, thread->sc);
}

static void activate(struct notification *notification, uint64_t badge)
{
    notification->state = NOTIFICATION_ACTIVE;
    notification->badge = badge;
}

static void notification_dequeue(struct notification *notification, struct tcb *thread)
{
    wait_dequeue(&notification->queue, thread);
    if (!notification->queue.head) {
        notification->state = NOTIFICATION_IDLE;
    }
}

void notification_send(struct kernel *k, struct notification *notification, uint64_t badge)
{
    struct tcb *thread = notification->state == NOTIFICATION_WAITING ? notification->queue.head : notification->bound;
    record_met(k, ACT_PENDING, NULL);
    switch (notification->state) {
    case NOTIFICATION_IDLE:
        if (!thread || thread->state != THREAD_BLOCKED_ON_RECEIVE) {
            activate(notification, badge);
            break;
        }
        ipc_cancel(k, thread);
        wake(k, notification, thread, badge);
        break;
    case NOTIFICATION_WAITING:
        notification_dequeue(notification, thread);
        wake(k, notification, thread, badge);
        break;
    case NOTIFICATION_ACTIVE:
        notification->badge |= badge;
        break;
    }
}

void notification_complete(struct kernel *k, struct notification *notification, struct tcb *thread)
{
    record_met(k, ACT_RECEIVED, NULL);
    k->record.now->badge = notification->badge;
    thread->regs[k->registers->cap] = notification->badge;
    notification->state = NOTIFICATION_IDLE;
    donate(k, notification, thread);
    if (thread->sc && thread->sc == notification->sc) {
        sc_check_unblocked(k, thread->sc);
    }
}

void notification_receive(struct kernel *k, struct tcb *thread, struct notification *notification, bool block)
{
    if (notification->state == NOTIFICATION_ACTIVE) {
        record_met(k, ACT_RECEIVED, NULL);
        k->record.now->badge = notification->badge;
        thread->regs[k->registers->cap] = notification->badge;
        notification->state = NOTIFICATION_IDLE;
        donate(k, notification, thread);
        sc_check_unblocked(k, thread->sc);
        return;
    }
    record_met(k, block ? ACT_WAITS : ACT_NOTHING, NULL);
    if (!block) {
        thread->regs[k->registers->cap] = 0;
        return;
    }
    thread_block(k, thread, THREAD_BLOCKED_ON_NOTIFICATION, notification);
    wait_enqueue(k, &notification->queue, thread);
    notification->state = NOTIFICATION_WAITING;
    if (k->profile->mcs) {
        notification_return_sc(k, notification, thread);
    }
}

void notification_cancel(struct kernel *k, struct notification *notification, struct tcb *thread)
{
    notification_dequeue(notification, thread);
    thread_set_state(k, thread, THREAD_INACTIVE);
}

void notification_cancel_all(struct kernel *k, struct notification *notification)
{
    if (notification->state != NOTIFICATION_WAITING) {
        return;
    }
    while (notification->queue.head) {
        struct tcb *thread = notification->queue.head;
        notification_dequeue(notification, thread);
        thread_set_state(k, thread, THREAD_RESTART);
        sc_check_unblocked(k, thread->sc);
        if (k->profile->mcs) {
            sched_possible_switch(k, thread);
        } else {
            sched_enqueue(k, thread);
        }
    }
    sched_reschedule(k);
}

void notification_reorder(struct kernel *k, struct notification *notification, struct tcb *thread)
{
    wait_dequeue(&notification->queue, thread);
    wait_enqueue(k, &notification->queue, thread);
}

void notification_unbind(struct notification *notification)
{
    if (notification->bound) {
        notification->bound->notification = NULL;
    }
    notification->bound = NULL;
}
