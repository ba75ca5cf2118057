/* SPDX-License-Identifier: BSD-2-Clause */
/* What makes a program run: stack, IPC buffer, TCB, CNode contents, scheduling context. The contract is in
   docs/pd.md. */
#include <inttypes.h>

#include <capdl/architecture.h>
#include <capdl/blob.h>

#include "base/pd_names.h"
#include "expand.h"

enum { SLOT_REPLY = 1 };
enum { RW = CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE };

/* `size` bytes that end at, or with `below` 0 begin at, an address given by the author, or the next free place. 0 after
   an error. */
static uint64_t choose_place(struct expansion *x, struct pd *pd, const struct capdl_param *given, uint64_t below,
                             uint64_t size, const char *what)
{
    if (!given) {
        return space_place(x, pd, size, what);
    }
    if (given->number < below + CAPDL_PAGE_SIZE) {
        capdl_error(x->diags, given->pos, "'%s' is 0x%" PRIx64 ", which leaves no room for %s", given->name,
                    given->number, what);
        return 0;
    }
    return space_take(x, pd, given->number - below, size, what, given->pos) ? given->number - below : 0;
}

static bool place_ipc_buffer(struct expansion *x, struct pd *pd)
{
    const struct capdl_param *given = pd->program->params.given[PARAM_IPC_BUFFER];
    pd->ipc = object_one(x, pd, PD_IPC, CAPDL_KIND_FRAME, CAPDL_PAGE_BITS);
    if (pd->ipc == CAPDL_NO_OBJECT) {
        return false;
    }
    if (!pd->space) {
        pd->ipc_address = params_number(&pd->program->params, PARAM_IPC_BUFFER);
        return true;
    }
    pd->ipc_address = choose_place(x, pd, given, 0, CAPDL_PAGE_SIZE, "the IPC buffer");
    return pd->ipc_address && space_map(x, pd, pd->ipc_address, (struct capdl_cap){.object = pd->ipc, .rights = RW});
}

/* The page below the stack is taken without a frame: nothing else may be placed there. */
static bool place_stack(struct expansion *x, struct pd *pd)
{
    const struct pd_params *params = &pd->program->params;
    uint64_t size = params_number(params, PARAM_STACK);
    if (!pd->space) {
        pd->stack_top = params_number(params, PARAM_STACK_TOP);
        return true;
    }
    uint64_t bottom = choose_place(x, pd, params->given[PARAM_STACK_TOP], size + CAPDL_PAGE_SIZE,
                                   size + CAPDL_PAGE_SIZE, "the stack");
    if (!bottom) {
        return false;
    }
    bottom += CAPDL_PAGE_SIZE;
    for (uint64_t at = 0; at < size; at += CAPDL_PAGE_SIZE) {
        uint32_t frame = object_next(x, pd, PD_STACK, &pd->program->counters.stack, CAPDL_KIND_FRAME, CAPDL_PAGE_BITS);
        if (frame == CAPDL_NO_OBJECT ||
            !space_map(x, pd, bottom + at, (struct capdl_cap){.object = frame, .rights = RW})) {
            return false;
        }
    }
    pd->stack_top = bottom + size;
    return true;
}

/* Takes the addresses that the author gives before it chooses others. An initial task has its own stack. */
bool thread_memory(struct expansion *x, struct pd *pd)
{
    if (root_is(pd)) {
        return (!pd->program->params.given[PARAM_STACK] && !pd->program->params.given[PARAM_STACK_TOP]) ||
               place_stack(x, pd);
    }
    if (pd->program->params.given[PARAM_STACK_TOP]) {
        return place_stack(x, pd) && place_ipc_buffer(x, pd);
    }
    return place_ipc_buffer(x, pd) && place_stack(x, pd);
}

/* Objects other PDs may name, so all PDs' are made before anything is looked up. */
bool thread_objects(struct expansion *x, struct pd *pd)
{
    const struct pd_params *params = &pd->program->params;
    const struct capdl_profile *profile = x->profile;
    unsigned cspace_bits =
        (unsigned)(root_is(pd) ? params_number_or(params, PARAM_CSPACE_BITS, profile->root_cnode_bits)
                               : params_number(params, PARAM_CSPACE_BITS));
    bool own_cspace = !params->given[PARAM_CSPACE];
    pd->tcb = object_one(x, pd, PD_TCB, CAPDL_KIND_TCB, 0);
    pd->cnode = own_cspace ? object_one(x, pd, PD_CNODE, CAPDL_KIND_CNODE, cspace_bits) : CAPDL_NO_OBJECT;
    pd->vspace = pd->own_space ? object_one(x, pd, PD_VSPACE, space_root_kind(profile), 0) : CAPDL_NO_OBJECT;
    pd->sc = pd->reply = CAPDL_NO_OBJECT;
    bool good = pd->tcb != CAPDL_NO_OBJECT && (!own_cspace || pd->cnode != CAPDL_NO_OBJECT) &&
                (!pd->own_space || pd->vspace != CAPDL_NO_OBJECT);
    pd->asid_pool = root_is(pd) ? object_one(x, pd, PD_ASID_POOL, CAPDL_KIND_ASID_POOL, 0) : CAPDL_NO_OBJECT;
    good &= !root_is(pd) || pd->asid_pool != CAPDL_NO_OBJECT;
    if (profile->mcs) {
        pd->sc = object_one(x, pd, PD_SC, CAPDL_KIND_SC, profile->size_bits[CAPDL_TYPE_SCHED_CONTEXT]);
        good &= pd->sc != CAPDL_NO_OBJECT;
    }
    if (profile->mcs && own_cspace && !root_is(pd)) {
        pd->reply = object_one(x, pd, PD_REPLY, CAPDL_KIND_RTREPLY, 0);
        good &= pd->reply != CAPDL_NO_OBJECT;
    }
    return good;
}

