/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether a tree is of a board that a spec and a kernel can be for: its cores, its memory, its name. What is at an
 * address. */
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../check.h"
#include "devicetree/devicetree.h"

enum { ROOM = 4096 };

/* What the tree has. Sizes 0: no such node. */
struct board {
    const char *compatible, *core_compatible; /* lists, ended by an empty string; NULL: none */
    const char *isa, *isa_base;
    struct {
        uint64_t start, size;
    } memory[4], device[4];
};

static void put_list(void *tree, const char *name, const char *list)
{
    int size = 0;
    while (list && list[size]) {
        size += (int)strlen(list + size) + 1;
    }
    if (list) {
        fdt_property(tree, name, list, size);
    }
}

static void put_node(void *tree, const char *name, const char *type, uint64_t start, uint64_t size)
{
    char full[64];
    uint64_t reg[] = {cpu_to_fdt64(start), cpu_to_fdt64(size)};
    if (!size) {
        return;
    }
    snprintf(full, sizeof(full), "%s@%llx", name, (unsigned long long)start);
    fdt_begin_node(tree, full);
    if (type) {
        fdt_property(tree, "device_type", type, (int)strlen(type) + 1);
    }
    fdt_property(tree, "reg", reg, sizeof(reg));
    fdt_end_node(tree);
}

static void make_tree(uint8_t tree[ROOM], const struct board *board)
{
    fdt_create(tree, ROOM);
    fdt_finish_reservemap(tree);
    fdt_begin_node(tree, "");
    put_list(tree, "compatible", board->compatible);
    fdt_property_u32(tree, "#address-cells", 2);
    fdt_property_u32(tree, "#size-cells", 2);
    fdt_begin_node(tree, "cpu");
    put_list(tree, "device_type", "cpu\0");
    put_list(tree, "compatible", board->core_compatible);
    put_list(tree, "riscv,isa", board->isa);
    put_list(tree, "riscv,isa-base", board->isa_base);
    fdt_end_node(tree);
    for (size_t i = 0; i < 4; i++) {
        put_node(tree, "memory", "memory", board->memory[i].start, board->memory[i].size);
        put_node(tree, "device", NULL, board->device[i].start, board->device[i].size);
    }
    fdt_end_node(tree);
    CHECK(fdt_finish(tree) == 0, "a tree");
}

/* NULL: it fits; else why not, to be freed. */
static char *misfit(const struct board *board, enum capdl_arch arch, const struct capdl_profile *kernel)
{
    static uint8_t bytes[ROOM] __attribute__((aligned(8)));
    struct capdl_diags diags = {NULL};
    make_tree(bytes, board);
    struct devicetree *tree = devicetree_read("a.dtb", bytes, ROOM, &diags);
    CHECK(tree, "a sound tree");
    bool fits = tree && devicetree_fits(tree, arch, kernel, &diags);
    CHECK(fits == (diags.count == 0) && diags.num_errors == diags.count && diags.count < 2, "an error exactly if not");
    char *text = diags.count ? strdup(diags.list[0].message) : NULL;
    devicetree_free(tree);
    capdl_diags_free(&diags);
    return text;
}

static void check_fit(const struct board *board, enum capdl_arch arch, const struct capdl_profile *kernel,
                      const char *expected)
{
    char *text = misfit(board, arch, kernel);
    CHECK(text && expected ? !strcmp(text, expected) : !text && !expected, "%s, expected %s", text ? text : "it fits",
          expected ? expected : "that it fits");
    free(text);
}

