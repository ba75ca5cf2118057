/* SPDX-License-Identifier: BSD-2-Clause */
/* What who gains a page can do to those who have it. */
#include "frame_power.h"

#include <stdlib.h>
#include <string.h>

#include "lists.h"
#include "parties.h"
#include "roles.h"
#include "words.h"

/* "x and y write": those who have a right to a frame, without the users; to be freed, NULL for nobody. */
static char *with_right(struct review *review, const uint32_t *users, size_t count, uint32_t frame, uint8_t right,
                        const char *verb)
{
    const struct parties *parties = capdl_review_parties(review, &review->new, frame);
    uint32_t *list = capdl_spec_realloc(NULL, (parties->count + 1) * sizeof(*list));
    size_t found = 0;
    char *names = NULL;
    for (size_t i = 0; i < parties->count; i++) {
        uint32_t who = parties->list[i].who;
        if (!capdl_review_among(users, count, who) && parties->list[i].rights & right &&
            (!found || list[found - 1] != who)) {
            list[found++] = who;
        }
    }
    if (found) {
        char *all = capdl_review_names(review, list, found);
        names = capdl_review_format("%s %s%s", all, verb, found == 1 ? "s" : "");
        free(all);
    }
    free(list);
    return names;
}

char *capdl_review_frame_power(struct review *review, const uint32_t *users, size_t count, uint32_t frame,
                               uint8_t gained)
{
    uint32_t whose;
    const char *role = capdl_review_frame_role(&review->new, frame, &whose);
    uint32_t owner = role ? review->new.subject_number[whose] : REVIEW_NONE;
    char *writers, *readers, *text;
    if (role && gained & CAPDL_RIGHT_WRITE && !capdl_review_is_only(users, count, owner)) {
        return capdl_review_format(strcmp(role, "IPC buffer") == 0
                                       ? "; so \4it|they\4 can change the messages that %s sends and receives%.0s"
                                       : "; so \4it|they\4 can make %s do all that %s may",
                                   capdl_review_subject(review, owner), capdl_review_subject(review, owner));
    }
    writers = gained & CAPDL_RIGHT_READ ? with_right(review, users, count, frame, CAPDL_RIGHT_WRITE, "write") : NULL;
    readers = gained & CAPDL_RIGHT_WRITE
                  ? with_right(review, users, count, frame, CAPDL_RIGHT_READ | CAPDL_RIGHT_EXECUTE, "find")
                  : NULL;
    const char *device = !(capdl_object_flags(review->new.spec, frame) & CAPDL_OBJECT_HAS_PADDR) ? ""
                         : gained & CAPDL_RIGHT_WRITE
                             ? "drive the device there, if it is one"
                             : "read the device there, if it is one, which can change its state";
    bool any = writers || readers || *device;
    text = capdl_review_format("%s%s%s%s%s%s%s%s", any ? "; so \4it|they\4 can " : "", device,
                               !*device || !(writers || readers) ? ""
                               : writers && readers              ? ", "
                                                                 : ", and ",
                               writers ? "see what " : "", writers ? writers : "",
                               writers ? readers ? " there, and " : " there" : "", readers ? "change what " : "",
                               readers ? readers : "");
    if (readers) {
        char *whole = capdl_review_format("%s there", text);
        free(text);
        text = whole;
    }
    free(writers);
    free(readers);
    return text;
}
