/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Instructions whose operands the machine looks at, because the emulator does not check them or is wrong about some:
 * each gets a hook of its own, and its block is translated once more with it. All other instructions cost nothing.
 */
#include "cpu.h"

#include <string.h>

/* The emulator looks through all hooks for each instruction that it translates. */
enum { MOST_CHECKS = ENGINE_CHECKS / 2 };

static struct engine_check *place_of(struct engine *e, uint64_t pc)
{
    size_t at = pc * UINT64_C(0x9e3779b97f4a7c15) >> 32 & (ENGINE_CHECKS - 1);
    while (e->checks[at].used && e->checks[at].pc != pc) {
        at = (at + 1) & (ENGINE_CHECKS - 1);
    }
    return &e->checks[at];
}

/* In the block that the run ends in, instructions are counted one by one, and the run may end before this one. */
static void on_operand(uc_engine *uc, uint64_t pc, uint32_t size, void *context)
{
    (void)size;
    struct engine *e = context;
    struct cpu *cpu = e->cpu;
    struct cpu_exit exit = {.pc = pc};
    if (e->revealing || (e->tail && e->rest == 0) || !cpu->arch->check(e, pc, &exit)) {
        return;
    }
    if (!e->tail) {
        engine_uncount(e, pc, false);
    }
    cpu->left -= cpu->left == 0 || exit.kind == EXIT_SPECIAL ? 0 : 1; /* the machine counts what it executes itself */
    cpu->exit = exit;
    uc_emu_stop(uc);
}

static bool add_check(struct engine *e, uint64_t pc)
{
    struct engine_check *place = place_of(e, pc);
    if (place->used) {
        return false;
    }
    if (e->num_checks == MOST_CHECKS ||
        uc_hook_add(e->uc, &place->hook, UC_HOOK_CODE, (void *)on_operand, e, pc, pc) != UC_ERR_OK) {
        engine_tell(e, pc, "an operand to be checked, after too many others");
        return false;
    }
    place->pc = pc;
    place->used = true;
    e->num_checks++;
    return true;
}

bool engine_check(struct engine *e, uint64_t pc, const uint8_t *code, size_t size)
{
    const struct cpu_arch *arch = e->cpu->arch;
    bool fresh = false;
    for (size_t at = 0, length; arch->next_checked && arch->next_checked(code, size, &at, &length); at += length) {
        fresh = add_check(e, pc + at) || fresh;
    }
    return fresh;
}

void engine_drop_checks(struct engine *e)
{
    for (size_t i = 0; i < ENGINE_CHECKS; i++) {
        if (e->checks[i].used) {
            uc_hook_del(e->uc, e->checks[i].hook);
        }
    }
    memset(e->checks, 0, sizeof(e->checks));
    e->num_checks = 0;
}
