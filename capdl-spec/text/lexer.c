/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <capdl/escape.h>

#include "lexer.h"

enum { MOST_MARKER_FILES = 256, SAFE_DIGITS = 19 /* decimal ones that fit in 64 bits */ };

enum { DIGIT = 1, LETTER = 2, IN_NAME = 4, BLANK = 8, PUNCT = 16, BEGINS = 32 };

/* Every character outside ASCII counts as a letter. BEGINS: whatever follows it, a token begins with it. */
static const uint8_t classes[256] = {
    ['0' ... '9'] = DIGIT | IN_NAME | BEGINS,
    ['a' ... 'z'] = LETTER | IN_NAME | BEGINS,
    ['A' ... 'Z'] = LETTER | IN_NAME | BEGINS,
    [0x80 ... 0xff] = LETTER | IN_NAME | BEGINS,
    ['_'] = IN_NAME,
    ['-'] = IN_NAME | PUNCT,
    ['@'] = IN_NAME,
    ['.'] = IN_NAME | PUNCT,
    [' '] = BLANK,
    ['\t'] = BLANK,
    ['\n'] = BLANK,
    ['\r'] = BLANK,
    ['\f'] = BLANK,
    ['\v'] = BLANK,
    ['{'] = PUNCT | BEGINS,
    ['}'] = PUNCT | BEGINS,
    ['('] = PUNCT | BEGINS,
    [')'] = PUNCT | BEGINS,
    ['['] = PUNCT | BEGINS,
    [']'] = PUNCT | BEGINS,
    ['<'] = PUNCT | BEGINS,
    ['>'] = PUNCT | BEGINS,
    ['='] = PUNCT | BEGINS,
    [','] = PUNCT | BEGINS,
    [':'] = PUNCT | BEGINS,
    [';'] = PUNCT | BEGINS,
    ['/'] = PUNCT,
};

static bool is(char c, unsigned class)
{
    return classes[(unsigned char)c] & class;
}

static bool is_digit(char c)
{
    return is(c, DIGIT);
}

static bool is_letter(char c)
{
    return is(c, LETTER);
}

static bool is_blank(char c)
{
    return is(c, BLANK);
}

static char peek(const struct text_lexer *lexer, size_t ahead)
{
    return (size_t)(lexer->end - lexer->at) > ahead ? lexer->at[ahead] : '\0';
}

void capdl_text_lex_init(struct text_lexer *lexer, struct capdl_diags *diags, uint16_t source)
{
    const struct capdl_source *file = diags->files[source];
    *lexer = (struct text_lexer){
        .diags = diags,
        .text = file->text,
        .at = file->text,
        .end = file->text + file->size,
        .line = 1,
        .source = source,
        .marked = source,
    };
    if (file->size >= 3 && !memcmp(file->text, "\xef\xbb\xbf", 3)) {
        lexer->at += 3;
    }
    lexer->line_start = lexer->at;
}

static void next_line(struct text_lexer *lexer)
{
    lexer->line++;
    lexer->line_start = lexer->at;
}

/* Steps over one byte, keeping track of lines. */
static void step(struct text_lexer *lexer)
{
    if (*lexer->at++ == '\n') {
        next_line(lexer);
    }
}

/* The file that a line marker names. The file being read gets an entry without text: its lines are not the marker's
 * lines. */
static uint16_t marker_file(struct text_lexer *lexer, const char *name, size_t length)
{
    struct capdl_diags *diags = lexer->diags;
    char buffer[512];
    for (size_t i = lexer->source; i < diags->num_files; i++) {
        const struct capdl_source *file = diags->files[i];
        if (!file->text && strlen(file->name) == length && !memcmp(file->name, name, length)) {
            return (uint16_t)i;
        }
    }
    if (length >= sizeof(buffer) || diags->num_files > MOST_MARKER_FILES) {
        return lexer->source;
    }
    memcpy(buffer, name, length);
    buffer[length] = '\0';
    return capdl_diags_add_source(diags, buffer, NULL, 0);
}