/* What the author's TCB says remains. */
static void set_field(struct capdl_tcb *tcb, enum capdl_tcb_field field, uint64_t value)
{
    if (!(tcb->has >> field & 1)) {
        capdl_tcb_set(tcb, field, value);
    }
}

/* The first argument is the address of the IPC buffer, or of an initial task's bootinfo, then come the author's. */
static void set_arguments(struct expansion *x, struct pd *pd, struct capdl_tcb *tcb)
{
    const struct capdl_param *args = pd->program->params.given[PARAM_ARGS];
    size_t count = args ? args->num_list : 0;
    if (tcb->has & CAPDL_TCB_HAS_INIT) {
        return;
    }
    tcb->init = capdl_spec_alloc(x->spec, (count + 1) * sizeof(*tcb->init));
    tcb->init[0] = root_is(pd) ? pd->bootinfo_address : tcb->addr;
    for (size_t i = 0; i < count; i++) {
        tcb->init[i + 1] = args->list[i];
    }
    tcb->num_init = count + 1;
    tcb->has |= CAPDL_TCB_HAS_INIT;
}

static struct capdl_tcb *tcb_of(struct expansion *x, struct pd *pd)
{
    struct capdl_object object = capdl_object_view(x->spec, pd->tcb);
    if (!object.u.tcb) {
        capdl_tcb_make(x->spec, &object);
        capdl_object_set(x->spec, pd->tcb, &object);
    }
    return object.u.tcb;
}

static void set_tcb(struct expansion *x, struct pd *pd)
{
    const struct pd_params *params = &pd->program->params;
    struct capdl_tcb *tcb = tcb_of(x, pd);
    params_set_tcb(params, tcb);
    set_field(tcb, CAPDL_TCB_FIELD_ADDR, pd->ipc_address);
    set_field(tcb, CAPDL_TCB_FIELD_IP, pd->entry);
    set_field(tcb, CAPDL_TCB_FIELD_SP, pd->stack_top);
    set_field(tcb, CAPDL_TCB_FIELD_PRIO,
              root_is(pd) ? params_number_or(params, PARAM_PRIO, x->profile->num_priorities - 1)
                          : params_number(params, PARAM_PRIO));
    set_field(tcb, CAPDL_TCB_FIELD_MAX_PRIO, root_is(pd) ? x->profile->num_priorities - 1 : tcb->prio);
    set_field(tcb, CAPDL_TCB_FIELD_AFFINITY, params_number(params, PARAM_AFFINITY));
    if (pd->has_thread_pointer) {
        set_field(tcb, CAPDL_TCB_FIELD_TLS, pd->thread_pointer);
    }
    set_arguments(x, pd, tcb);
}

static void set_sc(struct expansion *x, struct pd *pd)
{
    const struct pd_params *params = &pd->program->params;
    struct capdl_object object = capdl_object_view(x->spec, pd->sc);
    uint64_t budget = params_number_or(params, PARAM_BUDGET, params_number(params, PARAM_PERIOD));
    if (!object.u.sc) {
        object.u.sc = capdl_spec_alloc(x->spec, sizeof(*object.u.sc));
        capdl_object_set(x->spec, pd->sc, &object);
    }
    if (object.u.sc->has_times) {
        return;
    }
    object.u.sc->has_times = true;
    object.u.sc->budget = budget;
    object.u.sc->period = params_number_or(params, PARAM_PERIOD, budget);
}

/* The capability by which the kernel reports this thread's faults. The kernel needs to send by it and to be
 * answered. */
static bool handler_cap(struct expansion *x, struct pd *pd, const struct capdl_param *p, struct capdl_cap *cap)
{
    enum { ANSWER = CAPDL_RIGHT_GRANT | CAPDL_RIGHT_GRANT_REPLY };

    *cap = p->cap;
    cap->object = object_named(x, pd, p, CAPDL_KIND_EP);
    cap->kind = CAPDL_KIND_EP;
    cap->at = capdl_spec_at(x->spec, p->pos);
    if (cap->object == CAPDL_NO_OBJECT) {
        return false;
    }
    if (cap->rights == 0) {
        cap->rights = CAPDL_RIGHT_WRITE | CAPDL_RIGHT_GRANT_REPLY;
    }
    if (!(cap->rights & CAPDL_RIGHT_WRITE) || !(cap->rights & ANSWER)) {
        capdl_error(x->diags, p->pos, "'%s' needs the rights W and P (or G) on '%s', which are the default", p->name,
                    p->text);
        return false;
    }
    if (cap->flags & CAPDL_CAP_HAS_BADGE && pd->element != CAPDL_NO_INDEX) {
        cap->data += pd->element;
    }
    return true;
}

