/* SPDX-License-Identifier: BSD-2-Clause */
/* Findings as JSON, each with the place where what it is about begins and where that ends. */
#include "json/fields.h"
#include "json/spec_json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/escape.h>

/* Where the lines of each source begin, found when first needed. */
struct lines {
    size_t *starts;
    size_t count;
};

struct place {
    const char *at, *end; /* of the text */
    uint32_t line, column;
};

static void lines_find(struct lines *lines, const struct capdl_source *source)
{
    size_t capacity = 0;
    const char *end = source->text + source->size, *next = source->text;
    while (next) {
        lines->starts = memory_grow(lines->starts, &capacity, lines->count + 1, sizeof(*lines->starts));
        lines->starts[lines->count++] = (size_t)(next - source->text);
        next = memchr(next, '\n', (size_t)(end - next));
        next = next ? next + 1 : NULL;
    }
}

static bool step(struct place *place)
{
    struct capdl_character c = capdl_character_at(place->at, (size_t)(place->end - place->at));
    if (!c.length) {
        return false;
    }
    place->column = *place->at == '\n' ? 1 : place->column + 1;
    place->line += *place->at == '\n';
    place->at += c.length;
    return true;
}

static bool place_find(struct place *place, struct lines *all, const struct capdl_diags *diags, struct capdl_pos pos)
{
    if (pos.file >= diags->num_files || !diags->files[pos.file]->text || !pos.line || !pos.column ||
        pos.column >= CAPDL_POS_OFFSET - 1) {
        return false;
    }
    const struct capdl_source *source = diags->files[pos.file];
    struct lines *lines = &all[pos.file];
    if (!lines->count) {
        lines_find(lines, source);
    }
    if (pos.line > lines->count) {
        return false;
    }
    *place = (struct place){source->text + lines->starts[pos.line - 1], source->text + source->size, pos.line, 1};
    while (place->column < pos.column && place->at < place->end && *place->at != '\n') {
        step(place);
    }
    return place->column == pos.column;
}

/* Of names, numbers and words of JSON. */
static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80 ||
           (c && strchr("_-@.+", c));
}

/* A string ends on its line. */
static void skip_string(struct place *place)
{
    bool escaped = false, closed = false;
    step(place);
    while (!closed && place->at < place->end && *place->at != '\n') {
        closed = *place->at == '"' && !escaped;
        escaped = *place->at == '\\' && !escaped;
        step(place);
    }
}

/* A bracket ends after its partner, if that is not far. */
static void skip_brackets(struct place *place)
{
    enum { FAR = 1 << 16 };
    struct place bracket = *place;
    unsigned depth = 0;
    step(&bracket);
    for (const char *start = place->at; place->at < place->end && place->at - start < FAR;) {
        char c = *place->at;
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        if (c == '"') {
            skip_string(place);
        } else {
            step(place);
        }
        if (!depth) {
            return;
        }
    }
    *place = bracket;
}

/* After the string, the word, what is in brackets, or the single character that begins here. */
static void skip_token(struct place *place)
{
    char c = place->at < place->end ? *place->at : '\n';
    if (c == '"') {
        skip_string(place);
    } else if (c == '{' || c == '[') {
        skip_brackets(place);
    } else if (is_word(c)) {
        while (place->at < place->end && is_word(*place->at)) {
            step(place);
        }
    } else if (c != '\n') {
        step(place);
    }
}

static void put_end(const struct capdl_diags *diags, struct capdl_pos pos, struct lines *lines, const char *line_key,
                    const char *column_key, FILE *out)
{
    struct place place;
    if (place_find(&place, lines, diags, pos)) {
        skip_token(&place);
        fprintf(out, ", \"%s\": %" PRIu32 ", \"%s\": %" PRIu32, line_key, place.line, column_key, place.column);
    }
}

static void put_place(const struct capdl_diags *diags, const struct capdl_diag *diag, struct lines *lines, FILE *out)
{
    static const char *const severities[] = {"error", "warning", "note"};
    fprintf(out, "{\"severity\": \"%s\"", severities[diag->severity]);
    if (diag->pos.file < diags->num_files) {
        fputs(", \"file\": ", out);
        capdl_escape_json(out, diags->files[diag->pos.file]->name);
    }
    if (diag->pos.line) {
        fprintf(out, ", \"line\": %" PRIu32, diag->pos.line);
    }
    if (diag->pos.line && diag->pos.column) {
        fprintf(out, ", \"column\": %u", diag->pos.column);
    }
    put_end(diags, diag->pos, lines, "end_line", "end_column", out);
    fputs(", \"message\": ", out);
    capdl_escape_json(out, diag->message);
}

static struct lines *lines_begin(struct capdl_diags *diags)
{
    struct lines *lines = memory_zeroed(diags->num_files + 1, sizeof(*lines));
    capdl_diags_locate(diags);
    return lines;
}

static void lines_free(struct lines *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(lines[i].starts);
    }
    free(lines);
}

