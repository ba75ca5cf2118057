/* SPDX-License-Identifier: BSD-2-Clause */
#include "arch.h"
#include "kernel.h"
#include "message.h"

void finish(void)
{
    enter_phase(CAPDL_PHASE_DONE);
    print("capdl: booted: % objects, % pages in place, % kernel calls, % bytes of untyped memory touched\n",
          (uint64_t[]){ self.blob.sizes[CAPDL_SIZE_OBJECTS], self.blob.sizes[CAPDL_SIZE_PAGES], header.num_calls,
                        self.plan.ram_touched });
    call_try(call_start(CAPDL_BOOT_TCB_SUSPEND, CAPDL_REF_INITIAL, CAPDL_INITIAL_TCB));
    arch_stop();
}
