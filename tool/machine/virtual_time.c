/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtual time, and the ticks of the kernel's timer that it is. */
#include "cpu.h"

#define NS UINT64_C(1000000000)

uint64_t ticks_of_ns(const struct kernel *k, uint64_t ns)
{
    return (uint64_t)((unsigned __int128)ticks_of_us(k, 1000000) * ns / NS);
}

uint64_t ns_of_ticks(const struct kernel *k, uint64_t ticks)
{
    uint64_t frequency = ticks_of_us(k, 1000000);
    return (uint64_t)(((unsigned __int128)ticks * NS + frequency - 1) / frequency);
}

uint64_t cpu_executed(const struct cpu *cpu)
{
    return cpu->budget - cpu->left;
}

uint64_t cpu_time(const struct cpu *cpu)
{
    return cpu->time + cpu_executed(cpu);
}

uint64_t cpu_timer(const struct cpu *cpu)
{
    return ticks_of_ns(cpu->kernel, cpu_time(cpu));
}
