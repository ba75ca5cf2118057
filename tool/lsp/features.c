/* SPDX-License-Identifier: BSD-2-Clause */
#include "lsp/features.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static struct json_object *place_json(struct lsp_position place)
{
    struct json_object *object = json_object_new_object();
    json_object_object_add(object, "line", json_object_new_int64(place.line));
    json_object_object_add(object, "character", json_object_new_int64(place.character));
    return object;
}

static struct json_object *range_json(const struct document *d, struct word word)
{
    struct json_object *range = json_object_new_object();
    json_object_object_add(range, "start", place_json(document_position(d, word.start)));
    json_object_object_add(range, "end", place_json(document_position(d, word.end)));
    return range;
}

static struct json_object *location_json(const struct document *d, struct word word)
{
    struct json_object *location = json_object_new_object();
    json_object_object_add(location, "uri", json_object_new_string(d->uri));
    json_object_object_add(location, "range", range_json(d, word));
    return location;
}

/* Of a finding: the token it points at, or the beginning of the text. */
static struct word token_of(const struct document *d, struct capdl_pos pos)
{
    size_t start = pos.file == 0 && pos.line && pos.column ? document_offset_of(d, pos) : 0;
    return (struct word){start, pos.file == 0 ? document_token_end(d, start) : start};
}

static struct json_object *related_json(const struct document *d, const struct capdl_diags *diags, size_t first)
{
    struct json_object *list = json_object_new_array();
    for (size_t i = first; i < diags->count && diags->list[i].severity == CAPDL_NOTE; i++) {
        struct json_object *related = json_object_new_object();
        json_object_object_add(related, "location", location_json(d, token_of(d, diags->list[i].pos)));
        json_object_object_add(related, "message", json_object_new_string(diags->list[i].message));
        json_object_array_add(list, related);
    }
    return list;
}

struct json_object *lsp_diagnostics(const struct document *d, const struct options *options)
{
    struct input input;
    struct json_object *list = json_object_new_array();
    input_check_spec(&input, input_read_memory(&input, d->path, d->text, d->size, options), options);
    capdl_diags_locate(&input.diags);
    for (size_t i = 0; i < input.diags.count; i++) {
        const struct capdl_diag *diag = &input.diags.list[i];
        if (diag->severity == CAPDL_NOTE) {
            continue;
        }
        struct json_object *item = json_object_new_object();
        json_object_object_add(item, "range", range_json(d, token_of(d, diag->pos)));
        json_object_object_add(item, "severity", json_object_new_int(diag->severity == CAPDL_ERROR ? 1 : 2));
        json_object_object_add(item, "source", json_object_new_string("capdl"));
        if (diag->check) {
            json_object_object_add(item, "code", json_object_new_string(capdl_check_name(diag->check)));
        }
        json_object_object_add(item, "message", json_object_new_string(diag->message));
        json_object_object_add(item, "relatedInformation", related_json(d, &input.diags, i + 1));
        json_object_array_add(list, item);
    }
    input_free(&input);
    return list;
}

/* The word that declares a name, from its text alone, so that it is found in a text with mistakes, too. */
static bool find_declaration(const struct document *d, const char *name, size_t length, struct word *found)
{
    struct word word = {0, 0};
    while (document_next_word(d, word.end, &word)) {
        if (word.end - word.start == length && memcmp(d->text + word.start, name, length) == 0 &&
            document_declares(d, word)) {
            *found = word;
            return true;
        }
    }
    return false;
}

/* An object that the word may mean: the name itself, or the first element of an array of it. */
static uint32_t object_named(const struct capdl_spec *spec, const struct document *d, struct word word)
{
    char name[256];
    snprintf(name, sizeof(name), "%.*s", (int)(word.end - word.start), d->text + word.start);
    uint32_t id = capdl_spec_find(spec, name, CAPDL_NO_INDEX);
    return id != CAPDL_NO_OBJECT ? id : capdl_spec_find(spec, name, 0);
}

