/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the description to objects and capabilities: regions become frames; then every domain gets its objects, so that
 * others can refer to them; then memory, channels, interrupts and the rest.
 */
#include "lower.h"

#include <inttypes.h>
#include <string.h>

#include <capdl/architecture.h>
#include <capdl/blob.h>

enum {
    ROOT_BITS = 6,
    FIRST_SC_BADGE = 0x100,
    MOST_FRAMES = 1 << 22, /* of all regions; as many again may be mapped three times */
};

enum slot {
#define MK_SLOT(id, number) SLOT_##id = (number),
#include "slots.def"
};

/* Badges of messages to a domain: the highest bits say what they are. Of notifications every bit is one id. */
#define CALL_BADGE (UINT64_C(1) << 63)
#define FAULT_BADGE (UINT64_C(1) << 62)

struct lower {
    struct mk_reader *reader;
    uint32_t monitor_ep; /* or CAPDL_NO_OBJECT */
    uint32_t smc;
};

static void region_fill(struct mk_reader *reader, const struct mk_region *region, uint64_t offset, uint32_t frame)
{
    uint64_t page = UINT64_C(1) << region->page_bits;
    struct capdl_fill fill = {.length = page, .pos = region->pos, .source_offset = offset};
    if (region->bootinfo) {
        fill.kind = CAPDL_FILL_BOOTINFO;
        fill.text = region->bootinfo;
        mk_fills_set(reader, frame, &fill, 1);
    } else if (region->file && offset < region->file_size) {
        uint64_t left = region->file_size - offset;
        fill.kind = CAPDL_FILL_FILE;
        fill.text = region->file;
        fill.length = left < page ? left : page;
        mk_fills_set(reader, frame, &fill, 1);
    }
}

static void region_lower(struct mk_reader *reader, struct mk_region *region)
{
    uint64_t count = region->size >> region->page_bits;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t offset = i << region->page_bits;
        uint32_t frame = mk_sized_object(reader, CAPDL_KIND_FRAME, region->page_bits, region->pos,
                                         "frame_mr_%s_%09" PRIu64, region->name, i);
        region->first_frame = i ? region->first_frame : frame;
        region_fill(reader, region, offset, frame);
        if (region->has_paddr) {
            mk_paddr_set(reader, frame, region->paddr + offset);
        }
    }
}

/* Adds the pages of maps to those of others; false after a message. */
static bool maps_counted(struct mk_reader *reader, const struct mk_map *map, uint64_t *mapped)
{
    const uint64_t most = UINT64_C(4) * MOST_FRAMES;
    for (; map; map = map->next) {
        *mapped += map->region->size >> map->region->page_bits;
        if (*mapped > most) {
            capdl_error(reader->diags, map->pos, "the maps up to here have more than %" PRIu64 " pages", most);
            return false;
        }
    }
    return true;
}

/* Frames that a description may ask for, before any is made. */
static bool frames_counted(struct mk_reader *reader)
{
    uint64_t frames = 0, mapped = 0;
    for (const struct mk_region *region = reader->system.regions; region; region = region->next) {
        frames += region->size >> region->page_bits;
        if (frames > MOST_FRAMES) {
            capdl_error(reader->diags, region->pos,
                        "the memory regions up to here have more than %d pages: give large ones a page_size of "
                        "0x200000",
                        MOST_FRAMES);
            return false;
        }
    }
    for (const struct mk_pd *pd = reader->system.pds; pd; pd = pd->next) {
        if (!maps_counted(reader, pd->maps, &mapped) || (pd->vm && !maps_counted(reader, pd->vm->maps, &mapped))) {
            return false;
        }
    }
    for (const struct mk_io_space *io = reader->system.io_spaces; io; io = io->next) {
        if (!maps_counted(reader, io->maps, &mapped)) {
            return false;
        }
    }
    return true;
}

static bool needs_endpoint(const struct mk_pd *pd)
{
    return pd->called || pd->children || pd->vm;
}

