/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading capDL text: the order of things, sections, and the architecture line. */
#include <stdlib.h>
#include <string.h>

#include <capdl/architecture.h>

#include "cap_refs.h"
#include "caps.h"
#include "covers.h"
#include "irqs_domains.h"
#include "object_refs.h"
#include "objects.h"
#include "parser.h"
#include "resume.h"
#include "tokens.h"

static const char *const section_names[TEXT_SECTION_COUNT] = {
    [TEXT_OBJECTS] = "objects", [TEXT_CAPS] = "caps",       [TEXT_IRQ_MAPS] = "irq maps",
    [TEXT_CDT] = "cdt",         [TEXT_DOMAINS] = "domains",
};

static bool arch_lookup(const struct text_token *token, enum capdl_arch *arch)
{
    for (unsigned i = 0; i < CAPDL_ARCH_COUNT; i++) {
        if (capdl_text_token_is(token, capdl_arch_name((enum capdl_arch)i))) {
            *arch = (enum capdl_arch)i;
            return true;
        }
    }
    return false;
}

/* The line `arch aarch64`. What the caller said wins over it. */
static void parse_arch(struct text_parser *p)
{
    enum capdl_arch arch;
    if (!capdl_text_accept_word(p, "arch")) {
        return;
    }
    if (!arch_lookup(&p->token, &arch)) {
        struct capdl_nearest nearest = {NULL};
        for (unsigned i = 0; p->token.kind == TEXT_NAME && i < CAPDL_ARCH_COUNT; i++) {
            const char *name = capdl_arch_name((enum capdl_arch)i);
            capdl_text_nearest_synonym(&nearest, &p->token, CAPDL_SYNONYM_ARCH, name);
            capdl_nearest_try(&nearest, p->token.text, p->token.length, name);
        }
        char list[CAPDL_ARCH_LIST];
        capdl_text_unexpected(p, "an architecture: %s%s", capdl_arch_list(CAPDL_ARCH_KEYWORDS, list),
                              capdl_nearest_hint(&nearest));
        p->expand_failed = true;
        p->spec->has_arch = true; /* no second complaint that there is none */
        if (p->token.kind == TEXT_NAME && !p->token.first) {
            capdl_text_advance(p);
        }
        return;
    }
    capdl_text_advance(p);
    if (!p->spec->has_arch) {
        p->spec->arch = arch;
        p->spec->has_arch = true;
    }
}

static bool section_keyword(struct text_parser *p, enum text_section_kind *kind)
{
    static const char *const words[TEXT_SECTION_COUNT] = {"objects", "caps", "irq_maps", "cdt", "domains"};
    for (unsigned i = 0; i < TEXT_SECTION_COUNT; i++) {
        if (capdl_text_accept_word(p, words[i])) {
            *kind = (enum text_section_kind)i;
            return true;
        }
    }
    if (!capdl_text_is_word(p, "irq")) {
        return false;
    }
    capdl_text_advance(p);
    *kind = TEXT_IRQ_MAPS;
    return capdl_text_accept_word(p, "maps");
}

/* The next token that `body` gives is the first of the section's content. */
static void section_record(struct text_parser *p, enum text_section_kind kind, struct capdl_pos pos,
                           struct text_lexer body)
{
    p->sections = capdl_spec_grow(p->sections, &p->capacity_sections, p->num_sections + 1, sizeof(*p->sections));
    p->sections[p->num_sections++] = (struct text_section){.kind = kind, .body = body, .pos = pos};
}

/* Passes over a section that is read later, to just after its closing brace. */
static void section_skip(struct text_parser *p)
{
    unsigned long depth = 1;
    p->lexer.silent = true;
    for (; p->token.kind != TEXT_END; capdl_text_pass(p)) {
        if (capdl_text_is(p, '{')) {
            depth++;
        } else if (capdl_text_is(p, '}') && --depth == 0) {
            break;
        } else if (p->token.first && capdl_text_at_section(p)) {
            break;
        }
    }
    p->lexer.silent = false;
    capdl_text_accept(p, '}');
}

