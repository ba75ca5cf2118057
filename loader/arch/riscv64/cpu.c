/* SPDX-License-Identifier: BSD-2-Clause */
/* RISC-V under SBI firmware: harts, Sv39 translation, console. Numbers: RISC-V SBI Specification 2.0. */
#include "loader.h"

#pragma GCC visibility push(hidden)
void start_secondary(void);
_Noreturn void exception_report(uint64_t cause, uint64_t pc, uint64_t value);
#pragma GCC visibility pop

enum sbi_extension { SBI_LEGACY_PUTCHAR = 1, SBI_BASE = 0x10, SBI_HSM = 0x48534d, SBI_DEBUG_CONSOLE = 0x4442434e };
enum { BASE_PROBE = 3, HSM_START = 0, HSM_STOP = 1, HSM_STATUS = 2, CONSOLE_WRITE_BYTE = 2 };
enum { HSM_STOPPED = 1 };

struct sbi_result {
    int64_t error;
    uint64_t value;
};

static struct sbi_result sbi_call(uint64_t extension, uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
    register uint64_t a0 __asm__("a0") = a;
    register uint64_t a1 __asm__("a1") = b;
    register uint64_t a2 __asm__("a2") = c;
    register uint64_t a6 __asm__("a6") = function;
    register uint64_t a7 __asm__("a7") = extension;
    __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a6), "r"(a7) : "memory");
    return (struct sbi_result){(int64_t)a0, a1};
}

static bool sbi_has(uint64_t extension)
{
    struct sbi_result result = sbi_call(SBI_BASE, BASE_PROBE, extension, 0, 0);
    return result.error == 0 && result.value != 0;
}

/* The console is the firmware's. Old firmware has only the legacy call, new firmware may have only the other one. */
bool arch_console_put(char c)
{
    if (sbi_has(SBI_DEBUG_CONSOLE)) {
        sbi_call(SBI_DEBUG_CONSOLE, CONSOLE_WRITE_BYTE, (uint8_t)c, 0, 0);
        return true;
    }
    sbi_call(SBI_LEGACY_PUTCHAR, 0, (uint8_t)c, 0, 0);
    return true;
}

/* Hands over to another hart. It uses our stack from its first instruction on, so we stop without one. */
static void start_over_on(uint64_t hart, uintptr_t tree)
{
    register uint64_t a0 __asm__("a0") = hart;
    register uint64_t a1 __asm__("a1") = (uintptr_t)head;
    register uint64_t a2 __asm__("a2") = tree;
    register uint64_t a6 __asm__("a6") = HSM_START;
    register uint64_t a7 __asm__("a7") = SBI_HSM;
    __asm__ volatile("ecall\n\t"
                     "bnez a0, 1f\n\t"
                     "li a6, %5\n\t"
                     "ecall\n"
                     "2:\twfi\n\t"
                     "j 2b\n"
                     "1:"
                     : "+r"(a0), "+r"(a1), "+r"(a6)
                     : "r"(a2), "r"(a7), "i"(HSM_STOP)
                     : "memory");
    die("the kernel boots on hart %lu, and this hart cannot start it: SBI error -%lu", hart, -a0);
}

/* Waits until no other hart runs. One that handed over to us may still be on its way out, in memory we are about to
   fill, and cannot be started again before it is gone. */
static void wait_for_others(void)
{
    struct tree_node node = {0};
    uint64_t hart, start = arch_ticks(), patience = CORE_PATIENCE * arch_ticks_per_second();
    while (sbi_has(SBI_HSM) && core_next(&node, &hart)) {
        struct sbi_result status;
        do {
            status = sbi_call(SBI_HSM, HSM_STATUS, hart, 0, 0);
        } while (status.error == 0 && status.value != HSM_STOPPED && arch_ticks() - start < patience);
    }
}

/* RAM begins with the SBI firmware. */
bool arch_ram_may_hold_tree(void)
{
    return false;
}

/* In S-mode a hart cannot read its number. */
uint64_t arch_core_assumed(uint64_t hardware)
{
    (void)hardware;
    return loader.payload->first_hart;
}

void arch_core_choose(uintptr_t tree, uint64_t hardware)
{
    if (hardware != loader.payload->first_hart) {
        print("hart %lu hands over to hart %lu", hardware, (uint64_t)loader.payload->first_hart);
        start_over_on(loader.payload->first_hart, tree);
    }
    wait_for_others();
}

void arch_core_prepare(void)
{
}

bool arch_core_start(const struct core *core, const struct tree_node *node)
{
    (void)node;
    struct sbi_result result =
        sbi_call(SBI_HSM, HSM_START, core->hardware, (uintptr_t)start_secondary, (uintptr_t)core);
    if (result.error) {
        print("SBI hart_start fails with -%lu", (uint64_t)-result.error);
    }
    return result.error == 0;
}

unsigned arch_paging_levels(void)
{
    return 3;
}

uint64_t arch_table_entry(uintptr_t table)
{
    return table >> 12 << 10 | 1;
}

uintptr_t arch_table_address(uint64_t entry)
{
    return entry >> 10 << 12;
}

/* Valid, readable, writable, executable, accessed, dirty. The platform decides what is a device. */
uint64_t arch_block_entry(uint64_t address, enum memory_kind kind)
{
    (void)kind;
    return address >> 12 << 10 | 0xcf;
}

bool arch_kernel_root_apart(void)
{
    return false;
}

void arch_translation_on(void)
{
    uint64_t sv39 = UINT64_C(8) << 60;
    __asm__ volatile("fence rw, rw\n\tsfence.vma\n\tcsrw satp, %0\n\tsfence.vma\n\tfence.i"
                     :
                     : "r"(sv39 | loader.root >> 12)
                     : "memory");
}

void arch_clear(uintptr_t start, size_t size)
{
    memset((void *)start, 0, size);
}

void arch_publish(uintptr_t start, size_t size)
{
    (void)start, (void)size; /* caches are coherent */
}

void arch_publish_done(void)
{
    __asm__ volatile("fence rw, rw\n\tfence.i" : : : "memory");
}

uint64_t arch_ticks(void)
{
    uint64_t ticks;
    __asm__ volatile("rdtime %0" : "=r"(ticks));
    return ticks;
}

uint64_t arch_ticks_per_second(void)
{
    struct tree_node cpus;
    uint64_t rate = tree_find(&loader.tree, "/cpus", 5, &cpus)
                        ? tree_number(tree_property(&loader.tree, &cpus, "timebase-frequency"))
                        : 0;
    return rate ? rate : 10000000;
}

void arch_halt(void)
{
    for (;;) {
        __asm__ volatile("wfi");
    }
}

static const char *cause_name(uint64_t cause)
{
    switch (cause) {
    case 1:
    case 12:
        return "instruction fetch";
    case 2:
        return "illegal instruction";
    case 4:
    case 6:
        return "misaligned access";
    case 5:
    case 13:
        return "load";
    case 7:
    case 15:
        return "store";
    default:
        return "exception";
    }
}

void exception_report(uint64_t cause, uint64_t pc, uint64_t value)
{
    die("%s fault: scause %lx, pc %lx (loader + %lx), stval %lx", cause_name(cause), cause, pc, pc - loader.start,
        value);
}
