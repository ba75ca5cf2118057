/* SPDX-License-Identifier: BSD-2-Clause */
/* Edits of what objects are: priorities, budgets, addresses, interrupts, devices. */
#include "judge_fields.h"

#include <inttypes.h>
#include <stdlib.h>

#include "attributes.h"
#include "field_notes.h"
#include "findings.h"
#include "judge_guard.h"
#include "judge_program.h"
#include "others.h"
#include "parties.h"
#include "roles.h"
#include "time_notes.h"
#include "window_note.h"
#include "words.h"

/* Who is concerned: whose thread it is, who runs on the budget, who holds or maps the object. To be freed. */
static uint32_t *concerned(struct review *review, uint32_t object, size_t *count)
{
    enum capdl_kind kind = capdl_object_kind(review->new.spec, object);
    uint32_t owner = capdl_review_owner(&review->new, object), *list;
    const struct parties *parties;
    *count = 0;
    if ((kind == CAPDL_KIND_TCB || kind == CAPDL_KIND_SC) && owner != REVIEW_NONE) {
        list = capdl_spec_realloc(NULL, sizeof(*list));
        list[(*count)++] = owner;
        return list;
    }
    if (kind == CAPDL_KIND_IO_DEVICE || kind == CAPDL_KIND_ARM_IO_DEVICE || kind == CAPDL_KIND_STREAMID) {
        return NULL;
    }
    parties = capdl_review_parties(review, &review->new, object);
    list = capdl_spec_realloc(NULL, (parties->count + 1) * sizeof(*list));
    for (size_t i = 0; i < parties->count; i++) {
        if (!*count || list[*count - 1] != parties->list[i].who) {
            list[(*count)++] = parties->list[i].who;
        }
    }
    return list;
}

/* What was in the old system where memory of the new one is, and is elsewhere now or gone; to be freed. */
static char *lay_there(const struct review *review, uint32_t object)
{
    enum { MOST = 16 };
    const struct capdl_spec *old = review->old.spec, *new = review->new.spec;
    uint64_t start = capdl_object_paddr(new, object),
             end = start + ((UINT64_C(1) << capdl_object_size_bits(new, object)) - 1);
    uint32_t list[MOST];
    size_t count = 0;

    for (uint32_t i = 0; i < old->num_objects && count < MOST; i++) {
        enum capdl_kind kind = capdl_object_kind(old, i);
        uint64_t first = capdl_object_paddr(old, i);
        if (i != review->old_of[object] && (kind == CAPDL_KIND_FRAME || kind == CAPDL_KIND_UT) &&
            capdl_object_flags(old, i) & CAPDL_OBJECT_HAS_PADDR && first <= end &&
            start <= first + ((UINT64_C(1) << capdl_object_size_bits(old, i)) - 1)) {
            list[count++] = i;
        }
    }
    return capdl_review_list(review, &review->old, list, count);
}

/* The same where it matters that nothing is there. */
static char *window_note(struct review *review, uint32_t object, enum capdl_rank *rank, const uint32_t *users,
                         size_t count)
{
    char *text = capdl_review_window_note(review, object, rank, users, count), *old;
    if (*text || !(capdl_object_flags(review->new.spec, object) & CAPDL_OBJECT_HAS_PADDR)) {
        return text;
    }
    free(text);
    old = lay_there(review, object);
    text = *old ? capdl_review_format("; %s lay there before", old)
                : capdl_review_format(
                      "; what is at the new address, device or memory, is not known: no other object of the "
                      "system lies there");
    free(old);
    return text;
}

static bool has_users(struct review *review, const struct edit *edit)
{
    size_t count;
    free(concerned(review, (uint32_t)edit->object, &count));
    return count > 0;
}

/* ---- Findings ---- */

