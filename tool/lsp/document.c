/* SPDX-License-Identifier: BSD-2-Clause */
#include "lsp/document.h"

#include <string.h>

#include <capdl/escape.h>

static struct capdl_character character_at(const struct document *d, size_t offset)
{
    return capdl_character_at(d->text + offset, d->size - offset);
}

/* Of a character: two where UTF-16 needs a pair. */
static unsigned units(struct capdl_character c)
{
    return c.utf8 && c.code > 0xffff ? 2 : 1;
}

static size_t line_start(const struct document *d, unsigned line)
{
    size_t at = 0;
    for (; line > 0; line--) {
        const char *end = memchr(d->text + at, '\n', d->size - at);
        if (!end) {
            return at;
        }
        at = (size_t)(end + 1 - d->text);
    }
    return at;
}

size_t document_offset(const struct document *d, struct lsp_position place)
{
    size_t at = line_start(d, place.line);
    for (unsigned column = 0; at < d->size && d->text[at] != '\n';) {
        struct capdl_character c = character_at(d, at);
        column += units(c);
        if (column > place.character) {
            break;
        }
        at += c.length;
    }
    return at;
}

struct lsp_position document_position(const struct document *d, size_t offset)
{
    struct lsp_position place = {0, 0};
    size_t at = 0;
    for (const char *end; (end = memchr(d->text + at, '\n', offset - at)) != NULL;) {
        at = (size_t)(end + 1 - d->text);
        place.line++;
    }
    while (at < offset) {
        struct capdl_character c = character_at(d, at);
        place.character += units(c);
        at += c.length;
    }
    return place;
}

size_t document_offset_of(const struct document *d, struct capdl_pos pos)
{
    if (pos.column == CAPDL_POS_OFFSET) {
        return pos.line < d->size ? pos.line : d->size;
    }
    size_t at = line_start(d, pos.line ? pos.line - 1 : 0);
    for (unsigned column = 1; column < pos.column && at < d->size && d->text[at] != '\n'; column++) {
        at += character_at(d, at).length;
    }
    return at;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* docs/language.md, section 1. */
static bool begins_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static bool continues_name(char c)
{
    return begins_name(c) || is_digit(c) || (c && strchr("_-@.", c));
}

static size_t skip_block_comment(const struct document *d, size_t at)
{
    unsigned depth = 0;
    do {
        if (strncmp(d->text + at, "/*", 2) == 0) {
            depth++;
            at += 2;
        } else if (strncmp(d->text + at, "*/", 2) == 0) {
            depth--;
            at += 2;
        } else {
            at++;
        }
    } while (depth > 0 && at < d->size);
    return at < d->size ? at : d->size;
}

static size_t skip_line(const struct document *d, size_t at)
{
    const char *end = memchr(d->text + at, '\n', d->size - at);
    return end ? (size_t)(end - d->text) : d->size;
}

/* To its end or that of the line; there are no escapes. */
static size_t skip_string(const struct document *d, size_t at)
{
    at += 1 + strcspn(d->text + at + 1, "\"\n");
    return at + (d->text[at] == '"');
}

static size_t skip_name(const struct document *d, size_t at)
{
    while (at < d->size && continues_name(d->text[at])) {
        at++;
    }
    return at;
}

bool document_next_word(const struct document *d, size_t from, struct word *word)
{
    for (size_t at = from; at < d->size;) {
        char c = d->text[at];
        if (begins_name(c)) {
            *word = (struct word){at, skip_name(d, at)};
            return true;
        }
        if (is_digit(c)) {
            at = skip_name(d, at);
        } else if (c == '"') {
            at = skip_string(d, at);
        } else if (strncmp(d->text + at, "--", 2) == 0) {
            at = skip_line(d, at);
        } else if (strncmp(d->text + at, "/*", 2) == 0) {
            at = skip_block_comment(d, at);
        } else {
            at++;
        }
    }
    return false;
}

int document_braces(const struct document *d, size_t from, size_t to)
{
    int opened = 0;
    for (size_t at = from; at < to;) {
        if (d->text[at] == '"') {
            at = skip_string(d, at);
        } else if (strncmp(d->text + at, "--", 2) == 0) {
            at = skip_line(d, at);
        } else if (strncmp(d->text + at, "/*", 2) == 0) {
            at = skip_block_comment(d, at);
        } else {
            opened += (d->text[at] == '{') - (d->text[at] == '}');
            at++;
        }
    }
    return opened;
}

bool document_word_at(const struct document *d, size_t offset, struct word *word)
{
    struct word next = {0, 0};
    while (document_next_word(d, next.end, &next) && next.start <= offset) {
        if (offset <= next.end) {
            *word = next;
            return true;
        }
    }
    return false;
}

static size_t skip_blanks(const struct document *d, size_t at)
{
    return at + strspn(d->text + at, " \t\r\n");
}

bool document_declares(const struct document *d, struct word word)
{
    size_t at = skip_blanks(d, word.end);
    if (d->text[at] == '[') {
        at += strcspn(d->text + at, "]\n");
        at = skip_blanks(d, at + (d->text[at] == ']'));
    }
    return d->text[at] == '=';
}

size_t document_token_end(const struct document *d, size_t offset)
{
    char c = offset < d->size ? d->text[offset] : '\n';
    if (c == '"') {
        return skip_string(d, offset);
    }
    if (begins_name(c) || is_digit(c)) {
        return skip_name(d, offset);
    }
    return c == '\n' ? offset : offset + character_at(d, offset).length;
}
