/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A PD that finds what the kernel gives its initial task, as libsel4 describes it (sel4/bootinfo_types.h), so that one
 * that was written to start alone runs as a part of a system. The image is dense, one frame a page:
 *
 *     | image | IPC buffer | bootinfo |
 *
 *     CNode:  1-15 as the kernel numbers them | SchedControl | page tables | image | untypeds | empty
 *
 * What cannot be known before boot, the initialiser writes: the untypeds, where the empty slots begin, how many
 * processors there are.
 */
#include <inttypes.h>

#include <capdl/architecture.h>
#include <capdl/blob.h>

#include "expand.h"

enum { RW = CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE };

/* Offsets in struct seL4_BootInfo that are the same in every kernel; a region is two words: first slot, end. */
enum {
    IPC_BUFFER = 32,
    EMPTY = 40,
    IMAGE_FRAMES = 72,
    IMAGE_PAGING = 88,
    CNODE_BITS = 136,
    DOMAIN = 144,
};

bool root_check(struct expansion *x, struct pd *pd)
{
    static const enum pd_param refused[] = {PARAM_IPC_BUFFER, PARAM_VSPACE, PARAM_CSPACE, PARAM_PADDR, PARAM_ROOM};
    bool good = true;

    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        const struct capdl_param *p = pd->program->params.given[refused[i]];
        if (p) {
            capdl_error(x->diags, p->pos,
                        "'%s' and 'bootinfo' exclude each other: the kernel decides where its initial task is",
                        p->name);
            good = false;
        }
    }
    return good;
}

/* The pages that follow the image. */
static bool map_next(struct expansion *x, struct pd *pd, uint64_t address, uint32_t frame, const char *what)
{
    return frame != CAPDL_NO_OBJECT &&
           space_take(x, pd, address, CAPDL_PAGE_SIZE, what, pd->program->params.given[PARAM_BOOTINFO]->pos) &&
           space_map(x, pd, address, (struct capdl_cap){.object = frame, .rights = RW});
}

bool root_memory(struct expansion *x, struct pd *pd)
{
    pd->ipc_address = pd->space->program_end;
    pd->bootinfo_address = pd->ipc_address + CAPDL_PAGE_SIZE;
    pd->ipc = object_one(x, pd, "ipc", CAPDL_KIND_FRAME, CAPDL_PAGE_BITS);
    pd->bootinfo = object_one(x, pd, "bootinfo", CAPDL_KIND_FRAME, CAPDL_PAGE_BITS);
    return map_next(x, pd, pd->ipc_address, pd->ipc, "the IPC buffer") &&
           map_next(x, pd, pd->bootinfo_address, pd->bootinfo, "the bootinfo");
}

static void hold(struct expansion *x, struct pd *pd, uint64_t slot, uint32_t object, enum capdl_kind kind)
{
    object_hold(x, pd, pd->cnode, (struct capdl_cap){.slot = slot, .object = object, .kind = (uint8_t)kind});
}

/* The very capability that maps the page. */
static void hold_page(struct expansion *x, struct pd *pd, uint64_t slot, uint64_t address)
{
    uint64_t entry;
    uint32_t table = space_slot(x, pd, address, &entry);
    const struct capdl_cap *mapped = table == CAPDL_NO_OBJECT ? NULL : capdl_spec_cap_at(x->spec, table, entry);

    if (mapped) {
        const struct capdl_cap_extra extra = {.mapping_container = table, .mapping_slot = entry};
        object_hold(x, pd, pd->cnode,
                    (struct capdl_cap){.slot = slot,
                                       .object = mapped->object,
                                       .kind = CAPDL_KIND_FRAME,
                                       .rights = RW,
                                       .flags = CAPDL_CAP_HAS_MAPPING,
                                       .extra = capdl_spec_add_extra(x->spec, &extra)});
    }
}

/* The capabilities in the slots that every kernel gives the same; those of control are the author's to give. */
static void hold_initial(struct expansion *x, struct pd *pd)
{
    unsigned bits = capdl_object_size_bits(x->spec, pd->cnode);

    hold(x, pd, CAPDL_INITIAL_TCB, pd->tcb, CAPDL_KIND_TCB);
    object_hold(x, pd, pd->cnode,
                (struct capdl_cap){.slot = CAPDL_INITIAL_CNODE,
                                   .object = pd->cnode,
                                   .kind = CAPDL_KIND_CNODE,
                                   .flags = CAPDL_CAP_HAS_GUARD,
                                   .guard_size = (uint8_t)(capdl_architecture(x->profile->arch)->word_bits - bits)});
    hold(x, pd, CAPDL_INITIAL_VSPACE, pd->vspace, space_root_kind(x->profile));
    hold(x, pd, CAPDL_INITIAL_ASID_POOL, pd->asid_pool, CAPDL_KIND_ASID_POOL);
    hold_page(x, pd, CAPDL_INITIAL_BOOTINFO_FRAME, pd->bootinfo_address);
    hold_page(x, pd, CAPDL_INITIAL_IPC_BUFFER, pd->ipc_address);
    if (pd->sc != CAPDL_NO_OBJECT) {
        hold(x, pd, CAPDL_INITIAL_SC, pd->sc, CAPDL_KIND_SC);
    }
}

