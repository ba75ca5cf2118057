/* SPDX-License-Identifier: BSD-2-Clause */
#include "provenance.h"

#include <stdlib.h>
#include <string.h>

#include "base/datadir.h"
#include "base/depfile.h"
#include "base/memory.h"
#include "image/inputs_section.h"
#include "options/lists.h"
#include "print_json.h"

struct listing {
    const struct input *input;
    const struct options *options;
    char **paths; /* of files that are in the list */
    size_t num_paths, capacity;
    FILE *out;
};

/* A file that nothing names: it was read for a front end or a kernel. */
struct other {
    const char *kind, *name, *path;
};

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* In pieces: the text of a large spec need not be in memory at once. */
static void digest_bytes(const struct file_bytes *bytes, char text[2 * SHA256_BYTES + 1])
{
    enum { PIECE = 1 << 20 };
    struct sha256 hash;
    uint8_t digest[SHA256_BYTES];
    sha256_init(&hash);
    for (size_t at = 0, size; at < bytes->size; at += size) {
        size = bytes->size - at < PIECE ? bytes->size - at : PIECE;
        sha256_add(&hash, bytes->data + at, size);
        file_forget(bytes, (const char *)bytes->data + at, (const char *)bytes->data + at + size);
    }
    sha256_end(&hash, digest);
    sha256_text(digest, text);
}

/* Tabs and newlines are no part of a name here. */
static void put_name(FILE *out, const char *name)
{
    for (; *name; name++) {
        putc(*name == '\t' || *name == '\n' ? '?' : *name, out);
    }
}

static void put_line(struct listing *l, const struct file_bytes *bytes, const char *kind, const char *domain,
                     const char *name)
{
    char digest[2 * SHA256_BYTES + 1];
    digest_bytes(bytes, digest);
    fprintf(l->out, "%s\t%s\t", digest, kind);
    put_name(l->out, domain);
    putc('\t', l->out);
    put_name(l->out, name);
    putc('\n', l->out);
}

static bool is_listed(const struct listing *l, const char *path)
{
    for (size_t i = 0; i < l->num_paths; i++) {
        if (strcmp(l->paths[i], path) == 0) {
            return true;
        }
    }
    return false;
}

/* Takes the path. */
static void put_file(struct listing *l, char *path, const char *kind, const char *domain, const char *name)
{
    struct file_bytes bytes;
    if (!path || !file_read_regular(path, &bytes)) {
        free(path);
        return;
    }
    put_line(l, &bytes, kind, domain, name[0] == '/' ? last_part(name) : name);
    file_release(&bytes);
    l->paths = memory_grow(l->paths, &l->capacity, l->num_paths + 1, sizeof(*l->paths));
    l->paths[l->num_paths++] = path;
}

static char *find(const struct listing *l, const char *text)
{
    return file_find(text, l->input->name, l->options->directories);
}

static void put_programs(struct listing *l)
{
    const struct capdl_spec *spec = &l->input->spec;
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        const struct capdl_program *program =
            capdl_object_kind(spec, i) == CAPDL_KIND_PROGRAM ? capdl_object_declaration(spec, i) : NULL;
        uint32_t index = capdl_object_index(spec, i);
        if (!program || !program->num_params || program->params[0].name || !program->params[0].text ||
            (index != CAPDL_NO_INDEX && index != 0)) {
            continue;
        }
        const char *text = program->params[0].text;
        put_file(l, find(l, text), program->module ? "file" : "program",
                 program->module ? "" : capdl_object_name(spec, i), text);
    }
}

/* Files that fill frames, other than programs. */
static void put_fills(struct listing *l)
{
    const struct capdl_spec *spec = &l->input->spec;
    const char *last = NULL;
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        struct capdl_fills fills =
            capdl_object_kind(spec, i) == CAPDL_KIND_FRAME ? capdl_object_fills(spec, i) : (struct capdl_fills){NULL};
        for (size_t k = 0; k < fills.count; k++) {
            const char *text = fills.list[k].text;
            if (fills.list[k].kind != CAPDL_FILL_FILE || text == last) {
                continue;
            }
            last = text;
            char *path = find(l, text);
            if (path && is_listed(l, path)) {
                free(path);
            } else {
                put_file(l, path, "file", "", text);
            }
        }
    }
}

