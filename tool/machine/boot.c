/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Boot. Physical memory is laid out as the real kernel and its loaders do it:
 *
 *     RAM  | kernel | device tree | image of the initial task |   untypeds   | root objects | untypeds |
 *
 * Virtual, for the initial task:
 *
 *     | image | IPC buffer | bootinfo | extra bootinfo |
 */
#include "boot_private.h"
#include "image/reserved_section.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { INITIAL_ASID = 1, BOOT_SLICE_US = 5000, IO_LEVELS = 3 };
enum { HEADER_X86_MBMMAP = 2, HEADER_X86_TSC_FREQ = 5, HEADER_FDT = 6, MBMMAP_ENTRIES = 50, MBMMAP_ENTRY = 24 };

static bool boot_error(struct boot *b, const char *message)
{
    capdl_error(b->diags, CAPDL_NOWHERE, "%s: %s", b->options->name, message);
    return false;
}

static uint64_t round_up(uint64_t x, uint64_t to)
{
    return (x + to - 1) & ~(to - 1);
}

/* The span of the program's segments, after all the checks that make loading safe. */
static bool read_elf(struct boot *b)
{
    const struct boot_options *o = b->options;
    const char *problem;
    if (!elf_view_open(&b->elf, o->elf, o->elf_size, &problem)) {
        return boot_error(b, problem);
    }
    uint64_t start = UINT64_MAX, end = 0;
    for (unsigned i = 0; i < b->elf.header.e_phnum; i++) {
        Elf64_Phdr p = elf_view_segment(&b->elf, i);
        if (p.p_type != PT_LOAD || p.p_memsz == 0) {
            continue;
        }
        if (p.p_vaddr + p.p_memsz > b->k->profile->user_top) {
            return boot_error(b, "has a segment that lies outside the address space");
        }
        start = p.p_vaddr < start ? p.p_vaddr : start;
        end = p.p_vaddr + p.p_memsz > end ? p.p_vaddr + p.p_memsz : end;
    }
    if (start >= end) {
        return boot_error(b, "has nothing to load");
    }
    b->info->image_start = start & ~(uint64_t)(CAPDL_PAGE_SIZE - 1);
    b->info->image_end = round_up(end, CAPDL_PAGE_SIZE);
    b->info->entry = b->elf.header.e_entry;
    return true;
}

static void load_elf(struct boot *b)
{
    for (unsigned i = 0; i < b->elf.header.e_phnum; i++) {
        Elf64_Phdr p = elf_view_segment(&b->elf, i);
        if (p.p_type != PT_LOAD || p.p_memsz == 0) {
            continue;
        }
        uint64_t paddr = b->info->image_paddr + (p.p_vaddr - b->info->image_start);
        memcpy(memory_at(&b->k->memory, paddr, NULL), b->elf.bytes + p.p_offset, p.p_filesz);
    }
}

/* Copies like a loader, before the kernel starts: page by page, as device memory is not contiguous here. */
static void fill_reserved(struct boot *b)
{
    const struct reserved_section *contents = b->options->contents;
    for (uint64_t i = 0; contents && i < contents->num_contents; i++) {
        struct image_content content = reserved_section_at(contents, i);
        for (uint64_t offset = 0; offset < content.stored; offset += CAPDL_PAGE_SIZE) {
            uint8_t *page = memory_at(&b->k->memory, content.address + offset, NULL);
            if (page) {
                memcpy(page, content.bytes + offset, CAPDL_PAGE_SIZE);
            }
        }
    }
}

static bool place_image(struct boot *b)
{
    const struct platform *p = &b->platform;
    b->info->image_paddr = round_up(p->kernel.end, CAPDL_PAGE_SIZE) + round_up(p->dtb.size, CAPDL_PAGE_SIZE);
    uint64_t end = b->info->image_paddr + (b->info->image_end - b->info->image_start);
    for (size_t i = 0; i < p->num_memory; i++) {
        if (p->kernel.start >= p->memory[i].start && end <= p->memory[i].end) {
            return true;
        }
    }
    return boot_error(b, "the image does not fit in the memory after the kernel");
}

