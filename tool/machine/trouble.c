/* SPDX-License-Identifier: BSD-2-Clause */
/* What threads are not told, or not told the reason of: calls that the kernel refuses or drops. The first few of
 * each kind and thread are reported, the others counted. */
#include <inttypes.h>
#include <stdlib.h>

#include "image/reserved_section.h"
#include "machine.h"
#include "watch.h"

enum { MOST_SHOWN = 3, MOST_COUNTED = 4096 };

enum trouble {
    TROUBLE_NO_CAP,
    TROUBLE_NO_RIGHT,
    TROUBLE_REFUSED,
    TROUBLE_UNANSWERABLE,
    TROUBLE_NOBODY,
    TROUBLE_NO_MESSAGE,
    TROUBLE_CAPS_LOST,
    TROUBLE_DEVICE,
    TROUBLE_DEVIATION,
};

struct watch_trouble {
    const struct tcb *thread; /* NULL: it is deleted */
    enum trouble kind;
    const char *what; /* a deviation */
    uint64_t count;
    char name[NAME_SIZE];
};

static struct watch_trouble *find_what(struct watch *w, const struct tcb *thread, enum trouble kind, const char *what)
{
    for (size_t i = 0; i < w->num_troubles; i++) {
        if (w->troubles[i].thread == thread && w->troubles[i].kind == kind && w->troubles[i].what == what) {
            return &w->troubles[i];
        }
    }
    if (w->num_troubles == MOST_COUNTED) {
        return NULL;
    }
    if (w->num_troubles % 64 == 0) {
        struct watch_trouble *larger = realloc(w->troubles, (w->num_troubles + 64) * sizeof(*larger));
        if (!larger) {
            return NULL;
        }
        w->troubles = larger;
    }
    struct watch_trouble *trouble = &w->troubles[w->num_troubles++];
    *trouble = (struct watch_trouble){.thread = thread, .kind = kind, .what = what};
    return trouble;
}

static struct watch_trouble *find(struct watch *w, const struct tcb *thread, enum trouble kind)
{
    return find_what(w, thread, kind, NULL);
}

/* Whether it is to be shown, and then its beginning: who did what through which slot. */
static bool begin(struct watch *w, const struct record *r, const struct act *act, enum trouble kind)
{
    struct watch_trouble *trouble = find(w, r->thread, kind);
    if (!trouble) {
        return false;
    }
    watch_thread(w, r, trouble->name);
    if (++trouble->count > MOST_SHOWN) {
        return false;
    }
    char object[NAME_SIZE], slot[NAME_SIZE];
    fprintf(w->report, "machine: %s: %s", trouble->name, watch_operation(r));
    if (act->cnode || act->cptr) {
        fprintf(w->report, " through %s", watch_slot(w, r, act, slot));
    }
    if (*watch_object(w, r, act, object)) {
        fprintf(w->report, " (%s", object);
        if (act->badge && act == &r->send) {
            fprintf(w->report, ", badge %" PRIu64, act->badge);
        }
        fputc(')', w->report);
    }
    fputs(": ", w->report);
    return true;
}

static void print_error(const struct watch *w, const struct act *act)
{
    fputs(machine_error_name(act->error), w->report);
    switch (act->error) {
    case CAPDL_ERROR_INVALID_ARGUMENT:
        fprintf(w->report, ", argument %" PRIu64, act->error_number);
        break;
    case CAPDL_ERROR_INVALID_CAPABILITY:
        fprintf(w->report, ", capability %" PRIu64, act->error_number);
        break;
    case CAPDL_ERROR_RANGE_ERROR:
        fprintf(w->report, ", not %" PRIu64 " to %" PRIu64, act->error_number, act->error_max);
        break;
    case CAPDL_ERROR_FAILED_LOOKUP:
        fprintf(w->report, " of the %s: %s", act->error_source ? "source" : "destination",
                watch_lookup_text(act->lookup.kind));
        break;
    case CAPDL_ERROR_NOT_ENOUGH_MEMORY:
        fprintf(w->report, ", %" PRIu64 " bytes are left", act->error_number);
        break;
    case CAPDL_ERROR_NO_ERROR:
    case CAPDL_ERROR_ILLEGAL_OPERATION:
    case CAPDL_ERROR_ALIGNMENT_ERROR:
    case CAPDL_ERROR_TRUNCATED_MESSAGE:
    case CAPDL_ERROR_DELETE_FIRST:
    case CAPDL_ERROR_REVOKE_FIRST:
    case CAPDL_ERROR_COUNT:
        break;
    }
}

/* What the thread is told. */
static void print_consequence(const struct watch *w, const struct record *r, const struct act *act)
{
    if (r->fault.used && r->fault.result == ACT_UNHANDLED) {
        fputs("; it has no fault handler\n", w->report);
    } else if (r->fault.used) {
        fputs("; its fault handler is notified\n", w->report);
    } else if (r->syscall == CAPDL_SYSCALL_CALL) {
        fputs(act->result == ACT_REFUSED ? "\n" : "; the answer is InvalidCapability\n", w->report);
    } else {
        fputs("; the thread is not told\n", w->report);
    }
}

