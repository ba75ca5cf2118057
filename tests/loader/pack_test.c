/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is packed, laid out as the loader would do it, is what the inputs say; headers are what their documents say;
 * what cannot be is refused with a message. The loader is given as the first argument; nothing is run.
 */
#include <libfdt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <capdl/payload.h>

#include "../check.h"
#include "base/file.h"
#include "pack/pack.h"
#include "pack/qemu.h"
#include "prefix.h"

enum { RAM = 0x40000000, RAM_SIZE = 0x2000000, UNTOUCHED = 0xcc };
static const uint64_t kernel_virtual = 0xffffff8040000000;
static const uint64_t mib = 0x100000;

static const char *loader, *riscv_loader;
static struct file_bytes loader_file;

/* A kernel with more .bss than content, and an image with a hole, zeros among its bytes, and .bss. */
static const struct test_segment kernel_segments[] = {{0xffffff8040000000, RAM, 0x12345, 0x180001}};
static const struct test_segment image_segments[] = {
    {0x400010, 0, 0x30010, 0x30010},
    {0x440000, 0, 0x100, 0x100000},
};

struct result {
    bool packed;
    char *bytes;
    size_t size;
    struct capdl_diags diags;
    const uint8_t *loaded; /* the loader's first byte */
    size_t loaded_size;
    const struct capdl_payload *payload; /* 0: there is none */
};

static void result_free(struct result *result)
{
    capdl_diags_free(&result->diags);
    free(result->bytes);
}

/* Size of the prebuilt loader, up to the payload. */
static size_t loader_size(void)
{
    Elf64_Ehdr header;
    Elf64_Phdr segment;
    memcpy(&header, loader_file.data, sizeof(header));
    memcpy(&segment, loader_file.data + header.e_phoff, sizeof(segment));
    return segment.p_filesz;
}

static struct result pack(const struct pack_options *options)
{
    struct result result = {0};
    FILE *out = open_memstream(&result.bytes, &result.size);
    result.packed = pack_image(options, &result.diags, out);
    fclose(out);
    size_t head = options->format == PACK_ELF ? 4096 : options->format == PACK_UIMAGE ? 64 : 0;
    if (result.packed && result.size > head + loader_size()) {
        result.loaded = (const uint8_t *)result.bytes + head;
        result.loaded_size = result.size - head;
        result.payload = (const void *)(result.loaded + loader_size());
    }
    return result;
}

static struct result pack_as(struct pack_options *options, enum pack_format format)
{
    options->format = format;
    return pack(options);
}

static bool says(const struct result *result, const char *text)
{
    for (size_t i = 0; i < result->diags.count; i++) {
        if (strstr(result->diags.list[i].message, text)) {
            return true;
        }
    }
    for (size_t i = 0; i < result->diags.count; i++) {
        fprintf(stderr, "  said: %s\n", result->diags.list[i].message);
    }
    return false;
}

/* A profile and options that can be packed. */
static void set_up(struct capdl_profile *profile, struct pack_options *options, enum capdl_arch arch)
{
    size_t size;
    uint16_t machine = arch == CAPDL_ARCH_AARCH64 ? EM_AARCH64 : EM_RISCV;
    test_prefix(profile, arch);
    uint8_t *kernel = test_elf(machine, kernel_virtual + 0x20, kernel_segments, 1, &size);
    test_prefix_write(profile, "bin/kernel.elf", kernel, size);
    free(kernel);
    uint8_t *image = test_elf(machine, 0x400020, image_segments, 2, &size);
    *options = (struct pack_options){.profile = profile, .image = {"test.img", image, size}, .loader = loader};
}

static void tear_down(struct capdl_profile *profile, struct pack_options *options)
{
    free((void *)(uintptr_t)options->image.bytes);
    test_prefix_remove(profile);
}

/* Does with the payload what the loader does. */
static void lay_out(const struct result *result, uint8_t *ram)
{
    const uint8_t *payload = (const uint8_t *)result->payload;
    uint64_t end = result->payload->stored;
    for (uint32_t i = 0; i < result->payload->num_regions; i++) {
        struct capdl_payload_region region;
        memcpy(&region, payload + result->payload->regions + i * sizeof(region), sizeof(region));
        CHECK(region.to >= RAM && region.to + region.stored + region.zeros <= RAM + RAM_SIZE, "region %u outside RAM",
              i);
        CHECK(region.from + region.stored <= result->payload->size, "region %u outside the payload", i);
        CHECK(region.stored == 0 ||
                  (region.from % CAPDL_PAYLOAD_UNIT == region.to % CAPDL_PAYLOAD_UNIT && region.from >= end),
              "region %u is not in units of its own", i);
        end = (region.from + region.stored + CAPDL_PAYLOAD_UNIT - 1) / CAPDL_PAYLOAD_UNIT * CAPDL_PAYLOAD_UNIT;
        memcpy(ram + (region.to - RAM), payload + region.from, region.stored);
        memset(ram + (region.to - RAM) + region.stored, 0, region.zeros);
    }
}

static void expect_program(uint8_t *ram, const struct test_segment *segments, size_t count, uint64_t place,
                           uint64_t end, uint64_t base)
{
    memset(ram + (place - RAM), 0, end - place);
    for (size_t i = 0; i < count; i++) {
        for (uint64_t j = 0; j < segments[i].file_size; j++) {
            ram[place - RAM + segments[i].vaddr - base + j] = test_byte(segments[i].vaddr + j);
        }
    }
}

static void test_contents(void)
{
    static const uint8_t extra[] = "extra bytes";
    struct capdl_profile profile;
    struct pack_options options;
    set_up(&profile, &options, CAPDL_ARCH_AARCH64);
    options.extras = &(struct pack_extra){{"extra", extra, sizeof(extra)}, 0x41c00003, 0, false};
    options.num_extras = 1;
    struct result result = pack(&options);
    CHECK(result.packed && result.diags.count == 0 && result.payload->magic == CAPDL_PAYLOAD_MAGIC, "packed");
    const struct capdl_payload *p = result.payload;
    uint8_t *got = malloc(RAM_SIZE), *expected = malloc(RAM_SIZE);
    memset(got, UNTOUCHED, RAM_SIZE);
    memset(expected, UNTOUCHED, RAM_SIZE);
    lay_out(&result, got);
    expect_program(expected, kernel_segments, 1, RAM, RAM + 0x181000, kernel_virtual);
    expect_program(expected, image_segments, 2, p->initialiser.start, p->initialiser.start + 0x140000, 0x400000);
    memcpy(expected + 0x1c00003, extra, sizeof(extra));
    CHECK(memcmp(got, expected, RAM_SIZE) == 0, "memory as the ELF files say");
    CHECK(p->kernel.start == RAM && p->kernel.end == RAM + 0x181000 && p->kernel_virtual == kernel_virtual, "kernel");
    CHECK(p->kernel_entry == kernel_virtual + 0x20 && p->initialiser_entry == 0x400020, "entries");
    CHECK(p->initialiser.end - p->initialiser.start == 0x140000 && p->initialiser.start % 4096 == 0, "initialiser");
    CHECK(p->initialiser_offset == p->initialiser.start - 0x400000, "offset of the initialiser");
    CHECK(p->kernel_tree.start >= p->kernel.end && p->kernel_tree.end <= p->initialiser.start,
          "kernel, device tree, initialiser ascend");
    CHECK(p->tree_size < 400 && fdt_check_full((const uint8_t *)p + p->tree, p->tree_size) == 0,
          "device tree without padding");
    CHECK(p->run_address >= p->initialiser.end && p->run_address % 4096 == 0, "the loader goes above");
    CHECK(p->physical_bits == 44 && p->num_cores == 1 && p->first_hart == 3 && p->flags == 0, "configuration");
    /* Of 0x12345, 0x30010 and 0x100 bytes every second 64 KiB are zeros; an ELF header and the tables come on top. */
    CHECK(result.size < loader_size() + 0x10000 + 0x20000 + 0x100 + 0x1000 + 0x800, "%zu bytes: zeros are stored",
          result.size);
    free(got);
    free(expected);
    result_free(&result);
    tear_down(&profile, &options);
}

