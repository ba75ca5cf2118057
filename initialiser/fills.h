/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef INITIALISER_FILLS_H
#define INITIALISER_FILLS_H

#include "initialiser.h"

/* The frame in the window. */
struct mapped {
    uint64_t slot; /* all ones: none */
    uint64_t address;
};

/* Maps the frame in a slot of ours, of this size, for writing. */
void map_frame(struct mapped *, uint64_t slot, unsigned size_bits);
void unmap_frame(struct mapped *);

#endif
