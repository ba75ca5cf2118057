/* SPDX-License-Identifier: BSD-2-Clause */
#include "../invoke.h"

enum { OWN = 4, CONTROL, TIMER, FREE = 0x20, CLOCK = FREE, COPY, AGAIN };
enum { IN8 = SEL4_LABEL_IO_PORT_CONTROL_ISSUE + 1, OUT8 = SEL4_LABEL_IO_PORT_CONTROL_ISSUE + 4 };

static uint64_t issue(uint64_t first, uint64_t last, uint64_t slot)
{
    const uint64_t cnode = OWN, words[] = {first, last, slot, CNODE_BITS};
    for (unsigned i = 0; i < 4; i++) {
        pd_words[i] = words[i];
    }
    return invoke(CONTROL, SEL4_LABEL_IO_PORT_CONTROL_ISSUE, 1, &cnode, 4);
}

/* A byte in the memory of the PC's clock comes back; the emulated machine has no clock, and ones are read there. */
static void use_clock(void)
{
    enum { PLACE = 0x50, VALUE = 0x5a };
    uint64_t error = invoke_words(CLOCK, OUT8, 2, 0x70, PLACE, 0);
    error |= invoke_words(CLOCK, OUT8, 2, 0x71, VALUE, 0);
    error |= invoke_words(CLOCK, OUT8, 2, 0x70, PLACE, 0);
    error |= invoke_words(CLOCK, IN8, 1, 0x71, 0, 0);
    uint64_t value = pd_words[0];
    pd_print("used: error %u, ", error);
    pd_print("read back: %u\n", (uint64_t)(value == VALUE || value == 0xff));
}

void pd_main(const uint64_t *args)
{
    (void)args;
    pd_print("control: copied: error %u, ", cnode_copy(OWN, COPY, OWN, CONTROL));
    pd_print("the timer's ports: error %u, ", issue(0x43, 0x44, CLOCK));
    pd_print("the clock's: error %u\n", issue(0x70, 0x71, CLOCK));
    use_clock();
    pd_print("the timer's count: error %u, ", invoke_words(TIMER, IN8, 1, 0x40, 0, 0));
    pd_print("revoked: %u, ", cnode_revoke(OWN, CONTROL));
    pd_print("both are gone: %u\n",
             (uint64_t)(cnode_copy(OWN, COPY, OWN, TIMER) == 6 && cnode_copy(OWN, COPY, OWN, CLOCK) == 6));
    pd_print("the timer's ports again: error %u\n", issue(0x40, 0x43, AGAIN));
    pd_print("control: complete\n");
}
