/* SPDX-License-Identifier: BSD-2-Clause */
/* Stepping through a JSON document that is known to be well-formed, and taking its values. */
#include "json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/escape.h>

enum { LONGEST_SHOWN = 40 };

static const char *skip_blanks(const char *at)
{
    while (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r') {
        at++;
    }
    return at;
}

static const char *skip_string(const char *at)
{
    for (at++; *at != '"'; at++) {
        at += *at == '\\';
    }
    return at + 1;
}

/* What follows a value that is part of an object or array. */
static const char *skip_value(const char *at)
{
    size_t depth = 0;
    do {
        if (*at == '"') {
            at = skip_string(at);
            continue;
        }
        depth += *at == '{' || *at == '[';
        depth -= *at == '}' || *at == ']';
        at++;
        while (!depth && !strchr(",]} \t\r\n", *at)) {
            at++;
        }
    } while (depth);
    return at;
}

struct json_list json_elements(const char *container)
{
    return (struct json_list){skip_blanks(container + 1)};
}

const char *json_item(struct json_list *list)
{
    const char *value = list->next;
    if (*value == ']' || *value == '}') {
        return NULL;
    }
    list->next = skip_blanks(skip_value(value));
    if (*list->next == ',') {
        list->next = skip_blanks(list->next + 1);
    }
    return value;
}

const char *json_member(struct json_list *list, const char **key)
{
    *key = list->next;
    if (*list->next == '}') {
        return NULL;
    }
    list->next = skip_blanks(skip_blanks(skip_string(list->next)) + 1);
    return json_item(list);
}

bool json_key_is(const char *key, const char *name)
{
    key++;
    while (*name && *key == *name) { /* no further: the text ends without a null character */
        key++, name++;
    }
    return !*name && *key == '"';
}

int json_key_length(const char *key)
{
    ptrdiff_t length = skip_string(key) - key - 2;
    return length < LONGEST_SHOWN ? (int)length : LONGEST_SHOWN;
}

bool json_is_null(const char *value)
{
    return *value == 'n';
}

/* "a number", "an object": what a value is, for messages. */
static const char *json_kind(const char *value)
{
    switch (*value) {
    case '{':
        return "an object";
    case '[':
        return "an array";
    case '"':
        return "a string";
    case 't':
        return "true";
    case 'f':
        return "false";
    case 'n':
        return "null";
    default:
        return "a number";
    }
}

struct capdl_pos json_pos(const struct json *json, const char *at)
{
    return (struct capdl_pos){
        .line = (uint32_t)(at - json->begin) + 1,
        .column = CAPDL_POS_OFFSET,
        .file = json->source,
    };
}

static bool expect(struct json *json, const char *value, const char *what, char first, const char *kind)
{
    if (*value == first) {
        return true;
    }
    capdl_error(json->diags, json_pos(json, value), "'%s' is %s: expected %s", what, json_kind(value), kind);
    return false;
}

bool json_object(struct json *json, const char *value, const char *what)
{
    return expect(json, value, what, '{', "an object");
}

bool json_array(struct json *json, const char *value, const char *what)
{
    return expect(json, value, what, '[', "an array");
}

bool json_number(struct json *json, const char *value, const char *what, uint64_t most, uint64_t *number)
{
    bool fits = *value >= '0' && *value <= '9';
    const char *at = value;
    for (*number = 0; fits && *at >= '0' && *at <= '9'; at++) {
        fits = !__builtin_mul_overflow(*number, UINT64_C(10), number) &&
               !__builtin_add_overflow(*number, (uint64_t)(*at - '0'), number);
    }
    if (fits && *number <= most && !strchr(".eE", *at)) {
        return true;
    }
    int length = (int)(skip_value(value) - value < LONGEST_SHOWN ? skip_value(value) - value : LONGEST_SHOWN);
    bool is_number = strcmp(json_kind(value), "a number") == 0;
    capdl_error(json->diags, json_pos(json, value), "'%s' is %.*s: expected a whole number from 0 to %" PRIu64, what,
                is_number ? length : LONGEST_SHOWN, is_number ? value : json_kind(value), most);
    *number = 0;
    return false;
}

bool json_bool(struct json *json, const char *value, const char *what, bool *flag)
{
    *flag = *value == 't';
    if (*value == 't' || *value == 'f') {
        return true;
    }
    capdl_error(json->diags, json_pos(json, value), "'%s' is %s: expected true or false", what, json_kind(value));
    return false;
}

static unsigned hex4(const char *at)
{
    char digits[5] = {at[0], at[1], at[2], at[3], 0};
    return (unsigned)strtoul(digits, NULL, 16);
}

