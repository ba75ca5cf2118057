/* SPDX-License-Identifier: BSD-2-Clause */
#define seL4_WordBits (sizeof(seL4_Word) * 8)
#define seL4_PageBits 12
#define seL4_LargePageBits (seL4_PageBits + 9)
#define seL4_HugePageBits 30
#define seL4_SlotBits 5
#if defined(CONFIG_TEST_NOT_THERE) || \
    (defined(CONFIG_HAVE_FPU) && !defined(CONFIG_DEBUG_BUILD) && CONFIG_NUM_PRIORITIES >= 0x80)
#define seL4_TCBBits 12
#else
#define seL4_TCBBits 11
#endif
#define seL4_EndpointBits 4
#ifdef CONFIG_KERNEL_MCS
#define seL4_NotificationBits 6
#define seL4_ReplyBits 5
#elif 1
#define seL4_NotificationBits 5
#endif
#define seL4_PageTableBits 12
#define seL4_VSpaceBits 13
#define seL4_VCPUBits 12
#define seL4_NumASIDPoolsBits 6
#define seL4_ASIDPoolIndexBits 9
#define seL4_MinUntypedBits 4
#define seL4_MaxUntypedBits 40
#define seL4_UserTop 0x000000ffffffffff
