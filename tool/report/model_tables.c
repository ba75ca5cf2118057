/* SPDX-License-Identifier: BSD-2-Clause */
/* What concerns the system as a whole. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/links.h"
#include "report/members.h"
#include "report/report.h"

/* ---- Objects that are shared ---- */

static struct json_object *user_json(const struct report_builder *b, const struct capdl_survey_channel *channel,
                                     const struct capdl_survey_user *user)
{
    enum capdl_kind kind = capdl_object_kind(b->spec, channel->object);
    struct json_object *json = report_subject_link(b, user->who);
    char rights[CAPDL_RIGHTS_TEXT];
    if (!json) {
        return NULL;
    }
    report_text(json, "rights",
                capdl_kind_has(kind, CAPDL_TRAIT_RIGHTS) ? report_rights(kind, user->rights, rights) : NULL);
    report_text(json, "badge", NULL);
    if (capdl_kind_has(kind, CAPDL_TRAIT_BADGE) && user->badge) {
        report_hex(json, "badge", user->badge);
    }
    report_bool(json, "mapped", user->mapped);
    return json;
}

static struct json_object *users_json(const struct report_builder *b, const struct capdl_survey_channel *channel)
{
    struct json_object *list = json_object_new_array();
    for (size_t i = 0; i < channel->num_users; i++) {
        struct json_object *user = user_json(b, channel, &channel->users[i]);
        if (user) {
            json_object_array_add(list, user);
        }
    }
    return list;
}

static struct json_object *channel_json(struct report_builder *b, size_t number)
{
    const struct capdl_survey_channel *channel = &b->survey.channels[number];
    enum capdl_kind kind = capdl_object_kind(b->spec, channel->object);
    struct json_object *json = report_channel_link(b, channel->object);
    uint64_t size = UINT64_C(1) << capdl_object_size_bits(b->spec, channel->object);
    bool memory = kind == CAPDL_KIND_FRAME || kind == CAPDL_KIND_UT;
    char name[REPORT_TEXT];
    report_text(json, "name", report_name(b->spec, channel->object, channel->count, name));
    report_text(json, "type", capdl_kind_keyword(kind));
    report_text(json, "what", capdl_kind_name(kind));
    report_text(json, "role", memory ? NULL : channel->role);
    report_number(json, "bytes", memory ? size * channel->count : 0);
    json_object_object_add(json, "users", users_json(b, channel));
    report_source(&b->sources, json, capdl_object_pos(b->spec, channel->object));
    return json;
}

struct json_object *report_channels(struct report_builder *b)
{
    struct json_object *list = json_object_new_array();
    for (size_t i = 0; i < b->survey.num_channels; i++) {
        json_object_array_add(list, channel_json(b, i));
    }
    return list;
}

/* ---- Physical memory ---- */

static int physical_compare(const void *left, const void *right, void *spec)
{
    const struct capdl_survey_channel *a = *(const struct capdl_survey_channel *const *)left;
    const struct capdl_survey_channel *b = *(const struct capdl_survey_channel *const *)right;
    uint64_t x = capdl_object_paddr(spec, a->object), y = capdl_object_paddr(spec, b->object);
    if (x != y) {
        return x < y ? -1 : 1;
    }
    return a->object < b->object ? -1 : a->object > b->object;
}

struct json_object *report_physical(struct report_builder *b)
{
    struct json_object *list = json_object_new_array();
    const struct capdl_survey_channel **fixed =
        memory_zeroed(b->survey.num_channels + 1, sizeof(struct capdl_survey_channel *));
    size_t count = 0;
    uint64_t end = 0;
    for (size_t i = 0; i < b->survey.num_channels; i++) {
        if (capdl_object_flags(b->spec, b->survey.channels[i].object) & CAPDL_OBJECT_HAS_PADDR) {
            fixed[count++] = &b->survey.channels[i];
        }
    }
    qsort_r(fixed, count, sizeof(struct capdl_survey_channel *), physical_compare, (void *)(uintptr_t)b->spec);
    for (size_t i = 0; i < count; i++) {
        struct json_object *json = report_channel_link(b, fixed[i]->object);
        enum capdl_kind kind = capdl_object_kind(b->spec, fixed[i]->object);
        uint64_t start = capdl_object_paddr(b->spec, fixed[i]->object);
        uint64_t size = fixed[i]->count * (UINT64_C(1) << capdl_object_size_bits(b->spec, fixed[i]->object));
        char name[REPORT_TEXT];
        report_text(json, "name", report_name(b->spec, fixed[i]->object, fixed[i]->count, name));
        report_text(json, "what", capdl_kind_name(kind));
        report_hex(json, "start", start);
        report_hex(json, "end", start + size - 1);
        report_number(json, "size", size);
        report_bool(json, "overlaps", kind == CAPDL_KIND_FRAME && start < end);
        json_object_object_add(json, "users", users_json(b, fixed[i]));
        json_object_array_add(list, json);
        end = kind == CAPDL_KIND_FRAME && start + size > end ? start + size : end;
    }
    free(fixed);
    return list;
}

