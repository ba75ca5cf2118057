/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Refills of scheduling contexts, worked out by hand from src/kernel/sporadic.c of seL4: refill_new, refill_update,
 * refill_budget_check, refill_unblock_check. All amounts and times are multiples of u, the least budget.
 */
#include "world.h"

enum { MOST = 8 };

static struct refill refills[MOST];
static struct sched_context sc;
static uint64_t u, start;

static void begin(struct kernel *k, uint32_t max, uint64_t budget, uint64_t period)
{
    sc = (struct sched_context){.refills = refills};
    k->now = start;
    k->current_sc = &sc;
    k->consumed = 0;
    refill_new(k, &sc, max, budget * u, period * u);
}

/* The n-th refill from the head: its amount and its time after the start. */
#define REFILL(n, amount_, time_)                                                             \
    do {                                                                                      \
        EXPECT(refills[(sc.head + (n)) % sc.refill_max].amount, (uint64_t)((amount_)*u));     \
        EXPECT(refills[(sc.head + (n)) % sc.refill_max].time - start, (uint64_t)((time_)*u)); \
    } while (0)

static unsigned count(void)
{
    return (sc.tail + sc.refill_max - sc.head) % sc.refill_max + 1;
}

static void new_has_its_budget_at_once(struct kernel *k)
{
    begin(k, 4, 10, 100);
    EXPECT(count(), 1);
    REFILL(0, 10, 0);
    begin(k, 2, 10, 0); /* round robin: what is used is kept in a second refill */
    EXPECT(count(), 2);
    REFILL(0, 10, 0);
    REFILL(1, 0, 0);
}

static void update_keeps_the_head_only(struct kernel *k)
{
    begin(k, 4, 10, 100);
    refill_budget_check(k, 3 * u);
    k->now = start + 5 * u;
    refill_update(k, &sc, 50 * u, 4 * u, 3); /* the head had 7 */
    EXPECT(count(), 1);
    EXPECT(sc.refill_max, 3);
    EXPECT(sc.period, 50 * u);
    REFILL(0, 4, 5);
    refill_update(k, &sc, 200 * u, 30 * u, 5); /* the head has 4: the rest comes a period later */
    EXPECT(count(), 2);
    EXPECT(sc.refill_max, 5);
    REFILL(0, 4, 5);
    REFILL(1, 26, 205);
    refill_update(k, &sc, 200 * u, 4 * u, 5); /* just as much as it has */
    EXPECT(count(), 1);
    REFILL(0, 4, 5);
}

static void update_does_not_bring_forward(struct kernel *k)
{
    begin(k, 4, 10, 100);
    refill_budget_check(k, 10 * u);
    REFILL(0, 10, 100);
    refill_update(k, &sc, 60 * u, 5 * u, 2);
    REFILL(0, 5, 100);
    k->now = start + 100 * u; /* ready from this very tick on */
    refill_update(k, &sc, 60 * u, 12 * u, 2);
    REFILL(0, 5, 100);
    REFILL(1, 7, 160);
    k->now = start + 101 * u;
    refill_update(k, &sc, 60 * u, 12 * u, 2);
    REFILL(0, 5, 101);
    REFILL(1, 7, 161);
}

static void update_to_round_robin(struct kernel *k)
{
    begin(k, 4, 10, 100);
    refill_update(k, &sc, 0, 6 * u, 2);
    EXPECT(count(), 2);
    REFILL(0, 6, 0);
    REFILL(1, 0, 0);
}

static void used_comes_back_a_period_later(struct kernel *k)
{
    begin(k, 4, 10, 100);
    refill_budget_check(k, 3 * u);
    EXPECT(count(), 2);
    REFILL(0, 7, 3);
    REFILL(1, 3, 100);
    refill_budget_check(k, 2 * u); /* adjacent to the last: one refill */
    EXPECT(count(), 2);
    REFILL(0, 5, 5);
    REFILL(1, 5, 100);
}

