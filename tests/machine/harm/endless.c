/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What wears the host out rather than breaks it: HARM names it. Whoever runs this gives it a limit of time and looks at
 * the memory it takes.
 */
#include "pd.h"

#define CODE UINT64_C(0x10000000)
#define CODE_SIZE (UINT64_C(16) << 20)

enum { WEARS = 1, FAULTS = 4, TCB = 5, FAULT_BADGE = 7, STAYS = 0x8000 };

/* The length of the instruction by which `wanders` faults. */
#if defined(__x86_64__)
enum { SKIPPED = 2 };
#else
enum { SKIPPED = 4 };
#endif

/* A function that returns its argument, with a number in it that makes it another one each time. */
static void write_function(volatile uint32_t *at, uint32_t number)
{
#if defined(__aarch64__)
    at[0] = 0x52800001 | (number & 0xffff) << 5; /* mov w1, number */
    at[1] = 0xd65f03c0;                          /* ret */
    __asm__ volatile("dc cvau, %0; dsb ish; ic ivau, %0; dsb ish; isb" ::"r"(at) : "memory");
#elif defined(__riscv)
    at[0] = 0x000005b7 | number << 12; /* lui a1, number */
    at[1] = 0x00008067;                /* ret */
    __asm__ volatile("fence.i" ::: "memory");
#else
    at[0] = 0xbe909090; /* nop; nop; nop; mov $number, %esi */
    at[1] = number;
    at[2] = 0xc3; /* ret */
#endif
}

static void call(volatile uint32_t *at)
{
    ((void (*)(void))(uintptr_t)at)();
}

/* Translations of code that is never executed again. */
static void rewrites(void)
{
    for (uint32_t round = 0;; round++) {
        volatile uint32_t *at = (volatile uint32_t *)(CODE + round % 64 * 64);
        write_function(at, round);
        call(at);
    }
}

/* Code everywhere. */
static void spreads(void)
{
    for (uint32_t round = 0;; round++) {
        for (uint64_t at = CODE; at < CODE + CODE_SIZE; at += 64) {
            write_function((volatile uint32_t *)at, round);
            call((volatile uint32_t *)at);
        }
    }
}

static __attribute__((noinline)) uint64_t deeper(uint64_t depth)
{
    volatile uint64_t more[64];
    more[depth % 64] = depth;
    return more[deeper(depth + 1) % 64] + depth;
}

static void recurses(void)
{
    deeper(0);
}

/* The same access faults again and again. */
static void faults(void)
{
    *(volatile uint64_t *)STAYS = 1;
}

/* Each access somewhere else, over the whole address space and beyond. */
static void wanders(void)
{
    for (uint64_t at = 0;; at = at * 6364136223846793005 + 1442695040888963407) {
#if defined(__aarch64__)
        __asm__ volatile("ldrb w0, [%0]" ::"r"(at) : "w0");
#elif defined(__riscv)
        __asm__ volatile(".option push; .option norvc; lb a0, 0(%0); .option pop" ::"r"(at) : "a0");
#else
        __asm__ volatile("movb (%%rdi), %%al" ::"D"(at) : "al");
#endif
    }
}

/* Messages with any length, any number of capabilities and any label, most of which there is no room for. */
static void talks(void)
{
    for (uint64_t label = 0;; label = label * 6364136223846793005 + 1442695040888963407) {
        for (uint64_t i = 0; i < 120; i++) {
            pd_words[i] = label ^ i << 56;
        }
        pd_call(FAULTS, label >> 20, label >> 8);
        pd_call(label >> 60, label & 0xff, label >> 56);
    }
}

static void prints(void)
{
    for (;;) {
        pd_print("\x1b[2J%s%x", "no line ends here", UINT64_MAX);
    }
}

static void yields(void)
{
    for (;;) {
        pd_yield();
    }
}

/* Lets whoever faults go on behind the instruction that did, but for one address. */
static void help(void)
{
    for (;;) {
        uint64_t registers[SEL4_REGISTERS];
        struct pd_message m = pd_recv(FAULTS);
        if (m.badge == FAULT_BADGE && m.label == SEL4_FAULT_VM && pd_words[SEL4_VM_FAULT_ADDR] != STAYS) {
            pd_read_registers(TCB, 0, registers);
            registers[SEL4_REGISTER_PROGRAM_COUNTER] += SKIPPED;
            pd_write_registers(TCB, 0, registers);
        }
        pd_reply(0, 0);
    }
}

void pd_main(const uint64_t *args)
{
    if (args[0] == WEARS) {
        HARM();
    } else {
        help();
    }
}
