/* SPDX-License-Identifier: BSD-2-Clause */
/* Edits of what has slots of its own meaning: TCBs, interrupts, devices. */
#include "judge_slots.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "findings.h"
#include "gain_rank.h"
#include "judge_guard.h"
#include "judge_handlers.h"
#include "judge_spaces.h"
#include "others.h"
#include "parties.h"
#include "reach.h"
#include "slot_findings.h"
#include "uses.h"
#include "words.h"

/* Other threads whose faults come to an endpoint with a badge; NULL for none. To be freed. */
static char *fault_sharers(const struct review *review, const struct world *world, uint32_t endpoint, uint64_t badge,
                           uint32_t but)
{
    size_t first = world->first_holder[endpoint], end = world->first_holder[endpoint + 1], count = 0;
    uint32_t *list = capdl_spec_realloc(NULL, (end - first + 1) * sizeof(*list));
    char *names = NULL;
    for (size_t i = first; i < end; i++) {
        uint32_t holder = world->holders[i].container, owner = capdl_review_owner(world, holder);
        if (holder != but && capdl_review_held(world, i)->data == badge && owner != REVIEW_NONE &&
            capdl_object_kind(world->spec, holder) == CAPDL_KIND_TCB) {
            list[count++] = owner;
        }
    }
    if (count) {
        names = capdl_review_names(review, list, count);
    }
    free(list);
    return names;
}

/* Whoever can send messages with the badge of faults can forge them. Takes the text. */
static char *with_senders(struct review *review, const struct slot *s, char *text)
{
    const struct capdl_cap *cap = s->edit->new;
    size_t num;
    uint32_t *list =
        capdl_review_badge_sharers(review, &review->new, &s->subject, s->subject != REVIEW_NONE, cap, &num);
    char *names = capdl_review_names(review, list, num), *longer = text;
    if (num) {
        longer = capdl_review_format("%s; %s can send messages with that badge, which the receiver may take for faults",
                                     text, names);
        free(text);
    }
    free(names);
    free(list);
    return longer;
}

/* Whose faults carry the badge, too, or did before. */
static char *badge_note(struct review *review, const struct slot *s)
{
    const struct capdl_cap *cap = s->edit->new;
    uint32_t was, before = s->edit->old ? s->edit->old_holder : REVIEW_NONE;
    char *now, *former = NULL, *text;
    if (!cap || cap->object == CAPDL_NO_OBJECT || !capdl_cap_can_call(cap)) {
        return capdl_review_format("%s", "");
    }
    now = fault_sharers(review, &review->new, cap->object, cap->data, s->edit->new_holder);
    was = capdl_review_local(review, &review->old, review->new.object_number[cap->object]);
    if (!now && was != REVIEW_NONE && cap->data) {
        former = fault_sharers(review, &review->old, was, cap->data, before);
    }
    text = now ? capdl_review_format("; faults of %s carry that badge, too: the receiver cannot tell them apart", now)
           : former ? capdl_review_format("; that was the badge of faults of %s, for which the receiver may take them",
                                          former)
                    : capdl_review_format("; faults of no other thread carry badge 0x%" PRIx64, cap->data);
    free(now);
    free(former);
    return with_senders(review, s, text);
}

/* Whether the slot holds a capability to the same object as before, with the same badge, by which nothing can be done
   that could not be done before. */
static bool only_rights_go(const struct review *review, const struct edit *edit)
{
    return edit->old && edit->new && edit->old->object != CAPDL_NO_OBJECT && edit->new->object != CAPDL_NO_OBJECT &&
           edit->old->data == edit->new->data &&capdl_cap_can_call(edit->old) == capdl_cap_can_call(edit->new) &&
           !(edit->new->rights & ~capdl_review_allows(edit->old->kind, edit->old->rights)) &&
           capdl_review_target_number(&review->old, edit->old) == capdl_review_target_number(&review->new, edit->new);
}

/* Whether "x through endpoint 'e' (WP, badge 0x1)" names the same handler as "x, through endpoint 'f'". */
static bool same_hands(const char *after, const char *former)
{
    const char *now = strstr(after, " through "), *was = strstr(former, ", through ");
    return now && was && now - after == was - former && strncmp(after, former, (size_t)(now - after)) == 0;
}

