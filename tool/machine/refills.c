/* SPDX-License-Identifier: BSD-2-Clause */
/* Budgets of MCS kernels: refills, charging, the release queue. Follows src/kernel/sporadic.c and thread.c of seL4. */
#include "kernel.h"

enum { DEFAULT_WCET_US = 10 };

uint64_t ticks_of_us(const struct kernel *k, uint64_t us)
{
    return (uint64_t)((unsigned __int128)us * k->board.timer_frequency / 1000000);
}

uint64_t us_of_ticks(const struct kernel *k, uint64_t ticks)
{
    return (uint64_t)((unsigned __int128)ticks * 1000000 / k->board.timer_frequency);
}

uint64_t min_budget_us(const struct kernel *k)
{
    return 2 * (k->profile->kernel_wcet_us ? k->profile->kernel_wcet_us : DEFAULT_WCET_US);
}

uint64_t min_budget(const struct kernel *k)
{
    return ticks_of_us(k, min_budget_us(k));
}

uint64_t max_period_us(const struct kernel *k)
{
    return board_max_period_us(&k->board);
}

static uint64_t max_release_time(const struct kernel *k)
{
    return UINT64_MAX - 5 * ticks_of_us(k, max_period_us(k));
}

bool sc_is_active(const struct sched_context *sc)
{
    return sc->refill_max > 0;
}

bool sc_is_sporadic(const struct sched_context *sc)
{
    return sc && sc->sporadic;
}

static bool sc_is_round_robin(const struct sched_context *sc)
{
    return sc->period == 0;
}

struct refill *refill_head(const struct sched_context *sc)
{
    return &sc->refills[sc->head];
}

static struct refill *refill_tail(const struct sched_context *sc)
{
    return &sc->refills[sc->tail];
}

/* Ten words, two times; a refill is two times. */
unsigned refill_max_of(const struct kernel *k, const struct cap *sc)
{
    return (unsigned)(((UINT64_C(1) << sc->bits) - (10 * capdl_word_bytes(k->profile->arch) + 2 * 8)) / 16);
}

static uint32_t refill_next(const struct sched_context *sc, uint32_t i)
{
    return i + 1 == sc->refill_max ? 0 : i + 1;
}

static uint32_t refill_size(const struct sched_context *sc)
{
    return sc->head <= sc->tail ? sc->tail - sc->head + 1 : sc->tail + 1 + (sc->refill_max - sc->head);
}

static bool refill_single(const struct sched_context *sc)
{
    return sc->head == sc->tail;
}

bool refill_ready(const struct kernel *k, const struct sched_context *sc)
{
    return refill_head(sc)->time <= k->now;
}

bool refill_sufficient(const struct kernel *k, const struct sched_context *sc, uint64_t usage)
{
    uint64_t amount = refill_head(sc)->amount;
    return usage <= amount && amount - usage >= min_budget(k);
}

static struct refill refill_pop(struct sched_context *sc)
{
    struct refill refill = *refill_head(sc);
    sc->head = refill_next(sc, sc->head);
    return refill;
}

static void refill_add(struct sched_context *sc, struct refill refill)
{
    sc->tail = refill_next(sc, sc->tail);
    *refill_tail(sc) = refill;
}

/* A round-robin context keeps what was used in a second refill. */
static void add_empty_tail(struct sched_context *sc)
{
    if (sc_is_round_robin(sc)) {
        refill_add(sc, (struct refill){.time = refill_head(sc)->time});
    }
}

void refill_new(struct kernel *k, struct sched_context *sc, uint32_t max, uint64_t budget, uint64_t period)
{
    sc->period = period;
    sc->head = sc->tail = 0;
    sc->refill_max = max;
    *refill_head(sc) = (struct refill){.time = k->now, .amount = budget};
    add_empty_tail(sc);
}

