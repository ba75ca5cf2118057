/* SPDX-License-Identifier: BSD-2-Clause */
/* Has the device copy a page by way of its own memory, and then where it must not. */
#include "../contract.h"

enum { CONFIG_ADDRESS = 0xcf8, CONFIG_DATA = 0xcfc, MEMORY_AND_MASTER = 6, BAR_ADDRESS = 0xd0000000 };
#define DEVICE UINT32_C(0x80002000) /* 0:4.0 */

/* The device's registers: hw/misc/edu of QEMU's documentation. */
enum { DMA_SOURCE = 0x80, DMA_DESTINATION = 0x88, DMA_COUNT = 0x90, DMA_COMMAND = 0x98, DMA_BUFFER = 0x40000 };
enum { DMA_START = 1, DMA_TO_MEMORY = 2 };

/* Where the pages are for the device; words of a page that it copies: it stops before the end of its own memory. */
enum { DEVICE_FROM = 0x1001000, DEVICE_TO = 0x1003000, WORDS = 511 };

static volatile uint32_t *const registers = (volatile uint32_t *)0x10000000;
static volatile uint64_t *const from = (volatile uint64_t *)0x10010000;
static volatile uint64_t *const to = (volatile uint64_t *)0x10013000; /* the second page of it */

volatile uint64_t ports;

static void config_write(uint32_t offset, uint32_t value)
{
    out32((unsigned)ports, CONFIG_ADDRESS, DEVICE | offset);
    out32((unsigned)ports, CONFIG_DATA, value);
}

static void set(uint32_t offset, uint64_t value)
{
    *(volatile uint64_t *)((volatile char *)registers + offset) = value;
}

static void copy(uint64_t source, uint64_t destination, uint32_t command)
{
    set(DMA_SOURCE, source);
    set(DMA_DESTINATION, destination);
    set(DMA_COUNT, WORDS * sizeof(uint64_t));
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

static void init(void)
{
    out32((unsigned)ports, CONFIG_ADDRESS, DEVICE);
    pd_print("dma: device %x\n", in32((unsigned)ports, CONFIG_DATA));
    config_write(0x10, BAR_ADDRESS);
    config_write(4, MEMORY_AND_MASTER);
    pd_print("identification %x\n", (uint64_t)registers[0]);
    fill(from, 1000);
    copy(DEVICE_FROM, DMA_BUFFER, 0);
    copy(DMA_BUFFER, DEVICE_TO, DMA_TO_MEMORY);
    pd_print("words copied: %u\n", count(to, 1000));
    fill(to, 2000);
    copy(DEVICE_TO, DMA_BUFFER, 0);
    copy(DMA_BUFFER, DEVICE_FROM, DMA_TO_MEMORY);
    pd_print("words written over what it may only read: %u\n", count(from, 2000));
    pd_print("dma: complete\n");
}

NO_MESSAGES
NO_FAULTS
