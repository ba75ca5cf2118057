/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of a spec in an editor: places in it, and words. No file is read. */
#ifndef TOOL_LSP_DOCUMENT_H
#define TOOL_LSP_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <capdl/diag.h>

struct document {
    char *uri, *path; /* owned; the path is what messages and files beside it go by */
    char *text;       /* owned; 0 after the end */
    size_t size;
    struct document *next;
};

/* A place as editors count: line and UTF-16 units from 0. */
struct lsp_position {
    unsigned line, character;
};

/* Offset in the text and back. Places outside are moved to the nearest one inside. */
size_t document_offset(const struct document *, struct lsp_position);
struct lsp_position document_position(const struct document *, size_t offset);
/* Where a diagnostic or an object is, whose columns count characters from 1. */
size_t document_offset_of(const struct document *, struct capdl_pos);

/* A word of the text: [start, end). */
struct word {
    size_t start, end;
};

/* The name that an offset is in or at the end of; false if there is none, or in a comment or string. */
bool document_word_at(const struct document *, size_t offset, struct word *);
/* The next word from an offset on that is in no comment or string; false after the last. */
bool document_next_word(const struct document *, size_t from, struct word *);
/* How many braces are opened, less those closed, from one offset to another, neither of them in a comment or string. */
int document_braces(const struct document *, size_t from, size_t to);
/* Whether the word is declared there: followed by "=", perhaps with an array's size between. */
bool document_declares(const struct document *, struct word);
/* Where the token at an offset ends, for the range of a diagnostic. */
size_t document_token_end(const struct document *, size_t offset);

#endif
