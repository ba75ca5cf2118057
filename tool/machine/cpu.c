/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs threads. Virtual time is counted, not measured: an instruction takes 1 ns, an entry into the kernel 200 ns, and
 * when nothing can run, time jumps to when something can.
 */
#include "cpu.h"

#include <stdlib.h>
#include <string.h>

enum { ENTRY_NS = 200, NS_OF_MS = 1000000, DEFAULT_TICK_MS = 2 };

/* Between two interrupts of the timer, without MCS. */
static uint64_t tick_ns(const struct kernel *k)
{
    uint32_t ms = k->profile->timer_tick_ms;
    return UINT64_C(1) * NS_OF_MS * (ms ? ms : DEFAULT_TICK_MS);
}

static void mapping_changed(void *context, struct table *vspace, uint64_t vaddr, uint64_t size)
{
    struct cpu *cpu = context;
    for (size_t i = 0; i < cpu->num_engines; i++) {
        if (cpu->engines[i].vspace == vspace) {
            engine_invalidate(&cpu->engines[i], vaddr, size);
        }
    }
}

static void vspace_gone(void *context, struct table *vspace)
{
    struct cpu *cpu = context;
    for (size_t i = 0; i < cpu->num_engines; i++) {
        if (cpu->engines[i].vspace == vspace) {
            engine_save_fp(&cpu->engines[i]);
            engine_clear(&cpu->engines[i]);
            cpu->engines[i].vspace = NULL;
        }
    }
}

static void thread_gone(void *context, struct tcb *thread)
{
    struct cpu *cpu = context;
    for (size_t i = 0; i < cpu->num_engines; i++) {
        if (cpu->engines[i].owner == thread) {
            cpu->engines[i].owner = NULL;
        }
    }
    free(thread->cpu);
    thread->cpu = NULL;
}

/* Other address spaces may have executed what was there before. */
static void code_changed(void *context)
{
    struct cpu *cpu = context;
    for (size_t i = 0; i < cpu->num_engines; i++) {
        engine_forget_code(&cpu->engines[i]);
    }
}

static void written(void *context, const uint8_t *bytes, uint64_t size)
{
    struct cpu *cpu = context;
    for (size_t i = 0; i < cpu->num_engines; i++) {
        engine_written(&cpu->engines[i], bytes, size);
    }
}

void cpu_init(struct cpu *cpu, struct kernel *k)
{
    static const struct cpu_arch *const arches[CAPDL_ARCH_COUNT] = {
#define CAPDL_ARCH_BOOTED(id, name) [CAPDL_ARCH_##id] = &cpu_##name,
#include <capdl/arch.def>
    };
    cpu->kernel = k;
    cpu->next_tick = tick_ns(k);
    cpu->arch = arches[k->profile->arch];
    k->host.context = cpu;
    k->host.mapping_changed = mapping_changed;
    k->host.vspace_gone = vspace_gone;
    k->host.thread_gone = thread_gone;
    k->host.code_changed = code_changed;
    k->host.written = written;
}

void cpu_free(struct cpu *cpu)
{
    for (size_t i = 0; i < cpu->num_engines; i++) {
        engine_close(&cpu->engines[i]);
    }
    cpu->num_engines = 0;
    for (unsigned i = 0; i < 2; i++) {
        if (cpu->user[i]) {
            uc_context_free(cpu->user[i]);
            cpu->user[i] = NULL; /* the next engine makes them anew */
        }
    }
}

static void set_time(struct cpu *cpu)
{
    if (cpu->kernel->profile->mcs) {
        kernel_set_time(cpu->kernel, ticks_of_ns(cpu->kernel, cpu->time));
    }
}

/* Virtual time of the next timer interrupt. */
static uint64_t next_timer(const struct cpu *cpu)
{
    if (cpu->kernel->profile->mcs) {
        return cpu->kernel->deadline == UINT64_MAX ? UINT64_MAX : ns_of_ticks(cpu->kernel, cpu->kernel->deadline);
    }
    return cpu->next_tick;
}

static void timer(struct cpu *cpu)
{
    set_time(cpu);
    kernel_timer(cpu->kernel);
    if (!cpu->kernel->profile->mcs) {
        while (cpu->next_tick <= cpu->time) {
            cpu->next_tick += tick_ns(cpu->kernel);
        }
    }
}

static void set_ip(struct kernel *k, struct tcb *thread, uint64_t pc)
{
    thread->regs[k->registers->fault_ip] = thread->regs[k->registers->next_ip] = pc;
}

static void enter_kernel(struct engine *e, struct tcb *thread)
{
    struct cpu *cpu = e->cpu;
    struct kernel *k = cpu->kernel;
    set_ip(k, thread, cpu->exit.pc);
    if (cpu->exit.kind == EXIT_BUDGET) {
        if (cpu->arch->interrupted) {
            cpu->arch->interrupted(thread->regs);
        }
        return;
    }
    cpu->time += ENTRY_NS;
    set_time(cpu);
    cpu->arch->enter(e, k, &cpu->exit);
}