/* `# 12 "file"` and `#line 12 "file"`, as a C preprocessor leaves them. False if this is something else. */
static bool line_marker(struct text_lexer *lexer)
{
    const char *end = memchr(lexer->at, '\n', (size_t)(lexer->end - lexer->at));
    const char *at = lexer->at + 1, *name;
    struct capdl_marker marker = {.file = lexer->marked};
    end = end ? end : lexer->end;
    while (at < end && (*at == ' ' || *at == '\t')) {
        at++;
    }
    if (end - at > 4 && !memcmp(at, "line", 4)) {
        at += 4;
    }
    while (at < end && (*at == ' ' || *at == '\t')) {
        at++;
    }
    if (at == end || !is_digit(*at)) {
        return false;
    }
    while (at < end && is_digit(*at)) {
        marker.line = marker.line * 10 + (uint32_t)(*at++ - '0');
    }
    name = memchr(at, '"', (size_t)(end - at));
    if (name) {
        const char *quote = memchr(name + 1, '"', (size_t)(end - name - 1));
        if (!quote) {
            return false;
        }
        marker.file = marker_file(lexer, name + 1, (size_t)(quote - name - 1));
    } else if (marker.file == lexer->source) {
        const char *own = lexer->diags->files[lexer->source]->name;
        marker.file = marker_file(lexer, own, strlen(own));
    }
    lexer->at = end;
    lexer->marked = marker.file;
    marker.offset = (uint32_t)(end - lexer->text) + (end < lexer->end); /* the line after the marker */
    capdl_diags_add_marker(lexer->diags, lexer->source, marker);
    return true;
}

/* Comments nest: `open` of them are to be closed. */
static void block_comment(struct text_lexer *lexer)
{
    struct capdl_pos pos = capdl_text_lex_pos(lexer, lexer->at);
    size_t open = 0;
    while (lexer->at < lexer->end) {
        if (peek(lexer, 0) == '/' && peek(lexer, 1) == '*') {
            lexer->at += 2;
            open++;
        } else if (peek(lexer, 0) == '*' && peek(lexer, 1) == '/') {
            lexer->at += 2;
            if (!--open) {
                return;
            }
        } else {
            step(lexer);
        }
    }
    if (!lexer->silent) {
        capdl_error(lexer->diags, pos, "this comment is not closed: comments nest, so each '/*' needs its own '*/'");
    }
}

static void skip_blanks_and_comments(struct text_lexer *lexer)
{
    while (lexer->at < lexer->end) {
        char c = *lexer->at;
        if (is_blank(c)) {
            step(lexer);
        } else if (c == '-' && peek(lexer, 1) == '-') {
            while (lexer->at < lexer->end && *lexer->at != '\n') {
                step(lexer);
            }
        } else if (c == '/' && peek(lexer, 1) == '*') {
            block_comment(lexer);
        } else if (c != '#' || lexer->at != lexer->line_start || !line_marker(lexer)) {
            return;
        }
    }
}

/* To the next token. What is before it is nearly always nothing, or a blank. */
static inline void skip_blanks(struct text_lexer *lexer)
{
    lexer->at += lexer->at < lexer->end && *lexer->at == ' ';
    if (lexer->at == lexer->end || !is(*lexer->at, BEGINS)) {
        skip_blanks_and_comments(lexer);
    }
}

/* Whether no token precedes this position on its line. */
static bool is_first(const struct text_lexer *lexer)
{
    const char *at = lexer->line_start;
    if (lexer->at - at > 256) {
        return false;
    }
    while (at < lexer->at && is_blank(*at)) {
        at++;
    }
    return at == lexer->at;
}

static unsigned digit_value(char c)
{
    if (is_digit(c)) {
        return (unsigned)(c - '0');
    }
    if (c >= 'a' && c <= 'f') {
        return (unsigned)(c - 'a') + 10;
    }
    return c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10 : 99;
}

