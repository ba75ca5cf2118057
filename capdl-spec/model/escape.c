/* SPDX-License-Identifier: BSD-2-Clause */
#include <capdl/escape.h>

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Lead byte, bytes after it, and the first code that needs so many. */
static const struct form {
    uint8_t mask, lead, behind;
    uint32_t least;
} forms[] = {
    {0x80, 0x00, 0, 0},
    {0xe0, 0xc0, 1, 0x80},
    {0xf0, 0xe0, 2, 0x800},
    {0xf8, 0xf0, 3, 0x10000},
};

static bool acts_on_terminal(uint32_t code)
{
    return code < ' ' || (code >= 0x7f && code < 0xa0) || code == 0x61c || code == 0x200e || code == 0x200f ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

/* The character that has this form; length 0 if it breaks the rules of UTF-8. */
static struct capdl_character decode(const struct form *form, const char *text, size_t length)
{
    struct capdl_character c = {.code = (uint8_t)*text & (uint8_t)~form->mask, .utf8 = true};
    if (length <= form->behind) {
        return (struct capdl_character){.length = 0};
    }
    for (size_t i = 1; i <= form->behind; i++) {
        if (((uint8_t)text[i] & 0xc0) != 0x80) {
            return (struct capdl_character){.length = 0};
        }
        c.code = c.code << 6 | ((uint8_t)text[i] & 0x3f);
    }
    if (c.code >= form->least && c.code <= 0x10ffff && (c.code < 0xd800 || c.code > 0xdfff)) {
        c.length = 1 + (size_t)form->behind;
        c.printed = !acts_on_terminal(c.code);
    }
    return c;
}

struct capdl_character capdl_character_at(const char *text, size_t length)
{
    struct capdl_character c = {.length = 0};
    if (!length) {
        return c;
    }
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (((uint8_t)*text & forms[i].mask) == forms[i].lead) {
            c = decode(&forms[i], text, length);
        }
    }
    return c.length ? c : (struct capdl_character){.length = 1, .code = (uint8_t)*text};
}

/* Printed as it is in any context: nearly all characters of names. */
static bool is_plain(char c)
{
    return c >= ' ' && c <= '~';
}

size_t capdl_escape_find(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length) {
        struct capdl_character c;
        if (is_plain(text[at])) {
            at++;
            continue;
        }
        c = capdl_character_at(text + at, length - at);
        if (!c.printed) {
            break;
        }
        at += c.length;
    }
    return at;
}

unsigned capdl_escape_put(FILE *out, const char *text, struct capdl_character c)
{
    if (c.printed) {
        fwrite(text, 1, c.length, out);
        return 1;
    }
    return (unsigned)fprintf(out, c.code < 0x80 || !c.utf8 ? "\\x%02x" : "\\u%04x", (unsigned)c.code);
}

void capdl_escape_print(FILE *out, const char *text, size_t length)
{
    for (struct capdl_character c; (c = capdl_character_at(text, length)).length;
         text += c.length, length -= c.length) {
        capdl_escape_put(out, text, c);
    }
}

void capdl_escape_json(FILE *out, const char *text)
{
    size_t length = strlen(text);
    putc('"', out);
    for (struct capdl_character c; (c = capdl_character_at(text, length)).length;
         text += c.length, length -= c.length) {
        if (c.utf8 && !c.printed) {
            fprintf(out, "\\u%04x", (unsigned)c.code);
            continue;
        }
        if (!c.utf8 || c.code == '"' || c.code == '\\') {
            putc('\\', out);
        }
        capdl_escape_put(out, text, c);
    }
    putc('"', out);
}

int capdl_escape_printf(FILE *out, const char *format, ...)
{
    va_list arguments;
    char *text;
    size_t length, end;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0) {
        text = NULL;
    }
    va_end(arguments);
    if (!text) {
        return -1;
    }
    length = end = strlen(text);
    end -= length && text[length - 1] == '\n' && format[strlen(format) - 1] == '\n';
    capdl_escape_print(out, text, end);
    if (end < length) {
        putc('\n', out);
    }
    free(text);
    return (int)length;
}