static void pd_objects(struct lower *lower, struct mk_pd *pd)
{
    struct mk_reader *reader = lower->reader;
    pd->tcb = mk_object(reader, CAPDL_KIND_TCB, pd->pos, "tcb_%s", pd->name);
    pd->cnode = mk_sized_object(reader, CAPDL_KIND_CNODE, MK_CNODE_BITS, pd->pos, "cnode_%s", pd->name);
    pd->root = mk_sized_object(reader, CAPDL_KIND_CNODE, ROOT_BITS, pd->pos, "cnode_%s_root", pd->name);
    pd->sc = mk_sched_context(reader, pd->name, pd->budget, pd->period, FIRST_SC_BADGE + pd->index, pd->pos);
    pd->reply = mk_object(reader, CAPDL_KIND_RTREPLY, pd->pos, "reply_%s", pd->name);
    pd->ntfn = mk_object(reader, CAPDL_KIND_NOTIFICATION, pd->pos, "ntfn_%s", pd->name);
    pd->ep = needs_endpoint(pd) ? mk_object(reader, CAPDL_KIND_EP, pd->pos, "ep_%s", pd->name) : CAPDL_NO_OBJECT;
}

/* The faults of a thread go to `container`'s slot: a child's to its parent, others' to the monitor. */
static void hold_faults(struct lower *lower, const struct mk_pd *pd, uint32_t container, uint64_t slot)
{
    if (pd->parent) {
        mk_hold_ipc(lower->reader, container, slot, pd->parent->ep, MK_USE_CALL, FAULT_BADGE | pd->id, pd->pos);
    } else if (lower->monitor_ep != CAPDL_NO_OBJECT) {
        mk_hold_ipc(lower->reader, container, slot, lower->monitor_ep, MK_USE_CALL, pd->index + 1, pd->pos);
    }
}

static void pd_cspace(struct lower *lower, struct mk_pd *pd)
{
    struct mk_reader *reader = lower->reader;
    uint32_t input = pd->ep != CAPDL_NO_OBJECT ? pd->ep : pd->ntfn;
    mk_hold_cnode(reader, pd->root, 0, pd->cnode, mk_word_bits(reader) - MK_CNODE_BITS - ROOT_BITS, pd->pos);
    mk_hold_ipc(reader, pd->cnode, SLOT_INPUT, input, MK_USE_RECEIVE, 0, pd->pos);
    hold_faults(lower, pd, pd->cnode, SLOT_FAULTS);
    mk_hold(reader, pd->cnode, SLOT_VSPACE, pd->vspace, pd->pos);
    mk_hold(reader, pd->cnode, SLOT_REPLY, pd->reply, pd->pos);
    if (pd->passive && lower->monitor_ep != CAPDL_NO_OBJECT) {
        mk_hold_ipc(reader, pd->cnode, SLOT_MONITOR, lower->monitor_ep, MK_USE_SEND, pd->index + 1, pd->pos);
    }
    if (pd->smc) {
        lower->smc = lower->smc == CAPDL_NO_OBJECT ? mk_object(reader, CAPDL_KIND_SMC, pd->pos, "arm_smc") : lower->smc;
        mk_hold(reader, pd->cnode, SLOT_SMC, lower->smc, pd->pos);
    }
    for (const struct mk_pd *child = pd->children; child; child = child->sibling) {
        mk_hold(reader, pd->cnode, SLOT_CHILDREN + child->id, child->tcb, child->pos);
    }
}

static void caps_lower(struct mk_reader *reader, const struct mk_pd *pd)
{
    for (const struct mk_cap *cap = pd->caps; cap; cap = cap->next) {
        switch (cap->kind) {
        case MK_CAP_TCB:
            mk_hold(reader, pd->root, cap->slot, cap->pd->tcb, cap->pos);
            break;
        case MK_CAP_SC:
            mk_hold(reader, pd->root, cap->slot, cap->pd->sc, cap->pos);
            break;
        case MK_CAP_VSPACE:
            mk_hold(reader, pd->root, cap->slot, cap->pd->vspace, cap->pos);
            break;
        }
    }
}

