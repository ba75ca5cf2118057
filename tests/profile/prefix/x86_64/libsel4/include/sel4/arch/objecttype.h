/* SPDX-License-Identifier: BSD-2-Clause */
typedef enum _object {
    seL4_X86_4K = seL4_ModeObjectTypeCount,
    seL4_X86_LargePageObject,
    seL4_X86_PageTableObject,
    seL4_X86_PageDirectoryObject
} seL4_ArchObjectType;
