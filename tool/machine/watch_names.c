/* SPDX-License-Identifier: BSD-2-Clause */
/* What reports call threads, objects and slots, system calls and faults. */
#include "watch.h"

#include <inttypes.h>

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

void watch_slot_name(const struct watch *w, const struct act *act, char *out)
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
        watch_slot_name(w, act, out);
    }
    return out;
}
