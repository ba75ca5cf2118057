/* SPDX-License-Identifier: BSD-2-Clause */
/* As SDKs up to 2.2 link programs: its IPC buffer is where a symbol says. */
#include "pd.h"
extern word __sel4_ipc_buffer_obj[];
void start_c(void)
{
    __sel4_ipc_buffer_obj[1] = 1; /* faults where no page is */
    say("has its buffer\n", 15);
}
