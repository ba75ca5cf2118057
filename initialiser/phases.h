/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The initialiser boots a system as seL4's initial task. One phase a file, in the order in which they are
 * declared here:
 *
 *     open     what the kernel tells us, and the blob
 *     plan     which object comes from which untyped
 *     cspace   a larger CSpace, if all capabilities do not fit the initial one
 *     objects  every object, in batches
 *     fills    contents of frames that are not pages of our image
 *     leftovers  what is left goes to a domain, where the spec says so
 *     calls    the blob's kernel calls; before the threads' start, which is last, it says what was done
 *     finish   suspends us forever
 */
#ifndef INITIALISER_PHASES_H
#define INITIALISER_PHASES_H

struct bootinfo;

/* All of them. */
void initialise(const struct bootinfo *);

void open_blob(const struct bootinfo *);
void plan_memory(void);
void enlarge_cspace(void);
void create_objects(void);
void fill_frames(void);
void hand_over(void);
void make_calls(void);
_Noreturn void finish(void);

#endif