static void number_error(struct text_lexer *lexer, struct text_token *token, const char *message)
{
    token->kind = TEXT_BAD;
    if (!lexer->silent) {
        capdl_error(lexer->diags, token->pos, "%s", message);
    }
}

static void lex_number(struct text_lexer *lexer, struct text_token *token)
{
    unsigned base = 10;
    bool overflow = false;
    const char *digits;
    if (peek(lexer, 0) == '0' && (peek(lexer, 1) == 'x' || peek(lexer, 1) == 'X')) {
        base = 16;
    } else if (peek(lexer, 0) == '0' && (peek(lexer, 1) == 'o' || peek(lexer, 1) == 'O')) {
        base = 8;
    }
    lexer->at += base == 10 ? 0 : 2;
    digits = lexer->at;
    for (; base == 10 && lexer->at < lexer->end && lexer->at - digits < SAFE_DIGITS && is_digit(*lexer->at);
         lexer->at++) {
        token->number = token->number * 10 + (unsigned)(*lexer->at - '0');
    }
    for (unsigned digit; lexer->at < lexer->end && (digit = digit_value(*lexer->at)) < base; lexer->at++) {
        overflow |= __builtin_mul_overflow(token->number, (uint64_t)base, &token->number) ||
                    __builtin_add_overflow(token->number, (uint64_t)digit, &token->number);
    }
    if (lexer->at == digits) {
        number_error(lexer, token,
                     base == 16 ? "expected hexadecimal digits after '0x'" : "expected octal digits after '0o'");
    } else if (overflow) {
        number_error(lexer, token, "this number does not fit in 64 bits: the largest is 0xffffffffffffffff");
    }
}

/* Names, of files too, must not contain what controls a terminal; what is not UTF-8 could not be printed again. */
static void reject_unprintable(struct text_lexer *lexer, struct text_token *token)
{
    size_t at = capdl_escape_find(token->text, token->length);
    struct capdl_character c = capdl_character_at(token->text + at, token->length - at);
    struct capdl_pos pos = capdl_text_lex_pos(lexer, token->text + at);
    if (!c.length || token->kind == TEXT_BAD) {
        return;
    }
    token->kind = TEXT_BAD;
    if (lexer->silent) {
        return;
    }
    if (!c.utf8) {
        capdl_error(lexer->diags, pos, "the byte 0x%02x is not UTF-8 text", (unsigned)c.code);
    } else if (c.code < 0x80) {
        capdl_error(lexer->diags, token->pos, "unexpected byte 0x%02x in this text", (unsigned)c.code);
    } else {
        capdl_error(lexer->diags, pos,
                    "the character U+%04X is invisible or acts on terminals: names must not contain it",
                    (unsigned)c.code);
    }
}

/* Reads a string whose opening quote is next; it ends on its line. */
static void lex_string(struct text_lexer *lexer, struct text_token *token)
{
    lexer->at++;
    token->text = lexer->at;
    while (lexer->at < lexer->end && *lexer->at != '"' && *lexer->at != '\n') {
        step(lexer);
    }
    token->length = (size_t)(lexer->at - token->text);
    if (lexer->at < lexer->end && *lexer->at == '"') {
        lexer->at++;
        reject_unprintable(lexer, token);
        return;
    }
    token->kind = TEXT_BAD;
    if (!lexer->silent) {
        capdl_error(lexer->diags, token->pos, "this string is not closed: expected '\"' before the end of the line");
    }
}

static void lex_bad(struct text_lexer *lexer, struct text_token *token)
{
    char c = *token->text;
    token->kind = TEXT_BAD;
    if (lexer->silent) {
        return;
    }
    if (c == '/' && peek(lexer, 0) == '/') {
        capdl_error(lexer->diags, token->pos, "'//' does not start a comment here: use '--' or '/* */'");
    } else if (c == '#') {
        capdl_error(lexer->diags, token->pos,
                    "unknown '#' line: only line markers are allowed; run the C preprocessor first");
    } else if (c > ' ' && c < 0x7f) {
        capdl_error(lexer->diags, token->pos, "unexpected character '%c'", c);
    } else {
        capdl_error(lexer->diags, token->pos, "unexpected byte 0x%02x", (unsigned char)c);
    }
}

