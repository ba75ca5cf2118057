/* SPDX-License-Identifier: BSD-2-Clause */
/* Our own form: what a frame holds at the start. */
#include "fields.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_WORDS = 64, NUM_SOURCES = 4 };

/* What follows a word, which is in quotes or has no blank; 0: this is none. */
static const char *word_end(const char *text)
{
    if (*text == '"') {
        const char *end = strchr(text + 1, '"');
        return end && (end[1] == ' ' || !end[1]) ? end + 1 : NULL;
    }
    size_t length = strcspn(text, " }");
    return length && text[length] != '}' ? text + length : NULL;
}

/* Words with one blank between them, as the text has them: offset, length and what no tool here knows. */
static bool words_split(const char *text, struct capdl_fill *fill)
{
    unsigned count = 0;
    for (const char *end;; text = end + 1) {
        end = word_end(text);
        if (!end || ++count > MOST_WORDS) {
            return false;
        }
        size_t length = (size_t)(end - text);
        char *behind = NULL;
        if (count <= 2) {
            *(count == 1 ? &fill->offset : &fill->length) = strtoull(text, &behind, 0);
            if (behind != end || *text < '0' || *text > '9' || length > 30) {
                return false;
            }
        }
        if (count == 3 && ((length == 19 && !memcmp(text, "CDL_FrameFill_Bytes", length)) ||
                           (length == 22 && !memcmp(text, "CDL_FrameFill_FileData", length)) ||
                           (length == 22 && !memcmp(text, "CDL_FrameFill_BootInfo", length)))) {
            return false;
        }
        if (!*end) {
            return count >= 3;
        }
    }
}

static bool source_fits(const char *text, struct capdl_fill *fill)
{
    if (!*text) {
        return false;
    }
    switch (fill->kind) {
    case CAPDL_FILL_FILE:
        return !strchr(text, '"');
    case CAPDL_FILL_BOOTINFO:
        return !strpbrk(text, " }\"");
    case CAPDL_FILL_BYTES: /* known with its length */
        return true;
    case CAPDL_FILL_OTHER:
        break;
    }
    return words_split(text, fill);
}

static void take_bytes(struct own_reader *reader, const char *source, const char *source_offset,
                       struct capdl_fill *fill)
{
    const char *digits = fill->text;
    uint64_t length = fill->length;
    if (!capdl_fill_set_bytes(reader->spec, fill, digits, strlen(digits))) {
        capdl_error(reader->json->diags, json_pos(reader->json, source),
                    "'bytes' has %zu characters: expected two hexadecimal digits for each of the %" PRIu64 " bytes",
                    strlen(digits), length);
    }
    if (source_offset) {
        capdl_error(reader->json->diags, json_pos(reader->json, source_offset),
                    "'source_offset' is for fills from a file or bootinfo, not for bytes");
    }
}

void own_fill_read(struct own_reader *reader, const char *value, struct capdl_fill *fill)
{
    struct json *json = reader->json;
    enum { FILE_NAME, BOOTINFO, BYTES, WORDS, OFFSET, LENGTH, SOURCE_OFFSET, NUM_FIELDS };
    static const struct json_field fields[] = {
        {"file", false},   {"bootinfo", false}, {"bytes", false},         {"words", false},
        {"offset", false}, {"length", false},   {"source_offset", false}, {NULL},
    };
    const char *members[NUM_FIELDS];
    *fill = (struct capdl_fill){.kind = CAPDL_FILL_OTHER, .text = "", .pos = json_pos(json, value)};
    if (!json_fields(json, value, "a fill", fields, JSON_OTHERS_WRONG, members)) {
        return;
    }
    const char *source = NULL;
    for (unsigned i = 0; i < NUM_SOURCES; i++) {
        if (members[i] && !source) {
            source = members[i];
            fill->kind =
                (enum capdl_fill_kind[]){CAPDL_FILL_FILE, CAPDL_FILL_BOOTINFO, CAPDL_FILL_BYTES, CAPDL_FILL_OTHER}[i];
        }
    }
    if (!source || (fill->kind != CAPDL_FILL_OTHER && (!members[OFFSET] || !members[LENGTH]))) {
        capdl_error(json->diags, fill->pos,
                    "a fill has offset, length, and 'file', 'bootinfo' or 'bytes'; or else 'words'");
        return;
    }
    if (json_string(json, source, "the source of a fill", &fill->text) && !source_fits(fill->text, fill)) {
        capdl_error(json->diags, json_pos(json, source), "'%s' cannot be the source of a fill", fill->text);
    }
    if (fill->kind != CAPDL_FILL_OTHER) {
        json_number(json, members[OFFSET], "offset", UINT64_MAX, &fill->offset);
        json_number(json, members[LENGTH], "length", UINT64_MAX, &fill->length);
        if (members[SOURCE_OFFSET]) {
            json_number(json, members[SOURCE_OFFSET], "source_offset", UINT64_MAX, &fill->source_offset);
        }
    }
    if (fill->kind == CAPDL_FILL_BYTES) {
        take_bytes(reader, source, members[SOURCE_OFFSET], fill);
    }
}
