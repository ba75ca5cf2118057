/* SPDX-License-Identifier: BSD-2-Clause */
#include "../invoke.h"

void pd_main(const uint64_t *args)
{
    (void)args;
    for (int i = 0; i < 2; i++) {
        uint64_t badge = pd_wait(4);
        pd_print("sgi: arrived with badge %x, acknowledged: %u\n", badge,
                 invoke_words(5, SEL4_LABEL_IRQ_HANDLER_ACK, 0, 0, 0, 0));
    }
    pd_print("sgi: complete\n");
}
