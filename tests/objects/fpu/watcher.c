/* SPDX-License-Identifier: BSD-2-Clause */
#include "pd.h"

void pd_main(const uint64_t *args)
{
    (void)args;
    struct pd_message m = pd_recv(4);
    pd_print("fpu: thread %u faults: %s\n", m.badge, m.label == SEL4_FAULT_USER_EXCEPTION ? "user exception" : "otherwise");
}
