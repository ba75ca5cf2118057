/* SPDX-License-Identifier: BSD-2-Clause */
#include "../invoke.h"

void pd_main(const uint64_t *args)
{
    (void)args;
    struct pd_message m = pd_recv(4);
    pd_print("budgets: badge %x, %s, data %x\n", m.badge,
             m.label == SEL4_FAULT_TIMEOUT ? "a timeout" : "something else", pd_words[SEL4_TIMEOUT_DATA]);
    pd_print("suspended: %u\n", invoke_words(5, SEL4_LABEL_TCB_SUSPEND, 0, 0, 0, 0));
    pd_print("budgets: complete\n");
}
