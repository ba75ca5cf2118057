/* SPDX-License-Identifier: BSD-2-Clause */
/* What a frame holds at the start: fill: [{0 4096 CDL_FrameFill_FileData "file" 0}] */
#include "fill.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tokens.h"

enum { MOST_WORDS = 64 };

struct words {
    struct text_token list[MOST_WORDS];
    size_t count;
};

/* A word that must be a number, as C writes it. */
static bool word_number(const struct text_token *word, uint64_t *number)
{
    char buffer[32], *end;
    if (word->kind != TEXT_NAME || word->length >= sizeof(buffer) || !word->length || word->text[0] < '0' ||
        word->text[0] > '9') {
        return false;
    }
    memcpy(buffer, word->text, word->length);
    buffer[word->length] = '\0';
    *number = strtoull(buffer, &end, 0);
    return !*end;
}

static const char *word_text(struct text_parser *p, const struct text_token *word)
{
    return capdl_spec_intern(p->spec, word->text, word->length);
}

/* All words as they were written, one blank between them. */
static const char *words_join(struct text_parser *p, const struct words *words)
{
    size_t size = 1, used = 0;
    char *text;
    for (size_t i = 0; i < words->count; i++) {
        size += words->list[i].length + 3;
    }
    text = capdl_spec_alloc(p->spec, size);
    for (size_t i = 0; i < words->count; i++) {
        const char *quote = words->list[i].kind == TEXT_STRING ? "\"" : "";
        used += (size_t)snprintf(text + used, size - used, "%s%s%.*s%s", i ? " " : "", quote,
                                 (int)words->list[i].length, words->list[i].text, quote);
    }
    return text;
}

static bool fill_file(struct text_parser *p, const struct words *words, struct capdl_fill *fill)
{
    fill->kind = CAPDL_FILL_FILE;
    fill->text = words->count > 3 ? word_text(p, &words->list[3]) : "";
    if (words->count == 5 && word_number(&words->list[4], &fill->source_offset) && fill->text[0] &&
        !strchr(fill->text, '"')) {
        return true;
    }
    capdl_error(p->diags, fill->pos, "expected {offset length CDL_FrameFill_FileData \"file\" file-offset}");
    return true;
}

static bool fill_bootinfo(struct text_parser *p, const struct words *words, struct capdl_fill *fill)
{
    fill->kind = CAPDL_FILL_BOOTINFO;
    fill->text = words->count > 3 ? word_text(p, &words->list[3]) : "";
    if ((words->count == 4 || (words->count == 5 && word_number(&words->list[4], &fill->source_offset))) &&
        fill->text[0]) {
        return true;
    }
    capdl_error(p->diags, fill->pos, "expected {offset length CDL_FrameFill_BootInfo type source-offset}");
    return true;
}

static bool fill_bytes(struct text_parser *p, const struct words *words, struct capdl_fill *fill)
{
    const struct text_token *digits = &words->list[3];
    if (words->count == 4 && digits->kind == TEXT_NAME &&
        capdl_fill_set_bytes(p->spec, fill, digits->text, digits->length)) {
        return true;
    }
    fill->kind = CAPDL_FILL_OTHER;
    fill->text = "";
    capdl_error(
        p->diags, fill->pos,
        "expected {offset length CDL_FrameFill_Bytes digits}, with two hexadecimal digits for each of the %" PRIu64
        " bytes",
        fill->length);
    return true;
}

static bool fill_interpret(struct text_parser *p, const struct words *words, struct capdl_fill *fill)
{
    if (words->count < 3 || !word_number(&words->list[0], &fill->offset) ||
        !word_number(&words->list[1], &fill->length)) {
        capdl_error(p->diags, fill->pos, "expected {offset length CDL_FrameFill_FileData \"file\" file-offset}");
        return true;
    }
    if (capdl_text_token_is(&words->list[2], "CDL_FrameFill_FileData")) {
        return fill_file(p, words, fill);
    }
    if (capdl_text_token_is(&words->list[2], "CDL_FrameFill_BootInfo")) {
        return fill_bootinfo(p, words, fill);
    }
    if (capdl_text_token_is(&words->list[2], "CDL_FrameFill_Bytes")) {
        return fill_bytes(p, words, fill);
    }
    fill->kind = CAPDL_FILL_OTHER;
    fill->text = words_join(p, words);
    return true;
}

/* The words up to the closing brace, which is the current token afterwards. */
static bool fill_words(struct text_parser *p, struct words *words)
{
    struct text_token word;
    words->count = 0;
    while (capdl_text_lex_word(&p->lexer, &word)) {
        if (word.kind == TEXT_BAD || words->count == MOST_WORDS) {
            if (word.kind != TEXT_BAD) {
                capdl_error(p->diags, word.pos, "a fill has at most %d words: is a '}' missing?", MOST_WORDS);
            }
            capdl_text_advance(p);
            return false;
        }
        words->list[words->count++] = word;
    }
    capdl_text_advance(p);
    return true;
}

bool capdl_text_fill_parse(struct text_parser *p, struct capdl_object *frame)
{
    struct capdl_fill *list = NULL;
    size_t count = 0, capacity = 0;
    struct words words;
    bool result = capdl_text_expect(p, '[', "and a list of fills, each in braces");
    while (result && capdl_text_is(p, '{')) {
        struct capdl_fill fill = {.pos = p->token.pos};
        result =
            fill_words(p, &words) && capdl_text_expect(p, '}', "to close the fill") && fill_interpret(p, &words, &fill);
        list = capdl_spec_grow(list, &capacity, count + 1, sizeof(fill));
        list[count++] = fill;
        if (result && capdl_text_is(p, '{')) {
            capdl_text_unexpected(p, "',' between two fills");
        } else if (!capdl_text_accept(p, ',')) {
            break;
        }
    }
    frame->flags |= CAPDL_OBJECT_HAS_FILL;
    frame->u.fills.list = capdl_spec_alloc(p->spec, count * sizeof(*list));
    frame->u.fills.count = count;
    if (count) {
        memcpy(frame->u.fills.list, list, count * sizeof(*list));
    }
    free(list);
    return result && capdl_text_expect(p, ']', "after the list of fills");
}