static void judge_handler(struct review *review, const struct slot *s)
{
    const struct edit *edit = s->edit;
    bool timeout = (edit->new ? edit->new : edit->old)->slot == CAPDL_TCB_SLOT_TEMP_FAULT_EP;
    char *before = capdl_review_handler_text(review, &review->old, edit->old, true), *note = badge_note(review, s);
    bool only_badge = edit->old && edit->new &&
                      edit->old->rights == edit->new->rights &&capdl_review_target_number(&review->old, edit->old) ==
                          capdl_review_target_number(&review->new, edit->new);
    char *after = capdl_review_handler_text(review, &review->new, edit->new, !only_badge);
    char *former = capdl_review_former_handler(review, edit->old);
    char *stops = edit->object < review->new.spec->num_objects ? capdl_review_stop_note(review, (uint32_t)edit->object)
                                                               : capdl_review_format("%s", "");
    bool less = only_rights_go(review, edit);
    const char *what = timeout ? "timeout faults" : "faults";
    char *text = capdl_review_slot_is_fresh(review, s) ? capdl_review_format("'s %s are handled by %s", what, after)
                 : only_badge ? capdl_review_format("'s %s now reach %s with badge 0x%" PRIx64 " instead of 0x%" PRIx64,
                                                    what, after, edit->new->data, edit->old->data)
                 : same_hands(after, former)
                     ? capdl_review_format("'s %s are still handled by %s (before: through %s)", what, after,
                                           strstr(before, " through ") + strlen(" through "))
                     : capdl_review_format("'s %s are now handled by %s%s (before: by %s)", what, after,
                                           strncmp(after, "nobody", 6) != 0 ? ""
                                           : timeout                        ? ": it waits for its next period"
                                                                            : stops,
                                           former);
    free(former);
    free(stops);
    struct raw_finding *raw = capdl_review_slot_add(review, s,
                                                    less         ? CAPDL_RANK_REMOVED
                                                    : only_badge ? CAPDL_RANK_IDENTITY
                                                                 : CAPDL_RANK_FAULTS,
                                                    text, note);

    raw->field = timeout ? "temp_fault_ep" : "fault_ep";
    free(before);
    free(after);
    free(note);
    free(text);
}

/* What the kernel does with an IPC buffer of these rights. */
static const char *buffer_use(uint8_t rights)
{
    return !(rights & CAPDL_RIGHT_READ)    ? "the kernel does not use it, messages are short and without capabilities"
           : !(rights & CAPDL_RIGHT_WRITE) ? "what it receives is short and without capabilities"
                                           : "it sends and receives long messages and capabilities";
}

static void judge_buffer(struct review *review, const struct slot *s)
{
    const struct edit *edit = s->edit;
    bool same = edit->old && edit->new &&capdl_review_target_number(&review->old, edit->old) ==
                                 capdl_review_target_number(&review->new, edit->new);
    enum capdl_rank rank = CAPDL_RANK_BEHAVIOUR;
    size_t count;
    char rights[2][8], *others = NULL, *text, *who = capdl_review_slot_sharers(review, s, &count);
    struct raw_finding *raw;
    if (edit->new && edit->new->object != CAPDL_NO_OBJECT) {
        others = capdl_review_others(review, &review->new, &s->subject, s->subject != REVIEW_NONE, edit->new->object);
        if (!same && (count || strcmp(others, "nobody else reaches it") != 0)) {
            rank = CAPDL_RANK_SHARED;
        }
    }
    text = same ? capdl_review_format("'s IPC buffer \3 has rights %s instead of %s: %s",
                                      capdl_review_rights(CAPDL_KIND_FRAME, edit->new->rights, rights[0]),
                                      capdl_review_rights(CAPDL_KIND_FRAME, edit->old->rights, rights[1]),
                                      buffer_use(edit->new->rights))
           : edit->new &&count
               ? capdl_review_format("'s messages now go through \3, which is the IPC buffer of %s, too (was %s): the "
                                     "messages of each overwrite those of the other; %s",
                                     who, s->old, others)
           : edit->new &&capdl_review_slot_is_fresh(review, s) ? capdl_review_format("'s IPC buffer is \3; %s", others)
           : edit->new
               ? capdl_review_format("'s messages now go through \3 (was %s); %s", s->old, others)
               : capdl_review_format(" has no IPC buffer (was %s): only short messages without capabilities", s->old);
    raw = capdl_review_slot_add(review, s, edit->new ? rank : CAPDL_RANK_REMOVED, text, "");
    raw->field = "ipc_buffer";
    free(who);
    free(others);
    free(text);
}

