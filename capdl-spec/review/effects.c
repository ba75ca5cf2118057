/* SPDX-License-Identifier: BSD-2-Clause */
/* What a capability lets one do, in words. */
#include "effects.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lists.h"
#include "others.h"
#include "parties.h"
#include "uses.h"
#include "words.h"

char *capdl_review_message_note(struct review *review, const uint32_t *subjects, size_t count,
                                const struct capdl_cap *cap)
{
    char *others = capdl_review_others(review, &review->new, subjects, count, cap->object), *text;
    char *names = capdl_review_names(review, subjects, count);
    text = cap->rights & CAPDL_RIGHT_WRITE && cap->data
               ? capdl_review_format("%s; %s have the same badge: the receiver cannot tell them apart", others, names)
               : capdl_review_format("%s", others);
    free(names);
    free(others);
    return text;
}

static const char *message_verb(const struct capdl_cap *cap)
{
    bool notification = cap->kind == CAPDL_KIND_NOTIFICATION;
    unsigned rights = cap->rights;
    if (notification) {
        return rights & CAPDL_RIGHT_WRITE  ? rights & CAPDL_RIGHT_READ ? "signal and wait for" : "signal"
               : rights & CAPDL_RIGHT_READ ? "wait for"
                                           : "hold, without any right,";
    }
    if (!(rights & CAPDL_RIGHT_WRITE)) {
        return rights & CAPDL_RIGHT_READ ? "receive from" : "hold, without any right,";
    }
    if (rights & CAPDL_RIGHT_READ) {
        return rights & CAPDL_RIGHT_GRANT ? "call and receive from" : "send to and receive from";
    }
    return rights & CAPDL_RIGHT_GRANT ? "call" : rights & CAPDL_RIGHT_GRANT_REPLY ? "call" : "send to";
}

/* Whether anybody calls an endpoint, and one of the subjects can answer. */
static bool can_answer(const struct world *world, const uint32_t *subjects, size_t count, uint32_t endpoint)
{
    bool called = false, able = false, *answerers;
    for (size_t i = world->first_holder[endpoint]; i < world->first_holder[endpoint + 1]; i++) {
        called |= capdl_cap_can_call(capdl_review_held(world, i));
    }
    answerers = called ? capdl_review_answerers(world) : NULL;
    for (uint32_t i = 0; answerers && i < world->num_subjects; i++) {
        able |= answerers[i] && capdl_review_among(subjects, count, world->subject_number[i]);
    }
    free(answerers);
    return called && able;
}

/* Of receiving where others do. */
static const char *receiving_note(struct review *review, const struct world *world, const uint32_t *subjects,
                                  size_t count, const struct capdl_cap *cap)
{
    if (world == &review->new && cap->rights & CAPDL_RIGHT_READ &&
        cap->kind == CAPDL_KIND_NOTIFICATION &&capdl_review_bound_to_other(world, subjects, count, cap->object)) {
        return "; but it is bound to another's thread: for anybody else, to wait there is a fault";
    }
    const struct parties *parties = capdl_review_parties(review, world, cap->object);

    for (size_t i = 0; world == &review->new && cap->rights &CAPDL_RIGHT_READ &&i < parties->count; i++) {
        if (parties->list[i].rights & CAPDL_RIGHT_READ && !capdl_review_among(subjects, count, parties->list[i].who)) {
            return cap->kind != CAPDL_KIND_EP ? "; each signal wakes only one of those that wait"
                   : can_answer(world, subjects, count, cap->object)
                       ? "; each message goes to only one receiver, who can also answer it: one can take what is meant "
                         "for "
                         "the other"
                       : "; each message goes to only one receiver: one can take what is meant for the other";
        }
    }
    return "";
}

