/* SPDX-License-Identifier: BSD-2-Clause */
/* One Unicorn engine for an address space: threads go in and out, and it stops when one of them needs the kernel. */
#include "cpu.h"

#include <stdlib.h>
#include <string.h>

#include <capdl/flags.h>

enum { SYSCALL_LENGTH = 2 };

static uint8_t (*fp_state(const struct cpu_arch *arch, struct tcb *thread))[CPU_FP_BYTES]
{
    if (!thread->cpu) {
        thread->cpu = calloc(CPU_MAX_FP, CPU_FP_BYTES);
        if (thread->cpu) {
            arch->init_fp(thread->cpu);
        }
    }
    return thread->cpu;
}

static void fp_pointers(void **pointers, uint8_t (*fp)[CPU_FP_BYTES])
{
    for (unsigned i = 0; i < CPU_MAX_FP; i++) {
        pointers[i] = fp[i];
    }
}

void engine_save_fp(struct engine *e)
{
    const struct cpu_arch *arch = e->cpu->arch;
    uint8_t(*fp)[CPU_FP_BYTES] = e->owner ? fp_state(arch, e->owner) : NULL;
    e->owner = NULL;
    if (!fp) {
        return;
    }
    void *pointers[CPU_MAX_FP];
    fp_pointers(pointers, fp);
    uc_reg_read_batch(e->uc, (int *)arch->fp, pointers, (int)arch->num_fp);
}

static void load_fp(struct engine *e, struct tcb *thread)
{
    const struct cpu_arch *arch = e->cpu->arch;
    if (e->owner == thread) {
        return;
    }
    engine_save_fp(e);
    for (size_t i = 0; i < e->cpu->num_engines; i++) {
        if (e->cpu->engines[i].owner == thread) {
            engine_save_fp(&e->cpu->engines[i]);
        }
    }
    uint8_t(*fp)[CPU_FP_BYTES] = fp_state(arch, thread);
    if (!fp) {
        return;
    }
    void *pointers[CPU_MAX_FP];
    fp_pointers(pointers, fp);
    uc_reg_write_batch(e->uc, (int *)arch->fp, pointers, (int)arch->num_fp);
    e->owner = thread;
}

/* Writes only those that the engine does not hold yet: between two entries into the kernel few change. */
static void load_regs(struct engine *e, uint64_t *regs)
{
    const struct cpu_arch *arch = e->cpu->arch;
    int ids[MAX_REGISTERS];
    void *pointers[MAX_REGISTERS];
    int changed = 0;
    for (unsigned i = 0; i < arch->num_regs; i++) {
        unsigned number = arch->regs[i].kernel;
        if (!e->has_regs || e->regs[number] != regs[number]) {
            ids[changed] = arch->regs[i].unicorn;
            pointers[changed++] = &regs[number];
        }
    }
    uc_reg_write_batch(e->uc, ids, pointers, changed);
    e->has_regs = false; /* until they are read again */
}

/* A selector changes a base, which is a general register. */
static void load_selectors(struct engine *e)
{
    const struct cpu_arch *arch = e->cpu->arch;
    for (unsigned i = 0; i < arch->num_selectors; i++) {
        if (e->selectors[i] != e->cpu->selectors[i]) {
            e->selectors[i] = e->cpu->selectors[i];
            uc_reg_write(e->uc, arch->selectors[i], &e->selectors[i]);
            e->has_regs = false;
        }
    }
}

static void save_selectors(struct engine *e)
{
    const struct cpu_arch *arch = e->cpu->arch;
    for (unsigned i = 0; i < arch->num_selectors; i++) {
        uc_reg_read(e->uc, arch->selectors[i], &e->cpu->selectors[i]);
        e->selectors[i] = e->cpu->selectors[i];
    }
}

void engine_load(struct engine *e, struct tcb *thread)
{
    bool fpu = e->cpu->kernel->profile->fpu && !(thread->flags & CAPDL_TCB_FLAG_FPU_DISABLED);
    if (e->fpu != fpu || e->stale || e->traces) {
        engine_save_fp(e);
        e->fpu = fpu;
        engine_user_reset(e);
    }
    if (fpu) {
        load_fp(e, thread);
    }
    load_selectors(e);
    load_regs(e, thread->regs);
}

void engine_save(struct engine *e, struct tcb *thread)
{
    const struct cpu_arch *arch = e->cpu->arch;
    int ids[MAX_REGISTERS];
    void *pointers[MAX_REGISTERS];
    for (unsigned i = 0; i < arch->num_regs; i++) {
        ids[i] = arch->regs[i].unicorn;
        pointers[i] = &thread->regs[arch->regs[i].kernel];
    }
    uc_reg_read_batch(e->uc, ids, pointers, (int)arch->num_regs);
    memcpy(e->regs, thread->regs, sizeof(e->regs));
    e->has_regs = true;
    if (e->traces) {
        save_selectors(e);
    }
}

