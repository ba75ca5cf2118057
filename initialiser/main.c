/* SPDX-License-Identifier: BSD-2-Clause */
#include "initialiser.h"

struct initialiser self = {.slot = UINT64_MAX};

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

void enter_phase(unsigned phase)
{
    header.phase = phase;
}