static void section_close(struct text_parser *p, const struct text_section *section)
{
    const char *name = section_names[section->kind];
    if (capdl_text_accept(p, '}')) {
        return;
    }
    if (p->token.kind == TEXT_BAD) {
        return;
    }
    capdl_text_unexpected(p, "'}' to close the section '%s'", name);
    if (section->kind == TEXT_OBJECTS && p->unclosed.line) {
        capdl_note(p->diags, p->unclosed, "this '{' seems to be unclosed");
    } else {
        capdl_note(p->diags, section->pos, "the section begins here");
    }
}

/* Skips to the next section after something that is none. */
static void skip_to_section(struct text_parser *p)
{
    unsigned long depth = 0;
    while (p->token.kind != TEXT_END) {
        struct text_token next = capdl_text_peek(p);
        if (capdl_text_at_section(p)) {
            return;
        }
        if (!depth && (capdl_text_is_word(p, "cdt") || capdl_text_is_word(p, "domains")) && next.kind == TEXT_PUNCT &&
            next.punct == '{') {
            return;
        }
        depth += capdl_text_is(p, '{');
        depth -= depth && capdl_text_is(p, '}');
        capdl_text_advance(p);
    }
}

/* Reports that no section begins here; true if it seems to be one whose name is misspelt, which is then taken. */
static bool section_guess(struct text_parser *p, enum text_section_kind *kind)
{
    struct text_token next = capdl_text_peek(p);
    struct capdl_nearest nearest = {NULL};
    for (unsigned i = 0; p->token.kind == TEXT_NAME && i < TEXT_SECTION_COUNT; i++) {
        capdl_nearest_try(&nearest, p->token.text, p->token.length, section_names[i]);
        if (nearest.word == section_names[i]) {
            *kind = (enum text_section_kind)i;
        }
    }
    capdl_text_unexpected(p, "a section: objects, caps, irq maps, cdt or domains%s", capdl_nearest_hint(&nearest));
    if (!nearest.word || next.kind != TEXT_PUNCT || next.punct != '{') {
        return false;
    }
    capdl_text_advance(p);
    return true;
}

/* Whether a section's content begins here although its brace is missing. */
static bool at_content(const struct text_parser *p, enum text_section_kind kind)
{
    struct text_lexer lexer;
    struct text_token next = capdl_text_behind_ref(p, &lexer);
    if (kind == TEXT_OBJECTS) {
        return capdl_text_at_declaration(p);
    }
    if (kind == TEXT_CAPS) {
        return p->token.kind == TEXT_NAME && next.kind == TEXT_PUNCT && next.punct == '{';
    }
    return kind == TEXT_IRQ_MAPS && p->token.kind == TEXT_NUMBER && next.kind == TEXT_PUNCT && next.punct == ':';
}

static void section_first_pass(struct text_parser *p, enum text_section_kind kind, struct capdl_pos pos)
{
    bool open = capdl_text_is(p, '{');
    if (!open) {
        capdl_text_unexpected(p, "'{' after '%s'", section_names[kind]);
    }
    if (!open && !at_content(p, kind)) {
        p->lost_section = true;
        skip_to_section(p);
        return;
    }
    section_record(p, kind, pos, open ? p->lexer : capdl_text_lexer_before(p));
    if (open) {
        capdl_text_advance(p);
    }
    if (kind == TEXT_OBJECTS) {
        capdl_text_objects_section(p);
        section_close(p, &p->sections[p->num_sections - 1]);
    } else {
        section_skip(p);
    }
}

/* Of a spec without an arch line, as far as its programs tell. */
static bool find_arch(struct text_parser *p)
{
    const struct capdl_text_options *options = p->options;
    p->spec->has_arch = options && options->find_arch && options->find_arch(p->spec, options->context, &p->spec->arch);
    return p->spec->has_arch;
}

