/* SPDX-License-Identifier: BSD-2-Clause */
/* The filter of system calls of a confined process. */
#ifndef TOOL_BASE_CONFINED_FILTER_H
#define TOOL_BASE_CONFINED_FILTER_H

#include <stdbool.h>

/* From now on this process can write to `out`, read `statistics` (-1: nothing), use memory, tell the time and end
   itself. All other system calls fail with EPERM. False: this host does not filter system calls. */
bool confined_filter(int out, int statistics);

#endif
