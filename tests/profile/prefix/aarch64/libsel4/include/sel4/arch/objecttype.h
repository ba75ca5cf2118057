/* SPDX-License-Identifier: BSD-2-Clause */
typedef enum _object {
    seL4_ARM_SmallPageObject = seL4_ModeObjectTypeCount,
    seL4_ARM_LargePageObject,
    seL4_ARM_PageTableObject = seL4_ARM_LargePageObject + 3,
#ifdef CONFIG_ARM_HYPERVISOR_SUPPORT
    seL4_ARM_VCPUObject,
#endif
} seL4_ArchObjectType;

#define seL4_ARM_IOPageTableObject 0xffff
