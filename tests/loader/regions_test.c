/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether the board has the memory that an image needs, by device trees of all sorts; what the loader writes there. */
#include <libfdt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../check.h"
#include "../../loader/loader.h"

/* What the loader's other files would give. The payload is one that we can write. */
struct loader loader;
uint64_t image[4096 / sizeof(uint64_t)] __asm__("payload") __attribute__((aligned(4096)));

static jmp_buf died;
static char last_words[512];

void die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(last_words, sizeof(last_words), format, arguments);
    va_end(arguments);
    longjmp(died, 1);
}

void arch_clear(uintptr_t start, size_t size)
{
    memset((void *)start, 0, size);
}

/* What was published, until publishing ended. */
static struct capdl_payload_span published[8];
static size_t num_published;
static bool published_all;

void arch_publish(uintptr_t start, size_t size)
{
    CHECK(!published_all && num_published < 8, "something is published too late");
    published[num_published++ % 8] = (struct capdl_payload_span){start, start + size};
}

void arch_publish_done(void)
{
    published_all = true;
}

static struct kernel_call entered;

void arch_enter_kernel(const struct kernel_call *call)
{
    entered = *call;
    longjmp(died, 1);
}

/* Whether a function returns; what it said if it did not. */
static bool returns(void (*function)(void))
{
    last_words[0] = 0;
    if (setjmp(died)) {
        return false;
    }
    function();
    return true;
}

static bool said(const char *expected)
{
    if (strcmp(last_words, expected)) {
        fprintf(stderr, "said:     %s\nexpected: %s\n", last_words, expected);
    }
    return strcmp(last_words, expected) == 0;
}

enum { TREE_BYTES = 16384 };

/* A node of memory. */
struct bank {
    uint64_t start, size;
    const char *status, *type; /* NULL: no such property; memory */
};
#define RAM(start, size)        \
    {                           \
        start, size, NULL, NULL \
    }

static void put_string(void *tree, const char *name, const char *value)
{
    fdt_property(tree, name, value, (int)strlen(value) + 1);
}

static void put_bank(void *tree, const struct bank *bank)
{
    uint64_t reg[2] = {cpu_to_fdt64(bank->start), cpu_to_fdt64(bank->size)};
    char name[32];
    snprintf(name, sizeof(name), "memory@%llx", (unsigned long long)bank->start);
    fdt_begin_node(tree, name);
    put_string(tree, "device_type", bank->type ? bank->type : "memory");
    fdt_property(tree, "reg", reg, sizeof(reg));
    if (bank->status) {
        put_string(tree, "status", bank->status);
    }
    fdt_end_node(tree);
}

static void open_tree(const struct bank *banks, size_t count)
{
    static uint8_t bytes[TREE_BYTES];
    fdt_create(bytes, sizeof(bytes));
    fdt_finish_reservemap(bytes);
    fdt_begin_node(bytes, "");
    fdt_property_u32(bytes, "#address-cells", 2);
    fdt_property_u32(bytes, "#size-cells", 2);
    for (size_t i = 0; i < count; i++) {
        put_bank(bytes, &banks[i]);
    }
    fdt_end_node(bytes);
    CHECK(fdt_finish(bytes) == 0, "the tree is finished");
    CHECK(tree_open(&loader.tree, bytes, sizeof(bytes)), "it opens");
}

/* Whether the check lets a loader at [start, end) go on; the payload has nothing else. */
static bool accepted(const struct bank *banks, size_t count, uint64_t start, uint64_t end)
{
    static const struct capdl_payload empty;
    loader.payload = &empty;
    loader.start = start;
    loader.end = end;
    open_tree(banks, count);
    return returns(memory_check);
}

#define ACCEPTED(banks, ...) accepted(banks, sizeof(banks) / sizeof(*(banks)), __VA_ARGS__)

