/* SPDX-License-Identifier: BSD-2-Clause */
/* What the driver of a serial line does for its clients: labels of calls to it. */
#ifndef SERIAL_H
#define SERIAL_H

enum {
    SERIAL_WRITE = 1, /* prints the characters, one a word */
    SERIAL_READ_LINE, /* answers when a line has come, without its end: its characters, one a word */
};

enum { SERIAL_MOST = 64 }; /* characters of a message */

#endif
