/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * States of the kernel that no boot should leave: the stopped machine is changed in one place, and what became wrong
 * must be found, by the name of the object.
 */
#include <stdlib.h>

#include "fixture.h"
#include "machine/boot.h"
#include "systems.h"

/* The stopped machine, and what is to be changed on it. */
struct victim {
    struct machine_stop stop; /* what the comparison is given, with a header of its own */
    struct capdl_image_header header;
    struct kernel *kernel;
    struct cnode *c;
    struct tcb *t[2], *u;
};

static struct cap *cap_in(const struct victim *v, unsigned slot)
{
    return &v->c->slots[slot].cap;
}

static void *object_in(const struct victim *v, unsigned slot)
{
    return cap_in(v, slot)->object;
}

/* The threads are known by their priorities, and t[0] by its CNode. */
static struct pte *stack_entry(const struct victim *v)
{
    const struct table *top = v->t[0]->slots[TCB_VTABLE].cap.object;
    return &top->pte[0].table->pte[1].table->pte[2];
}

static struct victim find(const struct machine_stop *stop)
{
    struct victim v = {.stop = *stop, .header = *stop->header, .kernel = stop->kernel};
    for (struct tcb *t = stop->kernel->threads; t; t = t->all_next) {
        const struct cap *cspace = &t->slots[TCB_CTABLE].cap;
        if (t->priority == 80) {
            v.u = t;
        } else if (t->priority == 100) {
            v.t[cspace->bits == 4 ? 0 : 1] = t;
        }
    }
    if (!v.t[0]) {
        exit(99);
    }
    v.c = v.t[0]->slots[TCB_CTABLE].cap.object;
    return v;
}

static void unlink_slot(struct slot *slot)
{
    if (slot->prev) {
        slot->prev->next = slot->next;
    }
    if (slot->next) {
        slot->next->prev = slot->prev;
    }
    slot->prev = slot->next = NULL;
}

/* Makes the capability in one slot one that was derived from that in another. */
static void derive(struct slot *parent, struct slot *child)
{
    unlink_slot(child);
    child->prev = parent;
    child->next = parent->next;
    if (parent->next) {
        parent->next->prev = child;
    }
    parent->next = child;
    parent->revocable = true;
    child->first_badged = false;
}

/* ---- Endpoints, notifications, reply objects, virtual CPUs: slots 1, 4, 7 of c, and t[0]'s ---- */

static void endpoint_in_use(struct victim *v)
{
    ((struct endpoint *)object_in(v, 1))->state = ENDPOINT_RECEIVE;
}

static void endpoint_queued(struct victim *v)
{
    ((struct endpoint *)object_in(v, 1))->queue.head = v->u;
}

static void notification_active(struct victim *v)
{
    ((struct notification *)object_in(v, 4))->state = NOTIFICATION_ACTIVE;
}

static void notification_queued(struct victim *v)
{
    ((struct notification *)object_in(v, 4))->queue.head = v->u;
}

static void notification_with_budget(struct victim *v)
{
    ((struct notification *)object_in(v, 4))->sc = object_in(v, 8);
}

static void notification_of_other(struct victim *v)
{
    ((struct notification *)object_in(v, 4))->bound = v->u;
}

static void notification_of_initialiser(struct victim *v)
{
    ((struct notification *)object_in(v, 4))->bound = v->kernel->initial;
}

static void notification_of_idle(struct victim *v)
{
    ((struct notification *)object_in(v, 4))->bound = v->kernel->idle;
}

static void reply_of_thread(struct victim *v)
{
    ((struct reply *)object_in(v, 7))->tcb = v->u;
}

static void reply_after_other(struct victim *v)
{
    ((struct reply *)object_in(v, 7))->prev = object_in(v, 7);
}

static void reply_before_other(struct victim *v)
{
    ((struct reply *)object_in(v, 7))->next = object_in(v, 7);
}

