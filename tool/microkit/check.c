/* SPDX-License-Identifier: BSD-2-Clause */
/* What no element shows alone: ids that meet, calls, memory that overlaps, and the size of pages. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/architecture.h>
#include <capdl/blob.h>

#include "base/memory.h"
#include "system.h"

enum { LARGE_BITS = 21 }; /* of pages that a region gets without asking */

uint64_t mk_ipc_buffer(const struct capdl_profile *profile)
{
    return (profile->user_top - 1) & ~(CAPDL_PAGE_SIZE - UINT64_C(1));
}

uint64_t mk_stack_bottom(const struct capdl_profile *profile, const struct mk_pd *pd)
{
    return mk_ipc_buffer(profile) - CAPDL_PAGE_SIZE - pd->stack_size;
}

/* Where each id of a domain was given. */
struct ids {
    struct capdl_pos first[MK_MOST_ID + 1];
    bool taken[MK_MOST_ID + 1];
};

static void id_take(struct mk_reader *reader, struct ids *ids, uint64_t id, struct capdl_pos pos, const char *what,
                    const struct mk_pd *pd)
{
    if (ids->taken[id]) {
        capdl_error(reader->diags, pos, "the id %" PRIu64 " of this %s is taken already in '%s'", id, what, pd->name);
        capdl_note(reader->diags, ids->first[id], "the first is here");
    } else {
        ids->taken[id] = true;
        ids->first[id] = pos;
    }
}

/* Channels and interrupts share their ids: both are bits of a notification's word. */
static void check_signals(struct mk_reader *reader)
{
    struct ids *ids = memory_zeroed(reader->system.num_pds, sizeof(*ids));
    for (const struct mk_pd *pd = reader->system.pds; pd; pd = pd->next) {
        for (const struct mk_irq *irq = pd->irqs; irq; irq = irq->next) {
            id_take(reader, &ids[pd->index], irq->id, irq->pos, "interrupt", pd);
        }
    }
    for (const struct mk_channel *channel = reader->system.channels; channel; channel = channel->next) {
        for (unsigned i = 0; i < 2; i++) {
            const struct mk_end *end = &channel->ends[i];
            id_take(reader, &ids[end->pd->index], end->id, end->pos, "channel", end->pd);
        }
    }
    free(ids);
}

/* Children and vCPUs share theirs: faults of both come with them. */
static void check_children(struct mk_reader *reader, const struct mk_pd *pd)
{
    struct ids ids = {.taken = {false}};
    for (const struct mk_vcpu *vcpu = pd->vm ? pd->vm->vcpus : NULL; vcpu; vcpu = vcpu->next) {
        id_take(reader, &ids, vcpu->id, vcpu->pos, "vCPU", pd);
    }
    for (const struct mk_pd *child = pd->children; child; child = child->sibling) {
        id_take(reader, &ids, child->id, child->pos, "child", pd);
    }
    if (pd->vm && pd->children && capdl_architecture(reader->profile->arch)->guest_tables) {
        capdl_error(reader->diags, pd->vm->pos,
                    "'%s' has a virtual machine and children: on this architecture it cannot wait for both", pd->name);
    }
}

static void check_call(struct mk_reader *reader, const struct mk_end *caller, const struct mk_end *callee)
{
    if (caller->pd == callee->pd) {
        capdl_error(reader->diags, caller->pos, "'%s' calls itself", caller->pd->name);
    } else if (caller->pd->priority >= callee->pd->priority) {
        capdl_error(reader->diags, caller->pos,
                    "'%s' (priority %" PRIu64 ") calls '%s' (priority %" PRIu64
                    "): the one that is called needs the higher priority",
                    caller->pd->name, caller->pd->priority, callee->pd->name, callee->pd->priority);
    }
    if (callee->pd->vm && capdl_architecture(reader->profile->arch)->guest_tables) {
        capdl_error(reader->diags, caller->pos,
                    "'%s' has a virtual machine and cannot be called on this architecture: it waits for its guest",
                    callee->pd->name);
    }
    callee->pd->called = true;
}

static void check_channels(struct mk_reader *reader)
{
    for (const struct mk_channel *channel = reader->system.channels; channel; channel = channel->next) {
        for (unsigned i = 0; i < 2; i++) {
            const struct mk_end *end = &channel->ends[i], *other = &channel->ends[!i];
            end->pd->notifications |= (uint64_t)end->notify << end->id;
            end->pd->calls |= (uint64_t)end->call << end->id;
            if (end->call) {
                check_call(reader, end, other);
            }
        }
    }
}

/* A piece of something that is to be had once: [start, end). */
struct piece {
    uint64_t start, end;
    struct capdl_pos pos;
    const char *name;
};

