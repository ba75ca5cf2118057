/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pages TREE: a spec with a page for every register of every device of a device tree, and every interrupt, as the
 * Devicetree Specification says where they are. Follows the tree by libfdt, node by node, and knows nothing of the
 * tool's reader. Pages that two devices share are called shared_N, all others page_N.
 */
#include <inttypes.h>
#include <libfdt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 4096, MOST = 1 << 16, MOST_PAGES_OF_ONE = 4 };

struct area {
    uint64_t start, end;
    int node;
    bool on, memory;
};

static struct area areas[MOST];
static uint64_t pages[MOST];
static int64_t triggers[MOST]; /* by number: 0 none, 1 unknown, 2 edge, 3 level */
static size_t num_areas, num_pages;
static const void *fdt;

static uint32_t number(int node, const char *name, uint32_t otherwise)
{
    int length;
    const fdt32_t *value = fdt_getprop(fdt, node, name, &length);
    return value && length == 4 ? fdt32_to_cpu(*value) : otherwise;
}

static uint64_t join(const fdt32_t *cells, unsigned count)
{
    uint64_t result = 0;
    while (count--) {
        result = result << 32 | fdt32_to_cpu(*cells++);
    }
    return result;
}

static bool is_pci(int node)
{
    const char *type = fdt_getprop(fdt, node, "device_type", NULL);
    return type && strcmp(type, "pci") == 0;
}

/* From a bus's address to the processor's; false if it is not to be seen. */
static bool up(int bus, uint64_t *address)
{
    while (bus != 0) {
        int above = fdt_parent_offset(fdt, bus), length;
        const fdt32_t *ranges = fdt_getprop(fdt, bus, "ranges", &length);
        unsigned a = number(bus, "#address-cells", 2), b = number(above, "#address-cells", 2),
                 s = number(bus, "#size-cells", 1);
        bool found = ranges && length == 0;
        for (int left = length / 4; ranges && !found && left >= (int)(a + b + s);
             left -= a + b + s, ranges += a + b + s) {
            uint64_t from = join(ranges, a), size = join(ranges + a + b, s);
            if (*address >= from && *address - from < size) {
                *address = *address - from + join(ranges + a, b);
                found = true;
            }
        }
        if (!found) {
            return false;
        }
        bus = above;
    }
    return true;
}

static bool is_on(int node)
{
    for (; node >= 0; node = node ? fdt_parent_offset(fdt, node) : -1) {
        const char *status = fdt_getprop(fdt, node, "status", NULL);
        if (status && strncmp(status, "ok", 2) != 0) {
            return false;
        }
    }
    return true;
}

static void add_area(int node, uint64_t start, uint64_t size, bool memory)
{
    if (size && num_areas < MOST) {
        areas[num_areas++] = (struct area){start, start + size, node, is_on(node), memory};
    }
}

static void read_registers(int node)
{
    int bus = fdt_parent_offset(fdt, node), length, ignored;
    const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &length);
    unsigned a = number(bus, "#address-cells", 2), s = number(bus, "#size-cells", 1);
    const char *type = fdt_getprop(fdt, node, "device_type", NULL), *above = fdt_get_name(fdt, bus, &ignored);
    bool memory = (type && strcmp(type, "memory") == 0) || (above && strcmp(above, "reserved-memory") == 0);
    if (!reg || !a || !s || is_pci(bus)) {
        return;
    }
    for (int left = length / 4; left >= (int)(a + s); left -= a + s, reg += a + s) {
        uint64_t start = join(reg, a);
        if (up(bus, &start)) {
            add_area(node, start, join(reg + a, s), memory);
        }
    }
}

/* Windows through which PCI devices are seen. */
static void read_windows(int node)
{
    int bus = fdt_parent_offset(fdt, node), length;
    const fdt32_t *ranges = fdt_getprop(fdt, node, "ranges", &length);
    unsigned b = number(bus, "#address-cells", 2);
    if (!ranges || !is_pci(node) || is_pci(bus)) {
        return;
    }
    for (int left = length / 4; left >= (int)(5 + b); left -= 5 + b, ranges += 5 + b) {
        uint64_t start = join(ranges + 3, b);
        if (up(bus, &start)) {
            add_area(node, start, join(ranges + 3 + b, 2), true);
        }
    }
}

static bool compatible(int node, const char *part)
{
    int count = fdt_stringlist_count(fdt, node, "compatible");
    for (int i = 0; i < count; i++) {
        if (strstr(fdt_stringlist_get(fdt, node, "compatible", i, NULL), part)) {
            return true;
        }
    }
    return false;
}

