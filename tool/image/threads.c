/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads: everything about a TCB but the start, which comes last of all. One pass over all threads for each kernel
 * call, so that equal threads make runs.
 */
#include <stdlib.h>

#include <capdl/flags.h>

#include "image/program.h"
#include "image/registers.h"

static const struct capdl_cap *cap_at(const struct program *program, uint32_t object, enum capdl_tcb_slot slot)
{
    return capdl_spec_cap_at(program->spec, object, slot);
}

/* A TCB without address space and CSpace is left for somebody else to configure. */
static bool is_bare(const struct program *program, uint32_t object)
{
    return !cap_at(program, object, CAPDL_TCB_SLOT_CSPACE) && !cap_at(program, object, CAPDL_TCB_SLOT_VSPACE);
}

static bool runs(const struct program *program, uint32_t object)
{
    return capdl_tcb_values(program->spec, object)->resume && !is_bare(program, object);
}

static void check_space(struct program *program, uint32_t object)
{
    const struct capdl_cap *cspace = cap_at(program, object, CAPDL_TCB_SLOT_CSPACE);
    const struct capdl_cap *vspace = cap_at(program, object, CAPDL_TCB_SLOT_VSPACE);
    const struct capdl_tcb *tcb = capdl_tcb_values(program->spec, object);
    if (!cspace != !vspace) {
        program_error(program, object, "has a %s but no %s: the kernel takes both or neither",
                      cspace ? "cspace" : "vspace", cspace ? "vspace" : "cspace");
    }
    if (cspace && cspace->kind != CAPDL_KIND_CNODE) {
        program_cap_error(program, object, cspace, "is not a CNode");
    }
    if (vspace && (vspace->object == CAPDL_NO_OBJECT || capdl_kind_class(vspace->kind) == CAPDL_CLASS_EPT ||
                   !(program->kernel_objects[vspace->object].flags & KOBJ_ROOT))) {
        program_cap_error(program, object, vspace, "is not the root of an address space");
    }
    if (is_bare(program, object) && tcb->resume && tcb->has & CAPDL_TCB_HAS_RESUME) {
        program_error(program, object, "is to be started but has neither cspace nor vspace");
    }
    if (is_bare(program, object) && tcb->fault_ep && !program->profile->mcs) {
        program_error(program, object,
                      "has a fault_ep but neither cspace nor vspace, which the kernel needs to set it");
    }
}

static void check_buffer(struct program *program, uint32_t object)
{
    const struct capdl_cap *buffer = cap_at(program, object, CAPDL_TCB_SLOT_IPC_BUFFER);
    uint64_t address = capdl_tcb_values(program->spec, object)->addr;
    unsigned alignment = 1u << capdl_architecture(program->profile->arch)->ipc_buffer_bits;
    if (buffer && buffer->kind != CAPDL_KIND_FRAME) {
        program_cap_error(program, object, buffer, "is not a frame");
    } else if (buffer && !address && !cap_at(program, object, CAPDL_TCB_SLOT_BOUND_VCPU) &&
               !(capdl_tcb_values(program->spec, object)->has & CAPDL_TCB_HAS_ADDR)) {
        program_error(program, object, "has a frame in ipc_buffer_slot but no address for it (write addr:)");
    } else if (!buffer && address) {
        program_error(program, object, "has an IPC buffer address 0x%llx but no frame in ipc_buffer_slot",
                      (unsigned long long)address);
    } else if (address % alignment) {
        program_error(program, object, "has its IPC buffer at 0x%llx: expected a multiple of %u",
                      (unsigned long long)address, alignment);
    }
}

static void check_numbers(struct program *program, uint32_t object)
{
    const struct capdl_tcb *tcb = capdl_tcb_values(program->spec, object);
    const struct capdl_profile *profile = program->profile;
    char cores[40];
    if (tcb->prio >= profile->num_priorities || tcb->max_prio >= profile->num_priorities) {
        program_error(program, object, "has prio %llu and max_prio %llu, but kernel %s has 0 to %u",
                      (unsigned long long)tcb->prio, (unsigned long long)tcb->max_prio, profile->name,
                      profile->num_priorities - 1);
    }
    if (tcb->affinity >= profile->max_nodes) {
        program_error(program, object, "runs on core %llu, but kernel %s has only %s",
                      (unsigned long long)tcb->affinity, profile->name,
                      program_numbers(cores, "core", profile->max_nodes));
    }
}

