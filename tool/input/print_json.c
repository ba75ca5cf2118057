/* SPDX-License-Identifier: BSD-2-Clause */
#include "print_json.h"

#include <stdio.h>
#include <string.h>

#include <capdl/escape.h>

void print_json_to(struct json_object *value, int flags, FILE *out)
{
    const char *text = json_object_to_json_string_ext(value, flags);
    size_t length = strlen(text);
    for (struct capdl_character c; (c = capdl_character_at(text, length)).length;
         text += c.length, length -= c.length) {
        if (c.printed || *text == '\n') {
            fwrite(text, 1, c.length, out);
        } else if (c.utf8) {
            fprintf(out, "\\u%04x", (unsigned)c.code);
        } else {
            fprintf(out, "\\\\x%02x", (unsigned)c.code);
        }
    }
    putc('\n', out);
}

void print_json_value(struct json_object *value, int flags)
{
    print_json_to(value, flags, stdout);
}
