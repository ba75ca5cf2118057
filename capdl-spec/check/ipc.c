/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checks for messages, signals and faults that no thread can receive. reach.c finds who can; capabilities that a thread
 * could make or receive later count, too.
 */
#include <inttypes.h>

#include "checker.h"
#include "checks.h"
#include "reach.h"
#include "report.h"

/* Calls visit for each capability in a CNode that threads reach. */
static void each_reached(struct checker *c, void (*visit)(struct checker *, uint32_t cnode, const struct capdl_cap *))
{
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        struct capdl_caps caps = capdl_object_caps(c->spec, i);
        for (uint32_t j = 0; capdl_object_kind(c->spec, i) == CAPDL_KIND_CNODE && c->reach.by[i] && j < caps.count;
             j++) {
            visit(c, i, &caps.list[j]);
        }
    }
}

static bool can_send(const struct capdl_cap *cap, enum capdl_kind kind)
{
    return cap->kind == kind && cap->rights & CAPDL_RIGHT_WRITE;
}

static void check_receiver(struct checker *c, uint32_t cnode, const struct capdl_cap *cap)
{
    char label[CHECK_LABEL], holder[CHECK_LABEL];
    if (can_send(cap, CAPDL_KIND_EP) && !(c->reach.what[cap->object] & CHECK_RECEIVED) &&
        c->reach.said[cap->object] != CAPDL_CHECK_FAULT_SERVER) {
        capdl_check_report_once(c, cap,
                                "no thread can receive on endpoint '%s', but CNode '%s' lets threads send to it: they "
                                "would block for ever (give the receiver a capability with R)",
                                capdl_check_label(c, cap->object, label), capdl_check_label(c, cnode, holder));
    }
}

void capdl_check_endpoint_receiver(struct checker *c)
{
    if (capdl_check_has_reach(c)) {
        each_reached(c, check_receiver);
    }
}

/* Without P or G, a call is never answered, and the kernel accepts it. A holder of R as well is meant to receive. */
static void check_call(struct checker *c, uint32_t cnode, const struct capdl_cap *cap)
{
    char label[CHECK_LABEL], holder[CHECK_LABEL];
    if (can_send(cap, CAPDL_KIND_EP) && !(cap->rights & CAPDL_RIGHT_READ) &&
        (c->reach.what[cap->object] & (CHECK_RECEIVED | CHECK_ASKED)) == CHECK_RECEIVED) {
        capdl_check_report_once(c, cap,
                                "no call on endpoint '%s' can be answered: no capability to it, such as this one in "
                                "CNode '%s', has P or G besides W (write WP, unless messages only go one way)",
                                capdl_check_label(c, cap->object, label), capdl_check_label(c, cnode, holder));
    }
}

void capdl_check_endpoint_call(struct checker *c)
{
    if (capdl_check_has_reach(c)) {
        each_reached(c, check_call);
    }
}

/* P is for calls, and without a reply object none is answered. */
static void check_answer(struct checker *c, uint32_t cnode, const struct capdl_cap *cap)
{
    char label[CHECK_LABEL], holder[CHECK_LABEL];
    if (can_send(cap, CAPDL_KIND_EP) && cap->rights & CAPDL_RIGHT_GRANT_REPLY && !(cap->rights & CAPDL_RIGHT_READ) &&
        (c->reach.what[cap->object] & (CHECK_RECEIVED | CHECK_ANSWERED)) == CHECK_RECEIVED) {
        capdl_check_report_once(c, cap,
                                "calls on endpoint '%s' from CNode '%s' are never answered: no thread that can receive "
                                "on it has a reply object (rtreply)",
                                capdl_check_label(c, cap->object, label), capdl_check_label(c, cnode, holder));
    }
}

void capdl_check_endpoint_answer(struct checker *c)
{
    if (capdl_check_has_reach(c) && c->reach.mcs) {
        each_reached(c, check_answer);
    }
}