void diags_json_write(struct capdl_diags *diags, FILE *out)
{
    struct lines *lines = lines_begin(diags);
    putc('[', out);
    for (size_t i = 0; i < diags->count; i++) {
        fputs(i ? ",\n " : "\n ", out);
        put_place(diags, &diags->list[i], lines, out);
        if (diags->list[i].check) {
            fputs(", \"check\": ", out);
            capdl_escape_json(out, capdl_check_name(diags->list[i].check));
        }
        bool notes = false;
        for (; i + 1 < diags->count && diags->list[i + 1].severity == CAPDL_NOTE; i++, notes = true) {
            fputs(notes ? ", " : ", \"notes\": [", out);
            put_place(diags, &diags->list[i + 1], lines, out);
            putc('}', out);
        }
        fputs(notes ? "]}" : "}", out);
    }
    fputs(diags->count ? "\n]\n" : "]\n", out);
    lines_free(lines, diags->num_files);
}

/* A file's name as a relative reference (RFC 3986). */
static void put_uri(const char *name, FILE *out)
{
    putc('"', out);
    for (const char *c = name; *c; c++) {
        bool plain = (is_word(*c) && (unsigned char)*c < 0x80 && *c != '@' && *c != '+') || strchr("/~_", *c);
        if (plain) {
            putc(*c, out);
        } else {
            fprintf(out, "%%%02X", (unsigned)(unsigned char)*c);
        }
    }
    putc('"', out);
}

static void put_location(const struct capdl_diags *diags, struct capdl_pos pos, struct lines *lines, FILE *out)
{
    fputs("\"physicalLocation\": {\"artifactLocation\": {\"uri\": ", out);
    put_uri(diags->files[pos.file]->name, out);
    putc('}', out);
    if (pos.line) {
        fprintf(out, ", \"region\": {\"startLine\": %" PRIu32, pos.line);
        if (pos.column) {
            fprintf(out, ", \"startColumn\": %u", pos.column);
        }
        put_end(diags, pos, lines, "endLine", "endColumn", out);
        putc('}', out);
    }
    putc('}', out);
}

static void put_message(const struct capdl_diag *diag, FILE *out)
{
    fputs("\"message\": {\"text\": ", out);
    capdl_escape_json(out, diag->message);
    putc('}', out);
}

/* The notes after a finding, as places that belong to it. Returns how many there are. */
static size_t put_related(const struct capdl_diags *diags, size_t first, struct lines *lines, FILE *out)
{
    size_t count = 0;
    bool any = false;
    for (; first + count < diags->count && diags->list[first + count].severity == CAPDL_NOTE; count++) {
        const struct capdl_diag *note = &diags->list[first + count];
        if (note->pos.file < diags->num_files) {
            fputs(any ? ", {" : ", \"relatedLocations\": [{", out);
            put_location(diags, note->pos, lines, out);
            fputs(", ", out);
            put_message(note, out);
            putc('}', out);
            any = true;
        }
    }
    fputs(any ? "]" : "", out);
    return count;
}

static void put_rules(FILE *out)
{
    fputs("\"rules\": [\n   {\"id\": \"spec\", \"shortDescription\": {\"text\": \"a spec that can be read and "
          "compiled\"}}",
          out);
    for (unsigned i = CAPDL_CHECK_NONE + 1; i < CAPDL_CHECK_COUNT; i++) {
        fprintf(out, ",\n   {\"id\": \"%s\", \"shortDescription\": {\"text\": ", capdl_check_name((enum capdl_check)i));
        capdl_escape_json(out, capdl_check_text((enum capdl_check)i));
        fputs("}}", out);
    }
    fputs("]", out);
}

void diags_sarif_write(struct capdl_diags *diags, const char *version, FILE *out)
{
    struct lines *lines = lines_begin(diags);
    fprintf(out,
            "{\"version\": \"2.1.0\", \"runs\": [{\"tool\": {\"driver\": {\"name\": \"capdl\", \"version\": \"%s\", ",
            version);
    put_rules(out);
    fputs("}}, \"columnKind\": \"unicodeCodePoints\", \"results\": [", out);
    for (size_t i = 0; i < diags->count; i++) {
        const struct capdl_diag *diag = &diags->list[i];
        fprintf(out, "%s {\"ruleId\": \"%s\", \"level\": \"%s\", ", i ? ",\n" : "\n",
                diag->check ? capdl_check_name(diag->check) : "spec",
                diag->severity == CAPDL_ERROR ? "error" : "warning");
        put_message(diag, out);
        if (diag->pos.file < diags->num_files) {
            fputs(", \"locations\": [{", out);
            put_location(diags, diag->pos, lines, out);
            fputs("}]", out);
        }
        i += put_related(diags, i + 1, lines, out);
        putc('}', out);
    }
    fputs(diags->count ? "\n]}]}\n" : "]}]}\n", out);
    lines_free(lines, diags->num_files);
}