static int compare_pieces(const void *a, const void *b)
{
    const struct piece *x = a, *y = b;
    return x->start != y->start ? (x->start < y->start ? -1 : 1) : (x->end > y->end) - (x->end < y->end);
}

static bool is_before(struct capdl_pos a, struct capdl_pos b)
{
    return a.line != b.line ? a.line < b.line : a.column < b.column;
}

static void report_pieces(struct mk_reader *reader, const struct piece *late, const struct piece *early,
                          const char *what)
{
    if (late->end == late->start + 1 && early->end == early->start + 1) {
        capdl_error(reader->diags, late->pos, "%s of '%s' is also that of '%s'", what, late->name, early->name);
    } else {
        capdl_error(reader->diags, late->pos,
                    "%s [0x%" PRIx64 ", 0x%" PRIx64 ") of '%s' overlaps [0x%" PRIx64 ", 0x%" PRIx64 ") of '%s'", what,
                    late->start, late->end, late->name, early->start, early->end, early->name);
    }
}

/* Reports each piece that begins before an earlier one ends, at the one that is later in the file. */
static void check_pieces(struct mk_reader *reader, struct piece *pieces, size_t count, const char *what)
{
    size_t furthest = 0;
    if (count) {
        qsort(pieces, count, sizeof(*pieces), compare_pieces);
    }
    for (size_t i = 1; i < count; i++) {
        if (pieces[i].start < pieces[furthest].end) {
            bool swapped = is_before(pieces[i].pos, pieces[furthest].pos);
            const struct piece *late = &pieces[swapped ? furthest : i], *early = &pieces[swapped ? i : furthest];
            report_pieces(reader, late, early, what);
            capdl_note(reader->diags, early->pos, "the first is here");
        }
        furthest = pieces[i].end > pieces[furthest].end ? i : furthest;
    }
}

static size_t count_maps(const struct mk_map *map)
{
    size_t count = 0;
    for (; map; map = map->next) {
        count++;
    }
    return count;
}

static void check_maps(struct mk_reader *reader, const struct mk_map *maps, const char *attribute, uint64_t end,
                       const char *end_is)
{
    struct piece *pieces = memory_zeroed(count_maps(maps), sizeof(*pieces));
    size_t count = 0;
    for (const struct mk_map *map = maps; map; map = map->next) {
        const struct mk_region *region = map->region;
        uint64_t page = UINT64_C(1) << region->page_bits;
        if (region->broken) {
            continue;
        }
        if (map->vaddr % page) {
            capdl_error(reader->diags, map->pos,
                        "'%s' is 0x%" PRIx64 ", expected a multiple of 0x%" PRIx64 ", the page size of '%s'", attribute,
                        map->vaddr, page, region->name);
        }
        if (map->vaddr > end || region->size > end - map->vaddr) {
            capdl_error(reader->diags, map->pos,
                        "'%s' is mapped from 0x%" PRIx64 " on and has 0x%" PRIx64 " bytes, expected it to end by "
                        "0x%" PRIx64 ", %s",
                        region->name, map->vaddr, region->size, end, end_is);
        } else {
            pieces[count++] = (struct piece){map->vaddr, map->vaddr + region->size, map->pos, region->name};
        }
    }
    check_pieces(reader, pieces, count, "the address range");
    free(pieces);
}

static void check_io_spaces(struct mk_reader *reader)
{
    size_t count = 0;
    for (const struct mk_io_space *space = reader->system.io_spaces; space; space = space->next) {
        count++;
    }
    struct piece *devices = memory_zeroed(count, sizeof(*devices)), *domains = memory_zeroed(count, sizeof(*domains));
    struct mk_names *names = mk_names_new();
    count = 0;
    for (const struct mk_io_space *space = reader->system.io_spaces; space; space = space->next) {
        uint64_t device = space->bus << 8 | space->dev << 3 | space->fun;
        void *first;
        devices[count] = (struct piece){device, device + 1, space->pos, space->name};
        domains[count++] = (struct piece){space->domain, space->domain + 1, space->pos, space->name};
        if (!mk_names_add(names, space->name, (void *)(uintptr_t)space, &first)) {
            capdl_error(reader->diags, space->pos, "there are two I/O address spaces named '%s'", space->name);
            capdl_note(reader->diags, ((struct mk_io_space *)first)->pos, "the first is here");
        }
        check_maps(reader, space->maps, "iovaddr", MK_IO_SPACE_END, "where addresses of devices end");
        for (const struct mk_map *map = space->maps; map; map = map->next) {
            if (!map->region->broken && map->region->page_bits != CAPDL_PAGE_BITS) {
                capdl_error(reader->diags, map->pos,
                            "'%s' has pages of 0x%" PRIx64 " bytes, but the kernel maps 4096-byte pages for devices",
                            map->region->name, UINT64_C(1) << map->region->page_bits);
            }
        }
    }
    check_pieces(reader, devices, count, "the PCI device");
    check_pieces(reader, domains, count, "the domain_id");
    mk_names_free(names);
    free(devices);
    free(domains);
}