static void check_waiter(struct checker *c, uint32_t cnode, const struct capdl_cap *cap)
{
    char label[CHECK_LABEL], holder[CHECK_LABEL];
    if (can_send(cap, CAPDL_KIND_NOTIFICATION) && !(c->reach.what[cap->object] & CHECK_RECEIVED)) {
        capdl_check_report_once(c, cap,
                                "no thread can wait for notification '%s', but CNode '%s' lets threads signal it (give "
                                "a thread a capability with R, or bind it to a thread that receives)",
                                capdl_check_label(c, cap->object, label), capdl_check_label(c, cnode, holder));
    }
}

static void check_irq_waiter(struct checker *c, const struct capdl_irq_map *irq)
{
    const struct capdl_cap *cap = capdl_spec_cap_at(c->spec, irq->object, 0);
    char label[CHECK_LABEL];
    if (cap && cap->kind == CAPDL_KIND_NOTIFICATION && !(c->reach.what[cap->object] & CHECK_RECEIVED)) {
        capdl_check_report_once(c, cap,
                                "no thread can wait for notification '%s', which interrupt %" PRIu64
                                " signals (give a thread a capability with R, or bind it to a thread that receives)",
                                capdl_check_label(c, cap->object, label), irq->irq);
    }
}

void capdl_check_notification_waiter(struct checker *c)
{
    if (!capdl_check_has_reach(c)) {
        return;
    }
    for (size_t i = 0; i < c->spec->num_irqs; i++) {
        check_irq_waiter(c, &c->spec->irqs[i]);
    }
    each_reached(c, check_waiter);
}

/*
 * An interrupt without notification may get one later, from one who has its handler and something to wait for that it
 * may also signal, or memory to make such a thing from. by, of notifications not needed so far: 1 + who signals.
 */
static void note_signaller(struct checker *c, uint32_t cnode, const struct capdl_cap *cap)
{
    if (can_send(cap, CAPDL_KIND_NOTIFICATION)) {
        c->reach.by[cap->object] = capdl_check_group(c, cnode) + 1;
    }
}

static void note_binder(struct checker *c, uint32_t holder, const struct capdl_cap *cap)
{
    uint32_t group = capdl_check_group(c, holder);
    if (cap->kind == CAPDL_KIND_NOTIFICATION && cap->rights & CAPDL_RIGHT_READ &&
        c->reach.by[cap->object] == group + 1) {
        c->reach.what[group] |= CHECK_GROUP_BINDS;
    }
}

static void note_bound_binder(struct checker *c, uint32_t thread)
{
    const struct capdl_cap *cap = capdl_spec_cap_at(c->spec, thread, CAPDL_TCB_SLOT_BOUND_NOTIFICATION);
    if (cap) {
        note_binder(c, thread, cap);
    }
}

static void note_handler(struct checker *c, uint32_t cnode, const struct capdl_cap *cap)
{
    if (capdl_kind_class(cap->kind) == CAPDL_CLASS_INTERRUPT &&
        c->reach.what[capdl_check_group(c, cnode)] & (CHECK_GROUP_BINDS | CHECK_GROUP_MAKES)) {
        c->reach.what[cap->object] |= CHECK_RECEIVED;
    }
}

static void check_signals(struct checker *c, const struct capdl_irq_map *irq)
{
    char label[CHECK_LABEL];
    if (capdl_kind_class(capdl_object_kind(c->spec, irq->object)) != CAPDL_CLASS_INTERRUPT ||
        capdl_spec_cap_at(c->spec, irq->object, 0) || c->reach.what[irq->object] & CHECK_RECEIVED) {
        return;
    }
    capdl_check_label(c, irq->object, label);
    capdl_check_report(c, CAPDL_WARNING, irq->pos,
                       "interrupt %" PRIu64
                       " signals nothing: '%s' has no notification in slot 0 (write %s { 0: NOTIFICATION (W) })",
                       irq->irq, label, label);
}

