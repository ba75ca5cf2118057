/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Consoles named by a device tree, with plain memory as their registers. Offsets and bits are those of the hardware
 * manuals: Arm DDI 0183 (PL011), NS16550A, BCM2835 peripherals 2.2, i.MX 6 and i.MX 8 UART and LPUART chapters, Amlogic
 * S905, Xilinx UG1087. Ready is said by no other bit than the right one, and busy by all the others.
 */
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "../check.h"
#include "../../loader/loader.h"

/* What the loader's other files would give. */
struct loader loader;

/* What was printed, and whether the firmware takes it. */
static char printed[8];
static size_t num_printed;
static bool firmware_prints;

bool arch_console_put(char c)
{
    if (num_printed < sizeof(printed)) {
        printed[num_printed++] = c;
    }
    return firmware_prints;
}

enum { TREE_ROOM_ = 2048, REGISTERS = 0x100 };

static const struct console {
    const char *compatible;
    unsigned shift, width; /* reg-shift and reg-io-width to be given; 0 width: none */
    unsigned status;
    uint32_t ready, busy; /* values of the status register */
    unsigned data, data_size;
    uint8_t control; /* the first byte, of 0xee, when the console is on; 0: as it was */
} consoles[] = {
    {"arm,pl011", 0, 0, 0x18, 0xdf, 0x20, 0x00, 4, 0}, /* FR: TXFF is bit 5 */
    {"arm,sbsa-uart", 0, 0, 0x18, 0xdf, 0x20, 0x00, 4, 0},
    {"ns16550a", 0, 0, 0x05, 0x20, 0xdf, 0x00, 1, 0}, /* LSR: THRE is bit 5 */
    {"ns16550a", 2, 4, 0x14, 0x20, 0xdf, 0x00, 4, 0},
    {"ns16550a", 2, 1, 0x14, 0x20, 0xdf, 0x00, 1, 0},
    {"ns16550", 0, 0, 0x05, 0x20, 0xdf, 0x00, 1, 0},
    {"ns8250", 0, 0, 0x05, 0x20, 0xdf, 0x00, 1, 0},
    {"snps,dw-apb-uart", 2, 4, 0x14, 0x20, 0xdf, 0x00, 4, 0},
    {"snps,dw-apb-uart", 0, 0, 0x14, 0x20, 0xdf, 0x00, 4,
     0}, /* without reg-shift: words, as the kernel's driver has it */
    {"nvidia,tegra20-uart", 0, 0, 0x14, 0x20, 0xdf, 0x00, 4, 0},
    {"ti,omap3-uart", 0, 0, 0x14, 0x20, 0xdf, 0x00, 4, 0},
    {"brcm,bcm2835-aux-uart", 0, 0, 0x14, 0x20, 0xdf, 0x00, 4, 0}, /* MU_LSR: transmitter empty is bit 5 */
    {"fsl,imx6q-uart", 0, 0, 0x98, 0x4000, 0xbfff, 0x40, 4, 0},    /* USR2: TXFE is bit 14; UTXD at 0x40 */
    {"fsl,imx6sx-uart", 0, 0, 0x98, 0x4000, 0xbfff, 0x40, 4, 0},
    {"fsl,imx8qxp-lpuart", 0, 0, 0x14, 0x800000, 0xff7fffff, 0x1c, 4, 0}, /* STAT: TDRE is bit 23; DATA at 0x1c */
    {"fsl,imx7ulp-lpuart", 0, 0, 0x14, 0x800000, 0xff7fffff, 0x1c, 4, 0},
    {"amlogic,meson-gx-uart", 0, 0, 0x0c, 0xffdfffff, 0x200000, 0, 4, 0}, /* STATUS: TX FIFO full is bit 21 */
    {"xlnx,xuartps", 0, 0, 0x2c, 0xffef, 0x10, 0x30, 4,
     0xde}, /* SR: TFUL is bit 4; FIFO at 0x30; CR: TXEN is bit 4, TXDIS bit 5 */
    {"cdns,uart-r1p12", 0, 0, 0x2c, 0xffef, 0x10, 0x30, 4, 0xde},
};

/* A tree whose /chosen has a property, or that has no /chosen. */
static uint8_t *make_tree(const struct console *console, const char *property, const char *path, uintptr_t address)
{
    uint8_t *tree = calloc(1, TREE_ROOM_);
    fdt_create(tree, TREE_ROOM_);
    fdt_finish_reservemap(tree);
    fdt_begin_node(tree, "");
    fdt_property_u32(tree, "#address-cells", 2);
    fdt_property_u32(tree, "#size-cells", 0);
    fdt_begin_node(tree, "aliases");
    fdt_property_string(tree, "serial0", "/uart@1");
    fdt_end_node(tree);
    if (property) {
        fdt_begin_node(tree, "chosen");
        fdt_property(tree, property, path, (int)strlen(path) + 1);
        fdt_end_node(tree);
    }
    fdt_begin_node(tree, "uart@1");
    fdt_property(tree, "compatible", console->compatible, (int)strlen(console->compatible) + 1);
    fdt_property_u64(tree, "reg", address);
    if (console->width) {
        fdt_property_u32(tree, "reg-shift", console->shift);
        fdt_property_u32(tree, "reg-io-width", console->width);
    }
    fdt_end_node(tree);
    fdt_end_node(tree);
    fdt_finish(tree);
    return tree;
}

