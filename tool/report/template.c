/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/template.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/escape.h>

#include "report/embedded.h"

const char *template_file(const char *name)
{
    for (size_t i = 0; i < num_embedded_files; i++) {
        if (strcmp(embedded_files[i].name, name) == 0) {
            return (const char *)embedded_files[i].bytes;
        }
    }
    fprintf(stderr, "capdl: there is no template %s\n", name);
    abort();
}

/* The values that names are looked for in, innermost first. */
struct scope {
    struct json_object *value;
    const struct scope *outer;
    size_t place; /* of the element in its array */
};

struct printing {
    FILE *out;
    enum template_form form;
};

/* "{{#name|filter}}" */
struct tag {
    const char *start, *end; /* all of it */
    char sort;               /* '#', '^', '/', '>', '{' or 0 */
    char name[64], filter[16];
    bool alone; /* on its line, which `start` and `end` then include */
};

static bool is_blank(const char *from, const char *to)
{
    for (; from < to; from++) {
        if (*from != ' ') {
            return false;
        }
    }
    return true;
}

/* Takes in the line of a section's tag if there is nothing else on it. */
static void widen(struct tag *tag, const char *text)
{
    const char *line = tag->start, *next = strchr(tag->end, '\n');
    while (line > text && line[-1] != '\n') {
        line--;
    }
    tag->alone =
        strchr("#^/", tag->sort) && tag->sort && next && is_blank(line, tag->start) && is_blank(tag->end, next);
    if (tag->alone) {
        tag->start = line;
        tag->end = next + 1;
    }
}

/* The first tag in a part of a template; text: all of it. */
static bool next_tag(const char *text, const char *from, const char *to, struct tag *tag)
{
    const char *start = strstr(from, "{{"), *name, *close, *bar;
    if (!start || start >= to) {
        return false;
    }
    *tag = (struct tag){.start = start};
    name = start + 2;
    if (strchr("#^/>{", *name)) {
        tag->sort = *name++;
    }
    close = strstr(name, "}}");
    assert(close && close < to);
    tag->end = close + (tag->sort == '{' ? 3 : 2);
    bar = memchr(name, '|', (size_t)(close - name));
    snprintf(tag->name, sizeof(tag->name), "%.*s", (int)((bar ? bar : close) - name), name);
    snprintf(tag->filter, sizeof(tag->filter), "%.*s", bar ? (int)(close - bar - 1) : 0, bar ? bar + 1 : "");
    widen(tag, text);
    return true;
}

static struct json_object *member(struct json_object *value, const char *name, bool *found)
{
    struct json_object *got = NULL;
    *found = json_object_is_type(value, json_type_object) && json_object_object_get_ex(value, name, &got);
    return got;
}

/* "b.c" of a value */
static struct json_object *inner(struct json_object *value, const char *path)
{
    char first[64];
    size_t length = strcspn(path, ".");
    bool found;
    snprintf(first, sizeof(first), "%.*s", (int)length, path);
    value = member(value, first, &found);
    return path[length] ? inner(value, path + length + 1) : value;
}

static struct json_object *look_up(const struct scope *scope, const char *name)
{
    char first[64];
    size_t length = strcspn(name, ".");
    bool found = false;
    if (strcmp(name, ".") == 0) {
        return scope->value;
    }
    snprintf(first, sizeof(first), "%.*s", (int)length, name);
    for (; scope; scope = scope->outer) {
        member(scope->value, first, &found);
        if (found) {
            return inner(scope->value, name);
        }
    }
    return NULL;
}

static bool says_something(struct json_object *value)
{
    switch (json_object_get_type(value)) {
    case json_type_null:
        return false;
    case json_type_boolean:
        return json_object_get_boolean(value);
    case json_type_double:
        return json_object_get_double(value) != 0;
    case json_type_int:
        return json_object_get_uint64(value) != 0 || json_object_get_int64(value) != 0;
    case json_type_object:
        return true;
    case json_type_array:
        return json_object_array_length(value) > 0;
    case json_type_string:
        return json_object_get_string_len(value) > 0;
    }
    return false;
}

/* ---- Values ---- */

