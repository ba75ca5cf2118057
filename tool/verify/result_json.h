/* SPDX-License-Identifier: BSD-2-Clause */
/* What `capdl verify --json` and `capdl report` say of a comparison. */
#ifndef TOOL_VERIFY_RESULT_JSON_H
#define TOOL_VERIFY_RESULT_JSON_H

#include <json.h>

#include "verify/verify.h"

/* A result as JSON; name: of the spec that the state was compared with. */
struct json_object *verify_result_json(const char *name, const struct verify_result *);

#endif
