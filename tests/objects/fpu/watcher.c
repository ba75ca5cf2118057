/* SPDX-License-Identifier: BSD-2-Clause */
#include "pd.h"

/* An Arm hypervisor gets it as an exception of its own. */
#if defined SEL4_ARCH_AARCH64 && SEL4_HYPERVISOR
#define WANTED SEL4_FAULT_VCPU
#else
#define WANTED SEL4_FAULT_USER_EXCEPTION
#endif

void pd_main(const uint64_t *args)
{
    (void)args;
    struct pd_message m = pd_recv(4);
    pd_print("fpu: thread %u faults: %s\n", m.badge, m.label == WANTED ? "as expected" : "otherwise");
}
