/* SPDX-License-Identifier: BSD-2-Clause */
/* Findings as sentences. What differs by the index of an array's element or by the subject only is said once. */
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

static const struct {
    const char *word, *meaning;
} ranks[] = {
#define CAPDL_RANK(id, number, word, meaning) [number] = {word, meaning},
#include <capdl/ranks.def>
#undef CAPDL_RANK
};

const char *capdl_rank_word(enum capdl_rank rank)
{
    return ranks[rank].word;
}

const char *capdl_rank_meaning(enum capdl_rank rank)
{
    return ranks[rank].meaning;
}

/* An object as the spec shows it in which it is best called by its name; false if it is what the kernel has from the
 * start. */
static bool object_of(const struct review *review, uint64_t object, const struct capdl_spec **spec, uint32_t *id)
{
    uint32_t count = review->new.spec->num_objects;

    if (object >> 32) {
        return false;
    }
    *spec = object < count ? review->new.spec : review->old.spec;
    *id = object < count ? (uint32_t)object : (uint32_t)object - count;
    return true;
}

enum capdl_kind capdl_review_kind(const struct review *review, uint64_t object)
{
    const struct capdl_spec *spec;
    uint32_t id;

    return object_of(review, object, &spec, &id) ? capdl_object_kind(spec, id) : (enum capdl_kind)(uint32_t)object;
}

const char *capdl_review_object(const struct review *review, uint64_t object, char *buffer)
{
    const struct capdl_spec *spec;
    uint32_t id;
    char label[REVIEW_LABEL / 2];

    if (object_of(review, object, &spec, &id)) {
        snprintf(buffer, REVIEW_LABEL, "%s '%s'", capdl_kind_name(capdl_object_kind(spec, id)),
                 capdl_object_label(spec, id, label, sizeof(label)));
    } else {
        snprintf(buffer, REVIEW_LABEL, "%s", capdl_kind_name((enum capdl_kind)(uint32_t)object));
    }
    return buffer;
}

const char *capdl_review_subject(const struct review *review, uint32_t subject)
{
    uint32_t count = review->new.num_subjects;

    return subject < count ? review->new.subjects[subject].label : review->old.subjects[subject - count].label;
}

struct raw_finding *capdl_review_add(struct review *review, enum capdl_rank rank, enum capdl_change change,
                                     uint64_t object, const char *format, ...)
{
    const struct edit *edit = review->edit < review->edits.count ? &review->edits.list[review->edit] : NULL;
    struct raw_finding *raw;
    va_list arguments;

    review->raw = capdl_spec_grow(review->raw, &review->capacity_raw, review->num_raw + 1, sizeof(*review->raw));
    raw = &review->raw[review->num_raw];
    *raw = (struct raw_finding){
        .rank = rank, .change = change, .object = object, .holder = REVIEW_NONE, .cause = REVIEW_NONE};
    va_start(arguments, format);
    if (vasprintf(&raw->text, format, arguments) < 0) {
        fprintf(stderr, "capdl: out of memory\n");
        exit(2);
    }
    va_end(arguments);
    if (edit && review->finding_of[review->edit] == REVIEW_NONE) {
        review->finding_of[review->edit] = (uint32_t)review->num_raw;
    } else if (edit) {
        raw->cause = review->finding_of[review->edit];
    }
    if (edit && edit->old) {
        raw->old_pos = capdl_cap_pos(review->old.spec, edit->old);
    }
    if (edit && edit->new) {
        raw->new_pos = capdl_cap_pos(review->new.spec, edit->new);
    }
    review->num_raw++;
    return raw;
}

void capdl_review_concern(struct raw_finding *raw, const uint32_t *subjects, size_t count)
{
    free(raw->subjects);
    raw->subjects = capdl_spec_realloc(NULL, (count + 1) * sizeof(*subjects));
    if (count) {
        memcpy(raw->subjects, subjects, count * sizeof(*subjects));
    }
    raw->num_subjects = count;
}

void capdl_review_others_are(struct raw_finding *raw, unsigned number, const uint32_t *list, size_t count)
{
    raw->others[number] = capdl_spec_realloc(raw->others[number], (count + 1) * sizeof(*list));
    if (count) {
        memcpy(raw->others[number], list, count * sizeof(*list));
    }
    raw->num_others[number] = count;
}