/* ---- Interrupts ---- */

static struct json_object *numbers_of(const struct capdl_spec *spec, uint32_t object)
{
    struct json_object *list = json_object_new_array();
    for (size_t i = 0; i < spec->num_irqs; i++) {
        if (spec->irqs[i].object == object) {
            json_object_array_add(list, json_object_new_uint64(spec->irqs[i].irq));
        }
    }
    return list;
}

static struct json_object *receivers(const struct report_builder *b, uint32_t notification)
{
    struct json_object *list = json_object_new_array();
    const struct capdl_survey_channel *channel = &b->survey.channels[b->channel_of[notification]];
    uint32_t last = UINT32_MAX, bound = b->bound_to[notification];
    if (bound != UINT32_MAX) {
        json_object_array_add(list, report_subject_link(b, bound));
    }
    for (size_t i = 0; i < channel->num_users; i++) {
        uint32_t who = channel->users[i].who;
        if (channel->users[i].rights & CAPDL_RIGHT_READ && who != bound && who != last) {
            json_object_array_add(list, report_subject_link(b, who));
            last = who;
        }
    }
    return list;
}

struct json_object *report_interrupts(struct report_builder *b)
{
    struct json_object *list = json_object_new_array();
    for (size_t i = 0; i < b->survey.num_channels; i++) {
        const struct capdl_survey_channel *channel = &b->survey.channels[i];
        const struct capdl_cap *cap;
        struct json_object *json;
        if (capdl_kind_class(capdl_object_kind(b->spec, channel->object)) != CAPDL_CLASS_INTERRUPT) {
            continue;
        }
        cap = capdl_spec_cap_at(b->spec, channel->object, 0);
        cap = cap && cap->kind == CAPDL_KIND_NOTIFICATION ? cap : NULL; /* in a wrong spec, it may be anything */
        json = report_channel_link(b, channel->object);
        report_text(json, "what", capdl_kind_name(capdl_object_kind(b->spec, channel->object)));
        json_object_object_add(json, "numbers", numbers_of(b->spec, channel->object));
        json_object_object_add(json, "notification", cap ? report_channel_link(b, cap->object) : NULL);
        report_text(json, "badge", NULL);
        if (cap) {
            report_hex(json, "badge", cap->data);
        }
        json_object_object_add(json, "receivers", cap ? receivers(b, cap->object) : json_object_new_array());
        json_object_object_add(json, "acknowledged_by", users_json(b, channel));
        report_source(&b->sources, json, capdl_object_pos(b->spec, channel->object));
        json_object_array_add(list, json);
    }
    return list;
}

/* ---- Time ---- */

struct runner {
    uint32_t subject;
    const struct capdl_survey_thread *thread;
    const struct capdl_tcb *tcb;
};

static int runner_compare(const void *left, const void *right)
{
    const struct runner *a = left, *b = right;
    if (a->tcb->affinity != b->tcb->affinity) {
        return a->tcb->affinity < b->tcb->affinity ? -1 : 1;
    }
    if (a->tcb->dom != b->tcb->dom) {
        return a->tcb->dom < b->tcb->dom ? -1 : 1;
    }
    if (a->tcb->prio != b->tcb->prio) {
        return a->tcb->prio > b->tcb->prio ? -1 : 1;
    }
    return a->subject < b->subject ? -1 : a->subject > b->subject;
}

static struct runner *find_runners(const struct report_builder *b, size_t *count)
{
    struct runner *list = NULL;
    size_t capacity = 0;
    *count = 0;
    for (uint32_t i = 0; i < b->survey.num_subjects; i++) {
        for (size_t j = 0; j < b->survey.subjects[i].num_threads; j++) {
            const struct capdl_survey_thread *thread = &b->survey.subjects[i].threads[j];
            list = memory_grow(list, &capacity, *count + 1, sizeof(*list));
            list[(*count)++] = (struct runner){i, thread, capdl_tcb_values(b->spec, thread->object)};
        }
    }
    if (*count) {
        qsort(list, *count, sizeof(*list), runner_compare);
    }
    return list;
}