static void test_ram(void)
{
    static const struct bank plain[] = {RAM(0x40000000, 0x10000000), RAM(0x50000000, 0x10000000)};
    static const struct bank wraps[] = {RAM(0x40000000, UINT64_MAX), RAM(0, 0x60000000)};
    static const struct bank top[] = {RAM(UINT64_MAX - 0xfff, 0x1000), RAM(0, 0x1000)};
    static const struct bank apart[] = {RAM(0x40000000, 0x1000), RAM(0x80000000, 0x1000)};
    static const struct bank turned[] = {RAM(0x50000000, 0x10000000), RAM(0x40000000, 0x10000000)};
    static const struct bank off[] = {{0x40000000, 0x1000, "okay", NULL}, {0x40001000, 0x1000, "disabled", NULL}};
    static const struct bank other[] = {RAM(0x40000000, 0x1000), {0x40001000, 0x1000, NULL, "cpu"}};
    static const struct bank unfilled[] = {RAM(0x40000000, 0)};
    CHECK(ACCEPTED(plain, 0x40000000, 0x60000000), "two ranges behind each other");
    CHECK(!ACCEPTED(plain, 0x40000000, 0x60000001), "one byte more than there is");
    CHECK(
        said("the loader needs memory from 40000000 to 60000001, but the kernel's device tree has none at 60000000: a "
             "smaller board, or a kernel for another one"),
        "why");
    CHECK(!ACCEPTED(plain, 0x3ffff000, 0x50000000), "begins below");
    CHECK(ACCEPTED(wraps, 0x4fff0000, 0x70000000), "a range without an end is enough");
    CHECK(ACCEPTED(top, UINT64_MAX - 0xfff, UINT64_MAX), "the last page there is");
    CHECK(ACCEPTED(apart, 0x80000000, 0x80001000) && !ACCEPTED(apart, 0x40000000, 0x80001000), "a hole");
    CHECK(ACCEPTED(turned, 0x40000000, 0x60000000), "not in order");
    CHECK(ACCEPTED(off, 0x40000000, 0x40001000) && !ACCEPTED(off, 0x40001000, 0x40002000), "disabled memory");
    CHECK(ACCEPTED(other, 0x40000000, 0x40001000) && !ACCEPTED(other, 0x40001000, 0x40002000), "not memory");
    CHECK(ACCEPTED(unfilled, 0x40000000, 0x40001000), "a tree whose memory the firmware was to fill in");
}

/* No memory is said to be missing if not all of it was read. */
static void test_many_banks(void)
{
    struct bank banks[MAX_RAM + 1];
    for (size_t i = 0; i <= MAX_RAM; i++) {
        banks[i] = (struct bank)RAM(0x40000000 + i * 0x2000, 0x1000);
    }
    CHECK(!accepted(banks, MAX_RAM, 0x80000000, 0x80001000), "as many ranges as there is room for");
    CHECK(ACCEPTED(banks, 0x80000000, 0x80001000), "one more");
    banks[MAX_RAM].start = banks[MAX_RAM - 1].start + 0x1000;
    CHECK(!ACCEPTED(banks, 0x80000000, 0x80001000), "one more that continues the last");
}

/* A whole payload, whose addresses are those of this memory. */
enum {
    MEMORY = 4096,
    KERNEL_AT = 1024, /* and up to the image's */
    IMAGE_AT = 2048,
    TREE_AT = 3072,
    GUARD = 0xee,
    SPAN_COUNT = 3,
    REGIONS_AT = sizeof(struct capdl_payload),
    SPANS_AT = REGIONS_AT + 2 * sizeof(struct capdl_payload_region),
    EXTERNALS_AT = SPANS_AT + SPAN_COUNT * sizeof(struct capdl_payload_span),
    OWN_TREE_AT = 512,
    STORED_AT = 2048,
    KERNEL_BYTES = 64, /* stored bytes of the two regions, and zeros after them */
    IMAGE_BYTES = 40,
    KERNEL_ZEROS = 100,
    IMAGE_ZEROS = 10,
};
static uint8_t memory[MEMORY] __attribute__((aligned(4096)));

static uint64_t at(size_t offset)
{
    return (uintptr_t)memory + offset;
}

static void *in_image(size_t offset)
{
    return (uint8_t *)image + offset;
}

static void seal(struct capdl_payload *plan)
{
    plan->sum = plan->stored_sum = (struct capdl_payload_sum){0, 0};
    capdl_payload_add_all(&plan->stored_sum, in_image(plan->stored), plan->size - plan->stored);
    struct capdl_payload_sum sum = {0, 0};
    capdl_payload_add_all(&sum, image, plan->stored);
    plan->sum = sum;
}

