/* SPDX-License-Identifier: BSD-2-Clause */
/* The header of a Linux Image: Documentation/arch/arm64/booting of Linux. */
#include <string.h>

#include "arch.h"
#include "payload_parts.h"
#include "put.h"

/* Firmware's entry, from the loader's own; see start.S. */
enum { EFI_ENTRY = 8 };

/* `b` from one offset to another, and `add x13, x18, #0x16`, which does nothing and reads "MZ". */
static uint32_t arm_branch(uint64_t from, uint64_t to)
{
    return 0x14000000u | (uint32_t)((to - from) / 4 & 0x3ffffff);
}

enum { ARM_MZ = 0x91005a4d };

/* A Linux Image that may be anywhere at a multiple of 2 MiB. */
static void head_linux(struct plan *plan)
{
    uint8_t *head = plan->file.bytes;
    put32(head, ARM_MZ);
    put32(head + 4, arm_branch(4, plan->loader.entry));
    put64(head + 8, 0); /* offset from the multiple of 2 MiB */
    put64(head + 16, payload_memory_size(plan));
    put64(head + 24, 1 << 1 | 1 << 3); /* 4 KiB pages, anywhere in memory */
    memcpy(head + 56, "ARM\x64", 4);
}

/* PE32+ with one section and an empty list of relocations. The flag "relocations stripped" stays clear: it would mean
 * that only address 0 will do. Offsets are from the start of the PE header. */
static void head_efi(struct plan *plan)
{
    enum { AT = 64, OPTIONAL = 24, OPTIONAL_SIZE = 112 + 6 * 8, SECTION = OPTIONAL + OPTIONAL_SIZE };
    enum { MACHINE_ARM64 = 0xaa64, EXECUTABLE = 2, LARGE = 0x20, NO_DEBUG = 0x200 };
    enum { PE32_PLUS = 0x20b, EFI_APPLICATION = 10, CODE_RWX = (int)0xe0000020 };
    uint8_t *head = plan->file.bytes, *pe = head + AT;
    uint32_t file_size = (uint32_t)plan->file.size, memory_size = (uint32_t)payload_memory_size(plan);
    put32(head + 60, AT);
    memcpy(pe, "PE\0\0", 4);
    put16(pe + 4, MACHINE_ARM64);
    put16(pe + 6, 1); /* sections */
    put16(pe + 20, OPTIONAL_SIZE);
    put16(pe + 22, EXECUTABLE | LARGE | NO_DEBUG);
    put16(pe + OPTIONAL, PE32_PLUS);
    put32(pe + OPTIONAL + 4, file_size - HEAD_SIZE);
    put32(pe + OPTIONAL + 16, (uint32_t)plan->loader.entry + EFI_ENTRY);
    put32(pe + OPTIONAL + 20, HEAD_SIZE); /* base of code */
    put32(pe + OPTIONAL + 32, HEAD_SIZE); /* section alignment */
    put32(pe + OPTIONAL + 36, 512);       /* file alignment */
    put32(pe + OPTIONAL + 56, memory_size);
    put32(pe + OPTIONAL + 60, HEAD_SIZE); /* size of headers */
    put16(pe + OPTIONAL + 68, EFI_APPLICATION);
    put32(pe + OPTIONAL + 108, 6); /* data directories, all empty */
    memcpy(pe + SECTION, ".text\0\0\0", 8);
    put32(pe + SECTION + 8, memory_size - HEAD_SIZE);
    put32(pe + SECTION + 12, HEAD_SIZE);
    put32(pe + SECTION + 16, file_size - HEAD_SIZE);
    put32(pe + SECTION + 20, HEAD_SIZE);
    put32(pe + SECTION + 36, (uint32_t)CODE_RWX);
}

static uint32_t flags(const struct capdl_profile *profile)
{
    return (profile->hypervisor ? CAPDL_PAYLOAD_HYPERVISOR : 0u) |
           (profile->max_nodes > 1 ? CAPDL_PAYLOAD_SHAREABLE : 0u);
}

const struct pack_arch pack_aarch64 = {
    .qemu = "qemu-system-aarch64",
    .head_linux = head_linux,
    .head_efi = head_efi,
    .uimage = 22,
    .flags = flags,
};