/* Whether a thread that was bound to a notification has a capability to wait there. */
static bool still_waits(struct review *review, const struct slot *s)
{
    uint32_t now = capdl_review_local(review, &review->new, review->old.object_number[s->edit->old->object]);
    const struct parties *parties = now == REVIEW_NONE ? NULL : capdl_review_parties(review, &review->new, now);
    for (size_t i = 0; parties && i < parties->count; i++) {
        if (parties->list[i].who == s->subject && parties->list[i].rights & CAPDL_RIGHT_READ) {
            return true;
        }
    }
    return false;
}

static void judge_bound(struct review *review, const struct slot *s)
{
    const struct edit *edit = s->edit;
    char *who, *also, *text;
    struct raw_finding *raw;
    if (!edit->new) {
        who = capdl_review_senders(review, &review->old, edit->old->object);
        text = still_waits(review, s)
                   ? capdl_review_format(
                         " is no longer bound to \1: its signals, which come from %s, no longer wake it while it "
                         "waits for messages; it can still wait there itself",
                         who)
                   : capdl_review_format(
                         " no longer receives the signals of \1, to which it was bound; they come from %s", who);
        raw = capdl_review_slot_add(review, s, CAPDL_RANK_REMOVED, text, "");
        free(who);
        free(text);
    } else {
        who = capdl_review_senders(review, &review->new, edit->new->object);
        also = capdl_review_receivers(review, &review->new, edit->new->object, s->subject);
        bool others = strcmp(also, "nobody") != 0, any = strcmp(who, "nobody") != 0;
        text = capdl_review_format(" %s the signals of \1, to which it is bound%s%s%s; %s%s%s%s%s",
                                   capdl_review_slot_is_fresh(review, s) ? "receives" : "now receives",
                                   edit->old ? " (was " : "", edit->old ? s->old : "", edit->old ? ")" : "",
                                   any ? "they come from " : "nobody sends any", any ? who : "", others ? "; for " : "",
                                   others ? also : "", others ? ", who could wait there, that is now a fault" : "");
        raw = capdl_review_slot_add(
            review, s,
            any || others ? capdl_review_receive_rank(review, &s->subject, s->subject != REVIEW_NONE, edit->new->object)
                          : CAPDL_RANK_HELD,
            text, "");
        free(also);
        free(who);
        free(text);
    }
    raw->field = "bound_notification";
}

/* The time that a new thread has. */
static char *fresh_time(const struct review *review, const struct capdl_cap *cap)
{
    const struct capdl_sc *sc = cap->object == CAPDL_NO_OBJECT ? NULL : capdl_object_sc(review->new.spec, cap->object);
    return sc && sc->has_times && sc->period
               ? capdl_review_format(" runs for %" PRIu64 " us in every %" PRIu64 " us, %.3g %% of a core (\3)",
                                     sc->budget, sc->period, 100.0 * (double)sc->budget / (double)sc->period)
               : capdl_review_format(" runs on \3");
}

static void judge_time(struct review *review, const struct slot *s)
{
    size_t count;
    char *who = capdl_review_slot_sharers(review, s, &count), *text;
    struct raw_finding *raw;
    text = !s->edit->new
               ? capdl_review_format(" has no scheduling context now (was %s): it runs only on the time of its callers",
                                     s->old)
           : count ? capdl_review_format(" now runs on \1, the time of %s (was %s)", who, s->old)
           : capdl_review_slot_is_fresh(review, s) ? fresh_time(review, s->edit->new)
                                                   : capdl_review_format(" now runs on \1 (was %s)", s->old);
    raw = capdl_review_slot_add(review, s, CAPDL_RANK_TIME, text, "");
    raw->field = "sc";
    free(who);
    free(text);
}

/* Who has capabilities to a virtual CPU. */
static char *vcpu_note(struct review *review, const struct world *world, const struct slot *s, uint32_t vcpu)
{
    uint32_t before = world == &review->new ? review->old_of[vcpu] : REVIEW_NONE;
    uint32_t guest = before == REVIEW_NONE ? REVIEW_NONE : capdl_review_guest_of(&review->old, before);
    size_t count;
    char *names = capdl_review_other_holders(review, world, &s->subject, 1, vcpu, &count), *text;
    char *was = guest == REVIEW_NONE || guest == s->subject
                    ? capdl_review_format("%s", "")
                    : capdl_review_format(", on which %s ran before", capdl_review_subject(review, guest));
    text = count ? capdl_review_format("%s; %s %s it", was, names, count == 1 ? "controls" : "control")
                 : capdl_review_format("%s; nobody else controls it", was);
    free(was);
    free(names);
    return text;
}

