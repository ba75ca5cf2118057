/* SPDX-License-Identifier: BSD-2-Clause */
/* What an editor asks about a spec, answered as JSON of the Language Server Protocol. */
#ifndef TOOL_LSP_FEATURES_H
#define TOOL_LSP_FEATURES_H

#include <json-c/json.h>

#include "input/input.h"
#include "lsp/document.h"

/* All findings of `capdl check` in the text; an array of Diagnostic. */
struct json_object *lsp_diagnostics(const struct document *, const struct options *);
/* Each null (a JSON null) where there is nothing to say. */
struct json_object *lsp_definition(const struct document *, struct lsp_position, const struct options *);
struct json_object *lsp_hover(const struct document *, struct lsp_position, const struct options *);
struct json_object *lsp_completion(const struct document *, struct lsp_position, const struct options *);
/* Where the name at a place stands. */
struct json_object *lsp_references(const struct document *, struct lsp_position);
/* *error is set to why the name cannot be changed to `name`. */
struct json_object *lsp_rename(const struct document *, struct lsp_position, const char *name, const char **error);

#endif
