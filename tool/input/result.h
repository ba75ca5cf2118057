/* SPDX-License-Identifier: BSD-2-Clause */
/* What a command did, as JSON for programs: one object on standard output (docs/results.schema.json). */
#ifndef TOOL_RESULT_H
#define TOOL_RESULT_H

#include <json.h>

#include "input.h"

/* With --json, has input_finish print a result, to which the command adds what it has to tell; else it does nothing. */
void result_start(struct input *, const struct options *, const char *command);
/* Adds to the result, or drops the value if none is wanted. */
void result_add(struct input *, const char *key, struct json_object *value);
void result_add_text(struct input *, const char *key, const char *text);
void result_add_number(struct input *, const char *key, uint64_t number);
/* A file that was written: its name, size and SHA-256 digest. */
void result_add_output(struct input *, const char *path);
/* Diagnostics of another input. */
void result_add_diagnostics(struct input *, const char *key, struct capdl_diags *);
/* Prints the result with the diagnostics and the exit code, and frees it. */
void result_finish(struct input *, int code);

#endif
