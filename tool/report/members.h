/* SPDX-License-Identifier: BSD-2-Clause */
/* Members of JSON objects, and what their values say. */
#ifndef TOOL_REPORT_MEMBERS_H
#define TOOL_REPORT_MEMBERS_H

#include <json.h>

#include <capdl/spec.h>

enum { REPORT_TEXT = 300 };

void report_text(struct json_object *, const char *key, const char *value); /* NULL is null */
void report_number(struct json_object *, const char *key, uint64_t value);
void report_bool(struct json_object *, const char *key, bool value);
void report_hex(struct json_object *, const char *key, uint64_t value);
/* "buf[2..5]": so many elements from an object on. Returns text. */
const char *report_name(const struct capdl_spec *, uint32_t object, uint32_t count, char text[REPORT_TEXT]);
const char *report_rights(enum capdl_kind, unsigned rights, char text[CAPDL_RIGHTS_TEXT]);
/* part / whole, where all is `all`; rounded down. */
uint64_t report_share(uint64_t part, uint64_t whole, uint64_t all);

#endif
