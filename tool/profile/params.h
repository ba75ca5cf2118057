/* SPDX-License-Identifier: BSD-2-Clause */
/* What we send with an invocation: include/capdl/params.def, searched. */
#ifndef TOOL_PROFILE_PARAMS_H
#define TOOL_PROFILE_PARAMS_H

#include <capdl/profile.h>

/* Whether every boot on a kernel of this architecture, MCS or not, makes this call; false where the architecture
 * has none such. */
bool method_required(const struct capdl_profile *, enum capdl_method);

/*
 * Whether `found` is a parameter list we know how to send, spelled as in params.def. If not, *expected is one that
 * would be (0: no list is known).
 */
bool method_accepts(const struct capdl_profile *, enum capdl_method, const char *found, const char **expected);

/* Appends a parameter as params.def spells it ("cap root"), given its type in libsel4 and its name; text has room
 * for size bytes. */
void params_append(char *text, size_t size, const char *type, const char *name);

#endif
