/* SPDX-License-Identifier: BSD-2-Clause */
/* Leaves out runs of lines, then ever shorter ones, then untypeds, while the sample is wrong in the same way. */
#include <string.h>
#include <time.h>

#include "random.h"

enum { KIND = 256 };

struct shrinking {
    struct sample *sample;
    bool real;
    char kind[KIND];
    time_t end;
};

void outcome_kind(const char *reason, char *kind, size_t size)
{
    size_t length = 0;
    for (char quote = 0; *reason && length + 1 < size; reason++) {
        if (quote ? *reason == quote : *reason == '`' || *reason == '\'') {
            quote = quote ? 0 : *reason == '`' ? '`' : '\'';
        } else if (!quote && ((*reason >= 'g' && *reason <= 'z' && *reason != 'x') || *reason == ' ')) {
            kind[length++] = *reason;
        }
    }
    kind[length] = 0;
}

static bool still_wrong(struct shrinking *s)
{
    struct outcome outcome;
    char kind[KIND];
    if (time(NULL) >= s->end) {
        return false;
    }
    sample_check(s->sample, s->real, &outcome);
    outcome_kind(outcome.reason, kind, sizeof(kind));
    return outcome.verdict == VERDICT_WRONG && strcmp(kind, s->kind) == 0;
}

static bool drop_lines(struct shrinking *s, size_t first, size_t count)
{
    bool before[4096], any = false;
    for (size_t i = 0; i < count; i++) {
        struct line *line = &s->sample->lines[first + i];
        before[i] = line->dropped;
        any = any || !line->dropped;
        line->dropped = true;
    }
    if (any && still_wrong(s)) {
        return true;
    }
    for (size_t i = 0; i < count; i++) {
        s->sample->lines[first + i].dropped = before[i];
    }
    return false;
}

static bool shrink_lines(struct shrinking *s)
{
    bool smaller = false;
    for (size_t length = s->sample->num_lines / 2; length > 0; length /= 2) {
        for (size_t first = s->sample->num_lines; first >= length; first -= length) {
            if (length <= 4096 && drop_lines(s, first - length, length)) {
                smaller = true;
            }
        }
    }
    return smaller;
}

static bool shrink_untypeds(struct shrinking *s)
{
    bool smaller = false;
    for (size_t i = 0; i < s->sample->num_untypeds; i++) {
        if (s->sample->untyped_dropped[i]) {
            continue;
        }
        s->sample->untyped_dropped[i] = true;
        if (still_wrong(s)) {
            smaller = true;
        } else {
            s->sample->untyped_dropped[i] = false;
        }
    }
    return smaller;
}

void sample_shrink(struct sample *sample, bool real, unsigned seconds)
{
    struct shrinking s = {.sample = sample, .real = real, .end = time(NULL) + seconds};
    struct outcome outcome;
    sample_check(sample, real, &outcome);
    outcome_kind(outcome.reason, s.kind, sizeof(s.kind));
    for (bool smaller = true; smaller;) {
        smaller = shrink_lines(&s);
        smaller = shrink_untypeds(&s) || smaller;
    }
}
