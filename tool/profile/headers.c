/* SPDX-License-Identifier: BSD-2-Clause */
#include "profile/headers.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "profile/text_file.h"
enum { MAX_CONDITIONALS = 64, MAX_LOOK_UPS = 1000 };

static void symbol_add(struct headers *h, struct header_symbol symbol)
{
    if (h->count == h->capacity) {
        h->capacity = 2 * h->capacity + 64;
        h->list = memory_need(realloc(h->list, h->capacity * sizeof(*h->list)));
    }
    h->list[h->count++] = symbol;
}

static const struct header_symbol *symbol_find(const struct headers *h, struct slice name)
{
    for (size_t i = h->count; i-- > 0;) {
        if (h->list[i].name.size == name.size && memcmp(h->list[i].name.text, name.text, name.size) == 0) {
            return &h->list[i];
        }
    }
    return NULL;
}

static enum name_state look_up(void *context, struct slice name, int depth, int64_t *value);

static const char *evaluate(struct headers *h, struct slice text, bool unknown_is_zero, int depth, int64_t *value)
{
    struct expr_names names = {look_up, h, unknown_is_zero};
    return expr_evaluate(text, &names, depth, value);
}

static enum name_state look_up_config(const struct headers *h, struct slice name, int64_t *value)
{
    enum { PREFIX = sizeof("CONFIG_") - 1 };
    struct slice symbol = {name.text + PREFIX, name.size - PREFIX};
    const char *text = config_get(&h->reader->config, symbol);
    char *end;

    if (!text) {
        return NAME_UNKNOWN;
    }
    *value = strtoll(text, &end, 0);
    return *end == 0 && end != text ? NAME_VALUE : NAME_OPAQUE;
}

static enum name_state look_up(void *context, struct slice name, int depth, int64_t *value)
{
    struct headers *h = context;
    const struct header_symbol *symbol;
    if (name.size > 7 && memcmp(name.text, "CONFIG_", 7) == 0) {
        return look_up_config(h, name, value);
    }
    symbol = symbol_find(h, name);
    if (!symbol || symbol->kind == SYMBOL_REMOVED) {
        return NAME_UNKNOWN;
    }
    if (symbol->kind == SYMBOL_ENUMERATOR) {
        *value = symbol->value;
        return symbol->known ? NAME_VALUE : NAME_OPAQUE;
    }
    if (--h->budget < 0) {
        return NAME_OPAQUE;
    }
    return evaluate(h, symbol->text, false, depth, value) ? NAME_OPAQUE : NAME_VALUE;
}

/*
 * Blanks comments, keeping the length and line breaks of the text. A continued line becomes one line, whose inner
 * line breaks are vertical tabs: white space to the tokenizer, and still counted as lines.
 */
static void strip_comments(char *text, size_t size)
{
    char state = 0; /* 0, '/' line comment, '*' block comment, '"' or '\'' literal */
    for (size_t i = 0; i < size; i++) {
        char c = text[i], next = i + 1 < size ? text[i + 1] : 0;
        if (c == '\\' && next == '\n') {
            text[i++] = ' ';
            text[i] = '\v';
        } else if (c == '\n') {
            state = state == '*' ? state : 0;
            if (state == '*') {
                text[i] = '\v';
            }
        } else if (state == '*' && c == '*' && next == '/') {
            text[i++] = ' ';
            text[i] = ' ';
            state = 0;
        } else if (state == '/' || state == '*') {
            text[i] = ' ';
        } else if (state != 0) {
            if (c == '\\') {
                i++;
            } else if (c == state) {
                state = 0;
            }
        } else if (c == '/' && (next == '/' || next == '*')) {
            state = next;
            text[i++] = ' ';
            text[i] = ' ';
        } else if (c == '"' || c == '\'') {
            state = c;
        }
    }
}

/* #if ... #endif around the line being read. */
struct conditional {
    bool active; /* this branch is read */
    bool taken;  /* this or an earlier branch was */
    bool last;   /* after #else */
};

struct scan {
    struct headers *h;
    const struct text_file *file;
    struct conditional stack[MAX_CONDITIONALS];
    int depth;
    size_t line;
    bool failed;
};

static bool is_active(const struct scan *scan)
{
    return scan->depth == 0 || scan->stack[scan->depth - 1].active;
}

static bool scan_error(struct scan *scan, const char *what, struct slice text)
{
    capdl_error(scan->h->reader->diags, text_position(scan->file, scan->line, 0), "%s: '%.*s'", what,
                (int)(text.size < 60 ? text.size : 60), text.text);
    scan->failed = true;
    return false;
}