/* The payload, sealed, and memory full of rubbish. */
static struct capdl_payload *make_payload(void)
{
    struct capdl_payload *plan = in_image(0);
    memset(image, 0, sizeof(image));
    memset(memory, GUARD, sizeof(memory));
    *plan = (struct capdl_payload){
        .size = STORED_AT + 128,
        .num_regions = 2,
        .num_memory = 1,
        .num_externals = 1,
        .regions = REGIONS_AT,
        .memory = SPANS_AT,
        .externals = EXTERNALS_AT,
        .tree = OWN_TREE_AT,
        .stored = STORED_AT,
        .kernel = {at(KERNEL_AT), at(IMAGE_AT)},
        .kernel_entry = 0x8000000040,
        .initialiser = {at(IMAGE_AT), at(TREE_AT)},
        .initialiser_offset = 0x1234000,
        .initialiser_entry = 0x400123,
        .kernel_tree = {at(TREE_AT), at(MEMORY)},
        .num_kept = 2,
    };
    memcpy(in_image(REGIONS_AT),
           (struct capdl_payload_region[]){
               {at(KERNEL_AT), KERNEL_BYTES, KERNEL_ZEROS, STORED_AT},
               {at(IMAGE_AT), IMAGE_BYTES, IMAGE_ZEROS, STORED_AT + KERNEL_BYTES},
           },
           2 * sizeof(struct capdl_payload_region));
    memcpy(in_image(SPANS_AT),
           (struct capdl_payload_span[]){{0x40000000, 0x40100000}, {0x48000000, 0x48001000}, {0x49000000, 0x49002000}},
           SPAN_COUNT * sizeof(struct capdl_payload_span));
    memcpy(in_image(EXTERNALS_AT),
           &(struct capdl_payload_external){.start = 0x50000000, .size = 0x1000, .name = "x.bin"},
           sizeof(struct capdl_payload_external));
    for (size_t i = 0; i < KERNEL_BYTES + IMAGE_BYTES; i++) {
        *(uint8_t *)in_image(STORED_AT + i) = (uint8_t)(i + 1);
    }
    seal(plan);
    loader = (struct loader){.payload = plan, .start = at(0), .end = at(KERNEL_AT)};
    num_published = 0;
    published_all = false;
    return plan;
}

/* Every byte counts, up to the stored ones; those are checked when they are copied. */
static void test_payload_check(void)
{
    char expected[256];
    const struct capdl_payload *plan = make_payload();
    CHECK(returns(payload_check), "as it was packed");
    for (size_t i = 0; i < plan->size; i++) {
        uint8_t *byte = in_image(i);
        if (i == offsetof(struct capdl_payload, stored)) {
            i += sizeof(plan->stored); /* how much there is to sum */
            continue;
        }
        *byte ^= 0x10;
        CHECK(returns(payload_check) == (i >= STORED_AT), "byte %zu", i);
        *byte ^= 0x10;
    }
    *(uint8_t *)in_image(STORED_AT - 1) ^= 1;
    snprintf(
        expected, sizeof(expected),
        "the image is damaged, or was not loaded completely: its tables, %d bytes from %lx on, have a wrong checksum",
        STORED_AT, (uintptr_t)image);
    CHECK(!returns(payload_check) && said(expected), "why");
}

static void test_is_filled(void)
{
    const size_t kernel_end = KERNEL_AT + KERNEL_BYTES + KERNEL_ZEROS, end = IMAGE_AT + IMAGE_BYTES + IMAGE_ZEROS;
    make_payload();
    CHECK(!is_filled(at(0), at(KERNEL_AT)), "up to the first region");
    CHECK(is_filled(at(0), at(KERNEL_AT) + 1), "its first byte");
    CHECK(is_filled(at(kernel_end) - 1, at(IMAGE_AT)), "its last zero");
    CHECK(!is_filled(at(kernel_end), at(IMAGE_AT)), "between two regions");
    CHECK(is_filled(at(end) - 1, at(end)) && !is_filled(at(end), at(TREE_AT)), "the last region");
    CHECK(is_filled(at(MEMORY) - 1, at(MEMORY) + 1) && !is_filled(at(MEMORY), at(MEMORY) + 1),
          "the device tree's room");
    CHECK(is_filled(at(0), at(MEMORY)), "around all of it");
}

