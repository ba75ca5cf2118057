/* SPDX-License-Identifier: BSD-2-Clause */
/* Contents of frames: what only one subject reaches is its program and told by segment, other frames one by one. */
#include "judge_program.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "field_notes.h"
#include "findings.h"
#include "lists.h"
#include "parties.h"
#include "words.h"

struct page {
    uint64_t address;
    uint32_t frame;
    uint8_t rights;
};

struct pages {
    struct page *list;
    size_t count, capacity;
};

/* Pages one after the other, with the same rights. */
struct segment {
    const struct page *pages;
    size_t count;
    uint64_t size;
};

static int page_compare(const void *left, const void *right)
{
    const struct page *a = left, *b = right;
    return a->address < b->address ? -1 : a->address > b->address;
}

static uint64_t page_size(const struct world *world, const struct page *page)
{
    return UINT64_C(1) << capdl_object_size_bits(world->spec, page->frame);
}

/* Pages with contents that a subject (number of the comparison) reaches. */
static struct pages find_pages(const struct world *world, uint32_t subject)
{
    struct pages pages = {NULL};
    for (uint32_t i = 0; i < world->spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(world->spec, i);
        const struct use *use = NULL;
        for (size_t j = world->first_use[i]; !use && j < world->first_use[i + 1]; j++) {
            use = capdl_review_who(world, &world->uses[j]) == subject ? &world->uses[j] : NULL;
        }
        for (uint32_t k = 0; use && use->shift < 64 && k < caps.count; k++) {
            const struct capdl_cap *cap = &caps.list[k];
            if (capdl_kind_is_table(capdl_object_kind(world->spec, i)) && cap->kind == CAPDL_KIND_FRAME &&
                world->content[cap->object]) {
                pages.list = capdl_spec_grow(pages.list, &pages.capacity, pages.count + 1, sizeof(*pages.list));
                pages.list[pages.count++] =
                    (struct page){use->address | cap->slot << use->shift, cap->object, cap->rights & 7};
            }
        }
    }
    if (pages.count) {
        qsort(pages.list, pages.count, sizeof(*pages.list), page_compare);
    }
    return pages;
}

static struct segment next_segment(const struct world *world, const struct pages *pages, size_t from)
{
    struct segment segment = {pages->list + from, 0, 0};
    do {
        segment.size += page_size(world, &pages->list[from + segment.count]);
        segment.count++;
    } while (from + segment.count < pages->count &&
             pages->list[from + segment.count].address == segment.pages->address + segment.size &&
             pages->list[from + segment.count].rights == segment.pages->rights);
    return segment;
}

/* The segment of one system with the rights of one of the other that overlaps it; count 0: none. */
static struct segment find_old(const struct world *world, const struct pages *pages, const struct segment *now)
{
    for (size_t i = 0; i < pages->count;) {
        struct segment segment = next_segment(world, pages, i);
        if (segment.pages->rights == now->pages->rights && segment.pages->address < now->pages->address + now->size &&
            now->pages->address < segment.pages->address + segment.size) {
            return segment;
        }
        i += segment.count;
    }
    return (struct segment){NULL, 0, 0};
}

static bool is_same(const struct review *review, const struct segment *old, const struct segment *new)
{
    bool same = old->count == new->count && old->pages->address == new->pages->address;
    for (size_t i = 0; same && i < new->count; i++) {
        same = review->old.content[old->pages[i].frame] == review->new.content[new->pages[i].frame];
    }
    return same;
}

/* SHA-256 of a segment as it is in memory, or NULL if a file cannot be read; to be freed. */
static char *digest_of(const struct review *review, const struct world *world, const struct segment *segment)
{
    const struct capdl_diff_options *options = review->options;
    uint32_t *frames = capdl_spec_realloc(NULL, (segment->count + 1) * sizeof(*frames));
    char text[65], *digest = NULL;
    for (size_t i = 0; i < segment->count; i++) {
        frames[i] = segment->pages[i].frame;
    }
    if (segment->count && options && options->memory &&
        options->memory(options->context, world->spec, frames, segment->count, text)) {
        digest = capdl_review_format("%s", text);
    }
    free(frames);
    return digest;
}

/* Whether a byte comes from a program's file in both systems: where the spec sets it in one, that makes the difference.
 */
