/* SPDX-License-Identifier: BSD-2-Clause */
/* Subjects: threads, what they hold, and what they reach. */
#include <inttypes.h>
#include <string.h>

#include "report/links.h"
#include "report/members.h"

#include "report/report.h"

enum { MOST_PEERS = 8 };

/* ---- With whom one meets at an object ---- */

static bool takes_part(const struct capdl_survey_user *user, uint8_t rights)
{
    return (user->rights & rights) != 0;
}

static void add_peer(const struct report_builder *b, struct json_object *list, uint32_t who, uint64_t *more)
{
    if (json_object_array_length(list) < MOST_PEERS) {
        json_object_array_add(list, report_subject_link(b, who));
    } else {
        ++*more;
    }
}

/* Subjects and devices with one of the rights, or to whose thread it is bound, each once, without `except`; at most
 * MOST_PEERS, the others counted. */
static void add_peers(const struct report_builder *b, struct json_object *to, const char *key, uint32_t object,
                      uint8_t rights, uint32_t except)
{
    struct json_object *list = json_object_new_array();
    uint64_t more = 0;
    uint32_t last = UINT32_MAX;
    const struct capdl_survey_channel *channel = object == CAPDL_NO_OBJECT || b->channel_of[object] == UINT32_MAX
                                                     ? NULL
                                                     : &b->survey.channels[b->channel_of[object]];
    uint32_t bound = channel && rights & CAPDL_RIGHT_READ ? b->bound_to[object] : UINT32_MAX;
    if (bound != UINT32_MAX && bound != except) {
        add_peer(b, list, bound, &more);
    }
    for (size_t i = 0; channel && i < channel->num_users; i++) {
        const struct capdl_survey_user *user = &channel->users[i];
        if (takes_part(user, rights) && user->who != except && user->who != bound && user->who != last) {
            last = user->who;
            add_peer(b, list, last, &more);
        }
    }
    json_object_object_add(to, key, list);
    report_number(to, "more", more);
}

/* ---- Threads ---- */

static struct json_object *context_json(const struct report_builder *b, uint32_t object)
{
    const struct capdl_sc *sc;
    struct json_object *json;
    char name[REPORT_TEXT];
    if (object == CAPDL_NO_OBJECT) {
        return NULL;
    }
    json = json_object_new_object();
    sc = capdl_object_sc(b->spec, object);
    report_text(json, "name", report_name(b->spec, object, 1, name));
    json_object_object_add(json, "budget_us", sc && sc->has_times ? json_object_new_uint64(sc->budget) : NULL);
    json_object_object_add(json, "period_us", sc && sc->has_times ? json_object_new_uint64(sc->period) : NULL);
    json_object_object_add(
        json, "permille",
        sc && sc->has_times && sc->period ? json_object_new_uint64(report_share(sc->budget, sc->period, 1000)) : NULL);
    report_number(json, "extra_refills", sc ? sc->refills : 0);
    report_bool(json, "sporadic", sc && sc->flags & 1);
    return json;
}

static struct json_object *handler_json(const struct report_builder *b, uint32_t endpoint)
{
    struct json_object *json = report_channel_link(b, endpoint);
    if (json) {
        add_peers(b, json, "handlers", endpoint, CAPDL_RIGHT_READ, UINT32_MAX);
    }
    return json;
}

static struct json_object *thread_json(struct report_builder *b, const struct capdl_survey_thread *thread)
{
    const struct capdl_tcb *tcb = capdl_tcb_values(b->spec, thread->object);
    struct json_object *json = json_object_new_object();
    bool mcs = b->input->profile && b->input->profile->mcs;
    char name[REPORT_TEXT];
    report_text(json, "name", report_name(b->spec, thread->object, 1, name));
    report_number(json, "priority", tcb->prio);
    report_number(json, "max_priority", tcb->max_prio);
    report_bool(json, "may_raise", tcb->max_prio > tcb->prio);
    report_number(json, "core", tcb->affinity);
    report_number(json, "domain", tcb->dom);
    report_bool(json, "started", tcb->resume);
    report_hex(json, "entry", tcb->ip);
    report_hex(json, "stack_pointer", tcb->sp);
    report_hex(json, "ipc_buffer", tcb->addr);
    report_bool(json, "fpu", !capdl_tcb_get(tcb, CAPDL_TCB_FIELD_FPU_DISABLED));
    json_object_object_add(json, "context", context_json(b, thread->context));
    report_bool(json, "passive", mcs && thread->context == CAPDL_NO_OBJECT);
    json_object_object_add(json, "faults_to", handler_json(b, thread->fault_endpoint));
    report_bool(json, "lost_faults", thread->lost_faults);
    json_object_object_add(json, "timeouts_to", handler_json(b, thread->timeout_endpoint));
    json_object_object_add(json, "bound_notification", report_channel_link(b, thread->notification));
    report_source(&b->sources, json, capdl_object_pos(b->spec, thread->object));
    return json;
}