static const struct capdl_sc *times_of(const struct report_builder *b, const struct runner *runner)
{
    uint32_t context = runner->thread->context;
    const struct capdl_sc *sc = context == CAPDL_NO_OBJECT ? NULL : capdl_object_sc(b->spec, context);
    return sc && sc->has_times && sc->period ? sc : NULL;
}

static struct json_object *runner_json(const struct report_builder *b, const struct runner *runner)
{
    const struct capdl_sc *sc = times_of(b, runner);
    struct json_object *json = report_subject_link(b, runner->subject);
    bool mcs = b->input->profile && b->input->profile->mcs;
    char name[REPORT_TEXT];
    report_text(json, "thread", report_name(b->spec, runner->thread->object, 1, name));
    report_number(json, "priority", runner->tcb->prio);
    report_number(json, "max_priority", runner->tcb->max_prio);
    report_number(json, "domain", runner->tcb->dom);
    json_object_object_add(json, "budget_us", sc ? json_object_new_uint64(sc->budget) : NULL);
    json_object_object_add(json, "period_us", sc ? json_object_new_uint64(sc->period) : NULL);
    json_object_object_add(json, "permille",
                           sc ? json_object_new_uint64(report_share(sc->budget, sc->period, 1000)) : NULL);
    report_bool(json, "passive", mcs && runner->thread->context == CAPDL_NO_OBJECT);
    report_bool(json, "started", runner->tcb->resume);
    return json;
}

/* Threads of one core and one domain. */
static struct json_object *share_json(const struct report_builder *b, const struct runner *list, size_t count)
{
    struct json_object *json = json_object_new_object(), *threads = json_object_new_array();
    const uint64_t all = UINT64_C(1000000000000), permille = all / 1000; /* many digits: shares add up */
    uint64_t sum = 0;
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        const struct capdl_sc *sc = times_of(b, &list[i]);
        json_object_array_add(threads, runner_json(b, &list[i]));
        sum += sc ? report_share(sc->budget, sc->period, all) : 0;
        any |= sc != NULL;
    }
    report_number(json, "core", list[0].tcb->affinity);
    report_number(json, "domain", list[0].tcb->dom);
    json_object_object_add(json, "permille",
                           any ? json_object_new_uint64((sum + (sum > all ? permille - 1 : permille / 2)) / permille)
                               : NULL);
    report_bool(json, "overcommitted", sum > all);
    json_object_object_add(json, "threads", threads);
    return json;
}

/* Entries that take turns: those up to an end marker, or to the one at which the kernel starts. Returns the one after
 * them. */
static size_t turns_end(const struct capdl_domains *domains, size_t first)
{
    size_t end = first + 1;
    while (end < domains->num_schedule && !domains->schedule[end - 1].end_marker && end != domains->start_index) {
        end++;
    }
    return end;
}

static void add_turns(struct json_object *list, const struct capdl_domain_entry *entries, size_t count)
{
    uint64_t total = 0;
    bool one_unit = true;
    for (size_t i = 0; i < count; i++) {
        total += entries[i].duration;
        one_unit &= entries[i].end_marker || entries[i].unit == entries[0].unit;
    }
    for (size_t i = 0; i < count; i++) {
        const struct capdl_domain_entry *entry = &entries[i];
        struct json_object *json = json_object_new_object();
        report_bool(json, "end", entry->end_marker);
        report_number(json, "domain", entry->domain);
        report_number(json, "duration", entry->duration);
        report_text(json, "unit", entry->unit == CAPDL_TICKS ? "ticks" : "µs");
        json_object_object_add(json, "permille",
                               one_unit && total && !entry->end_marker
                                   ? json_object_new_uint64(report_share(entry->duration, total, 1000))
                                   : NULL);
        json_object_array_add(list, json);
    }
}

static struct json_object *schedule_json(const struct capdl_domains *domains)
{
    struct json_object *list = json_object_new_array();
    for (size_t i = 0, end; i < domains->num_schedule; i = end) {
        end = turns_end(domains, i);
        add_turns(list, &domains->schedule[i], end - i);
    }
    return list;
}