/* Objects that a `pd` stands for have no place of their own: theirs is its. */
static bool find_program(const struct document *d, struct word word, const struct options *options, struct word *found)
{
    struct input input;
    bool good = false;
    input_check_spec(&input, input_read_memory(&input, d->path, d->text, d->size, options), options);
    uint32_t id = object_named(&input.spec, d, word);
    uint32_t program = id != CAPDL_NO_OBJECT ? capdl_object_program(&input.spec, id) : CAPDL_NO_OBJECT;
    if (program != CAPDL_NO_OBJECT) {
        const char *name = capdl_object_name(&input.spec, program);
        good = find_declaration(d, name, strlen(name), found);
    }
    input_free(&input);
    return good;
}

struct json_object *lsp_definition(const struct document *d, struct lsp_position place, const struct options *options)
{
    struct word word, found;
    if (!document_word_at(d, document_offset(d, place), &word)) {
        return NULL;
    }
    bool good = find_declaration(d, d->text + word.start, word.end - word.start, &found) ||
                find_program(d, word, options, &found);
    return good ? location_json(d, found) : NULL;
}

static void print_holder(FILE *out, const struct capdl_spec *spec, uint32_t container, const struct capdl_cap *cap)
{
    char label[256], rights[CAPDL_RIGHTS_TEXT];
    fprintf(out, "\n- `%s` slot %" PRIu64, capdl_object_label(spec, container, label, sizeof(label)),
            (uint64_t)cap->slot);
    if (capdl_kind_has((enum capdl_kind)cap->kind, CAPDL_TRAIT_RIGHTS)) {
        capdl_rights_text((enum capdl_kind)cap->kind, cap->rights, rights);
        fprintf(out, " (%s)", *rights ? rights : "no rights");
    }
    if (capdl_kind_has((enum capdl_kind)cap->kind, CAPDL_TRAIT_BADGE) && cap->data) {
        fprintf(out, ", badge %" PRIu64, (uint64_t)cap->data);
    }
}

static void print_holders(FILE *out, const struct capdl_spec *spec, uint32_t id)
{
    enum { MOST = 12 };
    size_t count = 0;
    for (uint32_t container = 0; container < spec->num_objects; container++) {
        struct capdl_caps caps = capdl_object_caps(spec, container);
        for (uint32_t i = 0; i < caps.count; i++) {
            if (caps.list[i].object != id) {
                continue;
            }
            fputs(count == 0 ? "\n\nHeld by" : "", out);
            if (count++ < MOST) {
                print_holder(out, spec, container, &caps.list[i]);
            }
        }
    }
    if (count > MOST) {
        fprintf(out, "\n- and in %zu more slots", count - MOST);
    }
    fputs(count ? "" : "\n\nNobody holds it.", out);
}

static void print_expansion(FILE *out, const struct capdl_spec *spec, uint32_t program)
{
    size_t counts[CAPDL_KIND_COUNT] = {0};
    bool any = false;
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        if (capdl_object_program(spec, i) == program) {
            counts[capdl_object_kind(spec, i)]++;
        }
    }
    for (unsigned kind = 0; kind < CAPDL_KIND_COUNT; kind++) {
        if (counts[kind]) {
            fprintf(out, "%s%zu x %s", any ? ", " : "\n\nStands for ", counts[kind],
                    capdl_kind_name((enum capdl_kind)kind));
            any = true;
        }
    }
}

static char *describe(const struct capdl_spec *spec, uint32_t id)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out) {
        return NULL;
    }
    enum capdl_kind kind = capdl_object_kind(spec, id);
    uint32_t elements = capdl_spec_array_length(spec, capdl_object_name(spec, id));
    fprintf(out, "**%s** `%s`", kind == CAPDL_KIND_PROGRAM ? "protection domain" : capdl_kind_name(kind),
            capdl_object_name(spec, id));
    if (elements > 1) {
        fprintf(out, "[%" PRIu32 "], of which [%" PRIu32 "] is", elements, capdl_object_index(spec, id));
    }
    if (capdl_object_flags(spec, id) & CAPDL_OBJECT_HAS_SIZE || kind == CAPDL_KIND_FRAME) {
        fprintf(out, ", 2^%u %s", capdl_object_size_bits(spec, id), kind == CAPDL_KIND_CNODE ? "slots" : "bytes");
    }
    if (capdl_object_flags(spec, id) & CAPDL_OBJECT_HAS_PADDR) {
        fprintf(out, ", at physical address 0x%" PRIx64, capdl_object_paddr(spec, id));
    }
    if (kind == CAPDL_KIND_PROGRAM) {
        print_expansion(out, spec, id);
    } else {
        print_holders(out, spec, id);
    }
    uint32_t program = capdl_object_program(spec, id);
    if (program != CAPDL_NO_OBJECT) {
        fprintf(out, "\n\nPart of the protection domain `%s`.", capdl_object_name(spec, program));
    }
    fclose(out);
    return text;
}

