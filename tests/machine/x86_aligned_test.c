/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which SSE instructions need an aligned operand, and where x86_memory_operand finds it: asked of the processor that
 * runs this test. Each opcode is executed with its operand aligned and not; the instruction needs alignment if only the
 * second fails, and what is no instruction at all needs none. What lies around it are breakpoints, so that one of
 * another length than x86_decode says is noticed, too. Skipped where the host is no x86-64.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "machine/x86.h"

#if defined(__x86_64__)

enum { SKIPPED_BYTES = 64, CODE_SIZE = 4096, BREAKPOINT = 0xcc };

static uint8_t *code;
static _Alignas(64) uint8_t data[1024];
static sigjmp_buf back;

static void on_signal(int number)
{
    siglongjmp(back, number);
}

/* Executes the instruction with RDI at the address; 0 or the signal that it raised. */
static int execute(const uint8_t *instruction, size_t size, const uint8_t *address)
{
    memset(code, BREAKPOINT, 32);
    memcpy(code, instruction, size);
    code[size] = 0xc3;
    int number = sigsetjmp(back, 1);
    if (number == 0) {
        __asm__ volatile("call *%[code]"
                         :
                         : [code] "b"(code), "D"(address)
                         : "rax", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "xmm0", "memory", "cc");
    }
    return number;
}

/* Those of processors that the machine does not have, control of the processor, and what looks at alignment itself. */
static bool is_left_out(unsigned map, uint8_t opcode)
{
    switch (map) {
    case 1:
        return opcode < 0x10 || (opcode >= 0x18 && opcode < 0x28) || (opcode >= 0x30 && opcode < 0x40) ||
               opcode == 0x78 || opcode == 0x79 || opcode == 0xae || opcode == 0xb2 || opcode == 0xb4 ||
               opcode == 0xb5 || opcode == 0xc7;
    case 2:
        return opcode >= 0x42;
    default:
        return opcode >= 0x43 && (opcode < 0x60 || opcode > 0x63);
    }
}

static unsigned executed, aligned;

static bool try(unsigned map, uint8_t opcode, uint8_t prefix)
{
    uint8_t bytes[16];
    size_t n = 0;
    if (prefix) {
        bytes[n++] = prefix;
    }
    bytes[n++] = 0x0f;
    if (map > 1) {
        bytes[n++] = map == 2 ? 0x38 : 0x3a;
    }
    bytes[n++] = opcode;
    bytes[n++] = 0x07; /* XMM0 and the bytes that RDI points to */
    memset(bytes + n, BREAKPOINT, sizeof(bytes) - n);
    struct x86_instruction i = x86_decode(bytes, sizeof(bytes));
    if (is_left_out(map, opcode) || i.operand == 0) {
        return true;
    }
    memset(data, 0, sizeof(data));
    int raised = execute(bytes, i.length, data + SKIPPED_BYTES);
    if (raised == SIGTRAP) {
        printf("map %u, opcode %02x, prefix %02x: it has not %u bytes\n", map, opcode, prefix, i.length);
        return false;
    }
    if (raised == SIGILL && x86_needs_alignment(&i)) {
        printf("map %u, opcode %02x, prefix %02x: the processor does not have it\n", map, opcode, prefix);
        return false;
    }
    if (raised != 0) {
        return true;
    }
    bool needs = execute(bytes, i.length, data + SKIPPED_BYTES + 1) != 0;
    executed++;
    aligned += needs;
    if (needs != x86_needs_alignment(&i)) {
        printf("map %u, opcode %02x, prefix %02x: the processor %s alignment\n", map, opcode, prefix,
               needs ? "needs" : "does not need");
        return false;
    }
    return true;
}