static void stop(struct engine *e, struct cpu_exit exit)
{
    e->cpu->exit = exit;
    uc_emu_stop(e->uc);
}

static void fault(struct engine *e, uint64_t pc, const struct engine_access *access, bool misaligned)
{
    e->cpu->left -= access->fetch || e->cpu->left == 0 ? 0 : 1;
    stop(e, (struct cpu_exit){.kind = EXIT_MEMORY,
                              .pc = pc,
                              .address = access->address,
                              .write = access->write,
                              .fetch = access->fetch,
                              .misaligned = misaligned});
}

/* Unicorn 2.1 has reported this access before, which its page tables refused. */
static void revealed(struct engine *e)
{
    uint64_t pc = e->revealing_at;
    e->undo = true;
    engine_uncount(e, pc, false);
    if (e->access.denied) {
        fault(e, pc, &e->access, false);
    } else {
        stop(e, (struct cpu_exit){.kind = EXIT_RETRY, .pc = pc});
    }
}

/* Accesses that the engine does not know: mapped on demand, or a fault of the thread. That is left to the page
 * tables, as only then does the emulator report the instruction. */
static bool on_memory(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value, void *context)
{
    (void)uc, (void)value;
    struct engine *e = context;
    if (e->revealing) {
        if (e->undo) { /* what else the instruction does does not matter */
            return false;
        }
        address = engine_revealed(e, address);
    }
    bool write = type == UC_MEM_WRITE_UNMAPPED || type == UC_MEM_WRITE_PROT;
    bool fetch = type == UC_MEM_FETCH_UNMAPPED || type == UC_MEM_FETCH_PROT;
    uint8_t wanted = write ? PAGE_W : fetch ? PAGE_X : PAGE_R;
    uint64_t bytes = fetch || size <= 0 ? 1 : (uint64_t)size, failed;
    bool good = engine_fault_in(e, address, bytes, wanted, &failed);
    e->access =
        (struct engine_access){.denied = !good, .address = good ? address : failed, .write = write, .fetch = fetch};
    if (e->revealing) {
        revealed(e);
        return false;
    }
    return good || engine_stand_in(e, address);
}

/* Unicorn 2.1 reads the code of a page that is lent, and on_memory is not asked there. */
static bool on_lent_code(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value, void *context)
{
    (void)uc, (void)type, (void)size, (void)value;
    return engine_stand_in(context, address);
}

/* Whether this instruction has not been tried again yet. */
static bool try_again(struct engine *e, struct engine_try *last, uint64_t pc)
{
    struct engine_try now = {pc, e->cpu->left};
    bool again = last->pc != now.pc || last->left != now.left;
    *last = now;
    return again;
}

/* The emulator looked for code that its page tables did not have. False: they do have it. */
static bool fetch_trap(struct engine *e, uint64_t pc)
{
    uint64_t failed = pc, left = CAPDL_PAGE_SIZE - (pc & (CAPDL_PAGE_SIZE - 1));
    uint64_t size = left < LONGEST_INSTRUCTION && engine_is_code(e, pc) ? left + 1 : 1;
    if (!engine_fault_in(e, pc, 1, PAGE_X, &failed) || !engine_fault_in(e, pc, size, PAGE_X, &failed)) {
        stop(e, (struct cpu_exit){.kind = EXIT_MEMORY, .pc = pc, .address = failed, .fetch = true});
        return true;
    }
    if (!try_again(e, &e->fetched, pc)) {
        return false;
    }
    stop(e, (struct cpu_exit){.kind = EXIT_RETRY, .pc = pc});
    return true;
}

static bool may_be_fetch(struct engine *e, enum cpu_trap_class class, uint64_t pc)
{
    uint64_t address = 0;
    if (class != TRAP_ACCESS_OR_FETCH) {
        return class == TRAP_FETCH;
    }
    uc_reg_read(e->uc, UC_X86_REG_CR2, &address);
    return address - pc < LONGEST_INSTRUCTION;
}

/* The emulator translates a block as a whole: where it goes on into a page without code, the exception comes before
 * its first instruction. Then it gets a dummy page, and the instructions of the block before that page are executed
 * one by one. */
