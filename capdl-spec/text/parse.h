/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading capDL text, in passes over the text and without a syntax tree:
 *
 *     objects sections -> the front end's hook -> caps, irq maps, domains -> copies, derivations -> cdt sections
 *
 * Functions that parse return false when they have lost the thread, after reporting why; the caller then skips to where
 * it can go on. What is understood but wrong is reported and parsed on, returning true.
 */
#ifndef CAPDL_TEXT_PARSE_H
#define CAPDL_TEXT_PARSE_H

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

/* tokens.c */
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

/* object_refs.c, cap_refs.c */
/* Whether a name is that of a capability to which there is no object, such as irq_control. */
bool capdl_text_names_control(const struct spec_name *, enum capdl_kind *);
bool capdl_text_ref_parse(struct text_parser *, struct text_ref *);
void capdl_text_ranges_drop(struct text_parser *, size_t keep);
/* What follows the reference that the current token begins, without reading it: the token after `x` or `x[...]`. */
struct text_token capdl_text_behind_ref(const struct text_parser *, struct text_lexer *);
/* Reports what is wrong with a reference to objects: unknown, not an array, beyond its end. */
bool capdl_text_ref_check(struct text_parser *, const struct text_ref *, const char *what);
/* The same for a reference to exactly one object, which it finds. */
bool capdl_text_ref_object(struct text_parser *, const struct text_ref *, const char *what, uint32_t *object);
bool capdl_text_ref_bounds(struct text_parser *, const struct text_ref *, uint64_t length, const char *what);
uint64_t capdl_text_ref_count(const struct text_parser *, const struct text_ref *, uint64_t length);
/* Whether its count depends on the array's length. */
bool capdl_text_ref_open(const struct text_parser *, const struct text_ref *);
struct text_iter capdl_text_ref_iter(const struct text_parser *, const struct text_ref *, uint64_t length);
bool capdl_text_iter_next(struct text_iter *, uint32_t *index);

/* objects.c */
/* Whether a declaration starts here: a name, perhaps with index, then `=` or `/`. */
bool capdl_text_at_declaration(const struct text_parser *);
void capdl_text_objects_section(struct text_parser *);
void capdl_text_arrays_check(struct text_parser *);

/* covers.c */
/* Enters that an object is made from an untyped, unless that is CAPDL_NO_OBJECT. */
void capdl_text_cover_set(struct text_parser *, uint32_t object, uint32_t untyped, struct capdl_pos);
/* A reference to a child of an untyped, which may be CAPDL_NO_OBJECT. */
bool capdl_text_cover_parse(struct text_parser *, uint32_t untyped);
/* Enters all that was read: when all objects are known. */
void capdl_text_covers_resolve(struct text_parser *);

/* object_params.c */
bool capdl_text_params_parse(struct text_parser *, struct capdl_object *, struct capdl_pos);
/* After a mistake: on to the next parameter of the list. False when its end cannot be told. */
bool capdl_text_params_resume(struct text_parser *);

/* object_types.c */
bool capdl_text_kind_parse(struct text_parser *, enum capdl_kind *);

/* fill.c */
bool capdl_text_fill_parse(struct text_parser *, struct capdl_object *);

/* program.c */
bool capdl_text_program_parse(struct text_parser *, struct capdl_object *);

/* caps.c */
void capdl_text_caps_section(struct text_parser *);
bool capdl_text_slot_parse(struct text_parser *, uint64_t *slot);

/* cap_params.c */
bool capdl_text_cap_params_parse(struct text_parser *, struct text_cap_params *);
/* Gives a cap what was written in its parentheses; reports what its kind cannot have. */
void capdl_text_cap_params_apply(struct text_parser *, const struct text_cap_params *, struct capdl_cap *);
/* What a capability of this kind may be given: a set of enum text_cap_param. */
uint32_t capdl_text_cap_params_allowed(enum capdl_kind);

/* cap_refs.c */
void capdl_text_cap_name_add(struct text_parser *, const struct text_ref *, struct text_cap_name);
void capdl_text_copies_expand(struct text_parser *);
void capdl_text_caps_settle(struct text_parser *);
/* Puts a copy of one slot into another, to be made by capdl_text_copies_resolve. */
void capdl_text_link_add(struct text_parser *, struct capdl_slot_ref to, struct capdl_slot_ref from, struct capdl_pos,
                         uint32_t params);
void capdl_text_copies_resolve(struct text_parser *);
/* Whether the parent is a capability whose name is known already; enters it. */
bool capdl_text_child_known(struct text_parser *, const struct text_child *);
void capdl_text_child_resolve(struct text_parser *, const struct text_child *);
void capdl_text_children_resolve(struct text_parser *);
void capdl_text_cdt_section(struct text_parser *);
bool capdl_text_slot_ref_parse(struct text_parser *, struct text_slot_ref *);

/* irqs_domains.c */
void capdl_text_irq_maps_section(struct text_parser *);
void capdl_text_domains_section(struct text_parser *);
void capdl_text_maps_finish(struct text_parser *);

#endif