/* MOVAPS with every way to name memory: the processor and x86_memory_operand must find it at one place. */
static bool find(const uint8_t *bytes, uint64_t rdi, uint64_t rsi)
{
    struct x86_instruction i = x86_decode(bytes, 16);
    struct x86_operand operand = x86_memory_operand(&i, bytes);
    uint64_t address = operand.displacement + (operand.base == 7 ? rdi : 0) + (operand.base == 14 ? rsi : 0) +
                       (operand.index == 6 || operand.index == 13 ? rsi << operand.scale : 0) +
                       (operand.rip ? (uintptr_t)code + i.length + 14 : 0);
    uint8_t *place = (uint8_t *)(uintptr_t)address;
    memset(place, 0, 16);
    uint8_t program[64] = {0x49, 0x89, 0xf6, 0x49, 0x89, 0xf5,              /* mov %rsi, %r14; mov %rsi, %r13 */
                           0x0f, 0x57, 0xc0, 0x66, 0x0f, 0x76, 0xc0, 0x90}; /* xorps, pcmpeqd %xmm0, %xmm0; nop */
    memcpy(program + 14, bytes, i.length);
    program[14 + i.length] = 0xc3;
    memcpy(code, program, sizeof(program));
    __asm__ volatile("call *%[code]"
                     :
                     : [code] "b"(code), "D"(rdi), "S"(rsi)
                     : "rax", "rcx", "rdx", "r13", "r14", "xmm0", "memory", "cc");
    uint8_t ones[16];
    memset(ones, 0xff, sizeof(ones));
    if (memcmp(place, ones, sizeof(ones)) != 0) {
        printf("the operand of %02x %02x %02x %02x is elsewhere\n", bytes[0], bytes[1], bytes[2], bytes[3]);
        return false;
    }
    return true;
}

static bool find_operands(void)
{
    static const uint8_t forms[][16] = {
        {0x0f, 0x29, 0x07},                               /* (%rdi) */
        {0x0f, 0x29, 0x47, 0x20},                         /* 32(%rdi) */
        {0x0f, 0x29, 0x47, 0xf0},                         /* -16(%rdi) */
        {0x0f, 0x29, 0x87, 0x80, 0, 0, 0},                /* 128(%rdi) */
        {0x0f, 0x29, 0x04, 0x37},                         /* (%rdi, %rsi) */
        {0x0f, 0x29, 0x44, 0x77, 0x10},                   /* 16(%rdi, %rsi, 2) */
        {0x0f, 0x29, 0x84, 0xb7, 0xf0, 0xff, 0xff, 0xff}, /* -16(%rdi, %rsi, 4) */
        {0x0f, 0x29, 0x04, 0x27},                         /* (%rdi), with a SIB byte */
        {0x42, 0x0f, 0x29, 0x04, 0xef},                   /* (%rdi, %r13, 8) */
        {0x43, 0x0f, 0x29, 0x04, 0x2e},                   /* (%r14, %r13) */
        {0x0f, 0x29, 0x05, 0xfb, 0x03, 0, 0},             /* 1019(%rip) */
    };
    bool good = true;
    for (size_t n = 0; n < sizeof(forms) / sizeof(forms[0]); n++) {
        bool two = n == 9; /* registers that hold the same */
        good = find(forms[n], (uintptr_t)data + 256, two ? (uintptr_t)data / 2 & ~(uintptr_t)15 : 16) && good;
    }
    return good;
}

int main(void)
{
    static const uint8_t prefixes[] = {0, 0x66, 0xf3, 0xf2};
    code = mmap(NULL, CODE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code == MAP_FAILED) {
        return 77;
    }
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_NODEFER};
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGILL, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGTRAP, &action, NULL);
    bool good = true;
    for (unsigned map = 1; map <= 3; map++) {
        for (unsigned opcode = 0; opcode < 256; opcode++) {
            for (size_t p = 0; p < sizeof(prefixes); p++) {
                good = try(map, (uint8_t)opcode, prefixes[p]) && good;
            }
        }
    }
    signal(SIGSEGV, SIG_DFL);
    signal(SIGILL, SIG_DFL);
    good = find_operands() && good;
    printf("%u instructions executed, %u need alignment\n", executed, aligned);
    return good && aligned > 100 ? 0 : 1;
}

#else

int main(void)
{
    return 77;
}

#endif
