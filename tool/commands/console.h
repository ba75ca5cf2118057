/* SPDX-License-Identifier: BSD-2-Clause */
/* What an image prints, and what is said about it, on their way to a terminal. */
#ifndef TOOL_CONSOLE_H
#define TOOL_CONSOLE_H

#include <stdbool.h>
#include <stdio.h>

struct console {
    FILE *image; /* what the image prints */
    FILE *ours;  /* what we say while it runs */
};

/*
 * Streams over two others, which stay open. Of both, characters that act on a terminal are escaped (see
 * capdl/escape.h). `width`: columns of the terminal that `image_to` is, where nothing that an image prints may look
 * like a line of ours: before lines that begin like one, and before what of a long line would come to the terminal's
 * next line, stands "image| ". What we say begins a line of its own there. 0: it is no terminal, and gets the image's
 * bytes as they are. False with errno set if there is no memory.
 */
bool console_open(struct console *, FILE *image_to, FILE *ours_to, unsigned width);
/* Passes on what was held back; an unfinished line on a terminal is ended. */
void console_close(struct console *);
/* Columns of the terminal behind a stream, 80 if it does not say; 0: it is none. */
unsigned console_width(FILE *);

#endif
