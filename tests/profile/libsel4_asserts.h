/* SPDX-License-Identifier: BSD-2-Clause */
/* What `capdl profile --header` defines against libsel4's own names, both included before this. */
#define SAME(ours, theirs) _Static_assert((long long)(ours) == (long long)(theirs), #ours)

SAME(SEL4_SYS_CALL, seL4_SysCall);
SAME(SEL4_LABEL_CNODE_MINT, CNodeMint);
SAME(SEL4_TYPE_CNODE, seL4_CapTableObject);
SAME(SEL4_FAULT_VM, seL4_Fault_VMFault);

SAME(SEL4_ERROR_INVALID_ARGUMENT, seL4_InvalidArgument);
SAME(SEL4_ERROR_FAILED_LOOKUP, seL4_FailedLookup);
SAME(SEL4_ERROR_NOT_ENOUGH_MEMORY, seL4_NotEnoughMemory);
SAME(SEL4_LOOKUP_INVALID_ROOT, seL4_InvalidRoot);
SAME(SEL4_LOOKUP_GUARD_MISMATCH, seL4_GuardMismatch);
#ifdef seL4_FastMessageRegisters /* not on RISC-V */
SAME(SEL4_MESSAGE_REGISTERS, seL4_FastMessageRegisters);
#endif
SAME(SEL4_MESSAGE_MAX_LENGTH, seL4_MsgMaxLength);
SAME(SEL4_MESSAGE_MAX_EXTRA_CAPS, seL4_MsgMaxExtraCaps);
SAME(1 << SEL4_IPC_BUFFER_BITS, sizeof(seL4_IPCBuffer));
SAME(8 * SEL4_IPC_BUFFER_WORD_TAG, offsetof(seL4_IPCBuffer, tag));
SAME(8 * SEL4_IPC_BUFFER_WORD_MESSAGE, offsetof(seL4_IPCBuffer, msg));
SAME(8 * SEL4_IPC_BUFFER_WORD_USER_DATA, offsetof(seL4_IPCBuffer, userData));
SAME(8 * SEL4_IPC_BUFFER_WORD_CAPS, offsetof(seL4_IPCBuffer, caps_or_badges));
SAME(8 * SEL4_IPC_BUFFER_WORD_RECEIVE_CNODE, offsetof(seL4_IPCBuffer, receiveCNode));
SAME(8 * SEL4_IPC_BUFFER_WORD_RECEIVE_INDEX, offsetof(seL4_IPCBuffer, receiveIndex));
SAME(8 * SEL4_IPC_BUFFER_WORD_RECEIVE_DEPTH, offsetof(seL4_IPCBuffer, receiveDepth));

SAME(SEL4_CAP_FAULT_IP, seL4_CapFault_IP);
SAME(SEL4_CAP_FAULT_IN_RECV_PHASE, seL4_CapFault_InRecvPhase);
SAME(SEL4_CAP_FAULT_LOOKUP_FAILURE, seL4_CapFault_LookupFailureType);
SAME(SEL4_CAP_FAULT_BITS_LEFT, seL4_CapFault_BitsLeft);
SAME(SEL4_CAP_FAULT_DEPTH_BITS_FOUND, seL4_CapFault_DepthMismatch_BitsFound);
SAME(SEL4_CAP_FAULT_GUARD_FOUND, seL4_CapFault_GuardMismatch_GuardFound);
SAME(SEL4_CAP_FAULT_GUARD_BITS_FOUND, seL4_CapFault_GuardMismatch_BitsFound);
SAME(SEL4_VM_FAULT_ADDR, seL4_VMFault_Addr);
SAME(SEL4_VM_FAULT_INSTRUCTION, seL4_VMFault_PrefetchFault);
SAME(SEL4_VM_FAULT_FSR, seL4_VMFault_FSR);
SAME(SEL4_VM_FAULT_LENGTH, seL4_VMFault_Length);
SAME(SEL4_UNKNOWN_SYSCALL_IP, seL4_UnknownSyscall_FaultIP);
SAME(SEL4_UNKNOWN_SYSCALL_SP, seL4_UnknownSyscall_SP);
SAME(SEL4_UNKNOWN_SYSCALL_SYSCALL, seL4_UnknownSyscall_Syscall);
SAME(SEL4_UNKNOWN_SYSCALL_LENGTH, seL4_UnknownSyscall_Length);
SAME(SEL4_USER_EXCEPTION_SP, seL4_UserException_SP);
SAME(SEL4_USER_EXCEPTION_NUMBER, seL4_UserException_Number);
SAME(SEL4_USER_EXCEPTION_CODE, seL4_UserException_Code);
SAME(SEL4_USER_EXCEPTION_LENGTH, seL4_UserException_Length);

