/* SPDX-License-Identifier: BSD-2-Clause */
/* All that somebody reaches, by whatever tables. */
#include "reach.h"

#include <stdlib.h>

#include "normal_form.h"
#include "parties.h"
#include "words.h"

struct reached {
    uint64_t address, object;
    uint8_t rights, flags;
};

static int reached_compare(const void *left, const void *right)
{
    const struct reached *a = left, *b = right;
    if (a->address != b->address) {
        return a->address < b->address ? -1 : 1;
    }
    if (a->object != b->object) {
        return a->object < b->object ? -1 : 1;
    }
    return a->rights != b->rights ? (int)a->rights - (int)b->rights : (int)a->flags - (int)b->flags;
}

static struct reached *find_reached(const struct world *world, uint32_t who, size_t *count)
{
    struct reached *list = NULL;
    size_t capacity = 0;
    *count = 0;
    for (uint32_t i = 0; i < world->spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(world->spec, i);
        enum capdl_kind kind = capdl_object_kind(world->spec, i);
        for (size_t j = world->first_use[i];
             (capdl_kind_is_table(kind) || kind == CAPDL_KIND_IO_PT) && j < world->first_use[i + 1]; j++) {
            const struct use *use = &world->uses[j];
            for (uint32_t k = 0; capdl_review_who(world, use) == who && use->shift < 64 && k < caps.count; k++) {
                struct plain_cap plain = capdl_review_cap(world->spec, &caps.list[k]);
                if (plain.kind == CAPDL_KIND_FRAME) {
                    list = capdl_spec_grow(list, &capacity, *count + 1, sizeof(*list));
                    list[(*count)++] = (struct reached){use->address | caps.list[k].slot << use->shift,
                                                        world->object_number[plain.object], plain.rights, plain.flags};
                }
            }
        }
    }
    if (*count) {
        qsort(list, *count, sizeof(*list), reached_compare);
    }
    return list;
}

bool capdl_review_same_map(const struct review *review, uint32_t who)
{
    size_t num_old, num_new;
    struct reached *old = find_reached(&review->old, who, &num_old), *new = find_reached(&review->new, who, &num_new);
    bool same = num_old == num_new;
    for (size_t i = 0; same && i < num_old; i++) {
        same = reached_compare(&old[i], &new[i]) == 0;
    }
    free(old);
    free(new);
    return same;
}

char *capdl_review_reach(const struct review *review, const struct world *world, uint32_t who)
{
    size_t count, size;
    struct reached *list = find_reached(world, who, &count);
    uint32_t *frames = capdl_spec_realloc(NULL, (count + 1) * sizeof(*frames));
    char *text = NULL, letters[8];
    FILE *out = open_memstream(&text, &size);
    bool any = false;
    for (unsigned rights = CAPDL_RIGHTS_ALL + 1; rights-- > 0;) {
        size_t kept = 0;
        for (size_t i = 0; i < count; i++) {
            if (list[i].rights == rights) {
                frames[kept++] = capdl_review_local(review, world, list[i].object);
            }
        }
        if (kept) {
            char *names = capdl_review_list(review, world, frames, kept);
            fprintf(out, "%s%s (%s)", any ? ", " : "", names, capdl_review_rights(CAPDL_KIND_FRAME, rights, letters));
            free(names);
            any = true;
        }
    }
    fputs(any ? "" : "no memory", out);
    fclose(out);
    free(frames);
    free(list);
    return text;
}