static void check_fault_handler(struct program *program, uint32_t object, enum capdl_tcb_slot slot)
{
    const struct capdl_cap *cap = cap_at(program, object, slot);
    if (!cap) {
        return;
    }
    if (!program->profile->mcs) {
        program_cap_error(program, object, cap,
                          "does not belong there: on the non-MCS kernel %s a fault handler is a slot number in the "
                          "thread's CSpace (write fault_ep:)",
                          program->profile->name);
    } else if (cap->kind != CAPDL_KIND_EP) {
        program_cap_error(program, object, cap, "is not an endpoint");
    } else if (!capdl_cap_can_call(cap)) {
        program_cap_error(program, object, cap, "needs W, and G or P: the kernel accepts no other fault handler");
    }
}

static void check_faults(struct program *program, uint32_t object)
{
    check_fault_handler(program, object, CAPDL_TCB_SLOT_FAULT_EP);
    check_fault_handler(program, object, CAPDL_TCB_SLOT_TEMP_FAULT_EP);
    const struct capdl_tcb *tcb = capdl_tcb_values(program->spec, object);
    if (program->profile->mcs && tcb->fault_ep && !cap_at(program, object, CAPDL_TCB_SLOT_FAULT_EP)) {
        program_error(program, object,
                      "names slot 0x%llx as its fault handler, but MCS kernel %s takes a capability (write "
                      "fault_ep_slot: in the caps section)",
                      (unsigned long long)tcb->fault_ep, program->profile->name);
    }
}

static void check_slots(struct program *program, uint32_t object)
{
    struct capdl_caps caps = capdl_object_caps(program->spec, object);
    for (uint32_t i = 0; i < caps.count; i++) {
        const struct capdl_cap *cap = &caps.list[i];
        bool own = cap->kind == CAPDL_KIND_TCB && cap->object == object; /* the kernel makes the master reply itself */
        if (cap->slot >= CAPDL_TCB_SLOT_COUNT || cap->slot == CAPDL_TCB_SLOT_CALLER ||
            (cap->slot == CAPDL_TCB_SLOT_REPLY && !(own && cap->flags & CAPDL_CAP_MASTER_REPLY))) {
            program_cap_error(program, object, cap, "does not belong there: only the kernel fills this slot");
        }
        if ((cap->slot == CAPDL_TCB_SLOT_SC && cap->kind != CAPDL_KIND_SC) ||
            (cap->slot == CAPDL_TCB_SLOT_BOUND_NOTIFICATION && cap->kind != CAPDL_KIND_NOTIFICATION) ||
            (cap->slot == CAPDL_TCB_SLOT_BOUND_VCPU && cap->kind != CAPDL_KIND_VCPU) ||
            (cap->slot == CAPDL_TCB_SLOT_EPT_ROOT && cap->kind != CAPDL_KIND_EPT_PML4)) {
            program_cap_error(program, object, cap, "is of the wrong kind for it");
        }
    }
}

/* On MCS kernels only a scheduling context gives a thread its core. */
static void check_core(struct program *program, uint32_t object)
{
    uint64_t core = capdl_tcb_values(program->spec, object)->affinity;
    if (core && program->profile->mcs && !cap_at(program, object, CAPDL_TCB_SLOT_SC)) {
        program_warning(program, CAPDL_CHECK_TCB_CORE, object,
                        "has affinity %llu but no scheduling context, which determines the core on MCS kernels",
                        (unsigned long long)core);
    }
}

static void check_thread(struct program *program, uint32_t object)
{
    check_space(program, object);
    check_buffer(program, object);
    check_numbers(program, object);
    check_faults(program, object);
    check_slots(program, object);
    check_core(program, object);
    if (program->profile->mcs && runs(program, object) && !cap_at(program, object, CAPDL_TCB_SLOT_SC)) {
        program_warning(program, CAPDL_CHECK_TCB_SC, object,
                        "has no scheduling context, so it cannot run until it gets one (write sc_slot: in the caps "
                        "section, or resume: False)");
    }
}