static struct slice trim(struct slice text)
{
    while (text.size > 0 && strchr(" \t\r\v", *text.text)) {
        text.text++;
        text.size--;
    }
    while (text.size > 0 && strchr(" \t\r\v", text.text[text.size - 1])) {
        text.size--;
    }
    return text;
}

/* Value of an #if or #elif. */
static bool condition_holds(struct scan *scan, struct slice text)
{
    int64_t value = 0;
    const char *error;
    scan->h->budget = MAX_LOOK_UPS;
    error = evaluate(scan->h, text, true, 0, &value);
    if (error) {
        return scan_error(scan, error, trim(text));
    }
    return value != 0;
}

static bool is_defined(struct scan *scan, struct slice text)
{
    struct slice name;
    int64_t value;
    scan->h->budget = MAX_LOOK_UPS;
    if (slice_token(&text, &name) != TOKEN_NAME) {
        return scan_error(scan, "expected a name", trim(text));
    }
    return look_up(scan->h, name, 0, &value) != NAME_UNKNOWN;
}

static void conditional_open(struct scan *scan, struct slice directive, struct slice rest)
{
    bool holds = false;
    if (scan->depth == MAX_CONDITIONALS) {
        scan_error(scan, "conditionals nest too deep", directive);
        return;
    }
    if (is_active(scan)) {
        holds = slice_is(directive, "if")      ? condition_holds(scan, rest)
                : slice_is(directive, "ifdef") ? is_defined(scan, rest)
                                               : !is_defined(scan, rest);
    }
    scan->stack[scan->depth] = (struct conditional){.active = is_active(scan) && holds, .taken = holds};
    scan->depth++;
}

static void conditional_next(struct scan *scan, struct slice directive, struct slice rest)
{
    struct conditional *top = scan->depth > 0 ? &scan->stack[scan->depth - 1] : NULL;
    bool outer = scan->depth < 2 || scan->stack[scan->depth - 2].active;
    if (!top || top->last) {
        scan_error(scan, "a branch without its #if", directive);
        return;
    }
    top->active = outer && !top->taken && (slice_is(directive, "else") || condition_holds(scan, rest));
    top->taken |= top->active;
    top->last = slice_is(directive, "else");
}

static void define(struct scan *scan, struct slice rest)
{
    struct slice name;
    if (slice_token(&rest, &name) != TOKEN_NAME) {
        scan_error(scan, "expected a name to define", trim(rest));
        return;
    }
    if (rest.size > 0 && *rest.text == '(') { /* a macro with parameters: nothing we evaluate */
        return;
    }
    symbol_add(scan->h, (struct header_symbol){.name = name, .kind = SYMBOL_MACRO, .text = trim(rest)});
}

static void undefine(struct scan *scan, struct slice rest)
{
    struct slice name;
    if (slice_token(&rest, &name) == TOKEN_NAME) {
        symbol_add(scan->h, (struct header_symbol){.name = name, .kind = SYMBOL_REMOVED});
    }
}

static void read_directive(struct scan *scan, struct slice line)
{
    struct slice directive;
    if (slice_token(&line, &directive) != TOKEN_NAME) {
        return;
    }
    if (slice_is(directive, "if") || slice_is(directive, "ifdef") || slice_is(directive, "ifndef")) {
        conditional_open(scan, directive, line);
    } else if (slice_is(directive, "elif") || slice_is(directive, "else")) {
        conditional_next(scan, directive, line);
    } else if (slice_is(directive, "endif")) {
        if (scan->depth == 0) {
            scan_error(scan, "without its #if", directive);
        } else {
            scan->depth--;
        }
    } else if (is_active(scan)) {
        if (slice_is(directive, "define")) {
            define(scan, line);
        } else if (slice_is(directive, "undef")) {
            undefine(scan, line);
        } else if (slice_is(directive, "error")) {
            scan_error(scan, "the header refuses this configuration", trim(line));
        }
    }
}

