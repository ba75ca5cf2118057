/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel.h"
#include "message.h"

/* A system of which not all can be started must not run: suspends the targets of START. Those that have not been
   started stay as they are; what is no thread refuses, which is as good. */
static void suspend_threads(void)
{
    static struct capdl_call started;
    struct capdl_blob_calls calls = capdl_blob_calls(&self.blob);

    while (capdl_blob_next_call(&calls, &started)) {
        do {
            if (started.phase == CAPDL_PHASE_START) {
                call_run(call_start(CAPDL_BOOT_TCB_SUSPEND, started.target.kind, started.target.value));
            }
            capdl_call_step(&started, 1);
        } while (--started.count);
    }
}

/* All that is left are kernel calls that the host has worked out, phase by phase. What is said of them is said before
   a thread can run, so that no other core prints between. */
void make_calls(void)
{
    static struct capdl_call call;
    struct capdl_blob_calls calls = capdl_blob_calls(&self.blob);

    self.slot = UINT64_MAX;
    for (bool said = false;;) {
        bool more = capdl_blob_next_call(&calls, &call);
        unsigned error;
        if (!said && (!more || call.phase == CAPDL_PHASE_START)) {
            say_booted();
            said = true;
        }
        if (!more) {
            return;
        }
        enter_phase(call.phase);
        error = call_run(&call);
        if (error) {
            if (said) {
                suspend_threads();
            }
            die_call(&call, error);
        }
    }
}
