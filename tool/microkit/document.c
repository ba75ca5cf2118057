/* SPDX-License-Identifier: BSD-2-Clause */
#include "document.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
    MOST_DEPTH = 128, /* of elements in each other: Microkit's most deeply nested domains need 65 */
    CHUNK = 1 << 20,  /* bytes that the parser is given at a time */
    MOST_STRAY = 20,  /* pieces of stray text that are reported */
};

struct reader {
    struct capdl_spec *spec;
    struct capdl_diags *diags;
    uint16_t source;
    XML_Parser parser;
    struct xml_element *root, *open;
    const struct xml_element *stray; /* the element whose text was reported last */
    unsigned depth, num_stray;
    bool stopped; /* after an error that was reported */
};

static struct capdl_pos pos_at(const struct reader *reader, uint64_t offset)
{
    size_t size = reader->diags->files[reader->source]->size;
    offset = offset < size ? offset : size;
    return (struct capdl_pos){.line = (uint32_t)offset + 1, .column = CAPDL_POS_OFFSET, .file = reader->source};
}

static struct capdl_pos pos_here(const struct reader *reader)
{
    XML_Index index = XML_GetCurrentByteIndex(reader->parser);
    return pos_at(reader, index < 0 ? 0 : (uint64_t)index);
}

static void stop(struct reader *reader)
{
    reader->stopped = true;
    XML_StopParser(reader->parser, XML_FALSE);
}

static const char *keep(struct reader *reader, const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(capdl_spec_alloc(reader->spec, size), text, size);
}

static void attributes_keep(struct reader *reader, struct xml_element *element, const XML_Char **given)
{
    struct xml_attribute **last = &element->attributes;
    for (; *given; given += 2) {
        if (strncmp(given[0], "xmlns", strlen("xmlns")) == 0) {
            continue; /* says nothing of the system */
        }
        struct xml_attribute *attribute = capdl_spec_alloc(reader->spec, sizeof(*attribute));
        attribute->name = keep(reader, given[0]);
        attribute->value = keep(reader, given[1]);
        *last = attribute;
        last = &attribute->next;
    }
}

static void XMLCALL element_begins(void *pointer, const XML_Char *name, const XML_Char **attributes)
{
    struct reader *reader = pointer;
    if (reader->stopped) {
        return;
    }
    if (++reader->depth > MOST_DEPTH) {
        capdl_error(reader->diags, pos_here(reader), "elements are nested more than %d deep", MOST_DEPTH);
        stop(reader);
        return;
    }
    struct xml_element *element = capdl_spec_alloc(reader->spec, sizeof(*element));
    element->name = keep(reader, name);
    element->pos = pos_here(reader);
    element->parent = reader->open;
    attributes_keep(reader, element, attributes);
    if (!reader->open) {
        reader->root = element;
    } else if (reader->open->last) {
        reader->open->last->next = element;
    } else {
        reader->open->first = element;
    }
    if (reader->open) {
        reader->open->last = element;
    }
    reader->open = element;
}

static void XMLCALL element_ends(void *pointer, const XML_Char *name)
{
    struct reader *reader = pointer;
    (void)name;
    if (!reader->stopped) {
        reader->depth--;
        reader->open = reader->open->parent;
    }
}

static void XMLCALL text_found(void *pointer, const XML_Char *text, int length)
{
    struct reader *reader = pointer;
    int blank = 0;
    while (blank < length && strchr(" \t\r\n", text[blank]) && text[blank]) {
        blank++;
    }
    if (reader->stopped || blank == length || reader->stray == reader->open) {
        return;
    }
    reader->stray = reader->open;
    if (++reader->num_stray > MOST_STRAY) {
        stop(reader);
        return;
    }
    XML_Index index = XML_GetCurrentByteIndex(reader->parser);
    capdl_error(reader->diags, pos_at(reader, (index < 0 ? 0 : (uint64_t)index) + (uint64_t)blank),
                "text in '%s': system descriptions have elements and attributes only; is this a comment without "
                "<!-- -->?",
                reader->open->name);
}

