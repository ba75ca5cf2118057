/* SPDX-License-Identifier: BSD-2-Clause */
#include "message.h"

void finish(void)
{
    enter_phase(CAPDL_PHASE_DONE);
    print("capdl: booted: % objects, % pages in place, % kernel calls, % bytes of untyped memory touched, digest $",
          (uint64_t[]){self.blob.sizes[CAPDL_SIZE_OBJECTS], self.blob.sizes[CAPDL_SIZE_PAGES], header.num_calls,
                       self.plan.ram_touched, header.digest});
    stop(0, 0);
}
