/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs threads of the kernel model at user level: instructions by Unicorn, one engine per address space. The
 * emulated processor has page tables of its own and the control registers as the kernel sets them, so whatever a
 * thread must not do faults there, at that instruction.
 */
#ifndef MACHINE_CPU_H
#define MACHINE_CPU_H

#include "kernel.h"
#include "unicorn.h"

enum { CPU_MAX_FP = 64, CPU_FP_BYTES = 16, CPU_ENGINES = 12, CPU_DUMMIES = 4, CPU_MAX_SELECTORS = 4 };
enum { ENGINE_LENT = 3, ENGINE_CHECKS = 4096, ENGINE_TABLES = 16384 };

/* Why an engine stopped. */
enum cpu_exit_kind {
    EXIT_NONE,
    EXIT_BUDGET,
    EXIT_SYSCALL, /* SYSCALL and SYSENTER of x86; elsewhere they are traps */
    EXIT_SYSENTER,
    EXIT_TRAP,
    EXIT_MEMORY,
    EXIT_MISALIGNED, /* the program counter */
    EXIT_SPECIAL,    /* before an instruction that the emulator would not execute as under this kernel */
    EXIT_RETRY,      /* the same again, from pc on */
};

struct cpu_exit {
    enum cpu_exit_kind kind;
    uint32_t trap;    /* number of the exception, as the emulator has them */
    uint64_t pc;      /* of the instruction; for EXIT_BUDGET of the next one */
    uint64_t address; /* of the access */
    bool write, fetch, misaligned;
    uint32_t instruction; /* its first four bytes; 0 if it cannot be read */
};

/* What an exception of the emulator is about. */
enum cpu_trap_class { TRAP_OTHER, TRAP_ACCESS, TRAP_FETCH, TRAP_ACCESS_OR_FETCH };

/* A block may be executed to its end. */
#define CPU_NO_SPECIAL UINT32_MAX

struct engine;
struct engine_access;

/* Code for the most privileged level that sets control registers and goes to user level. */
struct cpu_stub {
    const uint8_t *code;
    size_t size;
    void (*registers)(uc_engine *, const struct kernel *, uint64_t page, bool fpu);
    void (*done)(uc_engine *);   /* clears what the stub left behind; may be NULL */
    const uint64_t *descriptors; /* of segments: an array at the last page of the window for tables; may be NULL */
    size_t descriptors_size;     /* in bytes */
};

/* Page tables of the emulated processor: 512 entries each. Physical memory from `window` to `window_end` is for
 * them and for aliases: there is the physical memory of virtual addresses from `window` on; all other virtual
 * addresses equal the physical ones. */
