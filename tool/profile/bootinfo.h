/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a kernel tells the initial task (struct seL4_BootInfo) is words of the kernel, after which what not all kernels
 * have is at the offsets that the profile says. A region of slots is two words: the first slot and the end.
 */
#ifndef TOOL_PROFILE_BOOTINFO_H
#define TOOL_PROFILE_BOOTINFO_H

#include <capdl/architecture.h>

/* Places, counted in words. */
enum bootinfo_place {
    BOOTINFO_EXTRA_LEN,
    BOOTINFO_NODE_ID,
    BOOTINFO_NUM_NODES,
    BOOTINFO_IOPT_LEVELS,
    BOOTINFO_IPC_BUFFER,
    BOOTINFO_EMPTY = 5, /* regions from here on */
    BOOTINFO_IMAGE_FRAMES = 9,
    BOOTINFO_IMAGE_PAGING = 11,
    BOOTINFO_EXTRA_PAGES = 15,
    BOOTINFO_CNODE_BITS = 17,
    BOOTINFO_DOMAIN = 18,
    BOOTINFO_VARIABLE, /* from here on the profile says where what is */
};

static inline unsigned bootinfo_offset(enum capdl_arch arch, unsigned place)
{
    return place * capdl_word_bytes(arch);
}

static inline unsigned bootinfo_region_bytes(enum capdl_arch arch)
{
    return 2 * capdl_word_bytes(arch);
}

/* seL4_UntypedDesc: the address; then a byte each for log2 of the size and for whether it is device memory, padded. */
struct bootinfo_untyped {
    uint64_t address;
    uint8_t size_bits;
    bool is_device;
};

static inline unsigned bootinfo_untyped_bytes(enum capdl_arch arch)
{
    return 2 * capdl_word_bytes(arch);
}

static inline struct bootinfo_untyped bootinfo_untyped_get(enum capdl_arch arch, const uint8_t *entry)
{
    const uint8_t *bytes = entry + capdl_word_bytes(arch);
    return (struct bootinfo_untyped){capdl_word_get(arch, entry), bytes[0], bytes[1]};
}

static inline void bootinfo_untyped_put(enum capdl_arch arch, uint8_t *entry, struct bootinfo_untyped untyped)
{
    capdl_word_put(arch, entry, untyped.address);
    capdl_word_put(arch, entry + capdl_word_bytes(arch), untyped.size_bits | (uint64_t)untyped.is_device << 8);
}

#endif
