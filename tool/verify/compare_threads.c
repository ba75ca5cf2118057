/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads: registers, parameters, what is bound to them, whether they are ready to run; and their scheduling
   contexts. */
#include <inttypes.h>
#include <string.h>

#include <capdl/flags.h>

#include "verify/private.h"

static const struct capdl_cap *cap_at(const struct verify *v, uint32_t object, enum capdl_tcb_slot slot)
{
    return capdl_spec_cap_at(v->spec, object, slot);
}

static bool is_bare(const struct verify *v, uint32_t object)
{
    return !cap_at(v, object, CAPDL_TCB_SLOT_CSPACE) && !cap_at(v, object, CAPDL_TCB_SLOT_VSPACE);
}

static void compare_value(struct verify *v, uint32_t object, const char *what, uint64_t actual, uint64_t wanted)
{
    if (actual != wanted) {
        differ(v, object, "has %s 0x%" PRIx64 ", not 0x%" PRIx64, what, actual, wanted);
    }
}

static void set_register(const struct registers *r, uint64_t *values, const char *name, uint64_t value)
{
    for (unsigned i = 0; i < r->count; i++) {
        if (strcmp(r->names[i], name) == 0) {
            values[i] = value;
        }
    }
}

static void compare_field(struct verify *v, uint32_t object, enum capdl_tcb_field field, uint64_t actual,
                          const struct capdl_tcb *wanted)
{
    compare_value(v, object, capdl_tcb_field_name(field), actual, capdl_tcb_get(wanted, field));
}

/* All registers: those the spec gives, and the others as a new thread has them. */
static void compare_registers(struct verify *v, uint32_t object, const struct capdl_tcb *wanted,
                              const struct tcb *thread)
{
    const struct registers *r = v->kernel->registers;
    const struct verify_arch *arch = verify_arch(v->profile->arch);
    uint64_t values[MAX_REGISTERS] = {0}, fresh[MAX_REGISTERS] = {0};
    r->init(fresh);
    memcpy(values, fresh, sizeof(values));
    values[r->fault_ip] = values[r->next_ip] = wanted->ip;
    values[r->sp] = stack_pointer_of(v, wanted);
    for (size_t i = 0; i < wanted->num_init && i < arch->num_arguments; i++) {
        set_register(r, values, arch->arguments[i], wanted->init[i]);
    }
    set_register(r, values, arch->tls, wanted->tls);
    for (unsigned i = 0; i < r->count; i++) {
        char what[40];
        bool given = values[i] != fresh[i];
        snprintf(what, sizeof(what), "in register %s", r->names[i]);
        if (given ||
            thread->regs[i] != r->sanitise(thread, (uint8_t)i, 0)) { /* what the kernel makes of a zero written there */
            compare_value(v, object, what, thread->regs[i], values[i]);
        }
    }
}

/* A thread that is left for somebody else to configure is like a new one, except for what the spec says. */
static void compare_priorities(struct verify *v, uint32_t object, const struct capdl_tcb *wanted,
                               const struct tcb *thread)
{
    bool untouched = is_bare(v, object) && !(wanted->has & (CAPDL_TCB_HAS_PRIO | CAPDL_TCB_HAS_MAX_PRIO)) &&
                     thread->priority == 0 && thread->mcp == 0;
    if (!untouched) {
        compare_field(v, object, CAPDL_TCB_FIELD_PRIO, thread->priority, wanted);
        compare_field(v, object, CAPDL_TCB_FIELD_MAX_PRIO, thread->mcp, wanted);
    }
}

static bool is_ready(const struct tcb *thread)
{
    return thread->state == THREAD_RUNNING || thread->state == THREAD_RESTART;
}

static void compare_state(struct verify *v, uint32_t object, const struct capdl_tcb *wanted, const struct tcb *thread)
{
    bool resume = wanted->resume && !is_bare(v, object);
    if (resume && !is_ready(thread)) {
        differ(v, object, "is not started");
    } else if (!resume && thread->state != THREAD_INACTIVE) {
        differ(v, object, "is started, but the spec does not say so");
    }
    if (thread->fault.kind != FAULT_NONE || thread->unhandled.kind != FAULT_NONE) {
        differ(v, object, "has a fault pending");
    }
    if (thread->instructions != 0) {
        differ(v, object, "executed %" PRIu64 " instructions before everything was in place", thread->instructions);
    }
}

static void compare_parameters(struct verify *v, uint32_t object, const struct capdl_tcb *wanted,
                               const struct tcb *thread)
{
    bool mcs = v->profile->mcs;
    compare_priorities(v, object, wanted, thread);
    compare_field(v, object, CAPDL_TCB_FIELD_ADDR, thread->ipc_buffer, wanted);
    compare_field(v, object, CAPDL_TCB_FIELD_DOM, thread->domain, wanted);
    uint64_t flags = wanted->fpu_disabled && v->profile->fpu ? CAPDL_TCB_FLAG_FPU_DISABLED : 0;
    compare_value(v, object, "flags", thread->flags, flags);
    if (!mcs) {
        compare_field(v, object, CAPDL_TCB_FIELD_FAULT_EP, thread->fault_handler, wanted);
        compare_field(v, object, CAPDL_TCB_FIELD_AFFINITY, thread->affinity, wanted);
    } else if (thread->sc && thread->sc->refill_max > 0) {
        compare_field(v, object, CAPDL_TCB_FIELD_AFFINITY, thread->sc->core, wanted);
    }
}

