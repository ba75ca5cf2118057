/* SPDX-License-Identifier: BSD-2-Clause */
/* Arrays with an item for each object of a spec. */
#include "per_object.h"

void *capdl_check_zeros(const struct checker *c, size_t item)
{
    return capdl_spec_zeros_grow(NULL, 0, c->spec->num_objects * item);
}

void capdl_check_zeros_free(const struct checker *c, void *zeros, size_t item)
{
    capdl_spec_zeros_free(zeros, c->spec->num_objects * item);
}