/* ---- Order and groups ---- */

/* Raw findings that become one: the same said of the elements first .. last of an array. */
struct group {
    struct raw_finding *first, *last;
    uint32_t root;   /* number of the group it follows from, or REVIEW_NONE */
    uint32_t number; /* of the finding it becomes */
    bool cut;        /* what its sentence says of others does not hold for all */
};

/* An element of an array, or one of several objects that tools number themselves: 'rx_dma_000000007'. */
struct element {
    const char *name;
    size_t length;
    uint32_t index; /* or CAPDL_NO_INDEX */
    bool array;
};

static struct element element_of(const struct review *review, const struct raw_finding *raw)
{
    const struct capdl_spec *spec;
    struct element element = {"", 0, CAPDL_NO_INDEX, false};
    uint32_t id;
    size_t digits;

    if (raw->object == FINDING_NO_OBJECT || !object_of(review, raw->object, &spec, &id)) {
        return element;
    }
    element = (struct element){capdl_object_name(spec, id), 0, capdl_object_index(spec, id), true};
    element.length = strlen(element.name);
    if (element.index == CAPDL_NO_INDEX) {
        element.array = false;
        for (digits = 0;
             digits < element.length && isdigit((unsigned char)element.name[element.length - 1 - digits]);) {
            digits++;
        }
        if (digits && digits < 10 && digits < element.length && element.name[element.length - 1 - digits] == '_') {
            element.length -= digits;
            element.index = (uint32_t)strtoul(element.name + element.length, NULL, 10);
        }
    }
    return element;
}

static uint32_t raw_index(const struct review *review, const struct raw_finding *raw)
{
    return element_of(review, raw).index;
}

static int name_compare(const struct review *review, const struct raw_finding *a, const struct raw_finding *b)
{
    struct element x = element_of(review, a), y = element_of(review, b);
    int order = strncmp(x.name, y.name, x.length < y.length ? x.length : y.length);

    order = order ? order : (x.length > y.length) - (x.length < y.length);
    return order ? order : (int)x.array - (int)y.array;
}

static size_t main_length(const struct raw_finding *raw)
{
    const char *end = strstr(raw->text, "; ");

    return end ? (size_t)(end - raw->text) : strlen(raw->text);
}

static int main_compare(const struct raw_finding *a, const struct raw_finding *b)
{
    size_t x = main_length(a), y = main_length(b);
    int order = memcmp(a->text, b->text, x < y ? x : y);

    return order ? order : x < y ? -1 : x > y;
}