void refill_update(struct kernel *k, struct sched_context *sc, uint64_t period, uint64_t budget, uint32_t max)
{
    sc->refills[0] = *refill_head(sc);
    sc->head = sc->tail = 0;
    sc->refill_max = max;
    sc->period = period;
    struct refill *head = refill_head(sc);
    if (refill_ready(k, sc)) {
        head->time = k->now;
    }
    if (head->amount >= budget) {
        head->amount = budget;
        add_empty_tail(sc);
    } else {
        refill_add(sc, (struct refill){.amount = budget - head->amount, .time = head->time + period});
    }
}

static void schedule_used(struct sched_context *sc, struct refill used)
{
    struct refill *tail = refill_tail(sc);
    if (tail->time + tail->amount >= used.time) {
        tail->amount += used.amount;
    } else if (refill_size(sc) < sc->refill_max) {
        refill_add(sc, used);
    } else {
        tail->time = used.time - tail->amount;
        tail->amount += used.amount;
    }
}

static uint64_t charge_head(struct sched_context *sc, uint64_t usage)
{
    uint64_t amount = refill_head(sc)->amount;
    if (refill_single(sc)) {
        refill_head(sc)->time += sc->period;
    } else {
        struct refill old = refill_pop(sc);
        old.time += sc->period;
        schedule_used(sc, old);
    }
    return usage - amount;
}

static void merge_head_with_next(struct sched_context *sc)
{
    struct refill old = refill_pop(sc);
    refill_head(sc)->amount += old.amount;
    refill_head(sc)->time -= old.amount;
}

void refill_budget_check(struct kernel *k, uint64_t usage)
{
    struct sched_context *sc = k->current_sc;
    while (refill_head(sc)->amount <= usage && refill_head(sc)->time < max_release_time(k)) {
        usage = charge_head(sc, usage);
    }
    struct refill head = *refill_head(sc);
    if (usage > 0 && head.time < max_release_time(k)) {
        refill_head(sc)->amount = head.amount - usage;
        refill_head(sc)->time = head.time + usage;
        schedule_used(sc, (struct refill){.amount = usage, .time = head.time + sc->period});
    }
    while (refill_head(sc)->amount < min_budget(k) && !refill_single(sc)) {
        merge_head_with_next(sc);
    }
}

static bool heads_overlap(const struct sched_context *sc)
{
    if (refill_single(sc)) {
        return false;
    }
    const struct refill *head = refill_head(sc), *next = &sc->refills[refill_next(sc, sc->head)];
    return next->time <= head->time + head->amount;
}

void refill_unblock_check(struct kernel *k, struct sched_context *sc)
{
    if (sc_is_round_robin(sc) || !refill_ready(k, sc)) {
        return;
    }
    refill_head(sc)->time = k->now;
    k->reprogram = true;
    while (heads_overlap(sc)) {
        struct refill old = refill_pop(sc);
        refill_head(sc)->time = old.time;
        refill_head(sc)->amount += old.amount;
    }
}

void sc_check_unblocked(struct kernel *k, struct sched_context *sc)
{
    if (sc_is_sporadic(sc) && sc != k->current_sc) {
        refill_unblock_check(k, sc);
    }
}

static void end_time_slice(struct kernel *k, bool can_fault)
{
    struct sched_context *sc = k->current_sc;
    if (can_fault && !sc_is_round_robin(sc) && timeout_handler_is_valid(k->current)) {
        k->fault = (struct fault){.kind = FAULT_TIMEOUT, .address = sc->badge};
        fault_handle_timeout(k, k->current);
    } else if (refill_ready(k, sc) && refill_sufficient(k, sc, 0)) {
        sched_append(k, k->current);
    } else {
        sc_postpone(k, sc);
    }
}

void budget_charge(struct kernel *k, uint64_t consumed, bool can_fault)
{
    struct sched_context *sc = k->current_sc;
    if (sc != k->idle_sc) {
        if (sc_is_round_robin(sc)) {
            refill_head(sc)->amount += refill_tail(sc)->amount;
            refill_tail(sc)->amount = 0;
        } else {
            refill_budget_check(k, consumed);
        }
        sc->consumed += consumed;
    }
    k->consumed = 0;
    if (k->current != k->idle && thread_is_schedulable(k, k->current)) {
        end_time_slice(k, can_fault);
        sched_reschedule(k);
        k->reprogram = true;
    }
}