static size_t put_utf8(char *to, unsigned code)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        to[0] = (char)(0xc0 | code >> 6);
        to[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    size_t start = code >= 0x10000;
    if (start) {
        to[0] = (char)(0xf0 | code >> 18);
    }
    to[start] = (char)(start ? 0x80 | (code >> 12 & 0x3f) : 0xe0 | code >> 12);
    to[start + 1] = (char)(0x80 | (code >> 6 & 0x3f));
    to[start + 2] = (char)(0x80 | (code & 0x3f));
    return start + 3;
}

/* What a backslash and the characters after it stand for; *at ends on the last of them. */
static size_t unescape(const char **at, char *to)
{
    static const char letters[] = "bfnrt\"\\/", meant[] = "\b\f\n\r\t\"\\/";
    char c = *++*at;
    if (c != 'u') {
        *to = meant[strchr(letters, c) - letters];
        return 1;
    }
    unsigned code = hex4(*at + 1);
    *at += 4;
    if (code >= 0xd800 && code < 0xdc00 && (*at)[1] == '\\' && (*at)[2] == 'u') {
        unsigned low = hex4(*at + 3);
        if (low >= 0xdc00 && low < 0xe000) {
            *at += 6;
            return put_utf8(to, 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00));
        }
    }
    return put_utf8(to, code >= 0xd800 && code < 0xe000 ? 0xfffd : code);
}

/* What acts on a terminal, or shows another text than is there, has no place in names. */
static bool is_printable(struct json *json, const char *value, const char *what, const char *text, size_t length)
{
    size_t at = capdl_escape_find(text, length);
    struct capdl_character c = capdl_character_at(text + at, length - at);
    if (!c.length) {
        return true;
    }
    if (c.utf8) {
        capdl_error(json->diags, json_pos(json, value), "'%s' has the character U+%04X, which names must not contain",
                    what, (unsigned)c.code);
    } else {
        capdl_error(json->diags, json_pos(json, value), "'%s' has the byte 0x%02x, which is not UTF-8 text", what,
                    (unsigned)c.code);
    }
    return false;
}

bool json_string(struct json *json, const char *value, const char *what, const char **text)
{
    *text = "";
    if (!expect(json, value, what, '"', "a string")) {
        return false;
    }
    size_t length = (size_t)(skip_string(value) - value) - 2;
    if (!memchr(value + 1, '\\', length)) {
        *text = capdl_spec_intern(json->spec, value + 1, length);
        return is_printable(json, value, what, value + 1, length);
    }
    char *buffer = capdl_spec_alloc(json->spec, length + 1), *to = buffer;
    for (const char *at = value + 1; *at != '"'; at++) {
        if (*at == '\\') {
            to += unescape(&at, to);
        } else {
            *to++ = *at;
        }
    }
    *text = capdl_spec_intern(json->spec, buffer, strnlen(buffer, (size_t)(to - buffer)));
    return is_printable(json, value, what, buffer, (size_t)(to - buffer));
}

static void report_unknown(struct json *json, const char *key, const char *what, const struct json_field *fields)
{
    char names[300];
    size_t used = 0;
    for (size_t i = 0; fields[i].name && used < sizeof(names); i++) {
        used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s", i ? ", " : "", fields[i].name);
    }
    capdl_error(json->diags, json_pos(json, key), "%s has no member '%.*s'; its members: %s", what,
                json_key_length(key), key + 1, names);
}

bool json_fields(struct json *json, const char *object, const char *what, const struct json_field *fields,
                 enum json_others others, const char **values)
{
    size_t errors = json->diags->num_errors, count = 0;
    for (; fields[count].name; count++) {
        values[count] = NULL;
    }
    if (*object != '{') { /* what: not a member's name, but words or a name in quotes */
        capdl_error(json->diags, json_pos(json, object), "%s is %s: expected an object", what, json_kind(object));
        return false;
    }
    struct json_list list = json_elements(object);
    for (const char *key, *value; (value = json_member(&list, &key));) {
        size_t i = 0;
        while (i < count && !json_key_is(key, fields[i].name)) {
            i++;
        }
        if (i < count && values[i]) {
            capdl_error(json->diags, json_pos(json, key), "%s has '%s' twice", what, fields[i].name);
        } else if (i < count) {
            values[i] = json_is_null(value) ? NULL : value;
        } else if (others == JSON_OTHERS_WRONG) {
            report_unknown(json, key, what, fields);
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (fields[i].needed && !values[i]) {
            capdl_error(json->diags, json_pos(json, object), "%s lacks the member '%s'", what, fields[i].name);
        }
    }
    return json->diags->num_errors == errors;
}
