/* SPDX-License-Identifier: BSD-2-Clause */
/* Object types, their sizes, the shape of an address space, faults and the layout of bootinfo: what libsel4's
 * headers say. */
#include <stdio.h>
#include <string.h>

#include <capdl/architecture.h>
#include <capdl/blob.h>

#include "profile/arch.h"
#include "profile/headers.h"
#include "profile/names.h"
#include "profile/text_file.h"

#define INCLUDE "libsel4/include/sel4/"

static const char bootinfo_path[] = INCLUDE "bootinfo_types.h";

/* In an order in which each finds the enumerators it builds upon. */
static const char *const header_files[] = {
    INCLUDE "objecttype.h",     INCLUDE "sel4_arch/objecttype.h", INCLUDE "arch/objecttype.h",
    INCLUDE "arch/constants.h", INCLUDE "sel4_arch/constants.h",  INCLUDE "plat/api/constants.h",
    INCLUDE "constants.h",      INCLUDE "sel4_arch/types_gen.h",
};

/* The constant that has a type's size; 0 where the type has none of its own. */
static const char *const size_names[CAPDL_TYPE_COUNT] = {
    [CAPDL_TYPE_UNTYPED] = "seL4_MinUntypedBits",
    [CAPDL_TYPE_TCB] = "seL4_TCBBits",
    [CAPDL_TYPE_ENDPOINT] = "seL4_EndpointBits",
    [CAPDL_TYPE_NOTIFICATION] = "seL4_NotificationBits",
    [CAPDL_TYPE_CNODE] = "seL4_SlotBits",
    [CAPDL_TYPE_SCHED_CONTEXT] = "seL4_MinSchedContextBits",
    [CAPDL_TYPE_REPLY] = "seL4_ReplyBits",
    [CAPDL_TYPE_FRAME_4K] = "seL4_PageBits",
    [CAPDL_TYPE_FRAME_2M] = "seL4_LargePageBits",
    [CAPDL_TYPE_FRAME_1G] = "seL4_HugePageBits",
    [CAPDL_TYPE_PAGE_TABLE] = "seL4_PageTableBits",
    [CAPDL_TYPE_PAGE_DIRECTORY] = "seL4_PageDirBits",
    [CAPDL_TYPE_PDPT] = "seL4_PDPTBits",
    [CAPDL_TYPE_VSPACE] = "seL4_VSpaceBits",
    [CAPDL_TYPE_VCPU] = "seL4_VCPUBits",
    [CAPDL_TYPE_IO_PAGE_TABLE] = "seL4_IOPageTableBits",
    [CAPDL_TYPE_EPT_PML4] = "seL4_X86_EPTPML4Bits",
    [CAPDL_TYPE_EPT_PDPT] = "seL4_X86_EPTPDPTBits",
    [CAPDL_TYPE_EPT_PD] = "seL4_X86_EPTPDBits",
    [CAPDL_TYPE_EPT_PT] = "seL4_X86_EPTPTBits",
};

static struct capdl_pos header_position(struct headers *h)
{
    return reader_position(h->reader, "libsel4/include/sel4");
}

/* A constant every kernel of the architecture has. */
static int64_t needed_value(struct headers *h, const char *name, int64_t least, int64_t most)
{
    int64_t value = least;
    if (!headers_value(h, name, &value)) {
        capdl_error(h->reader->diags, header_position(h), "no integer '%s' in the headers", name);
    } else if (value < least || value > most) {
        capdl_error(h->reader->diags, header_position(h), "'%s' is %lld, expected %lld to %lld", name, (long long)value,
                    (long long)least, (long long)most);
    } else {
        return value;
    }
    return least;
}

static void find_type(struct headers *h, enum capdl_type type)
{
    struct capdl_profile *p = h->reader->profile;
    const char *short_name = type_name(p->arch, type);
    char name[64];
    int64_t value;
    p->types[type] = CAPDL_PROFILE_ABSENT;
    if (!short_name) {
        return;
    }
    snprintf(name, sizeof(name), "seL4_%s", short_name);
    if (!headers_enumerator(h, name, &value)) {
        if (type_required(p, type)) {
            capdl_error(h->reader->diags, header_position(h), "no object type '%s' in the headers", name);
        }
        return;
    }
    if (value < 0 || value >= CAPDL_PROFILE_ABSENT) {
        capdl_error(h->reader->diags, header_position(h), "object type '%s' is %lld", name, (long long)value);
        return;
    }
    p->types[type] = (uint16_t)value;
    p->size_bits[type] = (uint8_t)needed_value(h, size_names[type], 1, 47);
}

