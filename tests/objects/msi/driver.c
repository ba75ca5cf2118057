/* SPDX-License-Identifier: BSD-2-Clause */
#include "pd.h"

enum { ARRIVED = 4, INTERRUPT = 5, CLOCK = 0x10000000 };
/* Vectors for users begin at 48; messages go to the first processor's local APIC. */
enum { VECTOR = 48 + 60 };
#define APIC UINT64_C(0xfee00000)
enum {
    HPET_TICK = 0,
    HPET_ENABLE = 0x10,
    HPET_NOW = 0xf0,
    HPET_MODE = 0x100,
    HPET_MATCH = 0x108,
    HPET_MESSAGE = 0x110
};
enum { MODE_ENABLE = 1 << 2, MODE_MESSAGES = 1 << 14, MODE_CAN_MESSAGES = 1 << 15 };

static volatile uint64_t *hpet(uint64_t offset)
{
    return (volatile uint64_t *)(CLOCK + offset);
}

void pd_main(const uint64_t *args)
{
    uint64_t second = 1000000000000000 / (*hpet(HPET_TICK) >> 32);
    (void)args;
    pd_print("msi: the device can: %u\n", (uint64_t)((*hpet(HPET_MODE) & MODE_CAN_MESSAGES) != 0));
    *hpet(HPET_ENABLE) = 1;
    *hpet(HPET_MESSAGE) = APIC << 32 | VECTOR;
    for (unsigned i = 0; i < 2; i++) {
        *hpet(HPET_MATCH) = *hpet(HPET_NOW) + second / 10;
        *hpet(HPET_MODE) = MODE_ENABLE | MODE_MESSAGES;
        pd_print("msi: arrived with badge %x\n", pd_wait(ARRIVED));
        pd_irq_ack(INTERRUPT);
    }
    pd_print("msi: complete\n");
}
