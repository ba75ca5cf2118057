/* SPDX-License-Identifier: BSD-2-Clause */
#include "ending.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

enum { MOST_ACTS = 4 };
static void (*volatile acts[MOST_ACTS])(void);

static void end(int signal_number)
{
    for (size_t i = 0; i < MOST_ACTS; i++) {
        if (acts[i]) {
            acts[i]();
        }
    }
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

/* A signal that is ignored, as by nohup, stays so. */
static void set_handlers(void (*handler)(int))
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ};
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        struct sigaction before;
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
            signal(signals[i], handler);
        }
    }
}

/* Where an act is; NULL finds a free place. MOST_ACTS: nowhere. */
static size_t place_of(void (*act)(void))
{
    size_t i = 0;
    while (i < MOST_ACTS && acts[i] != act) {
        i++;
    }
    return i;
}

void ending_add(void (*act)(void))
{
    size_t free_place = place_of(NULL);
    if (place_of(act) == MOST_ACTS && free_place < MOST_ACTS) {
        acts[free_place] = act;
    }
    set_handlers(end);
}

void ending_remove(void (*act)(void))
{
    size_t place = place_of(act);
    bool more = false;
    if (place < MOST_ACTS) {
        acts[place] = NULL;
    }
    for (size_t i = 0; i < MOST_ACTS; i++) {
        more = more || acts[i];
    }
    if (!more) {
        set_handlers(SIG_DFL);
    }
}
