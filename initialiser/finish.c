/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel.h"
#include "phases.h"

void finish(void)
{
    enter_phase(CAPDL_PHASE_DONE);
    kernel_leave();
}
