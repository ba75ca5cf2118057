/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Work on what nobody can trust, in a child process with nothing to harm. The child prepares itself with all it needs
 * (files, memory), seals itself, and can then only compute and send: no file, no network, no other process, no signal
 * but to itself. Whatever it sends is input like any other.
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
    /* In the parent: what the child sent, in the order in which it did. False: it is invalid, and the child is
     * ended. */
    bool (*receive)(void *context, uint8_t kind, const uint8_t *bytes, size_t size);
    void *context;
    double seconds; /* after which a child that has not come to its end is ended; 0: never */
};

enum confined_outcome {
    CONFINED_DONE,     /* the body returned */
    CONFINED_DIED,     /* by a signal, or by an exit of its own */
    CONFINED_STUCK,    /* its time was over */
    CONFINED_NONSENSE, /* it sent what is invalid */
    CONFINED_NONE,     /* no child could be made; errno says why */
};

struct confined_end {
    enum confined_outcome outcome;
    int signal;                 /* of CONFINED_DIED; 0: it left */
    bool unfiltered;            /* this host does not filter system calls */
    char doing[CONFINED_DOING]; /* what confined_doing was told last, ended by 0; the child's own words */
};

struct confined_end confined_run(const struct confined_job *);

/* In the child. */

/* The last thing before what cannot be trusted: gives up every file but the one that leads to the parent, and every
   system call but those for memory, time and sending. */
void confined_seal(struct confined *);
void confined_send(struct confined *, uint8_t kind, const void *bytes, size_t size);
/* A stream whose text the parent receives as this kind, in lines: also what stands in an unfinished line when the
 * child dies. 0 when out of memory. */
FILE *confined_stream(struct confined *, uint8_t kind);
/* Where the child says what it is doing, for the case that it dies of it: CONFINED_DOING bytes. */
char *confined_doing(struct confined *);
/* Bytes of memory that the child uses now, or the most it has used where no /proc tells; 0: not known. */
uint64_t confined_memory(const struct confined *);

#endif