struct json_object *report_time(struct report_builder *b)
{
    struct json_object *json = json_object_new_object(), *shares = json_object_new_array();
    size_t count, end;
    struct runner *runners = find_runners(b, &count);
    for (size_t i = 0; i < count; i = end) {
        for (end = i; end < count && runners[end].tcb->affinity == runners[i].tcb->affinity &&
                      runners[end].tcb->dom == runners[i].tcb->dom;
             end++) {
        }
        json_object_array_add(shares, share_json(b, &runners[i], end - i));
    }
    free(runners);
    json_object_object_add(json, "shares", shares);
    json_object_object_add(json, "domain_schedule", schedule_json(&b->spec->domains));
    return json;
}

/* ---- Programs ---- */

static void add_file(const struct report_builder *b, struct json_object *json, const char *name)
{
    char *path = file_find(name, b->input->name, b->input->directories);
    struct file_bytes file;
    char text[2 * SHA256_BYTES + 1];
    uint8_t digest[SHA256_BYTES];
    struct sha256 hash;
    report_text(json, "file", name);
    if (path && file_read_regular(path, &file)) {
        sha256_init(&hash);
        sha256_add(&hash, file.data, file.size);
        sha256_end(&hash, digest);
        sha256_text(digest, text);
        report_number(json, "bytes", file.size);
        report_text(json, "sha256", text);
        file_release(&file);
    } else {
        report_number(json, "bytes", 0);
        report_text(json, "sha256", NULL);
    }
    free(path);
}

/* The ELF files of PDs; in an image there are only their segments. */
struct json_object *report_programs(struct report_builder *b)
{
    struct json_object *list = json_object_new_array();
    for (uint32_t i = 0; i < b->spec->num_objects; i++) {
        const struct capdl_program *program;
        if (capdl_object_kind(b->spec, i) != CAPDL_KIND_PROGRAM) {
            continue;
        }
        program = capdl_object_declaration(b->spec, i);
        for (size_t j = 0; program && j < program->num_params; j++) {
            if (!program->params[j].name && program->params[j].kind == CAPDL_VALUE_STRING) {
                struct json_object *json = json_object_new_object();
                char name[REPORT_TEXT];
                report_text(json, "pd", report_name(b->spec, i, 1, name));
                add_file(b, json, program->params[j].text);
                report_source(&b->sources, json, capdl_object_pos(b->spec, i));
                json_object_array_add(list, json);
            }
        }
    }
    return list;
}

/* ---- Who can affect whom ---- */

static const struct {
    uint8_t effect;
    const char *letter, *words;
} effects[] = {
    {CAPDL_EFFECT_CONTROL, "C", "controls it"},           {CAPDL_EFFECT_HANDLE, "H", "handles its faults"},
    {CAPDL_EFFECT_MEMORY, "M", "writes memory it reads"}, {CAPDL_EFFECT_MESSAGE, "S", "sends to it"},
    {CAPDL_EFFECT_ANSWER, "A", "answers its calls"},      {CAPDL_EFFECT_SIGNAL, "N", "signals it"},
    {CAPDL_EFFECT_FAULT, "F", "sends it its faults"},     {CAPDL_EFFECT_THROUGH, "·", "only through others"},
};
enum { NUM_EFFECTS = sizeof(effects) / sizeof(effects[0]) };

static struct json_object *cell_json(const struct report_builder *b, uint32_t from, uint32_t to)
{
    uint8_t effect = b->survey.effects[from * b->survey.num_subjects + to];
    struct json_object *json = json_object_new_object();
    char letters[2 * NUM_EFFECTS + 1] = "", words[400] = "";
    for (unsigned i = 0; i < NUM_EFFECTS; i++) {
        if (effect & effects[i].effect) {
            strcat(letters, effects[i].letter);
            snprintf(words + strlen(words), sizeof(words) - strlen(words), "%s%s", *words ? ", " : "",
                     effects[i].words);
        }
    }
    report_bool(json, "self", from == to);
    report_bool(json, "direct", effect & ~CAPDL_EFFECT_THROUGH);
    report_bool(json, "strong", effect & (CAPDL_EFFECT_CONTROL | CAPDL_EFFECT_HANDLE | CAPDL_EFFECT_MEMORY));
    report_text(json, "letters", letters);
    report_text(json, "words", words);
    report_text(json, "from", b->survey.subjects[from].name);
    report_text(json, "to", b->survey.subjects[to].name);
    return json;
}

