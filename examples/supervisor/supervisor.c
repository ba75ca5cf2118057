/* SPDX-License-Identifier: BSD-2-Clause */
/* args[0]: where the spare page is mapped here; args[1]: where the child has it. */
#include "pd.h"

enum { FAULTS = 4, CHILD = 5 };

/* The child's address is in the register of a function's first argument: let it point at the spare page. */
static void mend(uint64_t address, uint64_t spare)
{
    uint64_t registers[SEL4_REGISTERS];
    uint64_t error = pd_read_registers(CHILD, 0, registers);
    if (error || registers[SEL4_REGISTER_ARGUMENT] != address) {
        pd_print("supervisor: cannot help, error %u\n", error);
        return;
    }
    registers[SEL4_REGISTER_ARGUMENT] = spare;
    pd_print("supervisor: gives it 0x%x instead and restarts it\n", spare);
    error = pd_write_registers(CHILD, 1, registers);
    if (error) {
        pd_print("supervisor: cannot restart it, error %u\n", error);
    }
}

void pd_main(const uint64_t *args)
{
    *(volatile uint64_t *)args[0] = 1234;
    for (;;) {
        struct pd_message m = pd_recv(FAULTS);
        if (m.label != SEL4_FAULT_VM) {
            pd_print("supervisor: child %u made fault %u\n", m.badge, m.label);
            continue;
        }
        uint64_t address = pd_words[SEL4_VM_FAULT_ADDR];
        pd_print("supervisor: child %u has nothing at 0x%x\n", m.badge, address);
        mend(address, args[1]);
    }
}
