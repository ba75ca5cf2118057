/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The boot loader stage: lays out kernel, device tree and initialiser in memory and starts the kernel on all cores.
 * Position independent and without relocations, so no pointers in initialised data. Names that start with arch_ differ
 * per architecture.
 */
#ifndef LOADER_H
#define LOADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <capdl/payload.h>

#include "libc.h"
#include "limits.h"
#include "tree.h"

#pragma GCC visibility push(hidden)

/* A core as the loader sees it. Its first two fields are known to start.S. */
struct core {
    uint64_t stack;    /* its upper end */
    uint64_t id;       /* logical: 0 is the one that boots the kernel */
    uint64_t hardware; /* MPIDR affinity, or hart id */
    volatile uint64_t alive;
};

/* How the kernel is entered; known to start.S. */
struct kernel_call {
    uint64_t arguments[6]; /* the same for every core */
    uint64_t entry;
    uint64_t id, hardware;
};

/* Memory after the payload. start.S puts the first stack at its beginning. */
struct workspace {
    uint8_t boot_stack[STACK_SIZE];
    uint8_t tree[TREE_ROOM]; /* the firmware's; moving the loader copies nothing after it */
    uint64_t tables[NUM_TABLES][512];
    uint8_t stacks[MAX_CORES][STACK_SIZE];
    struct core cores[MAX_CORES];
    uint8_t unused[4096 - MAX_CORES * sizeof(struct core)];
};
_Static_assert(offsetof(struct core, hardware) == 16, "start.S");
_Static_assert(sizeof(struct workspace) == WORKSPACE_SIZE, "limits.h");
_Static_assert(MAX_CORES == CAPDL_PAYLOAD_CORES && TREE_ROOM == CAPDL_PAYLOAD_TREE_ROOM, "limits.h");

/* The state of this boot; the one instance is in main.c. */
struct loader {
    const struct capdl_payload *payload;
    struct workspace *workspace;
    uintptr_t start, end; /* memory the loader occupies, workspace included */
    struct tree tree;     /* the device tree in use: the firmware's, else the kernel's own */
    bool tree_of_firmware;
    uintptr_t root, kernel_root; /* page tables: one-to-one, and the kernel's (the same except on AArch64 at EL1) */
    uint64_t kernel_tree_size;   /* of the device tree the kernel is handed; 0: none */
    uint64_t boot_hardware;      /* the boot core's hardware id */
};
extern struct loader loader;

extern const uint8_t head[];                                   /* the loader's first byte */
extern const uint8_t payload[] __attribute__((aligned(4096))); /* the first byte after it */

/* main.c: the boot, in order. `tree` is what the firmware passed, `hardware` the id of this core. */
_Noreturn void loader_main(uintptr_t tree, uint64_t hardware);
/* Finds payload and workspace; the first thing to do. */
void payload_open(uint64_t hardware);
/* cores.c: the entry point of every other core. */
_Noreturn void secondary_main(struct core *);
/* The core that has been asked to start and has not arrived yet, or NULL. */
extern struct core *core_starting;

/* console.c */
void console_open(const struct tree *);
void console_put(char);
/* Physical address of the console's registers; 0: it has none. */
uintptr_t console_registers(void);

/* copy.c: copies, and adds what it copied to a sum. Both are at the same place of their units. */
void copy_summed(uint8_t *to, const uint8_t *from, size_t, struct capdl_payload_sum *);

/* print.c: %s, %u (uint64_t), %x (uint64_t). */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* regions.c */
const struct capdl_payload_region *payload_regions(void);
/* Dies unless everything but the stored bytes is as it was packed; memory_fill checks those. */
void payload_check(void);
bool spans_overlap(uint64_t start, uint64_t end, uint64_t other_start, uint64_t other_end);
/* Whether [start, end) overlaps memory that will be filled. */
bool is_filled(uint64_t start, uint64_t end);
void memory_check(void);
void memory_fill(void);

/* externals.c: dies unless what others loaded is there. */
void externals_check(void);

/* paging.c */
enum memory_kind { MEMORY_NORMAL, MEMORY_DEVICE };
void paging_build(void);

/* cores.c */
void cores_start(void);
/* The next core in the device tree that is not this one, from a zero node on, and its hardware id. */
bool core_next(struct tree_node *, uint64_t *hardware);

/*
 * Per architecture.
 */
/* Moves [from, from + size) up or to an apart place and starts over there. The size is a multiple of 64. */
_Noreturn void arch_move(uintptr_t to, uintptr_t from, size_t size, uintptr_t tree, uint64_t hardware);
/* Whether the beginning of RAM may be read: it may be the firmware's own, and protected. */
bool arch_ram_may_hold_tree(void);
/* The core that runs this, where what we were told may be wrong. */
uint64_t arch_core_assumed(uint64_t hardware);
/* Makes sure this is a core the kernel can boot on, or starts over on one that is. */
void arch_core_choose(uintptr_t tree, uint64_t hardware);
/* Brings this core into the state in which the kernel is entered, with translation still off. */
void arch_core_prepare(void);
unsigned arch_paging_levels(void);
uint64_t arch_table_entry(uintptr_t table);
uintptr_t arch_table_address(uint64_t entry);
uint64_t arch_block_entry(uint64_t address, enum memory_kind);
bool arch_kernel_root_apart(void);
/* Turns on translation and caches with the tables of `loader`. */
void arch_translation_on(void);
/* Fills with zeros; translation is on. */
void arch_clear(uintptr_t start, size_t size);
/* Makes bytes written here visible to instruction fetch, to cores without caches, and to devices. */
void arch_publish(uintptr_t start, size_t size);
void arch_publish_done(void);
/* Starts a core, described by a node of the device tree, at secondary_main; false and a message if it cannot. */
bool arch_core_start(const struct core *, const struct tree_node *);
/* Prints through the firmware; false on architectures whose firmware has no console. */
bool arch_console_put(char);
/* A clock that always runs. */
uint64_t arch_ticks(void);
uint64_t arch_ticks_per_second(void);
_Noreturn void arch_halt(void);
_Noreturn void arch_enter_kernel(const struct kernel_call *);

/* regions.c: enters the kernel on this core. */
_Noreturn void kernel_enter(const struct core *);

#pragma GCC visibility pop

#endif