static struct raw_finding *add(struct review *review, const struct edit *edit, enum capdl_rank rank, char *before,
                               char *after, const char *text, const char *note)
{
    uint32_t object = (uint32_t)edit->object;
    enum capdl_kind kind = capdl_object_kind(review->new.spec, object);
    size_t count;
    uint32_t *who = concerned(review, object, &count);
    bool own = kind == CAPDL_KIND_TCB;
    char *thread = kind == CAPDL_KIND_TCB ? capdl_review_thread(&review->new, object) : capdl_review_format("%s", "");
    struct raw_finding *raw = capdl_review_add(review, rank, rank == CAPDL_RANK_REMOVED ? CAPDL_LOST : CAPDL_CHANGED,
                                               edit->object, "%s%s%s%s%s", thread,
                                               !count || *text == ' ' ? ""
                                               : *thread || !own      ? ": "
                                                                      : "'s ",
                                               own || *text == ' ' ? "" : "the ", text, note);
    capdl_review_concern(raw, who, count);
    raw->field = capdl_review_attribute(kind, edit->field).word;
    raw->old_value = before;
    raw->new_value = after;
    raw->old_pos = capdl_object_pos(review->old.spec, review->old_of[object]);
    raw->new_pos = capdl_object_pos(review->new.spec, object);
    free(thread);
    free(who);
    return raw;
}

/* Other edits of fields of the same object that the finding tells as well. */
static void tells(struct review *review, const struct edit *edit, uint32_t field)
{
    for (size_t i = review->edit + 1; i < review->edits.count && review->edits.list[i].object == edit->object &&
                                      review->edits.list[i].kind == EDIT_FIELD;
         i++) {
        if (review->edits.list[i].field == field) {
            review->finding_of[i] = review->finding_of[review->edit];
        }
    }
}

static void judge_ports(struct review *review, const struct edit *edit)
{
    uint32_t object = (uint32_t)edit->object, was = review->old_of[object];
    uint64_t range[4];
    uint32_t *who;
    size_t count;
    char *before, *after, *text, *note;
    for (unsigned i = 0; i < 4; i++) {
        const struct world *world = i < 2 ? &review->old : &review->new;
        range[i] = capdl_object_number(world->spec, i < 2 ? was : object, (enum capdl_number)(i % 2));
    }
    bool less = range[2] >= range[0] && range[3] <= range[1], also = range[2] <= range[0] && range[3] >= range[1];
    bool up = range[2] == range[0]; /* where the new ones are, if they are on one side */
    before = capdl_review_format("0x%" PRIx64 " to 0x%" PRIx64, range[0], range[1]);
    after = capdl_review_format("0x%" PRIx64 " to 0x%" PRIx64, range[2], range[3]);
    who = concerned(review, object, &count);
    text =
        !count ? capdl_review_format("I/O ports of \3 are %s, were %s", after, before)
        : also && (up || range[3] == range[1])
            ? capdl_review_format(" may now also use the I/O ports 0x%" PRIx64 " to 0x%" PRIx64 " (\3: now %s, was %s)",
                                  up ? range[1] + 1 : range[2], up ? range[3] : range[0] - 1, after, before)
        : less && (up || range[3] == range[1])
            ? capdl_review_format(" can no longer use the I/O ports 0x%" PRIx64 " to 0x%" PRIx64
                                  " (\3: now %s, was %s)",
                                  up ? range[3] + 1 : range[0], up ? range[1] : range[2] - 1, after, before)
            : capdl_review_format(" may %s use the I/O ports %s (\3, was %s)", less ? "only" : "now", after, before);
    note = capdl_review_twin_note(review, edit);
    free(who);
    add(review, edit, less ? CAPDL_RANK_REMOVED : CAPDL_RANK_HARDWARE, before, after, text, note);
    tells(review, edit, FIELD_NUMBER + CAPDL_NUMBER_PORTS_LAST);
    free(text);
    free(note);
}

/* "64 KiB at physical 0xff9d0000 to 0xff9dffff" */
static char *window_text(const struct world *world, uint32_t object)
{
    uint64_t bytes = UINT64_C(1) << capdl_object_size_bits(world->spec, object);
    uint64_t start = capdl_object_paddr(world->spec, object);
    char size[32];
    capdl_review_size(bytes, size);
    return capdl_object_flags(world->spec, object) & CAPDL_OBJECT_HAS_PADDR
               ? capdl_review_format("%s at physical 0x%" PRIx64 " to 0x%" PRIx64, size, start, start + bytes - 1)
               : capdl_review_format("%s of RAM", size);
}

/* What those who have a frame can do with it; "reach" if some can do more than others. */
static const char *frame_verb(struct review *review, uint32_t frame)
{
    const struct parties *parties = capdl_review_parties(review, &review->new, frame);
    const unsigned both = CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE;
    unsigned rights = parties->count ? parties->list[0].rights & both : 0;
    for (size_t i = 1; i < parties->count; i++) {
        if ((parties->list[i].rights & both) != rights && parties->list[i].who != parties->list[i - 1].who) {
            return "reach";
        }
        rights |= parties->list[i].rights & both;
    }
    return rights & CAPDL_RIGHT_WRITE ? rights & CAPDL_RIGHT_READ ? "read and write" : "write" : "read";
}

