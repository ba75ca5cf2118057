/* SPDX-License-Identifier: BSD-2-Clause */
/* rust-sel4's form: the list of objects, and what refers to them by number. */
#ifndef TOOL_JSON_RUST_LIST_H
#define TOOL_JSON_RUST_LIST_H

#include "rust_reader.h"

/* What the form calls a kind of object, or of capability; NULL: it has none. Page tables are CAPDL_KIND_PT. */
const char *rust_kind_name(unsigned kind, bool of_cap);
/* A cap as it is named: {"Endpoint": {...}}. False if it is none, which is reported. */
bool rust_cap_named(struct rust_reader *, const char *value, unsigned *kind, const char **fields);
/* The object that a number stands for. */
bool rust_reference(struct rust_reader *, const char *value, const char *what, uint64_t *id);
/* The slots of an object, 0 if it has none. */
const char *rust_slots(const struct rust_object *);
/* A slot's number and the value of its cap. */
bool rust_slot(struct rust_reader *, const char *value, uint64_t *slot, const char **cap);

/* Notes the objects of the list: their kinds and what is in them. */
void rust_list_read(struct rust_reader *, const char *value);

#endif