/* The tables below the root, from the highest level down. Returns the slot after them. */
static uint64_t hold_tables(struct expansion *x, struct pd *pd, uint64_t slot)
{
    for (unsigned level = 1; level < x->profile->vspace_levels; level++) {
        const struct space_level *tables = &pd->space->levels[level];
        for (size_t i = 0; i < tables->count; i++) {
            uint32_t table = tables->tables[i].object;
            hold(x, pd, slot++, table, (enum capdl_kind)capdl_object_kind(x->spec, table));
        }
    }
    return slot;
}

static void put_region(uint8_t *page, uint64_t offset, uint64_t start, uint64_t end)
{
    put_le64(page + offset, start);
    put_le64(page + offset + sizeof(start), end);
}

static size_t count_tables(const struct expansion *x, const struct pd *pd)
{
    size_t count = 0;

    for (unsigned level = 1; level < x->profile->vspace_levels; level++) {
        count += pd->space->levels[level].count;
    }
    return count;
}

/* Whether the CNode has a slot for everything; `used` are taken without untypeds. */
static bool check_slots(struct expansion *x, struct pd *pd, uint64_t used, uint64_t untypeds)
{
    unsigned bits = capdl_object_size_bits(x->spec, pd->cnode), enough = bits;
    uint64_t total = used + untypeds;

    if (total < used || total < UINT64_C(1) << bits) {
        return true;
    }
    while (enough < 63 && total >= UINT64_C(1) << enough) {
        enough++;
    }
    capdl_error(x->diags, pd->program->params.given[PARAM_BOOTINFO]->pos,
                "'%s' takes %" PRIu64 " slots and %" PRIu64 " for untypeds, but its CNode has %" PRIu64
                ": write cspace_bits: %u",
                pd->program->name, used, untypeds, UINT64_C(1) << bits, enough);
    return false;
}

bool root_finish(struct expansion *x, struct pd *pd)
{
    const struct pd_params *params = &pd->program->params;
    const struct capdl_param *p = params->given[PARAM_BOOTINFO];
    const struct capdl_profile *profile = x->profile;
    uint32_t leftover = object_named(x, pd, p, CAPDL_KIND_LEFTOVER);
    uint64_t image = (pd->space->program_end - pd->program_start) / CAPDL_PAGE_SIZE;
    uint64_t sched = CAPDL_INITIAL_SMC + 1, paging = sched + (profile->mcs ? profile->max_nodes : 0);
    uint64_t frames = paging + count_tables(x, pd), untyped = frames + image;
    uint8_t page[CAPDL_PAGE_SIZE] = {0};
    unsigned list = profile->bootinfo_untyped_offset;

    if (leftover == CAPDL_NO_OBJECT ||
        !check_slots(x, pd, untyped, capdl_object_number(x->spec, leftover, CAPDL_NUMBER_LEFTOVER_SLOTS))) {
        return false;
    }
    hold_initial(x, pd);
    hold_tables(x, pd, paging);
    for (uint64_t i = 0; i < image; i++) {
        hold_page(x, pd, frames + i, pd->program_start + i * CAPDL_PAGE_SIZE);
    }
    hold(x, pd, untyped, leftover, CAPDL_KIND_LEFTOVER);
    object_hold(
        x, pd, leftover,
        (struct capdl_cap){.slot = CAPDL_LEFTOVER_SLOT_BOOTINFO, .object = pd->bootinfo, .kind = CAPDL_KIND_FRAME});
    put_le64(page + IPC_BUFFER, pd->ipc_address);
    put_region(page, EMPTY, untyped, UINT64_C(1) << capdl_object_size_bits(x->spec, pd->cnode));
    put_region(page, IMAGE_FRAMES, frames, untyped);
    put_region(page, IMAGE_PAGING, paging, frames);
    put_le64(page + CNODE_BITS, capdl_object_size_bits(x->spec, pd->cnode));
    put_le64(page + DOMAIN, params_number(params, PARAM_DOMAIN));
    if (profile->mcs) {
        put_region(page, profile->bootinfo_schedcontrol_offset, sched, paging);
    }
    put_region(page, list, untyped, untyped);
    if (!(capdl_object_flags(x->spec, pd->bootinfo) & CAPDL_OBJECT_HAS_FILL)) {
        load_bytes(x, pd->bootinfo, page, list + 2 * sizeof(uint64_t), p->pos);
    }
    return true;
}
