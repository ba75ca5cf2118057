/* SPDX-License-Identifier: BSD-2-Clause */
/* Has the device copy a page by way of its own memory, and then where it must not. */
#include "../edu.h"
#include "../invoke.h"

enum { SLOT_PORTS = 4, SLOT_SECRET = 5 };
enum { IN32 = SEL4_LABEL_IO_PORT_CONTROL_ISSUE + 3, OUT32 = SEL4_LABEL_IO_PORT_CONTROL_ISSUE + 6 };

/* Where the pages are for the device. */
enum { DEVICE_FROM = 0x1001000, DEVICE_TO = 0x1002000 };

static volatile uint64_t *const from = (volatile uint64_t *)0x10010000;
static volatile uint64_t *const to = (volatile uint64_t *)0x10011000;
static volatile uint64_t *const secret = (volatile uint64_t *)0x10012000;

static void config_write(uint32_t offset, uint32_t value)
{
    invoke_words(SLOT_PORTS, OUT32, 2, CONFIG_ADDRESS, EDU_CONFIG | offset, 0);
    invoke_words(SLOT_PORTS, OUT32, 2, CONFIG_DATA, value, 0);
}

static uint32_t config_read(uint32_t offset)
{
    invoke_words(SLOT_PORTS, OUT32, 2, CONFIG_ADDRESS, EDU_CONFIG | offset, 0);
    invoke_words(SLOT_PORTS, IN32, 1, CONFIG_DATA, 0, 0);
    return (uint32_t)pd_words[0];
}

void pd_main(const uint64_t *args)
{
    (void)args;
    pd_print("dma: device %x\n", config_read(0));
    config_write(0x10, BAR_ADDRESS);
    config_write(4, MEMORY_AND_MASTER);
    pd_print("identification %x\n", registers[0]);
    fill(from, 1000);
    fill(to, 0);
    fill(secret, 5000);
    edu_copy(DEVICE_FROM, DMA_BUFFER, 0);
    edu_copy(DMA_BUFFER, DEVICE_TO, DMA_TO_MEMORY);
    pd_print("words copied: %u\n", count(to, 1000));
    fill(to, 2000);
    edu_copy(DEVICE_TO, DMA_BUFFER, 0);
    edu_copy(DMA_BUFFER, DEVICE_FROM, DMA_TO_MEMORY);
    pd_print("words written over what it may only read: %u\n", count(from, 2000));
    invoke(SLOT_SECRET, SEL4_LABEL_PAGE_GET_ADDRESS, 0, 0, 0);
    uint64_t address = pd_words[0];
    edu_copy(address, DMA_BUFFER, 0);
    edu_copy(DMA_BUFFER, DEVICE_TO, DMA_TO_MEMORY);
    pd_print("words read of what it was not told of: %u\n", count(to, 5000));
    edu_copy(DMA_BUFFER, address, DMA_TO_MEMORY);
    pd_print("words left of it: %u of %u\n", count(secret, 5000), (uint64_t)WORDS);
    pd_print("dma: complete\n");
}
