/* SPDX-License-Identifier: BSD-2-Clause */
/* Making and freeing a kernel; dispatching invocations to objects. */
#include "kernel.h"

#include <stdlib.h>
#include <string.h>

#define MAX_DOMAIN_DURATION ((UINT64_C(1) << 56) - 1)

static void release_object(void *context, struct object *object)
{
    struct kernel *k = context;
    record_gone(k, object);
    if (object->type == CAPDL_TYPE_TCB && k->host.thread_gone) {
        k->host.thread_gone(k->host.context, (struct tcb *)(void *)object);
    }
    bool table = object->type == CAPDL_TYPE_VSPACE || object->type == CAPDL_TYPE_PAGE_TABLE;
    if (table && k->host.vspace_gone) {
        k->host.vspace_gone(k->host.context, (struct table *)(void *)object);
    }
}

static void choose_arch(struct kernel *k)
{
    static const struct {
        const struct registers *registers;
        const struct arch *arch;
    } arches[CAPDL_ARCH_COUNT] = {
#define CAPDL_ARCH_BOOTED(id, name) [CAPDL_ARCH_##id] = {&registers_##name, &arch_##name},
#include <capdl/arch.def>
    };
    k->registers = arches[k->profile->arch].registers;
    k->arch = arches[k->profile->arch].arch;
    k->facts = capdl_architecture(k->profile->arch);
}

static bool init_labels(struct kernel *k)
{
    const uint16_t *labels = k->profile->labels;
    for (unsigned m = 0; m < CAPDL_METHOD_COUNT; m++) {
        if (labels[m] != CAPDL_PROFILE_ABSENT && labels[m] >= k->num_labels) {
            k->num_labels = labels[m] + 1u;
        }
    }
    k->methods = malloc((k->num_labels + 1) * sizeof(*k->methods));
    if (!k->methods) {
        return false;
    }
    for (unsigned i = 0; i < k->num_labels; i++) {
        k->methods[i] = CAPDL_METHOD_COUNT;
    }
    for (unsigned m = 0; m < CAPDL_METHOD_COUNT; m++) {
        if (labels[m] != CAPDL_PROFILE_ABSENT && labels[m] != 0) {
            k->methods[labels[m]] = (uint16_t)m;
        }
    }
    return true;
}

/* On x86-64 the interrupts of threads are numbered separately (decode_irq_control of the architecture). */
static void init_irqs(struct kernel *k)
{
    static const enum irq_state states[] = {[IRQ_USE_FREE] = IRQ_INACTIVE,
                                            [IRQ_USE_TIMER] = IRQ_TIMER,
                                            [IRQ_USE_KERNEL] = IRQ_RESERVED,
                                            [IRQ_USE_NONE] = IRQ_INACTIVE};
    for (unsigned i = 0; i < MAX_IRQS; i++) {
        k->irq_masked[i] = true;
        if (!k->facts->pc) {
            k->irq_state[i] = states[board_irq_use(k->profile, &k->board, i)];
        }
    }
}

static bool init_idle(struct kernel *k)
{
    k->idle = calloc(1, sizeof(*k->idle));
    k->idle_sc = calloc(1, sizeof(*k->idle_sc) + MIN_REFILLS * sizeof(struct refill));
    if (!k->idle || !k->idle_sc) {
        return false;
    }
    strcpy(k->idle->name, "idle_thread");
    k->idle->state = THREAD_IDLE;
    k->idle->sc = k->idle_sc;
    k->idle_sc->refills = (struct refill *)(void *)(k->idle_sc + 1);
    k->idle_sc->tcb = k->idle;
    refill_new(k, k->idle_sc, MIN_REFILLS, UINT64_MAX / 8, 0);
    k->current = k->idle;
    k->current_sc = k->idle_sc;
    return true;
}

static bool init_domains(struct kernel *k)
{
    uint32_t length = k->profile->num_domain_schedules;
    k->schedule_length = length < 2 ? 2 : length;
    k->schedule = calloc(k->schedule_length, sizeof(*k->schedule));
    k->ready = calloc(k->profile->num_domains, sizeof(*k->ready));
    if (!k->schedule || !k->ready) {
        return false;
    }
    k->schedule[0] = (struct domain_slot){0, MAX_DOMAIN_DURATION};
    k->domain_time = MAX_DOMAIN_DURATION;
    return true;
}

