/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOL_PROFILE_MEMORY_H
#define TOOL_PROFILE_MEMORY_H

#include <stdio.h>
#include <stdlib.h>

/* What an allocation returned, which ends the program when it is 0. */
static inline void *memory_need(void *memory)
{
    if (memory == NULL) {
        fputs("capdl: out of memory\n", stderr);
        exit(2);
    }
    return memory;
}

#endif
