/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel.h"

/* All that is left are kernel calls that the host has worked out, phase by phase. */
void make_calls(void)
{
    static struct capdl_call call;
    struct capdl_blob_calls calls = capdl_blob_calls(&self.blob);

    self.slot = UINT64_MAX;
    while (capdl_blob_next_call(&calls, &call)) {
        enter_phase(call.phase);
        while (call_make(&call), --call.count)
            capdl_call_step(&call);
    }
}