struct cpu_paging {
    unsigned levels;
    uint64_t window, window_end;
    uint64_t (*table_entry)(uint64_t paddr);
    uint64_t (*page_entry)(uint64_t paddr, uint8_t rights);
    uint64_t (*entry_paddr)(uint64_t entry);
    uint64_t (*stub_entry)(uint64_t paddr);
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
    /* Chooses the model of the processor. */
    void (*init)(uc_engine *, const struct kernel *);
    struct cpu_stub stub;
    struct cpu_paging paging;
    enum cpu_trap_class (*trap_class)(uint32_t number);
    uint32_t undefined_trap;
    uint32_t call_trap;     /* system calls, if they are traps */
    uint32_t error_trap;    /* the exception that the emulator reports as an error */
    unsigned trap_advance;  /* by how much the emulator has advanced the program counter when it reports an exception */
    int fault_address;      /* register that has the address of the last fault; 0: none */
    bool has_syscalls;      /* system calls are instructions of their own, not traps */
    uint64_t emulated_page; /* bytes that the emulator takes for a page */
    bool denies_execution;  /* its page tables can, page by page */
    unsigned left_out;      /* bytes of a block that the emulator's size of it lacks, if the last one is illegal */
    uint64_t pc_mask;       /* bits of the program counter that must be 0 */
    bool keeps_exceptions;  /* the emulator takes a second exception for a double fault, unless it is reset */
    /* Number of instructions of a block before this byte of it. */
    unsigned (*count)(const uint8_t *code, size_t size, size_t offset);
    /* How many instructions are complete, and where the last of them ends; NULL if a block never crosses a page. */
    unsigned (*whole)(const uint8_t *code, size_t size, size_t *end);
    /* Where in a block the emulator must stop because the next instruction is for arch->emulate or arch->enter: how
     * many instructions precede it. */
    uint32_t (*find_special)(const struct kernel *, const uint8_t *code, size_t size, bool fpu);
    /* From *at on, the next instruction that the emulator executes otherwise than processors do, as far as its code
     * shows that; how long it is. NULL: no more. May be NULL. */
    const char *(*next_deviation)(const uint8_t *code, size_t size, size_t *at, size_t *length);
    /* Reports what the block, which is about to be executed for the first time, does otherwise than processors with the
     * registers as they are. May be NULL. */
    void (*translated)(struct engine *, uint64_t pc, const uint8_t *code, size_t size);
    /* The instruction there, if it is one that processors have and the emulator lacks; else 0. May be 0. */
    const char *(*lacking)(const uint8_t *code, size_t size);
    /* Registers that the kernel neither saves nor restores: a thread finds what the one before left there. */
    unsigned num_selectors;
    int selectors[CPU_MAX_SELECTORS];
    /* Whether the block leaves something behind that a return from the kernel clears, or changes selectors. */
    bool (*leaves_traces)(const uint8_t *code, size_t size);
    /* Whether the access at pc fails because of its alignment, and what it accesses. May be NULL. */
    bool (*alignment_fault)(struct engine *, uint64_t pc, struct engine_access *);
    /* From *at on, the next instruction whose operands matter more than the emulator knows; how long it is. May be
     * NULL. */
    bool (*next_checked)(const uint8_t *code, size_t size, size_t *at, size_t *length);
    /* Looks at its operands. True: the run ends before it, as *exit says. */
    bool (*check)(struct engine *, uint64_t pc, struct cpu_exit *);
    /* Does what the instruction does where the emulator cannot. True: the thread goes on at *next. */
    bool (*emulate)(struct engine *, const struct cpu_exit *, uint64_t *next);
    /* Initial floating-point state, CPU_FP_BYTES a register. */
    void (*init_fp)(uint8_t (*fp)[CPU_FP_BYTES]);
    /* The thread's registers after a trap: instruction pointers as the kernel keeps them; which entry it is. */
    void (*enter)(struct engine *, struct kernel *, const struct cpu_exit *);
    /* An interrupt stopped the thread; the thread is about to continue. Either may be NULL. */
    void (*interrupted)(uint64_t *regs);
    void (*leave)(const struct kernel *, uint64_t *regs);
};

#define CAPDL_ARCH_BOOTED(id, name) extern const struct cpu_arch cpu_##name;
#include <capdl/arch.def>

/* A translated block. */
struct engine_block {
    uint64_t pc;
    uint64_t cost; /* instructions in it; an impossibly high number if it must be checked whenever it is entered */
    uint32_t size, count;
    uint32_t special; /* as arch->find_special has it */
    bool outdated;    /* translated without hooks that it needs */
};

/* A memory access that the emulator reported. */
struct engine_access {
    bool denied; /* the address space does not allow it */
    uint64_t address;
    bool write, fetch;
};

/* An instruction that is tried again, and how much had been executed then. */
struct engine_try {
    uint64_t pc, left;
};

/*
 * Unicorn 2.0 reports an access before it walks its page tables; 2.1 does not report one that they refuse. There
 * the instruction is executed again without them: all its accesses (ALL), or only those to pages that are not
 * mapped (REFUSED), go to physical addresses that do not exist and from which the virtual ones follow.
 */
#define ENGINE_REVEALS (UC_API_MINOR > 0)
#define ENGINE_REVEALED (UINT64_C(1) << 62)
enum engine_reveal { REVEAL_NOTHING, REVEAL_ALL, REVEAL_REFUSED };

/* An instruction with a hook that looks at its operand. */
struct engine_check {
    uint64_t pc;
    uc_hook hook;
    bool used;
};

struct engine {
    struct cpu *cpu;
    uc_engine *uc;
    struct table *vspace; /* 0: free */
    struct tcb *owner;    /* whose floating-point state is in it */
    bool fpu;             /* user level may use it now */
    bool traces;          /* executes code that leaves traces: arch->leaves_traces */
    bool stale;           /* must start anew before a thread runs */
    uint64_t last_used;
    uint64_t regs[MAX_REGISTERS]; /* what general registers hold, numbered as in a TCB */
    bool has_regs;
    uint16_t selectors[CPU_MAX_SELECTORS]; /* what they hold */

