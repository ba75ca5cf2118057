/* SPDX-License-Identifier: BSD-2-Clause */
/* QEMU's educational device, which copies memory by itself (docs/specs/edu of QEMU), mapped at 0x10000000. */
#ifndef OBJECTS_EDU_H
#define OBJECTS_EDU_H

#include <stdint.h>

/* Its registers, in bytes, and its own memory. */
enum { DMA_SOURCE = 0x80, DMA_DESTINATION = 0x88, DMA_COUNT = 0x90, DMA_COMMAND = 0x98, DMA_BUFFER = 0x40000 };
enum { DMA_START = 1, DMA_TO_MEMORY = 2 };

/* PCI: the ports of the configuration space, the device 0:4.0 there, and what it is told before it is used. */
enum { CONFIG_ADDRESS = 0xcf8, CONFIG_DATA = 0xcfc, MEMORY_AND_MASTER = 6, BAR_ADDRESS = 0xd0000000 };
#define EDU_CONFIG UINT32_C(0x80002000)

/* Words of a page that it copies: it stops before the end of its own memory. */
enum { WORDS = 511 };

static volatile uint32_t *const registers = (volatile uint32_t *)0x10000000;

static void edu_set(uint32_t offset, uint64_t value)
{
    *(volatile uint64_t *)((volatile char *)registers + offset) = value;
}

static void edu_copy(uint64_t source, uint64_t destination, uint32_t command)
{
    edu_set(DMA_SOURCE, source);
    edu_set(DMA_DESTINATION, destination);
    edu_set(DMA_COUNT, WORDS * sizeof(uint64_t));
    registers[DMA_COMMAND / 4] = DMA_START | command;
    while (registers[DMA_COMMAND / 4] & DMA_START)
        ;
}

static void fill(volatile uint64_t *page, uint64_t first)
{
    for (unsigned i = 0; i < WORDS; i++) {
        page[i] = first + i;
    }
}

static uint64_t count(const volatile uint64_t *page, uint64_t first)
{
    uint64_t words = 0;
    for (unsigned i = 0; i < WORDS; i++) {
        words += page[i] == first + i;
    }
    return words;
}

#endif