static void first_pass(struct text_parser *p)
{
    struct capdl_pos start;
    capdl_text_advance(p);
    start = p->token.pos;
    parse_arch(p);
    while (p->token.kind != TEXT_END) {
        struct capdl_pos pos = p->token.pos;
        enum text_section_kind kind;
        if (section_keyword(p, &kind)) {
            section_first_pass(p, kind, pos);
            continue;
        }
        if (section_guess(p, &kind)) {
            section_first_pass(p, kind, pos);
            continue;
        }
        p->lost_section = p->lost_section || p->token.kind == TEXT_NAME;
        capdl_text_advance(p);
        skip_to_section(p);
    }
    if (!p->num_sections && !p->diags->num_errors) {
        capdl_text_unexpected(p, "at least one section, such as objects { }");
    } else if (!p->spec->has_arch && !find_arch(p)) {
        capdl_error(p->diags, start,
                    "the architecture is not known: begin with a line such as 'arch aarch64' (or riscv, x86_64), or "
                    "use --arch");
        p->expand_failed = true;
    }
}

static void sections_read(struct text_parser *p, enum text_section_kind kind, void (*read)(struct text_parser *))
{
    for (size_t i = 0; i < p->num_sections; i++) {
        if (p->sections[i].kind != kind) {
            continue;
        }
        capdl_text_start(p, p->sections[i].body);
        p->lexer.silent = false;
        p->depth = 0;
        capdl_text_advance(p);
        read(p);
        p->lexer.silent = true; /* what is after the section has been seen */
        section_close(p, &p->sections[i]);
    }
}

static void expand(struct text_parser *p)
{
    const struct capdl_text_options *options = p->options;
    size_t errors = p->diags->num_errors;
    if (!options || !options->expand || !p->spec->has_arch) {
        return;
    }
    p->expand_failed |= !options->expand(p->spec, p->diags, options->context) || p->diags->num_errors > errors;
}

static void second_pass(struct text_parser *p)
{
    expand(p);
    capdl_text_arrays_check(p);
    capdl_text_covers_resolve(p);
    sections_read(p, TEXT_CAPS, capdl_text_caps_section);
    capdl_text_copies_expand(p);
    capdl_text_caps_settle(p);
    capdl_text_copies_resolve(p);
    capdl_text_children_resolve(p);
    sections_read(p, TEXT_CDT, capdl_text_cdt_section);
    sections_read(p, TEXT_IRQ_MAPS, capdl_text_irq_maps_section);
    sections_read(p, TEXT_DOMAINS, capdl_text_domains_section);
    capdl_text_maps_finish(p);
}

static void parser_free(struct text_parser *p)
{
    free(p->ranges);
    free(p->sections);
    free(p->covers);
    free(p->cap_names);
    free(p->copies);
    free(p->params);
    free(p->children);
    free(p->containers);
}

bool capdl_spec_read_text(struct capdl_spec *spec, struct capdl_diags *diags, uint16_t source,
                          const struct capdl_text_options *options)
{
    const struct capdl_source *text = diags->files[source];
    struct text_lexer lexer;
    size_t errors = diags->num_errors;
    struct text_parser parser = {.spec = spec, .diags = diags, .options = options, .first_error = errors};
    if (options && options->has_arch) {
        spec->arch = options->arch;
        spec->has_arch = true;
    }
    if (!capdl_text_fits(diags, source)) {
        return false;
    }
    parser.most_caps = text->size > SPEC_MOST_MADE ? text->size : SPEC_MOST_MADE;
    parser.most_objects = parser.most_caps < SPEC_MOST_OBJECTS ? parser.most_caps : SPEC_MOST_OBJECTS;
    capdl_text_lex_init(&lexer, diags, source);
    capdl_text_start(&parser, lexer);
    first_pass(&parser);
    second_pass(&parser);
    if (options && options->release) {
        options->release(options->context, text->text, text->text + text->size);
    }
    parser_free(&parser);
    return diags->num_errors == errors && !parser.expand_failed;
}
