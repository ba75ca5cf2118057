/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel.h"

const char *cap_type_name(enum cap_type type)
{
    static const char *const names[] = {
        [CAP_NULL] = "nothing",
        [CAP_UNTYPED] = "untyped",
        [CAP_ENDPOINT] = "endpoint",
        [CAP_NOTIFICATION] = "notification",
        [CAP_REPLY] = "reply object",
        [CAP_CNODE] = "CNode",
        [CAP_THREAD] = "TCB",
        [CAP_ZOMBIE] = "zombie",
        [CAP_IRQ_CONTROL] = "IRQ control",
        [CAP_IRQ_HANDLER] = "interrupt handler",
        [CAP_DOMAIN] = "domain control",
        [CAP_SCHED_CONTEXT] = "scheduling context",
        [CAP_SCHED_CONTROL] = "scheduling control",
        [CAP_FRAME] = "frame",
        [CAP_PAGE_TABLE] = "page table",
        [CAP_PAGE_DIRECTORY] = "page directory",
        [CAP_PDPT] = "PDPT",
        [CAP_VSPACE] = "root of an address space",
        [CAP_ASID_CONTROL] = "ASID control",
        [CAP_ASID_POOL] = "ASID pool",
        [CAP_IO_PORT_CONTROL] = "I/O port control",
        [CAP_IO_PORT] = "I/O port range",
        [CAP_VCPU] = "virtual CPU",
        [CAP_SGI_SIGNAL] = "SGI signal",
        [CAP_SMC] = "SMC capability",
        [CAP_EPT_PML4] = "root of a guest's memory",
        [CAP_EPT_PDPT] = "EPT PDPT",
        [CAP_EPT_PD] = "EPT page directory",
        [CAP_EPT_PT] = "EPT page table",
        [CAP_IO_SPACE] = "I/O space",
        [CAP_IO_PAGE_TABLE] = "I/O page table",
        [CAP_STREAM_CONTROL] = "SMMU stream control",
        [CAP_STREAM] = "stream id",
        [CAP_BANK_CONTROL] = "SMMU context bank control",
        [CAP_CONTEXT_BANK] = "context bank",
    };
    return type < sizeof(names) / sizeof(names[0]) && names[type] ? names[type] : "capability of an unknown type";
}