/* On MCS kernels the TCB holds the fault handler; on others it holds the number of a slot in the thread's own
   CSpace. */
static bool set_fault(struct expansion *x, struct pd *pd)
{
    const struct pd_params *params = &pd->program->params;
    struct capdl_cap cap;
    if (!params->given[PARAM_FAULT]) {
        return true;
    }
    if (!handler_cap(x, pd, params->given[PARAM_FAULT], &cap)) {
        return false;
    }
    if (x->profile->mcs) {
        cap.slot = CAPDL_TCB_SLOT_FAULT_EP;
        object_hold(x, pd, pd->tcb, cap);
        return true;
    }
    struct capdl_tcb *tcb = tcb_of(x, pd);
    set_field(tcb, CAPDL_TCB_FIELD_FAULT_EP, params_number(params, PARAM_FAULT_SLOT));
    cap.slot = tcb->fault_ep;
    const struct capdl_cap *there = capdl_spec_cap_at(x->spec, pd->cnode, cap.slot);
    if (there) {
        capdl_error(x->diags, params->given[PARAM_FAULT]->pos,
                    "slot %" PRIu64 " of the CNode is already taken: choose another with fault_slot", cap.slot);
        return false;
    }
    object_hold(x, pd, pd->cnode, cap);
    return true;
}

static bool set_timeout(struct expansion *x, struct pd *pd)
{
    const struct capdl_param *p = pd->program->params.given[PARAM_TIMEOUT];
    struct capdl_cap cap;
    if (!p) {
        return true;
    }
    if (!handler_cap(x, pd, p, &cap)) {
        return false;
    }
    if (x->profile->mcs) {
        cap.slot = CAPDL_TCB_SLOT_TEMP_FAULT_EP;
        object_hold(x, pd, pd->tcb, cap);
    }
    return true;
}

static bool bind_notification(struct expansion *x, struct pd *pd)
{
    const struct capdl_param *p = pd->program->params.given[PARAM_NOTIFICATION];
    if (!p) {
        return true;
    }
    struct capdl_cap cap = {.slot = CAPDL_TCB_SLOT_BOUND_NOTIFICATION, .kind = CAPDL_KIND_NOTIFICATION, .rights = RW};
    cap.at = capdl_spec_at(x->spec, p->pos);
    cap.object = object_named(x, pd, p, CAPDL_KIND_NOTIFICATION);
    if (cap.object == CAPDL_NO_OBJECT) {
        return false;
    }
    object_hold(x, pd, pd->tcb, cap);
    return true;
}

static void hold_spaces(struct expansion *x, struct pd *pd)
{
    unsigned bits = capdl_object_size_bits(x->spec, pd->cnode);
    object_hold(x, pd, pd->tcb,
                (struct capdl_cap){.slot = CAPDL_TCB_SLOT_CSPACE,
                                   .object = pd->cnode,
                                   .kind = CAPDL_KIND_CNODE,
                                   .flags = CAPDL_CAP_HAS_GUARD,
                                   .guard_size = (uint8_t)(capdl_architecture(x->profile->arch)->word_bits - bits)});
    object_hold(x, pd, pd->tcb,
                (struct capdl_cap){
                    .slot = CAPDL_TCB_SLOT_VSPACE, .object = pd->vspace, .kind = (uint8_t)space_root_kind(x->profile)});
    object_hold(x, pd, pd->tcb,
                (struct capdl_cap){
                    .slot = CAPDL_TCB_SLOT_IPC_BUFFER, .object = pd->ipc, .kind = CAPDL_KIND_FRAME, .rights = RW});
}

bool thread_finish(struct expansion *x, struct pd *pd)
{
    const struct capdl_param *cspace = pd->program->params.given[PARAM_CSPACE];
    if (cspace) {
        pd->cnode = object_named(x, pd, cspace, CAPDL_KIND_CNODE);
    }
    if (pd->cnode == CAPDL_NO_OBJECT) {
        return false;
    }
    set_tcb(x, pd);
    hold_spaces(x, pd);
    if (pd->sc != CAPDL_NO_OBJECT) {
        set_sc(x, pd);
        object_hold(x, pd, pd->tcb,
                    (struct capdl_cap){.slot = CAPDL_TCB_SLOT_SC, .object = pd->sc, .kind = CAPDL_KIND_SC});
    }
    if (pd->reply != CAPDL_NO_OBJECT) {
        object_hold(x, pd, pd->cnode,
                    (struct capdl_cap){.slot = SLOT_REPLY, .object = pd->reply, .kind = CAPDL_KIND_RTREPLY});
    }
    bool good = set_fault(x, pd);
    good &= set_timeout(x, pd);
    good &= bind_notification(x, pd);
    return good;
}