/* What is behind a directory in a path; NULL if the path is not below it. */
static const char *below(const char *path, const char *directory)
{
    size_t length = directory ? strlen(directory) : 0;
    while (length > 1 && directory[length - 1] == '/') {
        length--;
    }
    return length && strncmp(path, directory, length) == 0 && path[length] == '/' ? path + length + 1 : NULL;
}

static bool is_tools(const char *path)
{
    static const char *const rooms[] = {"monitor", "initialiser", "loader"};
    bool found = false;
    for (size_t i = 0; !found && i < sizeof(rooms) / sizeof(rooms[0]); i++) {
        char *own = data_find(rooms[i], last_part(path));
        found = own && strcmp(own, path) == 0;
        free(own);
    }
    return found;
}

static struct other name_other(const struct listing *l, const char *path)
{
    const char *slash = strrchr(l->input->name, '/'), *name = below(path, l->options->kernel);
    struct other other = {name ? "kernel" : is_tools(path) ? "tool" : "file", name, path};
    for (size_t i = 0; !other.name && i < list_count(l->options->directories); i++) {
        other.name = below(path, l->options->directories[i]);
    }
    if (!other.name && slash) {
        char *directory = memory_need(strndup(l->input->name, (size_t)(slash - l->input->name)));
        other.name = below(path, directory);
        free(directory);
    }
    other.name = other.name ? other.name : path[0] == '/' ? last_part(path) : path;
    return other;
}

static int other_compare(const void *left, const void *right)
{
    const struct other *a = left, *b = right;
    int order = strcmp(a->kind, b->kind);
    return order ? order : strcmp(a->name, b->name);
}

static void put_others(struct listing *l)
{
    size_t count, kept = 0;
    char *const *paths = depfile_paths(&count);
    struct other *others = memory_zeroed(count + 1, sizeof(*others));
    for (size_t i = 0; i < count; i++) {
        if (strcmp(paths[i], l->input->name) != 0 && !is_listed(l, paths[i])) {
            others[kept++] = name_other(l, paths[i]);
        }
    }
    qsort(others, kept, sizeof(*others), other_compare);
    for (size_t i = 0; i < kept; i++) {
        put_file(l, memory_need(strdup(others[i].path)), others[i].kind, "", others[i].name);
    }
    free(others);
}

char *inputs_describe(const struct input *input, const struct options *options, size_t *size)
{
    char *text = NULL;
    struct listing l = {.input = input, .options = options};
    l.out = open_memstream(&text, size);
    put_line(&l, &input->bytes, "spec", "", last_part(input->name));
    put_programs(&l);
    put_fills(&l);
    put_others(&l);
    if (options->untypeds) {
        put_file(&l, memory_need(strdup(options->untypeds)), "file", "", last_part(options->untypeds));
    }
    fclose(l.out);
    for (size_t i = 0; i < l.num_paths; i++) {
        free(l.paths[i]);
    }
    free(l.paths);
    return memory_need(text);
}

/* ---- Printing ---- */

static bool same_part(const char *a, size_t a_length, const char *b, size_t b_length)
{
    return a_length == b_length && memcmp(a, b, a_length) == 0;
}

static bool is_kind(const struct input_line *line, const char *kind)
{
    return same_part(line->kind, line->kind_length, kind, strlen(kind));
}

static bool counts(const struct input_line *line)
{
    return !is_kind(line, "kernel") && !is_kind(line, "tool");
}

static struct json_object *part(const char *text, size_t length)
{
    return length ? json_object_new_string_len(text, (int)length) : NULL;
}