/* Whether memory is part of what it was. */
static bool is_within(const struct world *old, uint32_t was, const struct world *new, uint32_t now)
{
    bool fixed[2] = {capdl_object_flags(old->spec, was) & CAPDL_OBJECT_HAS_PADDR,
                     capdl_object_flags(new->spec, now) & CAPDL_OBJECT_HAS_PADDR};
    unsigned bits[2] = {capdl_object_size_bits(old->spec, was), capdl_object_size_bits(new->spec, now)};
    uint64_t first[2] = {capdl_object_paddr(old->spec, was), capdl_object_paddr(new->spec, now)};
    return fixed[0] == fixed[1] && bits[1] <= bits[0] &&
           (!fixed[0] || (first[1] >= first[0] &&
                          first[1] + ((UINT64_C(1) << bits[1]) - 1) <= first[0] + ((UINT64_C(1) << bits[0]) - 1)));
}

/* Where memory is, and how much it is. */
static void judge_window(struct review *review, const struct edit *edit)
{
    uint32_t object = (uint32_t)edit->object, was = review->old_of[object];
    bool untyped = capdl_object_kind(review->new.spec, object) == CAPDL_KIND_UT;
    char *before = window_text(&review->old, was), *after = window_text(&review->new, object), *text, *note;
    size_t count;
    uint32_t *who = concerned(review, object, &count);
    bool larger = capdl_object_size_bits(review->new.spec, object) > capdl_object_size_bits(review->old.spec, was);
    bool fixed = capdl_object_flags(review->new.spec, object) & CAPDL_OBJECT_HAS_PADDR;
    bool more = !is_within(&review->old, was, &review->new, object);
    enum capdl_rank rank = untyped && count            ? more ? CAPDL_RANK_RESHAPE : CAPDL_RANK_REMOVED
                           : larger && fixed           ? CAPDL_RANK_HARDWARE
                           : edit->field == FIELD_SIZE ? CAPDL_RANK_ATTRIBUTES
                                                       : CAPDL_RANK_ADDRESS;
    note = more ? window_note(review, object, &rank, who, count) : capdl_review_format("%s", "");
    text = !count ? capdl_review_format("memory of \3 is %s (was %s)", after, before)
                  : capdl_review_format(" may %s %s %s instead of %s (\3)", more ? "now" : "only",
                                        untyped ? fixed ? "make objects in, and so reach," : "make objects in"
                                                : frame_verb(review, object),
                                        after, before);
    add(review, edit, rank, before, after, text, note);
    tells(review, edit, FIELD_PADDR);
    free(text);
    free(note);
    free(who);
}

/* What leftovers ask for. */
struct leftover {
    uint64_t devices, bytes, share, start;
    bool fixed;
};

static struct leftover leftover_of(const struct capdl_spec *spec, uint32_t id)
{
    return (struct leftover){.devices = capdl_object_number(spec, id, CAPDL_NUMBER_LEFTOVER_DEVICES),
                             .bytes = capdl_object_number(spec, id, CAPDL_NUMBER_LEFTOVER_SIZE),
                             .share = capdl_object_number(spec, id, CAPDL_NUMBER_LEFTOVER_SHARE),
                             .start = capdl_object_paddr(spec, id),
                             .fixed = capdl_object_flags(spec, id) & CAPDL_OBJECT_HAS_PADDR};
}

/* "8 MiB of the RAM left at boot"; to be freed. */
static char *leftover_text(const struct leftover *l)
{
    char size[32];
    capdl_review_size(l->bytes, size);
    return l->fixed   ? capdl_review_format("%s at physical 0x%" PRIx64 " to 0x%" PRIx64, size, l->start,
                                            l->start + l->bytes - 1)
           : l->bytes ? capdl_review_format("%s of the RAM left at boot", size)
           : l->share ? capdl_review_format("%" PRIu64 " per cent of the RAM left at boot", l->share)
                      : capdl_review_format(l->devices == 2 ? "the device memory left at boot"
                                            : l->devices    ? "the RAM and the device memory left at boot"
                                                            : "the RAM left at boot");
}

