/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What keeps a profile from being one of a kernel: numbers that no kernel of its architecture has, or not together.
 * Each rule names the fact and what it expected. Numbers that kernels are free to choose are nobody's flaw.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include <capdl/architecture.h>
#include <capdl/blob.h>

#include "profile/fields.h"
#include "profile/methods.h"
#include "profile/names.h"

enum { MIN_UNTYPED_BITS = 4, MIN_SCHED_CONTEXT_BITS = 7, MAX_KERNEL_OBJECT_BITS = 16, MIN_TIMER_HZ = 1000000 };
enum { UNTYPED_DESC = 16 }; /* bytes of an element of bootinfo's list */

struct check {
    const struct capdl_profile *p;
    const struct capdl_architecture *facts;
    char *flaw;
};

/* Returns false, as every rule does that finds something. */
__attribute__((format(printf, 2, 3))) static bool found(const struct check *c, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(c->flaw, PROFILE_FLAW, format, arguments);
    va_end(arguments);
    return false;
}

bool field_in_range(const struct field *field, size_t i, int64_t value, char *flaw)
{
    const char *name = field->kind == FIELD_NAMED ? field->names[i] : "";
    if ((value >= field->least && value <= field->most) || (field->kind == FIELD_NAMED && value == field->absent)) {
        return true;
    }
    snprintf(flaw, PROFILE_FLAW, "%s%s%s is %" PRId64 ", expected %" PRId64 " to %" PRId64, field->label,
             *name ? " " : "", name, value, field->least, field->most);
    return false;
}

static bool ranges_good(const struct check *c)
{
    for (const struct field *f = profile_fields; f < profile_fields + num_profile_fields; f++) {
        size_t count = f->kind == FIELD_LEVELS ? c->p->vspace_levels : f->kind == FIELD_NAMED ? f->count : 1;
        if (f->kind != FIELD_NUMBER && f->kind != FIELD_NAMED && f->kind != FIELD_LEVELS) {
            continue;
        }
        for (size_t i = 0; i < count; i++) {
            if (!field_in_range(f, i, field_get(c->p, f, i), c->flaw)) {
                return false;
            }
        }
    }
    return true;
}

/* A number means one thing; only a page table may be the root of an address space, too. */
static bool numbers_distinct(const struct check *c)
{
    for (const struct field *f = profile_fields; f < profile_fields + num_profile_fields; f++) {
        if (f->kind != FIELD_NAMED || f->distinct == false) {
            continue;
        }
        for (size_t i = 0; i < f->count; i++) {
            int64_t value = field_get(c->p, f, i);
            for (size_t j = 0; j < i && value != f->absent; j++) {
                bool root = f->names == type_ids && j == CAPDL_TYPE_PAGE_TABLE && i == CAPDL_TYPE_VSPACE;
                if (field_get(c->p, f, j) == value && (!root || c->facts->type_per_level)) {
                    return found(c, "%ss %s and %s are both %" PRId64 ", expected different numbers", f->label,
                                 f->names[j], f->names[i], value);
                }
            }
        }
    }
    return true;
}

static bool methods_good(const struct check *c)
{
    const struct capdl_profile *p = c->p;
    for (unsigned i = 0; i < CAPDL_METHOD_COUNT; i++) {
        bool absent = p->labels[i] == CAPDL_PROFILE_ABSENT;
        if (absent && method_required(p, i)) {
            return found(c, "it has no label %s, which every boot needs", method_ids[i]);
        }
        if (!absent && !method_xml_id(p->arch, i)) {
            return found(c, "label %s is of another architecture than %s", method_ids[i], c->facts->keyword);
        }
    }
    return true;
}

static bool types_good(const struct check *c)
{
    const struct capdl_profile *p = c->p;
    for (unsigned i = 0; i < CAPDL_TYPE_COUNT; i++) {
        bool absent = p->types[i] == CAPDL_PROFILE_ABSENT;
        if (absent && type_required(p, i)) {
            return found(c, "it has no object type %s, which every boot needs", type_ids[i]);
        }
        if (!absent && !type_name(p->arch, i)) {
            return found(c, "object type %s is of another architecture than %s", type_ids[i], c->facts->keyword);
        }
        if (absent != (p->size_bits[i] == 0)) {
            return found(c, "object type %s has %s, expected both or neither", type_ids[i],
                         absent ? "a size and no number" : "a number and no size");
        }
    }
    return true;
}