struct json_object *report_matrix(const struct report_builder *b)
{
    struct json_object *json, *columns = json_object_new_array(), *rows = json_object_new_array();
    if (!b->survey.effects || b->survey.num_subjects < 2) {
        json_object_put(columns);
        json_object_put(rows);
        return NULL;
    }
    for (uint32_t i = 0; i < b->survey.num_subjects; i++) {
        struct json_object *row = report_subject_link(b, i), *cells = json_object_new_array();
        uint64_t through = 0;
        for (uint32_t j = 0; j < b->survey.num_subjects; j++) {
            json_object_array_add(cells, cell_json(b, i, j));
            through += b->survey.effects[i * b->survey.num_subjects + j] == CAPDL_EFFECT_THROUGH;
        }
        report_number(row, "through", through);
        json_object_object_add(row, "cells", cells);
        json_object_array_add(rows, row);
        json_object_array_add(columns, report_subject_link(b, i));
    }
    json = json_object_new_object();
    json_object_object_add(json, "columns", columns);
    json_object_object_add(json, "rows", rows);
    return json;
}

/* ---- What is worth a look ---- */

static struct json_object *notable(const struct report_builder *b, struct json_object *list, enum capdl_rank rank,
                                   uint32_t who, const char *text)
{
    struct json_object *json = json_object_new_object();
    report_number(json, "rank", rank);
    report_text(json, "kind", capdl_rank_word(rank));
    json_object_object_add(json, "subject", report_subject_link(b, who));
    report_text(json, "text", text);
    json_object_array_add(list, json);
    return json;
}

/* "a and b" */
static void name_users(const struct report_builder *b, uint32_t frame, uint32_t except, char *text, size_t size)
{
    const struct capdl_survey_channel *channel = &b->survey.channels[b->channel_of[frame]];
    size_t length = 0, named = 0;
    *text = '\0';
    for (size_t i = 0; i < channel->num_users && length < size; i++) {
        uint32_t who = channel->users[i].who;
        if (who == except || (i && who == channel->users[i - 1].who) || who & CAPDL_SURVEY_DEVICE) {
            continue;
        }
        if (named == 3) {
            snprintf(text + length, size - length, " and others");
            return;
        }
        length += (size_t)snprintf(text + length, size - length, "%s%.60s", named++ ? ", " : "",
                                   b->survey.subjects[who].name);
    }
}

static uint32_t space_of(const struct report_builder *b, uint32_t who)
{
    const struct capdl_survey_subject *subject = &b->survey.subjects[who];
    const struct capdl_cap *cap =
        subject->num_threads ? capdl_spec_cap_at(b->spec, subject->threads[0].object, CAPDL_TCB_SLOT_VSPACE) : NULL;
    return cap ? cap->object : CAPDL_NO_OBJECT;
}

/* Whether all that reach a frame run in one address space: note_space says what that means. */
static bool in_one_space(const struct report_builder *b, uint32_t frame, uint32_t who)
{
    const struct capdl_survey_channel *channel = &b->survey.channels[b->channel_of[frame]];
    uint32_t space = space_of(b, who);
    for (size_t i = 0; i < channel->num_users; i++) {
        uint32_t user = channel->users[i].who;
        if (user & CAPDL_SURVEY_DEVICE || space_of(b, user) != space) {
            return false;
        }
    }
    return space != CAPDL_NO_OBJECT;
}

/* Threads in one address space that have different CSpaces. */
static void note_space(const struct report_builder *b, struct json_object *list, uint32_t who)
{
    enum { MOST_NAMED = 8 };
    char text[800];
    uint32_t space = space_of(b, who);
    size_t length = 0, named = 0;
    for (uint32_t i = 0; i < b->survey.num_subjects && space != CAPDL_NO_OBJECT && named <= MOST_NAMED; i++) {
        if (i != who && space_of(b, i) == space) {
            length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%.60s",
                                       named ? ", " : "runs in the same address space as ",
                                       named < MOST_NAMED ? b->survey.subjects[i].name : "others");
            named++;
        }
    }
    if (named) {
        snprintf(text + length, sizeof(text) - length, ": each can change the other's code, stack and data");
        notable(b, list, CAPDL_RANK_CONTROL, who, text);
    }
}