static void overrun_is_paid_from_the_future(struct kernel *k)
{
    begin(k, 4, 10, 100);
    refill_budget_check(k, 12 * u);
    EXPECT(count(), 2);
    REFILL(0, 8, 102);
    REFILL(1, 2, 200);
    begin(k, 4, 10, 100);
    refill_budget_check(k, 10 * u);
    EXPECT(count(), 1);
    REFILL(0, 10, 100);
}

static void full_delays_the_last(struct kernel *k)
{
    begin(k, 2, 10, 100);
    refill_budget_check(k, 3 * u);
    k->now = start + 50 * u;
    refill_unblock_check(k, &sc);
    REFILL(0, 7, 50);
    refill_budget_check(k, 1 * u);
    EXPECT(count(), 2);
    REFILL(0, 6, 51);
    REFILL(1, 4, 147);
}

static void too_little_is_merged(struct kernel *k)
{
    begin(k, 4, 10, 100);
    refill_budget_check(k, 9 * u + u / 2);
    EXPECT(count(), 1);
    EXPECT(refill_head(&sc)->amount, 10 * u);
    EXPECT(refill_head(&sc)->time - start, 100 * u - (10 * u - (9 * u + u / 2)));
    begin(k, 4, 10, 100);
    refill_budget_check(k, 9 * u); /* the least budget is enough */
    EXPECT(count(), 2);
    REFILL(0, 1, 9);
}

static void waking_gives_what_is_due(struct kernel *k)
{
    begin(k, 4, 10, 100);
    refill_budget_check(k, 3 * u);
    k->reprogram = false;
    k->now = start + 2 * u; /* the head begins at 3 */
    refill_unblock_check(k, &sc);
    REFILL(0, 7, 3);
    EXPECT(k->reprogram, false);
    k->now = start + 92 * u; /* the next begins at 100, behind the head's end */
    refill_unblock_check(k, &sc);
    EXPECT(count(), 2);
    REFILL(0, 7, 92);
    EXPECT(k->reprogram, true);
    k->now = start + 93 * u; /* where it ends */
    refill_unblock_check(k, &sc);
    EXPECT(count(), 1);
    REFILL(0, 10, 93);
    begin(k, 2, 10, 0);
    k->reprogram = false;
    k->now = start + 50 * u;
    refill_unblock_check(k, &sc); /* of no concern to round robin */
    REFILL(0, 10, 0);
    EXPECT(k->reprogram, false);
}

static void committing(struct kernel *k)
{
    begin(k, 2, 10, 0);
    k->consumed = 3 * u;
    budget_commit(k);
    REFILL(0, 7, 0);
    REFILL(1, 3, 0);
    EXPECT(sc.consumed, 3 * u);
    EXPECT(k->consumed, 0);
    begin(k, 4, 10, 100);
    k->consumed = 3 * u;
    budget_commit(k);
    REFILL(0, 7, 3);
    REFILL(1, 3, 100);
    EXPECT(sc.consumed, 3 * u);
    EXPECT(refill_sufficient(k, &sc, 6 * u), true); /* leaves the least budget */
    EXPECT(refill_sufficient(k, &sc, 6 * u + 1), false);
    EXPECT(refill_sufficient(k, &sc, 8 * u), false);
}

int main(void)
{
    static const char *const profiles[] = {"aarch64-mcs", "riscv64-mcs", "x86_64-mcs"};
    static void (*const tests[])(struct kernel *) = {
        new_has_its_budget_at_once,     update_keeps_the_head_only,
        update_does_not_bring_forward,  update_to_round_robin,
        used_comes_back_a_period_later, overrun_is_paid_from_the_future,
        full_delays_the_last,           too_little_is_merged,
        waking_gives_what_is_due,       committing,
    };
    for (unsigned i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
        struct world *w = world_new(profiles[i]);
        struct sched_context *own = w->k->current_sc;
        u = min_budget(w->k);
        start = w->k->now + 1000 * u;
        for (unsigned j = 0; j < sizeof(tests) / sizeof(tests[0]); j++) {
            tests[j](w->k);
        }
        w->k->current_sc = own;
        world_free(w);
    }
    return failures();
}