/* Sizes that the processor or the word decides, and bounds of the others. */
static void size_bounds(const struct check *c, enum capdl_type type, unsigned *least, unsigned *most)
{
    *most = MAX_KERNEL_OBJECT_BITS;
    switch (type) {
    case CAPDL_TYPE_UNTYPED:
        *least = *most = MIN_UNTYPED_BITS;
        break;
    case CAPDL_TYPE_CNODE:
        *least = *most = c->facts->slot_bits;
        break;
    case CAPDL_TYPE_FRAME_4K:
        *least = *most = c->facts->frame_bits[0];
        break;
    case CAPDL_TYPE_FRAME_2M:
        *least = *most = c->facts->frame_bits[1];
        break;
    case CAPDL_TYPE_FRAME_1G:
        *least = *most = c->facts->frame_bits[2];
        break;
    case CAPDL_TYPE_VSPACE:
        *least = *most = c->p->vspace_index_bits[0] + c->facts->entry_bits;
        break;
    case CAPDL_TYPE_PAGE_TABLE:
    case CAPDL_TYPE_PAGE_DIRECTORY:
    case CAPDL_TYPE_PDPT:
    case CAPDL_TYPE_IO_PAGE_TABLE:
    case CAPDL_TYPE_EPT_PML4:
    case CAPDL_TYPE_EPT_PDPT:
    case CAPDL_TYPE_EPT_PD:
    case CAPDL_TYPE_EPT_PT:
        *least = *most = c->facts->page_table_bits;
        break;
    case CAPDL_TYPE_TCB:
        *least = c->facts->tcb_bits;
        break;
    case CAPDL_TYPE_SCHED_CONTEXT:
        *least = MIN_SCHED_CONTEXT_BITS;
        break;
    default:
        *least = MIN_UNTYPED_BITS;
    }
}

static bool sizes_good(const struct check *c)
{
    const struct capdl_profile *p = c->p;
    for (unsigned i = 0; i < CAPDL_TYPE_COUNT; i++) {
        unsigned least, most, bits = p->size_bits[i];
        size_bounds(c, i, &least, &most);
        if (bits && (bits < least || bits > most)) {
            return least == most ? found(c, "object type %s has 2^%u bytes, expected 2^%u", type_ids[i], bits, least)
                                 : found(c, "object type %s has 2^%u bytes, expected 2^%u to 2^%u", type_ids[i], bits,
                                         least, most);
        }
        if (bits > p->max_untyped_bits) {
            return found(c, "largest untyped has 2^%u bytes, expected at least the 2^%u of object type %s",
                         p->max_untyped_bits, bits, type_ids[i]);
        }
    }
    if (p->max_untyped_bits > c->facts->max_untyped_bits) {
        return found(c, "largest untyped has 2^%u bytes, expected at most 2^%u", p->max_untyped_bits,
                     c->facts->max_untyped_bits);
    }
    return true;
}

/* There are as many levels of page tables as user addresses take; all but the root are of one size. */
static bool vspace_good(const struct check *c)
{
    const struct capdl_profile *p = c->p;
    unsigned table = c->facts->page_table_bits - c->facts->entry_bits, bits = CAPDL_PAGE_BITS + p->vspace_index_bits[0];
    for (unsigned i = 1; i < p->vspace_levels; i++) {
        if (p->vspace_index_bits[i] != table) {
            return found(c, "level %u of VSpaces has 2^%u entries, expected 2^%u", i, p->vspace_index_bits[i], table);
        }
        bits += table;
    }
    if (bits > c->facts->word_bits - 1u || p->user_top > UINT64_C(1) << bits ||
        (p->vspace_levels > 1 && p->user_top <= UINT64_C(1) << (bits - table)) || p->user_top % CAPDL_PAGE_SIZE != 0) {
        return found(c,
                     "end of user addresses is 0x%" PRIx64 ", expected the end of a page up to 2^%u, which needs "
                     "%u levels of page tables",
                     p->user_top, bits, p->vspace_levels);
    }
    return true;
}

