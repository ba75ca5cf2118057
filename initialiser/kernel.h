/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernel calls. Those of the blob and our own are the same to it: a method, a target, operands. Our own are put
 * together like this:
 *
 *     call_start(CAPDL_BOOT_PAGE_MAP, CAPDL_REF_SLOT, slot);
 *     call_cap(CAPDL_REF_INITIAL, CAPDL_INITIAL_VSPACE);
 *     call_word(address);
 *     ...
 *     call_make();
 */
#ifndef INITIALISER_KERNEL_H
#define INITIALISER_KERNEL_H

#include "initialiser.h"

/* Our own methods have numbers after those of the blob. */
enum { METHOD_OWN = CAPDL_BLOB_MAX_METHODS };

/* A call of the method with this key in the profile. There is one such call at a time. Capabilities come before
   words. */
void call_start(enum capdl_boot_key method, unsigned target_kind, uint64_t target);
void call_cap(unsigned kind, uint64_t value);
void call_word(uint64_t value);
/* Makes the call. Does not return if the kernel refuses it. */
void call_make(void);

/* Makes the steps of any call. Returns 0, or the kernel's answer to the first that fails: the call then stands at that
   step, its count says how many are left with it. */
unsigned call_run(struct capdl_call *);

/* For kernels that measure how fast their timer counts: the words of a message that go into registers, with the ticks
   of a duration that the blob has in microseconds. */
const word *convert_duration(const struct capdl_call *, const word *words);

/* Suspends ourselves, if it is known how, or traps. Not by call_run, from which a boot may end here. */
_Noreturn void kernel_leave(void);

/* Prints a character, where the kernel has a console. */
void kernel_putchar(char);

#endif