static char *message_deed(struct review *review, const struct world *world, const uint32_t *subjects, size_t count,
                          const struct capdl_cap *cap)
{
    char *others = capdl_review_others(review, world, subjects, count, cap->object), *text, *badge = NULL;
    char rights[8];
    capdl_review_rights(cap->kind, cap->rights, rights);
    if (!(cap->rights & CAPDL_RIGHTS_ALL)) {
        strcpy(rights, "-");
    }
    const char *hand = cap->kind == CAPDL_KIND_EP && cap->rights & CAPDL_RIGHT_WRITE && cap->rights & CAPDL_RIGHT_GRANT
                           ? ", and hand over copies of capabilities"
                           : "";
    if (cap->rights & CAPDL_RIGHT_WRITE && cap->data) {
        badge = world == &review->new ? capdl_review_badge_clause(review, subjects, count, cap)
                                      : capdl_review_format("%s", "");
        text = capdl_review_format("%s \1 (%s, badge 0x%" PRIx64 ")%s; %s%s%s", message_verb(cap), rights, cap->data,
                                   hand, others, badge, receiving_note(review, world, subjects, count, cap));
    } else {
        text = capdl_review_format("%s \1 (%s%s)%s; %s%s", message_verb(cap), rights,
                                   cap->rights & CAPDL_RIGHT_WRITE ? ", no badge" : "", hand, others,
                                   receiving_note(review, world, subjects, count, cap));
    }
    free(badge);
    free(others);
    return text;
}

/* "X's", "its own", or nobody's. */
static char *whose(const struct review *review, const struct world *world, const uint32_t *subjects, size_t count,
                   uint32_t object)
{
    uint32_t owner = capdl_review_owner(world, object);
    if (owner == REVIEW_NONE && capdl_object_kind(world->spec, object) == CAPDL_KIND_CNODE) {
        size_t num, kept = 0;
        uint32_t *users = capdl_review_users(world, object, &num);
        for (size_t i = 0; i < num; i++) {
            if (!capdl_review_among(subjects, count, users[i])) {
                users[kept++] = users[i];
            }
        }
        char *names = capdl_review_names(review, users, kept);
        char *text = kept ? capdl_review_format("%s's", names) : capdl_review_format("the");
        free(names);
        free(users);
        return text;
    }
    if (owner == REVIEW_NONE) {
        return capdl_review_format("nobody's");
    }
    return capdl_review_is_only(subjects, count, owner)
               ? capdl_review_format("its own")
               : capdl_review_format("%s's", capdl_review_subject(review, owner));
}

/* A stream or context bank through which a device reaches memory, though nobody has a capability to it. */
static bool is_bound(struct review *review, const struct world *world, uint32_t object)
{
    return capdl_kind_class(capdl_object_kind(world->spec, object)) == CAPDL_CLASS_DEVICE &&
           capdl_object_caps(world->spec, object).count && !capdl_review_parties(review, world, object)->count;
}

/* ", and take over 'uart' of driver, 'timer' of clock by revoking them": what others hold, or "". To be freed. */
static char *revoked(struct review *review, const struct world *world, const uint32_t *subjects, size_t count,
                     enum capdl_kind control)
{
    char *text = capdl_review_format("%s", ""), *whole;
    size_t any = 0;
    for (uint32_t i = 0; i < world->spec->num_objects; i++) {
        size_t num = 0;
        char label[REVIEW_LABEL], *names, *longer;
        if (!capdl_kind_issues(control, capdl_object_kind(world->spec, i))) {
            continue;
        }
        names = capdl_review_other_holders(review, world, subjects, count, i, &num);
        if (num || is_bound(review, world, i)) {
            longer =
                capdl_review_format("%s%s'%s'%s%s", text, any ? ", " : ", and take over ",
                                    capdl_object_label(world->spec, i, label, sizeof(label)), num ? " of " : "", names);
            free(text);
            text = longer;
            any++;
        }
        free(names);
    }
    whole = capdl_review_format("%s%s%s", text,
                                any > 1 ? " by revoking them"
                                : any   ? " by revoking it"
                                        : "",
                                any && control == CAPDL_KIND_IRQ_CONTROL ? ", after which it wakes nobody else" : "");
    free(text);
    return whole;
}