/* ---- What it holds ---- */

static struct json_object *right_json(struct report_builder *b, const struct capdl_survey_right *right)
{
    const struct capdl_cap *cap = right->cap;
    struct json_object *json = json_object_new_object(), *object = NULL;
    char name[REPORT_TEXT], rights[CAPDL_RIGHTS_TEXT];
    report_number(json, "rank", right->rank);
    report_text(json, "kind", capdl_rank_word(right->rank));
    report_text(json, "text", right->text);
    if (cap->object != CAPDL_NO_OBJECT) {
        object = json_object_new_object();
        report_text(object, "name", report_name(b->spec, cap->object, right->count, name));
        report_text(object, "type", capdl_kind_keyword((enum capdl_kind)cap->kind));
    }
    json_object_object_add(json, "object", object);
    report_text(json, "what", capdl_kind_name((enum capdl_kind)cap->kind));
    report_number(json, "count", right->count);
    report_text(json, "rights",
                capdl_kind_has((enum capdl_kind)cap->kind, CAPDL_TRAIT_RIGHTS)
                    ? report_rights((enum capdl_kind)cap->kind, cap->rights, rights)
                    : NULL);
    if (capdl_kind_has((enum capdl_kind)cap->kind, CAPDL_TRAIT_BADGE)) {
        report_hex(json, "badge", cap->data);
    } else {
        report_text(json, "badge", NULL);
    }
    report_hex(json, "pointer", right->pointer);
    report_text(json, "cnode", capdl_object_label(b->spec, right->container, name, sizeof(name)));
    report_number(json, "slot", cap->slot);
    json_object_object_add(json, "at", report_channel_link(b, cap->object));
    report_source(&b->sources, json, capdl_cap_pos(b->spec, cap));
    return json;
}

/* Interrupts that signal a notification. */
static void add_interrupts(const struct report_builder *b, struct json_object *to, uint32_t notification)
{
    struct json_object *list = json_object_new_array();
    for (size_t i = 0; i < b->survey.num_channels; i++) {
        uint32_t object = b->survey.channels[i].object;
        const struct capdl_cap *cap = capdl_kind_class(capdl_object_kind(b->spec, object)) == CAPDL_CLASS_INTERRUPT
                                          ? capdl_spec_cap_at(b->spec, object, 0)
                                          : NULL;
        if (cap && cap->object == notification) {
            json_object_array_add(list, report_channel_link(b, object));
        }
    }
    json_object_object_add(to, "interrupts", list);
}

static bool faults_at(const struct capdl_survey_subject *subject, uint32_t endpoint)
{
    for (size_t i = 0; i < subject->num_threads; i++) {
        if (subject->threads[i].fault_endpoint == endpoint || subject->threads[i].timeout_endpoint == endpoint) {
            return true;
        }
    }
    return false;
}

/* Subjects whose faults come to an endpoint; null for none. */
static void add_faulting(const struct report_builder *b, struct json_object *to, uint32_t endpoint)
{
    struct json_object *json = json_object_new_object(), *list = json_object_new_array();
    uint64_t count = 0;
    for (uint32_t i = 0; i < b->survey.num_subjects; i++) {
        if (faults_at(&b->survey.subjects[i], endpoint) && count++ < MOST_PEERS) {
            json_object_array_add(list, report_subject_link(b, i));
        }
    }
    json_object_object_add(json, "list", list);
    report_number(json, "more", count > MOST_PEERS ? count - MOST_PEERS : 0);
    if (!count) {
        json_object_put(json);
        json = NULL;
    }
    json_object_object_add(to, "faults_of", json);
}