static void pd_thread(struct lower *lower, struct mk_pd *pd, uint64_t entry, uint32_t ipc)
{
    struct mk_reader *reader = lower->reader;
    struct capdl_tcb tcb = capdl_tcb_defaults;
    capdl_tcb_set(&tcb, CAPDL_TCB_FIELD_ADDR, pd->ipc_buffer ? pd->ipc_buffer : mk_ipc_buffer(reader->profile));
    capdl_tcb_set(&tcb, CAPDL_TCB_FIELD_IP, entry);
    capdl_tcb_set(&tcb, CAPDL_TCB_FIELD_SP, mk_ipc_buffer(reader->profile) - CAPDL_PAGE_SIZE);
    capdl_tcb_set(&tcb, CAPDL_TCB_FIELD_PRIO, pd->priority);
    capdl_tcb_set(&tcb, CAPDL_TCB_FIELD_MAX_PRIO, pd->priority);
    capdl_tcb_set(&tcb, CAPDL_TCB_FIELD_AFFINITY, pd->cpu);
    if (!pd->fpu) {
        capdl_tcb_set(&tcb, CAPDL_TCB_FIELD_FPU_DISABLED, true);
    }
    if (pd->domain) {
        capdl_tcb_set(&tcb, CAPDL_TCB_FIELD_DOM, pd->domain->id);
    }
    mk_tcb_set(reader, pd->tcb, &tcb);
    mk_hold(reader, pd->tcb, MK_TCB_CSPACE, pd->root, pd->pos);
    mk_hold(reader, pd->tcb, MK_TCB_VSPACE, pd->vspace, pd->pos);
    mk_hold_frame(reader, pd->tcb, MK_TCB_IPC_BUFFER, ipc, CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE, false, pd->pos);
    hold_faults(lower, pd, pd->tcb, MK_TCB_FAULT_EP);
    mk_hold(reader, pd->tcb, MK_TCB_SC, pd->sc, pd->pos);
    mk_hold_ipc(reader, pd->tcb, MK_TCB_BOUND_NOTIFICATION, pd->ntfn, MK_USE_RECEIVE, 0, pd->pos);
}

/* Program, maps, IPC buffer, stack: in the order in which Microkit's tool makes their tables, which names them. */
static void pd_memory(struct lower *lower, struct mk_pd *pd)
{
    struct mk_reader *reader = lower->reader;
    const uint8_t read_write = CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE;
    struct mk_space *space = mk_space_new(reader, MK_SPACE_THREAD, pd->name, pd->pos);
    uint64_t entry = 0, bottom = mk_stack_bottom(reader->profile, pd), buffer = mk_ipc_buffer(reader->profile);
    pd->vspace = mk_space_root(space);
    if (mk_program_load(reader, space, pd, &entry)) {
        mk_space_map_all(reader, space, pd->maps);
    }
    uint32_t ipc = mk_sized_object(reader, CAPDL_KIND_FRAME, CAPDL_PAGE_BITS, pd->pos, "frame_ipcbuf_%s", pd->name);
    mk_space_map(reader, space, pd->ipc_buffer ? pd->ipc_buffer : buffer, ipc, read_write, false, pd->pos);
    for (uint64_t i = 0; i < pd->stack_size / CAPDL_PAGE_SIZE; i++) {
        uint32_t frame = mk_sized_object(reader, CAPDL_KIND_FRAME, CAPDL_PAGE_BITS, pd->pos,
                                         "frame_%s_stack_%09" PRIu64, pd->name, i);
        mk_space_map(reader, space, bottom + i * CAPDL_PAGE_SIZE, frame, read_write, false, pd->pos);
    }
    mk_space_free(space);
    pd_thread(lower, pd, entry, ipc);
}

