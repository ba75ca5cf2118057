/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The monitor's objects. Its program is prebuilt; its bytes, and the table that says what it has to know, are written
 * into the spec, so that the spec needs no file of ours.
 */
#include <stdlib.h>
#include <string.h>

#include <capdl/architecture.h>
#include <capdl/blob.h>
#include <capdl/monitor.h>

#include "base/datadir.h"
#include "base/memory.h"
#include "lower.h"
#include "pd/elf_file.h"

enum {
    PRIORITY = 255,
    TIME = 1000, /* microseconds of each as many */
    /* As in Microkit's monitor, which has room for so many domains in 2^FEW_BITS slots. */
    FEW = 64,
    FEW_BITS = 9,
    FEW_TCBS = 10,
    FEW_SCS = 138,
    FEW_NOTIFICATIONS = 202,
    FEW_ACTIVE_BITS = 7, /* if none of them is passive: the kernel need not clear the rest */
    MANY_TCBS = 16,
};
/* Above its program, in the same page table: a page with its stack and, at the end, its IPC buffer; then its table. */
#define STACK_ADDRESS UINT64_C(0x2ff000)
#define BUFFER_ADDRESS UINT64_C(0x2ffc00)
#define TABLE_ADDRESS UINT64_C(0x300000)

/* Where its capabilities are. */
struct slots {
    unsigned bits;
    uint64_t tcbs, scs, notifications;
};

struct monitor {
    struct mk_reader *reader;
    struct mk_space *space;
    struct slots slots;
    struct capdl_pos pos;
    unsigned num_frames;
};

static struct slots slots_choose(const struct mk_system *system)
{
    const uint64_t num_pds = system->num_pds;
    struct slots slots = {FEW_ACTIVE_BITS, FEW_TCBS, FEW_SCS, FEW_NOTIFICATIONS};
    for (const struct mk_pd *pd = system->pds; pd; pd = pd->next) {
        slots.bits = pd->passive ? FEW_BITS : slots.bits;
    }
    if (num_pds > FEW) {
        slots = (struct slots){FEW_BITS, MANY_TCBS, MANY_TCBS + num_pds, MANY_TCBS + 2 * num_pds};
        while (MANY_TCBS + 3 * num_pds > UINT64_C(1) << slots.bits) {
            slots.bits++;
        }
    }
    return slots;
}

/* A page with these bytes at an offset, the rest of it zero. */
static void page_make(struct monitor *m, const char *name, uint64_t address, const uint8_t *bytes, size_t size,
                      uint64_t offset, uint8_t rights)
{
    static const char digits[] = "0123456789abcdef";
    struct mk_reader *reader = m->reader;
    uint32_t frame =
        mk_sized_object(reader, CAPDL_KIND_FRAME, CAPDL_PAGE_BITS, m->pos, "frame_%s_%09u", name, m->num_frames++);
    struct capdl_fill fill = {.offset = offset, .length = size, .pos = m->pos};
    char *text = capdl_spec_alloc(reader->spec, size * 2 + 1);
    for (size_t i = 0; i < size; i++) {
        text[i * 2] = digits[bytes[i] >> 4];
        text[i * 2 + 1] = digits[bytes[i] & 15];
    }
    if (size) {
        capdl_fill_set_bytes(reader->spec, &fill, text, size * 2);
        mk_fills_set(reader, frame, &fill, 1);
    }
    mk_space_map(reader, m->space, address, frame, rights, false, m->pos);
}

static void segment_load(struct monitor *m, const struct elf_program *elf, const struct elf_segment *s)
{
    uint64_t end = s->vaddr + s->memsz, filled = s->vaddr + s->filesz;
    for (uint64_t page = s->vaddr & ~(CAPDL_PAGE_SIZE - UINT64_C(1)); page < end; page += CAPDL_PAGE_SIZE) {
        uint64_t from = s->vaddr > page ? s->vaddr : page;
        uint64_t to = filled < page + CAPDL_PAGE_SIZE ? filled : page + CAPDL_PAGE_SIZE;
        page_make(m, "elf_monitor", page, elf->bytes.data + s->offset + (from - s->vaddr), to > from ? to - from : 0,
                  from - page, s->rights | CAPDL_RIGHT_READ);
    }
}

