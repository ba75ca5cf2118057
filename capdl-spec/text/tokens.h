/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_TEXT_TOKENS_H
#define CAPDL_TEXT_TOKENS_H

#include "parser.h"

/* Where reading begins or goes on. */
void capdl_text_start(struct text_parser *, struct text_lexer);
void capdl_text_advance(struct text_parser *);
/* The same, but may pass over tokens that are neither braces nor the first of their line. */
void capdl_text_pass(struct text_parser *);
struct text_token capdl_text_peek(const struct text_parser *); /* the token after the current one */
bool capdl_text_accept(struct text_parser *, char punct);
bool capdl_text_accept_word(struct text_parser *, const char *word);
/* "expected ..., found ...": returns false. Silent when the token was reported as bad already. */
bool capdl_text_unexpected(struct text_parser *, const char *format, ...) CAPDL_PRINTF(2, 3);
bool capdl_text_expect(struct text_parser *, char punct, const char *where);
bool capdl_text_number(struct text_parser *, uint64_t *, const char *what);
/* Whether the token starts a section although the one before it was not closed. */
bool capdl_text_at_section(const struct text_parser *);
/* Whether all objects may be looked at once more for the sake of a message: not when that has been done very often. */
bool capdl_text_may_search(struct text_parser *);
void capdl_text_too_large(struct text_parser *, struct capdl_pos, const char *what, uint64_t most);
/* Counts capabilities that are about to be added to each of some containers; reports when a text makes too many. */
bool capdl_text_caps_reserve(struct text_parser *, struct capdl_pos, uint64_t count, uint64_t containers);
/* Whether so many slots, from this one on, have numbers; reports when not. */
bool capdl_text_slots_fit(struct text_parser *, struct capdl_pos, uint64_t slot, uint64_t count);
/* The lexer as it was before the current token, which is a name, a number or punctuation. */
struct text_lexer capdl_text_lexer_before(const struct text_parser *);

/* Takes a word for what is meant if the token is a synonym for it: nothing is nearer. */
void capdl_text_nearest_synonym(struct capdl_nearest *, const struct text_token *, enum capdl_synonym_place,
                                const char *word);

#endif