static void judge_thread(struct review *review, const struct slot *s)
{
    const struct edit *edit = s->edit;
    const struct capdl_cap *cap = edit->new ? edit->new : edit->old;
    char *text;
    switch (cap->slot) {
    case CAPDL_TCB_SLOT_CSPACE:
        if (edit->old && edit->new &&
            edit->new->object != CAPDL_NO_OBJECT &&capdl_review_target_number(&review->old, edit->old) ==
                capdl_review_target_number(&review->new, edit->new)) {
            capdl_review_judge_guard(review, edit, &s->subject, s->subject != REVIEW_NONE);
            return;
        }
        capdl_review_judge_space(review, s, false);
        return;
    case CAPDL_TCB_SLOT_VSPACE:
        capdl_review_judge_space(review, s, true);
        return;
    case CAPDL_TCB_SLOT_IPC_BUFFER:
        judge_buffer(review, s);
        return;
    case CAPDL_TCB_SLOT_FAULT_EP:
    case CAPDL_TCB_SLOT_TEMP_FAULT_EP:
        judge_handler(review, s);
        return;
    case CAPDL_TCB_SLOT_SC:
        judge_time(review, s);
        return;
    case CAPDL_TCB_SLOT_BOUND_NOTIFICATION:
        judge_bound(review, s);
        return;
    default:
        break;
    }
    bool vcpu = cap->slot == CAPDL_TCB_SLOT_BOUND_VCPU, guest = vcpu || cap->slot == CAPDL_TCB_SLOT_EPT_ROOT;
    const char *what = vcpu                                 ? "its bound vCPU"
                       : guest                              ? "the memory of its guest"
                       : cap->slot == CAPDL_TCB_SLOT_REPLY  ? "its reply capability"
                       : cap->slot == CAPDL_TCB_SLOT_CALLER ? "its caller"
                                                            : "a capability of its TCB";
    const struct world *world = edit->new ? &review->new : &review->old;
    char *control = vcpu && cap->object != CAPDL_NO_OBJECT ? vcpu_note(review, world, s, cap->object)
                                                           : capdl_review_format("%s", "");
    text = capdl_review_slot_is_fresh(review, s) ? capdl_review_format(" has \1 as %s%s", what, control)
           : edit->new ? capdl_review_format(" now has \1 as %s (was %s)%s", what, s->old, control)
                       : capdl_review_format(" no longer has \1 as %s%s", what, control);
    free(control);
    capdl_review_slot_add(review, s,
                          !edit->new ? CAPDL_RANK_REMOVED
                          : guest    ? CAPDL_RANK_CONTROL
                                     : CAPDL_RANK_BEHAVIOUR,
                          text, "");
    free(text);
}

/* Who else signals with the badge of an interrupt. */
static char *signal_note(struct review *review, const struct slot *s)
{
    const struct capdl_cap *cap = s->edit->new;
    const struct world *world = &review->new;
    const struct parties *parties = capdl_review_parties(review, world, cap->object);
    size_t count = 0, first = world->first_holder[cap->object], end = world->first_holder[cap->object + 1];
    uint32_t *list = capdl_spec_realloc(NULL, (parties->count + end - first + 1) * sizeof(*list));
    char *names, *text;
    for (size_t i = first; i < end; i++) {
        const struct capdl_cap *other = capdl_review_held(world, i);
        uint32_t holder = world->holders[i].container;
        if (other != cap && other->data == cap->data &&
            capdl_kind_class(capdl_object_kind(world->spec, holder)) == CAPDL_CLASS_INTERRUPT) {
            list[count++] = USE_DEVICE | world->object_number[holder];
        }
    }
    for (size_t i = 0; i < parties->count; i++) {
        const struct party *p = &parties->list[i];
        if (p->badge == cap->data && p->rights & CAPDL_RIGHT_WRITE && (!count || list[count - 1] != p->who)) {
            list[count++] = p->who;
        }
    }
    names = capdl_review_names(review, list, count);
    text = count ? capdl_review_format("; %s %s that badge, too: the receiver cannot tell them apart", names,
                                       count == 1 ? "has" : "have")
                 : capdl_review_format("; nobody else has that badge");
    free(names);
    free(list);
    return text;
}

