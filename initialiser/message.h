/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages, and the end of a boot that cannot go on. What is said is also in the header's record, for kernels
   without a console. */
#ifndef INITIALISER_MESSAGE_H
#define INITIALISER_MESSAGE_H

#include "initialiser.h"

/* Prints a text in which each $ and % stands for the next number; % is always decimal. */
void print(const char *text, const uint64_t *numbers);

/* Ends the last message: two numbers for the record, and off the processor forever. */
_Noreturn void stop(uint64_t first, uint64_t second);

/* Each prints "capdl: " and the phase, then what is wrong, leaves a record in the header, and does not return. */

/* What we were given is wrong. The text may refer to the numbers. */
_Noreturn void die(const char *text, uint64_t first, uint64_t second);
/* The blob is damaged. */
_Noreturn void die_blob(const struct capdl_blob_error *);
/* Memory does not suffice. */
_Noreturn void die_plan(const struct capdl_plan_failure *);
/* The kernel refused a call. */
_Noreturn void die_call(const struct capdl_call *, unsigned error);

#endif
