/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages, and what ends a boot that cannot go on. The header's record has the same, for kernels
   without a console. */
#ifndef INITIALISER_MESSAGE_H
#define INITIALISER_MESSAGE_H

#include "initialiser.h"

/* Prints a text in which each $ and % stands for the next number; % is always decimal. */
void print(const char *text, const uint64_t *numbers);

/* Prints what was done so far. */
void say_booted(void);

/* Ends the last message, puts two numbers into the record and gives up the processor for good. */
_Noreturn void stop(uint64_t first, uint64_t second);

/* Each prints "capdl: " and the phase, then what is wrong, leaves a record in the header, and does not return. */

/* Bad input. The text may refer to the numbers. */
_Noreturn void die(const char *text, uint64_t first, uint64_t second);
/* The blob is damaged. */
_Noreturn void die_blob(const struct capdl_blob_error *);
/* Not enough memory. */
_Noreturn void die_plan(const struct capdl_plan_failure *);
/* The kernel refused a call. */
_Noreturn void die_call(const struct capdl_call *, unsigned error);

#endif
