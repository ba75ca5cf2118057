/* SPDX-License-Identifier: BSD-2-Clause */
/* What only the target links, compiled for this machine: where frames are mapped to be filled, and what compilers call.
 */
#include <stdio.h>
#include <string.h>

#include "arch.h"
#include "initialiser.h"
#include "window.h"

/* Of libc.c, compiled with other names. */
void *own_memcpy(void *restrict to, const void *restrict from, size_t size);
void *own_memset(void *to, int value, size_t size);

struct capdl_image_header header;
uint8_t window[2 * CAPDL_PAGE_SIZE];

static unsigned failures;
static uint64_t unmapped;

#define CHECK(condition)                                                              \
    do {                                                                              \
        if (!(condition)) {                                                           \
            fprintf(stderr, "target.c:%d: %s does not hold\n", __LINE__, #condition); \
            failures++;                                                               \
        }                                                                             \
    } while (0)

/* ---- arch.h ---- */

void arch_configure(uint64_t flags)
{
    (void)flags;
}

word arch_call(int64_t number, word target, word info, const word registers[MESSAGE_REGISTERS])
{
    (void)number, (void)registers;
    CHECK(info >> 12 == 42 && (info & 0xfff) == 0);
    unmapped = target;
    return 0;
}

const word *arch_complete(const struct capdl_call *call, const word *words)
{
    (void)call;
    return words;
}

void arch_copy(void *to, const void *from, uint64_t bytes)
{
    (void)to, (void)from, (void)bytes;
}

void arch_code_written(void)
{
}

void arch_stop(void)
{
    __builtin_trap();
}

/* ---- Windows ---- */

/* The page is found by its distance from the image's begin; the image's frames are in slots 20 and following. */
static void check_window_page(const struct bootinfo *bootinfo)
{
    static struct ipc_buffer buffer;
    self.bootinfo = bootinfo;
    self.ipc_buffer = &buffer;
    self.blob.boot[CAPDL_BOOT_PAGE_UNMAP] = 42;
    header.image_start = (uintptr_t)window - 3 * CAPDL_PAGE_SIZE;
    window_open();
    CHECK(unmapped == 23);
    CHECK(window_address(12) == (uintptr_t)window && window_bytes(window_address(12)) == window);
}

/* A 2 MiB frame is mapped below the image, one of 1 GiB at the next GiB behind bootinfo and what comes with it. */
static void check_larger_windows(struct bootinfo *bootinfo, uint64_t extra)
{
    const uint64_t gib = UINT64_C(1) << 30;
    uint64_t end, address;
    bootinfo->extra_len = extra;
    self.bootinfo = bootinfo;
    end = (uintptr_t)bootinfo + CAPDL_PAGE_SIZE + extra;
    address = window_address(30);
    CHECK(window_address(21) == 0x200000);
    CHECK(address % gib == 0 && address >= end && address - end < gib);
}

/* ---- What compilers call ---- */

static void check_copies(void)
{
    _Alignas(8) uint8_t from[64], to[64], expected[64];

    for (unsigned i = 0; i < sizeof(from); i++) {
        from[i] = (uint8_t)(i + 1);
    }
    for (unsigned target = 0; target < 9; target++) {
        for (unsigned source = 0; source < 9; source++) {
            for (unsigned size = 0; size < 40; size++) {
                memset(to, 0xee, sizeof(to));
                memset(expected, 0xee, sizeof(expected));
                memcpy(expected + target, from + source, size);
                CHECK(own_memcpy(to + target, from + source, size) == to + target);
                CHECK(memcmp(to, expected, sizeof(to)) == 0);
            }
        }
    }
}

static void check_sets(void)
{
    _Alignas(8) uint8_t to[64], expected[64];

    for (unsigned target = 0; target < 9; target++) {
        for (unsigned size = 0; size < 40; size++) {
            memset(to, 0xee, sizeof(to));
            memset(expected, 0xee, sizeof(expected));
            memset(expected + target, 0xa5, size);
            CHECK(own_memset(to + target, 0x1a5, size) == to + target);
            CHECK(memcmp(to, expected, sizeof(to)) == 0);
        }
    }
}

int main(void)
{
    static struct bootinfo bootinfo = {.image_frames = {20, 99}};
    check_window_page(&bootinfo);
    check_larger_windows(&bootinfo, 0);
    check_larger_windows(&bootinfo, 0x200000);
    check_copies();
    check_sets();
    return failures != 0;
}