/* Few bytes far apart cost little: 2 MiB with one byte in 16 KiB, at odd places, of which some lines end. */
static void test_sparse(void)
{
    enum { SIZE = 0x200000, STEP = 0x4000, AT = 0x41c00003 };
    struct capdl_profile profile;
    struct pack_options options;
    set_up(&profile, &options, CAPDL_ARCH_AARCH64);
    struct result without = pack(&options);
    uint8_t *sparse = calloc(1, SIZE), *got = malloc(RAM_SIZE);
    for (uint64_t at = 0; at < SIZE; at += STEP + 61) {
        sparse[at] = (uint8_t)(at / STEP + 1);
    }
    options.extras = &(struct pack_extra){{"sparse", sparse, SIZE}, AT, 0, false};
    options.num_extras = 1;
    struct result result = pack(&options);
    CHECK(result.packed && result.size < without.size + SIZE / STEP * (64 + 2 * 32 + 32) + 0x1000,
          "%zu bytes, without it %zu", result.size, without.size);
    memset(got, UNTOUCHED, RAM_SIZE);
    lay_out(&result, got);
    CHECK(memcmp(got + AT - RAM, sparse, SIZE) == 0 && got[AT - RAM - 1] == UNTOUCHED &&
              got[AT - RAM + SIZE] == UNTOUCHED,
          "all of it and nothing else");
    free(sparse);
    free(got);
    result_free(&result);
    result_free(&without);
    tear_down(&profile, &options);
}

static uint64_t little(const uint8_t *at, int count)
{
    uint64_t value = 0;
    while (count--) {
        value = value << 8 | at[count];
    }
    return value;
}

/* The CRC-32 that gzip writes behind what it packs (RFC 1952), which is that of uImages. */
static uint32_t gzip_crc(const void *bytes, size_t size)
{
    char name[] = "/tmp/pack_test.XXXXXX", command[128];
    uint8_t tail[8] = {0};
    int file = mkstemp(name);
    CHECK(file >= 0 && write(file, bytes, size) == (ssize_t)size, "a file to sum up");
    snprintf(command, sizeof(command), "gzip -c %s | tail -c 8", name);
    FILE *packed = popen(command, "r");
    CHECK(packed && fread(tail, 1, sizeof(tail), packed) == sizeof(tail) && pclose(packed) == 0, "gzip runs");
    close(file);
    unlink(name);
    return (uint32_t)little(tail, 4);
}

static uint64_t big(const uint8_t *at)
{
    return (uint64_t)at[0] << 24 | (uint64_t)at[1] << 16 | (uint64_t)at[2] << 8 | at[3];
}

static void check_sums(const uint8_t *uimage, size_t size)
{
    uint8_t header[64];
    memcpy(header, uimage, sizeof(header));
    memset(header + 4, 0, 4);
    CHECK(big(uimage + 4) == gzip_crc(header, sizeof(header)), "CRC of the header");
    CHECK(big(uimage + 12) == size - sizeof(header), "size of the data");
    CHECK(big(uimage + 24) == gzip_crc(uimage + sizeof(header), size - sizeof(header)), "CRC of the data");
    CHECK(uimage[28] == 5 && uimage[29] == 22 && uimage[30] == 2 && uimage[31] == 0,
          "Linux, AArch64, kernel, not packed");
}

/* Linux: Documentation/arch/arm64/booting.rst and arch/riscv/boot-image-header.rst. PE: Microsoft's PE format. uImage:
 * U-Boot's image.h. */
static void test_formats(void)
{
    struct capdl_profile profile;
    struct pack_options options;
    set_up(&profile, &options, CAPDL_ARCH_AARCH64);
    struct result elf = pack(&options);
    Elf64_Ehdr header;
    Elf64_Phdr segment;
    memcpy(&header, elf.bytes, sizeof(header));
    memcpy(&segment, elf.bytes + header.e_phoff, sizeof(segment));
    CHECK(memcmp(elf.bytes, ELFMAG, 4) == 0 && header.e_machine == EM_AARCH64 && header.e_phnum == 1, "ELF");
    CHECK(segment.p_paddr == elf.payload->run_address && segment.p_vaddr == segment.p_paddr &&
              segment.p_offset + segment.p_filesz == elf.size,
          "ELF lies at its run address");
    CHECK(header.e_entry > segment.p_paddr && header.e_entry < segment.p_paddr + loader_size(), "entry in the loader");
    options.format = PACK_RAW;
    struct result raw = pack(&options);
    CHECK(raw.size == segment.p_filesz && memcmp(raw.bytes, elf.bytes + 4096, raw.size) == 0,
          "raw is what the ELF loads");
    options.format = PACK_LINUX;
    struct result linux_image = pack(&options);
    const uint8_t *h = linux_image.loaded;
    CHECK(memcmp(h + 56, "ARM\x64", 4) == 0 && little(h + 8, 8) == 0 && (little(h + 24, 8) & 15) == 10, "Linux header");
    CHECK(little(h + 16, 8) == segment.p_memsz, "memory it says to take");
    CHECK(little(h + 4, 4) == (0x14000000 | (header.e_entry - segment.p_paddr - 4) / 4), "branch to the entry");
    options.format = PACK_EFI;
    struct result efi = pack(&options);
    const uint8_t *pe = efi.loaded + little(efi.loaded + 60, 4);
    CHECK(efi.loaded[0] == 'M' && efi.loaded[1] == 'Z' && memcmp(pe, "PE\0", 4) == 0 && little(pe + 4, 2) == 0xaa64,
          "PE for AArch64");
    CHECK(little(pe + 6, 2) == 1 && little(pe + 22, 2) == 0x222,
          "one section, executable, of large addresses, no debug");
    CHECK(little(pe + 24, 2) == 0x20b && little(pe + 24 + 68, 2) == 10 &&
              little(pe + 20, 2) == 112 + 8 * little(pe + 24 + 108, 4),
          "PE32+ application");
    CHECK(little(pe + 24 + 56, 4) == segment.p_memsz && little(pe + 24 + 16, 4) < loader_size(),
          "image size and entry");
    options.format = PACK_UIMAGE;
    struct result uimage = pack(&options);
    CHECK(memcmp(uimage.bytes, "\x27\x05\x19\x56", 4) == 0 &&
              memcmp(uimage.bytes + 16, "\x40\x40\0\0\x40\x40\0\0", 8) == 0,
          "uImage");
    CHECK(memcmp(uimage.bytes + 64, linux_image.bytes, linux_image.size) == 0, "a Linux Image in it");
    check_sums((uint8_t *)uimage.bytes, uimage.size);
    result_free(&elf), result_free(&raw), result_free(&linux_image), result_free(&efi), result_free(&uimage);
    tear_down(&profile, &options);
}

/* The names of formats, and which of them an architecture's firmware takes. */
static void test_format_names(void)
{
    static const struct capdl_profile raspberry = {.platform = "bcm2837"}, virt = {.platform = "qemu-arm-virt"};
    char list[PACK_FORMAT_LIST];
    CHECK(pack_format_named("elf") == PACK_ELF && pack_format_named("raw") == PACK_RAW &&
              pack_format_named("linux") == PACK_LINUX && pack_format_named("uimage") == PACK_UIMAGE &&
              pack_format_named("efi") == PACK_EFI,
          "names");
    CHECK(pack_format_named("") == PACK_FORMAT_COUNT && pack_format_named("el") == PACK_FORMAT_COUNT &&
              pack_format_named("elf ") == PACK_FORMAT_COUNT,
          "no names");
    CHECK(strcmp(pack_format_list(CAPDL_ARCH_AARCH64, list), "elf, raw, linux, uimage, efi") == 0, "%s", list);
    CHECK(strcmp(pack_format_list(CAPDL_ARCH_RISCV, list), "elf, raw, linux, uimage") == 0, "%s", list);
    CHECK(pack_format_for_qemu(&raspberry) == PACK_LINUX && pack_format_for_qemu(&virt) == PACK_ELF, "for QEMU");
}

