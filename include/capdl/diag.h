/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Diagnostics: what is wrong, where, what was expected. Collected, so that one run reports every mistake, and printed
 * by whoever owns the list (the tool prints text with a caret, or JSON).
 */
#ifndef CAPDL_DIAG_H
#define CAPDL_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <capdl/facts.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A position in a source. line 0: it is not known (an object made by a front end); column 0: the whole line; column
 * CAPDL_POS_OFFSET: `line` is 1 + the offset of a byte in the text, whose line and column capdl_diags_locate finds.
 */
enum { CAPDL_POS_OFFSET = UINT16_MAX };
struct capdl_pos {
    uint32_t line;
    uint16_t column; /* in characters from 1; saturates below CAPDL_POS_OFFSET */
    uint16_t file;   /* index in capdl_diags.files */
};

/* The position of what is in no source: the command line, an image, a kernel. */
#define CAPDL_NOWHERE CAPDL_POS_IN(UINT16_MAX)
/* The position of problems of the spec as a whole: the first source. */
#define CAPDL_WHOLE_SPEC CAPDL_POS_IN(0)
#ifdef __cplusplus
#define CAPDL_POS_IN(file) (capdl_pos{0, 0, file})
#else
#define CAPDL_POS_IN(file) ((struct capdl_pos){0, 0, file})
#endif

enum capdl_severity { CAPDL_ERROR, CAPDL_WARNING, CAPDL_NOTE };

struct capdl_diag {
    enum capdl_severity severity; /* a note belongs to the error or warning before it */
    struct capdl_pos pos;
    enum capdl_check check; /* that found it */
    char *message;          /* one sentence, no full stop, no newline */
};

/* From this offset on, lines are those of another file: what a line marker says. */
struct capdl_marker {
    uint32_t offset, line;
    uint16_t file;
};

/* A source text kept for diagnostics. The name is shown; text may be NULL if it is not available. */
struct capdl_source {
    char *name;
    const char *text;
    size_t size;
    struct capdl_marker *markers; /* ascending */
    size_t num_markers, capacity_markers;
};

struct capdl_diags {
    struct capdl_diag *list;
    size_t count, capacity;
    size_t num_errors, num_warnings;
    struct capdl_source **files; /* each stays where it is, however many follow */
    size_t num_files;
    bool disabled[CAPDL_CHECK_COUNT]; /* findings of these checks are dropped */
    bool muted;                       /* private: the last one was dropped */
};

#if defined(__GNUC__)
#define CAPDL_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define CAPDL_PRINTF(f, a)
#endif

/* Registers a source; the name is copied, the text is not and must live as long as the list. Returns its index. */
uint16_t capdl_diags_add_source(struct capdl_diags *, const char *name, const char *text, size_t size);

/* A check's name ("slot-range"), what it finds, and the severity of that. Strings are static. */
const char *capdl_check_name(enum capdl_check);
const char *capdl_check_text(enum capdl_check);
enum capdl_severity capdl_check_severity(enum capdl_check);
/* CAPDL_CHECK_NONE if no check has this name. */
enum capdl_check capdl_check_find(const char *name);

/* Each adds one diagnostic. pos is taken as it is; the message is formatted and copied. */
void capdl_error(struct capdl_diags *, struct capdl_pos, const char *format, ...) CAPDL_PRINTF(3, 4);
void capdl_note(struct capdl_diags *, struct capdl_pos, const char *format, ...) CAPDL_PRINTF(3, 4);
/* The same for a check, which users can disable by its name; every warning belongs to one. */
void capdl_finding(struct capdl_diags *, enum capdl_severity, enum capdl_check, struct capdl_pos, const char *format,
                   ...) CAPDL_PRINTF(5, 6);

/* Adds a line marker to a source; one that is not after the last is ignored. */
void capdl_diags_add_marker(struct capdl_diags *, uint16_t source, struct capdl_marker);
/* Converts all positions that are offsets into lines and columns. */
void capdl_diags_locate(struct capdl_diags *);
/* Prints `file:line:col: error: message`, the source line and a caret, in source order, at most `most` errors and as
   many warnings (0: all). */
void capdl_diags_print(struct capdl_diags *, FILE *, size_t most);

/* Frees everything the list owns and empties it. */
void capdl_diags_free(struct capdl_diags *);

#ifdef __cplusplus
}
#endif

#endif