static bool is_of_program(const struct review *review, uint32_t was, uint32_t now, uint64_t offset)
{
    const struct capdl_diff_options *options = review->options;
    bool old = false, new = false;
    uint8_t byte;
    options->bytes(options->context, review->old.spec, was, offset, 1, &byte, &old);
    options->bytes(options->context, review->new.spec, now, offset, 1, &byte, &new);
    return old && new;
}

size_t capdl_review_changed_words(const struct review *review, uint32_t was, uint32_t now,
                                  struct changed_word list[MOST_CHANGED_WORDS])
{
    enum { CHUNK = 4096, STEP = 8 };
    const struct capdl_diff_options *options = review->options;
    unsigned bits = capdl_object_size_bits(review->new.spec, now);
    uint8_t old[CHUNK], new[CHUNK];
    size_t count = 0;

    if (!options || !options->bytes || bits != capdl_object_size_bits(review->old.spec, was) || bits >= 64) {
        return SIZE_MAX;
    }
    for (uint64_t page = 0; page < UINT64_C(1) << bits; page += CHUNK) {
        bool unused;
        if (!options->bytes(options->context, review->old.spec, was, page, CHUNK, old, &unused) ||
            !options->bytes(options->context, review->new.spec, now, page, CHUNK, new, &unused)) {
            return SIZE_MAX;
        }
        for (unsigned i = 0; i < CHUNK; i += STEP) {
            struct changed_word word = {.offset = page + i};
            if (memcmp(old + i, new + i, STEP) == 0) {
                continue;
            }
            if (count == MOST_CHANGED_WORDS) {
                return SIZE_MAX;
            }
            for (unsigned j = 0; j < STEP; j++) {
                word.program |= old[i + j] != new[i + j] && is_of_program(review, was, now, page + i + j);
                word.old |= (uint64_t)old[i + j] << 8 * j;
                word.new |= (uint64_t) new[i + j] << 8 * j;
            }
            list[count++] = word;
        }
    }
    return count;
}

bool capdl_review_is_program(const struct review *review, uint32_t frame)
{
    enum { CHUNK = 4096 };
    const struct capdl_diff_options *options = review->options;
    uint64_t size = UINT64_C(1) << capdl_object_size_bits(review->new.spec, frame);
    uint8_t bytes[CHUNK];
    bool program = !options || !options->bytes;

    for (uint64_t page = 0; !program && page < size; page += CHUNK) {
        program = !options->bytes(options->context, review->new.spec, frame, page, CHUNK, bytes, &program) || program;
    }
    return program;
}

/* The variable of a program at an address of one of its pages: symbols of the file that fills it, or others. */
static bool find_variable(const struct review *review, const struct world *world, const struct segment *segment,
                          size_t page, uint64_t address, struct capdl_variable *variable)
{
    enum { MOST_ASKED = 4 };
    const struct capdl_diff_options *options = review->options;
    bool found = options->variable(options->context, world->spec, segment->pages[page].frame, address, variable);

    for (size_t i = 0; !found && i < segment->count && i < MOST_ASKED; i++) {
        found = options->variable(options->context, world->spec, segment->pages[i].frame, address, variable);
    }
    for (char *c = variable->name; found && *c; c++) {
        *c = *c > ' ' && *c <= '~' ? *c : '?'; /* a file may say anything */
    }
    return found;
}

/* "0x17", "\"client\"" */
static void write_value(FILE *out, const uint8_t *bytes, size_t size)
{
    size_t length = 0;
    uint64_t value = 0;
    while (length < size && bytes[length] >= ' ' && bytes[length] <= '~' && !strchr("\"\\", bytes[length])) {
        length++;
    }
    if (size > 8) {
        fprintf(out, "\"%.*s\"", (int)length, (const char *)bytes);
        return;
    }
    for (size_t i = size; i-- > 0;) {
        value = value << 8 | bytes[i];
    }
    fprintf(out, "0x%" PRIx64, value);
}

static bool is_text(const uint8_t *bytes, size_t size)
{
    size_t i = 0;
    while (i < size && bytes[i] >= ' ' && bytes[i] <= '~') {
        i++;
    }
    while (i < size && bytes[i] == 0) {
        i++;
    }
    return i == size;
}