/* Linux: Documentation/arch/riscv/boot-image-header.rst; uImage: IH_ARCH_RISCV. */
static void test_riscv(void)
{
    struct capdl_profile profile;
    struct pack_options options;
    set_up(&profile, &options, CAPDL_ARCH_RISCV);
    options.loader = riscv_loader;
    struct result raw = pack_as(&options, PACK_RAW), linux_image = pack_as(&options, PACK_LINUX);
    struct result uimage = pack_as(&options, PACK_UIMAGE), efi = pack_as(&options, PACK_EFI);
    CHECK(raw.packed && linux_image.packed && uimage.packed, "packed");
    const uint8_t *h = (const uint8_t *)linux_image.bytes;
    CHECK(memcmp(h, raw.bytes, 8) == 0, "the loader's first instruction");
    CHECK(little(h + 8, 8) == 2 * mib && little(h + 24, 8) == 0 && little(h + 32, 4) == 2 && little(h + 36, 4) == 0 &&
              little(h + 40, 8) == 0 && memcmp(h + 48, "RISCV\0\0\0RSC\x05\0\0\0", 16) == 0,
          "header");
    CHECK(little(h + 16, 8) > linux_image.size && little(h + 16, 8) < linux_image.size + mib, "size in memory");
    CHECK(memcmp(h + 64, raw.bytes + 64, raw.size - 64) == 0, "what follows is the loader");
    CHECK((uint8_t)uimage.bytes[29] == 26 && memcmp(uimage.bytes + 64, h, linux_image.size) == 0, "uImage");
    CHECK(!efi.packed && says(&efi, "format efi is not for kernel made-up: expected elf, raw, linux, uimage"), "EFI");
    result_free(&raw), result_free(&linux_image), result_free(&uimage), result_free(&efi);
    tear_down(&profile, &options);
}

/* Packs with what `change` made of good options, and expects a message. */
#define REFUSED(text, change)                                                                                          \
    do {                                                                                                               \
        struct capdl_profile profile;                                                                                  \
        struct pack_options options;                                                                                   \
        set_up(&profile, &options, CAPDL_ARCH_AARCH64);                                                                \
        change;                                                                                                        \
        struct result result = pack(&options);                                                                         \
        CHECK(!result.packed && result.size == 0 && result.diags.num_errors > 0, "%s: is an error and writes nothing", \
              text);                                                                                                   \
        CHECK(says(&result, text), "message: %s", text);                                                               \
        result_free(&result);                                                                                          \
        tear_down(&profile, &options);                                                                                 \
    } while (0)

static void kernel_cut(const struct capdl_profile *profile, size_t keep)
{
    size_t size;
    uint8_t *kernel = test_elf(EM_AARCH64, kernel_virtual, kernel_segments, 1, &size);
    test_prefix_write(profile, "bin/kernel.elf", kernel, keep < size ? keep : size);
    free(kernel);
}

static void kernel_made(const struct capdl_profile *profile, uint16_t machine, uint64_t entry,
                        const struct test_segment *segments, size_t count)
{
    size_t size;
    uint8_t *kernel = test_elf(machine, entry, segments, count, &size);
    test_prefix_write(profile, "bin/kernel.elf", kernel, size);
    free(kernel);
}

static void kernel_gone(const struct capdl_profile *profile)
{
    char path[5000];
    snprintf(path, sizeof(path), "%s/bin/kernel.elf", profile->prefix);
    remove(path);
}

static void test_bad_kernels(void)
{
    static const struct test_segment odd[] = {{0xffffff8040001000, RAM + 0x81000, 16, 16}};
    static const struct test_segment torn[] = {{0xffffff8040000000, RAM, 16, 16},
                                               {0xffffff8040200000, RAM + 0x300000, 16, 16}};
    static const struct test_segment wrap[] = {{0xfffffffffffff000, RAM, 16, 0x2000}};
    REFUSED("kernel.elf", kernel_gone(&profile));
    REFUSED("not an ELF file", test_prefix_write(&profile, "bin/kernel.elf", "no kernel at all", 16));
    REFUSED("not an ELF file", kernel_cut(&profile, 0));
    REFUSED("not an ELF file", kernel_cut(&profile, 40));
    REFUSED("outside the file", kernel_cut(&profile, 80));
    REFUSED("truncated", kernel_cut(&profile, 5000));
    REFUSED("another processor", kernel_made(&profile, EM_RISCV, kernel_virtual, kernel_segments, 1));
    REFUSED("outside its segments", kernel_made(&profile, EM_AARCH64, 0x1000, kernel_segments, 1));
    REFUSED("2 MiB", kernel_made(&profile, EM_AARCH64, odd[0].vaddr, odd, 1));
    REFUSED("different distances", kernel_made(&profile, EM_AARCH64, kernel_virtual, torn, 2));
    REFUSED("wraps", kernel_made(&profile, EM_AARCH64, wrap[0].vaddr, wrap, 1));
    REFUSED("is an ELF file but not a linked program", {
        size_t size;
        uint8_t *kernel = test_elf(EM_AARCH64, kernel_virtual, kernel_segments, 1, &size);
        ((Elf64_Ehdr *)(void *)kernel)->e_type = ET_REL;
        test_prefix_write(&profile, "bin/kernel.elf", kernel, size);
        free(kernel);
    });
    REFUSED("program headers are outside the file", {
        size_t size;
        uint8_t *kernel = test_elf(EM_AARCH64, kernel_virtual, kernel_segments, 1, &size);
        ((Elf64_Ehdr *)(void *)kernel)->e_phoff = size - 8;
        test_prefix_write(&profile, "bin/kernel.elf", kernel, size);
        free(kernel);
    });
    REFUSED("nothing to load", kernel_made(&profile, EM_AARCH64, 0, NULL, 0));
}

/* A kernel may start inside a block of 2 MiB, if it does so by both addresses. */
static void test_kernel_inside_block(void)
{
    static const struct test_segment inside[] = {{0xffffff8040080000, RAM + 0x80000, 16, 0x5000}};
    struct capdl_profile profile;
    struct pack_options options;
    set_up(&profile, &options, CAPDL_ARCH_AARCH64);
    kernel_made(&profile, EM_AARCH64, inside[0].vaddr, inside, 1);
    struct result result = pack(&options);
    CHECK(result.packed, "not packed");
    CHECK(result.packed && result.payload->kernel.start == RAM + 0x80000 &&
              result.payload->kernel.end == RAM + 0x85000 && result.payload->kernel_virtual == inside[0].vaddr,
          "elsewhere");
    result_free(&result);
    tear_down(&profile, &options);
}

static void test_bad_trees(void)
{
    size_t size;
    uint8_t *tree = test_tree(&size);
    REFUSED("device tree", test_prefix_write(&profile, "support/kernel.dtb", "", 0));
    REFUSED("mine.dtb: is not a valid device tree", (options.dtb = (struct pack_file){"mine.dtb", tree, 30}));
    REFUSED("mine.dtb", (options.dtb = (struct pack_file){"mine.dtb", tree, 100}));
    fdt_set_size_dt_struct(tree, 0x70000000);
    REFUSED("mine.dtb", (options.dtb = (struct pack_file){"mine.dtb", tree, size}));
    free(tree);
}

