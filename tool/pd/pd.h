/* SPDX-License-Identifier: BSD-2-Clause */
/* Protection domains: from `ping = pd ("ping.elf", prio: 100)` to the objects and capabilities it stands for. */
#ifndef TOOL_PD_H
#define TOOL_PD_H

#include <capdl/profile.h>
#include <capdl/spec.h>

struct pd_context {
    const struct capdl_profile *profile; /* decides VSpace shape, MCS or not; must not be 0 when there is a PD */
    const char *spec_path;               /* ELF files are looked for beside it ("-": the working directory) ... */
    const char *const *directories;      /* ... then here, ended by 0 */
};

/* For capdl_text_options.expand; context is a struct pd_context. */
bool pd_expand(struct capdl_spec *, struct capdl_diags *, void *context);

#endif
