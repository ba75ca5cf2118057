/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel.h"

void record_begin(struct kernel *k, enum capdl_syscall syscall)
{
    struct record *r = &k->record;
    r->thread = k->current;
    r->syscall = syscall;
    r->send.used = r->receive.used = r->fault.used = false;
    r->now = &r->send;
}

void record_end(struct kernel *k)
{
    if (k->watch.entry) {
        k->watch.entry(k->watch.context, &k->record);
    }
}

struct act *record_act(struct kernel *k, struct act *act, uint64_t cptr)
{
    *act = (struct act){.used = true, .cptr = cptr, .method = CAPDL_METHOD_COUNT};
    k->record.now = act;
    return act;
}

void record_slot(struct kernel *k, struct act *act, const struct slot *slot)
{
    act->cap = slot->cap;
    act->badge = slot->cap.type == CAP_ENDPOINT || slot->cap.type == CAP_NOTIFICATION ? slot->cap.data : 0;
    act->cnode = k->found.cnode;
    act->index = k->found.index;
}

void record_message(struct act *act, uint64_t info)
{
    act->label = info >> 12;
    act->length = message_info_length(info);
    act->caps = message_info_caps(info);
}

void record_no_cap(struct kernel *k, uint64_t cptr)
{
    struct act *act = k->record.now;
    act->result = ACT_NO_CAP;
    act->cptr = cptr;
    act->lookup = k->lookup_fault;
}

void record_met(struct kernel *k, enum act_result result, struct tcb *peer)
{
    k->record.now->result = result;
    k->record.now->peer = peer;
}

void record_error(struct kernel *k)
{
    struct act *act = k->record.now;
    bool message = act->cap.type == CAP_ENDPOINT || act->cap.type == CAP_NOTIFICATION || act->cap.type == CAP_REPLY;
    bool none = act->cap.type == CAP_NULL || act->cap.type == CAP_ZOMBIE;
    act->result = none ? ACT_NO_CAP : message ? ACT_NO_RIGHT : ACT_REFUSED;
    act->error = k->error.type;
    act->error_number = k->error.number;
    act->error_max = k->error.max;
    act->error_source = k->error.source;
    act->lookup = k->lookup_fault;
}

void record_invocation(struct kernel *k, const struct invocation *inv)
{
    k->record.now->method = inv->method;
    if (k->watch.before) {
        k->watch.before(k->watch.context, &k->record);
    }
}

void record_fault(struct kernel *k, struct tcb *thread)
{
    struct act *act = record_act(k, &k->record.fault, 0);
    act->fault = k->fault;
    act->lookup = k->lookup_fault;
    k->record.faulted = thread;
}

static void forget(struct act *act, const struct object *object)
{
    if ((void *)act->peer == (void *)object) {
        act->peer = NULL;
    }
    if ((void *)act->cnode == (void *)object) {
        act->cnode = NULL;
    }
    if (act->cap.object == (void *)object) {
        act->cap.object = NULL;
    }
}

void record_gone(struct kernel *k, const struct object *object)
{
    struct record *r = &k->record;
    if (k->watch.gone) {
        k->watch.gone(k->watch.context, object);
    }
    r->thread = (void *)r->thread == (void *)object ? NULL : r->thread;
    r->faulted = (void *)r->faulted == (void *)object ? NULL : r->faulted;
    forget(&r->send, object);
    forget(&r->receive, object);
    forget(&r->fault, object);
}
