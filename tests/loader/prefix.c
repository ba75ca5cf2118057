/* SPDX-License-Identifier: BSD-2-Clause */
#include "prefix.h"

#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const files[] = {"bin/kernel.elf", "libsel4/include/kernel/gen_config.json", "support/kernel.dtb"};
static const char *const directories[] = {"bin", "libsel4", "libsel4/include", "libsel4/include/kernel", "support"};
enum { NUM_FILES = 3, NUM_DIRECTORIES = 5 };

uint8_t test_byte(uint64_t vaddr)
{
    return vaddr >> 16 & 1 ? 0 : (uint8_t)(vaddr * 7 + (vaddr >> 12)) | 1;
}

uint8_t *test_elf(uint16_t machine, uint64_t entry, const struct test_segment *segments, size_t count, size_t *size)
{
    size_t offset = sizeof(Elf64_Ehdr) + count * sizeof(Elf64_Phdr);
    *size = offset;
    for (size_t i = 0; i < count; i++) {
        *size += segments[i].file_size;
    }
    uint8_t *bytes = calloc(1, *size);
    Elf64_Ehdr header = {
        .e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_EXEC,
        .e_machine = machine,
        .e_version = EV_CURRENT,
        .e_entry = entry,
        .e_phoff = sizeof(header),
        .e_ehsize = sizeof(header),
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = (uint16_t)count,
    };
    memcpy(bytes, &header, sizeof(header));
    for (size_t i = 0; i < count; i++) {
        const struct test_segment *s = &segments[i];
        Elf64_Phdr program = {PT_LOAD,  PF_R | PF_W | PF_X, offset,         s->vaddr,
                              s->paddr, s->file_size,       s->memory_size, 4096};
        memcpy(bytes + sizeof(header) + i * sizeof(program), &program, sizeof(program));
        for (uint64_t j = 0; j < s->file_size; j++) {
            bytes[offset++] = test_byte(s->vaddr + j);
        }
    }
    return bytes;
}

uint8_t *test_tree(size_t *size)
{
    enum { ROOM = 4096 };
    uint8_t *tree = calloc(1, ROOM);
    fdt_create(tree, ROOM);
    fdt_finish_reservemap(tree);
    fdt_begin_node(tree, "");
    fdt_property_string(tree, "compatible", "test");
    fdt_property_u32(tree, "#address-cells", 1);
    fdt_property_u32(tree, "#size-cells", 1);
    fdt_begin_node(tree, "memory@40000000");
    fdt_property_string(tree, "device_type", "memory");
    fdt_property_u64(tree, "reg", UINT64_C(0x4000000002000000));
    fdt_end_node(tree);
    fdt_end_node(tree);
    fdt_finish(tree);
    *size = ROOM; /* padded, as firmware does */
    fdt_set_totalsize(tree, ROOM);
    return tree;
}

void test_prefix_write(const struct capdl_profile *profile, const char *name, const void *bytes, size_t size)
{
    char path[5000];
    snprintf(path, sizeof(path), "%s/%s", profile->prefix, name);
    FILE *file = fopen(path, "wb");
    fwrite(bytes, 1, size, file);
    fclose(file);
}

void test_prefix(struct capdl_profile *profile, enum capdl_arch arch)
{
    static const char config[] = "{\"MAX_NUM_NODES\": \"1\", \"FIRST_HART_ID\": \"3\", \"ARM_PA_SIZE_BITS_44\": true}";
    char path[5000];
    *profile =
        (struct capdl_profile){.name = "made-up", .platform = "made-up", .arch = arch, .max_nodes = 1, .num_memory = 1};
    profile->memory[0] = (struct capdl_region){0x40000000, 0x41000000};
    strcpy(profile->prefix, "pack-test-XXXXXX");
    if (!mkdtemp(profile->prefix)) {
        abort();
    }
    for (size_t i = 0; i < NUM_DIRECTORIES; i++) {
        snprintf(path, sizeof(path), "%s/%s", profile->prefix, directories[i]);
        mkdir(path, 0755);
    }
    size_t size;
    uint8_t *tree = test_tree(&size);
    test_prefix_write(profile, files[1], config, sizeof(config) - 1);
    test_prefix_write(profile, files[2], tree, size);
    free(tree);
}

void test_prefix_remove(const struct capdl_profile *profile)
{
    char path[5000];
    for (size_t i = 0; i < NUM_FILES; i++) {
        snprintf(path, sizeof(path), "%s/%s", profile->prefix, files[i]);
        unlink(path);
    }
    for (size_t i = NUM_DIRECTORIES; i-- > 0;) {
        snprintf(path, sizeof(path), "%s/%s", profile->prefix, directories[i]);
        rmdir(path);
    }
    rmdir(profile->prefix);
}
