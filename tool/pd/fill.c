/* SPDX-License-Identifier: BSD-2-Clause */
/* What frames are filled with. */
#include "fill.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

bool fill_add(struct expansion *x, uint32_t frame, struct capdl_fill fill)
{
    struct capdl_object object = capdl_object_view(x->spec, frame);
    size_t count = object.u.fills.count;
    /* Room for powers of two, so that many pieces in one page cost no more than twice their number. */
    if ((count & (count - 1)) == 0) {
        struct capdl_fill *list = capdl_spec_alloc(x->spec, (count ? count * 2 : 1) * sizeof(*list));
        for (size_t i = 0; i < count; i++) {
            list[i] = object.u.fills.list[i];
        }
        object.u.fills.list = list;
    }
    object.u.fills.list[object.u.fills.count++] = fill;
    object.flags |= CAPDL_OBJECT_HAS_FILL;
    capdl_object_set(x->spec, frame, &object);
    return true;
}

static const char *hex_text(struct expansion *x, const uint8_t *bytes, size_t size)
{
    char *text = memory_need(malloc(2 * size + 1));
    const char *kept;
    for (size_t i = 0; i < size; i++) {
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    }
    kept = capdl_spec_intern(x->spec, text, 2 * size);
    free(text);
    return kept;
}

void fill_bytes(struct expansion *x, uint32_t frame, uint64_t offset, const uint8_t *bytes, size_t size,
                struct capdl_pos pos)
{
    fill_add(
        x, frame,
        (struct capdl_fill){
            .kind = CAPDL_FILL_BYTES, .offset = offset, .length = size, .text = hex_text(x, bytes, size), .pos = pos});
}
