/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Headers for those who start the loader. The loader's first page is free for them; it begins with a branch to the
 * loader's entry.
 *
 *     elf       ELF header | padding | loader and payload
 *     raw       loader and payload
 *     linux     the same with the header of a Linux Image in the first page
 *     uimage    U-Boot's 64-byte header | linux
 *     efi       linux with a PE header in the first page too
 *
 * Linux's and the PE header are the architecture's: arch_*.c.
 */
#include <elf.h>
#include <string.h>

#include "arch.h"
#include "payload_parts.h"
#include "plan.h"
#include "put.h"

static void put32_big(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        at[i] = (uint8_t)(value >> (24 - 8 * i));
    }
}

/* In a file of the other ELF class the same members have other offsets and sizes. */
#define WRITE_HEADERS(bits)                                                                           \
    static size_t write_headers_##bits(const struct plan *plan, FILE *out)                            \
    {                                                                                                 \
        Elf##bits##_Ehdr header = {                                                                   \
            .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS##bits, ELFDATA2LSB, EV_CURRENT}, \
            .e_type = ET_EXEC,                                                                        \
            .e_machine = capdl_architecture(plan->profile->arch)->elf_machine,                        \
            .e_version = EV_CURRENT,                                                                  \
            .e_entry = (Elf##bits##_Addr)(plan->loader_extent.start + plan->loader.entry),            \
            .e_phoff = sizeof(header),                                                                \
            .e_ehsize = sizeof(header),                                                               \
            .e_phentsize = sizeof(Elf##bits##_Phdr),                                                  \
            .e_phnum = 1,                                                                             \
        };                                                                                            \
        Elf##bits##_Phdr segment = {                                                                  \
            .p_type = PT_LOAD,                                                                        \
            .p_flags = PF_R | PF_W | PF_X,                                                            \
            .p_offset = HEAD_SIZE,                                                                    \
            .p_vaddr = (Elf##bits##_Addr)plan->loader_extent.start,                                   \
            .p_paddr = (Elf##bits##_Addr)plan->loader_extent.start,                                   \
            .p_filesz = (Elf##bits##_Addr)plan->file.size,                                            \
            .p_memsz = (Elf##bits##_Addr)payload_memory_size(plan),                                   \
            .p_align = HEAD_SIZE,                                                                     \
        };                                                                                            \
        fwrite(&header, sizeof(header), 1, out);                                                      \
        fwrite(&segment, sizeof(segment), 1, out);                                                    \
        return sizeof(header) + sizeof(segment);                                                      \
    }

WRITE_HEADERS(32)
WRITE_HEADERS(64)

static bool write_elf(struct plan *plan, FILE *out)
{
    static const uint8_t padding[HEAD_SIZE];
    bool wide = capdl_architecture(plan->profile->arch)->word_bits == 64;
    size_t written = wide ? write_headers_64(plan, out) : write_headers_32(plan, out);
    fwrite(padding, sizeof(padding) - written, 1, out);
    fwrite(plan->file.bytes, 1, plan->file.size, out);
    return true;
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
    enum { MAGIC = 0x27051956, OS_LINUX = 5, TYPE_KERNEL = 2, NOT_COMPRESSED = 0 };
    uint8_t header[64] = {0};
    uint64_t load = plan->loader_extent.start;
    if (load > UINT32_MAX || plan->file.size > UINT32_MAX) {
        capdl_error(plan->diags, CAPDL_NOWHERE,
                    "the loader is at 0x%llx, too high for a uImage; use format linux (booti) or place it below 4 GiB",
                    (unsigned long long)load);
        return false;
    }
    put32_big(header, MAGIC);
    put32_big(header + 12, (uint32_t)plan->file.size);
    put32_big(header + 16, (uint32_t)load);
    put32_big(header + 20, (uint32_t)load);
    put32_big(header + 24, crc32(plan->file.bytes, plan->file.size));
    header[28] = OS_LINUX;
    header[29] = pack_arch(plan->profile->arch)->uimage;
    header[30] = TYPE_KERNEL;
    header[31] = NOT_COMPRESSED;
    memcpy(header + 32, "seL4", 4);
    put32_big(header + 4, crc32(header, sizeof(header)));
    fwrite(header, sizeof(header), 1, out);
    fwrite(plan->file.bytes, 1, plan->file.size, out);
    return true;
}

bool format_write(struct plan *plan, FILE *out)
{
    const struct pack_arch *arch = pack_arch(plan->profile->arch);
    switch (plan->options->format) {
    case PACK_ELF:
        return write_elf(plan, out);
    case PACK_UIMAGE:
        arch->head_linux(plan);
        return write_uimage(plan, out);
    case PACK_EFI:
        arch->head_linux(plan);
        arch->head_efi(plan);
        break;
    case PACK_LINUX:
        arch->head_linux(plan);
        break;
    case PACK_RAW:
    case PACK_FORMAT_COUNT:
        break;
    }
    fwrite(plan->file.bytes, 1, plan->file.size, out);
    return true;
}

static const char *const format_names[] = {
#define PACK_FORMAT(id, name) name,
#include "formats.def"
};

enum pack_format pack_format_named(const char *name)
{
    enum pack_format format = 0;
    while (format < PACK_FORMAT_COUNT && strcmp(format_names[format], name) != 0) {
        format++;
    }
    return format;
}

const char *pack_format_name(enum pack_format format)
{
    return format_names[format];
}

/* An ELF file is put where it wants to be and cannot run into the machine's own device tree. The Raspberry Pi's
 * start-up code, and QEMU's, holds back the other cores only if the file looks like a Linux Image. */
enum pack_format pack_format_for_qemu(const struct capdl_profile *profile)
{
    return strcmp(profile->platform, "bcm2837") == 0 ? PACK_LINUX : PACK_ELF;
}

bool pack_format_is_for(enum pack_format format, enum capdl_arch arch)
{
    return format != PACK_EFI || pack_arch(arch)->head_efi;
}

char *pack_format_list(enum capdl_arch arch, char text[PACK_FORMAT_LIST])
{
    size_t used = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < PACK_FORMAT_COUNT; i++) {
        if (pack_format_is_for((enum pack_format)i, arch)) {
            used += (size_t)snprintf(text + used, PACK_FORMAT_LIST - used, "%s%s", used ? ", " : "",
                                     pack_format_name((enum pack_format)i));
        }
    }
    return text;
}