/* "variable config is 0x2 (was 0x1)". False: it has no words. */
static bool write_variable(const struct review *review, FILE *out, uint32_t was, uint32_t now, uint64_t offset,
                           const struct capdl_variable *variable)
{
    enum { LARGEST = 64, PAGE = 4096 };
    const struct capdl_diff_options *options = review->options;
    uint8_t old[LARGEST], new[LARGEST];
    bool unused;

    if (variable->size > LARGEST || offset % PAGE + variable->size > PAGE ||
        !options->bytes(options->context, review->old.spec, was, offset, variable->size, old, &unused) ||
        !options->bytes(options->context, review->new.spec, now, offset, variable->size, new, &unused) ||
        (variable->size > 8 && (!is_text(old, variable->size) || !is_text(new, variable->size)))) {
        return false;
    }
    fprintf(out, "variable %s is ", variable->name);
    write_value(out, new, variable->size);
    fputs(" (was ", out);
    write_value(out, old, variable->size);
    putc(')', out);
    return true;
}

/* What the variables are that differ, ": variable a is 0x2 (was 0x1), variable b is ..."; NULL if something else
 * differs. */
static char *variables_text(const struct review *review, const struct segment *old, const struct segment *new)
{
    enum { MOST_NAMED = 4 };
    char *text = NULL;
    size_t size, named = 0;
    bool good = review->options->bytes && review->options->variable;
    FILE *out = open_memstream(&text, &size);
    uint64_t told = 0; /* the end of the variable before */

    for (size_t i = 0; good && i < new->count; i++) {
        struct changed_word words[MOST_CHANGED_WORDS];
        size_t count = capdl_review_changed_words(review, old->pages[i].frame, new->pages[i].frame, words);
        good = count <= MOST_CHANGED_WORDS;
        for (size_t j = 0; good && j < 8 * count; j++) {
            uint64_t offset = words[j / 8].offset + j % 8, address = new->pages[i].address + offset;
            struct capdl_variable variable = {.size = 0};
            if (address < told || !((words[j / 8].old ^ words[j / 8].new) >> 8 * (j % 8) & 255)) {
                continue;
            }
            good = named < MOST_NAMED && find_variable(review, &review->new, new, i, address, &variable) &&
                   variable.address >= new->pages[i].address;
            fputs(named ? ", " : ": ", out);
            good = good && write_variable(review, out, old->pages[i].frame, new->pages[i].frame,
                                          variable.address - new->pages[i].address, &variable);
            told = variable.address + variable.size;
            named++;
        }
    }
    fclose(out);
    if (!good || !named) {
        free(text);
        text = NULL;
    }
    return text;
}

/* The one byte that differs, with its values. To be freed. */
static char *byte_text(const struct review *review, const struct segment *old, const struct segment *new,
                       uint64_t address)
{
    const struct capdl_diff_options *options = review->options;
    uint8_t was, now;
    bool unused;
    for (size_t i = 0; i < new->count && options->bytes; i++) {
        uint64_t offset = address - new->pages[i].address;
        if (address >= new->pages[i].address &&
            offset < UINT64_C(1) << capdl_object_size_bits(review->new.spec, new->pages[i].frame) &&
            options->bytes(options->context, review->old.spec, old->pages[i].frame, offset, 1, &was, &unused) &&
            options->bytes(options->context, review->new.spec, new->pages[i].frame, offset, 1, &now, &unused)) {
            return capdl_review_format(": one byte differs, at 0x%" PRIx64 ": 0x%02x (was 0x%02x)", address, now, was);
        }
    }
    return capdl_review_format(": one byte differs, at 0x%" PRIx64, address);
}

