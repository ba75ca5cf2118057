/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One Unicorn engine for an address space. Memory is mapped into it when it is touched: the longest run of pages around
 * the address that are contiguous in host memory and have the same rights, within a window of 2 MiB. A change of any
 * page drops the runs it lies in; the rest comes back by itself.
 */
#include "cpu.h"

#include <stdlib.h>
#include <string.h>

enum { WINDOW = 2 << 20, PAGE = 4096 };

struct engine_run {
    uint64_t start, end;
    bool code; /* may have been executed */
};

/* The first run that ends behind vaddr. */
static size_t run_find(const struct engine *e, uint64_t vaddr)
{
    size_t low = 0, high = e->num_runs;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (e->runs[middle].end <= vaddr) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool run_insert(struct engine *e, size_t at, struct engine_run run)
{
    if (e->num_runs == e->capacity) {
        size_t capacity = e->capacity ? e->capacity * 2 : 64;
        struct engine_run *runs = realloc(e->runs, capacity * sizeof(*runs));
        if (!runs) {
            return false;
        }
        e->runs = runs;
        e->capacity = capacity;
    }
    memmove(&e->runs[at + 1], &e->runs[at], (e->num_runs - at) * sizeof(e->runs[0]));
    e->runs[at] = run;
    e->num_runs++;
    return true;
}

/* Code translated from pages must be forgotten before they are unmapped: afterwards Unicorn would still run it.
   (Flushing all translations at once touches the whole of Unicorn's code buffer, a gigabyte an engine.) */
static void run_drop(struct engine *e, const struct engine_run *run)
{
    if (run->code) {
        uc_ctl_remove_cache(e->uc, run->start, run->end);
    }
    uc_mem_unmap(e->uc, run->start, run->end - run->start);
}

void engine_invalidate(struct engine *e, uint64_t vaddr, uint64_t size)
{
    size_t first = run_find(e, vaddr), last = first;
    while (last < e->num_runs && (e->runs[last].start <= vaddr || e->runs[last].start - vaddr < size)) {
        last++;
    }
    for (size_t i = first; i < last; i++) {
        run_drop(e, &e->runs[i]);
    }
    memmove(&e->runs[first], &e->runs[last], (e->num_runs - last) * sizeof(e->runs[0]));
    e->num_runs -= last - first;
}

void engine_clear(struct engine *e)
{
    for (size_t i = 0; i < e->num_runs; i++) {
        run_drop(e, &e->runs[i]);
    }
    e->num_runs = 0;
}

void engine_forget_code(struct engine *e)
{
    for (size_t i = 0; i < e->num_runs; i++) {
        if (e->runs[i].code) {
            uc_ctl_remove_cache(e->uc, e->runs[i].start, e->runs[i].end);
        }
    }
}

static uint32_t protection(uint8_t rights)
{
    return (rights & PAGE_R ? UC_PROT_READ : 0u) | (rights & PAGE_W ? UC_PROT_WRITE : 0u) |
           (rights & PAGE_X ? UC_PROT_EXEC : 0u);
}

/* Host address of the page at vaddr if it is mapped with exactly these rights. */
static uint8_t *page_host(struct engine *e, uint64_t vaddr, uint8_t rights)
{
    struct kernel *k = e->cpu->kernel;
    struct page_view view;
    if (!vspace_translate(k, e->vspace, vaddr, &view) || view.rights != rights) {
        return NULL;
    }
    return memory_at(&k->memory, view.paddr + (vaddr - view.vaddr), NULL);
}

static bool map_window(struct engine *e, uint64_t page, uint8_t rights)
{
    uint8_t *host = page_host(e, page, rights);
    if (!host) {
        return false;
    }
    size_t at = run_find(e, page);
    uint64_t low = page & ~(uint64_t)(WINDOW - 1), high = low + WINDOW;
    if (at > 0 && e->runs[at - 1].end > low) {
        low = e->runs[at - 1].end;
    }
    if (at < e->num_runs && e->runs[at].start < high) {
        high = e->runs[at].start;
    }
    uint64_t start = page, end = page + PAGE;
    while (start > low && page_host(e, start - PAGE, rights) == host - (page - start) - PAGE) {
        start -= PAGE;
    }
    while (end < high && page_host(e, end, rights) == host + (end - page)) {
        end += PAGE;
    }
    if (uc_mem_map_ptr(e->uc, start, end - start, protection(rights), host - (page - start)) != UC_ERR_OK) {
        return false;
    }
    return run_insert(e, at, (struct engine_run){start, end, rights & PAGE_X});
}

bool engine_fault_in(struct engine *e, uint64_t vaddr, uint64_t size, uint8_t wanted)
{
    for (uint64_t page = vaddr & ~(uint64_t)(PAGE - 1); page <= vaddr + size - 1; page += PAGE) {
        struct page_view view;
        if (!vspace_translate(e->cpu->kernel, e->vspace, page, &view) || (view.rights & wanted) != wanted) {
            return false;
        }
        size_t at = run_find(e, page);
        bool mapped = at < e->num_runs && e->runs[at].start <= page;
        if (!mapped && !map_window(e, page, view.rights)) {
            return false;
        }
    }
    return true;
}

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

static void reg_pointers(const struct cpu_arch *arch, uint64_t *regs, int *ids, void **pointers)
{
    for (unsigned i = 0; i < arch->num_regs; i++) {
        ids[i] = arch->regs[i].unicorn;
        pointers[i] = &regs[arch->regs[i].kernel];
    }
}

void engine_load(struct engine *e, struct tcb *thread)
{
    int ids[MAX_REGISTERS];
    void *pointers[MAX_REGISTERS];
    load_fp(e, thread);
    reg_pointers(e->cpu->arch, thread->regs, ids, pointers);
    uc_reg_write_batch(e->uc, ids, pointers, (int)e->cpu->arch->num_regs);
}

void engine_save(struct engine *e, struct tcb *thread)
{
    int ids[MAX_REGISTERS];
    void *pointers[MAX_REGISTERS];
    reg_pointers(e->cpu->arch, thread->regs, ids, pointers);
    uc_reg_read_batch(e->uc, ids, pointers, (int)e->cpu->arch->num_regs);
}

/* Accesses that the engine does not know: mapped on demand, or a fault of the thread. */
static bool on_memory(uc_engine *uc, uc_mem_type type, uint64_t address, int size, int64_t value, void *context)
{
    (void)uc, (void)value;
    struct engine *e = context;
    bool write = type == UC_MEM_WRITE_UNMAPPED || type == UC_MEM_WRITE_PROT;
    bool fetch = type == UC_MEM_FETCH_UNMAPPED || type == UC_MEM_FETCH_PROT;
    bool unmapped = write   ? type == UC_MEM_WRITE_UNMAPPED
                    : fetch ? type == UC_MEM_FETCH_UNMAPPED
                            : type == UC_MEM_READ_UNMAPPED;
    uint8_t wanted = write ? PAGE_W : fetch ? PAGE_X : PAGE_R;
    uint64_t bytes = fetch || size <= 0 ? 1 : (uint64_t)size;
    if (unmapped && engine_fault_in(e, address, bytes, wanted)) {
        return true;
    }
    e->cpu->exit = (struct cpu_exit){.kind = EXIT_MEMORY, .address = address, .write = write, .fetch = fetch};
    return false;
}

static void on_trap(uc_engine *uc, uint32_t number, void *context)
{
    struct engine *e = context;
    e->cpu->exit = (struct cpu_exit){.kind = EXIT_TRAP, .trap = number};
    uc_emu_stop(uc);
}

static void on_syscall(uc_engine *uc, void *context)
{
    struct engine *e = context;
    e->cpu->exit = (struct cpu_exit){.kind = EXIT_SYSCALL};
    uc_emu_stop(uc);
}

static void on_sysenter(uc_engine *uc, void *context)
{
    struct engine *e = context;
    e->cpu->exit = (struct cpu_exit){.kind = EXIT_SYSENTER};
    uc_emu_stop(uc);
}

static bool on_invalid(uc_engine *uc, void *context)
{
    (void)uc, (void)context;
    return false;
}

/* Called before each instruction: Unicorn itself only knows where a block began when an access fails in it. */
static void on_instruction(uc_engine *uc, uint64_t address, uint32_t size, void *context)
{
    (void)size;
    struct engine *e = context;
    struct cpu *cpu = e->cpu;
    cpu->pc = address;
    if (cpu->executed < cpu->budget) {
        cpu->executed++;
        return;
    }
    cpu->exit = (struct cpu_exit){.kind = EXIT_BUDGET};
    uc_emu_stop(uc);
}

static bool add_hooks(struct engine *e)
{
    uc_hook hook;
    int memory = UC_HOOK_MEM_UNMAPPED | UC_HOOK_MEM_PROT;
    bool good = uc_hook_add(e->uc, &hook, memory, (void *)on_memory, e, 1, 0) == UC_ERR_OK &&
                uc_hook_add(e->uc, &hook, UC_HOOK_INTR, (void *)on_trap, e, 1, 0) == UC_ERR_OK &&
                uc_hook_add(e->uc, &hook, UC_HOOK_INSN_INVALID, (void *)on_invalid, e, 1, 0) == UC_ERR_OK &&
                uc_hook_add(e->uc, &hook, UC_HOOK_CODE, (void *)on_instruction, e, 1, 0) == UC_ERR_OK;
    if (good && e->cpu->arch->arch == UC_ARCH_X86) {
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
    cpu->arch->init(e->uc);
    return add_hooks(e);
}

void engine_close(struct engine *e)
{
    if (e->uc) {
        uc_close(e->uc);
    }
    free(e->runs);
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
    if (!found && cpu->num_engines < CPU_ENGINES && engine_open(&cpu->engines[cpu->num_engines], cpu)) {
        found = &cpu->engines[cpu->num_engines++];
    }
    if (!found && cpu->num_engines > 0) {
        found = engine_reuse(cpu);
    }
    if (!found) {
        return NULL;
    }
    found->vspace = vspace;
    found->last_used = ++cpu->uses;
    return found;
}

#if defined(__SANITIZE_ADDRESS__)
/* Unicorn 2.0.1 loses the bitmap of a page's code when code is forgotten page by page. What it loses is not ours to
 * find. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libunicorn.so\n";
}
#endif
