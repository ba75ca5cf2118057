/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel.h"
#include "message.h"
#include "phases.h"

/* A system of which not all can be started must not run: suspends the targets of START. Those that have not been
   started stay as they are; what is no thread refuses, which is as good. */
static void suspend_threads(void)
{
    struct capdl_call started;
    struct capdl_blob_calls calls = capdl_blob_calls(&self.blob);
    while (capdl_blob_next_call(&calls, &started)) {
        if (started.phase != CAPDL_PHASE_START) {
            continue;
        }
        started.label = (unsigned)self.blob.boot[CAPDL_BOOT_TCB_SUSPEND];
        started.num_caps = started.num_operands = 0;
        while (call_run(&started) && --started.count) {
            capdl_call_step(&started, 1);
        }
    }
}

/* The next call, and in `after` where the one after it is, as long as they are kept. Others are read where the first
   was. */
static bool next_call(struct capdl_call **call, struct capdl_call **after)
{
    *call = *after;
    if (*call != self.kept.end) {
        *after = capdl_call_after(*call);
        return true;
    }
    *call = &self.calls.first;
    return capdl_blob_next_call(&self.kept.rest, *call);
}

/* All that is left are kernel calls that the host has worked out, phase by phase. What is said of them is said before
   a thread can run, so that no other core prints between. */
void make_calls(void)
{
    struct capdl_call *call, *after = &self.calls.first;
    self.slot = UINT64_MAX;
    for (bool said = false;;) {
        bool more = next_call(&call, &after);
        unsigned error;
        if (!said && (!more || call->phase == CAPDL_PHASE_START)) {
            say_booted();
            said = true;
        }
        if (!more) {
            return;
        }
        enter_phase(call->phase);
        error = call_run(call);
        if (error) {
            if (said) {
                suspend_threads();
            }
            die_call(call, error);
        }
    }
}