/* System calls and faults of all kernels: with MCS or without. */
static const struct {
    uint8_t call;
    bool plain, mcs;
} api_calls[] = {
    {CAPDL_SYSCALL_CALL, true, true},         {CAPDL_SYSCALL_REPLY_RECV, true, true},
    {CAPDL_SYSCALL_SEND, true, true},         {CAPDL_SYSCALL_NBSEND, true, true},
    {CAPDL_SYSCALL_RECV, true, true},         {CAPDL_SYSCALL_NBRECV, true, true},
    {CAPDL_SYSCALL_YIELD, true, true},        {CAPDL_SYSCALL_REPLY, true, false},
    {CAPDL_SYSCALL_NBSEND_RECV, false, true}, {CAPDL_SYSCALL_NBSEND_WAIT, false, true},
    {CAPDL_SYSCALL_WAIT, false, true},        {CAPDL_SYSCALL_NBWAIT, false, true},
};
static const uint8_t api_faults[] = {CAPDL_FAULT_CAP, CAPDL_FAULT_UNKNOWN_SYSCALL, CAPDL_FAULT_USER_EXCEPTION,
                                     CAPDL_FAULT_VM};

static bool calls_good(const struct check *c)
{
    const struct capdl_profile *p = c->p;
    bool prints = p->syscalls[CAPDL_SYSCALL_DEBUG_PUTCHAR] != 0;
    for (size_t i = 0; i < sizeof(api_calls) / sizeof(api_calls[0]); i++) {
        bool wanted = p->mcs ? api_calls[i].mcs : api_calls[i].plain;
        if ((p->syscalls[api_calls[i].call] != 0) != wanted) {
            return found(c, "system call %s is %d, expected %s %s MCS", syscall_ids[api_calls[i].call],
                         p->syscalls[api_calls[i].call], wanted ? "a number" : "none", p->mcs ? "with" : "without");
        }
    }
    if (prints != p->printing) {
        return found(c, "system call DEBUG_PUTCHAR is %d, expected a number if the kernel has a console, and only then",
                     p->syscalls[CAPDL_SYSCALL_DEBUG_PUTCHAR]);
    }
    for (size_t i = 0; i < sizeof(api_faults); i++) {
        if (p->faults[api_faults[i]] == 0) {
            return found(c, "it has no number for fault %s", fault_ids[api_faults[i]]);
        }
    }
    return true;
}

static bool switches_good(const struct check *c)
{
    const struct capdl_profile *p = c->p;
    bool arm = c->facts->cpus & CAPDL_CPU_ARM_64;
    const struct {
        bool on, possible;
        const char *name;
    } switches[] = {
        {p->hypervisor, arm || c->facts->pc, "hypervisor"},
        {p->sysenter, c->facts->pc, "SYSENTER"},
        {p->fsgsbase, c->facts->pc, "FSGSBASE instructions"},
        {p->num_ioapics != 0, c->facts->pc, "I/O APICs"},
        {p->num_iommus != 0, c->facts->pc, "IOMMUs"},
        {p->dtb_bytes != 0, !c->facts->pc, "device tree"},
        {p->smc, arm, "SMC calls"},
        {p->pmu_user, arm, "performance monitors at user level"},
        {p->pcnt_user, arm, "physical counter at user level"},
        {p->vcnt_user, arm, "virtual counter at user level"},
    };

    for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
        if (switches[i].on && !switches[i].possible) {
            return found(c, "%s: of another architecture than %s", switches[i].name, c->facts->keyword);
        }
    }
    if (p->smp != (p->max_nodes > 1)) {
        return found(c, "it has %u cores %s SMP, expected more than one with SMP, and only then", p->max_nodes,
                     p->smp ? "and" : "without");
    }
    return true;
}

static bool asids_good(const struct check *c)
{
    if (1u << c->p->asid_pool_bits != c->facts->asid_pool_entries) {
        return found(c, "an ASID pool has 2^%u entries, expected %u", c->p->asid_pool_bits,
                     c->facts->asid_pool_entries);
    }
    return true;
}

static bool times_good(const struct check *c)
{
    const struct capdl_profile *p = c->p;
    if (p->timer_frequency != 0 && p->timer_frequency < MIN_TIMER_HZ) {
        return found(c, "timer frequency is %" PRIu64 " Hz, expected at least %d", p->timer_frequency, MIN_TIMER_HZ);
    }
    if (p->mcs != (p->timer_tick_ms == 0)) {
        return found(c, "timer tick is %u ms, expected %s", p->timer_tick_ms, p->mcs ? "none with MCS" : "at least 1");
    }
    return true;
}