struct json_object *lsp_hover(const struct document *d, struct lsp_position place, const struct options *options)
{
    struct word word;
    struct input input;
    if (!document_word_at(d, document_offset(d, place), &word)) {
        return NULL;
    }
    input_check_spec(&input, input_read_memory(&input, d->path, d->text, d->size, options), options);
    uint32_t id = object_named(&input.spec, d, word);
    char *text = id != CAPDL_NO_OBJECT ? describe(&input.spec, id) : NULL;
    input_free(&input);
    if (!text) {
        return NULL;
    }
    struct json_object *hover = json_object_new_object(), *contents = json_object_new_object();
    json_object_object_add(contents, "kind", json_object_new_string("markdown"));
    json_object_object_add(contents, "value", json_object_new_string(text));
    json_object_object_add(hover, "contents", contents);
    json_object_object_add(hover, "range", range_json(d, word));
    free(text);
    return hover;
}

/* CompletionItemKind */
enum item_kind { ITEM_FIELD = 5, ITEM_VARIABLE = 6, ITEM_CLASS = 7, ITEM_KEYWORD = 14 };

static void add_item(struct json_object *list, const char *label, enum item_kind kind, const char *detail)
{
    struct json_object *item = json_object_new_object();
    json_object_object_add(item, "label", json_object_new_string(label));
    json_object_object_add(item, "kind", json_object_new_int(kind));
    if (detail) {
        json_object_object_add(item, "detail", json_object_new_string(detail));
    }
    json_object_array_add(list, item);
}

static void add_kinds(struct json_object *list)
{
    for (unsigned kind = 0; kind < CAPDL_KIND_COUNT; kind++) {
        if (capdl_kind_class((enum capdl_kind)kind) != CAPDL_CLASS_CONTROL) {
            const char *name = capdl_kind_name((enum capdl_kind)kind);
            add_item(list, capdl_kind_keyword((enum capdl_kind)kind), ITEM_CLASS, name);
        }
    }
}

static void add_pd_parameters(struct json_object *list)
{
#define PARAM(id, name, type, least, most, bound, unit, default, field) add_item(list, name, ITEM_FIELD, "of pd");
#include "pd/params.def"
#undef PARAM
}

static void add_tcb_fields(struct json_object *list)
{
    for (unsigned field = 0; field < CAPDL_TCB_FIELD_COUNT; field++) {
        enum capdl_tcb_field id = (enum capdl_tcb_field)field;
        add_item(list, capdl_tcb_field_keyword(id), ITEM_FIELD, capdl_tcb_field_name(id));
    }
}

static void add_cap_parameters(struct json_object *list)
{
    static const char *const words[] = {"badge",  "guard",  "guard_size", "asid",  "core",        "mapping",
                                        "masked", "cached", "uncached",   "reply", "master_reply"};
#define CAPDL_RIGHT(id, letter, frame_letter, bit, name)                                              \
    add_item(list, (const char[]){(letter), 0}, ITEM_KEYWORD, "right: " name);                        \
    if ((frame_letter) != (letter)) {                                                                 \
        add_item(list, (const char[]){(frame_letter), 0}, ITEM_KEYWORD, "right to a frame: execute"); \
    }
#include <capdl/rights.def>
#undef CAPDL_RIGHT
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        add_item(list, words[i], ITEM_FIELD, "of a capability");
    }
}

