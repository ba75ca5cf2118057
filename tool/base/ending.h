/* SPDX-License-Identifier: BSD-2-Clause */
/* What must still be done when a signal ends the program in an orderly way. */
#ifndef TOOL_BASE_ENDING_H
#define TOOL_BASE_ENDING_H

/* From now on such a signal first does this, which may only call what a signal handler may. A few at a time. */
void ending_add(void (*act)(void));
void ending_remove(void (*act)(void));

#endif
