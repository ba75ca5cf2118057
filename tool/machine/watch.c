/* SPDX-License-Identifier: BSD-2-Clause */
/* Hears what the kernel does, and passes it on to what reports, traces and counts. */
#include "watch.h"

#include <stdlib.h>

/* The names that may be gone when the invocation is done. */
static void before(void *context, const struct record *r)
{
    struct watch *w = context;
    if (r->thread) {
        names_thread(w->names, r->thread, w->thread);
        bool initialiser = w->names->has_initialiser && r->thread == w->kernel->initial;
        if (!initialiser || !names_initialiser_slot(w->names, r->now->cptr, w->object)) {
            names_cap(w->names, &r->now->cap, w->object);
        }
        watch_slot_name(w, r->now, w->cnode);
        w->named = true;
    }
}

static void entry(void *context, const struct record *r)
{
    struct watch *w = context;
    trouble_entry(w, r);
    if (w->trace) {
        trace_entry(w, r);
    }
    if (w->stats) {
        stats_entry(w, r);
    }
    w->named = false;
}

static void device(void *context, const struct tcb *thread, const struct device_access *access)
{
    trouble_device(context, thread, access);
}

static void deviation(void *context, const struct tcb *thread, uint64_t pc, const char *instruction)
{
    trouble_deviation(context, thread, pc, instruction);
}

static void gone(void *context, const struct object *object)
{
    struct watch *w = context;
    names_forget((struct names *)w->names, object);
    trouble_gone(w, object);
    if (w->stats) {
        stats_gone(w, object);
    }
}

void watch_start(struct watch *w, struct kernel *k)
{
    k->watch = (struct kernel_watch){
        .context = w, .entry = entry, .before = before, .device = device, .deviation = deviation, .gone = gone};
}

void watch_finish(struct watch *w)
{
    trouble_finish(w);
    if (w->stats && w->report) {
        stats_print(w);
    }
}

void watch_free(struct watch *w)
{
    free(w->devices);
    free(w->troubles);
    free(w->rows);
}
