/* SPDX-License-Identifier: BSD-2-Clause */
/* What happens to an object when a capability to it is deleted. */
#include "kernel.h"

static struct cap zombie_of_cnode(const struct cap *cap)
{
    return (struct cap){.type = CAP_ZOMBIE,
                        .bits = cap->bits,
                        .paddr = cap->paddr,
                        .data = UINT64_C(1) << cap->bits,
                        .object = cap->object};
}

static void thread_unbind_notification(struct tcb *thread)
{
    if (thread->notification) {
        notification_unbind(thread->notification);
    }
}

static void thread_forget(struct kernel *k, struct tcb *thread)
{
    if (thread->all_prev) {
        thread->all_prev->all_next = thread->all_next;
    } else if (k->threads == thread) {
        k->threads = thread->all_next;
    }
    if (thread->all_next) {
        thread->all_next->all_prev = thread->all_prev;
    }
    thread->all_prev = thread->all_next = NULL;
}

static struct cap finalise_thread(struct kernel *k, const struct cap *cap)
{
    struct tcb *thread = cap->object;
    thread_unbind_notification(thread);
    struct sched_context *sc = thread->sc;
    if (sc) {
        sc_unbind_thread(k, sc);
        if (sc->yield_from) {
            sc_complete_yield_to(k, sc->yield_from);
        }
    }
    thread_suspend(k, thread);
    thread_forget(k, thread);
    if (thread->vcpu) {
        thread->vcpu->tcb = NULL;
        thread->vcpu = NULL;
    }
    return (struct cap){
        .type = CAP_ZOMBIE, .flags = CAP_FLAG_TCB, .paddr = cap->paddr, .data = TCB_SLOTS, .object = thread};
}

static void finalise_notification(struct kernel *k, struct notification *notification)
{
    if (notification->sc) {
        sc_unbind_notification(notification->sc);
    }
    notification_unbind(notification);
    notification_cancel_all(k, notification);
}

static void finalise_reply(struct kernel *k, struct reply *reply)
{
    struct tcb *thread = reply->tcb;
    if (!thread) {
        return;
    }
    if (thread->state == THREAD_BLOCKED_ON_REPLY) {
        reply_remove(k, reply, thread);
    } else {
        ipc_cancel(k, thread);
    }
}

static void finalise_sched_context(struct kernel *k, struct sched_context *sc)
{
    sc_unbind_all(k, sc);
    sc_unbind_notification(sc);
    sc_unbind_reply(sc);
    if (sc->yield_from) {
        sc_complete_yield_to(k, sc->yield_from);
    }
    sc->refill_max = 0;
    sc->sporadic = false;
}

static void finalise_vcpu(struct vcpu *vcpu)
{
    if (vcpu->tcb) {
        vcpu->tcb->vcpu = NULL;
    }
    vcpu->tcb = NULL;
}

/* On RISC-V a root table is an ordinary table capability: found by whether its ASID leads to it. */
static void finalise_table(struct kernel *k, const struct cap *cap)
{
    if (cap->type == CAP_IO_PAGE_TABLE) {
        io_table_unmap(k, cap);
        return;
    }
    if (!(cap->flags & CAP_FLAG_MAPPED)) {
        return;
    }
    if (vspace_of_asid(k, cap->asid) == cap->object) {
        vspace_delete_asid(k, cap->asid, cap->object);
    } else if (cap->type != CAP_VSPACE && cap->type != CAP_EPT_PML4) {
        vspace_unmap_table(k, cap);
    }
}

static struct cap finalise_final(struct kernel *k, const struct cap *cap, struct cap *cleanup)
{
    switch ((enum cap_type)cap->type) {
    case CAP_PAGE_TABLE:
    case CAP_PAGE_DIRECTORY:
    case CAP_PDPT:
    case CAP_VSPACE:
    case CAP_EPT_PML4:
    case CAP_EPT_PDPT:
    case CAP_EPT_PD:
    case CAP_EPT_PT:
    case CAP_IO_PAGE_TABLE:
        finalise_table(k, cap);
        break;
    case CAP_ENDPOINT:
        endpoint_cancel_all(k, cap->object);
        break;
    case CAP_NOTIFICATION:
        finalise_notification(k, cap->object);
        break;
    case CAP_REPLY:
        if (k->profile->mcs) {
            finalise_reply(k, cap->object);
        }
        break;
    case CAP_CNODE:
        return zombie_of_cnode(cap);
    case CAP_THREAD:
        return finalise_thread(k, cap);
    case CAP_SCHED_CONTEXT:
        finalise_sched_context(k, cap->object);
        break;
    case CAP_IRQ_HANDLER:
        slot_delete_one(k, &k->irq_slots[cap->paddr]);
        *cleanup = *cap;
        break;
    case CAP_IO_PORT:
        *cleanup = *cap;
        break;
    case CAP_ASID_POOL:
        asid_pool_delete(k, (uint16_t)cap->data, cap->object);
        break;
    case CAP_IO_SPACE:
        io_space_delete(k, (uint16_t)cap->paddr);
        break;
    case CAP_STREAM:
        stream_delete(k, cap->paddr);
        break;
    case CAP_CONTEXT_BANK:
        context_bank_delete(k, cap->paddr);
        break;
    case CAP_VCPU:
        finalise_vcpu(cap->object);
        break;
    case CAP_NULL:
    case CAP_UNTYPED:
    case CAP_ZOMBIE:
    case CAP_FRAME: /* each capability to one has a mapping of its own: cap_finalise */
    case CAP_IRQ_CONTROL:
    case CAP_DOMAIN:
    case CAP_SCHED_CONTROL:
    case CAP_ASID_CONTROL:
    case CAP_IO_PORT_CONTROL:
    case CAP_SGI_SIGNAL:
    case CAP_SMC:
    case CAP_STREAM_CONTROL:
    case CAP_BANK_CONTROL:
    case CAP_TYPES:
        break;
    }
    return cap_null();
}

struct cap cap_finalise(struct kernel *k, struct cap cap, bool final, struct cap *cleanup)
{
    *cleanup = cap_null();
    if (cap.type == CAP_ZOMBIE) {
        return cap;
    }
    if (cap.type == CAP_FRAME && cap.asid) {
        vspace_unmap_page(k, &cap);
    }
    return final ? finalise_final(k, &cap, cleanup) : cap_null();
}

void cap_deleted(struct kernel *k, struct cap cleanup)
{
    if (cleanup.type == CAP_IRQ_HANDLER) {
        k->irq_state[cleanup.paddr] = IRQ_INACTIVE;
        k->irq_masked[cleanup.paddr] = true;
    } else if (cleanup.type == CAP_IO_PORT) {
        io_ports_set(k, (uint32_t)cleanup.paddr, (uint32_t)cleanup.data, false);
    }
}
