/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether the board has the memory that an image needs, by device trees of all sorts; copying with a sum. */
#include <libfdt.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "../check.h"
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

void arch_clear(uintptr_t start, size_t size)
{
    memset((void *)start, 0, size);
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

enum { UNIT = CAPDL_PAYLOAD_UNIT, MOST_BYTES = 7 * UNIT, GUARD = 0xee };

/* Bytes anywhere in their units arrive, nothing beside them is written, and the sum is that of the whole units. */
static void test_copy(size_t skip, size_t size)
{
    static uint8_t from[MOST_BYTES + 2 * UNIT] __attribute__((aligned(32)));
    static uint8_t to[sizeof(from)] __attribute__((aligned(32)));
    struct capdl_payload_sum sum = {3, 4}, expected = {3, 4};
    size_t whole = (skip + size + UNIT - 1) / UNIT * UNIT;
    memset(from, 0, sizeof(from));
    memset(to, GUARD, sizeof(to));
    for (size_t i = 0; i < size; i++) {
        from[skip + i] = (uint8_t)(i * 7 + size);
    }
    copy_summed(to + skip, from + skip, size, &sum);
    capdl_payload_add_all(&expected, (const void *)from, size ? whole : 0);
    bool good = memcmp(to + skip, from + skip, size) == 0 && capdl_payload_same(sum, expected);
    for (size_t i = 0; i < sizeof(to); i++) {
        good = good && ((i >= skip && i < skip + size) || to[i] == GUARD);
    }
    CHECK(good, "%zu bytes from byte %zu of a unit on", size, skip);
}

/* Each wrong bit, two words exchanged, and a unit missing change the sum. */
static void test_sum(void)
{
    enum { WORDS = 32 };
    uint64_t words[WORDS];
    struct capdl_payload_sum right = {0, 0}, sum;
    for (size_t i = 0; i < WORDS; i++) {
        words[i] = i * i + 5;
    }
    capdl_payload_add_all(&right, words, sizeof(words));
    for (size_t bit = 0; bit < 64 * WORDS; bit++) {
        words[bit / 64] ^= UINT64_C(1) << bit % 64;
        sum = (struct capdl_payload_sum){0, 0};
        capdl_payload_add_all(&sum, words, sizeof(words));
        CHECK(!capdl_payload_same(sum, right), "bit %zu", bit);
        words[bit / 64] ^= UINT64_C(1) << bit % 64;
    }
    for (size_t i = 1; i < WORDS; i++) {
        uint64_t first = words[0];
        words[0] = words[i], words[i] = first;
        sum = (struct capdl_payload_sum){0, 0};
        capdl_payload_add_all(&sum, words, sizeof(words));
        CHECK(!capdl_payload_same(sum, right), "words 0 and %zu exchanged", i);
        words[i] = words[0], words[0] = first;
    }
    sum = (struct capdl_payload_sum){0, 0};
    capdl_payload_add_all(&sum, words, sizeof(words) - UNIT);
    CHECK(!capdl_payload_same(sum, right), "the end is missing");
}

int main(void)
{
    for (size_t skip = 0; skip < UNIT; skip++) {
        for (size_t size = 0; size <= MOST_BYTES; size++) {
            test_copy(skip, size);
        }
    }
    test_sum();
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
