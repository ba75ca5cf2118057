/* SPDX-License-Identifier: BSD-2-Clause */
/* A picture as JSON, for programs that draw it or look something up in it. */
#include <inttypes.h>
#include <string.h>

#include <capdl/escape.h>

#include "picture.h"

static void put_string(FILE *out, const char *text)
{
    size_t length = strlen(text);
    putc('"', out);
    for (size_t i = 0; i < length;) {
        struct capdl_character c = capdl_character_at(text + i, length - i);
        if (c.utf8 && (!c.printed || c.code == '"' || c.code == '\\') && c.code < 0x10000) {
            fprintf(out, "\\u%04" PRIx32, (uint32_t)c.code);
        } else if (!c.printed) {
            fputs("\\\\x", out);
            fprintf(out, "%02x", (unsigned char)text[i]);
        } else {
            fwrite(text + i, 1, c.length, out);
        }
        i += c.length;
    }
    putc('"', out);
}

/* Of a change, what is only in one of the systems. */
static void put_when(const struct capdl_picture *p, FILE *out, unsigned when)
{
    if (p->num_sides > 1 && when != WHEN_BOTH) {
        fprintf(out, ", \"change\": \"%s\"", when == WHEN_NEW ? "new" : "gone");
    }
}

static void put_words(const struct capdl_picture *p, FILE *out, const struct texts *words)
{
    fputs(", \"words\": [", out);
    for (size_t i = 0; i < words->count; i++) {
        fputs(i ? ", {\"text\": " : "{\"text\": ", out);
        put_string(out, words->list[i].text);
        put_when(p, out, words->list[i].when);
        putc('}', out);
    }
    putc(']', out);
}

static void put_box(const struct capdl_picture *p, FILE *out, uint32_t number)
{
    static const char *const kinds[] = {
        [BOX_SUBJECT] = "subject", [BOX_DEVICE] = "device", [BOX_MACHINE] = "machine", [BOX_SHARED] = "shared"};
    const struct box *box = &p->boxes[number];
    fprintf(out, "{\"id\": %" PRIu32 ", \"kind\": \"%s\", \"name\": ", number, kinds[box->kind]);
    put_string(out, box->kind == BOX_MACHINE ? "" : box->name);
    put_when(p, out, box->when);
    put_words(p, out, &box->texts);
    putc('}', out);
}

static void put_line(const struct capdl_picture *p, FILE *out, const struct line *line)
{
    static const char *const families[] = {"machine", "memory", "signal", "message", "dma", "control", "fault"};
    static const char *const directions[] = {"none", "forward", "back", "both"};
    fprintf(out, "{\"from\": %" PRIu32 ", \"to\": %" PRIu32 ", \"kind\": \"%s\", \"direction\": \"%s\"", line->a,
            line->b, families[line->family], directions[line->flow & 3]);
    put_when(p, out, line->when);
    put_words(p, out, &line->words);
    putc('}', out);
}

void capdl_picture_write_json(const struct capdl_picture *p, FILE *out)
{
    const char *before = "\n    ";
    fputs("{\n  \"boxes\": [", out);
    for (uint32_t i = 0; i < p->num_boxes; i++) {
        if (!p->boxes[i].hidden) {
            fputs(before, out);
            put_box(p, out, i);
            before = ",\n    ";
        }
    }
    fputs("\n  ],\n  \"lines\": [", out);
    before = "\n    ";
    for (uint32_t i = 0; i < p->num_lines; i++) {
        if (!p->lines[i].hidden) {
            fputs(before, out);
            put_line(p, out, &p->lines[i]);
            before = ",\n    ";
        }
    }
    fputs("\n  ]\n}\n", out);
}
