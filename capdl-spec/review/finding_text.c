/* SPDX-License-Identifier: BSD-2-Clause */
/* Findings as sentences. */
#include "finding_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "effects.h"
#include "finding_fields.h"
#include "finding_groups.h"
#include "parties.h"
#include "roles.h"
#include "words.h"

/* ---- Sentences ---- */

enum object_words { OBJECT_NAME, OBJECT_KIND, OBJECT_ROLE }; /* each with what the one before says */

/* The size of one page becomes that of each: "4 KiB each, the first at physical 0x1000". */
static void say_each(char role[REVIEW_LABEL])
{
    char *place = strstr(role, " at physical"), rest[REVIEW_LABEL - sizeof(" each")] = "";
    if (place) {
        snprintf(rest, sizeof(rest), ", the first%s", place);
        *place = '\0';
    }
    snprintf(role + strlen(role), REVIEW_LABEL - strlen(role), " each%s", rest);
}

static char *object_text(const struct review *review, const struct group *group, enum object_words words)
{
    char object[REVIEW_LABEL] = "", role[REVIEW_LABEL] = "", *range;
    const struct raw_finding *raw = group->first;
    struct review *roles = (struct review *)(uintptr_t)review;
    uint32_t local;
    bool several;
    if (raw->object == FINDING_NO_OBJECT) {
        return NULL;
    }
    capdl_review_object(review, raw->object, object);
    several = raw->object != group->last->object;
    range = capdl_finding_element(review, raw).array ? strrchr(object, ']') : NULL;
    if (range && several) { /* 'x[0]' becomes 'x[0..3]' */
        snprintf(range, sizeof(object) - (size_t)(range - object), "..%" PRIu32 "]'",
                 capdl_finding_element(review, group->last).index);
    } else if (several) {
        size_t length = strlen(object);
        snprintf(object + length, sizeof(object) - length, " to '%.60s'",
                 capdl_finding_element(review, group->last).name);
    }
    if (words == OBJECT_NAME) {
        char *name = strchr(object, '\'');
        return name ? capdl_review_format("%.*s", (int)strlen(name + 1) - 1, name + 1) : NULL;
    }
    local = capdl_review_local(review, &review->new, raw->object);
    if (words == OBJECT_KIND) {
        local = REVIEW_NONE;
    } else if (local != REVIEW_NONE) {
        capdl_review_role(roles, &review->new, local, role);
    } else if ((local = capdl_review_local(review, &review->old, raw->object)) != REVIEW_NONE) {
        capdl_review_role(roles, &review->old, local, role);
    }
    if (several && *role && capdl_review_kind(review, raw->object) == CAPDL_KIND_FRAME) {
        say_each(role);
    }
    bool fresh = words == OBJECT_ROLE && raw->object < review->new.spec->num_objects &&
                 review->old_of[raw->object] == REVIEW_NONE;
    return capdl_review_format("%s%s%s%s%s", fresh ? "new " : "", object, *role ? " (" : "", role, *role ? ")" : "");
}

char *capdl_finding_objects(const struct review *review, const struct group *group)
{
    return object_text(review, group, OBJECT_NAME);
}

static void write_addresses(FILE *out, const struct group *group, bool old)
{
    const struct raw_finding *a = group->first, *b = group->last;
    uint64_t first = old ? a->old_address : a->address, last = (old ? b->old_address : b->address) + b->size - 1;
    fprintf(out, "0x%" PRIx64, first);
    if (last > first && (a != b || a->size > 4096)) {
        fprintf(out, " to 0x%" PRIx64, last);
    }
}

/* Of "has|have" and what closes it: the verb for one or for several subjects; returns the length of both. */
static size_t write_verb(FILE *out, const char *text, bool several)
{
    size_t one = strcspn(text, "|"), both = strcspn(text, "\4");
    fprintf(out, "%.*s", (int)(several ? both - one - 1 : one), several ? text + one + 1 : text);
    return both + 1;
}

/* The way of the first of several flows. */
static void write_way(const struct review *review, FILE *out, const struct raw_finding *raw)
{
    fputs("; for example ", out);
    for (size_t i = 0; i < raw->num_path; i++) {
        char *name = capdl_review_who_name(review, raw->path[i]);
        fprintf(out, "%s%s", i ? " -> " : "", name);
        free(name);
    }
}

char *capdl_finding_sentence(const struct review *review, const struct group *group)
{
    const struct raw_finding *raw = group->first;
    char *text = NULL, *object = object_text(review, group, OBJECT_ROLE);
    char *bare = object_text(review, group, OBJECT_KIND);
    size_t size, length = group->cut ? capdl_finding_main_length(raw) : strlen(raw->text), i = 0;
    FILE *out = open_memstream(&text, &size);
    fputs(raw->exchange ? "in exchange, " : "", out);
    if (raw->num_subjects > 1 && strncmp(raw->text, "'s ", 3) == 0) {
        char *names = capdl_review_names(review, raw->subjects, raw->num_subjects);
        fprintf(out, "%s: ", names);
        free(names);
        i = 3;
    } else if (raw->num_subjects && !strchr(raw->text, '\16')) {
        char *names = capdl_review_names(review, raw->subjects, raw->num_subjects);
        fputs(names, out);
        free(names);
    }
    for (; i < length; i++) {
        if (raw->text[i] == '\1') {
            fputs(object ? object : "", out);
        } else if (raw->text[i] == '\3') {
            fputs(bare ? bare : "", out);
        } else if (raw->text[i] == '\2') {
            write_addresses(out, group, false);
        } else if (raw->text[i] == '\7') {
            write_addresses(out, group, true);
        } else if (raw->text[i] == '\4') {
            i += write_verb(out, raw->text + i + 1, raw->num_subjects > 1);
        } else if (raw->text[i] == '\5' || raw->text[i] == '\6' || raw->text[i] == '\16') {
            unsigned number = raw->text[i] == '\6';
            bool self = raw->text[i] == '\16';
            char *names = capdl_review_names(review, self ? raw->subjects : raw->others[number],
                                             self ? raw->num_subjects : raw->num_others[number]);
            fputs(names, out);
            free(names);
        } else {
            putc(raw->text[i], out);
        }
    }
    if (group->cut && raw->num_path && !raw->bypassed) {
        write_way(review, out, raw);
    }
    if (group->cut && raw->message && raw->object == group->last->object) {
        char *note = capdl_review_message_note((struct review *)(uintptr_t)review, raw->subjects, raw->num_subjects,
                                               raw->message);
        fprintf(out, "; %s", note);
        free(note);
    }
    fclose(out);
    free(object);
    free(bare);
    return text;
}

char *capdl_finding_where(const struct review *review, const struct raw_finding *raw)
{
    static const char *const slots[] = {
#define CAPDL_TCB_SLOT(id, number, name) [number] = name,
#include <capdl/tcbslots.def>
#undef CAPDL_TCB_SLOT
    };
    char label[REVIEW_LABEL];
    const char *old = raw->world == &review->old ? " in the old system" : "";
    if (raw->holder == REVIEW_NONE) {
        return NULL;
    }
    capdl_object_label(raw->world->spec, raw->holder, label, sizeof(label));
    if (capdl_object_kind(raw->world->spec, raw->holder) == CAPDL_KIND_TCB && raw->slot < CAPDL_TCB_SLOT_COUNT) {
        return capdl_review_format("%s of %s%s", slots[raw->slot], label, old);
    }
    return capdl_review_format("slot %" PRIu64 " of %s%s", raw->slot, label, old);
}