/* The specifier of one interrupt at a controller, in seL4's numbers as tools/hardware/irq.py of the kernel has them. */
static void read_interrupt(int controller, const fdt32_t *specifier)
{
    unsigned cells = number(controller, "#interrupt-cells", 0), flags = 0;
    uint64_t irq = MOST;
    bool gic = compatible(controller, "-gic") || compatible(controller, "gic-v3") ||
               compatible(controller, "arm,gic-400") || compatible(controller, "-ictlr") ||
               compatible(controller, "-gpc");
    if (gic && cells >= 3 && !compatible(controller, "agic")) {
        static const unsigned first[] = {32, 16, 4096, 1056};
        irq = fdt32_to_cpu(specifier[1]) + first[fdt32_to_cpu(specifier[0]) & 3];
        flags = fdt32_to_cpu(specifier[2]) & 15;
    } else if (compatible(controller, "plic") || compatible(controller, "l1-intc")) {
        irq = fdt32_to_cpu(specifier[0]);
        flags = cells > 1 ? fdt32_to_cpu(specifier[1]) : 0;
    } else if (compatible(controller, "armctrl")) {
        irq = fdt32_to_cpu(specifier[0]) * 32 + 32 + fdt32_to_cpu(specifier[1]);
    }
    if (irq < MOST) {
        int64_t trigger = flags & 3 ? 2 : flags & 12 ? 3 : 1;
        triggers[irq] = triggers[irq] > 1 ? triggers[irq] : trigger;
    }
}

static int interrupt_parent(int node)
{
    for (;;) {
        uint32_t phandle = number(node, "interrupt-parent", 0);
        if (phandle) {
            return fdt_node_offset_by_phandle(fdt, phandle);
        }
        if (node <= 0) {
            return -1;
        }
        node = fdt_parent_offset(fdt, node);
        if (fdt_getprop(fdt, node, "#interrupt-cells", NULL)) {
            return node;
        }
    }
}

static void read_interrupts(int node)
{
    int length;
    const fdt32_t *list = fdt_getprop(fdt, node, "interrupts-extended", &length);
    for (int left = list ? length / 4 : 0; left > 0;) {
        int controller = fdt_node_offset_by_phandle(fdt, fdt32_to_cpu(*list));
        int cells = controller < 0 ? 0 : (int)number(controller, "#interrupt-cells", 0);
        if (cells) {
            read_interrupt(controller, list + 1);
        }
        left -= 1 + cells;
        list += 1 + cells;
    }
    list = fdt_getprop(fdt, node, "interrupts", &length);
    int controller = list ? interrupt_parent(node) : -1;
    unsigned cells = controller < 0 ? 0 : number(controller, "#interrupt-cells", 0);
    for (int left = length / 4; list && cells && left >= (int)cells; left -= cells, list += cells) {
        read_interrupt(controller, list);
    }
}

static bool related(int a, int b)
{
    for (int node = a; node >= 0; node = node ? fdt_parent_offset(fdt, node) : -1) {
        if (node == b) {
            return true;
        }
    }
    return false;
}

static bool is_shared(uint64_t page)
{
    const struct area *in[64];
    size_t count = 0;
    for (size_t i = 0; i < num_areas && count < 64; i++) {
        if (areas[i].start < page + PAGE && areas[i].end > page && areas[i].on && !areas[i].memory) {
            in[count++] = &areas[i];
        }
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i; k++) {
            if ((in[i]->end <= in[k]->start || in[k]->end <= in[i]->start) && !related(in[i]->node, in[k]->node) &&
                !related(in[k]->node, in[i]->node)) {
                return true;
            }
        }
    }
    return false;
}

static void add_page(uint64_t page)
{
    for (size_t i = 0; i < num_pages; i++) {
        if (pages[i] == page) {
            return;
        }
    }
    pages[num_pages++] = page;
}

/* Its first pages and its last. */
static void add_pages(const struct area *area)
{
    uint64_t page = area->start & ~(uint64_t)(PAGE - 1), last = (area->end - 1) & ~(uint64_t)(PAGE - 1);
    for (int i = 0; i < MOST_PAGES_OF_ONE && page <= last; i++, page += PAGE) {
        add_page(page);
    }
    add_page(last);
}

static void print_irqs(bool riscv)
{
    static const char *const words[] = {"", "", "edge", "level"};
    for (int i = 0; i < MOST; i++) {
        if (triggers[i] > 1) {
            printf("  irq_%d = %s (trigger: %s, target: 0)\n", i, riscv ? "riscv_irq" : "arm_irq", words[triggers[i]]);
        } else if (triggers[i]) {
            printf("  irq_%d = irq\n", i);
        }
    }
    printf("}\nirq maps {\n");
    for (int i = 0; i < MOST; i++) {
        if (triggers[i]) {
            printf("  %d: irq_%d\n", i, i);
        }
    }
    printf("}\n");
}

int main(int argc, char **argv)
{
    static char bytes[1 << 22] __attribute__((aligned(8)));
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (!file || fread(bytes, 1, sizeof(bytes), file) < sizeof(struct fdt_header) || fdt_check_header(bytes)) {
        fprintf(stderr, "usage: pages TREE\n");
        return 2;
    }
    fdt = bytes;
    bool riscv = false;
    for (int node = fdt_next_node(fdt, 0, NULL); node >= 0; node = fdt_next_node(fdt, node, NULL)) {
        riscv |= compatible(node, "riscv");
        read_registers(node);
        read_windows(node);
        read_interrupts(node);
    }
    for (size_t i = 0; i < num_areas; i++) {
        add_pages(&areas[i]);
    }
    printf("arch %s\nobjects {\n", riscv ? "riscv" : "aarch64");
    for (size_t i = 0; i < num_pages; i++) {
        printf("  %s_%zu = frame (4k, paddr: 0x%" PRIx64 ")\n", is_shared(pages[i]) ? "shared" : "page", i, pages[i]);
    }
    print_irqs(riscv);
    return 0;
}