/* Bootinfo is one page, and its last member is the list of untypeds. */
static bool bootinfo_good(const struct check *c)
{
    const struct capdl_profile *p = c->p;
    int word = (int)capdl_word_bytes(p->arch), apart = p->bootinfo_schedcontrol_offset - p->bootinfo_untyped_offset;
    unsigned room = (unsigned)(CAPDL_PAGE_SIZE - p->bootinfo_untyped_offset - 2 * word) / UNTYPED_DESC;
    if ((p->bootinfo_schedcontrol_offset != 0) != p->mcs) {
        return found(c, "offset of SchedControl in bootinfo is %u, expected one with MCS, and only then",
                     p->bootinfo_schedcontrol_offset);
    }
    if (p->bootinfo_untyped_offset % word != 0 || p->bootinfo_schedcontrol_offset % word != 0 ||
        (p->mcs && apart > -2 * word && apart < 2 * word)) {
        return found(c,
                     "offsets in bootinfo are %u of untypeds and %u of SchedControl, expected multiples of %d, %d "
                     "bytes apart",
                     p->bootinfo_untyped_offset, p->bootinfo_schedcontrol_offset, word, 2 * word);
    }
    if (p->max_untypeds > room) {
        return found(c, "untypeds in bootinfo are %u, expected at most %u: behind byte %u of a page", p->max_untypeds,
                     room, p->bootinfo_untyped_offset);
    }
    return true;
}

/* Memory begins with a page. It may end anywhere, as on quartz64 at 0xefffffff, and so may what is left for devices
 * begin and end, as on PCs at 0xfffffff8, below the addresses that raise interrupts. */
static bool region_good(const struct check *c, const struct capdl_region *regions, size_t i, bool memory)
{
    const struct capdl_region *r = &regions[i];
    uint64_t end = UINT64_C(1) << c->p->pa_bits;
    if ((memory && r->start % CAPDL_PAGE_SIZE != 0) || r->start >= r->end || r->end > end ||
        (i > 0 && r->start < regions[i - 1].end)) {
        return found(c, "%s from 0x%" PRIx64 " to 0x%" PRIx64 ", expected ascending %s up to 2^%u",
                     memory ? "memory" : "devices", r->start, r->end, memory ? "ranges from a page on" : "ranges",
                     c->p->pa_bits);
    }
    return true;
}

static bool regions_good(const struct check *c)
{
    for (size_t i = 0; i < c->p->num_memory; i++) {
        if (!region_good(c, c->p->memory, i, true)) {
            return false;
        }
    }
    for (size_t i = 0; i < c->p->num_devices; i++) {
        const struct capdl_region *d = &c->p->devices[i];
        if (!region_good(c, c->p->devices, i, false)) {
            return false;
        }
        for (const struct capdl_region *m = c->p->memory; m < c->p->memory + c->p->num_memory; m++) {
            if (d->start < m->end && m->start < d->end) {
                return found(c, "devices from 0x%" PRIx64 " to 0x%" PRIx64 ", expected no memory there", d->start,
                             d->end);
            }
        }
    }
    return true;
}

static bool kernel_good(const struct check *c)
{
    const struct capdl_region *kernel = &c->p->kernel, *m = c->p->memory, *end = m + c->p->num_memory;
    uint64_t boot_end = c->p->kernel_boot_end;
    while (m < end && (kernel->start < m->start || kernel->end > m->end)) {
        m++;
    }
    if (kernel->start > kernel->end || (kernel->start < kernel->end && c->p->num_memory > 0 && m == end)) {
        return found(c, "kernel image from 0x%" PRIx64 " to 0x%" PRIx64 ", expected within memory", kernel->start,
                     kernel->end);
    }
    if (boot_end != 0 && (boot_end < kernel->start || boot_end > kernel->end)) {
        return found(c, "end of the kernel's boot part is 0x%" PRIx64 ", expected within the kernel image", boot_end);
    }
    return true;
}

bool profile_good(const struct capdl_profile *p, char flaw[PROFILE_FLAW])
{
    static bool (*const rules[])(const struct check *) = {
        ranges_good, switches_good, calls_good, methods_good,  types_good,   numbers_distinct, vspace_good,
        asids_good,  sizes_good,    times_good, bootinfo_good, regions_good, kernel_good,
    };
    const struct check check = {p, capdl_architecture(p->arch), flaw};
    *flaw = 0;
    if (!capdl_arch_boots(p->arch)) {
        return found(&check, "its architecture is not one that boots");
    }
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (!rules[i](&check)) {
            return false;
        }
    }
    return true;
}
