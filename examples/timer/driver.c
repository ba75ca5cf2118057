/* SPDX-License-Identifier: BSD-2-Clause */
/* Drives a timer: args are its kind and where it is. A client calls with a number of seconds and is answered when they
   have passed. */
#include "timer.h"

enum { REQUESTS = 4, EXPIRED = 5, INTERRUPT = 6, PORTS = 7 };

static void sleep_seconds(const struct timer *timer, uint64_t seconds)
{
    for (uint64_t i = 0; i < seconds * timer_rate(timer); i++) {
        timer_start(timer);
        pd_wait(EXPIRED);
        timer_calm(timer);
        pd_irq_ack(INTERRUPT);
    }
}

void pd_main(const uint64_t *args)
{
    struct timer timer = {(enum timer_kind)args[0], args[1], PORTS};
    pd_print("driver: ready\n");
    pd_recv(REQUESTS);
    for (;;) {
        uint64_t seconds = pd_words[0];
        sleep_seconds(&timer, seconds);
        pd_words[0] = seconds;
        pd_reply_recv(REQUESTS, 0, 1);
    }
}
