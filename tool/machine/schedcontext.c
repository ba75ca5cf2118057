/* SPDX-License-Identifier: BSD-2-Clause */
/* Scheduling contexts (MCS). Follows src/object/schedcontext.c and schedcontrol.c of seL4. */
#include "kernel.h"

#include <capdl/flags.h>

void sc_resume(struct kernel *k, struct sched_context *sc)
{
    if (sc && sc->tcb && thread_is_schedulable(k, sc->tcb) && !(refill_ready(k, sc) && refill_sufficient(k, sc, 0))) {
        sc_postpone(k, sc);
    }
}

void sc_bind_thread(struct kernel *k, struct sched_context *sc, struct tcb *thread)
{
    thread->sc = sc;
    sc->tcb = thread;
    thread->affinity = sc->core;
    if (sc->sporadic && sc_is_active(sc) && sc != k->current_sc) {
        refill_unblock_check(k, sc);
    }
    sc_resume(k, sc);
    if (thread_is_schedulable(k, thread)) {
        sched_enqueue(k, thread);
        sched_reschedule(k);
    }
}

void sc_unbind_thread(struct kernel *k, struct sched_context *sc)
{
    struct tcb *thread = sc->tcb;
    if (thread == k->current) {
        sched_reschedule(k);
    }
    sched_dequeue(k, thread);
    release_remove(k, thread);
    thread->sc = NULL;
    sc->tcb = NULL;
}

void sc_unbind_all(struct kernel *k, struct sched_context *sc)
{
    if (sc->tcb) {
        sc_unbind_thread(k, sc);
    }
}

void sc_unbind_notification(struct sched_context *sc)
{
    if (sc->notification) {
        sc->notification->sc = NULL;
    }
    sc->notification = NULL;
}

void sc_unbind_reply(struct sched_context *sc)
{
    if (sc->reply) {
        sc->reply->next = NULL;
        sc->reply->next_is_sc = false;
    }
    sc->reply = NULL;
}

void sc_donate(struct kernel *k, struct sched_context *sc, struct tcb *to)
{
    struct tcb *from = sc->tcb;
    if (from) {
        sched_dequeue(k, from);
        release_remove(k, from);
        from->sc = NULL;
        if (from == k->current || (k->action == ACTION_SWITCH && from == k->candidate)) {
            sched_reschedule(k);
        }
    }
    sc->tcb = to;
    to->sc = sc;
    to->affinity = sc->core;
}

uint64_t sc_take_consumed(struct kernel *k, struct sched_context *sc)
{
    uint64_t consumed = sc->consumed;
    sc->consumed = 0;
    return us_of_ticks(k, consumed);
}

void sc_cancel_yield_to(struct tcb *thread)
{
    if (thread->yield_to) {
        thread->yield_to->yield_from = NULL;
        thread->yield_to = NULL;
    }
}

void sc_complete_yield_to(struct kernel *k, struct tcb *yielder)
{
    if (!yielder->yield_to) {
        return;
    }
    reply_time(k, yielder, sc_take_consumed(k, yielder->yield_to));
    sc_cancel_yield_to(yielder);
}

static enum status check_bind(struct kernel *k, const struct sched_context *sc, const struct cap *cap)
{
    if (cap->type == CAP_THREAD) {
        const struct tcb *thread = cap->object;
        bool released = sc_is_active(sc) && refill_ready(k, sc);
        if (sc->tcb || thread->sc || (thread_is_blocked(thread) && !released)) {
            return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
        }
        return STATUS_OK;
    }
    if (cap->type == CAP_NOTIFICATION) {
        const struct notification *notification = cap->object;
        return sc->notification || notification->sc ? fail(k, CAPDL_ERROR_ILLEGAL_OPERATION) : STATUS_OK;
    }
    return fail_capability(k, 1);
}

