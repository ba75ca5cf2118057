/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether the board has the memory that an image needs, by device trees of all sorts. */
#include <libfdt.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "../../loader/loader.h"

/* What the loader's other files would give. */
struct loader loader;
const uint8_t payload[4096] __attribute__((aligned(4096)));

static jmp_buf died;

void die(const char *format, ...)
{
    (void)format;
    longjmp(died, 1);
}

void arch_publish(uintptr_t start, size_t size)
{
    (void)start;
    (void)size;
}

void arch_publish_done(void)
{
}

void arch_enter_kernel(const struct kernel_call *call)
{
    (void)call;
    abort();
}

enum { TREE_BYTES = 4096 };

/* Ranges of memory in a node of their own each, ended by one of no bytes. */
static void open_tree(const uint64_t (*ranges)[2])
{
    static uint8_t bytes[TREE_BYTES];
    char name[32];
    fdt_create(bytes, sizeof(bytes));
    fdt_finish_reservemap(bytes);
    fdt_begin_node(bytes, "");
    fdt_property_u32(bytes, "#address-cells", 2);
    fdt_property_u32(bytes, "#size-cells", 2);
    for (; (*ranges)[1]; ranges++) {
        uint64_t reg[2] = {cpu_to_fdt64((*ranges)[0]), cpu_to_fdt64((*ranges)[1])};
        snprintf(name, sizeof(name), "memory@%llx", (unsigned long long)(*ranges)[0]);
        fdt_begin_node(bytes, name);
        fdt_property_string(bytes, "device_type", "memory");
        fdt_property(bytes, "reg", reg, sizeof(reg));
        fdt_end_node(bytes);
    }
    fdt_end_node(bytes);
    CHECK(fdt_finish(bytes) == 0, "the tree is finished");
    CHECK(tree_open(&loader.tree, bytes, sizeof(bytes)), "it opens");
}

/* Whether the check lets a loader at [start, end) go on; the payload has nothing else. */
static bool accepted(const uint64_t (*ranges)[2], uint64_t start, uint64_t end)
{
    static const struct capdl_payload empty;
    loader.payload = &empty;
    loader.start = start;
    loader.end = end;
    open_tree(ranges);
    if (setjmp(died)) {
        return false;
    }
    memory_check();
    return true;
}

int main(void)
{
    static const uint64_t plain[][2] = {{0x40000000, 0x10000000}, {0x50000000, 0x10000000}, {0, 0}};
    static const uint64_t wraps[][2] = {{0x40000000, UINT64_MAX}, {0, 0x60000000}, {0, 0}};
    static const uint64_t top[][2] = {{UINT64_MAX - 0xfff, 0x1000}, {0, 0x1000}, {0, 0}};
    CHECK(accepted(plain, 0x40000000, 0x60000000), "two ranges behind each other");
    CHECK(!accepted(plain, 0x40000000, 0x60000001), "one byte more than there is");
    CHECK(!accepted(plain, 0x3ffff000, 0x50000000), "begins below");
    CHECK(accepted(wraps, 0x4fff0000, 0x70000000), "a range without an end is enough");
    CHECK(accepted(top, UINT64_MAX - 0xfff, UINT64_MAX), "the last page there is");
    return check_result();
}
