/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where things are written, in 32 bits: 0 is nowhere, else 1 + an offset in the text of the spec. Places elsewhere,
 * which hardly any spec has, are kept as they are; they are counted down from the largest number.
 */
#include <stdlib.h>
#include <string.h>

#include "model.h"

struct spec_positions {
    bool has_source;
    uint16_t source; /* of the offsets */
    struct capdl_pos *others;
    size_t num_others, capacity_others;
};

static bool same(struct capdl_pos a, struct capdl_pos b)
{
    return a.line == b.line && a.column == b.column && a.file == b.file;
}

bool capdl_text_fits(struct capdl_diags *diags, uint16_t source)
{
    const struct capdl_source *text = diags->files[source];
    size_t most = UINT32_MAX - SPEC_MAX_POSITIONS - 1;

    if (text->size <= most) {
        return true;
    }
    capdl_error(diags, (struct capdl_pos){.file = source}, "this text has %zu bytes: the maximum is %zu", text->size,
                most);
    return false;
}

uint32_t capdl_spec_at(struct capdl_spec *spec, struct capdl_pos pos)
{
    struct spec_positions *places = spec->places;

    if (!pos.line && !pos.column && !pos.file) {
        return 0;
    }
    if (pos.column == CAPDL_POS_OFFSET && pos.line < UINT32_MAX - SPEC_MAX_POSITIONS) {
        if (!places->has_source) {
            places->source = pos.file;
        }
        places->has_source = true;
        if (pos.file == places->source) {
            return pos.line;
        }
    }
    if (places->num_others && same(places->others[places->num_others - 1], pos)) {
        return UINT32_MAX - (uint32_t)(places->num_others - 1);
    }
    if (places->num_others == SPEC_MAX_POSITIONS) {
        return 0;
    }
    places->others =
        capdl_spec_grow(places->others, &places->capacity_others, places->num_others + 1, sizeof(*places->others));
    places->others[places->num_others] = pos;
    return UINT32_MAX - (uint32_t)places->num_others++;
}

struct capdl_pos capdl_spec_pos(const struct capdl_spec *spec, uint32_t at)
{
    const struct spec_positions *places = spec->places;

    if (!at) {
        return (struct capdl_pos){.line = 0};
    }
    if (UINT32_MAX - at < places->num_others) {
        return places->others[UINT32_MAX - at];
    }
    return (struct capdl_pos){.line = at, .column = CAPDL_POS_OFFSET, .file = places->source};
}

struct spec_positions *capdl_spec_positions_new(void)
{
    struct spec_positions *places = capdl_spec_realloc(NULL, sizeof(*places));

    memset(places, 0, sizeof(*places));
    return places;
}

void capdl_spec_positions_free(struct spec_positions *places)
{
    free(places->others);
    free(places);
}
