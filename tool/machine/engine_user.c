/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way to user level: code at the reset privilege sets control registers and goes there. There is no way back,
 * so the result is saved, with the floating-point unit on and off: a clean state that can be restored at any time.
 */
#include "cpu.h"

#include <string.h>

enum { STUB = 0x1000, STUB_TARGET = 0x1800, STUB_SIZE = 0x1000 };

static bool keep(struct engine *e, bool fpu)
{
    uc_context **user = &e->cpu->user[fpu];
    return uc_context_alloc(e->uc, user) == UC_ERR_OK && uc_context_save(e->uc, *user) == UC_ERR_OK;
}

static bool run_stub(struct engine *e, bool fpu)
{
    const struct cpu_arch *arch = e->cpu->arch;
    arch->stub.registers(e->uc, e->cpu->kernel, STUB, fpu);
    uint64_t pc = 0, zero = 0;
    if (uc_emu_start(e->uc, STUB, STUB_TARGET, 0, 0) != UC_ERR_OK) {
        return false;
    }
    uc_reg_read(e->uc, arch->pc, &pc);
    for (unsigned i = 0; i < arch->num_regs; i++) {
        uc_reg_write(e->uc, arch->regs[i].unicorn, &zero);
    }
    if (arch->stub.done) {
        arch->stub.done(e->uc);
    }
    return pc == STUB_TARGET && keep(e, fpu);
}

static bool make_contexts(struct engine *e)
{
    const struct cpu_arch *arch = e->cpu->arch;
    uc_context *reset = NULL;
    bool good = engine_set_entry(e, STUB, arch->paging.stub_entry(STUB)) &&
                uc_mem_map(e->uc, STUB, STUB_SIZE, UC_PROT_ALL) == UC_ERR_OK &&
                uc_mem_write(e->uc, STUB, arch->stub.code, arch->stub.size) == UC_ERR_OK &&
                uc_context_alloc(e->uc, &reset) == UC_ERR_OK && uc_context_save(e->uc, reset) == UC_ERR_OK &&
                run_stub(e, false) && uc_context_restore(e->uc, reset) == UC_ERR_OK && run_stub(e, true);
    if (reset) {
        uc_context_free(reset);
    }
    uc_ctl_remove_cache(e->uc, STUB, STUB + STUB_SIZE);
    uc_mem_unmap(e->uc, STUB, STUB_SIZE);
    engine_clear(e);
    return good;
}

void engine_user_reset(struct engine *e)
{
    uc_context_restore(e->uc, e->cpu->user[e->fpu]);
    e->blocks = e->known[e->fpu];
    memset(e->selectors, 0, sizeof(e->selectors));
    e->stale = e->has_regs = false;
}

bool engine_user_init(struct engine *e)
{
    e->fpu = true;
    if (!e->cpu->user[true] && !make_contexts(e)) {
        return false;
    }
    engine_user_reset(e);
    /* No address ends a run: the emulator would look it up in the page tables after every run, which may fault. */
    return uc_ctl_exits_enable(e->uc) == UC_ERR_OK;
}