static void add_end(const struct report_builder *b, struct json_object *list, uint32_t subject, uint32_t object,
                    uint8_t others, const struct capdl_cap *cap)
{
    struct json_object *end = report_channel_link(b, object);
    report_text(end, "badge", NULL);
    if (cap && cap->rights & CAPDL_RIGHT_WRITE) {
        report_hex(end, "badge", cap->data);
    }
    report_bool(end, "bound", !cap);
    add_peers(b, end, "peers", object, others, subject);
    if (others == CAPDL_RIGHT_WRITE && capdl_object_kind(b->spec, object) == CAPDL_KIND_NOTIFICATION) {
        add_interrupts(b, end, object);
    } else if (others == CAPDL_RIGHT_WRITE) {
        add_faulting(b, end, object);
    }
    json_object_array_add(list, end);
}

/* Whether an object was marked since b->mark was counted up. */
static bool mark(struct report_builder *b, uint32_t object)
{
    bool marked = b->marks[object] == b->mark;
    b->marks[object] = b->mark;
    return marked;
}

/* "Serves" and so on: objects with those at the other end. */
static void add_ends(struct report_builder *b, struct json_object *to, const char *key, uint32_t subject,
                     enum capdl_kind kind, uint8_t own, uint8_t others)
{
    const struct capdl_survey_subject *from = &b->survey.subjects[subject];
    struct json_object *list = json_object_new_array();
    b->mark++;
    for (size_t i = 0; i < from->num_rights; i++) {
        const struct capdl_cap *cap = from->rights[i].cap;
        if (cap->kind == kind && cap->rights & own && b->channel_of[cap->object] != UINT32_MAX &&
            (own != CAPDL_RIGHT_READ || !mark(b, cap->object))) {
            add_end(b, list, subject, cap->object, others, cap);
        }
    }
    for (size_t i = 0; kind == CAPDL_KIND_NOTIFICATION && own == CAPDL_RIGHT_READ && i < from->num_threads; i++) {
        if (from->threads[i].notification != CAPDL_NO_OBJECT) {
            add_end(b, list, subject, from->threads[i].notification, others, NULL);
        }
    }
    json_object_object_add(to, key, list);
}

static struct json_object *mapping_json(struct report_builder *b, const struct capdl_survey_mapping *mapping,
                                        uint32_t who)
{
    struct json_object *json = json_object_new_object(), *link = report_channel_link(b, mapping->frame);
    const struct capdl_cap *cap = capdl_spec_cap_at(b->spec, mapping->table, mapping->slot);
    char name[REPORT_TEXT], rights[CAPDL_RIGHTS_TEXT];
    report_hex(json, "start", mapping->start);
    report_hex(json, "end", mapping->start + mapping->size - 1);
    report_number(json, "size", mapping->size);
    report_text(json, "name", report_name(b->spec, mapping->frame, mapping->count, name));
    report_text(json, "rights", report_rights(CAPDL_KIND_FRAME, mapping->rights, rights));
    report_bool(json, "write_and_execute",
                mapping->rights & CAPDL_RIGHT_WRITE && mapping->rights & CAPDL_RIGHT_EXECUTE);
    report_bool(json, "uncached", mapping->uncached);
    report_bool(json, "guest", mapping->guest);
    report_bool(json, "shared", mapping->shared);
    report_text(json, "role", mapping->role);
    if (capdl_object_flags(b->spec, mapping->frame) & CAPDL_OBJECT_HAS_PADDR) {
        report_hex(json, "physical", capdl_object_paddr(b->spec, mapping->frame));
    } else {
        report_text(json, "physical", NULL);
    }
    if (link) {
        add_peers(b, link, "peers", mapping->frame, CAPDL_RIGHTS_ALL, who);
    }
    json_object_object_add(json, "at", link);
    report_source(&b->sources, json, cap ? capdl_cap_pos(b->spec, cap) : CAPDL_NOWHERE);
    return json;
}