bool budget_check(struct kernel *k)
{
    if (refill_sufficient(k, k->current_sc, k->consumed)) {
        return k->profile->num_domains <= 1 || k->domain_time != 0;
    }
    budget_charge(k, k->consumed, true);
    return false;
}

bool budget_check_restart(struct kernel *k)
{
    bool enough = budget_check(k);
    if (!enough && thread_is_runnable(k->current)) {
        thread_set_state(k, k->current, THREAD_RESTART);
    }
    return enough;
}

void budget_commit(struct kernel *k)
{
    struct sched_context *sc = k->current_sc;
    if (sc_is_active(sc) && sc != k->idle_sc) {
        if (k->consumed > 0 && sc_is_round_robin(sc)) {
            refill_head(sc)->amount -= k->consumed;
            refill_tail(sc)->amount += k->consumed;
        } else if (k->consumed > 0) {
            refill_budget_check(k, k->consumed);
        }
        sc->consumed += k->consumed;
    }
    k->consumed = 0;
}

void release_remove(struct kernel *k, struct tcb *thread)
{
    if (!thread->in_release_queue) {
        return;
    }
    if (thread->queue_prev) {
        thread->queue_prev->queue_next = thread->queue_next;
    } else {
        k->release.head = thread->queue_next;
    }
    if (thread->queue_next) {
        thread->queue_next->queue_prev = thread->queue_prev;
    } else {
        k->release.tail = thread->queue_prev;
    }
    thread->queue_prev = thread->queue_next = NULL;
    thread->in_release_queue = false;
    k->reprogram = true;
}

/* Ordered by the time of the head refill. */
static void release_enqueue(struct kernel *k, struct tcb *thread)
{
    uint64_t time = refill_head(thread->sc)->time;
    struct tcb *after = k->release.tail;
    while (after && refill_head(after->sc)->time > time) {
        after = after->queue_prev;
    }
    struct tcb *before = after ? after->queue_next : k->release.head;
    thread->queue_prev = after;
    thread->queue_next = before;
    *(after ? &after->queue_next : &k->release.head) = thread;
    *(before ? &before->queue_prev : &k->release.tail) = thread;
    thread->in_release_queue = true;
}

/* A thread that is ready to run has a refill that is ready, so this one is in no other queue. */
void sc_postpone(struct kernel *k, struct sched_context *sc)
{
    if (!sc->tcb->in_release_queue) {
        release_enqueue(k, sc->tcb);
    }
    k->reprogram = true;
}

void release_awaken(struct kernel *k)
{
    while (k->release.head && refill_ready(k, k->release.head->sc)) {
        struct tcb *thread = k->release.head;
        release_remove(k, thread);
        sched_possible_switch(k, thread);
    }
}

static void set_deadline(struct kernel *k)
{
    uint64_t deadline = UINT64_MAX;
    if (k->current != k->idle) {
        deadline = k->now + refill_head(k->current->sc)->amount;
    }
    if (k->profile->num_domains > 1 && k->domain_time < deadline - k->now) {
        deadline = k->now + k->domain_time;
    }
    if (k->release.head && refill_head(k->release.head->sc)->time < deadline) {
        deadline = refill_head(k->release.head->sc)->time;
    }
    k->deadline = deadline;
}

void sc_switch(struct kernel *k)
{
    struct sched_context *sc = k->current == k->idle ? k->idle_sc : k->current->sc;
    if (k->current_sc != sc) {
        k->reprogram = true;
        if (sc != k->idle_sc && !sc->sporadic) {
            refill_unblock_check(k, sc);
        }
    }
    if (k->reprogram) {
        budget_commit(k);
    }
    k->current_sc = sc;
    if (k->reprogram) {
        set_deadline(k);
    }
    k->reprogram = false;
}
