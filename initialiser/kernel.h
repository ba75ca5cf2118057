/* SPDX-License-Identifier: BSD-2-Clause */
/* Entering the kernel. Calls of the blob and our own are the same to it: a method, a target, operands. */
#ifndef INITIALISER_KERNEL_H
#define INITIALISER_KERNEL_H

#include "initialiser.h"

/* Our own methods have numbers after those of the blob. */
enum { METHOD_OWN = CAPDL_BLOB_MAX_METHODS };

/* Makes the steps of any call. Returns 0, or the kernel's answer to the first that fails: the call then stands at that
   step, its count says how many are left with it. */
unsigned call_run(struct capdl_call *);

/* Suspends ourselves, if it is known how, or traps. Not by call_run, from which a boot may end here. */
_Noreturn void kernel_leave(void);

/* Prints a character, where the kernel has a console. */
void kernel_putchar(char);

#endif
