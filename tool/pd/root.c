/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A PD that finds what the kernel gives its initial task, as libsel4 describes it (sel4/bootinfo_types.h), so that one
 * that was written to start alone runs as a part of a system. The image is dense, one frame a page:
 *
 *     | image | IPC buffer | bootinfo | chunks |
 *
 *     CNode:  1-15 as the kernel numbers them | SchedControl | chunks | page tables | image | untypeds | empty
 *
 * What cannot be known before boot, the initialiser writes: the untypeds, where the empty slots begin, how many
 * processors there are.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <capdl/architecture.h>
#include <capdl/blob.h>

#include "base/pd_names.h"
#include "expand.h"
#include "fill.h"
#include "profile/bootinfo.h"

enum { RW = CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE };

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

static const struct chunk {
    const char *name, *fill;
    uint64_t id;
    bool pc;
} chunks[] = {
#define CAPDL_CHUNK(name, id, pc) {name, "CDL_FrameFill_BootInfo_" name, id, pc},
#include <capdl/chunks.def>
};

enum { NUM_CHUNKS = sizeof(chunks) / sizeof(chunks[0]), MOST_EXTRA = 16 << 20 };

/* seL4_BootInfoHeader: number and length, a word each. */
static unsigned chunk_header(const struct expansion *x)
{
    return 2 * capdl_word_bytes(x->profile->arch);
}

static const struct chunk *find_chunk(struct expansion *x, const struct capdl_param *pair)
{
    char names[200] = "";
    bool pc = capdl_architecture(x->profile->arch)->pc;
    for (unsigned i = 0; i < NUM_CHUNKS; i++) {
        if (chunks[i].pc == pc && strcmp(chunks[i].name, pair->name) == 0) {
            return &chunks[i];
        }
        if (chunks[i].pc == pc) {
            snprintf(names + strlen(names), sizeof(names) - strlen(names), " %s", chunks[i].name);
        }
    }
    capdl_error(x->diags, pair->pos, "the kernel has no chunk \"%s\", expected one of:%s", pair->name, names);
    return NULL;
}

static bool chunk_good(struct expansion *x, const struct capdl_param *pair, uint64_t before)
{
    const struct chunk *chunk = find_chunk(x, pair);
    bool is_tree = chunk && strcmp(chunk->name, "FDT") == 0;
    uint64_t least = chunk_header(x) + (is_tree ? x->profile->dtb_bytes : 1);
    if (chunk && (pair->kind != CAPDL_VALUE_NUMBER || pair->number < least || pair->number > MOST_EXTRA - before)) {
        capdl_error(x->diags, pair->pos,
                    "chunk \"%s\" expects its room in bytes: at least %" PRIu64 ", all chunks together at most %uM",
                    pair->name, least, MOST_EXTRA >> 20);
        return false;
    }
    return chunk;
}

/* Two words: a region of slots, or the header of a chunk. */
static void put_words(const struct expansion *x, uint8_t *at, uint64_t first, uint64_t second)
{
    capdl_word_put(x->profile->arch, at, first);
    capdl_word_put(x->profile->arch, at + capdl_word_bytes(x->profile->arch), second);
}

/* One chunk's part of a page. The list is ours; the contents, as far as they are there, the kernel's. */
static void fill_chunk(struct expansion *x, uint32_t frame, uint64_t page, const struct capdl_param *pair, uint64_t at)
{
    const struct chunk *chunk = find_chunk(x, pair);
    uint64_t page_end = page + CAPDL_PAGE_SIZE, header_end = at + chunk_header(x);
    uint64_t first = at > page ? at : page, last = header_end < page_end ? header_end : page_end;
    uint64_t from = header_end > page ? header_end : page;
    uint64_t end = at + pair->number < page_end ? at + pair->number : page_end;
    if (first < last) { /* the header, or what of it is in the page */
        uint8_t words[2 * sizeof(uint64_t)];
        put_words(x, words, chunk->id, pair->number);
        fill_bytes(x, frame, first - page, words + (first - at), last - first, pair->pos);
    }
    if (from < end) {
        fill_add(x, frame,
                 (struct capdl_fill){.kind = CAPDL_FILL_BOOTINFO,
                                     .offset = from - page,
                                     .length = end - from,
                                     .text = chunk->fill,
                                     .source_offset = from - at,
                                     .pos = pair->pos});
    }
}

