/* SPDX-License-Identifier: BSD-2-Clause */
#include "watch.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "profile/names.h"

const char *watch_syscall_name(enum capdl_syscall syscall)
{
    return syscall < CAPDL_SYSCALL_COUNT ? syscall_names[syscall] : "an unknown system call";
}

const char *watch_fault_name(enum fault_kind kind)
{
    switch (kind) {
    case FAULT_NONE:
        break;
    case FAULT_CAP:
        return fault_names[CAPDL_FAULT_CAP];
    case FAULT_UNKNOWN_SYSCALL:
        return fault_names[CAPDL_FAULT_UNKNOWN_SYSCALL];
    case FAULT_USER_EXCEPTION:
        return fault_names[CAPDL_FAULT_USER_EXCEPTION];
    case FAULT_TIMEOUT:
        return fault_names[CAPDL_FAULT_TIMEOUT];
    case FAULT_VM:
        return fault_names[CAPDL_FAULT_VM];
    case FAULT_VCPU:
        return fault_names[CAPDL_FAULT_VCPU];
    }
    return "no fault";
}

const char *watch_lookup_text(enum lookup_kind kind)
{
    static const char *const texts[] = {"the CSpace has no root", "there is no capability",
                                        "the address has the wrong depth", "a guard does not match"};
    return texts[kind];
}

const char *watch_operation(const struct record *r)
{
    if (r->send.used && r->send.method < CAPDL_METHOD_COUNT) {
        return method_names[r->send.method];
    }
    if (r->syscall == CAPDL_SYSCALL_COUNT && r->fault.used) {
        return watch_fault_name(r->fault.fault.kind);
    }
    return watch_syscall_name(r->syscall);
}

const char *watch_thread(const struct watch *w, const struct record *r, char *out)
{
    const struct tcb *thread = r->thread ? r->thread : NULL;
    if (w->named) {
        snprintf(out, NAME_SIZE, "%s", w->thread);
    } else if (thread) {
        names_thread(w->names, thread, out);
    } else {
        snprintf(out, NAME_SIZE, "a deleted thread");
    }
    return out;
}

const char *watch_object(const struct watch *w, const struct record *r, const struct act *act, char *out)
{
    if (w->named && act == &r->send) {
        snprintf(out, NAME_SIZE, "%s", w->object);
    } else if (act->cap.type == CAP_NULL) {
        *out = 0;
    } else {
        names_cap(w->names, &act->cap, out);
    }
    return out;
}

static void slot_name(const struct watch *w, const struct act *act, char *out)
{
    char cnode[NAME_SIZE];
    if (act->cnode) {
        snprintf(out, NAME_SIZE, "slot %" PRIu64 " of %.90s", act->index,
                 names_object(w->names, &act->cnode->header, cnode));
    } else {
        snprintf(out, NAME_SIZE, "address 0x%" PRIx64, act->cptr);
    }
}

const char *watch_slot(const struct watch *w, const struct record *r, const struct act *act, char *out)
{
    if (w->named && act == &r->send) {
        snprintf(out, NAME_SIZE, "%s", w->cnode);
    } else {
        slot_name(w, act, out);
    }
    return out;
}

/* The names that may be gone when the invocation is done. */
static void before(void *context, const struct record *r)
{
    struct watch *w = context;
    if (r->thread) {
        names_thread(w->names, r->thread, w->thread);
        bool initialiser = w->names->has_initialiser && r->thread == w->kernel->initial;
        if (!initialiser || !names_initialiser_slot(w->names, r->now->cptr, w->object)) {
            names_cap(w->names, &r->now->cap, w->object);
        }
        slot_name(w, r->now, w->cnode);
        w->named = true;
    }
}

static void entry(void *context, const struct record *r)
{
    struct watch *w = context;
    trouble_entry(w, r);
    if (w->trace) {
        trace_entry(w, r);
    }
    if (w->stats) {
        stats_entry(w, r);
    }
    w->named = false;
}

static void device(void *context, const struct tcb *thread, const struct device_access *access)
{
    trouble_device(context, thread, access);
}

static void deviation(void *context, const struct tcb *thread, uint64_t pc, const char *instruction)
{
    trouble_deviation(context, thread, pc, instruction);
}

static void gone(void *context, const struct object *object)
{
    struct watch *w = context;
    names_forget((struct names *)w->names, object);
    trouble_gone(w, object);
    if (w->stats) {
        stats_gone(w, object);
    }
}

void watch_start(struct watch *w, struct kernel *k)
{
    k->watch = (struct kernel_watch){
        .context = w, .entry = entry, .before = before, .device = device, .deviation = deviation, .gone = gone};
}

void watch_finish(struct watch *w)
{
    trouble_finish(w);
    if (w->stats && w->report) {
        stats_print(w);
    }
}

void watch_free(struct watch *w)
{
    free(w->devices);
    free(w->troubles);
    free(w->rows);
}
