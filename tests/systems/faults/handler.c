/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints what it is told, by the fault's name: its number differs between kernels. */
#include "pd.h"

enum { FAULTS = 4 };

static void print_vm_fault(void)
{
    uint64_t address = pd_words[SEL4_VM_FAULT_ADDR];
    pd_print("cannot access %s, %s\n", address == 0x7000 ? "0x7000" : "its own code",
             pd_words[SEL4_VM_FAULT_IP] == address ? "to execute" : "as data");
}

/* The number of a breakpoint or of an unknown instruction; on AArch64, class and operand of the exception syndrome. */
static void print_exception(uint64_t number)
{
#if defined(__aarch64__)
    uint64_t breakpoint = 0xf2000000 + 77, unknown = 0x02000000;
#else
    uint64_t breakpoint = 3, unknown = 2;
#endif
#if defined(__x86_64__)
    unknown = 6;
#endif
    pd_print("exception: %s\n", number == breakpoint ? "breakpoint"
                                : number == unknown  ? "unknown instruction"
                                                     : "another");
}

void pd_main(const uint64_t *args)
{
    (void)args;
    for (;;) {
        struct pd_message m = pd_recv(FAULTS);
        pd_print("handler: %u ", m.badge);
        if (m.label == SEL4_FAULT_VM) {
            print_vm_fault();
        } else if (m.label == SEL4_FAULT_CAP) {
            pd_print("finds no capability in slot %u\n", pd_words[SEL4_CAP_FAULT_ADDR]);
        }
#if defined(__aarch64__) && SEL4_HYPERVISOR
        else if (m.label == SEL4_FAULT_VCPU) {
            print_exception(pd_words[0]);
        }
#endif
        else if (m.label == SEL4_FAULT_USER_EXCEPTION) {
            print_exception(pd_words[SEL4_USER_EXCEPTION_NUMBER]);
        } else {
            pd_print("makes fault %u\n", m.label);
        }
    }
}
