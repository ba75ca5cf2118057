/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_PROFILE_COMPLETE_H
#define TESTS_PROFILE_COMPLETE_H

#include "profile/profile.h"

/* A built-in kernel with, after a '+', made-up numbers for everything it does not have; 0: there is none of that name.
   One with a '+' lasts until the next call. */
const struct capdl_profile *complete_profile(const char *name);

#endif
