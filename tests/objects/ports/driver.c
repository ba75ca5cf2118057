/* SPDX-License-Identifier: BSD-2-Clause */
#include "../invoke.h"

static uint64_t port_out(uint64_t port, uint64_t value)
{
    return invoke_words(6, SEL4_LABEL_IO_PORT_CONTROL_ISSUE + 4 /* Out8 */, 2, port, value, 0);
}

void pd_main(const uint64_t *args)
{
    (void)args;
    pd_print("ports: another's: error %u\n", port_out(0x60, 0));
    uint64_t error = port_out(0x43, 0x30); /* channel 0, one shot */
    error |= port_out(0x40, 0xff);
    error |= port_out(0x40, 0x10);
    pd_print("its own: error %u\n", error);
    pd_print("ticked with badge %x\n", pd_wait(4));
    pd_print("acknowledged: %u %u\n", invoke_words(5, SEL4_LABEL_IRQ_HANDLER_ACK, 0, 0, 0, 0),
             invoke_words(7, SEL4_LABEL_IRQ_HANDLER_ACK, 0, 0, 0, 0));
    pd_print("ports: complete\n");
}
