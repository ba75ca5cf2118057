/* SPDX-License-Identifier: BSD-2-Clause */
#include "profile/xml.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "profile/text_file.h"
enum { MAX_DEPTH = sizeof(((struct xml_reader *)0)->frames) / sizeof(struct xml_frame) };

struct capdl_pos xml_position(const struct xml_reader *xml)
{
    return text_position(xml->file, XML_GetCurrentLineNumber(xml->parser), XML_GetCurrentColumnNumber(xml->parser) + 1);
}

const char *xml_ancestor(const struct xml_reader *xml, int up)
{
    return xml->depth > up ? xml->frames[xml->depth - 1 - up].name : "";
}

bool xml_is_on(const struct xml_reader *xml)
{
    for (int i = 0; i < xml->depth; i++) {
        if (!xml->frames[i].value) {
            return false;
        }
    }
    return true;
}

const char *xml_attribute(const char *const *attributes, const char *name)
{
    for (; attributes[0]; attributes += 2) {
        if (strcmp(attributes[0], name) == 0) {
            return attributes[1];
        }
    }
    return NULL;
}

static bool is(const struct xml_frame *frame, const char *name)
{
    return strcmp(frame->name, name) == 0;
}

static bool is_operator(const struct xml_frame *frame)
{
    return is(frame, "condition") || is(frame, "and") || is(frame, "or") || is(frame, "not");
}

static bool in_condition(const struct xml_reader *xml)
{
    return xml->depth > 0 && is_operator(&xml->frames[xml->depth - 1]);
}

static void stop(struct xml_reader *xml)
{
    xml->stopped = true;
    XML_StopParser(xml->parser, XML_FALSE);
}

/* Gives a value to the operator that waits for it. */
static void fold(struct xml_frame *frame, bool value)
{
    frame->count++;
    if (is(frame, "and")) {
        frame->value = frame->value && value;
    } else if (is(frame, "or")) {
        frame->value = (frame->count > 1 && frame->value) || value;
    } else {
        frame->value = is(frame, "not") ? !value : value;
    }
}

/* An element inside `condition`: an operator, which opens a frame of its own, or `config`, a value. */
static void start_operand(struct xml_reader *xml, const char *name, const char *const *attributes)
{
    static const char symbol[] = "CONFIG_";
    struct xml_frame *parent = &xml->frames[xml->depth - 2], *frame = parent + 1;
    const char *variable = xml_attribute(attributes, "var");
    if (is_operator(frame) && !is(frame, "condition")) {
        return;
    }
    if (strcmp(name, "config") != 0) {
        capdl_error(xml->reader->diags, xml_position(xml), "'%.60s' in a condition, expected and, or, not or config",
                    name);
        stop(xml);
    } else if (!variable || strncmp(variable, symbol, strlen(symbol)) != 0) {
        capdl_error(xml->reader->diags, xml_position(xml), "a condition on '%.60s', expected a symbol CONFIG_...",
                    variable ? variable : "");
        stop(xml);
    } else {
        frame->value = config_is_on(&xml->reader->config, variable + strlen(symbol));
    }
}

static void on_start(void *context, const char *name, const char **attributes)
{
    struct xml_reader *xml = context;
    bool operand = in_condition(xml);
    struct xml_frame *frame;
    if (xml->stopped) {
        return;
    }
    if (xml->depth == MAX_DEPTH) {
        capdl_error(xml->reader->diags, xml_position(xml), "elements nest deeper than %d", MAX_DEPTH);
        stop(xml);
        return;
    }
    frame = &xml->frames[xml->depth++];
    *frame = (struct xml_frame){.value = true};
    snprintf(frame->name, sizeof(frame->name), "%s", name);
    if (operand) {
        start_operand(xml, name, (const char *const *)attributes);
    } else if (!is(frame, "condition")) {
        xml->start(xml, name, (const char *const *)attributes);
    }
}

/* `and` and `or` take operands, `not` and `condition` one each (an empty condition holds). */
static bool operands_fit(const struct xml_frame *frame)
{
    if (is(frame, "condition")) {
        return frame->count <= 1;
    }
    return is(frame, "not") ? frame->count == 1 : frame->count >= 1;
}

static void end_operand(struct xml_reader *xml, const struct xml_frame *frame)
{
    struct xml_frame *parent = xml->depth > 1 ? &xml->frames[xml->depth - 2] : NULL;
    if (is_operator(frame) && !operands_fit(frame)) {
        capdl_error(xml->reader->diags, xml_position(xml), "'%s' with %u operands in a condition", frame->name,
                    frame->count);
        stop(xml);
    } else if (parent && is_operator(parent)) {
        fold(parent, frame->value);
    } else if (parent) {
        parent->value = parent->value && frame->value;
    }
}

static void on_end(void *context, const char *name)
{
    struct xml_reader *xml = context;
    const struct xml_frame *frame;
    if (xml->stopped) {
        return;
    }
    frame = &xml->frames[xml->depth - 1];
    if (is_operator(frame) || (xml->depth > 1 && is_operator(frame - 1))) {
        end_operand(xml, frame);
    } else {
        xml->end(xml, name);
    }
    xml->depth--;
}

static bool parse(struct xml_reader *xml)
{
    const struct file_bytes *bytes = &xml->file->bytes;
    bool good;
    if (bytes->size > INT32_MAX) {
        capdl_error(xml->reader->diags, text_position(xml->file, 0, 0), "an interface file of more than 2 GiB");
        return false;
    }
    good = XML_Parse(xml->parser, (const char *)bytes->data, (int)bytes->size, 1) == XML_STATUS_OK;
    if (!good && !xml->stopped) {
        capdl_error(xml->reader->diags, xml_position(xml), "not well-formed XML: %s",
                    XML_ErrorString(XML_GetErrorCode(xml->parser)));
    }
    return good;
}

bool xml_read(struct xml_reader *xml, const char *relative, const char *purpose)
{
    struct text_file file;
    bool good;
    if (!text_open(xml->reader, relative, REQUIRED, purpose, &file)) {
        return false;
    }
    xml->file = &file;
    xml->depth = 0;
    xml->stopped = false;
    xml->parser = memory_need(XML_ParserCreate(NULL));
    XML_SetUserData(xml->parser, xml);
    XML_SetElementHandler(xml->parser, on_start, on_end);
    good = parse(xml);
    XML_ParserFree(xml->parser);
    xml->file = NULL;
    text_close(&file);
    return good;
}