static void vcpu_of_other(struct victim *v)
{
    v->t[0]->vcpu->tcb = v->u;
}

static void vcpu_of_initialiser(struct victim *v)
{
    v->t[0]->vcpu->tcb = v->kernel->initial;
}

/* ---- The master reply capability of kernels without MCS, which every thread has: its own ---- */

static struct cap *master(struct victim *v)
{
    return &v->t[0]->slots[TCB_REPLY].cap;
}

static void reply_to_endpoint(struct victim *v)
{
    *master(v) = *cap_in(v, 1);
}

static void reply_to_initialiser(struct victim *v)
{
    master(v)->object = v->kernel->initial;
}

static void reply_not_master(struct victim *v)
{
    master(v)->flags = 0;
}

static void no_reply(struct victim *v)
{
    *master(v) = (struct cap){.type = CAP_NULL};
}

/* ---- Threads and scheduling contexts ---- */

static void fault_pending(struct victim *v)
{
    v->u->fault.kind = FAULT_VM;
}

static void fault_unheard(struct victim *v)
{
    v->u->unhandled.kind = FAULT_VM;
}

static void has_run(struct victim *v)
{
    v->u->instructions = 7;
}

static void has_caller(struct victim *v)
{
    v->u->slots[TCB_CALLER].cap = *cap_in(v, 7);
}

static void budget_of_initialiser(struct victim *v)
{
    v->t[1]->sc->tcb = v->kernel->initial;
}

static void budget_of_notification(struct victim *v)
{
    v->t[1]->sc->notification = object_in(v, 4);
}

static void budget_of_reply(struct victim *v)
{
    v->t[1]->sc->reply = object_in(v, 7);
}

/* 1000 us in ticks of a timer of 62.5 MHz, in two pieces that begin in the last refill. */
static void budget_in_two(struct victim *v)
{
    struct sched_context *sc = v->t[1]->sc;
    CHECK(sc->refill_max == 2 && sc->head == sc->tail, "%u refills", sc->refill_max);
    sc->head = 1;
    sc->tail = 0;
    sc->refills[0].amount = 62000;
    sc->refills[1].amount = 500;
}

static void budget_in_two_more(struct victim *v)
{
    budget_in_two(v);
    v->t[1]->sc->refills[0].amount++;
}

/* ---- Capabilities, page tables, where things are ---- */

static void no_rights(struct victim *v)
{
    cap_in(v, 1)->rights = 0;
}

static void page_elsewhere(struct victim *v)
{
    stack_entry(v)->paddr = 0x12345000;
}

static void page_of_nobody(struct victim *v)
{
    stack_entry(v)->rights = 0;
}

static void no_asid(struct victim *v)
{
    for (unsigned i = 0; i < MAX_ASID_POOLS; i++) {
        struct asid_pool *pool = v->kernel->asid_table[i];
        for (unsigned k = 0; pool && k < 1u << v->kernel->profile->asid_pool_bits; k++) {
            if (pool->vspace[k] == v->t[0]->slots[TCB_VTABLE].cap.object) {
                pool->vspace[k] = NULL;
            }
        }
    }
}

static void masked(struct victim *v)
{
    v->kernel->irq_masked[41] = true;
}

static void no_handler(struct victim *v)
{
    v->kernel->irq_state[41] = IRQ_INACTIVE;
}

/* Whoever asks for the object is told another address: that of the frame in slot 6. */
static void endpoint_in_frame(struct victim *v)
{
    for (uint64_t i = 0; i < v->stop.boot->num_slots; i++) {
        struct cap *cap = &v->stop.boot->root->slots[i].cap;
        if (cap->object == object_in(v, 1)) {
            cap->paddr = cap_in(v, 6)->paddr;
        }
    }
    v->t[0]->slots[TCB_FAULT_HANDLER].cap.paddr = v->t[0]->slots[TCB_TIMEOUT_HANDLER].cap.paddr = cap_in(v, 1)->paddr =
        cap_in(v, 6)->paddr;
}