static void test_misfits(void)
{
    static const struct test_segment huge[] = {{0x400000, 0, 16, 0x2000000}};
    static const struct test_segment overlapping[] = {{0x400000, 0, 0x2000, 0x2000}, {0x401000, 0, 16, 16}};
    static const struct capdl_region reserved = {0x40180000, 0x41000000};
    static const struct pack_extra inside = {{"pages", (const uint8_t *)"1234", 4}, RAM + 15 * 0x100000, 0, false};
    static const struct pack_extra outside = {{"pages", (const uint8_t *)"1234", 4}, RAM + 50 * 0x100000, 0, false};
    static const struct pack_extra beyond = {{"pages", (const uint8_t *)"1234", 4}, UINT64_MAX - 2, 0, false};
    size_t size;
    uint8_t *image = test_elf(EM_AARCH64, 0x400000, huge, 1, &size);
    REFUSED("initialiser takes 32768 KiB", options.image.bytes = realloc((void *)(uintptr_t)options.image.bytes, size);
            memcpy((void *)(uintptr_t)options.image.bytes, image, size); options.image.size = size);
    free(image);
    image = test_elf(EM_AARCH64, 0x400000, overlapping, 2, &size);
    REFUSED("segments overlap", options.image.bytes = realloc((void *)(uintptr_t)options.image.bytes, size);
            memcpy((void *)(uintptr_t)options.image.bytes, image, size); options.image.size = size);
    free(image);
    REFUSED("kernel and initialiser overlap", options.initialiser_at = RAM + mib);
    REFUSED("initialiser        0x0040100000 .. 0x0040240000  overlaps", options.initialiser_at = RAM + mib);
    REFUSED("multiple of 4096", options.initialiser_at = RAM + 8 * mib + 4);
    REFUSED("loader: lies not in RAM", options.at = RAM + 64 * mib);
    REFUSED("the loader is at 0x140000000, too high for a uImage", profile.memory[0].end = UINT64_C(0x180000000);
            options.at = UINT64_C(0x140000000); options.format = PACK_UIMAGE);
    REFUSED("initialiser: lies not in the kernel's RAM", options.initialiser_at = RAM + 20 * mib);
    REFUSED("pages: lies in RAM that the kernel manages", options.extras = &inside; options.num_extras = 1);
    REFUSED("pages: lies not in RAM", options.extras = &outside; options.num_extras = 1);
    REFUSED("beyond the end of memory", options.extras = &beyond; options.num_extras = 1);
    REFUSED("must be above kernel", profile.memory[0].start -= 4 * mib; options.initialiser_at = RAM - 4 * mib);
    REFUSED("loader and initialiser overlap", options.initialiser_at = RAM + 4 * mib; options.at = RAM + 4 * mib);
    REFUSED("device tree takes", options.reserved = &reserved; options.num_reserved = 1);
    REFUSED("the boot loader cannot be read", options.loader = "/nonexistent/loader.elf");
    REFUSED("not this tool's boot loader", {
        kernel_cut(&profile, SIZE_MAX);
        static char path[5000];
        snprintf(path, sizeof(path), "%s/bin/kernel.elf", profile.prefix);
        options.loader = path;
    });
    REFUSED("is not an ELF file", {
        static char path[5000];
        test_prefix_write(&profile, "bin/loader.elf", "MZ", 3);
        snprintf(path, sizeof(path), "%s/bin/loader.elf", profile.prefix);
        options.loader = path;
    });
    REFUSED("gen_config.json: cannot be read as the kernel's configuration (a JSON object)",
            test_prefix_write(&profile, "libsel4/include/kernel/gen_config.json", "[1]", 3));
    REFUSED("cannot find loader-aarch64.elf, the prebuilt boot loader; looked in /nonexistent (set CAPDL_DATA_DIR",
            options.loader = NULL;
            setenv("CAPDL_DATA_DIR", "/nonexistent", 1));
    unsetenv("CAPDL_DATA_DIR");
    REFUSED("multiboot", profile.arch = CAPDL_ARCH_X86_64);
    REFUSED("waits for 17 cores", profile.max_nodes = 17);
    REFUSED("built in", test_prefix_remove(&profile); profile.prefix[0] = 0);
}

/* Reserved memory is stepped over. */
static void test_reserved(void)
{
    static const struct capdl_region reserved = {0x40181000, 0x40300000};
    struct capdl_profile profile;
    struct pack_options options;
    set_up(&profile, &options, CAPDL_ARCH_AARCH64);
    options.reserved = &reserved;
    options.num_reserved = 1;
    struct result result = pack(&options);
    CHECK(result.packed && result.payload->kernel_tree.start >= reserved.end &&
              result.payload->initialiser.start >= reserved.end,
          "above it");
    result_free(&result);
    options.at = RAM + 24 * mib;
    result = pack(&options);
    CHECK(result.packed && result.payload->run_address == options.at,
          "the loader may lie in RAM the kernel does not manage");
    result_free(&result);
    tear_down(&profile, &options);
}

/* The test's tree with memory reserved by its list, or by a node of /reserved-memory, or by none if start is 0. */
static struct pack_file reserving_tree(uint64_t start, uint64_t bytes, const char *node)
{
    enum { ROOM = 8192 };
    static uint8_t tree[ROOM];
    size_t size;
    uint8_t *plain = test_tree(&size);
    fdt_open_into(plain, tree, ROOM);
    free(plain);
    if (!node) {
        fdt_add_mem_rsv(tree, start, bytes);
        return (struct pack_file){"mine.dtb", tree, ROOM};
    }
    int parent = fdt_add_subnode(tree, 0, "reserved-memory");
    fdt_setprop_u32(tree, parent, "#size-cells", 1);
    fdt_setprop_u32(tree, parent, "#address-cells", 2);
    int child = fdt_add_subnode(tree, parent, node);
    fdt32_t reg[3] = {cpu_to_fdt32((uint32_t)(start >> 32)), cpu_to_fdt32((uint32_t)start),
                      cpu_to_fdt32((uint32_t)bytes)};
    fdt_setprop(tree, child, "reg", reg, sizeof(reg));
    if (strcmp(node, "off") == 0) {
        fdt_setprop_string(tree, child, "status", "disabled");
    }
    return (struct pack_file){"mine.dtb", tree, ROOM};
}

/* What the device tree reserves is stepped over as well. */
static void test_tree_reserves(void)
{
    static const struct pack_extra extra = {{"pages", (const uint8_t *)"1234", 4}, RAM + 0x1800000, 0, false};
    struct capdl_profile profile;
    struct pack_options options;
    set_up(&profile, &options, CAPDL_ARCH_AARCH64);
    for (int listed = 0; listed < 2; listed++) {
        options.dtb = reserving_tree(0x40181000, 0x17f000, listed ? NULL : "firmware@40181000");
        struct result result = pack(&options);
        CHECK(result.packed && result.payload->kernel_tree.start >= 0x40300000 &&
                  result.payload->initialiser.start >= 0x40300000,
              "above it");
        CHECK(says(&result, "kernel made-up will clear and hand out memory that the device tree reserves, 0x40181000 "
                            "to 0x40300000"),
              "the kernel manages it");
        result_free(&result);
    }
    options.dtb = reserving_tree(RAM, 0x1000, "boot@40000000");
    struct result result = pack(&options);
    CHECK(result.packed && says(&result, "0x40000000 to 0x40001000 (boot@40000000)"), "a kernel cannot be moved");
    result_free(&result);
    options.dtb = reserving_tree(0x40181000, 0x17f000, "off");
    result = pack(&options);
    CHECK(result.packed && result.payload->kernel_tree.start == 0x40181000 && result.diags.count == 0, "not in force");
    result_free(&result);
    options.dtb = reserving_tree(RAM + 0x1800000, 0x100000, "frames@41800000");
    options.extras = &extra;
    options.num_extras = 1;
    result = pack(&options);
    CHECK(result.packed && result.diags.count == 0, "pages may lie in what is reserved for them");
    result_free(&result);
    tear_down(&profile, &options);
}