static void check_interrupts(struct mk_reader *reader)
{
    struct piece *irqs = memory_zeroed(reader->system.num_pds * (MK_MOST_ID + 1), sizeof(*irqs)),
                 *pins = memory_zeroed(reader->system.num_pds * (MK_MOST_ID + 1), sizeof(*pins)),
                 *ports = memory_zeroed(reader->system.num_pds * (MK_MOST_ID + 1), sizeof(*ports));
    size_t count = 0, num_pins = 0, num_ports = 0;
    for (const struct mk_pd *pd = reader->system.pds; pd; pd = pd->next) {
        for (const struct mk_irq *irq = pd->irqs; irq; irq = irq->next) {
            uint64_t pin = irq->ioapic << 8 | irq->pin;
            irqs[count++] = (struct piece){irq->number, irq->number + 1, irq->pos, pd->name};
            if (irq->kind == MK_IRQ_IOAPIC) {
                pins[num_pins++] = (struct piece){pin, pin + 1, irq->pos, pd->name};
            }
        }
        for (const struct mk_port *port = pd->ports; port; port = port->next) {
            ports[num_ports++] = (struct piece){port->first, port->last + 1, port->pos, pd->name};
        }
    }
    check_pieces(reader, irqs, count, reader->pc ? "the interrupt vector" : "the interrupt");
    check_pieces(reader, pins, num_pins, "the I/O APIC pin");
    check_pieces(reader, ports, num_ports, "the range of I/O ports");
    free(irqs);
    free(pins);
    free(ports);
}

static void check_physical(struct mk_reader *reader)
{
    size_t count = 0;
    for (const struct mk_region *region = reader->system.regions; region; region = region->next) {
        count++;
    }
    struct piece *pieces = memory_zeroed(count, sizeof(*pieces));
    count = 0;
    for (const struct mk_region *region = reader->system.regions; region; region = region->next) {
        if (region->has_paddr && !region->broken) {
            pieces[count++] = (struct piece){region->paddr, region->paddr + region->size, region->pos, region->name};
        }
        if (!region->used) {
            capdl_finding(reader->diags, CAPDL_WARNING, CAPDL_CHECK_MICROKIT_UNUSED, region->pos,
                          "nobody maps the memory region '%s'", region->name);
        }
    }
    check_pieces(reader, pieces, count, "the physical address range");
    free(pieces);
}

static void caps_resolve(struct mk_reader *reader, struct mk_pd *pd)
{
    for (struct mk_cap *cap = pd->caps; cap; cap = cap->next) {
        cap->pd = mk_names_find(reader->pd_names, cap->pd_name);
        if (!cap->pd) {
            struct capdl_nearest nearest = mk_names_nearest(reader->pd_names, cap->pd_name);
            capdl_error(reader->diags, cap->pos, "there is no protection domain '%s'%s", cap->pd_name,
                        capdl_nearest_hint(&nearest));
        }
    }
}

/* A region of pages that nobody asked for gets large ones, if its size and all its addresses allow. */
static void pages_enlarge(struct mk_reader *reader)
{
    const uint64_t mask = (UINT64_C(1) << LARGE_BITS) - 1;
    for (struct mk_region *region = reader->system.regions; region; region = region->next) {
        bool large = !region->page_given && !region->in_io_space && !region->broken && region->size > mask;
        region->large = large && !(region->size & mask) && (!region->has_paddr || !(region->paddr & mask));
    }
    for (const struct mk_pd *pd = reader->system.pds; pd; pd = pd->next) {
        for (const struct mk_map *map = pd->maps; map; map = map->next) {
            map->region->large &= !(map->vaddr & mask);
        }
        for (const struct mk_map *map = pd->vm ? pd->vm->maps : NULL; map; map = map->next) {
            map->region->large &= !(map->vaddr & mask);
        }
    }
    for (struct mk_region *region = reader->system.regions; region; region = region->next) {
        region->page_bits = region->large ? LARGE_BITS : region->page_bits;
    }
}

void mk_check(struct mk_reader *reader)
{
    check_signals(reader);
    check_channels(reader);
    check_interrupts(reader);
    check_physical(reader);
    for (struct mk_pd *pd = reader->system.pds; pd; pd = pd->next) {
        check_children(reader, pd);
        caps_resolve(reader, pd);
        check_maps(reader, pd->maps, "vaddr", mk_stack_bottom(reader->profile, pd), "where its stack begins");
        if (pd->vm) {
            check_maps(reader, pd->vm->maps, "vaddr", reader->profile->user_top, "where user addresses end");
        }
    }
    check_io_spaces(reader);
    pages_enlarge(reader);
    mk_place_regions(reader);
}
