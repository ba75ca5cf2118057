/* SPDX-License-Identifier: BSD-2-Clause */
/* What the phases know. */
#include "initialiser.h"

struct initialiser self = {.slot = UINT64_MAX};

uint64_t page_cap(uint64_t address)
{
    return self.bootinfo->image_frames.start + (address - header.image_start) / CAPDL_PAGE_SIZE;
}

void enter_phase(unsigned phase)
{
    header.phase = phase;
}