static char *control_deed(struct review *review, const struct world *world, const uint32_t *subjects, size_t count,
                          const struct capdl_cap *cap)
{
    static const char *const deeds[CAPDL_KIND_COUNT] = {
        [CAPDL_KIND_IRQ_CONTROL] = "take any interrupt that is free",
        [CAPDL_KIND_ASID_CONTROL] = "make pools of identifiers that address spaces need",
        [CAPDL_KIND_IO_SPACE_MASTER] = "decide which memory any device reaches",
        [CAPDL_KIND_IO_PORT_CONTROL] = "take any I/O port that is free",
        [CAPDL_KIND_STREAMID_CONTROL] = "take any SMMU stream id that is free",
        [CAPDL_KIND_CONTEXTBANK_CONTROL] = "take any SMMU context bank that is free",
        [CAPDL_KIND_DOMAIN] = "move threads to any scheduling domain",
    };
    char *also, *text;
    if (cap->kind == CAPDL_KIND_SCHED_CONTROL) {
        return capdl_review_format("give scheduling contexts any amount of time on core %" PRIu64 " (\1)", cap->data);
    }
    if (!deeds[cap->kind]) {
        return capdl_review_format("use \1");
    }
    also = revoked(review, world, subjects, count, cap->kind);
    text = capdl_review_format("%s%s (\1)", deeds[cap->kind], also);
    free(also);
    return text;
}

static bool lies_in(const struct capdl_spec *spec, uint32_t object, uint32_t untyped)
{
    enum { MOST_NESTED = 64 };

    for (unsigned i = 0; i < MOST_NESTED && object != CAPDL_NO_OBJECT; i++) {
        object = capdl_object_parent(spec, object);
        if (object == untyped) {
            return true;
        }
    }
    return false;
}

/* What lies in an untyped is gone when its holder revokes it. */
static char *untyped_deed(struct review *review, const struct world *world, const uint32_t *subjects,
                          size_t num_subjects, uint32_t untyped)
{
    size_t count = 0, num;
    uint32_t *owners = capdl_spec_realloc(NULL, (world->num_subjects + (size_t)1) * sizeof(*owners));
    char size[32], *names, *text, *place, *others, *note;
    const char *yet;
    for (uint32_t i = 0; i < world->spec->num_objects && count < world->num_subjects; i++) {
        uint32_t owner = lies_in(world->spec, i, untyped) ? capdl_review_owner(world, i) : REVIEW_NONE;
        if (owner != REVIEW_NONE && !capdl_review_contains(owners, count, owner)) {
            owners[count++] = owner;
        }
    }
    names = capdl_review_names(review, owners, count);
    capdl_review_size(UINT64_C(1) << capdl_object_size_bits(world->spec, untyped), size);
    place = capdl_object_flags(world->spec, untyped) & CAPDL_OBJECT_HAS_PADDR
                ? capdl_review_format(" at physical 0x%" PRIx64, capdl_object_paddr(world->spec, untyped))
                : capdl_review_format("%s", "");
    others = capdl_review_other_holders(review, world, subjects, num_subjects, untyped, &num);
    yet = capdl_review_had_before(review, world, subjects, num_subjects, untyped)
              ? " already: only one of them can make objects there, and whoever has the original can destroy what the "
                "other makes"
              : ", too";
    note = num ? capdl_review_format("%s %s it%s", others, num == 1 ? "holds" : "hold", yet)
               : capdl_review_format("nobody else holds it");
    text = count ? capdl_review_format("make objects in %s of memory%s and destroy what %s %s there (\3); %s", size,
                                       place, names, count == 1 ? "has" : "have", note)
                 : capdl_review_format("make objects in %s of memory%s (\3); %s", size, place, note);
    free(others);
    free(note);
    free(owners);
    free(names);
    free(place);
    return text;
}