static bool check_chunks(struct expansion *x, struct pd *pd, const struct capdl_param *given)
{
    bool good = true;
    for (size_t i = 0; good && i < given->num_pairs; i++) {
        good = chunk_good(x, &given->pairs[i], pd->extra_bytes);
        pd->extra_bytes += good ? given->pairs[i].number : 0;
    }
    return good;
}

static bool map_chunks(struct expansion *x, struct pd *pd)
{
    const struct capdl_param *given = pd->program->params.given[PARAM_CHUNKS];
    if (given && !check_chunks(x, pd, given)) {
        return false;
    }
    for (uint64_t page = 0; page < pd->extra_bytes; page += CAPDL_PAGE_SIZE) {
        uint32_t frame = object_numbered(x, pd, PD_EXTRA, (uint32_t)(page / CAPDL_PAGE_SIZE), CAPDL_PAGE_BITS);
        if (!map_next(x, pd, pd->bootinfo_address + CAPDL_PAGE_SIZE + page, frame, "the extra bootinfo")) {
            return false;
        }
        if (capdl_object_flags(x->spec, frame) & CAPDL_OBJECT_HAS_FILL) {
            continue; /* the author's own */
        }
        for (uint64_t i = 0, at = 0; i < given->num_pairs; at += given->pairs[i++].number) {
            if (at < page + CAPDL_PAGE_SIZE && at + given->pairs[i].number > page) {
                fill_chunk(x, frame, page, &given->pairs[i], at);
            }
        }
    }
    return true;
}

bool root_memory(struct expansion *x, struct pd *pd)
{
    pd->ipc_address = pd->space->program_end;
    pd->bootinfo_address = pd->ipc_address + CAPDL_PAGE_SIZE;
    pd->ipc = object_one(x, pd, PD_IPC, CAPDL_KIND_FRAME, CAPDL_PAGE_BITS);
    pd->bootinfo = object_one(x, pd, PD_BOOTINFO, CAPDL_KIND_FRAME, CAPDL_PAGE_BITS);
    return map_next(x, pd, pd->ipc_address, pd->ipc, "the IPC buffer") &&
           map_next(x, pd, pd->bootinfo_address, pd->bootinfo, "the bootinfo") && map_chunks(x, pd);
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

/* The capabilities whose slots are the same in every kernel. Control capabilities are for the author to give. */
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
        const struct table_list *tables = &pd->space->levels[level];
        for (size_t i = 0; i < tables->count; i++) {
            uint32_t table = tables->tables[i].object;
            hold(x, pd, slot++, table, (enum capdl_kind)capdl_object_kind(x->spec, table));
        }
    }
    return slot;
}

static void put_word_at(const struct expansion *x, uint8_t *page, enum bootinfo_place place, uint64_t word)
{
    capdl_word_put(x->profile->arch, page + bootinfo_offset(x->profile->arch, place), word);
}

static void put_region_at(const struct expansion *x, uint8_t *page, enum bootinfo_place place, uint64_t start,
                          uint64_t end)
{
    put_words(x, page + bootinfo_offset(x->profile->arch, place), start, end);
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
    unsigned most = (unsigned)params_largest(x, PARAM_CSPACE_BITS);
    uint64_t total = untypeds > UINT64_MAX - used ? UINT64_MAX : used + untypeds;
    char remedy[80];
    if (total < UINT64_C(1) << bits) {
        return true;
    }
    while (enough < 63 && total >= UINT64_C(1) << enough) {
        enough++;
    }
    snprintf(remedy, sizeof(remedy),
             enough > most ? "give its leftovers fewer slots, as cspace_bits is at most %u" : "write cspace_bits: %u",
             enough > most ? most : enough);
    capdl_error(x->diags, pd->program->params.given[PARAM_BOOTINFO]->pos,
                "'%s' takes %" PRIu64 " slots and %" PRIu64 " for untypeds, but its CNode has %" PRIu64 ": %s",
                pd->program->name, used, untypeds, UINT64_C(1) << bits, remedy);
    return false;
}

/* What is given as bootinfo: one name, or a list of them. */
static size_t count_given(const struct capdl_param *p)
{
    return p->kind == CAPDL_VALUE_PAIRS ? p->num_pairs : 1;
}

static uint32_t leftover_given(struct expansion *x, struct pd *pd, const struct capdl_param *p, size_t i)
{
    struct capdl_param one = p->kind == CAPDL_VALUE_PAIRS ? p->pairs[i] : *p;
    one.name = p->name;
    return object_named(x, pd, &one, CAPDL_KIND_LEFTOVER);
}