/* How many bytes differ, and where the first and the last are; "" if that is not known. */
static char *bytes_text(const struct review *review, const struct segment *old, const struct segment *new)
{
    const struct capdl_diff_options *options = review->options;
    uint64_t count = 0, first = UINT64_MAX, last = 0;
    char *variables;
    if (!options || !options->difference || old->count != new->count || old->pages->address != new->pages->address) {
        return capdl_review_format("%s", "");
    }
    variables = variables_text(review, old, new);
    if (variables) {
        return variables;
    }
    for (size_t i = 0; i < new->count; i++) {
        uint64_t from, to,
            differ = options->difference(options->context, review->old.spec, old->pages[i].frame, review->new.spec,
                                         new->pages[i].frame, &from, &to);
        if (differ) {
            first = first == UINT64_MAX ? new->pages[i].address + from : first;
            last = new->pages[i].address + to;
        }
        count += differ;
    }
    if (count == 1) {
        return byte_text(review, old, new, first);
    }
    return count
               ? capdl_review_format(": %" PRIu64 " bytes differ, from 0x%" PRIx64 " to 0x%" PRIx64, count, first, last)
               : capdl_review_format("%s", "");
}

static const char *segment_name(uint8_t rights)
{
    return rights & CAPDL_RIGHT_EXECUTE ? rights & CAPDL_RIGHT_WRITE ? "code that can be written" : "code"
           : rights & CAPDL_RIGHT_WRITE ? "data"
                                        : "constants";
}

static void tell_segment(struct review *review, uint32_t subject, uint32_t cause, const struct segment *old,
                         const struct segment *new)
{
    char *after = digest_of(review, &review->new, new), *before = digest_of(review, &review->old, old), sizes[2][32];
    char *bytes = old->count ? bytes_text(review, old, new) : capdl_review_format("%s", "");
    uint32_t *frames = capdl_spec_realloc(NULL, (new->count + 1) * sizeof(*frames));
    bool resized = old->count && old->size != new->size;
    struct raw_finding *raw;
    char *list;
    for (size_t i = 0; i < new->count; i++) {
        frames[i] = new->pages[i].frame;
    }
    list = capdl_review_list(review, &review->new, frames, new->count);
    free(frames);
    capdl_review_size(new->size, sizes[0]);
    capdl_review_size(old->size, sizes[1]);
    raw = capdl_review_add(review, CAPDL_RANK_PROGRAM, CAPDL_CHANGED, FINDING_NO_OBJECT,
                           "'s %s at \2 (%s%s%s, %s) %s content%s%s%s%s%s", segment_name(new->pages->rights), sizes[0],
                           resized ? ", was " : "", resized ? sizes[1] : "", list, old->count ? "has other" : "now has",
                           bytes, after ? "; SHA-256 " : "", after ? after : "", before ? ", was " : "",
                           before ? before : "");
    free(list);
    raw->field = "segment";
    raw->old_value = before;
    raw->new_value = after;
    raw->address = new->pages->address;
    raw->size = new->size;
    raw->cause = cause;
    capdl_review_concern(raw, &subject, 1);
    free(bytes);
}

/* Whether all of a segment of the old system is still there, with zeros in it. */
static bool is_zero_now(const struct review *review, uint32_t subject, const struct pages *new,
                        const struct segment *old)
{
    for (size_t i = 0; i < old->count; i++) {
        uint32_t now = capdl_review_local(review, &review->new, review->old.object_number[old->pages[i].frame]);
        if (now == REVIEW_NONE || review->new.content[now]) {
            return false;
        }
        const struct capdl_cap *cap = capdl_review_mapped_at(&review->new, subject, old->pages[i].address);
        if (!cap || cap->object != now) {
            return false;
        }
    }
    return !find_old(&review->new, new, old).count;
}

static void tell_zeros(struct review *review, uint32_t subject, uint32_t cause, const struct segment *old)
{
    char *before = digest_of(review, &review->old, old), size[32], *list;
    uint32_t *frames = capdl_spec_realloc(NULL, (old->count + 1) * sizeof(*frames));
    struct raw_finding *raw;
    for (size_t i = 0; i < old->count; i++) {
        frames[i] = old->pages[i].frame;
    }
    list = capdl_review_list(review, &review->old, frames, old->count);
    capdl_review_size(old->size, size);
    raw = capdl_review_add(review, CAPDL_RANK_PROGRAM, CAPDL_CHANGED, FINDING_NO_OBJECT,
                           "'s %s at \2 (%s, %s) is all zero now%s%s", segment_name(old->pages->rights), size, list,
                           before ? "; SHA-256 was " : "", before ? before : "");
    free(list);
    free(frames);
    raw->field = "segment";
    raw->old_value = before;
    raw->address = old->pages->address;
    raw->size = old->size;
    raw->cause = cause;
    capdl_review_concern(raw, &subject, 1);
}

