/* SPDX-License-Identifier: BSD-2-Clause */
/* From the calls that configure threads and scheduling contexts back to their parameters and capabilities. */
#include <capdl/architecture.h>
#include <capdl/flags.h>

#include "image/decompile_add.h"
#include "image/decompile_held.h"
#include "image/registers.h"
#include "image/reverse.h"

enum { BOTH = CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE };

static struct capdl_tcb *tcb_of(struct reverse *r, uint32_t object)
{
    struct capdl_object o = capdl_object_view(r->spec, object);
    if (!o.u.tcb) {
        capdl_tcb_make(r->spec, &o);
        capdl_object_set(r->spec, object, &o);
    }
    return o.u.tcb;
}

static bool is_null(const struct capdl_operand *operand)
{
    return operand->kind == CAPDL_REF_INITIAL && operand->value == CAPDL_INITIAL_NULL;
}

static void add_cap(struct reverse *r, uint32_t thread, enum capdl_tcb_slot slot, const struct capdl_operand *operand,
                    enum capdl_kind kind, unsigned rights)
{
    if (is_null(operand)) {
        return;
    }
    const struct held *held = reverse_held(r, operand);
    if (held->object == CAPDL_NO_OBJECT || held->kind != kind) {
        reverse_fail(r, "a thread is given an object of the wrong kind");
        return;
    }
    struct capdl_cap cap = {.slot = slot, .object = held->object, .kind = held->kind, .data = held->data};
    cap.rights = (uint8_t)(held->original ? rights : held->rights);
    cap.flags = held->data ? CAPDL_CAP_HAS_BADGE : 0;
    reverse_cap(r, thread, cap);
}

static void add_space(struct reverse *r, uint32_t thread, const struct capdl_operand *cspace, uint64_t guard,
                      const struct capdl_operand *vspace)
{
    uint32_t cnode = reverse_object(r, cspace, CAPDL_KIND_CNODE);
    const struct held *root = reverse_held(r, vspace);
    if (r->failed || root->object == CAPDL_NO_OBJECT) {
        reverse_fail(r, "a thread is given no address space");
        return;
    }
    struct capdl_cap cap = {.slot = CAPDL_TCB_SLOT_CSPACE, .object = cnode, .kind = CAPDL_KIND_CNODE};
    cap.data = capdl_guard_value(r->image->profile.arch, guard);
    cap.guard_size = (uint8_t)capdl_guard_size(r->image->profile.arch, guard);
    cap.flags = guard ? CAPDL_CAP_HAS_GUARD : 0;
    reverse_cap(r, thread, cap);
    reverse_cap(r, thread,
                (struct capdl_cap){.slot = CAPDL_TCB_SLOT_VSPACE, .object = root->object, .kind = root->kind});
}

static void configure(struct reverse *r, uint32_t thread, const struct capdl_call *call)
{
    bool mcs = r->image->profile.mcs;
    const struct capdl_operand *words = call->operands + 3 + (mcs ? 0 : 1);
    struct capdl_tcb *tcb = tcb_of(r, thread);
    add_space(r, thread, &call->operands[0], words[0].value, &call->operands[1]);
    add_cap(r, thread, CAPDL_TCB_SLOT_IPC_BUFFER, &call->operands[2], CAPDL_KIND_FRAME, BOTH);
    if (words[1].value != 0) {
        reverse_fail(r, "a thread's address space has data, which the kernel ignores");
    }
    tcb->addr = words[2].value;
    tcb->has |= CAPDL_TCB_HAS_ADDR | CAPDL_TCB_HAS_IP | CAPDL_TCB_HAS_SP | CAPDL_TCB_HAS_AFFINITY;
    if (!mcs && call->operands[3].value) {
        tcb->fault_ep = call->operands[3].value;
        tcb->has |= CAPDL_TCB_HAS_FAULT_EP;
    }
}

static void set_sched_params(struct reverse *r, uint32_t thread, const struct capdl_call *call)
{
    struct capdl_tcb *tcb = tcb_of(r, thread);
    tcb->max_prio = call->operands[call->num_caps].value;
    tcb->prio = call->operands[call->num_caps + 1].value;
    tcb->has |= CAPDL_TCB_HAS_PRIO | CAPDL_TCB_HAS_MAX_PRIO;
    if (call->num_caps == 3) {
        add_cap(r, thread, CAPDL_TCB_SLOT_SC, &call->operands[1], CAPDL_KIND_SC, 0);
        add_cap(r, thread, CAPDL_TCB_SLOT_FAULT_EP, &call->operands[2], CAPDL_KIND_EP, CAPDL_RIGHTS_ALL);
        const struct held *sc = reverse_held(r, &call->operands[1]);
        if (!r->failed && sc->object != CAPDL_NO_OBJECT) {
            tcb->affinity = r->cores[sc->object];
        }
    }
}