/* Takes [start, end), which is in one piece of RAM, from the free memory. */
static void reserve(struct boot *b, uint64_t start, uint64_t end)
{
    for (size_t i = 0; i < b->num_free; i++) {
        struct capdl_region *piece = &b->free[i];
        if (start >= end || start < piece->start || end > piece->end) {
            continue;
        }
        memmove(piece + 1, piece, (b->num_free - i) * sizeof(*piece));
        b->num_free++;
        piece[0].end = start;
        piece[1].start = end;
        return;
    }
}

/* RAM without kernel, device tree and image, which are contiguous except for the ends of pages. */
static bool find_free(struct boot *b)
{
    const struct platform *p = &b->platform;
    uint64_t tree = round_up(p->kernel.end, CAPDL_PAGE_SIZE);
    for (size_t i = 0; i < p->num_memory; i++) {
        struct capdl_region m = p->memory[i];
        if (!memory_add_ram(&b->k->memory, m.start, m.end)) {
            return boot_error(b, "not enough host memory for the machine's RAM");
        }
        b->free[b->num_free++] = m;
    }
    reserve(b, p->kernel.start, p->kernel.end);
    reserve(b, tree, tree + p->dtb.size);
    reserve(b, b->info->image_paddr, b->info->image_paddr + (b->info->image_end - b->info->image_start));
    return true;
}

static uint8_t *extra_chunk(struct boot *b, uint64_t id, uint64_t size)
{
    enum capdl_arch arch = b->k->profile->arch;
    uint8_t *chunk = b->extra + b->extra_size, *bytes = chunk + 2 * capdl_word_bytes(arch);
    uint64_t length = (uint64_t)(bytes - chunk) + size;
    capdl_word_put(arch, chunk, id);
    capdl_word_put(arch, chunk + capdl_word_bytes(arch), length);
    b->extra_size += length;
    return bytes;
}

static void extra_pc(struct boot *b)
{
    uint8_t *chunk = extra_chunk(b, HEADER_X86_MBMMAP, 4 + MBMMAP_ENTRIES * MBMMAP_ENTRY);
    uint32_t length = (uint32_t)b->platform.num_memory * MBMMAP_ENTRY, size = MBMMAP_ENTRY - 4, type = 1;
    memcpy(chunk, &length, 4);
    for (size_t i = 0; i < b->platform.num_memory; i++, chunk += MBMMAP_ENTRY) {
        const struct capdl_region *ram = &b->platform.memory[i];
        uint64_t range[2] = {ram->start, ram->end - ram->start};
        memcpy(chunk + 4, &size, 4);
        memcpy(chunk + 8, range, 16);
        memcpy(chunk + 24, &type, 4);
    }
    uint32_t mhz = (uint32_t)(b->k->board.timer_frequency / 1000000);
    memcpy(extra_chunk(b, HEADER_X86_TSC_FREQ, 4), &mhz, 4);
}

/* What the chunks take. */
static uint64_t extra_room(const struct boot *b)
{
    uint64_t header = 2 * capdl_word_bytes(b->k->profile->arch);
    return b->k->facts->pc ? header + 4 + MBMMAP_ENTRIES * MBMMAP_ENTRY + header + 4 : header + b->platform.dtb.size;
}

static bool prepare_extra(struct boot *b)
{
    b->extra = calloc(1, extra_room(b));
    if (!b->extra) {
        return boot_error(b, "out of memory");
    }
    if (b->k->facts->pc) {
        extra_pc(b);
    } else if (b->platform.dtb.size) {
        memcpy(extra_chunk(b, HEADER_FDT, b->platform.dtb.size), b->platform.dtb.data, b->platform.dtb.size);
    }
    while (b->extra_size && UINT64_C(1) << b->extra_bits < round_up(b->extra_size, CAPDL_PAGE_SIZE)) {
        b->extra_bits++;
    }
    return true;
}

static uint64_t virtual_end(const struct boot *b)
{
    return b->info->bootinfo + CAPDL_PAGE_SIZE + (b->extra_bits ? UINT64_C(1) << b->extra_bits : 0);
}

