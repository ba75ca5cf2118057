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
#include <unistd.h>

#include <capdl/payload.h>

#include "../check.h"
#include "base/file.h"
#include "pack/pack.h"
#include "prefix.h"

enum { RAM = 0x40000000, RAM_SIZE = 0x2000000, UNTOUCHED = 0xcc };
static const uint64_t kernel_virtual = 0xffffff8040000000;
static const uint64_t mib = 0x100000;

static const char *loader;
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

int main(int argc, char **argv)
{
    loader = argc > 1 ? argv[1] : "";
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
    file_release(&loader_file);
    return check_result();
}
