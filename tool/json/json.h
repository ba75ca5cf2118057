/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * JSON documents (RFC 8259) as they are in memory, without a tree: a value is the place of its first character.
 * json_open proves the whole document well-formed; after that, stepping through it cannot fail, only the meaning of
 * values can be wrong.
 */
#ifndef TOOL_JSON_JSON_H
#define TOOL_JSON_JSON_H

#include <capdl/spec.h>

struct json {
    struct capdl_diags *diags;
    struct capdl_spec *spec;        /* owns the strings */
    const char *root;               /* the document's value */
    const char *begin, *text, *end; /* text: after a byte order mark */
    uint16_t source;
};

/* False when the document is not well-formed, which is reported. */
bool json_open(struct json *, struct capdl_diags *, struct capdl_spec *, uint16_t source);
struct capdl_pos json_pos(const struct json *, const char *value);
bool json_is_null(const char *value);

/* Steps through the elements of an array or the members of an object. */
struct json_list {
    const char *next;
};
struct json_list json_elements(const char *container);
const char *json_item(struct json_list *);                     /* 0 after the last */
const char *json_member(struct json_list *, const char **key); /* the value; its key is the string at *key */
bool json_key_is(const char *key, const char *name);
/* Bytes between the quotes, escapes as written: for messages. */
int json_key_length(const char *key);

/* These report a value of another type, with `what` it is meant to be, and return false. */
bool json_object(struct json *, const char *value, const char *what);
bool json_array(struct json *, const char *value, const char *what);
bool json_number(struct json *, const char *value, const char *what, uint64_t most, uint64_t *number);
bool json_bool(struct json *, const char *value, const char *what, bool *flag);
bool json_string(struct json *, const char *value, const char *what, const char **text); /* interned */

struct json_field {
    const char *name;
    bool needed;
};

enum { JSON_MOST_FIELDS = 24 };

enum json_others { JSON_OTHERS_IGNORED, JSON_OTHERS_WRONG };

/*
 * The members of an object by name: values[i] belongs to fields[i], 0 where there is none or null. The list ends with
 * a name of 0. Reports what is no object, lacks a needed member, has one twice or (OTHERS_WRONG) one that nobody
 * knows. False after that.
 */
bool json_fields(struct json *, const char *object, const char *what, const struct json_field *fields, enum json_others,
                 const char **values);

#endif
