/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOL_PRINT_JSON_H
#define TOOL_PRINT_JSON_H

#include <stdio.h>

#include <json.h>

/* Prints a value on standard output, a line end after it. json-c leaves in strings what acts on a terminal (see
 * capdl/escape.h), or is no UTF-8: escaped here. */
void print_json_value(struct json_object *, int flags);
/* The same on another stream. */
void print_json_to(struct json_object *, int flags, FILE *);

#endif