static void channel_lower(struct mk_reader *reader, const struct mk_channel *channel)
{
    for (unsigned i = 0; i < 2; i++) {
        const struct mk_end *end = &channel->ends[i], *other = &channel->ends[!i];
        if (end->notify) {
            mk_hold_ipc(reader, end->pd->cnode, SLOT_NOTIFICATIONS + end->id, other->pd->ntfn, MK_USE_SEND,
                        UINT64_C(1) << other->id, end->pos);
        }
        if (end->call) {
            mk_hold_ipc(reader, end->pd->cnode, SLOT_CALLS + end->id, other->pd->ep, MK_USE_CALL,
                        CALL_BADGE | other->id, end->pos);
        }
    }
}

/* Of Arm and RISC-V: the object kind that says how an interrupt is triggered. */
static uint32_t irq_number(struct mk_reader *reader, const struct mk_pd *pd, const struct mk_irq *irq)
{
    bool arm = capdl_kind_on_arch(CAPDL_KIND_ARM_IRQ, reader->spec->arch);
    uint32_t object = mk_object(reader, arm ? CAPDL_KIND_ARM_IRQ : CAPDL_KIND_RISCV_IRQ, irq->pos, "irq_%" PRIu64 "_%s",
                                irq->number, pd->name);
    mk_number_set(reader, object, CAPDL_NUMBER_TRIGGER, irq->edge);
    if (arm) {
        mk_number_set(reader, object, CAPDL_NUMBER_TARGET, pd->cpu);
    }
    return object;
}

static uint32_t irq_ioapic(struct mk_reader *reader, const struct mk_pd *pd, const struct mk_irq *irq)
{
    uint32_t object = mk_object(reader, CAPDL_KIND_IOAPIC_IRQ, irq->pos, "irq_%" PRIu64 "_%s", irq->number, pd->name);
    mk_number_set(reader, object, CAPDL_NUMBER_IOAPIC_NUM, irq->ioapic);
    mk_number_set(reader, object, CAPDL_NUMBER_IOAPIC_PIN, irq->pin);
    mk_number_set(reader, object, CAPDL_NUMBER_IOAPIC_LEVEL, !irq->edge);
    mk_number_set(reader, object, CAPDL_NUMBER_IOAPIC_POLARITY, irq->low);
    return object;
}

static uint32_t irq_msi(struct mk_reader *reader, const struct mk_pd *pd, const struct mk_irq *irq)
{
    uint32_t object = mk_object(reader, CAPDL_KIND_MSI_IRQ, irq->pos, "irq_%" PRIu64 "_%s", irq->number, pd->name);
    mk_number_set(reader, object, CAPDL_NUMBER_MSI_HANDLE, irq->handle);
    mk_number_set(reader, object, CAPDL_NUMBER_MSI_BUS, irq->bus);
    mk_number_set(reader, object, CAPDL_NUMBER_MSI_DEV, irq->dev);
    mk_number_set(reader, object, CAPDL_NUMBER_MSI_FUN, irq->fun);
    return object;
}

static void irq_lower(struct mk_reader *reader, const struct mk_pd *pd, const struct mk_irq *irq)
{
    uint32_t object = CAPDL_NO_OBJECT;
    switch (irq->kind) {
    case MK_IRQ_NUMBER:
        object = irq_number(reader, pd, irq);
        break;
    case MK_IRQ_IOAPIC:
        object = irq_ioapic(reader, pd, irq);
        break;
    case MK_IRQ_MSI:
        object = irq_msi(reader, pd, irq);
        break;
    }
    mk_hold_ipc(reader, object, 0, pd->ntfn, MK_USE_SEND, UINT64_C(1) << irq->id, irq->pos);
    mk_hold(reader, pd->cnode, SLOT_IRQS + irq->id, object, irq->pos);
    mk_irq_map(reader, irq->number, object, irq->pos);
}