/* Whether a spec has one leftover: what it does not ask for goes to nobody. */
static bool leftover_alone(const struct capdl_spec *spec)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        count += capdl_object_kind(spec, i) == CAPDL_KIND_LEFTOVER;
    }
    return count == 1;
}

/* Whether all that leftovers can be now they could be before, and nobody else gets what they do not. */
static bool leftover_less(const struct leftover *a, const struct leftover *b)
{
    if (a->fixed || b->fixed) {
        return a->fixed && b->fixed && b->start >= a->start && b->bytes &&
               b->start + (b->bytes - 1) <= a->start + (a->bytes - 1);
    }
    if (a->bytes || a->share) {
        return (a->bytes && b->bytes && b->bytes <= a->bytes) || (a->share && b->share && b->share <= a->share);
    }
    return b->bytes || b->share ? a->devices != 2 : a->devices == 1;
}

/* Which memory leftovers are, and in how many pieces: one finding each. */
static void judge_leftover(struct review *review, const struct edit *edit)
{
    uint32_t object = (uint32_t)edit->object;
    struct leftover a = leftover_of(review->old.spec, review->old_of[object]),
                    b = leftover_of(review->new.spec, object);
    bool slots = edit->field == FIELD_NUMBER + CAPDL_NUMBER_LEFTOVER_SLOTS;
    bool alone = leftover_alone(review->old.spec) && leftover_alone(review->new.spec);
    bool less = slots ? edit->new_value < edit->old_value : leftover_less(&a, &b) && (alone || (a.fixed && b.fixed));
    const char *others =
        slots || less || alone || !has_users(review, edit) ? "" : "; other leftovers share what is left of it";
    char *before = slots ? capdl_review_format("%" PRIu64, edit->old_value) : leftover_text(&a);
    char *after = slots ? capdl_review_format("%" PRIu64, edit->new_value) : leftover_text(&b);
    const char *may = less ? "only" : "now";
    char *text = !has_users(review, edit) ? capdl_review_format("%s of \3 is %s (was %s)",
                                                                slots ? "number of slots" : "memory", after, before)
                 : slots ? capdl_review_format(" may %s get up to %s untypeds of the memory left at boot (\3, was %s)",
                                               may, after, before)
                         : capdl_review_format(" may %s make objects in %s instead of %s (\3)", may, after, before);
    add(review, edit, less ? CAPDL_RANK_REMOVED : CAPDL_RANK_RESHAPE, before, after, text, others);
    if (!slots) {
        tells(review, edit, FIELD_NUMBER + CAPDL_NUMBER_LEFTOVER_DEVICES);
        tells(review, edit, FIELD_NUMBER + CAPDL_NUMBER_LEFTOVER_SIZE);
        tells(review, edit, FIELD_NUMBER + CAPDL_NUMBER_LEFTOVER_SHARE);
    }
    free(text);
}

static void judge_size(struct review *review, const struct edit *edit, char *before, char *after)
{
    enum capdl_kind kind = capdl_object_kind(review->new.spec, (uint32_t)edit->object);
    char *text = capdl_review_format("size of \1 is %s bits (was %s)", after, before);
    add(review, edit, kind == CAPDL_KIND_SC ? CAPDL_RANK_TIME : CAPDL_RANK_BEHAVIOUR, before, after, text, "");
    free(text);
}

/* What is on or off, as a deed; NULL for another field. Text that begins with a space follows the subjects. */
static const char *switch_text(uint32_t field, bool on)
{
    if (field == FIELD_TCB + CAPDL_TCB_FIELD_RESUME) {
        return on ? " now \4starts|start\4 at boot" : " no longer \4starts|start\4 at boot";
    }
    if (field == FIELD_TCB + CAPDL_TCB_FIELD_FPU_DISABLED) {
        return on ? " can no longer use the FPU: trying is a fault" : " can now use the FPU, which was a fault";
    }
    if (field == FIELD_CONTIGUOUS) {
        return on ? "elements of \3 now have to be contiguous in physical memory, which only devices notice"
                  : "elements of \3 need no longer be contiguous in physical memory, which only devices notice";
    }
    return NULL;
}