/* Each thing that the image needs is missed. */
static void test_needs(void)
{
    const size_t end = IMAGE_AT + IMAGE_BYTES + IMAGE_ZEROS;
    char expected[256];
    struct bank banks[] = {RAM(at(0), MEMORY), RAM(0x40000000, 0x100000), RAM(0x50000000, 0x1000)};
    struct capdl_payload_external *external = in_image(EXTERNALS_AT);
    make_payload();
    open_tree(banks, 3);
    CHECK(returns(memory_check), "all that it needs");
    banks[0].size = end;
    open_tree(banks, 3);
    CHECK(returns(memory_check), "no room for a device tree is missed");
    banks[0].size = end - 1;
    open_tree(banks, 3);
    snprintf(
        expected, sizeof(expected),
        "the image needs memory from %lx to %lx, but the kernel's device tree has none at %lx: a smaller board, or a "
        "kernel for another one",
        at(IMAGE_AT), at(end), at(end) - 1);
    CHECK(!returns(memory_check) && said(expected), "the last byte of the last region");
    banks[0].size = MEMORY;
    banks[1].size--;
    open_tree(banks, 3);
    loader.tree_of_firmware = true;
    CHECK(!returns(memory_check) && said("the kernel needs memory from 40000000 to 40100000, but the firmware's device "
                                         "tree has none at 400fffff: a smaller board, or a kernel for another one"),
          "the last byte of the kernel's memory");
    banks[1].size++;
    external->size++;
    open_tree(banks, 3);
    CHECK(!returns(memory_check) && said("x.bin needs memory from 50000000 to 50001001, but the firmware's device tree "
                                         "has none at 50001000: a smaller board, or a kernel for another one"),
          "a byte of a file loaded by others");
    external->size--;
    CHECK(returns(memory_check), "all again");
}

static bool was_published(size_t which, uint64_t start, uint64_t size)
{
    return published[which].start == start && published[which].end == start + size;
}

/* Stored bytes and zeros arrive, nothing else is written but a device tree of so many bytes. */
static void check_filled(uint64_t tree_size)
{
    const size_t kernel_end = KERNEL_AT + KERNEL_BYTES, end = IMAGE_AT + IMAGE_BYTES;
    bool good = true;
    CHECK(returns(memory_fill), "%s", last_words);
    for (size_t i = 0; i < MEMORY; i++) {
        uint8_t expected = i >= KERNEL_AT && i < kernel_end ? (uint8_t)(i - KERNEL_AT + 1)
                           : i >= IMAGE_AT && i < end       ? (uint8_t)(KERNEL_BYTES + i - IMAGE_AT + 1)
                           : (i >= kernel_end && i < kernel_end + KERNEL_ZEROS) || (i >= end && i < end + IMAGE_ZEROS)
                               ? 0
                               : GUARD;
        good &= (i >= TREE_AT && i < TREE_AT + tree_size) || memory[i] == expected;
    }
    CHECK(good, "memory with a tree of %lu bytes", tree_size);
    CHECK(loader.kernel_tree_size == tree_size, "%lu bytes, expected %lu", loader.kernel_tree_size, tree_size);
    CHECK(published_all && num_published == 3, "%zu pieces published", num_published);
    CHECK(was_published(0, at(KERNEL_AT), KERNEL_BYTES), "the kernel clears its own zeros from caches");
    CHECK(was_published(1, at(IMAGE_AT), IMAGE_BYTES + IMAGE_ZEROS), "the image with its zeros");
    CHECK(was_published(2, at(TREE_AT), tree_size), "the device tree");
}

static void test_fill(void)
{
    char expected[256];
    make_payload();
    check_filled(0);
    const struct capdl_payload *plan = make_payload();
    *(uint8_t *)in_image(plan->size - 1) = 1;
    snprintf(expected, sizeof(expected),
             "the image is damaged, or was not loaded completely: its contents, 128 bytes from %lx on, have a wrong "
             "checksum",
             (uintptr_t)image + STORED_AT);
    /* The last unit holds the last eight bytes of the image, and then nothing. */
    CHECK(!returns(memory_fill) && said(expected), "damaged contents");
}

