/* SPDX-License-Identifier: BSD-2-Clause */
/* The phases, one after the other. */
#include "phases.h"

void initialise(const struct bootinfo *bootinfo)
{
    open_blob(bootinfo);
    plan_memory();
    enlarge_cspace();
    create_objects();
    fill_frames();
    hand_over();
    make_calls();
    finish();
}