static bool program_load(struct monitor *m, uint64_t *entry)
{
    struct mk_reader *reader = m->reader;
    char name[64];
    snprintf(name, sizeof(name), "monitor-%s.elf", capdl_architecture(reader->spec->arch)->kernel);
    char *path = data_find("monitor", name);
    struct elf_request request = {.name = path,
                                  .pos = m->pos,
                                  .on_command_line = true,
                                  .arch = reader->spec->arch,
                                  .user_top = reader->profile->user_top};
    struct elf_program elf;
    if (!path) {
        capdl_error(reader->diags, m->pos,
                    "cannot find %s, the prebuilt monitor; looked in %s (set CAPDL_DATA_DIR to the directory that has "
                    "it)",
                    name, data_directories());
        return false;
    }
    bool good = elf_read(&elf, &request, reader->diags);
    for (size_t i = 0; good && i < elf.num_segments; i++) {
        segment_load(m, &elf, &elf.segments[i]);
    }
    if (good) {
        *entry = elf.entry;
        elf_release(&elf);
    }
    free(path);
    return good;
}

static uint64_t registers_fill(enum capdl_arch arch, struct capdl_monitor_table *table)
{
    static const struct {
        enum capdl_arch arch;
        const char *name;
    } registers[] = {
#define CAPDL_REGISTER(a, n) {CAPDL_ARCH_##a, n},
#include <capdl/registers.def>
#undef CAPDL_REGISTER
    };
    uint64_t count = 0;
    for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]) && count < CAPDL_MONITOR_REGISTERS; i++) {
        if (registers[i].arch == arch) {
            snprintf(table->registers[count++], CAPDL_MONITOR_REGISTER, "%s", registers[i].name);
        }
    }
    return count;
}

static void table_fill(const struct monitor *m, struct capdl_monitor_table *table)
{
    const struct capdl_profile *profile = m->reader->profile;
    table->call = profile->syscalls[CAPDL_SYSCALL_CALL];
    table->recv = profile->syscalls[CAPDL_SYSCALL_RECV];
    table->yield = profile->syscalls[CAPDL_SYSCALL_YIELD];
    table->putchar = profile->syscalls[CAPDL_SYSCALL_DEBUG_PUTCHAR];
    table->name_thread = profile->syscalls[CAPDL_SYSCALL_DEBUG_NAME_THREAD];
    table->read_registers = profile->labels[CAPDL_METHOD_TCB_READ_REGISTERS];
    table->bind = profile->labels[CAPDL_METHOD_SCHED_CONTEXT_BIND];
    table->fault_cap = profile->faults[CAPDL_FAULT_CAP];
    table->fault_vm = profile->faults[CAPDL_FAULT_VM];
    table->fault_user_exception = profile->faults[CAPDL_FAULT_USER_EXCEPTION];
    table->first_tcb = m->slots.tcbs;
    table->first_sc = m->slots.scs;
    table->first_notification = m->slots.notifications;
    table->num_registers = registers_fill(m->reader->spec->arch, table);
    table->num_domains = m->reader->system.num_pds;
    for (const struct mk_pd *pd = m->reader->system.pds; pd; pd = pd->next) {
        table->domains[pd->index].stack_bottom = mk_stack_bottom(profile, pd);
        snprintf(table->domains[pd->index].name, CAPDL_MONITOR_NAME, "%s", pd->name);
    }
}

static void table_load(struct monitor *m)
{
    size_t size = sizeof(struct capdl_monitor_table) + m->reader->system.num_pds * sizeof(struct capdl_monitor_domain);
    struct capdl_monitor_table *table = memory_zeroed(1, size);
    table_fill(m, table);
    m->num_frames = 0;
    for (size_t at = 0; at < size; at += CAPDL_PAGE_SIZE) {
        size_t part = size - at < CAPDL_PAGE_SIZE ? size - at : CAPDL_PAGE_SIZE;
        page_make(m, "monitor_table", TABLE_ADDRESS + at, (const uint8_t *)table + at, part, 0, CAPDL_RIGHT_READ);
    }
    free(table);
}