/* Subject that alone maps a frame, or REVIEW_NONE. */
static uint32_t only_mapper(struct review *review, uint32_t frame)
{
    const struct parties *parties = capdl_review_parties(review, &review->new, frame);
    uint32_t found = REVIEW_NONE;
    for (size_t i = 0; i < parties->count; i++) {
        if (!parties->list[i].mapped) {
            continue;
        }
        if (parties->list[i].who & USE_DEVICE || (found != REVIEW_NONE && found != parties->list[i].who)) {
            return REVIEW_NONE;
        }
        found = parties->list[i].who;
    }
    return found;
}

/* A number for the code of each subject: its executable pages, where they are and what is in them; 0: none. */
static uint64_t *number_code(const struct review *review, const struct world *world)
{
    size_t size = (review->new.num_subjects + review->old.num_subjects + (size_t)1) * sizeof(uint64_t);
    uint64_t *code = memset(capdl_spec_realloc(NULL, size), 0, size);
    for (uint32_t i = 0; i < world->spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(world->spec, i);
        for (size_t j = world->first_use[i];
             capdl_kind_is_table(capdl_object_kind(world->spec, i)) && j < world->first_use[i + 1]; j++) {
            const struct use *use = &world->uses[j];
            uint32_t who = capdl_review_who(world, use);
            for (uint32_t k = 0; !(who & USE_DEVICE) && use->shift < 64 && k < caps.count; k++) {
                const struct capdl_cap *cap = &caps.list[k];
                if (cap->kind == CAPDL_KIND_FRAME && cap->rights & CAPDL_RIGHT_EXECUTE && world->content[cap->object]) {
                    uint64_t page = (use->address | cap->slot << use->shift) * UINT64_C(0x9e3779b97f4a7c15) ^
                                    world->content[cap->object] * UINT64_C(0xc2b2ae3d27d4eb4f);
                    code[who] += (page ^ page >> 29) * UINT64_C(0xbf58476d1ce4e5b9); /* in whatever order */
                }
            }
        }
    }
    return code;
}

/* ", the one that x runs", or "": those whose program has not changed and is the one that the subject has now. Several
   that change to one program are thus told alike. To be freed. */
static char *same_program(struct review *review, uint32_t subject)
{
    uint32_t *who = capdl_spec_realloc(NULL, (review->new.num_subjects + (size_t)1) * sizeof(*who));
    size_t count = 0;
    char *names, *text;
    if (!review->new_code) {
        review->old_code = number_code(review, &review->old);
        review->new_code = number_code(review, &review->new);
    }
    for (uint32_t i = 0; i < review->new.num_subjects; i++) {
        uint32_t other = review->new.subject_number[i];
        if (other != subject && review->new_code[subject] && review->new_code[other] == review->new_code[subject] &&
            review->old_code[other] == review->new_code[other]) {
            who[count++] = other;
        }
    }
    names = capdl_review_names(review, who, count);
    text = count ? capdl_review_format(", the one that %s %s", names, count == 1 ? "runs" : "run")
                 : capdl_review_format("%s", "");
    free(names);
    free(who);
    return text;
}