static struct json_object *mappings_json(struct report_builder *b, const struct capdl_survey_mapping *list,
                                         size_t count, uint32_t who)
{
    struct json_object *json = json_object_new_array();
    for (size_t i = 0; i < count; i++) {
        json_object_array_add(json, mapping_json(b, &list[i], who));
    }
    return json;
}

static struct json_object *segments_json(const struct capdl_survey_subject *subject)
{
    struct json_object *list = json_object_new_array();
    for (size_t i = 0; i < subject->num_segments; i++) {
        const struct capdl_survey_segment *segment = &subject->segments[i];
        struct json_object *json = json_object_new_object();
        char rights[CAPDL_RIGHTS_TEXT];
        report_hex(json, "start", segment->start);
        report_hex(json, "end", segment->start + segment->size - 1);
        report_number(json, "size", segment->size);
        report_text(json, "rights", report_rights(CAPDL_KIND_FRAME, segment->rights, rights));
        report_bool(json, "zero", !segment->filled);
        report_text(json, "sha256", *segment->digest ? segment->digest : NULL);
        json_object_array_add(list, json);
    }
    return list;
}

static struct json_object *subject_json(struct report_builder *b, uint32_t number)
{
    const struct capdl_survey_subject *subject = &b->survey.subjects[number];
    struct json_object *json = report_subject_link(b, number), *threads = json_object_new_array();
    struct json_object *rights = json_object_new_array();
    uint64_t bytes = 0;
    for (size_t i = 0; i < subject->num_threads; i++) {
        json_object_array_add(threads, thread_json(b, &subject->threads[i]));
    }
    for (size_t i = 0; i < subject->num_rights; i++) {
        json_object_array_add(rights, right_json(b, &subject->rights[i]));
    }
    for (size_t i = 0; i < subject->num_mappings; i++) {
        bytes += subject->mappings[i].size;
    }
    json_object_object_add(json, "threads", threads);
    add_ends(b, json, "serves", number, CAPDL_KIND_EP, CAPDL_RIGHT_READ, CAPDL_RIGHT_WRITE);
    add_ends(b, json, "calls", number, CAPDL_KIND_EP, CAPDL_RIGHT_WRITE, CAPDL_RIGHT_READ);
    add_ends(b, json, "waits_for", number, CAPDL_KIND_NOTIFICATION, CAPDL_RIGHT_READ, CAPDL_RIGHT_WRITE);
    add_ends(b, json, "signals", number, CAPDL_KIND_NOTIFICATION, CAPDL_RIGHT_WRITE, CAPDL_RIGHT_READ);
    report_number(json, "num_rights", subject->num_rights);
    report_bool(json, "one_right", subject->num_rights == 1);
    report_bool(json, "many_rights", subject->num_rights > 40);
    json_object_object_add(json, "rights", rights);
    report_number(json, "mapped_bytes", bytes);
    report_number(json, "num_mappings", subject->num_mappings);
    report_bool(json, "many_mappings", subject->num_mappings > 40);
    json_object_object_add(json, "mappings", mappings_json(b, subject->mappings, subject->num_mappings, number));
    json_object_object_add(json, "segments", segments_json(subject));
    return json;
}

struct json_object *report_subjects(struct report_builder *b)
{
    struct json_object *list = json_object_new_array();
    for (uint32_t i = 0; i < b->survey.num_subjects; i++) {
        json_object_array_add(list, subject_json(b, i));
    }
    return list;
}

struct json_object *report_devices(struct report_builder *b)
{
    struct json_object *list = json_object_new_array();
    for (size_t i = 0; i < b->survey.num_devices; i++) {
        const struct capdl_survey_device *device = &b->survey.devices[i];
        uint32_t who = CAPDL_SURVEY_DEVICE | device->object;
        struct json_object *json = report_subject_link(b, who);
        report_text(json, "what", capdl_kind_name(capdl_object_kind(b->spec, device->object)));
        report_text(json, "role", device->role);
        json_object_object_add(json, "mappings", mappings_json(b, device->mappings, device->num_mappings, who));
        report_source(&b->sources, json, capdl_object_pos(b->spec, device->object));
        json_object_array_add(list, json);
    }
    return list;
}