static uint64_t tables_of_level(const struct boot *b, unsigned level)
{
    unsigned shift = vspace_shift(b->k->profile, level - 1);
    return ((virtual_end(b) - 1) >> shift) - (b->info->image_start >> shift) + 1;
}

/* Root objects are at the top of the last region that can hold them, the largest first. */
static bool place_root_objects(struct boot *b)
{
    const struct capdl_profile *profile = b->k->profile;
    unsigned cnode_bits = profile->root_cnode_bits + profile->size_bits[CAPDL_TYPE_CNODE];
    unsigned vspace_bits = profile->size_bits[CAPDL_TYPE_VSPACE];
    uint64_t size = (UINT64_C(1) << cnode_bits) + (UINT64_C(1) << vspace_bits) + 3 * CAPDL_PAGE_SIZE +
                    (UINT64_C(1) << profile->size_bits[CAPDL_TYPE_TCB]) +
                    (b->extra_bits ? UINT64_C(1) << b->extra_bits : 0) +
                    (profile->mcs ? 1u << MIN_SCHED_CONTEXT_BITS : 0);
    for (unsigned level = 1; level < profile->vspace_levels; level++) {
        size += tables_of_level(b, level) * CAPDL_PAGE_SIZE;
    }
    unsigned max = cnode_bits > vspace_bits ? cnode_bits : vspace_bits;
    max = b->extra_bits > max ? b->extra_bits : max;
    for (size_t i = b->num_free; i-- > 0;) {
        struct capdl_region region = b->free[i];
        uint64_t start = (region.end - size) >> max << max;
        if (region.end - region.start < size || start < region.start) {
            continue;
        }
        memmove(&b->free[i + 1], &b->free[i], (b->num_free - i) * sizeof(b->free[0]));
        b->num_free++;
        b->free[i].end = start;
        b->free[i + 1].start = start + size;
        b->root_next = start;
        return true;
    }
    return boot_error(b, "no memory is left for the initial task's CNode and page tables");
}

static uint64_t root_alloc(struct boot *b, unsigned bits)
{
    uint64_t paddr = b->root_next;
    b->root_next += UINT64_C(1) << bits;
    return paddr;
}

static struct cap page_cap(uint64_t paddr, uint64_t vaddr)
{
    return (struct cap){.type = CAP_FRAME,
                        .rights = VM_READ_WRITE,
                        .bits = PAGE_BITS,
                        .asid = INITIAL_ASID,
                        .paddr = paddr,
                        .data = vaddr};
}

static void map_page(struct boot *b, uint64_t paddr, uint64_t vaddr, bool executable)
{
    bool execute = executable || !b->k->facts->execute_never;
    struct walk walk = vspace_walk(b->k, b->vspace, vaddr, PAGE_BITS);
    *walk.pte = (struct pte){.paddr = paddr,
                             .kind = PTE_PAGE,
                             .rights = (uint8_t)(PAGE_R | PAGE_W | (execute ? PAGE_X : 0)),
                             .attributes = 1};
}

static enum capdl_type table_type(const struct kernel *k, unsigned level)
{
    enum capdl_kind kind = capdl_arch_table_kind(k->profile->arch, k->profile->vspace_levels - level);
    return (enum capdl_type)capdl_arch_table(k->profile->arch, kind)->type;
}

static bool make_tables(struct boot *b)
{
    for (unsigned level = 1; level < b->k->profile->vspace_levels; level++) {
        unsigned shift = vspace_shift(b->k->profile, level - 1);
        uint64_t first = b->info->image_start >> shift, count = tables_of_level(b, level);
        for (uint64_t i = 0; i < count; i++) {
            uint64_t vaddr = (first + i) << shift;
            struct cap cap = object_create(b->k, table_type(b->k, level), root_alloc(b, PAGE_BITS), 0, false);
            if (cap.type == CAP_NULL) {
                return boot_error(b, "out of memory");
            }
            cap.flags = CAP_FLAG_MAPPED;
            cap.asid = INITIAL_ASID;
            cap.data = vaddr;
            struct walk walk = vspace_walk(b->k, b->vspace, vaddr, shift);
            *walk.pte = (struct pte){.table = cap.object, .kind = PTE_TABLE};
            boot_provide(b, cap);
        }
    }
    return true;
}

