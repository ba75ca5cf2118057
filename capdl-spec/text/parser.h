/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading capDL text, in passes over the text and without a syntax tree:
 *
 *     objects sections -> the front end's hook -> caps, irq maps, domains -> copies, derivations -> cdt sections
 *
 * Functions that parse return false when they have lost the thread, after reporting why; the caller then skips to where
 * it can go on. What is understood but wrong is reported and parsed on, returning true.
 */
#ifndef CAPDL_TEXT_PARSER_H
#define CAPDL_TEXT_PARSER_H

#include <string.h>

#include "lexer.h"

enum { TEXT_MOST_NESTED = 100 };

enum text_range_kind { TEXT_RANGE_ONE, TEXT_RANGE_BOTH, TEXT_RANGE_FROM, TEXT_RANGE_TO, TEXT_RANGE_ALL };

struct text_range {
    enum text_range_kind kind;
    uint64_t first, last;
};

/* `x`, `x[3]`, `x[1..4, 7]` */
struct text_ref {
    struct spec_name *name;
    struct capdl_pos pos;
    uint32_t column; /* in bytes; saturates */
    bool indexed;
    uint32_t first_range, num_ranges; /* in text_parser.ranges */
};

/* Steps through the elements of a reference. */
struct text_iter {
    const struct text_range *range, *end;
    uint64_t length; /* of the array */
    uint64_t next, left;
    bool down, indexed;
};

enum text_section_kind { TEXT_OBJECTS, TEXT_CAPS, TEXT_IRQ_MAPS, TEXT_CDT, TEXT_DOMAINS, TEXT_SECTION_COUNT };

struct text_section {
    enum text_section_kind kind;
    struct text_lexer body; /* after the opening brace */
    struct capdl_pos pos;
};

/* An object named as a child of an untyped: it may be declared later, or by the hook. */
struct text_cover {
    uint32_t untyped;
    struct text_ref ref;
};

/* A named capability, or a run of them. */
struct text_cap_name {
    uint64_t slot;
    uint32_t name; /* its number */
    uint32_t container;
    uint32_t count;
    uint32_t at;
    bool indexed;
};

enum text_cap_param {
    TEXT_PARAM_RIGHTS = 1,
    TEXT_PARAM_MASKED = 2,
    TEXT_PARAM_BADGE = 4,
    TEXT_PARAM_GUARD = 8,
    TEXT_PARAM_GUARD_SIZE = 16,
    TEXT_PARAM_CORE = 32,
    TEXT_PARAM_REPLY = 64,
    TEXT_PARAM_MASTER_REPLY = 128,
    TEXT_PARAM_ASID = 256,
    TEXT_PARAM_CACHED = 512,
    TEXT_PARAM_UNCACHED = 1024,
    TEXT_PARAM_MAPPING = 2048,
};

struct text_cap_params {
    uint32_t has; /* enum text_cap_param */
    uint8_t rights, masked;
    uint64_t badge, guard, guard_size, core, asid_high, asid_low;
    uint32_t mapping_container;
    uint64_t mapping_slot;
    struct capdl_pos pos;
};

/* `slot: <name>`: expanded when all names are known. */
struct text_copy {
    uint32_t container;
    uint64_t slot;
    struct text_ref ref;
    uint32_t params; /* in text_parser.params */
};

/* `(container, slot)` or the name of a capability. */
struct text_slot_ref {
    bool named;
    struct text_ref ref;
    uint64_t slot;
};

struct text_child {
    uint32_t container;
    uint64_t slot, count;
    struct text_slot_ref parent;
    struct capdl_pos pos;
};

/* An untyped whose children are being read. */
struct text_untyped {
    uint32_t column;
    struct capdl_pos brace;
};

struct text_parser {
    struct capdl_spec *spec;
    struct capdl_diags *diags;
    const struct capdl_text_options *options;
    struct text_lexer lexer;
    struct text_token token;
    unsigned depth;     /* of nested braces, to bound recursion */
    size_t first_error; /* errors there were before */
    bool expand_failed, too_large;
    bool module;                 /* the last kind read was a module, which is declared like a program */
    bool lost_section;           /* one was passed over: what is unknown may be in it */
    struct text_untyped untyped; /* whose children are read */
    struct capdl_pos unclosed;   /* brace of an untyped after which a declaration does not stand further right */
    uint64_t num_caps;
    uint64_t most_objects, most_caps;
    const char *release_at; /* when this has been read, what is before it is released */
    uint64_t searched;      /* objects looked at to make messages better */
    uint64_t compared;      /* names of capabilities likewise */

    struct text_range *ranges;
    size_t num_ranges, capacity_ranges;
    struct text_section *sections;
    size_t num_sections, capacity_sections;
    struct text_cover *covers;
    size_t num_covers, capacity_covers;
    struct text_cap_name *cap_names;
    size_t num_cap_names, capacity_cap_names;
    struct text_copy *copies;
    size_t num_copies, capacity_copies;
    bool any_link;
    struct text_cap_params *params; /* of copies */
    size_t num_params, capacity_params;
    struct text_child *children;
    size_t num_children, capacity_children;
    uint32_t *containers; /* of the block being read */
    size_t num_containers, capacity_containers;
};

static inline bool capdl_text_token_is(const struct text_token *token, const char *word)
{
    return token->kind == TEXT_NAME && token->length == strlen(word) && !memcmp(token->text, word, token->length);
}

static inline bool capdl_text_is(const struct text_parser *p, char punct)
{
    return p->token.kind == TEXT_PUNCT && p->token.punct == punct;
}

static inline bool capdl_text_is_word(const struct text_parser *p, const char *word)
{
    return capdl_text_token_is(&p->token, word);
}

#endif