static void judge_signal(struct review *review, const struct slot *s, uint64_t interrupt)
{
    const struct edit *edit = s->edit;
    char irq[REVIEW_LABEL],
        *before =
            capdl_review_receivers(review, &review->old, edit->old ? edit->old->object : CAPDL_NO_OBJECT, REVIEW_NONE);
    char *after =
             capdl_review_receivers(review, &review->new, edit->new ? edit->new->object : CAPDL_NO_OBJECT, REVIEW_NONE),
         *text;
    struct raw_finding *raw;
    char *note =
        edit->new && edit->new->object != CAPDL_NO_OBJECT ? signal_note(review, s) : capdl_review_format("%s", "");

    capdl_review_object(review, interrupt, irq);
    bool same = edit->old && edit->new &&capdl_review_target_number(&review->old, edit->old) ==
                                 capdl_review_target_number(&review->new, edit->new);
    bool moved = edit->old && edit->new && !same, fresh = capdl_review_slot_is_fresh(review, s);
    text = same ? capdl_review_format("%s signals \1 with badge 0x%" PRIx64 " instead of 0x%" PRIx64
                                      ": to its receiver (%s) it is another interrupt",
                                      irq, edit->new->data, edit->old->data, after)
           : edit->old && edit->new
               ? capdl_review_format("%s now signals \1 (badge 0x%" PRIx64
                                     ") and wakes %s%s; before, it was %s (badge 0x%" PRIx64 "), which woke %s",
                                     irq, edit->new->data, after, note, s->old, edit->old->data, before)
           : edit->new ? capdl_review_format("%s %s \1 (badge 0x%" PRIx64 ") and wakes %s%s", irq,
                                             fresh ? "signals" : "now signals", edit->new->data, after,
                                             fresh ? "" : "; before, it signalled nothing")
                       : capdl_review_format("%s no longer signals \1: it no longer wakes %s", irq, before);
    raw = capdl_review_slot_add(review, s, only_rights_go(review, s->edit) ? CAPDL_RANK_REMOVED : CAPDL_RANK_INTERRUPT,
                                text, moved ? "" : note);
    free(note);
    raw->field = "notification";
    free(before);
    free(after);
    free(text);
}

/* The memory that devices now reach through another root, context bank or none. */
static void judge_device(struct review *review, const struct slot *s)
{
    const struct world *world = s->edit->new ? &review->new : &review->old;
    uint32_t holder = s->edit->new ? s->edit->new_holder : s->edit->old_holder;
    size_t count;
    uint32_t *devices = capdl_review_users(world, holder, &count);
    char label[REVIEW_LABEL], *text, *before, *after;
    struct raw_finding *raw;
    capdl_review_object(review, s->edit->object, label);
    if (!count) {
        text = s->edit->new ? capdl_review_format("%s now leads to \1 (was %s); no device uses it", label, s->old)
                            : capdl_review_format("%s no longer leads to \1; no device used it", label);
        capdl_review_slot_add(review, s, CAPDL_RANK_LAYOUT, text, "");
        free(text);
        free(devices);
        return;
    }
    bool same = capdl_review_same_map(review, devices[0]);
    before = capdl_review_reach(review, &review->old, devices[0]);
    after = capdl_review_reach(review, &review->new, devices[0]);
    text = same ? capdl_review_format(" \4reaches|reach\4 the same memory as before through \1 (was %s)", s->old)
           : s->edit->new ? capdl_review_format(" now \4reaches|reach\4 %s, through \1, instead of %s, through %s",
                                                after, before, s->old)
                          : capdl_review_format(" no longer \4reaches|reach\4 %s: it has no \1 now", before);
    raw = capdl_review_slot_add(review, s,
                                same           ? CAPDL_RANK_LAYOUT
                                : s->edit->new ? CAPDL_RANK_DMA
                                               : CAPDL_RANK_REMOVED,
                                text, "");
    capdl_review_concern(raw, devices, count);
    free(before);
    free(after);
    free(text);
    free(devices);
}

void capdl_review_judge_slot(struct review *review, const struct edit *edit)
{
    const struct world *world = edit->new ? &review->new : &review->old;
    uint32_t holder = edit->new ? edit->new_holder : edit->old_holder;
    enum capdl_kind kind = capdl_object_kind(world->spec, holder);
    char old[REVIEW_LABEL] = "nothing", new[REVIEW_LABEL] = "nothing";
    struct slot s = {edit, REVIEW_NONE, old, new};
    if (edit->old) {
        capdl_review_object(review, capdl_review_target_number(&review->old, edit->old), old);
    }
    if (edit->new) {
        capdl_review_object(review, capdl_review_target_number(&review->new, edit->new), new);
    }
    if (kind == CAPDL_KIND_TCB) {
        s.subject = capdl_review_owner(world, holder);
        judge_thread(review, &s);
    } else if (capdl_kind_class(kind) == CAPDL_CLASS_INTERRUPT) {
        judge_signal(review, &s, world->object_number[holder]);
    } else {
        judge_device(review, &s);
    }
}