static void ports_lower(struct mk_reader *reader, const struct mk_pd *pd)
{
    for (const struct mk_port *port = pd->ports; port; port = port->next) {
        uint32_t object =
            mk_object(reader, CAPDL_KIND_IO_PORTS, port->pos, "ioports_0x%" PRIx64 "_%s", port->first, pd->name);
        mk_number_set(reader, object, CAPDL_NUMBER_PORTS_FIRST, port->first);
        mk_number_set(reader, object, CAPDL_NUMBER_PORTS_LAST, port->last);
        mk_hold(reader, pd->cnode, SLOT_PORTS + port->id, object, port->pos);
    }
}

static void io_space_lower(struct mk_reader *reader, const struct mk_io_space *io)
{
    struct mk_space *space = mk_space_new(reader, MK_SPACE_DEVICE, io->name, io->pos);
    uint32_t root = mk_space_root(space);
    mk_number_set(reader, root, CAPDL_NUMBER_IO_DOMAIN, io->domain);
    mk_number_set(reader, root, CAPDL_NUMBER_IO_BUS, io->bus);
    mk_number_set(reader, root, CAPDL_NUMBER_IO_DEV, io->dev);
    mk_number_set(reader, root, CAPDL_NUMBER_IO_FUN, io->fun);
    mk_space_map_all(reader, space, io->maps);
    mk_space_free(space);
}

/* A vCPU with a thread of its own, whose faults are what the guest does: Arm. */
static void vcpu_thread(struct lower *lower, struct mk_pd *pd, struct mk_vcpu *vcpu, uint32_t vspace, uint64_t number)
{
    struct mk_reader *reader = lower->reader;
    struct capdl_tcb tcb = capdl_tcb_defaults;
    char name[32];
    snprintf(name, sizeof(name), "_%" PRIu64, vcpu->id);
    uint32_t cnode =
        mk_sized_object(reader, CAPDL_KIND_CNODE, MK_CNODE_BITS, vcpu->pos, "cnode_%s%s", pd->vm->name, name);
    uint32_t ipc =
        mk_sized_object(reader, CAPDL_KIND_FRAME, CAPDL_PAGE_BITS, vcpu->pos, "frame_ipcbuf_%s%s", pd->vm->name, name);
    vcpu->tcb = mk_object(reader, CAPDL_KIND_TCB, vcpu->pos, "tcb_%s%s", pd->vm->name, name);
    char *full = capdl_spec_alloc(reader->spec, strlen(pd->vm->name) + sizeof(name));
    sprintf(full, "%s%s", pd->vm->name, name);
    uint32_t sc = mk_sched_context(reader, full, pd->vm->budget, pd->vm->period, FIRST_SC_BADGE + number, vcpu->pos);
    capdl_tcb_set(&tcb, CAPDL_TCB_FIELD_ADDR, 0);
    capdl_tcb_set(&tcb, CAPDL_TCB_FIELD_IP, 0);
    capdl_tcb_set(&tcb, CAPDL_TCB_FIELD_SP, 0);
    capdl_tcb_set(&tcb, CAPDL_TCB_FIELD_PRIO, pd->vm->priority);
    capdl_tcb_set(&tcb, CAPDL_TCB_FIELD_MAX_PRIO, pd->vm->priority);
    capdl_tcb_set(&tcb, CAPDL_TCB_FIELD_AFFINITY, vcpu->cpu);
    capdl_tcb_set(&tcb, CAPDL_TCB_FIELD_RESUME, false);
    if (pd->domain) {
        capdl_tcb_set(&tcb, CAPDL_TCB_FIELD_DOM, pd->domain->id);
    }
    mk_tcb_set(reader, vcpu->tcb, &tcb);
    mk_hold_cnode(reader, vcpu->tcb, MK_TCB_CSPACE, cnode, mk_word_bits(reader) - MK_CNODE_BITS, vcpu->pos);
    mk_hold(reader, vcpu->tcb, MK_TCB_VSPACE, vspace, vcpu->pos);
    mk_hold_frame(reader, vcpu->tcb, MK_TCB_IPC_BUFFER, ipc, CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE, false, vcpu->pos);
    mk_hold_ipc(reader, vcpu->tcb, MK_TCB_FAULT_EP, pd->ep, MK_USE_CALL, FAULT_BADGE | vcpu->id, vcpu->pos);
    mk_hold(reader, vcpu->tcb, MK_TCB_SC, sc, vcpu->pos);
    mk_hold(reader, vcpu->tcb, MK_TCB_BOUND_VCPU, vcpu->vcpu, vcpu->pos);
    mk_hold(reader, pd->cnode, SLOT_VCPU_THREADS + vcpu->id, vcpu->tcb, vcpu->pos);
}