static bool reaches_end(struct engine *e, uint64_t pc)
{
    const struct cpu_arch *arch = e->cpu->arch;
    uint64_t address = 0, next = (pc & ~(uint64_t)(CAPDL_PAGE_SIZE - 1)) + CAPDL_PAGE_SIZE;
    if (!arch->whole || e->ends) {
        return false;
    }
    uc_reg_read(e->uc, arch->fault_address, &address);
    if (address != next || engine_is_code(e, next)) {
        return false;
    }
    uint8_t code[CAPDL_PAGE_SIZE];
    size_t end, got = engine_read(e, pc, code, next - pc);
    uint32_t before = arch->whole(code, got, &end);
    if (before == 0) {
        return false;
    }
    e->ends = next;
    e->ends_pc = pc + end;
    e->ends_after = before;
    return true;
}

/* The emulator reports no access to a mapped page, and only the code and what the instruction touched before are
 * mapped: so it is a store that crosses into the page after one of these. */
static bool second_page(struct engine *e, uint64_t pc, struct engine_access *access)
{
    uint64_t touched = (access->address & ~(uint64_t)(CAPDL_PAGE_SIZE - 1)) + CAPDL_PAGE_SIZE, failed;
    bool told = access->address && !access->fetch && !engine_is_mapped(e, touched);
    *access = (struct engine_access){
        .address = told ? touched : (pc & ~(uint64_t)(CAPDL_PAGE_SIZE - 1)) + CAPDL_PAGE_SIZE, .write = true};
    if (e->cpu->arch->fault_address) {
        uc_reg_read(e->uc, e->cpu->arch->fault_address, &access->address);
    }
    return engine_fault_in(e, access->address, 1, PAGE_W, &failed);
}

/* The code is there, but the emulator looks for the last byte of its block elsewhere: for RISC-V it takes the four
 * bytes of an illegal instruction off the block's size instead of adding them, modulo 2^16. It is tried again with
 * a dummy page there. */
static void wrong_end(struct engine *e, uint64_t pc)
{
    if (e->lends != pc) {
        e->lends = pc;
        stop(e, (struct cpu_exit){.kind = EXIT_RETRY, .pc = pc});
    } else {
        stop(e, (struct cpu_exit){.kind = EXIT_TRAP, .trap = e->cpu->arch->undefined_trap, .pc = pc});
    }
}

static void lend_ends(struct engine *e, uint64_t pc)
{
    static const uint16_t sizes[] = {0, (uint16_t)-2, (uint16_t)-4};
    if (e->lends != pc) {
        e->lends = 0;
        return;
    }
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        engine_lend(e, pc + sizes[i] - 1);
    }
}

/* A fault of the emulated memory management. The emulator does not report the address. The look-up before it did,
 * except for the second page of a store and for misalignment; it does if nothing is mapped. */
static void memory_trap(struct engine *e, enum cpu_trap_class class, uint64_t pc)
{
    const struct cpu_arch *arch = e->cpu->arch;
    struct engine_access access = e->access;
    if ((!access.denied || access.fetch) && reaches_end(e, pc)) {
        stop(e, (struct cpu_exit){.kind = EXIT_RETRY, .pc = pc});
        return;
    }
    if (!access.denied && may_be_fetch(e, class, pc) && fetch_trap(e, pc)) {
        return;
    }
    if (class == TRAP_FETCH && !access.denied) {
        wrong_end(e, pc);
        return;
    }
    engine_uncount(e, pc, false);
    bool misaligned = !access.denied && arch->alignment_fault && arch->alignment_fault(e, pc, &access);
    if (!access.denied && !misaligned) {
        bool first = try_again(e, &e->retried, pc);
        if (!first && !try_again(e, &e->second, pc)) {
            e->cpu->broken = "it faulted without an address";
        }
        if (ENGINE_REVEALS) {
            e->reveal = first ? REVEAL_ALL : REVEAL_REFUSED;
            stop(e, (struct cpu_exit){.kind = EXIT_RETRY, .pc = pc});
            return;
        }
        if (first) {
            engine_clear(e);
            e->single = true;
        }
        if (first || second_page(e, pc, &access)) {
            stop(e, (struct cpu_exit){.kind = EXIT_RETRY, .pc = pc});
            return;
        }
    }
    fault(e, pc, &access, misaligned);
}

static void on_trap(uc_engine *uc, uint32_t number, void *context)
{
    struct engine *e = context;
    const struct cpu_arch *arch = e->cpu->arch;
    uint64_t pc = 0;
    uc_reg_read(uc, arch->pc, &pc);
    pc -= arch->trap_advance;
    enum cpu_trap_class class = arch->trap_class(number);
    if (class != TRAP_OTHER) {
        memory_trap(e, class, pc);
        return;
    }
    if (number != arch->call_trap) { /* it is the last one of its block */
        engine_uncount(e, pc, true);
    }
    stop(e, (struct cpu_exit){.kind = EXIT_TRAP, .trap = number, .pc = pc});
}

