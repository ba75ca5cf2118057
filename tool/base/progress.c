/* SPDX-License-Identifier: BSD-2-Clause */
#include "progress.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <capdl/escape.h>

#include "ending.h"
#include "memory.h"

enum { WIDEST = 400, USUAL_WIDTH = 80, FIRST_SECONDS = 1, MICROSECONDS_BETWEEN = 200000 };

static const char *command; /* NULL: nothing is shown */
static time_t began;
/* What the timer reads: */
static char *volatile said; /* escaped; NULL: nothing */
static _Atomic size_t part_done, part_whole;
static volatile sig_atomic_t drawn, writing; /* writing: also while a line that others write is unfinished */

static time_t seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

/* ---- in the handlers of signals ---- */

struct line {
    char bytes[4 * WIDEST + 16];
    size_t length;
    unsigned columns; /* left */
};

/* As much of a text as has room; characters that are not ASCII may take two columns. */
static void put(struct line *line, const char *text)
{
    for (; *text; text++) {
        uint8_t byte = (uint8_t)*text;
        unsigned columns = byte < 0x80 ? 1 : byte < 0xc0 ? 0 : 2;
        if (columns > line->columns) {
            line->columns = 0;
            return;
        }
        line->columns -= columns;
        line->bytes[line->length++] = *text;
    }
}

static void put_number(struct line *line, uint64_t number)
{
    char digits[24], *at = digits + sizeof(digits) - 1;
    *at = 0;
    do {
        *--at = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    put(line, at);
}

/* The last column stays empty: some terminals go on to the next line there. */
static unsigned columns(void)
{
    struct winsize size;
    unsigned width = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : USUAL_WIDTH;
    return width < WIDEST ? width - 1 : WIDEST - 1;
}

static void clear(void)
{
    static const char clearing[] = "\r\033[K";
    if (drawn) {
        ssize_t written = write(STDERR_FILENO, clearing, sizeof(clearing) - 1);
        (void)written;
        drawn = 0;
    }
}

/* The timer draws nothing any more. */
static void clear_for_good(void)
{
    said = NULL;
    clear();
}

static void draw(void)
{
    struct line line = {.bytes = "\r", .length = 1, .columns = columns()};
    size_t whole = part_whole;
    put(&line, "capdl: ");
    put(&line, command);
    put(&line, ": ");
    put(&line, said);
    put(&line, ", ");
    put_number(&line, whole ? 100 * (uint64_t)part_done / whole : (uint64_t)(seconds_now() - began));
    put(&line, whole ? " %" : " s");
    line.columns = 3;
    put(&line, "\033[K");
    drawn = 1;
    ssize_t written = write(STDERR_FILENO, line.bytes, line.length);
    (void)written;
}

static void tick(int number)
{
    int error = errno;
    (void)number;
    if (said && !writing && tcgetpgrp(STDERR_FILENO) == getpgrp()) {
        draw();
    }
    errno = error;
}

/* Ctrl-Z. */
static void pause_here(int number)
{
    int error = errno;
    (void)number;
    clear();
    raise(SIGSTOP);
    errno = error;
}

/* ---- the streams ---- */

static void stop_timer(void)
{
    setitimer(ITIMER_REAL, &(struct itimerval){.it_value = {0}}, NULL);
}

#ifdef __GLIBC__ /* elsewhere streams cannot be replaced */
/* What begins to appear on standard output is what the user has waited for. */
static ssize_t pass_on(void *cookie, const char *bytes, size_t size)
{
    const int *file = cookie;
    size_t at = 0;
    ssize_t written = 0;
    writing = 1;
    clear();
    if (*file == STDOUT_FILENO) {
        stop_timer();
    }
    for (; at < size && written >= 0; at += written > 0 ? (size_t)written : 0) {
        written = write(*file, bytes + at, size - at);
    }
    writing = size > 0 && bytes[size - 1] != '\n';
    return at == size ? (ssize_t)size : 0;
}

static bool replace(FILE **stream, const int *file, int buffering)
{
    FILE *other = fopencookie((void *)(uintptr_t)file, "w", (cookie_io_functions_t){.write = pass_on});
    if (!other) {
        return false;
    }
    fflush(*stream);
    setvbuf(other, NULL, buffering, 0);
    *stream = other;
    return true;
}

static bool replace_streams(void)
{
    static const int out = STDOUT_FILENO, err = STDERR_FILENO;
    return replace(&stderr, &err, _IONBF) && (!isatty(STDOUT_FILENO) || replace(&stdout, &out, _IOLBF));
}
#else
static bool replace_streams(void)
{
    return false;
}
#endif

/* ---- what others call ---- */

static bool is_watched(void)
{
    struct stat out;
    const char *terminal = getenv("TERM"), *ci = getenv("CI");
    return isatty(STDERR_FILENO) && terminal && *terminal && strcmp(terminal, "dumb") != 0 && !(ci && *ci) &&
           !(fstat(STDOUT_FILENO, &out) == 0 && (S_ISFIFO(out.st_mode) || S_ISSOCK(out.st_mode)));
}

static void end(void)
{
    stop_timer();
    clear();
}

void progress_start(const char *name)
{
    struct sigaction act = {.sa_handler = tick, .sa_flags = SA_RESTART}, before;
    struct itimerval timer = {{0, MICROSECONDS_BETWEEN}, {FIRST_SECONDS, 0}};
    if (command || !is_watched() || !replace_streams()) {
        return;
    }
    command = name;
    began = seconds_now();
    sigemptyset(&act.sa_mask);
    sigaction(SIGALRM, &act, NULL);
    act.sa_handler = pause_here;
    if (sigaction(SIGTSTP, NULL, &before) == 0 && before.sa_handler == SIG_DFL) {
        sigaction(SIGTSTP, &act, NULL);
    }
    ending_add(clear_for_good);
    atexit(end);
    setitimer(ITIMER_REAL, &timer, NULL);
}

void progress_say(const char *doing, const char *name)
{
    char *old = said, *text = NULL;
    size_t size;
    if (!command) {
        return;
    }
    if (doing) {
        FILE *out = memory_need(open_memstream(&text, &size));
        capdl_escape_printf(out, name ? "%s %s" : "%s", doing, name);
        fclose(out);
    }
    said = NULL;
    part_whole = part_done = 0;
    if (!doing) {
        clear();
    }
    said = text;
    free(old);
}

void progress_part(size_t done, size_t whole)
{
    part_done = done;
    part_whole = whole;
}

void progress_forget(void)
{
    if (command) {
        said = NULL;
        drawn = 0;
        command = NULL;
        signal(SIGTSTP, SIG_DFL);
    }
}
