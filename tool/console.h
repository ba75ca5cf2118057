/* SPDX-License-Identifier: BSD-2-Clause */
/* What an image prints, on its way to a terminal. */
#ifndef TOOL_CONSOLE_H
#define TOOL_CONSOLE_H

#include <stdbool.h>
#include <stdio.h>

/*
 * A stream that passes on to another one what may be shown on a terminal: characters that act there are escaped (see
 * capdl/escape.h), a carriage return before a line end is left out. With `mark`, lines that begin like one of ours,
 * "capdl" or "machine:" or "error:", come out with "image| " before them. Only its own buffer is freed by fclose. 0
 * with errno set if there is no memory.
 */
FILE *console_filter(FILE *to, bool mark);

#endif