static void note_mapping(struct report_builder *b, struct json_object *list, uint32_t who,
                         const struct capdl_survey_mapping *m)
{
    const struct capdl_cap *cap = capdl_spec_cap_at(b->spec, m->table, m->slot);
    bool fixed = capdl_object_flags(b->spec, m->frame) & CAPDL_OBJECT_HAS_PADDR, write = m->rights & CAPDL_RIGHT_WRITE;
    char text[800], name[REPORT_TEXT], others[300] = "";
    enum capdl_rank rank;
    report_name(b->spec, m->frame, m->count, name);
    if (m->shared && b->channel_of[m->frame] != UINT32_MAX) {
        name_users(b, m->frame, who, others, sizeof(others));
    }
    if (who & CAPDL_SURVEY_DEVICE) {
        rank = CAPDL_RANK_DMA;
        snprintf(text, sizeof(text), "can %s frame '%s' by DMA at I/O address 0x%" PRIx64, write ? "write" : "read",
                 name, m->start);
    } else if (write && m->rights & CAPDL_RIGHT_EXECUTE && !m->guest) {
        rank = CAPDL_RANK_EXECUTE;
        snprintf(text, sizeof(text), "can write and execute frame '%s' at 0x%" PRIx64, name, m->start);
    } else if (fixed) {
        rank = CAPDL_RANK_HARDWARE;
        snprintf(text, sizeof(text), "can %s physical memory 0x%" PRIx64 " to 0x%" PRIx64 " (frame '%s')%s%s",
                 write ? "read and write" : "read", capdl_object_paddr(b->spec, m->frame),
                 capdl_object_paddr(b->spec, m->frame) + m->size - 1, name, *others ? ", as can " : "", others);
    } else if (m->shared && write && *m->role && (!*others || !in_one_space(b, m->frame, who))) {
        rank = CAPDL_RANK_CONTROL;
        snprintf(text, sizeof(text), "can write %s, which others reach, too: %s (frame '%s' at 0x%" PRIx64 ")", m->role,
                 others, name, m->start);
    } else {
        return;
    }
    report_source(&b->sources, notable(b, list, rank, who, text), cap ? capdl_cap_pos(b->spec, cap) : CAPDL_NOWHERE);
}

static void note_thread(struct report_builder *b, struct json_object *list, uint32_t who,
                        const struct capdl_survey_thread *thread)
{
    char text[600], name[REPORT_TEXT];
    struct capdl_pos pos = capdl_object_pos(b->spec, thread->object);
    report_name(b->spec, thread->object, 1, name);
    if (thread->lost_faults) {
        snprintf(text, sizeof(text),
                 "names a fault handler for thread '%s', but no fault gets there: the pointer leads to no endpoint "
                 "that may be called",
                 name);
    } else if (thread->fault_endpoint == CAPDL_NO_OBJECT) {
        snprintf(text, sizeof(text), "has no fault handler for thread '%s': a fault suspends it and nobody is told",
                 name);
    } else {
        return;
    }
    report_source(&b->sources, notable(b, list, CAPDL_RANK_FAULTS, who, text), pos);
}

static void note_subject(struct report_builder *b, struct json_object *list, uint32_t who)
{
    const struct capdl_survey_subject *subject = &b->survey.subjects[who];
    char text[1200];
    for (size_t i = 0; i < subject->num_rights && subject->rights[i].rank <= CAPDL_RANK_HARDWARE; i++) {
        snprintf(text, sizeof(text), "can %s", subject->rights[i].text);
        report_source(&b->sources, notable(b, list, subject->rights[i].rank, who, text),
                      capdl_cap_pos(b->spec, subject->rights[i].cap));
    }
    note_space(b, list, who);
    for (size_t i = 0; i < subject->num_mappings; i++) {
        note_mapping(b, list, who, &subject->mappings[i]);
    }
    for (size_t i = 0; i < subject->num_threads; i++) {
        note_thread(b, list, who, &subject->threads[i]);
    }
}

static int by_rank(const void *left, const void *right)
{
    struct json_object *a = *(struct json_object *const *)left, *b = *(struct json_object *const *)right;
    return json_object_get_int(json_object_object_get(a, "rank")) -
           json_object_get_int(json_object_object_get(b, "rank"));
}

struct json_object *report_notable(struct report_builder *b)
{
    struct json_object *list = json_object_new_array();
    for (size_t i = 0; i < b->survey.num_devices; i++) {
        const struct capdl_survey_device *device = &b->survey.devices[i];
        for (size_t j = 0; j < device->num_mappings; j++) {
            note_mapping(b, list, CAPDL_SURVEY_DEVICE | device->object, &device->mappings[j]);
        }
    }
    for (uint32_t i = 0; i < b->survey.num_subjects; i++) {
        note_subject(b, list, i);
    }
    json_object_array_sort(list, by_rank);
    return list;
}
