/* SPDX-License-Identifier: BSD-2-Clause */
/* A virtual machine monitor: starts the guest, and is asked by the kernel whenever the guest does what it cannot do. */
#include "guest.h"
#include "pd.h"

enum { FAULTS = 4, GUEST = 5 };
enum { PC = 0, STATUS = 2, X0 = SEL4_REGISTER_ARGUMENT, X1 = X0 + 1 }; /* in the kernel's order */
enum { STATUS_EL1 = 0x3c4 }; /* exception level 1, the stack of level 0, no interrupts */
enum { CLASS_SMC = 0x17 };   /* of the syndrome: what made the processor trap */

static uint64_t registers[SEL4_REGISTERS];

/* A call to the monitor; returns whether the guest goes on. */
static int answer(void)
{
    uint64_t argument = registers[X1];
    registers[PC] += 4;
    switch (registers[X0]) {
    case GUEST_LEVEL:
        pd_print("vmm: the guest runs at exception level %u\n", argument);
        return 1;
    case GUEST_SQUARE:
        pd_print("vmm: the guest asks for the square of %u\n", argument);
        registers[X0] = argument * argument;
        return 1;
    default:
        pd_print("vmm: the guest is done\n");
        return 0;
    }
}

/* Lets a store to the device be done, and continues after it. */
static int store(uint64_t address)
{
    if (address != GUEST_DEVICE) {
        pd_print("vmm: the guest has nothing at 0x%x, pc 0x%x\n", address, registers[PC]);
        return 0;
    }
    pd_print("vmm: the guest stores %u in a device\n", registers[X1]);
    registers[PC] += 4;
    return 1;
}

static int handle(struct pd_message m)
{
    uint64_t syndrome = pd_words[0], address = pd_words[SEL4_VM_FAULT_ADDR];
    if (pd_read_registers(GUEST, 0, registers)) {
        return 0;
    }
    if (m.label == SEL4_FAULT_VM) {
        return store(address);
    }
    if (m.label == SEL4_FAULT_VCPU && syndrome >> 26 == CLASS_SMC) {
        return answer();
    }
    pd_print("vmm: fault %u of the guest, pc 0x%x, first word 0x%x\n", m.label, registers[PC], syndrome);
    return 0;
}

void pd_main(const uint64_t *args)
{
    (void)args;
    pd_read_registers(GUEST, 0, registers);
    registers[STATUS] = STATUS_EL1;
    pd_print("vmm: starts the guest\n");
    do {
        pd_write_registers(GUEST, 1, registers);
    } while (handle(pd_recv(FAULTS)));
}
