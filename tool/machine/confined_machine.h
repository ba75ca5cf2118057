/* SPDX-License-Identifier: BSD-2-Clause */
/* Running a machine in a confined process: the messages between it and its parent. */
#ifndef MACHINE_CONFINED_MACHINE_H
#define MACHINE_CONFINED_MACHINE_H

#include <capdl/diag.h>

#include "base/confined.h"
#include "machine/machine.h"

/* Kinds of messages; those of others begin at CONFINED_OTHERS. */
enum { CONFINED_CONSOLE = 1, CONFINED_REPORT, CONFINED_TRACE, CONFINED_DIAG, CONFINED_RESULT, CONFINED_OTHERS };

/* In the child: the guard that seals it. */
struct machine_guard confined_guard(struct confined *);
/* In the child: sends the diagnostics from the one with this index on. */
void confined_send_diags(struct confined *, const struct capdl_diags *, size_t first);

/* In the parent: adds a diagnostic that was received to the list. False: it is not valid. */
bool confined_receive_diag(struct capdl_diags *, const uint8_t *bytes, size_t size);
/* In the parent: whether the child ended normally; if not, reports why. `seconds`: its time limit. */
bool confined_ended(const struct confined_end *, const char *name, double seconds, struct capdl_diags *);

#endif