static void test_tree_clashes(void)
{
    REFUSED("initialiser: is in memory that the device tree reserves", options.initialiser_at = RAM + 8 * mib;
            options.dtb = reserving_tree(RAM + 8 * mib + 4096, 0x1000, NULL));
    REFUSED("loader: is in memory that the device tree reserves, 0x41800000 to 0x41900000 (tz@41800000)",
            options.at = RAM + 24 * mib;
            options.dtb = reserving_tree(RAM + 0x1800000, 0x100000, "tz@41800000"));
    REFUSED("tz@41800000        0x0041800000 .. 0x0041900000  reserved by the device tree  overlaps",
            options.at = RAM + 24 * mib;
            options.dtb = reserving_tree(RAM + 0x1800000, 0x100000, "tz@41800000"));
    REFUSED("initialiser: is in memory that the device tree reserves, 0x407ff000 to 0x40801000 (/memreserve/)",
            options.initialiser_at = RAM + 8 * mib;
            options.dtb = reserving_tree(RAM + 8 * mib - 4096, 0x2000, NULL));
    REFUSED("device tree takes", options.dtb = reserving_tree(0x40180000, 0xe80000, NULL));
}

/* The same bytes at the same physical addresses, in 32 bits; segments at multiples of 8, where multiboot headers are
 * looked for, and without a gap that a module could be put into. */
static void test_multiboot(void)
{
    static const struct test_segment segments[] = {{0x100000, 0x100000, 0x123, 0x7000},
                                                   {0xffffffff80800000, 0x800000, 0x55, 0x2000},
                                                   {0xffffffff80108000, 0x108000, 0x77, 0x100}};
    static const uint32_t reach[] = {0x8000, 0x2000, 0x800000 - 0x108000};
    static const struct test_segment high[] = {{0x100000000, 0x100000000, 16, 16}};
    struct capdl_profile profile;
    struct capdl_diags diags = {NULL};
    char *bytes;
    size_t size;
    test_prefix(&profile, CAPDL_ARCH_X86_64);
    kernel_made(&profile, EM_X86_64, 0x100010, segments, 3);
    FILE *out = open_memstream(&bytes, &size);
    CHECK(pack_multiboot(&profile, &diags, out), "packed");
    fclose(out);
    Elf32_Ehdr header;
    Elf32_Phdr program[3];
    memcpy(&header, bytes, sizeof(header));
    memcpy(program, bytes + header.e_phoff, sizeof(program));
    CHECK(header.e_ident[EI_CLASS] == ELFCLASS32 && header.e_machine == EM_386 && header.e_phnum == 3 &&
              header.e_entry == 0x100010,
          "header");
    for (int i = 0; i < 3; i++) {
        CHECK(program[i].p_paddr == segments[i].paddr && program[i].p_filesz == segments[i].file_size &&
                  program[i].p_memsz == reach[i] && program[i].p_offset % 8 == 0,
              "segment %d", i);
        CHECK(program[i].p_offset + program[i].p_filesz <= size &&
                  (uint8_t)bytes[program[i].p_offset + 5] == test_byte(segments[i].vaddr + 5),
              "bytes of segment %d", i);
    }
    free(bytes);
    kernel_made(&profile, EM_X86_64, 0x100000000, high, 1);
    out = open_memstream(&bytes, &size);
    CHECK(!pack_multiboot(&profile, &diags, out) && diags.num_errors == 1 &&
              strstr(diags.list[0].message, "beyond 4 GiB"),
          "too high");
    fclose(out);
    CHECK(size == 0, "nothing is written");
    free(bytes);
    capdl_diags_free(&diags);
    test_prefix_remove(&profile);
}

/* Where no file may be larger than 64 KiB, a larger image does not come onto a CD, and that is said; of a kernel that
 * cannot be there is just its own error. */