/* ---- What was derived ---- */

/* Endpoint 'e' of slot 1 has a badge, with which only the same badge can be its child. */
static void fault_handler_revocable(struct victim *v)
{
    cap_in(v, 1)->data = 0;
    derive(&v->c->slots[1], &v->t[0]->slots[TCB_FAULT_HANDLER]);
}

static void signal_revocable(struct victim *v)
{
    derive(&v->c->slots[4], &v->kernel->irq_slots[41]);
}

static void mapping_revocable(struct victim *v)
{
    for (uint64_t i = 0; i < v->stop.boot->num_slots; i++) {
        struct slot *slot = &v->stop.boot->root->slots[i];
        if (slot->cap.type == CAP_FRAME && slot->cap.paddr == cap_in(v, 6)->paddr && slot->cap.asid) {
            derive(&v->c->slots[6], slot);
            return;
        }
    }
    exit(99);
}

/* ---- The system as a whole ---- */

static void initialiser_runs(struct victim *v)
{
    v->kernel->initial->state = THREAD_RUNNING;
}

static void late_call(struct victim *v)
{
    v->kernel->late = CAPDL_METHOD_COUNT;
    v->kernel->num_late = 3;
}

static void other_digest(struct victim *v)
{
    v->header.digest ^= 1;
}

static void other_count(struct victim *v)
{
    v->header.num_calls++;
}

static void no_header(struct victim *v)
{
    v->stop.header = NULL;
}

static void too_long(struct victim *v)
{
    v->stop.outcome = MACHINE_TIMEOUT;
    v->header.phase = CAPDL_PHASE_FILLS;
}

static void too_early(struct victim *v)
{
    v->kernel->current = v->t[0];
    v->header.phase = CAPDL_PHASE_START;
}

static void untouched(struct victim *v)
{
    (void)v;
}

struct state {
    void (*change)(struct victim *);
    const char *says;
};

static const struct state arm_states[] = {
    {untouched, NULL},
    {endpoint_in_use, "endpoint 'e' has a thread waiting"},
    {endpoint_queued, "endpoint 'e' has a thread waiting"},
    {notification_active, "notification 'n' is not idle"},
    {notification_queued, "notification 'n' is not idle"},
    {notification_with_budget, "notification 'n' is not idle"},
    {notification_of_other, "notification 'n' is bound to a thread that is not bound to it"},
    {notification_of_other, "TCB 't[0]' has a bound notification that is bound to another thread"},
    {notification_of_initialiser, "notification 'n' is bound to a thread that is not in the spec"},
    {notification_of_idle, "notification 'n' is bound to a thread that is not in the spec"},
    {reply_of_thread, "reply object 'r' is in use"},
    {reply_after_other, "reply object 'r' is in use"},
    {reply_before_other, "reply object 'r' is in use"},
    {vcpu_of_other, "virtual CPU 'v' is bound to a thread that is not bound to it"},
    {vcpu_of_other, "TCB 't[0]' has a virtual CPU that is bound to another thread"},
    {vcpu_of_initialiser, "virtual CPU 'v' is bound to a thread that is not in the spec"},
    {fault_pending, "TCB 'u' has a fault pending"},
    {fault_unheard, "TCB 'u' has a fault pending"},
    {has_run, "TCB 'u' executed 7 instructions before everything was in place"},
    {has_caller, "TCB 'u' has a caller although nothing has run"},
    {budget_of_initialiser, "scheduling context 's[1]' is bound to a thread that is not in the spec"},
    {budget_of_initialiser, "TCB 't[1]' has a scheduling context that is bound to another thread"},
    {budget_of_notification, "scheduling context 's[1]' is bound to a notification"},
    {budget_of_reply, "scheduling context 's[1]' is bound to a reply object"},
    {budget_in_two, NULL},
    {budget_in_two_more, "scheduling context 's[1]' has budget (in ticks) 0xf425, not 0xf424"},
    {no_rights, "CNode 'c' has in slot 0x1 a capability with rights none, not RWG"},
    {page_elsewhere, "page table 'bottom' maps 0x1000 bytes at 0x12345000 at 0x202000 (slot 0x2), not frame 'stack'"},
    {page_of_nobody, "page table 'bottom' maps frame 'stack' at 0x202000 with rights none, not RW"},
    {no_asid, "page upper directory 'top' has no ASID: no thread can run in it"},
    {no_asid, "ASID pool 'pool' lacks the address space in slot 0x0"},
    {masked, "Arm interrupt 'edge' is masked: interrupt 41 would never arrive"},
    {no_handler, "Arm interrupt 'edge' has no handler: the kernel does not signal interrupt 41"},
    {endpoint_in_frame, "overlaps "},
    {fault_handler_revocable, "CNode 'c' has in slot 0x1 a capability from which endpoint 'e' was derived for another "
                              "holder, so it can be revoked"},
    {signal_revocable, "CNode 'c' has in slot 0x4 a capability from which notification 'n' was derived for another "
                       "holder, so it can be revoked"},
    {mapping_revocable, "CNode 'c' has in slot 0x6 a capability from which frame 'stack' was derived for another "
                        "holder, so it can be revoked"},
    {initialiser_runs, "the initialiser is not suspended when the first thread runs"},
    {late_call, "a thread is started already when the initialiser comes to a call without a name and 2 other calls"},
    {other_digest, "the initialiser recorded "},
    {other_count, "the initialiser recorded "},
    {no_header, "the image has an unknown initialiser"},
    {too_long, "the boot did not end: the initialiser is still filling frames"},
    {too_early, "TCB 't[0]' runs while the initialiser is still starting threads"},
};

