/* SPDX-License-Identifier: BSD-2-Clause */
/* Changes to a sample, which may then be no system any more; if it compiles, it must boot all the same. */
#ifndef TESTS_RANDOM_MUTATE_H
#define TESTS_RANDOM_MUTATE_H

#include "random.h"

struct sample sample_copy(const struct sample *);
/* One to four changes. */
void sample_mutate(struct sample *, struct rng *);
/* Adds the lines of another system for the same kernel, its names changed. */
void sample_merge(struct sample *, const struct sample *other);

#endif