static enum status decode_bind(struct kernel *k, struct sched_context *sc)
{
    if (!k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    struct cap cap = k->extra[0]->cap;
    enum status status = check_bind(k, sc, &cap);
    if (status != STATUS_OK) {
        return status;
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    if (cap.type == CAP_THREAD) {
        sc_bind_thread(k, sc, cap.object);
    } else {
        struct notification *notification = cap.object;
        notification->sc = sc;
        sc->notification = notification;
    }
    return STATUS_OK;
}

static enum status decode_unbind_object(struct kernel *k, struct sched_context *sc)
{
    if (!k->extra[0]) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    struct cap cap = k->extra[0]->cap;
    if (cap.type != CAP_THREAD && cap.type != CAP_NOTIFICATION) {
        return fail_capability(k, 1);
    }
    bool thread = cap.type == CAP_THREAD;
    if (thread ? sc->tcb != cap.object || sc->tcb == k->current : sc->notification != cap.object) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    if (thread) {
        sc_unbind_thread(k, sc);
    } else {
        sc_unbind_notification(sc);
    }
    return STATUS_OK;
}

static enum status decode_unbind(struct kernel *k, struct sched_context *sc)
{
    if (sc->tcb == k->current) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    sc_unbind_all(k, sc);
    sc_unbind_notification(sc);
    sc_unbind_reply(sc);
    return STATUS_OK;
}

static void answer_consumed(struct kernel *k, struct sched_context *sc, bool call)
{
    uint64_t consumed = sc_take_consumed(k, sc);
    if (call) {
        reply_time(k, k->current, consumed);
    }
    thread_set_state(k, k->current, THREAD_RUNNING);
}

static enum status decode_yield_to(struct kernel *k, struct sched_context *sc, bool call)
{
    struct tcb *thread = sc->tcb;
    if (!thread || thread == k->current || thread->priority > k->current->mcp || k->current->yield_to) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    if (sc->yield_from) {
        sc_complete_yield_to(k, sc->yield_from);
    }
    sc_resume(k, sc);
    bool schedulable = thread_is_schedulable(k, thread);
    if (schedulable && thread->priority >= k->current->priority) {
        k->current->yield_to = sc;
        sc->yield_from = k->current;
        sched_dequeue(k, thread);
        sched_enqueue(k, k->current);
        sched_enqueue(k, thread);
        sched_reschedule(k);
        return STATUS_OK;
    }
    if (schedulable) {
        sched_dequeue(k, thread);
        sched_enqueue(k, thread);
    }
    answer_consumed(k, sc, call);
    return STATUS_OK;
}

enum status sched_context_decode(struct kernel *k, struct invocation *inv)
{
    struct sched_context *sc = inv->cap.object;
    switch (inv->method) {
    case CAPDL_METHOD_SCHED_CONTEXT_CONSUMED:
        thread_set_state(k, k->current, THREAD_RESTART);
        answer_consumed(k, sc, inv->call);
        return STATUS_OK;
    case CAPDL_METHOD_SCHED_CONTEXT_BIND:
        return decode_bind(k, sc);
    case CAPDL_METHOD_SCHED_CONTEXT_UNBIND_OBJECT:
        return decode_unbind_object(k, sc);
    case CAPDL_METHOD_SCHED_CONTEXT_UNBIND:
        return decode_unbind(k, sc);
    case CAPDL_METHOD_SCHED_CONTEXT_YIELD_TO:
        return decode_yield_to(k, sc, inv->call);
    default:
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
}

struct parameters {
    uint64_t budget, period, refills, badge, flags;
    uint32_t core;
};

static void configure(struct kernel *k, struct sched_context *sc, const struct parameters *p)
{
    struct tcb *thread = sc->tcb;
    if (thread) {
        release_remove(k, thread);
        sched_dequeue(k, thread);
        if (k->current_sc == sc) {
            budget_commit(k);
        }
    }
    bool active = sc_is_active(sc) && thread && thread_is_runnable(thread) && (!k->profile->smp || sc->core == p->core);
    if (p->budget == p->period) {
        refill_new(k, sc, MIN_REFILLS, p->budget, 0);
    } else if (active) {
        refill_update(k, sc, p->period, p->budget, (uint32_t)p->refills);
    } else {
        refill_new(k, sc, (uint32_t)p->refills, p->budget, p->period);
    }
    sc->core = p->core;
    if (thread) {
        thread->affinity = p->core;
        sc_resume(k, sc);
        if (thread_is_runnable(thread) && thread != k->current) {
            sched_possible_switch(k, thread);
        }
        if (thread == k->current) {
            sched_reschedule(k);
        }
    }
    sc->badge = p->badge;
    sc->sporadic = p->flags & CAPDL_SC_FLAG_SPORADIC;
}

static enum status check_times(struct kernel *k, struct parameters *p, uint64_t budget_us, uint64_t period_us)
{
    uint64_t least = min_budget_us(k), most = max_period_us(k);
    if (budget_us > most || period_us > most) {
        return fail_range(k, least, most);
    }
    p->budget = ticks_of_us(k, budget_us);
    p->period = ticks_of_us(k, period_us);
    if (p->budget < min_budget(k) || p->period < min_budget(k)) {
        return fail_range(k, least, most);
    }
    return p->budget > p->period ? fail_range(k, least, period_us) : STATUS_OK;
}

static enum status check_target(struct kernel *k, const struct cap *cap)
{
    return cap->type == CAP_SCHED_CONTEXT ? STATUS_OK : fail_capability(k, 1);
}

/* Before release 15, the target is checked before the times. */
enum status sched_control_decode(struct kernel *k, struct invocation *inv)
{
    if (inv->method != CAPDL_METHOD_SCHED_CONTROL_CONFIGURE_FLAGS) {
        return fail(k, CAPDL_ERROR_ILLEGAL_OPERATION);
    }
    unsigned period = time_words(k), extra_refills = 2 * period;
    if (!k->extra[0] || inv->length < extra_refills + 3) {
        return fail(k, CAPDL_ERROR_TRUNCATED_MESSAGE);
    }
    struct parameters p = {.badge = invocation_argument(k, inv, extra_refills + 1),
                           .flags = invocation_argument(k, inv, extra_refills + 2),
                           .core = (uint32_t)inv->cap.paddr};
    struct cap cap = k->extra[0]->cap;
    enum status status = k->version < 15 ? check_target(k, &cap) : STATUS_OK;
    if (status == STATUS_OK) {
        status = check_times(k, &p, invocation_time(k, inv, 0), invocation_time(k, inv, period));
    }
    if (status == STATUS_OK) {
        status = check_target(k, &cap);
    }
    if (status != STATUS_OK) {
        return status;
    }
    uint64_t extra = invocation_argument(k, inv, extra_refills), most = refill_max_of(k, &cap) - MIN_REFILLS;
    if (extra > most) {
        return fail_range(k, 0, most);
    }
    p.refills = extra + MIN_REFILLS;
    thread_set_state(k, k->current, THREAD_RESTART);
    configure(k, cap.object, &p);
    return STATUS_OK;
}
