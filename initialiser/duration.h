/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef INITIALISER_DURATION_H
#define INITIALISER_DURATION_H

#include "initialiser.h"

/* For kernels that measure how fast their timer counts: the words of a message that go into registers, with the ticks
   of a duration that the blob has in microseconds. */
const word *convert_duration(const struct capdl_call *, const word *words);

#endif
