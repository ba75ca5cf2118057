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
void map_frame(struct mapped *, uint64_t slot, uint64_t size_bits);
void unmap_frame(struct mapped *);
/* Makes what was written to [start, end) of a mapped frame visible to whoever maps it otherwise: by Page_Unify or
   Page_CleanInvalidate, which only kernels have that need it. */
void clean_caches(enum capdl_boot_key method, unsigned kind, uint64_t frame, uint64_t start, uint64_t end);

#endif