static void vm_lower(struct lower *lower, struct mk_pd *pd)
{
    struct mk_reader *reader = lower->reader;
    bool own_threads = !capdl_architecture(reader->spec->arch)->guest_tables;
    struct mk_space *space =
        mk_space_new(reader, own_threads ? MK_SPACE_THREAD : MK_SPACE_GUEST, pd->vm->name, pd->vm->pos);
    uint64_t number = 0;
    for (struct mk_vcpu *vcpu = pd->vm->vcpus; vcpu; vcpu = vcpu->next) {
        vcpu->vcpu = mk_object(reader, CAPDL_KIND_VCPU, vcpu->pos, "vcpu_%s_%" PRIu64, pd->vm->name, vcpu->id);
        mk_hold(reader, pd->cnode, SLOT_VCPUS + vcpu->id, vcpu->vcpu, vcpu->pos);
        if (own_threads) {
            vcpu_thread(lower, pd, vcpu, mk_space_root(space), number++);
        } else { /* the monitor's own thread enters the guest */
            mk_hold(reader, pd->tcb, MK_TCB_BOUND_VCPU, vcpu->vcpu, vcpu->pos);
            mk_hold(reader, pd->tcb, MK_TCB_EPT_ROOT, mk_space_root(space), vcpu->pos);
        }
    }
    mk_space_map_all(reader, space, pd->vm->maps);
    mk_space_free(space);
}

static void pd_lower(struct lower *lower, struct mk_pd *pd)
{
    pd_memory(lower, pd);
    pd_cspace(lower, pd);
    for (const struct mk_irq *irq = pd->irqs; irq; irq = irq->next) {
        irq_lower(lower->reader, pd, irq);
    }
    ports_lower(lower->reader, pd);
    if (pd->vm) {
        vm_lower(lower, pd);
    }
}

void mk_lower(struct mk_reader *reader)
{
    struct lower lower = {.reader = reader, .monitor_ep = CAPDL_NO_OBJECT, .smc = CAPDL_NO_OBJECT};
    if (!frames_counted(reader)) {
        return;
    }
    for (struct mk_region *region = reader->system.regions; region; region = region->next) {
        region_lower(reader, region);
    }
    lower.monitor_ep = mk_object(reader, CAPDL_KIND_EP, CAPDL_WHOLE_SPEC, "ep_fault_monitor");
    for (struct mk_pd *pd = reader->system.pds; pd; pd = pd->next) {
        pd_objects(&lower, pd);
    }
    for (struct mk_pd *pd = reader->system.pds; pd; pd = pd->next) {
        pd_lower(&lower, pd);
    }
    for (struct mk_pd *pd = reader->system.pds; pd; pd = pd->next) {
        caps_lower(reader, pd);
    }
    for (const struct mk_channel *channel = reader->system.channels; channel; channel = channel->next) {
        channel_lower(reader, channel);
    }
    for (const struct mk_io_space *io = reader->system.io_spaces; io; io = io->next) {
        io_space_lower(reader, io);
    }
    mk_irqs_finish(reader);
    mk_monitor(reader, lower.monitor_ep);
    for (const struct mk_pd *pd = reader->system.pds; pd; pd = pd->next) {
        mk_program_declare(reader, pd);
    }
    mk_viper(reader);
}