static void read_arguments(struct reverse *r, struct capdl_tcb *tcb, const struct register_layout *layout,
                           const uint64_t *registers)
{
    for (unsigned i = 0; i < layout->num_arguments; i++) {
        tcb->num_init = registers[layout->arguments[i]] ? i + 1 : tcb->num_init;
    }
    if (tcb->num_init == 0) {
        return;
    }
    tcb->init = capdl_spec_alloc(r->spec, tcb->num_init * sizeof(*tcb->init));
    tcb->has |= CAPDL_TCB_HAS_INIT;
    for (unsigned i = 0; i < tcb->num_init; i++) {
        tcb->init[i] = registers[layout->arguments[i]];
    }
}

static bool has_other_registers(const struct register_layout *layout, const uint64_t *registers)
{
    for (unsigned i = 0; i < layout->count; i++) {
        bool known = i == layout->ip || i == layout->sp || i == layout->tls;
        for (unsigned k = 0; k < layout->num_arguments; k++) {
            known |= layout->arguments[k] == i;
        }
        if (!known && registers[i]) {
            return true;
        }
    }
    return false;
}

static void write_registers(struct reverse *r, uint32_t thread, const struct capdl_call *call)
{
    const struct register_layout *layout = register_layout(r->image->profile.arch);
    struct capdl_tcb *tcb = tcb_of(r, thread);
    uint64_t registers[REGISTERS_MAX] = {0};
    if (call->operands[1].value != call->num_operands - 2u) {
        reverse_fail(r, "a thread gets another number of registers than the call says");
        return;
    }
    if (call->num_operands - 2 > layout->count || tcb->init) {
        reverse_fail(r, "a thread's registers are written twice, or too many of them");
        return;
    }
    for (unsigned i = 2; i < call->num_operands; i++) {
        registers[i - 2] = call->operands[i].value;
    }
    tcb->ip = registers[layout->ip];
    tcb->sp = registers[layout->sp];
    tcb->tls = registers[layout->tls];
    tcb->has |= CAPDL_TCB_HAS_IP | CAPDL_TCB_HAS_SP | (tcb->tls ? CAPDL_TCB_HAS_TLS : 0);
    read_arguments(r, tcb, layout, registers);
    if (has_other_registers(layout, registers)) {
        reverse_fail(r, "a register is set that no spec sets; the kernel ignores bits of some");
    }
    tcb->resume = call->operands[0].value & 1;
    tcb->has |= tcb->resume ? 0 : CAPDL_TCB_HAS_RESUME;
}

static void set_flags(struct reverse *r, uint32_t thread, const struct capdl_call *call)
{
    struct capdl_tcb *tcb = tcb_of(r, thread);
    if (call->operands[0].value != 0 || call->operands[1].value != CAPDL_TCB_FLAG_FPU_DISABLED) {
        reverse_fail(r, "a thread's flags are set otherwise than a spec does; the kernel ignores bits of them");
    } else {
        tcb->fpu_disabled = true;
        tcb->has |= CAPDL_TCB_HAS_FPU_DISABLED;
    }
}

static void set_buffer(struct reverse *r, uint32_t thread, const struct capdl_call *call)
{
    add_cap(r, thread, CAPDL_TCB_SLOT_IPC_BUFFER, &call->operands[0], CAPDL_KIND_FRAME, BOTH);
    tcb_of(r, thread)->addr = call->operands[1].value;
    tcb_of(r, thread)->has |= CAPDL_TCB_HAS_ADDR | CAPDL_TCB_HAS_AFFINITY;
}