/* Obeys directives, and blanks in `active` all lines that are none of the compiler's business. */
static void scan_lines(struct scan *scan, struct slice text, char *active)
{
    const char *end = text.text + text.size;
    for (const char *at = text.text; at < end && !scan->failed;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        struct slice line = {at, (size_t)((stop ? stop : end) - at)}, rest = line, token;
        bool directive = slice_token(&rest, &token) == TOKEN_PUNCTUATION && *token.text == '#';
        scan->line++;
        if (directive) {
            read_directive(scan, rest);
        }
        if (directive || !is_active(scan)) {
            memset(active + (at - text.text), ' ', line.size);
        }
        for (size_t i = 0; i < line.size; i++) {
            scan->line += line.text[i] == '\v';
        }
        at += line.size + (stop != NULL);
    }
    if (scan->depth > 0 && !scan->failed) {
        scan_error(scan, "ends within a conditional", (struct slice){"#if", 3});
    }
}

/* The text up to a `,` or `}` outside parentheses, which stays in rest. */
static struct slice take_initialiser(struct slice *rest)
{
    struct slice text = {rest->text, 0};
    int depth = 0;
    while (rest->size > 0 && (depth > 0 || (*rest->text != ',' && *rest->text != '}'))) {
        depth += (*rest->text == '(') - (*rest->text == ')');
        rest->text++;
        rest->size--;
        text.size++;
    }
    return text;
}

/* One enumerator; *next is the value it has unless it says otherwise. Macro calls in its place are skipped. */
static void read_enumerator(struct headers *h, struct slice *rest, struct slice name, int64_t *next, bool *known)
{
    struct slice text = take_initialiser(rest), token;
    if (slice_token(&text, &token) == TOKEN_PUNCTUATION) {
        if (!slice_is(token, "=")) {
            return;
        }
        h->budget = MAX_LOOK_UPS;
        *known = evaluate(h, text, false, 0, next) == NULL;
    }
    symbol_add(h, (struct header_symbol){.name = name, .kind = SYMBOL_ENUMERATOR, .value = *next, .known = *known});
    *next = (int64_t)((uint64_t)*next + 1);
}

static void read_enumeration(struct headers *h, struct slice *rest)
{
    struct slice token;
    int64_t next = 0;
    bool known = true;
    enum token_kind kind = slice_token(rest, &token);
    if (kind == TOKEN_NAME) {
        kind = slice_token(rest, &token);
    }
    if (kind != TOKEN_PUNCTUATION || !slice_is(token, "{")) {
        return;
    }
    while ((kind = slice_token(rest, &token)) != TOKEN_END && !slice_is(token, "}")) {
        if (kind == TOKEN_NAME) {
            read_enumerator(h, rest, token, &next, &known);
        }
    }
}

static void read_enumerations(struct headers *h, struct slice rest)
{
    struct slice token;
    enum token_kind kind;
    while ((kind = slice_token(&rest, &token)) != TOKEN_END) {
        if (kind == TOKEN_NAME && slice_is(token, "enum")) {
            read_enumeration(h, &rest);
        }
    }
}

static char *keep_text(struct headers *h, const void *bytes, size_t size)
{
    char *text = memory_need(malloc(size + 1));
    char **texts = memory_need(realloc(h->texts, (h->num_texts + 1) * sizeof(*texts)));
    if (size > 0) {
        memcpy(text, bytes, size);
    }
    h->texts = texts;
    texts[h->num_texts++] = text;
    return text;
}

bool headers_read(struct headers *h, const char *relative, struct slice *active)
{
    struct text_file file;
    struct scan scan = {.h = h, .file = &file};
    char *text, *copy;
    size_t size;
    if (!text_open(h->reader, relative, REQUIRED, "object types and sizes", &file)) {
        return false;
    }
    size = file.bytes.size;
    text = keep_text(h, file.bytes.data, size);
    strip_comments(text, size);
    copy = keep_text(h, text, size);
    scan_lines(&scan, (struct slice){text, size}, copy);
    if (!scan.failed) {
        read_enumerations(h, (struct slice){copy, size});
    }
    if (active) {
        *active = (struct slice){copy, size};
    }
    text_close(&file);
    return !scan.failed;
}

void headers_free(struct headers *h)
{
    for (size_t i = 0; i < h->num_texts; i++) {
        free(h->texts[i]);
    }
    free(h->texts);
    free(h->list);
}

bool headers_value(struct headers *h, const char *name, int64_t *value)
{
    h->budget = MAX_LOOK_UPS;
    return look_up(h, (struct slice){name, strlen(name)}, 0, value) == NAME_VALUE;
}

bool headers_enumerator(struct headers *h, const char *name, int64_t *value)
{
    const struct header_symbol *symbol = symbol_find(h, (struct slice){name, strlen(name)});
    if (!symbol || symbol->kind != SYMBOL_ENUMERATOR || !symbol->known) {
        return false;
    }
    *value = symbol->value;
    return true;
}
