/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads' states and the scheduler. One core runs the threads of all. Follows src/kernel/thread.c of seL4. */
#include "kernel.h"

bool thread_is_runnable(const struct tcb *thread)
{
    return thread->state == THREAD_RUNNING || thread->state == THREAD_RESTART;
}

bool thread_is_blocked(const struct tcb *thread)
{
    return thread->state >= THREAD_BLOCKED_ON_RECEIVE && thread->state <= THREAD_BLOCKED_ON_NOTIFICATION;
}

static bool is_stopped(const struct tcb *thread)
{
    return thread->state == THREAD_INACTIVE || thread_is_blocked(thread);
}

bool thread_is_schedulable(const struct kernel *k, const struct tcb *thread)
{
    if (!thread_is_runnable(thread)) {
        return false;
    }
    return !k->profile->mcs || (thread->sc && sc_is_active(thread->sc) && !thread->in_release_queue);
}

static void queue_insert(struct queue *queue, struct tcb *thread, bool front)
{
    thread->queue_prev = front ? NULL : queue->tail;
    thread->queue_next = front ? queue->head : NULL;
    if (thread->queue_prev) {
        thread->queue_prev->queue_next = thread;
    } else {
        queue->head = thread;
    }
    if (thread->queue_next) {
        thread->queue_next->queue_prev = thread;
    } else {
        queue->tail = thread;
    }
}

static void ready_insert(struct kernel *k, struct tcb *thread, bool front)
{
    if (thread->queued) {
        return;
    }
    queue_insert(&k->ready[thread->domain][thread->priority], thread, front);
    k->ready_bits[thread->domain][thread->priority / 64] |= UINT64_C(1) << thread->priority % 64;
    thread->queued = true;
}

void sched_enqueue(struct kernel *k, struct tcb *thread)
{
    ready_insert(k, thread, true);
}

void sched_append(struct kernel *k, struct tcb *thread)
{
    ready_insert(k, thread, false);
}

void sched_dequeue(struct kernel *k, struct tcb *thread)
{
    if (!thread->queued) {
        return;
    }
    struct queue *queue = &k->ready[thread->domain][thread->priority];
    if (thread->queue_prev) {
        thread->queue_prev->queue_next = thread->queue_next;
    } else {
        queue->head = thread->queue_next;
    }
    if (thread->queue_next) {
        thread->queue_next->queue_prev = thread->queue_prev;
    } else {
        queue->tail = thread->queue_prev;
    }
    thread->queue_prev = thread->queue_next = NULL;
    thread->queued = false;
    if (!queue->head) {
        k->ready_bits[thread->domain][thread->priority / 64] &= ~(UINT64_C(1) << thread->priority % 64);
    }
}

/* The highest priority with a ready thread in the domain, or -1. */
static int highest_priority(const struct kernel *k, uint8_t domain)
{
    for (int word = CAPDL_MOST_PRIORITIES / 64 - 1; word >= 0; word--) {
        if (k->ready_bits[domain][word]) {
            return word * 64 + 63 - __builtin_clzll(k->ready_bits[domain][word]);
        }
    }
    return -1;
}

void sched_reschedule(struct kernel *k)
{
    if (k->action == ACTION_SWITCH && thread_is_schedulable(k, k->candidate)) {
        sched_enqueue(k, k->candidate);
    }
    k->action = ACTION_CHOOSE;
    k->candidate = NULL;
}

void sched_possible_switch(struct kernel *k, struct tcb *thread)
{
    if (k->profile->mcs && (!thread->sc || thread->in_release_queue)) {
        return;
    }
    if (thread->domain != k->domain) {
        sched_enqueue(k, thread);
    } else if (k->action != ACTION_RESUME) {
        sched_reschedule(k);
        sched_enqueue(k, thread);
    } else {
        k->action = ACTION_SWITCH;
        k->candidate = thread;
    }
}

static void state_changed(struct kernel *k, struct tcb *thread)
{
    if (thread == k->current && k->action == ACTION_RESUME && !thread_is_schedulable(k, thread)) {
        k->action = ACTION_CHOOSE;
    }
}

void thread_set_state(struct kernel *k, struct tcb *thread, enum thread_state state)
{
    thread->state = state;
    state_changed(k, thread);
    bool runs = state == THREAD_RUNNING || state == THREAD_RESTART;
    k->started = k->started || (runs && thread != k->initial && thread != k->idle);
}

void thread_block(struct kernel *k, struct tcb *thread, enum thread_state state, void *object)
{
    thread->blocked_on = object;
    thread_set_state(k, thread, state);
}

/* A running thread has finished its system call: it continues after it. */
static void update_restart_pc(struct kernel *k, struct tcb *thread)
{
    thread->regs[k->registers->fault_ip] = thread->regs[k->registers->next_ip];
}

void thread_suspend(struct kernel *k, struct tcb *thread)
{
    ipc_cancel(k, thread);
    if (thread->state == THREAD_RUNNING) {
        update_restart_pc(k, thread);
    }
    sched_dequeue(k, thread);
    if (k->profile->mcs) {
        release_remove(k, thread);
        sc_cancel_yield_to(thread);
    }
    thread_set_state(k, thread, THREAD_INACTIVE);
}

void thread_restart(struct kernel *k, struct tcb *thread)
{
    if (!is_stopped(thread)) {
        return;
    }
    ipc_cancel(k, thread);
    thread->unhandled.kind = FAULT_NONE;
    if (!k->profile->mcs) {
        reply_setup_master(k, thread);
        thread_set_state(k, thread, THREAD_RESTART);
        sched_enqueue(k, thread);
        sched_possible_switch(k, thread);
        return;
    }
    thread_set_state(k, thread, THREAD_RESTART);
    sc_check_unblocked(k, thread->sc);
    sc_resume(k, thread->sc);
    if (thread_is_schedulable(k, thread)) {
        sched_possible_switch(k, thread);
    }
}