static void on_syscall(uc_engine *uc, void *context)
{
    (void)uc;
    stop(context, (struct cpu_exit){.kind = EXIT_SYSCALL});
}

static void on_sysenter(uc_engine *uc, void *context)
{
    (void)uc;
    stop(context, (struct cpu_exit){.kind = EXIT_SYSENTER});
}

static bool on_invalid(uc_engine *uc, void *context)
{
    (void)uc, (void)context;
    return false;
}

static uc_err execute(struct engine *e, uint64_t pc)
{
    struct cpu *cpu = e->cpu;
    uc_err error;
    do {
        cpu->exit = (struct cpu_exit){.kind = EXIT_NONE};
        e->access = (struct engine_access){0};
        engine_reveal_start(e, pc);
        lend_ends(e, pc);
        if (e->ends) {
            engine_lend(e, e->ends);
        }
        error = uc_emu_start(e->uc, pc, 0, 0, 0);
        engine_reveal_end(e);
        engine_drop_dummies(e);
        pc = cpu->exit.pc;
        if (e->again) {
            uc_ctl_remove_cache(e->uc, pc, pc + e->again);
            e->again = 0;
        }
        if (cpu->exit.kind == EXIT_RETRY && cpu->arch->keeps_exceptions) {
            engine_save(e, cpu->kernel->current);
            e->stale = true;
            engine_load(e, cpu->kernel->current);
        }
    } while (cpu->exit.kind == EXIT_RETRY && !cpu->broken);
    return error;
}

/* Only in the block that the run ends in. */
static void on_instruction(uc_engine *uc, uint64_t address, uint32_t size, void *context)
{
    (void)size;
    struct engine *e = context;
    if (e->rest > 0) {
        e->rest--;
        e->cpu->left--;
        return;
    }
    e->cpu->exit = (struct cpu_exit){.kind = e->rest_kind, .pc = address};
    uc_emu_stop(uc);
}

/* Executes the first instructions of the last block entered, those that are left to do. */
static uc_err execute_tail(struct engine *e)
{
    uc_hook hook;
    uint64_t start = e->block->pc, end = start + e->block->size;
    if (uc_hook_add(e->uc, &hook, UC_HOOK_CODE, (void *)on_instruction, e, start, end - 1) != UC_ERR_OK) {
        return UC_ERR_NOMEM;
    }
    uc_ctl_remove_cache(e->uc, start, end);
    e->tail = true;
    uc_err error = execute(e, start);
    e->tail = false;
    uc_hook_del(e->uc, hook);
    uc_ctl_remove_cache(e->uc, start, end);
    return error;
}

bool engine_run(struct engine *e, uint64_t pc)
{
    struct cpu *cpu = e->cpu;
    e->retried = e->second = e->fetched = (struct engine_try){0, UINT64_MAX};
    e->rest = e->lends = e->ends = 0;
    e->single = false;
    engine_pad(e);
    engine_executed(e, pc); /* the first block is not reported as one that is translated */
    engine_forget_changes(e);
    engine_fit_tlb(e);
    uc_err error = execute(e, pc);
    bool in_block = cpu->exit.kind == EXIT_BUDGET || cpu->exit.kind == EXIT_SPECIAL;
    if (in_block && e->rest > 0) {
        error = execute_tail(e);
    }
    if (e->ends) {
        uc_ctl_remove_cache(e->uc, e->ends - CAPDL_PAGE_SIZE, e->ends);
        if (cpu->exit.kind == EXIT_SPECIAL && cpu->exit.pc == e->ends_pc) {
            cpu->exit = (struct cpu_exit){.kind = EXIT_MEMORY, .pc = e->ends_pc, .address = e->ends, .fetch = true};
        }
    }
    if (cpu->exit.kind == EXIT_SYSCALL || cpu->exit.kind == EXIT_SYSENTER) { /* the last one of its block */
        cpu->exit.pc = e->block->pc + e->block->size - SYSCALL_LENGTH;
    } else if (cpu->exit.kind == EXIT_NONE && (error == UC_ERR_INSN_INVALID || error == UC_ERR_EXCEPTION)) {
        uint64_t at = 0;
        uc_reg_read(e->uc, cpu->arch->pc, &at);
        engine_uncount(e, at, true);
        cpu->exit = (struct cpu_exit){.kind = EXIT_TRAP, .trap = cpu->arch->error_trap, .pc = at};
    } else if (cpu->exit.kind == EXIT_NONE && !cpu->broken) {
        cpu->broken = error == UC_ERR_OK ? "the processor stopped on its own" : uc_strerror(error);
    }
    if (cpu->exit.kind == EXIT_TRAP) {
        engine_tell_lacking(e, cpu->exit.pc);
    }
    return !cpu->broken;
}

