/* SPDX-License-Identifier: BSD-2-Clause */
/* Tells what threads execute otherwise than processors would. */
#include "cpu.h"

void engine_tell(struct engine *e, uint64_t pc, const char *what)
{
    const struct kernel *k = e->cpu->kernel;
    if (what && k->watch.deviation) {
        k->watch.deviation(k->watch.context, k->current, pc, what);
    }
}

void engine_tell_lacking(struct engine *e, uint64_t pc)
{
    const struct cpu_arch *arch = e->cpu->arch;
    uint8_t code[LONGEST_INSTRUCTION];
    if (arch->lacking) {
        engine_tell(e, pc, arch->lacking(code, engine_read(e, pc, code, sizeof(code))));
    }
}
