/* SPDX-License-Identifier: BSD-2-Clause */
/* Has the device copy a page by way of its own memory, and then where it must not. */
#include "../../../objects/edu.h"
#include "../contract.h"

/* Where the pages are for the device. */
enum { DEVICE_FROM = 0x1001000, DEVICE_TO = 0x1003000 };

static volatile uint64_t *const from = (volatile uint64_t *)0x10010000;
static volatile uint64_t *const to = (volatile uint64_t *)0x10013000; /* the second page of it */

volatile uint64_t ports;

static void config_write(uint32_t offset, uint32_t value)
{
    out32((unsigned)ports, CONFIG_ADDRESS, EDU_CONFIG | offset);
    out32((unsigned)ports, CONFIG_DATA, value);
}

static void init(void)
{
    out32((unsigned)ports, CONFIG_ADDRESS, EDU_CONFIG);
    pd_print("dma: device %x\n", in32((unsigned)ports, CONFIG_DATA));
    config_write(0x10, BAR_ADDRESS);
    config_write(4, MEMORY_AND_MASTER);
    pd_print("identification %x\n", (uint64_t)registers[0]);
    fill(from, 1000);
    edu_copy(DEVICE_FROM, DMA_BUFFER, 0);
    edu_copy(DMA_BUFFER, DEVICE_TO, DMA_TO_MEMORY);
    pd_print("words copied: %u\n", count(to, 1000));
    fill(to, 2000);
    edu_copy(DEVICE_TO, DMA_BUFFER, 0);
    edu_copy(DMA_BUFFER, DEVICE_FROM, DMA_TO_MEMORY);
    pd_print("words written over what it may only read: %u\n", count(from, 2000));
    pd_print("dma: complete\n");
}

NO_MESSAGES
NO_FAULTS
