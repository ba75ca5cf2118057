/* SPDX-License-Identifier: BSD-2-Clause */
/* Objects with another name. */
#include "judge_names.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "findings.h"
#include "match.h"
#include "words.h"

static int rename_compare(const void *left, const void *right, void *context)
{
    const struct review *review = context;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    int order = strcmp(capdl_object_name(review->old.spec, a), capdl_object_name(review->old.spec, b));
    uint32_t x = capdl_object_index(review->old.spec, a) + 1, y = capdl_object_index(review->old.spec, b) + 1;
    return order ? order : x < y ? -1 : x > y;
}

/* Elements of one array that all went to another one are said together. */
static uint32_t rename_run(const struct review *review, const uint32_t *list, uint32_t count)
{
    const struct capdl_spec *old = review->old.spec, *new = review->new.spec;
    uint32_t run = 1, a = list[0], b = review->matched[a];
    while (run < count && capdl_object_index(old, a) != CAPDL_NO_INDEX &&
           capdl_object_index(new, b) != CAPDL_NO_INDEX) {
        uint32_t x = list[run], y = review->matched[x];
        if (strcmp(capdl_object_name(old, a), capdl_object_name(old, x)) != 0 ||
            strcmp(capdl_object_name(new, b), capdl_object_name(new, y)) != 0 ||
            capdl_object_index(old, x) != capdl_object_index(old, a) + run ||
            capdl_object_index(new, y) != capdl_object_index(new, b) + run) {
            break;
        }
        run++;
    }
    return run;
}

static void write_rename(const struct review *review, FILE *out, uint32_t first, uint32_t run)
{
    char old[REVIEW_LABEL], new[REVIEW_LABEL];
    uint32_t now = review->matched[first];
    capdl_object_label(review->old.spec, first, old, sizeof(old));
    capdl_object_label(review->new.spec, now, new, sizeof(new));
    if (run > 1) {
        snprintf(old, sizeof(old), "%.100s[%" PRIu32 "..%" PRIu32 "]", capdl_object_name(review->old.spec, first),
                 capdl_object_index(review->old.spec, first), capdl_object_index(review->old.spec, first) + run - 1);
        snprintf(new, sizeof(new), "%.100s[%" PRIu32 "..%" PRIu32 "]", capdl_object_name(review->new.spec, now),
                 capdl_object_index(review->new.spec, now), capdl_object_index(review->new.spec, now) + run - 1);
    }
    fprintf(out, "%s -> %s", old, new);
}

void capdl_review_judge_names(struct review *review)
{
    enum { MOST_NAMED = 8 };
    uint32_t *list = capdl_spec_realloc(NULL, (review->old.spec->num_objects + (size_t)1) * sizeof(*list));
    uint32_t count = 0, shown = 0;
    char *text = NULL;
    size_t size;
    FILE *out;

    for (uint32_t i = 0; i < review->old.spec->num_objects; i++) {
        if (review->matched[i] != REVIEW_NONE &&
            !capdl_review_same_name(review->old.spec, i, review->new.spec, review->matched[i])) {
            list[count++] = i;
        }
    }
    if (count) {
        out = open_memstream(&text, &size);
        qsort_r(list, count, sizeof(*list), rename_compare, review);
        for (uint32_t i = 0, run; i < count && shown < MOST_NAMED; i += run, shown++) {
            run = rename_run(review, list + i, count - i);
            fputs(shown ? ", " : "", out);
            write_rename(review, out, list[i], run);
            fputs(shown + 1 == MOST_NAMED && i + run < count ? ", ..." : "", out);
        }
        fclose(out);
        capdl_review_add(review, CAPDL_RANK_LAYOUT, CAPDL_RENAMED, FINDING_NO_OBJECT,
                         "%" PRIu32 " object%s other names: %s", count, count == 1 ? " has" : "s have", text);
        if (count == 1) {
            free(review->raw[review->num_raw - 1].text);
            review->raw[review->num_raw - 1].text = capdl_review_format("1 object has another name: %s", text);
        }
    }
    free(text);
    free(list);
}
