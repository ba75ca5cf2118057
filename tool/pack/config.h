/* SPDX-License-Identifier: BSD-2-Clause */
/* A kernel's configuration (gen_config.json of its install prefix), for the few symbols that a profile does not hold.
 */
#ifndef TOOL_PACK_CONFIG_H
#define TOOL_PACK_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include <capdl/diag.h>
#include <capdl/profile.h>

struct json_object;

/* Opens the configuration of the profile's prefix; 0 and an error when there is none. To be closed. */
struct json_object *config_open(const struct capdl_profile *, struct capdl_diags *);
void config_close(struct json_object *);
/* A symbol without CONFIG_: whether it is on; its number, or `otherwise` when it has none. */
bool config_on(struct json_object *, const char *symbol);
uint64_t config_number(struct json_object *, const char *symbol, uint64_t otherwise);

#endif