static uint32_t tell_program(struct review *review, const struct edit *edit, uint32_t subject)
{
    struct pages old = find_pages(&review->old, subject), new = find_pages(&review->new, subject);
    uint32_t frame = (uint32_t)edit->object, finding = (uint32_t)review->num_raw;
    size_t differ = 0, total = 0;
    bool code = false;
    char *same;
    struct raw_finding *raw = capdl_review_add(review, CAPDL_RANK_PROGRAM, CAPDL_CHANGED, edit->object, "%s", "");
    capdl_review_concern(raw, &subject, 1);
    raw->field = "fill";
    raw->old_pos = capdl_object_pos(review->old.spec, review->old_of[frame]);
    raw->new_pos = capdl_object_pos(review->new.spec, frame);
    for (size_t i = 0; i < new.count; total++) {
        struct segment now = next_segment(&review->new, &new, i), was = find_old(&review->old, &old, &now);
        if (!was.count || !is_same(review, &was, &now)) {
            tell_segment(review, subject, finding, &was, &now);
            code |= now.pages->rights & CAPDL_RIGHT_EXECUTE;
            differ++;
        }
        i += now.count;
    }
    for (size_t i = 0; i < old.count;) {
        struct segment was = next_segment(&review->old, &old, i);
        if (is_zero_now(review, subject, &new, &was)) {
            tell_zeros(review, subject, finding, &was);
            code |= was.pages->rights & CAPDL_RIGHT_EXECUTE;
            differ++;
            total++;
        }
        i += was.count;
    }
    raw = &review->raw[finding];
    free(raw->text);
    same = code ? same_program(review, subject) : capdl_review_format("%s", "");
    raw->text = !differ      ? capdl_review_format(" starts with zeros in its memory where there was data")
                : total == 1 ? capdl_review_format(code ? *same ? " runs another program%s" : " runs changed code%s"
                                                        : " starts with other data in its memory%s",
                                                   same)
                : code ? capdl_review_format(" runs %s%s: %zu of its %zu segments differ%s",
                                             *same ? "another program" : "changed code", same, differ, total,
                                             differ == 1 ? "s" : "")
                       : capdl_review_format(" starts with other data in its memory: %zu of %zu segments differ%s, "
                                             "not its code",
                                             differ, total, differ == 1 ? "s" : "");
    raw->data_only = !code && differ;
    free(same);
    free(old.list);
    free(new.list);
    return finding;
}

static void judge_frame(struct review *review, const struct edit *edit)
{
    const struct capdl_diff_options *options = review->options;
    const struct parties *parties = capdl_review_parties(review, &review->new, (uint32_t)edit->object);
    uint32_t *who = capdl_spec_realloc(NULL, (parties->count + 1) * sizeof(*who));
    char digests[2][65] = {"nothing", "nothing"};
    struct raw_finding *raw;
    size_t count = 0;
    for (size_t i = 0; i < parties->count; i++) {
        if (!count || who[count - 1] != parties->list[i].who) {
            who[count++] = parties->list[i].who;
        }
    }
    if (edit->has_old && options && options->digest) {
        options->digest(options->context, &edit->old_value, 1, digests[0]);
    }
    if (edit->has_new && options && options->digest) {
        options->digest(options->context, &edit->new_value, 1, digests[1]);
    }
    raw = capdl_review_add(review, CAPDL_RANK_PROGRAM, CAPDL_CHANGED, edit->object, "%sthe content of \1 %s",
                           count ? ": " : "",
                           !edit->has_old   ? "is data where there was none"
                           : !edit->has_new ? "is gone: it is all zero"
                                            : "is other data");
    capdl_review_concern(raw, who, count);
    raw->field = "fill";
    raw->old_value = capdl_review_format("%s", digests[0]);
    raw->new_value = capdl_review_format("%s", digests[1]);
    raw->old_pos = capdl_object_pos(review->old.spec, review->old_of[edit->object]);
    raw->new_pos = capdl_object_pos(review->new.spec, (uint32_t)edit->object);
    free(who);
}

void capdl_review_judge_content(struct review *review, const struct edit *edit)
{
    uint32_t subject = only_mapper(review, (uint32_t)edit->object);
    if (subject == REVIEW_NONE) {
        judge_frame(review, edit);
    } else if (review->program[subject] != REVIEW_NONE) {
        review->finding_of[review->edit] = review->program[subject];
    } else {
        review->program[subject] = tell_program(review, edit, subject);
    }
}

bool capdl_review_programs_differ(const struct review *review, const uint32_t *subjects, size_t count)
{
    for (size_t i = 0; i < review->edits.count; i++) {
        const struct edit *edit = &review->edits.list[i];
        if (edit->kind != EDIT_FIELD || edit->field != FIELD_CONTENT) {
            continue;
        }
        for (size_t j = review->new.first_holder[edit->object]; j < review->new.first_holder[edit->object + 1]; j++) {
            uint32_t table = review->new.holders[j].container;
            for (size_t k = review->new.first_use[table]; k < review->new.first_use[table + 1]; k++) {
                if (capdl_review_among(subjects, count, capdl_review_who(&review->new, &review->new.uses[k]))) {
                    return true;
                }
            }
        }
    }
    return false;
}