static struct operand buffer_frame(struct program *program, uint32_t object)
{
    const struct capdl_cap *cap = cap_at(program, object, CAPDL_TCB_SLOT_IPC_BUFFER);
    unsigned both = CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE;
    if (!cap) {
        return operand_initial(CAPDL_INITIAL_NULL);
    }
    struct operand frame = operand_object(program, cap->object);
    return (cap->rights & both) == both ? frame : calls_copy(program, cap->object, frame, cap->rights, 0);
}

static void configure(struct program *program, uint32_t object)
{
    const struct capdl_tcb *tcb = capdl_tcb_values(program->spec, object);
    const struct capdl_cap *cspace = cap_at(program, object, CAPDL_TCB_SLOT_CSPACE);
    const struct capdl_cap *vspace = cap_at(program, object, CAPDL_TCB_SLOT_VSPACE);
    struct operand target = operand_object(program, object), buffer = buffer_frame(program, object);
    struct operand address = operand_word(tcb->addr);
    if (!cspace || !vspace) {
        if (cap_at(program, object, CAPDL_TCB_SLOT_IPC_BUFFER)) {
            CALL(program, THREADS, TCB_SET_IPC_BUFFER, object, target, buffer, address);
        }
        return;
    }
    struct operand root = operand_object(program, cspace->object), space = operand_object(program, vspace->object);
    struct operand guard = operand_word(caps_guard_word(program, cspace)), none = operand_word(0);
    if (program->profile->mcs) {
        CALL(program, THREADS, TCB_CONFIGURE, object, target, root, space, buffer, guard, none, address);
    } else {
        CALL(program, THREADS, TCB_CONFIGURE, object, target, root, space, buffer, operand_word(tcb->fault_ep), guard,
             none, address);
    }
}

/* A capability to an endpoint with the rights and badge wanted: a copy, or the original if it will do. */
static struct operand fault_handler(struct program *program, const struct capdl_cap *cap)
{
    if (!cap) {
        return operand_initial(CAPDL_INITIAL_NULL);
    }
    struct operand endpoint = operand_object(program, cap->object);
    if (cap->data == 0 && (cap->rights & CAPDL_RIGHTS_ALL) == CAPDL_RIGHTS_ALL) {
        return endpoint;
    }
    return calls_copy(program, cap->object, endpoint, cap->rights, cap->data);
}

static void set_sched_params(struct program *program, uint32_t object)
{
    const struct capdl_tcb *tcb = capdl_tcb_values(program->spec, object);
    const struct capdl_cap *sc = cap_at(program, object, CAPDL_TCB_SLOT_SC);
    const struct capdl_cap *handler = cap_at(program, object, CAPDL_TCB_SLOT_FAULT_EP);
    struct operand target = operand_object(program, object), authority = operand_initial(CAPDL_INITIAL_TCB);
    struct operand most = operand_word(tcb->max_prio), prio = operand_word(tcb->prio);
    if (is_bare(program, object) && !sc && !handler && !(tcb->has & (CAPDL_TCB_HAS_PRIO | CAPDL_TCB_HAS_MAX_PRIO))) {
        return;
    }
    if (program->profile->mcs) {
        CALL(program, THREADS, TCB_SET_SCHED_PARAMS, object, target, authority,
             sc ? operand_object(program, sc->object) : operand_initial(CAPDL_INITIAL_NULL),
             fault_handler(program, handler), most, prio);
    } else {
        CALL(program, THREADS, TCB_SET_SCHED_PARAMS, object, target, authority, most, prio);
    }
}

static void set_timeout(struct program *program, uint32_t object)
{
    const struct capdl_cap *cap = cap_at(program, object, CAPDL_TCB_SLOT_TEMP_FAULT_EP);
    if (cap && program->profile->mcs) {
        CALL(program, THREADS, TCB_SET_TIMEOUT_ENDPOINT, object, operand_object(program, object),
             fault_handler(program, cap));
    }
}