static void make_sched_control(struct boot *b)
{
    if (!b->k->profile->mcs) {
        return;
    }
    uint64_t start = b->next_slot;
    for (uint32_t core = 0; core < b->k->profile->max_nodes; core++) {
        boot_provide(b, (struct cap){.type = CAP_SCHED_CONTROL, .paddr = core});
    }
    boot_set_region(b, boot_word_of(b, b->k->profile->bootinfo_schedcontrol_offset), start);
}

static void make_extra_frames(struct boot *b, uint64_t paddr)
{
    uint64_t start = b->next_slot;
    uint64_t size = b->k->facts->pc && b->extra_bits ? UINT64_C(1) << b->extra_bits : b->extra_size;
    for (uint64_t offset = 0; offset < size; offset += CAPDL_PAGE_SIZE) {
        uint64_t vaddr = b->info->bootinfo + CAPDL_PAGE_SIZE + offset;
        map_page(b, paddr + offset, vaddr, true);
        boot_provide(b, page_cap(paddr + offset, vaddr));
    }
    boot_set_region(b, BOOTINFO_EXTRA_PAGES, start);
    if (b->extra_size) {
        memcpy(memory_at(&b->k->memory, paddr, NULL), b->extra, b->extra_size);
    }
}

static void make_image_frames(struct boot *b)
{
    b->info->first_image_frame = b->next_slot;
    for (uint64_t vaddr = b->info->image_start; vaddr < b->info->image_end; vaddr += CAPDL_PAGE_SIZE) {
        uint64_t paddr = b->info->image_paddr + (vaddr - b->info->image_start);
        map_page(b, paddr, vaddr, true);
        boot_provide(b, page_cap(paddr, vaddr));
    }
    boot_set_region(b, BOOTINFO_IMAGE_FRAMES, b->info->first_image_frame);
}

static bool make_asid_pool(struct boot *b, uint64_t paddr)
{
    struct kernel *k = b->k;
    size_t size = sizeof(struct asid_pool) + (sizeof(struct table *) << asid_bits(k));
    struct asid_pool *pool = memory_new_object(&k->memory, paddr, CAPDL_TYPE_COUNT, ASID_POOL_BITS, size);
    if (!pool) {
        return boot_error(b, "out of memory");
    }
    pool->vspace[INITIAL_ASID] = b->vspace;
    k->asid_table[0] = pool;
    boot_write_slot(b, CAPDL_INITIAL_ASID_POOL, (struct cap){.type = CAP_ASID_POOL, .paddr = paddr, .object = pool});
    boot_write_slot(b, CAPDL_INITIAL_ASID_CONTROL, (struct cap){.type = CAP_ASID_CONTROL});
    return true;
}

static void install(struct boot *b, struct tcb *thread, enum tcb_slot index, uint64_t slot)
{
    struct slot *source = &b->info->root->slots[slot];
    struct cap cap;
    if (cap_derive(b->k, source, source->cap, &cap) == STATUS_OK) {
        slot_insert(b->k, cap, source, &thread->slots[index]);
    }
}

static void start_thread(struct boot *b, struct tcb *thread)
{
    struct kernel *k = b->k;
    thread->ipc_buffer = b->info->ipc_buffer;
    thread->regs[k->registers->cap] = b->info->bootinfo;
    thread->regs[k->registers->fault_ip] = thread->regs[k->registers->next_ip] = b->info->entry;
    thread->priority = thread->mcp = (uint8_t)(k->profile->num_priorities - 1);
    memcpy(thread->name, "rootserver", sizeof("rootserver"));
    reply_setup_master(k, thread);
    thread->state = THREAD_RUNNING;
    k->initial = thread;
    k->action = ACTION_SWITCH;
    k->candidate = thread;
}