/* Cores by their names, or by their instruction sets. */
static void test_cores(void)
{
    static const struct {
        const char *compatible, *isa, *isa_base, *words;
        bool arm, riscv; /* whether it can run them */
    } cores[] = {
        {"arm,armv8\0", NULL, NULL, "of an Arm board with 64-bit cores", true, false},
        {"arm,arm-v8\0", NULL, NULL, "of an Arm board with 64-bit cores", true, false},
        {"arm,cortex-a35\0", NULL, NULL, "of an Arm board with 64-bit cores", true, false},
        {"arm,cortex-a510\0", NULL, NULL, "of an Arm board with 64-bit cores", true, false},
        {"acme,fast\0arm,cortex-a72\0", NULL, NULL, "of an Arm board with 64-bit cores", true, false},
        {"arm,cortex-a5\0", NULL, NULL, "of an Arm board with 32-bit cores", false, false},
        {"arm,cortex-a17\0", NULL, NULL, "of an Arm board with 32-bit cores", false, false},
        {"arm,cortex-m4\0", NULL, NULL, "of an Arm board with 32-bit cores", false, false},
        {"arm,cortex-r52\0", NULL, NULL, "of an Arm board with 32-bit cores", false, false},
        {"arm,arm1176jzf-s\0", NULL, NULL, "of an Arm board with 32-bit cores", false, false},
        {"qcom,krait\0", NULL, NULL, "of an Arm board with 32-bit cores", false, false},
        {"riscv\0", NULL, NULL, "of a RISC-V board with 64-bit cores", false, true},
        {"riscv\0", "rv32imac\0", NULL, "of a RISC-V board with 32-bit cores", false, false},
        {NULL, "rv64imafdc\0", NULL, "of a RISC-V board with 64-bit cores", false, true},
        {NULL, NULL, "rv32i\0", "of a RISC-V board with 32-bit cores", false, false},
        {NULL, NULL, "rv64i\0", "of a RISC-V board with 64-bit cores", false, true},
        {"acme,core\0", NULL, NULL, "of a board", true, true},
        {NULL, NULL, NULL, "of a board", true, true},
    };
    char expected[200];
    for (size_t i = 0; i < sizeof(cores) / sizeof(cores[0]); i++) {
        const struct board board = {
            .core_compatible = cores[i].compatible, .isa = cores[i].isa, .isa_base = cores[i].isa_base};
        snprintf(expected, sizeof(expected), "a.dtb is %s, which cannot run aarch64 systems", cores[i].words);
        check_fit(&board, CAPDL_ARCH_AARCH64, NULL, cores[i].arm ? NULL : expected);
        snprintf(expected, sizeof(expected), "a.dtb is %s, which cannot run riscv systems", cores[i].words);
        check_fit(&board, CAPDL_ARCH_RISCV, NULL, cores[i].riscv ? NULL : expected);
        snprintf(expected, sizeof(expected), "a.dtb is %s, which cannot run x86_64 systems: PCs have no device trees",
                 cores[i].words);
        check_fit(&board, CAPDL_ARCH_X86_64, NULL, expected);
    }
}

#define BOARD(...) (&(const struct board){.core_compatible = "arm,cortex-a53\0", __VA_ARGS__})

/* All that the kernel manages must be memory, in as many pieces as the tree likes. */
static void test_memory(void)
{
    struct capdl_profile kernel = {.name = "k", .platform = "p", .arch = CAPDL_ARCH_AARCH64, .num_memory = 2};
    kernel.memory[0] = (struct capdl_region){0x40000000, 0x50000000};
    kernel.memory[1] = (struct capdl_region){0x60000000, 0x60001000};
    static const char format[] =
        "a.dtb is for another board: kernel 'k' (p) uses memory at 0x%x, where the device tree "
        "has none; use the tree of the board that the kernel was built for";
    char expected[300];
    check_fit(BOARD(.compatible = NULL), CAPDL_ARCH_AARCH64, &kernel, NULL); /* the firmware is to fill it in */
    check_fit(BOARD(.memory = {{0x40000000, 0x20001000}}), CAPDL_ARCH_AARCH64, &kernel, NULL);
    check_fit(BOARD(.memory = {{0x48000000, 0x8000000}, {0x60000000, 0x1000}, {0x40000000, 0x8000000}}),
              CAPDL_ARCH_AARCH64, &kernel, NULL);
    check_fit(BOARD(.memory = {{0x30000000, 0x18000000}, {0x40000000, 0x18000000}, {0x58000000, 0x10000000}}),
              CAPDL_ARCH_AARCH64, &kernel, NULL);
    check_fit(BOARD(.memory = {{0x40000000, UINT64_MAX - 0x3fffffff}}), CAPDL_ARCH_AARCH64, &kernel, NULL);
    snprintf(expected, sizeof(expected), format, 0x60000fff);
    check_fit(BOARD(.memory = {{0x40000000, 0x20000fff}}), CAPDL_ARCH_AARCH64, &kernel, expected);
    snprintf(expected, sizeof(expected), format, 0x48000000);
    check_fit(BOARD(.memory = {{0x40000000, 0x8000000}, {0x48001000, 0x20000000}}), CAPDL_ARCH_AARCH64, &kernel,
              expected);
    check_fit(BOARD(.memory = {{0x40000000, 0x8000000}}, .device = {{0x48000000, 0x20000000}}), CAPDL_ARCH_AARCH64,
              &kernel, expected);
    snprintf(expected, sizeof(expected), format, 0x40000000);
    check_fit(BOARD(.memory = {{0x40000001, 0x30000000}}), CAPDL_ARCH_AARCH64, &kernel, expected);
}

