/* SPDX-License-Identifier: BSD-2-Clause */
/* Objects, subjects, rights and sizes in words. */
#include "words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

char *capdl_review_format(const char *format, ...)
{
    va_list arguments;
    char *text;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0) {
        fprintf(stderr, "capdl: out of memory\n");
        exit(2);
    }
    va_end(arguments);
    return text;
}

bool capdl_finding_object(const struct review *review, uint64_t object, const struct capdl_spec **spec, uint32_t *id)
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
    return capdl_finding_object(review, object, &spec, &id) ? capdl_object_kind(spec, id)
                                                            : (enum capdl_kind)(uint32_t)object;
}

const char *capdl_review_object(const struct review *review, uint64_t object, char *buffer)
{
    const struct capdl_spec *spec;
    uint32_t id;
    char label[REVIEW_LABEL / 2];
    if (capdl_finding_object(review, object, &spec, &id)) {
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

const char *capdl_review_who_label(const struct review *review, uint32_t who, char label[REVIEW_LABEL])
{
    char object[REVIEW_LABEL];
    if (!(who & USE_DEVICE)) {
        return capdl_review_subject(review, who);
    }
    capdl_review_object(review, who & ~USE_DEVICE, object);
    if (capdl_review_kind(review, who & ~USE_DEVICE) != CAPDL_KIND_STREAMID) {
        return strcpy(label, object);
    }
    snprintf(label, REVIEW_LABEL, "SMMU device %s", strchr(object, '\'')); /* a stream id stands for its device */
    return label;
}

/* The index in "app[3]", after which nothing comes; false of another name. */
static bool has_index(const char *label, size_t *length, unsigned long *index)
{
    const char *open = strrchr(label, '[');
    char *end;
    if (!open || open[1] < '0' || open[1] > '9') {
        return false;
    }
    *index = strtoul(open + 1, &end, 10);
    *length = (size_t)(open - label);
    return end[0] == ']' && !end[1];
}

static int index_compare(const void *left, const void *right)
{
    unsigned long a = *(const unsigned long *)left, b = *(const unsigned long *)right;
    return a < b ? -1 : a > b;
}

/* All elements of the array of the first: "app[0..3]", "app[0..3, 7]". Returns how many they are. */
static size_t write_elements(FILE *out, const char *const *labels, size_t count, bool *named)
{
    size_t length, same, num = 0;
    unsigned long index, *list;
    if (!has_index(labels[0], &length, &index)) {
        fputs(labels[0], out);
        named[0] = true;
        return 1;
    }
    list = capdl_spec_realloc(NULL, count * sizeof(*list));
    for (size_t i = 0; i < count; i++) {
        if (!named[i] && has_index(labels[i], &same, &index) && same == length &&
            memcmp(labels[i], labels[0], length) == 0) {
            list[num++] = index;
            named[i] = true;
        }
    }
    qsort(list, num, sizeof(*list), index_compare);
    fprintf(out, "%.*s[", (int)length, labels[0]);
    for (size_t i = 0, end, runs = 0; i < num; i = end, runs++) {
        for (end = i + 1; end < num && list[end] == list[end - 1] + 1;) {
            end++;
        }
        if (runs == 8) {
            fprintf(out, " and %zu more", num - i);
            break;
        }
        fprintf(out, end - i > 1 ? "%s%lu..%lu" : "%s%lu", i ? ", " : "", list[i], list[end - 1]);
    }
    fputs("]", out);
    free(list);
    return num;
}

char *capdl_review_label_list(const char *const *labels, size_t count, size_t most)
{
    size_t size, done = 0, parts = 0, next = 0;
    char *text = NULL, *part = NULL;
    bool *named = capdl_spec_realloc(NULL, count + 1);
    FILE *out = open_memstream(&text, &size);
    memset(named, 0, count + 1);
    while (done < count) {
        size_t part_size;
        FILE *one;
        if (parts >= most && count - done > 1) {
            fprintf(out, " and %zu more", count - done);
            break;
        }
        while (named[next]) {
            next++;
        }
        one = open_memstream(&part, &part_size);
        done += write_elements(one, labels + next, count - next, named + next);
        fclose(one);
        fprintf(out, "%s%s", !parts ? "" : done == count ? " and " : ", ", part);
        free(part);
        parts++;
    }
    fclose(out);
    free(named);
    return text;
}

char *capdl_review_names(const struct review *review, const uint32_t *who, size_t count)
{
    const char **labels = capdl_spec_realloc(NULL, (count + 1) * sizeof(*labels));
    char *text, **devices = capdl_spec_realloc(NULL, (count + 1) * sizeof(*devices)), label[REVIEW_LABEL];
    size_t num_devices = 0;
    for (size_t i = 0; i < count; i++) {
        labels[i] = capdl_review_who_label(review, who[i], label);
        if (labels[i] == label) {
            labels[i] = devices[num_devices++] = capdl_review_format("%s", label);
        }
    }
    text = capdl_review_label_list(labels, count, 12);
    while (num_devices) {
        free(devices[--num_devices]);
    }
    free(devices);
    free(labels);
    return text;
}

char *capdl_review_list(const struct review *review, const struct world *world, const uint32_t *objects, size_t count)
{
    enum { MOST_NAMED = 4 };
    const struct capdl_spec *spec = world->spec;
    char *text = NULL, label[REVIEW_LABEL];
    size_t size;
    FILE *out = open_memstream(&text, &size);

    for (size_t i = 0, end, parts = 0; i < count; i = end, parts++) {
        const char *name = capdl_object_name(spec, objects[i]);
        uint32_t index = capdl_object_index(spec, objects[i]);
        for (end = i + 1; end < count && index != CAPDL_NO_INDEX &&
                          capdl_object_index(spec, objects[end]) == index + (end - i) &&
                          strcmp(capdl_object_name(spec, objects[end]), name) == 0;) {
            end++;
        }
        if (parts == MOST_NAMED) {
            fprintf(out, " and %zu more", count - i);
            break;
        }
        capdl_review_object(review, world->object_number[objects[i]], label);
        if (end - i > 1) {
            char *close = strrchr(label, ']');
            snprintf(close, sizeof(label) - (size_t)(close - label), "..%zu]'", index + (end - i) - 1);
        }
        fprintf(out, "%s%s", !parts ? "" : end == count ? " and " : ", ", label);
    }
    fclose(out);
    return text;
}

const char *capdl_review_rights(enum capdl_kind kind, uint64_t rights, char text[8])
{
    return rights & CAPDL_RIGHTS_ALL ? capdl_rights_text(kind, rights, text) : "-";
}

const char *capdl_review_size(uint64_t bytes, char text[32])
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    unsigned unit = 0;
    while (unit < 4 && bytes >= 1024 && bytes % 1024 == 0) {
        bytes /= 1024;
        unit++;
    }
    snprintf(text, 32, "%" PRIu64 " %s", bytes, units[unit]);
    return text;
}

uint64_t capdl_review_hash(uint64_t before, const char *text)
{
    uint64_t hash = before;
    for (; text && *text; text++) {
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    }
    return (hash ^ 255) * UINT64_C(0x100000001b3);
}