static void test_no_room_for_iso(void)
{
    static const struct test_segment low[] = {{0x100000, 0x100000, 16, 16}},
                                     high[] = {{0x100000000, 0x100000000, 16, 16}};
    static const uint8_t bytes[0x100000];
    const struct pack_file image = {"test.img", bytes, sizeof(bytes)};
    struct result result = {0};
    struct capdl_profile profile;
    struct rlimit limit, small;
    getrlimit(RLIMIT_FSIZE, &limit);
    small = (struct rlimit){.rlim_cur = 0x10000, .rlim_max = limit.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    test_prefix(&profile, CAPDL_ARCH_X86_64);
    kernel_made(&profile, EM_X86_64, 0x100000, low, 1);
    setrlimit(RLIMIT_FSIZE, &small);
    CHECK(!pack_iso(&profile, &image, "/dev/null", &result.diags), "packed without room");
    setrlimit(RLIMIT_FSIZE, &limit);
    CHECK(result.diags.num_errors == 1 && says(&result, "cannot write below /tmp/"), "no room");
    kernel_made(&profile, EM_X86_64, 0x100000000, high, 1);
    CHECK(!pack_iso(&profile, &image, "/dev/null", &result.diags), "packed a kernel that is too high");
    CHECK(result.diags.num_errors == 2 && says(&result, "beyond 4 GiB"), "too high");
    result_free(&result);
    test_prefix_remove(&profile);
}

/* A file or directory of the prefix, as a board of Microkit's SDK has it, or back. */
static void rename_file(const struct capdl_profile *profile, const char *from, const char *to)
{
    char old[5000], new[5000];
    snprintf(old, sizeof(old), "%s/%s", profile->prefix, from);
    snprintf(new, sizeof(new), "%s/%s", profile->prefix, to);
    CHECK(rename(old, new) == 0, "%s to %s", old, new);
}

/* A kernel without a device tree gets none. The loader is told of its cores, and how PSCI is called. */
static void test_board(void)
{
    struct capdl_profile profile;
    struct pack_options options;
    struct pack_placement placement;
    set_up(&profile, &options, CAPDL_ARCH_AARCH64);
    test_prefix_write(&profile, "libsel4/include/kernel/gen_config.json", "{}", 2);
    rename_file(&profile, "bin", "elf");
    rename_file(&profile, "elf/kernel.elf", "elf/sel4.elf");
    rename_file(&profile, "libsel4/include", "include");
    options.placement = &placement;
    for (unsigned nodes = 0; nodes < 4; nodes++) {
        profile.max_nodes = nodes;
        profile.hypervisor = nodes == 2;
        options.core_step = nodes == 3 ? 0x100 : 0;
        struct result result = pack(&options);
        CHECK(result.packed && result.diags.count == 0, "packed");
        const struct capdl_payload *p = result.payload;
        const uint8_t *tree = (const uint8_t *)p + p->tree;
        CHECK(p->kernel_tree.start == p->kernel_tree.end && placement.tree_size == 0, "no tree for the kernel");
        CHECK(p->num_cores == (nodes ? nodes : 1) && p->physical_bits == 40 && p->first_hart == 0, "configuration");
        CHECK(p->flags == (nodes == 2   ? CAPDL_PAYLOAD_HYPERVISOR | CAPDL_PAYLOAD_SHAREABLE
                           : nodes == 3 ? CAPDL_PAYLOAD_SHAREABLE
                                        : 0u),
              "flags %x", p->flags);
        CHECK(fdt_check_full(tree, p->tree_size) == 0, "a tree for the loader");
        for (unsigned i = 0; i <= p->num_cores; i++) {
            char path[32];
            unsigned number = nodes == 3 ? i * 0x100 : i;
            snprintf(path, sizeof(path), "/cpus/cpu@%x", number);
            int node = fdt_path_offset(tree, path), size;
            const fdt32_t *reg = node > 0 ? fdt_getprop(tree, node, "reg", &size) : NULL;
            CHECK(i == p->num_cores ? node == -FDT_ERR_NOTFOUND
                                    : reg && size == 4 && fdt32_to_cpu(*reg) == number &&
                                          strcmp(fdt_getprop(tree, node, "enable-method", NULL), "psci") == 0 &&
                                          strcmp(fdt_getprop(tree, node, "device_type", NULL), "cpu") == 0,
                  "%s of %u", path, p->num_cores);
        }
        int psci = fdt_path_offset(tree, "/psci");
        CHECK(psci > 0 && fdt_node_check_compatible(tree, psci, "arm,psci-1.0") == 0 &&
                  strcmp(fdt_getprop(tree, psci, "method", NULL), profile.hypervisor ? "smc" : "hvc") == 0,
              "PSCI");
        result_free(&result);
    }
    rename_file(&profile, "include", "libsel4/include");
    rename_file(&profile, "elf/sel4.elf", "elf/kernel.elf");
    rename_file(&profile, "elf", "bin");
    tear_down(&profile, &options);
}

/* Adds the section of reserved memory, of these words and pages after them, to an image. */
static void reserve_in_image(struct pack_options *options, const uint64_t *words, size_t size, size_t pages)
{
    static const char names[] = "\0.capdl.reserved\0";
    size_t start = options->image.size, end = start + size + pages * 4096, headers = (end + sizeof(names) + 7) & ~7ul;
    uint8_t *bytes = realloc((void *)(uintptr_t)options->image.bytes, headers + 3 * sizeof(Elf64_Shdr));
    Elf64_Shdr sections[3] = {
        {0},
        {.sh_name = 1, .sh_type = SHT_PROGBITS, .sh_offset = start, .sh_size = end - start},
        {.sh_type = SHT_STRTAB, .sh_offset = end, .sh_size = sizeof(names)},
    };
    Elf64_Ehdr header;
    memcpy(&header, bytes, sizeof(header));
    header.e_shoff = headers, header.e_shentsize = sizeof(Elf64_Shdr), header.e_shnum = 3, header.e_shstrndx = 2;
    memset(bytes + start, 0, headers - start);
    memcpy(bytes, &header, sizeof(header));
    memcpy(bytes + start, words, size);
    for (size_t i = 0; i < pages * 4096; i++) {
        bytes[start + size + i] = test_byte(i + i / 4096);
    }
    memcpy(bytes + end, names, sizeof(names));
    memcpy(bytes + headers, sections, sizeof(sections));
    options->image.bytes = bytes;
    options->image.size = headers + sizeof(sections);
}

/* One region, with three pages at its start of which one is zero, and one page later. */
enum { CONTENTS = RAM + 0x1800000, CONTENTS_PAGES = 3, CONTENTS_WORDS = 12 };
static const uint64_t contents_words[CONTENTS_WORDS] = {
    1,
    2, /* counts */
    CONTENTS,
    CONTENTS + 0x100000, /* the region */
    CONTENTS,
    0x2000,
    0x2000,
    96, /* address, stored, zeros, offset in the section */
    CONTENTS + 0x8000,
    0x1000,
    0,
    96 + 0x2000,
};

/* What the image wants in reserved memory is put there, except for what others load. */
static void test_image_contents(void)
{
    static const uint8_t loaded[0x4000];
    static const struct pack_external others[] = {
        {"below", CONTENTS - 0x1000, 0x1000, loaded},  {"inside", CONTENTS + 0x1000, 0x1000, loaded},
        {"zero", CONTENTS + 0x3000, 0x1000, loaded},   {"between", CONTENTS + 0x4000, 0x4000, loaded},
        {"around", CONTENTS + 0x8000, 0x2000, loaded},
    };
    static const size_t counts[] = {0, 2, 5};
    struct capdl_profile profile;
    struct pack_options options;
    for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
        uint8_t *got = malloc(RAM_SIZE), *expected = malloc(0x10000);
        set_up(&profile, &options, CAPDL_ARCH_AARCH64);
        reserve_in_image(&options, contents_words, sizeof(contents_words), CONTENTS_PAGES);
        options.externals = others;
        options.num_externals = counts[c];
        struct result result = pack(&options);
        CHECK(result.packed && result.diags.count == 0, "packed");
        memset(got, UNTOUCHED, RAM_SIZE);
        lay_out(&result, got);
        memset(expected, UNTOUCHED, 0x10000);
        memset(expected + 0x2000, 0, 0x2000);
        for (size_t i = 0; i < 0x3000; i++) {
            expected[i < 0x2000 ? i : i + 0x6000] = test_byte(i + i / 4096);
        }
        for (size_t i = 1; i < counts[c]; i++) {
            memset(expected + (others[i].address - CONTENTS), UNTOUCHED, others[i].size);
        }
        CHECK(memcmp(got + (CONTENTS - RAM), expected, 0x10000) == 0, "contents without %zu externals", counts[c]);
        CHECK(result.payload->num_externals == counts[c], "%u externals", result.payload->num_externals);
        for (size_t i = 0; i < counts[c]; i++) {
            struct capdl_payload_external external;
            memcpy(&external, (const uint8_t *)result.payload + result.payload->externals + i * sizeof(external),
                   sizeof(external));
            CHECK(external.start == others[i].address && external.size == others[i].size &&
                      strcmp(external.name, others[i].name) == 0,
                  "external %zu", i);
        }
        free(got);
        free(expected);
        result_free(&result);
        tear_down(&profile, &options);
    }
}

/* No number of it is believed. */
static void test_damaged_contents(void)
{
    for (size_t word = 0; word < CONTENTS_WORDS; word++) {
        uint64_t wrong[CONTENTS_WORDS];
        memcpy(wrong, contents_words, sizeof(wrong));
        wrong[word] = word == 3 ? CONTENTS + 0x3000 : UINT64_MAX - 7; /* the region's start may be anything below */
        if (word != 2) {
            REFUSED("test.img: has a damaged section .capdl.reserved",
                    reserve_in_image(&options, wrong, sizeof(wrong), CONTENTS_PAGES));
        }
    }
}

static bool is_kept(const struct capdl_payload *p, uint64_t i, uint64_t start, uint64_t end)
{
    struct capdl_payload_span span;
    memcpy(&span, (const uint8_t *)p + p->memory + (p->num_memory + i) * sizeof(span), sizeof(span));
    return i < p->num_kept && span.start == start && span.end == end;
}

/* The firmware's device tree has room, and is to reserve what the kernel's own does and what was asked for. */
static void test_firmware_tree(void)
{
    static const struct capdl_region reserved[] = {{0x41a00000, 0x41b00000}, {0x41c00000, 0x41c00000}};
    struct capdl_profile profile;
    struct pack_options options;
    struct pack_placement placement;
    set_up(&profile, &options, CAPDL_ARCH_AARCH64);
    reserve_in_image(&options, contents_words, sizeof(contents_words), CONTENTS_PAGES);
    options.dtb = reserving_tree(0x41d00000, 0x1000, "tz@41d00000");
    options.reserved = reserved;
    options.num_reserved = 2;
    options.placement = &placement;
    struct result own = pack(&options);
    CHECK(own.packed && own.payload->flags == 0 && own.payload->num_kept == 0, "its own tree");
    CHECK(placement.tree_size == own.payload->tree_size && placement.tree_at == own.payload->kernel_tree.start &&
              placement.image_at == own.payload->initialiser.start &&
              placement.loader.start == own.payload->run_address && placement.loader.end > placement.loader.start,
          "told where");
    options.firmware_dtb = true;
    struct result result = pack(&options);
    const struct capdl_payload *p = result.payload;
    CHECK(result.packed && p->flags == CAPDL_PAYLOAD_FIRMWARE_TREE, "the firmware's");
    CHECK(p->kernel_tree.end - p->kernel_tree.start == CAPDL_PAYLOAD_TREE_ROOM &&
              placement.tree_size == CAPDL_PAYLOAD_TREE_ROOM && p->initialiser.start >= p->kernel_tree.end,
          "room for it");
    CHECK(p->tree_size == own.payload->tree_size, "its own comes along");
    CHECK(p->num_kept == 3 && is_kept(p, 0, reserved[0].start, reserved[0].end) &&
              is_kept(p, 1, CONTENTS, CONTENTS + 0x100000) && is_kept(p, 2, 0x41d00000, 0x41d01000),
          "%lu spans to be reserved", p->num_kept);
    result_free(&own), result_free(&result);
    tear_down(&profile, &options);
}