/* Slots that hold capabilities, and those the spec leaves empty. */
static void compare_slots(struct verify *v, uint32_t object, const struct tcb *thread)
{
    for (uint64_t slot = 0; slot < CAPDL_TCB_SLOT_COUNT; slot++) {
        const struct capdl_cap *cap = capdl_spec_cap_at(v->spec, object, slot);
        const struct slot *actual = state_tcb_slot(v, thread, slot);
        if (slot == CAPDL_TCB_SLOT_IPC_BUFFER && thread->ipc_buffer == 0) {
            cap = NULL; /* the kernel takes address 0 for none */
        }
        if (cap && actual) {
            compare_cap(v, object, cap, actual);
        } else if (actual && actual->cap.type != CAP_NULL) {
            char label[LABEL_SIZE];
            differ(v, object, "has in TCB slot %" PRIu64 " a capability to %s, which is not in the spec", slot,
                   cap_label(v, actual, label));
        }
    }
    /* The kernel's own slots: a master reply capability, and no caller. */
    const struct cap *reply = &thread->slots[TCB_REPLY].cap;
    if (reply->type != CAP_NULL &&
        (reply->type != CAP_REPLY || reply->object != thread || !(reply->flags & CAP_FLAG_MASTER))) {
        differ(v, object, "has a reply capability that is not its own");
    }
    if (thread->slots[TCB_CALLER].cap.type != CAP_NULL) {
        differ(v, object, "has a caller although nothing has run");
    }
}

/* What is bound to a thread by a pointer in the kernel, not by a capability; `back`: to what the bound object
 * points. */
static void compare_bound(struct verify *v, uint32_t object, enum capdl_tcb_slot slot, const char *what,
                          const void *bound, const void *back)
{
    const struct capdl_cap *cap = cap_at(v, object, slot);
    uint32_t actual = state_object_node(v, bound), wanted = NO_NODE;
    char is[LABEL_SIZE], should[LABEL_SIZE];
    if (cap) {
        v->result->totals.capabilities++;
        wanted = cap->object == CAPDL_NO_OBJECT ? NO_NODE : v->match[cap->object];
    }
    if (actual != wanted || (bound && actual == NO_NODE)) {
        differ(v, object, "has %s as its %s, not %s", node_label(v, actual, is), what,
               cap && cap->object != CAPDL_NO_OBJECT ? object_label(v, cap->object, should) : "nothing");
    } else if (bound && back != v->nodes[v->match[object]].object) {
        differ(v, object, "has a %s that is bound to another thread", what);
    }
}

void compare_thread(struct verify *v, uint32_t object)
{
    const struct tcb *thread = v->nodes[v->match[object]].object;
    const struct capdl_tcb *wanted = capdl_tcb_values(v->spec, object);
    v->result->totals.threads++;
    compare_slots(v, object, thread);
    compare_bound(v, object, CAPDL_TCB_SLOT_SC, "scheduling context", thread->sc, thread->sc ? thread->sc->tcb : NULL);
    compare_bound(v, object, CAPDL_TCB_SLOT_BOUND_NOTIFICATION, "bound notification", thread->notification,
                  thread->notification ? thread->notification->bound : NULL);
    compare_bound(v, object, CAPDL_TCB_SLOT_BOUND_VCPU, "virtual CPU", thread->vcpu,
                  thread->vcpu ? thread->vcpu->tcb : NULL);
    compare_parameters(v, object, wanted, thread);
    compare_registers(v, object, wanted, thread);
    compare_state(v, object, wanted, thread);
}

static uint64_t budget_of(const struct sched_context *sc)
{
    uint64_t sum = 0;
    for (uint32_t i = sc->head;; i = i + 1 == sc->refill_max ? 0 : i + 1) {
        sum += sc->refills[i].amount;
        if (i == sc->tail) {
            return sum;
        }
    }
}

void compare_sched_context(struct verify *v, uint32_t object)
{
    const struct sched_context *sc = v->nodes[v->match[object]].object;
    const struct capdl_sc *wanted = capdl_object_sc(v->spec, object);
    bool configured = wanted && (wanted->budget || wanted->period);
    v->result->totals.scheduling_contexts++;
    if (sc->notification || sc->reply) {
        differ(v, object, "is bound to a %s", sc->notification ? "notification" : "reply object");
    }
    if (!configured || sc->refill_max == 0) {
        if (configured != (sc->refill_max > 0)) {
            differ(v, object, configured ? "has no budget" : "has a budget, which is not in the spec");
        }
        return;
    }
    bool full = wanted->budget == wanted->period; /* the kernel marks it by a period of 0 */
    compare_value(v, object, "period (in ticks)", sc->period, full ? 0 : ticks_of_us(v->kernel, wanted->period));
    compare_value(v, object, "budget (in ticks)", budget_of(sc), ticks_of_us(v->kernel, wanted->budget));
    compare_value(v, object, "refills", sc->refill_max, full ? MIN_REFILLS : wanted->refills + MIN_REFILLS);
    compare_value(v, object, "data", sc->badge, wanted->data);
    compare_value(v, object, "sporadic flag", sc->sporadic, wanted->flags & CAPDL_SC_FLAG_SPORADIC);
}