static void lex_name(struct text_lexer *lexer, struct text_token *token)
{
    const char *at = lexer->at;
    char all = 0;
    for (; at < lexer->end && is(*at, IN_NAME); at++) {
        all |= *at;
    }
    lexer->at = at;
    token->length = (size_t)(at - token->text);
    if ((unsigned char)all >= 0x80) {
        reject_unprintable(lexer, token);
    }
}

/* After an error, skip the rest of a line that makes no sense. */
static bool spoils_line(const struct text_lexer *lexer, char c)
{
    return c == '#' || (c == '/' && peek(lexer, 0) == '/');
}

static void lex_punct(struct text_lexer *lexer, struct text_token *token)
{
    char c = *lexer->at++;
    token->punct = c;
    token->length = 1;
    if (c == '.' && peek(lexer, 0) == '.') {
        lexer->at++;
        token->kind = TEXT_DOTS;
        token->length = 2;
    } else if (!is(c, PUNCT) || spoils_line(lexer, c)) {
        lex_bad(lexer, token);
        while (spoils_line(lexer, c) && lexer->at < lexer->end && *lexer->at != '\n') {
            step(lexer);
        }
    }
}

/* The token whose first character is next. */
static inline void lex_token(struct text_lexer *lexer, struct text_token *token)
{
    token->text = lexer->at;
    if (lexer->at == lexer->end) {
        token->kind = TEXT_END;
    } else if (is_letter(*lexer->at)) {
        token->kind = TEXT_NAME;
        lex_name(lexer, token);
    } else if (is_digit(*lexer->at)) {
        token->kind = TEXT_NUMBER;
        lex_number(lexer, token);
        token->length = (size_t)(lexer->at - token->text);
    } else if (*lexer->at == '"') {
        token->kind = TEXT_STRING;
        lex_string(lexer, token);
    } else {
        lex_punct(lexer, token);
    }
}

void capdl_text_lex(struct text_lexer *lexer, struct text_token *token)
{
    skip_blanks(lexer);
    *token = (struct text_token){
        .kind = TEXT_PUNCT,
        .first = is_first(lexer),
        .pos = capdl_text_lex_pos(lexer, lexer->at),
        .line = lexer->line,
        .column = (size_t)(lexer->at - lexer->line_start),
    };
    lex_token(lexer, token);
}

void capdl_text_lex_pass(struct text_lexer *lexer, const char *until)
{
    for (skip_blanks(lexer); lexer->at < until; skip_blanks(lexer)) {
        char c = *lexer->at;
        if (c == '{' || c == '}' || (is_letter(c) && is_first(lexer))) {
            return;
        }
        lex_token(lexer, &(struct text_token){.kind = TEXT_PUNCT});
    }
}

bool capdl_text_lex_word(struct text_lexer *lexer, struct text_token *token)
{
    while (lexer->at < lexer->end && is_blank(*lexer->at)) {
        step(lexer);
    }
    *token = (struct text_token){.kind = TEXT_NAME, .pos = capdl_text_lex_pos(lexer, lexer->at), .text = lexer->at};
    if (lexer->at == lexer->end || *lexer->at == '}') {
        return false;
    }
    if (*lexer->at == '"') {
        token->kind = TEXT_STRING;
        lex_string(lexer, token);
        return true;
    }
    while (lexer->at < lexer->end && !is_blank(*lexer->at) && *lexer->at != '}') {
        step(lexer);
    }
    token->length = (size_t)(lexer->at - token->text);
    reject_unprintable(lexer, token);
    return true;
}
