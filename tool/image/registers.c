/* SPDX-License-Identifier: BSD-2-Clause */
#include "image/registers.h"

#include <assert.h>
#include <string.h>

#include <capdl/architecture.h>

#include "profile/names.h"

static uint8_t place_of(const char *const *names, size_t count, const char *name)
{
    size_t i = 0;
    while (i < count && strcmp(names[i], name) != 0) {
        i++;
    }
    assert(i < count); /* of capdl/architecture.h, which is to use the names of registers.def */
    return (uint8_t)i;
}

const struct register_layout *register_layout(enum capdl_arch arch)
{
    static struct register_layout layouts[CAPDL_ARCH_COUNT];
    struct register_layout *layout = &layouts[arch];
    const struct capdl_architecture *facts = capdl_architecture(arch);
    const char *const *names;
    if (layout->count) {
        return layout;
    }
    layout->count = (uint8_t)register_names(arch, &names);
    layout->ip = place_of(names, layout->count, facts->ip);
    layout->sp = place_of(names, layout->count, facts->sp);
    layout->tls = place_of(names, layout->count, facts->tls);
    layout->num_arguments = facts->num_arguments;
    for (unsigned i = 0; i < facts->num_arguments; i++) {
        layout->arguments[i] = place_of(names, layout->count, facts->arguments[i]);
    }
    return layout;
}
