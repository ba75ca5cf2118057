/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processing untrusted input in a child process that can do no harm. The child opens the files and memory it needs,
 * seals itself, and can then only compute and send: no file, no network, no other process, no signal but to itself.
 * What it sends is untrusted input, too.
 *
 *     parent                        child
 *     confined_run  -- fork -->     body(context, c)
 *                                       ... prepare ...
 *                                       confined_seal(c)
 *     receive(kind, bytes) <-----       confined_send(c, kind, bytes), confined_stream(c, kind)
 *     how it ended  <---- exit -----    returns, or dies
 */
#ifndef TOOL_BASE_CONFINED_H
#define TOOL_BASE_CONFINED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct confined;

enum { CONFINED_DOING = 256 };

struct confined_job {
    void (*body)(void *context, struct confined *);
    /* In the parent: receives what the child sent, in order. Returns false if that is invalid, which ends the
     * child. */
    bool (*receive)(void *context, uint8_t kind, const uint8_t *bytes, size_t size);
    void *context;
    double seconds; /* after which the child is killed; 0: never */
};

enum confined_outcome {
    CONFINED_DONE,     /* the body returned */
    CONFINED_DIED,     /* by a signal, or by an exit of its own */
    CONFINED_STUCK,    /* it ran out of time */
    CONFINED_NONSENSE, /* it sent something invalid */
    CONFINED_NONE,     /* no child could be made; errno says why */
};

struct confined_end {
    enum confined_outcome outcome;
    int signal;                 /* of CONFINED_DIED; 0: it exited */
    bool unfiltered;            /* this host cannot filter system calls */
    char doing[CONFINED_DOING]; /* what the child wrote last to confined_doing, ended by 0; untrusted */
};

struct confined_end confined_run(const struct confined_job *);

/* In the child. */

/* Call this before touching untrusted input: closes every file but the pipe to the parent, and gives up every system
   call but those for memory, time and sending. */
void confined_seal(struct confined *);
void confined_send(struct confined *, uint8_t kind, const void *bytes, size_t size);
/* A stream whose lines the parent receives as this kind, including an unfinished line if the child dies. NULL when out
 * of memory. */
FILE *confined_stream(struct confined *, uint8_t kind);
/* CONFINED_DOING bytes in which the child says what it is doing, for the message if that kills it. */
char *confined_doing(struct confined *);
/* Bytes of memory that the child uses now, or its peak where /proc is missing; 0: not known. */
uint64_t confined_memory(const struct confined *);

#endif
