/* SPDX-License-Identifier: BSD-2-Clause */
#include "place.h"

#include <stdlib.h>

#include "options/lists.h"

bool place_loader(struct input *input, const struct options *options, const uint8_t *image, size_t size,
                  struct pack_placement *placement)
{
    *placement = (struct pack_placement){0};
    if (!options->at) {
        return true;
    }
    struct capdl_region *reserved = input_reserved(options, &input->diags);
    const struct pack_options pack = {
        .profile = &input->profile,
        .image = {input->name, image, size},
        .format = PACK_ELF,
        .at = options->at,
        .initialiser_at = options->initialiser_at,
        .reserved = reserved,
        .num_reserved = list_count(options->reserved),
        .placement = placement,
    };
    bool good = input->diags.num_errors == 0 && pack_image(&pack, &input->diags, NULL);
    free(reserved);
    return good;
}