/* Whether the maximum controlled priority was and is the same as the priority: then one finding tells both. */
static bool reported_with_max(struct review *review, const struct edit *edit)
{
    for (size_t i = review->edit + 1; i < review->edits.count && review->edits.list[i].object == edit->object; i++) {
        const struct edit *other = &review->edits.list[i];
        if (other->kind == EDIT_FIELD && other->field == FIELD_TCB + CAPDL_TCB_FIELD_MAX_PRIO) {
            return other->old_value == edit->old_value && other->new_value == edit->new_value;
        }
    }
    return false;
}

/* What holders of a signal to another core can do with it. */
static char *signal_text(const struct review *review, const struct edit *edit)
{
    const struct capdl_spec *spec[2] = {review->new.spec, review->old.spec};
    const uint32_t id[2] = {(uint32_t)edit->object, review->old_of[edit->object]};
    uint64_t n[2][2];
    for (unsigned i = 0; i < 2; i++) {
        n[i][0] = capdl_object_number(spec[i], id[i], CAPDL_NUMBER_TARGET);
        n[i][1] = capdl_object_number(spec[i], id[i], CAPDL_NUMBER_SGI_IRQ);
    }
    return capdl_review_format(" may now raise interrupt %" PRIu64 " of core %" PRIu64 " (\3, was interrupt %" PRIu64
                               " of core %" PRIu64 ")",
                               n[0][1], n[0][0], n[1][1], n[1][0]);
}

/* Whether two fields of an object make up one thing: the address of a device, what an interrupt is, start-up arguments.
 */
static bool is_one(enum capdl_kind kind, uint32_t a, uint32_t b)
{
    if (a >= FIELD_LIST || b >= FIELD_LIST) {
        return a >= FIELD_LIST && b >= FIELD_LIST;
    }
    return a >= FIELD_NUMBER && b >= FIELD_NUMBER &&
           (kind == CAPDL_KIND_MSI_IRQ || kind == CAPDL_KIND_IOAPIC_IRQ ||
            (kind == CAPDL_KIND_IO_DEVICE && a != FIELD_NUMBER && b != FIELD_NUMBER));
}

static void append(char **text, const char *more)
{
    char *longer = capdl_review_format("%s, %s", *text, more);
    free(*text);
    *text = longer;
}

/* Other fields of the same thing that differ, too, are told by the same finding. */
static void tell_more(struct review *review, const struct edit *edit, char **text, char **before, char **after)
{
    enum capdl_kind kind = capdl_object_kind(review->new.spec, (uint32_t)edit->object);
    for (size_t i = review->edit + 1; i < review->edits.count && review->edits.list[i].object == edit->object; i++) {
        const struct edit *other = &review->edits.list[i];
        struct attribute attribute = capdl_review_attribute(kind, other->field);
        char number[24] = "", *was, *now, *more;
        if (other->kind != EDIT_FIELD || review->finding_of[i] != REVIEW_NONE ||
            !is_one(kind, edit->field, other->field)) {
            continue;
        }
        if (other->field >= FIELD_LIST) {
            snprintf(number, sizeof(number), " %" PRIu32, other->field - FIELD_LIST);
        }
        was = capdl_review_value_text(&attribute, other->has_old, other->old_value);
        now = capdl_review_value_text(&attribute, other->has_new, other->new_value);
        more = capdl_review_format("%s%s is %s (was %s)", attribute.text, number, now, was);
        append(text, more);
        append(before, was);
        append(after, now);
        review->finding_of[i] = (uint32_t)review->num_raw;
        free(was);
        free(now);
        free(more);
    }
}

/* Who can start a thread that does not start at boot; to be freed. */
static char *asleep_note(struct review *review, const struct edit *edit)
{
    uint32_t tcb = (uint32_t)edit->object, own = capdl_review_owner(&review->new, tcb);
    size_t count;
    char *names = capdl_review_other_holders(review, &review->new, &own, 1, tcb, &count);
    char *text = count ? capdl_review_format(": it runs only once %s resume%s it", names, count == 1 ? "s" : "")
                       : capdl_review_format(": it never runs, for nobody can resume it");
    free(names);
    return text;
}

