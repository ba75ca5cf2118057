/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_CHECK_PER_OBJECT_H
#define CAPDL_CHECK_PER_OBJECT_H

#include "checker.h"

/* A zeroed array with an item for each object of the spec; pages take memory only once written. */
void *capdl_check_zeros(const struct checker *, size_t item);
void capdl_check_zeros_free(const struct checker *, void *zeros, size_t item);

#endif