static void print_escaped(const struct printing *p, const char *text)
{
    size_t length = strlen(text);
    for (struct capdl_character c; (c = capdl_character_at(text, length)).length;
         text += c.length, length -= c.length) {
        const char *entity = p->form != TEMPLATE_HTML ? NULL
                             : *text == '<'           ? "&lt;"
                             : *text == '>'           ? "&gt;"
                             : *text == '&'           ? "&amp;"
                             : *text == '"'           ? "&quot;"
                             : *text == '\''          ? "&#39;"
                                                      : NULL;
        if (entity) {
            fputs(entity, p->out);
        } else {
            capdl_escape_put(p->out, text, c);
        }
    }
}

static void print_size(FILE *out, uint64_t bytes)
{
    static const char units[] = "KMGT";
    unsigned unit = 0;
    if (bytes < 1024 || bytes % 1024) {
        fprintf(out, "%" PRIu64 " bytes", bytes);
        return;
    }
    for (bytes /= 1024; unit < 3 && bytes >= 1024 && bytes % 1024 == 0; bytes /= 1024) {
        unit++;
    }
    fprintf(out, "%" PRIu64 " %ciB", bytes, units[unit]);
}

static void print_count(FILE *out, uint64_t count)
{
    if (count >= 1000) {
        print_count(out, count / 1000);
        fprintf(out, ",%03u", (unsigned)(count % 1000));
    } else {
        fprintf(out, "%u", (unsigned)count);
    }
}

static void print_value(const struct printing *p, const struct tag *tag, struct json_object *value)
{
    uint64_t number = json_object_get_uint64(value);
    if (strcmp(tag->filter, "size") == 0) {
        print_size(p->out, number);
    } else if (strcmp(tag->filter, "count") == 0) {
        print_count(p->out, number);
    } else if (strcmp(tag->filter, "permille") == 0) {
        fprintf(p->out, "%" PRIu64 ".%" PRIu64, number / 10, number % 10);
    } else if (strcmp(tag->filter, "s") == 0) {
        fputs(number == 1 ? "" : "s", p->out);
    } else if (tag->sort == '{') {
        fputs(value ? json_object_get_string(value) : "", p->out);
    } else if (value) {
        print_escaped(p, json_object_get_string(value));
    }
}

/* ---- Sections ---- */

static void print_part(const struct printing *, const char *text, const char *from, const char *to,
                       const struct scope *);

/* The tag that closes a section. */
static struct tag find_close(const char *text, const char *from, const char *to)
{
    struct tag tag;
    unsigned depth = 1;
    while (next_tag(text, from, to, &tag)) {
        depth += tag.sort == '#' || tag.sort == '^';
        depth -= tag.sort == '/';
        if (depth == 0) {
            return tag;
        }
        from = tag.end;
    }
    fprintf(stderr, "capdl: a section of a template is not closed\n");
    abort();
}

static void print_section(const struct printing *p, const char *text, const struct tag *open, const struct tag *close,
                          const struct scope *outer)
{
    struct json_object *value = look_up(outer, open->name);
    struct scope scope = {value, outer, 0};
    if (says_something(value) == (open->sort == '^')) {
        return;
    }
    if (open->sort == '^') {
        print_part(p, text, open->end, close->start, outer);
        return;
    }
    for (size_t i = 0; json_object_is_type(value, json_type_array) && i < json_object_array_length(value); i++) {
        scope.value = json_object_array_get_idx(value, i);
        scope.place = i;
        print_part(p, text, open->end, close->start, &scope);
    }
    if (!json_object_is_type(value, json_type_array)) {
        print_part(p, text, open->end, close->start, &scope);
    }
}

static void print_part(const struct printing *p, const char *text, const char *from, const char *to,
                       const struct scope *scope)
{
    struct tag tag;
    while (next_tag(text, from, to, &tag)) {
        fwrite(from, 1, (size_t)(tag.start - from), p->out);
        from = tag.end;
        if (tag.sort == '>') {
            fputs(template_file(tag.name), p->out);
        } else if (tag.sort == '#' || tag.sort == '^') {
            struct tag close = find_close(text, from, to);
            print_section(p, text, &tag, &close, scope);
            from = close.end;
        } else if (tag.name[0] == ',') {
            fputs(scope->place ? ", " : "", p->out);
        } else {
            print_value(p, &tag, look_up(scope, tag.name));
        }
    }
    fwrite(from, 1, (size_t)(to - from), p->out);
}

void template_print(const char *name, enum template_form form, struct json_object *value, FILE *out)
{
    const struct printing printing = {out, form};
    const struct scope scope = {value, NULL, 0};
    const char *text = template_file(name);
    print_part(&printing, text, text, text + strlen(text), &scope);
}