/* How many slots all of them take; false: one is no leftover. */
static bool count_untypeds(struct expansion *x, struct pd *pd, const struct capdl_param *p, uint64_t *slots)
{
    bool good = true;
    *slots = 0;
    for (size_t i = 0; i < count_given(p); i++) {
        uint32_t leftover = leftover_given(x, pd, p, i);
        uint64_t more =
            leftover == CAPDL_NO_OBJECT ? 0 : capdl_object_number(x->spec, leftover, CAPDL_NUMBER_LEFTOVER_SLOTS);
        good &= leftover != CAPDL_NO_OBJECT;
        *slots = more > UINT64_MAX - *slots ? UINT64_MAX : *slots + more;
    }
    return good;
}

/* A run of slots for each, all contiguous, and described in the bootinfo. */
static void hold_untypeds(struct expansion *x, struct pd *pd, const struct capdl_param *p, uint64_t slot)
{
    for (size_t i = 0; i < count_given(p); i++) {
        uint32_t leftover = leftover_given(x, pd, p, i);
        hold(x, pd, slot, leftover, CAPDL_KIND_LEFTOVER);
        object_hold(
            x, pd, leftover,
            (struct capdl_cap){.slot = CAPDL_LEFTOVER_SLOT_BOOTINFO, .object = pd->bootinfo, .kind = CAPDL_KIND_FRAME});
        slot += capdl_object_number(x->spec, leftover, CAPDL_NUMBER_LEFTOVER_SLOTS);
    }
}

bool root_finish(struct expansion *x, struct pd *pd)
{
    const struct pd_params *params = &pd->program->params;
    const struct capdl_param *p = params->given[PARAM_BOOTINFO];
    const struct capdl_profile *profile = x->profile;
    uint64_t image = (pd->space->program_end - pd->program_start) / CAPDL_PAGE_SIZE;
    uint64_t sched = CAPDL_INITIAL_SMC + 1, extra = sched + (profile->mcs ? profile->max_nodes : 0);
    uint64_t paging = extra + (pd->extra_bytes + CAPDL_PAGE_SIZE - 1) / CAPDL_PAGE_SIZE;
    uint64_t frames = paging + count_tables(x, pd), untyped = frames + image;
    uint8_t page[CAPDL_PAGE_SIZE] = {0};
    unsigned list = profile->bootinfo_untyped_offset;
    uint64_t slots;
    if (!count_untypeds(x, pd, p, &slots) || !check_slots(x, pd, untyped, slots)) {
        return false;
    }
    hold_initial(x, pd);
    hold_tables(x, pd, paging);
    for (uint64_t i = extra; i < paging; i++) {
        hold_page(x, pd, i, pd->bootinfo_address + (i - extra + 1) * CAPDL_PAGE_SIZE);
    }
    for (uint64_t i = 0; i < image; i++) {
        hold_page(x, pd, frames + i, pd->program_start + i * CAPDL_PAGE_SIZE);
    }
    hold_untypeds(x, pd, p, untyped);
    put_word_at(x, page, BOOTINFO_EXTRA_LEN, pd->extra_bytes);
    put_region_at(x, page, BOOTINFO_EXTRA_PAGES, extra, paging);
    put_word_at(x, page, BOOTINFO_IPC_BUFFER, pd->ipc_address);
    put_region_at(x, page, BOOTINFO_EMPTY, untyped, UINT64_C(1) << capdl_object_size_bits(x->spec, pd->cnode));
    put_region_at(x, page, BOOTINFO_IMAGE_FRAMES, frames, untyped);
    put_region_at(x, page, BOOTINFO_IMAGE_PAGING, paging, frames);
    put_word_at(x, page, BOOTINFO_CNODE_BITS, capdl_object_size_bits(x->spec, pd->cnode));
    put_word_at(x, page, BOOTINFO_DOMAIN, params_number(params, PARAM_DOMAIN));
    if (profile->mcs) {
        put_words(x, page + profile->bootinfo_schedcontrol_offset, sched, extra);
    }
    put_words(x, page + list, untyped, untyped);
    if (!(capdl_object_flags(x->spec, pd->bootinfo) & CAPDL_OBJECT_HAS_FILL)) {
        fill_bytes(x, pd->bootinfo, 0, page, list + bootinfo_region_bytes(profile->arch), p->pos);
    }
    return true;
}