static bool make_thread(struct boot *b, uint64_t paddr)
{
    struct kernel *k = b->k;
    struct cap cap = object_create(k, CAPDL_TYPE_TCB, paddr, 0, false);
    if (cap.type == CAP_NULL) {
        return boot_error(b, "out of memory");
    }
    struct tcb *thread = cap.object;
    install(b, thread, TCB_CTABLE, CAPDL_INITIAL_CNODE);
    install(b, thread, TCB_VTABLE, CAPDL_INITIAL_VSPACE);
    install(b, thread, TCB_BUFFER, CAPDL_INITIAL_IPC_BUFFER);
    boot_write_slot(b, CAPDL_INITIAL_TCB, cap);
    if (k->profile->mcs) {
        struct cap sc = object_create(k, CAPDL_TYPE_SCHED_CONTEXT, root_alloc(b, MIN_SCHED_CONTEXT_BITS),
                                      MIN_SCHED_CONTEXT_BITS, false);
        if (sc.type == CAP_NULL) {
            return boot_error(b, "out of memory");
        }
        boot_write_slot(b, CAPDL_INITIAL_SC, sc);
        thread->sc = sc.object;
        thread->sc->tcb = thread;
        refill_new(k, thread->sc, MIN_REFILLS, ticks_of_us(k, BOOT_SLICE_US), 0);
    }
    start_thread(b, thread);
    return true;
}

static void make_control_caps(struct boot *b)
{
    boot_write_slot(b, CAPDL_INITIAL_DOMAIN, (struct cap){.type = CAP_DOMAIN});
    boot_write_slot(b, CAPDL_INITIAL_IRQ_CONTROL, (struct cap){.type = CAP_IRQ_CONTROL});
    if (b->k->facts->pc) {
        boot_write_slot(b, CAPDL_INITIAL_IO_PORT_CONTROL, (struct cap){.type = CAP_IO_PORT_CONTROL});
    }
    if (b->k->io_levels) {
        boot_write_slot(b, CAPDL_INITIAL_IO_SPACE, (struct cap){.type = CAP_IO_SPACE});
    }
    if (b->k->profile->labels[CAPDL_METHOD_SID_CONTROL_GET_SID] != CAPDL_PROFILE_ABSENT) {
        boot_write_slot(b, CAPDL_INITIAL_SMMU_SID_CONTROL, (struct cap){.type = CAP_STREAM_CONTROL});
        boot_write_slot(b, CAPDL_INITIAL_SMMU_CB_CONTROL, (struct cap){.type = CAP_BANK_CONTROL});
    }
    if (b->k->profile->smc) {
        boot_write_slot(b, CAPDL_INITIAL_SMC, (struct cap){.type = CAP_SMC});
    }
}

static bool make_roots(struct boot *b, uint64_t *extra_paddr)
{
    const struct capdl_profile *profile = b->k->profile;
    unsigned cnode_bits = profile->root_cnode_bits + profile->size_bits[CAPDL_TYPE_CNODE];
    if (b->extra_bits >= cnode_bits) {
        *extra_paddr = root_alloc(b, b->extra_bits);
    }
    struct cap cnode =
        object_create(b->k, CAPDL_TYPE_CNODE, root_alloc(b, cnode_bits), profile->root_cnode_bits, false);
    if (b->extra_bits && !*extra_paddr) {
        *extra_paddr = root_alloc(b, b->extra_bits);
    }
    struct cap vspace =
        object_create(b->k, CAPDL_TYPE_VSPACE, root_alloc(b, profile->size_bits[CAPDL_TYPE_VSPACE]), 0, false);
    if (cnode.type == CAP_NULL || vspace.type == CAP_NULL) {
        return boot_error(b, "out of memory");
    }
    b->info->root = cnode.object;
    b->info->num_slots = UINT64_C(1) << profile->root_cnode_bits;
    cnode.guard_bits = (uint8_t)(b->k->facts->word_bits - profile->root_cnode_bits);
    vspace.flags = CAP_FLAG_MAPPED;
    vspace.asid = INITIAL_ASID;
    b->vspace = vspace.object;
    b->next_slot = CAPDL_INITIAL_COUNT;
    boot_write_slot(b, CAPDL_INITIAL_CNODE, cnode);
    boot_write_slot(b, CAPDL_INITIAL_VSPACE, vspace);
    make_control_caps(b);
    return true;
}

