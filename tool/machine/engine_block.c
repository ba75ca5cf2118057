/* SPDX-License-Identifier: BSD-2-Clause */
/* The block that is executed: its bytes, and instructions of it that a fault prevented, which are subtracted again. */
#include "cpu.h"

const struct engine_block engine_no_block;

size_t engine_block_read(struct engine *e, uint64_t pc, uint32_t size, uint8_t code[MAX_BLOCK])
{
    size_t whole = (uint16_t)(size + e->cpu->arch->left_out);
    return engine_read(e, pc, code, whole < MAX_BLOCK ? whole : MAX_BLOCK);
}

void engine_uncount(struct engine *e, uint64_t pc, bool done)
{
    struct cpu *cpu = e->cpu;
    if (e->tail) {
        if (!done) {
            cpu->left++;
            e->rest++;
        }
        return;
    }
    const struct engine_block *block = e->block;
    uint64_t offset = pc - block->pc;
    if (offset >= (uint16_t)(block->size + cpu->arch->left_out)) {
        return;
    }
    uint8_t code[MAX_BLOCK];
    size_t got = engine_block_read(e, block->pc, block->size, code);
    unsigned executed = cpu->arch->count(code, got, offset) + (done ? 1 : 0);
    cpu->left += executed < block->count ? block->count - executed : 0;
    e->block = &engine_no_block;
}
