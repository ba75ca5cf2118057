/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel.h"
#include "message.h"

void say_booted(void)
{
    const uint64_t *sizes = self.blob.sizes;
    if (self.blob.boot[CAPDL_BOOT_SYS_PUTCHAR] && !(self.blob.boot[CAPDL_BOOT_FLAGS] & CAPDL_BOOT_FLAG_QUIET)) {
        print("capdl: booted: % objects, % pages in place, % kernel calls, % bytes of untyped memory touched, "
              "digest $\n",
              (uint64_t[]){sizes[CAPDL_SIZE_OBJECTS] + self.blob.num_direct, sizes[CAPDL_SIZE_PAGES], header.num_calls,
                           self.plan.ram_touched, header.digest});
    }
}

void finish(void)
{
    enter_phase(CAPDL_PHASE_DONE);
    kernel_leave();
}
