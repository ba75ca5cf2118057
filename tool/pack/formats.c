/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Headers for those who start the loader. The loader's first page is free for them; it begins with a branch to the
 * loader's entry.
 *
 *     elf       ELF header | padding | loader and payload
 *     raw       loader and payload
 *     linux     the same with the header of a Linux Image in the first page
 * (Documentation/arch/{arm64/booting,riscv/boot-image-header}) uimage    U-Boot's 64-byte header | linux efi linux with
 * a PE header in the first page too
 */
#include <elf.h>
#include <string.h>

#include "plan.h"

/* EFI_ENTRY: firmware's entry, from the loader's own; see start.S. */
enum { HEAD_SIZE = 4096, RISCV_TEXT_OFFSET = 0x200000, EFI_ENTRY = 8 };

static void put16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, (uint16_t)value);
    put16(at + 2, (uint16_t)(value >> 16));
}

static void put64(uint8_t *at, uint64_t value)
{
    put32(at, (uint32_t)value);
    put32(at + 4, (uint32_t)(value >> 32));
}

static void put32_big(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        at[i] = (uint8_t)(value >> (24 - 8 * i));
    }
}

static bool write_elf(struct plan *plan, FILE *out)
{
    static const uint8_t padding[HEAD_SIZE];
    Elf64_Ehdr header = {
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_EXEC,
        .e_machine = plan->profile->arch == CAPDL_ARCH_AARCH64 ? EM_AARCH64 : EM_RISCV,
        .e_version = EV_CURRENT,
        .e_entry = plan->loader_place.start + plan->loader.entry,
        .e_phoff = sizeof(header),
        .e_ehsize = sizeof(header),
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = 1,
    };
    Elf64_Phdr segment = {
        .p_type = PT_LOAD,
        .p_flags = PF_R | PF_W | PF_X,
        .p_offset = HEAD_SIZE,
        .p_vaddr = plan->loader_place.start,
        .p_paddr = plan->loader_place.start,
        .p_filesz = plan->file.size,
        .p_memsz = payload_memory_size(plan),
        .p_align = HEAD_SIZE,
    };
    fwrite(&header, sizeof(header), 1, out);
    fwrite(&segment, sizeof(segment), 1, out);
    fwrite(padding, sizeof(padding) - sizeof(header) - sizeof(segment), 1, out);
    fwrite(plan->file.bytes, 1, plan->file.size, out);
    return true;
}

/* `b` from one offset to another, and `add x13, x18, #0x16`, which does nothing and reads "MZ". */
static uint32_t arm_branch(uint64_t from, uint64_t to)
{
    return 0x14000000u | (uint32_t)((to - from) / 4 & 0x3ffffff);
}

enum { ARM_MZ = 0x91005a4d };

/* A Linux Image that may lie anywhere at a multiple of 2 MiB. */
static void head_linux_arm(struct plan *plan)
{
    uint8_t *head = plan->file.bytes;
    put32(head, ARM_MZ);
    put32(head + 4, arm_branch(4, plan->loader.entry));
    put64(head + 8, 0); /* offset from the multiple of 2 MiB */
    put64(head + 16, payload_memory_size(plan));
    put64(head + 24, 1 << 1 | 1 << 3); /* 4 KiB pages, anywhere in memory */
    memcpy(head + 56, "ARM\x64", 4);
}

/* The loader's own first instruction stays. */
static void head_linux_riscv(struct plan *plan)
{
    uint8_t *head = plan->file.bytes;
    put64(head + 8, RISCV_TEXT_OFFSET);
    put64(head + 16, payload_memory_size(plan));
    put64(head + 24, 0);
    put32(head + 32, 2); /* version 0.2 */
    memcpy(head + 48, "RISCV\0\0\0", 8);
    memcpy(head + 56, "RSC\x05", 4);
}

static void head_linux(struct plan *plan)
{
    if (plan->profile->arch == CAPDL_ARCH_AARCH64) {
        head_linux_arm(plan);
    } else {
        head_linux_riscv(plan);
    }
}

static uint32_t crc32(const uint8_t *bytes, size_t size)
{
    uint32_t crc = ~0u;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
        }
    }
    return ~crc;
}

/* The container has 32-bit addresses. */
static bool write_uimage(struct plan *plan, FILE *out)
{
    enum { MAGIC = 0x27051956, OS_LINUX = 5, ARCH_ARM64 = 22, ARCH_RISCV = 26, TYPE_KERNEL = 2, NOT_COMPRESSED = 0 };
    uint8_t header[64] = {0};
    uint64_t load = plan->loader_place.start;
    if (load > UINT32_MAX || plan->file.size > UINT32_MAX) {
        capdl_error(plan->diags, CAPDL_NOWHERE,
                    "the loader lies at 0x%llx, beyond what a uImage can say; use format linux "
                    "(booti) or place it below 4 GiB",
                    (unsigned long long)load);
        return false;
    }
    put32_big(header, MAGIC);
    put32_big(header + 12, (uint32_t)plan->file.size);
    put32_big(header + 16, (uint32_t)load);
    put32_big(header + 20, (uint32_t)load);
    put32_big(header + 24, crc32(plan->file.bytes, plan->file.size));
    header[28] = OS_LINUX;
    header[29] = plan->profile->arch == CAPDL_ARCH_AARCH64 ? ARCH_ARM64 : ARCH_RISCV;
    header[30] = TYPE_KERNEL;
    header[31] = NOT_COMPRESSED;
    memcpy(header + 32, "seL4", 4);
    put32_big(header + 4, crc32(header, sizeof(header)));
    fwrite(header, sizeof(header), 1, out);
    fwrite(plan->file.bytes, 1, plan->file.size, out);
    return true;
}

/* PE32+ with one section and an empty list of relocations. "Relocations stripped" must not be said: it would mean
   address 0 only. Offsets are from the start of the PE header. */
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

bool format_write(struct plan *plan, FILE *out)
{
    switch (plan->options->format) {
    case PACK_ELF:
        return write_elf(plan, out);
    case PACK_UIMAGE:
        head_linux(plan);
        return write_uimage(plan, out);
    case PACK_EFI:
        head_linux(plan);
        head_efi(plan);
        break;
    case PACK_LINUX:
        head_linux(plan);
        break;
    default:
        break;
    }
    fwrite(plan->file.bytes, 1, plan->file.size, out);
    return true;
}
