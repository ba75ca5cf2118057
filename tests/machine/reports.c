/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said of a thread that ended with an exception: its number, as the processor's manual has it, and its name. */
#include "world.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "machine/report.h"

struct exception {
    const char *profile;
    uint64_t number;
    const char *words; /* 0: it has none */
};

static const struct exception exceptions[] = {
    /* ESR_ELx: the class is in bits 31 to 26, bit 25 says that the instruction has 32 bits */
    {"aarch64", 0x02000000, "undefined"},
    {"aarch64", 0x06000000, "WFI"},
    {"aarch64", 0x1e000000, "floating-point unit switched off"},
    {"aarch64", 0x56000000, NULL}, /* SVC */
    {"aarch64", 0x62000000, "system register"},
    {"aarch64", 0x8a000000, "misaligned program counter"},
    {"aarch64", 0x9a000000, "misaligned stack pointer"},
    {"aarch64", 0xf2000000, "breakpoint"},
    /* scause */
    {"riscv64", 0, "misaligned program counter"},
    {"riscv64", 1, "instruction access fault"},
    {"riscv64", 2, "illegal"},
    {"riscv64", 3, "breakpoint"},
    {"riscv64", 4, "misaligned load"},
    {"riscv64", 5, "load access fault"},
    {"riscv64", 6, "misaligned store"},
    {"riscv64", 7, "store or AMO access fault"},
    {"riscv64", 8, NULL}, /* ECALL */
    /* vectors */
    {"x86_64", 0, "division"},
    {"x86_64", 1, "debug"},
    {"x86_64", 2, NULL}, /* NMI */
    {"x86_64", 3, "breakpoint"},
    {"x86_64", 4, "overflow"},
    {"x86_64", 5, "bound"},
    {"x86_64", 6, "undefined"},
    {"x86_64", 7, "floating-point unit switched off"},
    {"x86_64", 10, "invalid task state segment"},
    {"x86_64", 11, "segment not present"},
    {"x86_64", 12, "stack fault"},
    {"x86_64", 13, "general protection"},
    {"x86_64", 16, "x87"},
    {"x86_64", 17, "misaligned access"},
    {"x86_64", 19, "SIMD"},
    {"x86_64", 20, NULL},
};

/* The line on the current thread, to be freed. */
static char *report_of(struct world *w)
{
    char *text = NULL;
    size_t size;
    struct names names = {.kernel = w->k, .boot = &w->info};
    struct report report = {.out = open_memstream(&text, &size), .kernel = w->k, .names = &names};
    report_print(&report);
    fclose(report.out);
    return text;
}

int main(void)
{
    for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++) {
        const struct exception *e = &exceptions[i];
        struct world *w = world_new(e->profile);
        char expected[128];
        snprintf(expected, sizeof(expected), "raised exception 0x%" PRIx64 "%s%s", e->number,
                 e->words ? ", " : " (code ", e->words ? e->words : "0x5)");
        kernel_user_exception(w->k, e->number, 5);
        char *text = report_of(w);
        if (!strstr(text, expected)) {
            printf("%s: expected '%s' in\n%s", e->profile, expected, text);
            EXPECT(false, true);
        }
        free(text);
        world_free(w);
    }
    return failures();
}
