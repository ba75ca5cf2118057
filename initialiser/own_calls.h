/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls of our own, put together like this:
 *
 *     call_start(CAPDL_BOOT_PAGE_MAP, CAPDL_REF_SLOT, slot);
 *     call_cap(CAPDL_REF_INITIAL, CAPDL_INITIAL_VSPACE);
 *     call_word(address);
 *     ...
 *     call_make();
 */
#ifndef INITIALISER_OWN_CALLS_H
#define INITIALISER_OWN_CALLS_H

#include "initialiser.h"

/* A call of the method with this key in the profile. There is one such call at a time. Capabilities come before
   words. */
void call_start(enum capdl_boot_key method, unsigned target_kind, uint64_t target);
void call_cap(unsigned kind, uint64_t value);
void call_word(uint64_t value);
/* Makes the call. Does not return if the kernel refuses it. */
void call_make(void);

#endif
