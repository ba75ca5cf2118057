/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a command is at, for who waits at a terminal longer than a second:
 *
 *     capdl: compile: reading system.cdl, 45 %
 *
 * One line on standard error, drawn anew a few times a second by a timer, and gone before anything else is written.
 * Without progress_start the other functions do nothing.
 */
#ifndef TOOL_BASE_PROGRESS_H
#define TOOL_BASE_PROGRESS_H

#include <stddef.h>

/* Shows progress from now on if somebody can be watching: standard error is a terminal that can clear a line, standard
   output no pipe, whose reader may use the terminal, and CI is not set. At most once. */
void progress_start(const char *command);
/* Such as "reading", "system.cdl" (may be NULL). NULL for `doing`: there is nothing to be shown, as when another
   program or the user writes on the terminal. */
void progress_say(const char *doing, const char *name);
/* How much of that is done; else the line says the seconds that the command has taken. */
void progress_part(size_t done, size_t whole);
/* In a child process, whose terminal it is not. */
void progress_forget(void);

#endif