    struct engine_run *runs;
    size_t num_runs, capacity;
    bool changes;      /* some run has code that can be written to at another address */
    uint64_t alias;    /* next free in the window */
    uint32_t paddings; /* which are in use */
    uint8_t *tables;
    size_t num_tables;
    uint8_t *dummy; /* a dummy where no page is, so that the access reaches the page tables */
    uint64_t dummies[CPU_DUMMIES];
    unsigned num_dummies;
    uint64_t lent[ENGINE_LENT]; /* pages where the emulator may look for code although there is none */
    unsigned num_lent;
    uint64_t fitted;   /* instructions of all threads when engine_fit_tlb did something */
    uint64_t executed; /* instructions of this address space since it has the engine */
    bool pads;         /* there are enough: code that it maps from now on is padded */

    struct engine_block *known[2];    /* translated with floating point off and on */
    struct engine_block *blocks;      /* those that count now, by pc */
    const struct engine_block *block; /* the last one entered */
    uint64_t rest;                    /* instructions to execute of the block that the run ends in */
    enum cpu_exit_kind rest_kind;
    bool tail; /* they are executed one by one */
    struct engine_access access;
    struct engine_try retried, second, fetched;
    enum engine_reveal reveal, revealing;      /* what the next run is to find out, and this one */
    uint64_t revealing_at, refused;            /* refused: the high bits of an address that was */
    uc_context *before;                        /* the state then */
    uc_hook next;                              /* on the instructions around */
    bool undo;                                 /* it was not executed, although the emulator may count it */
    uint64_t lends;                            /* the block there is tried again with pages lent to it; 0: none */
    uint64_t ends;                             /* a page without code, which a block reaches; 0: none */
    uint64_t ends_pc;                          /* its first instruction that needs the page */
    uint32_t ends_after;                       /* how many are before that */
    bool single;                               /* map no page but those that are needed */
    struct engine_check checks[ENGINE_CHECKS]; /* by pc */
    size_t num_checks;
    uint32_t again; /* size of a block that is to be translated again, at cpu->exit.pc; 0: none */
};

struct cpu {
    struct kernel *kernel;
    const struct cpu_arch *arch;
    struct engine engines[CPU_ENGINES];
    size_t num_engines;
    uc_context *user[2]; /* at user level, nothing of a thread in it: without and with floating point */
    struct cpu_exit exit;
    uint64_t budget;       /* instructions that may be executed from one entry into the kernel to the next */
    uint64_t left;         /* of these */
    uint64_t instructions; /* of all threads so far */
    uint64_t time;         /* ns of virtual time */
    uint64_t next_tick;    /* not MCS: virtual time of the next timer interrupt */
    uint64_t uses;
    uint64_t before[MAX_REGISTERS];        /* what the kernel had of the thread before it ran */
    uint16_t selectors[CPU_MAX_SELECTORS]; /* as the last thread that changed them left them */
    const char *broken;                    /* the emulator failed: why */
    void *console;                         /* for whoever prints */
};

/* Unicorn is loaded, and the structure is all zero: it is large, and most of it is never used. */
void cpu_init(struct cpu *, struct kernel *);
void cpu_free(struct cpu *);

/* Runs the current thread until it enters the kernel, including that entry; at most so many instructions. False:
 * cpu->broken. */
bool cpu_step(struct cpu *, uint64_t most);
/* When no thread is ready: lets time pass until one may be. False: nothing will ever happen. */
bool cpu_idle(struct cpu *);

/* virtual_time.c */
uint64_t ticks_of_ns(const struct kernel *, uint64_t ns);
uint64_t ns_of_ticks(const struct kernel *, uint64_t ticks); /* rounded up */
/* Instructions since the last entry into the kernel. */
uint64_t cpu_executed(const struct cpu *);
/* Virtual time of now, in ns. */
uint64_t cpu_time(const struct cpu *);
/* The time of now, in ticks of the kernel's timer. */
uint64_t cpu_timer(const struct cpu *);

/* engine.c */
struct engine *engine_for(struct cpu *, struct table *vspace);
void engine_close(struct engine *);
void engine_load(struct engine *, struct tcb *);
void engine_save(struct engine *, struct tcb *);
void engine_save_fp(struct engine *);
/* Executes from pc on until it stops; cpu->exit says why. False: cpu->broken. */
bool engine_run(struct engine *, uint64_t pc);