/* The tree packed into the image. */
static struct capdl_payload *pack_tree(const struct bank *banks, size_t count)
{
    struct capdl_payload *plan = make_payload();
    open_tree(banks, count);
    plan->tree_size = loader.tree.size;
    CHECK(plan->tree_size <= STORED_AT - OWN_TREE_AT, "room for the tree");
    memcpy(in_image(OWN_TREE_AT), loader.tree.bytes, loader.tree.size);
    seal(plan);
    return plan;
}

static bool has_tree(const char *node, int reserved)
{
    return fdt_check_full(memory + TREE_AT, MEMORY - TREE_AT) == 0 && fdt_path_offset(memory + TREE_AT, node) > 0 &&
           fdt_num_mem_rsv(memory + TREE_AT) == reserved;
}

/* Which device tree the kernel gets. */
static void test_tree(void)
{
    static const struct bank own[] = {RAM(0x40000000, 0x1000)}, firmware[] = {RAM(0x50000000, 0x1000)};
    char expected[256];
    uint64_t start, size;
    pack_tree(own, 1);
    check_filled(loader.payload->tree_size);
    CHECK(has_tree("/memory@40000000", 0), "its own");
    struct capdl_payload *plan = pack_tree(own, 1);
    plan->kernel_tree.end = plan->kernel_tree.start;
    check_filled(0); /* no room: the kernel wants none */
    plan = pack_tree(own, 1);
    open_tree(firmware, 1);
    loader.tree_of_firmware = true;
    check_filled(plan->tree_size);
    CHECK(has_tree("/memory@40000000", 0), "its own, though the firmware has one");
    for (uint64_t less = 0; less < 2; less++) {
        plan = pack_tree(own, 1);
        plan->flags = CAPDL_PAYLOAD_FIRMWARE_TREE;
        open_tree(firmware, 1);
        loader.tree_of_firmware = true;
        uint64_t needed = tree_size_with(&loader.tree, 2);
        plan->kernel_tree.end = plan->kernel_tree.start + needed - less;
        snprintf(expected, sizeof(expected),
                 "the firmware's device tree takes %lu bytes, but there is room for only %lu", needed, needed - less);
        if (less) {
            CHECK(!returns(memory_fill) && said(expected), "a byte less room");
        } else {
            check_filled(needed);
            CHECK(has_tree("/memory@50000000", 2), "the firmware's, with what is to be kept");
            CHECK(fdt_get_mem_rsv(memory + TREE_AT, 1, &start, &size) == 0 && start == 0x49000000 && size == 0x2000,
                  "the last span");
        }
    }
    plan = pack_tree(own, 1);
    plan->flags = CAPDL_PAYLOAD_FIRMWARE_TREE;
    check_filled(plan->tree_size);
    CHECK(has_tree("/memory@40000000", 0), "its own, as the firmware has none");
}

static void enter(void)
{
    kernel_enter(&(struct core){.id = 3, .hardware = 0x103});
}

/* The order of the arguments is the kernel's: init_kernel in src/arch of each architecture. */
static void test_enter(void)
{
    const struct capdl_payload *plan = make_payload();
    const uint64_t without[] = {at(IMAGE_AT), at(TREE_AT), 0x1234000, 0x400123, 0, 0};
    const uint64_t with[] = {at(IMAGE_AT), at(TREE_AT), 0x1234000, 0x400123, at(TREE_AT), 77};
    CHECK(!returns(enter) && memcmp(entered.arguments, without, sizeof(without)) == 0, "without a device tree");
    CHECK(entered.entry == plan->kernel_entry && entered.id == 3 && entered.hardware == 0x103, "the core");
    loader.kernel_tree_size = 77;
    CHECK(!returns(enter) && memcmp(entered.arguments, with, sizeof(with)) == 0, "with one");
}

enum { UNIT = CAPDL_PAYLOAD_UNIT, MOST_BYTES = 7 * UNIT };

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
    test_ram();
    test_many_banks();
    test_payload_check();
    test_is_filled();
    test_needs();
    test_fill();
    test_tree();
    test_enter();
    return check_result();
}