static void judge_other(struct review *review, const struct edit *edit, char *before, char *after)
{
    enum capdl_kind kind = capdl_object_kind(review->new.spec, (uint32_t)edit->object);
    struct attribute attribute = capdl_review_attribute(kind, edit->field);
    bool both = edit->field == FIELD_TCB + CAPDL_TCB_FIELD_PRIO && reported_with_max(review, edit);
    char number[24] = "", *text, *note;
    if (edit->field >= FIELD_LIST) {
        snprintf(number, sizeof(number), " %" PRIu32, edit->field - FIELD_LIST);
    }
    bool times = edit->field == FIELD_PERIOD || edit->field == FIELD_BUDGET;
    text = times ? capdl_review_budget_text(review, edit) : NULL;
    text =
        text ? text
        : switch_text(edit->field, edit->new_value)
            ? capdl_review_format("%s", switch_text(edit->field, edit->has_new && edit->new_value))
        : both
            ? capdl_review_format("%s and maximum controlled priority are %s (were %s)", attribute.text, after, before)
        : kind == CAPDL_KIND_ARM_SGI_SIGNAL ? signal_text(review, edit)
        : edit->field == FIELD_TCB + CAPDL_TCB_FIELD_AFFINITY
            ? capdl_review_format(" now \4runs|run\4 on core %s (was %s)", after, before)
        : edit->field == FIELD_TCB + CAPDL_TCB_FIELD_DOM
            ? capdl_review_format(" now \4runs|run\4 in scheduling domain %s (was %s)", after, before)
        : edit->field == FIELD_IRQ && edit->has_new && edit->has_old && has_users(review, edit)
            ? capdl_review_format(" now \4serves|serve\4 interrupt %s, and no longer %s (\3)", after, before)
        : kind == CAPDL_KIND_CONTEXTBANK
            ? capdl_review_format("\3 is now number %s of the SMMU (was %s), and gives the same memory", after, before)
        : kind == CAPDL_KIND_STREAMID
            ? capdl_review_format("device with stream id %s now takes the place of that with %s (\3)", after, before)
        : kind == CAPDL_KIND_TCB
            ? capdl_review_format("%s%s is %s (was %s)", attribute.text, number, after, before)
            : capdl_review_format("%s%s of \3 is %s (was %s)", attribute.text, number, after, before);
    note = edit->field == FIELD_TCB + CAPDL_TCB_FIELD_RESUME && !(edit->has_new && edit->new_value)
               ? asleep_note(review, edit)
               : capdl_review_field_note(review, edit, kind);
    tell_more(review, edit, &text, &before, &after);
    add(review, edit, attribute.rank, before, after, text, note);
    if (both) {
        tells(review, edit, FIELD_TCB + CAPDL_TCB_FIELD_MAX_PRIO);
    }
    if (times) {
        tells(review, edit, FIELD_PERIOD);
        tells(review, edit, FIELD_BUDGET);
    }
    if (kind == CAPDL_KIND_ARM_SGI_SIGNAL) {
        tells(review, edit, FIELD_NUMBER + CAPDL_NUMBER_TARGET);
    }
    free(text);
    free(note);
}

void capdl_review_judge_field(struct review *review, const struct edit *edit)
{
    enum capdl_kind kind = capdl_object_kind(review->new.spec, (uint32_t)edit->object);
    struct attribute attribute = capdl_review_attribute(kind, edit->field);
    char *before, *after;
    if (kind == CAPDL_KIND_IO_PORTS && edit->field >= FIELD_NUMBER) {
        judge_ports(review, edit);
        return;
    }
    if ((kind == CAPDL_KIND_FRAME || kind == CAPDL_KIND_UT) &&
        (edit->field == FIELD_SIZE || edit->field == FIELD_PADDR)) {
        judge_window(review, edit);
        return;
    }
    if (kind == CAPDL_KIND_LEFTOVER && !(edit->field < FIELD_NUMBER && edit->field != FIELD_PADDR)) {
        judge_leftover(review, edit);
        return;
    }
    if (edit->field == FIELD_CONTENT) {
        capdl_review_judge_content(review, edit);
        return;
    }
    if (kind == CAPDL_KIND_CNODE && edit->field == FIELD_SIZE) {
        capdl_review_judge_cnode_size(review, edit);
        return;
    }
    before = capdl_review_value_text(&attribute, edit->has_old, edit->old_value);
    after = capdl_review_value_text(&attribute, edit->has_new, edit->new_value);
    if (edit->field == FIELD_SIZE) {
        judge_size(review, edit, before, after);
    } else {
        judge_other(review, edit, before, after);
    }
}