static bool add_hooks(struct engine *e)
{
    uc_hook hook;
    int memory = UC_HOOK_MEM_UNMAPPED | UC_HOOK_MEM_PROT;
    /* Unicorn 2.1 stores slowly wherever a hook may be asked. */
    uint64_t first = ENGINE_REVEALS ? ENGINE_REVEALED : 1, last = ENGINE_REVEALS ? UINT64_MAX : 0;
    bool good = engine_count_hooks(e) && engine_reveal_hook(e) &&
                uc_hook_add(e->uc, &hook, memory, (void *)on_memory, e, first, last) == UC_ERR_OK &&
                uc_hook_add(e->uc, &hook, UC_HOOK_INTR, (void *)on_trap, e, 1, 0) == UC_ERR_OK &&
                uc_hook_add(e->uc, &hook, UC_HOOK_INSN_INVALID, (void *)on_invalid, e, 1, 0) == UC_ERR_OK;
    if (good && ENGINE_REVEALS) {
        uint64_t lent = engine_spare_page(e);
        good = uc_hook_add(e->uc, &hook, UC_HOOK_MEM_FETCH_UNMAPPED, (void *)on_lent_code, e, lent,
                           lent + CAPDL_PAGE_SIZE - 1) == UC_ERR_OK;
    }
    if (good && e->cpu->arch->has_syscalls) {
        good = uc_hook_add(e->uc, &hook, UC_HOOK_INSN, (void *)on_syscall, e, 1, 0, UC_X86_INS_SYSCALL) == UC_ERR_OK &&
               uc_hook_add(e->uc, &hook, UC_HOOK_INSN, (void *)on_sysenter, e, 1, 0, UC_X86_INS_SYSENTER) == UC_ERR_OK;
    }
    return good;
}

static bool engine_open(struct engine *e, struct cpu *cpu)
{
    *e = (struct engine){.cpu = cpu};
    if (uc_open(cpu->arch->arch, cpu->arch->mode, &e->uc) != UC_ERR_OK) {
        return false;
    }
    cpu->arch->init(e->uc, cpu->kernel);
    if (engine_memory_init(e) && engine_count_init(e) && engine_user_init(e) && add_hooks(e)) {
        return true;
    }
    engine_close(e);
    return false;
}

void engine_close(struct engine *e)
{
    if (e->uc) {
        uc_close(e->uc);
    }
    engine_reveal_free(e);
    engine_memory_free(e);
    engine_count_free(e);
    *e = (struct engine){NULL};
}

static struct engine *engine_reuse(struct cpu *cpu)
{
    struct engine *oldest = &cpu->engines[0];
    for (size_t i = 1; i < cpu->num_engines; i++) {
        if (!cpu->engines[i].vspace || (oldest->vspace && cpu->engines[i].last_used < oldest->last_used)) {
            oldest = &cpu->engines[i];
        }
    }
    engine_save_fp(oldest);
    engine_clear(oldest);
    engine_drop_checks(oldest);
    oldest->stale = true;
    return oldest;
}

struct engine *engine_for(struct cpu *cpu, struct table *vspace)
{
    struct engine *found = NULL;
    for (size_t i = 0; i < cpu->num_engines && !found; i++) {
        if (cpu->engines[i].vspace == vspace) {
            found = &cpu->engines[i];
        }
    }
    /* It takes milliseconds to make an engine: more than one only for address spaces that come back. */
    bool wanted = cpu->num_engines == 0 || vspace->had_engine;
    if (!found && wanted && cpu->num_engines < CPU_ENGINES && engine_open(&cpu->engines[cpu->num_engines], cpu)) {
        found = &cpu->engines[cpu->num_engines++];
    }
    if (!found && cpu->num_engines > 0) {
        found = engine_reuse(cpu);
    }
    if (!found) {
        return NULL;
    }
    vspace->had_engine = true;
    found->vspace = vspace;
    found->last_used = ++cpu->uses;
    return found;
}

#if defined(__SANITIZE_ADDRESS__)
/* Unicorn 2.0.1 loses the bitmap of a page's code when code is forgotten page by page. We cannot find what it
 * loses. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libunicorn.so\n";
}
#endif