static void bind_notification(struct program *program, uint32_t object)
{
    const struct capdl_cap *cap = cap_at(program, object, CAPDL_TCB_SLOT_BOUND_NOTIFICATION);
    if (cap) {
        CALL(program, THREADS, TCB_BIND_NOTIFICATION, object, operand_object(program, object),
             operand_object(program, cap->object));
    }
}

static void bind_vcpu(struct program *program, uint32_t object)
{
    const struct capdl_cap *cap = cap_at(program, object, CAPDL_TCB_SLOT_BOUND_VCPU);
    if (cap) {
        CALL(program, THREADS, VCPU_SET_TCB, object, operand_object(program, cap->object),
             operand_object(program, object));
    }
}

static void set_ept_root(struct program *program, uint32_t object)
{
    const struct capdl_cap *cap = cap_at(program, object, CAPDL_TCB_SLOT_EPT_ROOT);
    if (cap) {
        CALL(program, THREADS, TCB_SET_EPT_ROOT, object, operand_object(program, object),
             operand_object(program, cap->object));
    }
}

/* On MCS the core is that of the scheduling context. */
static void set_affinity(struct program *program, uint32_t object)
{
    uint64_t core = capdl_tcb_values(program->spec, object)->affinity;
    if (core && !program->profile->mcs) {
        CALL(program, THREADS, TCB_SET_AFFINITY, object, operand_object(program, object), operand_word(core));
    }
}

static void set_flags(struct program *program, uint32_t object)
{
    if (capdl_tcb_values(program->spec, object)->fpu_disabled) {
        CALL(program, THREADS, TCB_SET_FLAGS, object, operand_object(program, object), operand_word(0),
             operand_word(CAPDL_TCB_FLAG_FPU_DISABLED));
    }
}

/* Registers up to the last one that is not zero; a new thread's others are. */
static unsigned collect_registers(const struct program *program, const struct capdl_tcb *tcb, struct operand *registers)
{
    const struct register_layout *layout = register_layout(program->profile->arch);
    unsigned count = layout->sp + 1u;
    for (unsigned i = 0; i < layout->count; i++) {
        registers[i] = operand_word(0);
    }
    registers[layout->ip].value = tcb->ip;
    registers[layout->sp].value = arguments_sp(program, tcb);
    registers[layout->tls].value = tcb->tls;
    for (size_t i = 0; i < tcb->num_init && i < layout->num_arguments; i++) {
        registers[layout->arguments[i]].value = tcb->init[i];
    }
    for (unsigned i = count; i < layout->count; i++) {
        count = registers[i].value ? i + 1 : count;
    }
    return count;
}

static void write_registers(struct program *program, uint32_t object)
{
    const struct capdl_tcb *tcb = capdl_tcb_values(program->spec, object);
    struct operand call[3 + REGISTERS_MAX];
    bool start = runs(program, object);
    if (is_bare(program, object) && !tcb->ip && !tcb->sp && !tcb->tls && !tcb->num_init) {
        return;
    }
    unsigned count = collect_registers(program, tcb, call + 3);
    call[0] = start ? operand_late(program, object) : operand_object(program, object);
    call[1] = operand_word(start);
    call[2] = operand_word(count);
    calls_add(program, start ? CAPDL_PHASE_START : CAPDL_PHASE_THREADS, CAPDL_METHOD_TCB_WRITE_REGISTERS, object, call,
              3 + count);
}

void threads_configure(struct program *program)
{
    static void (*const passes[])(struct program *, uint32_t) = {
        check_thread, configure,    set_sched_params, set_timeout, bind_notification,
        bind_vcpu,    set_ept_root, set_affinity,     set_flags,   write_registers,
    };
    size_t count;
    uint32_t *threads = objects_of_kind(program, CAPDL_KIND_TCB, &count);
    for (size_t pass = 0; pass < sizeof(passes) / sizeof(passes[0]); pass++) {
        for (size_t i = 0; i < count; i++) {
            passes[pass](program, threads[i]);
        }
        if (pass == 0 && program->diags->num_errors) {
            break; /* what follows relies on the checks */
        }
    }
    free(threads);
}
