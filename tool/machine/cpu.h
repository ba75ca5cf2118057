/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs threads of the kernel model: user instructions by Unicorn, one engine per address space. */
#ifndef MACHINE_CPU_H
#define MACHINE_CPU_H

#include <unicorn/unicorn.h>

#include "kernel.h"

enum { CPU_MAX_FP = 64, CPU_FP_BYTES = 16, CPU_ENGINES = 12 };

/* Why an engine stopped. */
enum cpu_exit_kind { EXIT_BUDGET, EXIT_SYSCALL, EXIT_SYSENTER, EXIT_TRAP, EXIT_MEMORY, EXIT_ERROR };

struct cpu_exit {
    enum cpu_exit_kind kind;
    uint32_t trap;    /* number of the exception */
    uint64_t address; /* of the access */
    bool write, fetch;
    uint32_t instruction; /* that raised it; 0 if it cannot be read */
};

/* What differs between the architectures. */
struct cpu_arch {
    uc_arch arch;
    uc_mode mode;
    unsigned num_regs;
    struct {
        uint8_t kernel; /* number of the register in a TCB */
        int unicorn;
    } regs[MAX_REGISTERS];
    int pc;
    unsigned num_fp;
    int fp[CPU_MAX_FP];
    /* Sets the engine up: user-mode access to the floating-point unit, hooks. */
    void (*init)(uc_engine *);
    /* Initial floating-point state, CPU_FP_BYTES a register. */
    void (*init_fp)(uint8_t (*fp)[CPU_FP_BYTES]);
    /* The thread's registers after a trap: instruction pointers as the kernel keeps them; which entry it is. */
    void (*enter)(struct kernel *, const struct cpu_exit *, uint64_t pc);
    /* An interrupt stopped the thread; the thread is about to go on. Either may be 0. */
    void (*interrupted)(uint64_t *regs);
    void (*leave)(const struct kernel *, uint64_t *regs);
};

extern const struct cpu_arch cpu_aarch64, cpu_riscv64, cpu_x86_64;

struct engine {
    struct cpu *cpu;
    uc_engine *uc;
    struct table *vspace; /* 0: free */
    struct tcb *owner;    /* whose floating-point state is in it */
    struct engine_run *runs;
    size_t num_runs, capacity;
    uint64_t last_used;
};

struct cpu {
    struct kernel *kernel;
    const struct cpu_arch *arch;
    struct engine engines[CPU_ENGINES];
    size_t num_engines;
    struct engine *running;
    struct cpu_exit exit;
    uint64_t pc;           /* of the instruction executed last */
    uint64_t budget;       /* instructions until it must stop */
    uint64_t executed;     /* since it was started */
    uint64_t instructions; /* of all threads so far */
    uint64_t time;         /* ns of virtual time */
    uint64_t next_tick;    /* not MCS: virtual time of the next timer interrupt */
    uint64_t uses;
    const char *broken; /* the emulator failed: why */
    void *console;      /* for whoever prints */
};

bool cpu_init(struct cpu *, struct kernel *);
void cpu_free(struct cpu *);

/* Runs the current thread until it enters the kernel, and that entry; at most so many instructions. False: cpu->broken.
 */
bool cpu_step(struct cpu *, uint64_t most);
/* When no thread is ready: lets time pass until one may be. False: nothing will ever happen. */
bool cpu_idle(struct cpu *);

/* engine.c */
struct engine *engine_for(struct cpu *, struct table *vspace);
void engine_invalidate(struct engine *, uint64_t vaddr, uint64_t size);
void engine_clear(struct engine *);
/* Forgets what was translated from the memory it has. */
void engine_forget_code(struct engine *);
/* Makes the bytes accessible if the address space has them and allows it. */
bool engine_fault_in(struct engine *, uint64_t vaddr, uint64_t size, uint8_t rights);
void engine_save_fp(struct engine *);
void engine_load(struct engine *, struct tcb *);
void engine_save(struct engine *, struct tcb *);
void engine_close(struct engine *);

#endif
