/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports a memory fault and leaves the thread that made it stopped, by never answering. */
#include "pd.h"

enum { TROUBLE = 4 };

void pd_main(const uint64_t *args)
{
    (void)args;
    struct pd_message m = pd_recv(TROUBLE);
    if (m.label == SEL4_FAULT_VM) {
        pd_print("watcher: pd %u may not do that at 0x%x\n", m.badge, pd_words[SEL4_VM_FAULT_ADDR]);
    } else {
        pd_print("watcher: pd %u made fault %u\n", m.badge, m.label);
    }
}
