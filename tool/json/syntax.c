/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether a document is well-formed JSON: the one place that looks out for the end of the text. */
#include "json.h"

#include <string.h>

enum { MOST_NESTED = 64 };

struct scanner {
    const char *at, *end;
    const char *expected; /* what the first mistake, at `at`, lacks */
    unsigned depth;
};

static bool fail(struct scanner *s, const char *expected)
{
    if (!s->expected) {
        s->expected = expected;
    }
    return false;
}

static void blanks(struct scanner *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\n' || *s->at == '\r')) {
        s->at++;
    }
}

static bool next_is(const struct scanner *s, char c)
{
    return s->at < s->end && *s->at == c;
}

static bool accept(struct scanner *s, char c)
{
    bool found = next_is(s, c);
    s->at += found;
    return found;
}

static bool digits(struct scanner *s)
{
    const char *start = s->at;
    while (s->at < s->end && *s->at >= '0' && *s->at <= '9') {
        s->at++;
    }
    return s->at > start || fail(s, "a digit");
}

static bool number(struct scanner *s)
{
    accept(s, '-');
    bool zero = next_is(s, '0');
    const char *start = s->at;
    if (!digits(s)) {
        return false;
    }
    if (zero && s->at - start > 1) {
        s->at = start;
        return fail(s, "a number without leading zeros");
    }
    if (accept(s, '.') && !digits(s)) {
        return false;
    }
    if (!accept(s, 'e') && !accept(s, 'E')) {
        return true;
    }
    if (!accept(s, '+')) {
        accept(s, '-');
    }
    return digits(s);
}

static bool escape(struct scanner *s)
{
    if (s->at == s->end || !*s->at || !strchr("\"\\/bfnrtu", *s->at)) {
        return fail(s, "one of \" \\ / b f n r t u after a backslash");
    }
    if (*s->at++ != 'u') {
        return true;
    }
    for (unsigned i = 0; i < 4; i++, s->at++) {
        if (s->at == s->end || !*s->at || !strchr("0123456789abcdefABCDEF", *s->at)) {
            return fail(s, "four hexadecimal digits after \\u");
        }
    }
    return true;
}

/* Length of the UTF-8 sequence here; 0: none. */
static size_t sequence(const struct scanner *s)
{
    unsigned char c = (unsigned char)*s->at;
    size_t length = c < 0x80                ? 1
                    : c >= 0xc2 && c < 0xe0 ? 2
                    : c >= 0xe0 && c < 0xf0 ? 3
                    : c >= 0xf0 && c < 0xf5 ? 4
                                            : 0;
    for (size_t i = 1; i < length; i++) {
        if ((size_t)(s->end - s->at) <= i || ((unsigned char)s->at[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    return length;
}

static bool string(struct scanner *s)
{
    const char *start = s->at;
    if (!accept(s, '"')) {
        return fail(s, "a string");
    }
    while (s->at < s->end && *s->at != '"') {
        size_t length = sequence(s);
        if ((unsigned char)*s->at < ' ' || !length) {
            return fail(s, length ? "an escape such as \\n for this control character" : "UTF-8 text");
        }
        s->at += length;
        if (s->at[-1] == '\\' && !escape(s)) {
            return false;
        }
    }
    if (accept(s, '"')) {
        return true;
    }
    s->at = start;
    return fail(s, "'\"' at the end of this string");
}

static bool word(struct scanner *s)
{
    static const char *const words[] = {"true", "false", "null"};
    for (unsigned i = 0; i < 3; i++) {
        size_t length = strlen(words[i]);
        if ((size_t)(s->end - s->at) >= length && memcmp(s->at, words[i], length) == 0) {
            s->at += length;
            return true;
        }
    }
    return fail(s, "a value: an object, array, string, number, true, false or null");
}

static bool value(struct scanner *s);

static bool container(struct scanner *s, char close)
{
    if (++s->depth > MOST_NESTED) {
        return fail(s, "at most 64 levels of objects and arrays");
    }
    s->at++;
    blanks(s);
    for (bool any = false; !accept(s, close); any = true) {
        if (any && !accept(s, ',')) {
            return fail(s, close == '}' ? "',' and another member, or '}'" : "',' and another element, or ']'");
        }
        blanks(s);
        if (close == '}') {
            if (!string(s)) {
                return false;
            }
            blanks(s);
            if (!accept(s, ':')) {
                return fail(s, "':' after the member's name");
            }
        }
        if (!value(s)) {
            return false;
        }
        blanks(s);
    }
    s->depth--;
    return true;
}

static bool value(struct scanner *s)
{
    blanks(s);
    if (next_is(s, '{')) {
        return container(s, '}');
    }
    if (next_is(s, '[')) {
        return container(s, ']');
    }
    if (next_is(s, '"')) {
        return string(s);
    }
    if (s->at < s->end && (*s->at == '-' || (*s->at >= '0' && *s->at <= '9'))) {
        return number(s);
    }
    return word(s);
}

static bool document(struct scanner *s)
{
    if (!next_is(s, '{')) {
        return fail(s, "an object");
    }
    if (!value(s)) {
        return false;
    }
    blanks(s);
    return s->at == s->end || fail(s, "nothing after the document's object");
}

bool json_open(struct json *json, struct capdl_diags *diags, struct capdl_spec *spec, uint16_t source)
{
    const struct capdl_source *file = diags->files[source];
    struct scanner s = {.at = file->text, .end = file->text + file->size};
    if (file->size >= 3 && memcmp(file->text, "\xef\xbb\xbf", 3) == 0) {
        s.at += 3;
    }
    *json =
        (struct json){.diags = diags, .spec = spec, .begin = file->text, .text = s.at, .end = s.end, .source = source};
    blanks(&s);
    json->root = s.at;
    if (document(&s)) {
        return true;
    }
    capdl_error(diags, json_pos(json, s.at), "not well-formed JSON: expected %s%s", s.expected,
                s.at == s.end ? ", found the end of the text" : "");
    return false;
}
