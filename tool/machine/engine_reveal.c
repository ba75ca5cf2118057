/* SPDX-License-Identifier: BSD-2-Clause */
/* With Unicorn 2.1: which access its page tables refused. */
#include "cpu.h"

#if ENGINE_REVEALS

/* Physical addresses at which the emulator has no memory. */
#define REVEALING ENGINE_REVEALED
#define LOW_BITS ((UINT64_C(1) << 52) - 1)

static bool on_fill(uc_engine *uc, uint64_t vaddr, uc_mem_type type, uc_tlb_entry *result, void *context)
{
    (void)uc;
    struct engine *e = context;
    uint32_t wanted = type == UC_MEM_WRITE   ? UC_PROT_WRITE
                      : type == UC_MEM_FETCH ? UC_PROT_EXEC
                                             : UC_PROT_READ,
             allowed;
    bool served = (e->revealing != REVEAL_ALL || wanted != UC_PROT_WRITE) &&
                  engine_where(e, vaddr, wanted, &result->paddr, &allowed);
    if (!served) {
        result->paddr = REVEALING | (vaddr & LOW_BITS);
        e->refused = vaddr & ~LOW_BITS;
    }
    result->perms = (uc_prot)wanted;
    return true;
}

bool engine_reveal_hook(struct engine *e)
{
    uc_hook hook;
    return uc_hook_add(e->uc, &hook, UC_HOOK_TLB_FILL, (void *)on_fill, e, 1, 0) == UC_ERR_OK;
}

/* Stops before the next instruction: the emulator notices a refused store only at the end of the block. */
static void on_instruction(uc_engine *uc, uint64_t address, uint32_t size, void *context)
{
    (void)size;
    struct engine *e = context;
    struct cpu *cpu = e->cpu;
    if (address != e->revealing_at && !e->undo && cpu->exit.kind == EXIT_NONE) {
        engine_uncount(e, address, false);
        cpu->exit = (struct cpu_exit){.kind = EXIT_RETRY, .pc = address};
        uc_emu_stop(uc);
    }
}

enum { AROUND = 4096 };

/* Looks the code up, which must not be a fault: one would be taken for the first of two. So there are no page tables.
 */
static void forget_around(struct engine *e)
{
    uc_ctl_remove_cache(e->uc, e->revealing_at, e->revealing_at + AROUND);
}

void engine_reveal_start(struct engine *e, uint64_t pc)
{
    e->revealing = e->reveal;
    e->reveal = REVEAL_NOTHING;
    if (!e->revealing) {
        return;
    }
    e->revealing_at = pc;
    e->undo = false;
    uc_ctl_tlb_mode(e->uc, UC_TLB_VIRTUAL);
    uc_ctl_flush_tlb(e->uc);
    forget_around(e);
    bool good = (e->before || uc_context_alloc(e->uc, &e->before) == UC_ERR_OK) &&
                uc_context_save(e->uc, e->before) == UC_ERR_OK &&
                uc_hook_add(e->uc, &e->next, UC_HOOK_CODE, (void *)on_instruction, e, 1, 0) == UC_ERR_OK;
    if (!good) {
        e->cpu->broken = "no memory to find out what it refuses";
    }
}

void engine_reveal_end(struct engine *e)
{
    if (!e->revealing) {
        return;
    }
    uc_hook_del(e->uc, e->next);
    forget_around(e);
    if (e->undo) {
        uc_context_restore(e->uc, e->before);
    }
    uc_ctl_tlb_mode(e->uc, UC_TLB_CPU);
    uc_ctl_flush_tlb(e->uc);
    e->revealing = REVEAL_NOTHING;
}

void engine_reveal_free(struct engine *e)
{
    if (e->before) {
        uc_context_free(e->before);
    }
}

uint64_t engine_revealed(const struct engine *e, uint64_t address)
{
    return e->refused | (address & LOW_BITS);
}

#else

bool engine_reveal_hook(struct engine *e)
{
    (void)e;
    return true;
}

void engine_reveal_start(struct engine *e, uint64_t pc)
{
    (void)e, (void)pc;
}

void engine_reveal_free(struct engine *e)
{
    (void)e;
}

void engine_reveal_end(struct engine *e)
{
    (void)e;
}

uint64_t engine_revealed(const struct engine *e, uint64_t address)
{
    (void)e;
    return address;
}

#endif
