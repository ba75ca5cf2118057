/* SPDX-License-Identifier: BSD-2-Clause */
enum seL4_Fault_tag {
    seL4_Fault_NullFault = 0,
    seL4_Fault_CapFault = 1,
    seL4_Fault_UnknownSyscall = 2,
    seL4_Fault_UserException = 3,
    seL4_Fault_VMFault = 5
};

static inline int is_fault(int word)
{
    return (word & 0xf) == seL4_Fault_CapFault;
}
