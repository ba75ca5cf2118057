/* SPDX-License-Identifier: BSD-2-Clause */
/* What all parts of a text are written with: numbers, names of objects, runs of elements. */
#include "writer.h"

void capdl_write_number(struct writer *w, uint64_t number)
{
    if (number < 1024) {
        capdl_put_decimal(w->out, number);
    } else {
        capdl_put_hexadecimal(w->out, number);
    }
}

void capdl_write_object_name(struct writer *w, uint32_t id)
{
    capdl_put_object(w->out, w->spec, id);
}

uint32_t capdl_write_array_run(const struct writer *w, uint32_t at)
{
    uint32_t first = w->order[at];
    uint32_t run = 1;
    if (capdl_object_index(w->spec, first) == CAPDL_NO_INDEX) {
        return 1;
    }
    while (at + run < w->count && capdl_object_name(w->spec, w->order[at + run]) == capdl_object_name(w->spec, first)) {
        run++;
    }
    return run;
}
