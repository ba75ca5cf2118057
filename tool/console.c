/* SPDX-License-Identifier: BSD-2-Clause */
#include "console.h"

#include <stdlib.h>
#include <string.h>

#include <capdl/escape.h>

enum { LONGEST = 16 }; /* what is held back until it is a whole character, or no beginning of ours */

struct filter {
    FILE *to;
    bool mark, line_begins;
    char held[LONGEST];
    size_t count;
};

static const char *const our_lines[] = {"capdl", "machine:", "error:", "warning:", "image|"};

/* Whether a text begins like one of our lines; `may`: or could, when it goes on. */
static bool like_ours(const char *text, size_t count, bool may)
{
    for (size_t i = 0; i < sizeof(our_lines) / sizeof(our_lines[0]); i++) {
        size_t length = strlen(our_lines[i]), common = count < length ? count : length;
        if (memcmp(text, our_lines[i], common) == 0 && (may || count >= length)) {
            return true;
        }
    }
    return false;
}

/* The bytes of the character that begins here, as its first byte says. */
static size_t promised(char c)
{
    uint8_t byte = (uint8_t)c;
    return byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

/* Passes on the first character held; false if more must come first. */
static bool pass_one(struct filter *f, bool last)
{
    struct capdl_character c = capdl_character_at(f->held, f->count);
    if (f->count == 0 || (!last && f->count < promised(f->held[0]) && !c.utf8)) {
        return false;
    }
    if (!last && f->held[0] == '\r' && f->count == 1) {
        return false;
    }
    if (f->mark && f->line_begins && !last && f->count < LONGEST / 2 && like_ours(f->held, f->count, true) &&
        !like_ours(f->held, f->count, false)) {
        return false;
    }
    if (f->mark && f->line_begins && like_ours(f->held, f->count, false)) {
        fputs("image| ", f->to);
    }
    f->line_begins = f->held[0] == '\n';
    if (f->held[0] == '\n' || f->held[0] == '\t') {
        putc(f->held[0], f->to);
    } else if (f->held[0] != '\r' || f->count == 1 || f->held[1] != '\n') {
        capdl_escape_put(f->to, f->held, c);
    }
    f->count -= c.length;
    memmove(f->held, f->held + c.length, f->count);
    return true;
}

static ssize_t filter_write(void *cookie, const char *bytes, size_t size)
{
    struct filter *f = cookie;
    for (size_t i = 0; i < size; i++) {
        f->held[f->count++] = bytes[i];
        while (pass_one(f, f->count == LONGEST)) {
        }
    }
    fflush(f->to);
    return (ssize_t)size;
}

static int filter_close(void *cookie)
{
    struct filter *f = cookie;
    while (pass_one(f, true)) {
    }
    int result = fflush(f->to);
    free(f);
    return result;
}

FILE *console_filter(FILE *to, bool mark)
{
    struct filter *f = calloc(1, sizeof(*f));
    FILE *stream =
        f ? fopencookie(f, "w", (cookie_io_functions_t){.write = filter_write, .close = filter_close}) : NULL;
    if (!stream) {
        free(f);
        return NULL;
    }
    *f = (struct filter){.to = to, .mark = mark, .line_begins = true};
    setvbuf(stream, NULL, _IONBF, 0);
    return stream;
}