static char *number_deed(const struct world *world, const struct capdl_cap *cap)
{
    enum capdl_class class = capdl_kind_class(cap->kind);
    if (cap->kind == CAPDL_KIND_SMC) {
        return cap->data ? capdl_review_format("call function 0x%" PRIx64 " of the firmware (\1), whatever that does",
                                               cap->data)
                         : capdl_review_format("call every function of the firmware (\1)");
    }
    if (cap->kind == CAPDL_KIND_ARM_SGI_SIGNAL) {
        return capdl_review_format("interrupt core %" PRIu64 " by number %" PRIu64 " (\1)",
                                   capdl_object_number(world->spec, cap->object, CAPDL_NUMBER_TARGET),
                                   capdl_object_number(world->spec, cap->object, CAPDL_NUMBER_SGI_IRQ));
    }
    if (class == CAPDL_CLASS_DEVICE || class == CAPDL_CLASS_IO_TABLE) {
        return capdl_review_format(class == CAPDL_CLASS_DEVICE && cap->kind != CAPDL_KIND_CONTEXTBANK
                                       ? "decide which memory \1 reaches"
                                       : "decide which memory a device reaches through \1");
    }
    return class == CAPDL_CLASS_INTERRUPT ? capdl_review_format("acknowledge \1 and decide whom it wakes")
                                          : capdl_review_format("use \1");
}

static char *frame_deed(struct review *review, const struct world *world, const uint32_t *subjects, size_t count,
                        const struct capdl_cap *cap)
{
    char *others = capdl_review_others(review, world, subjects, count, cap->object), rights[8], *text;
    text =
        capdl_review_format("map \1 with rights %s; %s", capdl_review_rights(cap->kind, cap->rights, rights), others);
    free(others);
    return text;
}

static char *reply_deed(struct review *review, const struct world *world, const uint32_t *subjects, size_t count,
                        const struct capdl_cap *cap)
{
    size_t num;
    char *names = capdl_review_other_holders(review, world, subjects, count, cap->object, &num), *text;
    bool served = false;
    for (uint32_t i = 0; num && i < world->spec->num_objects && !served; i++) {
        const struct parties *waiting =
            capdl_object_kind(world->spec, i) == CAPDL_KIND_EP ? capdl_review_parties(review, world, i) : NULL;
        for (size_t j = 0; waiting && j < waiting->count; j++) {
            served |= waiting->list[j].rights & CAPDL_RIGHT_READ &&
                      !capdl_review_among(subjects, count, waiting->list[j].who) &&
                      capdl_review_party_of(capdl_review_parties(review, world, cap->object), waiting->list[j].who);
        }
    }
    text = num && !served
               ? capdl_review_format("wait for calls with \1, which %s holds, too, and so can answer them", names)
           : num ? capdl_review_format("answer those who call %s, who take it for the answer of %s (\1)", names, names)
                 : capdl_review_format("answer callers through \1, which nobody else has");
    free(names);
    return text;
}

char *capdl_review_control_holders(struct review *review, const struct world *world, const uint32_t *subjects,
                                   size_t count, const struct capdl_cap *cap, size_t *num)
{
    uint32_t *list = capdl_spec_realloc(NULL, (world->num_subjects + (size_t)1) * sizeof(*list));
    char *names;
    *num = 0;
    for (uint32_t i = 0; i < world->spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(world->spec, i);
        for (uint32_t k = 0; k < caps.count; k++) {
            if (caps.list[k].object != CAPDL_NO_OBJECT || caps.list[k].kind != cap->kind ||
                caps.list[k].data != cap->data) {
                continue;
            }
            for (size_t j = world->first_use[i]; j < world->first_use[i + 1] && *num < world->num_subjects; j++) {
                uint32_t who = capdl_review_who(world, &world->uses[j]);
                if (!capdl_review_among(subjects, count, who) && !capdl_review_contains(list, *num, who)) {
                    list[(*num)++] = who;
                }
            }
        }
    }
    names = capdl_review_names(review, list, *num);
    free(list);
    return names;
}

