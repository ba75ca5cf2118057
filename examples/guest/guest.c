/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs where an operating system would, at exception level 1, and knows nothing of seL4. */
#include "guest.h"
#include "pd.h"

/* As to firmware. A guest's `hvc` is a system call of seL4, by the number in x7; `smc` always traps. */
static uint64_t monitor_call(uint64_t number, uint64_t argument)
{
    register uint64_t x0 __asm__("x0") = number;
    register uint64_t x1 __asm__("x1") = argument;
    __asm__ volatile("smc #0" : "+r"(x0) : "r"(x1) : "memory");
    return x0;
}

/* As the monitor expects it: the value in x1. */
static void device_write(uint64_t address, uint64_t value)
{
    register uint64_t x0 __asm__("x0") = address;
    register uint64_t x1 __asm__("x1") = value;
    __asm__ volatile("str x1, [x0]" : : "r"(x0), "r"(x1) : "memory");
}

void pd_main(const uint64_t *args)
{
    uint64_t level;
    (void)args;
    __asm__ volatile("mrs %0, CurrentEL" : "=r"(level)); /* not allowed to ordinary programs */
    monitor_call(GUEST_LEVEL, level >> 2);
    device_write(GUEST_DEVICE, monitor_call(GUEST_SQUARE, 12));
    for (;;) {
        monitor_call(GUEST_OFF, 0);
    }
}
