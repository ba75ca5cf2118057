/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counts instructions exactly without a hook on every one: each block is counted as it is entered, by the number of
 * instructions that the emulator found in it. Where a run must end inside a block, engine.c executes its first
 * instructions one by one; and instructions that a fault prevented are subtracted again by engine_block.c.
 */
#include "cpu.h"

#include <stdlib.h>

enum { BLOCKS = 1 << 14 };

static size_t slot_of(uint64_t pc)
{
    return pc >> 1 & (BLOCKS - 1);
}

static struct engine_block *block_at(const struct engine *e, uint64_t pc)
{
    return &e->blocks[slot_of(pc)];
}

/* Each instruction of the block that the emulator executes otherwise than processors. */
static void report_deviations(struct engine *e, uint64_t pc, uint32_t size)
{
    const struct cpu_arch *arch = e->cpu->arch;
    uint8_t code[MAX_BLOCK];
    size_t at = 0, length, got = engine_block_read(e, pc, size, code);
    const char *what = arch->next_deviation ? arch->next_deviation(code, got, &at, &length) : NULL;
    for (; what; what = arch->next_deviation(code, got, &at, &length)) {
        engine_tell(e, pc + at, what);
        at += length;
    }
    if (arch->translated) {
        arch->translated(e, pc, code, got);
    }
}

static void note_block(struct engine *e, struct engine_block *block, uint64_t pc, uint32_t size, uint32_t count)
{
    const struct cpu_arch *arch = e->cpu->arch;
    uint8_t code[MAX_BLOCK];
    size_t got = engine_block_read(e, pc, size, code);
    *block = (struct engine_block){.pc = pc, .size = size, .count = count, .cost = count};
    uint32_t special = arch->find_special(e->cpu->kernel, code, got, e->fpu);
    if (e->ends && pc < e->ends && e->ends_pc >= pc && special > e->ends_after && pc + size > e->ends_pc) {
        special = e->ends_after;
    }
    block->special = special < count ? special : CPU_NO_SPECIAL;
    block->outdated = !e->tail && !e->revealing && engine_check(e, pc, code, got);
    if (block->special != CPU_NO_SPECIAL || pc & arch->pc_mask || block->outdated) {
        block->cost = UINT64_MAX;
    }
    e->traces = e->traces || (arch->leaves_traces && arch->leaves_traces(code, got));
}

/* A new translation: what we know of a block at the same place with the same length may be wrong. */
static void on_translation(uc_engine *uc, uc_tb *now, uc_tb *before, void *context)
{
    (void)uc, (void)before;
    struct engine *e = context;
    if (!e->tail && !e->revealing) {
        report_deviations(e, now->pc, now->size);
    }
    engine_executed(e, now->pc);
    engine_executed(e, now->pc + now->size - 1);
    e->known[!e->fpu][slot_of(now->pc)].size = 0;
    note_block(e, block_at(e, now->pc), now->pc, now->size, now->icount);
}

/* Unicorn's macro shifts a 3 into the sign bit. */
__attribute__((no_sanitize("undefined"))) static uc_tb translation(struct engine *e, uint64_t pc)
{
    uc_tb tb = {0};
    uc_ctl_request_cache(e->uc, pc, &tb);
    return tb;
}

static void stop_in_block(struct engine *e, uint64_t after, enum cpu_exit_kind kind)
{
    e->rest = after;
    e->rest_kind = kind;
    e->cpu->exit = (struct cpu_exit){.kind = kind, .pc = e->block->pc};
    uc_emu_stop(e->uc);
}

/* A block that is not known, or that may not be executed as a whole. */
__attribute__((noinline)) static void enter_block(struct engine *e, uint64_t address, uint32_t size)
{
    struct cpu *cpu = e->cpu;
    struct engine_block *block = block_at(e, address);
    if (block->pc != address || block->size != size) {
        note_block(e, block, address, size, translation(e, address).icount);
    }
    e->block = block;
    if (block->outdated) {
        block->size = 0;
        e->again = size;
        cpu->exit = (struct cpu_exit){.kind = EXIT_RETRY, .pc = address};
        uc_emu_stop(e->uc);
    } else if (address & cpu->arch->pc_mask) { /* the emulator does not mind */
        cpu->exit = (struct cpu_exit){.kind = EXIT_MISALIGNED, .pc = address};
        uc_emu_stop(e->uc);
    } else if (block->special < cpu->left) {
        stop_in_block(e, block->special, EXIT_SPECIAL);
    } else if (block->count > cpu->left) {
        stop_in_block(e, cpu->left, EXIT_BUDGET);
    } else {
        cpu->left -= block->count;
    }
}

/* For most blocks nothing else is done: this decides how fast threads run. */
static void on_block(uc_engine *uc, uint64_t address, uint32_t size, void *context)
{
    (void)uc;
    struct engine *e = context;
    struct cpu *cpu = e->cpu;
    const struct engine_block *block = block_at(e, address);
    if (__builtin_expect(block->pc == address && block->size == size && block->cost <= cpu->left, true)) {
        cpu->left -= block->cost;
        e->block = block;
    } else if (!e->tail) {
        enter_block(e, address, size);
    }
}

bool engine_count_init(struct engine *e)
{
    e->block = &engine_no_block;
    for (unsigned fpu = 0; fpu < 2; fpu++) {
        e->known[fpu] = calloc(BLOCKS, sizeof(*e->known[fpu]));
    }
    return e->known[0] && e->known[1];
}

void engine_count_free(struct engine *e)
{
    free(e->known[0]);
    free(e->known[1]);
}

bool engine_count_hooks(struct engine *e)
{
    uc_hook hook;
    return uc_hook_add(e->uc, &hook, UC_HOOK_EDGE_GENERATED, (void *)on_translation, e, 1, 0) == UC_ERR_OK &&
           uc_hook_add(e->uc, &hook, UC_HOOK_BLOCK, (void *)on_block, e, 1, 0) == UC_ERR_OK;
}
