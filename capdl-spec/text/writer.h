/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_TEXT_WRITER_H
#define CAPDL_TEXT_WRITER_H

#include "model/model.h"

struct writer {
    const struct capdl_spec *spec;
    FILE *out;
    bool folded;
    uint32_t *order; /* objects without programs, by name, then index */
    uint32_t count;
};

void capdl_write_number(struct writer *, uint64_t);
/* "x", "x[3]" */
void capdl_write_object_name(struct writer *, uint32_t object);
/* How many objects from order[at] on are elements of one array with consecutive indices. */
uint32_t capdl_write_array_run(const struct writer *, uint32_t at);

#endif
