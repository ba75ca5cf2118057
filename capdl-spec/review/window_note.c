/* SPDX-License-Identifier: BSD-2-Clause */
/* What else of a spec lies in the memory of a frame or untyped. */
#include "window_note.h"

#include <stdlib.h>

#include "gain_rank.h"
#include "others.h"
#include "parties.h"
#include "words.h"

static bool overlap(const struct capdl_spec *spec, uint32_t a, uint32_t b)
{
    uint64_t x = capdl_object_paddr(spec, a), y = capdl_object_paddr(spec, b);
    return x <= y + ((UINT64_C(1) << capdl_object_size_bits(spec, b)) - 1) &&
           y <= x + ((UINT64_C(1) << capdl_object_size_bits(spec, a)) - 1);
}

static bool is_fixed(const struct capdl_spec *spec, uint32_t object)
{
    return capdl_object_flags(spec, object) & CAPDL_OBJECT_HAS_PADDR;
}

/* Who can reach any of several frames, without the subjects. */
static char *reach_note(struct review *review, const uint32_t *frames, size_t num, const uint32_t *subjects,
                        size_t count)
{
    uint32_t *list = NULL;
    size_t found = 0, capacity = 0;
    char *names, *text;
    for (size_t i = 0; i < num; i++) {
        const struct parties *parties = capdl_review_parties(review, &review->new, frames[i]);
        for (size_t j = 0; j < parties->count; j++) {
            bool known = false;
            for (size_t k = 0; k < count && !known; k++) {
                known = subjects[k] == parties->list[j].who;
            }
            for (size_t k = 0; k < found && !known; k++) {
                known = list[k] == parties->list[j].who;
            }
            if (!known) {
                list = capdl_spec_grow(list, &capacity, found + 1, sizeof(*list));
                list[found++] = parties->list[j].who;
            }
        }
    }
    names = capdl_review_names(review, list, found);
    text =
        found ? capdl_review_format("%s can reach them", names) : capdl_review_format("%s", "nobody else reaches them");
    free(names);
    free(list);
    return text;
}

/* "frame 'a' (x can write it) and frame 'b[0..3]' (nobody else reaches them) lie there, too": each with who reaches it,
   elements of an array that follow each other as one. */
static char *lie_there(struct review *review, const uint32_t *frames, size_t num, const uint32_t *users, size_t count)
{
    enum { MOST_NAMED = 6 };
    const struct world *world = &review->new;
    const struct capdl_spec *spec = world->spec;
    char *text = NULL;
    size_t size, done = 0, parts = 0;
    FILE *out = open_memstream(&text, &size);

    while (done < num) {
        size_t end = done + 1;
        char *name, *who;
        if (parts == MOST_NAMED) {
            who = reach_note(review, frames + done, num - done, users, count);
            fprintf(out, " and %zu more (%s)", num - done, who);
            free(who);
            break;
        }
        while (end < num && capdl_object_index(spec, frames[end]) != CAPDL_NO_INDEX &&
               capdl_object_index(spec, frames[end]) == capdl_object_index(spec, frames[end - 1]) + 1 &&
               capdl_object_name(spec, frames[end]) == capdl_object_name(spec, frames[done])) {
            end++;
        }
        name = capdl_review_list(review, world, frames + done, end - done);
        who = end - done > 1 ? reach_note(review, frames + done, end - done, users, count)
                             : capdl_review_others(review, world, users, count, frames[done]);
        fprintf(out, "%s%s (%s)", !parts ? "" : end == num ? " and " : ", ", name, who);
        free(name);
        free(who);
        done = end;
        parts++;
    }
    fclose(out);
    return text;
}

char *capdl_review_window_note(struct review *review, uint32_t object, enum capdl_rank *rank, const uint32_t *users,
                               size_t count)
{
    enum { MOST_FRAMES = 64 };
    const struct world *world = &review->new;
    uint32_t frames[MOST_FRAMES];
    size_t num = 0;
    char *list, *text, *others;

    for (uint32_t i = 0; i < world->spec->num_objects && num < MOST_FRAMES && is_fixed(world->spec, object); i++) {
        if (i == object || capdl_object_kind(world->spec, i) != CAPDL_KIND_FRAME || !is_fixed(world->spec, i) ||
            !overlap(world->spec, i, object)) {
            continue;
        }
        if (capdl_object_kind(world->spec, object) == CAPDL_KIND_FRAME) {
            enum capdl_rank gained = capdl_review_memory_rank(review, users, count, i,
                                                              CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE, CAPDL_RIGHT_WRITE);
            *rank = gained < *rank ? gained : *rank;
        }
        frames[num++] = i;
    }
    if (!num) {
        return capdl_review_format("%s", "");
    }
    if (num == 1) {
        list = capdl_review_list(review, world, frames, num);
        others = capdl_review_others(review, world, users, count, frames[0]);
        text = capdl_review_format("; %s lies there, too: %s", list, others);
        free(others);
    } else {
        list = lie_there(review, frames, num, users, count);
        text = capdl_review_format("; %s lie there, too", list);
    }
    free(list);
    return text;
}