static void find_faults(struct headers *h)
{
    struct capdl_profile *p = h->reader->profile;
    for (size_t i = 0; i < CAPDL_FAULT_COUNT; i++) {
        char name[64];
        int64_t value;
        snprintf(name, sizeof(name), "seL4_Fault_%s", fault_names[i]);
        if (headers_enumerator(h, name, &value) && value > 0 && value < 16) {
            p->faults[i] = (uint8_t)value;
        }
    }
    if (p->faults[CAPDL_FAULT_VM] == 0 || p->faults[CAPDL_FAULT_CAP] == 0) {
        capdl_error(h->reader->diags, header_position(h),
                    "no 'seL4_Fault_VMFault' or 'seL4_Fault_CapFault' in types_gen.h");
    }
}

/* There are as many levels as the user's addresses take; below the root all tables have the same size. */
static void find_vspace(struct headers *h)
{
    struct capdl_profile *p = h->reader->profile;
    int entry = capdl_architecture(p->arch)->entry_bits;
    int root = p->size_bits[CAPDL_TYPE_VSPACE] - entry, table = p->size_bits[CAPDL_TYPE_PAGE_TABLE] - entry;
    int rest = 64 - __builtin_clzll(p->user_top - 1) - CAPDL_PAGE_BITS - root, levels = 1;
    if (root < 1 || root > 16 || table < 1 || table > 16) {
        return; /* a size was missing, and has been reported */
    }
    p->vspace_index_bits[0] = (uint8_t)root;
    for (; rest > 0 && levels < CAPDL_MAX_VSPACE_LEVELS; rest -= table) {
        p->vspace_index_bits[levels++] = (uint8_t)table;
    }
    p->vspace_levels = (uint8_t)levels;
    if (rest > 0) {
        capdl_error(h->reader->diags, header_position(h), "address spaces of more than %d levels",
                    CAPDL_MAX_VSPACE_LEVELS);
    }
}

/* seL4_UserTop is the last user address on Arm, the one after it elsewhere. */
static void find_user_top(struct headers *h)
{
    struct capdl_profile *p = h->reader->profile;
    int64_t top = needed_value(h, "seL4_UserTop", 4096, INT64_MAX - 1);
    p->user_top = (uint64_t)top + profile_arch(p->arch)->user_top_is_last;
    if (p->user_top % CAPDL_PAGE_SIZE != 0) {
        capdl_error(h->reader->diags, header_position(h), "'seL4_UserTop' is 0x%llx, which is not the end of a page",
                    (unsigned long long)top);
    }
}

static uint16_t bootinfo_offset(struct headers *h, struct slice text, const char *member)
{
    const unsigned word_bytes = capdl_word_bytes(h->reader->profile->arch), least = CAPDL_BOOTINFO_WORDS * word_bytes;
    int64_t offset = struct_offset(text, "seL4_BootInfo", member, word_bytes);
    if (offset <= 0) {
        capdl_error(h->reader->diags, reader_position(h->reader, bootinfo_path),
                    "cannot find the offset of member '%s' in 'struct seL4_BootInfo'", member);
        return 0;
    }
    if (offset < least || offset > CAPDL_PAGE_SIZE - 2 * (int64_t)word_bytes) {
        capdl_error(h->reader->diags, reader_position(h->reader, bootinfo_path),
                    "member '%s' of 'struct seL4_BootInfo' is at byte %lld, expected after the %d words with which it "
                    "begins (byte %u), within a page",
                    member, (long long)offset, CAPDL_BOOTINFO_WORDS, least);
        return 0;
    }
    return (uint16_t)offset;
}

static void find_bootinfo(struct headers *h)
{
    struct capdl_profile *p = h->reader->profile;
    struct slice text;
    if (!headers_read(h, bootinfo_path, &text)) {
        return;
    }
    p->bootinfo_untyped_offset = bootinfo_offset(h, text, "untyped");
    if (p->mcs) {
        p->bootinfo_schedcontrol_offset = bootinfo_offset(h, text, "schedcontrol");
    }
}

static void find_all(struct headers *h)
{
    struct capdl_profile *p = h->reader->profile;
    for (unsigned type = 0; type < CAPDL_TYPE_COUNT; type++) {
        find_type(h, type);
    }
    find_faults(h);
    find_user_top(h);
    find_vspace(h);
    p->max_untyped_bits = (uint8_t)needed_value(h, "seL4_MaxUntypedBits", 4, 63);
    p->asid_pool_bits = (uint8_t)needed_value(h, "seL4_ASIDPoolIndexBits", 1, 16);
    p->num_asid_pool_bits = (uint8_t)needed_value(h, "seL4_NumASIDPoolsBits", 0, 16);
}

void read_sizes(struct reader *reader)
{
    struct headers h = {.reader = reader};
    bool complete = true;
    for (size_t i = 0; i < sizeof(header_files) / sizeof(header_files[0]); i++) {
        complete = headers_read(&h, header_files[i], NULL) && complete;
    }
    if (complete) {
        find_all(&h);
    }
    find_bootinfo(&h);
    headers_free(&h);
}