#if SEL4_MCS
SAME(SEL4_TIMEOUT_DATA, seL4_Timeout_Data);
SAME(SEL4_TIMEOUT_CONSUMED, seL4_Timeout_Consumed);
SAME(SEL4_TIMEOUT_LENGTH, seL4_Timeout_Length);
SAME(SEL4_SCHED_CONTEXT_SPORADIC, seL4_SchedContext_Sporadic);
#endif
#ifdef SEL4_LABEL_TCB_SET_FLAGS
SAME(SEL4_TCB_FLAG_FPU_DISABLED, seL4_TCBFlag_fpuDisabled);
#endif

#if defined(SEL4_ARCH_AARCH64)
SAME(SEL4_UNKNOWN_SYSCALL_X7, seL4_UnknownSyscall_X7);
SAME(SEL4_UNKNOWN_SYSCALL_LR, seL4_UnknownSyscall_LR);
SAME(SEL4_USER_EXCEPTION_SPSR, seL4_UserException_SPSR);
SAME(SEL4_VM_CACHEABLE, seL4_ARM_PageCacheable);
SAME(SEL4_VM_PARITY, seL4_ARM_ParityEnabled);
SAME(SEL4_VM_EXECUTE_NEVER, seL4_ARM_ExecuteNever);
SAME(8 * SEL4_REGISTER_ARGUMENT, offsetof(seL4_UserContext, x0));
SAME(8 * SEL4_REGISTER_PROGRAM_COUNTER, offsetof(seL4_UserContext, pc));
#elif defined(SEL4_ARCH_RISCV64)
SAME(SEL4_UNKNOWN_SYSCALL_RA, seL4_UnknownSyscall_RA);
SAME(SEL4_UNKNOWN_SYSCALL_A6, seL4_UnknownSyscall_A6);
SAME(SEL4_VM_EXECUTE_NEVER, seL4_RISCV_ExecuteNever);
SAME(8 * SEL4_REGISTER_ARGUMENT, offsetof(seL4_UserContext, a0));
SAME(8 * SEL4_REGISTER_PROGRAM_COUNTER, offsetof(seL4_UserContext, pc));
#elif defined(SEL4_ARCH_X86_64)
SAME(SEL4_UNKNOWN_SYSCALL_RBP, seL4_UnknownSyscall_RBP);
SAME(SEL4_UNKNOWN_SYSCALL_R15, seL4_UnknownSyscall_R15);
SAME(SEL4_UNKNOWN_SYSCALL_FLAGS, seL4_UnknownSyscall_FLAGS);
SAME(SEL4_USER_EXCEPTION_FLAGS, seL4_UserException_FLAGS);
SAME(SEL4_VM_WRITE_THROUGH, seL4_X86_WriteThrough);
SAME(SEL4_VM_CACHE_DISABLED, seL4_X86_CacheDisabled);
SAME(SEL4_VM_UNCACHEABLE, seL4_X86_Uncacheable);
SAME(SEL4_VM_WRITE_COMBINING, seL4_X86_WriteCombining);
SAME(8 * SEL4_REGISTER_ARGUMENT, offsetof(seL4_UserContext, rdi));
SAME(8 * SEL4_REGISTER_STACK_POINTER, offsetof(seL4_UserContext, rsp));
#else
#error "no architecture"
#endif

SAME(SEL4_MESSAGE_LABEL(SEL4_MESSAGE(5, 2, 100)), 5);
SAME(SEL4_MESSAGE_EXTRA_CAPS(SEL4_MESSAGE(5, 2, 100)), 2);
SAME(SEL4_MESSAGE_LENGTH(SEL4_MESSAGE(5, 2, 100)), 100);
SAME(SEL4_MESSAGE_CAPS_UNWRAPPED(SEL4_MESSAGE(5, 2, 100)), 0);