static int value_compare(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

static int list_compare(const uint32_t *a, size_t num_a, const uint32_t *b, size_t num_b)
{
    size_t count = num_a < num_b ? num_a : num_b;

    for (size_t i = 0; i < count; i++) {
        if (a[i] != b[i]) {
            return a[i] < b[i] ? -1 : 1;
        }
    }
    return num_a < num_b ? -1 : num_a > num_b;
}

/* What a finding says, without of whom and of which element. */
static int saying_compare(const struct raw_finding *a, const struct raw_finding *b)
{
    int order = (int)a->rank - (int)b->rank;

    order = order ? order : (int)a->change - (int)b->change;
    order = order ? order : (int)a->exchange - (int)b->exchange;
    order = order ? order : main_compare(a, b);
    order = order ? order : value_compare(a->old_value, b->old_value);
    order = order ? order : value_compare(a->new_value, b->new_value);
    return order ? order : list_compare(a->pairs, 2 * a->num_pairs, b->pairs, 2 * b->num_pairs);
}

static int subjects_compare(const struct raw_finding *a, const struct raw_finding *b)
{
    return list_compare(a->subjects, a->num_subjects, b->subjects, b->num_subjects);
}

static int others_compare(const struct raw_finding *a, const struct raw_finding *b, unsigned number)
{
    return list_compare(a->others[number], a->num_others[number], b->others[number], b->num_others[number]);
}

static int number_compare(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int element_compare(const struct review *review, const struct raw_finding *a, const struct raw_finding *b)
{
    int order = name_compare(review, a, b);

    order = order ? order : number_compare(raw_index(review, a) + 1, raw_index(review, b) + 1);
    order = order ? order : number_compare(a->address, b->address);
    return order ? order : number_compare(a->slot, b->slot);
}

static int by_subject(const void *left, const void *right, void *context)
{
    const struct group *a = left, *b = right;
    int order = number_compare(a->root + UINT32_C(1), b->root + UINT32_C(1));

    order = order ? order : saying_compare(a->first, b->first);
    order = order ? order : subjects_compare(a->first, b->first);
    return order ? order : element_compare(context, a->first, b->first);
}

static int by_element(const void *left, const void *right, void *context)
{
    const struct group *a = left, *b = right;
    int order = number_compare(a->root + UINT32_C(1), b->root + UINT32_C(1));

    order = order ? order : saying_compare(a->first, b->first);
    order = order ? order : others_compare(a->first, b->first, 0);
    order = order ? order : others_compare(a->first, b->first, 1);
    order = order ? order : element_compare(context, a->first, b->first);
    order = order ? order : number_compare(raw_index(context, a->last) + 1, raw_index(context, b->last) + 1);
    return order ? order : subjects_compare(a->first, b->first);
}

/* What is left to compare when one of the lists of others does not count. */
static int by_others(const struct group *a, const struct group *b, unsigned counts, unsigned last,
                     const struct review *review)
{
    int order = number_compare(a->root + UINT32_C(1), b->root + UINT32_C(1));

    order = order ? order : saying_compare(a->first, b->first);
    order = order ? order : number_compare(a->first->object, b->first->object);
    order = order ? order : subjects_compare(a->first, b->first);
    order = order ? order : others_compare(a->first, b->first, counts);
    order = order ? order : others_compare(a->first, b->first, last);
    return order ? order : element_compare(review, a->first, b->first);
}

static int by_first_others(const void *left, const void *right, void *context)
{
    return by_others(left, right, 1, 0, context);
}

static int by_last_others(const void *left, const void *right, void *context)
{
    return by_others(left, right, 0, 1, context);
}

/* Whether b says the same as a of the next element of an array, at the next address. */
static bool next_element(const struct review *review, const struct group *a, const struct group *b)
{
    const struct raw_finding *x = a->last, *y = b->first;

    return a->root == b->root && saying_compare(a->first, y) == 0 && others_compare(a->first, y, 0) == 0 &&
           others_compare(a->first, y, 1) == 0 && name_compare(review, x, y) == 0 &&
           raw_index(review, x) != CAPDL_NO_INDEX && raw_index(review, y) == raw_index(review, x) + 1 &&
           x->size == y->size;
}

static bool follows(const struct review *review, const struct group *a, const struct group *b)
{
    const struct raw_finding *x = a->last, *y = b->first;

    return next_element(review, a, b) && subjects_compare(a->first, y) == 0 &&
           (!x->size || y->address == x->address + x->size || !strchr(x->text, '\2')) &&
           (y->old_address == x->old_address + x->size || !strchr(x->text, '\7'));
}

/* Each its own: the budget of worker[0] and that of worker[1]. */
static bool follows_apart(const struct review *review, const struct group *a, const struct group *b)
{
    return next_element(review, a, b) && a->last->num_subjects == 1 && b->first->num_subjects == 1 &&
           a->last->subjects[0] != b->first->subjects[0] && !strchr(a->first->text, '\2');
}

static bool same_elements(const struct review *review, const struct group *a, const struct group *b)
{
    return a->root == b->root && saying_compare(a->first, b->first) == 0 &&
           others_compare(a->first, b->first, 0) == 0 && others_compare(a->first, b->first, 1) == 0 &&
           a->first->object == b->first->object && raw_index(review, a->last) == raw_index(review, b->last) &&
           a->first->num_subjects && b->first->num_subjects &&
           (a->root != REVIEW_NONE || subjects_compare(a->first, b->first) != 0) &&
           (a->first->address == b->first->address || !strchr(a->first->text, '\2')) &&
           (a->first->old_address == b->first->old_address || !strchr(a->first->text, '\7'));
}

static int word_compare(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

    return a < b ? -1 : a > b;
}

/* Both lists in one, each element once. */
static void unite(uint32_t **list, size_t *count, const uint32_t *more, size_t num_more)
{
    size_t kept = 0;

    *list = capdl_spec_realloc(*list, (*count + num_more + 1) * sizeof(**list));
    if (num_more) {
        memcpy(*list + *count, more, num_more * sizeof(**list));
    }
    *count += num_more;
    qsort(*list, *count, sizeof(**list), word_compare);
    for (size_t i = 0; i < *count; i++) {
        if (!kept || (*list)[kept - 1] != (*list)[i]) {
            (*list)[kept++] = (*list)[i];
        }
    }
    *count = kept;
}

static void join_subjects(struct raw_finding *a, const struct raw_finding *b)
{
    a->subjects = capdl_spec_realloc(a->subjects, (a->num_subjects + b->num_subjects + 1) * sizeof(*a->subjects));
    memcpy(a->subjects + a->num_subjects, b->subjects, b->num_subjects * sizeof(*a->subjects));
    a->num_subjects += b->num_subjects;
}

static void join_group(struct review *review, struct group *a, const struct group *b, uint32_t *joined)
{
    a->cut |= strcmp(a->first->text, b->first->text) != 0;
    joined[b->first - review->raw] = (uint32_t)(a->first - review->raw);
}

/* What differs in one of its lists of others only is one: the list of both. */
static size_t join_others(struct review *review, struct group *groups, size_t count, unsigned number, uint32_t *joined)
{
    size_t kept = 0;

    qsort_r(groups, count, sizeof(*groups), number ? by_last_others : by_first_others, review);
    for (size_t i = 0; i < count; i++) {
        struct raw_finding *a = kept ? groups[kept - 1].first : NULL, *b = groups[i].first;

        if (a && a->num_others[number] && b->num_others[number] && groups[kept - 1].root == groups[i].root &&
            a->object == b->object && saying_compare(a, b) == 0 && subjects_compare(a, b) == 0 &&
            others_compare(a, b, !number) == 0) {
            unite(&a->others[number], &a->num_others[number], b->others[number], b->num_others[number]);
            join_group(review, &groups[kept - 1], &groups[i], joined);
        } else {
            groups[kept++] = groups[i];
        }
    }
    return kept;
}

/* Joins what can be said at once. joined: which group each was joined to. */
static size_t join(struct review *review, struct group *groups, size_t count, uint32_t *joined)
{
    size_t kept = 0, singles;

    if (!count) {
        return 0;
    }
    count = join_others(review, groups, count, 0, joined);
    count = join_others(review, groups, count, 1, joined);
    qsort_r(groups, count, sizeof(*groups), by_subject, review);
    for (size_t i = 0; i < count; i++) {
        if (kept && follows(review, &groups[kept - 1], &groups[i])) {
            join_group(review, &groups[kept - 1], &groups[i], joined);
            groups[kept - 1].last = groups[i].last;
        } else {
            groups[kept++] = groups[i];
        }
    }
    singles = kept;
    qsort_r(groups, singles, sizeof(*groups), by_element, review);
    kept = 0;
    for (size_t i = 0; i < singles; i++) {
        struct group *before = kept ? &groups[kept - 1] : NULL;

        if (before && same_elements(review, before, &groups[i])) {
            join_subjects(before->first, groups[i].first);
            join_group(review, before, &groups[i], joined);
        } else if (before && follows_apart(review, before, &groups[i])) {
            join_group(review, before, &groups[i], joined);
            join_subjects(before->first, groups[i].first);
            before->last = groups[i].last;
        } else {
            groups[kept++] = groups[i];
        }
    }
    for (size_t i = 0; i < kept; i++) {
        unite(&groups[i].first->subjects, &groups[i].first->num_subjects, NULL, 0);
    }
    return kept;
}

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
    range = element_of(review, raw).array ? strrchr(object, ']') : NULL;
    if (range && several) { /* 'x[0]' becomes 'x[0..3]' */
        snprintf(range, sizeof(object) - (size_t)(range - object), "..%" PRIu32 "]'", raw_index(review, group->last));
    } else if (several) {
        size_t length = strlen(object);
        snprintf(object + length, sizeof(object) - length, " to '%.60s'", element_of(review, group->last).name);
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

static char *sentence(const struct review *review, const struct group *group)
{
    const struct raw_finding *raw = group->first;
    char *text = NULL, *object = object_text(review, group, OBJECT_ROLE);
    char *bare = object_text(review, group, OBJECT_KIND);
    size_t size, length = group->cut ? main_length(raw) : strlen(raw->text), i = 0;
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

static char *write_where(const struct review *review, const struct raw_finding *raw)
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

static uint64_t hash_text(uint64_t hash, const char *text)
{
    for (; text && *text; text++) {
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    }
    return (hash ^ 255) * UINT64_C(0x100000001b3);
}

static void set_id(struct capdl_finding *finding)
{
    uint64_t hash = hash_text(UINT64_C(0xcbf29ce484222325), capdl_rank_word(finding->rank));

    hash = hash_text(hash + finding->change, finding->subject);
    hash = hash_text(hash, finding->object);
    hash = hash_text(hash, finding->field);
    hash = hash_text(hash, finding->where);
    hash = hash_text(hash ^ finding->address, finding->where ? "" : finding->text);
    snprintf(finding->id, sizeof(finding->id), "%016" PRIx64, hash);
}

static char *copied(const char *text)
{
    return text ? capdl_review_format("%s", text) : NULL;
}

static struct capdl_finding finding_of(const struct review *review, const struct group *group)
{
    const struct raw_finding *raw = group->first;
    struct capdl_finding finding = {
        .rank = raw->rank,
        .change = raw->change,
        .kind = raw->object == FINDING_NO_OBJECT ? CAPDL_KIND_COUNT : capdl_review_kind(review, raw->object),
        .text = sentence(review, group),
        .object = object_text(review, group, OBJECT_NAME),
        .field = copied(raw->field),
        .before = copied(raw->old_value),
        .after = copied(raw->new_value),
        .address = raw->address,
        .size = raw->size ? group->last->address + group->last->size - raw->address : 0,
        .where = write_where(review, raw),
        .old_pos = raw->old_pos,
        .new_pos = raw->new_pos,
        .certain = !raw->guessed,
        .num_subjects = raw->num_subjects,
    };

    if (strchr(raw->text, '\7')) {
        finding.before = capdl_review_format("0x%" PRIx64, raw->old_address);
        finding.after = capdl_review_format("0x%" PRIx64, raw->address);
    }
    finding.subject = raw->num_subjects ? capdl_review_names(review, raw->subjects, raw->num_subjects)
                                        : capdl_review_format("system");
    finding.subjects = capdl_spec_realloc(NULL, (raw->num_subjects + 1) * sizeof(*finding.subjects));
    for (size_t i = 0; i < raw->num_subjects; i++) {
        finding.subjects[i] = capdl_review_who_name(review, raw->subjects[i]);
    }
    capdl_review_fill_fields((struct review *)(uintptr_t)review, raw, &finding);
    set_id(&finding);
    return finding;
}

static int finding_compare(const void *left, const void *right)
{
    const struct capdl_finding *a = left, *b = right;
    int order = (int)a->rank - (int)b->rank;

    if (order == 0 && (a->num_subjects == 0) != (b->num_subjects == 0)) {
        return a->num_subjects == 0 ? 1 : -1;
    }
    order = order ? order : strcmp(a->subject, b->subject);
    order = order ? order : strcmp(a->text, b->text);
    return order ? order : value_compare(a->where, b->where);
}

/* Ids are the same in every run; those of two findings are never. */
static void part_ids(struct capdl_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        struct capdl_finding *finding = &findings->list[i];
        unsigned twins = 0;

        for (size_t j = i; j-- > 0 && findings->list[j].rank == finding->rank &&
                           strcmp(findings->list[j].subject, finding->subject) == 0;) {
            twins += memcmp(findings->list[j].id, finding->id, 14) == 0;
        }
        if (twins) {
            snprintf(finding->id + 14, 3, "%02x", twins & 0xff);
        }
    }
}

static uint32_t root_of(const struct review *review, uint32_t raw)
{
    while (review->raw[raw].cause != REVIEW_NONE) {
        raw = review->raw[raw].cause;
    }
    return raw;
}

static void add_consequence(struct capdl_finding *finding, struct capdl_finding consequence)
{
    finding->consequences =
        capdl_spec_realloc(finding->consequences, (finding->num_consequences + 1) * sizeof(*finding->consequences));
    finding->consequences[finding->num_consequences++] = consequence;
    if (consequence.rank < finding->rank) {
        finding->rank = consequence.rank;
    }
}

static size_t gather(struct review *review, struct group *groups, bool roots, const uint32_t *joined)
{
    size_t count = 0;

    for (uint32_t i = 0; i < review->num_raw; i++) {
        bool root = review->raw[i].cause == REVIEW_NONE;

        if (root == roots && !review->raw[i].told) {
            uint32_t cause = root ? REVIEW_NONE : root_of(review, i);
            while (cause != REVIEW_NONE && joined[cause] != cause) {
                cause = joined[cause];
            }
            groups[count++] = (struct group){&review->raw[i], &review->raw[i], cause, 0, false};
        }
    }
    return count;
}

static void free_raw(struct review *review)
{
    for (size_t i = 0; i < review->num_raw; i++) {
        free(review->raw[i].text);
        free(review->raw[i].subjects);
        free(review->raw[i].others[0]);
        free(review->raw[i].others[1]);
        free(review->raw[i].old_value);
        free(review->raw[i].new_value);
        free(review->raw[i].pairs);
        free(review->raw[i].path);
    }
    free(review->raw);
}

/* Of the findings that follow from no other, those that are under one nevertheless are moved behind the others: returns
   how many these are. */
static size_t part(const struct review *review, struct group *groups, size_t count, const uint32_t *joined,
                   size_t *moved)
{
    struct group *under = capdl_spec_realloc(NULL, (count + 1) * sizeof(*under));
    size_t kept = 0;

    *moved = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t number = (uint32_t)(groups[i].first - review->raw);

        if (joined[number] == number) {
            groups[kept++] = groups[i];
        } else if (!groups[i].first->told) {
            under[*moved] = groups[i];
            under[(*moved)++].root = joined[number];
        }
    }
    if (*moved) {
        memcpy(groups + kept, under, *moved * sizeof(*under));
    }
    free(under);
    return kept;
}

void capdl_review_write(struct review *review, struct capdl_findings *findings)
{
    struct group *groups = capdl_spec_realloc(NULL, (review->num_raw + 1) * sizeof(*groups));
    uint32_t *joined = capdl_review_identity((uint32_t)review->num_raw);
    uint32_t *place = capdl_review_identity((uint32_t)review->num_raw);
    size_t count = join(review, groups, gather(review, groups, true, joined), joined), moved;

    capdl_review_unite(review, joined);
    count = part(review, groups, count, joined, &moved);
    for (size_t i = 0; i < count; i++) {
        findings->list =
            capdl_spec_grow(findings->list, &findings->capacity, findings->count + 1, sizeof(*findings->list));
        place[groups[i].first - review->raw] = (uint32_t)findings->count;
        findings->list[findings->count++] = finding_of(review, &groups[i]);
    }
    if (moved) {
        memmove(groups, groups + count, moved * sizeof(*groups));
    }
    count = join(review, groups, moved + gather(review, groups + moved, false, joined), joined);
    for (size_t i = 0; i < count; i++) {
        add_consequence(&findings->list[place[groups[i].root]], finding_of(review, &groups[i]));
    }
    findings->same_flows = review->same_flows;
    if (findings->count) {
        qsort(findings->list, findings->count, sizeof(*findings->list), finding_compare);
    }
    part_ids(findings);
    free_raw(review);
    free(groups);
    free(joined);
    free(place);
}

static void finding_free(struct capdl_finding *finding)
{
    for (size_t i = 0; i < finding->num_consequences; i++) {
        finding_free(&finding->consequences[i]);
    }
    for (size_t i = 0; i < finding->num_subjects; i++) {
        free(finding->subjects[i]);
    }
    capdl_review_free_fields(finding);
    free(finding->consequences);
    free(finding->subjects);
    free(finding->subject);
    free(finding->text);
    free(finding->object);
    free(finding->field);
    free(finding->before);
    free(finding->after);
    free(finding->where);
}

void capdl_findings_free(struct capdl_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        finding_free(&findings->list[i]);
    }
    free(findings->list);
    *findings = (struct capdl_findings){NULL};
}