static void thread_call(struct reverse *r, enum capdl_method method, const struct capdl_call *call, uint32_t thread)
{
    switch (method) {
    case CAPDL_METHOD_TCB_CONFIGURE:
        configure(r, thread, call);
        break;
    case CAPDL_METHOD_TCB_SET_IPC_BUFFER:
        set_buffer(r, thread, call);
        break;
    case CAPDL_METHOD_TCB_SET_SCHED_PARAMS:
        set_sched_params(r, thread, call);
        break;
    case CAPDL_METHOD_TCB_SET_TIMEOUT_ENDPOINT:
        add_cap(r, thread, CAPDL_TCB_SLOT_TEMP_FAULT_EP, &call->operands[0], CAPDL_KIND_EP, CAPDL_RIGHTS_ALL);
        break;
    case CAPDL_METHOD_TCB_BIND_NOTIFICATION:
        add_cap(r, thread, CAPDL_TCB_SLOT_BOUND_NOTIFICATION, &call->operands[0], CAPDL_KIND_NOTIFICATION, BOTH);
        break;
    case CAPDL_METHOD_TCB_SET_EPT_ROOT:
        add_cap(r, thread, CAPDL_TCB_SLOT_EPT_ROOT, &call->operands[0], CAPDL_KIND_EPT_PML4, 0);
        break;
    case CAPDL_METHOD_TCB_SET_AFFINITY:
        tcb_of(r, thread)->affinity = call->operands[0].value;
        tcb_of(r, thread)->has |= CAPDL_TCB_HAS_AFFINITY;
        break;
    case CAPDL_METHOD_TCB_SET_FLAGS:
        set_flags(r, thread, call);
        break;
    default:
        write_registers(r, thread, call);
        break;
    }
}

static bool is_thread_method(enum capdl_method method)
{
    return method == CAPDL_METHOD_TCB_CONFIGURE || method == CAPDL_METHOD_TCB_SET_IPC_BUFFER ||
           method == CAPDL_METHOD_TCB_SET_SCHED_PARAMS || method == CAPDL_METHOD_TCB_SET_TIMEOUT_ENDPOINT ||
           method == CAPDL_METHOD_TCB_BIND_NOTIFICATION || method == CAPDL_METHOD_TCB_SET_AFFINITY ||
           method == CAPDL_METHOD_TCB_SET_FLAGS || method == CAPDL_METHOD_TCB_SET_EPT_ROOT ||
           method == CAPDL_METHOD_TCB_WRITE_REGISTERS;
}

static void bind_vcpu(struct reverse *r, const struct capdl_call *call)
{
    uint32_t vcpu = reverse_object(r, &call->target, CAPDL_KIND_VCPU);
    if (!r->failed) {
        uint32_t thread = reverse_object(r, &call->operands[0], CAPDL_KIND_TCB);
        if (thread != CAPDL_NO_OBJECT) {
            reverse_cap(r, thread,
                        (struct capdl_cap){.slot = CAPDL_TCB_SLOT_BOUND_VCPU, .object = vcpu, .kind = CAPDL_KIND_VCPU});
        }
    }
}

static void set_domain(struct reverse *r, const struct capdl_call *call)
{
    uint32_t thread = reverse_object(r, &call->operands[0], CAPDL_KIND_TCB);
    if (thread != CAPDL_NO_OBJECT) {
        tcb_of(r, thread)->dom = call->operands[1].value;
        tcb_of(r, thread)->has |= CAPDL_TCB_HAS_DOM;
    }
}

bool reverse_thread_call(struct reverse *r, enum capdl_method method, const struct capdl_call *call)
{
    if (method == CAPDL_METHOD_VCPU_SET_TCB) {
        bind_vcpu(r, call);
        return true;
    }
    if (method == CAPDL_METHOD_DOMAIN_SET_SET) {
        set_domain(r, call);
        return true;
    }
    if (!is_thread_method(method)) {
        return false;
    }
    uint32_t thread = reverse_object(r, &call->target, CAPDL_KIND_TCB);
    if (thread != CAPDL_NO_OBJECT) {
        thread_call(r, method, call, thread);
    }
    return true;
}

void reverse_sched(struct reverse *r, const struct capdl_call *call)
{
    if (call->target.kind != CAPDL_REF_SCHED_CONTROL) {
        reverse_fail(r, "a scheduling context is configured without a SchedControl");
        return;
    }
    uint32_t object = reverse_object(r, &call->operands[0], CAPDL_KIND_SC);
    if (object == CAPDL_NO_OBJECT) {
        return;
    }
    struct capdl_sc *sc = capdl_spec_alloc(r->spec, sizeof(*sc));
    *sc = (struct capdl_sc){.has_times = true,
                            .budget = call->operands[1].value,
                            .period = call->operands[2].value,
                            .refills = call->operands[3].value,
                            .data = call->operands[4].value,
                            .has_data = call->operands[4].value != 0,
                            .flags = call->operands[5].value};
    struct capdl_object configured = capdl_object_view(r->spec, object);
    configured.u.sc = sc;
    capdl_object_set(r->spec, object, &configured);
    r->cores[object] = call->target.value;
}
