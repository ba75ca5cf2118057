/* SPDX-License-Identifier: BSD-2-Clause */
/*
 *     0x200000   2 MiB frames: below our image, in a page table that the image has, too
 *     window     4 KiB frames: a page of our own that we give up; afterwards the guard below the stack
 *     next GiB   1 GiB frames: after all that the kernel has mapped for us, in the same top-level table
 */
#include "window.h"

#include "own_calls.h"

extern uint8_t window[];

void window_open(void)
{
    call_start(CAPDL_BOOT_PAGE_UNMAP, CAPDL_OPERAND_LITERAL, page_cap(window_page()));
    call_make();
}

uint64_t window_page(void)
{
    return (uintptr_t)window;
}

uint64_t window_address(uint64_t size_bits)
{
    const uint64_t end = (uintptr_t)self.bootinfo + CAPDL_PAGE_SIZE + self.bootinfo->extra_len;
    if (size_bits == CAPDL_PAGE_BITS) {
        return window_page();
    }
    return size_bits == 21 ? UINT64_C(0x200000) : (end + (UINT64_C(1) << 30) - 1) >> 30 << 30;
}

uint8_t *window_bytes(uint64_t address)
{
    return (uint8_t *)(uintptr_t)address;
}