static void report_no_cap(struct watch *w, const struct record *r, const struct act *act)
{
    bool receiving = act == &r->receive;
    if (!begin(w, r, act, TROUBLE_NO_CAP)) {
        return;
    }
    if (act->extra) {
        fprintf(w->report, "%s at address 0x%" PRIx64,
                receiving ? "there is no reply object" : "there is no capability to transfer", act->cptr);
    } else if (act->cnode) {
        fputs("the slot is empty", w->report);
    } else {
        fputs(watch_lookup_text(act->lookup.kind), w->report);
    }
    print_consequence(w, r, act);
}

static void report_no_right(struct watch *w, const struct record *r, const struct act *act)
{
    if (!begin(w, r, act, TROUBLE_NO_RIGHT)) {
        return;
    }
    bool message = act->cap.type == CAP_ENDPOINT || act->cap.type == CAP_NOTIFICATION;
    if (!message) {
        fprintf(w->report, "one cannot %s this", act == &r->receive ? "receive from" : "invoke");
    } else if (act == &r->send) {
        fputs("the capability lacks the right Write", w->report);
    } else if (!(act->cap.rights & CAPDL_RIGHT_READ)) {
        fputs("the capability lacks the right Read", w->report);
    } else {
        fputs("the notification is bound to another thread", w->report);
    }
    print_consequence(w, r, act);
}

static void report_refused(struct watch *w, const struct record *r, const struct act *act)
{
    if (begin(w, r, act, TROUBLE_REFUSED)) {
        print_error(w, act);
        print_consequence(w, r, act);
    }
}

/* The caller is the thread itself or, where the call waited for it, the peer. */
static void report_unanswerable(struct watch *w, const struct record *r, const struct act *act)
{
    char name[NAME_SIZE];
    const struct tcb *peer = act->peer;
    bool received = act == &r->receive;
    bool may_reply = act->cap.rights & (CAPDL_RIGHT_GRANT | CAPDL_RIGHT_GRANT_REPLY);
    if (received && peer) {
        may_reply = peer->blocked_can_grant || peer->blocked_can_grant_reply;
    }
    if (!begin(w, r, act, TROUBLE_UNANSWERABLE)) {
        return;
    }
    if (received) {
        fprintf(w->report, "the call of %s", peer ? names_thread(w->names, peer, name) : "a thread");
    } else {
        fputs(act == &r->fault ? "its fault" : "the call", w->report);
    }
    fprintf(w->report, " can never be answered, because %s; the caller stays suspended\n",
            may_reply ? "the receiver provided no reply object"
                      : "the caller's capability has neither the right GrantReply (P) nor Grant (G)");
}

static void report_caps_lost(struct watch *w, const struct record *r, const struct act *act)
{
    if (begin(w, r, act, TROUBLE_CAPS_LOST)) {
        fputs("not all capabilities of the message were transferred: the sender's capability lacks the right Grant, or "
              "the receiver had no empty slot for them\n",
              w->report);
    }
}

/* Whether it is the first access to this frame, or to ports from this one on; of more than can be kept, all are. */
static bool is_new_device(struct watch *w, uint64_t frame)
{
    for (size_t i = 0; i < w->num_devices; i++) {
        if (w->devices[i] == frame) {
            return false;
        }
    }
    if (!w->devices) {
        w->devices = calloc(MOST_COUNTED, sizeof(*w->devices));
    }
    if (w->devices && w->num_devices < MOST_COUNTED) {
        w->devices[w->num_devices++] = frame;
    }
    return true;
}

static void report_ports(struct watch *w, const struct record *r, const struct act *act)
{
    const uint64_t ports = UINT64_C(1) << 63; /* where no frame is */
    if (is_new_device(w, ports | act->cap.paddr) && begin(w, r, act, TROUBLE_DEVICE)) {
        fputs("this machine has no devices; ports read as ones\n", w->report);
    }
}

/* Whatever is sent to a notification signals it; the message itself is lost. */
static void tell_no_message(struct watch *w, const struct record *r, const struct act *act)
{
    bool call = r->syscall == CAPDL_SYSCALL_CALL;
    if ((call || act->length > 0) && begin(w, r, act, TROUBLE_NO_MESSAGE)) {
        fprintf(w->report, "this notification is signalled, but takes no message%s\n",
                call ? " and gives no answer" : "");
    }
}