static void XMLCALL doctype_begins(void *pointer, const XML_Char *name, const XML_Char *system, const XML_Char *public,
                                   int internal)
{
    struct reader *reader = pointer;
    (void)name, (void)system, (void)public, (void)internal;
    const struct capdl_source *source = reader->diags->files[reader->source];
    struct capdl_pos pos = pos_here(reader);
    const char *start = memrchr(source->text, '<', pos.line - 1);
    pos = start ? pos_at(reader, (uint64_t)(start - source->text)) : pos;
    capdl_error(
        reader->diags, pos,
        "a document type (<!DOCTYPE>) is not accepted, because it can define entities: write out what they stand for");
    stop(reader);
}

/* An element that is not closed is missed behind the tag that closes another. */
static struct capdl_pos pos_behind_tag(const struct reader *reader, struct capdl_pos pos)
{
    const struct capdl_source *source = reader->diags->files[reader->source];
    size_t at = pos.line - 1;
    const char *end = at < source->size ? memchr(source->text + at, '>', source->size - at) : NULL;
    return end ? pos_at(reader, (uint64_t)(end - source->text) + 1) : pos;
}

static void report_malformed(struct reader *reader)
{
    enum XML_Error code = XML_GetErrorCode(reader->parser);
    struct capdl_pos pos = pos_here(reader);
    const char *open = reader->open ? reader->open->name : NULL;
    if (code == XML_ERROR_TAG_MISMATCH && open) {
        pos = pos_behind_tag(reader, pos);
        capdl_error(reader->diags, pos, "not well-formed XML: expected </%s>, as '%s' is still open", open, open);
    } else if (code == XML_ERROR_NO_ELEMENTS && open) {
        capdl_error(reader->diags, pos, "not well-formed XML: the text ends where </%s> was expected", open);
    } else if (code == XML_ERROR_UNDEFINED_ENTITY) {
        capdl_error(reader->diags, pos,
                    "not well-formed XML: expected &lt; &gt; &amp; &quot; or &apos;, no other "
                    "entities are defined");
    } else {
        capdl_error(reader->diags, pos, "not well-formed XML: %s", XML_ErrorString(code));
    }
    if (open) {
        capdl_note(reader->diags, reader->open->pos, "'%s' begins here", open);
    }
}

static void parse(struct reader *reader, const char *text, size_t size)
{
    enum XML_Status status = XML_STATUS_OK;
    size_t at = 0;
    do {
        size_t part = size - at < CHUNK ? size - at : CHUNK;
        status = XML_Parse(reader->parser, text + at, (int)part, at + part == size);
        at += part;
    } while (status == XML_STATUS_OK && at < size);
    if (status != XML_STATUS_OK && !reader->stopped) {
        report_malformed(reader);
        reader->stopped = true;
    }
}

struct xml_element *document_read(struct capdl_spec *spec, struct capdl_diags *diags, uint16_t source)
{
    struct reader reader = {.spec = spec, .diags = diags, .source = source};
    if (!capdl_text_fits(diags, source)) {
        return NULL;
    }
    reader.parser = memory_need(XML_ParserCreate("UTF-8"));
    XML_SetUserData(reader.parser, &reader);
    XML_SetElementHandler(reader.parser, element_begins, element_ends);
    XML_SetCharacterDataHandler(reader.parser, text_found);
    XML_SetStartDoctypeDeclHandler(reader.parser, doctype_begins);
    parse(&reader, diags->files[source]->text, diags->files[source]->size);
    XML_ParserFree(reader.parser);
    return reader.stopped ? NULL : reader.root;
}

const char *xml_value(const struct xml_element *element, const char *name)
{
    for (const struct xml_attribute *a = element->attributes; a; a = a->next) {
        if (strcmp(a->name, name) == 0) {
            return a->value;
        }
    }
    return NULL;
}