/* Of a deed that the subjects can do no longer: who can still. To be freed. */
static char *still_note(struct review *review, const uint32_t *subjects, size_t count, const struct capdl_cap *cap)
{
    struct capdl_cap now = *cap;
    size_t num = 0;
    char *names, *text;
    if (cap->object == CAPDL_NO_OBJECT) {
        names = capdl_review_control_holders(review, &review->new, subjects, count, cap, &num);
    } else {
        now.object = capdl_review_local(review, &review->new, review->old.object_number[cap->object]);
        names = now.object == REVIEW_NONE
                    ? NULL
                    : capdl_review_other_holders(review, &review->new, subjects, count, now.object, &num);
    }
    text = !names ? capdl_review_format("; it is gone")
           : num  ? capdl_review_format("; %s still can", names)
                  : capdl_review_format("; now nobody can");
    free(names);
    return text;
}

/* The deed, and who else can do it. */
static char *with_others(struct review *review, const struct world *world, const uint32_t *subjects, size_t count,
                         const struct capdl_cap *cap, char *deed)
{
    size_t num;
    if (world == &review->old && cap->kind != CAPDL_KIND_SMC) {
        char *still = still_note(review, subjects, count, cap);
        char *lost = capdl_review_format("%s%s", deed, still);
        free(still);
        free(deed);
        return lost;
    }
    char *names = cap->object == CAPDL_NO_OBJECT
                      ? capdl_review_control_holders(review, world, subjects, count, cap, &num)
                      : capdl_review_other_holders(review, world, subjects, count, cap->object, &num);
    bool before =
        cap->object != CAPDL_NO_OBJECT && capdl_review_had_before(review, world, subjects, count, cap->object);
    char *text = cap->kind == CAPDL_KIND_SMC ? num ? capdl_review_format("%s; %s can call some, too", deed, names)
                                                   : capdl_review_format("%s; nobody else can call any", deed)
                 : num ? capdl_review_format("%s; %s can%s", deed, names, before ? " already" : ", too")
                       : capdl_review_format("%s; nobody else can", deed);

    free(names);
    free(deed);
    return text;
}

/* What control of an object is control of: the format with the other subject to which it belongs, or "". To be freed.
 */
static char *power_over(const struct review *review, const struct world *world, const uint32_t *subjects, size_t count,
                        uint32_t object, const char *format)
{
    uint32_t whom = capdl_review_owner(world, object);
    bool other = world == &review->new &&whom != REVIEW_NONE && !capdl_review_among(subjects, count, whom);
    return other ? capdl_review_format(format, capdl_review_subject(review, whom)) : capdl_review_format("%s", "");
}

static bool uses_container(const struct world *world, uint32_t container, const uint32_t *subjects, size_t count)
{
    for (size_t i = world->first_use[container]; i < world->first_use[container + 1]; i++) {
        if (capdl_review_among(subjects, count, capdl_review_who(world, &world->uses[i]))) {
            return true;
        }
    }
    return false;
}

/* Whether who holds a CNode can use what is in it: a pointer leads there, it can be moved to where one leads, or a
 * thread that the holder controls can get that CNode as its CSpace. */
static bool can_take_out(const struct world *world, const uint32_t *subjects, size_t count, uint32_t cnode)
{
    if (uses_container(world, cnode, subjects, count)) {
        return true;
    }
    for (uint32_t i = 0; i < world->spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(world->spec, i);
        if (capdl_object_kind(world->spec, i) != CAPDL_KIND_CNODE || !uses_container(world, i, subjects, count)) {
            continue;
        }
        for (uint32_t j = 0; j < caps.count; j++) {
            if (caps.list[j].kind == CAPDL_KIND_TCB || (caps.list[j].kind == CAPDL_KIND_CNODE &&
                                                        uses_container(world, caps.list[j].object, subjects, count))) {
                return true;
            }
        }
    }
    return false;
}