struct kernel *kernel_create(const struct capdl_profile *profile, const struct kernel_host *host)
{
    struct kernel *k = calloc(1, sizeof(*k));
    if (!k) {
        return NULL;
    }
    k->profile = profile;
    k->version = profile_release(profile);
    k->board = board_of(profile);
    if (host) {
        k->host = *host;
    }
    memory_init(&k->memory);
    k->record.now = &k->record.send;
    k->memory.release = release_object;
    k->memory.context = k;
    choose_arch(k);
    init_irqs(k);
    if (init_labels(k) && init_domains(k) && init_idle(k)) {
        return k;
    }
    kernel_free(k);
    return NULL;
}

void kernel_free(struct kernel *k)
{
    if (!k) {
        return;
    }
    memory_free(&k->memory);
    caches_free(&k->caches);
    free(k->methods);
    free(k->schedule);
    free(k->ready);
    free(k->io_roots);
    free(k->idle_sc);
    free(k->idle);
    free(k);
}

uint16_t kernel_label(const struct kernel *k, enum capdl_method method)
{
    return k->profile->labels[method];
}

static enum status decode_send(struct kernel *k, struct invocation *inv)
{
    if (!(inv->cap.rights & CAPDL_RIGHT_WRITE)) {
        return fail_capability(k, 0);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    if (inv->cap.type == CAP_NOTIFICATION) {
        notification_send(k, inv->cap.object, inv->cap.data);
    } else {
        endpoint_send(k, k->current, inv->cap.object, &inv->cap, inv->block, inv->call, inv->can_donate);
    }
    return STATUS_OK;
}

static enum status decode_reply(struct kernel *k, struct invocation *inv)
{
    if (!k->profile->mcs && inv->cap.flags & CAP_FLAG_MASTER) {
        return fail_capability(k, 0);
    }
    thread_set_state(k, k->current, THREAD_RESTART);
    bool grant = inv->cap.rights & CAPDL_RIGHT_GRANT;
    if (k->profile->mcs) {
        reply_object_transfer(k, k->current, inv->cap.object, grant);
    } else {
        reply_transfer(k, k->current, inv->cap.object, inv->slot, grant);
    }
    return STATUS_OK;
}

/* Objects that the first phase of a combined system call may not invoke. */
static bool is_second_phase_only(const struct cap *cap)
{
    return cap->type == CAP_THREAD || cap->type == CAP_DOMAIN || cap->type == CAP_CNODE ||
           cap->type == CAP_SCHED_CONTROL || cap->type == CAP_SCHED_CONTEXT;
}

static enum status decode_object(struct kernel *k, struct invocation *inv)
{
    switch ((enum cap_type)inv->cap.type) {
    case CAP_THREAD:
        return tcb_decode(k, inv);
    case CAP_DOMAIN:
        return domain_decode(k, inv);
    case CAP_CNODE:
        return cnode_decode(k, inv);
    case CAP_UNTYPED:
        return untyped_decode(k, inv);
    case CAP_IRQ_CONTROL:
        return irq_control_decode(k, inv);
    case CAP_IRQ_HANDLER:
        return irq_handler_decode(k, inv);
    case CAP_SCHED_CONTROL:
        return sched_control_decode(k, inv);
    case CAP_SCHED_CONTEXT:
        return sched_context_decode(k, inv);
    case CAP_ASID_CONTROL:
        return asid_control_decode(k, inv);
    case CAP_ASID_POOL:
        return asid_pool_decode(k, inv);
    default:
        return k->arch->decode(k, inv);
    }
}

static void note_late(struct kernel *k, enum capdl_method method)
{
    switch (method) {
    case CAPDL_METHOD_TCB_WRITE_REGISTERS:
    case CAPDL_METHOD_TCB_RESUME:
    case CAPDL_METHOD_TCB_SUSPEND:
    case CAPDL_METHOD_DOMAIN_SET_SCHEDULE_SET_START:
        return;
    default:
        k->late = k->num_late++ ? k->late : method;
    }
}

enum status invocation_decode(struct kernel *k, struct invocation *inv)
{
    switch ((enum cap_type)inv->cap.type) {
    case CAP_NULL:
    case CAP_ZOMBIE:
        return fail_capability(k, 0);
    case CAP_ENDPOINT:
    case CAP_NOTIFICATION:
        return decode_send(k, inv);
    case CAP_REPLY:
        return decode_reply(k, inv);
    default:
        break;
    }
    if (inv->first_phase && is_second_phase_only(&inv->cap)) {
        return fail_capability(k, 0);
    }
    record_invocation(k, inv);
    k->num_invocations++;
    if (k->started && k->current == k->initial) {
        note_late(k, inv->method);
    }
    enum capdl_kernel_error injected = k->inject ? k->inject(k->inject_context, k, inv) : CAPDL_ERROR_NO_ERROR;
    return injected ? fail(k, injected) : decode_object(k, inv);
}