static const struct state pc_states[] = {
    {untouched, NULL},
    {reply_to_endpoint, "TCB 't' has a reply capability that is not its own"},
    {reply_to_initialiser, "TCB 't' has a reply capability that is not its own"},
    {reply_not_master, "TCB 't' has a reply capability that is not its own"},
    {no_reply, NULL}, /* the kernel makes it when the thread is resumed */
};

struct job {
    struct system *system;
    const struct state *state;
    struct verify_result result;
};

static void stopped(void *context, const struct machine_stop *stop)
{
    struct job *job = context;
    const struct verify_spec spec = {.spec = &job->system->spec, .name = "test.cdl", .path = job->system->path};
    struct victim victim = find(stop);
    victim.stop.header = &victim.header;
    job->state->change(&victim);
    verify_stopped(&job->system->image, &victim.stop, "", &spec, &job->result, 1);
}

static void test_state(struct system *system, const struct state *state, size_t number)
{
    struct job job = {.system = system, .state = state};
    FILE *console = fopen("/dev/null", "w");
    struct machine_options options = {
        .console = console, .profile = system->profile, .stopped = stopped, .context = &job, .timeout_seconds = 60};
    struct machine_result result;
    if (!console || !machine_run(&system->image, &options, &result, &system->diags)) {
        exit(99);
    }
    fclose(console);
    char *found = differences(&job.result);
    CHECK(state->says ? says(&job.result, state->says) : !job.result.num_differences,
          "state %zu: expected '%s', found:\n%s", number, state->says ? state->says : "nothing", found);
    free(found);
    verify_result_free(&job.result);
}

static void test_states(const char *profile, const char *text, const struct state *states, size_t count)
{
    struct system system;
    system_read(&system, profile, text);
    system_build(&system, false);
    for (size_t i = 0; i < count; i++) {
        test_state(&system, &states[i], i);
    }
    system_free(&system);
}

int main(void)
{
    test_states("aarch64-mcs", arm, arm_states, sizeof(arm_states) / sizeof(arm_states[0]));
    test_states("x86_64", pc, pc_states, sizeof(pc_states) / sizeof(pc_states[0]));
    return fixture_result();
}
