/* SPDX-License-Identifier: BSD-2-Clause */
#include "console.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <capdl/escape.h>

enum { LONGEST = 32, TAB = 8, LEAST_LIKE = 3 };

static const char mark[] = "image| ";

struct filter {
    FILE *to;
    unsigned width;     /* 0: nothing is marked */
    unsigned column;    /* where the next character comes */
    bool line_begins;   /* nothing of it has been passed on */
    char held[LONGEST]; /* until it is a whole character, or no beginning of ours */
    size_t count;
    struct filter *before; /* whose unfinished line is ended first; 0: nobody's */
};

static const char *const our_lines[] = {
    "capdl", "machine:", "error:", "warning:", "note:", "trace:", "stats:", "image|"};

/* The bytes of the character that begins here, as its first byte says. */
static size_t promised(char c)
{
    uint8_t byte = (uint8_t)c;
    return byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

/*
 * Whether a text looks like this word, or with `may` could when it goes on. Characters that are not ASCII may look like
 * one, or like nothing; `like` counts the letters that are the word's own.
 */
static bool looks_like(const char *text, size_t count, const char *word, unsigned like, bool may)
{
    if (!*word) {
        return like >= LEAST_LIKE;
    }
    if (count == 0) {
        return may;
    }
    if ((uint8_t)*text < 0x80) {
        return *text == *word && looks_like(text + 1, count - 1, word + 1, like + 1, may);
    }
    size_t length = promised(*text) < count ? promised(*text) : count;
    return looks_like(text + length, count - length, word + 1, like, may) ||
           looks_like(text + length, count - length, word, like, may);
}

/* Whether a text begins like one of our lines; `may`: or could, when it goes on. */
static bool like_ours(const char *text, size_t count, bool may)
{
    for (size_t i = 0; i < sizeof(our_lines) / sizeof(our_lines[0]); i++) {
        if (looks_like(text, count, our_lines[i], 0, may)) {
            return true;
        }
    }
    return false;
}

static void put_mark(struct filter *f)
{
    fputs(mark, f->to);
    f->column = sizeof(mark) - 1;
}

/* How many columns it takes at most. */
static unsigned columns_of(const struct filter *f, struct capdl_character c)
{
    if (c.code == '\t') {
        unsigned next = TAB - f->column % TAB, left = f->width > f->column ? f->width - f->column : 0;
        return next < left ? next : left; /* it stops at the edge */
    }
    return !c.printed ? CAPDL_ESCAPE_MOST : c.code < 0x80 ? 1 : 2;
}

static void put_character(struct filter *f, struct capdl_character c)
{
    unsigned columns = columns_of(f, c);
    if (f->width && f->column + columns > f->width && f->column > sizeof(mark)) {
        putc('\n', f->to);
        put_mark(f);
        columns = columns_of(f, c);
    }
    f->column += columns;
    if (c.code == '\t') {
        putc('\t', f->to);
    } else {
        capdl_escape_put(f->to, f->held, c);
    }
}

/* Passes on the first character held; false if more must come first. */
static bool pass_one(struct filter *f, bool last)
{
    struct capdl_character c = capdl_character_at(f->held, f->count);
    bool room = f->count < LONGEST - 4, begins = f->width && f->line_begins;
    bool ascii = f->count && (uint8_t)f->held[0] < 0x80;
    if (f->count == 0 || (!last && f->count < promised(f->held[0]) && !c.utf8)) {
        return false;
    }
    if (!last && f->held[0] == '\r' && f->count == 1) {
        return false;
    }
    if (begins && !last && room && like_ours(f->held, f->count, true) && !like_ours(f->held, f->count, false)) {
        return false;
    }
    if (begins && (like_ours(f->held, f->count, false) || (!room && ascii && like_ours(f->held, f->count, true)))) {
        put_mark(f);
        begins = false;
    }
    f->line_begins = f->held[0] == '\n' || (begins && !ascii); /* what is not ASCII may be invisible */
    if (f->held[0] == '\n') {
        putc('\n', f->to);
        f->column = 0;
    } else if (f->held[0] != '\r' || f->count == 1 || f->held[1] != '\n') {
        put_character(f, c);
    }
    f->count -= c.length;
    memmove(f->held, f->held + c.length, f->count);
    return true;
}

static void pass_rest(struct filter *f)
{
    while (pass_one(f, true)) {
    }
    if (f->width && f->column > 0) {
        putc('\n', f->to);
        f->line_begins = true;
        f->column = 0;
    }
    fflush(f->to);
}

static ssize_t filter_write(void *cookie, const char *bytes, size_t size)
{
    struct filter *f = cookie;
    if (f->before) {
        pass_rest(f->before);
    }
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
    pass_rest(cookie);
    free(cookie);
    return 0;
}

/* What is on no terminal is passed on as it is. */
static ssize_t copy_write(void *cookie, const char *bytes, size_t size)
{
    struct filter *f = cookie;
    size_t written = fwrite(bytes, 1, size, f->to);
    fflush(f->to);
    return written == size ? (ssize_t)size : 0;
}

static FILE *filter_open(struct filter **f, FILE *to, unsigned width, cookie_write_function_t *write)
{
    *f = calloc(1, sizeof(**f));
    FILE *stream = *f ? fopencookie(*f, "w", (cookie_io_functions_t){.write = write, .close = filter_close}) : NULL;
    if (!stream) {
        free(*f);
        return NULL;
    }
    **f = (struct filter){.to = to, .width = width, .line_begins = true};
    setvbuf(stream, NULL, _IONBF, 0);
    return stream;
}

unsigned console_width(FILE *stream)
{
    struct winsize size;
    if (!isatty(fileno(stream))) {
        return 0;
    }
    return ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

bool console_open(struct console *console, FILE *image_to, FILE *ours_to, unsigned width)
{
    struct filter *image, *ours;
    console->image = filter_open(&image, image_to, width, width ? filter_write : copy_write);
    console->ours = console->image ? filter_open(&ours, ours_to, 0, filter_write) : NULL;
    if (!console->ours) {
        if (console->image) {
            fclose(console->image);
        }
        return false;
    }
    ours->before = width ? image : NULL;
    return true;
}

void console_close(struct console *console)
{
    fclose(console->ours);
    fclose(console->image);
}
