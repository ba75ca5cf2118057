/* SPDX-License-Identifier: BSD-2-Clause */
#include "../invoke.h"

static uint64_t smc(uint64_t cap, uint64_t function)
{
    pd_words[0] = function;
    for (unsigned i = 1; i < 8; i++) {
        pd_words[i] = 0;
    }
    return invoke(cap, SEL4_LABEL_SMC_CALL, 0, 0, 8);
}

enum { PSCI_VERSION = 0x84000000, PSCI_MIGRATE_INFO_TYPE = 0x84000006 };

void pd_main(const uint64_t *args)
{
    (void)args;
    uint64_t error = smc(4, PSCI_VERSION);
    pd_print("smc: version with its badge: error %u, version %s\n", error,
             pd_words[0] >= 0x2 && pd_words[0] < 0x20000 ? "good" : "bad");
    pd_print("another call: error %u\n", smc(4, PSCI_MIGRATE_INFO_TYPE));
    pd_print("another call without badge: error %u\n", smc(5, PSCI_MIGRATE_INFO_TYPE));
    pd_print("smc: complete\n");
}