static bool is_before(const struct document *d, size_t at, const char *word)
{
    size_t length = strlen(word);
    while (at > 0 && isspace((unsigned char)d->text[at - 1])) {
        at--;
    }
    return at >= length && memcmp(d->text + at - length, word, length) == 0 &&
           (at == length || !isalnum((unsigned char)*word) || !isalnum((unsigned char)d->text[at - length - 1]));
}

/* The open bracket that a place is in, on a few lines before it; SIZE_MAX if there is none. */
static size_t open_bracket(const struct document *d, size_t at)
{
    unsigned closed = 0;
    for (size_t steps = 0; at > 0 && steps < 4096; steps++) {
        char c = d->text[--at];
        if (c == '{' || c == '}') {
            break;
        }
        closed += c == ')';
        if (c == '(' && closed-- == 0) {
            return at;
        }
    }
    return SIZE_MAX;
}

static void add_names(struct json_object *list, const struct document *d, const struct options *options)
{
    static const char *const sections[] = {"arch", "objects", "caps", "irq maps", "cdt", "domains"};
    struct input input;
    input_check_spec(&input, input_read_memory(&input, d->path, d->text, d->size, options), options);
    const char *last = "";
    for (uint32_t i = 0; i < input.spec.num_objects; i++) {
        const char *name = capdl_object_name(&input.spec, i);
        if (strcmp(name, last) != 0) { /* elements of an array follow each other */
            add_item(list, name, ITEM_VARIABLE, capdl_kind_name(capdl_object_kind(&input.spec, i)));
        }
        last = name;
    }
    for (unsigned kind = 0; kind < CAPDL_KIND_COUNT; kind++) {
        if (capdl_kind_class((enum capdl_kind)kind) == CAPDL_CLASS_CONTROL) {
            const char *name = capdl_kind_name((enum capdl_kind)kind);
            add_item(list, capdl_kind_keyword((enum capdl_kind)kind), ITEM_KEYWORD, name);
        }
    }
    input_free(&input);
    for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
        add_item(list, sections[i], ITEM_KEYWORD, "section");
    }
}

struct json_object *lsp_completion(const struct document *d, struct lsp_position place, const struct options *options)
{
    struct json_object *list = json_object_new_array();
    size_t at = document_offset(d, place);
    struct word word;
    if (document_word_at(d, at, &word)) {
        at = word.start;
    }
    size_t bracket = open_bracket(d, at);
    if (is_before(d, at, "=")) {
        add_kinds(list);
    } else if (bracket == SIZE_MAX) {
        add_names(list, d, options);
    } else if (is_before(d, bracket, "pd")) {
        add_pd_parameters(list);
    } else if (is_before(d, bracket, "tcb")) {
        add_tcb_fields(list);
    } else {
        add_cap_parameters(list);
    }
    return list;
}

static bool same_word(const struct document *d, struct word a, struct word b)
{
    return a.end - a.start == b.end - b.start && memcmp(d->text + a.start, d->text + b.start, a.end - a.start) == 0;
}

static bool is_word(const struct document *d, struct word word, const char *text)
{
    return word.end - word.start == strlen(text) && memcmp(d->text + word.start, text, strlen(text)) == 0;
}

/* Words that can be names of objects: no sections, no types, no names of slots and parameters. */
struct names {
    const struct document *document;
    struct word word;
    int depth; /* in braces */
    bool in_objects;
};

static bool next_name(struct names *names)
{
    static const char *const sections[] = {"objects", "caps", "maps", "cdt", "domains"};
    const struct document *d = names->document;
    for (size_t last = names->word.end; document_next_word(d, last, &names->word); last = names->word.end) {
        names->depth += document_braces(d, last, names->word.start);
        char after = d->text[names->word.end + strspn(d->text + names->word.end, " \t\r\n")];
        bool section = false;
        for (size_t i = 0; after == '{' && names->depth == 0 && i < sizeof(sections) / sizeof(sections[0]); i++) {
            section |= is_word(d, names->word, sections[i]);
        }
        if (section) {
            names->in_objects = is_word(d, names->word, sections[0]);
        } else if (after != ':' && !(names->in_objects && is_before(d, names->word.start, "="))) {
            return true;
        }
    }
    return false;
}

