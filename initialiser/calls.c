/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel.h"
#include "message.h"

/* A system of which not all can be started must not run: suspends the targets of so many steps of START. What is no
   thread refuses, which is as good. */
static void suspend_threads(uint64_t steps)
{
    static struct capdl_call started;
    struct capdl_blob_calls calls = capdl_blob_calls(&self.blob);

    while (steps && capdl_blob_next_call(&calls, &started)) {
        for (; started.phase == CAPDL_PHASE_START && started.count && steps; started.count--, steps--) {
            call_run(call_start(CAPDL_BOOT_TCB_SUSPEND, started.target.kind, started.target.value));
            capdl_call_step(&started);
        }
    }
}

/* All that is left are kernel calls that the host has worked out, phase by phase. */
void make_calls(void)
{
    static struct capdl_call call;
    struct capdl_blob_calls calls = capdl_blob_calls(&self.blob);
    uint64_t started = 0;

    self.slot = UINT64_MAX;
    while (capdl_blob_next_call(&calls, &call)) {
        const uint64_t steps = call.count;
        unsigned error;
        enter_phase(call.phase);
        error = call_run(&call);
        if (call.phase == CAPDL_PHASE_START) {
            started += steps - call.count;
        }
        if (error) {
            suspend_threads(started);
            die_call(&call, error);
        }
    }
}