static void open_by(const struct console *console, const char *property, const char *path, const void *registers)
{
    struct tree tree;
    uint8_t *bytes = make_tree(console, property, path, (uintptr_t)registers);
    CHECK(tree_open(&tree, bytes, TREE_ROOM_), "a sound tree");
    console_open(&tree);
    free(bytes);
}

static void open_console(const struct console *console, const char *path, const void *registers)
{
    open_by(console, "stdout-path", path, registers);
}

/* One character at the right place, in the right width, and nothing else touched. */
static void test_put(const struct console *console)
{
    uint8_t expected[REGISTERS], *registers = aligned_alloc(16, REGISTERS);
    memset(registers, 0xee, REGISTERS);
    memcpy(registers + console->status, &console->ready, console->data_size);
    memcpy(expected, registers, REGISTERS);
    expected[0] = console->control ? console->control : expected[0];
    memset(expected + console->data, 0, console->data_size);
    expected[console->data] = 'x';
    open_console(console, "serial0:115200n8", registers);
    CHECK(console_registers() == (uintptr_t)registers, "%s is found", console->compatible);
    console_put('x');
    CHECK(memcmp(registers, expected, REGISTERS) == 0, "%s: registers after a character", console->compatible);
    free(registers);
}

/* A console that never gets ready is given up, not waited for for ever. */
static void test_busy(const struct console *console)
{
    uint8_t *registers = aligned_alloc(16, REGISTERS);
    memset(registers, 0, REGISTERS);
    memcpy(registers + console->status, &console->busy, console->data_size);
    open_console(console, "/uart@1", registers);
    console_put('x');
    CHECK(console_registers() == 0 && registers[console->data] == 0, "%s: busy for ever", console->compatible);
    free(registers);
}

static void test_none(void)
{
    static const struct console unknown = {.compatible = "acme,uart"};
    uint8_t registers[REGISTERS] = {0};
    open_console(&unknown, "/uart@1", registers);
    CHECK(console_registers() == 0, "an unknown device");
    open_by(&consoles[0], "linux,stdout-path", "/uart@1", registers);
    CHECK(console_registers() == (uintptr_t)registers, "Linux's older name");
    open_by(&consoles[0], "stdin-path", "/uart@1", registers);
    CHECK(console_registers() == 0, "no stdout-path");
    open_by(&consoles[0], NULL, NULL, registers);
    CHECK(console_registers() == 0, "no /chosen");
    open_console(&consoles[0], "serial9", registers);
    CHECK(console_registers() == 0, "no such alias");
    open_console(&consoles[0], "a-name-that-is-longer-than-any-alias-may-be", registers);
    CHECK(console_registers() == 0, "a very long alias");
    console_put('x');
}

/* A terminal returns its carriage at the end of a line. What the firmware prints does not go to the device as well. */
static void test_line(void)
{
    uint8_t registers[REGISTERS] __attribute__((aligned(16))) = {0};
    open_console(&consoles[0], "/uart@1", registers);
    num_printed = 0;
    console_put('a');
    console_put('\n');
    CHECK(num_printed == 3 && memcmp(printed, "a\r\n", 3) == 0, "%zu characters for two", num_printed);
    CHECK(registers[0] == '\n', "the device has the last one");
    firmware_prints = true;
    console_put('b');
    CHECK(registers[0] == '\n', "the device has one that the firmware printed");
}

/* As many kinds of consoles as the loader has drivers of: it finds none that is not tried here. */
static void test_all_tried(const char *source)
{
    char line[256], name[64];
    FILE *file = fopen(source, "r");
    unsigned drivers = 0;
    CHECK(file, "%s can be read", source);
    while (file && fgets(line, sizeof(line), file)) {
        if (sscanf(line, " {\"%63[^\"]\", %*d,", name) == 1) {
            bool tried = false;
            for (size_t i = 0; i < sizeof(consoles) / sizeof(*consoles); i++) {
                tried |= !strcmp(name, consoles[i].compatible);
            }
            CHECK(tried, "no test of %s", name);
            drivers++;
        }
    }
    CHECK(drivers > 10, "%u drivers in %s", drivers, source);
    if (file) {
        fclose(file);
    }
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        test_all_tried(argv[1]);
    }
    for (size_t i = 0; i < sizeof(consoles) / sizeof(*consoles); i++) {
        test_put(&consoles[i]);
        test_busy(&consoles[i]);
    }
    test_none();
    test_line();
    return check_result();
}