void thread_set_domain(struct kernel *k, struct tcb *thread, uint8_t domain)
{
    sched_dequeue(k, thread);
    thread->domain = domain;
    if (thread_is_schedulable(k, thread)) {
        sched_enqueue(k, thread);
    }
    if (thread == k->current) {
        sched_reschedule(k);
    }
}

static void set_priority_mcs(struct kernel *k, struct tcb *thread, uint8_t priority)
{
    switch (thread->state) {
    case THREAD_RUNNING:
    case THREAD_RESTART:
        if (!thread->queued && thread != k->current) {
            thread->priority = priority;
            break;
        }
        sched_dequeue(k, thread);
        thread->priority = priority;
        sched_enqueue(k, thread);
        sched_reschedule(k);
        break;
    case THREAD_BLOCKED_ON_RECEIVE:
    case THREAD_BLOCKED_ON_SEND:
        thread->priority = priority;
        endpoint_reorder(k, thread->blocked_on, thread);
        break;
    case THREAD_BLOCKED_ON_NOTIFICATION:
        thread->priority = priority;
        notification_reorder(k, thread->blocked_on, thread);
        break;
    default:
        thread->priority = priority;
        break;
    }
}

void thread_set_priority(struct kernel *k, struct tcb *thread, uint8_t priority)
{
    if (k->profile->mcs) {
        set_priority_mcs(k, thread, priority);
        return;
    }
    sched_dequeue(k, thread);
    thread->priority = priority;
    if (!thread_is_runnable(thread)) {
        return;
    }
    if (thread == k->current) {
        sched_reschedule(k);
    } else {
        sched_possible_switch(k, thread);
    }
}

static void switch_to(struct kernel *k, struct tcb *thread)
{
    sched_dequeue(k, thread);
    k->current = thread;
}

static void choose_thread(struct kernel *k)
{
    int priority = highest_priority(k, k->domain);
    if (priority >= 0) {
        switch_to(k, k->ready[k->domain][priority].head);
    } else {
        k->current = k->idle;
    }
}

static void next_domain(struct kernel *k)
{
    k->schedule_index++;
    if (k->schedule_index >= k->schedule_length || k->schedule[k->schedule_index].duration == 0) {
        k->schedule_index = k->schedule_start;
    }
    k->reprogram = true;
    k->domain = k->schedule[k->schedule_index].domain;
    k->domain_time = k->schedule[k->schedule_index].duration;
}

static void choose_new_thread(struct kernel *k)
{
    if (k->domain_time == 0) {
        next_domain(k);
    }
    choose_thread(k);
}

static void switch_to_candidate(struct kernel *k, bool was_runnable)
{
    struct tcb *candidate = k->candidate;
    bool lower = k->current == k->idle || candidate->priority < k->current->priority;
    if (lower && candidate->priority < highest_priority(k, k->domain)) {
        sched_enqueue(k, candidate);
        choose_new_thread(k);
    } else if (was_runnable && candidate->priority == k->current->priority) {
        sched_append(k, candidate);
        choose_new_thread(k);
    } else {
        switch_to(k, candidate);
    }
}

void sched_schedule(struct kernel *k)
{
    if (k->profile->mcs) {
        release_awaken(k);
        if (k->profile->num_domains > 1 && k->domain_time == 0) {
            k->reprogram = true;
            sched_reschedule(k);
        }
    }
    if (k->action != ACTION_RESUME) {
        bool was_runnable = k->current != k->idle && thread_is_schedulable(k, k->current);
        if (was_runnable) {
            sched_enqueue(k, k->current);
        }
        if (k->action == ACTION_CHOOSE || !thread_is_schedulable(k, k->candidate)) {
            choose_new_thread(k);
        } else {
            switch_to_candidate(k, was_runnable);
        }
    }
    k->action = ACTION_RESUME;
    k->candidate = NULL;
    if (k->profile->mcs) {
        sc_switch(k);
    }
}

void sched_activate(struct kernel *k)
{
    struct tcb *thread = k->current;
    if (thread->yield_to) {
        sc_complete_yield_to(k, thread);
    }
    if (thread->state == THREAD_RESTART) {
        thread->regs[k->registers->next_ip] = thread->regs[k->registers->fault_ip];
        thread_set_state(k, thread, THREAD_RUNNING);
    }
}

void sched_tick(struct kernel *k)
{
    struct tcb *thread = k->current;
    if (thread->state == THREAD_RUNNING) {
        if (thread->time_slice > 1) {
            thread->time_slice--;
        } else {
            thread->time_slice = TIME_SLICE_TICKS;
            sched_append(k, thread);
            sched_reschedule(k);
        }
    }
    if (k->profile->num_domains > 1 && k->domain_time > 0 && --k->domain_time == 0) {
        sched_reschedule(k);
    }
}

void sched_give_way(struct kernel *k)
{
    struct tcb *thread = k->current;
    if (k->profile->mcs) {
        struct sched_context *sc = k->current_sc;
        uint64_t consumed = sc->consumed + k->consumed;
        budget_charge(k, refill_head(sc)->amount, false);
        sc->consumed = consumed;
        return;
    }
    sched_dequeue(k, thread);
    sched_append(k, thread);
    sched_reschedule(k);
}