static bool name_at(const struct document *d, struct lsp_position place, struct word *word)
{
    size_t offset = document_offset(d, place);
    for (struct names names = {.document = d}; next_name(&names) && names.word.start <= offset;) {
        if (offset <= names.word.end) {
            *word = names.word;
            return true;
        }
    }
    return false;
}

struct json_object *lsp_references(const struct document *d, struct lsp_position place)
{
    struct word word;
    struct names names = {.document = d};
    struct json_object *list = json_object_new_array();
    if (name_at(d, place, &word)) {
        while (next_name(&names)) {
            if (same_word(d, word, names.word)) {
                json_object_array_add(list, location_json(d, names.word));
            }
        }
    }
    return list;
}

static bool is_name(const char *name)
{
    struct document d = {.text = (char *)(uintptr_t)name, .size = strlen(name)};
    struct word word;
    return document_next_word(&d, 0, &word) && word.start == 0 && word.end == d.size && !strstr(name, "--");
}

/* How a word changes when an object gets another name: as a whole, or as the end of a name that `pd` made from it. */
static size_t renamed_part(const struct document *d, struct word word, struct word old)
{
    size_t length = old.end - old.start, whole = word.end - word.start;
    if (same_word(d, word, old)) {
        return word.start;
    }
    bool ends = whole > length + 1 && memcmp(d->text + word.end - length, d->text + old.start, length) == 0;
    return ends && d->text[word.end - length - 1] == '_' ? word.end - length : SIZE_MAX;
}

static bool is_keyword(const struct document *d, struct word word)
{
    bool keyword = false;
    for (unsigned kind = 0; kind < CAPDL_KIND_COUNT; kind++) {
        keyword |= is_word(d, word, capdl_kind_keyword((enum capdl_kind)kind));
    }
    return keyword;
}

/* A `pd` gives its name to cnode_NAME and others, which are not declared anywhere; irq_control is no such name. */
static bool changes(const struct document *d, struct word word, struct word old, bool program, size_t *start)
{
    struct word found;
    *start = renamed_part(d, word, old);
    return *start == word.start || (*start != SIZE_MAX && program && !is_keyword(d, word) &&
                                    !find_declaration(d, d->text + word.start, word.end - word.start, &found));
}

/* Declared by NAME = pd (...); without parameters, `pd` is a page directory. */
static bool is_program(const struct document *d, struct word declared)
{
    size_t at = declared.end + strcspn(d->text + declared.end, "=\n");
    at += strspn(d->text + at, "= \t");
    size_t end = document_token_end(d, at);
    return is_word(d, (struct word){at, end}, "pd") && d->text[end + strspn(d->text + end, " \t\r\n")] == '(';
}

struct json_object *lsp_rename(const struct document *d, struct lsp_position place, const char *name,
                               const char **error)
{
    struct word word, found;
    *error = NULL;
    if (!name_at(d, place, &word) || !find_declaration(d, d->text + word.start, word.end - word.start, &found)) {
        *error = "there is no name of an object that this file declares";
        return NULL;
    }
    if (!is_name(name)) {
        *error = "a name is a letter followed by letters, digits, '_', '-', '@' or '.'";
        return NULL;
    }
    if (find_declaration(d, name, strlen(name), &(struct word){0})) {
        *error = "an object of this name is declared already";
        return NULL;
    }
    bool program = is_program(d, found);
    struct json_object *edits = json_object_new_array();
    for (struct names names = {.document = d}; next_name(&names);) {
        size_t start;
        if (changes(d, names.word, word, program, &start)) {
            struct json_object *edit = json_object_new_object();
            json_object_object_add(edit, "range", range_json(d, (struct word){start, names.word.end}));
            json_object_object_add(edit, "newText", json_object_new_string(name));
            json_object_array_add(edits, edit);
        }
    }
    struct json_object *result = json_object_new_object(), *all = json_object_new_object();
    json_object_object_add(all, d->uri, edits);
    json_object_object_add(result, "changes", all);
    return result;
}
