/* SPDX-License-Identifier: BSD-2-Clause */
#include "profile/fields.h"

#include <string.h>

#include <capdl/blob.h>

#include "profile/names.h"

#define MEMBER(member) ((struct capdl_profile *)0)->member
#define WHERE(member) .offset = offsetof(struct capdl_profile, member), .width = sizeof(MEMBER(member))
#define ELEMENTS(member, type)                                               \
    .offset = offsetof(struct capdl_profile, member), .width = sizeof(type), \
    .count = sizeof(MEMBER(member)) / sizeof(type)

#define STRING(member, text)                                                        \
    {                                                                               \
        .key = #member, .label = text, .kind = FIELD_STRING, ELEMENTS(member, char) \
    }
#define BOOL(member, text)                                               \
    {                                                                    \
        .key = #member, .label = text, .kind = FIELD_BOOL, WHERE(member) \
    }
#define NUMBER(member, text, from, to)                                                                                \
    {                                                                                                                 \
        .key = #member, .label = text, .kind = FIELD_NUMBER, WHERE(member), .count = 1, .least = (from), .most = (to) \
    }
#define ADDRESS(member, text, from)                                                                      \
    {                                                                                                    \
        .key = #member, .label = text, .kind = FIELD_NUMBER, WHERE(member), .count = 1, .least = (from), \
        .most = INT64_MAX, .is_address = true                                                            \
    }
#define NAMED(member, text, type, ids, none, from, to, once)                                                           \
    {                                                                                                                  \
        .key = #member, .label = text, .kind = FIELD_NAMED, ELEMENTS(member, type), .absent = (none), .least = (from), \
        .most = (to), .names = (ids), .distinct = (once)                                                               \
    }
#define REGIONS(member, text)                                                                        \
    {                                                                                                \
        .key = #member, .label = text, .kind = FIELD_REGIONS, ELEMENTS(member, struct capdl_region), \
        .count_offset = offsetof(struct capdl_profile, num_##member)                                 \
    }

const struct field profile_fields[] = {
    STRING(name, "name"),
    STRING(version, "version"),
    {.key = "arch", .label = "architecture", .kind = FIELD_ARCH},
    STRING(platform, "platform"),
    BOOL(mcs, "MCS"),
    BOOL(hypervisor, "hypervisor"),
    BOOL(smp, "SMP"),
    BOOL(printing, "console"),
    BOOL(debug, "debug build"),
    BOOL(sysenter, "SYSENTER"),
    BOOL(smc, "SMC calls"),
    BOOL(fpu, "FPU"),
    BOOL(fsgsbase, "FSGSBASE instructions"),
    BOOL(pmu_user, "performance monitors at user level"),
    BOOL(pcnt_user, "physical counter at user level"),
    BOOL(vcnt_user, "virtual counter at user level"),
    NUMBER(max_nodes, "cores", 1, CAPDL_MOST_CORES),
    NUMBER(num_domains, "domains", 1, CAPDL_MOST_DOMAINS),
    NUMBER(num_domain_schedules, "domain schedule entries", 0, UINT16_MAX),
    NUMBER(num_priorities, "priorities", 1, CAPDL_MOST_PRIORITIES),
    NUMBER(root_cnode_bits, "root CNode, log2 of slots", 7, 26),
    NUMBER(max_untypeds, "untypeds in bootinfo", 1, UINT16_MAX),
    NUMBER(fan_out, "objects per Retype", 1, UINT32_MAX),
    NUMBER(reset_chunk_bits, "untyped reset chunk, log2 of bytes", 0, 63),
    NUMBER(max_irq, "largest interrupt", 0, UINT16_MAX),
    NUMBER(timer_frequency, "timer frequency in Hz", 0, INT64_MAX),
    NUMBER(timer_tick_ms, "timer tick in milliseconds", 0, UINT16_MAX),
    NUMBER(max_period_us, "longest period in microseconds", 0, INT64_MAX),
    NUMBER(kernel_wcet_us, "kernel WCET in microseconds", 0, UINT32_MAX),
    NAMED(syscalls, "system call", int32_t, syscall_ids, 0, INT16_MIN, -1, true),
    NAMED(labels, "label", uint16_t, method_ids, CAPDL_PROFILE_ABSENT, 1, CAPDL_PROFILE_ABSENT - 1, true),
    NAMED(types, "object type", uint16_t, type_ids, CAPDL_PROFILE_ABSENT, 0, CAPDL_PROFILE_ABSENT - 1, true),
    NAMED(size_bits, "size bits", uint8_t, type_ids, 0, 1, 63, false),
    NUMBER(max_untyped_bits, "largest untyped, log2 of bytes", 4, 63),
    NAMED(faults, "fault", uint8_t, fault_ids, 0, 1, 15, true),
    {.key = "vspace_index_bits",
     .label = "VSpace levels, log2 of entries",
     .kind = FIELD_LEVELS,
     ELEMENTS(vspace_index_bits, uint8_t),
     .least = 1,
     .most = 16},
    ADDRESS(user_top, "end of user addresses", CAPDL_PAGE_SIZE),
    NUMBER(asid_pool_bits, "ASIDs per pool, log2", 1, 16),
    NUMBER(num_asid_pool_bits, "ASID pools, log2", 0, 16),
    NUMBER(pa_bits, "physical address bits", 12, 63),
    NUMBER(bootinfo_untyped_offset, "offset of untypeds in bootinfo", CAPDL_BOOTINFO_WORDS * 4, CAPDL_PAGE_SIZE - 16),
    NUMBER(bootinfo_schedcontrol_offset, "offset of SchedControl in bootinfo", 0, CAPDL_PAGE_SIZE - 16),
    REGIONS(memory, "memory"),
    REGIONS(devices, "devices"),
    {.key = "kernel", .label = "kernel image", .kind = FIELD_REGION, WHERE(kernel)},
    ADDRESS(kernel_boot_end, "end of the kernel's boot part", 0),
    NUMBER(dtb_bytes, "device tree in bytes", 0, UINT32_MAX),
    NUMBER(num_ioapics, "I/O APICs", 0, 64),
    NUMBER(num_iommus, "IOMMUs", 0, 64),
};

const size_t num_profile_fields = sizeof(profile_fields) / sizeof(profile_fields[0]);

int64_t field_get(const struct capdl_profile *p, const struct field *field, size_t i)
{
    const void *at = (const char *)p + field->offset + i * field->width;
    switch (field->width) {
    case 1:
        return *(const uint8_t *)at;
    case 2:
        return *(const uint16_t *)at;
    case 4:
        return field->least < 0 ? *(const int32_t *)at : (int64_t) * (const uint32_t *)at;
    default:
        return (int64_t) * (const uint64_t *)at;
    }
}

void field_set(struct capdl_profile *p, const struct field *field, size_t i, int64_t value)
{
    void *at = (char *)p + field->offset + i * field->width;
    switch (field->width) {
    case 1:
        *(uint8_t *)at = (uint8_t)value;
        break;
    case 2:
        *(uint16_t *)at = (uint16_t)value;
        break;
    case 4:
        *(uint32_t *)at = (uint32_t)value;
        break;
    default:
        *(uint64_t *)at = (uint64_t)value;
    }
}

size_t field_regions(const struct capdl_profile *p, const struct field *field, const struct capdl_region **regions)
{
    *regions = (const void *)((const char *)p + field->offset);
    if (field->kind == FIELD_REGION) {
        return 1;
    }
    return *(const size_t *)(const void *)((const char *)p + field->count_offset);
}