static void fill_bootinfo(struct boot *b)
{
    boot_set_word(b, BOOTINFO_EXTRA_LEN, b->extra_size);
    boot_set_word(b, BOOTINFO_NUM_NODES, b->k->profile->max_nodes);
    bool no_iommus = b->k->profile->types[CAPDL_TYPE_IO_PAGE_TABLE] == CAPDL_PROFILE_ABSENT;
    boot_set_word(b, BOOTINFO_IOPT_LEVELS, b->k->facts->pc && no_iommus ? UINT64_MAX : b->k->io_levels);
    boot_set_word(b, BOOTINFO_IPC_BUFFER, b->info->ipc_buffer);
    boot_set_word(b, BOOTINFO_CNODE_BITS, b->k->profile->root_cnode_bits);
}

/* Provides capabilities in the kernel's order, which differs between architectures. */
static bool make_all(struct boot *b)
{
    uint64_t extra = 0;
    if (!make_roots(b, &extra)) {
        return false;
    }
    uint64_t pool = root_alloc(b, PAGE_BITS), buffer = root_alloc(b, PAGE_BITS), bootinfo = root_alloc(b, PAGE_BITS);
    b->bootinfo = memory_at(&b->k->memory, bootinfo, NULL);
    fill_bootinfo(b);
    bool pc = b->k->facts->pc;
    if (pc) {
        make_sched_control(b);
    }
    uint64_t paging = b->next_slot;
    if (!make_tables(b)) {
        return false;
    }
    boot_set_region(b, BOOTINFO_IMAGE_PAGING, paging);
    map_page(b, bootinfo, b->info->bootinfo, false);
    boot_write_slot(b, CAPDL_INITIAL_BOOTINFO_FRAME, page_cap(bootinfo, b->info->bootinfo));
    make_extra_frames(b, extra);
    if (!pc) {
        make_sched_control(b);
    }
    map_page(b, buffer, b->info->ipc_buffer, false);
    boot_write_slot(b, CAPDL_INITIAL_IPC_BUFFER, page_cap(buffer, b->info->ipc_buffer));
    make_image_frames(b);
    if (!make_asid_pool(b, pool) || !make_thread(b, root_alloc(b, b->k->profile->size_bits[CAPDL_TYPE_TCB])) ||
        !boot_make_untypeds(b)) {
        return false;
    }
    b->info->first_empty = b->next_slot;
    boot_set_word(b, BOOTINFO_EMPTY, b->next_slot);
    boot_set_word(b, BOOTINFO_EMPTY + 1, b->info->num_slots);
    return true;
}

static bool boot_all(struct boot *b)
{
    if (!platform_init(&b->platform, b->k->profile, b->diags) || !read_elf(b) || !place_image(b) || !prepare_extra(b)) {
        return false;
    }
    b->info->ipc_buffer = b->info->image_end;
    b->info->bootinfo = b->info->image_end + CAPDL_PAGE_SIZE;
    if (virtual_end(b) >= b->k->profile->user_top) {
        return boot_error(b, "the image is too high: there is no room for IPC buffer and bootinfo after it");
    }
    if (!find_free(b) || !place_root_objects(b)) {
        return false;
    }
    load_elf(b);
    fill_reserved(b);
    if (!make_all(b)) {
        return false;
    }
    if (b->full) {
        capdl_error(b->diags, CAPDL_NOWHERE,
                    "%s: the kernel stops at boot: all %" PRIu64
                    " slots (2^CONFIG_ROOT_CNODE_SIZE_BITS) of the root CNode are used; each of the image's %" PRIu64
                    " pages takes one",
                    b->options->name, b->info->num_slots,
                    (b->info->image_end - b->info->image_start) / CAPDL_PAGE_SIZE);
        return false;
    }
    sched_schedule(b->k);
    sched_activate(b->k);
    return true;
}

bool boot(struct kernel *k, const struct boot_options *options, struct boot_info *info, struct capdl_diags *diags)
{
    struct boot b = {.k = k, .options = options, .info = info, .diags = diags};
    *info = (struct boot_info){0};
    bool good =
        (!k->profile->num_iommus || io_spaces_init(k, IO_LEVELS) || boot_error(&b, "out of memory")) && boot_all(&b);
    platform_free(&b.platform);
    free(b.extra);
    return good;
}