static void report_act(struct watch *w, const struct record *r, const struct act *act)
{
    bool reported_at_the_end = r->fault.used && r->fault.result == ACT_UNHANDLED;
    switch (act->result) {
    case ACT_NO_CAP:
        if (!reported_at_the_end) {
            report_no_cap(w, r, act);
        }
        break;
    case ACT_NO_RIGHT:
        report_no_right(w, r, act);
        break;
    case ACT_REFUSED:
        report_refused(w, r, act);
        break;
    case ACT_NOBODY:
        if (begin(w, r, act, TROUBLE_NOBODY)) {
            fputs("nobody is waiting for this reply\n", w->report);
        }
        break;
    case ACT_DONE:
        if (act->cap.type == CAP_IO_PORT) {
            report_ports(w, r, act);
        }
        break;
    case ACT_DELIVERED:
    case ACT_QUEUED:
    case ACT_DROPPED:
    case ACT_PENDING:
    case ACT_RECEIVED:
    case ACT_WAITS:
    case ACT_NOTHING:
    case ACT_UNHANDLED:
        break;
    }
    bool sent = act == &r->send && (act->result == ACT_DELIVERED || act->result == ACT_PENDING);
    if (sent && act->cap.type == CAP_NOTIFICATION) {
        tell_no_message(w, r, act);
    }
    if (act->unanswerable) {
        report_unanswerable(w, r, act);
    }
    if (act->caps_lost) {
        report_caps_lost(w, r, act);
    }
}

void trouble_entry(struct watch *w, const struct record *r)
{
    if (!w->report || !r->thread || (w->names->has_initialiser && r->thread == w->kernel->initial)) {
        return;
    }
    const struct act *acts[] = {&r->send, &r->receive, &r->fault};
    for (unsigned i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
        if (acts[i]->used) {
            report_act(w, r, acts[i]);
        }
    }
}

static bool is_reserved(const struct reserved_section *reserved, uint64_t paddr)
{
    for (uint64_t i = 0; reserved && i < reserved->num_regions; i++) {
        struct capdl_region region = reserved_section_region(reserved, i);
        if (paddr >= region.start && paddr < region.end) {
            return true;
        }
    }
    return false;
}

/* Each is reported once for each thread: how often code is translated depends on the emulator. */
void trouble_deviation(struct watch *w, const struct tcb *thread, uint64_t pc, const char *instruction)
{
    struct watch_trouble *trouble = w->report ? find_what(w, thread, TROUBLE_DEVIATION, instruction) : NULL;
    if (!trouble || trouble->count > 0) {
        return;
    }
    trouble->count = 1;
    names_thread(w->names, thread, trouble->name);
    fprintf(w->report,
            "machine: %s: the code at pc 0x%" PRIx64 " has %s, which this machine does not execute as processors do\n",
            trouble->name, pc, instruction);
}

void trouble_device(struct watch *w, const struct tcb *thread, const struct device_access *access)
{
    bool initialiser = w->names->has_initialiser && thread == w->kernel->initial;
    if (!w->report || initialiser || is_reserved(w->reserved, access->paddr) || !is_new_device(w, access->frame)) {
        return;
    }
    struct watch_trouble *trouble = find(w, thread, TROUBLE_DEVICE);
    char frame[NAME_SIZE];
    if (!trouble) {
        return;
    }
    names_thread(w->names, thread, trouble->name);
    if (++trouble->count <= MOST_SHOWN) {
        fprintf(w->report,
                "machine: %s: %s address 0x%" PRIx64 " of %s, device memory at 0x%" PRIx64
                ": this machine has no devices; what was not written reads as zero\n",
                trouble->name, access->write ? "writes to" : "reads from", access->vaddr,
                names_frame(w->names, access->frame, frame), access->paddr);
    }
}

/* Another thread at that address is another one. */
void trouble_gone(struct watch *w, const struct object *object)
{
    for (size_t i = 0; i < w->num_troubles; i++) {
        if ((const void *)w->troubles[i].thread == (const void *)object) {
            w->troubles[i].thread = NULL;
        }
    }
}

void trouble_finish(struct watch *w)
{
    static const char *const texts[] = {
        [TROUBLE_NO_CAP] = "calls without a capability",
        [TROUBLE_NO_RIGHT] = "calls without the right for them",
        [TROUBLE_REFUSED] = "refused invocations",
        [TROUBLE_UNANSWERABLE] = "calls that can never be answered",
        [TROUBLE_NOBODY] = "replies that nobody was waiting for",
        [TROUBLE_NO_MESSAGE] = "messages to notifications",
        [TROUBLE_DEVIATION] = "instructions that the machine does not execute as processors do",
        [TROUBLE_DEVICE] = "accesses to devices that the machine does not have",
        [TROUBLE_CAPS_LOST] = "messages whose capabilities were not transferred",
    };
    for (size_t i = 0; w->report && i < w->num_troubles; i++) {
        const struct watch_trouble *trouble = &w->troubles[i];
        if (trouble->count > MOST_SHOWN) {
            fprintf(w->report, "machine: %s: %" PRIu64 " more %s\n", trouble->name, trouble->count - MOST_SHOWN,
                    texts[trouble->kind]);
        }
    }
}
