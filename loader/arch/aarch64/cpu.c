/* SPDX-License-Identifier: BSD-2-Clause */
/* Exception levels and what the kernel expects of system registers. Names and bits: Arm Architecture Reference Manual,
 * D19. */
#include "cpu.h"

#define BIT(n) (UINT64_C(1) << (n))

unsigned current_level(void)
{
    return (unsigned)read_register(CurrentEL) >> 2;
}

static bool for_hypervisor(void)
{
    return loader.payload->flags & CAPDL_PAYLOAD_HYPERVISOR;
}

/* Whether the GIC is driven by system registers (version 3 on). */
static bool has_gic_registers(void)
{
    return read_register(id_aa64pfr0_el1) >> 24 & 15;
}

static bool has_el2(void)
{
    return read_register(id_aa64pfr0_el1) >> 8 & 15;
}

/* Switch to the non-secure state. Without firmware at EL3 nothing handles an SMC, so make it undefined. */
static void leave_el3(void)
{
    enum { NS = 1, RES1 = 3 << 4, SMD = 1 << 7, HCE = 1 << 8, RW = 1 << 10 };
    gic_open();
    write_register(scr_el3, NS | RES1 | SMD | HCE | RW);
    write_register(cptr_el3, 0);
    if (has_gic_registers()) {
        write_register(S3_6_C12_C12_5, 15); /* ICC_SRE_EL3: the register interface, here and below */
        barrier();
    }
    if (has_el2()) {
        write_register(sctlr_el2, SCTLR_EL2_RES1);
        write_register(hcr_el2, BIT(31));
        drop_to_el2();
    } else {
        write_register(sctlr_el1, SCTLR_EL1_RES1);
        drop_past_el2();
    }
    arch_vectors_set();
}

/* Settings of EL2 that both levels of the kernel need: 64-bit EL1, EL2 without traps, no offset of the virtual
 * counter. */
static void prepare_el2(void)
{
    write_register(hcr_el2, BIT(31));
    write_register(cntvoff_el2, 0);
    write_register(cptr_el2, 0x33ff);
    write_register(hstr_el2, 0);
    write_register(vttbr_el2, 0);
    write_register(vpidr_el2, read_register(midr_el1));
    write_register(vmpidr_el2, read_register(mpidr_el1));
    if (has_gic_registers()) {
        write_register(S3_4_C12_C9_5, 15); /* ICC_SRE_EL2 */
    }
    barrier();
}

static void leave_el2(void)
{
    write_register(cnthctl_el2, read_register(cnthctl_el2) | 3); /* EL1 may use the physical counter and timer */
    write_register(sctlr_el1, SCTLR_EL1_RES1);
    drop_to_el1();
    arch_vectors_set();
}

bool arch_ram_may_hold_tree(void)
{
    return true;
}

uint64_t arch_core_assumed(uint64_t hardware)
{
    return hardware; /* the core itself said so */
}

void arch_core_choose(uintptr_t tree, uint64_t hardware)
{
    (void)tree, (void)hardware; /* the kernel boots on any core */
    cpu_entered_at(current_level());
}

void arch_core_prepare(void)
{
    if (current_level() == 3) {
        leave_el3();
    }
    if (current_level() == 2) {
        prepare_el2();
        if (!for_hypervisor()) {
            leave_el2();
        }
    } else if (for_hypervisor()) {
        die("the kernel is a hypervisor and needs EL2, but %s (QEMU: -machine virtualization=on)",
            has_el2() ? "the loader was entered at EL1" : "this processor has none");
    }
}

/* The virtual counter, which a hypervisor above us lets us read, too. */
uint64_t arch_ticks(void)
{
    barrier();
    return read_register(cntvct_el0);
}

uint64_t arch_ticks_per_second(void)
{
    uint64_t rate = read_register(cntfrq_el0);
    return rate ? rate : 100000000; /* not set by firmware: about what boards have */
}

void arch_halt(void)
{
    for (;;) {
        __asm__ volatile("wfe");
    }
}

bool arch_console_put(char c)
{
    (void)c;
    return false;
}

static const char *fault_class(uint64_t syndrome)
{
    switch (syndrome >> 26 & 63) {
    case 0x00:
        return "unknown reason, often an undefined instruction";
    case 0x0e:
        return "illegal execution state";
    case 0x18:
        return "trapped system register";
    case 0x20:
    case 0x21:
        return "instruction abort";
    case 0x22:
        return "misaligned program counter";
    case 0x24:
    case 0x25:
        return "data abort";
    case 0x2f:
        return "asynchronous error";
    default:
        return "exception";
    }
}

void exception_report(uint64_t sp)
{
    uint64_t level = current_level(), syndrome, from, address;
    if (level == 3) {
        syndrome = read_register(esr_el3), from = read_register(elr_el3), address = read_register(far_el3);
    } else if (level == 2) {
        syndrome = read_register(esr_el2), from = read_register(elr_el2), address = read_register(far_el2);
    } else {
        syndrome = read_register(esr_el1), from = read_register(elr_el1), address = read_register(far_el1);
    }
    die("%s at EL%lu: esr %lx, pc %lx (loader + %lx), address %lx, sp %lx", fault_class(syndrome), level, syndrome,
        from, from - loader.start, address, sp);
}