static struct json_object *line_json(const struct input_line *line)
{
    struct json_object *object = json_object_new_object();
    json_object_object_add(object, "kind", part(line->kind, line->kind_length));
    json_object_object_add(object, "name", part(line->name, line->name_length));
    json_object_object_add(object, "domain", part(line->domain, line->domain_length));
    json_object_object_add(object, "sha256", part(line->digest, 2 * SHA256_BYTES));
    return object;
}

/* The same program of several domains is one file. */
static bool is_repeated(const char *text, const struct input_line *line)
{
    struct input_line before;
    for (const char *at = text; at < line->digest && inputs_next(&at, line->digest, &before);) {
        if (memcmp(before.digest, line->digest, 2 * SHA256_BYTES) == 0 &&
            same_part(before.name, before.name_length, line->name, line->name_length)) {
            return true;
        }
    }
    return false;
}

void inputs_print(const char *text, size_t size, bool json)
{
    struct json_object *list = json ? json_object_new_array() : NULL;
    struct input_line line;
    for (const char *at = text; inputs_next(&at, text + size, &line);) {
        if (list) {
            json_object_array_add(list, line_json(&line));
        } else if (!counts(&line)) { /* not beside the spec: a comment to sha256sum */
            capdl_escape_printf(stdout, "# %.*s: %.*s  %.*s\n", (int)line.kind_length, line.kind, 2 * SHA256_BYTES,
                                line.digest, (int)line.name_length, line.name);
        } else if (!is_repeated(text, &line)) {
            capdl_escape_printf(stdout, "%.*s  %.*s\n", 2 * SHA256_BYTES, line.digest, (int)line.name_length,
                                line.name);
        }
    }
    if (list) {
        print_json_value(list, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);
        json_object_put(list);
    }
}

/* ---- Comparison ---- */

/* A spec may have another name, and a protection domain another file as its program. */
static bool same_role(const struct input_line *a, const struct input_line *b)
{
    return same_part(a->kind, a->kind_length, b->kind, b->kind_length) &&
           same_part(a->domain, a->domain_length, b->domain, b->domain_length) &&
           (is_kind(a, "spec") || a->domain_length || same_part(a->name, a->name_length, b->name, b->name_length));
}

static bool find_role(const char *text, size_t size, const struct input_line *wanted, struct input_line *found)
{
    for (const char *at = text; inputs_next(&at, text + size, found);) {
        if (same_role(found, wanted)) {
            return true;
        }
    }
    return false;
}

static void print_role(FILE *out, const struct input_line *line)
{
    capdl_escape_printf(out, "  %.*s", (int)line->name_length, line->name);
    if (line->domain_length) {
        capdl_escape_printf(out, ", the program of %.*s", (int)line->domain_length, line->domain);
    } else if (is_kind(line, "spec")) {
        fputs(", the spec", out);
    }
}

size_t inputs_compare(const char *made_from, size_t made_size, const char *now, size_t size, const char *spec,
                      FILE *out)
{
    struct input_line line, other;
    size_t count = 0;
    for (const char *at = made_from; inputs_next(&at, made_from + made_size, &line);) {
        bool found = find_role(now, size, &line, &other);
        if (!counts(&line) || (found && memcmp(line.digest, other.digest, 2 * SHA256_BYTES) == 0)) {
            continue;
        }
        count++;
        print_role(out, &line);
        if (found) {
            fprintf(out, ": sha256:%.*s, now sha256:%.*s\n", 2 * SHA256_BYTES, line.digest, 2 * SHA256_BYTES,
                    other.digest);
        } else {
            capdl_escape_printf(out, ": sha256:%.*s, not an input of %s\n", 2 * SHA256_BYTES, line.digest, spec);
        }
    }
    for (const char *at = now; inputs_next(&at, now + size, &line);) {
        if (counts(&line) && !find_role(made_from, made_size, &line, &other)) {
            count++;
            print_role(out, &line);
            fprintf(out, ": not an input of the image, now sha256:%.*s\n", 2 * SHA256_BYTES, line.digest);
        }
    }
    return count;
}