static void cspace_make(struct monitor *m, uint32_t cnode, uint32_t ep, uint32_t reply)
{
    struct mk_reader *reader = m->reader;
    mk_hold_ipc(reader, cnode, CAPDL_MONITOR_SLOT_ENDPOINT, ep, MK_USE_RECEIVE, 0, m->pos);
    mk_hold(reader, cnode, CAPDL_MONITOR_SLOT_REPLY, reply, m->pos);
    for (const struct mk_pd *pd = reader->system.pds; pd; pd = pd->next) {
        mk_hold(reader, cnode, m->slots.tcbs + pd->index, pd->tcb, m->pos);
        if (pd->passive) {
            mk_hold(reader, cnode, m->slots.scs + pd->index, pd->sc, m->pos);
            mk_hold_ipc(reader, cnode, m->slots.notifications + pd->index, pd->ntfn, MK_USE_RECEIVE, 0, m->pos);
        }
    }
}

/* The domain of the first entry of a schedule: so it runs before anyone whose faults it is to hear of. */
static void tcb_fill(const struct monitor *m, struct capdl_tcb *tcb, uint64_t entry)
{
    const struct capdl_domains *domains = &m->reader->spec->domains;
    *tcb = capdl_tcb_defaults;
    capdl_tcb_set(tcb, CAPDL_TCB_FIELD_ADDR, BUFFER_ADDRESS);
    capdl_tcb_set(tcb, CAPDL_TCB_FIELD_IP, entry);
    capdl_tcb_set(tcb, CAPDL_TCB_FIELD_SP, BUFFER_ADDRESS);
    capdl_tcb_set(tcb, CAPDL_TCB_FIELD_PRIO, PRIORITY);
    capdl_tcb_set(tcb, CAPDL_TCB_FIELD_MAX_PRIO, PRIORITY);
    capdl_tcb_set(tcb, CAPDL_TCB_FIELD_AFFINITY, 0);
    if (domains->has_schedule && domains->start_index < domains->num_schedule) {
        capdl_tcb_set(tcb, CAPDL_TCB_FIELD_DOM, domains->schedule[domains->start_index].domain);
    }
    tcb->init = capdl_spec_alloc(m->reader->spec, 2 * sizeof(*tcb->init));
    tcb->init[0] = BUFFER_ADDRESS;
    tcb->init[1] = TABLE_ADDRESS;
    tcb->num_init = 2;
    tcb->has |= CAPDL_TCB_HAS_INIT;
}

static void thread_make(struct monitor *m, uint32_t ep, uint64_t entry, uint32_t ipc)
{
    struct mk_reader *reader = m->reader;
    struct capdl_tcb values;
    uint32_t tcb = mk_object(reader, CAPDL_KIND_TCB, m->pos, "tcb_monitor");
    uint32_t cnode = mk_sized_object(reader, CAPDL_KIND_CNODE, m->slots.bits, m->pos, "cnode_monitor");
    uint32_t reply = mk_object(reader, CAPDL_KIND_RTREPLY, m->pos, "reply_monitor");
    uint32_t sc = mk_sched_context(reader, "monitor", TIME, TIME, 0, m->pos);
    tcb_fill(m, &values, entry);
    mk_tcb_set(reader, tcb, &values);
    cspace_make(m, cnode, ep, reply);
    mk_hold_cnode(reader, tcb, MK_TCB_CSPACE, cnode, mk_word_bits(reader) - m->slots.bits, m->pos);
    mk_hold(reader, tcb, MK_TCB_VSPACE, mk_space_root(m->space), m->pos);
    mk_hold_frame(reader, tcb, MK_TCB_IPC_BUFFER, ipc, CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE, false, m->pos);
    mk_hold(reader, tcb, MK_TCB_SC, sc, m->pos);
}

void mk_monitor(struct mk_reader *reader, uint32_t ep)
{
    const uint8_t read_write = CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE;
    struct monitor m = {.reader = reader, .slots = slots_choose(&reader->system), .pos = CAPDL_WHOLE_SPEC};
    uint64_t entry = 0;
    m.space = mk_space_new(reader, MK_SPACE_THREAD, "monitor", m.pos);
    if (program_load(&m, &entry)) {
        table_load(&m);
        uint32_t ipc = mk_sized_object(reader, CAPDL_KIND_FRAME, CAPDL_PAGE_BITS, m.pos, "frame_ipcbuf_monitor");
        mk_space_map(reader, m.space, STACK_ADDRESS, ipc, read_write, false, m.pos);
        thread_make(&m, ep, entry, ipc);
    }
    mk_space_free(m.space);
}