static uint32_t instruction_at(struct engine *e, uint64_t pc)
{
    uint8_t bytes[4] = {0};
    engine_read(e, pc, bytes, sizeof(bytes));
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* The thread has no address space: its first fetch faults. */
static bool step_nowhere(struct cpu *cpu, struct tcb *thread)
{
    uint64_t pc = thread->regs[cpu->kernel->registers->next_ip];
    struct engine nowhere = {.cpu = cpu};
    cpu->exit = (struct cpu_exit){.kind = EXIT_MEMORY, .pc = pc, .address = pc, .fetch = true};
    enter_kernel(&nowhere, thread);
    return true;
}

static bool is_exception(enum cpu_exit_kind kind)
{
    return kind == EXIT_TRAP || kind == EXIT_MEMORY;
}

/* Runs the thread until it needs the kernel or its time is up. Does what the emulator cannot do as it would be
 * under this kernel. */
static bool run_thread(struct engine *e, struct tcb *thread)
{
    struct cpu *cpu = e->cpu;
    struct cpu_exit *exit = &cpu->exit;
    uint64_t pc = thread->regs[cpu->kernel->registers->next_ip];
    for (;;) {
        cpu->kernel->written = NULL;
        if (!engine_run(e, pc)) {
            return false;
        }
        e->stale = e->stale || (cpu->arch->keeps_exceptions && is_exception(exit->kind));
        bool call = exit->kind == EXIT_TRAP && exit->trap == cpu->arch->call_trap;
        if (call || (exit->kind != EXIT_TRAP && exit->kind != EXIT_SPECIAL)) {
            return true;
        }
        cpu->left -= exit->kind == EXIT_SPECIAL ? 1 : 0;
        exit->instruction = instruction_at(e, exit->pc);
        if (!cpu->arch->emulate(e, exit, &pc)) {
            return true;
        }
        if (cpu->left == 0) {
            *exit = (struct cpu_exit){.kind = EXIT_BUDGET, .pc = pc};
            return true;
        }
        if (e->stale) {
            engine_save(e, thread);
            engine_load(e, thread);
        }
    }
}

bool cpu_step(struct cpu *cpu, uint64_t most)
{
    struct kernel *k = cpu->kernel;
    struct tcb *thread = k->current;
    uint64_t due = next_timer(cpu);
    if (due <= cpu->time) {
        timer(cpu);
        return true;
    }
    struct table *vspace = vspace_of_thread(k, thread);
    if (!vspace) {
        return step_nowhere(cpu, thread);
    }
    struct engine *e = engine_for(cpu, vspace);
    if (!e) {
        cpu->broken = "cannot create a processor";
        return false;
    }
    cpu->budget = cpu->left = due - cpu->time < most ? due - cpu->time : most;
    memcpy(cpu->before, thread->regs, sizeof(cpu->before));
    if (cpu->arch->leave) {
        cpu->arch->leave(k, thread->regs);
    }
    engine_load(e, thread);
    if (!run_thread(e, thread)) {
        return false;
    }
    engine_save(e, thread);
    uint64_t executed = cpu_executed(cpu);
    cpu->instructions += executed;
    e->executed += executed;
    thread->instructions += executed;
    cpu->time += executed;
    cpu->budget = cpu->left = 0;
    if (cpu->exit.kind == EXIT_MEMORY && !cpu->exit.fetch) {
        cpu->exit.instruction = instruction_at(e, cpu->exit.pc);
    }
    enter_kernel(e, thread);
    return true;
}

/* Whether a thread is ready in a domain of the schedule's entries from this one to the last. */
static bool entries_have_work(const struct kernel *k, uint32_t first)
{
    for (uint32_t i = first; i < k->schedule_length && k->schedule[i].duration; i++) {
        for (unsigned word = 0; word < CAPDL_MOST_PRIORITIES / 64; word++) {
            if (k->ready_bits[k->schedule[i].domain][word]) {
                return true;
            }
        }
    }
    return false;
}

/* The schedule continues to its end, then from its start index: entries before that never have a turn again. */
static bool domains_have_work(const struct kernel *k)
{
    return entries_have_work(k, k->schedule_index) || entries_have_work(k, k->schedule_start);
}

bool cpu_idle(struct cpu *cpu)
{
    struct kernel *k = cpu->kernel;
    bool domains = k->profile->num_domains > 1 && domains_have_work(k);
    if (!domains && !(k->profile->mcs && k->release.head)) {
        return false;
    }
    if (k->profile->mcs) {
        uint64_t due = next_timer(cpu);
        if (due == UINT64_MAX) {
            return false;
        }
        cpu->time = due > cpu->time ? due : cpu->time + 1;
    } else {
        cpu->time += (k->domain_time > 1 ? k->domain_time - 1 : 0) * tick_ns(k);
        k->domain_time = 1;
    }
    timer(cpu);
    return true;
}