void capdl_check_irq_signal(struct checker *c)
{
    if (!c->spec->num_irqs || !capdl_check_has_reach(c)) {
        return;
    }
    each_reached(c, note_signaller);
    each_reached(c, note_binder);
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        if (capdl_object_kind(c->spec, i) == CAPDL_KIND_TCB) {
            note_bound_binder(c, i);
        }
    }
    each_reached(c, note_handler);
    for (size_t i = 0; i < c->spec->num_irqs; i++) {
        check_signals(c, &c->spec->irqs[i]);
    }
}

/* Whether the faulting thread is the only receiver; one that can start threads may leave it to others. */
static bool only_itself(const struct checker *c, uint32_t thread, uint32_t endpoint)
{
    return c->reach.by[endpoint] == thread + 1 &&
           !(c->reach.what[capdl_check_group(c, thread)] & (CHECK_GROUP_MAKES | CHECK_GROUP_CONTROLS));
}

static void check_server(struct checker *c, uint32_t thread, const struct capdl_cap *cap, const char *what)
{
    char label[CHECK_LABEL], endpoint[CHECK_LABEL];
    if (!cap || cap->kind != CAPDL_KIND_EP) {
        return;
    }
    capdl_check_label(c, thread, label);
    capdl_check_label(c, cap->object, endpoint);
    if (!(c->reach.what[cap->object] & CHECK_RECEIVED)) {
        capdl_check_report_once(c, cap,
                                "%s of TCB '%s' are sent to endpoint '%s', but no thread can receive on it (give the "
                                "fault handler a capability with R)",
                                what, label, endpoint);
    } else if (only_itself(c, thread, cap->object)) {
        capdl_check_report_once(c, cap,
                                "%s of TCB '%s' are sent to endpoint '%s', but only that thread itself can receive on "
                                "it, and then it is blocked",
                                what, label, endpoint);
    }
}

/* On kernels without MCS, the fault handler is a pointer in the thread's CSpace, which its holder can fill later. */
static void check_pointer(struct checker *c, uint32_t thread, uint64_t pointer)
{
    const struct capdl_cap *cspace = capdl_spec_cap_at(c->spec, thread, CAPDL_TCB_SLOT_CSPACE), *cap;
    char label[CHECK_LABEL];
    if (!pointer || !cspace || cspace->kind != CAPDL_KIND_CNODE ||
        capdl_spec_cap_at(c->spec, thread, CAPDL_TCB_SLOT_FAULT_EP)) {
        return;
    }
    cap = capdl_spec_lookup(c->spec, cspace, pointer, NULL);
    if (cap && capdl_cap_can_call(cap)) {
        check_server(c, thread, cap, "faults");
    } else if (!(c->reach.what[cspace->object] & CHECK_HELD)) {
        capdl_check_report(c, CAPDL_WARNING, capdl_object_pos(c->spec, thread),
                           "the fault handler of TCB '%s' is capability pointer 0x%" PRIx64
                           ", %s: no thread hears of its faults",
                           capdl_check_label(c, thread, label), pointer,
                           !cap                         ? "which names nothing"
                           : cap->kind == CAPDL_KIND_EP ? "a capability without W and one of G and P"
                                                        : "which is not an endpoint");
    }
}

void capdl_check_fault_server(struct checker *c)
{
    if (!capdl_check_has_reach(c)) {
        return;
    }
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        if (capdl_object_kind(c->spec, i) != CAPDL_KIND_TCB) {
            continue;
        }
        check_server(c, i, capdl_spec_cap_at(c->spec, i, CAPDL_TCB_SLOT_FAULT_EP), "faults");
        check_server(c, i, capdl_spec_cap_at(c->spec, i, CAPDL_TCB_SLOT_TEMP_FAULT_EP), "timeouts");
        check_pointer(c, i, capdl_tcb_values(c->spec, i)->fault_ep);
    }
}
