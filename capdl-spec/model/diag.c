/* SPDX-License-Identifier: BSD-2-Clause */
/* Diagnostics: collecting and printing them. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/escape.h>

#include "model.h"

enum { MOST_KEPT = 10000, MOST_SHOWN_COLUMNS = 200 };

uint16_t capdl_diags_add_source(struct capdl_diags *diags, const char *name, const char *text, size_t size)
{
    struct capdl_source *source;
    if (diags->num_files == UINT16_MAX) {
        return UINT16_MAX - 1;
    }
    diags->files = capdl_spec_realloc(diags->files, (diags->num_files + 1) * sizeof(*diags->files));
    source = capdl_spec_realloc(NULL, sizeof(*source));
    *source = (struct capdl_source){
        .name = strcpy(capdl_spec_realloc(NULL, strlen(name) + 1), name), .text = text, .size = size};
    diags->files[diags->num_files] = source;
    return (uint16_t)diags->num_files++;
}

void capdl_diags_add_marker(struct capdl_diags *diags, uint16_t file, struct capdl_marker marker)
{
    struct capdl_source *source = diags->files[file];
    if (source->num_markers && source->markers[source->num_markers - 1].offset >= marker.offset) {
        return;
    }
    source->markers =
        capdl_spec_grow(source->markers, &source->capacity_markers, source->num_markers + 1, sizeof(marker));
    source->markers[source->num_markers++] = marker;
}

static void count_diag(struct capdl_diags *diags, enum capdl_severity severity)
{
    diags->num_errors += severity == CAPDL_ERROR;
    diags->num_warnings += severity == CAPDL_WARNING;
}

static const struct {
    const char *name, *text;
    enum capdl_severity severity;
} checks[] = {
#define CAPDL_CHECK(id, severity, name, text) [CAPDL_CHECK_##id] = {name, text, CAPDL_##severity},
#include <capdl/checks.def>
};

const char *capdl_check_name(enum capdl_check check)
{
    return checks[check].name;
}

const char *capdl_check_text(enum capdl_check check)
{
    return checks[check].text;
}

enum capdl_severity capdl_check_severity(enum capdl_check check)
{
    return checks[check].severity;
}

enum capdl_check capdl_check_find(const char *name)
{
    for (unsigned i = CAPDL_CHECK_NONE + 1; i < CAPDL_CHECK_COUNT; i++) {
        if (!strcmp(name, checks[i].name)) {
            return (enum capdl_check)i;
        }
    }
    return CAPDL_CHECK_NONE;
}

/* Whether this belongs to a check that is not to be made; a note belongs to what is before it. */
static bool is_muted(struct capdl_diags *diags, enum capdl_severity severity, enum capdl_check check)
{
    if (severity != CAPDL_NOTE) {
        diags->muted = diags->disabled[check];
    }
    return diags->muted;
}

static void add_diag(struct capdl_diags *diags, enum capdl_severity severity, enum capdl_check check,
                     struct capdl_pos pos, const char *format, va_list arguments)
{
    struct capdl_diag *diag;
    char *message;
    if (is_muted(diags, severity, check)) {
        return;
    }
    count_diag(diags, severity);
    if (severity == CAPDL_ERROR ? diags->num_errors > MOST_KEPT
                                : diags->num_warnings > MOST_KEPT && severity == CAPDL_WARNING) {
        diags->muted = true; /* and so are the notes after it */
        return;
    }
    if (vasprintf(&message, format, arguments) < 0) {
        capdl_spec_out_of_memory();
    }
    diags->list = capdl_spec_grow(diags->list, &diags->capacity, diags->count + 1, sizeof(*diag));
    diag = &diags->list[diags->count++];
    *diag = (struct capdl_diag){.severity = severity, .pos = pos, .check = check, .message = message};
}

void capdl_error(struct capdl_diags *diags, struct capdl_pos pos, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_diag(diags, CAPDL_ERROR, CAPDL_CHECK_NONE, pos, format, arguments);
    va_end(arguments);
}

void capdl_note(struct capdl_diags *diags, struct capdl_pos pos, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_diag(diags, CAPDL_NOTE, CAPDL_CHECK_NONE, pos, format, arguments);
    va_end(arguments);
}

void capdl_finding(struct capdl_diags *diags, enum capdl_severity severity, enum capdl_check check,
                   struct capdl_pos pos, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_diag(diags, severity, check, pos, format, arguments);
    va_end(arguments);
}

/* An error or warning together with the notes after it. */
struct group {
    size_t first, count;
    struct capdl_pos pos;
};

/* Diagnostics without a position come last in their file. */
static int group_compare(const void *left, const void *right)
{
    const struct group *a = left, *b = right;
    uint32_t a_line = a->pos.line - 1, b_line = b->pos.line - 1;
    if (a->pos.file != b->pos.file) {
        return a->pos.file < b->pos.file ? -1 : 1;
    }
    if (a_line != b_line) {
        return a_line < b_line ? -1 : 1;
    }
    if (a->pos.column != b->pos.column) {
        return a->pos.column < b->pos.column ? -1 : 1;
    }
    return a->first < b->first ? -1 : a->first > b->first;
}

static struct group *groups_make(const struct capdl_diags *diags, size_t *count)
{
    struct group *groups = capdl_spec_realloc(NULL, (diags->count + 1) * sizeof(*groups));
    *count = 0;
    for (size_t i = 0; i < diags->count; i++) {
        if (diags->list[i].severity != CAPDL_NOTE || !*count) {
            groups[(*count)++] = (struct group){.first = i, .pos = diags->list[i].pos};
        }
        groups[*count - 1].count++;
    }
    qsort(groups, *count, sizeof(*groups), group_compare);
    return groups;
}

