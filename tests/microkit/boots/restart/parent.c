/* SPDX-License-Identifier: BSD-2-Clause */
#include "../contract.h"

enum { MOST = 3 };

const volatile uint64_t *volatile told; /* where the child starts */
volatile uint64_t child_id;

static void init(void)
{
    pd_print("restart: parent of %u\n", child_id);
}

NO_MESSAGES

static void fault(unsigned child, uint64_t label)
{
    static unsigned times;
    pd_print("child %u: %s\n", (uint64_t)child, label == SEL4_FAULT_VM ? "memory" : "something else");
    if (times++ < MOST) {
        pd_print("restarted: error %u\n", restart(child, *told));
    } else {
        stop(child);
        pd_print("stopped\n");
    }
}
