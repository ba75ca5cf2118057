/* SPDX-License-Identifier: BSD-2-Clause */
/* Specs as JSON: our own form (docs/json.md), read and written, and what other tools write, read. */
#ifndef TOOL_JSON_SPEC_JSON_H
#define TOOL_JSON_SPEC_JSON_H

#include <capdl/spec.h>

/* Whether this is JSON rather than capDL text, which never begins with a brace. */
bool spec_json_is(const char *text, size_t size);
/* Reads any of the forms into an initialised spec, as capdl_spec_read_text does; there is nothing to expand. */
bool spec_json_read(struct capdl_spec *, struct capdl_diags *, uint16_t source, const struct capdl_text_options *);
/* Writes our own form. */
void spec_json_write(const struct capdl_spec *, FILE *);
/* rust-sel4's form, as Microkit's --capdl-json has it, but that contents which are in files are named by file and
   offset. What the form cannot say, such as derivations, is left out. */
void spec_json_write_rust(const struct capdl_spec *, FILE *);

/* Diagnostics for editors: an array of objects, one a line, with file, line, column, severity, check, message and
 * notes. */
void diags_json_write(struct capdl_diags *, FILE *);
/* The same as SARIF 2.1.0, the format of code review sites; `version`: the tool's. */
void diags_sarif_write(struct capdl_diags *, const char *version, FILE *);

#endif