/* The kernel's own tree, in its prefix, says for which boards it was built. */
static void test_names(void)
{
    static uint8_t own[ROOM];
    struct capdl_profile kernel = {.name = "k", .arch = CAPDL_ARCH_AARCH64, .dtb_bytes = 1};
    char path[sizeof(kernel.prefix) + 32], directory[sizeof(path)], expected[sizeof(path) + 100];
    strcpy(kernel.prefix, "/tmp/board_test.XXXXXX");
    if (!mkdtemp(kernel.prefix)) {
        abort();
    }
    snprintf(directory, sizeof(directory), "%s/support", kernel.prefix);
    snprintf(path, sizeof(path), "%s/support/kernel.dtb", kernel.prefix);
    mkdir(directory, 0777);
    snprintf(expected, sizeof(expected), "%s: the kernel's device tree cannot be read: No such file or directory",
             path);
    check_fit(BOARD(.compatible = "acme,one\0"), CAPDL_ARCH_AARCH64, &kernel, expected);
    for (int named = 0; named < 2; named++) {
        make_tree(own, BOARD(.compatible = named ? "acme,one\0acme,all\0" : NULL));
        FILE *file = fopen(path, "wb");
        fwrite(own, 1, ROOM, file);
        fclose(file);
        check_fit(BOARD(.compatible = "acme,one\0"), CAPDL_ARCH_AARCH64, &kernel, NULL);
        check_fit(BOARD(.compatible = "acme,two\0acme,all\0"), CAPDL_ARCH_AARCH64, &kernel, NULL);
        check_fit(BOARD(.compatible = NULL), CAPDL_ARCH_AARCH64, &kernel, NULL);
        check_fit(BOARD(.compatible = "acme,\033[31m\0"), CAPDL_ARCH_AARCH64, &kernel,
                  named ? "a.dtb is for another board: \"acme,?[31m\", but the kernel was built for \"acme,one\""
                        : NULL);
        kernel.dtb_bytes = 0; /* a kernel that hands out no tree was not built with it */
        check_fit(BOARD(.compatible = "acme,two\0"), CAPDL_ARCH_AARCH64, &kernel, NULL);
        kernel.dtb_bytes = 1;
    }
    CHECK(truncate(path, 30) == 0, "a damaged tree");
    snprintf(expected, sizeof(expected), "%s is not a device tree, or is damaged: expected the output of dtc -O dtb",
             path);
    check_fit(BOARD(.compatible = "acme,one\0"), CAPDL_ARCH_AARCH64, &kernel, expected);
    unlink(path);
    rmdir(directory);
    rmdir(kernel.prefix);
}

/* The device whose registers begin first there, or that the address lies in. */
static void test_device_at(void)
{
    static const struct {
        uint64_t start, size;
        const char *name;
    } places[] = {
        {0x1000, 0x1000, "device@1000"},
        {0x1fff, 1, "device@1000"},
        {0x1fff, 0x1002, "device@1000"},
        {0x2000, 0x1000, NULL},
        {0x2000, 0x1001, "device@3000"},
        {0x0, 0x1000, NULL},
        {0x0, 0x1001, "device@1000"},
        {0x3000, 0, "device@3000"},
        {0x2fff, 0, NULL},
        {0x40000000, 0x1000, NULL},
        {0x5000, UINT64_MAX, "device@fffffffffffff000"},
    };
    static uint8_t bytes[ROOM] __attribute__((aligned(8)));
    struct capdl_diags diags = {NULL};
    make_tree(bytes, BOARD(.memory = {{0x40000000, 0x1000}},
                           .device = {{0x3000, 0x1000}, {0x1000, 0x1000}, {UINT64_MAX - 0xfff, 0x1000}}));
    struct devicetree *tree = devicetree_read("a.dtb", bytes, ROOM, &diags);
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        const char *name = devicetree_device_at(tree, places[i].start, places[i].size);
        CHECK(name && places[i].name ? !strcmp(name, places[i].name) : name == places[i].name, "place %zu: %s", i,
              name ? name : "none");
    }
    devicetree_free(tree);
    capdl_diags_free(&diags);
}

int main(void)
{
    test_cores();
    test_memory();
    test_names();
    test_device_at();
    return check_result();
}