/* Remembers where in a text it is, so that ascending lines are found in one pass over it. */
struct line_cursor {
    uint16_t file;
    uint32_t line;
    size_t offset;
};

static bool line_find(struct line_cursor *cursor, const struct capdl_source *source, struct capdl_pos pos)
{
    if (cursor->file != pos.file || cursor->line > pos.line || cursor->line == 0) {
        *cursor = (struct line_cursor){.file = pos.file, .line = 1};
    }
    while (cursor->line < pos.line) {
        const char *end = memchr(source->text + cursor->offset, '\n', source->size - cursor->offset);
        if (!end) {
            return false;
        }
        cursor->offset = (size_t)(end - source->text) + 1;
        cursor->line++;
    }
    return true;
}

/* The text before the caret. */
struct blanks {
    char text[MOST_SHOWN_COLUMNS * CAPDL_ESCAPE_MOST];
    size_t count;
};

static void blanks_add(struct blanks *blanks, char blank, unsigned count)
{
    for (; count && blanks->count < sizeof(blanks->text); count--) {
        blanks->text[blanks->count++] = blank;
    }
}

/* Prints the line and a caret below the column. Tabs are kept, so that the caret stands where the terminal puts the
 * character. */
static void print_line(FILE *out, const char *text, size_t length, uint16_t column)
{
    unsigned at = 1;
    struct blanks blanks = {.count = 0};
    fputs("    ", out);
    for (struct capdl_character c; at <= MOST_SHOWN_COLUMNS && (c = capdl_character_at(text, length)).length; at++) {
        unsigned width = 1;
        if (*text == '\t') {
            putc('\t', out);
        } else {
            width = capdl_escape_put(out, text, c);
        }
        if (at < column) {
            blanks_add(&blanks, *text == '\t' ? '\t' : ' ', width);
        }
        text += c.length;
        length -= c.length;
    }
    putc('\n', out);
    if (!column || column > MOST_SHOWN_COLUMNS) {
        return;
    }
    if (at < column) { /* after the end of the line */
        blanks_add(&blanks, ' ', column - at);
    }
    fprintf(out, "    %.*s^\n", (int)blanks.count, blanks.text);
}

static void print_source(const struct capdl_diags *diags, FILE *out, struct capdl_pos pos, struct line_cursor *cursor)
{
    const struct capdl_source *source = diags->files[pos.file];
    const char *line, *end;
    size_t length;
    if (!source->text || !line_find(cursor, source, pos)) {
        return;
    }
    line = source->text + cursor->offset;
    length = source->size - cursor->offset;
    end = memchr(line, '\n', length);
    if (end) {
        length = (size_t)(end - line);
    }
    if (length && line[length - 1] == '\r') {
        length--;
    }
    if (length) {
        print_line(out, line, length, pos.column);
    }
}

static void print_diag(const struct capdl_diags *diags, FILE *out, const struct capdl_diag *diag,
                       struct line_cursor *cursor)
{
    static const char *const severities[] = {"error", "warning", "note"};
    bool placed = diag->pos.file < diags->num_files;
    if (placed) {
        capdl_escape_printf(out, "%s:", diags->files[diag->pos.file]->name);
    }
    if (placed && diag->pos.line) {
        fprintf(out, "%u:", (unsigned)diag->pos.line);
    }
    if (placed && diag->pos.line && diag->pos.column) {
        fprintf(out, "%u:", (unsigned)diag->pos.column);
    }
    fprintf(out, "%s%s: ", placed ? " " : "", severities[diag->severity]);
    capdl_escape_print(out, diag->message, strlen(diag->message));
    if (diag->check) {
        fprintf(out, " [%s]", capdl_check_name(diag->check));
    }
    putc('\n', out);
    if (placed && diag->pos.line) {
        print_source(diags, out, diag->pos, cursor);
    }
}

/* Each severity has its own limit, so that many warnings do not hide an error. */
void capdl_diags_print(struct capdl_diags *diags, FILE *out, size_t most)
{
    struct line_cursor cursor = {.line = 0};
    size_t count, errors = 0, warnings = 0;
    struct group *groups;
    capdl_diags_locate(diags);
    groups = groups_make(diags, &count);

    for (size_t g = 0; g < count; g++) {
        bool is_error = diags->list[groups[g].first].severity == CAPDL_ERROR;
        size_t *shown = is_error ? &errors : &warnings;
        if (most && *shown == most) {
            continue;
        }
        ++*shown;
        for (size_t i = 0; i < groups[g].count; i++) {
            print_diag(diags, out, &diags->list[groups[g].first + i], &cursor);
        }
    }
    if (diags->num_errors > errors) {
        fprintf(out, "%zu more errors not shown\n", diags->num_errors - errors);
    }
    if (diags->num_warnings > warnings) {
        fprintf(out, "%zu more warnings not shown\n", diags->num_warnings - warnings);
    }
    free(groups);
}

void capdl_diags_free(struct capdl_diags *diags)
{
    for (size_t i = 0; i < diags->count; i++) {
        free(diags->list[i].message);
    }
    for (size_t i = 0; i < diags->num_files; i++) {
        free(diags->files[i]->name);
        free(diags->files[i]->markers);
        free(diags->files[i]);
    }
    free(diags->list);
    free(diags->files);
    memset(diags, 0, sizeof(*diags));
}
