/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Source positions in 32 bits: 0 is none, else 1 + an offset in the text of the spec. Positions in other texts, which
 * hardly any spec has, are stored in full; their numbers count down from the largest.
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
    struct spec_positions *positions = spec->places;
    if (!pos.line && !pos.column && !pos.file) {
        return 0;
    }
    if (pos.column == CAPDL_POS_OFFSET && pos.line < UINT32_MAX - SPEC_MAX_POSITIONS) {
        if (!positions->has_source) {
            positions->source = pos.file;
        }
        positions->has_source = true;
        if (pos.file == positions->source) {
            return pos.line;
        }
    }
    if (positions->num_others && same(positions->others[positions->num_others - 1], pos)) {
        return UINT32_MAX - (uint32_t)(positions->num_others - 1);
    }
    if (positions->num_others == SPEC_MAX_POSITIONS) {
        return 0;
    }
    positions->others = capdl_spec_grow(positions->others, &positions->capacity_others, positions->num_others + 1,
                                        sizeof(*positions->others));
    positions->others[positions->num_others] = pos;
    return UINT32_MAX - (uint32_t)positions->num_others++;
}

struct capdl_pos capdl_spec_pos(const struct capdl_spec *spec, uint32_t at)
{
    const struct spec_positions *positions = spec->places;
    if (!at) {
        return (struct capdl_pos){.line = 0};
    }
    if (UINT32_MAX - at < positions->num_others) {
        return positions->others[UINT32_MAX - at];
    }
    return (struct capdl_pos){.line = at, .column = CAPDL_POS_OFFSET, .file = positions->source};
}

struct spec_positions *capdl_spec_positions_new(void)
{
    struct spec_positions *positions = capdl_spec_realloc(NULL, sizeof(*positions));
    memset(positions, 0, sizeof(*positions));
    return positions;
}

void capdl_spec_positions_free(struct spec_positions *positions)
{
    free(positions->others);
    free(positions);
}