/* A tree of the kernel's own that is larger than any of a firmware still has room. */
static void test_large_tree(void)
{
    enum { MORE = CAPDL_PAYLOAD_TREE_ROOM, ROOM = 8192 + MORE };
    struct capdl_profile profile;
    struct pack_options options;
    uint8_t *tree = malloc(ROOM), *property = calloc(1, MORE);
    set_up(&profile, &options, CAPDL_ARCH_AARCH64);
    fdt_open_into(reserving_tree(0x41d00000, 0x1000, NULL).bytes, tree, ROOM);
    fdt_setprop(tree, 0, "large", property, MORE);
    options.dtb = (struct pack_file){"large.dtb", tree, ROOM};
    options.firmware_dtb = true;
    struct result result = pack(&options);
    CHECK(result.packed && result.payload->tree_size > MORE &&
              result.payload->kernel_tree.end - result.payload->kernel_tree.start ==
                  (result.payload->tree_size + 4095) / 4096 * 4096,
          "room");
    free(property);
    free(tree);
    result_free(&result);
    tear_down(&profile, &options);
}

/* The order of an image's segments in its file does not matter. */
static void test_order_of_segments(void)
{
    static const struct test_segment reversed[] = {{0x440000, 0, 0x100, 0x100000}, {0x400010, 0, 0x30010, 0x30010}};
    struct capdl_profile profile;
    struct pack_options options;
    set_up(&profile, &options, CAPDL_ARCH_AARCH64);
    struct result in_order = pack(&options);
    free((void *)(uintptr_t)options.image.bytes);
    options.image.bytes = test_elf(EM_AARCH64, 0x400020, reversed, 2, &options.image.size);
    struct result turned = pack(&options);
    CHECK(turned.packed && turned.size == in_order.size && memcmp(turned.bytes, in_order.bytes, turned.size) == 0,
          "the same");
    result_free(&in_order), result_free(&turned);
    tear_down(&profile, &options);
}

/* Programs of other names in a directory that is searched first: each says with what it was started. */
static char programs[] = "/tmp/pack_test.XXXXXX";
static const char *const program_names[] = {"qemu-system-aarch64", "qemu-system-x86_64", "qemu-system-riscv64",
                                            "grub-mkrescue"};
enum { NUM_PROGRAMS = sizeof(program_names) / sizeof(program_names[0]) };

static void program_path(char path[128], const char *name)
{
    snprintf(path, 128, "%s/%s", programs, name);
}

/* A file that a program left. To be freed; NULL and 0: there is none. */
static char *take_file(const char *name, size_t *size)
{
    char path[128];
    struct file_bytes file;
    program_path(path, name);
    *size = 0;
    if (!file_read(path, &file)) {
        return NULL;
    }
    char *bytes = malloc(file.size + 1);
    memcpy(bytes, file.data, file.size);
    bytes[file.size] = 0;
    *size = file.size;
    file_release(&file);
    unlink(path);
    return bytes;
}

static bool left(const char *name, const char *expected, size_t expected_size)
{
    size_t size;
    char *bytes = take_file(name, &size);
    bool same = bytes && size == expected_size && memcmp(bytes, expected, size) == 0;
    free(bytes);
    return same;
}

static void write_program(const char *name, const char *text)
{
    char path[128];
    program_path(path, name);
    FILE *file = fopen(path, "w");
    fputs(text, file);
    fclose(file);
    chmod(path, 0755);
}

static void set_up_programs(void)
{
    static const char qemu[] =
        "#!/bin/sh\n"
        "cd ${0%/*}\n"
        "name=${0##*/}\n"
        "for word; do\n"
        "    case $before in -kernel|-initrd|-dtb) cat \"$word\" > file$before; word=FILE ;; esac\n"
        "    before=$word\n"
        "    name=\"$name $word\"\n"
        "done\n"
        "echo \"$name\"\n";
    char path[8192];
    CHECK(mkdtemp(programs), "a directory");
    for (size_t i = 0; i < NUM_PROGRAMS; i++) {
        write_program(program_names[i], qemu);
    }
    snprintf(path, sizeof(path), "%s:%s", programs, getenv("PATH"));
    setenv("PATH", path, 1);
}

static void tear_down_programs(void)
{
    char path[128];
    for (size_t i = 0; i < NUM_PROGRAMS; i++) {
        program_path(path, program_names[i]);
        unlink(path);
    }
    CHECK(rmdir(programs) == 0, "nothing is left");
}

/* A run by QEMU: how it ended, what was said by it and what would be typed to do the same. */
struct boot {
    enum qemu_outcome outcome;
    char *said, *recipe;
    struct result result; /* messages only */
};

static struct boot boot(const struct pack_options *options, const char *const *devices)
{
    struct boot boot = {0};
    size_t said_size, recipe_size;
    FILE *said = open_memstream(&boot.said, &said_size), *recipe = open_memstream(&boot.recipe, &recipe_size);
    boot.outcome = qemu_boot(options->profile, options->image.name, options->image.bytes, options->image.size,
                             &(struct qemu_options){.console = said, .timeout_seconds = 60, .devices = devices}, recipe,
                             &boot.result.diags);
    fclose(said);
    fclose(recipe);
    return boot;
}

static void boot_free(struct boot *boot)
{
    free(boot->said);
    free(boot->recipe);
    result_free(&boot->result);
}

static void check_recipe(const struct boot *boot, const char *format, const char *prefix)
{
    char expected[8192];
    snprintf(expected, sizeof(expected), format, prefix, prefix);
    CHECK(strcmp(boot->recipe, expected) == 0, "%s, expected %s", boot->recipe, expected);
}

#define QUIET " -display none -monitor none -nic none -serial stdio -kernel "

/* QEMU is given what would have been packed. */
static void test_qemu_boot(void)
{
    static const char *const devices[] = {"edu", "x", NULL};
    struct capdl_profile profile;
    struct pack_options options;
    set_up(&profile, &options, CAPDL_ARCH_AARCH64);
    strcpy(profile.platform, "qemu-arm-virt");
    options.image.name = "it's.img";
    struct result packed = pack(&options);
    struct boot run = boot(&options, devices);
    CHECK(run.outcome == QEMU_ENDED && run.result.diags.count == 0, "run");
    CHECK(strcmp(run.said,
                 "qemu-system-aarch64 -machine virt -cpu cortex-a53 -m 16M" QUIET "FILE -device edu -device x\n") == 0,
          "%s", run.said);
    CHECK(left("file-kernel", packed.bytes, packed.size), "the same boot file");
    check_recipe(&run,
                 "capdl: equivalent commands:\n"
                 "capdl image 'it'\\''s.img' --kernel %s -o boot.elf --format elf\n"
                 "qemu-system-aarch64 -machine virt -cpu cortex-a53 -m 16M" QUIET "boot.elf -device edu -device x\n",
                 profile.prefix);
    boot_free(&run), result_free(&packed);
    packed = pack_as(&options, PACK_LINUX);
    strcpy(profile.platform, "bcm2837");
    run = boot(&options, NULL);
    CHECK(run.outcome == QEMU_ENDED && left("file-kernel", packed.bytes, packed.size), "a Linux Image");
    CHECK(strstr(run.recipe, " --format linux\n"), "%s", run.recipe);
    boot_free(&run), result_free(&packed);
    strcpy(profile.platform, "tx2");
    run = boot(&options, NULL);
    CHECK(run.outcome == QEMU_FAILED && says(&run.result, "no QEMU machine here") && run.result.diags.num_errors == 1,
          "another platform");
    boot_free(&run);
    options.image.size = 40;
    run = boot(&options, NULL);
    CHECK(run.outcome == QEMU_REFUSED && says(&run.result, "it's.img: is not an ELF file") && !*run.recipe,
          "a damaged image");
    boot_free(&run);
    tear_down(&profile, &options);
}