/* engine_user.c: ways to user level */
bool engine_user_init(struct engine *);
void engine_user_reset(struct engine *);

/* engine_memory.c */
bool engine_memory_init(struct engine *);
void engine_memory_free(struct engine *);
/* Makes the bytes accessible if the address space has them and allows it; else *failed is the first that it does not.
 */
bool engine_fault_in(struct engine *, uint64_t vaddr, uint64_t size, uint8_t rights, uint64_t *failed);
bool engine_is_mapped(const struct engine *, uint64_t vaddr);
bool engine_is_code(const struct engine *, uint64_t vaddr); /* mapped, and may be executed */
/* Physical address of a page without memory, after the page tables; aliases come next. */
uint64_t engine_spare_page(const struct engine *);
/* Where in the window the segment descriptors are. */
uint64_t engine_descriptors(const struct cpu_paging *);
/* Lets an access to a missing page reach the page tables. */
bool engine_stand_in(struct engine *, uint64_t vaddr);
/* Where the emulator has the page, if it may be accessed so. */
bool engine_where(const struct engine *, uint64_t vaddr, uint32_t protection, uint64_t *paddr, uint32_t *allowed);
/* Lets the emulator look for code at this address until the dummies are dropped. */
void engine_lend(struct engine *, uint64_t vaddr);
void engine_drop_dummies(struct engine *);
void engine_invalidate(struct engine *, uint64_t vaddr, uint64_t size);
/* Forgets code translated from this memory of the host, which the kernel writes to. */
void engine_written(struct engine *, const uint8_t *bytes, uint64_t size);
/* Code at vaddr has been translated. */
void engine_executed(struct engine *, uint64_t vaddr);
/* Forgets code that may have been written to at another address of the same memory. */
void engine_forget_changes(struct engine *);
void engine_clear(struct engine *);
/* Makes stores faster once an address space computes. */
void engine_pad(struct engine *);
void engine_fit_tlb(struct engine *);
/* Forgets what was translated from the memory it has. */
void engine_forget_code(struct engine *);
/* Enters a page into the page tables; with entry 0, removes it. */
bool engine_set_entry(struct engine *, uint64_t vaddr, uint64_t entry);
/* Page tables without a page, but with the descriptors, which user level cannot access. */
void engine_start_tables(struct engine *);
/* The bytes as the thread would read them; how many there are. */
size_t engine_read(struct engine *, uint64_t vaddr, uint8_t *bytes, size_t size);
/* Writes bytes that the thread may write. */
void engine_write(struct engine *, uint64_t vaddr, const uint8_t *bytes, size_t size);

/* engine_reveal.c: addresses that Unicorn 2.1 does not report */
bool engine_reveal_hook(struct engine *);
void engine_reveal_start(struct engine *, uint64_t pc);
void engine_reveal_end(struct engine *);
void engine_reveal_free(struct engine *);
uint64_t engine_revealed(const struct engine *, uint64_t address);

/* engine_count.c: instructions, block by block */
bool engine_count_init(struct engine *);
void engine_count_free(struct engine *);
bool engine_count_hooks(struct engine *);

/* engine_block.c: what is done with the bytes of a block */
enum { LONGEST_INSTRUCTION = 16, MAX_BLOCK = 4096 + LONGEST_INSTRUCTION /* the last may cross into the next page */ };
extern const struct engine_block engine_no_block;
/* The bytes of a block; how many there are. */
size_t engine_block_read(struct engine *, uint64_t pc, uint32_t size, uint8_t code[MAX_BLOCK]);
/* An instruction of the last block was not completed; `done`: it counts nevertheless. */
void engine_uncount(struct engine *, uint64_t pc, bool done);

/* engine_tell.c */
/* Reports what the thread's instruction at pc has that the machine does otherwise than processors. */
void engine_tell(struct engine *, uint64_t pc, const char *what);
/* The same if the emulator lacks the instruction. */
void engine_tell_lacking(struct engine *, uint64_t pc);

/* engine_check.c: instructions with operands to look at */
/* True: the block must be translated again. */
bool engine_check(struct engine *, uint64_t pc, const uint8_t *code, size_t size);
void engine_drop_checks(struct engine *);

#endif