#define TO_USE_THEM "to use them would take a pointer that leads there, or a capability to a CNode into which one leads"

char *capdl_review_deed(struct review *review, const struct world *world, const uint32_t *subjects, size_t count,
                        const struct capdl_cap *cap)
{
    char *owner, *text, *all, *stop;
    if (cap->object == CAPDL_NO_OBJECT) {
        return with_others(review, world, subjects, count, cap, control_deed(review, world, subjects, count, cap));
    }
    if (cap->kind == CAPDL_KIND_EP || cap->kind == CAPDL_KIND_NOTIFICATION) {
        return message_deed(review, world, subjects, count, cap);
    }
    if (cap->kind == CAPDL_KIND_FRAME) {
        return frame_deed(review, world, subjects, count, cap);
    }
    if (cap->kind == CAPDL_KIND_RTREPLY) {
        return reply_deed(review, world, subjects, count, cap);
    }
    if (cap->kind == CAPDL_KIND_UT) {
        return untyped_deed(review, world, subjects, count, cap->object);
    }
    owner = whose(review, world, subjects, count, cap->object);
    all = power_over(review, world, subjects, count, cap->object,
                     cap->kind == CAPDL_KIND_CNODE ? ", and so do all that %s may"
                                                   : ", and so make %s do all that it may");
    stop = power_over(review, world, subjects, count, cap->object, ", and so stop %s");
    if (cap->kind == CAPDL_KIND_TCB) {
        text = capdl_review_format("stop, resume and redirect %s thread (\1)%s", owner, all);
    } else if (cap->kind == CAPDL_KIND_CNODE) {
        text = strcmp(owner, "the") == 0
                   ? capdl_review_format(can_take_out(world, subjects, count, cap->object)
                                             ? "use, copy and delete the capabilities in \1"
                                             : "copy, move and delete the capabilities in \1; " TO_USE_THEM)
               : *all && !can_take_out(world, subjects, count, cap->object)
                   ? capdl_review_format("copy, move and delete %s capabilities within \1%s; " TO_USE_THEM, owner, stop)
                   : capdl_review_format("use, copy and delete %s capabilities (\1)%s", owner, all);
    } else if (cap->kind == CAPDL_KIND_SC) {
        text = capdl_review_format("use and take away %s processor time (\1)%s", owner, stop);
    } else if (capdl_kind_is_table(cap->kind) && capdl_review_is_root(world, cap->object)) {
        text = capdl_review_format("map and unmap pages in %s address space (\1)%s", owner, all);
    } else if (capdl_kind_is_table(cap->kind)) {
        text = capdl_review_format("unmap part of %s address space (\1)%s", owner, stop);
    } else if (cap->kind == CAPDL_KIND_VCPU) {
        uint32_t whom = capdl_review_guest_of(world, cap->object);
        char *guest = whom == REVIEW_NONE ? capdl_review_format("a virtual CPU")
                                          : capdl_review_format("%s's virtual CPU", capdl_review_subject(review, whom));
        text = capdl_review_format("set registers of %s and inject interrupts, and so control what runs there (\1)",
                                   guest);
        free(guest);
    } else if (cap->kind == CAPDL_KIND_ASID_POOL) {
        text = capdl_review_format("give address spaces the identifiers that they need, and use these up (\1)");
    } else if (cap->kind == CAPDL_KIND_LEFTOVER) {
        text = capdl_review_format("make objects of the memory that is left over (\1)");
    } else {
        text = number_deed(world, cap);
    }
    free(owner);
    free(all);
    free(stop);
    return capdl_kind_is_table(cap->kind) ? text : with_others(review, world, subjects, count, cap, text);
}