/* PolarFire: the firmware is given the kernel's tree, with the timer that it looks for. */
static void test_qemu_tree(void)
{
    enum { ROOM = 8192 };
    static uint8_t tree[ROOM];
    struct capdl_profile profile;
    struct pack_options options;
    set_up(&profile, &options, CAPDL_ARCH_RISCV);
    strcpy(profile.platform, "polarfire");
    struct boot run = boot(&options, NULL);
    CHECK(run.outcome == QEMU_FAILED &&
              says(&run.result, "/support/kernel.dtb: has no /soc/clint@2000000, from which the firmware could learn"),
          "no timer");
    boot_free(&run);
    fdt_open_into(reserving_tree(0x41d00000, 0x1000, NULL).bytes, tree, ROOM);
    fdt_setprop_string(tree, fdt_add_subnode(tree, fdt_add_subnode(tree, 0, "soc"), "clint@2000000"), "compatible",
                       "c");
    test_prefix_write(&profile, "support/kernel.dtb", tree, ROOM);
    run = boot(&options, NULL);
    CHECK(run.outcome == QEMU_ENDED, "run");
    CHECK(strcmp(run.said, "qemu-system-riscv64 -machine microchip-icicle-kit -m 2G -smp 5" QUIET "FILE -dtb FILE\n") ==
              0,
          "%s", run.said);
    check_recipe(&run,
                 "capdl: equivalent commands:\n"
                 "cp %s/support/kernel.dtb tree.dtb\n"
                 "fdtput -t s tree.dtb /soc/clint@2000000 compatible riscv,clint0\n"
                 "capdl image test.img --kernel %s -o boot.elf --format elf\n"
                 "qemu-system-riscv64 -machine microchip-icicle-kit -m 2G -smp 5" QUIET "boot.elf -dtb tree.dtb\n",
                 profile.prefix);
    boot_free(&run);
    size_t size;
    char *given = take_file("file-dtb", &size);
    int timer = given && fdt_check_full(given, size) == 0 ? fdt_path_offset(given, "/soc/clint@2000000") : -1;
    CHECK(timer > 0 && fdt_node_check_compatible(given, timer, "riscv,clint0") == 0, "the firmware's timer");
    CHECK(fdt_path_offset(given, "/memory@40000000") > 0, "and all the rest");
    free(given);
    free(take_file("file-kernel", &size));
    tear_down(&profile, &options);
}

/* A PC: kernel and image each for itself, by QEMU and on a CD. */
static void test_pc(void)
{
    static const struct test_segment low[] = {{0x100000, 0x100000, 16, 16}};
    static const char image_bytes[] = "any image", iso[] = "#!/bin/sh\n"
                                                           "[ \"$1\" = -o ] && [ $# = 3 ] || exit 1\n"
                                                           "cd ${0%/*}\n"
                                                           "(cd \"$3\" && find . -type f | sort) > list\n"
                                                           "cp \"$3/boot/kernel.elf\" kernel\n"
                                                           "cp \"$3/boot/image.elf\" image\n"
                                                           "cp \"$3/boot/grub/grub.cfg\" config\n"
                                                           "printf %s \"$3\" > where\n"
                                                           "echo a CD > \"$2\"\n";
    static const char config[] = "set timeout=0\n"
                                 "menuentry \"seL4\" {\n"
                                 "    multiboot /boot/kernel.elf\n"
                                 "    module /boot/image.elf\n"
                                 "    boot\n"
                                 "}\n",
                      list[] = "./boot/grub/grub.cfg\n./boot/image.elf\n./boot/kernel.elf\n";
    const struct pack_file image = {"test.img", (const uint8_t *)image_bytes, sizeof(image_bytes)};
    struct capdl_profile profile;
    struct result packed = {0};
    char path[128];
    test_prefix(&profile, CAPDL_ARCH_X86_64);
    strcpy(profile.platform, "pc99");
    profile.num_memory = 0;
    kernel_made(&profile, EM_X86_64, 0x100000, low, 1);
    FILE *out = open_memstream(&packed.bytes, &packed.size);
    CHECK(pack_multiboot(&profile, &packed.diags, out), "packed");
    fclose(out);
    struct boot run = boot(&(struct pack_options){.profile = &profile, .image = image}, NULL);
    CHECK(run.outcome == QEMU_ENDED && strstr(run.said, QUIET "FILE -initrd FILE\n"), "%s", run.said);
    CHECK(left("file-kernel", packed.bytes, packed.size) && left("file-initrd", image_bytes, sizeof(image_bytes)),
          "kernel and module");
    CHECK(strstr(run.recipe, "capdl image test.img --kernel ") &&
              strstr(run.recipe, " -o boot.elf --format multiboot\n") &&
              strstr(run.recipe, " -kernel boot.elf -initrd boot.elf.module\n"),
          "%s", run.recipe);
    boot_free(&run);
    write_program("grub-mkrescue", iso);
    program_path(path, "cd");
    CHECK(pack_iso(&profile, &image, path, &packed.diags) && packed.diags.count == 0, "a CD");
    CHECK(left("cd", "a CD\n", 5) && left("list", list, sizeof(list) - 1) &&
              left("kernel", packed.bytes, packed.size) && left("image", image_bytes, sizeof(image_bytes)) &&
              left("config", config, sizeof(config) - 1),
          "what is on it");
    size_t size;
    char *where = take_file("where", &size);
    CHECK(where && strncmp(where, "/tmp/capdl-iso.", 15) == 0 && access(where, F_OK) != 0, "its files are gone");
    free(where);
    write_program("grub-mkrescue", "#!/bin/sh\nexit 1\n");
    CHECK(!pack_iso(&profile, &image, path, &packed.diags) && packed.diags.num_errors == 1 &&
              says(&packed, "grub-mkrescue failed; it needs the Debian packages grub-pc-bin and xorriso"),
          "failed");
    write_program("grub-mkrescue", "#!/bin/sh\nkill -9 $$\n");
    CHECK(!pack_iso(&profile, &image, path, &packed.diags) && packed.diags.num_errors == 2, "killed");
    char *before = strdup(getenv("PATH"));
    setenv("PATH", "/nonexistent", 1);
    CHECK(!pack_iso(&profile, &image, path, &packed.diags) && packed.diags.num_errors == 3 &&
              says(&packed,
                   "cannot run grub-mkrescue, which makes CD images: No such file or directory (Debian packages"),
          "not installed");
    setenv("PATH", before, 1);
    free(before);
    result_free(&packed);
    test_prefix_remove(&profile);
}

int main(int argc, char **argv)
{
    loader = argc > 1 ? argv[1] : "";
    riscv_loader = argc > 2 ? argv[2] : NULL;
    if (!file_read(loader, &loader_file)) {
        perror(loader);
        return 2;
    }
    test_contents();
    test_formats();
    test_bad_kernels();
    test_kernel_inside_block();
    test_bad_trees();
    test_misfits();
    test_reserved();
    test_tree_reserves();
    test_tree_clashes();
    test_sparse();
    test_multiboot();
    test_no_room_for_iso();
    test_format_names();
    test_board();
    test_image_contents();
    test_damaged_contents();
    test_firmware_tree();
    test_large_tree();
    test_order_of_segments();
    set_up_programs();
    test_qemu_boot();
    test_pc();
    if (riscv_loader) {
        test_riscv();
        test_qemu_tree();
    }
    tear_down_programs();
    file_release(&loader_file);
    return check_result();
}
