/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The console that the device tree names in /chosen, driven by polling. Firmware has initialised it; at most, the
 * loader enables its transmitter. A driver is a row of numbers: the status register, its "ready" bits, the data
 * register.
 */
#include "loader.h"

/* Offsets are in bytes; for the 8250 family in registers, whose spacing and width the device tree gives. */
struct driver {
    char compatible[28]; /* at most 27 characters; a pointer would have to be relocated */
    uint8_t family_8250; /* 1 + the default of reg-shift; 0: another family */
    uint8_t data, status;
    uint32_t mask, ready; /* (status & mask) == ready */
    uint32_t on, off;     /* in the first register: bits that are set and clear while it transmits; 0: nothing to do */
};

static const struct driver drivers[] = {
    {"arm,pl011", 0, 0x00, 0x18, 1 << 5, 0, 0, 0},
    {"arm,sbsa-uart", 0, 0x00, 0x18, 1 << 5, 0, 0, 0},
    {"brcm,bcm2835-aux-uart", 3, 0, 5, 1 << 5, 1 << 5, 0, 0},
    {"nvidia,tegra20-uart", 3, 0, 5, 1 << 5, 1 << 5, 0, 0},
    {"ti,omap3-uart", 3, 0, 5, 1 << 5, 1 << 5, 0, 0},
    {"snps,dw-apb-uart", 3, 0, 5, 1 << 5, 1 << 5, 0, 0},
    {"ns16550a", 1, 0, 5, 1 << 5, 1 << 5, 0, 0},
    {"ns16550", 1, 0, 5, 1 << 5, 1 << 5, 0, 0},
    {"ns8250", 1, 0, 5, 1 << 5, 1 << 5, 0, 0},
    {"fsl,imx6q-uart", 0, 0x40, 0x98, 1 << 14, 1 << 14, 0, 0},
    {"fsl,imx6sx-uart", 0, 0x40, 0x98, 1 << 14, 1 << 14, 0, 0},
    {"fsl,imx8qxp-lpuart", 0, 0x1c, 0x14, 1 << 23, 1 << 23, 0, 0},
    {"fsl,imx7ulp-lpuart", 0, 0x1c, 0x14, 1 << 23, 1 << 23, 0, 0},
    {"amlogic,meson-gx-uart", 0, 0x00, 0x0c, 1 << 21, 0, 0, 0},
    {"xlnx,xuartps", 0, 0x30, 0x2c, 1 << 4, 0, 1 << 4, 1 << 5},
    {"cdns,uart-r1p12", 0, 0x30, 0x2c, 1 << 4, 0, 1 << 4, 1 << 5},
};

enum { PATIENCE = 1000000 }; /* polls of the status before a console counts as broken */

static struct {
    uintptr_t registers; /* 0: no console */
    uintptr_t data, status;
    uint32_t mask, ready;
    bool bytes; /* access registers as bytes, not words */
} console;

uintptr_t console_registers(void)
{
    return console.registers;
}

static uint32_t reg_read(uintptr_t address)
{
    return console.bytes ? *(volatile uint8_t *)address : *(volatile uint32_t *)address;
}

static void reg_write(uintptr_t address, uint32_t value)
{
    if (console.bytes) {
        *(volatile uint8_t *)address = (uint8_t)value;
    } else {
        *(volatile uint32_t *)address = value;
    }
}

static void put_raw(char c)
{
    if (arch_console_put(c) || !console.registers) {
        return;
    }
    for (int i = 0; (reg_read(console.status) & console.mask) != console.ready; i++) {
        if (i == PATIENCE) {
            console.registers = 0;
            return;
        }
    }
    reg_write(console.data, (uint8_t)c);
}

void console_put(char c)
{
    if (c == '\n') {
        put_raw('\r');
    }
    put_raw(c);
}

static const struct driver *find_driver(struct tree_property compatible)
{
    for (size_t i = 0; i < sizeof(drivers) / sizeof(*drivers); i++) {
        if (tree_has_string(compatible, drivers[i].compatible)) {
            return &drivers[i];
        }
    }
    return NULL;
}

/* A path as /chosen has it: "serial1:115200n8" is an alias and settings. */
static size_t path_length(struct tree_property path)
{
    size_t length = 0;
    while (length < path.size && path.value[length] && path.value[length] != ':') {
        length++;
    }
    return length;
}

/* Finds the node of a path or alias. */
static bool resolve(const struct tree *tree, struct tree_property path, struct tree_node *node)
{
    size_t length = path_length(path);
    char alias[32];
    if (length && path.value[0] == '/') {
        return tree_find(tree, (const char *)path.value, length, node);
    }
    if (length == 0 || length >= sizeof(alias) || !tree_find(tree, "/aliases", 8, node)) {
        return false;
    }
    memcpy(alias, path.value, length);
    alias[length] = 0;
    path = tree_property(tree, node, alias);
    return path.size && tree_find(tree, (const char *)path.value, path_length(path), node);
}

static bool chosen_console(const struct tree *tree, struct tree_node *node)
{
    struct tree_node chosen;
    if (!tree_find(tree, "/chosen", 7, &chosen)) {
        return false;
    }
    return resolve(tree, tree_property(tree, &chosen, "stdout-path"), node) ||
           resolve(tree, tree_property(tree, &chosen, "linux,stdout-path"), node);
}

void console_open(const struct tree *tree)
{
    struct tree_node node;
    uint64_t address, size;
    console.registers = 0;
    if (!chosen_console(tree, &node)) {
        return;
    }
    const struct driver *driver = find_driver(tree_property(tree, &node, "compatible"));
    if (!driver || !tree_reg(tree, &node, 0, &address, &size)) {
        return;
    }
    unsigned shift = 0;
    console.bytes = false;
    if (driver->family_8250) {
        struct tree_property given = tree_property(tree, &node, "reg-shift"),
                             width = tree_property(tree, &node, "reg-io-width");
        shift = given.value ? tree_cell(given, 0) & 7 : driver->family_8250 - 1u;
        console.bytes = width.value ? tree_cell(width, 0) == 1 : shift == 0;
    }
    console.data = address + ((uintptr_t)driver->data << shift);
    console.status = address + ((uintptr_t)driver->status << shift);
    console.mask = driver->mask;
    console.ready = driver->ready;
    console.registers = address;
    if (driver->on && (reg_read(address) & (driver->on | driver->off)) != driver->on) {
        reg_write(address, (reg_read(address) & ~driver->off) | driver->on);
    }
}
